"""From records of one company to a cohort, a table of duplicates and answers in review."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from graphlead.core.clients import Cohort, Match
from graphlead.core.errors import CarrierError, InputError
from graphlead.core.register import Register
from graphlead.core.same import Pairs, Related, Same
from graphlead.match import match_clients
from graphlead.match.cohort import cohort_of
from graphlead.match.files import load_match, save_match
from graphlead.match.same.duplicates import answered, find_duplicates, with_duplicates

IDS = [f"{i:03}" for i in range(1, 16)]
"""The register of conftest. Here 001 to 004 are one company, 005 and 006, 007 and 008; 010 is related to 001."""


def ints(*values: int) -> np.ndarray[tuple[int], np.dtype[np.int32]]:
    return np.array(values, np.int32)


def same() -> Same:
    cluster = np.arange(15, dtype=np.int32)
    cluster[[1, 2, 3, 5, 7]] = 0, 0, 0, 4, 6
    pairs = Pairs(
        left=ints(0, 1, 1, 4, 6),
        right=ints(1, 2, 3, 5, 7),
        sure=np.array([True, False, True, True, True]),
        shared=pa.array(["a", "b", "c", "d", "e"]),
    )
    return Same(
        cluster=cluster,
        pairs=pairs,
        related=Related(company=ints(0, 9, 9), group=ints(0, 0, 1), shared=pa.array(["near", "x"])),
    )


def all_apart() -> Same:
    none = pa.array([], pa.string())
    pairs = Pairs(left=ints(), right=ints(), sure=np.zeros(0, bool), shared=none)
    related = Related(company=ints(), group=ints(), shared=none)
    return Same(cluster=np.arange(15, dtype=np.int32), pairs=pairs, related=related)


def matched(*rows: tuple[str, str], alone: tuple[str, ...] = ()) -> Match:
    table = pd.DataFrame({"name": [f"line {i}" for i in range(len(rows))], "since": [day for _, day in rows]})
    table["company_id"] = pd.Series([company for company, _ in rows], dtype="string")
    table["outcome"] = "matched"
    review = pd.DataFrame(
        {"line": [7], "name": ["line 7"], "candidate_rank": [1], "candidate_id": ["015"], "accept": [""]}
    )
    return Match(table, review, "since", alone)


CLIENTS = matched(
    ("003", ""), ("002", "2021-05-01"), ("010", ""), ("012", "2020-01-01"), ("013", ""), ("004", "2022-01-01")
)
PAST = matched(("001", ""), ("005", ""))
LESS = matched(("003", ""), ("002", "2021-05-01"), ("012", "2020-01-01"), ("013", ""), ("014", ""))


def test_a_company_is_one_client_by_the_record_won_first() -> None:
    cohort = cohort_of(pa.array(IDS), CLIENTS, PAST, same())
    assert cohort.clients.tolist() == [1, 9, 11, 12]
    assert cohort.won[0] == np.datetime64("2021-05-01")
    assert np.isnat(cohort.won[[1, 3]]).all()
    assert cohort.twins.tolist() == [0, 2, 3]  # on the client list, on the other list, on none
    assert cohort.suppressed.tolist() == [4, 5]  # 006 with 005
    assert np.flatnonzero(cohort.candidates()).tolist() == [6, 7, 8, 10, 13, 14]
    assert cohort.labels().sum() == 4


def test_a_company_related_to_a_client_is_noted() -> None:
    cohort = cohort_of(pa.array(IDS), LESS, None, same())
    assert cohort.related.tolist() == [9]
    assert cohort.candidates()[9]


def test_too_few_companies_on_a_list_of_many_records() -> None:
    clients = matched(("001", ""), ("002", ""), ("003", ""), ("004", ""), ("005", ""))
    with pytest.raises(
        InputError, match=r"only 2 clients were found .*\(5 lines, some of them records of one company\)"
    ):
        cohort_of(pa.array(IDS), clients, None, same())


def test_a_cohort_checks_itself() -> None:
    won = np.full(1, "NaT", "datetime64[D]")
    with pytest.raises(CarrierError, match="clients and twins disjoint"):
        Cohort(n_companies=3, clients=ints(1), suppressed=ints(), won=won, twins=ints(1))
    with pytest.raises(CarrierError, match="a company for each record"):
        Cohort(n_companies=3, clients=ints(1), suppressed=ints(), won=won, company=ints(1))


def test_duplicates_name_their_client_and_the_reason(register: Register) -> None:
    cohort = cohort_of(register.ids(), LESS, PAST, same())
    found = find_duplicates(register, LESS, PAST, cohort, same())
    assert found["company_id"].tolist() == ["004", "006"]  # 001 is on the other list, 003 on this one
    assert found["client_id"].tolist() == ["002", "005"]
    assert found["client_name"].tolist() == ["Bramble Foods GmbH", "Dunlin Marine Services LLC"]
    assert found["place"].tolist() == ["Leeds, YK, LS1 4AP", "Portland, ME, 04101"]
    assert found["why"].tolist() == ["c", "d"]
    assert found["sure"].tolist() == ["same company", "same company"]
    assert found["on_list"].tolist() == ["client", "suppressed"]


def test_no_duplicates_are_an_empty_table(register: Register) -> None:
    alone = all_apart()
    cohort = cohort_of(register.ids(), LESS, PAST, alone)
    found = find_duplicates(register, LESS, PAST, cohort, alone)
    assert len(found) == len(cohort.twins) == 0
    assert found.columns.tolist() == [
        "company_id", "name", "place", "client_id", "client_name", "why", "sure", "on_list",
    ]  # fmt: skip
    assert len(with_duplicates(LESS, found)) == 1


def test_answers_bring_a_company_back(register: Register, tmp_path: Path) -> None:
    """The clients as matched, their review table with the duplicates, answered and read again."""
    clients = pd.DataFrame({"company_id": ["002", "012", "013", "014", "015"]})
    first = match_clients(clients, register)
    cohort = cohort_of(register.ids(), first, None, same())
    assert cohort.twins.tolist() == [0, 2, 3]
    review = with_duplicates(first, find_duplicates(register, first, None, cohort, same()))
    assert review["candidate_id"].tolist() == ["001", "003", "004"]
    assert review["line"].tolist() == [1, 1, 1]
    review["accept"] = ["no", "yes", ""]
    review.to_csv(tmp_path / "review.csv", index=False)
    again = match_clients(clients, register, reviewed=pd.read_csv(tmp_path / "review.csv", dtype=str))
    assert (
        again.table["company_id"].tolist() == first.table["company_id"].tolist()
    )  # yes confirms, no line moves
    assert again.alone == ("001",)
    save_match(again, tmp_path)
    assert load_match(tmp_path).alone == ("001",)
    without = answered(same(), register, again)
    back = cohort_of(register.ids(), again, None, without)
    assert back.twins.tolist() == [2, 3]
    assert back.candidates()[0]
    assert 0 not in back.related
    assert find_duplicates(register, again, None, back, without)["company_id"].tolist() == ["003", "004"]


def test_an_id_ruled_out_that_a_newer_register_lacks_does_not_count(register: Register) -> None:
    assert (
        answered(same(), register, matched(("001", ""), alone=("gone",))).cluster.tolist()
        == same().cluster.tolist()
    )


def test_a_record_held_together_by_one_ruled_out_says_so(register: Register) -> None:
    clients = matched(("001", ""), ("012", ""), ("013", ""), ("014", ""), alone=("002",))
    without = answered(same(), register, clients)
    cohort = cohort_of(register.ids(), clients, None, without)
    found = find_duplicates(register, clients, None, cohort, without)
    assert found["company_id"].tolist() == ["003", "004"]
    assert set(found["why"]) == {"both like a record that was ruled out in review"}
    assert set(found["sure"]) == {"probably"}


def test_an_answer_that_is_neither_yes_nor_no_is_named_with_its_row(register: Register) -> None:
    clients = pd.DataFrame({"company_id": ["002", "012", "013", "014"]})
    review = pd.DataFrame(
        {"line": ["1"], "candidate_id": ["001"], "question": ["another record of a listed company"]}
    )
    with pytest.raises(InputError, match="accept is 'perhaps'") as error:
        match_clients(clients, register, reviewed=review.assign(accept="Perhaps"))
    assert "row 1" in str(error.value)
