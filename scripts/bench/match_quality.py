"""Precision, recall and seconds of matching on lists with known truth, ours beside Splink.

python scripts/bench/match_quality.py --data DIR [--only worlds|uk_gpg|gleif|banks] [--no-splink]
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from graphlead.carriers import Column, Register, Role
from graphlead.match import match_clients

Matcher = Callable[[pd.DataFrame, Register, pd.DataFrame], pd.DataFrame]


@dataclass(frozen=True)
class Task:
    """Lists to match against one register. Each list has the input and, aligned, the true ids ("|" between several; NA: unknown)."""

    name: str
    register: Register
    companies: pd.DataFrame
    lists: list[tuple[pd.DataFrame, pd.Series]]


def make_register(companies: pd.DataFrame, roles: dict[str, Role], folder: Path, name: str) -> Register:
    """Write a register of string columns; the roles' first column is the id."""
    table = companies[list(roles)].astype("string").replace("", pd.NA)
    table = table.rename(columns={next(iter(roles)): "company_id"})
    links = pa.table({"source_id": pa.array([], pa.string()), "target_id": pa.array([], pa.string())})
    paths = folder / f"{name}.parquet", folder / f"{name}_links.parquet"
    pq.write_table(pa.Table.from_pandas(table, preserve_index=False), paths[0])
    pq.write_table(links, paths[1])
    columns = tuple(Column(column, role) for column, role in zip(table.columns, roles.values(), strict=True))
    return Register(*paths, columns, len(table), 0)


def worlds(data: Path, folder: Path) -> Iterator[Task]:
    roles = {"company_id": Role.ID, "name": Role.NAME, "city": Role.CITY, "region": Role.REGION,
             "postcode": Role.POSTCODE, "country": Role.COUNTRY}  # fmt: skip
    for world in ("h2b_2017", "both_2014"):
        companies = pd.read_parquet(data / "worlds" / world / "companies.parquet")
        lists = []
        for path in sorted((data / "worlds" / world / "client_lists").glob("*.truth.csv")):
            truth = pd.read_csv(path, dtype="string", keep_default_na=False)
            typed = pd.read_csv(str(path).replace(".truth", ""), dtype="string", keep_default_na=False)
            lists.append((typed, truth["true_company_id"]))
        yield Task(world, make_register(companies, roles, folder, world), companies, lists)


def uk_gpg(data: Path, folder: Path) -> Iterator[Task]:
    left = pd.read_parquet(data / "matching/uk_gpg_left_2019.parquet")
    right = pd.read_parquet(data / "matching/uk_gpg_right_2021_22.parquet")
    pairs = pd.read_parquet(data / "matching/uk_gpg_matches.parquet").groupby("rec_id_l")["rec_id_r"].agg("|".join)
    right = right.rename(columns={"rec_id": "company_id", "EmployerName": "name", "Address": "address"})
    roles = {"company_id": Role.ID, "name": Role.NAME, "address": Role.ADDRESS}
    truth = left["rec_id"].map(pairs).astype("string")
    yield Task("uk_gpg", make_register(right, roles, folder, "uk"), right,
               [(left[["EmployerName", "Address"]].astype("string"), truth)])  # fmt: skip


def mistype(name: str, draw: np.random.Generator) -> str:
    """One or two slips: a letter left out, doubled, swapped or wrong; the legal form left out; case; punctuation."""
    kind = draw.integers(0, 8)
    at = int(draw.integers(1, max(2, len(name) - 2)))
    if kind == 0:
        name = name[:at] + name[at + 1 :]
    elif kind == 1:
        name = name[:at] + name[at - 1] + name[at:]
    elif kind == 2:
        name = name[:at] + name[at + 1 : at + 2] + name[at : at + 1] + name[at + 2 :]
    elif kind == 3:
        name = name[:at] + str(draw.choice(list("aeiorstln"))) + name[at + 1 :]
    elif kind == 4 and len(name.split()) > 2:
        name = name.rsplit(" ", 1)[0]
    elif kind == 5:
        name = name.replace(".", "").replace(",", "").replace(" & ", " and ")
    elif kind == 6 and len(name.split()) > 2:
        name = " ".join(np.roll(name.split(), 1))
    return name.upper() if draw.random() < 0.3 else name


def gleif(data: Path, folder: Path) -> Iterator[Task]:
    entities = pd.read_parquet(data / "registers/gleif_entities.parquet")
    entities = entities.rename(columns={"lei": "company_id", "legal_name": "name"})
    roles = {"company_id": Role.ID, "name": Role.NAME, "country": Role.COUNTRY}
    register = make_register(entities, roles, folder, "gleif")
    draw = np.random.default_rng(0)
    sample = entities.iloc[draw.choice(len(entities), 500, replace=False)]
    typed = pd.DataFrame({"name": [mistype(name, draw) for name in sample["name"]], "country": list(sample["country"])}, dtype="string")  # fmt: skip
    truth = sample["company_id"].astype("string").reset_index(drop=True)
    yield Task("gleif 500, name", register, entities, [(typed[["name"]], truth)])
    yield Task("gleif 500, name+country", register, entities, [(typed, truth)])


def banks(data: Path, folder: Path) -> Iterator[Task]:
    companies = pd.read_parquet(data / "matching/wikidata_banks/companies.parquet")
    aliases = pd.read_parquet(data / "matching/wikidata_banks/aliases.parquet")
    companies = companies.rename(columns={"qid": "company_id", "label": "name"})
    country = companies.set_index("company_id")["country"]
    roles = {"company_id": Role.ID, "name": Role.NAME, "country": Role.COUNTRY}
    typed = pd.DataFrame({"name": aliases["alias"], "country": aliases["qid"].map(country)}, dtype="string")
    yield Task("bank aliases", make_register(companies, roles, folder, "banks"), companies, [(typed, aliases["qid"].astype("string"))])  # fmt: skip


def ours(clients: pd.DataFrame, register: Register, companies: pd.DataFrame) -> pd.DataFrame:
    return match_clients(clients, register).table


def report(task: Task, method: str, matcher: Matcher) -> str:
    """A line of the table; precision and recall pooled over the task's lists."""
    started = time.perf_counter()
    tables = [matcher(typed, task.register, task.companies) for typed, _ in task.lists]
    seconds = time.perf_counter() - started
    table = pd.concat(tables, ignore_index=True)
    truth = pd.concat([true for _, true in task.lists], ignore_index=True)
    known = truth.notna() & (truth != "")
    accepted = table["outcome"] == "matched"
    right = accepted & known & pd.Series([str(found) in str(true).split("|") for found, true in zip(table["company_id"], truth, strict=True)])  # fmt: skip
    unknown = int((accepted & ~known).sum())
    precision = right.sum() / max(1, (accepted & known).sum())
    review = int(((table["outcome"] == "review") & known).sum())
    return (f"{task.name:24} {method:8} {len(table):6} {precision:9.4f} {right.sum() / known.sum():9.4f}"
            f" {review:7} {seconds:8.1f}   {unknown}")  # fmt: skip


def main() -> None:
    tasks = {"worlds": worlds, "uk_gpg": uk_gpg, "gleif": gleif, "banks": banks}
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--data", type=Path, required=True, help="folder with worlds/, matching/ and registers/"
    )
    parser.add_argument("--only", choices=tasks, action="append", help="only these tasks")
    parser.add_argument("--no-splink", action="store_true", help="leave Splink out")
    options = parser.parse_args()
    methods: dict[str, Matcher] = {"ours": ours}
    print(f"{'task':24} {'method':8} {'lines':>6} {'precision':>9} {'recall':>9} {'review':>7} {'seconds':>8}   accepted without known truth")  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        for name in options.only or tasks:
            for task in tasks[name](options.data, Path(folder)):
                for method, matcher in methods.items():
                    print(report(task, method, matcher), flush=True)


if __name__ == "__main__":
    main()
