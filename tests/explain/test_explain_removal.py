"""One client less: the label features are those that would be made anew without it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import given, settings
from hypothesis import strategies as st
from sources import cohort, features_of, in_one_fold, link, numbers, same
from sources import words as words_of

from graphlead.core.features import Attributes, Features, Groups, Incidence, Neighbours
from graphlead.explain.counterfactual import Ranking, ordinal
from graphlead.explain.reasons.counts import count_neighbours, lower_bound
from graphlead.explain.reasons.removal import Lift, without_one
from graphlead.features.labels import GROUP_STRENGTH, LINK_STRENGTH, ClientsAround, lift_of
from graphlead.features.propagate import CpuPropagator
from graphlead.features.seeds import client_weights

N = 40


def features(seed: int) -> Features:
    """Companies in groups (some in none), with words (some without) and links (some without)."""
    draw = np.random.default_rng(seed)
    towns = Groups(same("town"), draw.integers(-1, 5, N).astype(np.int32), 5)
    words = Incidence(words_of(), sp.csr_matrix((draw.random((N, 12)) < 0.15).astype(np.float32)))
    linked = np.triu(draw.random((N, N)) < 0.05, 1)
    links = Neighbours(link("supplies"), sp.csr_matrix((linked | linked.T).astype(np.float32)))
    nothing = Attributes(np.zeros((N, 1), np.float32), numbers("x"))
    return features_of(nothing, np.zeros((N, 0), np.float32), (), (towns, words, links))


@settings(deadline=None, max_examples=40)
@given(
    seed=st.integers(0, 10_000),
    count=st.integers(2, 12),
    refused=st.integers(0, 6),
    dated=st.sampled_from([0.0, 0.5, 1.0]),
)
def test_each_company_sees_the_clients_but_one(seed: int, count: int, refused: int, dated: float) -> None:
    made = features(seed)
    draw = np.random.default_rng(seed)
    some = draw.permutation(N // 2).astype(np.int32)
    clients, rejected = np.sort(some[:count]), np.sort(some[count : count + refused])
    companies = np.arange(N // 2, N, dtype=np.int32)
    days = np.datetime64("2026-01-31") - draw.integers(0, 3_000, count).astype("timedelta64[D]")
    won = np.where(draw.random(count) < dated, days, np.datetime64("NaT"))
    # Ages count from the newest day of the list, which has to stay.
    newest = int(np.argmax(np.where(np.isnat(won), np.datetime64("1900-01-01"), won)))
    left_out = draw.choice(np.delete(clients, newest), len(companies)).astype(np.int32)
    label_features = ClientsAround(made, CpuPropagator())
    walk = label_features.around(cohort(N, clients, won), in_one_fold(N)).walk_without(companies, left_out)
    lift, weights = Lift(lift_of, GROUP_STRENGTH, LINK_STRENGTH, rejected), client_weights(won)
    found = without_one(made, lift, companies, clients, weights, left_out)
    for row, (company, client) in enumerate(zip(companies, left_out, strict=True)):
        others = replace(
            cohort(N, clients[clients != client], won[clients != client]),
            suppressed=rejected,
            rejected=rejected,
        )
        anew = label_features.around(others, in_one_fold(N)).rows(companies[[row]])[0]
        np.testing.assert_allclose(found[row], anew[:-1], atol=1e-5, err_msg=f"company {company}")
        np.testing.assert_allclose(np.exp(walk[row]), np.exp(anew[-1]), rtol=1e-3, atol=1e-4)


@settings(deadline=None, max_examples=40)
@given(seed=st.integers(0, 10_000))
def test_neighbours_and_clients_among_them_are_counted_as_by_hand(seed: int) -> None:
    made = features(seed)
    clients = np.arange(0, 10, dtype=np.int32)
    companies = np.arange(10, N, dtype=np.int32)
    found = count_neighbours(made, clients, companies)
    towns, words, links = made.relations
    assert isinstance(towns, Groups) and isinstance(words, Incidence) and isinstance(links, Neighbours)
    for row, company in enumerate(companies):
        town = towns.code[company]
        together = set(np.flatnonzero(towns.code == town)) - {company} if town >= 0 else set()
        near = set(links.matrix[company].indices)
        for relation, neighbours in ((0, together), (2, near)):
            counted = (found.others[relation, row], found.won[relation, row])
            assert counted == (len(neighbours), len(neighbours & set(clients.tolist())))
            assert found.column[relation, row] == -1
        counted_words = {}
        for word in words.matrix[company].indices:
            sharing = set(words.matrix[:, word].tocoo().row) - {company}
            counted_words[word] = (len(sharing & set(clients.tolist())), len(sharing))
        if counted_words:
            won, others = counted_words[found.column[1, row]]
            assert (found.won[1, row], found.others[1, row]) == (won, others)
            assert found.lift[1, row] == pytest.approx(won / max(others, 1) / 0.25)
            assert _better(won, others) == max(_better(*each) for each in counted_words.values())
        else:
            assert found.column[1, row] == -1


def _better(won: int, others: int) -> tuple[bool, float]:
    """Convincing first, then the lower bound of the share."""
    low = float(lower_bound(np.array([won]), np.array([others]))[0])
    return (others >= 5 and won >= 3 and won / max(others, 1) >= 1.5 * 0.25 and low > 0.25), low


def test_the_rank_among_the_candidates_counts_nobody_twice() -> None:
    ranking = Ranking(np.array([-3.0, -2.0, -1.0, 0.0, 1.0]))
    published = np.array([1.0, 1.0, 0.0, -3.0])
    listed = np.ones(4, bool)
    assert ranking.rank(published, published, listed).tolist() == [1, 1, 2, 5]
    assert ranking.rank(np.array([-0.5, -9.0, 0.5, 2.0]), published, listed).tolist() == [2, 5, 2, 1]


def test_a_company_off_the_list_is_ranked_beside_it() -> None:
    ranking, beside = Ranking(np.array([-3.0, -2.0, -1.0, 0.0, 1.0])), np.zeros(2, bool)
    published = np.array([0.5, 2.0])
    assert ranking.rank(published, published, beside).tolist() == [2, 1]
    assert ranking.rank(np.array([-9.0, -0.5]), published, beside).tolist() == [6, 3]


def test_ranks_are_written_as_ordinal_numbers() -> None:
    assert [ordinal(rank) for rank in (1, 2, 3, 4, 11, 12, 13, 21, 1_111, 1_412)] == [
        "1st", "2nd", "3rd", "4th", "11th", "12th", "13th", "21st", "1,111th", "1,412th",
    ]  # fmt: skip
