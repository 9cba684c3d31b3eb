"""The plan of a table of cases: what each column is, by the user's word, by its name and by its values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from graphlead.core.cases import Meaning
from graphlead.core.errors import SettingsError, unknown
from graphlead.engines.duckdb import Db
from graphlead.ingest.cases.identity import find_account, find_id, is_duration, is_order
from graphlead.ingest.cases.meanings import meanings_of
from graphlead.ingest.cases.outcome_column import candidates, outcome_of
from graphlead.ingest.cases.outcomes import Outcome
from graphlead.ingest.cases.profiled import Profiled
from graphlead.ingest.cases.understood import ReadColumn, TableOptions, Understood
from graphlead.ingest.cases.uses import FEATURES, Use, style_of, use_of
from graphlead.ingest.column_profile import profile
from graphlead.ingest.open_file import Source
from graphlead.ingest.plan import refuse_headerless, refuse_unsplit

NEARLY_ALL = 0.99
"""The share of filled cells from which a column has no empty ones to speak of; "unknown" then stands for them."""
NO_OUTCOME = Outcome(column="", positives=(), negatives=(), because="")
SINGLE = (Use.ID, Use.OUTCOME, Use.DURATION, Use.ACCOUNT)
"""Uses that one column has at most."""


def make_plan(db: Db, source: Source, options: TableOptions, *, stated: bool = True) -> Understood:
    """How every column of the table is used; without the day that dates are counted from.

    stated: the table itself states the outcome; else one is no feature, and needs not be there. Raises SettingsError
    for an option that names no column, InputError when there is no outcome column or several.
    """
    refuse_headerless(source)
    refuse_unsplit(db, source)
    table = Profiled(db=db, source=source, seen=profile(db, source))
    wishes, meanings = _wishes(table, options)
    outcome = outcome_of(table, options, wishes) if stated else NO_OUTCOME
    single = _single(table, options, wishes, outcome)
    if not stated:
        why = "called like an outcome, which is stated elsewhere"
        single |= dict.fromkeys(candidates(table, options, wishes), (Use.IGNORED, why))
    columns = [_column(table, name, wishes, single) for name in source.names]
    return Understood(
        table=options.table,
        columns=_with_meanings(columns, meanings),
        positives=outcome.positives,
        negatives=outcome.negatives,
        reference=None,
        as_of=options.as_of,
        within=options.within,
    )


def check_column(name: str, source: Source, option: str) -> None:
    """Raise SettingsError, with the nearest name, when the table has no such column."""
    if name not in source.names:
        raise unknown("column", name, source.names, f"{source.path}, {option}")


def _wishes(table: Profiled, options: TableOptions) -> tuple[dict[str, Use], dict[str, Meaning]]:
    """The uses and the meanings that the user gave, by column."""
    uses: dict[str, Use] = {}
    meanings: dict[str, Meaning] = {}
    known = [*map(str, Use), *(str(each) for each in Meaning if each)]
    for name, wish in options.columns.items():
        check_column(name, table.source, "[columns]")
        if wish in set(Use):
            uses[name] = Use(wish)
        elif wish in known:
            meanings[name] = Meaning(wish)
        else:
            raise unknown("meaning", wish, known, f"[columns], column {name}")
    for use in (Use.OUTCOME, Use.ID, Use.DURATION):
        if name := getattr(options, use):
            check_column(name, table.source, f"--{use}")
            uses = {other: each for other, each in uses.items() if each is not use} | {name: use}
    for name in options.keep:
        check_column(name, table.source, "--keep")
    _refuse_doubles(uses)
    return uses, meanings


def _refuse_doubles(uses: Mapping[str, Use]) -> None:
    for use in SINGLE:
        names = [name for name, each in uses.items() if each is use]
        if len(names) > 1:
            raise SettingsError(
                f"several columns are to be the {use}: {', '.join(names)}.",
                where="[columns]",
                remedy="Keep one of them.",
            )


def _single(
    table: Profiled, options: TableOptions, wishes: Mapping[str, Use], outcome: Outcome
) -> dict[str, tuple[Use, str]]:
    """The columns with a part of their own, with the reason."""
    found = {name: (use, "set by you") for name, use in wishes.items() if use in SINGLE}
    if outcome.column:
        found[outcome.column] = Use.OUTCOME, outcome.because
    taken = {*found, *wishes}
    names = tuple("" if name in taken else name for name in table.source.names)
    if Use.ID not in _uses(found):
        at = find_id(names, options.table, table.counts, table.source.rows)
        if at is not None:
            found[names[at]] = Use.ID, "its name; different from row to row"
    if Use.ACCOUNT not in _uses(found):
        at = find_account(table.source.names, table.seen, {*taken, *found})
        if at is not None:
            found[table.source.names[at]] = Use.ACCOUNT, "its name; matched to companies, and no feature"
    if Use.DURATION not in _uses(found):
        named = (
            name for name in table.source.names if name not in taken and is_duration(name, options.table)
        )
        if (name := next(named, "")) and name not in found:
            found[name] = Use.DURATION, "its name; the time under observation, and a feature"
    return found


def _uses(found: Mapping[str, tuple[Use, str]]) -> set[Use]:
    return {use for use, _ in found.values()}


def _column(
    table: Profiled, name: str, wishes: Mapping[str, Use], single: Mapping[str, tuple[Use, str]]
) -> ReadColumn:
    at, rows = table.at(name), table.source.rows
    family, seen = table.source.families[at], table.seen[at]
    if name in single or name in wishes:
        use, because = single.get(name, (wishes.get(name, Use.IGNORED), "set by you"))
        style = style_of(use, name, family, seen)
    elif is_order(name, seen):
        use, style, because = Use.ORDER, "", "numbers that count up: the order in which the rows came"
    else:
        use, style, because = use_of(name, family, seen, rows)
    return ReadColumn(
        name=name,
        use=use,
        because=because,
        style=style,
        keeps_na=use is Use.CATEGORY and seen.share(seen.two_letters) > 0.8,
        unknown_is_a_value=use is Use.CATEGORY and seen.filled < NEARLY_ALL * rows,
    )


def _with_meanings(columns: list[ReadColumn], given: Mapping[str, Meaning]) -> tuple[ReadColumn, ...]:
    free = {each.name: each.use for each in columns if each.use in FEATURES and each.name not in given}
    found = meanings_of(free)
    found = {name: meaning for name, meaning in found.items() if meaning not in given.values()} | dict(given)
    duration = next((column.name for column in columns if column.use is Use.DURATION), "")
    if duration and Meaning.TENURE not in found.values():
        found[duration] = Meaning.TENURE
    return tuple(replace(column, meaning=found.get(column.name, Meaning.NONE)) for column in columns)
