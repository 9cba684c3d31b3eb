"""Tables of leads and customers to cases: ids, outcomes, features, dates and open cases."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from small_leads import N, leads, written

from graphlead.core.cases import Kind, Meaning
from graphlead.core.errors import InputError, SettingsError
from graphlead.ingest.cases.tables import read_cases, read_open
from graphlead.ingest.cases.understood import TableOptions, understood_of


def test_one_export_gives_known_and_open_cases(tmp_path: Path) -> None:
    table = leads()
    read = read_cases(written(tmp_path, table))
    cases = read.cases
    assert list(cases.ids) == list(table.opportunity_id)
    expected = table.deal_stage.map({"Won": 1, "Lost": 0, "Engaging": -1})
    assert list(cases.outcome) == list(expected)
    assert {column.name: column.kind for column in cases.columns} == {
        "lead_source": Kind.CATEGORY,
        "amount": Kind.NUMBER,
        "budget_confirmed": Kind.FLAG,
        "days since created_date": Kind.NUMBER,
    }
    meanings = {column.source: column.meaning for column in cases.columns}
    assert meanings == {
        "lead_source": Meaning.SOURCE,
        "amount": Meaning.VALUE,
        "budget_confirmed": Meaning.BUDGET,
        "created_date": Meaning.DAYS_SINCE_CONTACT,
    }
    assert cases.value is not None
    assert list(cases.value) == list(table.amount)
    assert list(cases.facts.columns) == list(table.columns)
    assert np.isnat(cases.day).all()
    plan = {name: use for name, use, _ in read.understood.plan()}
    assert plan["account"] == "account"
    assert plan["deal_stage"] == "outcome"


def test_cases_of_one_account_are_of_one_group(tmp_path: Path) -> None:
    table = leads()
    table.loc[:9, "account"] = ""
    cases = read_cases(written(tmp_path, table)).cases
    groups = pd.Series(cases.group).groupby(table.account).nunique()
    assert groups.pop("") == 10
    assert (groups == 1).all()
    assert pd.Series(cases.group).nunique() == 90 + 10


def test_the_order_and_the_format_of_the_file_change_nothing(tmp_path: Path) -> None:
    table = leads()
    shuffled = table.sample(frac=1, random_state=1)
    first = read_cases(written(tmp_path, table, "a.parquet")).cases
    second = read_cases(written(tmp_path, shuffled, "b.csv.gz", sep=";", encoding="utf-16")).cases
    at = np.argsort(second.ids)
    assert list(second.ids[at]) == list(first.ids)
    assert list(second.group[at]) == list(first.group)
    pd.testing.assert_frame_equal(second.rows(at).features, first.features)


def test_dates_are_days_before_the_day_asked_for_and_later_ones_are_hidden(tmp_path: Path) -> None:
    table = leads().assign(renewal=pd.Timestamp("2024-03-01"))
    table.loc[:4, "renewal"] = pd.Timestamp("2024-12-24")
    table.loc[5:9, "renewal"] = pd.Timestamp("2024-11-01")
    options = TableOptions(as_of=date(2024, 11, 1))
    read = read_cases(written(tmp_path, table), options=options)
    days = read.cases.features["days since renewal"]
    assert days[:10].isna().all()
    assert (days[10:] == 245).all()
    assert "10 dates on or after 2024-11-01 were not used." in read.notes
    assert (read.cases.day == np.datetime64("2024-11-01")).all()


def test_without_a_day_dates_are_counted_from_the_last_of_them(tmp_path: Path) -> None:
    table = leads()
    read = read_cases(written(tmp_path, table))
    last = table.created_date.max()
    assert read.understood.reference == (last + pd.Timedelta(days=1)).date()
    assert list(read.cases.features["days since created_date"]) == list(
        (last - table.created_date).dt.days + 1
    )


def test_as_of_a_day_later_outcomes_are_open_and_young_leads_no_negatives(tmp_path: Path) -> None:
    table = leads().assign(deal_stage=lambda t: np.where(t.deal_stage == "Won", "yes", "no"))
    table["close_date"] = table.created_date + pd.Timedelta(days=40)
    table.loc[table.deal_stage == "no", "close_date"] = pd.NaT
    day = pd.Timestamp("2024-08-01")
    read = read_cases(written(tmp_path, table), options=TableOptions(as_of=day.date(), within=60))
    there = table[table.created_date < day].reset_index(drop=True)
    assert list(read.cases.ids) == list(there.opportunity_id)
    won = (there.deal_stage == "yes") & (there.close_date < day)
    young = there.created_date > day - pd.Timedelta(days=60)
    undecided = (there.deal_stage == "yes") & ~won
    expected = np.where(won, 1, np.where(young | undecided, -1, 0))
    assert list(read.cases.outcome) == list(expected)
    assert len(read.notes) >= 3


def test_a_lost_lead_is_decided_however_young(tmp_path: Path) -> None:
    table = leads()
    read = read_cases(written(tmp_path, table), options=TableOptions(as_of=date(2025, 1, 1), within=300))
    assert (read.cases.outcome == 0).sum() == (table.deal_stage == "Lost").sum()


def test_numbers_and_placeholders_as_people_write_them(tmp_path: Path) -> None:
    table = leads().assign(
        budget=[f"${1000 + i:,}.50" for i in range(N)],
        umsatz=[f"{1 + i % 7}.{i:03},50" for i in range(N)],
        discount=[f"{i % 40} %" for i in range(N)],
        course=["Select", "Finance", "?", "N/A"] * (N // 4),
        note=[f"spoke to the buyer about plant {i} and its needs" for i in range(N)],
        phone=[f"+49 30 {100000 + i}" for i in range(N)],
        agent_code=[f"{(i * 7919) % 10_007:05}" for i in range(N)],
    )
    cases = read_cases(written(tmp_path, table)).cases
    kinds = {column.source: column.kind for column in cases.columns}
    assert (kinds["budget"], kinds["umsatz"], kinds["discount"]) == (Kind.NUMBER,) * 3
    assert (kinds["course"], kinds["note"]) == (Kind.CATEGORY, Kind.TEXT)
    assert {"phone", "agent_code"} & set(kinds) == set()
    assert list(cases.features.budget[:2]) == [1000.5, 1001.5]
    assert cases.features.umsatz[8] == 2008.5
    assert cases.features.discount[12] == pytest.approx(0.12)
    assert list(cases.features.course[:4]) == [None, "Finance", None, None]
    assert list(cases.facts.course[:4]) == ["Select", "Finance", "?", "N/A"]


def test_unknown_is_a_value_where_other_cells_are_empty(tmp_path: Path) -> None:
    words = ["unknown", "known", "known", "known"] * (N // 4)
    table = leads().assign(a=words, b=[*words[:-40], *[None] * 40])
    features = read_cases(written(tmp_path, table)).cases.features
    assert list(features.a[:2]) == [None, "known"]
    assert list(features.b[:2]) == ["unknown", "known"]
    assert features.b[-40:].isna().all()


def test_numbers_of_leads_stand_for_the_order_unless_the_open_ones_come_later(tmp_path: Path) -> None:
    table = leads().assign(lead_number=[*range(660_000, 660_000 + N)])
    known, between = table.drop(range(100, 120)), table.loc[100:119].drop(columns="deal_stage")
    later = between.assign(lead_number=between.lead_number + N)
    path = written(tmp_path, known)
    read = read_cases(path, written(tmp_path, between, "between.csv"))
    assert list(read.cases.features.lead_number[-20:]) == list(between.lead_number)
    assert ("lead_number", "order") in {row[:2] for row in read.understood.plan()}
    assert "lead_number" not in read_cases(path, written(tmp_path, later, "later.csv")).cases.features


def test_open_cases_of_a_further_table(tmp_path: Path) -> None:
    table = leads()
    opened = (
        leads(30, 5)
        .assign(opportunity_id=lambda t: "NEW" + t.opportunity_id)
        .drop(columns=["deal_stage", "amount"])
    )
    opened.loc[0, "opportunity_id"] = table.opportunity_id[table.deal_stage == "Engaging"].iloc[0]
    read = read_cases(written(tmp_path, table), written(tmp_path, opened, "open.parquet"))
    cases = read.cases
    undecided = int((table.deal_stage == "Engaging").sum())
    assert len(cases) == N - 1 + 30
    assert (cases.outcome == -1).sum() == undecided - 1 + 30
    assert cases.features.amount[-30:].isna().all()
    assert read.understood.absent == ("amount",)
    assert ("amount", "left out", "the open table has no such column") in read.understood.plan()
    assert any("amount" in note for note in read.notes)
    assert list(cases.ids[-30:]) == list(opened.opportunity_id)
    assert cases.facts.deal_stage[-30:].isna().all()


def test_a_trained_run_reads_new_open_cases_in_the_same_way(tmp_path: Path) -> None:
    table = leads()
    read = read_cases(written(tmp_path, table))
    understood = understood_of(read.understood.to_json())
    assert understood == read.understood
    new = table.head(20).drop(columns="deal_stage").assign(amount=lambda t: t.amount.map("${:,}".format))
    scored = read_open(written(tmp_path, new, "new.csv"), understood, ["amount", "lead_source"])
    pd.testing.assert_frame_equal(scored.cases.features, read.cases.features.head(20))
    assert scored.cases.columns == read.cases.columns
    assert (scored.cases.outcome == -1).all()
    later = new.assign(created_date=new.created_date + pd.Timedelta(days=365))
    aged = read_open(written(tmp_path, later, "later.csv"), understood, []).cases
    assert aged.features["days since created_date"].min() == 1


def test_a_trained_run_refuses_a_table_without_a_column_that_it_learned_from(tmp_path: Path) -> None:
    read = read_cases(written(tmp_path, leads()))
    new = leads().drop(columns=["deal_stage", "amount", "lead_source"])
    path = written(tmp_path, new, "new.csv")
    with pytest.raises(InputError, match=r"no column amount, lead_source, which the run learned from"):
        read_open(path, read.understood, ["amount", "lead_source", "created_date"])
    with pytest.raises(InputError, match="no column opportunity_id, which holds the ids"):
        read_open(written(tmp_path, new.drop(columns="opportunity_id"), "no_id.csv"), read.understood, [])


def test_customers_have_a_duration_and_leave(tmp_path: Path) -> None:
    draw = np.random.default_rng(0)
    table = pd.DataFrame({
        "customerID": [f"{i:04}-X" for i in range(200)], "tenure": draw.integers(0, 72, 200),
        "Contract": draw.choice(["Two year", "Month-to-month"], 200), "Status": draw.choice(["Active", "Lost"], 200),
    })  # fmt: skip
    cases = read_cases(written(tmp_path, table), options=TableOptions(table="customers")).cases
    assert list(cases.outcome) == list((table.Status == "Lost").astype(int))
    assert cases.duration is not None
    assert list(cases.duration) == list(table.tenure)
    assert {column.source: column.plain for column in cases.columns} == {"tenure": True, "Contract": False}


def test_without_an_id_column_the_line_is_the_id(tmp_path: Path) -> None:
    read = read_cases(written(tmp_path, leads().drop(columns="opportunity_id")))
    assert list(read.cases.ids) == [str(i + 1) for i in range(N)]
    assert read.understood.plan()[0][:2] == ("(line number)", "id")


def test_the_user_may_say_what_columns_are(tmp_path: Path) -> None:
    table = leads().rename(columns={"lead_source": "Herkunft", "opportunity_id": "Nummer"})
    columns = {"Herkunft": "source", "amount": "category", "created_date": "ignored", "Nummer": "id"}
    cases = read_cases(written(tmp_path, table), options=TableOptions(columns=columns)).cases
    assert list(cases.ids) == list(table.Nummer)
    assert {column.source: (column.kind, column.meaning) for column in cases.columns} == {
        "Herkunft": (Kind.CATEGORY, Meaning.SOURCE),
        "amount": (Kind.CATEGORY, Meaning.NONE),
        "budget_confirmed": (Kind.FLAG, Meaning.BUDGET),
    }


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            TableOptions(outcome="deal_stag"),
            r"--outcome: there is no column 'deal_stag'. Did you mean 'deal_stage'",
        ),
        (TableOptions(id="oportunity_id"), "--id: there is no column .* Did you mean 'opportunity_id'"),
        (TableOptions(duration="amout"), "--duration: there is no column .* Did you mean 'amount'"),
        (TableOptions(keep=("acount",)), "--keep: there is no column .* Did you mean 'account'"),
        (TableOptions(columns={"acount": "number"}), "there is no column 'acount'"),
        (TableOptions(columns={"account": "bugdet"}), "there is no meaning 'bugdet'. Did you mean 'budget'"),
        (TableOptions(positive="Wun"), "--positive: there is no value 'Wun'. Did you mean 'Won'"),
        (TableOptions(columns={"account": "id", "amount": "id"}), "several columns are to be the id"),
    ],
)
def test_options_that_name_nothing(tmp_path: Path, options: TableOptions, message: str) -> None:
    with pytest.raises(SettingsError, match=message):
        read_cases(written(tmp_path, leads()), options=options)


def test_keep_cannot_bring_back_what_the_open_table_lacks(tmp_path: Path) -> None:
    opened = written(tmp_path, leads(20, 3).drop(columns="amount"), "open.csv")
    with pytest.raises(InputError, match="no column amount, which --keep asks for"):
        read_cases(written(tmp_path, leads()), opened, TableOptions(keep=("amount",)))


def test_ids_that_come_twice_are_refused_with_their_rows(tmp_path: Path) -> None:
    table = leads()
    table.loc[7, "opportunity_id"] = table.opportunity_id[2]
    table.loc[9, "opportunity_id"] = table.opportunity_id[8]
    with pytest.raises(InputError, match=r"'OP-0002' comes 2 times, in rows 3, 8, and so do 1 other ids"):
        read_cases(written(tmp_path, table))


def test_rows_without_an_id_or_with_too_many_fields_are_left_out_and_counted(tmp_path: Path) -> None:
    table = leads()
    table.loc[3, "opportunity_id"] = None
    path = written(tmp_path, table)
    path.write_text(path.read_text() + "OP-9,a,b,c,d,e,f,g,h\n")
    read = read_cases(path)
    assert len(read.cases) == N - 1
    assert "1 rows without an id were left out (row 4)." in read.notes
    assert any("1 rows of leads.csv cannot be read: row 401" in note for note in read.notes)


def test_a_table_without_rows(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="there are no rows"):
        read_cases(written(tmp_path, leads().head(0)))


def test_positive_may_be_any_value(tmp_path: Path) -> None:
    table = leads().assign(answer=lambda t: t.deal_stage.map({"Won": "A", "Lost": "B", "Engaging": None}))
    options = TableOptions(outcome="answer", positive="A")
    cases = read_cases(written(tmp_path, table.drop(columns="deal_stage")), options=options).cases
    assert list(cases.outcome) == list(table.deal_stage.map({"Won": 1, "Lost": 0, "Engaging": -1}))
    with pytest.raises(SettingsError, match=r"no value is known to mean won \(A, B\)"):
        read_cases(tmp_path / "leads.csv", options=replace(options, positive=""))
