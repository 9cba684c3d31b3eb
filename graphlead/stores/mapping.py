"""The mapping of a database to a register: labels, types and properties, from TOML."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, dataclass, field, fields
from pathlib import Path
from typing import Any, Self, TypeVar

from graphlead.core.errors import SettingsError
from graphlead.core.toml import read_toml
from graphlead.stores.names import identifier
from graphlead.stores.shape import ADDED

Entry = TypeVar("Entry", "Companies", "Owners", "Links")


@dataclass(frozen=True, kw_only=True)
class Companies:
    """Nodes that are companies: their label, the property that identifies them, and those that become columns.

    properties: empty for all but ``leave_out``; columns: column names by property, where they differ.
    """

    label: str
    id: str
    properties: tuple[str, ...] = ()
    leave_out: tuple[str, ...] = ()
    columns: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        identifier(self.label)


@dataclass(frozen=True)
class Owners:
    """Nodes that own companies without being one. type: holder or person."""

    label: str
    id: str
    name: str = ""
    type: str = "holder"

    def __post_init__(self) -> None:
        identifier(self.label)


@dataclass(frozen=True, kw_only=True)
class Links:
    """Relationships that become links. kind: of the links (the type in lower case when empty), or kind_property: the
    property that has it; share, share_low, share_high and date are properties, empty for none;
    reverse: they point from what is owned to its owner."""

    type: str
    kind: str = ""
    kind_property: str = ""
    share: str = ""
    share_low: str = ""
    share_high: str = ""
    date: str = ""
    reverse: bool = False

    def __post_init__(self) -> None:
        identifier(self.type)


@dataclass(frozen=True)
class RegisterMapping:
    """How a graph becomes a register."""

    companies: Companies
    owners: tuple[Owners, ...] = ()
    links: tuple[Links, ...] = ()

    @classmethod
    def from_toml(cls, path: Path) -> Self:
        """The mapping in a file with [companies], [[owners]] and [[links]]. Raises SettingsError for anything else."""
        content = read_toml(path, "mapping", "Check the path.")
        unknown = sorted(set(content) - {"companies", "owners", "links"})
        if unknown or not isinstance(content.get("companies"), dict):
            raise SettingsError(
                f"unknown tables {', '.join(unknown)}." if unknown else "there is no table [companies].",
                where=str(path),
                remedy="A mapping has [companies], and any number of [[owners]] and [[links]].",
            )
        return cls(
            _entry(Companies, content["companies"], path),
            tuple(_entry(Owners, entry, path) for entry in _tables(content, "owners", path)),
            tuple(_entry(Links, entry, path) for entry in _tables(content, "links", path)),
        )


def _tables(content: Mapping[str, Any], name: str, path: Path) -> list[Any]:
    found = content.get(name, [])
    if not isinstance(found, list):
        raise SettingsError(f"{name} is not a list of tables.", where=str(path), remedy=f"Write [[{name}]].")
    return found


def _entry(kind: type[Entry], content: Any, path: Path) -> Entry:
    where = f"{path}, {kind.__name__.lower()}"
    known = {each.name: each for each in fields(kind)}
    if not isinstance(content, dict) or set(content) - set(known):
        raise SettingsError(
            f"not understood: {content}.", where=where, remedy=f"Known entries: {', '.join(known)}."
        )
    for name, value in content.items():
        if not _fits(str(known[name].type), value):
            raise SettingsError(
                f"{name} cannot be {value!r}.",
                where=where,
                remedy=f"It has to be of type {known[name].type}.",
            )
    required = [name for name, each in known.items()
                if each.default is MISSING and each.default_factory is MISSING]  # fmt: skip
    missing = [name for name in required if not content.get(name)]
    if missing:
        raise SettingsError(f"{' and '.join(missing)} not given.", where=where, remedy="Give them.")
    values: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in content.items()
    }
    try:
        return kind(**values)
    except SettingsError as refused:
        raise SettingsError(refused.problem, where=where, remedy=refused.remedy) from refused


def _fits(type_: str, value: object) -> bool:
    if type_.startswith("tuple"):
        return isinstance(value, list) and all(isinstance(each, str) for each in value)
    if type_.startswith("Mapping"):
        return isinstance(value, dict) and all(isinstance(each, str) for each in value.values())
    return isinstance(value, bool if type_ == "bool" else str)


OWN = RegisterMapping(
    Companies(label="Company", id="company_id", leave_out=ADDED),
    (Owners("Holder", "holder_id", "name"), Owners("Person", "person_id", "name", "person")),
    (
        Links(
            type="OWNS",
            kind_property="kind",
            share="share",
            share_low="share_low",
            share_high="share_high",
            date="since",
        ),
        Links(type="LINKED", kind_property="kind", date="since"),
    ),
)
"""The mapping of a graph in graphlead's own shape, see cypher/README.md."""
