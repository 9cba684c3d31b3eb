"""The whole story: files, register, matched clients, graph, features, models, evaluation, lead list."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from graphlead import training
from graphlead.carriers import Evaluation, Json, Match, Register
from graphlead.cohort import cohort_of
from graphlead.config import Settings
from graphlead.console import Console
from graphlead.graph.build import build_graph
from graphlead.graph.files import load_graph, save_graph
from graphlead.handover import Result, Sources, hand_over, tell_reading
from graphlead.ingest import ingest, load_noise, load_register, read_list
from graphlead.match import match_clients
from graphlead.match.files import load_match, save_match
from graphlead.report.exports import restored
from graphlead.runs import Run, hash_inputs, open_run, read_manifest

FEW_CLIENTS = 20
INPUTS = ("companies", "links", "clients", "suppress", "reviewed")


def discover(settings: Settings, console: Console) -> Result:
    """Find the companies most likely to become clients: train, evaluate, score everybody, write the lead list."""
    training.check(settings)
    inputs = hash_inputs({name: getattr(settings, name) for name in INPUTS})
    with open_run(settings.out) as run:
        sources = _sources(run, inputs, settings, console)
        trained = training.train(run, sources.register, sources.graph, sources.cohort, settings, console,
                                 key=_key(inputs, settings, *INPUTS))  # fmt: skip
        return hand_over(run, sources, trained, settings, inputs, console)


def score_again(
    run: Path,
    companies: Path,
    links: Path | None,
    out: Path,
    console: Console,
    *,
    clients: Path | None,
    top: int,
) -> Result:
    """Apply the models of a finished run to a newer register, without training again."""
    settings = training.settings_of(read_manifest(run), companies, links, clients, out, top)
    finished = read_manifest(run)["finished"]
    inputs: Json = hash_inputs({"companies": companies, "links": links, "clients": clients})
    inputs["run"] = {"path": run.as_posix(), "finished": finished}
    with open_run(out) as newer:
        sources = _sources(newer, inputs, settings, console, earlier=run)
        scored = training.apply(run, sources.register, sources.graph, sources.cohort, settings, console)
        return hand_over(newer, sources, scored, settings, inputs, console)


def match_list(
    clients: Path, companies: Path, console: Console, *, columns: Mapping[str, str], reviewed: Path | None
) -> Match:
    """Resolve a client list against a register by itself."""
    with tempfile.TemporaryDirectory() as folder:
        with console.stage("reading the register") as progress:
            register, _ = ingest(companies, None, Path(folder), overrides=columns, progress=progress)
        with console.stage("matching the list") as progress:
            return match_clients(read_list(clients), register, reviewed=_answers(reviewed), progress=progress)


def evaluate_run(run: Path, console: Console) -> Evaluation:
    """The evaluation of a finished run, from its held-out scores."""
    manifest = read_manifest(run)
    register = load_register(run / "register")
    with console.stage("evaluating") as progress:
        return training.evaluate_saved(run / "heldout", register, manifest["settings"], progress)


def _sources(
    run: Run, inputs: Json, settings: Settings, console: Console, earlier: Path | None = None
) -> Sources:
    """Read, match and link, each a stage that a second run of the same command finds done."""
    read = _read(run, inputs, settings, console)
    full = load_register(read)
    if earlier is None:
        tell_reading(console, full, load_noise(read))
    settings.check_excluded(column.name for column in full.columns)
    register = full.without(training.excluded(full, settings.exclude))
    folders = {"register": read}
    clients = _matched(run, "clients", full, inputs, settings, console, earlier)
    folders["match"] = clients
    suppressed = None
    if settings.suppress or earlier:
        folders["suppressed"] = _matched(run, "suppress", full, inputs, settings, console, earlier)
        suppressed = load_match(folders["suppressed"])
    with console.stage("building the graph") as progress:
        built = run.stage(
            "graph",
            _key(inputs, settings, "companies", "links"),
            lambda folder: save_graph(build_graph(register, progress=progress), folder / "graph"),
        )
    folders["graph"] = built / "graph"
    match = load_match(clients)
    files = (str(settings.companies), str(settings.clients))
    cohort = cohort_of(full.ids(), match, suppressed, files=files)
    if len(cohort.clients) < FEW_CLIENTS:
        console.warn(
            f"only {len(cohort.clients)} clients were found: the figures will be rough, and so will the ranking."
        )
    return Sources(
        register, load_noise(read), load_graph(folders["graph"]), match, suppressed, cohort, folders
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
        return run.stage("register", _key(inputs, settings, "companies", "links"), make)


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
        answers = _answers(settings.reviewed) if which == "clients" else None
        return save_match(match_clients(typed, register, reviewed=answers, progress=progress), folder)

    with console.stage(f"matching {path.name if path else f'the {which} of the earlier run'}") as progress:
        return run.stage(
            f"match-{which}", _key(inputs, settings, "companies", which, "reviewed", "run"), make
        )


def _kept(earlier: Path | None, which: str) -> Match:
    folder = (earlier or Path()) / {"clients": "match", "suppress": "suppressed"}[which]
    if not folder.is_dir():
        return _nobody()
    return load_match(folder)


def _nobody() -> Match:
    """A list without a line."""
    empty = pd.DataFrame({"company_id": pd.Series(dtype="string"), "outcome": pd.Series(dtype="string")})
    return Match(empty, empty)


def _answers(reviewed: Path | None) -> pd.DataFrame | None:
    return None if reviewed is None else restored(read_list(reviewed))


def _key(inputs: Json, settings: Settings, *names: str) -> Json:
    """What a stage depends on: the content of these inputs, and every setting but paths and the list's length."""
    hashes = {
        name: inputs[name].get("sha256", inputs[name].get("finished")) for name in names if name in inputs
    }
    kept = {k: v for k, v in settings.to_json().items() if k not in (*INPUTS, "out", "top")}
    return {"inputs": hashes, "settings": kept}
