"""Several values in a cell are several memberships, in every room."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sources import cohort, in_one_fold

from graphlead.common.members import align, members
from graphlead.core.arrays import NONE, Ints
from graphlead.core.clients import Cohort
from graphlead.core.features import Groups, Incidence, Statistic
from graphlead.core.graph import PlaceKey
from graphlead.core.register import Register, Role
from graphlead.explain.facts import Facts
from graphlead.explain.reasons.counts import count_neighbours
from graphlead.features.build import build_features, plan_features
from graphlead.features.labels import ClientsAround
from graphlead.features.propagate import CpuPropagator
from graphlead.graph.build import build_graph
from graphlead.ingest import ingest
from graphlead.profile.groups import read_columns
from graphlead.profile.survey import draw_sample, survey

TAGS = ["AI; FinTech", "ai", "FinTech;Health", "Health ; AI; AI", "", "Energy", "Energy;AI", "Health"] * 8
CITIES = ["Ulm|Paris", "Ulm", "Paris", "Paris", "Ulm", "Ulm", "Lyon|Bonn", "Lyon"] * 8
COUNTRIES = ["DE|FR", "DE", "FR", "FR", "DE", "DE", "FR|DE", "FR"] * 8
NACE = ["6201, 4711", "6201", "4711", "4711,4719", "6201", "6202", "6202, 4719", "4719"] * 8
NAMES = [f"Firm {i}; Sons & Co" for i in range(64)]
N = len(TAGS)


@pytest.fixture
def register(tmp_path: Path) -> Register:
    columns = {"name": NAMES, "country": COUNTRIES, "city": CITIES, "nace": NACE, "tags": TAGS}
    frame = pd.DataFrame({"company_id": [f"c{i:02}" for i in range(N)], **columns})
    frame.to_csv(tmp_path / "companies.csv", index=False)
    return ingest(tmp_path / "companies.csv", None, tmp_path)[0]


def eighths(*places: int) -> list[int]:
    return [i for i in range(N) if i % 8 in places]


def in_group(companies: Ints, nodes: Ints, node: int) -> list[int]:
    return sorted(companies[nodes == node].tolist())


def test_the_sign_is_found_where_values_recur_and_names_stay_whole(register: Register) -> None:
    signs = {column.name: column.separator for column in register.columns}
    assert signs == {"company_id": "", "name": "", "country": "|", "city": "|", "nace": ",", "tags": ";"}
    assert register.column("tags").role is Role.CATEGORY
    assert (
        "cells with several, between ';': 100% of these stand in other cells too"
        in register.column("tags").reason
    )
    assert "between commas" in register.column("nace").reason


def test_titles_and_texts_with_the_sign_are_not_split(tmp_path: Path) -> None:
    titles = ["Wholesale and retail trade; repair of motor vehicles", "Administration and defence; social security",
              "Construction"] * 20  # fmt: skip
    texts = [f"We sell part {i}; we ship it on day {i + 1000}" for i in range(60)]
    frame = pd.DataFrame({"company_id": [f"c{i}" for i in range(60)], "sector": titles, "about": texts})
    frame.to_csv(tmp_path / "companies.csv", index=False)
    register, _ = ingest(tmp_path / "companies.csv", None, tmp_path)
    assert [column.separator for column in register.columns] == ["", "", ""]


def test_the_graph_has_an_edge_for_every_value(register: Register) -> None:
    graph = build_graph(register)
    keys, edges = graph.keys["industry"].to_pylist(), graph.edges["company", "in_industry", "industry"]
    assert in_group(edges.source, edges.target, keys.index("6201")) == eighths(0, 1, 4)
    assert in_group(edges.source, edges.target, keys.index("4719")) == eighths(3, 6, 7)
    places, located = graph.keys["place"].to_pylist(), graph.edges["company", "located_in", "place"]
    cities = {key: PlaceKey.parse(key).chain for key in places if key.startswith("city|")}
    assert set(cities.values()) == {("DE", "ULM"), ("FR", "PARIS"), ("FR", "LYON"), ("DE", "BONN")}
    assert in_group(located.source, located.target, places.index("city|DE|ULM")) == eighths(0, 1, 4, 5)
    assert in_group(located.source, located.target, places.index("city|FR|PARIS")) == eighths(0, 2, 3)


def test_features_and_reasons_count_every_value(register: Register) -> None:
    graph = build_graph(register)
    features = build_features(plan_features(register, graph), register, graph, CpuPropagator())
    relations = {relation.source.title(): relation for relation in features.relations}
    tags = relations["same tags"]
    assert isinstance(tags, Incidence)
    assert tags.terms is not None
    column = [term.upper() for term in tags.terms.to_pylist()].index("AI")
    assert np.flatnonzero(tags.matrix[:, column].toarray()).tolist() == eighths(0, 1, 3, 6)
    assert tags.matrix.max() == 1
    assert not any(isinstance(relation, Groups) for title, relation in relations.items() if "tags" in title)
    label_features = ClientsAround(features, CpuPropagator())
    clients = np.array(eighths(1)[:4], np.int32)
    around = label_features.around(cohort(N, clients), in_one_fold(N))
    strongest = next(
        i
        for i, each in enumerate(label_features.features)
        if each.source == tags.source and each.statistic is Statistic.STRONGEST
    )
    rows = around.rows(np.arange(N, dtype=np.int32))[:, strongest]
    assert rows[eighths(6)[0]] == rows[eighths(0)[0]] > 0 > rows[eighths(5)[0]]
    company = np.array([eighths(6)[0]], np.int32)
    counts = count_neighbours(features, clients, company)
    at = [each.source for each in features.relations].index(tags.source)
    assert (counts.others[at, 0], counts.won[at, 0]) == (len(eighths(0, 1, 3, 6)) - 1, 4)
    facts = Facts(register, company)
    assert facts.group(tags.source.levels, 0, tags.terms[int(counts.column[at, 0])].as_py()) == "with tags AI"


def test_the_profile_counts_every_value(register: Register) -> None:
    clients = np.array(eighths(0), np.int32)
    won = np.full(len(clients), "NaT", "datetime64[D]")
    cohort = Cohort(n_companies=N, clients=clients, suppressed=np.zeros(0, np.int32), won=won)
    topics = {topic.column.name: topic for topic in survey(register, cohort, draw_sample(cohort, 0))}
    (tags,) = topics["tags"].levels
    found = dict(zip(tags.names.to_pylist(), zip(tags.clients, tags.companies, strict=True), strict=True))
    assert found["AI"] == (8, len(eighths(0, 1, 3, 6)))
    assert found["FinTech"] == (8, len(eighths(0, 2)))
    assert tags.known == (8, N - 8)
    firsts = next(read for read in read_columns(register, ["tags"])).groupings[0]
    assert firsts.names[int(firsts.codes[2])].as_py() == "FinTech"
    assert firsts.codes[4] == NONE


def check(column: Sequence[Sequence[str]], other: Sequence[Sequence[str]]) -> list[tuple[int, str, str]]:
    """The combinations of two columns of cells with several values."""
    rows = [np.repeat(np.arange(len(each), dtype=np.int32), list(map(len, each))) for each in (column, other)]
    values = [[value for cell in each for value in cell] for each in (column, other)]
    companies, (first, second) = align(rows, len(column))
    return [(int(i), values[0][a], values[1][b]) for i, a, b in zip(companies, first, second, strict=True)]


def test_equally_long_cells_belong_together_and_others_cross() -> None:
    assert check([["a", "b"], ["c"], ["d", "e"]], [["A", "B"], ["C"], ["D", "E"]]) == [
        (0, "a", "A"), (0, "b", "B"), (1, "c", "C"), (2, "d", "D"), (2, "e", "E")
    ]  # fmt: skip
    assert check([["a", "b"], ["c"]], [["A", "B", "C"], ["D", "E"]]) == [
        (0, "a", "A"), (0, "a", "B"), (0, "a", "C"), (0, "b", "A"), (0, "b", "B"), (0, "b", "C"),
        (1, "c", "D"), (1, "c", "E"),
    ]  # fmt: skip


def test_members_keep_the_order_and_companies_without_a_value(register: Register) -> None:
    found = members(register, "tags")
    values = [*found.values.to_pylist(), ""]  # noqa: PD011
    named = [(int(i), values[c]) for i, c in zip(found.companies, found.codes, strict=True) if i < 5]
    assert named == [(0, "AI"), (0, "FinTech"), (1, "ai"), (2, "FinTech"), (2, "Health"), (3, "Health"), (3, "AI"),
                     (3, "AI"), (4, "")]  # fmt: skip
