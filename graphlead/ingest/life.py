"""Columns that say whether a company is still in business: their names, their values, and the SQL that reads them."""

from __future__ import annotations

import re

from graphlead.engines.duckdb import literal
from graphlead.ingest.values import day, epoch_day, within_range, yes_or_no

FILLER = (
    "company|companies|firm|entity|legal|business|corporate|corporation|organi[sz]ation|enterprise|employer|unit|regist(er|ry)"
    "|registration|registered|current|operating|operational|administrati[fv]e?|trad(e|ing)|unternehmens?|firm(a|en)"
    "|gesellschaft|empresa|impresa|azienda|entreprise|juridical|is|was|has|been|date|datum|data|fecha|dato|of|on|at|in|the"
    "|from|since|as|de|del|della|da|di|du|la|le|von|der|day|tag|year|jahr|text|description|desc|name|label|code|value|flag"
)
"""Words that may stand beside the one that counts; with any other (vat, payment, order) it is about something else."""

STATUS = "status|statuts?|stato|estado|etat|situa(tion|cion|cao)|zustand|tila|stav"
ACTIVE = "active|aktiv|actif|activ[ao]|ativ[ao]|attiv[ao]|actief|alive|live"
ENDED = (
    "dissol(ved|ution)|liquidat(ed|ion)|insolven(t|cy)|bankrupt(cy)?|clos(ure|ed)|ceased|cessation|deregistered"
    "|deregistration|struck|strike|off|removal|defunct|wound|winding|up|inactive|extinct|dead|death|deathyear"
    "|(geloe?scht|aufgeloe?st|(auf)?loe?s(ch)?(ung)?(s?datum)?|erloschen|insolvenz|stilllegung)(s?datum)?"
    "|radi(ation|ee?)|dissoute|cessee|cessazione|cessata|cancellazione|scioglimento|fallimento|disolucion|baja|extincion"
    "|cierre|baixa|encerramento|opgeheven|opheffing|ontbinding|faillissement|konkurs|slettet|opph?(o?r)t?|likvid(ation|ering)"
)
"""Words of headers, as ``headers.normalised`` writes them, as patterns."""

ALIVE_WORDS = (
    "active|live|alive|normal|open|operating|operational|registered|existing|exists|in business|in existence|current"
    "|good standing|in good standing|trading|incorporated|dormant|suspended|aktiv|aktive|aktives|bestehend|eingetragen"
    "|actif|active depuis|en activite|immatriculee?|attiv[ao]|iscritt[ao]|activ[ao]|vigente|alta|ativ[ao]|actief"
    "|bestaand|registrert|registrerad|verksam|aktiivinen|aktywn[ay]|czynn[ay]|aktivni|not dissolved|not closed"
)
INACTIVE_WORDS = (
    "inactive|not active|non active|inaktiv|nicht aktiv|inacti[fv]e?|inactiv[ao]|inativ[ao]|inattiv[ao]|inactief"
    "|nieaktywn[ay]|neaktivni"
)
ENDED_WORDS = (
    "dissolved|dissolution|liquidation|liquidated|liquidator|closed|ceased|struck off|strike off|striking off|removed"
    "|deregistered|de registered|defunct|deleted|bankrupt|bankruptcy|insolvent|insolvency|in administration"
    "|administration|receivership|receiver action|wound up|winding up|out of business|amalgamated|merged|extinct"
    "|converted closed|geloscht|geloescht|aufgelost|aufgeloest|erloschen|insolvenz|in abwicklung|abwicklung|beendet"
    "|konkurs|stillgelegt|abgemeldet|radiee?|dissoute?|dissous|fermee?|cessee?|cessation|liquidation judiciaire"
    "|cessat[ao]|cancellat[ao]|liquidazione|liquidat[ao]|fallit[ao]|fallimento|disuelt[ao]|extinguid[ao]|extinta|baja"
    "|cerrad[ao]|liquidad[ao]|liquidacion|en concurso|baixad[ao]|encerrad[ao]|dissolvid[ao]|opgeheven|ontbonden"
    "|failliet|faillissement|uitgeschreven|gestopt|beeindigd|slettet|oppl.?st|opph.?rt|oph.?rt|avregistre(rt|rad)|likviderad"
    "|likvidation|upplost|under avvikling|tvangsavvikling|lakannut|konkurssissa|poistettu|selvitystilassa"
    "|wykreslon[ay]|zlikwidowan[ay]|likwidacji|upadlosc|zanikl[ay]|zrusen[ay]|likvidaci"
)
"""Values, in small letters without accents and punctuation."""


def is_status(name: str) -> bool:
    """Whether a normalised name is that of the state of a company: status, company_status, etat_administratif."""
    return _about(name, STATUS)


def is_active_flag(name: str) -> bool:
    """Whether yes under this name means that the company lives: active, is_active, aktiv."""
    return _about(name, ACTIVE)


def is_end(name: str) -> bool:
    """Whether a value under this name means, or dates, a company's end: dissolved, insolvency_date, loeschdatum."""
    return _about(name, ENDED)


def _about(name: str, words: str) -> bool:
    """Whether the name has one of the words, and no other but those that may stand beside it."""
    others = [part for part in name.split("_") if not re.fullmatch(words, part)]
    return len(others) <= name.count("_") and all(re.fullmatch(FILLER, part) for part in others)


def _plain(text: str) -> str:
    return f"trim(regexp_replace(strip_accents(lower({text})), '[^\\p{{L}}]+', ' ', 'g'))"


def is_living(text: str) -> str:
    """SQL: the text says that a company is in business, whatever follows: "Active - Proposal to Strike off"."""
    return f"regexp_matches({_plain(text)}, {literal(f'^({ALIVE_WORDS})( |$)')})"


def is_inactive(text: str) -> str:
    """SQL: the text says no more than that a company is not active."""
    return f"regexp_matches({_plain(text)}, {literal(f'^({INACTIVE_WORDS})( |$)')})"


def is_ended(text: str) -> str:
    """SQL: the text has a word for the end of a company, and does not begin with one for its life."""
    found = f"regexp_matches({_plain(text)}, {literal(f'(^| )({ENDED_WORDS})( |$)')})"
    return f"({found} AND NOT {is_living(text)})"


WORDS, FLAG, END_FLAG, YEAR, DAY, MONTH_FIRST, EPOCH = (
    "words", "active or not", "ended or not", "year", "day", "month first", "epoch",
)  # fmt: skip
"""How a status column states the end."""


def end(text: str, style: str) -> str:
    """SQL for what a status column says of a company that is no more, NULL for one that lives: a word or a day.

    A day or year to come is not the end yet.
    """
    if style == WORDS:
        return f"CASE WHEN {is_ended(text)} OR {is_inactive(text)} THEN {text} END"
    if style in (FLAG, END_FLAG):
        dead = "true" if style == END_FLAG else "false"
        return f"CASE WHEN {yes_or_no(text)} = {dead} THEN '{'yes' if style == END_FLAG else 'no'}' END"
    if style == YEAR:
        year = f"TRY_CAST(TRY_CAST({text} AS DOUBLE) AS INTEGER)"
        return f"CASE WHEN {year} BETWEEN 1500 AND year(current_date) THEN {year}::VARCHAR END"
    parsed = epoch_day(text) if style == EPOCH else day(text, style == MONTH_FIRST)
    return f"CASE WHEN {within_range(f'({parsed})')} <= current_date THEN ({parsed})::VARCHAR END"
