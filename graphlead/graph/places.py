"""Places as a tree: country, region and city, and postcode areas directly below countries."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from graphlead.common.codes import combine, tidy
from graphlead.common.levels import postcode_area
from graphlead.common.members import align, members
from graphlead.core.arrays import NONE, Ints
from graphlead.core.graph import place_chains, place_keys
from graphlead.core.register import Register, Role
from graphlead.graph.levels import Chains, Tree, grow


def places(register: Register) -> Tree:
    """The tree of the places in the first column of each place role.

    A node's key is its level and the chain of values down to it, in capitals: ``country|US``, ``region|US|CA``,
    ``city|US|CA|FRESNO``. A place has the spelling that most companies there have. A missing value in the chain is
    empty; a level without a column is left out of it.
    Companies are in their finest place and in their postcode area (``postcode|US|937``: the outward code of British
    postcodes, the first three characters of others).
    """
    columns = [role for role in (Role.COUNTRY, Role.REGION, Role.CITY) if register.names_of(role)]
    chains = [_nested(register, columns)] if columns else []
    if register.names_of(Role.POSTCODE):
        around = [role for role in (Role.COUNTRY,) if role in columns]
        chains.append(_finest_only(_nested(register, [*around, Role.POSTCODE])))
    return grow(chains)


def _values(register: Register, role: Role) -> tuple[Ints, Ints, pa.Array]:
    """Companies and codes (E,) of the entries of the first column of a role, and the place of each code."""
    column = members(register, register.names_of(role)[0])
    values = postcode_area(column.values) if role is Role.POSTCODE else tidy(column.values)
    return column.companies, column.codes, values


def _nested(register: Register, roles: list[Role]) -> Chains:
    """Chains of nested levels, widest first: codes of the combinations of values, and their keys by level."""
    columns = [_values(register, role) for role in roles]
    companies, entries = align([column[0] for column in columns], register.n_companies)
    codes, distinct = columns[0][1][entries[0]], columns[0][2]
    chain = pc.fill_null(distinct, "")
    levels = [_keys(roles[0], chain, distinct)]
    for role, (_, finer, values), entry in zip(roles[1:], columns[1:], entries[1:], strict=True):
        codes, wide, narrow = combine(codes, finer[entry])
        value = _at(values, narrow)
        chain = place_chains(_at(chain, wide), value)
        levels = [*(_at(level, wide) for level in levels), _keys(role, chain, value)]
    return Chains(companies, codes, tuple(levels))


def _finest_only(chains: Chains) -> Chains:
    """The chains without companies that have no value at the finest level: the other chains place them."""
    known = np.append(chains.levels[-1].is_valid().to_numpy(zero_copy_only=False), False)
    codes = np.where(known[chains.codes], chains.codes, NONE).astype(np.int32)
    return Chains(chains.companies, codes, chains.levels)


def _keys(role: Role, chain: pa.Array, value: pa.Array) -> pa.Array:
    """The key of each combination's node at this level, null where it has no value."""
    return pc.if_else(pc.is_valid(value), place_keys(role.value, chain), pa.scalar(None, pa.string()))


def _at(values: pa.Array, codes: Ints) -> pa.Array:
    return values.take(pa.array(codes, mask=np.asarray(codes == NONE)))
