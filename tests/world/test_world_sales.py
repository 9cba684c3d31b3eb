"""The generated CRM: its planted effects, its truth, and that a row never depends on its position."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import roc_auc_score

from graphlead.core.errors import SettingsError
from graphlead.world import World, WorldSettings, make_world
from graphlead.world.sales import Crm, CrmSettings, make_crm
from graphlead.world.sales.companies import customers_of, leads_of, read_companies
from graphlead.world.sales.customers import make_customers
from graphlead.world.sales.items import LINES, OWN_LINE, PRICES
from graphlead.world.sales.leads import make_leads
from graphlead.world.sales.lots import Lots

LEADS, CUSTOMERS = 15_000, 2_500


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    return make_world(tmp_path_factory.mktemp("world"), WorldSettings(companies=3000, clients=150))


@pytest.fixture(scope="module")
def crm(world: World, tmp_path_factory: pytest.TempPathFactory) -> Crm:
    return make_crm(tmp_path_factory.mktemp("crm"), world, CrmSettings(leads=LEADS, customers=CUSTOMERS))


@pytest.fixture(scope="module")
def leads(crm: Crm) -> pd.DataFrame:
    return pd.read_csv(crm.leads, dtype={"converted": "string"}).merge(
        pd.read_csv(crm.leads_truth), on="lead_id"
    )


@pytest.fixture(scope="module")
def customers(crm: Crm) -> pd.DataFrame:
    return pd.read_csv(crm.customers, dtype={"churned": "string"}).merge(
        pd.read_csv(crm.customers_truth, parse_dates=["left_on"]), on="customer_id"
    )


def times(rows: pd.DataFrame, value: str, these: pd.Series) -> float:
    return float(rows.loc[these, value].mean() / rows.loc[~these, value].mean())


def test_referrals_convert_nearly_three_times_as_often_as_cold_calls(leads: pd.DataFrame) -> None:
    both = leads[leads["lead_source"].isin(["Referral", "Cold Call"])]
    assert times(both, "probability", both["lead_source"] == "Referral") == pytest.approx(2.9, abs=0.2)
    assert times(both, "converts", both["lead_source"] == "Referral") == pytest.approx(2.9, abs=0.5)


def test_leads_age_after_ninety_days(leads: pd.DataFrame) -> None:
    age = leads["days_since_first_contact"]
    near = leads[age.between(70, 110)]
    assert times(near, "probability", near["days_since_first_contact"] > 90) < 0.35
    assert times(leads, "probability", age > 90) < 0.3
    assert (age > 90).mean() == pytest.approx(0.2, abs=0.05)


def test_companies_near_converted_ones_convert_more_often(leads: pd.DataFrame, world: World) -> None:
    """By the outcomes of the other companies of the town, as a graph of companies sees them."""
    town = leads["company_id"].map(read_companies(world).set_index("company_id")["city"])
    others = leads[town.notna()].assign(town=town)
    same_town, own = others.groupby("town")["converts"], others.groupby("company_id")["converts"]
    count = same_town.transform("size") - own.transform("size")
    share = (same_town.transform("sum") - own.transform("sum"))[count >= 20] / count[count >= 20]
    seen = others.loc[share.index]
    assert times(seen, "converts", share >= share.quantile(0.75)) > 1.6
    assert roc_auc_score(leads["converts"], leads["probability"]) > 0.02 + roc_auc_score(
        leads["converts"], leads["probability_alone"]
    )


def test_detractors_and_monthly_contracts_leave_more_often(customers: pd.DataFrame) -> None:
    assert times(customers, "probability", customers["nps_score"] <= 6) == pytest.approx(5, abs=0.5)
    monthly = customers["contract_type"] == "monthly"
    assert times(customers, "probability", monthly) == pytest.approx(2.7, abs=0.3)
    assert customers["leaves"].mean() == pytest.approx(0.2, abs=0.03)


def test_the_effects_beside_the_truth_are_those_of_the_rows(
    crm: Crm, leads: pd.DataFrame, customers: pd.DataFrame
) -> None:
    effects = json.loads(crm.effects.read_text("utf-8"))
    both = leads[leads["lead_source"].isin(["Referral", "Cold Call"])]
    found = times(both, "probability", both["lead_source"] == "Referral")
    assert effects["leads"]["referral_against_cold_call"] == pytest.approx(found, abs=0.001)
    found = times(customers, "probability", customers["nps_score"] <= 6)
    assert effects["customers"]["detractor_against_others"] == pytest.approx(found, abs=0.001)


def test_open_rows_have_no_outcome_and_nothing_that_comes_with_it(
    leads: pd.DataFrame, customers: pd.DataFrame
) -> None:
    for table, outcome, truth in ((leads, "converted", "converts"), (customers, "churned", "leaves")):
        opened = table[outcome].isna()
        assert opened.mean() == pytest.approx(0.25, abs=0.03)
        assert ((table[outcome] == "yes") == table[truth])[~opened].all()
    assert (leads["lost_reason"].notna() == (leads["converted"] == "no")).all()


def test_probabilities_hold(leads: pd.DataFrame) -> None:
    for name in ("probability", "probability_alone"):
        tenth = leads.groupby(pd.qcut(leads[name], 10))[[name, "converts"]].mean()
        assert (tenth[name] - tenth["converts"]).abs().max() < 0.04
    assert leads["converts"].mean() == pytest.approx(0.16, abs=0.03)


def test_customers_fall_silent_and_write_before_they_leave(crm: Crm, customers: pd.DataFrame) -> None:
    left = customers.set_index("customer_id")["left_on"]

    def before(path: Path) -> pd.DataFrame:
        rows = pd.read_csv(path, parse_dates=["date"])
        return rows.assign(days=(rows["customer_id"].map(left) - rows["date"]).dt.days)

    past = customers.loc[customers["left_on"] <= "2025-06-30", "customer_id"]
    orders, logins, tickets = before(crm.orders), before(crm.logins), before(crm.tickets)
    for rows, most in ((orders, 0.75), (logins, 0.75)):
        of_them = rows[rows["customer_id"].isin(past)]
        assert of_them["days"].min() >= 0
        assert (of_them["days"] < 60).sum() < most * of_them["days"].between(60, 119).sum()
    says = tickets["text"].str.contains("cancel our|to cancel\\?|not interested", regex=True)
    assert tickets.loc[says, "days"].between(0, 150).all()
    assert tickets["text"].str.contains("cancel")[tickets["days"].isna()].any()
    assert orders["date"].max() == pd.Timestamp("2025-06-30")


def test_customers_buy_from_a_line_of_their_own(crm: Crm) -> None:
    orders = pd.read_csv(crm.orders)
    lines = pd.Series({item: line for line, items in LINES.items() for item in items})
    counts = pd.crosstab(orders["customer_id"], orders["item"].map(lines))
    often = counts[counts.sum(axis=1) >= 20]
    assert (often.max(axis=1) / often.sum(axis=1)).mean() == pytest.approx(
        OWN_LINE + 0.3 / len(LINES), abs=0.03
    )
    assert often.idxmax(axis=1).value_counts(normalize=True).between(0.1, 0.3).all()
    assert (orders["unit_price"] == orders["item"].map(PRICES)).all()


def test_the_last_login_is_the_one_that_the_table_has(crm: Crm, customers: pd.DataFrame) -> None:
    last = pd.read_csv(crm.logins, parse_dates=["date"]).groupby("customer_id")["date"].max()
    stay = customers[customers["left_on"].isna() & customers["customer_id"].isin(last.index)]
    ago = (pd.Timestamp("2025-06-30") - stay["customer_id"].map(last)).dt.days
    assert (ago == stay["last_login_days_ago"]).all()
    tickets = pd.read_csv(crm.tickets, parse_dates=["date"])
    recent = tickets[tickets["date"] > pd.Timestamp("2025-05-31")].groupby("customer_id").size()
    old = stay[stay["tenure_months"] > 1]
    assert (old["customer_id"].map(recent).fillna(0) == old["support_tickets_last_month"]).mean() > 0.95


def test_the_same_settings_give_the_same_bytes(world: World, tmp_path: Path) -> None:
    made = [make_crm(tmp_path / name, world, CrmSettings(leads=700, customers=200, seed=seed))
            for name, seed in (("a", 1), ("b", 1), ("c", 2))]  # fmt: skip
    for name in (
        "leads",
        "customers",
        "orders",
        "tickets",
        "logins",
        "leads_truth",
        "customers_truth",
        "effects",
    ):
        a, b, c = (getattr(each, name).read_bytes() for each in made)
        assert a == b != c


def test_a_row_keeps_its_values_whatever_the_others_are(world: World) -> None:
    companies = read_companies(world)
    for rows, make in (
        (leads_of(companies, 400, 0), make_leads),
        (customers_of(companies, 400, 0), make_customers),
    ):
        whole, part = (
            make(each, 0)[1].set_index("company_id")
            for each in (rows, rows.iloc[::-3].reset_index(drop=True))
        )
        assert part["probability"].equals(whole["probability"].reindex(part.index))


def test_a_company_comes_again_only_when_all_have_come(world: World) -> None:
    companies = read_companies(world)
    few, many = (leads_of(companies, n, 0) for n in (1000, 2 * len(companies) + 7))
    assert few["company_id"].is_unique
    assert set(many["company_id"].value_counts()) == {2, 3}
    assert many["key"].is_unique
    clients = customers_of(companies, 120, 0)
    assert set(clients["role"]) == {"client"}
    assert not companies["company_id"].isin(["C0"]).any()


def test_lots_have_the_distributions_that_they_name() -> None:
    lots = Lots.of(np.array([f"row {i}" for i in range(20_000)], object), 3)
    assert lots.share("a").mean() == pytest.approx(0.5, abs=0.01)
    assert lots.normal("a", 4, 2).std() == pytest.approx(2, abs=0.05)
    assert lots.gamma("a", 1.6, 35).mean() == pytest.approx(56, abs=1.5)
    assert lots.count("a", 1.5).var() == pytest.approx(1.5, abs=0.06)
    assert (lots.pick("a", ("x", "y"), (3.0, 1.0)) == "x").mean() == pytest.approx(0.75, abs=0.01)
    assert abs(np.corrcoef(lots.share("a"), lots.share("b"))[0, 1]) < 0.02


def test_sizes_out_of_range_are_refused_by_name() -> None:
    with pytest.raises(SettingsError, match="leads has to be between 50"):
        CrmSettings(leads=3, customers=100)
    assert CrmSettings.of(200).leads == 100
    assert CrmSettings.of(100_000_000).customers == 1_000_000
