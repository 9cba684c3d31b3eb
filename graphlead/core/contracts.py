"""The places where a part can be exchanged, and the way long work reports progress."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Protocol, Self

from graphlead.core.errors import CarrierError, SettingsError

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa
    import scipy.sparse as sp

    from graphlead.core.answers import Answer, Subgraph
    from graphlead.core.arrays import Floats, Ints
    from graphlead.core.clients import Cohort
    from graphlead.core.features import Feature, Features
    from graphlead.core.graph import Ownership
    from graphlead.core.property_graph import Projection
    from graphlead.core.register import Register

TaskKind = Literal["pu", "binary", "survival", "pairs"]
"""What the labels of a task are: clients among unlabelled companies, yes and no, times to an event, or pairs."""


class MakeLists(Protocol):
    """Makes the lists that a sales team works from."""

    def __call__(
        self,
        scores: pd.DataFrame,
        register: Register,
        cohort: Cohort,
        ownership: Ownership,
        *,
        prior: float,
        top: int,
    ) -> tuple[pd.DataFrame, pd.DataFrame]:
        """The ``top`` best to call, and what is kept apart from them.

        scores: one row a candidate with company (its index), score (a probability) and rank (1 is the best); prior:
        the share of clients-to-be among the unlabelled. Both tables have rank, company_id, name, score and fit first.
        """
        ...


@dataclass(frozen=True, kw_only=True)
class Task:
    """What is predicted, declared: the machinery that trains, judges and explains is one for all tasks.

    models: the rankers trained where the settings name none; metrics: those shown side by side, of all that are
    measured; splits: how clients are held out, the way closest to the use of the list first, for the verdict is drawn
    on it.
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
        # Whatever the clients are, they can be dealt at random: so there is always something to judge by.
        if "random" not in self.splits:
            raise CarrierError(f"Task {self.name}: expected random among the splits, got {self.splits}.")


class Propagator(Protocol):
    """Carries values over the graph by sparse products, the same on every device."""

    def product(self, matrix: sp.csr_matrix, dense: Floats) -> Floats:
        """``matrix`` (rows, inner) times ``dense`` (inner, k): float32 (rows, k)."""
        ...


class LabelFeatures(Protocol):
    """Features of companies made from the labels of others.

    features: what each one is; encodings: which of them are target encodings of single columns, which a tabular
    model may use too; the last feature is the walk from the clients.
    """

    features: tuple[Feature, ...]
    encodings: tuple[int, ...]

    def prepare(self, visible: Sequence[Ints]) -> None:
        """Told beforehand which sets of clients will be visible, so that work on them is done at once."""
        ...

    def rows(self, rows: Ints, visible: Ints) -> Floats:
        """Features float32 (len(rows), len(features)) of these companies from the ``visible`` clients alone."""
        ...


@dataclass(frozen=True)
class RankerSetup:
    """What every ranker is made with, whatever of it it uses.

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
        """Train on companies ``rows`` with their labels (len(rows),) and label features ``around``."""
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


@dataclass(frozen=True)
class Limits:
    """How far a query may go: the most ``rows`` of its answer (None: all), and ``seconds`` until it is stopped."""

    rows: int | None = 10_000
    seconds: float = 60.0

    def __post_init__(self) -> None:
        if self.rows is not None and self.rows < 1:
            raise SettingsError(f"rows is {self.rows}.", where="limits", remedy="Ask for at least one row.")
        if not self.seconds > 0:
            raise SettingsError(f"seconds is {self.seconds}.", where="limits", remedy="Allow more than 0 s.")


USUAL = Limits()
WHOLE = Limits(rows=None)
"""The whole answer, in the usual time."""


class GraphStore(Protocol):
    """A run as a graph behind Cypher, in the shape of cypher/README.md. Making one touches nothing.

    dialect: whose Cypher it understands where dialects differ: embedded or neo4j.
    """

    dialect: str

    @classmethod
    def located(cls, path: Path) -> Self:
        """The store of the run that keeps its own in the file ``path``; a database is where the environment says.

        Raises StoreError when the environment does not say where that is.
        """
        ...

    def build(self, projection: Projection, *, progress: Progress = ...) -> None:
        """Load the tables of a run; what the store held of another run is replaced."""
        ...

    def open(self) -> Self:
        """Ready to be queried. Raises a GraphleadError when there is no store, or one of another version."""
        ...

    def connect(self) -> Self:
        """Ready to be read, of whatever shape its graph is. Raises a GraphleadError when there is no store."""
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
        """What the nodes, relationships and paths of an answer form together, missing ends looked up."""
        ...

    def update(self, cypher: str, parameters: Mapping[str, object] = ...) -> None:
        """Change the graph by one statement, wholly or not at all."""
        ...

    def write_scores(self, scores: pa.Table, run_id: str, finished: str, *, progress: Progress = ...) -> None:
        """Give companies (company_id) the scores of a run, and take away those it did not score: all or none."""
        ...

    def read_register(self, folder: Path, *, progress: Progress = ...) -> tuple[Path, Path]:
        """Write the companies and links of the graph to files in ``folder`` that a run reads."""
        ...

    def close(self) -> None:
        """Let go of the store; ``open`` takes it up again."""
        ...

    def __enter__(self) -> Self: ...

    def __exit__(self, *_: object) -> None: ...


class Progress(Protocol):
    """Told by long work how far it is: ``done`` of ``total`` units, with a word on what is being done."""

    def __call__(self, done: float, total: float, note: str = "") -> None: ...


def silent(done: float, total: float, note: str = "") -> None:
    """The Progress of nobody watching."""
