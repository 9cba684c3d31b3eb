"""Precision, recall and seconds of matching on lists with known truth: ours beside Splink (where it is installed).

    python scripts/bench/match_quality.py --data DIR [--only worlds|uk_gpg|gleif|banks] [--no-splink]

DIR holds worlds/, matching/ and registers/. Splink gets our normalised names and places, its own blocking rules and
comparisons with term frequencies, weights learned by expectation maximisation on each pair of tables, and accepts the
best candidate of a line from probability 0.9 when no other is as good.
"""

from __future__ import annotations

import argparse
import logging
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

try:
    import splink.comparison_library as cl
    from splink import DuckDBAPI, Linker, SettingsCreator, block_on
except ImportError:
    cl = None

from graphlead.core.register import Column, Register, Role
from graphlead.match import match_clients
from graphlead.match.normalise import normalise

Matcher = Callable[[pd.DataFrame, Register], pd.DataFrame]


@dataclass(frozen=True)
class Task:
    """Lists to match against one register: of each the input and, aligned, the true ids, joined by "|" where there are
    several, missing where unknown.
    """

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
    pq.write_table(pa.Table.from_pandas(table, preserve_index=False), paths[0], row_group_size=50_000)
    pq.write_table(links, paths[1])
    columns = tuple(
        Column(name=column, role=role) for column, role in zip(table.columns, roles.values(), strict=True)
    )
    return Register(companies=paths[0], links=paths[1], columns=columns, n_companies=len(table), n_links=0)


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
    pairs = (
        pd.read_parquet(data / "matching/uk_gpg_matches.parquet")
        .groupby("rec_id_l")["rec_id_r"]
        .agg("|".join)
    )
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
    typed = sample[["name", "country"]].astype("string").reset_index(drop=True)
    typed["name"] = pd.array([mistype(name, draw) for name in typed["name"]], dtype="string")
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
    register = make_register(companies, roles, folder, "banks")
    yield Task("bank aliases", register, companies, [(typed, aliases["qid"].astype("string"))])


def ours(clients: pd.DataFrame, register: Register) -> pd.DataFrame:
    return match_clients(clients, register).table


def prepared(table: pd.DataFrame, id_column: str | None) -> pd.DataFrame:
    """The table for Splink: unique_id, core, key, first words, and places in lower case."""
    renamed = table.rename(columns={"EmployerName": "name", "Address": "address"})
    forms = normalise(renamed["name"].fillna("").tolist()).to_pandas()
    out = pd.DataFrame({"unique_id": range(len(table)) if id_column is None else table[id_column]})
    out["core"], out["key"] = forms["core"].to_numpy(), forms["key"].to_numpy()
    out["start"] = out["core"].str.replace(" ", "").str[:6]
    for place in ("city", "region", "country", "address"):
        if place in renamed:
            out[place] = renamed[place].str.lower().to_numpy()
    return out.replace("", None)


def splinked(clients: pd.DataFrame, register: Register) -> pd.DataFrame:
    """Splink's verdict on a list: outcome and company_id, one row per line."""
    left, right = prepared(clients, None), prepared(register.read().to_pandas(), "company_id")
    shared = [place for place in ("city", "region", "country", "address") if place in left and place in right]
    name = cl.JaroWinklerAtThresholds("core", [0.97, 0.92, 0.85]).configure(term_frequency_adjustments=True)
    comparisons = [name]
    for place in shared:
        if place == "address":
            comparisons.append(cl.JaroWinklerAtThresholds(place, [0.95, 0.85]))
        elif place == "city":
            comparisons.append(
                cl.LevenshteinAtThresholds(place, [2]).configure(term_frequency_adjustments=True)
            )
        else:
            comparisons.append(cl.ExactMatch(place))
    rules = [
        block_on("key"),
        block_on("start"),
        *([block_on("city", "substr(core, 1, 3)")] if "city" in shared else []),
    ]
    rules += [block_on("address")] if "address" in shared else []
    settings = SettingsCreator(
        link_type="link_only", comparisons=comparisons, blocking_rules_to_generate_predictions=rules
    )
    database = DuckDBAPI()
    tables = [
        database.register(left, table_name="left_list"),
        database.register(right, table_name="register"),
    ]
    linker = Linker(tables, settings, log_level=logging.ERROR)
    certain = block_on("key", *[place for place in shared if place != "address"])
    linker.training.estimate_probability_two_random_records_match([certain], recall=0.8)
    linker.training.estimate_u_using_random_sampling(max_pairs=1e6, seed=0)
    linker.training.estimate_parameters_using_expectation_maximisation(block_on("key"))
    if shared:
        linker.training.estimate_parameters_using_expectation_maximisation(block_on(shared[0]))
    return best_of(
        linker.inference.predict(threshold_match_probability=0.5).as_pandas_dataframe(), len(clients)
    )


def best_of(found: pd.DataFrame, lines: int) -> pd.DataFrame:
    """Each line's likeliest company, where it is likely and no other with another name or place is as likely."""
    found = found.assign(line=found["unique_id_l"].astype(int)).sort_values("match_weight", ascending=False)
    best = found.groupby("line")["match_weight"].transform("max")
    described = [
        column for column in found if column in ("core_r", "city_r", "region_r", "country_r", "address_r")
    ]
    tied = found[found["match_weight"] == best].drop_duplicates(["line", *described]).groupby("line").size()
    top = found.drop_duplicates("line").set_index("line").reindex(range(lines))
    accepted = (top["match_probability"] >= 0.9) & (tied.reindex(range(lines)) == 1)
    outcome = np.where(accepted, "matched", np.where(top["match_probability"].notna(), "review", "unmatched"))
    return pd.DataFrame({"outcome": outcome, "company_id": top["unique_id_r"].astype("string").to_numpy()})


def report(task: Task, method: str, matcher: Matcher) -> str:
    """A line of the table; precision and recall pooled over the task's lists."""
    started = time.perf_counter()
    tables = [matcher(typed, task.register) for typed, _ in task.lists]
    seconds = time.perf_counter() - started
    table = pd.concat(tables, ignore_index=True)
    truth = pd.concat([true for _, true in task.lists], ignore_index=True)
    known = truth.notna() & (truth != "")
    accepted = table["outcome"] == "matched"
    pairs = zip(table["company_id"], truth, strict=True)
    right = accepted & known & pd.Series([str(found) in str(true).split("|") for found, true in pairs])
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
    if options.no_splink or cl is None:
        print("Splink is left out." if options.no_splink else "Splink is not installed: it is left out.")
    else:
        logging.disable(logging.WARNING)
        methods["splink"] = splinked
    print(f"{'task':24} {'method':8}  lines precision    recall  review  seconds   accepted, truth unknown")
    with tempfile.TemporaryDirectory() as folder:
        for name in options.only or tasks:
            for task in tasks[name](options.data, Path(folder)):
                for method, matcher in methods.items():
                    print(report(task, method, matcher), flush=True)


if __name__ == "__main__":
    main()
