"""The lead list on a register made by hand: who is on it, who is kept apart, and what is shown of whom."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from graphlead.core.arrays import NONE
from graphlead.core.clients import Cohort
from graphlead.core.graph import Edges, Ownership
from graphlead.core.register import Column, Register, Role
from graphlead.core.scores import fit
from graphlead.tasks.leads import first_clients, lead_table, net_new

NAMES = ("Top", "Middle", "Low", "Sister", "Loner", "=Evil", "Client2", "Cousin", "Far", "Past")
N = len(NAMES)
ROLES = {
    "company_id": Role.ID, "title": Role.NAME, "trade_name": Role.NAME, "score": Role.CATEGORY, "phone": Role.CONTACT,
    "city": Role.CITY, "country": Role.COUNTRY, "rank": Role.ADDRESS, "nace": Role.INDUSTRY, "vat": Role.IDENTIFIER,
    "note": Role.TEXT, "employees": Role.NUMBER, "x": Role.NUMBER, "secret": Role.IGNORED, "founded": Role.DATE,
}  # fmt: skip
LINKS = (  # 0 owns 1 owns 2; a holder owns 0 and 3 and, in another group, 4; 6 owns 7; 8 is in the group of 6
    ("c0", 0, 1), ("c1", 1, 2), ("h", None, 0), ("h", None, 3), ("h", None, 4), ("c6", 6, 7), ("c5", 5, 1),
)  # fmt: skip
GROUP = [0, 0, 0, 0, 4, 5, 6, 6, 6, 9]


@pytest.fixture
def register(tmp_path: Path) -> Register:
    values: dict[str, list[object]] = {name: [f"{name}{i}" for i in range(N)] for name in ROLES}
    values |= {
        "company_id": [f"c{i}" for i in range(N)],
        "title": list(NAMES),
        "employees": [float(10 * i) if i % 2 else None for i in range(N)],
        "x": [i + 0.5 for i in range(N)],
        "founded": [None] * N,
    }
    pq.write_table(pa.table(values), tmp_path / "companies.parquet", row_group_size=3)
    links = {
        "source_id": pa.array([link[0] for link in LINKS]),
        "target_id": pa.array([f"c{link[2]}" for link in LINKS]),
        "source": pa.array([link[1] for link in LINKS], pa.int32()),
        "target": pa.array([link[2] for link in LINKS], pa.int32()),
    }
    pq.write_table(pa.table(links), tmp_path / "links.parquet")
    columns = tuple(Column(name=name, role=role) for name, role in ROLES.items())
    return Register(
        companies=tmp_path / "companies.parquet",
        links=tmp_path / "links.parquet",
        columns=columns,
        n_companies=N,
        n_links=len(LINKS),
    )


def ints(*values: int) -> np.ndarray[tuple[int], np.dtype[np.int32]]:
    return np.array(values, np.int32)


OWNERSHIP = Ownership(
    group=np.array(GROUP, np.int32),
    ultimate_parent=ints(*range(N)),
    in_cycle=np.zeros(N, bool),
    effective=Edges(ints(), ints(), np.zeros(0, np.float32)),
    effective_low=np.zeros(0, np.float32),
    effective_high=np.zeros(0, np.float32),
)
GRADES = (0.2, 0.05)
COHORT = Cohort(
    n_companies=N,
    clients=ints(2, 6),
    suppressed=ints(9),
    won=np.full(2, np.datetime64("NaT"), "datetime64[D]"),
)


def scores(order: list[int]) -> pd.DataFrame:
    """Candidates in this order, best first."""
    lead = net_new(COHORT, OWNERSHIP)[order]
    place = np.arange(1, len(order) + 1)
    return pd.DataFrame({
        "company": np.array(order, np.int32),
        "company_id": [f"c{i}" for i in order],
        "score": 0.5 / place,
        "rank": pd.array(np.where(lead, lead.cumsum(), None), "Int64"),
        "rank_all": place,
    })  # fmt: skip


def test_net_new_are_the_candidates_outside_the_groups_of_clients() -> None:
    assert np.flatnonzero(net_new(COHORT, OWNERSHIP)).tolist() == [4, 5]


def test_leads_are_net_new_and_whitespace_is_in_a_clients_group(register: Register) -> None:
    leads, whitespace = lead_table(
        scores([5, 7, 3, 4, 8, 1, 0]), register, COHORT, OWNERSHIP, grades=GRADES, top=10
    )
    assert leads["company_id"].tolist() == ["c5", "c4"]
    assert whitespace["company_id"].tolist() == ["c7", "c3", "c8", "c1", "c0"]
    assert leads["rank"].tolist() == [1, 2]
    assert whitespace["rank_all"].tolist() == [2, 3, 5, 6, 7]
    assert leads["name"].tolist() == ["=Evil", "Loner"]
    assert leads["score"].tolist() == [0.5, 0.125]


def test_the_first_client_of_a_group_is_the_registers_first() -> None:
    cohort = Cohort(
        n_companies=N,
        clients=ints(1, 2, 6),
        suppressed=ints(),
        won=np.full(3, np.datetime64("NaT"), "datetime64[D]"),
    )
    assert first_clients(cohort, OWNERSHIP, ints(3, 0, 8, 4)).tolist() == [1, 1, 6, NONE]


def test_clients_and_suppressed_are_on_no_list(register: Register) -> None:
    leads, whitespace = lead_table(scores(list(range(N))), register, COHORT, OWNERSHIP, grades=GRADES, top=10)
    assert not {"c2", "c6", "c9"} & {*leads["company_id"], *whitespace["company_id"]}
    assert len(leads) + len(whitespace) == N - 3


def test_the_list_has_as_many_leads_as_asked_for(register: Register) -> None:
    leads, whitespace = lead_table(scores([4, 5, 7]), register, COHORT, OWNERSHIP, grades=GRADES, top=1)
    assert leads["company_id"].tolist() == ["c4"]
    assert whitespace["company_id"].tolist() == ["c7"]


def test_what_is_shown_helps_to_call_and_nothing_ignored_is_shown(register: Register) -> None:
    leads, whitespace = lead_table(scores([4, 5, 7]), register, COHORT, OWNERSHIP, grades=GRADES, top=10)
    assert leads.columns.tolist() == [
        "rank", "company_id", "name", "score", "fit", "other_records", "trade_name", "country", "city",
        "rank (register)", "nace", "phone", "vat", "employees", "x",
    ]  # fmt: skip
    shared = [name for name in leads if name not in ("rank", "other_records")]
    assert whitespace.columns.tolist() == ["rank_all", *shared]
    assert leads[["city", "phone"]].to_numpy().tolist()[0] == ["city4", "phone4"]
    assert str(leads["employees"].dtype) == "Int64"  # 50 employees, not 50.0
    assert leads["employees"].isna().tolist() == [True, False]
    assert leads["x"].tolist() == [4.5, 5.5]


def test_industry_codes_have_their_titles_beside_them(register: Register) -> None:
    columns = [replace(each, scheme="NACE") if each.name == "nace" else each for each in register.columns]
    values = register.read().to_pydict() | {"nace": ["41.20", "62.01", None, "x", "C10.71"] * 2}
    pq.write_table(pa.table(values), register.companies)
    coded_ones = replace(register, columns=tuple(columns))
    leads, _ = lead_table(scores([4, 5, 7]), coded_ones, COHORT, OWNERSHIP, grades=GRADES, top=10)
    assert leads.columns.tolist()[10:12] == ["nace", "nace_title"]
    assert leads[["nace", "nace_title"]].to_numpy().tolist() == [
        ["C10.71", "Manufacture of bread; manufacture of fresh pastry goods and cakes"],
        ["41.20", "Construction of residential and non-residential buildings"],
    ]
    nobody, _ = lead_table(scores([]), coded_ones, COHORT, OWNERSHIP, grades=GRADES, top=10)
    assert nobody.columns.tolist() == leads.columns.tolist()


def test_empty_lists_keep_their_columns(register: Register) -> None:
    leads, whitespace = lead_table(scores([7]), register, COHORT, OWNERSHIP, grades=GRADES, top=10)
    assert len(leads) == 0
    full, _ = lead_table(scores([4]), register, COHORT, OWNERSHIP, grades=GRADES, top=10)
    assert leads.columns.tolist() == full.columns.tolist()
    leads, whitespace = lead_table(scores([4]), register, COHORT, OWNERSHIP, grades=GRADES, top=10)
    assert whitespace.columns.tolist() == [
        "rank_all", *(name for name in leads if name not in ("rank", "other_records"))
    ]  # fmt: skip


def test_records_of_one_company_are_one_lead_and_related_companies_none(register: Register) -> None:
    cohort = replace(COHORT, company=ints(0, 1, 2, 3, 4, 4, 6, 7, 8, 9))
    order = [5, 4, 7]
    table = scores(order)
    table["rank"] = pd.array([1, None, None], "Int64")
    leads, whitespace = lead_table(table, register, cohort, OWNERSHIP, grades=GRADES, top=10)
    assert leads[["company_id", "other_records"]].to_numpy().tolist() == [["c5", "c4"]]
    assert whitespace["company_id"].tolist() == ["c7"]
    assert cohort.first_of_each(ints(*order)).tolist() == [True, False, True]
    related = replace(COHORT, related=ints(4))
    assert np.flatnonzero(net_new(related, OWNERSHIP)).tolist() == [5]


def test_a_register_without_names_or_links(tmp_path: Path, register: Register) -> None:
    bare = Register(
        companies=register.companies,
        links=tmp_path / "none.parquet",
        columns=tuple(column for column in register.columns if column.role is not Role.NAME),
        n_companies=N,
        n_links=0,
    )
    pq.write_table(pq.read_table(register.links).slice(0, 0), tmp_path / "none.parquet")
    leads, whitespace = lead_table(scores([4, 7]), bare, COHORT, OWNERSHIP, grades=GRADES, top=10)
    assert leads["name"].isna().all()
    assert whitespace["company_id"].tolist() == ["c7"]
    assert whitespace["name"].isna().all()


def test_fit_begins_where_the_grades_do() -> None:
    score = np.array([0.1, 0.0499, 0.05, 0.1999, 0.2, 0.95, 0.0])
    assert fit(score, GRADES).tolist() == [
        "Moderate", "Weak", "Moderate", "Moderate", "Strong", "Strong", "Weak",
    ]  # fmt: skip


def test_rows_come_in_the_order_asked_for_across_row_groups(register: Register) -> None:
    table = register.rows(["title", "company_id"], ints(9, 0, 4, 4, 1))
    assert table.column_names == ["title", "company_id"]
    assert table["company_id"].to_pylist() == ["c9", "c0", "c4", "c4", "c1"]
    assert register.rows(["title"], ints()).num_rows == 0
