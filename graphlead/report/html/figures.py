"""Numbers, rankers and splits as text, the same everywhere in the report."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from markupsafe import Markup

UNSAFE_IN_SCRIPTS = {ord(character): f"\\u{ord(character):04x}" for character in "<>&\u2028\u2029"}

RANKERS = {
    "gnn": "Graph network",
    "linear": "Linear part of the graph network",
    "sage": "Message passing end to end",
    "tabular": "Trees on the companies' own columns",
    "tabular_graph": "Trees with neighbour features",
    "pagerank": "Walk from the clients",
    "blend": "Rankers together",
    "random": "Chance",
}

RENAMED = {"gnn", "tabular", "tabular_graph", "pagerank"}
"""The rankers to be replaced in sentences; the names of the others are ordinary words too."""

SPLITS = {
    "groups": "clients held back with their whole ownership group",
    "random": "clients held back at random",
    "time": "the clients won last",
}


def percent(share: float) -> str:
    """The share with two digits: 33%, 4.8%, 0.48%. Intervals from held-out clients bear no more."""
    size = abs(share)
    digits = 0 if size >= 0.0995 or size == 0 else 1 if size >= 0.00995 else 2
    return f"{share:.{digits}%}"


def count(number: float) -> str:
    return f"{number:,.0f}"


def times(factor: float) -> str:
    """The factor with two digits: 6.6×, 12×."""
    return f"{factor:,.0f}×" if factor >= 9.95 else f"{factor:.1f}×"


def number(value: float) -> str:
    """A number of the register: whole numbers in full, others with three significant digits."""
    return f"{value:,.0f}" if value == round(value) else f"{value:,.3g}"


def score_text(score: float, assumed: float | None) -> str:
    """The score as a percentage, or as a multiple of the hits per company that were only ``assumed``."""
    return percent(score) if assumed is None else times(score / assumed)


def from_to(low: str, high: str) -> str:
    """The interval in its short form: 24–42% for 24% and 42%."""
    unit = low[-1:] if low[-1:] == high[-1:] and low[-1:] in "%×" else ""
    return f"{low.removesuffix(unit)}–{high}"


def listed(parts: Sequence[str]) -> str:
    """The parts as a list in a sentence: a, b and c."""
    return " and ".join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts)


def ranker_name(name: str) -> str:
    return RANKERS.get(name, name)


def in_words(text: str) -> str:
    """The sentence with rankers named as in the report."""
    return re.sub(
        r"\b[a-z_]+\b", lambda found: RANKERS[found[0]].lower() if found[0] in RENAMED else found[0], text
    )


def split_name(name: str) -> str:
    return SPLITS.get(name, f"clients held back: {name}")


def script_json(data: Mapping[str, Any]) -> Markup:
    """JSON for a script element: nothing in it ends the element or begins a comment or an entity."""
    text = json.dumps(_plain(data), ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    # Safe: no character with a meaning in HTML is left.
    return Markup(text.translate(UNSAFE_IN_SCRIPTS))  # noqa: S704


def _plain(value: Any) -> Any:
    """The value in plain Python types; NaN and infinity become None."""
    if isinstance(value, Mapping):
        return {str(key): _plain(each) for key, each in value.items()}
    if isinstance(value, np.ndarray | np.generic):
        value = value.tolist()
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
