"""The interfaces of the parts that can be exchanged, and of progress reports."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Protocol, Self, runtime_checkable

from graphlead.core.errors import CarrierError, SettingsError

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa
    import scipy.sparse as sp

    from graphlead.core.answers import Answer, Subgraph
    from graphlead.core.arrays import Floats, Ints
    from graphlead.core.clients import Cohort
    from graphlead.core.features import Features
    from graphlead.core.graph import Ownership
    from graphlead.core.property_graph import Projection
    from graphlead.core.register import Register
    from graphlead.core.sales_graph import SalesGraph

TaskKind = Literal["pu", "binary", "survival", "pairs"]
"""The kind of label: clients among unlabelled companies, yes and no, times to an event, or pairs."""


class MakeLists(Protocol):
    """Makes the lists that a sales team works from."""

    def __call__(
        self,
        scores: pd.DataFrame,
        register: Register,
        cohort: Cohort,
        ownership: Ownership,
        *,
        grades: tuple[float, float],
        top: int,
    ) -> tuple[pd.DataFrame, pd.DataFrame]:
        """The ``top`` best to call, and what is kept apart from them.

        scores: one row per candidate, best first, with company (its index), score (its chance to become a client), rank
        (among the leads, missing for the others) and rank_all; grades: the scores from which a fit is Strong, and
        Moderate. Both tables have a rank, company_id, name, score and fit first.
        """
        ...


@dataclass(frozen=True, kw_only=True)
class Task:
    """A declared prediction task; training, judging and explaining are the same for all.

    models: the rankers trained where the settings name none; metrics: those shown side by side, of all that are
    measured; splits: how clients are held out, first the split closest to how the list is used, for the verdict.
    """

    name: str
    kind: TaskKind
    models: tuple[str, ...]
    metrics: tuple[str, ...]
    splits: tuple[str, ...]
    lists: MakeLists

    def __post_init__(self) -> None:
        for what in ("models", "metrics", "splits"):
            names: tuple[str, ...] = getattr(self, what)
            if not names or len(set(names)) < len(names):
                raise CarrierError(f"Task {self.name}: expected {what}, each once, got {names}.")
        # Any clients can be split at random, so there is always a split to judge by.
        if "random" not in self.splits:
            raise CarrierError(f"Task {self.name}: expected random among the splits, got {self.splits}.")


class Propagator(Protocol):
    """Carries values over the graph by sparse products, the same on every device."""

    def product(self, matrix: sp.csr_matrix, dense: Floats) -> Floats:
        """``matrix`` (rows, inner) times ``dense`` (inner, k): a new float32 (rows, k)."""
        ...

    def transposed_product(self, matrix: sp.csr_matrix, dense: Floats) -> Floats:
        """The transpose of ``matrix`` (rows, inner) times ``dense`` (rows, k): a new float32 (inner, k)."""
        ...


class AroundClients(Protocol):
    """Label features from the clients outside any folds."""

    def rows(self, rows: Ints, hidden: Collection[int] = ()) -> Floats:
        """Label features float32 (len(rows), F) of these companies from the clients outside the ``hidden`` folds.

        The fold of a company whose own label must not be in its features has to be among the hidden ones.
        """
        ...


@dataclass(frozen=True)
class RankerSetup:
    """The options that every ranker is made from; each uses those that concern it.

    classifier: that of the tabular rankers, xgboost or the dotted name of a scikit-learn class; encodings: which label
    features are target encodings of single columns, all that the tabular baseline sees of them; prior: the share of
    clients-to-be among the unlabelled, when it is known; it decides the networks' loss.
    """

    classifier: str
    encodings: tuple[int, ...]
    device: str
    prior: float | None = None


class Ranker(Protocol):
    """Learns who is likely to become a client from labelled clients and unlabelled companies.

    It is made from a RankerSetup, by its entry in the registry.
    """

    name: str

    def check(self, features: Features) -> None:
        """Raise SettingsError, before anything is trained, when it cannot train on these features."""
        ...

    def fit(self, features: Features, rows: Ints, labels: Floats, label_features: Floats, seed: int) -> Self:
        """Train on companies ``rows`` with their labels (len(rows),) and label features (len(rows), F).

        A label is 1 for a client, 0 for an unlabelled company, -1 for a rejected one, which is none for sure.
        """
        ...

    def score(self, features: Features, rows: Ints, label_features: Floats) -> Floats:
        """A score (len(rows),) for each of these companies, higher is likelier; any real number."""
        ...

    def save(self, folder: Path) -> None:
        """Write the trained model into an existing folder, without pickle."""
        ...

    def load(self, folder: Path) -> Self:
        """The model that ``save`` wrote."""
        ...


LONGEST_SECONDS = 10_000_000
"""The longest that a query may take, four months, a choice: the stores count milliseconds in 64 bits."""


@runtime_checkable
class BuiltOn(Protocol):
    """A ranker that adds to the scores of another one.

    base: that other one, trained on the same companies before it; None where it has a part like that of its own.
    """

    base: Ranker | None

    def build_on(self, base: Ranker) -> None:
        """Take this ranker for its base."""
        ...

    def score_above(self, features: Features, rows: Ints, label_features: Floats, base: Floats) -> Floats:
        """As ``Ranker.score``, from the scores (len(rows),) of the base."""
        ...


@dataclass(frozen=True)
class Limits:
    """The limits of a query: the most ``rows`` in its answer (None: all), and the ``seconds`` after which it stops."""

    rows: int | None = 10_000
    seconds: float = 60.0

    def __post_init__(self) -> None:
        if self.rows is not None and self.rows < 1:
            raise SettingsError(f"rows is {self.rows}.", where="limits", remedy="Ask for at least one row.")
        if not 0 < self.seconds <= LONGEST_SECONDS:
            raise SettingsError(
                f"seconds is {self.seconds:g}.",
                where="limits",
                remedy=f"Allow more than 0 s and at most {LONGEST_SECONDS:,} s.",
            )


USUAL = Limits()
WHOLE = Limits(rows=None)
"""The whole answer, in the usual time."""


class GraphStore(Protocol):
    """A run as a graph behind Cypher, in the shape of cypher/README.md. Making one touches nothing.

    dialect: the Cypher it understands where dialects differ, embedded or neo4j.
    """

    dialect: str

    @classmethod
    def located(cls, path: Path) -> Self:
        """The store of a run: the file ``path``, or the database that the environment names.

        Raises StoreError when the environment names none.
        """
        ...

    def build(self, projection: Projection, *, progress: Progress = ...) -> None:
        """Load the tables of a run; those of another run are replaced."""
        ...

    def open(self) -> Self:
        """Open the store for queries. Raises a GraphleadError when there is no store, or one of another version."""
        ...

    def connect(self) -> Self:
        """Open the store to read a graph of any shape. Raises a GraphleadError when there is no store."""
        ...

    def query(
        self,
        cypher: str,
        parameters: Mapping[str, object] = ...,
        limits: Limits = ...,
    ) -> Answer:
        """The answer of a query that only reads, within ``limits``."""
        ...

    def subgraph(
        self,
        cypher: str,
        parameters: Mapping[str, object] = ...,
        limits: Limits = ...,
    ) -> Subgraph:
        """The graph of the nodes, relationships and paths in an answer, missing ends looked up."""
        ...

    def update(self, cypher: str, parameters: Mapping[str, object] = ...) -> None:
        """Run one statement that changes the graph, in one transaction."""
        ...

    def write_scores(self, scores: pa.Table, run_id: str, finished: str, *, progress: Progress = ...) -> None:
        """Give companies (company_id) the scores of a run, and take away those it did not score: all or none."""
        ...

    def write_sales(self, sales: SalesGraph, *, progress: Progress = ...) -> None:
        """Add a run of a sales verb, in place of the last one of that verb about the same."""
        ...

    def read_register(self, folder: Path, *, progress: Progress = ...) -> tuple[Path, Path]:
        """Write the companies and links of the graph to files in ``folder`` that a run reads."""
        ...

    def close(self) -> None:
        """Close the store; ``open`` opens it again."""
        ...

    def __enter__(self) -> Self: ...

    def __exit__(self, *_: object) -> None: ...


class Progress(Protocol):
    """Receives reports of long work: ``done`` of ``total`` units, with a note on the current step."""

    def __call__(self, done: float, total: float, note: str = "") -> None: ...


def silent(done: float, total: float, note: str = "") -> None:
    """A Progress that reports nothing."""
