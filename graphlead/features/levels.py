"""How columns put companies into groups: places, industry levels, bands of numbers, categories."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from graphlead.core.arrays import NONE, Ints
from graphlead.core.register import PLACES, Column, Register, Role

INDUSTRY_DIGITS = {"NAICS": (2, 3, 4), "NACE": (2, 3), "SIC": (2, 3)}
POSTCODE_AREA = 3
BANDS = 8
MOST_TRAITS = 40
CROSSED_TRAITS = 6
FEWEST_FILLED = 0.02


@dataclass(frozen=True)
class Level:
    """One grouping of the companies by one column.

    cut: "value", "prefix" (the first ``length`` characters), "bands" (between ``edges``) or "code" (the first
    industry code, its first ``length`` digits, all of it when 0). ``within`` names the wider place columns that
    are part of the group's identity, as Springfield is only a place together with its region.
    """

    name: str
    column: str
    cut: str
    length: int = 0
    edges: tuple[float, ...] = ()
    within: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @staticmethod
    def from_json(data: dict[str, Any]) -> Level:
        return Level(**{**data, "edges": tuple(data["edges"]), "within": tuple(data["within"])})


def place_levels(register: Register) -> list[Level]:
    """Country, region, city, postcode area and postcode, each within the wider ones; widest first."""
    levels: list[Level] = []
    wider: tuple[str, ...] = ()
    for role in PLACES:
        names = register.names_of(role)
        for name in names:
            within = wider if role is not Role.POSTCODE else tuple(register.names_of(Role.COUNTRY)[:1])
            if role is Role.POSTCODE:
                levels.append(Level(f"{name} area", name, "prefix", POSTCODE_AREA, within=within))
            levels.append(Level(name, name, "value", within=within))
        if names and role is not Role.CITY:
            wider = (*wider, names[0])
    return levels


def industry_levels(register: Register) -> list[Level]:
    """Each industry column's levels, widest first, the whole code last."""
    levels = []
    for column in (c for c in register.columns if c.role is Role.INDUSTRY):
        digits = INDUSTRY_DIGITS.get(column.scheme, ())
        levels += [Level(f"{column.name} ({k} digits)", column.name, "code", k) for k in digits]
        levels.append(Level(column.name, column.name, "code"))
    return levels


def trait_levels(register: Register) -> list[Level]:
    """Booleans, categories and bands of numbers and dates; the best filled first, MOST_TRAITS at most."""
    usable = [c for c in register.columns if c.role in _TRAITS and c.missing <= 1 - FEWEST_FILLED]
    usable.sort(key=lambda column: (round(column.missing, 1), _TRAITS.index(column.role)))
    levels = []
    for column in usable[:MOST_TRAITS]:
        if column.role in (Role.NUMBER, Role.DATE):
            edges = _band_edges(numbers(register, column))
            if len(edges):
                levels.append(Level(f"{column.name} band", column.name, "bands", edges=tuple(edges)))
        else:
            levels.append(Level(column.name, column.name, "value"))
    return levels


_TRAITS = (Role.BOOLEAN, Role.NUMBER, Role.CATEGORY, Role.DATE)


def numbers(register: Register, column: Column) -> np.ndarray[Any, np.dtype[np.float64]]:
    """A number, boolean or date column as float64 (n,), NaN where missing; dates in years."""
    values = register.read(column.name).column(0)
    if column.role is Role.DATE:
        days = pc.cast(pc.cast(values, pa.date32()), pa.int32())
        return np.asarray(1970 + pc.cast(days, pa.float64()).to_numpy() / 365.2425, np.float64)
    return np.asarray(pc.cast(values, pa.float64()).to_numpy(), np.float64)


def _band_edges(values: np.ndarray[Any, np.dtype[np.float64]]) -> list[float]:
    known = values[np.isfinite(values)]
    if not len(known):
        return []
    edges = np.unique(np.quantile(known, np.linspace(0, 1, BANDS + 1)[1:-1]))
    return [float(edge) for edge in edges]


def encode(level: Level, register: Register) -> tuple[Ints, int]:
    """The group of each company (n,), NONE where the column is missing, and the count of groups."""
    present = {column.name for column in register.columns}
    if level.column not in present or not _fits(level, register.column(level.column)):
        return np.full(register.n_companies, NONE, np.int32), 0
    if level.cut == "bands":
        values = numbers(register, register.column(level.column))
        bands = np.searchsorted(np.asarray(level.edges), values, side="right").astype(np.int32)
        return np.where(np.isnan(values), NONE, bands).astype(np.int32), len(level.edges) + 1
    codes = _text_codes(level, register)
    parents = [_text_codes(Level(name, name, "value"), register) for name in level.within if name in present]
    return cross([codes], parents)


def _fits(level: Level, column: Column) -> bool:
    """Whether the column is still of the kind the level was planned for: a newer file may read otherwise."""
    return level.cut != "bands" or column.role in (Role.NUMBER, Role.DATE)


def _text_codes(level: Level, register: Register) -> Ints:
    """The group of each company by the lower-case text of the column, NONE where it is missing."""
    text = pc.utf8_lower(pc.cast(register.read(level.column).column(0), pa.string()))
    if level.cut == "code":
        first = pc.replace_substring_regex(text, r"[,;|].*$", "")
        text = pc.replace_substring_regex(first, r"[.\s]", "")
    coded = pc.utf8_slice_codeunits(text, 0, level.length or None).combine_chunks().dictionary_encode()
    return np.asarray(pc.fill_null(coded.indices, NONE).to_numpy(zero_copy_only=False), np.int32)


def cross(codes: Sequence[Ints], optional: Sequence[Ints] = ()) -> tuple[Ints, int]:
    """Groups of companies that agree in all of ``codes`` and ``optional``, and how many groups there are.

    NONE in one of ``codes`` gives NONE; in ``optional`` it is a value like any other.
    """
    known = np.logical_and.reduce([code >= 0 for code in codes])
    joint = np.zeros(len(known), np.int64)
    for code in (*codes, *optional):
        joint = _compact(joint * (int(code.max(initial=0)) + 2) + code + 1)
    crossed, uniques = pd.factorize(np.where(known, joint, NONE), use_na_sentinel=False)
    if known.all():
        return crossed.astype(np.int32), len(uniques)
    missing = int(crossed[np.flatnonzero(~known)[0]])
    shifted = np.where(crossed > missing, crossed - 1, crossed)
    return np.where(known, shifted, NONE).astype(np.int32), len(uniques) - 1


def _compact(joint: np.ndarray[Any, np.dtype[np.int64]]) -> np.ndarray[Any, np.dtype[np.int64]]:
    """The same groups numbered from 0, so that the next product cannot overflow."""
    return pd.factorize(joint)[0].astype(np.int64)
