"""The outcome column of a table of cases, and which of its values mean yes and no."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from graphlead.common.words.headers import normalised
from graphlead.common.yes_no import NO, YES
from graphlead.core.errors import InputError, Place, SettingsError, unknown
from graphlead.ingest.cases.understood import Table

FEWEST, FEW = 5, 20
"""Cases of the rarer outcome below which nothing is learned, and below which figures hardly hold; the contract's."""
MOST_VALUES = 200
"""Distinct values up to which a column may hold outcomes: more are no stages."""

_COMMON = r"y|outcome|target|label|response|result|status"
_OF = r"(lead|deal|opportunity|opp|sales|case|customer|account|client|final)s?_"
NAMES: Mapping[Table, tuple[str, ...]] = {
    "leads": (
        r"(is_|has_|was_)?converted|conversion|(is_)?won|closed_won|is_customer|purchased?|subscribed|sold|bought",
        rf"{_COMMON}|({_OF})?(result|outcome|stage|status|state)|dealstage|stage_name|won_lost|win_loss",
    ),
    "customers": (
        r"(is_|has_|was_)?churn(ed)?(_(flag|label|value|status))?|attrition(_(flag|status))?|(is_)?attrited|exited",
        rf"{_COMMON}|cancell?ed|(has_|is_)?left|is_lost|({_OF})?(status|state|outcome)",
    ),
}
"""What outcomes are called, as patterns of normalised headers."""
_SUCCESS = (
    "won", "win", "closed won", "converted", "success", "successful", "customer", "purchased", "bought", "sold",
    "subscribed", "accepted", "signed", "gewonnen", "deal won", "accept", "approved",
)  # fmt: skip
_FAILURE = (
    "lost", "loss", "lose", "closed lost", "rejected", "not converted", "unconverted", "disqualified", "unqualified",
    "failure", "failed", "declined", "dead", "not won", "no sale", "unsuccessful", "not interested", "verloren",
    "abgelehnt", "deal lost", "reject",
)  # fmt: skip
_LEFT = (
    "churned", "churn", "left", "lost", "cancelled", "canceled", "terminated", "exited", "attrited",
    "attrited customer", "gone", "inactive", "departed", "closed", "ended", "gekundigt",
)  # fmt: skip
_STAYED = (
    "active", "retained", "stayed", "existing customer", "existing", "current", "not churned", "loyal", "stay",
    "no churn", "renewed", "aktiv",
)  # fmt: skip
WORDS: Mapping[Table, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "leads": (_SUCCESS, _FAILURE),
    "customers": (_LEFT, _STAYED),
}
"""The values, as plain words, that mean yes and no beside yes and no themselves."""


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """The outcome column: its name, its values for yes and for no as written, and how it was found."""

    column: str
    positives: tuple[str, ...]
    negatives: tuple[str, ...]
    because: str


def is_candidate(name: str, table: Table) -> bool:
    """Whether a column is called like an outcome."""
    return any(re.fullmatch(pattern, normalised(name)) for pattern in NAMES[table])


def decided(value: str, table: Table) -> bool | None:
    """What a value means: yes, no, or nothing."""
    plain = re.sub(r"[^a-z0-9.]+", " ", value.lower().replace("ü", "u")).strip()
    won, lost = WORDS[table]
    if plain in YES or plain in won:
        return True
    return False if plain in NO or plain in lost else None


def is_final(values: Iterable[str], table: Table) -> bool:
    """Whether a no among the values says that a case was lost, not only that it is not won so far."""
    lost = WORDS[table][1]
    return any(re.sub(r"[^a-z]+", " ", value.lower()).strip() in lost for value in values)


def find_outcome(
    values: Mapping[str, Sequence[str]], same: Iterable[frozenset[str]], table: Table, where: str
) -> Outcome:
    """The outcome among the columns that are called like one.

    values: the distinct values of each candidate; same: sets of candidates that agree in every row, of which the first
    counts. Raises InputError when there is none, or several that differ.
    """
    fits = [name for name, held in values.items() if any(decided(value, table) is not None for value in held)]
    copies = {name for group in same for name in sorted(group, key=list(values).index)[1:]}
    fits = [name for name in fits if name not in copies]
    if len(fits) == 1:
        return given_outcome(fits[0], values[fits[0]], "", table, where, "its name and its values")
    if fits:
        raise InputError(
            f"there are several columns with an outcome: {' or '.join(fits)}?",
            where=where,
            remedy="Say --outcome COLUMN.",
        )
    raise InputError(
        "there is no column with an outcome (won and lost, converted or not)."
        if table == "leads"
        else "there is no column with an outcome (churned or not).",
        where=where,
        remedy="Say --outcome COLUMN, and --positive VALUE where its values are no plain yes and no.",
    )


def given_outcome(
    column: str, values: Sequence[str], positive: str, table: Table, where: str, because: str = "set by you"
) -> Outcome:
    """The values of the outcome column that mean yes and no.

    Where no value is known to mean no, all others do when ``positive`` is given, for nothing else could. Raises
    SettingsError when the positive value does not occur, InputError when none can be found.
    """
    place = Place.of(where, column=column)
    if positive:
        yes = [value for value in values if value.lower() == positive.lower()]
        if not yes:
            raise unknown("value", positive, sorted(values), f"{place}, --positive")
    else:
        yes = [value for value in values if decided(value, table)]
    others = [value for value in values if value not in yes]
    no = [value for value in others if decided(value, table) is False]
    if positive and not no:
        no = others
    if not yes and not no:
        raise SettingsError(
            f"no value is known to mean {'won' if table == 'leads' else 'churned'} ({', '.join(sorted(values)[:8])}).",
            where=place,
            remedy="Say --positive VALUE.",
        )
    if not yes or not no:
        raise _one_only(place, (yes or no)[0], others if yes else values)
    shown = f"{_listed(yes)} against {_listed(no)}; anything else is open"
    return Outcome(column=column, positives=tuple(yes), negatives=tuple(no), because=f"{because}: {shown}")


def _one_only(place: str, only: str, values: Sequence[str]) -> InputError:
    rest = [value for value in values if value != only]
    return InputError(
        f"there is one outcome only: every case that is decided is {only!r}.",
        where=place,
        remedy=f"Say --positive VALUE; the other values are {_listed(rest)}."
        if rest
        else "Give a table that has cases of both outcomes.",
    )


def check_counts(positive: int, known: int, place: str) -> list[str]:
    """A warning where one outcome is rare. Raises InputError where nothing could be learned."""
    rare = min(positive, known - positive)
    if rare == 0:
        raise InputError(
            f"there is one outcome only: all of the {known} known cases are {'positive' if positive else 'negative'}.",
            where=place,
            remedy="Give a table that has cases of both outcomes.",
        )
    text = f"only {rare} of the {known} known cases have the rarer outcome"
    if rare < FEWEST:
        raise InputError(
            f"{text}; at least {FEWEST} are needed.", where=place, remedy="Give more cases with an outcome."
        )
    return [
        f"Only {rare} of the {known} known cases have the rarer outcome: figures are rough below {FEW}."
    ] * (rare < FEW)


def _listed(values: Sequence[str]) -> str:
    shown = ", ".join(sorted(values)[:5])
    return f"{shown} ..." if len(values) > 5 else shown
