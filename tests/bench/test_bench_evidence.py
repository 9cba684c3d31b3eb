"""How far scores fall without what is named, on planted scores and on a small trained run."""

from __future__ import annotations

import evidence
import numpy as np
import pandas as pd
import pytest

import graphlead
from graphlead.core.arrays import Flags, Ints, Reals
from graphlead.pipeline.finished import FinishedRun
from graphlead.world import WorldSettings, make_world


class Planted:
    """A game in which each theme that is kept adds its worth to the score."""

    def __init__(self, worth: Reals) -> None:
        self._worth = worth

    def log_odds(self, which: Ints, kept: Flags) -> Reals:
        return (self._worth[which] * kept).sum(1)


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> FinishedRun:
    """A finished run with two quick rankers and a short list."""
    folder = tmp_path_factory.mktemp("evidence")
    world = make_world(folder / "world", WorldSettings(companies=400, clients=40, seed=5))
    files = {"companies": world.companies, "links": world.links, "clients": world.clients}
    graphlead.discover(
        **files, out=folder / "run", rankers=("pagerank", "tabular_graph"), folds=3, top=40, quiet=True
    )
    return FinishedRun(folder / "run")


def test_as_many_are_drawn_as_are_named_and_only_from_the_others() -> None:
    named = np.array([[1, 1, 0, 0, 0, 0], [1, 0, 0, 0, 0, 0]], bool)
    others = np.array([[0, 0, 1, 1, 1, 0], [0, 1, 0, 0, 0, 0]], bool)
    draw = np.random.default_rng(0)
    sets = [evidence.as_many(named, others, draw) for _ in range(200)]
    assert all((each.sum(1) == [2, 1]).all() and not (each & ~others).any() for each in sets)
    often = np.mean(sets, axis=0)
    np.testing.assert_allclose(often[0], [0, 0, 2 / 3, 2 / 3, 2 / 3, 0], atol=0.1)


def test_the_fall_is_what_the_themes_added() -> None:
    worth = np.array([[3.0, 0.5, 0.5, 0.5], [9.0, 9.0, 9.0, 9.0], [-1.0, 0.2, 2.0, 7.0]])
    named = np.array([[1, 0, 0, 0], [1, 0, 0, 0]], bool)
    others = np.array([[0, 1, 1, 1], [0, 1, 0, 0]], bool)
    found = evidence.falls(Planted(worth), np.array([0, 2], np.int32), named, others)
    np.testing.assert_allclose(found, [[3.0, 0.5], [-1.0, 0.2]])


def test_the_game_gives_the_published_scores_when_every_theme_is_kept(run: FinishedRun) -> None:
    leads = run.evidence[:10]
    game, themes = evidence.game_of(run, np.array([each.company for each in leads], np.int32))
    everybody = np.arange(10, dtype=np.int32)
    found = game.log_odds(everybody, np.ones((10, game.n_themes), bool))
    of_lead = run.scores.dropna(subset="rank")["score"].to_numpy(np.float64)[:10]
    np.testing.assert_allclose(1 / (1 + np.exp(-found)), of_lead, atol=1e-9)
    named = evidence.named_in(leads, themes)
    assert [set(np.array(themes.names)[row]) for row in named] == [
        {reason.theme for reason in each.reasons} for each in leads
    ]


def test_what_is_named_moves_the_scores_of_a_run_more_than_as_much_else(
    run: FinishedRun, capsys: pytest.CaptureFixture[str]
) -> None:
    evidence.main([str(run.folder.path), "--leads", "20"])
    said = capsys.readouterr().out
    found, seen = evidence.compared(run, 20)
    assert len(found) == 20
    assert 20 <= seen <= 40
    assert said == f"run: {evidence.sentence(found, seen)}\n"
    assert found["named"].mean() > found["others"].mean()


def test_the_sentence_has_the_means_and_the_interval() -> None:
    falls = pd.DataFrame({"named": [0.4, 0.1], "others": [0.2, 0.1]})
    # Differences 0.2 and 0: 12.7062 times the standard error 0.1 on either side of 0.1.
    assert evidence.sentence(falls, 3) == (
        "2 of the first 3 leads: the score falls by 0.250 without what is named, by 0.150 without as much else, "
        "by 0.100 [-1.171, 1.371] more; on 50% it falls by more."
    )
    assert evidence.sentence(falls[:0], 3) == "none of the first 3 leads can be compared."
