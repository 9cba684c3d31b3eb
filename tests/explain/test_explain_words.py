"""Themes, values and evidence as a reader sees them, and on disk."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
import scipy.sparse as sp
from sources import GROUP, HELD, OWNED, counts, features_of, link, numbers, same, words

from graphlead.core.errors import RunFolderError
from graphlead.core.evidence import REST, Evidence, Reason, Tie
from graphlead.core.features import (
    Attributes,
    Cut,
    Feature,
    Features,
    Groups,
    Incidence,
    Kind,
    Level,
    Neighbours,
    Source,
    Statistic,
)
from graphlead.core.register import Register, Role
from graphlead.explain.facts import Facts, band, shown, years
from graphlead.explain.files import load_evidence, save_evidence
from graphlead.explain.reasons import themes
from graphlead.explain.reasons.attribution import Attribution
from graphlead.explain.reasons.counts import count_neighbours
from graphlead.explain.reasons.inputs import Typical, Views
from graphlead.explain.reasons.reasons import ReasonWriter, percent, times
from graphlead.explain.reasons.themes import themes_of
from graphlead.explain.text import explanation
from graphlead.features.labels import ClientsAround
from graphlead.features.propagate import CpuPropagator

N = 6
WORDS = np.array([[1, 1], [1, 0], [0, 0], [0, 1], [0, 1], [0, 0]], np.float32)
ROLES = {
    "city": Role.CITY, "region": Role.REGION, "naics": Role.INDUSTRY, "staff": Role.NUMBER, "vip": Role.BOOLEAN,
    "name": Role.NAME, "about": Role.TEXT,
}  # fmt: skip
BAND = Level(column="staff", cut=Cut.BANDS, edges=(10.0, 50.0))
CITY = Level(column="city", within=("region",))
DIVISION = Level(column="naics", cut=Cut.CODE, length=2)


def groups(source: Source, *code: int) -> Groups:
    return Groups(source, np.array(code, np.int32), max(code) + 1)


def features() -> Features:
    """Company 0 with everything around it; 1 and 2 are clients."""
    relations = (
        groups(same(CITY), 0, 0, 0, 0, 1, 1), groups(same(DIVISION), 0, 0, 1, 1, 1, 1),
        groups(same(DIVISION, "region"), 0, 0, 1, 1, 1, 1), groups(same(BAND), 1, 1, 0, 0, 0, 1),
        groups(same("vip", BAND), 0, 0, 1, 1, 1, 1), groups(GROUP, 0, 0, -1, -1, -1, -1),
        Incidence(words(), sp.csr_matrix(WORDS), pa.array(["blue", "fox"])),
        Incidence(words("about"), sp.csr_matrix(np.zeros((N, 0), np.float32)), pa.array([], pa.string())),
        Neighbours(OWNED, sp.csr_matrix((N, N), dtype=np.float32)),
        Neighbours(link("same_site"), sp.csr_matrix((np.ones(2, np.float32), ([0, 2], [2, 0])), shape=(N, N))),
        Incidence(HELD, sp.csr_matrix(np.array([[1]] * 3 + [[0]] * 3, np.float32))),
    )  # fmt: skip
    numeric = (
        *numbers("staff", "vip"), Feature(same("naics"), Statistic.DIGITS), Feature(same(CITY), Statistic.COMMONNESS),
        Feature(Source(kind=Kind.WORDS), Statistic.LENGTH),
    )  # fmt: skip
    attributes = Attributes(
        np.zeros((N, len(numeric)), np.float32), numeric, sp.csr_matrix((N, 0), dtype=np.float32), ()
    )
    mean = Feature(GROUP, Statistic.NEIGHBOURS, numeric[0])
    structure = (*counts(OWNED), mean, *counts(link("same_site")))
    return features_of(attributes, np.zeros((N, 3), np.float32), structure, relations)


LABELS = ClientsAround(features(), CpuPropagator()).features


def test_inputs_about_the_same_thing_share_a_theme() -> None:
    found = themes_of(features(), LABELS, ROLES)
    names = np.array(found.names)
    assert names[found.numeric].tolist() == ["staff", "vip", "industry", "place", "name"]
    assert names[found.structure].tolist() == ["ownership", "ownership", "links"]
    assert names[found.label_features].tolist() == [
        "place", "industry", "industry and place", "staff", "several columns together", "ownership", "name", "name",
        "name", "about", "about", "about", "ownership", "links", *["holders and persons"] * 3, "closeness to clients",
    ]  # fmt: skip
    assert names[found.words] == "name"
    assert found.relations[found.number("ownership")] == (5, 8)
    assert found.number("weather") == -1


def test_too_many_columns_share_one_theme(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(themes, "MOST_THEMES", 5)
    found = themes_of(features(), LABELS, ROLES)
    assert len(found.names) == 5
    assert found.names[-1] == themes.OTHERS
    assert np.concatenate([found.numeric, found.structure, found.label_features, [found.words]]).max() == 4


@pytest.fixture
def register(make_register: Callable[..., Register]) -> Register:
    columns = {
        "name": (Role.NAME, ["Blue Fox", "Blue Hen", "Ox", "Fox", "Red Fox", "Elk"]),
        "city": (Role.CITY, ["Lodi"] * 4 + ["Rome"] * 2),
        "region": (Role.REGION, ["CA"] * 6),
        "naics": (Role.INDUSTRY, ["5613.2", "5611", "1111", "1112", "1113", "1114"]),
        "staff": (Role.NUMBER, [12.0, 20.0, 1.0, 2.0, 3.0, 30.0]),
        "vip": (Role.BOOLEAN, [True, True, False, False, False, False]),
    }
    return make_register(N, columns)


def reason_writer(register: Register) -> ReasonWriter:
    made = features()
    company = np.zeros(1, np.int32)
    label_features = np.zeros((1, len(LABELS)), np.float32)
    label_features[0, -1] = np.log(6)
    typical = Typical(np.zeros(5, np.float32), np.zeros(3, np.float32), np.zeros(len(LABELS), np.float32))
    found = themes_of(made, LABELS, ROLES)
    around = count_neighbours(made, np.array([1, 2], np.int32), company)
    return ReasonWriter(
        features=made, themes=found, views=Views(made, company, company, label_features), typical=typical,
        counts=around, facts=Facts(register, company), holders={0: "HOLDCO"},
    )  # fmt: skip


@pytest.mark.parametrize(
    ("theme", "contribution", "text"),
    [
        ("place", 1, "2 of the 3 other companies in Lodi, CA are clients (67 %, against 33 % of the register)"),
        ("industry", 1, "the one other company with naics 56 is a client"),
        ("industry and place", 1, "the one other company with naics 56 in CA is a client"),
        ("staff", 1, "staff is 12; 1 of the 2 other companies with staff 10 to under 50 is a client (50 %, against 33 %"
                     " of the register)"),
        ("staff", -1, "staff is 12, given everything else (1 of the 2 other companies with staff 10 to under 50"
                      " is a client (50 %, against 33 % of the register))"),
        ("several columns together", 1, "the one other company with vip: yes and staff 10 to under 50 is a client"),
        ("vip", 1, "vip is yes"),
        ("name", 1, 'the one other company with "blue" in their name is a client'),
        ("name", -1, 'none of the 2 other companies with "fox" in their name is a client (33 % of the register are)'),
        ("ownership", 1, "the one other company in its ownership group is a client"),
        ("links", 1, "the one other company linked to it by same site is a client"),
        ("holders and persons", 1, "both other companies that HOLDCO holds or is joined to are clients (100 %, against"
                                   " 33 % of the register)"),
        ("closeness to clients", 1, "over several links and things in common it is 6.0 times as close to the clients"
                                    " as a typical company (by a random walk from them)"),
        ("about", 1, "about: nothing in common with other companies is known"),
    ],
)  # fmt: skip
def test_a_contribution_comes_with_the_counts_behind_it(
    register: Register, theme: str, contribution: float, text: str
) -> None:
    writer = reason_writer(register)
    assert writer.sentence(writer.themes.number(theme), 0, contribution) == text


def test_reasons_add_up_to_what_the_score_has_over_the_typical_one(register: Register) -> None:
    writer = reason_writer(register)
    values = np.linspace(-1, 2, len(writer.themes.names))[None, :]
    reasons = writer.reasons(Attribution(values, np.zeros(1), values.sum(1)), 0)
    assert sum(reason.contribution for reason in reasons) == pytest.approx(values.sum())
    strength = [abs(reason.contribution) for reason in reasons[:-1]]
    assert strength == sorted(strength, reverse=True)
    assert reasons[-1].source == REST
    assert writer.reasons(Attribution(0 * values, np.zeros(1), np.zeros(1)), 0) == ()


def test_values_are_written_for_readers() -> None:
    assert [shown(value) for value in (None, True, 1200.0, 3.14159, 0.00123, "x")] == [
        "not known", "yes", "1,200", "3.14", "0.00123", "x",
    ]  # fmt: skip
    assert [percent(share) for share in (1, 0.274, 0.0163, 0.0004)] == ["100 %", "27 %", "1.6 %", "0.04 %"]
    assert [times(ratio) for ratio in (12.3, 3.14)] == ["12 times", "3.1 times"]


def test_bands_are_named_by_their_ends() -> None:
    assert [band(value, (5.0, 10.0)) for value in (4.0, 5.0, 10.0)] == [
        "under 5",
        "5 to under 10",
        "10 or more",
    ]
    edges = (years(date(2001, 1, 1)), years(date(2010, 6, 30)))
    assert [band(date(year, 1, 1), edges) for year in (2000, 2005, 2020)] == [
        "before 2001-01-01", "2001-01-01 to before 2010-06-30", "from 2010-06-30 on",
    ]  # fmt: skip


TIE = Tie(
    client=2,
    relation="link",
    steps=1,
    sentence="Är is linked.",
    nodes=(("Company", "a"), ("Company", "c")),
    cypher="MATCH ...",
    parameters={"n0": "a", "n1": "c"},
)
EVIDENCE = Evidence(
    company=0,
    reasons=(Reason("3 of 4", 1.5, "place"),),
    ties=(TIE,),
    counterfactual="Without it.",
    introduction="Ask c.",
    typical=0.01,
)
IDS = pa.array(["a", "b", "c"])


def test_evidence_comes_back_from_its_file_one_line_per_company(tmp_path: Path) -> None:
    alone = Evidence(company=1, reasons=(), ties=(), counterfactual="", introduction="")
    save_evidence([EVIDENCE, alone], IDS, tmp_path / "evidence.json")
    assert load_evidence(tmp_path / "evidence.json", IDS) == [EVIDENCE, alone]
    assert [line[:20] for line in (tmp_path / "evidence.json").read_text("utf-8").splitlines()[1:3]] == [
        '{"company_id": "a", ', '{"company_id": "b", ',
    ]  # fmt: skip
    assert [path.name for path in tmp_path.iterdir()] == ["evidence.json"]
    newer = load_evidence(tmp_path / "evidence.json", pa.array(["c", "b", "a"]))
    assert (newer[0].company, newer[0].ties[0].client) == (2, 0)


def test_broken_evidence_names_the_file(tmp_path: Path) -> None:
    path = tmp_path / "evidence.json"
    with pytest.raises(RunFolderError, match=r"evidence\.json.*cannot be read"):
        load_evidence(path, IDS)
    save_evidence([EVIDENCE], IDS, path)
    with pytest.raises(RunFolderError, match="a is not in the register"):
        load_evidence(path, pa.array(["b", "c"]))


def test_one_company_is_explained_line_by_line() -> None:
    assert explanation(EVIDENCE, "Acme", 0.2, 3, 1000) == [
        "Acme: 20 %, rank 3 of 1,000; a typical company has 1 %.",
        "What moved the score (in log-odds):",
        "  +1.50  3 of 4",
        "The nearest clients:",
        "  Är is linked.",
        "Without it.",
        "Ask c.",
    ]
    assert "    MATCH ..." in explanation(EVIDENCE, "Acme", 0.2, 3, 1000, cypher=True)
