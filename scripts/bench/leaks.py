"""Columns that only clients can have, planted into registers, and the honest columns beside them: what is found.

    python scripts/bench/leaks.py [--runs RUN ...] [--seeds 8] [--sizes 1200:8 1500:20 3000:150 6000:750]

RUN is the folder of a finished run; sizes are companies:clients of generated registers. Prints a line for every honest
column that is left out or warned of, and for each planted column how often it is found.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from graphlead.core.arrays import Flags
from graphlead.core.clients import Cohort
from graphlead.core.leaks import HONEST, LEFT_OUT, USED, Leak
from graphlead.ingest.build import ingest
from graphlead.pipeline.finished import FinishedRun
from graphlead.profile.leaks.find import find_leaks
from graphlead.world import WorldSettings, make_world


@dataclass(frozen=True, kw_only=True)
class Case:
    """A companies table of texts with its clients and past clients by id; won: the day of each client, if known."""

    name: str
    companies: pd.DataFrame
    links: Path | None
    won: pd.Series
    past: pd.Index


def generated(sizes: list[str], seeds: int, folder: Path) -> Iterator[Case]:
    for size in sizes:
        companies, clients = map(int, size.split(":"))
        for seed in range(seeds):
            where = folder / f"{companies}-{clients}-{seed}"
            world = make_world(
                where, WorldSettings(companies=companies, clients=clients, seed=seed, format="csv")
            )
            truth = pd.read_csv(world.truth, dtype="string").set_index("company_id")
            won = pd.to_datetime(truth.loc[truth["role"] == "client", "won_on"])
            past = truth.index[truth["role"] == "past_client"]
            table = pd.read_csv(world.companies, dtype="string", keep_default_na=False, na_values=[""])
            yield Case(name=size, companies=table, links=world.links, won=won, past=past)


def finished(runs: list[Path]) -> Iterator[Case]:
    for path in runs:
        run = FinishedRun(path)
        ids, cohort = run.whole_register.ids().to_pandas(), run.cohort
        won = pd.Series(cohort.won, index=ids.iloc[cohort.clients])
        table = run.whole_register.read().to_pandas().astype("string")
        links = run.folder.register / "links.parquet"
        yield Case(
            name="runs", companies=table, links=links, won=won, past=pd.Index(ids.iloc[cohort.suppressed])
        )


def planted(clients: Flags, won: pd.Series, draw: np.random.Generator) -> pd.DataFrame:
    """Columns (n,) that give the clients away; won: the day of each company (n,), NaT where unknown."""
    n = len(clients)

    def share(of: float) -> Flags:
        return np.asarray(draw.random(n) < of)

    managers = pd.Series(draw.choice(["Ada Kern", "Jon Bly", "Mia Roth", "Leo Marx"], n))
    recent = pd.Timestamp("2025-06-30") - pd.to_timedelta(draw.integers(0, 500, n), unit="D")
    older = pd.Timestamp("2025-06-30") - pd.to_timedelta(draw.integers(0, 4000, n), unit="D")
    after = won + pd.to_timedelta(draw.integers(10, 300, n), unit="D")
    return pd.DataFrame({
        "is_customer": np.where(clients, "yes", "no"),
        "is_customer_80": np.where(clients & share(0.8), "yes", "no"),
        "last_invoice_date": pd.Series(recent).where(clients).astype("string").to_numpy(),
        "account_manager": managers.where(clients).to_numpy(),
        "account_manager_2": managers.where(clients | share(0.02)).to_numpy(),
        "account_manager_20": managers.where(clients | share(0.2)).to_numpy(),
        "customer_no": pd.Series(draw.permutation(n) + 10_000).where(clients).astype("Int64").astype("string"),
        "credit_limit": np.where(clients, draw.integers(1, 60, n) * 500, 0).astype(str),
        "last_seen": pd.Series(np.where(clients, after.fillna(pd.Series(recent)), older)).dt.date.astype("string"),
    })  # fmt: skip


def leaks_of(case: Case, extra: pd.DataFrame | None, folder: Path) -> tuple[Leak, ...]:
    """The decisions on a register with these columns added."""
    table = case.companies if extra is None else pd.concat([case.companies, extra], axis=1)
    file = folder / "companies.parquet"
    table.to_parquet(file, index=False)
    (folder / "register").mkdir(exist_ok=True)
    register, _ = ingest(file, case.links, folder / "register", overrides={})
    ids = pd.Index(register.ids().to_pandas())
    clients = np.sort(ids.get_indexer(case.won.index[case.won.index.isin(ids)])).astype(np.int32)
    past = np.setdiff1d(ids.get_indexer(case.past[case.past.isin(ids)]), clients).astype(np.int32)
    won = case.won.reindex(ids[clients]).to_numpy("datetime64[D]")
    return find_leaks(register, Cohort(n_companies=len(ids), clients=clients, suppressed=past, won=won))


def tried(case: Case, draw: np.random.Generator) -> tuple[list[Leak], list[Leak]]:
    """The decisions on the honest columns and on the planted ones."""
    ids = case.companies.iloc[:, 0]
    clients = ids.isin(case.won.index).to_numpy()
    won = ids.map(case.won)
    extra = planted(clients, pd.to_datetime(won), draw)
    with tempfile.TemporaryDirectory() as folder:
        found = leaks_of(case, extra, Path(folder))
    return [x for x in found if x.column not in extra], [x for x in found if x.column in extra]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--runs", type=Path, nargs="*", default=[])
    parser.add_argument("--seeds", type=int, default=8)
    parser.add_argument("--sizes", nargs="*", default=["1200:8", "1500:20", "3000:150", "6000:750"])
    arguments = parser.parse_args()
    draw, rows, honest, start = np.random.default_rng(0), [], 0, time.process_time()
    with tempfile.TemporaryDirectory() as folder:
        cases = [finished(arguments.runs), generated(arguments.sizes, arguments.seeds, Path(folder))]
        for case in (case for source in cases for case in source):
            good, bad = tried(case, draw)
            honest += len(good)
            for leak in (leak for leak in good if leak.decision != HONEST):
                print(f"{case.name}, {len(case.won)} clients: {leak.decision}: {leak.sentence}")
            rows += [
                {"register": case.name, "column": leak.column, "f1": leak.f1, leak.decision: 1}
                for leak in bad
            ]
    table = pd.DataFrame(rows).reindex(columns=["register", "column", "f1", LEFT_OUT, USED, HONEST]).fillna(0)
    figures = table.groupby(["register", "column"], sort=False).agg(
        n=("f1", "size"), f1_low=("f1", "min"), f1_high=("f1", "max"),
        **{name.replace(" ", "_"): (name, "sum") for name in (LEFT_OUT, USED, HONEST)},
    )  # fmt: skip
    print(figures.astype(dict.fromkeys(("left_out", "used", "honest"), int)).round(2).to_string())
    print(
        f"{honest} honest columns and kinds of links; {time.process_time() - start:.0f} s of processor time"
    )


if __name__ == "__main__":
    main()
