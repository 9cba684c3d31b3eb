"""Legal forms of companies, in many countries and spellings; the data is in forms.toml."""

from __future__ import annotations

from graphlead.common.words.data import load

_DATA = load("forms")

CLEAR: tuple[str, ...] = (*_DATA["clear"], *_DATA["written_out"])
"""Forms without another meaning, dropped anywhere in a name."""

TRAILING: tuple[str, ...] = tuple(_DATA["trailing"])
"""Forms that are also words or initials, dropped at the end of a name."""

LEADING: tuple[str, ...] = tuple(_DATA["leading"])
"""Words dropped at the start of a name."""

LONG: tuple[str, ...] = tuple(_DATA["long"])
"""Forms long enough to be recognised with two letters wrong."""

FORM_WORDS = frozenset(form for form in (*CLEAR, *TRAILING) if " " not in form)
"""The forms of one word: in lower case, without accents and dots ("gmbh", "sarl")."""
