"""The jobs of a comparison, and their results: one file each, written when all of it is known."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from itertools import product
from pathlib import Path

import pandas as pd

from graphlead.common.console import Console
from graphlead.common.files import remove, write_json
from graphlead.core.arrays import Json
from graphlead.core.settings import Settings
from graphlead.pipeline.discover import discover, score_again
from graphlead.pipeline.finished import FinishedRun
from rank_bench.cost import in_own_process
from rank_bench.figures import judged
from rank_bench.fit import fit
from rank_bench.worlds import Seller, World

LIST = "list"
"""The product's own list, beside the rankers."""


@dataclass(frozen=True, kw_only=True)
class Job:
    """A run for one seller. protocol: what is trained on; clients: the kind of the client list."""

    world: World
    protocol: str
    clients: str
    seed: int
    seller: Seller

    @property
    def place(self) -> Path:
        """The folder of the job under that of the results or the runs."""
        return Path(self.world.name, f"{self.protocol}-{self.clients}-{self.seed}", self.seller.name)

    def result(self, out: Path) -> Path:
        """The file of the job's results."""
        return (out / "results" / self.place).with_suffix(".json")

    def settings(self, out: Path) -> Settings:
        """The settings of the run, as a user would give them."""
        companies, links = self.world.registers[self.protocol]
        return Settings(
            companies=companies,
            links=links,
            clients=self.seller.clients[self.clients],
            suppress=self.seller.suppress,
            out=out,
            seed=self.seed,
        )


def jobs_of(
    worlds: Sequence[World], protocols: Sequence[str], clients: Sequence[str], seeds: Sequence[int]
) -> list[Job]:
    """The jobs of these worlds, as far as each has the register and the client list for it."""
    return [
        Job(world=world, protocol=protocol, clients=kind, seed=seed, seller=seller)
        for world in worlds
        for protocol, kind, seed, seller in product(protocols, clients, seeds, world.sellers)
        if protocol in world.registers and kind in seller.clients
    ]


def measure(job: Job, names: Sequence[str], out: Path, *, keep: bool) -> None:
    """Add the results of these rankers, and of the LIST, that are not there yet.

    keep: do not remove the folder of the run.
    """
    known = read(job, out)
    missing = [name for name in names if name not in known]
    if not missing:
        return
    folder = out / "runs" / job.place
    if LIST in missing:
        # What is left of an earlier attempt would make the run cheaper than it is.
        remove(folder)
    path = job.result(out)
    path.parent.mkdir(parents=True, exist_ok=True)
    write_json(path, {**known, **results(job, missing, folder)})
    if not keep:
        remove(folder)


def read(job: Job, out: Path) -> dict[str, Json]:
    """The results of a job by ranker; none where it has not been done."""
    path = job.result(out)
    return json.loads(path.read_text("utf-8")) if path.exists() else {}


def results(job: Job, names: Sequence[str], folder: Path) -> dict[str, Json]:
    """The figures by pool and the cost of each of these rankers, or why it refused, with the version of the code.

    Only companies that the run ranks have scores, whichever ranker it is: those that it sets apart come last.
    """
    run, newer = folder / "run", folder / ("newer" if job.protocol == "known" else "run")
    _, whole = in_own_process(run_and_score, job.settings(run), job.world.registers["all"], newer)
    fitted, _ = in_own_process(fit, run, newer, [name for name in names if name != LIST])
    finished = FinishedRun(newer)
    listed = finished.scores.set_index("company_id")
    scores = fitted.scores.reindex(listed.index).assign(**{LIST: listed["score"]})
    costs = {**fitted.costs, LIST: whole}
    figures = {
        name: {"pools": judged(scores[name], job.seller.candidates), **asdict(costs[name])}
        for name in names
        if name in costs
    }
    refused = {name: {"refused": reason} for name, reason in fitted.refused.items()}
    return {
        name: {"code": finished.manifest["code"], **each} for name, each in {**figures, **refused}.items()
    }


def run_and_score(settings: Settings, register: tuple[Path, Path], newer: Path) -> None:
    """Make a run, and apply it to the whole register into the folder ``newer`` where that is another."""
    discover(settings, Console(quiet=True))
    if newer != settings.out:
        companies, links = register
        console = Console(quiet=True)
        score_again(settings.out, companies, links, newer, console, clients=None, top=settings.top)


def rows_of(jobs: Sequence[Job], names: Sequence[str], out: Path) -> pd.DataFrame:
    """A row for each job, ranker and pool that has results; one without a pool where a ranker refused."""
    rows = []
    for job in jobs:
        what = {"world": job.world.name, "train": job.protocol, "clients": job.clients,
                "seed": job.seed, "seller": job.seller.name}  # fmt: skip
        for name, result in read(job, out).items():
            if name not in names:
                continue
            by_pool = result.pop("pools", {None: {}})
            rows += [
                {**what, "ranker": name, **result, "pool": pool, **each} for pool, each in by_pool.items()
            ]
    return pd.DataFrame(rows)
