"""Companies with different ids that may be one: they share a name and a place."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from graphlead.common.codes import null_when_empty
from graphlead.core.arrays import Keys, Longs
from graphlead.core.register import Role
from graphlead.engines.duckdb import Db, one_row, open_db
from graphlead.engines.names import install
from graphlead.engines.words import cores_of, words_of
from graphlead.ingest.held import Held, Values, worked_out
from graphlead.ingest.journal import KEPT, N_EXAMPLES, Journal
from graphlead.ingest.typed import Typed


def note_same_name_and_place(
    db: Db, source: Held, typed: Typed, cores: Values | None, usable: Longs, journal: Journal
) -> None:
    """Report companies, of those at these positions, that share a normalised name and the finest known place.

    cores: see ``name_cores``.
    """
    if cores is None:
        return
    names, ids = typed.texts(typed.with_roles(Role.NAME)[0]), typed.texts(typed.key)
    keys = _keys(db, typed, cores)
    twins = _sharing(keys, usable[cores.codes[usable] >= 0])
    columns = {"row": source.numbers, "k": keys}
    found = {name: pa.array(column[twins]) for name, column in columns.items()}
    texts = {"id": ids.spread(ids.distinct, twins), "name": names.spread(names.distinct, twins)}
    db.register("sharing", pa.table({**found, **texts}))
    db.execute(
        "CREATE TEMP TABLE twins AS SELECT count(*) AS n, min(row) AS row, list(id ORDER BY row)[:3] AS ids, "
        "arg_min(name, row) AS name FROM sharing GROUP BY k"
    )
    db.unregister("sharing")
    _note(db, journal)


def name_cores(typed: Typed) -> Values | None:
    """The names without their legal forms, none for names without letters and digits; None without names."""
    named = typed.with_roles(Role.NAME)[:1]
    if not named:
        return None
    with open_db() as db:
        install(db)
        return _cores(db, typed.texts(named[0]))


def _cores(db: Db, names: Values) -> Values:
    found, odd, _ = words_of(db, names.distinct)
    cores = cores_of(db, found)
    listed = pa.LargeListArray.from_arrays(pa.array(cores.start), cores.texts.take(pa.array(cores.codes)))
    texts = null_when_empty(pc.binary_join(listed, " ").cast(pa.string())).cast(pa.large_string())
    if odd.any():
        texts = pc.replace_with_mask(
            texts, pa.array(odd), _one_by_one(db, names.distinct.filter(pa.array(odd)))
        )
    return names.through(texts)


def _one_by_one(db: Db, names: pa.Array) -> pa.Array:
    """The cores of names that are no list of words in one spelling, each word by itself."""
    db.register("odd_names", pa.table({"c": names}))
    written = "SELECT name_text(c) AS t FROM odd_names"
    cores = worked_out(db, f"SELECT CASE WHEN t <> '' THEN name_core(t) END AS c FROM ({written})")
    db.unregister("odd_names")
    return cores


def _keys(db: Db, typed: Typed, cores: Values) -> Keys:
    """A hash of each row's name and place (n,)."""
    finest = typed.with_roles(Role.POSTCODE, Role.CITY, Role.REGION)
    places = [*finest, *typed.with_roles(Role.COUNTRY)[:1]]
    columns = {each.typed_name: typed.texts(each).as_arrow() for each in places}
    db.register("placed", pa.table({"core": cores.as_arrow(), **columns}))
    place = f"coalesce({', '.join([*(each.typed_name for each in finest), chr(39) * 2])})"
    content = ", ".join(["core", place, *(each.typed_name for each in places[len(finest) :])])
    keys = np.asarray(db.execute(f"SELECT hash({content}) AS k FROM placed").fetchnumpy()["k"], np.uint64)
    db.unregister("placed")
    return keys


def _sharing(keys: Keys, rows: Longs) -> Longs:
    """Those of the rows with a key that another one of them has, too."""
    _, group, times = np.unique(keys[rows], return_inverse=True, return_counts=True)
    return rows[times[group] > 1]


def _note(db: Db, journal: Journal) -> None:
    groups, companies = one_row(db, "SELECT count(*), coalesce(sum(n), 0) FROM twins")
    rows = db.execute(f"SELECT name, n, ids FROM twins ORDER BY n DESC, row LIMIT {N_EXAMPLES}").fetchall()
    journal.note(
        "same name and place",
        "companies",
        companies,
        f"companies in {groups:,} groups that share a normalised name and a place under different ids",
        action=KEPT,
        examples=[
            f"{name}: {n} companies ({', '.join(ids)}{', ...' if n > len(ids) else ''})"
            for name, n, ids in rows
        ],
    )
