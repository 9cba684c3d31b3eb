"""A graph store in a notebook: answers as DataFrames and as NetworkX graphs, and what is around a company, drawn."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import pandas as pd

from graphlead.common.outputs import check_files, writing
from graphlead.core.contracts import WHOLE, GraphStore
from graphlead.core.errors import SettingsError
from graphlead.pipeline.finished import FinishedRun
from graphlead.pipeline.outputs import parts_of
from graphlead.pipeline.picture import look_around
from graphlead.pipeline.store import store_of
from graphlead.report.cards import Bar, bars, card, counted
from graphlead.report.html.ego import EgoContent, sentence_of, write_ego
from graphlead.report.html.ego_svg import ego_svg
from graphlead.stores.library.queries import bound, library

MOST_NODES = 5000
"""The default cap on a NetworkX graph, which takes about 1.5 KB of memory per node."""
NODES = ("Company", "Holder", "Person", "Industry", "Place")
RELATIONS = ("OWNS", "LINKED", "IN_INDUSTRY", "LOCATED_IN")
"""What a graph is counted by."""
NODE_COUNT = "MATCH (n:{}) RETURN count(n) AS n"


@dataclass(frozen=True, repr=False)
class Picture:
    """What is around a company, drawn: in a notebook it shows itself, ``save`` writes the interactive page."""

    content: EgoContent
    run: Path

    @property
    def svg(self) -> str:
        """The drawing as SVG."""
        return ego_svg(self.content)

    def save(self, path: str | Path) -> Path:
        """Write the interactive page, one self-contained HTML file, and return its path.

        Raises SettingsError where the file is one of the run's.
        """
        page = Path(path)
        check_files([page], parts_of(self.run))
        with writing(page):
            write_ego(page, self.content)
        return page

    def __repr__(self) -> str:
        return f"{self.content.nodes[0].name}: {sentence_of(self.content)}"

    def _repr_html_(self) -> str:
        return card(self.content.nodes[0].name, [sentence_of(self.content)], self.svg)


class OpenGraph:
    """An open graph store. A query is Cypher, or the name of one of the library; parameters are by name.

    Queries only read; errors are those of ``GraphStore.query``. The end of a ``with``, or ``close``, closes it.
    """

    def __init__(self, store: GraphStore, run: FinishedRun | None = None) -> None:
        self.store = store
        self._run = run

    def to_pandas(self, query: str, parameters: Mapping[str, object] = {}) -> pd.DataFrame:
        """The whole answer, one column for each that the query returns."""
        return self.store.query(*self._resolved(query, parameters), WHOLE).to_pandas()

    def to_networkx(self, query: str, parameters: Mapping[str, object] = {}, cap: int = MOST_NODES) -> Any:
        """The graph of the nodes, relationships and paths in the answer: a networkx.MultiDiGraph.

        Nodes are (label, key) pairs with their properties, edges have theirs and ``relation``. Raises GraphleadError
        for more than ``cap`` nodes.
        """
        from graphlead.graph.views import networkx_of

        return networkx_of(self.store.subgraph(*self._resolved(query, parameters), WHOLE), cap)

    def queries(self) -> pd.DataFrame:
        """The library: name, and what each query answers."""
        found = library(self.store.dialect).values()
        return pd.DataFrame([(each.name, each.answers) for each in found], columns=["name", "answers"])

    def draw(self, company: str, hops: int = 2, most: int = 200) -> Picture:
        """What is within ``hops`` links of a company, by its id or name; at most ``most`` nodes, see ``picture``.

        Raises InputError for no such company, and SettingsError for hops or most out of range, and for a graph that was
        not opened by the folder of its run.
        """
        if self._run is None:
            raise SettingsError(
                "a picture needs the folder of the run.",
                where="draw",
                remedy="Open the graph by it: graphlead.open_graph('results').",
            )
        return Picture(look_around(self._run, company, hops=hops, most=most), self._run.path)

    def close(self) -> None:
        """Let go of the store."""
        self.store.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<graphlead graph, {self.store.dialect}: {self._count(NODE_COUNT.format('Company')):,} companies>"

    def _repr_html_(self) -> str:
        nodes = {label: self._count(NODE_COUNT.format(label)) for label in NODES}
        links = {name: self._count(f"MATCH ()-[r:{name}]->() RETURN count(r) AS n") for name in RELATIONS}
        rows = [Bar(label=name, value=n, text=counted(n)) for name, n in (nodes | links).items() if n]
        title = f"A graph of {counted(sum(nodes.values()))} nodes"
        asks = "Ask it: to_pandas(query), to_networkx(query), draw(company); queries() lists the library."
        return card(title, [], bars("Nodes and links by kind", rows), note=asks)

    def _count(self, query: str) -> int:
        return int(self.to_pandas(query)["n"].iloc[0])

    def _resolved(self, query: str, parameters: Mapping[str, object]) -> tuple[str, Mapping[str, object]]:
        """Cypher and its parameters, also for the name of a query of the library."""
        named = library(self.store.dialect).get(query)
        return bound(self.store, named, named.values(parameters)) if named else (query, parameters)


def graph_of(run: FinishedRun) -> OpenGraph:
    """The graph of a finished run, built first where it is missing."""
    return OpenGraph(store_of(run.path).open(), run)


def graph_at(run: Path | None, store: str) -> OpenGraph:
    """The graph of the run in a folder, or without one the graph database of this name."""
    return graph_of(FinishedRun(run)) if run else OpenGraph(store_of(store).open())
