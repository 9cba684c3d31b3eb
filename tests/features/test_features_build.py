"""Features planned on one register and built alike on a newer one."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date

import numpy as np
import pytest
from made_register import MakeRegister

from graphlead.core.arrays import NONE
from graphlead.core.features import Attributes, Groups, Incidence, Kind, Neighbours, Relation, Source
from graphlead.core.graph import CompanyGraph
from graphlead.core.register import Register, Role
from graphlead.features.attributes import build_attributes, plan_attributes
from graphlead.features.build import FeaturePlan, build_features, plan_features
from graphlead.features.groupings import Groupings
from graphlead.features.propagate import CpuPropagator
from graphlead.features.relations import RelationPlan, derived_relations, linked_relations, plan_relations

MakeGraph = Callable[..., CompanyGraph]

LINKS = {
    ("company", "linked:supplier", "company"): [(0, 1), (1, 0), (2, 2), (2, 3), (2, 3)],
    ("company", "owns", "company"): [(0, 2)],
    ("holder", "owns", "company"): [(0, 4), (0, 5), (0, 5), (1, 6)],
    ("person", "linked:director", "company"): [(0, 6), (0, 7)],
}

COLUMNS = {
    "name": (Role.NAME, ["Red Mill", "red Barn", "Blue mill", "Old Barn", None, "Zeta", "Eta", "Theta"]),
    "state": (Role.REGION, ["x", "x", "x", "x", "y", "y", "y", None]),
    "city": (Role.CITY, ["A", "A", "B", "B", "A", "A", None, "B"]),
    "zip": (Role.POSTCODE, ["11111", "11112", "22221", "22222", "33333", "33333", None, "1"]),
    "nace": (Role.INDUSTRY, ["56.1", "56.13", "01.10", "01.10", "62", "62", None, "56.1"], "NACE"),
    "staff": (Role.NUMBER, [0.0, 10.0, -10.0, 5.0, None, 7.0, 8.0, 100.0]),
    "exports": (Role.BOOLEAN, [True, False, True, False, True, False, None, True]),
    "founded": (Role.DATE, [date(2000, 1, 1), *[date(1990, 1, 1)] * 6, None]),
    "kind": (Role.CATEGORY, ["ltd", "plc", "ltd", "plc", "ltd", "plc", "ltd", "plc"]),
}


@pytest.fixture
def register(make_register: MakeRegister) -> Register:
    return make_register(COLUMNS)


@pytest.fixture
def graph(make_graph: MakeGraph) -> CompanyGraph:
    return make_graph(8, LINKS, group=[0, 1, 0, 3, 4, 5, 6, 7])


def planned_and_reread(register: Register, graph: CompanyGraph) -> FeaturePlan:
    return FeaturePlan.from_json(json.loads(json.dumps(plan_features(register, graph).to_json())))


def named(relations: tuple[Relation, ...], name: str) -> Relation:
    return next(relation for relation in relations if relation.source.title() == name)


def titles(attributes: Attributes) -> list[str]:
    return [feature.title() for feature in attributes.numeric_features]


def test_plan_survives_json(register: Register, graph: CompanyGraph) -> None:
    plan = plan_features(register, graph)
    assert planned_and_reread(register, graph) == plan
    assert plan.attributes.numeric == ("staff", "exports", "founded")
    assert plan.attributes.ordered == ("zip", "nace")


def test_attributes_by_hand(register: Register) -> None:
    found = build_attributes(plan_attributes(register), register)
    column = dict(zip(titles(found), found.numeric.T, strict=True))
    assert column["staff"][:4] == pytest.approx([0, np.log(11), -np.log(11), np.log(6)])
    assert np.isnan(column["staff"][4])
    np.testing.assert_array_equal(column["exports"][:2], [1, 0])
    assert column["founded"][0] == pytest.approx(2000, abs=0.1)
    assert column["nace as a number"][[0, 1, 2]].tolist() == [56100, 56130, 1100]
    assert column["zip as a number"][7] == 10000
    assert np.isnan(column["nace as a number"][6])
    assert column["how common state is"][[0, 4]] == pytest.approx(np.log([4 / 8, 3 / 8]))
    assert np.isnan(column["how common state is"][7])
    assert column["length of the name"][[0, 5]] == pytest.approx(np.log([9, 5]))
    assert np.isnan(column["length of the name"][4])


def test_links_become_symmetric_neighbours_without_loops_or_repeats(graph: CompanyGraph) -> None:
    plan = RelationPlan(crossed=(), texts=(), links=("linked:supplier",), owned=False, held=False)
    (links,) = linked_relations(plan, graph)
    assert isinstance(links, Neighbours)
    expected = np.zeros((8, 8))
    for a, b in ((0, 1), (2, 3)):
        expected[a, b] = expected[b, a] = 1
    np.testing.assert_array_equal(links.matrix.toarray(), expected)
    assert links.source == Source(kind=Kind.LINK, link="supplier")


def test_ownership_groups_and_shared_holders(register: Register, graph: CompanyGraph) -> None:
    plan = plan_relations(register, graph)
    assert plan.links == ("linked:supplier", "owns")
    linked = linked_relations(plan, graph)
    owned, held = named(linked, "same ownership group"), named(linked, "shared holder or person")
    assert isinstance(owned, Groups)
    assert owned.code.tolist() == [0, NONE, 0, *[NONE] * 5]
    assert isinstance(held, Incidence)
    expected = np.zeros((8, 3))
    expected[[4, 5], 0] = expected[6, 1] = expected[[6, 7], 2] = 1
    np.testing.assert_array_equal(held.matrix.toarray(), expected)


def test_groupings_that_connect_nobody_or_repeat_one_are_left_out(
    make_register: MakeRegister, make_graph: MakeGraph
) -> None:
    register = make_register(
        {
            "kind": (Role.CATEGORY, ["a", "b", "a", "b"]),
            "same": (Role.CATEGORY, ["u", "v", "u", "v"]),
            "alone": (Role.CATEGORY, ["1", "2", "3", "4"]),
            "all": (Role.CATEGORY, ["z"] * 4),
        }
    )
    plan = plan_relations(register, make_graph(4))
    assert [[level.title() for level in levels] for levels in plan.crossed] == [["kind"]]
    assert not plan.owned
    assert not plan.held


def test_ignored_columns_take_no_part(register: Register, graph: CompanyGraph) -> None:
    ignoring = register.without(frozenset({"staff", "name", "city"}))
    features = build_features(planned_and_reread(ignoring, graph), ignoring, graph, CpuPropagator())
    used = " ".join(
        [*titles(features.attributes), *(relation.source.title() for relation in features.relations)]
    ).replace("length of the name", "")
    assert not any(column in used for column in ("staff", "words", "name", "city"))


def test_newer_register_gets_the_same_features_though_columns_and_links_are_gone(
    register: Register, graph: CompanyGraph, make_register: MakeRegister, make_graph: MakeGraph
) -> None:
    plan = planned_and_reread(register, graph)
    before = build_features(plan, register, graph, CpuPropagator())
    kept = {"name", "city", "kind"}
    newer = make_register(
        {
            name: (role, values[:5], *scheme)
            for name, (role, values, *scheme) in COLUMNS.items()
            if name in kept
        }
    )
    after = build_features(plan, newer, make_graph(5), CpuPropagator())
    assert after.n_companies == 5
    assert after.attributes.numeric_features == before.attributes.numeric_features
    assert after.structure_features == before.structure_features
    assert [r.source for r in after.relations] == [r.source for r in before.relations]
    gone = [titles(after.attributes).index(name) for name in ("staff", "exports", "zip as a number")]
    assert np.isnan(after.attributes.numeric[:, gone]).all()
    state = named(after.relations, "same state")
    assert isinstance(state, Groups)
    assert (state.code == NONE).all()


def test_newer_register_with_unseen_values_puts_them_in_groups_of_their_own(
    register: Register, graph: CompanyGraph, make_register: MakeRegister, make_graph: MakeGraph
) -> None:
    plan = planned_and_reread(register, graph)
    columns = {
        **COLUMNS,
        "kind": (Role.CATEGORY, ["ltd", "gmbh", "gmbh", "ltd", "plc", None, "ltd", "new"]),
        "name": (Role.NAME, ["mill", "unseen", "mill", "unseen", None, "a", "b", "c"]),
    }
    features = build_features(plan, make_register(columns), make_graph(8), CpuPropagator())
    kind = named(features.relations, "same kind")
    assert isinstance(kind, Groups)
    assert kind.code.tolist() == [0, 1, 1, 0, 2, NONE, 0, 3]
    words = named(features.relations, "words of name")
    assert isinstance(words, Incidence)
    assert words.terms is not None
    assert "red" not in words.terms.to_pylist()
    mills = words.matrix.toarray()[:, words.terms.index("mill").as_py()]
    np.testing.assert_array_equal(mills, [1, 0, 1, 0, 0, 0, 0, 0])


def test_what_the_plan_grouped_gives_the_same_features(register: Register, graph: CompanyGraph) -> None:
    groupings = Groupings(register)
    plan = plan_features(register, graph, groupings)
    kept = build_features(plan, register, graph, CpuPropagator(), groupings)
    anew = build_features(plan, register, graph, CpuPropagator())
    np.testing.assert_array_equal(kept.attributes.numeric, anew.attributes.numeric)
    assert [each.source for each in kept.relations] == [each.source for each in anew.relations]
    for mine, theirs in zip(kept.relations, anew.relations, strict=True):
        if isinstance(mine, Groups) and isinstance(theirs, Groups):
            np.testing.assert_array_equal(mine.code, theirs.code)
    assert all(groupings.relation(levels) is groupings.relation(levels) for levels in plan.relations.crossed)


def test_words_in_common_are_a_relation(register: Register) -> None:
    (words,) = derived_relations(
        RelationPlan(crossed=(), texts=("name",), links=(), owned=False, held=False), register
    )
    assert isinstance(words, Incidence)
    np.testing.assert_array_equal(words.matrix.sum(1).ravel(), [[2, 2, 1, 1, 0, 0, 0, 0]])


NAMES = [
    "Fox Farms LLC",
    "FOX FARMS, Inc.",
    "Fox Farms East",
    "Fox Inn",
    "Owl Inn",
    "Owl Inn Ltd",
    "owl barn",
    "Elk Inn",
]
STATES = ["OH", "OH", "OH", "TX", "TX", "TX", "TX", "OH"]
ZIPS = ["43001", "43002", "43003", "77001", "77002", "88001", None, "43004"]


def test_companies_with_like_names_are_neighbours(make_register: MakeRegister, make_graph: MakeGraph) -> None:
    register = make_register(
        {"name": (Role.NAME, NAMES), "state": (Role.REGION, STATES), "zip": (Role.POSTCODE, ZIPS)}
    )
    found = {
        relation.source.what(): relation.code.tolist()
        for relation in derived_relations(plan_relations(register, make_graph(8)), register)
        if isinstance(relation, Groups) and "name" in relation.source.what()
    }
    assert found == {
        "name": [0, 0, NONE, NONE, 1, 1, NONE, NONE],
        "first 2 words of name": [0, 0, 0, NONE, 1, 1, NONE, NONE],
        "first word of name and state": [0, 0, 0, NONE, 1, 1, 1, NONE],
        "last word of name and state": [0, 0, NONE, 1, 1, 1, NONE, NONE],
        "last word of name and zip area": [0, 0, NONE, 1, 1, NONE, NONE, NONE],
    }


def test_like_names_are_found_in_a_newer_register(make_register: MakeRegister, make_graph: MakeGraph) -> None:
    columns = {"name": (Role.NAME, NAMES), "state": (Role.REGION, STATES)}
    plan = planned_and_reread(make_register(columns), make_graph(8)).relations
    states = (Role.REGION, ["UT", None, "UT", "UT"])
    newer = make_register(
        {"name": (Role.NAME, ["Gnu Inn", "gnu inn Ltd", "Gnu", "Yak Inn"]), "state": states}
    )
    found = [relation.code.tolist() for relation in derived_relations(plan, newer)[1:-1]]
    same, begins, ends = [0, 0, NONE, NONE], [0, NONE, 0, NONE], [0, NONE, NONE, 0]
    assert found == [same, same, begins, ends]
    unnamed = make_register({"name": (Role.TEXT, ["Gnu Inn"] * 4), "state": states})
    assert [relation.count for relation in derived_relations(plan, unnamed)[:-1]] == [1, 0, 0, 0, 0]


def test_names_join_nobody_where_there_is_no_name_or_no_two_alike(
    make_register: MakeRegister, make_graph: MakeGraph
) -> None:
    unlike = {"name": (Role.NAME, ["Fox Inn", "Owl Farm", None]), "state": (Role.REGION, ["OH", "OH", "TX"])}
    for columns in (unlike, {"state": unlike["state"]}):
        plan = plan_relations(make_register(columns), make_graph(3))
        assert [[level.title() for level in levels] for levels in plan.crossed] == [["state"]]


def test_a_column_that_was_a_number_and_is_a_text_now_is_missing(
    register: Register, graph: CompanyGraph, make_register: MakeRegister
) -> None:
    plan = plan_attributes(register)
    newer = make_register({**COLUMNS, "staff": (Role.CATEGORY, ["many"] * 8)})
    found = build_attributes(plan, newer)
    assert np.isnan(found.numeric[:, titles(found).index("staff")]).all()
