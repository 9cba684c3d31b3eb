"""The exam on generated CRMs: its figures against their definitions, on a small world with known truth."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from crm import expected_auc, figures, named, reachable, task_of

from graphlead.world import World
from graphlead.world.sales import Crm, CrmSettings, make_crm


@pytest.fixture(scope="module")
def crm(small_world: World, tmp_path_factory: pytest.TempPathFactory) -> Crm:
    return make_crm(tmp_path_factory.mktemp("crm"), small_world, CrmSettings(leads=4000, customers=900))


def test_the_expected_auc_is_the_mean_over_lots_of_outcomes() -> None:
    draw = np.random.default_rng(0)
    truth, score = draw.random(400), draw.random(400).round(1)
    truth = (truth + score) / 2
    pairs = np.sign(score[:, None] - score[None, :]) / 2 + 0.5
    weight = truth[:, None] * (1 - truth[None, :])
    assert expected_auc(truth, score) == pytest.approx((pairs * weight).sum() / weight.sum(), abs=1e-12)


def test_the_truth_is_its_own_measure() -> None:
    truth = np.random.default_rng(0).random(500)
    found = figures(truth, truth)
    assert (found["less than the truth"], found["distance"]) == (0, 0)
    assert found["ece"] == pytest.approx(0)
    assert figures(truth, 1 - truth)["auc"] == pytest.approx(1 - found["auc"])


@pytest.mark.parametrize("name", ["leads", "customers"])
def test_what_each_column_adds_makes_up_the_true_probability(small_world: World, crm: Crm, name: str) -> None:
    task = task_of(name, crm, small_world)
    order = np.argsort(task.odds.sum(axis=1).to_numpy())
    assert (np.diff(task.truth[order]) > -1e-12).all()
    assert len(task.drawn(200, 0)) == 200 + task.opened.sum()


def test_what_can_be_reached_lies_between_ignorance_and_the_truth(small_world: World, crm: Crm) -> None:
    task = task_of("leads+register", crm, small_world)
    known = task.table[~task.opened]
    truth = task.truth[task.opened]
    alone = pd.read_csv(crm.leads_truth)["probability_alone"].to_numpy()[task.opened]
    (found,) = reachable(task, known).values()
    assert expected_auc(truth, alone) < expected_auc(truth, found) < expected_auc(truth, truth)
    (hardly,) = reachable(task, known[:1]).values()
    assert task.town is not None
    town = task.town[task.opened]
    elsewhere = (town.notna() & (town != task.town[known.index[0]])).to_numpy()
    assert np.allclose(hardly[elsewhere], alone[elsewhere])


def test_a_planted_effect_counts_as_named_by_its_column_in_its_direction(
    small_world: World, crm: Crm
) -> None:
    task = task_of("leads", crm, small_world)
    opened = task.table[task.opened]
    scored = pd.DataFrame(
        {
            "id": opened["lead_id"],
            "reason_1": "lead_source: Referral (40% of these converted)",
            "reason_2": "",
            "reason_3": np.where(
                np.arange(len(opened)) % 2,
                "against: days_since_first_contact: 99",
                "days_since_first_contact: 99",
            ),
        }
    )
    found = named(task, scored)
    assert found["referral"] == {"named": 1.0, "named if due": 1.0}
    assert found["aged"]["named"] == pytest.approx(0.5, abs=0.1)
    assert found["budget"]["named"] == 0
