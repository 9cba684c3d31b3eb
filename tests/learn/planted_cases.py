"""Cases whose probabilities are known: numbers with a threshold, a category, missing values, columns of noise."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from scipy.special import expit

from graphlead.core.arrays import Reals
from graphlead.core.cases import OPEN, CaseColumn, Cases, Kind


def as_cases(
    features: dict[str, tuple[Kind, Any]], outcome: Any, plain: tuple[str, ...] = (), **more: Any
) -> Cases:
    n = len(outcome)
    columns = (
        CaseColumn(name=name, kind=kind, source=name, plain=name in plain)
        for name, (kind, _) in features.items()
    )
    return Cases(
        ids=np.array([f"r{i}" for i in range(n)], object),
        features=pd.DataFrame({name: values for name, (_, values) in features.items()}),
        columns=tuple(columns),
        outcome=np.asarray(outcome, np.int8),
        day=np.full(n, np.datetime64("NaT"), "datetime64[D]"),
        facts=pd.DataFrame(index=range(n)),
        **({"group": np.arange(n)} | more),
    )


def planted(n: int, opened: int, seed: int) -> tuple[Cases, Reals, Reals]:
    """Cases, the last ``opened`` of them open, with the outcomes of all (n,) and the probabilities behind these."""
    draw = np.random.default_rng(seed)
    source = draw.choice(np.array(["Referral", "Web", "Cold"], object), n, p=[0.2, 0.4, 0.4])
    score, days = draw.normal(5, 2, n), draw.gamma(1.5, 40, n)
    seen = draw.random(n) > 0.1
    odds = -2.5 + 1.8 * (source == "Referral") + 0.5 * (score - 5) * seen + 1.5 * (days <= 30)
    probability = expit(odds)
    outcome = (draw.random(n) < probability).astype(np.int8)
    features = {
        "source": (Kind.CATEGORY, source),
        "score": (Kind.NUMBER, np.where(seen, score, np.nan)),
        "days": (Kind.NUMBER, days),
        "noise": (Kind.NUMBER, draw.normal(size=n)),
    }
    shown = np.where(np.arange(n) < n - opened, outcome, OPEN)
    return as_cases(features, shown), outcome.astype(float), probability
