"""The attributes of companies as numbers, the input of the tabular models."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from graphlead.common.columns import Coded, coded
from graphlead.common.levels import level_keys
from graphlead.core.arrays import Floats, Ints, Longs
from graphlead.core.features import Attributes, Cut, Feature, Kind, Level, Source, Statistic
from graphlead.core.register import Column, Register, Role
from graphlead.features.groupings import Groupings
from graphlead.features.levels import Encoded, industry_levels, numbers, place_levels

NUMERIC = (Role.NUMBER, Role.BOOLEAN, Role.DATE)
ORDERED = (Role.POSTCODE, Role.INDUSTRY)
"""Roles with codes that are near as numbers where the places or industries are near."""
MOSTLY = 0.8
"""The share of a column's codes that must consist of digits for them to be read as numbers."""


@dataclass(frozen=True)
class AttributePlan:
    """How columns become attributes: planned on one register, applied unchanged to newer ones.

    numeric: columns read as numbers (numbers as a signed log); ordered: columns of codes read as numbers; common:
    levels that give the commonness of the company's value.
    """

    numeric: tuple[str, ...]
    ordered: tuple[str, ...]
    common: tuple[Level, ...]

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @staticmethod
    def from_json(data: dict[str, Any]) -> AttributePlan:
        common = tuple(Level.from_json(level) for level in data["common"])
        return AttributePlan(tuple(data["numeric"]), tuple(data["ordered"]), common)


def plan_attributes(register: Register) -> AttributePlan:
    """Plan attributes from all usable columns: numbers, codes as numbers, the commonness of places and industries."""
    ordered = [name for name in register.names_of(*ORDERED) if _mostly_digits(register, name)]
    common = (*place_levels(register), *industry_levels(register))
    return AttributePlan(tuple(register.names_of(*NUMERIC)), tuple(ordered), common)


def build_attributes(
    plan: AttributePlan, register: Register, groupings: Groupings | None = None
) -> Attributes:
    """The plan's attributes of a register's companies; a column that it lacks is missing for all of them."""
    groupings = groupings or Groupings(register)
    common = [commonness(*_sizes(groupings.at(level)), register.n_companies) for level in plan.common]
    return attributes_of(plan, own_numbers(plan, register), common)


def own_numbers(plan: AttributePlan, register: Register) -> Floats:
    """The attributes of each company by itself, float32 (n, d): its numbers and codes, and the length of its name."""
    present = register.understood
    columns = [_number(present.get(name), register) for name in plan.numeric]
    columns += [_digits(present.get(name), register) for name in plan.ordered]
    return np.stack([*columns, _name_length(register)], axis=1)


def attributes_of(plan: AttributePlan, own: Floats, common: Sequence[Floats]) -> Attributes:
    """The attributes from the ``own_numbers`` (n, d) and the commonness (n,) at each level of the plan."""
    features = [
        *(_of(Level(column=name), Statistic.NUMBER) for name in plan.numeric),
        *(_of(Level(column=name), Statistic.DIGITS) for name in plan.ordered),
        *(_of(level, Statistic.COMMONNESS) for level in plan.common),
        Feature(Source(kind=Kind.WORDS), Statistic.LENGTH),
    ]
    numeric = np.stack([*own.T[:-1], *common, own.T[-1]], axis=1)
    return Attributes(numeric, tuple(features))


def _of(level: Level, statistic: Statistic) -> Feature:
    return Feature(Source(kind=Kind.COLUMNS, levels=(level,)), statistic)


def _number(column: Column | None, register: Register) -> Floats:
    if column is None or column.role not in NUMERIC:
        return np.full(register.n_companies, np.nan, np.float32)
    values = numbers(register, column)
    scaled = np.sign(values) * np.log1p(np.abs(values)) if column.role is Role.NUMBER else values
    return scaled.astype(np.float32)


def _mostly_digits(register: Register, name: str) -> bool:
    read = coded(register, name)
    is_number = pc.match_substring_regex(_code_texts(read, register.column(name)), r"^[\d.\-\s]+$")
    numbers = np.append(is_number.fill_null(False).to_numpy(zero_copy_only=False), False)[read.codes].sum()
    return bool(numbers > MOSTLY * max(int((read.codes >= 0).sum()), 1))


def _code_texts(read: Coded, column: Column) -> pa.Array:
    """The codes to read as numbers: industry codes without the section letter, postcodes unchanged."""
    if column.role is Role.INDUSTRY:
        return level_keys(read.values, Level(column=column.name, cut=Cut.CODE), column)
    return read.values


def _digits(column: Column | None, register: Register) -> Floats:
    """The first five digits as a number, 561 as 56100 so that it is near 56130."""
    if column is None or column.role not in ORDERED:
        return np.full(register.n_companies, np.nan, np.float32)
    read = coded(register, column.name)
    text = pc.replace_substring_regex(_code_texts(read, column), r"[^\d]", "")
    five = pc.utf8_slice_codeunits(pc.utf8_rpad(text, 5, "0"), 0, 5)
    number = pc.cast(pc.if_else(pc.equal(pc.utf8_length(text), 0), None, five), pa.float64())
    return read.numbers(number.to_numpy(zero_copy_only=False)).astype(np.float32)


def _sizes(found: Encoded) -> tuple[Longs, Ints]:
    """How many entries the group of each entry has (E,), 0 for none, and the company of each."""
    sizes = np.bincount(found.code[found.code >= 0], minlength=found.count)
    return np.append(sizes, 0)[found.code], found.companies


def commonness(sizes: Longs, companies: Ints, n: int) -> Floats:
    """The log of the share of n companies with the same value (the commonest of several), float32, or NaN.

    sizes, companies: of each entry (E,), as of ``_sizes``; one number for each company, in their order.
    """
    common = np.where(sizes > 0, np.log(np.maximum(sizes, 1) / max(n, 1)), -np.inf).astype(np.float32)
    starts = np.flatnonzero(np.diff(companies, prepend=-1))
    if len(starts) < len(companies):
        common = np.maximum.reduceat(common, starts)
    return np.where(np.isneginf(common), np.float32(np.nan), common)


def _name_length(register: Register) -> Floats:
    names = register.names_of(Role.NAME)
    if not names:
        return np.full(register.n_companies, np.nan, np.float32)
    length = pc.cast(pc.utf8_length(register.read(names[0]).column(0)), pa.float32()).to_numpy()
    return np.asarray(np.log1p(np.minimum(length, 200)), np.float32)
