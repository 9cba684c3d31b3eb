"""The first part of the story: files become a register, matched lists, a graph, and a profile of the clients."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pandas as pd

from graphlead.common.console import Console
from graphlead.common.spreadsheets import restored
from graphlead.core.arrays import Json
from graphlead.core.clients import Cohort, Match
from graphlead.core.graph import CompanyGraph
from graphlead.core.noise import Noise
from graphlead.core.register import PLACES, Register, Role
from graphlead.core.settings import Settings
from graphlead.core.sources import Sources
from graphlead.graph.build import build_graph
from graphlead.graph.files import load_graph, save_graph
from graphlead.ingest import ingest, load_noise, load_register, read_list
from graphlead.match import match_clients
from graphlead.match.cohort import cohort_of
from graphlead.match.files import load_match, save_match
from graphlead.profile.build import profile_clients
from graphlead.profile.files import load_profile, save_profile
from graphlead.runs.run import Run, read_manifest

FEW_CLIENTS = 20
INPUTS = ("companies", "links", "clients", "suppress", "reviewed")


def gather(
    run: Run, inputs: Json, settings: Settings, console: Console, earlier: Path | None = None
) -> Sources:
    """Read, match, link and profile, each a stage that a second run of the same command finds done."""
    read = _read(run, inputs, settings, console)
    full, noise = load_register(read), load_noise(read)
    if earlier is None:
        print_plan(console, full, noise)
    settings.check_excluded(column.name for column in full.columns)
    register = full.without(excluded(full, settings.exclude))
    lists = {"match": "clients"} | ({"suppressed": "suppress"} if settings.suppress or earlier else {})
    folders = {"register": read} | {
        name: _matched(run, which, full, inputs, settings, console, earlier) for name, which in lists.items()
    }
    folders["graph"] = _linked(run, register, inputs, settings, console)
    clients = load_match(folders["match"])
    suppressed = load_match(folders["suppressed"]) if "suppressed" in folders else None
    cohort = cohort_of(
        full.ids(), clients, suppressed, files=(str(settings.companies), str(settings.clients))
    )
    if len(cohort.clients) < FEW_CLIENTS:
        console.warn(
            f"only {len(cohort.clients)} clients were found: the figures will be rough, and so will the ranking."
        )
    graph = load_graph(folders["graph"])
    folders["profile"] = _profiled(run, register, graph, cohort, inputs, settings, console)
    return Sources(
        register, noise, graph, clients, suppressed, cohort, load_profile(folders["profile"]), folders
    )


def _read(run: Run, inputs: Json, settings: Settings, console: Console) -> Path:
    """The stage folder of the cleaned register."""

    def make(folder: Path) -> None:
        ingest(
            settings.companies,
            settings.links,
            folder,
            overrides=settings.columns,
            seed=settings.seed,
            progress=progress,
        )

    with console.stage("reading and cleaning") as progress:
        return run.stage("register", stage_key(inputs, settings, "companies", "links"), make)


def _matched(
    run: Run,
    which: str,
    register: Register,
    inputs: Json,
    settings: Settings,
    console: Console,
    earlier: Path | None,
) -> Path:
    """The stage folder of a list resolved against the register; without a list, the earlier run's."""
    path: Path | None = getattr(settings, which) if which in inputs else None

    def make(folder: Path) -> None:
        if path is None:
            return save_match(_kept(earlier, which), folder)
        typed = read_list(path)
        if which == "suppress" and typed.empty:
            return save_match(_nobody(), folder)
        answers = review_answers(settings.reviewed) if which == "clients" else None
        return save_match(match_clients(typed, register, reviewed=answers, progress=progress), folder)

    with console.stage(f"matching {path.name if path else f'the {which} of the earlier run'}") as progress:
        return run.stage(
            f"match-{which}", stage_key(inputs, settings, "companies", which, "reviewed", "run"), make
        )


def _linked(run: Run, register: Register, inputs: Json, settings: Settings, console: Console) -> Path:
    """The folder of the graph."""

    def make(folder: Path) -> None:
        save_graph(build_graph(register, progress=progress), folder / "graph")

    with console.stage("building the graph") as progress:
        return run.stage("graph", stage_key(inputs, settings, "companies", "links"), make) / "graph"


def _profiled(
    run: Run,
    register: Register,
    graph: CompanyGraph,
    cohort: Cohort,
    inputs: Json,
    settings: Settings,
    console: Console,
) -> Path:
    """The stage folder of the clients' profile."""

    def make(folder: Path) -> None:
        save_profile(profile_clients(register, graph, cohort, seed=settings.seed, progress=progress), folder)

    with console.stage("profiling the clients") as progress:
        return run.stage("profile", stage_key(inputs, settings, *INPUTS, "run"), make)


def _kept(earlier: Path | None, which: str) -> Match:
    folder = (earlier or Path()) / {"clients": "match", "suppress": "suppressed"}[which]
    if not folder.is_dir():
        return _nobody()
    return load_match(folder)


def _nobody() -> Match:
    """A list without a line."""
    empty = pd.DataFrame({"company_id": pd.Series(dtype="string"), "outcome": pd.Series(dtype="string")})
    return Match(empty, empty)


def review_answers(reviewed: Path | None) -> pd.DataFrame | None:
    """A review table that was filled in, as it was before it went through a spreadsheet."""
    return None if reviewed is None else restored(read_list(reviewed))


def stage_key(inputs: Json, settings: Settings, *names: str) -> Json:
    """What a stage depends on: these inputs' content, and every setting but paths, the list's length and the store."""
    hashes = {
        name: inputs[name].get("sha256", inputs[name].get("finished")) for name in names if name in inputs
    }
    kept = {k: v for k, v in settings.to_json().items() if k not in (*INPUTS, "out", "top", "store")}
    return {"inputs": hashes, "settings": kept}


def excluded(register: Register, names: tuple[str, ...]) -> frozenset[str]:
    """The columns that leaving out these means: with a place also every finer one, for it tells the wider."""
    out = set(names)
    roles = {column.name: column.role for column in register.columns}
    for name in names:
        if roles[name] in PLACES:
            finer = PLACES[PLACES.index(roles[name]) + 1 :]
            out |= set(register.names_of(*finer, Role.ADDRESS))
    return frozenset(out)


def reopen(run: Path) -> tuple[Sources, Settings]:
    """What a finished run had gathered, from its folder, and its settings."""
    settings = replace(Settings.load(None, read_manifest(run)["settings"]), out=run)
    full = load_register(run / "register")
    register = full.without(excluded(full, settings.exclude))
    clients = load_match(run / "match")
    suppressed = load_match(run / "suppressed") if (run / "suppressed").is_dir() else None
    sources = Sources(
        register,
        load_noise(run / "register"),
        load_graph(run / "graph"),
        clients,
        suppressed,
        cohort_of(full.ids(), clients, suppressed),
        load_profile(run / "profile"),
        {},
    )
    return sources, settings


def print_plan(console: Console, register: Register, noise: Noise) -> None:
    """Say how the columns were understood and what the cleaning found: the plan, before anything is learned."""
    rows = [
        [column.name, f"{column.role}{f' ({column.scheme})' if column.scheme else ''}", column.reason]
        for column in register.columns
    ]
    console.table("How the columns are understood (a [columns] entry in --config overrides it):",
                  ["column", "as", "because"], rows)  # fmt: skip
    console.table(
        "What the cleaning found (noise.txt has it all):",
        ["check", "count", "what was done"],
        [
            [f"{finding.check} ({finding.column or finding.table})", finding.count, finding.action]
            for finding in noise.findings
        ],
    )
