"""The companies behind the cases, and what the register knows around them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa

from graphlead.common.codes import places_among
from graphlead.common.console import Console
from graphlead.common.files import read_parquet
from graphlead.core.around import SCORE, Around
from graphlead.core.arrays import NONE, Ints
from graphlead.core.cases import Cases
from graphlead.core.clients import Match
from graphlead.core.errors import InputError
from graphlead.core.graph import CompanyGraph
from graphlead.core.register import Register
from graphlead.core.sales import SalesSettings
from graphlead.features.around import around_of, groups_of, load_around, save_around, with_number
from graphlead.features.build import build_features, plan_features
from graphlead.graph.build import build_graph
from graphlead.graph.files import load_graph, save_graph
from graphlead.ingest.build import ingest
from graphlead.ingest.records import load_register
from graphlead.learn.cases.splits import splits_of
from graphlead.match.files import load_match, save_match
from graphlead.match.resolve import match_clients
from graphlead.pipeline.finished import FinishedRun
from graphlead.pipeline.resolve import review_answers
from graphlead.pipeline.take_over import take_over
from graphlead.runs.layout import RunFolder
from graphlead.runs.run import Run

ACCOUNT = "account"


def surroundings(
    run: Run, cases: Cases, settings: SalesSettings, console: Console, earlier: RunFolder | None = None
) -> Around | None:
    """What a register, or the register of a finished run, knows around the cases; None where neither was given.

    Everything that depends on an outcome is cross-fitted by ownership group. earlier: the run that has the register
    already, where its models are applied again.
    """
    discovery = FinishedRun(settings.run) if settings.run else None
    if discovery:
        register, graph = discovery.register, discovery.graph
    elif settings.companies:
        register = _read(run, settings.companies, settings, console, earlier)
        graph = _link(run, register, console, earlier)
    else:
        return None
    match = _match(run, _accounts(cases, settings), register, settings, console)

    def make(folder: RunFolder) -> None:
        found = _around(cases, match, register, graph, settings.seed)
        folder.around.mkdir()
        save_around(_with_score(found, discovery) if discovery else found, folder.around)

    with console.stage("looking around the cases' companies"):
        return load_around(run.stage("around", make).around)


def _accounts(cases: Cases, settings: SalesSettings) -> pd.Series[str]:
    """Each account of the cases once."""
    if cases.account is None:
        raise InputError(
            "no column holds the companies behind the rows.",
            where=str(settings.leads or settings.customers or settings.events[0]),
            remedy="Name the column with their names or ids 'account', or leave the register out.",
        )
    return pd.Series(pd.Series(cases.account).dropna().unique(), dtype="string")


def _read(
    run: Run, companies: Path, settings: SalesSettings, console: Console, earlier: RunFolder | None
) -> Register:
    def make(folder: RunFolder) -> None:
        if earlier:
            take_over(earlier.register, folder)
            return
        folder.register.mkdir()
        ingest(
            companies, settings.links, folder.register, overrides={}, seed=settings.seed, progress=progress
        )

    with console.stage("reading the register") as progress:
        return load_register(run.stage("register", make).register)


def _link(run: Run, register: Register, console: Console, earlier: RunFolder | None) -> CompanyGraph:
    def make(folder: RunFolder) -> None:
        if earlier:
            take_over(earlier.graph, folder)
        else:
            save_graph(build_graph(register, progress=progress), folder.graph)

    with console.stage("building the graph") as progress:
        return load_graph(run.stage("graph", make).graph)


def _match(
    run: Run, accounts: pd.Series[str], register: Register, settings: SalesSettings, console: Console
) -> Match:
    def make(folder: RunFolder) -> None:
        folder.match.mkdir()
        answers = review_answers(settings.reviewed)
        save_match(
            match_clients(pd.DataFrame({ACCOUNT: accounts}), register, reviewed=answers, progress=progress),
            folder.match,
        )

    with console.stage("matching the accounts") as progress:
        return load_match(run.stage("match", make).match)


def _companies(cases: Cases, match: Match, register: Register) -> Ints:
    """The index (n,) of each case's company, NONE where its account was not found for sure."""
    sure = match.table["outcome"] == "matched"
    ids = pa.array(match.table["company_id"].where(sure), pa.string(), from_pandas=True)
    found = places_among(ids, register.ids())
    at = pd.Index(match.table[ACCOUNT]).get_indexer(pd.Series(cases.account))
    return np.where(at >= 0, np.append(found, NONE)[at], NONE).astype(np.int32)


def _around(cases: Cases, match: Match, register: Register, graph: CompanyGraph, seed: int) -> Around:
    from graphlead.features.propagate import CpuPropagator

    features = build_features(plan_features(register, graph), register, graph, CpuPropagator())
    company = _companies(cases, match, register)
    group = groups_of(cases, company, register, graph)
    splits = splits_of(replace(cases, group=group), seed)
    return around_of(cases, company, group, splits.fold, splits.seen, register, features)


def _with_score(around: Around, discovery: FinishedRun) -> Around:
    """With the rank share of each company in the run's list, by models that did not train on it."""
    saved = read_parquet(discovery.folder.fitted).to_pandas().set_index("company_id")
    shares = discovery.judgement.choice.members
    ranks = pd.concat([share * saved[name].rank(pct=True) for name, share in shares.items()], axis=1).sum(
        axis=1
    )
    ids = discovery.register.ids().to_pylist()
    return with_number(around, SCORE, ranks.reindex(ids).to_numpy(np.float64))
