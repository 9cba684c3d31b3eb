"""Search for the columns that distinguish clients from other companies, and for those that merely echo them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from graphlead.core.arrays import NONE, Ints, Reals
from graphlead.core.register import PLACES, Role
from graphlead.profile.significance import best_blocks, log_evidence
from graphlead.profile.survey import Sample, Topic

SIGNIFICANCE = 0.05
"""The customary level, of p-values corrected for the number of tests."""
SLACK = 3.0
"""By how much p-values may be smaller than inverse e-values, which are conservative: with clients drawn at random they
are smaller by a factor of eight."""
AS_GOOD = 0.97
"""Columns with this share of the best one's evidence are equally good; of these the first in the register is taken."""
OWN_PART = 0.1
"""A column that keeps less than this share of its evidence given the others has nothing of its own."""
MOST_FOUND = 12
"""Columns found at most: a longer list is not read."""
WIDE_ENOUGH = 0.7
"""A place with this share of the evidence of a finer one is preferred as simpler; the finer one may still be added."""
ECHO_PART = 0.5
"""A column echoes another that explains at least this share of its evidence."""
_SWEEPS = 4
"""Rounds of coordinate updates: each step of the selection starts from the fit of the one before."""


@dataclass(frozen=True)
class Effect:
    """The effect (g + 1,) of a grouping on the log-odds of being a client; codes (m,), 0 where missing.

    shape: of the Gamma prior that shrinks the effect towards 0.
    """

    codes: Ints
    shape: float
    effect: Reals


@dataclass(frozen=True, kw_only=True)
class Predictor:
    """A column that distinguishes clients: its evidence (nats) given the others, and its evidence alone.

    echo_of: the name of the column that it repeats, empty for a column with evidence of its own.
    """

    topic: Topic
    evidence: float
    alone: float
    p_value: float
    echo_of: str = ""


@dataclass(frozen=True)
class Finding:
    """The evidence (nats) of one column beyond a model, and the effect of its strongest grouping."""

    evidence: float
    effect: Effect


@dataclass(frozen=True, kw_only=True)
class Fit:
    """A model of who is a client: the clients expected at each company of the sample (m,), times its weight.

    noise: the overdispersion of counts; effects: those fitted together, of which it consists.
    """

    expected: Reals
    noise: float
    effects: tuple[Effect, ...]


class Search:
    """Forward selection of columns with backward elimination, on a sample of companies."""

    def __init__(self, topics: Sequence[Topic], sample: Sample) -> None:
        self.topics = [topic for topic in topics if _varies(topic)]
        self.sample = sample
        self.threshold = math.log(max(1, len(self.topics)) / SIGNIFICANCE / SLACK)
        base = math.log(sample.client.sum() / (sample.weight @ ~sample.client))
        self._base, self._mine = base, np.flatnonzero(sample.client)
        self.baseline = self._model_of(np.full(len(sample.rows), math.exp(base)), ())
        self._models: dict[tuple[int, ...], Fit] = {(): self.baseline}

    def run(self) -> tuple[list[Predictor], list[Predictor]]:
        """The columns with evidence of their own, and those that echo them, each the strongest first."""
        alone = [self.assess(topic, self.baseline).evidence for topic in self.topics]
        chosen = self._forward(alone)
        while len(chosen) > 1:
            kept = self._backward(chosen, alone)
            if len(kept) == len(chosen):
                break
            chosen = kept
        own = [self._predictor(i, self._given_others(chosen, i).evidence, alone[i]) for i in chosen]
        own.sort(key=lambda predictor: -predictor.evidence)
        return own, self._echoes(chosen, alone)

    def assess(self, topic: Topic, model: Fit) -> Finding:
        """The evidence of a column beyond a model, averaged over its groupings."""
        if topic.cells is not None:
            return self._blocks(topic.cells, model)
        found = [self._groups(level.codes, len(level.names), model) for level in topic.levels]
        best = max(found, key=lambda finding: finding.evidence)
        scores = np.array([finding.evidence for finding in found])
        mean = float(scores.max() + math.log(np.exp(scores - scores.max()).mean()))
        return replace(best, evidence=mean)

    def _forward(self, alone: list[float]) -> list[int]:
        chosen: list[int] = []
        model = self.baseline
        while len(chosen) < MOST_FOUND and len(model.effects) < 2 * MOST_FOUND:
            findings = [self.assess(topic, model) for topic in self.topics]
            left = [finding.evidence for finding in findings]
            strong = [
                i for i, evidence in enumerate(left)
                if evidence > self.threshold and (i in chosen or evidence >= OWN_PART * alone[i])
            ]  # fmt: skip
            if not strong:
                break
            best = self._plainest(strong, left)
            if best not in chosen:
                chosen.append(best)
            model = self._fit([*model.effects, findings[best].effect])
        return chosen

    def _is_place(self, i: int) -> bool:
        return self.topics[i].column.role in PLACES

    def _plainest(self, among: list[int], evidence: list[float]) -> int:
        """The column with the most evidence, or a simpler one with about as much."""
        top = max(among, key=lambda i: evidence[i])
        if self._is_place(top):
            wide = [i for i in among if self._is_place(i) and evidence[i] >= WIDE_ENOUGH * evidence[top]]
            return min(wide)
        as_good = [i for i in among if evidence[i] >= AS_GOOD * evidence[top]]
        return min(as_good, key=lambda i: (self.topics[i].column.role is Role.CATEGORY, i))

    def _backward(self, chosen: list[int], alone: list[float]) -> list[int]:
        """The chosen columns without the weakest, if the others make it redundant."""
        left = {i: self._given_others(chosen, i).evidence for i in chosen}
        weakest = min(chosen, key=lambda i: left[i] - max(self.threshold, OWN_PART * alone[i]))
        if left[weakest] >= max(self.threshold, OWN_PART * alone[weakest]):
            return chosen
        return [i for i in chosen if i != weakest]

    def _given_others(self, chosen: list[int], column: int) -> Finding:
        """The evidence of a column beyond the others; of a place only beyond the wider places."""
        place = self._is_place(column)
        others = [i for i in chosen if i < column or (i > column and not (place and self._is_place(i)))]
        return self.assess(self.topics[column], self._model(others))

    def _model(self, columns: list[int]) -> Fit:
        """A model by these columns, each with its strongest grouping and then the next.

        Models are kept: those without one of several columns, in turn, begin alike.
        """
        if (key := tuple(columns)) not in self._models:
            model = self._model(columns[:-1])
            for _ in range(2):
                finding = self.assess(self.topics[columns[-1]], model)
                if finding.evidence <= self.threshold:
                    break
                model = self._fit([*model.effects, finding.effect])
            self._models[key] = model
        return self._models[key]

    def _echoes(self, chosen: list[int], alone: list[float]) -> list[Predictor]:
        models = {i: self._model([i]) for i in chosen}
        echoes = []
        for i, topic in enumerate(self.topics):
            if i in chosen or alone[i] <= self.threshold or not chosen:
                continue
            left = {k: self.assess(topic, model).evidence for k, model in models.items()}
            echoed = min(left, key=lambda k: left[k])
            if left[echoed] > ECHO_PART * alone[i]:
                continue
            echo = self._predictor(i, left[echoed], alone[i])
            echoes.append(replace(echo, echo_of=self.topics[echoed].column.name))
        return sorted(echoes, key=lambda predictor: -predictor.alone)

    def _predictor(self, i: int, evidence: float, alone: float) -> Predictor:
        p_value = min(1.0, len(self.topics) / SLACK * math.exp(-max(0.0, evidence)))
        return Predictor(topic=self.topics[i], evidence=evidence, alone=alone, p_value=p_value)

    def _model_of(self, odds: Reals, effects: tuple[Effect, ...]) -> Fit:
        """The model with these odds (m,).

        Counts are divided by their overdispersion against Poisson, as in a quasi-likelihood: companies are a sample.
        It is 1 for all of them.
        """
        chance = odds / (1 + odds)
        others = ~self.sample.client
        weight, p = self.sample.weight[others], chance[others]
        noise = 1 + float(((weight - 1) * weight * p * p).sum() / (weight * p).sum())
        return Fit(expected=self.sample.weight * chance, noise=noise, effects=effects)

    def _groups(self, codes: Ints, size: int, model: Fit) -> Finding:
        shifted = codes + np.int32(1)
        clients, fair = self._clients(shifted, size + 1), _sums(shifted, size + 1, model.expected)
        evidence, shape = log_evidence(clients[1:] / model.noise, fair[1:] / model.noise)
        return Finding(evidence, Effect(shifted, shape, np.zeros(size + 1)))

    def _blocks(self, cells: Ints, model: Fit) -> Finding:
        size = int(cells.max(initial=NONE)) + 1
        shifted = cells + np.int32(1)
        clients, fair = self._clients(shifted, size + 1), _sums(shifted, size + 1, model.expected)
        evidence, shape, block = best_blocks(clients[1:] / model.noise, fair[1:] / model.noise)
        mapping = np.concatenate([block + 1, [0]]).astype(np.int32)
        return Finding(evidence, Effect(mapping[cells], shape, np.zeros(int(block.max(initial=0)) + 2)))

    def _clients(self, codes: Ints, size: int) -> Reals:
        return np.bincount(codes[self._mine], minlength=size).astype(np.float64)

    def _fit(self, effects: Sequence[Effect]) -> Fit:
        """The model with all effects fitted together, each shrunk towards 0 by its shape.

        The odds are products: a step takes no exponential or logarithm of a company, only of a group.
        """
        fitted = list(effects)
        clients = [self._clients(each.codes, len(each.effect)) for each in fitted]
        odds = np.exp(self._base + sum(each.effect[each.codes] for each in fitted))
        for _ in range(_SWEEPS):
            for place, each in enumerate(fitted):
                fair = _sums(each.codes, len(each.effect), self.sample.weight * (odds / (1 + odds)))
                effect = np.log((each.shape + clients[place]) / (each.shape + fair * np.exp(-each.effect)))
                odds *= np.exp(effect - each.effect)[each.codes]
                fitted[place] = replace(each, effect=effect)
        return self._model_of(odds, tuple(fitted))


def _sums(codes: Ints, size: int, expected: Reals) -> Reals:
    return np.bincount(codes, expected, minlength=size).astype(np.float64)


def _varies(topic: Topic) -> bool:
    return any(np.count_nonzero(level.companies) > 1 for level in topic.levels)
