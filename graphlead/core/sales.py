"""The settings of the sales verbs: one frozen object, from a TOML file, from flags, or from Python."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self, TypedDict

from graphlead.core.errors import SettingsError
from graphlead.core.loading import Checks, Form, are_texts, check, filled_in, is_int, plain
from graphlead.core.paths import A_PATH, is_path
from graphlead.core.settings import CHECKS as COMMON

if TYPE_CHECKING:
    from graphlead.core.arrays import Json
    from graphlead.core.tables import Table

MOST_EVENTS = 9
"""Tables of events at most: a run's inputs have fixed names."""
PATHS = ("leads", "customers", "open", "items", "deals", "companies", "links", "run", "reviewed", "out")
FORM = Form(
    paths=(*PATHS, "events"),
    required=("verb", "out"),
    lists=("events", "keep", "exclude", "action"),
    days=("as_of",),
)
TABLES = {"convert": ("leads",), "churn": ("customers", "events")}
"""The tables of which a verb needs one."""


class SalesOptions(TypedDict, total=False):
    """Settings as given by the user, those that Python names apart left out; None for one left out."""

    items: Table | None
    deals: Table | None
    companies: Table | None
    links: Table | None
    run: str | Path | None
    reviewed: Table | None
    outcome: str | None
    positive: str | None
    id: str | None
    item: str | None
    duration: str | None
    as_of: str | date | None
    within: int | None
    active: int | None
    threshold: float | None
    top: int | None
    cost: float | None
    gain: float | None
    keep: Sequence[str] | None
    exclude: Sequence[str] | None
    columns: Mapping[str, Any] | None
    action: Sequence[Mapping[str, Any]] | None
    automl: int | None
    seed: int | None


class SalesGiven(SalesOptions, total=False):
    """Settings as given by the user: any of the fields of SalesSettings but the verb; None for one left out."""

    leads: Table | None
    customers: Table | None
    events: Table | Sequence[Table] | None
    open: Table | None
    out: str | Path | None


def _help(text: str) -> dict[str, str]:
    return {"help": text}


@dataclass(frozen=True, kw_only=True)
class SalesSettings:
    """What a sales verb reads, learns and hands over. ``help_of`` gives the help beside each field.

    Raises SettingsError, naming the key, its value and a remedy, when a value is of the wrong kind or out of range.
    """

    verb: str
    out: Path = field(metadata=_help("The folder for the results; it is made when missing."))
    leads: Path | None = field(
        default=None, metadata=_help("Leads or opportunities with what became of them, as exported.")
    )
    customers: Path | None = field(
        default=None, metadata=_help("Customers with whether they left, as exported.")
    )
    events: tuple[Path, ...] = field(
        default=(),
        metadata=_help("Orders, filings, log-ins ... with customer and date; the first states who left."),
    )
    open: Path | None = field(
        default=None, metadata=_help("The same columns for cases that are not decided yet.")
    )
    items: Path | None = field(
        default=None, metadata=_help("Products, joined to the events by the column that they share.")
    )
    deals: Path | None = field(
        default=None,
        metadata=_help("Deals won with their date, joined to the leads by the column they share."),
    )
    companies: Path | None = field(
        default=None, metadata=_help("The register that each row is matched with: one row per company.")
    )
    links: Path | None = field(
        default=None, metadata=_help("Who owns or is linked to whom: source_id, target_id, kind, share.")
    )
    run: Path | None = field(
        default=None, metadata=_help("A finished `graphlead run`, in place of a register.")
    )
    reviewed: Path | None = field(
        default=None,
        metadata=_help("review.xlsx or review.csv of an earlier run with its column 'accept' filled in."),
    )
    outcome: str | None = field(
        default=None, metadata=_help("The column with the outcome, where it is not found.")
    )
    positive: str | None = field(
        default=None, metadata=_help("The value of the outcome that is looked for, such as Won.")
    )
    id: str | None = field(
        default=None, metadata=_help("The column with the id of a row, or of an event's customer.")
    )
    item: str | None = field(default=None, metadata=_help("The column with the item of an event."))
    duration: str | None = field(
        default=None, metadata=_help("The column with the time that a customer was seen, such as tenure.")
    )
    as_of: date | None = field(
        default=None,
        metadata=_help("The day of scoring; nothing of that day or later is used (2026-05-01)."),
    )
    within: int = field(default=90, metadata=_help("The days within which it is to happen, or not."))
    active: int = field(
        default=180, metadata=_help("A customer is who bought within so many days before the day.")
    )
    threshold: float | None = field(
        default=None,
        metadata=_help(
            "The probability from which a case is on the list (0.80 of leads, 0.70 of customers)."
        ),
    )
    top: int | None = field(default=None, metadata=_help("At most so many cases on the list."))
    cost: float | None = field(default=None, metadata=_help("What working one case costs."))
    gain: float | None = field(default=None, metadata=_help("What a case that is won, or kept, is worth."))
    keep: tuple[str, ...] = field(
        default=(), metadata=_help("Columns that are used even if they look like known only afterwards.")
    )
    exclude: tuple[str, ...] = field(default=(), metadata=_help("Columns left out."))
    columns: Mapping[str, Any] = field(
        default_factory=dict,
        metadata=_help(
            "What a column means, where it was understood wrongly; of a second table: [columns.NAME]."
        ),
    )
    action: tuple[Mapping[str, Any], ...] = field(
        default=(), metadata=_help("Your own rules on what to do, before the usual ones: [[action]].")
    )
    automl: int = field(
        default=0,
        metadata=_help("Trials of a search by FLAML for one more model, such as 30; needs the extra automl."),
    )
    seed: int = field(
        default=0, metadata=_help("Seed of every random choice: the same seed gives the same scores.")
    )

    def __post_init__(self) -> None:
        check(self, CHECKS)
        self._check_tables()

    def _check_tables(self) -> None:
        needed = TABLES[self.verb]
        given = [key for key in needed if getattr(self, key)]
        flags = " or ".join(f"--{key}" for key in needed)
        if not given:
            raise SettingsError(
                f"{needed[0]} is missing.", where=needed[0], remedy=f"Give {flags} with a table."
            )
        if len(given) > 1:
            raise SettingsError(
                "customers and events are two ways to state who left.", where="customers", remedy="Give one."
            )
        if self.run and self.companies:
            raise SettingsError(
                "a register and a run that has one are both given.", where="run", remedy="Give one of them."
            )

    @classmethod
    def load(cls, verb: str, toml: Path | None, given: SalesGiven) -> Self:
        """Settings of a TOML file, each overridden by the one given under its name unless that is None.

        Errors are those of ``filled_in``.
        """
        return filled_in(cls, FORM, toml, {"verb": verb, **given})

    def inputs(self) -> dict[str, Path | None]:
        """The input files by setting, further tables of events as events_2 and so on; None for one not given."""
        single: dict[str, Path | None] = {
            key: getattr(self, key) for key in PATHS if key not in ("out", "run")
        }
        return single | {event_name(at): path for at, path in enumerate(self.events)}

    def to_json(self) -> Json:
        """Every setting in the order of the fields, paths as given."""
        return {each.name: plain(getattr(self, each.name)) for each in fields(self)}


def event_name(at: int) -> str:
    """The name of the table of events at this position among a run's inputs."""
    return "events" if at == 0 else f"events_{at + 1}"


def help_of(key: str) -> str:
    """The help beside a field of SalesSettings."""
    return next(str(each.metadata["help"]) for each in fields(SalesSettings) if each.name == key)


def _is_amount(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < float("inf")


def _are_meanings(value: object) -> bool:
    """A meaning of a column, or the meanings of a table's columns."""
    return isinstance(value, str) or (
        isinstance(value, Mapping) and all(isinstance(each, str) for each in value.values())
    )


def _is_name(value: object) -> bool:
    return value is None or (isinstance(value, str) and bool(value))


CHECKS: Checks = {
    "verb": (lambda v: v in TABLES, f"one of {', '.join(TABLES)}"),
    "out": COMMON["out"],
    **{key: (lambda v: v is None or is_path(v), A_PATH) for key in PATHS if key != "out"},
    "events": (
        lambda v: isinstance(v, tuple) and len(v) <= MOST_EVENTS and all(map(is_path, v)),
        f"up to {MOST_EVENTS} paths",
    ),
    **dict.fromkeys(("outcome", "id", "item", "duration"), (_is_name, "the name of a column")),
    "positive": (_is_name, "a value of the outcome"),
    "as_of": (lambda v: v is None or type(v) is date, "a day such as 2026-05-01"),
    **dict.fromkeys(
        ("within", "active"), (lambda v: is_int(v) and 1 <= v <= 3650, "a number of days from 1 to 3650")
    ),
    "threshold": (
        lambda v: v is None or (_is_amount(v) and 0 < v <= 1),
        "a probability above 0 and up to 1, such as 0.8",
    ),
    "top": (lambda v: v is None or (is_int(v) and v >= 1), "a whole number of at least 1"),
    **dict.fromkeys(("cost", "gain"), (lambda v: v is None or _is_amount(v), "an amount of at least 0")),
    "keep": (lambda v: are_texts(v) and all(v), "a list of column names"),
    "exclude": COMMON["exclude"],
    "columns": (
        lambda v: isinstance(v, Mapping) and all(map(_are_meanings, v.values())),
        'a table of column = "meaning"',
    ),
    "action": (
        lambda v: isinstance(v, tuple) and all(isinstance(each, Mapping) for each in v),
        "tables [[action]] with do and when",
    ),
    "automl": (lambda v: is_int(v) and 0 <= v <= 1000, "a number of trials from 0 to 1000"),
    "seed": COMMON["seed"],
}  # fmt: skip
