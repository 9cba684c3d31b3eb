"""Industry nodes have the titles of their codes, each in the scheme of its column."""

from __future__ import annotations

import pyarrow as pa
from made_register import MakeRegister

from graphlead.core.register import Role
from graphlead.graph.build import build_graph
from graphlead.graph.industries import industry_titles


def test_industries_of_one_scheme(make_register: MakeRegister) -> None:
    columns = {
        "nace": (Role.INDUSTRY, "NACE", ["J62.01", "F41.20"]),
        "second": (Role.INDUSTRY, "NACE", ["F43", None]),
    }
    register = make_register("ab", columns=columns)
    keys = build_graph(register).keys["industry"]
    titles = dict(zip(keys.to_pylist(), industry_titles(register, keys).to_pylist(), strict=True))
    assert titles["62"] == "Computer programming, consultancy and related activities"
    assert titles["F"] == "Construction"
    assert titles["41"] == "Construction of buildings"
    assert None not in titles.values()


def test_industries_of_several_schemes_and_words(make_register: MakeRegister) -> None:
    columns = {
        "naics": (Role.INDUSTRY, "NAICS", ["23", None]),
        "nace": (Role.INDUSTRY, "NACE", ["23", None]),
        "sector": (Role.INDUSTRY, "", ["software", "23"]),
    }
    register = make_register("ab", columns=columns)
    keys = build_graph(register).keys["industry"].cast(pa.string())
    assert dict(zip(keys.to_pylist(), industry_titles(register, keys).to_pylist(), strict=True)) == {
        "NAICS|23": "Construction",
        "NACE|23": "Manufacture of other non-metallic mineral products",
        "sector|software": None,
        "sector|23": None,
    }


def test_a_register_without_industries_has_no_titles(make_register: MakeRegister) -> None:
    assert industry_titles(make_register("ab"), pa.array([], pa.string())).to_pylist() == []
