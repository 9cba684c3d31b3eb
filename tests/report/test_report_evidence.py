"""The lead list with its reasons."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from graphlead.core.arrays import NONE
from graphlead.core.clients import Match
from graphlead.core.evidence import Evidence, GroupTies, Reason, Tie
from graphlead.core.profile import Profile, Segment
from graphlead.core.register import Column, Register, Role
from graphlead.report.evidence import with_clients, with_evidence

LEADS = pd.DataFrame({
    "rank": [1, 2], "company_id": ["b", "d"], "name": ["Bee", "Dee"], "score": [0.4, 0.2],
    "fit": ["Strong", "Weak"], "segment": ["retail", "trade"],
})  # fmt: skip


@pytest.fixture
def register(tmp_path: Path) -> Register:
    companies, links = tmp_path / "companies.parquet", tmp_path / "links.parquet"
    pq.write_table(pa.table({"company_id": list("abcd"), "title": ["Aye", "Bee", "Cee", None]}), companies)
    pq.write_table(pa.table({"source_id": pa.array([], pa.string())}), links)
    columns = (Column(name="company_id", role=Role.ID), Column(name="title", role=Role.NAME))
    return Register(companies=companies, links=links, columns=columns, n_companies=4, n_links=0)


def tie(client: int) -> Tie:
    return Tie(
        client=client,
        relation="holder",
        steps=2,
        way="owned by the same holder",
        sentence="owned by the same holder (H) as your client Cee",
        nodes=(),
        cypher="RETURN 1",
        parameters={},
    )


def reasons(*texts: str) -> tuple[Reason, ...]:
    return tuple(Reason(text=text, theme="town", others=5, clients=4, lift=3.0, low=1.2) for text in texts)


def explained(company: int, *texts: str, ties: tuple[Tie, ...] = (), **given: str) -> Evidence:
    rest = {"mixed": "", "size": "", "introduction": "", "counterfactual": ""} | given
    return Evidence(company=company, contributions=(), reasons=reasons(*texts), ties=ties, **rest)


def evidence() -> list[Evidence]:
    first = explained(
        1, "4 of the 5 in town", "old", ties=(tie(2), tie(0)), introduction="same holder: ask there first"
    )
    return [first, explained(3, mixed="no single strong reason: a mix of its age and place")]


def profile() -> Profile:
    segments = (Segment(name="bakers in the north", clients=3, companies=4, lift=2.0, traits=()),)
    segment_of = np.array([NONE, 0, NONE, NONE], np.int32)
    return Profile(
        n_companies=4,
        n_clients=3,
        columns=(),
        lifts=(),
        distributions=(),
        segments=segments,
        outliers=(),
        season=None,
        biases=(),
        notes=(),
        segment_of=segment_of,
    )


def match(*candidates: str) -> Match:
    review = pd.DataFrame({"line": range(7, 7 + len(candidates)), "candidate_id": candidates})
    return Match(pd.DataFrame({"company_id": ["a"], "outcome": ["matched"]}), review)


def test_each_lead_has_what_raised_its_score_and_its_nearest_client(register: Register) -> None:
    found = with_evidence(LEADS, evidence(), profile(), register, match())
    first, second = found.to_dict("records")
    assert first["reason_1"] == "4 of the 5 in town"
    assert first["reason_2"] == "old"
    assert pd.isna(first["reason_3"])
    assert (first["nearest_client"], first["nearest_client_id"]) == ("Cee", "c")
    assert (first["segment"], first["segment (register)"]) == ("bakers in the north", "retail")
    assert first["near"] == "owned by the same holder: ask there first"
    assert first["introduction"] == "same holder: ask there first"
    assert second["segment"] == "outside your usual clients"
    assert second["reason_1"] == "no single strong reason: a mix of its age and place"
    empty = (
        "reason_2",
        "nearest_client",
        "nearest_client_id",
        "near",
        "introduction",
        "check_first",
    )
    assert all(pd.isna(second[name]) for name in empty)
    assert list(found)[:7] == ["rank", "company_id", "name", "score", "fit", "reason_1", "reason_2"]
    assert list(found)[-1] == "segment (register)"


def test_without_segments_nobody_is_outside_of_them(register: Register) -> None:
    none = replace(profile(), segments=(), segment_of=np.full(4, NONE, np.int32))
    assert with_evidence(LEADS, evidence(), none, register, match())["segment"].isna().all()


def test_an_unusual_size_has_the_last_of_three_places(register: Register) -> None:
    both = [
        explained(1, "one", "two", "three", "four", size="larger than your usual"),
        explained(
            3, ties=(tie(0),), size="smaller than your usual", introduction="same holder: ask there first"
        ),
    ]
    found = with_evidence(LEADS, both, profile(), register, match())
    assert found[["reason_1", "reason_2", "reason_3"]].astype(object).fillna("").to_numpy().tolist() == [
        ["one", "two", "larger than your usual"],
        ["same holder: ask there first", "smaller than your usual", ""],
    ]


def test_a_client_that_cannot_be_asked_is_near_all_the_same(register: Register) -> None:
    both = [explained(1, ties=(tie(0),)), explained(3)]
    found = with_evidence(LEADS, both, profile(), register, match())
    assert found["near"].fillna("").tolist() == ["owned by the same holder", ""]


def test_a_lead_that_a_line_in_review_may_mean_is_marked(register: Register) -> None:
    found = with_evidence(LEADS, evidence(), profile(), register, match("c", "d"))
    assert found["check_first"].isna().tolist() == [True, False]
    assert "line 8 of the list is in review" in found["check_first"][1]


def group_ties(client: list[int], steps: list[int], sentence: list[str | None]) -> GroupTies:
    return GroupTies(
        client=np.array(client, np.int32),
        steps=np.array(steps, np.int32),
        sentence=pa.array(sentence, pa.string()),
    )


def test_the_whitespace_has_the_nearest_client_and_the_path_to_it(register: Register) -> None:
    table = pd.DataFrame({"rank": [1, 2], "fit": ["Strong", "Weak"], "steps": ["x", "y"]})
    nobody = np.full(2, NONE, np.int32), pa.nulls(2, pa.string())
    sentence = "owned by the same holder (H) as your client Cee"
    ties = group_ties([2, NONE], [2, NONE], [sentence, None])
    found = with_clients(table, ties, np.array([0, 3], np.int32), nobody, register)
    columns = ["rank", "fit", "client_id", "client_name", "steps", "ownership_path", "steps (register)"]
    assert list(found) == columns
    assert found.astype(object).where(found.notna(), None).to_numpy().tolist() == [
        [1, "Strong", "c", "Cee", 2, "owned by the same holder (H) as your client Cee", "x"],
        [2, "Weak", "d", None, None, None, "y"],
    ]


def test_a_company_related_at_one_place_has_the_client_and_the_reason(register: Register) -> None:
    table = pd.DataFrame({"rank": [1, 2], "fit": ["Strong", "Weak"]})
    related = np.array([2, 2], np.int32), pa.array(["shares 'cee'", "shares 'cee'"])
    ties = group_ties([NONE, NONE], [NONE, NONE], [None, None])
    found = with_clients(table, ties, np.array([NONE, 3], np.int32), related, register)
    assert found["client_id"].tolist() == ["c", "d"]  # an ownership group is the stronger tie
    assert found["ownership_path"].astype(object).where(found["ownership_path"].notna(), None).tolist() == [
        "shares 'cee'", None,
    ]  # fmt: skip


def test_an_empty_whitespace_keeps_its_columns(register: Register) -> None:
    nobody = np.zeros(0, np.int32), pa.array([], pa.string())
    ties = group_ties([], [], [])
    found = with_clients(pd.DataFrame({"fit": []}), ties, np.zeros(0, np.int32), nobody, register)
    assert list(found) == ["fit", "client_id", "client_name", "steps", "ownership_path"]
