"""The weights of the clients that the walk starts from, by the day they were won."""

from __future__ import annotations

import numpy as np
import pytest
from sources import cohort, features_of, in_one_fold, same

from graphlead.core.arrays import Floats
from graphlead.core.features import Attributes, Groups
from graphlead.features.labels import ClientsAround
from graphlead.features.propagate import CpuPropagator
from graphlead.features.seeds import client_weights

N = 100


def days(*values: str) -> np.ndarray:
    return np.array(values, "datetime64[D]")


def test_the_latest_count_twice_and_old_ones_once() -> None:
    found = client_weights(days("2020-01-01", "2024-01-01", "2022-01-01"))
    assert found == pytest.approx(1 + np.exp([-1461 / 365.25, 0, -730 / 365.25]))


def test_clients_without_a_date_count_as_old_ones() -> None:
    assert client_weights(days("NaT", "2024-01-01", "NaT")).tolist() == [1, 2, 1]


def test_a_mistyped_date_makes_no_more_of_a_client_than_twice_the_others() -> None:
    assert client_weights(days("2205-01-01", "2024-01-01", "2022-01-01")) == pytest.approx([2, 1, 1])


def test_a_list_without_dates_counts_all_alike() -> None:
    assert client_weights(days("NaT", "NaT")).tolist() == [1, 1]
    assert client_weights(days()).tolist() == []


def walk(*won: str) -> Floats:
    """The walk's feature of each company: pairs share a town, companies 0 and 2 are clients won on these days."""
    nothing = Attributes(np.zeros((N, 0), np.float32), ())
    towns = Groups(same("town"), (np.arange(N) // 2).astype(np.int32), N // 2)
    features = features_of(nothing, np.zeros((N, 0), np.float32), (), (towns,))
    clients = cohort(N, np.array([0, 2], np.int32), days(*won))
    return ClientsAround(features, CpuPropagator()).around(clients, in_one_fold(N)).rows(np.arange(N))[:, -1]


def test_the_walk_goes_rather_to_the_neighbours_of_clients_won_lately() -> None:
    dated, undated = walk("2018-06-01", "2024-06-01"), walk("NaT", "NaT")
    assert dated[1] < undated[1] == undated[3] < dated[3]
    assert np.ptp(dated[4:]) == 0


def test_only_the_days_between_clients_count() -> None:
    np.testing.assert_allclose(walk("2018-06-01", "2018-09-01"), walk("1998-06-01", "1998-09-01"), atol=1e-6)
