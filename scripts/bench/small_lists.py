"""How good the list is when few clients are known: the list and every ranker, by the lines of the client list.

    python scripts/bench/small_lists.py WORLD --out FOLDER [--sizes 25 50 100 200 400] [--sellers N] [--draws 1]

WORLD is a folder as scripts/bench/rank reads it, with new companies. For each seller with enough lines, so many of them
are drawn at random, those of a smaller list being among those of a larger one. All its other clients are suppressed, so
they are neither leads nor negatives. What was measured is kept in FOLDER, a file for each list, and not measured again;
a new state of the code needs a new folder.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from rank_bench.figures import judged
from rank_bench.jobs import LIST
from rank_bench.table import difference
from rank_bench.worlds import Seller, World, pools, read_worlds

from graphlead.common.console import Console
from graphlead.common.files import remove, write_json
from graphlead.core.arrays import Json
from graphlead.core.errors import GraphleadError
from graphlead.core.settings import Settings
from graphlead.core.sources import Sources
from graphlead.pipeline.gather import gather
from graphlead.pipeline.scored import Scored
from graphlead.pipeline.train import checked, train
from graphlead.runs.manifest import hash_inputs
from graphlead.runs.run import open_run
from graphlead.runs.stages import STAGES

SIZES = (25, 50, 100, 200, 400)
POOL = "new"
OF_ONE_LIST = STAGES.keys() - {"register", "same"}
"""The stages of a run that depend on the client list."""
ABOUT = (
    "Net average precision on new companies, means over sellers. The list less the best single ranker: the mean "
    "difference with its 95 % interval over sellers (Student's t), draws averaged first. Blended: in how many lists."
)


@dataclass(frozen=True)
class Job:
    """A list of ``size`` lines of a seller's client list; draw: the seed."""

    seller: Seller
    size: int
    draw: int

    @property
    def name(self) -> str:
        return f"{self.seller.name}-{self.size}-{self.draw}"

    def result(self, out: Path) -> Path:
        """The file of what was measured."""
        return out / "results" / f"{self.name}.json"


def main(given: list[str] | None = None) -> int:
    arguments, console = parser().parse_args(given), Console()
    try:
        (world,) = read_worlds(arguments.world, arguments.out / "prepared", None)
    except GraphleadError as error:
        console.error(error, error.exit_code)
        return error.exit_code
    jobs, failed = jobs_of(world, arguments.sizes, arguments.sellers, arguments.draws), 0
    with console.stage("learning from few clients") as progress:
        for done, job in enumerate(jobs):
            progress(done, len(jobs), job.name)
            failed += not tried(world, job, arguments.out, console)
    console.answer(table(rows_of(jobs, arguments.out)))
    return int(failed > 0)


def parser() -> argparse.ArgumentParser:
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("world", type=Path)
    options.add_argument("--out", type=Path, required=True)
    options.add_argument("--sizes", type=int, nargs="+", default=list(SIZES))
    options.add_argument("--sellers", type=int, help="the first so many; all where it is not given")
    options.add_argument("--draws", type=int, default=1, help="lists of each size for each seller")
    return options


def jobs_of(world: World, sizes: Sequence[int], sellers: int | None, draws: int) -> list[Job]:
    """The lists of the sellers that won enough new companies and have lines for one list at least."""
    judgeable = [seller for seller in world.sellers if POOL in pools(seller.candidates)]
    lines = [(seller, len(typed(seller))) for seller in judgeable]
    able = [(seller, count) for seller, count in lines if count >= min(sizes)][:sellers]
    return [
        Job(seller, size, draw)
        for seller, count in able
        for size in sizes
        if size <= count
        for draw in range(draws)
    ]


def typed(seller: Seller) -> pd.DataFrame:
    """The lines of the client list, without dates."""
    return pd.read_csv(seller.clients["typed"], dtype=str)


def tried(world: World, job: Job, out: Path, console: Console) -> bool:
    """Whether the figures of the list are there now; a failure is reported, and the others go on."""
    path = job.result(out)
    if path.exists():
        return True
    try:
        found = measured(world, job, out)
    except GraphleadError as error:
        console.warn(f"{job.name}: {error}")
        return False
    path.parent.mkdir(exist_ok=True)
    write_json(path, found)
    return True


def measured(world: World, job: Job, out: Path) -> Json:
    """The clients found, the rankers that were blended, and the figures of the list and of every ranker.

    A run that ends before its reasons and its report; all are made in one folder, so the register is read once.
    """
    settings, quiet = checked(settings_of(world, job, out)), Console(quiet=True)
    with open_run(settings.out, hash_inputs(settings.inputs()), settings.to_json()) as run:
        sources = gather(run, settings, quiet)
        trained = train(run, sources, settings, quiet)
        for path in run.folder.work.iterdir():
            if path.name.partition("-")[0] in OF_ONE_LIST:
                remove(path)
    scores = scores_of(sources, trained)
    return {
        "clients": len(sources.cohort.clients),
        "blended": list(trained.judgement.choice.members),
        "net_ap": {name: judged(scores[name], job.seller.candidates)[POOL]["net_ap"] for name in scores},
    }


def settings_of(world: World, job: Job, out: Path) -> Settings:
    """The settings of a run that learns from the lines drawn; its two lists are written.

    Every client is on the list of companies never to propose: those that are found for a line are clients all the same.
    """
    companies, links = world.registers["all"]
    clients, suppress = (out / "prepared" / f"{name}.csv" for name in ("clients", "suppress"))
    lines = typed(job.seller)
    first = np.random.default_rng(job.draw).permutation(len(lines))[: job.size]
    lines.iloc[first].to_csv(clients, index=False)
    ids = pd.read_parquet(companies, columns=["company_id"])
    ids[~ids["company_id"].isin(job.seller.candidates["company_id"])].to_csv(suppress, index=False)
    return Settings(companies=companies, links=links, clients=clients, suppress=suppress, out=out / "run")


def scores_of(sources: Sources, scored: Scored) -> pd.DataFrame:
    """The scores of the candidates, by company_id: a column for the LIST and each ranker."""
    candidates = np.flatnonzero(sources.cohort.candidates()).astype(np.int32)
    listed = scored.judgement.final(scored.scores, candidates)
    by_ranker = {name: values[candidates] for name, values in scored.scores.items()}
    return pd.DataFrame({LIST: listed, **by_ranker}, index=sources.register.ids().to_pandas()[candidates])


def rows_of(jobs: Sequence[Job], out: Path) -> pd.DataFrame:
    """A row for each list that was measured and the LIST or a ranker; seed: the draw."""
    rows = []
    for job in jobs:
        if job.result(out).exists():
            found = json.loads(job.result(out).read_text("utf-8"))
            job_of = {"seller": job.seller.name, "size": job.size, "seed": job.draw}
            rows += [
                {**job_of, **found, "ranker": name, "net_ap": figure}
                for name, figure in found["net_ap"].items()
            ]
    return pd.DataFrame(rows)


def table(rows: pd.DataFrame) -> str:
    """Markdown: a line for each size."""
    if rows.empty:
        return "There are no results yet."
    rankers = list(rows["ranker"].unique())
    header = [
        "lines",
        "sellers",
        "clients found",
        *rankers,
        "best single",
        "list less it",
        "ahead",
        "blended",
    ]
    body = [of_size(some, rankers) for _, some in rows.groupby("size")]
    lines = [f"| {' | '.join(cells)} |" for cells in (header, ["---:"] * len(header), *body)]
    return "\n".join([*lines, "", ABOUT])


def of_size(rows: pd.DataFrame, rankers: Sequence[str]) -> list[str]:
    """The cells of a size, whose rows these are."""
    means = rows.groupby(["ranker", "seller"])["net_ap"].mean().groupby("ranker").mean()
    best = str(means.drop(LIST).idxmax())
    less = difference(rows, LIST, best, "net_ap")
    lists = rows[rows["ranker"] == LIST]
    blended = Counter(name for members in lists["blended"] for name in members)
    return [
        str(lists["size"].iloc[0]), str(lists["seller"].nunique()), f"{lists['clients'].mean():.0f}",
        *(f"{means[name]:.3f}" for name in rankers),
        best, *([less.interval(), f"{less.ahead} of {less.sellers}"] if less else ["", ""]),
        ", ".join(f"{name} {count}" for name, count in blended.items()),
    ]  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
