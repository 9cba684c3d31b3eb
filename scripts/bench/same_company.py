"""Clients under another record set apart, against known truth: ours beside Splink and dedupe (where installed).

    python scripts/bench/same_company.py --data DIR [--runs NAME=DIR ...] [--no-libraries]

DIR holds worlds/NAME with companies, links, sellers and same_as_client. A run folder of each seller in the DIR of
``--runs`` (SELLER-*/scores.parquet, whitespace.csv) gives the ranking in which the first hundred are counted. Prints
for each method precision and recall of the records set apart, how many of the first hundred leads are a client under
another record before and after, how many of those set apart were won later, seconds and processor time.

The libraries score exactly our candidate pairs, so that blocking plays no part. Splink: names by Jaro-Winkler with term
frequencies and by shared words, postcode and city with term frequencies; weights by expectation maximisation; accepted
from 0.9. dedupe: its distances of names, postcodes and cities and its classifier, taught up to 1,000 pairs by the truth
itself, half of them matches where there are as many; accepted from 0.5.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from graphlead.core.arrays import Ints, Longs
from graphlead.core.register import Register
from graphlead.engines.duckdb import open_db
from graphlead.ingest import ingest
from graphlead.match import normalise
from graphlead.match.same.block import ends_of, find_pairs
from graphlead.match.same.build import find_same
from graphlead.match.same.clusters import clusters
from graphlead.match.same.places import read_places
from graphlead.match.same.words import read_names


class World(NamedTuple):
    """A register with its sellers (seller_id, company, role) and truth (seller_id, company), companies as indices."""

    name: str
    register: Register
    ids: pd.Index
    sellers: pd.DataFrame
    truth: pd.DataFrame
    pairs: Longs


Method = Callable[[World], tuple[Ints, Callable[[Ints], Ints]]]
"""Clusters (n,), and a function of the companies related to clients."""


def worlds(data: Path, folder: Path) -> Iterator[World]:
    for path in sorted((data / "worlds").iterdir()):
        if not (path / "same_as_client.parquet").exists():
            continue
        files = {name: folder / f"{path.name}_{name}.parquet" for name in ("companies", "links")}
        pd.read_parquet(path / "companies.parquet").drop(columns="pool").to_parquet(files["companies"])
        pd.read_parquet(path / "links.parquet").to_parquet(files["links"])
        out = folder / path.name
        out.mkdir()
        register, _ = ingest(files["companies"], files["links"], out)
        ids = pd.Index(register.ids().to_pylist())
        tables = [pd.read_parquet(path / f"{name}.parquet") for name in ("sellers", "same_as_client")]
        sellers, truth = (table.assign(company=ids.get_indexer(table["company_id"])) for table in tables)
        yield World(path.name, register, ids, sellers, truth, candidate_pairs(register))


def candidate_pairs(register: Register) -> Longs:
    with open_db() as db:
        normalise.install(db)
        places = read_places(db, register)
        pairs = find_pairs(read_names(register, places.city_names), places)
    return ends_of(pairs, register.n_companies)


def ours(world: World) -> tuple[Ints, Callable[[Ints], Ints]]:
    same = find_same(world.register)
    n = world.register.n_companies
    return same.cluster, lambda clients: np.flatnonzero(same.related.to(clients, n)[0] >= 0).astype(np.int32)


def facts(world: World) -> pd.DataFrame:
    """Names in normal form and places, the input of the libraries."""
    table = world.register.read("company_id", "name", "city", "region", "postcode").to_pandas()
    table["core"] = (
        normalise.normalise(table["name"].fillna("").tolist())["core"].to_pandas().replace("", pd.NA)
    )
    table["words"] = [core.split() if isinstance(core, str) else [] for core in table["core"]]
    return table.drop(columns="name")


def splink(world: World) -> tuple[Ints, Callable[[Ints], Ints]]:
    import splink.comparison_library as cl
    from splink import DuckDBAPI, Linker, SettingsCreator, block_on

    table = facts(world).rename(columns={"company_id": "unique_id"})
    table["pairs"] = pair_numbers(world.pairs, len(table))
    exact = [cl.ExactMatch(name).configure(term_frequency_adjustments=True) for name in ("postcode", "city")]
    settings = SettingsCreator(
        link_type="dedupe_only",
        blocking_rules_to_generate_predictions=[block_on("pairs", arrays_to_explode=["pairs"])],
        comparisons=[
            cl.JaroWinklerAtThresholds("core", [0.97, 0.92, 0.85]).configure(term_frequency_adjustments=True),
            cl.ArrayIntersectAtSizes("words", [4, 3, 2, 1]),
            *exact,
        ],
    )
    api = DuckDBAPI()
    linker = (
        Linker(api.register(table), settings) if hasattr(api, "register") else Linker(table, settings, api)
    )
    linker.training.estimate_u_using_random_sampling(max_pairs=2e6, seed=0)
    for rule in (block_on("postcode"), block_on("core")):
        linker.training.estimate_parameters_using_expectation_maximisation(rule)
    found = linker.inference.predict(threshold_match_probability=0.9).as_pandas_dataframe()
    left, right = (world.ids.get_indexer(found[f"unique_id_{side}"]) for side in "lr")
    return clusters(left.astype(np.int32), right.astype(np.int32), len(table)), nobody


def pair_numbers(pairs: Longs, n: int) -> list[list[int]]:
    """For each company the numbers of its pairs: as blocks of two they are exactly the candidates."""
    found: list[list[int]] = [[] for _ in range(n)]
    for number, (left, right) in enumerate(pairs.tolist()):
        found[left].append(number)
        found[right].append(number)
    return found


def dedupe(world: World) -> tuple[Ints, Callable[[Ints], Ints]]:
    import dedupe as library

    rows: list[dict[str, Any]] = facts(world).drop(columns=["words"]).to_dict("records")
    rows = [
        {name: value if isinstance(value, str) and value else None for name, value in row.items()}
        for row in rows
    ]
    fields = [
        library.variables.String("core", has_missing=True),
        *(library.variables.ShortString(name, has_missing=True) for name in ("postcode", "city")),
    ]
    clients = world.ids.get_indexer(world.truth["client_id"])
    true = {
        tuple(sorted(pair)) for pair in zip(world.truth["company"].tolist(), clients.tolist(), strict=True)
    }
    is_true = np.array([tuple(pair) in true for pair in world.pairs.tolist()])
    draw = np.random.default_rng(0)
    chosen = [draw.permutation(np.flatnonzero(is_true == match))[:500] for match in (True, False)]
    model = library.Dedupe(fields, num_cores=1)
    distances = model.data_model.distances([(rows[a], rows[b]) for a, b in world.pairs.tolist()])
    taught = np.concatenate(chosen)
    model.classifier.fit(distances[taught], is_true[taught])
    kept = world.pairs[model.classifier.predict_proba(distances)[:, -1] >= 0.5].astype(np.int32)
    return clusters(kept[:, 0], kept[:, 1], len(rows)), nobody


def processor_time() -> float:
    """Seconds of this process and of its children that have ended."""
    return sum(os.times()[:4])


def nobody(_: Ints) -> Ints:
    return np.zeros(0, np.int32)


METHODS: dict[str, Method] = {"ours": ours, "splink": splink, "dedupe": dedupe}


def measure(world: World, cluster: Ints, related: Callable[[Ints], Ints], runs: Path | None) -> pd.DataFrame:
    """One row per seller: the records set apart, how many are right, and what is left on the list."""
    rows = []
    for seller, roles in world.sellers.groupby("seller_id"):
        of = {role: part["company"].to_numpy(np.int32) for role, part in roles.groupby("role")}
        clients, past = (of.get(role, np.zeros(0, np.int32)) for role in ("client", "past_client"))
        listed = np.concatenate([clients, past])
        company = np.flatnonzero(np.isin(cluster, cluster[clients])).astype(np.int32)
        apart, beside = np.setdiff1d(company, listed), np.setdiff1d(related(company), listed)
        truth = world.truth.loc[world.truth["seller_id"] == seller, "company"].to_numpy()
        won = np.concatenate([of.get(role, np.zeros(0, np.int32)) for role in ("won_new", "won_known")])
        row = {"seller": seller, "apart": len(apart), "truth": len(truth), "right": len(np.intersect1d(apart, truth)),
               "apart_won": len(np.intersect1d(apart, won)), "related": len(np.setdiff1d(beside, apart)),
               "related_won": len(np.intersect1d(np.setdiff1d(beside, apart), won))}  # fmt: skip
        order = ranking(world, runs, str(seller))
        for name, out in (
            ("first100", np.zeros(0, np.int32)),
            ("after", apart),
            ("with_related", np.union1d(apart, beside)),
        ):
            first = order[~np.isin(order, out)][:100]
            row |= {name: int(np.isin(first, truth).sum()), f"won_{name}": int(np.isin(first, won).sum())}
        rows.append(row)
    return pd.DataFrame(rows)


def ranking(world: World, runs: Path | None, seller: str) -> Ints:
    """The net-new companies of a finished run, best first; empty without one."""
    folder = next(iter(runs.glob(f"{seller}-*/scores.parquet")), None) if runs else None
    if folder is None:
        return np.zeros(0, np.int32)
    ids = pd.read_parquet(folder, columns=["company_id"])["company_id"]
    aside = pd.read_csv(folder.with_name("whitespace.csv"), dtype=str)["company_id"]
    return world.ids.get_indexer(ids[~ids.isin(aside)]).astype(np.int32)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--runs", action="append", default=[], metavar="WORLD=DIR")
    parser.add_argument("--no-libraries", action="store_true")
    options = parser.parse_args()
    runs = {name: Path(path) for name, _, path in (each.partition("=") for each in options.runs)}
    with tempfile.TemporaryDirectory() as folder:
        for world in worlds(options.data, Path(folder)):
            for name in ["ours"] if options.no_libraries else METHODS:
                clock, cpu = time.perf_counter(), processor_time()
                try:
                    cluster, related = METHODS[name](world)
                except ImportError as missing:
                    print(f"{world.name} {name}: {missing}")
                    continue
                seconds, cpu = time.perf_counter() - clock, processor_time() - cpu
                table = measure(world, cluster, related, runs.get(world.name))
                total = table.sum(numeric_only=True)
                rates = f"precision {total['right'] / total['apart']:.3f} recall {total['right'] / total['truth']:.3f}"
                print(f"{world.name} {name}: {rates}, {seconds:.1f} s, {cpu:.1f} s of processor time")
                print(table.to_string(index=False))
                print(table.mean(numeric_only=True).round(1).to_dict())


if __name__ == "__main__":
    main()
