"""The surroundings of a company as a drawing that stands still: SVG in the colour of the text around it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape
from math import sqrt

from graphlead.core.graph import OWNS, relation_title
from graphlead.report.html.ego import LOOKS, EgoContent, EgoEdge, EgoNode, legend, look_of, positions, share

WIDTH, HEIGHT, MARGIN = 860, 540, 30
SIDE = 90
"""Pixels left and right of the nodes, where names have room."""
COLOURS = {
    "asked": "#d0701f", "client": "#3f86b8", "company": "#8f9ba7", "holder": "#8d72c4", "person": "#37966f",
    "industry": "#a8862f", "place": "#b9637e",
}  # fmt: skip
"""Tones that stand out from white and from black alike."""
LETTER, LINE = 6.3, 13
"""The width of an average letter and the height of a line of 11 px, for finding room."""
RADII = {"asked": 13.0, "client": 8.0, "place": 4.0}
LONGEST = 26
MOST_SHARES = 25
"""Stakes up to which their shares are written on them, a choice."""

Box = tuple[float, float, float, float]


def ego_svg(content: EgoContent) -> str:
    """The drawing: nodes in the colours of the legend, larger where the score is higher, with the names that fit."""
    at = [
        (SIDE + x * (WIDTH - 2 * SIDE), MARGIN + y * (HEIGHT - 2 * MARGIN))
        for x, y in positions(content).tolist()
    ]
    parts = [*_edges(content, at), *_nodes(content, at), *_names(content, at)]
    keys = _legend(content)
    size = f'width="{WIDTH}" height="{HEIGHT + LINE * 2}" viewBox="0 0 {WIDTH} {HEIGHT + LINE * 2}"'
    style = "display: block; max-width: 100%; height: auto; font: 11px sans-serif"
    title = escape(f"The surroundings of {content.nodes[0].name}")
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="{title}" {size} style="{style}">'
        f"{''.join(parts)}{keys}</svg>"
    )


def _edges(content: EgoContent, at: Sequence[tuple[float, float]]) -> Iterator[str]:
    stakes = sum(edge.relation == OWNS for edge in content.edges)
    for edge in content.edges:
        (x1, y1), (x2, y2) = at[edge.source], at[edge.target]
        owns = edge.relation == OWNS
        looks = 'stroke-width="1.8" stroke-opacity=".6"' if owns else 'stroke-width="1" stroke-opacity=".35"'
        title = escape(_edge_title(edge, content.nodes))
        path = f"M{x1:.1f} {y1:.1f}L{x2:.1f} {y2:.1f}"
        yield f'<path d="{path}" stroke="currentColor" {looks}><title>{title}</title></path>'
        if owns and stakes <= MOST_SHARES and (text := share(edge)):
            x, y = (x1 + x2) / 2, (y1 + y2) / 2
            yield f'<text x="{x:.1f}" y="{y - 3:.1f}" text-anchor="middle" fill="currentColor">{escape(text)}</text>'


def _edge_title(edge: EgoEdge, nodes: Sequence[EgoNode]) -> str:
    known = share(edge)
    return f"{nodes[edge.source].name}: {relation_title(edge.relation)}{f' {known}' if known else ''}: " + (
        nodes[edge.target].name
    )


def _nodes(content: EgoContent, at: Sequence[tuple[float, float]]) -> Iterator[str]:
    for node, (x, y) in zip(content.nodes, at, strict=True):
        yield _mark(look_of(node), x, y, _radius(node), _node_title(node))


def _mark(look: str, x: float, y: float, r: float, title: str) -> str:
    """A circle for a company, a square for an owner or a place, a triangle for a person, a diamond for an industry."""
    fill = f'fill="{COLOURS[look]}"'
    hint = f"<title>{escape(title)}</title>" if title else ""
    if look in ("asked", "client", "company"):
        return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{r:.1f}" {fill}>{hint}</circle>'
    corners = {
        "person": [(0, -r), (r, r * 0.8), (-r, r * 0.8)],
        "industry": [(0, -r), (r, 0), (0, r), (-r, 0)],
    }.get(look, [(-r, -r), (r, -r), (r, r), (-r, r)])
    path = "L".join(f"{x + dx:.1f} {y + dy:.1f}" for dx, dy in corners)
    return f'<path d="M{path}Z" {fill}>{hint}</path>'


def _radius(node: EgoNode) -> float:
    look = look_of(node)
    if look == "company":
        return 4.5 + 7.5 * sqrt(node.score or 0)
    return RADII.get(look, 5.0)


def _node_title(node: EgoNode) -> str:
    parts = [node.name, LOOKS[look_of(node)][0].lower()]
    parts += [f"score {node.score:.1%}"] if node.score is not None else []
    parts += [f"rank {node.rank:,}"] if node.rank is not None else []
    return ", ".join([*parts, *node.beside])


def _names(content: EgoContent, at: Sequence[tuple[float, float]]) -> Iterator[str]:
    """The names that fit beside their nodes without covering another name or node; first that of the company."""
    radii = [_radius(node) for node in content.nodes]
    taken: list[tuple[int, Box]] = [
        (i, (x - r, y - r, x + r, y + r)) for i, ((x, y), r) in enumerate(zip(at, radii, strict=True))
    ]
    order = sorted(
        range(len(at)),
        key=lambda i: (list(LOOKS).index(look_of(content.nodes[i])), -(content.nodes[i].score or 0)),
    )
    for i in order:
        name = content.nodes[i].name
        text = name if len(name) <= LONGEST else f"{name[: LONGEST - 1]}…"
        sides = _sides(*at[i], radii[i], len(text) * LETTER)
        free = (box for box in sides if not any(j != i and _meet(box, other) for j, other in taken))
        box = next(filter(_inside, free), sides[0] if i == 0 else None)
        if box is not None:
            taken.append((-1, box))
            weight = ' font-weight="600"' if look_of(content.nodes[i]) in ("asked", "client") else ""
            yield f'<text x="{box[0]:.1f}" y="{box[3] - 3:.1f}"{weight} fill="currentColor">{escape(text)}</text>'


def _sides(x: float, y: float, r: float, width: float) -> list[Box]:
    """Where a name may stand: below, right, above and left of its node."""
    half, low = width / 2, LINE / 2
    return [
        (x - half, y + r + 2, x + half, y + r + 2 + LINE),
        (x + r + 3, y - low, x + r + 3 + width, y + low),
        (x - half, y - r - 2 - LINE, x + half, y - r - 2),
        (x - r - 3 - width, y - low, x - r - 3, y + low),
    ]


def _meet(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _inside(box: Box) -> bool:
    return box[0] >= 0 and box[2] <= WIDTH and box[1] >= 0 and box[3] <= HEIGHT


def _legend(content: EgoContent) -> str:
    x, y, parts = 12.0, HEIGHT + LINE, []
    for key in legend(content):
        text = f"{key['name']} ({key['count']})" if key["count"] > 1 else str(key["name"])
        parts.append(_mark(str(key["look"]), x, y - 4, 5, ""))
        parts.append(f'<text x="{x + 10:.1f}" y="{y}" fill="currentColor">{escape(text)}</text>')
        x += 30 + len(text) * LETTER
    return "".join(parts)
