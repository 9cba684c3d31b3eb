"""Leads and deals to Cases: which leads are open on a day, which were won within the horizon, and no look ahead."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from graphlead.core.cases import Cases, Kind, Meaning
from graphlead.core.errors import InputError, SettingsError
from graphlead.ingest.cases.deals import read_deals
from graphlead.ingest.cases.tables import CaseTable
from graphlead.ingest.cases.understood import TableOptions

AS_OF = date(2024, 6, 1)
BEGIN = date(2023, 9, 1)


def leads() -> pd.DataFrame:
    first = [BEGIN + timedelta(days=k // 2) for k in range(600)]
    origin = ["search" if k % 3 else "referral" for k in range(600)]
    page = [f"page{k % 90:02}" for k in range(600)]
    return pd.DataFrame(
        {
            "mql_id": [f"L{k:03}" for k in range(600)],
            "first_contact_date": first,
            "origin": origin,
            "page": page,
        }
    )


def deals() -> pd.DataFrame:
    """Every fourth lead is won 5 to 84 days after the first contact."""
    won = leads()[::4].reset_index(drop=True)
    days = [day + timedelta(days=5 + 7 * (k % 12)) for k, day in enumerate(won.first_contact_date)]
    return pd.DataFrame({"mql_id": won.mql_id, "seller": "s1", "won_date": days})


def read(folder: Path, left: pd.DataFrame, right: pd.DataFrame, **options: Any) -> CaseTable:
    left.to_csv(folder / "leads.csv", index=False)
    right.to_csv(folder / "deals.csv", index=False)
    given = {"as_of": AS_OF, "within": 60} | options
    return read_deals(folder / "leads.csv", folder / "deals.csv", TableOptions(**given))


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> CaseTable:
    return read(tmp_path_factory.mktemp("deals"), leads(), deals())


def at(cases: Cases, day: date) -> Cases:
    return cases.rows(cases.day == np.datetime64(day))


def days_of(cases: Cases) -> list[date]:
    return sorted(set(cases.day[cases.known].astype("datetime64[D]").tolist()))


def truth(day: date) -> pd.DataFrame:
    """The leads open on a day: the age, and the day on which each is won."""
    won = leads().merge(deals(), how="left", on="mql_id").set_index("mql_id")
    open_ = won[(won.first_contact_date < day) & ~(won.won_date < day)]
    return open_.assign(age=[(day - first).days for first in open_.first_contact_date])


def test_open_cases_are_the_leads_that_came_before_and_are_not_won(plain: CaseTable) -> None:
    opened = plain.cases.rows(~plain.cases.known)
    expected = truth(AS_OF)
    assert set(opened.ids) == set(expected.index)
    age = opened.column(Meaning.DAYS_SINCE_CONTACT)
    assert age is not None and age.plain
    assert (opened.features[age.name].to_numpy() == expected.age.reindex(opened.ids)).all()
    assert {column.name: column.kind for column in opened.columns if column is not age} == {
        "origin": Kind.CATEGORY,
        "page": Kind.CATEGORY,
    }


def test_known_cases_are_those_of_cuts_a_horizon_before_with_what_became_of_them(plain: CaseTable) -> None:
    cases = plain.cases
    assert len(days_of(cases)) == 6
    for day in days_of(cases):
        assert (AS_OF - day).days >= 60
        found, expected = at(cases, day), truth(day)
        assert set(found.ids) == set(expected.index)
        won = expected.won_date.reindex(found.ids)
        assert (
            found.outcome == [day <= each < day + timedelta(days=60) for each in won.fillna(date.max)]
        ).all()
        assert (found.features.iloc[:, 0] == expected.age.reindex(found.ids).to_numpy()).all()
    assert cases.horizon == 60
    assert 0 < cases.outcome[cases.known].mean() < 0.5


def test_nothing_later_reaches_a_case(plain: CaseTable, tmp_path: Path) -> None:
    later = leads().assign(mql_id=lambda t: "N" + t.mql_id, first_contact_date=AS_OF, origin="radio")[:50]
    won = pd.DataFrame({"mql_id": leads().mql_id[1::4], "seller": "s2", "won_date": AS_OF})
    found = read(tmp_path, pd.concat([leads(), later]), pd.concat([deals(), won]))
    pd.testing.assert_frame_equal(found.cases.features, plain.cases.features)
    assert (found.cases.outcome == plain.cases.outcome).all()
    came = 50 + (leads().first_contact_date >= AS_OF).sum()
    sold = 150 + (deals().won_date >= AS_OF).sum()
    assert f"{came} leads came on or after {AS_OF}: they are left out." in found.notes
    assert f"{sold} deals are of {AS_OF} or later: no feature knows of them." in found.notes


def test_an_outcome_written_into_the_leads_is_no_feature(tmp_path: Path) -> None:
    told = leads().assign(converted=lambda t: t.mql_id.isin(deals().mql_id))
    found = read(tmp_path, told, deals())
    assert "converted" not in found.cases.features
    assert (
        "converted",
        "ignored",
        "called like an outcome, which is stated elsewhere",
    ) in found.understood.plan()


def test_a_day_of_contact_is_no_contact_whatever_its_rows(tmp_path: Path) -> None:
    """Of few leads nearly each has its own day, as nearly each has its own telephone number."""
    found = read(tmp_path, leads()[:520:2], deals(), as_of=date(2024, 4, 20))
    assert found.cases.column(Meaning.DAYS_SINCE_CONTACT) is not None


def test_the_plan_says_what_joins(plain: CaseTable) -> None:
    assert ("mql_id", "id", "it joins the deals") in plain.understood.plan()


def test_without_history_the_earliest_day_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"The earliest day is 2023-12-05"):
        read(tmp_path, leads(), deals(), as_of=date(2023, 11, 1))


def test_when_no_lead_is_open_another_day_is_asked_for(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no lead is open on 2024-12-01"):
        read(tmp_path, leads()[::4], deals(), as_of=date(2024, 12, 1))


def test_tables_that_share_no_column_or_several_are_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="share no column"):
        read(tmp_path, leads(), deals().rename(columns={"mql_id": "lead"}))
    both = deals().assign(origin="x")
    with pytest.raises(SettingsError, match=r"several columns \(mql_id, origin\)"):
        read(tmp_path, leads(), both)
    options = TableOptions(as_of=AS_OF, within=60)
    found = read_deals(tmp_path / "leads.csv", tmp_path / "deals.csv", options, {"mql_id": "id"})
    assert len(found.cases)


def test_the_day_of_the_deals_may_be_set_among_several(tmp_path: Path) -> None:
    later = [day + timedelta(days=90) for day in deals()["won_date"]]
    late = deals().assign(loaded=later).rename(columns={"won_date": "day_a"})
    with pytest.raises(InputError, match=r"day_a or loaded"):
        read(tmp_path, leads(), late)
    options = TableOptions(as_of=AS_OF, within=60)
    found = read_deals(tmp_path / "leads.csv", tmp_path / "deals.csv", options, {"day_a": "date"})
    assert [(each.name, str(each.use)) for each in found.deals] == [("mql_id", "id"), ("day_a", "date")]
    assert (found.cases.outcome == 1).sum() == (read(tmp_path, leads(), deals()).cases.outcome == 1).sum()


def test_deals_without_a_day_and_leads_without_one_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"no column is called like the day on which a deal was won"):
        read(tmp_path, leads(), deals().drop(columns="won_date"))
    with pytest.raises(InputError, match=r"no column has the day of the first contact"):
        read(tmp_path, leads().drop(columns="first_contact_date"), deals())
