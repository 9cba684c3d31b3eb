"""Which of a register's numbers are sizes of companies."""

from __future__ import annotations

import re

from graphlead.core.register import Column, Register, Role

SIZE_NAMES = re.compile(
    "employ|staff|headcount|workforce|worker|revenue|turnover|sales|assets|capital|profit|ebit|mitarbeiter|umsatz"
    "|bilanz|beschäftigt|salari|effectif|chiffre|ca_|fattura|dipendenti|ventas|empleados",
    re.IGNORECASE,
)


def sizes_first(register: Register) -> list[Column]:
    """The number columns: those named like a size first, then those with fewer missing values."""
    return sorted(map(register.column, register.names_of(Role.NUMBER)), key=_use_of_size)


def is_size(column: Column) -> bool:
    """Whether a number is a company's size, by its name."""
    return bool(SIZE_NAMES.search(column.name))


def _use_of_size(column: Column) -> tuple[bool, float]:
    return not is_size(column), column.missing
