"""A made-up industry tree in the shape of NACE: section, division, group, class."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pyarrow as pa

from graphlead.core.arrays import Flags, Ints
from graphlead.world.sampling import Weights


class Section(NamedTuple):
    """First and last division, median employees, share of companies, and trade words for names."""

    first: int
    last: int
    median_employees: int
    share: float
    trades: str


SECTIONS = (
    Section(1, 3, 30, 0.06, "Agrar Farm Ernte Saatgut Forst Obstbau"),
    Section(10, 33, 65, 0.16, "Metall Maschinenbau Papier Glas Textil Werkzeug Kunststoff Möbel"),
    Section(41, 43, 25, 0.14, "Bau Dach Tiefbau Elektro Haustechnik Montage"),
    Section(45, 47, 20, 0.19, "Handel Trading Markt Großhandel Autohaus Import"),
    Section(49, 53, 45, 0.07, "Logistik Transport Spedition Cargo Express"),
    Section(55, 56, 18, 0.07, "Hotel Gastro Catering Restaurant"),
    Section(58, 63, 30, 0.08, "Software Digital Data Medien Systems Cloud"),
    Section(64, 66, 40, 0.04, "Finanz Capital Versicherung Leasing"),
    Section(69, 75, 15, 0.11, "Consulting Engineering Labor Design Steuerberatung"),
    Section(77, 82, 35, 0.06, "Service Personal Reinigung Facility Sicherheit"),
    Section(95, 96, 8, 0.02, "Werkstatt Salon Reparatur"),
)


@dataclass(frozen=True, kw_only=True)
class Industries:
    """All classes of the tree, one entry per class: code like 01.13, its division and section by index."""

    code: pa.Array
    division: Ints
    section: Ints
    weight: Weights
    divisions: Ints
    median_employees: Weights

    def target(self, share: float, rng: np.random.Generator) -> Flags:
        """Flags of the classes in whole divisions that together hold about this share of the companies."""
        held = np.bincount(self.division, self.weight, len(self.divisions))
        order = rng.permutation(len(held))
        chosen = order[np.cumsum(held[order]) <= share]
        return np.isin(self.division, chosen if len(chosen) else order[:1])


def make_industries(rng: np.random.Generator) -> Industries:
    """Draw the tree: two to four groups per division, one to four classes per group, lognormal weights."""
    codes: list[str] = []
    division_of: list[int] = []
    section_of: list[int] = []
    divisions: list[int] = []
    for index, section in enumerate(SECTIONS):
        for number in range(section.first, section.last + 1):
            groups = int(rng.integers(2, 5))
            for group in range(1, groups + 1):
                for leaf in range(1, int(rng.integers(1, 5)) + 1):
                    codes.append(f"{number:02d}.{group}{leaf}")
                    division_of.append(len(divisions))
                    section_of.append(index)
            divisions.append(number)
    sections = np.array(section_of, np.int32)
    weight = rng.lognormal(0, 0.9, len(codes))
    shares = np.array([section.share for section in SECTIONS])
    weight *= (shares / np.bincount(sections, weight))[sections]
    return Industries(
        code=pa.array(codes),
        division=np.array(division_of, np.int32),
        section=sections,
        weight=weight / weight.sum(),
        divisions=np.array(divisions, np.int32),
        median_employees=np.array([section.median_employees for section in SECTIONS], float),
    )
