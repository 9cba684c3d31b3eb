"""The settings of `recommend`: one frozen object, from a TOML file, from flags, or from Python."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self, TypedDict

from graphlead.core.errors import SettingsError
from graphlead.core.loading import Checks, Form, are_texts, check, filled_in, is_int, plain
from graphlead.core.paths import A_PATH, is_path
from graphlead.core.sales import CHECKS as SALES
from graphlead.core.sales import event_name
from graphlead.core.sales import help_of as sales_help

if TYPE_CHECKING:
    from graphlead.core.arrays import Json
    from graphlead.core.tables import Table

PATHS = ("items", "customers", "companies", "links", "run", "reviewed", "out")
FORM = Form(
    paths=(*PATHS, "events"),
    required=("out", "events"),
    lists=("events", "models", "exclude"),
    days=("as_of",),
)
MODELS = ("ease", "mixed", "cosine", "recent", "popular")
"""The models that are compared where the user names none."""


class RecommendOptions(TypedDict, total=False):
    """Settings as given by the user, those that Python names apart left out; None for one left out."""

    companies: Table | None
    links: Table | None
    run: str | Path | None
    reviewed: Table | None
    id: str | None
    item: str | None
    product: str | None
    repeat: bool | None
    top: int | None
    as_of: str | date | None
    within: int | None
    models: Sequence[str] | None
    exclude: Sequence[str] | None
    columns: Mapping[str, Any] | None
    seed: int | None


class RecommendGiven(RecommendOptions, total=False):
    """Settings as given by the user: any of the fields of RecommendSettings; None for one left out."""

    events: Table | Sequence[Table] | None
    items: Table | None
    customers: Table | None
    out: str | Path | None


def _help(text: str) -> dict[str, str]:
    return {"help": text}


def _same(key: str) -> dict[str, str]:
    return _help(sales_help(key))


@dataclass(frozen=True, kw_only=True)
class RecommendSettings:
    """What ``recommend`` reads, learns and hands over. ``help_of`` gives the help beside each field.

    Raises SettingsError, naming the key, its value and a remedy, when a value is of the wrong kind or out of range.
    """

    events: tuple[Path, ...] = field(
        metadata=_help("Orders with customer, date and item; several files are parts of one table.")
    )
    out: Path = field(metadata=_same("out"))
    items: Path | None = field(
        default=None,
        metadata=_help(
            "Products, joined to the orders by the column that they share; also those not sold yet."
        ),
    )
    customers: Path | None = field(
        default=None, metadata=_help("Customers with what is known of them; also those without an order.")
    )
    companies: Path | None = field(default=None, metadata=_same("companies"))
    links: Path | None = field(default=None, metadata=_same("links"))
    run: Path | None = field(default=None, metadata=_same("run"))
    reviewed: Path | None = field(default=None, metadata=_same("reviewed"))
    id: str | None = field(default=None, metadata=_help("The column with the customer of an order."))
    item: str | None = field(
        default=None, metadata=_help("The column with what was bought, of the orders or of the products.")
    )
    product: str | None = field(
        default=None,
        metadata=_help("An item: who wants it, of the customers without it and of the companies."),
    )
    repeat: bool = field(default=False, metadata=_help("Also what a customer has bought before."))
    top: int = field(default=10, metadata=_help("So many items for each customer."))
    as_of: date | None = field(default=None, metadata=_same("as_of"))
    within: int = field(
        default=90, metadata=_help("The days at the end of the history on which the models are compared.")
    )
    models: tuple[str, ...] = field(
        default=MODELS, metadata=_help("The models that are compared; the best of them recommends.")
    )
    exclude: tuple[str, ...] = field(default=(), metadata=_same("exclude"))
    columns: Mapping[str, Any] = field(default_factory=dict, metadata=_same("columns"))
    seed: int = field(default=0, metadata=_same("seed"))

    def __post_init__(self) -> None:
        check(self, CHECKS)
        if self.run and self.companies:
            raise SettingsError(
                "a register and a run that has one are both given.", where="run", remedy="Give one of them."
            )
        if (self.run or self.companies) and not self.product:
            raise SettingsError(
                "a register is given and no product that its companies may want.",
                where="product",
                remedy="Say --product ITEM, or leave the register out.",
            )

    @classmethod
    def load(cls, toml: Path | None, given: RecommendGiven) -> Self:
        """Settings of a TOML file, each overridden by the one given under its name unless that is None.

        Errors are those of ``filled_in``.
        """
        return filled_in(cls, FORM, toml, dict(given))

    def inputs(self) -> dict[str, Path | None]:
        """The input files by setting, further tables of events as events_2 and so on; None for one not given."""
        single: dict[str, Path | None] = {
            key: getattr(self, key) for key in PATHS if key not in ("out", "run")
        }
        return single | {event_name(at): path for at, path in enumerate(self.events)}

    def to_json(self) -> Json:
        """Every setting in the order of the fields, paths as given."""
        return {each.name: plain(getattr(self, each.name)) for each in fields(self)}


def help_of(key: str) -> str:
    """The help beside a field of RecommendSettings."""
    return next(str(each.metadata["help"]) for each in fields(RecommendSettings) if each.name == key)


CHECKS: Checks = {
    **{key: (lambda v: v is None or is_path(v), A_PATH) for key in PATHS if key != "out"},
    **{key: SALES[key] for key in ("out", "as_of", "within", "exclude", "columns", "seed", "id", "item")},
    "events": (lambda v: SALES["events"][0](v) and bool(v), f"{SALES['events'][1]}, at least one"),
    "product": (lambda v: v is None or (isinstance(v, str) and bool(v)), "an item"),
    "repeat": (lambda v: isinstance(v, bool), "true or false"),
    "top": (lambda v: is_int(v) and 1 <= v <= 1000, "a whole number from 1 to 1000"),
    "models": (lambda v: are_texts(v) and bool(v), "a list of models"),
}  # fmt: skip
