"""Themes, values and evidence as a reader sees them, and on disk."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
import scipy.sparse as sp
from sources import GROUP, HELD, OWNED, counts, features_of, link, numbers, same, words

from graphlead.core.errors import RunFolderError
from graphlead.core.evidence import REST, Contribution, Evidence, Reason, Tie
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
from graphlead.core.register import Role
from graphlead.explain.facts import band, place_name, readable, shown, years
from graphlead.explain.files import load_evidence, save_evidence
from graphlead.explain.reasons import themes
from graphlead.explain.reasons.reasons import percent, times
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
LAST = Level(column="name", cut=Cut.NAME, length=-1)


def groups(source: Source, *code: int) -> Groups:
    return Groups(source, np.array(code, np.int32), max(code) + 1)


def features() -> Features:
    """Company 0 with everything around it; 1 and 2 are clients."""
    relations = (
        groups(same(CITY), 0, 0, 0, 0, 1, 1), groups(same(DIVISION), 0, 0, 1, 1, 1, 1),
        groups(same(DIVISION, "region"), 0, 0, 1, 1, 1, 1), groups(same(BAND), 1, 1, 0, 0, 0, 1),
        groups(same("vip", BAND), 0, 0, 1, 1, 1, 1), groups(same(LAST), 0, 0, 1, 1, 1, 1),
        groups(same(LAST, "region"), 0, 0, 1, 1, 1, 1), groups(GROUP, 0, 0, -1, -1, -1, -1),
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
    attributes = Attributes(np.zeros((N, len(numeric)), np.float32), numeric)
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
        "place", "industry", "industry and place", "staff", "several columns together", "name", "name", "ownership",
        "name", "name", "name", "about", "about", "about", "ownership", "links", *["holders and persons"] * 3,
        "closeness to clients",
    ]  # fmt: skip
    assert found.relations[found.number("ownership")] == (7, 10)
    assert found.relations[found.number("name")] == (5, 6, 8)
    assert found.number("weather") == -1


def test_too_many_columns_share_one_theme(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(themes, "MOST_THEMES", 5)
    found = themes_of(features(), LABELS, ROLES)
    assert len(found.names) == 5
    assert found.names[-1] == themes.OTHERS
    assert np.concatenate([found.numeric, found.structure, found.label_features]).max() == 4


def test_values_are_written_for_readers() -> None:
    assert [shown(value) for value in (None, True, 1200.0, 3.14159, 0.00123, "x")] == [
        "not known", "yes", "1,200", "3.14", "0.00123", "x",
    ]  # fmt: skip
    assert [percent(share) for share in (1, 0.274, 0.0163, 0.0004)] == ["100 %", "27 %", "1.6 %", "0.04 %"]
    assert [times(ratio) for ratio in (12.3, 3.14)] == ["12 x", "3.1 x"]


def test_names_of_columns_and_places_are_written_for_readers() -> None:
    assert [readable(column) for column in ("seasonal_workers", "Staff", "_")] == [
        "seasonal workers",
        "Staff",
        "_",
    ]
    places = ("PALACIOS", "NEW YORK", "ST. JOHN'S", "O'FALLON", "TX", "Lodi", "77465", "KÖLN", "BOX-HILL")
    assert [place_name(place) for place in places] == [
        "Palacios", "New York", "St. John's", "O'Fallon", "TX", "Lodi", "77465", "Köln", "Box-Hill",
    ]  # fmt: skip


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
    way="linked by board",
    sentence="linked by board to your client Är",
    nodes=(("Company", "a"), ("Company", "c")),
    cypher="MATCH ...",
    parameters={"n0": "a", "n1": "c"},
)
REASON = Reason(text="3 of the 5", theme="place", others=5, clients=3, lift=12.5, low=4.5)
EVIDENCE = Evidence(
    company=0,
    contributions=(Contribution("place", 1.5), Contribution(REST, -0.25)),
    reasons=(REASON,),
    mixed="",
    size="larger than your usual",
    ties=(TIE,),
    counterfactual="Without it.",
    introduction="linked by board to your client Är: ask there first",
    typical=0.01,
)
ALONE = Evidence(
    company=1,
    contributions=(),
    reasons=(),
    mixed="a mix",
    size="",
    ties=(),
    counterfactual="",
    introduction="",
)
IDS = pa.array(["a", "b", "c"])


def test_evidence_comes_back_from_its_file_one_line_per_company(tmp_path: Path) -> None:
    save_evidence([EVIDENCE, ALONE], IDS, tmp_path / "evidence.json")
    assert load_evidence(tmp_path / "evidence.json", IDS) == [EVIDENCE, ALONE]
    assert [line[:20] for line in (tmp_path / "evidence.json").read_text("utf-8").splitlines()[1:3]] == [
        '{"company_id": "a", ', '{"company_id": "b", ',
    ]  # fmt: skip
    assert [path.name for path in tmp_path.iterdir()] == ["evidence.json"]
    newer = load_evidence(tmp_path / "evidence.json", pa.array(["c", "b", "a"]))
    assert (newer[0].company, newer[0].ties[0].client) == (2, 0)


def test_broken_evidence_names_the_file(tmp_path: Path) -> None:
    path = tmp_path / "evidence.json"
    with pytest.raises(RunFolderError, match=r"evidence\.json: .* is missing"):
        load_evidence(path, IDS)
    save_evidence([EVIDENCE], IDS, path)
    with pytest.raises(RunFolderError, match="a is not in the register"):
        load_evidence(path, pa.array(["b", "c"]))


def test_one_company_is_explained_line_by_line() -> None:
    assert explanation(EVIDENCE, "Acme", 0.2, 3, 1000) == [
        "Acme: 20 % (a typical company: 1 %), rank 3 of 1,000.",
        "Why:",
        "  3 of the 5",
        "  larger than your usual",
        "The nearest clients:",
        "  linked by board to your client Är",
        "Without it.",
        "linked by board to your client Är: ask there first",
    ]
    assert "    MATCH ..." in explanation(EVIDENCE, "Acme", 0.2, 3, 1000, cypher=True)
    unsure = explanation(EVIDENCE, "Acme", 0.2, 3, 1000, assumed=0.01)
    assert unsure[0] == "Acme: 20 x the chance of any company, rank 3 of 1,000."


def test_without_a_reason_the_tie_is_read_and_else_what_the_score_goes_by() -> None:
    assert EVIDENCE.why == ("3 of the 5", "larger than your usual")
    tied = replace(EVIDENCE, reasons=(), mixed="a mix")
    assert tied.why == ("linked by board to your client Är: ask there first", "larger than your usual")
    assert explanation(tied, "Acme", 0.2, 3, 1000)[-1] == "Without it."
    assert ALONE.why == ("a mix",)
    assert explanation(ALONE, "Acme", 0.2, 3, 1000)[1:] == [
        "Why:",
        "  a mix",
        "No client is near by ownership, holder, person, address, link, or industry and place.",
    ]
