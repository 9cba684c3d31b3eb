"""Companies in two dimensions: by their coordinates, or else by their similarity."""

from __future__ import annotations

import re

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from graphlead.core.arrays import Ints, Longs, Reals
from graphlead.core.clients import Cohort
from graphlead.core.register import Register, Role
from graphlead.report.html.content import Plane
from graphlead.report.html.figures import listed

MOST = 3_000
"""Companies drawn at most, by eye: more are a blot, and slow on a phone."""

MOST_CLIENTS = 1_000
"""Clients drawn at most, a third of MOST, so that leads and others have room too."""

LATITUDE = re.compile(r"(.*[_ .])?(lat|latitude|breitengrad)([_ .](deg|wgs84))?", re.IGNORECASE)
LONGITUDE = re.compile(
    r"(.*[_ .])?(lon|lng|long|longitude|l(ä|ae)ngengrad)([_ .](deg|wgs84))?", re.IGNORECASE
)

EDGE = 0.01
"""The share of a number's values at either end that are clipped: one giant must not flatten all others."""

VALUES = 12
"""Values of a category that get a flag, the most frequent ones; a choice, as rare ones hardly move a component."""

NAMED = 2
"""Columns in the title of an axis, the strongest ones; more would not fit."""

ROUNDS = 20
"""Rounds of filling in missing values from the two components; a choice, for a picture need not converge."""

NUMERIC = (Role.NUMBER, Role.DATE, Role.BOOLEAN)
NAMED_VALUES = (Role.COUNTRY, Role.REGION, Role.INDUSTRY, Role.CATEGORY)


def make_plane(register: Register, cohort: Cohort, leads: Ints, seed: int) -> Plane | None:
    """A sample of the companies by their coordinates if the register has some, else by their similarity.

    leads: int32 indices, all of them drawn, of the clients up to MOST_CLIENTS. None when the register has neither
    coordinates nor two columns that differ between companies.
    """
    companies = sample(cohort, leads, seed)
    return by_coordinates(register, companies) or by_likeness(register, companies)


def sample(cohort: Cohort, leads: Ints, seed: int) -> Ints:
    """The leads, clients, and others at random, at most MOST together, as rising indices."""
    rng = np.random.default_rng(seed)
    clients = cohort.clients
    if len(clients) > MOST_CLIENTS:
        clients = rng.choice(clients, MOST_CLIENTS, replace=False)
    marked = np.union1d(leads[: MOST - len(clients)], clients)
    # Twice as many as needed, since some are marked already; this way no list of all companies is made.
    drawn = rng.choice(cohort.n_companies, min(cohort.n_companies, 2 * MOST), replace=False)
    others = drawn[~np.isin(drawn, marked)][: MOST - len(marked)]
    return np.union1d(marked, others).astype(np.int32)


def by_coordinates(register: Register, companies: Ints) -> Plane | None:
    """These companies by longitude and latitude, those without left out; None where most have none."""
    latitude, longitude = (_column(register, pattern) for pattern in (LATITUDE, LONGITUDE))
    if not latitude or not longitude:
        return None
    table = register.rows([latitude, longitude], companies)
    y, x = (_numbers(table[name]) for name in (latitude, longitude))
    known = (np.abs(y) <= 90) & (np.abs(x) <= 180) & ~((x == 0) & (y == 0))
    if known.sum() < len(companies) / 2:
        return None
    note = (
        f"{len(companies) - known.sum():,} companies without coordinates are left out."
        if not known.all()
        else ""
    )
    return Plane(companies=companies[known], x=x[known].astype(np.float32), y=y[known].astype(np.float32),
                 axes=("Longitude", "Latitude"), geographic=True, note=note)  # fmt: skip


def by_likeness(register: Register, companies: Ints) -> Plane | None:
    """These companies along their two principal components; None without two columns that differ.

    Every column has the same weight: a number, date or yes/no has variance 1 (numbers by their signed logarithm,
    clipped at EDGE), the flags of a category's frequent values have variance 1 together (Pages 2004, Analyse
    factorielle de donnees mixtes). Missing values are filled in from the two components, in rounds (Josse & Husson
    2012, Handling missing values in exploratory multivariate data analysis methods).
    """
    numbers, values = register.names_of(*NUMERIC), register.names_of(*NAMED_VALUES)
    table = register.rows([*numbers, *values], companies)
    blocks = {name: _scaled(_as_number(table[name])[:, None]) for name in numbers}
    short = set(register.names_of(Role.INDUSTRY))
    blocks |= {name: _scaled(_flags(table[name], 2 if name in short else None)) for name in values}
    blocks = {name: block for name, block in blocks.items() if block.size}
    if len(blocks) < 2:
        return None
    of_column = np.concatenate([np.full(block.shape[1], i) for i, block in enumerate(blocks.values())])
    places, directions, share = _components(np.hstack(list(blocks.values())))
    x, y = places.T.astype(np.float32)
    names = list(blocks)
    axes = (_axis(directions[:, 0], of_column, names), _axis(directions[:, 1], of_column, names))
    note = (
        f"Companies near each other are alike. The two directions in which the companies differ most hold {share:.0%} "
        f"of all differences in {len(blocks)} columns."
    )
    return Plane(companies=companies, x=x, y=y, axes=axes, geographic=False, note=note)


def _scaled(block: Reals) -> Reals:
    """The block with means 0 and variances that add up to 1, over what is known; (m, 0) when nothing differs."""
    known = np.isfinite(block)
    if not known.any():
        return block[:, :0]
    centred = block - np.nanmean(block, axis=0)
    deviation = np.sqrt(np.nansum(np.nanmean(centred**2, axis=0)))
    if not deviation > 1e-9:
        return block[:, :0]
    return np.asarray(centred / deviation, np.float64)


def _components(matrix: Reals) -> tuple[Reals, Reals, float]:
    """Scores on the first two principal components (m, 2), loadings (d, 2), and their share of the variance."""
    missing = np.isnan(matrix)
    filled = np.where(missing, 0.0, matrix)
    for _ in range(ROUNDS if missing.any() else 1):
        middle = filled.mean(axis=0)
        centred = filled - middle
        variances, directions = np.linalg.eigh(centred.T @ centred)
        two = directions[:, :-3:-1]
        places = centred @ two
        filled = np.where(missing, middle + places @ two.T, matrix)
    share = float(variances[-2:].sum() / variances.sum())
    upright = np.sign(two[np.abs(two).argmax(axis=0), [0, 1]])
    return places * upright, two * upright, share


def _axis(loadings: Reals, of_column: Longs, names: list[str]) -> str:
    strength = np.bincount(of_column, loadings**2)
    return f"mostly {listed([names[i] for i in np.argsort(-strength, kind='stable')[:NAMED]])}"


def _as_number(column: pa.ChunkedArray) -> Reals:
    """The column as numbers: the signed logarithm of a number, the day count of a date, 1 for yes."""
    if pa.types.is_date(column.type):
        return _numbers(pc.cast(pc.cast(column, pa.date32()), pa.int32()))
    values = _numbers(column)
    if not np.isfinite(values).any():
        return values
    logs = np.sign(values) * np.log1p(np.abs(values))
    return np.asarray(np.clip(logs, *np.nanquantile(logs, (EDGE, 1 - EDGE))))


def _flags(column: pa.ChunkedArray, digits: int | None) -> Reals:
    """A flag for each of the VALUES most frequent values (or of their first ``digits``), NaN where missing."""
    text = pc.cast(column, pa.string()).combine_chunks()
    text = text if digits is None else pc.utf8_slice_codeunits(text, 0, digits)
    coded = text.dictionary_encode()
    codes = coded.indices.fill_null(-1).to_numpy(zero_copy_only=False)
    sizes = np.bincount(codes[codes >= 0], minlength=len(coded.dictionary))
    kept = np.argsort(-sizes, kind="stable")[:VALUES]
    flags = np.asarray(codes[:, None] == kept, np.float64)
    flags[codes < 0] = np.nan
    return flags


def _column(register: Register, pattern: re.Pattern[str]) -> str:
    return next((name for name in register.names_of(Role.NUMBER) if pattern.fullmatch(name)), "")


def _numbers(column: pa.ChunkedArray) -> Reals:
    return np.asarray(pc.fill_null(pc.cast(column, pa.float64()), np.nan).to_numpy(), np.float64)
