"""The first part of a run: from files to a register, matched lists, a graph, and a profile of the clients."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial

from graphlead.common.console import Console
from graphlead.common.parallel import meanwhile
from graphlead.core.clients import Cohort
from graphlead.core.graph import CompanyGraph
from graphlead.core.leaks import Leak
from graphlead.core.noise import Noise
from graphlead.core.profile import Profile
from graphlead.core.register import PLACES, Register, Role
from graphlead.core.same import Same
from graphlead.core.settings import Settings
from graphlead.core.sources import Sources
from graphlead.features.levels import read_columns
from graphlead.graph.build import build_graph
from graphlead.graph.files import load_graph, save_graph
from graphlead.ingest.build import ingest
from graphlead.ingest.records import load_noise, load_register
from graphlead.match.cohort import cohort_of
from graphlead.match.same.build import find_same
from graphlead.match.same.duplicates import answered
from graphlead.match.same.files import load_same, save_same
from graphlead.pipeline.exclude import without
from graphlead.pipeline.finished import FinishedRun
from graphlead.pipeline.resolve import resolve_clients, resolve_outcomes, resolve_suppressed
from graphlead.pipeline.take_over import take_over
from graphlead.profile.build import profile_clients
from graphlead.profile.files import load_profile, save_profile
from graphlead.profile.leaks.files import load_leaks, save_leaks, without_leaks
from graphlead.profile.leaks.find import find_leaks, kinds_of_links
from graphlead.report.noise import with_repeated
from graphlead.runs.layout import RunFolder
from graphlead.runs.run import Run

GROUPING = (*PLACES, Role.INDUSTRY, Role.NUMBER, Role.DATE, Role.BOOLEAN, Role.CATEGORY)
"""Roles of columns that a list can be neutral by."""
COMPARING = 1_500
"""Bytes a company that finding the records of one company takes, measured at a million companies."""
READING = 700
"""The same for reading the columns that features come from."""
PROFILING = 330
"""The same for profiling the clients."""
FEW_CLIENTS = 20
"""Below it a run warns, a choice: with 20 clients, a recall of one half has a 95 % interval of 0.3 to 0.7."""


def gather(
    run: Run,
    settings: Settings,
    console: Console,
    earlier: FinishedRun | None = None,
    beside: FinishedRun | None = None,
) -> Sources:
    """Read, match and link, each a stage that a second run of the same command reuses.

    earlier: the run that lists not given are taken from. beside: a run for other clients, of which the register, as it
    was read, and the companies never to propose are taken.
    """
    full, noise = _read(run, settings, console, beside)
    if earlier is None:
        print_plan(console, full, noise)
    check_columns(settings, full)
    with meanwhile(lambda: _compare_records(run, full, console), COMPARING * full.n_companies) as compared:
        clients = resolve_clients(run, full, settings, console, earlier)
        suppressed = resolve_suppressed(run, full, settings, console, earlier or beside)
        outcomes = resolve_outcomes(run, full, settings, console, earlier)
        same = answered(compared(), full, clients)
    files = (str(settings.companies), str(settings.clients))
    cohort = cohort_of(
        full.ids(), clients, suppressed, same, outcomes=outcomes, dead=full.ended(), files=files
    )
    if len(cohort.clients) < FEW_CLIENTS:
        console.warn(
            f"only {len(cohort.clients)} clients were found: the figures will be rough, and so will the ranking."
        )
    with meanwhile(lambda: None if run.has("evidence") else read_columns(full), READING * full.n_companies):
        register, leaks = _look_for_leaks(run, full, cohort, settings, console, earlier)
        graph = _link(run, register, console)
    return Sources(
        register=register,
        noise=with_repeated(noise, same),
        graph=graph,
        clients=clients,
        suppressed=suppressed,
        same=same,
        cohort=cohort,
        leaks=leaks,
        outcomes=outcomes,
    )


def _read(
    run: Run, settings: Settings, console: Console, beside: FinishedRun | None
) -> tuple[Register, Noise]:
    def make(folder: RunFolder) -> None:
        if beside:
            take_over(beside.folder.register, folder)
            return
        folder.register.mkdir()
        ingest(
            settings.companies,
            settings.links,
            folder.register,
            overrides=settings.columns,
            seed=settings.seed,
            progress=progress,
        )

    with console.stage("reading and cleaning") as progress:
        read = run.stage("register", make).register
    return load_register(read), load_noise(read)


def _compare_records(run: Run, register: Register, console: Console) -> Same:
    def make(folder: RunFolder) -> None:
        folder.same.mkdir()
        save_same(find_same(register, progress=progress), folder.same)

    with console.stage("finding the records of one company") as progress:
        return load_same(run.stage("same", make).same)


def _look_for_leaks(
    run: Run,
    full: Register,
    cohort: Cohort,
    settings: Settings,
    console: Console,
    earlier: FinishedRun | None,
) -> tuple[Register, tuple[Leak, ...]]:
    """The register without what is excluded or gives the clients away, and the decisions; models that are applied
    again know no more columns than they were trained on, so the decisions of the earlier run stand.
    """

    def make(folder: RunFolder) -> None:
        folder.leaks.mkdir()
        found = find_leaks(
            full, cohort, exclude=settings.exclude, keep=settings.keep, progress=progress
        ) if earlier is None else earlier.leaks  # fmt: skip
        save_leaks(found, full, folder.leaks)

    with console.stage("looking for columns that give the clients away") as progress:
        folder = run.stage("leaks", make).leaks
    leaks = load_leaks(folder)
    warn_of(leaks, console)
    return without_leaks(without(full, settings.exclude), leaks, folder), leaks


def check_columns(settings: Settings, register: Register) -> None:
    """Raise SettingsError when a column to exclude, to keep or to be neutral by does not exist."""
    names = [column.name for column in register.columns]
    settings.check_excluded(names)
    settings.check_neutral(register.names_of(*GROUPING), names)
    settings.check_kept(names, kinds_of_links(register) if settings.keep else ())


def warn_of(leaks: tuple[Leak, ...], console: Console) -> None:
    """Warn of every column and kind of link that may give the clients away."""
    for leak in leaks:
        if leak.sentence:
            console.warn(leak.sentence)


def _link(run: Run, register: Register, console: Console) -> CompanyGraph:
    with console.stage("building the graph") as progress:
        linked = run.stage(
            "graph", lambda folder: save_graph(build_graph(register, progress=progress), folder.graph)
        )
    return load_graph(linked.graph)


@contextmanager
def profiling(
    run: Run, sources: Sources, settings: Settings, console: Console
) -> Iterator[Callable[[], Profile]]:
    """Profile the clients while the body runs, a stage of its own; the body gets what gives the profile."""
    work = partial(_profile, run, sources, settings, console)
    with meanwhile(work, PROFILING * sources.register.n_companies) as profiled:
        yield profiled


def _profile(run: Run, sources: Sources, settings: Settings, console: Console) -> Profile:
    def make(folder: RunFolder) -> None:
        profile = profile_clients(
            sources.register, sources.graph, sources.cohort, seed=settings.seed, progress=progress
        )
        save_profile(profile, folder.profile)

    with console.stage("profiling the clients") as progress:
        return load_profile(run.stage("profile", make).profile)


def print_plan(console: Console, register: Register, noise: Noise) -> None:
    """Print the plan before anything is learned: the roles of the columns, and the findings of the cleaning."""
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
