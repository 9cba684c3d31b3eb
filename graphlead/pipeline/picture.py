"""The picture of a company's surroundings, from a finished run."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from graphlead.common.codes import places_among
from graphlead.common.outputs import check_files, writing
from graphlead.core.arrays import Flags, Floats, Ints
from graphlead.core.contracts import Progress, silent
from graphlead.core.errors import SettingsError, damage
from graphlead.core.graph import CompanyGraph
from graphlead.core.register import Register
from graphlead.features.relations import OUTSIDE
from graphlead.graph.build import stakes_in_companies
from graphlead.graph.industries import industry_titles
from graphlead.graph.nearby import LEVELS, LEVELS_SHARE, Nearby, levels_beside, most_urgent, nearby, selected
from graphlead.graph.views import induced
from graphlead.pipeline.find import by_id_or_name
from graphlead.pipeline.finished import FinishedRun
from graphlead.pipeline.outputs import parts_of
from graphlead.report.html.ego import EgoContent, EgoEdge, EgoNode, place_name, write_ego

MOST_HOPS, MOST_NODES = 10, 1000
"""Bounds of a picture, a choice: beyond them a page is neither readable nor quick in a browser."""

Name = tuple[str, str]
"""A node of the view: its kind and key."""


@dataclass(frozen=True)
class Scores:
    """score (a probability, NaN for none) and rank (0 for no lead) of the nearby entries, shape (m,)."""

    score: Floats
    rank: Ints


def picture(
    run: FinishedRun, company: str, out: Path, *, hops: int = 2, most: int = 200, progress: Progress = silent
) -> int:
    """Draw the neighbourhood within ``hops`` steps of a company, by its id or name, into the HTML file ``out``.

    At most ``most`` nodes are drawn: of more, the paths to clients, the company's owners, then the nearest with the
    highest scores. Industries and places are drawn where the company is in them or several companies share them;
    no path leads through them. Returns the number of nodes drawn. Raises InputError for an unknown company or a name
    that several have, SettingsError for hops or most out of range.
    """
    _check(hops, most)
    check_files([out], parts_of(run.path))
    content = look_around(run, company, hops=hops, most=most, progress=progress)
    with writing(out):
        write_ego(out, content)
    progress(3, 3, "drawing")
    return len(content.nodes)


def look_around(
    run: FinishedRun, company: str, *, hops: int = 2, most: int = 200, progress: Progress = silent
) -> EgoContent:
    """What ``picture`` draws; errors are the same."""
    _check(hops, most)
    progress(0, 3, "reading the run")
    at = by_id_or_name(run.register, company)
    progress(1, 3, "looking around")
    content = _content(run, at, hops, most)
    progress(2, 3, "drawing")
    return content


def _check(hops: int, most: int) -> None:
    for name, value, least, greatest in (("hops", hops, 1, MOST_HOPS), ("most", most, 2, MOST_NODES)):
        if not least <= value <= greatest:
            raise SettingsError(
                f"{value} is out of range.", where=name, remedy=f"Give a number from {least} to {greatest}."
            )


def _content(run: FinishedRun, company: int, hops: int, most: int) -> EgoContent:
    graph, register = run.graph, run.register
    near = nearby(graph, company, hops)
    scores = _scores(run.folder.scores, register, near)
    shown, levels = _chosen(run, near, scores, company, most)
    view = induced(graph, register, selected(graph, near, shown, levels))
    nodes = _nodes(run, near, scores, shown, view)
    edges = _edges(register, run.graph, view, {(node.kind, node.key): i for i, node in enumerate(nodes)})
    return EgoContent(
        made=date.today(), nodes=nodes, edges=edges, hops=hops, left_out=int(len(near) - shown.sum())
    )


def _scores(path: Path, register: Register, near: Nearby) -> Scores:
    """The scores of the companies nearby."""
    found = Scores(np.full(len(near), np.nan, np.float32), np.zeros(len(near), np.int32))
    entries = np.flatnonzero(near.of("company"))
    ids = register.ids().cast(pa.string()).take(pa.array(near.index[entries]))
    with damage(path):
        table = pq.read_table(
            path,
            columns=["company_id", "score", "rank"],
            filters=pc.field("company_id").isin(ids) & pc.field("rank_all").is_valid(),
        )
    rows = entries[pc.index_in(table["company_id"].cast(pa.string()), value_set=ids).to_numpy()]
    found.score[rows] = table["score"].to_numpy()
    found.rank[rows] = table["rank"].fill_null(0).to_numpy()
    return found


def _chosen(
    run: FinishedRun, near: Nearby, scores: Scores, company: int, most: int
) -> tuple[Flags, dict[str, Ints]]:
    """The nearby entries to draw, bool (m,), and the industries and places."""
    everything = np.ones(len(near), bool)
    levels = levels_beside(run.graph, _companies(near, everything), company, most)
    wanted = sum(map(len, levels.values()))
    if len(near) + wanted <= most:
        return everything, levels
    reserved = min(wanted, most // LEVELS_SHARE)
    order = _urgency(run, near, scores, company)
    shown = most_urgent(near, order, most - reserved)
    room = most - int(shown.sum())
    return shown, levels_beside(run.graph, _companies(near, shown), company, room)


def _companies(near: Nearby, shown: Flags) -> Ints:
    return near.index[shown & near.of("company")]


def _urgency(run: FinishedRun, near: Nearby, scores: Scores, company: int) -> Ints:
    """The entries in the order of their importance: clients, owners, the nearest, the highest scores."""
    client = near.of("company") & np.isin(near.index, run.cohort.clients)
    owner, weight = np.zeros(len(near), bool), np.nan_to_num(scores.score)
    for (kind, relation, _), edges in run.graph.edges.items():
        if relation == "owns":
            stakes, entries = edges.target == company, np.flatnonzero(near.of(kind))
            shares = np.zeros(run.graph.nodes[kind], np.float32)
            shares[edges.source[stakes]] = 1 if edges.weight is None else edges.weight[stakes]
            owners = entries[shares[near.index[entries]] > 0]
            owner[owners], weight[owners] = True, shares[near.index[owners]]
    tier = np.where(client, 0, np.where(owner, 1, 2))
    return np.lexsort((-weight, near.steps, tier)).astype(np.int32)


def _nodes(run: FinishedRun, near: Nearby, scores: Scores, shown: Flags, view: Any) -> tuple[EgoNode, ...]:
    """The nodes of the view, the company first, then the nearest."""
    names = {kind: [name for name in view.nodes if name[0] == kind] for kind in run.graph.nodes}
    drawn: dict[Name, EgoNode] = {}
    beside = _beside(run, _companies(near, shown), set(view.nodes))
    for kind in near.kinds:
        entries = np.flatnonzero(shown & near.of(kind))
        # The view has the nodes of a kind in the order of their indices.
        entries = entries[np.argsort(near.index[entries])]
        for name, entry in zip(names[kind], entries.tolist(), strict=True):
            drawn[name] = _node(run, near, scores, entry, view.nodes[name], beside)
    for kind in LEVELS:
        found = names.get(kind, [])
        titles = _level_names(run, kind, pa.array([key for _, key in found], pa.string()))
        for name, title in zip(found, titles, strict=True):
            steps = 1 + min(drawn[end].steps for end in view.predecessors(name) if end in drawn)
            drawn[name] = EgoNode(kind=kind, key=name[1], name=title, steps=steps)
    return tuple(sorted(drawn.values(), key=lambda node: (node.steps, list(names).index(node.kind))))


def _node(
    run: FinishedRun, near: Nearby, scores: Scores, entry: int, known: Any, beside: dict[int, list[str]]
) -> EgoNode:
    kind, index, score = known["kind"], int(near.index[entry]), float(scores.score[entry])
    scored, company = not np.isnan(score), kind == "company"
    return EgoNode(
        kind=kind,
        key=known["key"],
        name=known["name"],
        steps=int(near.steps[entry]),
        score=score if scored else None,
        rank=int(scores.rank[entry]) or None,
        client=company and index in run.cohort.clients,
        suppressed=company and index in run.cohort.suppressed,
        twin=company and index in run.cohort.twins,
        beside=tuple(beside.get(index, ())) if company else (),
    )


def _beside(run: FinishedRun, companies: Ints, drawn: set[Name]) -> dict[int, list[str]]:
    """The industries and places of each company that are not drawn."""
    graph, beside = run.graph, dict[int, list[str]]()
    for (source, _, level), edges in graph.edges.items():
        if source == "company" and level in LEVELS:
            rows = np.flatnonzero(np.isin(edges.source, companies))
            keys = graph.keys[level].take(pa.array(edges.target[rows]))
            titles = _level_names(run, level, keys)
            for company, key, title in zip(
                edges.source[rows].tolist(), keys.to_pylist(), titles, strict=True
            ):
                if (level, key) not in drawn:
                    beside.setdefault(company, []).append(title)
    return beside


def _level_names(run: FinishedRun, level: str, keys: pa.Array) -> list[str]:
    """The names of industries or places by their keys (k,); industries with their titles."""
    texts = keys.cast(pa.string()).to_pylist()
    if level == "place":
        return [place_name(key) for key in texts]
    titles = industry_titles(run.register, keys.cast(pa.string())).to_pylist()
    return [
        f"{key} {title}" if title else f"industry {key}" for key, title in zip(texts, titles, strict=True)
    ]


def _edges(register: Register, graph: CompanyGraph, view: Any, at: dict[Name, int]) -> tuple[EgoEdge, ...]:
    """The edges of the view; several of one relation between two nodes become one with their number."""
    counts = Counter((at[a], at[b], relation) for a, b, relation in view.edges(data="relation"))
    bounds = _bounds(register, graph, at) if any(relation == "owns" for _, _, relation in counts) else {}
    unknown = (None, None)
    found = []
    for (a, b, relation), count in sorted(counts.items()):
        low, high = bounds.get((a, b), unknown) if relation == "owns" else unknown
        found.append(EgoEdge(source=a, target=b, relation=relation, low=low, high=high, count=count))
    return tuple(found)


def _bounds(
    register: Register, graph: CompanyGraph, at: dict[Name, int]
) -> dict[tuple[int, int], tuple[float, float]]:
    """The share of each stake between nodes of the picture, where something is known of it."""
    number, first = dict[int, int](), 0
    for kind, ids in (("company", register.ids()), *((kind, graph.keys[kind]) for kind in OUTSIDE)):
        wanted = pa.array([key for name, key in at if name == kind], pa.string())
        places = places_among(wanted, ids).tolist()
        number |= {
            first + place: at[kind, key] for place, key in zip(places, wanted.to_pylist(), strict=True)
        }
        first += len(ids)
    inside = np.array(list(number))
    stakes = stakes_in_companies(register, graph, inside[inside < register.n_companies])
    rows = np.flatnonzero(np.isin(stakes.owner, inside) & np.isin(stakes.owned, inside) & stakes.known)
    values = (column[rows].tolist() for column in (stakes.owner, stakes.owned, stakes.low, stakes.high))
    return {(number[a], number[b]): (low, high) for a, b, low, high in zip(*values, strict=True)}
