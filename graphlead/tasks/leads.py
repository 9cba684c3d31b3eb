"""The list a sales team works from: the best net-new companies, and apart from them those in clients' own groups."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from graphlead.common.industries.titles import column_titles, title_column
from graphlead.common.sizes import sizes_first
from graphlead.common.words.headers import is_public_number, normalised
from graphlead.core.arrays import NONE, Flags, Ints, Reals
from graphlead.core.clients import Cohort
from graphlead.core.contracts import Task
from graphlead.core.graph import Ownership
from graphlead.core.register import PLACES, Register, Role
from graphlead.core.scores import fit

SIZES = 6
"""Number columns shown at most, a choice: a list to call from has no room for more."""


def lead_table(
    scores: pd.DataFrame,
    register: Register,
    cohort: Cohort,
    ownership: Ownership,
    *,
    grades: tuple[float, float],
    top: int,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The ``top`` best net-new leads, and the whitespace: candidates in the group of a client or related to one.

    scores: one row per candidate, best first, with company (its index), score (the chance that it becomes a client),
    rank (among the net-new leads, missing for the others) and rank_all. grades: the scores from which a fit is Strong,
    and Moderate.

    Both tables have rank (in the whitespace rank_all), company_id, name, score, fit; then, under the register's own
    names, places, address, industry with the titles of its codes, contacts, identifiers, sizes. The leads have
    other_records, the ids of further candidates that are records of the same company.
    """
    lead = scores["rank"].notna()
    new = net_new(cohort, ownership)[scores["company"]]
    whitespace = cohort.candidates()[scores["company"]] & ~new
    leads, beside = scores[lead].iloc[:top], scores[whitespace]
    companies = np.concatenate([leads["company"], beside["company"]]).astype(np.int32)
    facts = register.rows(["company_id", *_names(register), *_shown(register)], companies)
    others = _other_records(leads["company"].to_numpy(), scores[new & ~lead], cohort)
    return (
        _table(leads, facts.slice(0, len(leads)), "rank", register, grades, {"other_records": others}),
        _table(beside, facts.slice(len(leads)), "rank_all", register, grades),
    )


def net_new(cohort: Cohort, ownership: Ownership) -> Flags:
    """The candidates outside the ownership groups of clients and related to none, bool (n,): those that a list of leads
    may hold.
    """
    with_client = np.zeros(cohort.n_companies, bool)
    with_client[ownership.group[cohort.clients]] = True
    new = cohort.candidates() & ~with_client[ownership.group]
    new[cohort.related] = False
    return np.asarray(new)


def first_clients(cohort: Cohort, ownership: Ownership, companies: Ints) -> Ints:
    """The register's first client in the ownership group of each of ``companies`` (m,); NONE for none."""
    first = np.full(cohort.n_companies, NONE, np.int32)
    first[ownership.group[cohort.clients][::-1]] = cohort.clients[::-1]
    return first[ownership.group[companies]]


def _other_records(leads: Ints, others: pd.DataFrame, cohort: Cohort) -> pd.Series[str]:
    """For each lead (m,) the ids of the ``others`` that are records of its company, best first; missing for none."""
    if not len(cohort.company):
        return pd.Series([pd.NA] * len(leads), dtype="string")
    others = others[np.isin(cohort.company[others["company"]], cohort.company[leads])]
    ids = others["company_id"].astype("string")
    joined = ids.groupby(cohort.company[others["company"]], sort=False).agg("; ".join)
    return pd.Series(cohort.company[leads]).map(joined).astype("string")


def _table(
    chosen: pd.DataFrame,
    rows: pa.Table,
    rank: str,
    register: Register,
    grades: tuple[float, float],
    more: Mapping[str, pd.Series[Any]] | None = None,
) -> pd.DataFrame:
    names, facts = _names(register), _frame(rows)
    shown = _with_titles(facts, _shown(register), register)
    score = chosen["score"].to_numpy(np.float64)
    table = pd.DataFrame({
        rank: chosen[rank].to_numpy(np.int64),
        "company_id": facts["company_id"],
        "name": facts[names[0]] if names else pd.Series([pd.NA] * len(chosen), dtype="string"),
        "score": _rounded(score),
        "fit": fit(score, grades),
    } | dict(more or {}))  # fmt: skip
    taken = {"rank", *table}
    titles = {name: f"{name} (register)" if name in taken else name for name in shown}
    return pd.concat([table, facts[shown].rename(columns=titles)], axis=1)


def _names(register: Register) -> list[str]:
    """The column of the names, if there is one."""
    return register.names_of(Role.NAME)[:1]


def _shown(register: Register) -> list[str]:
    """The columns of the register that help a caller: where a company is, its trade, whom to reach, its size, and the
    numbers by which others know it, such as that of the trade register; keys of a system say nothing to a caller.
    """
    names = _names(register)
    roles = (Role.NAME, *PLACES, Role.ADDRESS, Role.INDUSTRY, Role.CONTACT)
    sizes = sizes_first(register)[:SIZES]
    return [
        *(name for name in register.names_of(*roles) if name not in names),
        *(name for name in register.names_of(Role.IDENTIFIER) if is_public_number(normalised(name))),
        *(name for name in register.names_of(Role.NUMBER) if name in {column.name for column in sizes}),
    ]


def _with_titles(facts: pd.DataFrame, shown: list[str], register: Register) -> list[str]:
    """Add the titles of industry codes to the facts; returns the columns shown with them, each behind its codes."""
    order = list(shown)
    for name in register.names_of(Role.INDUSTRY):
        titles = column_titles(register, name)
        if titles.tables and title_column(name) not in facts:
            codes = pa.array(facts[name], pa.string(), from_pandas=True)
            facts[title_column(name)] = pd.Series(titles.of(codes).to_pylist(), dtype="string")
            order.insert(order.index(name) + 1, title_column(name))
    return order


def _frame(table: pa.Table) -> pd.DataFrame:
    """The table in pandas, numbers without fractions as whole numbers: 12 employees, not 12.0."""
    frame: pd.DataFrame = table.to_pandas()
    for name in frame.select_dtypes("number"):
        values = frame[name]
        if bool((values.isna() | ((values % 1 == 0) & (values.abs() < 2**53))).all()):
            frame[name] = values.astype("Int64")
    return frame


def _rounded(score: Reals) -> Reals:
    """The scores to six significant digits, enough to distinguish and few enough to read."""
    size = np.floor(np.log10(np.maximum(score, 1e-300)))
    return np.asarray(np.round(score * 10.0 ** (5 - size)) / 10.0 ** (5 - size))


LEADS = Task(
    name="leads",
    kind="pu",
    models=("pagerank", "tabular", "tabular_graph", "gnn"),
    metrics=("recall@1%", "recall@5%", "recall@10%", "lift@5%", "ap", "auc"),
    splits=("groups", "random", "time"),
    lists=lead_table,
)
"""Which companies become clients. A list of net-new leads has nobody from a client's group, so the split that holds
clients out with their whole group is closest to how the list is used."""
