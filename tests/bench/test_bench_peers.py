"""The peers on planted companies."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from rank_bench.adapted import AdaptedTrees, alone, elkan_noto_weights, with_neighbours
from rank_bench.chance import Chance
from rank_bench.fit import refusals
from rank_bench.logistic import Logistic, Traits, traits_of
from rank_bench.peers import PEERS, Sight, Trainable
from sklearn.metrics import roc_auc_score
from sources import counts, features_of, keys, link, numbers

from graphlead.core.arrays import Floats
from graphlead.core.contracts import RankerSetup
from graphlead.core.errors import SettingsError
from graphlead.core.features import Attributes, Features
from graphlead.core.register import Column, Register, Role

N = 400


@pytest.fixture(scope="module")
def register(tmp_path_factory: pytest.TempPathFactory) -> Register:
    """Companies in ten towns; every seventh is called a mill."""
    companies = tmp_path_factory.mktemp("register") / "companies.parquet"
    table = {
        "company_id": [str(i) for i in range(N)],
        "name": [f"Firm {i} {'Mill' if i % 7 == 0 else 'Shop'}" for i in range(N)],
        "town": [f"Town {i % 10}" if i % 50 else None for i in range(N)],
    }
    pq.write_table(pa.table(table), companies)
    roles = {"company_id": Role.ID, "name": Role.NAME, "town": Role.CITY}
    columns = tuple(Column(name=name, role=role) for name, role in roles.items())
    return Register(companies=companies, links=companies, columns=columns, n_companies=N, n_links=0)


def features(size: Floats, nearby: Floats) -> Features:
    """Companies with a size, and with what is nearby as their structure."""
    attributes = Attributes(size[:, None], numbers("size"))
    return features_of(attributes, nearby[:, None], counts(link("supplies")), ())


def auc(ranker: Trainable, given: Features, labels: Floats, nearby: Floats) -> float:
    """Of the second half of the companies, by a ranker trained on the first."""
    first, second = np.split(np.arange(N, dtype=np.int32), 2)
    trained = ranker.fit(given, first, labels[first], nearby[first], 0)
    return float(roc_auc_score(labels[second], trained.score(given, second, nearby[second])))


def test_logistic_learns_towns_and_words_and_numbers(register: Register) -> None:
    draw, i = np.random.default_rng(0), np.arange(N)
    noise, none = draw.normal(size=N).astype(np.float32), np.zeros((N, 0), np.float32)
    logistic = Logistic("logistic", traits_of(register))
    for labels in (i % 10 == 3, i % 7 == 0, noise > 0.5):
        assert auc(logistic, features(noise, noise), labels.astype(np.float32), none) > 0.98


def test_traits_are_found_by_key_in_any_order(register: Register) -> None:
    traits, mills = traits_of(register), np.arange(0, N, 7)
    some = np.array([7, 0, 399, 7])
    flags = traits.of(keys(N)).toarray()
    np.testing.assert_array_equal(traits.of(keys(N)[some]).toarray(), flags[some])
    assert any(np.array_equal(np.flatnonzero(flags[:, column]), mills) for column in range(flags.shape[1]))


@pytest.mark.parametrize(("name", "finds"), [("elkan_noto", False), ("trees_neighbours", True)])
def test_adapted_trees_see_neighbours_only_when_they_are_meant_to(name: str, finds: bool) -> None:
    draw = np.random.default_rng(1)
    size, nearby = draw.normal(size=(2, N)).astype(np.float32)
    matrix = with_neighbours if finds else alone((0,))
    trees = AdaptedTrees(name, matrix, "cpu")
    label_features = np.stack([size, nearby], axis=1)
    given = features(size, nearby)
    assert auc(trees, given, (size > 0.5).astype(np.float32), label_features) > 0.95
    assert (auc(trees, given, (nearby > 0.5).astype(np.float32), label_features) > 0.95) is finds


def test_elkan_noto_weights_are_those_of_the_paper() -> None:
    weights = elkan_noto_weights(np.array([0.0, 0.2, 0.5, 0.9], np.float32), 0.8)
    # (1 - 0.8) / 0.8 = 1 / 4 of the odds 0, 1 / 4, 1 and 9; the last is more than one.
    np.testing.assert_allclose(weights, [0, 0.0625, 0.25, 1.0], rtol=1e-6)


def test_chance_depends_on_the_company_and_the_seed_alone() -> None:
    given = features(np.zeros(N, np.float32), np.zeros(N, np.float32))
    rows, none = np.arange(N, dtype=np.int32), np.zeros((N, 0), np.float32)
    labels = (rows % 2).astype(np.float32)
    first, second = (Chance("random").fit(given, rows, labels, none, seed) for seed in (0, 1))
    drawn = first.score(given, rows, none)
    np.testing.assert_array_equal(first.score(given, rows[::-1], none), drawn[::-1])
    assert abs(np.corrcoef(drawn, second.score(given, rows, none))[0, 1]) < 0.2
    assert 0 <= drawn.min() < 0.05
    assert 0.95 < drawn.max() <= 1


def test_traits_without_columns_are_no_error(register: Register) -> None:
    ignored = traits_of(register.without(frozenset({"name", "town"})))
    assert isinstance(ignored, Traits)
    assert ignored.of(keys(N)).shape == (N, 0)


def test_a_ranker_that_refuses_some_features_is_left_out_with_its_reason(
    register: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Picky(Chance):
        def check(self, features: Features) -> None:
            if features.structure[np.arange(N, dtype=np.int32)].any():
                raise SettingsError("it needs 9 GB.", where="rankers", remedy="Leave it out.")

    monkeypatch.setitem(PEERS, "picky", lambda name, sight: Picky(name))
    sight = Sight(RankerSetup("xgboost", (), "cpu"), register)
    small, large = (features(np.ones(N, np.float32), np.full(N, near, np.float32)) for near in (0, 1))
    assert refusals(["picky", "random"], sight, [small]) == {}
    assert refusals(["picky", "random"], sight, [small, large]) == {"picky": "it needs 9 GB."}
