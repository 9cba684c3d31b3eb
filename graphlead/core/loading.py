"""Settings filled in from a TOML file and from flags, with errors that name the key and what is wrong with it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from graphlead.core.errors import SettingsError, unknown
from graphlead.core.toml import read_toml

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

    Filled = TypeVar("Filled", bound=DataclassInstance)

Checks = Mapping[str, tuple[Callable[[Any], bool], str]]
"""For each key, whether a value will do, and what it has to be."""


@dataclass(frozen=True, kw_only=True)
class Form:
    """Which settings are paths (of a list of paths too), have to be given, are lists in TOML, are days, and are given
    to the command by their place, without a flag."""

    paths: tuple[str, ...]
    required: tuple[str, ...]
    lists: tuple[str, ...]
    days: tuple[str, ...] = ()
    placed: tuple[str, ...] = ()

    def flag(self, key: str) -> str:
        """What a setting is called on the command line."""
        return key.upper() if key in self.placed else f"--{key.replace('_', '-')}"


def filled_in(cls: type[Filled], form: Form, toml: Path | None, given: Mapping[str, Any]) -> Filled:
    """Settings of a TOML file, each overridden by the one given under its name unless that is None.

    Relative paths in the file are relative to its folder. Raises SettingsError for a file that cannot be read, an
    unknown key (with the key probably meant), and a missing or invalid value.
    """
    written = {} if toml is None else _read(toml, form)
    flags = {key: value for key, value in given.items() if value is not None}
    _refuse_unknown(cls, [*written, *flags], toml)
    values: dict[str, Any] = {key: _of_kind(key, value, form) for key, value in {**written, **flags}.items()}
    if missing := [key for key in form.required if key not in values]:
        raise SettingsError(
            f"{missing[0]} is missing.",
            where=str(toml or "settings"),
            remedy=f"Give {form.flag(missing[0])}, or write {missing[0]} = ... into the configuration file.",
        )
    try:
        return cls(**values)
    except SettingsError as error:
        key = error.where
        where = form.flag(key) if key in flags or toml is None else f"{toml}, {key}"
        raise SettingsError(error.problem, where=where, remedy=error.remedy) from error


def out_of(toml: Path | None) -> Path | None:
    """The folder for the results that a TOML file names; None for no file and for one that names none."""
    written = _written(toml).get("out") if toml else None
    return toml.parent / written if toml and isinstance(written, str) and written else None


def check(settings: object, checks: Checks) -> None:
    """Raise SettingsError for the first setting with a value of the wrong kind or out of range."""
    for key, (holds, expected) in checks.items():
        value = getattr(settings, key)
        if not holds(value):
            raise SettingsError(f"{key} is {_shown(value)}.", where=key, remedy=f"It has to be {expected}.")


def plain(value: object) -> object:
    """A setting as JSON and TOML can hold it."""
    if isinstance(value, Path):
        return value.as_posix()
    if isinstance(value, tuple):
        return [plain(each) for each in value]
    if isinstance(value, date):
        return value.isoformat()
    return dict(value) if isinstance(value, Mapping) else value


def is_int(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def are_texts(value: object) -> bool:
    return isinstance(value, tuple) and all(isinstance(each, str) for each in value)


def _read(path: Path, form: Form) -> dict[str, Any]:
    """The keys of a configuration file, its relative paths made relative to the working directory."""
    written = _written(path)
    for key in form.paths:
        value = written.get(key)
        if isinstance(value, str) and value:
            written[key] = path.parent / value
        elif isinstance(value, list):
            written[key] = [path.parent / each if isinstance(each, str) else each for each in value]
    return written


def _written(path: Path) -> dict[str, Any]:
    return read_toml(path, "configuration file", "Check the path; `graphlead init` writes a starter file.")


def _refuse_unknown(cls: type[DataclassInstance], keys: Iterable[str], toml: Path | None) -> None:
    known = [each.name for each in fields(cls)]
    for key in keys:
        if key not in known:
            raise unknown("setting", key, known, str(toml or "settings"))


def _of_kind(key: str, value: object, form: Form) -> object:
    """Lists to tuples and texts to paths, where the field wants them; the rest unchanged."""
    if key in form.paths and isinstance(value, str) and value:
        value = Path(value)
    if key in form.paths and isinstance(value, list | tuple):
        value = tuple(Path(each) if isinstance(each, str) and each else each for each in value)
    if key in form.days and isinstance(value, str):
        return _day(value)
    if key in form.lists:
        return tuple(value) if isinstance(value, list) else (value,) if isinstance(value, Path) else value
    return value


def _day(text: str) -> object:
    """The day, or the text where it is none: the check of the setting names what is wrong with it."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return text


def _shown(value: object) -> str:
    text = plain(value)
    return text if isinstance(text, str) and text else json.dumps(text, default=str, ensure_ascii=False)
