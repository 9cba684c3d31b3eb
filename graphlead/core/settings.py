"""A run's settings: one frozen object, from a TOML file, from flags, or from Python."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self, TypedDict

from graphlead.core.errors import MOST_LISTED, SettingsError, unknown
from graphlead.core.loading import Form, are_texts, check, filled_in, is_int, plain
from graphlead.core.paths import A_PATH, is_path

if TYPE_CHECKING:
    from graphlead.core.arrays import Json
    from graphlead.core.tables import Table

DEVICE = re.compile(r"auto|cpu|cuda(:\d{1,3})?", re.ASCII)
CLASSIFIER = re.compile(r"xgboost|[A-Za-z_]\w*(\.[A-Za-z_]\w*)+")
SIZE = re.compile(r"(\d{1,6}(?:\.\d{1,3})?) ?([KMGT])(i?)B", re.ASCII | re.IGNORECASE)
LEAST_BYTES = 2**30
LEAST_FOLDS = 3
"""With two, a client to train on is in one fold and the other is held out: its label features are constant."""
PATHS = ("companies", "clients", "out", "links", "suppress", "reviewed", "outcomes")
REQUIRED = ("companies", "clients", "out")
ID = "company_id"
"""The name of the id column in every register that was read."""


class Given(TypedDict, total=False):
    """Settings as given by the user: any of the fields of Settings; None for one left out."""

    companies: Table | None
    clients: Table | None
    out: str | Path | None
    links: Table | None
    suppress: Table | None
    reviewed: Table | None
    outcomes: Table | None
    exclude: Sequence[str] | None
    keep: Sequence[str] | None
    neutral: str | None
    seed: int | None
    device: str | None
    top: int | None
    expect: int | None
    prior: float | None
    classifier: str | None
    task: str | None
    rankers: Sequence[str] | None
    store: str | None
    folds: int | None
    memory: str | None
    columns: Mapping[str, str] | None


def _help(text: str) -> dict[str, str]:
    return {"help": text}


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What a run reads, leaves out, trains and writes. ``help_of`` gives the help beside each field.

    Raises SettingsError, naming the key, its value and a remedy, when a value is of the wrong kind or out of range.
    """

    companies: Path = field(
        metadata=_help(
            "The register: one row per company (CSV, Excel or Parquet; FILE.xlsx:SHEET names a sheet)."
        )
    )
    clients: Path = field(
        metadata=_help("Your clients as you type them: names or ids (CSV, Excel or Parquet).")
    )
    out: Path = field(metadata=_help("The folder for the results; it is made when missing."))
    links: Path | None = field(
        default=None, metadata=_help("Who owns or is linked to whom: source_id, target_id, kind, share.")
    )
    suppress: Path | None = field(
        default=None, metadata=_help("Companies never to propose, such as past clients; typed like clients.")
    )
    reviewed: Path | None = field(
        default=None,
        metadata=_help("review.xlsx or review.csv of an earlier run with its column 'accept' filled in."),
    )
    outcomes: Path | None = field(
        default=None,
        metadata=_help(
            "What came back of leads that were called, such as leads.xlsx or leads.csv with a column 'outcome' filled "
            "in: won, lost or rejected."
        ),
    )
    exclude: tuple[str, ...] = field(
        default=(), metadata=_help("Columns left out, with everything that is derived from them.")
    )
    keep: tuple[str, ...] = field(
        default=(),
        metadata=_help("Columns and kinds of links that are used even if they give away who is a client."),
    )
    neutral: str | None = field(
        default=None,
        metadata=_help(
            "A column that the list must not follow: each of its values gets its share of the list."
        ),
    )
    seed: int = field(
        default=0, metadata=_help("Seed of every random choice: the same seed gives the same scores.")
    )
    device: str = field(default="auto", metadata=_help("Where to train: auto, cpu, cuda or cuda:N."))
    top: int = field(default=500, metadata=_help("How many leads the list has."))
    expect: int | None = field(
        default=None,
        metadata=_help(
            "How many of the register's companies you expect to win within 24 months, if you know better than the "
            "dates on your client list."
        ),
    )
    prior: float | None = field(
        default=None,
        metadata=_help("Share of clients-to-be among the companies that are no clients, if you know it."),
    )
    classifier: str = field(
        default="xgboost",
        metadata=_help(
            "Classifier of the tabular rankers: xgboost, or a scikit-learn class such as "
            "sklearn.ensemble.RandomForestClassifier."
        ),
    )
    task: str = field(default="leads", metadata=_help("What is predicted."))
    rankers: tuple[str, ...] = field(
        default=(), metadata=_help("Which rankers are trained and compared, in place of those of the task.")
    )
    store: str = field(
        default="embedded",
        metadata=_help(
            "Where the graph is kept for Cypher: embedded, a file in the run's folder that is built when it is first "
            "asked, or a graph database too."
        ),
    )
    folds: int | None = field(
        default=None,
        metadata=_help(
            "Folds the clients are split into, each held out in turn; by default 10 of few clients, 5 of many."
        ),
    )
    memory: str | None = field(
        default=None,
        metadata=_help(
            "The memory that a run may take, such as 16GiB; by default what the process may have."
        ),
    )
    columns: Mapping[str, str] = field(
        default_factory=dict,
        metadata=_help("What a column means, where it was understood wrongly: a role, or industry:NAICS."),
    )

    def __post_init__(self) -> None:
        check(self, CHECKS)

    @classmethod
    def load(cls, toml: Path | None, given: Given) -> Self:
        """Settings of a TOML file, each overridden by the one given under its name unless that is None.

        Relative paths in the file are relative to its folder. Raises SettingsError for a file that cannot be
        read, an unknown key (with the key probably meant), and a missing or invalid value.
        """
        return filled_in(cls, FORM, toml, given)

    def check_excluded(self, known: Iterable[str]) -> None:
        """Raise SettingsError when an excluded column is not among the ``known`` ones."""
        names = list(known)
        for name in self.exclude:
            if name not in names:
                raise unknown("column", name, names, "exclude")
            if name == ID:
                problem = f"{ID} tells the companies apart, and nothing is derived from it."
                raise SettingsError(problem, where="exclude", remedy="Leave it out of the list.")

    def check_kept(self, columns: Iterable[str], kinds: Iterable[str]) -> None:
        """Raise SettingsError when one to keep is neither a column nor a kind of link, or is excluded too."""
        names = [*columns, *kinds]
        for name in self.keep:
            if name not in names:
                raise unknown("column", name, names, "keep")
            if name in self.exclude:
                raise SettingsError(
                    f"{name} is to be kept and to be excluded.", where="keep", remedy="Give one or the other."
                )

    def check_neutral(self, grouping: Iterable[str], known: Iterable[str]) -> None:
        """Raise SettingsError when the neutral column is not among the ``known`` ones, or groups no companies."""
        names, groups = list(known), list(grouping)
        if self.neutral is None or self.neutral in groups:
            return
        if self.neutral not in names:
            raise unknown("column", self.neutral, names, "neutral")
        raise SettingsError(
            f"{self.neutral} does not group the companies: nearly every one has a value of its own.",
            where="neutral",
            remedy=f"Give one of {', '.join(groups[:MOST_LISTED])}." if groups else "Leave it out.",
        )

    @property
    def memory_bytes(self) -> int | None:
        """The bytes of ``memory``; None where it is not given."""
        return bytes_of(self.memory) if self.memory else None

    def inputs(self) -> dict[str, Path | None]:
        """The input files of a run by setting; None for one not given."""
        return {key: getattr(self, key) for key in PATHS if key != "out"}

    def to_json(self) -> Json:
        """Every setting in the order of the fields, paths as given."""
        return {each.name: plain(getattr(self, each.name)) for each in fields(self)}


FORM = Form(paths=PATHS, required=REQUIRED, lists=("exclude", "keep", "rankers"))

CHECKS: dict[str, tuple[Callable[[Any], bool], str]] = {
    **dict.fromkeys(REQUIRED, (is_path, A_PATH)),
    **{key: (lambda v: v is None or is_path(v), A_PATH) for key in PATHS if key not in REQUIRED},
    "exclude": (lambda v: are_texts(v) and all(v), "a list of column names"),
    "keep": (lambda v: are_texts(v) and all(v), "a list of columns and kinds of links"),
    "neutral": (lambda v: v is None or (isinstance(v, str) and bool(v)), "the name of a column"),
    "seed": (lambda v: is_int(v) and 0 <= v < 2**32, "a whole number from 0 to 4294967295"),
    "device": (lambda v: isinstance(v, str) and bool(DEVICE.fullmatch(v)), "auto, cpu, cuda or cuda:N"),
    "top": (lambda v: is_int(v) and v >= 1, "a whole number of at least 1"),
    "expect": (
        lambda v: v is None or (is_int(v) and v >= 1),
        "a whole number of at least 1: the clients you expect to win within 24 months",
    ),
    "prior": (
        lambda v: v is None or (isinstance(v, float) and 0 < v < 1),
        "a share above 0 and below 1, such as 0.02",
    ),
    "classifier": (
        lambda v: isinstance(v, str) and bool(CLASSIFIER.fullmatch(v)),
        "xgboost, or the full name of a scikit-learn class such as sklearn.ensemble.RandomForestClassifier",
    ),
    # The registries know which tasks, rankers and stores exist; a run asks them before any work.
    "task": (lambda v: isinstance(v, str) and bool(v), "the name of a task"),
    "rankers": (
        lambda v: are_texts(v) and all(v) and len(set(v)) == len(v),
        "a list of rankers, each once",
    ),
    "store": (lambda v: isinstance(v, str) and bool(v), "the name of a store"),
    "folds": (
        lambda v: v is None or (is_int(v) and LEAST_FOLDS <= v <= 20),
        f"a whole number from {LEAST_FOLDS} to 20: with two, models train on companies that see no client around them",
    ),
    "memory": (
        lambda v: v is None or (isinstance(v, str) and (bytes_of(v) or 0) >= LEAST_BYTES),
        "a size of at least 1GiB, such as 16GiB or 4096MiB",
    ),
    "columns": (
        lambda v: isinstance(v, Mapping) and are_texts(tuple(v)) and are_texts(tuple(v.values())),
        'a table of column = "role"',
    ),
}


def bytes_of(size: str) -> int | None:
    """The bytes of a size such as 16GiB (of 1024 MiB) or 16GB (of 1000 MB); None where the text is no size."""
    found = SIZE.fullmatch(size.strip())
    if found is None:
        return None
    number, unit, binary = found.groups()
    return int(float(number) * (1024 if binary else 1000) ** ("KMGT".index(unit.upper()) + 1))


def help_of(key: str) -> str:
    """The help beside a field of Settings."""
    return next(str(each.metadata["help"]) for each in fields(Settings) if each.name == key)
