"""The settings of ``compare``: two runs, or two tables."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import TYPE_CHECKING, Self, TypedDict

from graphlead.core.loading import Checks, Form, check, filled_in, plain
from graphlead.core.paths import A_PATH, is_path
from graphlead.core.settings import CHECKS as COMMON

if TYPE_CHECKING:
    from graphlead.core.arrays import Json
    from graphlead.core.tables import Table

FORM = Form(
    paths=("old", "new", "outcomes", "out"),
    required=("old", "new", "out"),
    lists=("exclude",),
    placed=("old", "new"),
)


class ComparisonOptions(TypedDict, total=False):
    """Settings as given by the user, those that Python names apart left out; None for one left out."""

    outcome: str | None
    positive: str | None
    id: str | None
    exclude: Sequence[str] | None
    seed: int | None


class ComparisonGiven(ComparisonOptions, total=False):
    """Settings as given by the user: any of the fields of ComparisonSettings; None for one left out."""

    old: Table | None
    new: Table | None
    out: str | Path | None
    outcomes: Table | None


def _help(text: str) -> dict[str, str]:
    return {"help": text}


@dataclass(frozen=True, kw_only=True)
class ComparisonSettings:
    """What is compared, and where the result goes. ``help_of`` gives the help beside each field.

    Raises SettingsError, naming the key, its value and a remedy, when a value is of the wrong kind.
    """

    old: Path = field(metadata=_help("The folder of the earlier run, or the earlier table."))
    new: Path = field(metadata=_help("The folder of the later run of the same verb, or the later table."))
    out: Path = field(metadata=_help("The folder for the results; it is made when missing."))
    outcomes: Path | None = field(
        default=None, metadata=_help("What became of the cases that OLD predicted: ids and outcomes.")
    )
    outcome: str | None = field(
        default=None, metadata=_help("The column of --outcomes with the outcome, where it is not found.")
    )
    positive: str | None = field(
        default=None, metadata=_help("The value of the outcome that was predicted, such as Won.")
    )
    id: str | None = field(
        default=None, metadata=_help("The column with the id of a row, where it is not found.")
    )
    exclude: tuple[str, ...] = field(default=(), metadata=_help("Columns that are not compared."))
    seed: int = field(
        default=0, metadata=_help("Kept with the result; a comparison leaves nothing to chance.")
    )

    def __post_init__(self) -> None:
        check(self, CHECKS)

    @classmethod
    def load(cls, toml: Path | None, given: ComparisonGiven) -> Self:
        """Settings of a TOML file, each overridden by the one given under its name unless that is None.

        Errors are those of ``filled_in``.
        """
        return filled_in(cls, FORM, toml, given)

    def to_json(self) -> Json:
        """Every setting in the order of the fields, paths as given."""
        return {each.name: plain(getattr(self, each.name)) for each in fields(self)}


def help_of(key: str) -> str:
    """The help beside a field of ComparisonSettings."""
    return next(str(each.metadata["help"]) for each in fields(ComparisonSettings) if each.name == key)


CHECKS: Checks = {
    **dict.fromkeys(("old", "new"), (is_path, A_PATH)),
    "out": COMMON["out"],
    "outcomes": (lambda v: v is None or is_path(v), A_PATH),
    **dict.fromkeys(
        ("outcome", "id"), (lambda v: v is None or (isinstance(v, str) and bool(v)), "the name of a column")
    ),
    "positive": (lambda v: v is None or (isinstance(v, str) and bool(v)), "a value of the outcome"),
    "exclude": COMMON["exclude"],
    "seed": COMMON["seed"],
}
