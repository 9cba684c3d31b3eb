"""Label features by fold against the same formulas on dense matrices, from the visible clients alone."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest
import scipy.sparse as sp
from hypothesis import given, settings
from hypothesis import strategies as st
from sources import cohort, features_of, link, same
from sources import words as words_of

from graphlead.core.arrays import Floats, Folds, Ints, Reals
from graphlead.core.contracts import Propagator
from graphlead.core.features import Attributes, Features, Groups, Incidence, Neighbours
from graphlead.features.labels import GROUP_STRENGTH, LINK_STRENGTH, WALK_FLOOR, ClientsAround
from graphlead.features.propagate import CpuPropagator, TorchPropagator
from graphlead.features.seeds import WALKED, client_weights
from graphlead.features.walk import LINK_WEIGHT, RESTART, STEPS, Walk

N, K, TOWNS, WORDS = 100, 5, 50, 15
EVERYBODY = np.arange(N, dtype=np.int32)
Days = npt.NDArray[np.datetime64]


class World:
    """Towns, words and weighted links, all of them walked; clients in folds, a ``dated`` share of them with a day."""

    def __init__(self, seed: int, dated: float) -> None:
        draw = np.random.default_rng(seed)
        self.town = draw.integers(-1, TOWNS, N).astype(np.int32)
        self.words = (draw.random((N, WORDS)) < 0.1).astype(np.float32)
        links = np.triu(draw.random((N, N)) < 0.04, 1) * draw.integers(1, 3, (N, N))
        self.links = (links + links.T).astype(np.float32)
        self.labels = draw.random(N) < 0.4
        self.folds = draw.integers(0, K, N).astype(np.int8)
        days = np.datetime64("2026-01-31") - draw.integers(0, 3_000, N).astype("timedelta64[D]")
        self.won: Days = np.where(draw.random(N) < dated, days, np.datetime64("NaT"))

    def features(self) -> Features:
        attributes = Attributes(np.zeros((N, 0), np.float32), ())
        relations = (
            Groups(same("town"), self.town, TOWNS),
            Incidence(words_of(), sp.csr_matrix(self.words)),
            Neighbours(link("supplies"), sp.csr_matrix(self.links)),
        )
        return features_of(attributes, np.zeros((N, 0), np.float32), (), relations)

    def rows(self, hidden: tuple[int, ...], propagator: Propagator | None = None) -> Floats:
        clients = np.flatnonzero(self.labels).astype(np.int32)
        label_features = ClientsAround(self.features(), propagator or CpuPropagator())
        around = label_features.around(cohort(N, clients, self.won[clients]), self.folds)
        return around.rows(EVERYBODY, hidden)

    def direct(self, hidden: tuple[int, ...]) -> Reals:
        """The label features of companies that are no visible client themselves."""
        clients, visible = np.flatnonzero(self.labels), np.zeros(N)
        visible[clients] = client_weights(self.won[clients])
        visible[np.isin(self.folds, hidden)] = 0
        base = max(visible.sum(), 1) / N
        towns = (self.town[:, None] == np.arange(TOWNS)).astype(float)
        lift = _lifts(towns, visible, base)
        linked = np.log(
            (self.links @ visible + LINK_STRENGTH * base) / ((self.links.sum(1) + LINK_STRENGTH) * base)
        )
        of_words = np.where(self.words > 0, _lifts(self.words, visible, base), np.nan)
        count, total = (self.words > 0).sum(1), np.nansum(of_words, 1)
        strongest = np.array(
            [np.nanmax(each) if some else 0 for each, some in zip(of_words, count, strict=True)]
        )
        columns = [
            (towns * lift).sum(1), total, total / np.sqrt(np.maximum(count, 1)), strongest, linked,
            np.log(self._walk(visible, towns) + WALK_FLOOR),
        ]  # fmt: skip
        return np.stack(columns, axis=1)

    def _walk(self, visible: Reals, towns: Reals) -> Reals:
        members = np.hstack([towns, self.words, self.links + np.diag(self.links.any(1))])
        size = np.maximum(members.sum(0), 1)
        weighted = members * np.log(N / size) * np.repeat([1, 1, LINK_WEIGHT], [TOWNS, WORDS, N])
        step = weighted / np.maximum(weighted.sum(1, keepdims=True), 1e-9) @ (members / size).T
        start = visible * N / max(visible.sum(), 1e-9)
        visits = start
        for _ in range(STEPS):
            visits = RESTART * start + (1 - RESTART) * visits @ step
        return visits


def _lifts(members: Reals, visible: Reals, base: float) -> Reals:
    others = np.maximum(members.sum(0) - 1, 0)
    return np.log((members.T @ visible + GROUP_STRENGTH * base) / ((others + GROUP_STRENGTH) * base))


HIDDEN = st.sets(st.integers(0, K - 1)).map(lambda folds: tuple(sorted(folds)))
DATED = st.sampled_from([0.0, 0.5, 1.0])


@pytest.mark.parametrize("propagator", [CpuPropagator(), TorchPropagator("cpu")], ids=["scipy", "torch"])
@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 10_000), hidden=HIDDEN, dated=DATED)
def test_features_are_those_computed_from_the_visible_clients(
    propagator: Propagator, seed: int, hidden: tuple[int, ...], dated: float
) -> None:
    world = World(seed, dated)
    found, expected = world.rows(hidden, propagator), world.direct(hidden)
    assert found.dtype == np.float32
    np.testing.assert_allclose(found[:, :-1], expected[:, :-1], atol=2e-6)
    np.testing.assert_allclose(np.exp(found[:, -1]), np.exp(expected[:, -1]), rtol=2e-6, atol=1e-6)


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 10_000), dated=DATED, fold=st.integers(0, K - 1), also=HIDDEN)
def test_hidden_clients_leave_no_trace(seed: int, dated: float, fold: int, also: tuple[int, ...]) -> None:
    """Neither that they are clients nor when they were won, but for the newest day, which ages count from."""
    world, hidden = World(seed, dated), (fold, *also)
    mine = np.flatnonzero(world.folds == fold)
    world.labels[np.flatnonzero(world.folds != fold)[0]] = True
    world.won[np.flatnonzero(world.folds != fold)[0]] = np.datetime64("2026-02-01" if dated else "NaT")
    before = world.rows(hidden)
    world.labels[mine] ^= np.random.default_rng(seed).random(len(mine)) < 0.5
    if dated:
        world.won[mine] = np.datetime64("2026-02-01") - np.arange(len(mine))
    np.testing.assert_array_equal(world.rows(hidden), before)


def test_rows_come_in_the_order_asked_for_and_a_company_twice_where_asked_twice() -> None:
    world = World(1, 0.5)
    clients = np.flatnonzero(world.labels).astype(np.int32)
    around = ClientsAround(world.features(), CpuPropagator()).around(cohort(N, clients), world.folds)
    some: Ints = np.array([40, 3, 3, 17], np.int32)
    np.testing.assert_allclose(around.rows(some, (2,)), around.rows(EVERYBODY, (2,))[some], atol=1e-6)
    assert around.rows(some[:0], (2,)).shape == (0, 6)


def test_a_fold_without_clients_can_be_hidden() -> None:
    world = World(2, 1.0)
    world.labels[world.folds == 3] = False
    np.testing.assert_array_equal(world.rows((3,)), world.rows(()))


@pytest.mark.parametrize(
    "folds", [np.zeros(N, np.int8), (np.arange(N) % 20).astype(np.int8)], ids=["1", "20"]
)
def test_sums_over_any_number_of_folds_are_the_same(folds: Folds) -> None:
    world = World(4, 0.5)
    expected = world.rows(())
    world.folds = folds
    np.testing.assert_allclose(world.rows(()), expected, atol=2e-6)


@pytest.mark.parametrize(("room", "most"), [(2**20, 6), (3 * WALKED * N, 3), (0, 1)])
def test_the_walks_of_several_cohorts_at_once_are_those_of_each_alone(
    room: int, most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    walked: list[int] = []
    visits = Walk.visits

    def counted(self: Walk, start: Floats, at: Ints | None = None) -> Floats:
        walked.append(start.shape[1])
        return visits(self, start, at)

    monkeypatch.setattr(Walk, "visits", counted)
    monkeypatch.setattr("graphlead.features.seeds.held", lambda: 0)
    monkeypatch.setattr("graphlead.features.seeds.budget", lambda: room)
    world = World(3, 0.5)
    label_features = ClientsAround(world.features(), CpuPropagator())
    clients = np.flatnonzero(world.labels).astype(np.int32)
    some = clients[::2]
    every, few = cohort(N, clients, world.won[clients]), cohort(N, some, world.won[some])
    dealt = [(every, world.folds), (every, np.zeros(N, np.int8)), (few, world.folds)]
    together = label_features.around_each(dealt)
    assert (sum(walked), max(walked)) == (2 * K + 1, most)
    for (each, folds), found in zip(dealt, together, strict=True):
        alone = label_features.around(each, folds)
        for hidden in ((), (0,)):
            np.testing.assert_array_equal(found.rows(EVERYBODY, hidden), alone.rows(EVERYBODY, hidden))
