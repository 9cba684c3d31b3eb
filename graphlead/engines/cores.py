"""Names of a register without their legal forms, coded."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from graphlead.common.codes import encode
from graphlead.common.columns import Coded, kept
from graphlead.common.words import forms
from graphlead.core.arrays import Flags
from graphlead.core.register import Register
from graphlead.engines.duckdb import open_db
from graphlead.engines.names import core_names, install
from graphlead.engines.words import Words, cores_of, words_of


def coded_cores(register: Register, name: str) -> Coded:
    """The ``core_names`` of the column of this name, coded; see ``kept``."""
    return kept(register, name, ("core",), lambda: Coded(*encode(cores(register.read(name).column(0)))))


def cores(names: pa.ChunkedArray) -> pa.Array:
    """The ``core_names`` (m,) of names (m,), by their words, and of those letter by letter that have no words apart."""
    given = names.combine_chunks()
    with open_db() as db:
        install(db)
        words, odd, _ = words_of(db, given)
        apart = odd | _forms_alone(words)
        usual = cores_of(db, words.take(np.flatnonzero(~apart)))
    texts = pa.ListArray.from_arrays(
        pa.array(usual.start, pa.int32()), usual.texts.take(pa.array(usual.codes))
    )
    others = core_names(given.filter(pa.array(apart)))
    found = pc.replace_with_mask(pa.nulls(len(given), pa.string()), pa.array(apart), others)
    return pc.replace_with_mask(found, pa.array(~apart), pc.binary_join(texts, " "))


def _forms_alone(words: Words) -> Flags:
    """Which texts (m,) have no other words than those of legal forms, so that nothing is left of most of them."""
    listed = (*forms.CLEAR, *forms.TRAILING, *forms.INNER, *forms.LEADING)
    pool = pa.array(sorted({word for form in listed for word in form.split()}))
    other = pc.invert(pc.is_in(words.texts, value_set=pool)).to_numpy(zero_copy_only=False)[words.codes]
    before = np.append(0, np.cumsum(other))
    return np.asarray(before[words.start[1:]] == before[words.start[:-1]], bool)
