"""Outcomes of called leads, as a sales team types them, found in the register and understood."""

from __future__ import annotations

import re

import pandas as pd

from graphlead.common.words.data import by_word, load
from graphlead.common.words.headers import normalised
from graphlead.core.clients import Match
from graphlead.core.contracts import Progress, silent
from graphlead.core.errors import InputError, Place
from graphlead.core.outcomes import OPEN, RESULT, Outcomes
from graphlead.core.register import Register
from graphlead.match.resolve import RESULT as ADDED
from graphlead.match.resolve import match_clients

_DATA = load("outcomes")
_HEADERS: list[str] = _DATA["headers"]
_WORDS = by_word(_DATA["words"])
_ALONE = _WORDS | by_word(_DATA["answers"])
_REMARK = re.compile(r"\s[-–—]\s|[:;,.(|]")
"""What a remark behind a word begins with: "Lost - too expensive", "Rejected (no fleet)"."""
OF_OTHERS = ("nearest_client", "nearest_client_id", "other_records")
"""Columns of an earlier list that name other companies than the one of the line."""
SHOWN = 5
"""Texts quoted in an error, a choice: enough to see what is wrong."""


def match_outcomes(
    typed: pd.DataFrame, register: Register, where: str, progress: Progress = silent
) -> Outcomes:
    """Resolve a table of outcomes against the register.

    ``typed`` has one row per lead and string columns: what a client list has, and a column with the outcomes; columns
    of an earlier list that name other companies are left out. Raises InputError, naming the file ``where``, when there
    is no column with outcomes, when none of its texts is understood, or when no column holds names or ids.
    """
    column = outcome_column(typed, where)
    result = results_of(typed[column])
    taken = {*ADDED, RESULT}
    others = [name for name in OF_OTHERS if name in typed]
    rest = typed.drop(columns=[column, *others]).rename(columns={RESULT: f"input_{RESULT}"})
    match = _matched(rest, register, where, progress)
    name = f"input_{column}" if column in taken else column
    table = match.table.assign(**{name: typed[column].to_numpy(), RESULT: result.to_numpy()})
    return Outcomes(match=Match(table, match.review, match.date_column), column=column, typed=name)


def outcome_column(typed: pd.DataFrame, where: str) -> str:
    """The column with the outcomes: of those with such a header, the surest that has a known word.

    Where all of them are empty, nothing came back so far, and the surest is taken. Raises InputError otherwise.
    """
    known = {normalised(str(name)): str(name) for name in reversed(list(typed))}
    named = [known[header] for header in _HEADERS if header in known]
    if not named:
        raise InputError(
            f"no column holds outcomes; found {', '.join(repr(str(name)) for name in typed) or 'no column'}.",
            where=where,
            remedy="Name the column with won, lost or rejected 'outcome'.",
        )
    understood = [name for name in named if (results_of(typed[name]) != OPEN).any()]
    filled = [name for name in named if typed[name].notna().any()]
    if filled and not understood:
        texts = typed[filled[0]].value_counts().index[:SHOWN]
        raise InputError(
            f"no outcome is understood; found {', '.join(map(repr, texts))}.",
            where=Place.of(where, column=filled[0]),
            remedy="Write won, lost or rejected.",
        )
    return (understood or named)[0]


def results_of(texts: pd.Series) -> pd.Series:
    """The result of each text (m,): won, lost, rejected, or open for all others."""
    values = texts.astype("string").str.strip()
    known = {value: _result(value) for value in values.dropna().unique()}
    return values.map(known).astype("string").fillna(OPEN)


def _result(text: str) -> str:
    begins = normalised(_REMARK.split(text, maxsplit=1)[0])
    return _ALONE.get(normalised(text)) or _WORDS.get(begins) or OPEN


def _matched(rest: pd.DataFrame, register: Register, where: str, progress: Progress) -> Match:
    if not len(rest):
        return Match.of_nobody()
    try:
        return match_clients(rest, register, progress=progress)
    except InputError as error:
        raise InputError(error.problem, where=where, remedy=error.remedy) from error
