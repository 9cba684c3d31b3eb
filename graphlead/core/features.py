"""What the models see of the companies."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from enum import StrEnum

import numpy as np
import scipy.sparse as sp

from graphlead.core.arrays import NONE, Floats, Ints, Json, require, require_indices


class Cut(StrEnum):
    """How a level cuts the values of a column into groups."""

    VALUE = "value"
    AREA = "area"
    BANDS = "bands"
    CODE = "code"


@dataclass(frozen=True, kw_only=True)
class Level:
    """One grouping of the companies by one column.

    cut: each value by itself, the area of a postcode, bands between ``edges``, or an industry code at the level of
    ``length`` characters (all of it when 0). ``within`` names the wider place columns that are part of the group's
    identity, as Springfield is only a place together with its region.
    """

    column: str
    cut: Cut = Cut.VALUE
    length: int = 0
    edges: tuple[float, ...] = ()
    within: tuple[str, ...] = ()

    def title(self) -> str:
        """The level as a reader sees it: ``nace (2 digits)``, ``zip area``, ``staff band``, ``city``."""
        if self.cut is Cut.CODE and self.length:
            return f"{self.column} ({self.length} digits)"
        return self.column + {Cut.AREA: " area", Cut.BANDS: " band"}.get(self.cut, "")

    def to_json(self) -> Json:
        return asdict(self)

    @staticmethod
    def from_json(data: Json) -> Level:
        lists = {name: tuple(data[name]) for name in ("edges", "within")}
        return Level(**{**data, "cut": Cut(data["cut"]), **lists})


@dataclass(frozen=True)
class Groups:
    """A relation in which a company is in at most one group, such as its city.

    code: the group of each company, int32 (n,), NONE for no group; count: how many groups there are; columns: the
    columns of the register it is made of, none for a relation that links tell.
    """

    name: str
    code: Ints
    count: int
    columns: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        require_indices("Groups", self.name, self.code, self.count, lowest=NONE)


@dataclass(frozen=True)
class Incidence:
    """A relation in which a company can be in many groups, such as the terms of its name: 0/1 CSR (n, groups)."""

    name: str
    matrix: sp.csr_matrix


@dataclass(frozen=True)
class Neighbours:
    """A relation that joins companies directly: symmetric CSR (n, n) of weights >= 0 with an empty diagonal."""

    name: str
    matrix: sp.csr_matrix

    def __post_init__(self) -> None:
        rows, columns = self.matrix.shape
        require(rows == columns, "Neighbours", f"a square matrix for {self.name}", self.matrix.shape)


Relation = Groups | Incidence | Neighbours


@dataclass(frozen=True)
class Attributes:
    """What a model sees of n companies by themselves.

    numeric: float32 (n, d), NaN where missing; words: 0/1 CSR (n, w) of common words of the name.
    """

    numeric: Floats
    numeric_names: tuple[str, ...]
    words: sp.csr_matrix
    word_names: tuple[str, ...]

    def __post_init__(self) -> None:
        n, width = self.numeric.shape
        require(width == len(self.numeric_names), "Attributes", "a name a number", width)
        require(
            self.words.shape == (n, len(self.word_names)), "Attributes", "a name a word", self.words.shape
        )
        require(not np.isinf(self.numeric).any(), "Attributes", "finite numbers", "infinities")

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the columns that ``rows`` gives."""
        return (*self.numeric_names, *(f"name has {word}" for word in self.word_names))

    def rows(self, rows: Ints) -> Floats:
        """The attributes of these companies, float32 (len(rows), len(names)), NaN where a number is missing."""
        return np.hstack([self.numeric[rows], self.words[rows].toarray()]).astype(np.float32)


@dataclass(frozen=True)
class Features:
    """What is known of n companies without looking at any label.

    structure: float32 (n, s) without NaN, what links add (degrees, neighbours' means of the numbers); relations: who
    is whose neighbour, from links and from columns.
    """

    attributes: Attributes
    structure: Floats
    structure_names: tuple[str, ...]
    relations: tuple[Relation, ...]

    def __post_init__(self) -> None:
        require(self.structure.shape == (self.n_companies, len(self.structure_names)), "Features",
                 f"structure of {self.n_companies} by {len(self.structure_names)}", self.structure.shape)  # fmt: skip
        require(bool(np.isfinite(self.structure).all()), "Features", "finite structure", "NaN or infinity")

    @property
    def n_companies(self) -> int:
        return len(self.attributes.numeric)
