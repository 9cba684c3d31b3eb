"""The surroundings of one company as an interactive picture: one self-contained HTML file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np

from graphlead.core.arrays import Json, Reals
from graphlead.core.errors import CarrierError
from graphlead.core.graph import OWNS, LinkKind, PlaceKey, relation_title
from graphlead.report.html import figures
from graphlead.report.html.force import spread
from graphlead.report.html.page import render_page, write_page

SCRIPTS = ("echarts.min.js", "page.js", "ego.js")
STYLES = ("report.css", "ego.css")

LOOKS = {
    "asked": ("This company", "This company"),
    "client": ("Client", "Clients"),
    "company": ("Company", "Other companies"),
    "holder": ("Owner outside the register", "Owners outside the register"),
    "person": ("Person", "People"),
    "industry": ("Industry", "Industries"),
    "place": ("Place", "Places"),
}
"""The looks of nodes in the order of the legend: their names for one and for many."""

LEVELS = ("industry", "place")
LEVEL_PULL, LINK_PULL, STAKE_PULL = 0.25, 0.8, 1.2
"""How strongly relations draw nodes together, by eye: industries and places must not tear groups apart."""


@dataclass(frozen=True, kw_only=True)
class EgoNode:
    """A node of the picture.

    kind: company, holder, person, industry or place; steps: its distance from the company in the middle; score (a
    probability) and rank of a company that was scored; client, suppressed, twin: whether it is on these
    lists or another record of a client; beside: the
    industries and places of a company that are listed but not drawn.
    """

    kind: str
    key: str
    name: str
    steps: int
    score: float | None = None
    rank: int | None = None
    client: bool = False
    suppressed: bool = False
    twin: bool = False
    beside: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class EgoEdge:
    """An edge between two nodes, by their positions.

    low, high: the bounds of a stake's share, None when unknown; count: the links of this relation between the two.
    """

    source: int
    target: int
    relation: str
    low: float | None = None
    high: float | None = None
    count: int = 1


@dataclass(frozen=True, kw_only=True)
class EgoContent:
    """The nodes and edges of the picture; the first node is the company it is about.

    hops: the steps searched; left_out: companies, holders and persons within them that are not drawn.
    """

    made: date
    nodes: tuple[EgoNode, ...]
    edges: tuple[EgoEdge, ...]
    hops: int
    left_out: int = 0

    def __post_init__(self) -> None:
        ends = {end for edge in self.edges for end in (edge.source, edge.target)}
        if not self.nodes or not ends <= set(range(len(self.nodes))):
            raise CarrierError(
                f"EgoContent: expected edges between {len(self.nodes)} nodes, got ends {sorted(ends)}."
            )


def write_ego(path: Path, content: EgoContent) -> None:
    """Write the picture as one self-contained HTML file; see ``page.write_page``."""
    write_page(path, render_ego(content))


def render_ego(content: EgoContent) -> str:
    """The picture as HTML: the drawing, and the same in tables."""
    view: Json = {
        "title": content.nodes[0].name,
        "made": content.made,
        "sentence": sentence_of(content),
        "legend": legend(content),
        "relations": _relations(content),
        "nodes": [_row(node) for node in content.nodes],
        "edges": [_edge_row(edge, content.nodes) for edge in content.edges],
    }
    return render_page("ego.html.j2", view, _data(content), SCRIPTS, STYLES)


def look_of(node: EgoNode) -> str:
    """The name of a node's look, a key of LOOKS."""
    if node.steps == 0:
        return "asked"
    return "client" if node.client else node.kind


def legend(content: EgoContent) -> list[Json]:
    """Each look that is drawn, with its name and how many nodes have it."""
    looks = [look_of(node) for node in content.nodes]
    return [
        {"look": look, "name": one if look == "asked" else many, "count": looks.count(look)}
        for look, (one, many) in LOOKS.items()
        if look in looks
    ]


def _relations(content: EgoContent) -> list[Json]:
    """Every relation drawn with its look: stakes, other links (numbered), industries and places."""
    found = sorted({edge.relation for edge in content.edges})
    found.sort(key=lambda name: (name != OWNS, LinkKind.of(name) is None))
    linked = [name for name in found if LinkKind.of(name)]
    return [
        {"relation": name, "name": relation_title(name),
         "look": "owns" if name == OWNS else f"link-{linked.index(name) % 4}" if name in linked else "level"}
        for name in found
    ]  # fmt: skip


def place_name(key: str) -> str:
    """The place of a key in words: FRESNO, CA for city|US|CA|FRESNO."""
    return PlaceKey.parse(key).title(more="…")


def sentence_of(content: EgoContent) -> str:
    """What is drawn, in a sentence."""
    others = [node for node in content.nodes[1:] if node.kind == "company"]
    clients = sum(node.client for node in others)
    if len([node for node in content.nodes if node.kind not in LEVELS]) == 1:
        return "The register knows no owner, person or company that this one is linked to."
    steps = "one step" if content.hops == 1 else f"{content.hops} steps"
    companies = _counted(len(others), "other company", "other companies")
    sentence = f"Within {steps}: {companies}, {_counted(clients, 'client', 'clients')} among them."
    if content.left_out:
        sentence += (
            f" {figures.count(content.left_out)} more {'is' if content.left_out == 1 else 'are'} not drawn: shown are"
            " the paths to clients, its owners, and then the nearest with the highest scores."
        )
    return sentence


def _counted(number: int, one: str, many: str) -> str:
    return f"{figures.count(number) if number else 'no'} {one if number == 1 else many}"


def _row(node: EgoNode) -> Json:
    return {
        "name": node.name,
        "key": node.key if node.key != node.name and node.kind not in LEVELS else "",
        "look": look_of(node),
        "what": _what(node),
        "steps": node.steps,
        "score": "" if node.score is None else figures.percent(node.score),
        "rank": "" if node.rank is None else figures.count(node.rank),
        "beside": ", ".join(node.beside),
    }


def _what(node: EgoNode) -> str:
    if node.kind != "company":
        return LOOKS[node.kind][0]
    if node.twin:
        return "Another record of a client"
    return "Client" if node.client else "Company, never to propose" if node.suppressed else "Company"


def share(edge: EgoEdge) -> str:
    """The share of a stake: 60%, 25–50%, or nothing where it is not known."""
    if edge.low is None or edge.high is None:
        return ""
    low, high = figures.percent(edge.low), figures.percent(edge.high)
    return low if low == high else figures.from_to(low, high)


def _edge_row(edge: EgoEdge, nodes: Sequence[EgoNode]) -> Json:
    unknown = "share unknown" if edge.relation == OWNS else ""
    return {
        "source": nodes[edge.source].name,
        "relation": relation_title(edge.relation),
        "target": nodes[edge.target].name,
        "note": f"{edge.count} times" if edge.count > 1 else share(edge) or unknown,
    }


def _data(content: EgoContent) -> Json:
    """The data that the script draws."""
    at = positions(content)
    looks = {each["relation"]: each["look"] for each in _relations(content)}
    return {
        "nodes": [
            {**row, "percent": row["score"], "score": node.score, "x": round(x, 4), "y": round(y, 4)}
            for node, (x, y) in zip(content.nodes, at.tolist(), strict=True)
            for row in [_row(node)]
        ],
        "edges": [
            {"source": edge.source, "target": edge.target, "look": looks[edge.relation], "share": share(edge),
             "note": _edge_row(edge, content.nodes)["note"], "name": relation_title(edge.relation)}
            for edge in content.edges
        ],
        "looks": [{"look": each["look"], "name": each["name"]} for each in legend(content)],
    }  # fmt: skip


def positions(content: EgoContent) -> Reals:
    """Where each node stands, (nodes, 2) in [0, 1]."""
    ends = np.array([(edge.source, edge.target) for edge in content.edges], np.int64).reshape(-1, 2)
    level = np.array([node.kind in LEVELS for node in content.nodes])
    stake = np.array([edge.relation == OWNS for edge in content.edges], bool)
    pull = np.where(level[ends].any(axis=1), LEVEL_PULL, np.where(stake, STAKE_PULL, LINK_PULL))
    return spread(len(content.nodes), ends[:, 0], ends[:, 1], pull)
