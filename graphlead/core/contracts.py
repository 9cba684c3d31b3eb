"""The places where a part can be exchanged, and the way long work reports progress."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, Self

from graphlead.core.errors import SettingsError

if TYPE_CHECKING:
    import pyarrow as pa
    import scipy.sparse as sp

    from graphlead.core.answers import Answer, Subgraph
    from graphlead.core.arrays import Floats, Ints
    from graphlead.core.features import Feature, Features
    from graphlead.core.property_graph import Projection


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


class Ranker(Protocol):
    """Learns who is likely to become a client from labelled clients and unlabelled companies."""

    name: str

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

    def build(self, projection: Projection, *, progress: Progress = ...) -> None:
        """Load the tables of a run; what the store held of another run is replaced."""
        ...

    def open(self) -> Self:
        """Ready to be queried. Raises a GraphleadError when there is no store, or one of another version."""
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
