"""What list and register have beside names, in normal form: places, addresses and internet domains."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from graphlead.common.codes import cross, encode, through
from graphlead.common.columns import Coded, coded, kept
from graphlead.core.arrays import NONE, Ints, Longs, Reals
from graphlead.core.register import Register
from graphlead.engines.duckdb import Db, quoted, table

Fields = Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]]
"""Field to its columns in the list and in the register, from columns.comparable."""


@dataclass(frozen=True, kw_only=True)
class Field:
    """One field of l lines and n companies, in normal form.

    typed (l,): the lines' values, null for none. known: the companies'. line (l,): the positions of the lines' values
    among the companies', NONE where no company has it. rarity (l,): see ``rarity_of``.
    """

    typed: pa.Array
    known: Coded
    line: Ints
    rarity: Reals

    @property
    def company(self) -> Ints:
        """The position of each company's value (n,), NONE for none."""
        return self.known.codes


def rarity_of(having: Longs, companies: int) -> Reals:
    """ln(companies / companies with the value) from how many have it (l,), NaN where no company has it."""
    return np.where(having > 0, np.log(companies / np.maximum(having, 1)), np.nan)


def typed_values(db: Db, fields: Fields, given: str) -> dict[str, pa.Array]:
    """The values (l,) of the table of lines ``given``, which has the column line, in each field."""
    return {
        name: table(db, f"SELECT {_form(name, typed)} AS form FROM {given} ORDER BY line")[
            "form"
        ].combine_chunks()
        for name, (typed, _) in fields.items()
    }


def read_fields(db: Db, register: Register, fields: Fields, given: str) -> dict[str, Field]:
    """The fields of the table of lines ``given``, see ``typed_values``, and of the register."""
    found = {}
    for name, texts in typed_values(db, fields, given).items():
        known = known_values(db, register, name, fields[name][1])
        line = pc.fill_null(pc.index_in(texts, value_set=known.values), NONE).to_numpy().astype(np.int32)
        having = np.bincount(known.codes[known.codes != NONE], minlength=len(known.values))
        rarity = rarity_of(np.append(having, 0)[line], len(known.codes))
        found[name] = Field(typed=texts, known=known, line=line, rarity=rarity)
    return found


def normal(db: Db, register: Register, name: str, form: str) -> Coded:
    """A column in normal form, an SQL expression of ``s``, worked out over its distinct values; kept, see ``kept``."""
    return kept(register, name, (form,), lambda: _normal(db, coded(register, name), form))


def _normal(db: Db, column: Coded, form: str) -> Coded:
    db.register("fields_values", pa.table({"s": column.values.cast(pa.string())}))
    made = table(db, f"SELECT nullif(({form})::VARCHAR, '') AS form FROM fields_values")["form"]
    codes, values = encode(made)
    return Coded(through(codes, column.codes), values)


_MACROS = {"address": "text", "city": "place"}


def _form(field: str, names: Sequence[str]) -> str:
    """SQL for a field of a table of lines in its normal form, NULL when nothing is left."""
    read = [f"{quoted(name)}::VARCHAR" for name in names]
    if field == "domain":
        return f"coalesce({', '.join(f'match_domain({name})' for name in read)}, NULL)"
    if field == "locality":
        return f"nullif(match_text(concat_ws(' ', {', '.join(read)})), '')"
    return f"nullif(match_{_MACROS.get(field, field)}({read[0]}), '')"


def known_values(db: Db, register: Register, field: str, names: Sequence[str]) -> Coded:
    """A field of the register, from these columns, in its normal form."""
    if field == "locality":
        return _joined(db, register, names)
    columns = [normal(db, register, name, f"match_{_MACROS.get(field, field)}(s)") for name in names]
    return _first_of(columns) if field == "domain" else columns[0]


def _first_of(columns: Sequence[Coded]) -> Coded:
    """The first value that each company has in any of the columns."""
    codes, values = columns[0].codes, columns[0].values
    for column in columns[1:]:
        merged, values = encode(pa.concat_arrays([values, column.values]))
        other = through(merged[len(merged) - len(column.values) :], column.codes)
        codes = np.where(codes == NONE, other, through(merged[: len(merged) - len(column.values)], codes))
    return Coded(codes, values)


def _joined(db: Db, register: Register, names: Sequence[str]) -> Coded:
    """Several columns as one text, worked out over their distinct combinations."""
    columns = [coded(register, name) for name in names]
    every = np.zeros(register.n_companies, np.int32)
    groups, size = cross([every], [column.codes for column in columns])
    first = np.zeros(size, np.int32)
    first[groups[::-1]] = np.arange(len(groups), dtype=np.int32)[::-1]
    parts = {f"c{at}": column.take(first).cast(pa.string()) for at, column in enumerate(columns)}
    db.register("fields_values", pa.table(parts))
    made = table(db, f"SELECT {_form('locality', list(parts))} AS form FROM fields_values")["form"]
    codes, values = encode(made)
    return Coded(through(codes, groups), values)
