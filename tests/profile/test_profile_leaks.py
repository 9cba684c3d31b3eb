"""Columns and links that give the clients away are left out or warned of; honest ones are neither."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
from planted_leaks import TODAY, drawn, honest, is_client, leaky, only, registered

from graphlead.core.clients import Cohort
from graphlead.core.errors import CarrierError
from graphlead.core.leaks import HONEST, LEFT_OUT, USED, Leak
from graphlead.core.register import Register, Role
from graphlead.profile.leaks.alone import Cases, Filling, Found, best_found, cases_of
from graphlead.profile.leaks.files import load_leaks, save_leaks, without_leaks
from graphlead.profile.leaks.find import find_leaks
from graphlead.profile.leaks.headers import is_bookkeeping


def found(register: Register, cohort: Cohort, **options: tuple[str, ...]) -> dict[str, Leak]:
    return {leak.column: leak for leak in find_leaks(register, cohort, **options)}


@pytest.mark.parametrize(("n", "clients"), [(1000, 5), (1500, 20), (3000, 150), (2000, 500)])
def test_what_only_clients_have_is_left_out_and_nothing_else(tmp_path: Path, n: int, clients: int) -> None:
    cohort = drawn(n, clients, seed=clients)
    planted = leaky(cohort, seed=1)
    decisions = found(registered(tmp_path, honest(cohort, seed=2) | planted), cohort)
    assert {name for name, leak in decisions.items() if leak.decision == LEFT_OUT} == set(planted)
    assert {leak.decision for name, leak in decisions.items() if name not in planted} == {HONEST}


@pytest.mark.parametrize("clients", [4, 6, 10, 20])
def test_with_few_clients_luck_is_no_leak(tmp_path: Path, clients: int) -> None:
    for seed in range(25):
        cohort = drawn(600, clients, seed)
        register = registered(tmp_path / str(seed), honest(cohort, seed))
        assert {leak.decision for leak in find_leaks(register, cohort)} == {HONEST}


def test_where_half_of_all_companies_are_clients_nothing_is_suspected_for_it(tmp_path: Path) -> None:
    cohort = drawn(400, 220, seed=0)
    register = registered(tmp_path, honest(cohort, seed=0))
    assert {leak.decision for leak in find_leaks(register, cohort)} == {HONEST}


def test_the_sentence_counts_and_names_the_remedy(tmp_path: Path) -> None:
    cohort = drawn(1000, 40, seed=0)
    client = is_client(cohort)
    half = client | (np.arange(1000) % 4 == 0)  # others: a quarter
    one_more = client.copy()
    one_more[np.flatnonzero(~client)[0]] = True
    columns = {
        "last invoice": (Role.DATE, only(client, np.full(1000, TODAY))),
        "manager": (Role.CATEGORY, only(one_more, np.full(1000, "Ada"))),
        "web": (Role.CATEGORY, only(half, np.full(1000, "yes"))),
        "flag": (Role.BOOLEAN, client),
    }
    decisions = found(registered(tmp_path, columns), cohort)
    share = (half & ~client).sum() / 960
    assert decisions["last invoice"].sentence == (
        "last invoice is filled for 40 of 40 clients and for none of the others: only clients can have it, so it was "
        "left out (--keep 'last invoice' to use it)."
    )
    assert decisions["manager"].sentence == (
        "manager is filled for 40 of 40 clients and for 1 of the 960 others: hardly anyone else has it, so it was left "
        "out (--keep manager to use it)."
    )
    assert decisions["web"].sentence == (
        f"web is filled for 40 of 40 clients and for {share:.0%} of the others: if that is because they are clients, "
        "leave it out (--exclude web)."
    )
    assert decisions["flag"].sentence == (
        "flag alone finds 40 of 40 clients among 40 companies: it gives them away, so it was left out (--keep flag to "
        "use it)."
    )
    assert decisions["flag"].f1 == 1
    assert (decisions["web"].filled_clients, decisions["web"].filled_others) == (1, round(share, 4))


def test_a_column_to_keep_is_used_and_warned_of_and_an_excluded_one_not_tested(tmp_path: Path) -> None:
    cohort = drawn(1000, 40, seed=0)
    register = registered(tmp_path, leaky(cohort, seed=0))
    decisions = found(register, cohort, keep=("is_customer",), exclude=("credit_limit",))
    assert decisions["is_customer"].decision == USED
    assert decisions["is_customer"].sentence.endswith(
        "gives them away; used all the same, for --keep is_customer was given."
    )
    assert decisions["account_manager"].decision == LEFT_OUT
    assert "credit_limit" not in decisions


def test_a_trade_or_place_that_is_full_of_clients_is_used_with_a_warning(tmp_path: Path) -> None:
    cohort = drawn(2000, 100, seed=0)
    trade = np.where(is_client(cohort), "33.2", "10.1")
    trade[np.flatnonzero(~is_client(cohort))[:10]] = "33.2"
    columns = {"nace": (Role.INDUSTRY, trade), "kind": (Role.CATEGORY, trade)}
    decisions = found(registered(tmp_path, columns), cohort)
    assert decisions["nace"].decision == USED
    assert decisions["nace"].sentence.startswith("nace alone finds 100 of 100 clients among 110 companies")
    assert decisions["kind"].decision == LEFT_OUT


def test_the_order_of_the_rows_has_no_influence(tmp_path: Path) -> None:
    cohort = drawn(1000, 50, seed=0)
    columns = honest(cohort, seed=0) | leaky(cohort, seed=0)
    register = registered(tmp_path / "one", columns)
    order = np.random.default_rng(1).permutation(1000)
    other = registered(tmp_path / "other", columns)
    pq.write_table(pq.read_table(register.companies).take(order), other.companies)
    place = np.argsort(order).astype(np.int32)
    moved = replace(cohort, clients=np.sort(place[cohort.clients]))
    assert find_leaks(other, moved) == find_leaks(register, cohort)


def test_past_clients_may_have_what_clients_have(tmp_path: Path) -> None:
    cohort = drawn(1000, 20, seed=0)
    past = np.flatnonzero(~is_client(cohort))[:300].astype(np.int32)
    known = is_client(cohort) | np.isin(np.arange(1000), past)
    register = registered(tmp_path, {"code": (Role.CATEGORY, only(known, np.full(1000, "x")))})
    assert found(register, cohort)["code"].decision != LEFT_OUT
    suppressed = replace(cohort, suppressed=past)
    assert found(register, suppressed)["code"].decision == LEFT_OUT


def test_dates_that_follow_the_sale_are_warned_of(tmp_path: Path) -> None:
    cohort = drawn(1500, 60, seed=0)
    draw = np.random.default_rng(0)
    won = TODAY - draw.integers(300, 2000, 60)
    dated = replace(cohort, won=won)
    touched = TODAY - draw.integers(0, 5000, 1500)
    touched[cohort.clients] = won + draw.integers(1, 250, 60)
    founded = TODAY - draw.integers(5000, 20_000, 1500)
    register = registered(tmp_path, {"touched": (Role.DATE, touched), "founded": (Role.DATE, founded)})
    later = float(np.median(touched[cohort.clients].astype(int)))
    later -= float(np.median(touched[~is_client(cohort)].astype(int)))
    assert found(register, dated)["touched"].decision == USED
    assert found(register, dated)["touched"].sentence.startswith(
        "touched lies after the day that clients were won and, in the median, "
        f"{later / 365.2425:.1f} years later than for the others"
    )
    assert found(register, dated)["founded"].decision == HONEST
    assert found(register, cohort)["touched"].decision == HONEST


def test_links_that_touch_only_clients_are_left_out(tmp_path: Path) -> None:
    cohort = drawn(1000, 50, seed=0)
    draw = np.random.default_rng(0)
    ends = [draw.integers(0, 1000, 800).astype(np.int32) for _ in range(2)]
    links = {"owns": (ends[0], ends[1]), "account_manager_of": (None, cohort.clients)}
    register = replace(registered(tmp_path, honest(cohort, seed=0), links), n_links=850)
    leaks = find_leaks(register, cohort)
    kinds = {leak.column: leak for leak in leaks if leak.links}
    assert kinds["owns"].decision == HONEST
    assert kinds["account_manager_of"].decision == LEFT_OUT
    assert kinds["account_manager_of"].sentence == (
        "links of the kind account_manager_of touch 50 of 50 clients and none of the others: only clients can have it, "
        "so they were left out (--keep account_manager_of to use them)."
    )
    save_leaks(leaks, register, tmp_path)
    left = without_leaks(register, load_leaks(tmp_path), tmp_path)
    assert load_leaks(tmp_path) == leaks
    assert left.n_links == 800
    assert set(left.read_links()["kind"].to_pylist()) == {"owns"}


def test_a_register_without_what_is_left_out_ignores_the_column_with_its_reason(tmp_path: Path) -> None:
    cohort = drawn(1000, 50, seed=0)
    register = registered(tmp_path, leaky(cohort, seed=0) | honest(cohort, seed=0))
    left = without_leaks(register, find_leaks(register, cohort), tmp_path)
    assert left.column("is_customer").role is Role.IGNORED
    assert left.column("is_customer").reason == "left out: it gives away who is a client"
    assert left.column("nace").role is Role.INDUSTRY


@pytest.mark.parametrize(
    "header",
    ["Kundennr", "customer id", "lastOrder", "CRM status", "invoice_total", "N° client", "Auftragswert",
     "Key Account Manager", "numéro_facture", "data_contratto", "won_on", "orders", "Zamówienia"],
)  # fmt: skip
def test_headers_of_book_keeping(header: str) -> None:
    assert is_bookkeeping(header)


@pytest.mark.parametrize(
    "header",
    ["country", "employees", "contractor_licence", "dealer", "border_distance", "commercial_register", "postcode",
     "accounts_category", "founded", "leadership"],
)  # fmt: skip
def test_headers_of_registers(header: str) -> None:
    assert not is_bookkeeping(header)


def test_the_best_cells_are_taken_by_the_rates_of_the_other_folds() -> None:
    fold = np.tile(np.arange(5, dtype=np.int32), 8)
    clients = np.arange(10, dtype=np.int32)
    cells = np.r_[np.full(15, 1), np.full(25, 0)].astype(np.int32)
    best = best_found(cells, Cases(clients, fold))
    assert (best.found, best.taken, best.clients, best.companies) == (10, 15, 10, 40)
    assert best.f1 == pytest.approx(2 * 10 / 25)


def test_f1_is_measured_beyond_that_of_taking_everybody() -> None:
    everybody = Found(found=200, taken=400, clients=200, companies=400)
    assert everybody.f1 == pytest.approx(2 / 3)
    assert everybody.beyond == pytest.approx(0)
    perfect = Found(found=5, taken=5, clients=5, companies=100_000)
    assert perfect.beyond == 1
    assert 0.75 < perfect.sure < 0.8


def test_filling_in_both_directions_and_by_chance() -> None:
    more = Filling(clients=40, of_clients=40, others=96, of_others=960)
    assert (more.gap, more.lift) == (pytest.approx(0.9), pytest.approx(10))
    less = Filling(clients=0, of_clients=40, others=480, of_others=960)
    assert (less.gap, less.lift) == (0.5, float("inf"))
    one = Filling(clients=1, of_clients=4, others=0, of_others=996)
    assert one.p_value == pytest.approx(2 * 4 / 1000)
    nothing = Filling(clients=0, of_clients=4, others=0, of_others=996)
    assert (nothing.lift, nothing.p_value) == (1, 1)


def test_every_fold_holds_its_part_of_the_clients_and_no_suppressed_company(tmp_path: Path) -> None:
    cohort = replace(drawn(500, 7, seed=0), suppressed=np.zeros(0, np.int32))
    away = np.setdiff1d(np.arange(20), cohort.clients).astype(np.int32)
    register = registered(tmp_path, honest(cohort, seed=0))
    cases = cases_of(replace(cohort, suppressed=away), register.ids())
    assert sorted(np.bincount(cases.fold[cohort.clients], minlength=5)) == [1, 1, 1, 2, 2]
    assert (cases.n, cases.n_clients) == (500 - len(away), 7)


def test_a_decision_has_a_sentence_and_honesty_has_none() -> None:
    with pytest.raises(CarrierError, match="a sentence"):
        Leak(column="x", decision=LEFT_OUT, f1=1, filled_clients=1, filled_others=0)
    with pytest.raises(CarrierError, match="a decision"):
        Leak(column="x", decision="odd", f1=1, filled_clients=1, filled_others=0, sentence="Why.")
