"""The inputs of the models for each company, and the same with some of them made typical."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from graphlead.core.arrays import Flags, Floats, Ints, Reals
from graphlead.core.features import Attributes, Features
from graphlead.explain.reasons.themes import Themes

Numbers = npt.NDArray[np.number[Any]]
"""Whole or real, of any precision."""

MOSTLY = 0.5
"""The share of sampled companies that must have a number; otherwise the typical company lacks it."""

CASES = 65_536
"""Variants of companies scored at a time, to bound the memory of their inputs."""


class Scorer(Protocol):
    """The ranking that is explained, on the scale of the published score."""

    def log_odds(self, features: Features, label_features: Floats, left_out: Ints) -> Reals:
        """Log-odds (r,) of the probability that the ranking gives to companies with these inputs.

        features: of r rows, which need not be companies of the register; label_features: float32 (r, F); left_out:
        int32 (r,), a bit for each fold, 1 where its models score the row.
        """
        ...


@dataclass(frozen=True)
class Views:
    """The inputs of m companies when the models scored them.

    company: int32 (m,), the rows in ``features``; left_out: int32 (m,), a bit for each fold, 1 where its models scored
    the company; label_features: float32 (m, F).
    """

    features: Features
    company: Ints
    left_out: Ints
    label_features: Floats

    def __len__(self) -> int:
        return len(self.company)


@dataclass(frozen=True)
class Typical:
    """The inputs of the typical company: numeric (d,), NaN for missing, structure (s,), meaning (k,), label_features
    (F,)."""

    numeric: Floats
    structure: Floats
    meaning: Floats
    label_features: Floats


def typical_company(features: Features, sample: Ints, label_features: Floats) -> Typical:
    """The medians over a ``sample`` (s,) of unlabelled companies with their label features (s, F)."""
    numeric = features.attributes.numeric[sample]
    often = np.isfinite(numeric).mean(0) > MOSTLY
    middle = np.full(numeric.shape[1], np.nan, np.float32)
    middle[often] = np.nanmedian(numeric[:, often], axis=0)
    return Typical(
        middle,
        np.median(features.structure[sample], axis=0).astype(np.float32),
        np.median(features.meant(sample), axis=0).astype(np.float32),
        np.median(label_features, axis=0).astype(np.float32),
    )


class Game:
    """The cooperative game behind the Shapley values: themes are the players, a company's score is the payoff.

    Themes that are not in the coalition are as in the typical company.
    """

    def __init__(self, scorer: Scorer, views: Views, typical: Typical, themes: Themes) -> None:
        self._scorer, self._views, self._typical, self._themes = scorer, views, typical, themes
        self._numeric = views.features.attributes.numeric[views.company]
        self._structure = views.features.structure[views.company]
        self._meaning = views.features.meant(views.company)
        self.n_themes, self.n_companies = len(themes.names), len(views)

    def active(self) -> Flags:
        """Flags (m, themes): the themes of each company that differ from the typical company."""
        themes, typical = self._themes, self._typical
        found = np.zeros((self.n_companies, self.n_themes), bool)
        for values, middle, of in (
            (self._numeric, typical.numeric, themes.numeric),
            (self._structure, typical.structure, themes.structure),
            (self._meaning, typical.meaning, themes.meaning),
            (self._views.label_features, typical.label_features, themes.label_features),
        ):
            other = (values != middle) & ~(np.isnan(values) & np.isnan(middle))
            for theme in np.unique(of):
                found[:, theme] |= other[:, of == theme].any(1)
        return found

    def log_odds(self, which: Ints, kept: Flags, label_features: Floats | None = None) -> Reals:
        """The score (e,) of companies ``which`` (e,), in 0 .. m-1, with the themes ``kept`` (e, themes) alone.

        label_features: (m, F), to replace those that the models saw.
        """
        parts = [
            self._part(which[start : start + CASES], kept[start : start + CASES], label_features)
            for start in range(0, len(which), CASES)
        ]
        return np.concatenate([np.zeros(0), *parts])

    def _part(self, which: Ints, keep: Flags, label_features: Floats | None) -> Reals:
        views, typical, themes = self._views, self._typical, self._themes
        seen = views.label_features if label_features is None else label_features
        perturbed = Features(
            keys=views.features.keys[views.company[which]],
            attributes=Attributes(
                np.where(keep[:, themes.numeric], self._numeric[which], typical.numeric),
                views.features.attributes.numeric_features,
            ),
            structure=np.where(keep[:, themes.structure], self._structure[which], typical.structure),
            structure_features=views.features.structure_features,
            relations=(),
            meaning=np.where(keep[:, themes.meaning], self._meaning[which], typical.meaning),
        )
        nearby = np.where(keep[:, themes.label_features], seen[which], typical.label_features)
        return self._scorer.log_odds(perturbed, nearby, views.left_out[which])
