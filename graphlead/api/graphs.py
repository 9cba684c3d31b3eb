"""A graph store in a notebook: answers as DataFrames and as NetworkX graphs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

import pandas as pd

from graphlead.api.runs import MOST_NODES
from graphlead.core.contracts import WHOLE, GraphStore
from graphlead.stores.library.queries import bound, library


class OpenGraph:
    """An open graph store. A query is Cypher, or the name of one of the library; parameters are by name.

    Queries only read; errors are those of ``GraphStore.query``. The end of a ``with``, or ``close``, closes it.
    """

    def __init__(self, store: GraphStore) -> None:
        self.store = store

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

    def close(self) -> None:
        self.store.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _resolved(self, query: str, parameters: Mapping[str, object]) -> tuple[str, Mapping[str, object]]:
        """Cypher and its parameters, also for the name of a query of the library."""
        named = library(self.store.dialect).get(query)
        return bound(self.store, named, named.values(parameters)) if named else (query, parameters)
