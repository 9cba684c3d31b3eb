"""The features of the companies, and the relations and columns they come from."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from enum import StrEnum
from functools import cached_property
from typing import Protocol

import numpy as np
import pyarrow as pa
import scipy.sparse as sp

from graphlead.core.arrays import NONE, Floats, Ints, Json, Keys, require, require_indices


class Cut(StrEnum):
    """How a level cuts the values of a column into groups."""

    VALUE = "value"
    AREA = "area"
    BANDS = "bands"
    CODE = "code"
    NAME = "name"


@dataclass(frozen=True, kw_only=True)
class Level:
    """One grouping of the companies by one column.

    cut: each value by itself, the area of a postcode, bands between ``edges``, an industry code at the level of
    ``length`` characters (all of it when 0), or of a company name without its legal form the first ``length`` words
    (all of it when 0, the last word when -1). ``within`` names the wider place columns that are part of the group's
    identity, as Springfield is only a place together with its region. several: a company is in a group for each of the
    values in its cells, else in that of the first.
    """

    column: str
    cut: Cut = Cut.VALUE
    length: int = 0
    edges: tuple[float, ...] = ()
    within: tuple[str, ...] = ()
    several: bool = False

    def title(self) -> str:
        """The level as a reader sees it: ``nace (2 digits)``, ``zip area``, ``last word of name``, ``city``."""
        if self.cut is Cut.CODE and self.length:
            return f"{self.column} ({self.length} digits)"
        if self.cut is Cut.NAME and self.length:
            return f"{_words(self.length)} of {self.column}"
        return self.column + {Cut.AREA: " area", Cut.BANDS: " band"}.get(self.cut, "")

    def to_json(self) -> Json:
        return asdict(self)

    @staticmethod
    def from_json(data: Json) -> Level:
        lists = {name: tuple(data[name]) for name in ("edges", "within")}
        return Level(**{**data, "cut": Cut(data["cut"]), **lists})


def _words(length: int) -> str:
    return {-1: "last word", 1: "first word"}.get(length, f"first {length} words")


class Kind(StrEnum):
    """What joins companies, or where a number about a company comes from."""

    COLUMNS = "columns"
    LINK = "link"
    OWNS = "owns"
    GROUP = "group"
    HOLDERS = "holders"
    WORDS = "words"
    WALK = "walk"


_TITLES = {
    Kind.OWNS: "linked by owns",
    Kind.GROUP: "same ownership group",
    Kind.HOLDERS: "shared holder or person",
    Kind.WALK: "walk from the clients",
}


@dataclass(frozen=True, kw_only=True)
class Source:
    """Where a relation or a feature comes from.

    levels: the levels of columns, of kind COLUMNS; column: the column of the words, of kind WORDS, empty for the name;
    link: the kind of the links, of kind LINK. The other kinds need nothing more.
    """

    kind: Kind
    levels: tuple[Level, ...] = ()
    column: str = ""
    link: str = ""

    def title(self) -> str:
        """The name of the source as a relation: ``same city and nace (2 digits)``, ``linked by director``."""
        match self.kind:
            case Kind.COLUMNS:
                return f"same {self.what()}"
            case Kind.LINK:
                return f"linked by {self.link}"
            case Kind.WORDS:
                return f"words of {self.column}"
            case _:
                return _TITLES[self.kind]

    def what(self) -> str:
        """The levels of its columns as a reader sees them: ``city and nace (2 digits)``."""
        return " and ".join(level.title() for level in self.levels)


class Statistic(StrEnum):
    """What a feature measures about its source."""

    NUMBER = "number"
    DIGITS = "digits"
    COMMONNESS = "commonness"
    LENGTH = "length"
    COUNT = "count"
    NEIGHBOURS = "neighbours"
    LIFT = "lift"
    SUM = "sum"
    MEAN = "mean"
    STRONGEST = "strongest"
    MEANING = "meaning"


_MEASURED = {
    Statistic.NUMBER: "{what}",
    Statistic.DIGITS: "{what} as a number",
    Statistic.COMMONNESS: "how common {what} is",
    Statistic.LENGTH: "length of the name",
    Statistic.COUNT: "count: {relation}",
    Statistic.NEIGHBOURS: "{of}, mean of {relation}",
    Statistic.LIFT: "{relation}",
    Statistic.SUM: "{relation}: sum",
    Statistic.MEAN: "{relation}: mean",
    Statistic.STRONGEST: "{relation}: strongest",
    Statistic.MEANING: "meaning: {relation}",
}


@dataclass(frozen=True)
class Feature:
    """One number about each company: a statistic of a source.

    Of columns: the value as a NUMBER, the DIGITS of a code, the COMMONNESS of the value. Of words: the LENGTH of the
    name, or one dimension of the MEANING of all of them. Of a relation: the COUNT of neighbours, the mean of the
    feature ``of`` over the NEIGHBOURS, the LIFT of the share of clients among them, or the SUM, MEAN and STRONGEST of
    the lifts of a company's several groups.
    """

    source: Source
    statistic: Statistic
    of: Feature | None = None

    def __post_init__(self) -> None:
        averaged = self.statistic is Statistic.NEIGHBOURS
        require((self.of is not None) == averaged, "Feature", "another feature for NEIGHBOURS alone", self.of)

    def title(self) -> str:
        """The feature as a reader sees it."""
        of = self.of.title() if self.of else ""
        return _MEASURED[self.statistic].format(what=self.source.what(), relation=self.source.title(), of=of)


@dataclass(frozen=True)
class Groups:
    """A relation in which a company is in at most one group, such as its city.

    code: the group of each company, int32 (n,), NONE for no group; count: how many groups there are.
    """

    source: Source
    code: Ints
    count: int

    def __post_init__(self) -> None:
        require_indices("Groups", self.source.title(), self.code, self.count, lowest=NONE)

    @cached_property
    def sizes(self) -> Ints:
        """How many companies are in each group, int32 (count,)."""
        return np.bincount(self.code + 1, minlength=self.count + 1)[1:].astype(np.int32)


@dataclass(frozen=True)
class Incidence:
    """A relation in which a company can be in many groups: 0/1 CSR (n, groups).

    terms: the word of each group, strings (groups,), where words are the source.
    """

    source: Source
    matrix: sp.csr_matrix
    terms: pa.Array | None = None

    def __post_init__(self) -> None:
        named = self.matrix.shape[1] if self.terms is None else len(self.terms)
        require(
            named == self.matrix.shape[1],
            "Incidence",
            f"a term for each group of {self.source.title()}",
            named,
        )

    @cached_property
    def sizes(self) -> Ints:
        """How many companies are in each group, int32 (groups,)."""
        return np.asarray(self.matrix.sum(0)).ravel().astype(np.int32)


@dataclass(frozen=True)
class Neighbours:
    """A relation that joins companies directly: symmetric CSR (n, n) of weights >= 0 with an empty diagonal."""

    source: Source
    matrix: sp.csr_matrix

    def __post_init__(self) -> None:
        rows, columns = self.matrix.shape
        require(
            rows == columns, "Neighbours", f"a square matrix for {self.source.title()}", self.matrix.shape
        )


Relation = Groups | Incidence | Neighbours


@dataclass(frozen=True)
class Attributes:
    """The features of n companies taken by themselves: numeric float32 (n, d), NaN where missing."""

    numeric: Floats
    numeric_features: tuple[Feature, ...]

    def __post_init__(self) -> None:
        width = self.numeric.shape[1]
        require(width == len(self.numeric_features), "Attributes", "a feature for each number", width)
        require(not np.isinf(self.numeric).any(), "Attributes", "finite numbers", "infinities")


class ByCompany(Protocol):
    """Numbers about each company: an array (n, k), or what works out its rows whenever they are asked for."""

    def __getitem__(self, rows: Ints, /) -> Floats:
        """Those of the companies ``rows``, float32 (len(rows), k)."""
        ...


@dataclass(frozen=True, kw_only=True)
class Features:
    """The features of n companies that depend on no label.

    keys: uint64 (n,), a hash of each company's id, that random choices are dealt by; structure: s numbers without NaN,
    from links (degrees, neighbours' means of the numbers); relations: which companies are neighbours, by links and by
    columns; meaning: k numbers on what their words mean, 0 for one without words; None where that was not learned.
    """

    keys: Keys
    attributes: Attributes
    structure: ByCompany
    structure_features: tuple[Feature, ...]
    relations: tuple[Relation, ...]
    meaning: ByCompany | None = None
    meaning_features: tuple[Feature, ...] = ()

    def __post_init__(self) -> None:
        require(self.keys.dtype == np.uint64 and self.keys.shape == (self.n_companies,), "Features",
                 f"a key for each of {self.n_companies} companies", self.keys.shape)  # fmt: skip
        if isinstance(self.structure, np.ndarray):
            width = len(self.structure_features)
            require(self.structure.shape == (self.n_companies, width), "Features",
                     f"structure of {self.n_companies} by {width}", self.structure.shape)  # fmt: skip
            require(
                bool(np.isfinite(self.structure).all()), "Features", "finite structure", "NaN or infinity"
            )

    @property
    def n_companies(self) -> int:
        return len(self.attributes.numeric)

    def meant(self, rows: Ints) -> Floats:
        """What the words of these companies mean, float32 (len(rows), k)."""
        return np.zeros((len(rows), 0), np.float32) if self.meaning is None else self.meaning[rows]
