"""What came back of called leads: words, columns, companies, conflicts, and what it does to the cohort."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from graphlead.core.clients import Cohort, Match
from graphlead.core.errors import CarrierError, InputError
from graphlead.core.outcomes import Outcomes
from graphlead.core.register import Register
from graphlead.core.same import Pairs, Related, Same
from graphlead.match.applied import applied
from graphlead.match.cohort import cohort_of
from graphlead.match.files import load_outcomes, save_outcomes
from graphlead.match.outcomes import match_outcomes, outcome_column, results_of
from graphlead.match.same.duplicates import find_duplicates

IDS = [f"{i:03}" for i in range(1, 16)]
"""The register of conftest. Here 002 is another record of 001, 008 of 007, 012 of 011, 014 of 013."""


def texts(**columns: list[str | None]) -> pd.DataFrame:
    return pd.DataFrame(columns, dtype="string")


def same() -> Same:
    cluster = np.arange(15, dtype=np.int32)
    cluster[[1, 7, 11, 13]] = 0, 6, 10, 12
    left = np.array([0, 6, 10, 12], np.int32)
    pairs = Pairs(left=left, right=left + 1, sure=np.ones(4, bool), shared=pa.array(["same name"] * 4))
    nobody = np.zeros(0, np.int32)
    return Same(
        cluster=cluster, pairs=pairs, related=Related(company=nobody, group=nobody, shared=pa.array([], pa.string()))
    )  # fmt: skip


def matched(*ids: str, **more: list[str]) -> Match:
    table = pd.DataFrame({"company_id": pd.Series(ids, dtype="string"), "outcome": "matched", **more})
    return Match(table, table.head(0), "won_on" if "won_on" in more else "")


def outcomes(**results: str) -> Outcomes:
    """Outcomes by the ids of companies, written behind a c as a keyword has to begin with a letter."""
    ids = [company.removeprefix("c").partition("_")[0] for company in results]
    match = matched(*ids, result=list(results.values()), typed=list(results.values()))
    return Outcomes(match=match, column="typed", typed="typed")


CLIENTS = matched("003", "004", "005", "006")


def cohort(came_back: Outcomes, suppressed: Match | None = None) -> Cohort:
    return cohort_of(pa.array(IDS), CLIENTS, suppressed, same(), outcomes=came_back)


def named(indices: np.ndarray) -> list[str]:
    return [IDS[i] for i in indices]


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("won", "won"), (" WON ", "won"), ("Closed Won", "won"), ("closedwon", "won"), ("yes", "won"), ("1.0", "won"),
        ("new customer", "won"), ("Won - 3 year contract", "won"), ("gewonnen", "won"), ("signé", "won"),
        ("Lost", "lost"), ("no deal", "lost"), ("Closed-Lost", "lost"), ("no", "lost"), ("Lost: price", "lost"),
        ("not interested", "lost"), ("kein Interesse", "lost"),
        ("rejected", "rejected"), ("Not a fit", "rejected"), ("wrong (they only lease)", "rejected"),
        ("Disqualified", "rejected"), ("zu klein? abgelehnt", "open"), ("abgelehnt, zu klein", "rejected"),
        ("", "open"), (None, "open"), ("call back", "open"), ("yes, but not now", "open"), ("not won yet", "open"),
        ("won't buy", "open"), ("n/a", "open"), ("no answer", "open"),
    ],
)  # fmt: skip
def test_a_text_means_won_lost_or_rejected_or_is_open(text: str | None, result: str) -> None:
    assert results_of(pd.Series([text, "other"], dtype="string")).tolist() == [result, "open"]


@pytest.mark.parametrize(
    ("table", "column"),
    [
        (texts(name=["a"], outcome=["won"]), "outcome"),
        (texts(status=["open"], Result=["lost"]), "Result"),
        (texts(status=["lost"], outcome=["open"]), "status"),
        (texts(status=["lost"], outcome=["won"]), "outcome"),
        (texts(status=[None], outcome=[None]), "outcome"),
        (texts(**{"Deal Stage": ["Closed Won"], "name": ["a"]}), "Deal Stage"),
    ],
)
def test_the_column_is_the_surest_that_has_a_known_word(table: pd.DataFrame, column: str) -> None:
    assert outcome_column(table, "called.csv") == column


@pytest.mark.parametrize(
    ("table", "error"),
    [
        (
            texts(name=["a"], note=["won"]),
            "called.csv: no column holds outcomes; found 'name', 'note'. Name the column with won, lost or rejected "
            "'outcome'.",
        ),
        (
            texts(name=["a", "b"], outcome=["hot", "warm"]),
            "called.csv, column outcome: no outcome is understood; found 'hot', 'warm'. Write won, lost or rejected.",
        ),
        (
            texts(outcome=["won"]),
            "called.csv: no column holds company names or ids; found no column. Name the column with the companies "
            "'name', or the one with the register's ids 'company_id'.",
        ),
    ],
)
def test_a_table_that_cannot_be_used_is_refused(register: Register, table: pd.DataFrame, error: str) -> None:
    with pytest.raises(InputError) as caught:
        match_outcomes(table, register, "called.csv")
    assert str(caught.value) == error


def test_companies_are_found_by_id_and_by_name(register: Register) -> None:
    names = register.read("company_id", "name").to_pandas().set_index("company_id")["name"]
    table = texts(
        name=[names["003"], names["010"], "Nobody Knows Them Ltd"],
        company_id=["003", None, None],
        nearest_client_id=["007", "007", "007"],
        outcome=["won", "rejected", "lost"],
        result=["a", "b", "c"],
    )
    found = match_outcomes(table, register, "called.csv")
    assert found.match.table["company_id"].fillna("").tolist() == ["003", "010", ""]
    assert found.match.table["result"].tolist() == ["won", "rejected", "lost"]
    assert found.match.table["input_outcome"].tolist() == ["won", "rejected", "lost"]
    assert found.match.table["input_result"].tolist() == ["a", "b", "c"]
    assert found.of("won").table["company_id"].tolist() == ["003"]
    assert found.counts() == {
        "lines": 3, "won": 1, "lost": 1, "rejected": 1, "open": 0, "matched": 2, "review": 0, "unmatched": 1,
    }  # fmt: skip


def test_nothing_came_back_so_far(register: Register, tmp_path: Path) -> None:
    for table in (texts(company_id=["003", "005"], outcome=[None, None]), texts(company_id=[], outcome=[])):
        found = match_outcomes(table, register, "called.csv")
        save_outcomes(found, tmp_path)
        again = load_outcomes(tmp_path)
        assert again.counts() == found.counts()
        assert again.counts()["open"] == len(table)
        assert again.other_words() == {}


def test_other_words_are_counted(register: Register) -> None:
    table = texts(
        company_id=["003", "005", "007", "009", "010"], status=["won", "tbd", "callback", "tbd", None]
    )
    found = match_outcomes(table, register, "called.csv")
    assert found.other_words() == {"tbd": 2, "callback": 1}
    assert (found.column, found.typed) == ("status", "status")


def test_won_is_a_client_and_the_others_are_suppressed() -> None:
    found = cohort(outcomes(c007="won", c009="lost", c010="rejected", c015="open"))
    assert named(found.clients) == ["003", "004", "005", "006", "007"]
    assert named(found.twins) == ["008"]
    assert named(found.suppressed) == ["009", "010"]
    assert (named(found.lost), named(found.rejected)) == (["009"], ["010"])
    assert "015" in named(np.flatnonzero(found.candidates()))
    assert named(np.flatnonzero(found.decided())) == ["003", "004", "005", "006", "007", "010"]
    assert set(named(np.flatnonzero(found.rivals() & ~found.candidates()))) == {"009", "010"}


def test_the_day_it_was_won_is_the_earliest_of_both_lists() -> None:
    clients = matched("003", "004", "005", "006", won_on=["2024-05-01", "2024-05-02", "", "2024-05-04"])
    match = matched("003", "005", "009", won_on=["2025-01-01"] * 3, result=["won"] * 3, typed=["won"] * 3)
    back = Outcomes(match=match, column="typed", typed="typed")
    found = cohort_of(pa.array(IDS), clients, None, same(), outcomes=back)
    days = dict(zip(named(found.clients), found.won.astype(str).tolist(), strict=True))
    assert days == {"003": "2024-05-01", "004": "2024-05-02", "005": "2025-01-01", "006": "2024-05-04",
                    "009": "2025-01-01"}  # fmt: skip


def test_every_record_of_a_rejected_company_is_suppressed_and_one_is_learned_from() -> None:
    found = cohort(outcomes(c012="rejected", c011="rejected", c013="lost", c014="lost"))
    assert named(found.suppressed) == ["011", "012", "013", "014"]
    assert (named(found.rejected), named(found.lost)) == (["011"], ["013"])


def test_won_counts_before_rejected_and_rejected_before_lost() -> None:
    back = outcomes(c007="rejected", c008="won", c009="lost", c009_again="rejected", c001="lost")
    found = cohort(back)
    assert "007" not in named(found.rejected)
    assert "008" in named(found.clients)
    assert (named(found.rejected), named(found.lost)) == (["009"], ["001"])
    assert named(np.array(applied(pa.array(IDS), CLIENTS, back, found).mixed)) == ["007", "009"]


def test_a_client_stays_one_and_is_won_once() -> None:
    back = outcomes(c003="rejected", c004="lost", c005="won", c009="won")
    found = cohort(back)
    assert named(found.clients) == ["003", "004", "005", "006", "009"]
    assert not len(found.rejected) and not len(found.suppressed)
    what = applied(pa.array(IDS), CLIENTS, back, found)
    assert [IDS[i] for i in what.kept] == ["003", "004"]
    assert ([IDS[i] for i in what.new], [IDS[i] for i in what.already]) == (["009"], ["005"])
    assert what.mixed == ()


def test_a_company_that_was_suppressed_is_a_client_once_it_is_won() -> None:
    found = cohort(outcomes(c009="won", c010="rejected"), matched("009", "010", "015"))
    assert "009" in named(found.clients)
    assert (named(found.suppressed), named(found.rejected)) == (["010", "015"], ["010"])


def test_other_records_are_listed_under_their_own_reason(register: Register) -> None:
    back = outcomes(c007="won", c011="rejected", c013="lost")
    suppressed = matched("001")
    found = find_duplicates(register, CLIENTS, suppressed, cohort(back, suppressed), same(), back)
    reasons = dict(zip(found["company_id"], found["on_list"], strict=True))
    assert reasons == {"002": "suppressed", "008": "client", "012": "rejected", "014": "lost"}
    assert dict(zip(found["company_id"], found["client_id"], strict=True))["012"] == "011"


def test_results_that_are_none_are_no_outcomes() -> None:
    with pytest.raises(CarrierError, match="maybe"):
        outcomes(c003="maybe")


@pytest.mark.parametrize(
    ("rejected", "lost", "error"),
    [([1], [], "rejected among the suppressed"), ([2], [2], "rejected and lost disjoint")],
)
def test_a_cohort_checks_its_outcomes(rejected: list[int], lost: list[int], error: str) -> None:
    with pytest.raises(CarrierError, match=error):
        Cohort(
            n_companies=4,
            clients=np.array([0], np.int32),
            suppressed=np.array([2], np.int32),
            won=np.array(["NaT"], "datetime64[D]"),
            rejected=np.array(rejected, np.int32),
            lost=np.array(lost, np.int32),
        )
