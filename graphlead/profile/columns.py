"""Which columns tell clients from others on their own account, and which merely echo those."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy.special import expit

from graphlead.core.arrays import NONE, Ints, Reals
from graphlead.core.register import PLACES, Role
from graphlead.profile.significance import best_blocks, log_evidence
from graphlead.profile.survey import Sample, Topic

DOUBT = 0.05
SLACK = 3.0
"""How much smaller p-values may be than inverse e-values: with clients drawn by chance it is a factor of eight."""
AS_GOOD = 0.97
"""Columns with this part of the best one's evidence say the same; the one that comes first is taken."""
OWN_PART = 0.1
"""A column that keeps less than this part of its evidence once others are known is an echo of them."""
MOST_FOUND = 12
WIDE_ENOUGH = 0.7
"""A place that says this part of what a finer one does is the plainer answer; the finer one may add to it."""
ECHO_PART = 0.5
"""A column is the echo of another that takes away at least this part of its evidence."""
_SWEEPS = 4


@dataclass(frozen=True)
class Effect:
    """What a grouping does to the log-odds of being a client: codes (m,) with 0 for missing, effect (g + 1,)."""

    codes: Ints
    shape: float
    effect: Reals


@dataclass(frozen=True)
class Telling:
    """A column that tells clients from others: evidence (nats) given the columns found before, and all its evidence.

    echo_of: the name of the column that says it already, empty for a column that says something of its own.
    """

    topic: Topic
    evidence: float
    alone: float
    p_value: float
    echo_of: str = ""


@dataclass(frozen=True)
class Finding:
    """The evidence of one column beside a model, and the grouping in which it is strongest."""

    evidence: float
    effect: Effect


class Search:
    """Forward selection of columns with a check backwards, on a sample of companies."""

    def __init__(self, topics: Sequence[Topic], sample: Sample) -> None:
        self.topics = [topic for topic in topics if _varies(topic)]
        self.sample = sample
        self.enough = math.log(max(1, len(self.topics)) / DOUBT / SLACK)
        base = math.log(sample.client.sum() / (sample.weight @ ~sample.client))
        self.nothing = np.full(len(sample.rows), base)

    def run(self) -> tuple[list[Telling], list[Telling]]:
        """The columns that say something of their own, and those that echo them; the strongest first."""
        alone = [self.look(topic, self.nothing).evidence for topic in self.topics]
        chosen = self._forward(alone)
        while len(chosen) > 1:
            kept = self._backward(chosen, alone)
            if len(kept) == len(chosen):
                break
            chosen = kept
        own = [self._telling(i, self._beside(chosen, i).evidence, alone[i]) for i in chosen]
        own.sort(key=lambda telling: -telling.evidence)
        return own, self._echoes(chosen, alone)

    def look(self, topic: Topic, logit: Reals) -> Finding:
        """What a column says beyond the log-odds (m,) of a model."""
        chance = expit(logit)
        expected = self.sample.weight * chance
        noise = self._noise(chance)
        if topic.cells is not None:
            return self._blocks(topic.cells, expected, noise)
        found = [self._groups(level.codes, len(level.names), expected, noise) for level in topic.levels]
        best = max(found, key=lambda finding: finding.evidence)
        scores = np.array([finding.evidence for finding in found])
        mean = float(scores.max() + math.log(np.exp(scores - scores.max()).mean()))
        return replace(best, evidence=mean)

    def _forward(self, alone: list[float]) -> list[int]:
        chosen: list[int] = []
        logit, effects = self.nothing, list[Effect]()
        while len(chosen) < MOST_FOUND and len(effects) < 2 * MOST_FOUND:
            findings = [self.look(topic, logit) for topic in self.topics]
            left = [finding.evidence for finding in findings]
            strong = [
                i for i, evidence in enumerate(left)
                if evidence > self.enough and (i in chosen or evidence >= OWN_PART * alone[i])
            ]  # fmt: skip
            if not strong:
                break
            best = self._plainest(strong, left)
            if best not in chosen:
                chosen.append(best)
            logit, effects = self._fit([*effects, findings[best].effect])
        return chosen

    def _is_place(self, i: int) -> bool:
        return self.topics[i].column.role in PLACES

    def _plainest(self, among: list[int], evidence: list[float]) -> int:
        """The column with the most evidence, or one that says about the same and comes first."""
        top = max(among, key=lambda i: evidence[i])
        if self._is_place(top):
            wide = [i for i in among if self._is_place(i) and evidence[i] >= WIDE_ENOUGH * evidence[top]]
            return min(wide)
        as_good = [i for i in among if evidence[i] >= AS_GOOD * evidence[top]]
        return min(as_good, key=lambda i: (self.topics[i].column.role is Role.CATEGORY, i))

    def _backward(self, chosen: list[int], alone: list[float]) -> list[int]:
        """The chosen columns without the weakest that the others make superfluous."""
        left = {i: self._beside(chosen, i).evidence for i in chosen}
        weakest = min(chosen, key=lambda i: left[i] - max(self.enough, OWN_PART * alone[i]))
        if left[weakest] >= max(self.enough, OWN_PART * alone[weakest]):
            return chosen
        return [i for i in chosen if i != weakest]

    def _beside(self, chosen: list[int], column: int) -> Finding:
        """What a column says beyond the others; beyond the wider places only, where it is a place."""
        place = self._is_place(column)
        others = [i for i in chosen if i < column or (i > column and not (place and self._is_place(i)))]
        return self.look(self.topics[column], self._model(others))

    def _model(self, columns: list[int]) -> Reals:
        """Log-odds (m,) of being a client by these columns, each at its strongest and then its next grouping."""
        logit, effects = self.nothing, list[Effect]()
        for column in columns:
            for _ in range(2):
                finding = self.look(self.topics[column], logit)
                if finding.evidence <= self.enough:
                    break
                effects.append(finding.effect)
                logit, effects = self._fit(effects)
        return logit

    def _echoes(self, chosen: list[int], alone: list[float]) -> list[Telling]:
        models = {i: self._model([i]) for i in chosen}
        echoes = []
        for i, topic in enumerate(self.topics):
            if i in chosen or alone[i] <= self.enough or not chosen:
                continue
            left = {k: self.look(topic, logit).evidence for k, logit in models.items()}
            said_by = min(left, key=lambda k: left[k])
            if left[said_by] > ECHO_PART * alone[i]:
                continue
            echo = self._telling(i, left[said_by], alone[i])
            echoes.append(replace(echo, echo_of=self.topics[said_by].column.name))
        return sorted(echoes, key=lambda telling: -telling.alone)

    def _telling(self, i: int, evidence: float, alone: float) -> Telling:
        p_value = min(1.0, len(self.topics) / SLACK * math.exp(-max(0.0, evidence)))
        return Telling(self.topics[i], evidence, alone, p_value)

    def _noise(self, chance: Reals) -> float:
        """How much wider than Poisson counts scatter because only some companies were looked at; 1 for all.

        Counts are divided by it, as a quasi-likelihood does.
        """
        others = ~self.sample.client
        weight, p = self.sample.weight[others], chance[others]
        return 1 + float(((weight - 1) * weight * p * p).sum() / (weight * p).sum())

    def _groups(self, codes: Ints, size: int, expected: Reals, noise: float) -> Finding:
        shifted = codes + np.int32(1)
        clients, fair = self._sums(shifted, size + 1, expected)
        evidence, shape = log_evidence(clients[1:] / noise, fair[1:] / noise)
        return Finding(evidence, Effect(shifted, shape, np.zeros(size + 1)))

    def _blocks(self, cells: Ints, expected: Reals, noise: float) -> Finding:
        size = int(cells.max(initial=NONE)) + 1
        clients, fair = self._sums(cells + np.int32(1), size + 1, expected)
        evidence, shape, block = best_blocks(clients[1:] / noise, fair[1:] / noise)
        mapping = np.concatenate([block + 1, [0]]).astype(np.int32)
        return Finding(evidence, Effect(mapping[cells], shape, np.zeros(int(block.max(initial=0)) + 2)))

    def _sums(self, codes: Ints, size: int, expected: Reals) -> tuple[Reals, Reals]:
        clients = np.bincount(codes[self.sample.client], minlength=size).astype(np.float64)
        return clients, np.bincount(codes, expected, minlength=size).astype(np.float64)

    def _fit(self, effects: Sequence[Effect]) -> tuple[Reals, list[Effect]]:
        """Log-odds (m,) with all effects fitted together, each drawn towards 0 as its shape says."""
        fitted = list(effects)
        logit = self.nothing + sum(each.effect[each.codes] for each in fitted)
        for _ in range(_SWEEPS):
            for place, each in enumerate(fitted):
                clients, fair = self._sums(each.codes, len(each.effect), self.sample.weight * expit(logit))
                effect = np.log((each.shape + clients) / (each.shape + fair * np.exp(-each.effect)))
                logit = logit + (effect - each.effect)[each.codes]
                fitted[place] = replace(each, effect=effect)
        return logit, fitted


def _varies(topic: Topic) -> bool:
    return any(np.count_nonzero(level.companies) > 1 for level in topic.levels)
