"""What a register knows around the companies of cases: themselves, their links, and the outcomes of others around."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa

from graphlead.common.deal import keys_of
from graphlead.common.files import read_json, read_parquet
from graphlead.core.around import SUMMED, Around
from graphlead.core.arrays import NONE, Flags, Ints, Longs, Reals
from graphlead.core.cases import CaseColumn, Cases, Kind
from graphlead.core.errors import damage
from graphlead.core.features import Features
from graphlead.core.graph import CompanyGraph
from graphlead.core.register import MADE, Register, Role
from graphlead.core.settings import ID
from graphlead.features.outcomes import outcomes_around
from graphlead.features.summed import summed_up

CATEGORIES = (Role.INDUSTRY, Role.REGION, Role.COUNTRY, Role.CATEGORY)
"""Roles of the register's columns that enter as categories; its numbers and dates are among the attributes."""


def groups_of(cases: Cases, company: Ints, register: Register, graph: CompanyGraph) -> Longs:
    """The fold key (n,): that of the ownership group, or of the case where its company (n,) is NONE."""
    keys = keys_of(register.ids())[graph.ownership.group].view(np.int64)
    return np.where(company != NONE, keys[company], cases.group)


def around_of(
    cases: Cases,
    company: Ints,
    group: Longs,
    fold: Ints,
    seen: Flags,
    register: Register,
    features: Features,
) -> Around:
    """The surroundings of the cases; see ``outcomes_around`` for what other cases mean for one.

    company, group, fold: (n,); seen: (k, k), the folds that each sees; features: those of the register.
    """
    lifts, lifted = outcomes_around(features, company, cases.outcome, fold, seen)
    others = [f"outcomes around: {each.title()}" for each in lifted]
    own = pd.concat([_numbers(features), _categories(register)], axis=1).iloc[np.maximum(company, 0)]
    own = own.reset_index(drop=True).where(pd.Series(company != NONE), other=np.nan)
    known = (cases.outcome >= 0) & (company != NONE)
    short = pd.Series(summed_up(lifts, cases.outcome, known, fold, seen), name=SUMMED)
    table = pd.concat([own, pd.DataFrame(lifts.astype(np.float64), columns=others), short], axis=1)
    ids = pd.Series(_ids(register).take(pa.array(np.maximum(company, 0))).to_pylist(), dtype="string")
    return Around(
        company=company,
        company_id=ids.where(company != NONE),
        group=group,
        columns=tuple(_column(str(name), table[name].dtype.kind == "f") for name in table),
        features=table,
    )


def _ids(register: Register) -> pa.ChunkedArray:
    """What the user calls each company: its id, or its name where the register has no ids of its own."""
    names = register.names_of(Role.NAME)
    made = register.column(ID).scheme == MADE and names
    return register.read(names[0] if made else ID).column(0)


def with_number(around: Around, name: str, values: Reals) -> Around:
    """The same with one more number about each company of the register (companies,)."""
    column = pd.Series(np.where(around.company != NONE, values[around.company], np.nan), name=name)
    return Around(
        **vars(around)
        | {
            "columns": (*around.columns, _column(name, number=True)),
            "features": pd.concat([around.features, column], axis=1),
        }
    )


def save_around(around: Around, folder: Path) -> None:
    """Write the surroundings into an existing folder."""
    columns = {"columns": [asdict(column) for column in around.columns]}
    (folder / "columns.json").write_text(json.dumps(columns), "utf-8")
    around.features.to_parquet(folder / "features.parquet", index=False)
    rows = {"company": around.company, "company_id": around.company_id, "group": around.group}
    pd.DataFrame(rows).to_parquet(folder / "rows.parquet", index=False)


def load_around(folder: Path) -> Around:
    """Read what ``save_around`` wrote. Raises RunFolderError when a file is missing or damaged."""
    columns = read_json(folder / "columns.json")["columns"]
    features, rows = (read_parquet(folder / f"{name}.parquet").to_pandas() for name in ("features", "rows"))
    with damage(folder):
        return Around(
            company=rows["company"].to_numpy(np.int32),
            company_id=rows["company_id"].astype("string"),
            group=rows["group"].to_numpy(np.int64),
            columns=tuple(CaseColumn(**each | {"kind": Kind(each["kind"])}) for each in columns),
            features=features,
        )


def _column(name: str, number: bool) -> CaseColumn:
    return CaseColumn(name=name, kind=Kind.NUMBER if number else Kind.CATEGORY, source=name)


def _numbers(features: Features) -> pd.DataFrame:
    """What is known of each company by itself, and from its links, as numbers."""
    everybody = np.arange(features.n_companies, dtype=np.int32)
    named = (*features.attributes.numeric_features, *features.structure_features)
    numbers = np.hstack([features.attributes.numeric, features.structure[everybody]]).astype(np.float64)
    return pd.DataFrame(numbers, columns=[f"{each.title()} (register)" for each in named])


def _categories(register: Register) -> pd.DataFrame:
    names = register.names_of(*CATEGORIES)
    table = register.read(*names).to_pandas() if names else pd.DataFrame(index=range(register.n_companies))
    return table.astype(object).rename(columns={name: f"{name} (register)" for name in names})
