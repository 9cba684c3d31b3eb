"""The settings of the experiment verb: how a list is dealt into arms, and how its results are read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import TYPE_CHECKING, Self, TypedDict

from graphlead.core.errors import SettingsError
from graphlead.core.loading import Checks, Form, are_texts, check, filled_in, plain
from graphlead.core.paths import A_PATH, is_path
from graphlead.core.settings import CHECKS as COMMON

if TYPE_CHECKING:
    from graphlead.core.arrays import Json
    from graphlead.core.tables import Table

TREAT, HOLDOUT, EXPLORE = "treat", "holdout", "explore"
"""The arms that ``assign`` deals: worked from the top down, left alone, and worked wherever they stand on the list."""
ARM = "arm"
"""The column that ``assign`` writes the arm into."""

ASSIGN_FORM = Form(paths=("table", "out"), required=("table", "out"), lists=("by",))
READ_FORM = Form(
    paths=("table", "outcomes", "open", "out"),
    required=("table", "out", "outcome"),
    lists=("outcome", "exclude"),
)


class AssignGiven(TypedDict, total=False):
    """Settings as given by the user: any of the fields of AssignSettings; None for one left out."""

    table: Table | None
    out: str | Path | None
    holdout: float | None
    explore: float | None
    by: Sequence[str] | None
    id: str | None
    seed: int | None


class ReadOptions(TypedDict, total=False):
    """Settings as given by the user, those that Python names apart left out; None for one left out."""

    positive: str | None
    value: str | None
    cost: float | None
    outcomes: Table | None
    id: str | None
    exclude: Sequence[str] | None
    seed: int | None


class ReadGiven(ReadOptions, total=False):
    """Settings as given by the user: any of the fields of ReadSettings; None for one left out."""

    table: Table | None
    out: str | Path | None
    arm: str | None
    control: str | None
    outcome: Sequence[str] | None
    open: Table | None


def _help(text: str) -> dict[str, str]:
    return {"help": text}


@dataclass(frozen=True, kw_only=True)
class AssignSettings:
    """How a list is dealt into arms. ``help_of`` gives the help beside each field.

    Raises SettingsError, naming the key, its value and a remedy, when a value is of the wrong kind or out of range.
    """

    table: Path = field(metadata=_help("The list to deal: CSV, Excel or Parquet, one row a case."))
    out: Path = field(metadata=_help("The folder for the results; it is made when missing."))
    holdout: float = field(default=0.2, metadata=_help("The share of the cases that is left alone."))
    explore: float = field(
        default=0.0,
        metadata=_help("The share that is worked wherever it stands on the list, so that models can learn."),
    )
    by: tuple[str, ...] = field(
        default=(), metadata=_help("A column within whose values the shares are kept; numbers by fifths.")
    )
    id: str | None = field(default=None, metadata=_help("The column with the ids, where it is not found."))
    seed: int = field(default=0, metadata=_help("Seed of the lots: the same seed gives the same arms."))

    def __post_init__(self) -> None:
        check(self, ASSIGN_CHECKS)
        if self.holdout + self.explore >= 1:
            raise SettingsError(
                f"the holdout of {self.holdout:g} and the exploration of {self.explore:g} leave nobody to treat.",
                where="explore",
                remedy="Their sum has to be below 1.",
            )

    @classmethod
    def load(cls, toml: Path | None, given: AssignGiven) -> Self:
        """Settings of a TOML file, each overridden by the one given under its name unless that is None.

        Errors are those of ``filled_in``.
        """
        return filled_in(cls, ASSIGN_FORM, toml, given)

    def inputs(self) -> dict[str, Path | None]:
        """The input files by setting."""
        return {"table": self.table}

    def to_json(self) -> Json:
        """Every setting in the order of the fields, paths as given, and the step."""
        return {"step": "assign"} | {each.name: plain(getattr(self, each.name)) for each in fields(self)}


@dataclass(frozen=True, kw_only=True)
class ReadSettings:
    """How the results of an experiment are read. ``help_of`` gives the help beside each field.

    Raises SettingsError, naming the key, its value and a remedy, when a value is of the wrong kind or out of range.
    """

    table: Path = field(
        metadata=_help(
            "Every case with its arm: assignment.xlsx or assignment.csv, or any CSV, Excel or Parquet file."
        )
    )
    out: Path = field(metadata=_help("The folder for the results; it is made when missing."))
    outcome: tuple[str, ...] = field(
        metadata=_help("A column with what became of a case: yes and no, or a number.")
    )
    arm: str | None = field(default=None, metadata=_help("The column with the arm. Default: arm."))
    control: str | None = field(
        default=None, metadata=_help("The arm that the others are compared with. Default: holdout.")
    )
    positive: str | None = field(
        default=None,
        metadata=_help("The value of the first outcome that counts, where yes and no are not clear."),
    )
    value: str | None = field(
        default=None, metadata=_help("A column with what a case brought in, such as sales.")
    )
    cost: float | None = field(default=None, metadata=_help("What treating one case costs."))
    outcomes: Path | None = field(
        default=None, metadata=_help("A table with the outcomes, joined to the cases by their id.")
    )
    open: Path | None = field(
        default=None,
        metadata=_help("Cases to rank by what the treatment would add; the columns known before."),
    )
    id: str | None = field(default=None, metadata=_help("The column with the ids, where it is not found."))
    exclude: tuple[str, ...] = field(
        default=(),
        metadata=_help("Columns that the ranking is not to learn from, such as those known afterwards."),
    )
    seed: int = field(
        default=0, metadata=_help("Seed of every random choice: the same seed gives the same uplift.")
    )

    def __post_init__(self) -> None:
        check(self, READ_CHECKS)

    @classmethod
    def load(cls, toml: Path | None, given: ReadGiven) -> Self:
        """Settings of a TOML file, each overridden by the one given under its name unless that is None.

        Errors are those of ``filled_in``.
        """
        return filled_in(cls, READ_FORM, toml, given)

    def inputs(self) -> dict[str, Path | None]:
        """The input files by setting; None for one not given."""
        return {"table": self.table, "outcomes": self.outcomes, "open": self.open}

    def to_json(self) -> Json:
        """Every setting in the order of the fields, paths as given, and the step."""
        return {"step": "read"} | {each.name: plain(getattr(self, each.name)) for each in fields(self)}


def help_of(cls: type[AssignSettings] | type[ReadSettings], key: str) -> str:
    """The help beside a field."""
    return next(str(each.metadata["help"]) for each in fields(cls) if each.name == key)


def _is_share(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 < value < 1


def _is_amount(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < float("inf")


def _is_name(value: object) -> bool:
    return value is None or (isinstance(value, str) and bool(value))


def _is_path(value: object) -> bool:
    return value is None or is_path(value)


ASSIGN_CHECKS: Checks = {
    "table": (is_path, A_PATH),
    "out": COMMON["out"],
    "holdout": (_is_share, "a share above 0 and below 1, such as 0.2"),
    "explore": (lambda v: v == 0 or _is_share(v), "a share above 0 and below 1, such as 0.1"),
    "by": (lambda v: are_texts(v) and all(v), "the names of columns"),
    "id": (_is_name, "the name of a column"),
    "seed": COMMON["seed"],
}
READ_CHECKS: Checks = {
    "table": (is_path, A_PATH),
    "out": COMMON["out"],
    "outcome": (lambda v: are_texts(v) and bool(v) and all(v), "the names of columns, at least one"),
    **dict.fromkeys(("arm", "value", "id"), (_is_name, "the name of a column")),
    "control": (_is_name, "a value of the column with the arm"),
    "positive": (_is_name, "a value of the first outcome"),
    "cost": (lambda v: v is None or _is_amount(v), "an amount of at least 0"),
    **dict.fromkeys(("outcomes", "open"), (_is_path, A_PATH)),
    "exclude": COMMON["exclude"],
    "seed": COMMON["seed"],
}
