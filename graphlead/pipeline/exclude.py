"""The columns that a run leaves out, with every column that implies them."""

from __future__ import annotations

from collections.abc import Sequence

from graphlead.core.register import PLACES, Register, Role


def without(register: Register, names: Sequence[str]) -> Register:
    """The register with these columns ignored; with a place also every finer one, which implies it."""
    return register.without(_excluded(register, names))


def _excluded(register: Register, names: Sequence[str]) -> frozenset[str]:
    out = set(names)
    roles = {column.name: column.role for column in register.columns}
    for name in names:
        if roles[name] in PLACES:
            finer = PLACES[PLACES.index(roles[name]) + 1 :]
            out |= set(register.names_of(*finer, Role.ADDRESS))
    return frozenset(out)
