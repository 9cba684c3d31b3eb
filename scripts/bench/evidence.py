"""Whether the named reasons are what moves the score of a lead, for the first leads of finished runs.

    python scripts/bench/evidence.py RUN [RUN ...] [--leads 100]

The themes of a lead's reasons are made as in the typical company, and for comparison as many others of its themes that
differ from it, drawn at random. What is compared is how far the score falls, in log-odds. The closeness to the clients
stays as it is in both. Passed over are leads without a reason, and those with fewer other themes than named ones.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from rank_bench.table import half_width

from graphlead.common.deal import drawn
from graphlead.core.arrays import Flags, Ints
from graphlead.core.evidence import Evidence
from graphlead.explain.reasons.inputs import Game, Views, typical_company
from graphlead.explain.reasons.themes import WALK, Themes, themes_of
from graphlead.learn.registry import load_models
from graphlead.pipeline.explain import SAMPLE, Rescorer
from graphlead.pipeline.finished import FinishedRun
from graphlead.pipeline.scored import left_out_of
from graphlead.pipeline.standing import standing_of

DRAWS = 10
"""Sets of other themes drawn for each lead."""


def game_of(run: FinishedRun, companies: Ints) -> tuple[Game, Themes]:
    """The scores of ``companies`` (m,) with some of their themes typical, as the run explained them."""
    scored, cohort, inputs = run.scored, run.cohort, run.model_inputs
    standing = standing_of(scored, cohort)
    candidates = np.sort(standing.companies)
    around = inputs.around_all(cohort)
    left_out = left_out_of(scored.trained, run.register)[companies]
    views = Views(inputs.features, companies, left_out, around.rows(companies))
    models = load_models(scored.trained.model, inputs.device, only=scored.judgement.choice.members)
    scorer = Rescorer(models, scored, standing)
    sample = candidates[drawn(inputs.features.keys[candidates], SAMPLE, "typical", run.settings.seed)]
    typical = typical_company(inputs.features, sample, around.rows(sample))
    roles = {column.name: column.role for column in run.register.columns}
    themes = themes_of(inputs.features, inputs.label_features.features, roles)
    return Game(scorer, views, typical, themes), themes


def named_in(evidence: Sequence[Evidence], themes: Themes) -> Flags:
    """Flags (m, themes): the themes of the reasons of each company."""
    return np.array([
        np.isin(themes.names, [reason.theme for reason in each.reasons]) for each in evidence
    ])  # fmt: skip


def falls(game: Game, which: Ints, named: Flags, others: Flags, seed: int = 0) -> pd.DataFrame:
    """How far the scores of companies ``which`` (e,) of the game fall, in log-odds.

    Without the themes ``named`` (e, themes), and without as many of the ``others`` (e, themes), of which each row has
    enough; the latter is the mean over DRAWS draws.
    """
    draw, whole = np.random.default_rng(seed), game.log_odds(which, np.ones_like(named))
    drawn_at_random = [game.log_odds(which, ~as_many(named, others, draw)) for _ in range(DRAWS)]
    return pd.DataFrame({
        "named": whole - game.log_odds(which, ~named), "others": whole - np.mean(drawn_at_random, axis=0),
    })  # fmt: skip


def as_many(named: Flags, others: Flags, draw: np.random.Generator) -> Flags:
    """Flags (m, themes): of the ``others`` of each row as many at random as are ``named``."""
    lots = np.where(others, draw.random(others.shape), np.inf)
    place = lots.argsort(axis=1).argsort(axis=1)
    return np.asarray(place < named.sum(1, keepdims=True), bool)


def compared(run: FinishedRun, leads: int) -> tuple[pd.DataFrame, int]:
    """The ``falls`` of the first so many leads that are not passed over, and among how many they are the first."""
    evidence = run.evidence
    game, themes = game_of(run, np.array([each.company for each in evidence], np.int32))
    named = named_in(evidence, themes)
    others = game.active() & ~named & (np.array(themes.names) != WALK)
    usable = named.any(1) & (others.sum(1) >= named.sum(1))
    which = np.flatnonzero(usable)[:leads].astype(np.int32)
    seen = int(which[-1]) + 1 if len(which) == leads else len(evidence)
    return falls(game, which, named[which], others[which]), seen


def sentence(found: pd.DataFrame, seen: int) -> str:
    """What came out for a run."""
    if found.empty:
        return f"none of the first {seen:,} leads can be compared."
    means, difference = found.mean(), (found["named"] - found["others"]).to_numpy()
    mean, half = difference.mean(), half_width(difference)
    return (
        f"{len(found):,} of the first {seen:,} leads: the score falls by {means['named']:.3f} without what is named, "
        f"by {means['others']:.3f} without as much else, by {mean:.3f} [{mean - half:.3f}, {mean + half:.3f}] more; "
        f"on {(difference > 0).mean():.0%} it falls by more."
    )


def main(given: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("runs", type=Path, nargs="+")
    parser.add_argument("--leads", type=int, default=100)
    arguments = parser.parse_args(given)
    for run in arguments.runs:
        print(f"{run.name}: {sentence(*compared(FinishedRun(run), arguments.leads))}", flush=True)


if __name__ == "__main__":
    main()
