"""Client lists as people type them: other legal forms, dropped words, typing errors, incomplete places."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from graphlead.core.arrays import Ints
from graphlead.world.names import LEGAL_FORMS

COLUMNS = ("name", "city", "region", "won_on")
_WRITTEN_OUT = (("GmbH", "G.m.b.H."), ("(Pty) Ltd", "Pty Limited"), ("B.V.", "BV"), ("Sp. z o.o.", "Sp z oo"))
_ASCII = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "é": "e", "ó": "o", "ł": "l", "ń": "n"})

Line = dict[str, str]


def type_list(companies: pa.Table, rows: Ints, won: Ints, rng: np.random.Generator) -> list[Line]:
    """One line per company as typed by hand: name, often the city, sometimes the region, mostly the date."""
    picked = companies.select(["name", "city", "region"]).take(pa.array(rows)).to_pylist()
    days = [str(day) for day in np.asarray(won, "datetime64[D]")]
    lines = []
    for company, day in zip(picked, days, strict=True):
        place = rng.random(3)
        lines.append({
            "name": type_name(company["name"], rng),
            "city": _cased(company["city"] or "", rng) if place[0] < 0.7 else "",
            "region": company["region"] or "" if place[1] < 0.35 else "",
            "won_on": day if place[2] < 0.93 else "",
        })  # fmt: skip
    return lines


def type_name(name: str, rng: np.random.Generator) -> str:
    """The name as some person might type it."""
    chance = rng.random(6)
    form = next((form for form in LEGAL_FORMS if name.endswith(" " + form)), "")
    if chance[0] < 0.25:
        name = name.removesuffix(form).strip()
    elif chance[0] < 0.4:
        for short, written in _WRITTEN_OUT:
            name = name.replace(short, written)
    if chance[1] < 0.5:
        name = name.replace("&", "und")
    if chance[2] < 0.2:
        name = name.translate(_ASCII)
    if chance[3] < 0.12:
        name = _slip(name, rng)
    if chance[4] < 0.03:
        first, _, rest = name.partition(" ")
        name = f"{rest}, {first}" if rest else name
    return _cased(name, rng) if chance[5] < 0.5 else name


def _slip(text: str, rng: np.random.Generator) -> str:
    """The text with one typing error after the first letter: a letter lost, doubled, or two swapped."""
    if len(text) < 5:
        return text
    at, slip = int(rng.integers(1, min(len(text) - 1, 12))), int(rng.integers(3))
    middle = ("", text[at] * 2, text[at + 1] + text[at])[slip]
    return text[:at] + middle + text[at + (2 if slip == 2 else 1) :]


def _cased(text: str, rng: np.random.Generator) -> str:
    chance = rng.random()
    if chance < 0.2:
        return text.upper()
    return text.lower() if chance < 0.3 else text
