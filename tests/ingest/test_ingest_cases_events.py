"""Events to Cases: what is understood, what is counted before a cut, and that nothing later reaches a feature."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from graphlead.core.cases import OPEN, Cases, Kind, Meaning
from graphlead.core.errors import InputError, SettingsError
from graphlead.ingest.cases.events.build import Events, read_again, read_events
from graphlead.ingest.cases.events.cuts import choose_cuts
from graphlead.ingest.cases.events.layout import EventOptions, layout_of
from graphlead.ingest.cases.events.uses import Use

AS_OF = date(2024, 7, 1)
BEGIN = date(2023, 1, 1)
CUT = AS_OF - timedelta(days=60)


def orders(customers: int = 60) -> pd.DataFrame:
    """Customer i buys every 10 + i days from its start on; every third stops at the end of March 2024."""
    rows = []
    for i in range(customers):
        day = BEGIN + timedelta(days=i)
        while day < (date(2024, 4, 1) if i % 3 == 0 else AS_OF):
            for item in ("bolt", "nut")[: 1 + i % 2]:
                rows.append((f"K{i:03}", day, item, 2, 1.5 + i, "north" if i % 2 else "south", i % 5 == 0))
            day += timedelta(days=10 + i)
    names = ["CustomerID", "InvoiceDate", "Description", "Quantity", "UnitPrice", "Region", "express"]
    return pd.DataFrame(rows, columns=names)


def written(table: pd.DataFrame, path: Path) -> Path:
    table.to_csv(path, index=False)
    return path


def read(path: Path, *others: Path, **options: Any) -> Events:
    given = {"as_of": AS_OF, "within": 60, "active": 80} | options
    return read_events([path, *others], EventOptions(**given))


@pytest.fixture(scope="module", autouse=True)
def few_cuts() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("graphlead.ingest.cases.events.cuts.MOST", 2)
        yield


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Events:
    return read(written(orders(), tmp_path_factory.mktemp("events") / "orders.csv"))


def row_of(cases: Cases, customer: str, day: date) -> pd.Series[Any]:
    at = (cases.ids == customer) & (cases.day == np.datetime64(day))
    return cases.features[at].iloc[0]


def lines(found: Events) -> dict[str, str]:
    return {name: use for name, use, _ in found.layout.plan()}


def test_columns_are_understood_by_names_and_values(plain: Events) -> None:
    assert lines(plain) == {
        "CustomerID": "customer", "InvoiceDate": "time", "Description": "item", "Quantity": "quantity",
        "UnitPrice": "price", "Region": "attribute (region)", "express": "flag",
    }  # fmt: skip


def test_open_cases_are_the_active_customers_and_known_ones_those_of_earlier_cuts(plain: Events) -> None:
    cases = plain.cases
    table = orders()
    last = table.groupby("CustomerID").InvoiceDate.max()
    active = set(last.index[[(AS_OF - day).days <= 80 for day in last]])
    opened = cases.rows(~cases.known)
    assert set(opened.ids) == active
    assert set(cases.day[~cases.known]) == {np.datetime64(AS_OF)}
    assert set(cases.day[cases.known]) == set(map(np.datetime64, plain.cuts))
    assert max(plain.cuts) <= AS_OF - timedelta(days=60)
    assert cases.horizon == 60
    same = pd.Series(cases.group).groupby(cases.ids).nunique()
    assert (same == 1).all()


def test_lists_show_what_a_customer_bought_before_the_day(plain: Events, tmp_path: Path) -> None:
    table, cases = orders(), plain.cases
    for day in (AS_OF, plain.cuts[0]):
        mine = table[(table.CustomerID == "K004") & (table.InvoiceDate < day)]
        (shown,) = cases.facts[(cases.ids == "K004") & (cases.day == np.datetime64(day))].to_dict("records")
        spent = round(float((mine.Quantity * mine.UnitPrice).sum()), 2)
        assert float(shown.pop("amount so far")) == spent
        assert shown == {
            "CustomerID": "K004",
            "Region": "south",
            "last purchase": str(mine.InvoiceDate.max()),
            "days with purchases": str(mine.InvoiceDate.nunique()),
        }
    bare = read(written(table[["CustomerID", "InvoiceDate"]], tmp_path / "orders.csv")).cases
    assert bare.facts.columns.tolist() == ["CustomerID", "last purchase", "days with purchases"]


def test_how_often_is_plain_within_a_year_and_in_how_many_years_beyond(tmp_path: Path) -> None:
    table = orders()
    table["InvoiceDate"] = [BEGIN + 3 * (day - BEGIN) for day in table.InvoiceDate]
    path = written(table, tmp_path / "orders.csv")
    end = BEGIN + 3 * (AS_OF - BEGIN)
    for within, name in ((60, "days with purchases (log)"), (365, "years with a purchase, of the last four")):
        cases = read(path, as_of=end, within=within, active=400).cases
        found = {column.name for column in cases.columns if column.plain}
        assert name in found
        assert ("days with purchases (log)" in found) == (within < 365)


def test_the_outcome_is_no_purchase_within_the_horizon(plain: Events) -> None:
    table, cases = orders(), plain.cases
    for cut in plain.cuts:
        after = table[(table.InvoiceDate >= cut) & (table.InvoiceDate < cut + timedelta(days=60))]
        at = cases.known & (cases.day == np.datetime64(cut))
        assert (cases.outcome[at] == ~pd.Series(cases.ids[at]).isin(after.CustomerID)).all()
    assert 0 < cases.outcome[cases.known].mean() < 1


def test_features_have_the_values_of_the_events_before_the_cut(plain: Events) -> None:
    table = orders()
    for customer, day in (("K004", AS_OF), ("K007", plain.cuts[1])):
        mine = table[(table.CustomerID == customer) & (table.InvoiceDate < day)]
        days = sorted(set(mine.InvoiceDate))
        ages = np.array([(day - each).days for each in days])
        gaps = np.diff(days).astype("timedelta64[D]").astype(int)
        found = row_of(plain.cases, customer, day)
        money = (mine.Quantity * mine.UnitPrice).to_numpy()
        age = np.array([(day - each).days for each in mine.InvoiceDate])
        assert found["days since the last purchase"] == ages.min()
        assert found["days since the first purchase"] == ages.max()
        assert found["days with purchases"] == len(days)
        assert found["rows bought"] == len(mine)
        assert found["usual days between purchases"] == pytest.approx(gaps.mean())
        assert found["days since the last purchase, in usual gaps"] == pytest.approx(ages.min() / gaps.mean())
        assert found["share of own gaps shorter than the time since"] == (gaps < ages.min()).mean()
        assert found["purchases in the last 90 days"] == (ages <= 90).sum()
        assert found["amount in the last 180 days"] == pytest.approx(money[age <= 180].sum())
        assert found["Region"] == mine.Region.iloc[0]


def test_meanings_stand_where_they_hold(plain: Events) -> None:
    cases = plain.cases
    for meaning in (Meaning.TENURE, Meaning.FREQUENCY, Meaning.VALUE, Meaning.LATENESS, Meaning.REGION):
        assert cases.column(meaning) is not None
    assert cases.value is not None
    assert (cases.value == cases.features["amount in the last 365 days"]).all()
    assert sum(column.plain for column in cases.columns) >= 5


def test_nothing_of_the_day_of_scoring_or_later_reaches_a_feature(plain: Events, tmp_path: Path) -> None:
    later = orders(30).assign(InvoiceDate=AS_OF, Quantity=1_000, Description="wonder", Region="west")
    found = read(written(pd.concat([orders(), later]), tmp_path / "orders.csv"))
    assert [column.name for column in found.cases.columns] == [column.name for column in plain.cases.columns]
    pd.testing.assert_frame_equal(found.cases.features, plain.cases.features)
    assert (found.cases.outcome == plain.cases.outcome).all()
    assert any(f"{len(later)} rows" in note and str(AS_OF) in note for note in found.notes)


def test_nothing_of_the_day_of_scoring_or_later_reaches_the_plan(tmp_path: Path) -> None:
    """Values of later rows alone: a constant that varies, words where numbers were, a level for each row."""
    before = orders(30).assign(rebate=1, size=range(len(orders(30))))
    later = before.head(200).assign(
        InvoiceDate=[AS_OF + timedelta(days=i % 90) for i in range(200)],
        rebate=range(200),
        size=[f"size {i}" for i in range(200)],
        Quantity="n/a",
        Region=[f"region {i}" for i in range(200)],
    )
    before.to_csv(tmp_path / "orders.csv", index=False)
    options = EventOptions(as_of=AS_OF, within=60)
    plain = read_events([tmp_path / "orders.csv"], options)
    pd.concat([before, later]).to_csv(tmp_path / "orders.csv", index=False)
    found = read_events([tmp_path / "orders.csv"], options)
    assert found.layout.tables == plain.layout.tables
    assert found.cases.features.equals(plain.cases.features)
    late = read_events([tmp_path / "orders.csv"], replace(options, as_of=AS_OF + timedelta(days=91)))
    assert late.layout.tables != plain.layout.tables


@pytest.mark.parametrize("at", [0, 1])
def test_nothing_of_a_cut_or_later_reaches_a_feature_of_that_cut(
    plain: Events, tmp_path: Path, at: int
) -> None:
    cut = plain.cuts[at]
    later = orders(30).assign(InvoiceDate=cut, Quantity=1_000)
    found = read(written(pd.concat([orders(), later]), tmp_path / "orders.csv")).cases
    mine, theirs = (each.rows(each.day == np.datetime64(cut)) for each in (found, plain.cases))
    shared = [name for name in theirs.features if name in mine.features]
    assert len(shared) > 25
    pd.testing.assert_frame_equal(mine.features[shared], theirs.features[shared])
    assert (mine.outcome[np.isin(mine.ids, later.CustomerID)] == 0).all()


def test_a_return_is_a_feature_and_no_purchase(tmp_path: Path) -> None:
    back = orders(60).groupby("CustomerID").head(1)
    back = back.assign(InvoiceDate=date(2024, 6, 30), Quantity=-2)[::2]
    found = read(written(pd.concat([orders(), back]), tmp_path / "orders.csv")).cases
    row, last = row_of(found, "K004", AS_OF), "days since the last purchase"
    before = row_of(read(written(orders(), tmp_path / "orders.csv")).cases, "K004", AS_OF)
    assert row["returns in the last 365 days"] == 1
    assert row[last] == before[last]
    assert "K000" not in found.rows(~found.known).ids


def test_files_of_every_form_give_the_same_cases(plain: Events, tmp_path: Path) -> None:
    table = orders()
    packed, columnar = tmp_path / "orders.csv.gz", tmp_path / "orders.parquet"
    packed.write_bytes(gzip.compress(table.to_csv(index=False).encode()))
    table.to_parquet(columnar, index=False)
    for path in (packed, columnar):
        pd.testing.assert_frame_equal(read(path).cases.features, plain.cases.features)


def test_times_of_day_count_whole_days(tmp_path: Path) -> None:
    table = orders().astype({"InvoiceDate": str})
    table["InvoiceDate"] += " 15:30:00"
    row = row_of(read(written(table, tmp_path / "orders.csv")).cases, "K004", AS_OF)
    last = max(
        day for name, day in zip(orders().CustomerID, orders().InvoiceDate, strict=True) if name == "K004"
    )
    assert row["days since the last purchase"] == (AS_OF - last).days - 1


def test_by_default_the_day_of_scoring_is_the_one_after_the_last_event(tmp_path: Path) -> None:
    found = read(written(orders(), tmp_path / "orders.csv"), as_of=None)
    assert found.layout.as_of == orders().InvoiceDate.max() + timedelta(days=1)


def test_the_user_overrules_the_plan(tmp_path: Path) -> None:
    table = orders().rename(columns={"CustomerID": "shop floor", "Description": "what"})
    path = written(table.assign(company_id=table.Region), tmp_path / "orders.csv")
    found = read(
        path, id="shop floor", item="what", columns={"orders": {"UnitPrice": "amount", "express": "usage"}}
    )
    assert lines(found)["shop floor"] == "customer"
    assert lines(found)["what"] == "item"
    assert lines(found)["UnitPrice"] == "amount"
    assert lines(found)["express"] == "flag (usage)"


def test_the_only_number_is_how_large_an_event_is(tmp_path: Path) -> None:
    table = orders().drop(columns="Quantity").rename(columns={"UnitPrice": "workers"})
    found = read(written(table, tmp_path / "filings.csv"))
    assert lines(found)["workers"] == "quantity"
    assert "workers in the last 365 days" in found.cases.features


def test_events_without_any_size_are_counted(tmp_path: Path) -> None:
    found = read(written(orders()[["CustomerID", "InvoiceDate"]], tmp_path / "visits.csv"))
    assert found.cases.value is None
    assert "purchases in the last 90 days" in found.cases.features


def test_further_tables_bring_features_only(tmp_path: Path) -> None:
    table = orders()
    base = written(table, tmp_path / "orders.csv")
    who = sorted(set(table.CustomerID))
    logins = pd.DataFrame(
        [(name, AS_OF - timedelta(days=3 + k)) for k, name in enumerate(who) for _ in range(2)],
        columns=["customer_id", "login_at"],
    )
    survey = pd.DataFrame(
        [(name, CUT + timedelta(days=k), 3) for k in range(2) for name in who],
        columns=["customer_id", "answered_on", "nps"],
    )
    survey["nps"] += np.arange(len(survey)) % 7
    stranger = pd.DataFrame([("nobody", AS_OF - timedelta(days=1))], columns=logins.columns)
    found = read(
        base,
        written(pd.concat([logins, stranger]), tmp_path / "logins.csv"),
        written(survey, tmp_path / "survey.csv"),
    ).cases
    assert set(found.ids) <= set(who)
    seen, nps = found.column(Meaning.DAYS_SINCE_LOGIN), found.column(Meaning.NPS)
    assert seen is not None and nps is not None
    row = row_of(found, "K004", AS_OF)
    assert row[seen.name] == 3 + who.index("K004")
    assert row["logins in the last 30 days"] == 2
    assert row[nps.name] == survey[survey.customer_id == "K004"].nps.iloc[-1]
    assert np.isnan(row_of(found, "K004", CUT)[nps.name])


def test_a_further_table_of_one_customer_is_read(tmp_path: Path) -> None:
    visits = pd.DataFrame({"CustomerID": ["K004"], "date": ["2024-06-01"]})
    path = written(orders(), tmp_path / "orders.csv")
    cases = read(path, written(visits, tmp_path / "visits.csv")).cases
    assert row_of(cases, "K004", AS_OF)["days since the last of visits"] == 30


def test_texts_of_tickets_are_kept(tmp_path: Path) -> None:
    names = sorted(set(orders().CustomerID))
    words = [f"please cancel my contract number {k} because of reason {k * 7}" for k in range(len(names))]
    tickets = pd.DataFrame({"customer_id": names, "opened_at": date(2024, 6, 1), "message": words})
    base = written(orders(), tmp_path / "orders.csv")
    found = read(base, written(tickets, tmp_path / "tickets.csv")).cases
    text = next(column for column in found.columns if column.kind is Kind.TEXT)
    assert row_of(found, "K004", AS_OF)[text.name] == words[4]
    assert row_of(found, "K004", CUT)[text.name] is None


def test_items_are_joined_by_the_column_they_share(tmp_path: Path) -> None:
    table = orders().rename(columns={"Description": "product_id"})
    items = pd.DataFrame({"product_id": ["bolt", "nut", "nut"], "kind_of": ["metal", "steel", "twice"]})
    path, file = written(table, tmp_path / "orders.csv"), written(items, tmp_path / "items.csv")
    options = EventOptions(as_of=AS_OF, within=60, active=80)
    found = read_events([path], options, file)
    assert lines(found)["kind_of"] == "category"
    row = row_of(found.cases, "K007", AS_OF)
    (kind_of,) = found.layout.tables[0].of(Use.CATEGORY)
    assert set(kind_of.levels) == {"metal", "steel"}
    assert row["rows bought"] == (table.CustomerID == "K007").sum()
    with pytest.raises(SettingsError, match="share no column"):
        read_events([path], options, written(items.rename(columns={"product_id": "sku"}), tmp_path / "i.csv"))


def test_newer_events_are_read_by_the_layout_of_a_trained_run(plain: Events, tmp_path: Path) -> None:
    layout = layout_of(json.loads(json.dumps(plain.layout.to_json())))
    assert layout == plain.layout
    path = written(orders(), tmp_path / "orders.csv")
    again = read_again([path], layout, AS_OF)
    opened = plain.cases.rows(~plain.cases.known)
    pd.testing.assert_frame_equal(again.cases.features, opened.features)
    assert (again.cases.outcome == OPEN).all()
    with pytest.raises(InputError, match="Quantity"):
        read_again([written(orders().drop(columns="Quantity"), tmp_path / "less.csv")], layout, AS_OF)
    with pytest.raises(InputError, match="2 tables"):
        read_again([path, path], layout, AS_OF)


def test_lifetimes_run_from_the_first_purchase_to_the_last_of_those_who_left(plain: Events) -> None:
    table = orders().groupby("CustomerID").InvoiceDate.agg(["min", "max"])
    left = np.array([(AS_OF - day).days > 80 for day in table["max"]])
    ends = [last if gone else AS_OF for last, gone in zip(table["max"], left, strict=True)]
    days = [(end - first).days for end, first in zip(ends, table["min"], strict=True)]
    assert plain.lifetimes["left"].tolist() == left.tolist()
    assert plain.lifetimes["days"].tolist() == days


def test_an_early_day_of_scoring_is_refused_with_the_earliest_possible(tmp_path: Path) -> None:
    path = written(orders(), tmp_path / "orders.csv")
    with pytest.raises(InputError, match="The earliest day is 2023-04-01"):
        read(path, as_of=date(2023, 3, 31))
    assert read(path, as_of=date(2023, 4, 1)).cuts == (date(2023, 1, 31),)


def test_nobody_active_is_refused_with_the_last_purchase(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"no customer is active.*The last purchase before is of 2024-06"):
        read(written(orders(), tmp_path / "orders.csv"), as_of=date(2025, 7, 1))


@pytest.mark.parametrize(
    ("renamed", "message"),
    [
        ({"CustomerID": "whoever"}, r"called like the customer.*whoever.*--id whoever"),
        ({"InvoiceDate": "CustomerNo"}, None),
    ],
)
def test_a_missing_customer_is_named_with_candidates(
    tmp_path: Path, renamed: dict[str, str], message: str | None
) -> None:
    path = written(orders().rename(columns=renamed), tmp_path / "orders.csv")
    if message is None:
        assert lines(read(path))["CustomerNo"] == "time"
    else:
        with pytest.raises(InputError, match=message):
            read(path)


def test_a_missing_time_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"no column has the time.*CustomerID.*\[columns.orders\]"):
        read(written(orders().drop(columns="InvoiceDate"), tmp_path / "orders.csv"))


def test_an_unreadable_date_is_named_by_row_and_column(tmp_path: Path) -> None:
    table = orders().astype({"InvoiceDate": str})
    table.loc[7, "InvoiceDate"] = "2024-13-45"
    with pytest.raises(InputError, match=r"row 8, column InvoiceDate: '2024-13-45' is no date"):
        read(written(table, tmp_path / "orders.csv"))


def test_words_cannot_be_multiplied(tmp_path: Path) -> None:
    path = written(orders(), tmp_path / "orders.csv")
    with pytest.raises(SettingsError, match=r"no number to multiply.*'Description' cannot be the quantity"):
        read(path, columns={"orders": {"Description": "quantity"}})


def test_unknown_columns_and_uses_are_named_with_the_nearest(tmp_path: Path) -> None:
    path = written(orders(), tmp_path / "orders.csv")
    with pytest.raises(SettingsError, match="Did you mean 'Region'"):
        read(path, columns={"orders": {"Regoin": "category"}})
    with pytest.raises(SettingsError, match="Did you mean 'quantity'"):
        read(path, columns={"orders": {"Region": "quantty"}})


def test_large_pasts_are_sampled_by_customer_and_cut(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("graphlead.ingest.cases.events.carry.MOST_KNOWN", 40)
    path = written(orders(), tmp_path / "orders.csv")
    found, shuffled = read(path), read(written(orders().sample(frac=1, random_state=1), path))
    assert 0 < found.cases.known.sum() <= 40
    assert len(found.cases.rows(~found.cases.known)) == 40
    assert list(found.cases.ids) == list(shuffled.cases.ids)
    at = {day: set(found.cases.ids[found.cases.day == np.datetime64(day)]) for day in found.cuts[:2]}
    assert at[found.cuts[0]] != at[found.cuts[1]]


@pytest.mark.parametrize("within", [7, 28, 90, 180, 365, 400])
def test_cuts_lie_a_horizon_before_the_day_of_scoring_and_after_some_history(within: int) -> None:
    cuts = choose_cuts(date(2015, 1, 1), date(2024, 2, 29), within)
    assert all((date(2024, 2, 29) - cut).days >= within for cut in cuts)
    assert cuts == sorted(cuts, reverse=True)
    assert len(cuts) == (4 if within >= 180 else 2)
    if within >= 180:
        assert {(cut.month, cut.day) for cut in cuts} == {(2, 28)}


def test_values_with_quotes_and_marks_are_values(tmp_path: Path) -> None:
    odd = {"bolt": "o'bolt $value {cut}", "nut": 'n"ut; --'}
    table = orders().replace({"Description": odd})
    found = read(written(table, tmp_path / "orders.csv")).cases
    row = row_of(found, "K007", AS_OF)
    assert row["share of Description o'bolt $value {cut} in the last 365 days"] == 0.5


def test_moments_of_one_day_are_one_purchase(tmp_path: Path) -> None:
    rows = [("A", datetime(2024, 6, 1, hour), 5.0) for hour in range(5)] + [("B", datetime(2024, 3, 1), 5.0)]
    more = [
        (f"C{k}", datetime(2024, 1, 1) + timedelta(days=5 * j + k), 5.0 + j)
        for k in range(9)
        for j in range(30)
    ]
    table = pd.DataFrame(rows + more, columns=["customer", "timestamp", "amount"])
    row = row_of(read(written(table, tmp_path / "orders.csv"), within=30).cases, "A", AS_OF)
    assert (row["days with purchases"], row["rows bought"]) == (1, 5)
