"""The settings of `graphlead segment`: one frozen object, from a TOML file, from flags, or from Python."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self, TypedDict

from graphlead.core.errors import SettingsError
from graphlead.core.loading import Checks, Form, check, filled_in, plain
from graphlead.core.paths import A_PATH, is_path
from graphlead.core.sales import CHECKS as SALES
from graphlead.core.sales import event_name
from graphlead.core.settings import CHECKS as COMMON

if TYPE_CHECKING:
    from graphlead.core.arrays import Json
    from graphlead.core.tables import Table

VERB = "segment"
CLEANERS = ("none", "distance", "clusters", "lof", "hcleaner", "vote")
"""By what customers are set aside."""
PATHS = ("customers", "run", "out")
FORM = Form(paths=(*PATHS, "events"), required=("out",), lists=("events", "exclude"), days=("as_of",))


class SegmentOptions(TypedDict, total=False):
    """Settings as given by the user, those that Python names apart left out; None for one left out."""

    run: str | Path | None
    id: str | None
    item: str | None
    as_of: str | date | None
    noise: str | None
    exclude: Sequence[str] | None
    columns: Mapping[str, Any] | None
    offers: Mapping[str, str] | None
    seed: int | None


class SegmentGiven(SegmentOptions, total=False):
    """Settings as given by the user: any of the fields of SegmentSettings; None for one left out."""

    events: Table | Sequence[Table] | None
    customers: Table | None
    out: str | Path | None


def _help(text: str) -> dict[str, str]:
    return {"help": text}


@dataclass(frozen=True, kw_only=True)
class SegmentSettings:
    """What customers are segmented by, and where the segments go. ``help_of`` gives the help beside each field.

    Raises SettingsError, naming the key, its value and a remedy, when a value is of the wrong kind or out of range.
    """

    out: Path = field(metadata=_help("The folder for the results; it is made when missing."))
    events: tuple[Path, ...] = field(default=(), metadata=_help("Orders with customer and date."))
    customers: Path | None = field(
        default=None, metadata=_help("A table of customers, such as a survey: a row each, as exported.")
    )
    run: Path | None = field(
        default=None, metadata=_help("An earlier `graphlead segment`, whose segments the customers get.")
    )
    id: str | None = field(default=None, metadata=_help("The column with the id of the customer."))
    item: str | None = field(default=None, metadata=_help("The column with the item of an order."))
    as_of: date | None = field(
        default=None,
        metadata=_help("The day of the segments; nothing of that day or later is used (2026-05-01)."),
    )
    noise: str = field(
        default="none",
        metadata=_help(
            f"By what the noisiest tenth is kept out of the search for segments: {', '.join(CLEANERS)}."
        ),
    )
    exclude: tuple[str, ...] = field(default=(), metadata=_help("Columns left out."))
    columns: Mapping[str, Any] = field(
        default_factory=dict,
        metadata=_help(
            "What a column is, where it was understood wrongly; of one of several tables: [columns.NAME]."
        ),
    )
    offers: Mapping[str, str] = field(
        default_factory=dict, metadata=_help("Your own offer for a segment, by its name: [offers].")
    )
    seed: int = field(
        default=0, metadata=_help("Seed of every random choice: the same seed gives the same segments.")
    )

    def __post_init__(self) -> None:
        check(self, CHECKS)
        if not self.events and not self.customers:
            raise SettingsError(
                "events is missing.", where="events", remedy="Give --events or --customers with a table."
            )
        if self.events and self.customers:
            raise SettingsError(
                "events and customers are two ways to describe customers.",
                where="customers",
                remedy="Give one.",
            )

    @classmethod
    def load(cls, toml: Path | None, given: SegmentGiven) -> Self:
        """Settings of a TOML file, each overridden by the one given under its name unless that is None.

        Errors are those of ``filled_in``.
        """
        return filled_in(cls, FORM, toml, given)

    def inputs(self) -> dict[str, Path | None]:
        """The input files by setting, further tables of events as events_2 and so on; None for one not given."""
        return {"customers": self.customers} | {event_name(at): path for at, path in enumerate(self.events)}

    @property
    def source(self) -> Path:
        """The first table."""
        return self.customers or self.events[0]

    def to_json(self) -> Json:
        """Every setting in the order of the fields, paths as given."""
        return {each.name: plain(getattr(self, each.name)) for each in fields(self)}


def help_of(key: str) -> str:
    """The help beside a field of SegmentSettings."""
    return next(str(each.metadata["help"]) for each in fields(SegmentSettings) if each.name == key)


CHECKS: Checks = {
    "out": COMMON["out"],
    "events": SALES["events"],
    **{key: (lambda v: v is None or is_path(v), A_PATH) for key in PATHS if key != "out"},
    **{key: SALES[key] for key in ("id", "item", "as_of", "columns")},
    "noise": (lambda v: v in CLEANERS, f"one of {', '.join(CLEANERS)}"),
    "exclude": COMMON["exclude"],
    "offers": (
        lambda v: isinstance(v, Mapping) and all(isinstance(each, str) and each for each in v.values()),
        'a table of segment = "offer"',
    ),
    "seed": COMMON["seed"],
}
