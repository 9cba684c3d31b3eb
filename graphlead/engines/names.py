"""Names of companies and places in one spelling, as DuckDB macros: one implementation for ten and for ten million."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

import pyarrow as pa
import pyarrow.compute as pc

from graphlead.common.codes import encode, through
from graphlead.common.columns import Coded, kept
from graphlead.common.words import forms
from graphlead.common.words.texts import LETTERS
from graphlead.core.register import Register
from graphlead.engines.duckdb import Db, literal, open_db, run, table

LONGEST_NAME = 240
"""Characters of a name that are used, a bound on work: what follows never decides between companies."""

_APOSTROPHES = "'’`´ʼ"
_UNSPACED = (
    "株式会社",
    "有限会社",
    "合同会社",
    "合名会社",
    "合資会社",
    "股份有限公司",
    "有限责任公司",
    "有限公司",
    "주식회사",
)
"""Forms that are written to the name without a space between, longer ones before those that they contain."""
_ENTITIES = {
    "&amp;": "&",
    "&quot;": '"',
    "&apos;": "'",
    "&#39;": "'",
    "&lt;": "<",
    "&gt;": ">",
    "&nbsp;": " ",
}


def alternatives(values: Iterable[str]) -> str:
    """A pattern that fits each of the values, the longest first."""
    return "|".join(re.escape(value) for value in sorted(set(values), key=lambda value: (-len(value), value)))


def replacements(expression: str, letters: Mapping[str, str]) -> str:
    """SQL for the expression with each key replaced by its value."""
    for old, new in letters.items():
        expression = f"replace({expression}, {literal(old)}, {literal(new)})"
    return expression


def _macros() -> list[str]:
    clear, inner, leading = (alternatives(listed) for listed in (forms.CLEAR, forms.INNER, forms.LEADING))
    backwards = alternatives(form[::-1] for form in (*forms.CLEAR, *forms.TRAILING))
    letters = f"translate({replacements('name_lower(s)', LETTERS)}, {literal(_APOSTROPHES)}, '')"
    spaced = f"regexp_replace(s, {literal('(' + '|'.join(_UNSPACED) + ')')}, ' \\1 ', 'g')"
    return [
        f"name_lower(s) AS {replacements(f'lower(left(s, {LONGEST_NAME}))', _ENTITIES)}",
        f"name_plain(s) AS strip_accents({letters})",
        # Initials with dots between them are one word, apart from letters beside them: "Fund X S.A." is "fund x sa".
        # The dots are doubled so that neighbours do not overlap.
        """name_initials(s) AS CASE WHEN NOT contains(s, '.') THEN s
            ELSE replace(replace(replace(regexp_replace(regexp_replace(
            ' ' || replace(s, '.', '..') || ' ', '([^\\pL\\pN])(\\pL)\\.', '\\1¤\\2¤', 'g'),
            '¤\\.(\\pL)([^\\pL\\pN¤])', '\\1\\2', 'g'), '¤.¤', ''), '¤', ''), '..', '.') END""",
        f"name_words(s) AS trim(regexp_replace({spaced}, '[^\\pL\\pN]+', ' ', 'g'))",
        # Runs of single letters are one word. The spaces are doubled so that neighbours do not overlap.
        """name_joined(s) AS replace(replace(replace(regexp_replace(
            ' ' || replace(s, ' ', '  ') || ' ', ' (\\pL) ', ' ¤\\1¤ ', 'g'), '¤  ¤', ''), '¤', ''), '  ', ' ')""",
        """name_apart(s) AS trim(regexp_replace(
            ' ' || name_words(name_initials(replace(name_plain(s), '+', ' and '))) || ' ',
            '( (?:and|und|et))+ ', ' ', 'g'))""",
        "name_text(s) AS trim(name_joined(name_apart(s)))",
        # Read backwards the end of a name is its start: anchored there, the pattern takes a twentieth of the time.
        f"name_ended(t) AS reverse(regexp_replace(reverse(' ' || t || ' '), '^( (?:{backwards}))+ ', ' '))",
        f"""name_stripped(t) AS trim(regexp_replace(regexp_replace(
            regexp_replace(name_ended(t), '( (?:{clear}))+ ', ' ', 'g'), '([^ ]) (?:{inner}) ', '\\1 ', 'g'),
            '^( (?:{leading}))+ ', ' '))""",
        "name_core(t) AS coalesce(nullif(name_stripped(t), ''), t)",
    ]


def install(db: Db) -> None:
    """Create the macros in a connection, among them name_lower, name_text (all words of a name in lower case, without
    accents and punctuation) and name_core (of a text: without its legal form).
    """
    for macro in _macros():
        run(db, f"CREATE OR REPLACE TEMP MACRO {macro}")


def core_names(names: pa.Array) -> pa.Array:
    """Names (k,) in one spelling without their legal forms, strings (k,), null where nothing else is in them."""
    with open_db() as db:
        install(db)
        db.register("given", pa.table({"name": names.cast(pa.string())}))
        cores = table(db, "SELECT nullif(name_stripped(name_text(name)), '') AS core FROM given")
    return cores["core"].combine_chunks()


def coded_cores(register: Register, name: str) -> Coded:
    """The ``core_names`` of the column of this name, coded; see ``kept``."""
    return kept(register, name, ("core",), lambda: _coded(register.read(name).column(0)))


def _coded(names: pa.ChunkedArray) -> Coded:
    codes, distinct = encode(names)
    merged, cores = encode(core_names(distinct))
    return Coded(through(merged, codes), cores)


def words_at(cores: pa.Array, length: int) -> pa.Array:
    """The first ``length`` words of each name (k,), all when 0, the last when -1; null where it has fewer words."""
    if not length:
        return cores
    pattern = r"(?P<words>[^ ]+)$" if length < 0 else rf"^(?P<words>[^ ]+(?: [^ ]+){{{length - 1}}})(?: |$)"
    return pc.struct_field(pc.extract_regex(cores, pattern), ["words"])
