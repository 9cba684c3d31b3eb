"""The last part of a sales verb: every open case with its action and reasons, the list, the figures and the report."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Protocol

import numpy as np
import pandas as pd
import pyarrow as pa

from graphlead.common.console import Console
from graphlead.common.files import read_json, read_parquet, write_json, write_parquet
from graphlead.common.spreadsheets import write_csv
from graphlead.common.workbooks import Made
from graphlead.core.actions import check_actions, parse_actions
from graphlead.core.around import Around
from graphlead.core.arrays import Flags, Json, Longs, Reals
from graphlead.core.cases import Cases, Kind, Meaning
from graphlead.core.sales import SalesSettings
from graphlead.evaluate.cases.figures import calibration, heldout_row, model_row, thresholds
from graphlead.evaluate.cases.survival import survival_table
from graphlead.explain.cases.reasons import reasons
from graphlead.pipeline.drifted import case_inputs, drift_notes, save_drift, score_pair
from graphlead.pipeline.sales.read import Read
from graphlead.pipeline.sales.train import Trained
from graphlead.report.sales.build import write_sales_report
from graphlead.report.sales.content import SalesContent
from graphlead.report.sales.lists import Scored, call_list, customers_scored, leads_scored, missing_of
from graphlead.report.sales.words import WORDS
from graphlead.report.workbooks.sales import write_call_list
from graphlead.runs.layout import RunFolder
from graphlead.runs.run import Run
from graphlead.tasks.playbooks import playbooks_of
from graphlead.tasks.policy import Policy, policy_of

STRONGEST = 5
"""Columns of the model that a case had better have filled in, those that move the most."""
GROUPED = (Meaning.CONTRACT, Meaning.SEGMENT)
"""Columns with survival curves of their own."""


class Earlier(Protocol):
    """The finished run of which the models are applied again."""

    @property
    def path(self) -> Path: ...

    @property
    def trained(self) -> Trained: ...


@dataclass(frozen=True, kw_only=True)
class Delivered:
    """What a sales verb hands over: every scored case, best first, the figures, and the content of the report."""

    folder: Path
    scored: pd.DataFrame
    metrics: Json
    content: SalesContent


def policy(settings: SalesSettings, cases: Cases) -> Policy:
    """What is done with a probability. Raises SettingsError for an action on a column that is not there."""
    actions = parse_actions(settings.action)
    check_actions(actions, [*map(str, cases.facts), *(column.name for column in cases.columns)])
    return policy_of(
        settings.verb,
        threshold=settings.threshold,
        top=settings.top,
        cost=settings.cost,
        gain=settings.gain,
        actions=actions,
    )


def hand_over(
    run: Run,
    found: Read,
    trained: Trained,
    around: Around | None,
    settings: SalesSettings,
    console: Console,
    earlier: Earlier | None = None,
) -> Delivered:
    """Write every result into the run's folder, and return them.

    earlier: the run of which the models were applied; what changed since is noted.
    """
    day = settings.as_of or date.today()
    made = replace(run.provenance, day=day)

    def make(folder: RunFolder) -> None:
        if earlier is not None:
            _save_drift(folder, earlier, trained)
        _write(folder, found, trained, around, settings, made)

    with console.stage("scoring and finding the reasons"):
        results = run.stage("results", make)
    with console.stage("writing the results"):
        content = content_of(results, settings, day, trained)
        run.stage("report", lambda folder: write_sales_report(folder.report, content))
        run.publish(run.manifest(device="cpu", verb=settings.verb, model=trained.fitted.chosen))
    return Delivered(folder=run.folder.path, scored=content.scored, metrics=content.metrics, content=content)


def _write(
    folder: RunFolder,
    found: Read,
    trained: Trained,
    around: Around | None,
    settings: SalesSettings,
    made: Made,
) -> None:
    cases, rules = trained.cases, policy(settings, trained.cases)
    at, probability = _scored_rows(trained)
    rows = cases.rows(at)
    scored = _scored(trained, rows, probability, rules, settings.verb, around, at)
    listed = rules.listed(probability)
    table = leads_scored(scored) if settings.verb == "convert" else customers_scored(scored)
    write_parquet(scored_file(folder, settings.verb), pa.Table.from_pandas(table, preserve_index=False))
    metrics = _metrics(found, trained, rules, settings, len(listed))
    metrics["notes"] = [*drift_notes(folder), *metrics["notes"]]
    to_call = call_list(settings.verb, scored, rows.facts, listed)
    write_csv(folder.call_list(settings.verb, made.day), to_call)
    numbers = {each.source for each in cases.columns if each.kind is Kind.NUMBER}
    write_call_list(
        folder.workbook(folder.call_list(settings.verb, made.day)),
        settings.verb,
        to_call,
        numbers,
        metrics,
        made,
    )
    survival = _survival(cases, found.lifetimes)
    if survival is not None:
        write_parquet(folder.survival, pa.Table.from_pandas(survival, preserve_index=False))
    write_json(folder.metrics, metrics)
    folder.noise.write_text("\n".join(_noise(found)) + "\n", "utf-8")


def _save_drift(folder: RunFolder, earlier: Earlier, trained: Trained) -> None:
    """What changed from the cases that the earlier run scored to those that are scored now."""
    (before, old), (at, new) = _scored_rows(earlier.trained), _scored_rows(trained)
    now = case_inputs(trained.cases.rows(at))
    scores = score_pair("probability", pd.Series(old), pd.Series(new))
    save_drift(folder, earlier.path, case_inputs(earlier.trained.cases.rows(before)), now, scores)


def scored_file(folder: RunFolder, verb: str) -> Path:
    """The file with every scored case."""
    return folder.leads_scored if verb == "convert" else folder.customers_scored


def _scored_rows(trained: Trained) -> tuple[Longs, Reals]:
    """The positions of the open cases and their probability; without any, all held-out ones with an honest one."""
    cases, heldout = trained.cases, trained.fitted.heldout
    at = np.flatnonzero(~cases.known)
    if len(at):
        return at, trained.fitted.predict(cases.rows(at))
    return np.flatnonzero(cases.known)[heldout.rows], heldout.chosen


def _scored(
    trained: Trained,
    rows: Cases,
    probability: Reals,
    rules: Policy,
    verb: str,
    around: Around | None,
    at: Longs,
) -> Scored:
    contributions = trained.fitted.contributions(rows)
    strongest = contributions.abs().mean().nlargest(STRONGEST).index
    hazard, median = _hazards(trained, rows, probability)
    known, seen = trained.cases.rows(trained.cases.known), trained.fitted.with_words
    return Scored(
        ids=rows.ids,
        probability=probability,
        advice=rules.advice(rows, probability),
        reasons=reasons(seen(known), seen(rows), contributions, WORDS[verb].happened),
        missing=missing_of(rows, set(map(str, strongest))),
        company_ids=None if around is None else around.company_id.to_numpy(object)[at],
        value=rows.value,
        hazard=hazard,
        median_time=median,
    )


def _hazards(trained: Trained, rows: Cases, probability: Reals) -> tuple[Reals | None, Reals | None]:
    """The hazard of each case against an average one, and the time by which half of such cases have left.

    Without durations, those of a rate that is constant over the period of the outcome.
    """
    if trained.hazard:
        ratio = trained.hazard.log_ratio(rows)
        return np.exp(ratio), trained.hazard.median_time(ratio)
    if not rows.horizon:
        return None, None
    rate = -np.log1p(-np.clip(probability, 0, 1 - 1e-9)) / rows.horizon
    with np.errstate(divide="ignore"):
        median = np.log(2) / rate
    return rate / max(float(rate.mean()), 1e-12), np.where(np.isfinite(median), median, np.nan)


def _survival(cases: Cases, lifetimes: pd.DataFrame | None) -> pd.DataFrame | None:
    """Kaplan-Meier curves of the known cases, or of lifetimes; None where no duration is known."""
    if lifetimes is not None:
        return survival_table(lifetimes["days"].to_numpy(np.float64), lifetimes["left"].to_numpy(bool), {})
    known = cases.rows(cases.known)
    if known.duration is None:
        return None
    seen: Flags = ~np.isnan(known.duration)
    known = known.rows(seen)
    groups = {
        column.name: known.features[column.name]
        for column in known.columns
        if column.meaning in GROUPED and column.kind is Kind.CATEGORY
    }
    duration = known.duration if known.duration is not None else np.zeros(0)
    return survival_table(duration, known.outcome == 1, groups)


def _metrics(found: Read, trained: Trained, rules: Policy, settings: SalesSettings, listed: int) -> Json:
    cases, heldout = trained.cases, trained.fitted.heldout
    models = [model_row(name, heldout.outcome, probability) for name, probability in heldout.models.items()]
    chosen = heldout_row(heldout.outcome, heldout.chosen, rules.threshold)
    return {
        "verb": settings.verb,
        "as_of": None if settings.as_of is None else settings.as_of.isoformat(),
        "known": int(cases.known.sum()),
        "positive": int((cases.outcome == 1).sum()),
        "open": int((~cases.known).sum()),
        "listed": listed,
        "seed": settings.seed,
        "models": models,
        "chosen": trained.fitted.chosen,
        "heldout": chosen | {"c_index": trained.c_index},
        "thresholds": thresholds(heldout.outcome, heldout.chosen, settings.cost, settings.gain),
        "calibration": calibration(heldout.outcome, heldout.chosen),
        "leaks": [late.to_json() for late in trained.late],
        "graph": trained.graph,
        "notes": [*found.notes, *trained.notes],
    }


def _noise(found: Read) -> Sequence[str]:
    """The plan of the columns and the notes, as text."""
    width = max((len(row[0]) for row in found.plan), default=0)
    plan = [f"{name:{width}}  {use}: {because}" for name, use, because in found.plan]
    return ["How the columns were understood:", *plan, "", "Notes:", *(found.notes or ("none",))]


def content_of(folder: RunFolder, settings: SalesSettings, day: date, trained: Trained) -> SalesContent:
    """The content of the report, from the results in a folder."""
    metrics = read_json(folder.metrics)
    scored = read_parquet(scored_file(folder, settings.verb)).to_pandas()
    survival = read_parquet(folder.survival).to_pandas() if folder.survival.exists() else None
    heldout = trained.fitted.heldout
    advised = scored["recommended_action" if settings.verb == "convert" else "recommended_intervention"]
    threshold = policy_of(settings.verb, threshold=settings.threshold, top=settings.top).threshold
    source = settings.leads or settings.customers or settings.events[0]
    return SalesContent(
        verb=settings.verb,
        title=source.name,
        made=day,
        metrics=metrics,
        threshold=threshold,
        scored=scored,
        listed=int(metrics["listed"]),
        heldout_probability=heldout.chosen,
        heldout_outcome=heldout.outcome,
        survival=survival,
        playbooks=playbooks_of(advised),
        cost=settings.cost,
        gain=settings.gain,
        within=trained.cases.horizon or None,
    )
