"""`graphlead recommend` from end to end."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from html import escape
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from made_orders import AS_OF, TASTES, orders, people, written
from tiny import command, tiny_run
from typer.testing import CliRunner

import graphlead
from graphlead.cli.app import app
from graphlead.core.errors import GraphleadError, InputError, SettingsError
from graphlead.pipeline.finished import FinishedRun
from graphlead.pipeline.recommend.companies import Strangers

DAY = AS_OF.isoformat()


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a run with new customers and a product."""
    folder = tmp_path_factory.mktemp("recommend")
    later = orders(30, 9).assign(order_date="2024-07-02")
    given = ["recommend", "--events", str(written(folder, pd.concat([orders(), later]))), "--customers",
             str(written(folder, people(), "people.csv")), "--as-of", DAY, "--product", "shelf1 thing03",
             "--top", "5", "--out", str(folder / "run"), "--quiet"]  # fmt: skip
    done = CliRunner().invoke(app, given, catch_exceptions=False)
    assert done.exit_code == 0
    return folder / "run"


@pytest.fixture(scope="module")
def table(made: Path) -> pd.DataFrame:
    return pd.read_parquet(made / "recommendations.parquet")


def shelf(item: str) -> int:
    return int(re.match(r"shelf(\d)", item)[1])  # type: ignore[index]


def test_every_customer_has_a_list_of_what_it_never_bought(table: pd.DataFrame) -> None:
    assert list(table) == ["customer", "item", "score", "rank", "kind", "why"]
    assert table.groupby("customer").size().eq(5).all()
    assert set(table["customer"]) == {*people()["customer_id"]}
    bought = set(map(tuple, orders()[["customer_id", "product"]].to_numpy()))
    assert not bought & set(map(tuple, table[["customer", "item"]].to_numpy()))
    assert (table["rank"] == table.groupby("customer").cumcount() + 1).all()


def test_lists_follow_the_taste(table: pd.DataFrame) -> None:
    known = table[table["customer"].str.startswith("C")]
    taste = known["customer"].str[1:].astype(int) % TASTES
    first = known["rank"] == 1
    assert (known["item"].map(shelf) == taste)[first].mean() > 0.8


def test_reasons_are_true(table: pd.DataFrame) -> None:
    held = orders().groupby("product")["customer_id"].agg(set)
    together = table[table["kind"] == "together"].sample(60, random_state=1)
    for row in together.itertuples():
        own, share = re.fullmatch(r"bought with (.*) by (\d+) % of its buyers", row.why).groups()  # type: ignore[union-attr]
        assert row.customer in held[own]
        both = len(held[own] & held[row.item])
        assert abs(both / len(held[own]) - int(share) / 100) <= 0.00501


def test_customers_without_an_order_get_what_those_like_them_buy(made: Path, table: pd.DataFrame) -> None:
    metrics = json.loads((made / "metrics.json").read_text())
    trial = metrics["newcomers"]
    assert trial["helps"]
    assert trial["content_ndcg_10"] > trial["popular_ndcg_10"]
    new = table[table["customer"].str.startswith("N")]
    assert set(new["kind"]) == {"content"}
    assert (new["item"].map(shelf) == new["customer"].str[1:].astype(int) % TASTES).all()


def test_the_figures_are_of_an_earlier_day(made: Path) -> None:
    metrics = json.loads((made / "metrics.json").read_text())
    assert metrics["verb"] == "recommend"
    assert metrics["backtest"]["cut"] == "2024-04-02"
    assert metrics["backtest"]["until"] == DAY
    assert metrics["backtest"]["cuts"] == ["2024-04-02", "2024-02-17"]
    by_name = {each["model"]: each for each in metrics["models"]}
    assert by_name[metrics["chosen"]]["ndcg_10"] > by_name["popular"]["ndcg_10"]
    assert all(each["low"] <= each["ndcg_10"] <= each["high"] for each in metrics["models"])
    assert any(note.endswith(f"are of {DAY} or later: nothing knows of them.") for note in metrics["notes"])


def test_prospects_are_the_customers_without_the_product(made: Path) -> None:
    found = pd.read_parquet(made / "prospects.parquet")
    owners = set(orders().query("product == 'shelf1 thing03'")["customer_id"])
    assert set(found["id"]) == set(orders()["customer_id"]) - owners
    assert (found["score"].diff().dropna() <= 0).all()
    assert found["score"].between(0, 1).all()
    taste = found["id"].str[1:].astype(int) % TASTES == 1
    assert taste[:20].mean() > 0.8
    lately = json.loads((made / "metrics.json").read_text())["product"]["lately"]
    assert found["score"].mean() == pytest.approx(lately["bought"] / lately["asked"], rel=0.15)
    assert set(found["known"]) == {"customer"}


def test_the_page_shows_it(made: Path) -> None:
    page = (made / "report.html").read_text()
    for text in ("For example", "How good it is", "Who wants", "shelf1 thing03", "EASE"):
        assert text in page
    assert "http://" not in re.sub(r"<script>.*?</script>|<style>.*?</style>", "", page, flags=re.S)


def test_the_same_run_again_gives_the_same_bytes(made: Path, tmp_path: Path) -> None:
    shuffled = orders().sample(frac=1, random_state=3)
    again = graphlead.recommend(shuffled, customers=people(), as_of=DAY, product="shelf1 thing03", top=5, quiet=True,
                                out=tmp_path / "again")  # fmt: skip
    for name in ("recommendations.parquet", "prospects.parquet"):
        assert (again.folder / name).read_bytes() == (made / name).read_bytes()


def test_newer_orders_are_served_by_the_trained_model(made: Path, tmp_path: Path) -> None:
    newer = orders(250, 5)
    run = graphlead.open_run(made)
    again = run.score(newer, out=tmp_path / "newer", as_of=DAY)  # type: ignore[union-attr, arg-type]
    assert set(again.recommendations["customer"]) >= set(newer["customer_id"])  # type: ignore[union-attr]
    assert again.metrics["chosen"] == run.metrics["chosen"]  # type: ignore[union-attr]
    bought = set(map(tuple, newer[["customer_id", "product"]].to_numpy()))
    assert not bought & set(map(tuple, again.recommendations[["customer", "item"]].to_numpy()))  # type: ignore[union-attr]
    drift = json.loads((again.folder / "drift.json").read_text())
    assert not drift["alarm"]
    assert [each["column"] for each in drift["scores"]] == [
        f"score of the first offer by {run.metrics['chosen']}"
    ]
    for verb in ("evaluate", "report"):
        done = CliRunner().invoke(app, [verb, "--run", str(made)], catch_exceptions=False)
        assert done.exit_code == 0


def test_what_changed_since_the_model_was_trained_is_noted(made: Path, tmp_path: Path) -> None:
    newer = orders(250, 5)
    newer["product"] = newer["product"].str.replace("shelf0", "shelf1")
    again = graphlead.open_run(made).score(newer, out=tmp_path / "newer", as_of=DAY)  # type: ignore[union-attr, arg-type]
    drift = json.loads((again.folder / "drift.json").read_text())
    assert {"what was bought lately", "first offer"} <= {
        each["column"] for each in drift["drift"] if each["alarm"]
    }
    notes = [note for note in again.metrics["notes"] if note.startswith("Since the models were trained: ")]
    assert any("what was bought lately" in note for note in notes)
    assert escape(notes[0]) in (again.folder / "report.html").read_text()


def test_repeat_recommends_what_was_bought_too(tmp_path: Path) -> None:
    found = graphlead.recommend(
        orders(), as_of=DAY, repeat=True, models=("popular",), quiet=True
    ).recommendations
    bought = set(map(tuple, orders()[["customer_id", "product"]].to_numpy()))
    assert bought & set(map(tuple, found[["customer", "item"]].to_numpy()))


def test_postage_is_no_product(tmp_path: Path) -> None:
    postage = orders().drop_duplicates("customer_id").assign(product="Postage")
    run = graphlead.recommend(pd.concat([orders(), postage.head(100)]), as_of=DAY, quiet=True)
    assert "Postage" not in set(run.recommendations["item"])
    assert "Taken for no products, so not recommended: Postage." in run.metrics["notes"]


def test_a_short_history_is_no_error(tmp_path: Path) -> None:
    run = graphlead.recommend(orders(30, days=10), as_of=DAY, quiet=True)
    assert run.metrics["backtest"] is None
    assert run.metrics["chosen"].startswith("ease")
    assert any(note.startswith("The history is too short") for note in run.metrics["notes"])
    assert (run.folder / "report.html").read_text().count("too little history") == 1


def test_companies_of_a_register_stand_beside_the_customers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = np.unique(orders()["customer_id"])
    company = pd.Series([f"K{at}" for at in range(len(names))], dtype=object)
    table = pd.DataFrame({"id": ["X1"], "company_id": ["X1"], "score": [0.99], "why": ["like the buyers"]})
    around = Strangers(table=table, company=company)
    monkeypatch.setattr("graphlead.pipeline.recommend.prospects.companies_wanting", lambda *_: around)
    run = graphlead.recommend(
        orders(), as_of=DAY, product="shelf1 thing03", companies=people().assign(name="x"), quiet=True
    )
    found = run.prospects
    assert found is not None
    assert found.loc[0, ["id", "known", "rank", "why"]].tolist() == [
        "X1",
        "non-customer",
        1,
        "like the buyers",
    ]
    known = found[found["known"] == "customer"]
    assert dict(zip(known["id"], known["company_id"], strict=True)) == {
        each: company[at] for at, each in enumerate(names) if each in set(known["id"])
    }


def test_companies_like_the_buyers_come_from_a_discovery_run(tmp_path: Path) -> None:
    run = tiny_run(tmp_path)
    register = pd.read_csv(tmp_path / "companies.csv")
    for name in ("companies", "links", "clients", "suppress"):
        (tmp_path / f"{name}.csv").unlink()
    theirs = register.iloc[::2].reset_index(drop=True)
    known = people(len(theirs), 0).assign(company=theirs["name"])
    product = "shelf1 thing00"
    table = orders(len(theirs))
    given = ["recommend", "--events", written(tmp_path, table), "--customers", written(tmp_path, known, "people.csv"),
             "--run", run, "--product", product, "--as-of", DAY, "--out", tmp_path / "out", "--quiet"]  # fmt: skip
    assert command(*given) == 0
    found = pd.read_parquet(tmp_path / "out" / "prospects.parquet")
    owners = set(table.query("product == @product")["customer_id"])
    customers = found[found["known"] == "customer"]
    assert set(customers["id"]) == set(table["customer_id"]) - owners
    company = dict(zip(known["customer_id"], theirs["company_id"], strict=True))
    assert customers["company_id"].tolist() == [company[each] for each in customers["id"]]
    strangers = found[found["known"] == "non-customer"]
    suppressed = set(register["company_id"].iloc[1:9:4])
    assert set(strangers["company_id"]) == set(register["company_id"].iloc[1::2]) - suppressed
    assert (
        strangers["why"].str.startswith(("with the buyers as clients: ", "more like the buyers than "))
    ).all()
    assert found["score"].between(0, 1).all()
    lines = table.assign(day=table["order_date"])
    first, got = (
        each.groupby("customer_id")["day"].min() for each in (lines, lines[lines["product"] == product])
    )
    start = (AS_OF - timedelta(days=90)).isoformat()
    came = got.index[(got >= start) & (first[got.index] >= start)]
    assert strangers["score"].sum() == pytest.approx(max(len(came), 0.5))
    page = (tmp_path / "out" / "report.html").read_text()
    assert f"{max(len(came), 0.5):.1f} are expected to become customers by it" in page
    clients = FinishedRun(tmp_path / "out" / "discovery").clients.table["company_id"]
    assert set(clients) == {company[each] for each in owners}
    known["company"] = [f"Zyx {each:03} Qqq" for each in range(len(known))]
    with pytest.raises(
        InputError, match=r"buyers of shelf1 thing00, 0 were found in the register; at least \d+ "
    ):
        graphlead.recommend(table, customers=known, run=run, product=product, as_of=DAY, quiet=True)


def test_errors_name_the_nearest(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"no item 'shelf1 thing3'. Did you mean 'shelf1 thing"):
        graphlead.recommend(orders(), product="shelf1 thing3", quiet=True)
    with pytest.raises(SettingsError, match="no product that its companies may want"):
        graphlead.recommend(orders(), companies=orders(), quiet=True)
    with pytest.raises(GraphleadError, match=r"Say --item thing"):
        graphlead.recommend(orders().rename(columns={"product": "thing"}), quiet=True)
    done = CliRunner().invoke(app, ["recommend", "--out", str(tmp_path / "x")])
    assert isinstance(done.exception, SettingsError)
