"""The file itself: it loads nothing, runs only its own scripts, escapes everything, and names what it leaves out."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from dataclasses import replace
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from report_content import CLIENTS, LEADS, NASTY, content, evaluation, evidence, leads_of

from graphlead.core.clients import Match
from graphlead.core.errors import CarrierError
from graphlead.core.register import Column, Register, Role
from graphlead.report.html.build import SCRIPTS, render, write_report
from graphlead.report.html.content import Plane
from graphlead.report.html.figures import script_json
from graphlead.report.html.page import ASSETS


class Elements(HTMLParser):
    """Every element with its attributes, and the text of scripts."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.scripts: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))
        if tag == "script":
            self.scripts.append("")

    def handle_data(self, data: str) -> None:
        if self.cdata_elem == "script":
            self.scripts[-1] += data


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> str:
    return render(content(tmp_path_factory.mktemp("report")))


def island(page: str) -> dict[str, Any]:
    found = re.search(r'<script type="application/json" id="data">(.*?)</script>', page, re.DOTALL)
    assert found
    data: dict[str, Any] = json.loads(found[1])
    return data


def test_nothing_is_fetched_and_no_handler_is_inline(page: str) -> None:
    for tag, attributes in Elements(page).found:
        assert tag not in {"img", "iframe", "object", "embed", "base"}
        assert not [
            name for name in attributes if name.startswith("on") or name in {"style", "src", "srcset"}
        ]
        assert (attributes.get("href") or "#").startswith(("#", "data:"))


def test_only_the_scripts_of_the_report_may_run(page: str) -> None:
    elements = Elements(page)
    policy = next(a["content"] for _, a in elements.found if a.get("http-equiv") == "Content-Security-Policy")
    assert policy is not None
    assert policy.startswith("default-src 'none'; script-src 'sha256-")
    allowed = re.findall(r"'sha256-([^']+)'", policy)
    assert len(elements.scripts) == 1 + len(SCRIPTS)
    digests = [hashlib.sha256(script.encode()).digest() for script in elements.scripts[1:]]
    assert allowed == [base64.b64encode(digest).decode() for digest in digests]
    assert "unsafe" not in policy.partition("script-src")[2].partition(";")[0]


def test_every_name_is_escaped_wherever_it_stands(page: str) -> None:
    without_assets = page
    for name in (*SCRIPTS, "report.css"):
        without_assets = without_assets.replace((ASSETS / name).read_text("utf-8"), "")
    for name in NASTY[:4]:
        assert name not in without_assets
    shown = unescape(without_assets)
    assert all(name in shown for name in NASTY)


def test_names_survive_the_data_as_they_are(page: str) -> None:
    data = island(page)
    assert [each["name"] for each in data["evidence"]] == list(NASTY[:3])
    named = [point[4] for point in data["plane"]["points"]]
    assert named[CLIENTS : CLIENTS + len(NASTY)] == list(NASTY)


@given(st.dictionaries(st.text(), st.text() | st.floats() | st.lists(st.integers())))
def test_data_in_a_script_element_reads_back_and_cannot_end_it(data: dict[str, Any]) -> None:
    text = str(script_json(data))
    assert not re.search("[<>&\u2028\u2029]", text)
    finite = {k: None if isinstance(v, float) and not np.isfinite(v) else v for k, v in data.items()}
    assert json.loads(text) == finite


def test_what_is_shipped_cannot_end_its_own_element() -> None:
    for name in SCRIPTS:
        text = (ASSETS / name).read_text("utf-8").lower()
        assert "</script" not in text
        assert "<!--" not in text
    assert "</style" not in (ASSETS / "report.css").read_text("utf-8").lower()


def test_the_chart_library_lies_there_with_its_licence() -> None:
    assert "Apache License" in (ASSETS / "echarts.LICENSE").read_text("utf-8")
    assert "Apache ECharts" in (ASSETS / "echarts.NOTICE").read_text("utf-8")


def test_five_hundred_leads_fit_into_five_megabytes(tmp_path: Path) -> None:
    companies = np.tile(np.arange(CLIENTS, CLIENTS + 250), 2).astype(np.int32)
    leads = leads_of(companies).assign(**{f"extra_{i}": "x" * 30 for i in range(12)})
    reasons = tuple(evidence(int(company)) for company in companies[:250])
    write_report(
        tmp_path / "report.html", content(tmp_path, leads=leads, lead_companies=companies, evidence=reasons)
    )
    assert (tmp_path / "report.html").stat().st_size < 5_000_000


def test_the_file_is_whole_or_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "report.html"
    path.write_text("the last good one")
    broken = replace(content(tmp_path), leads=leads_of(np.arange(LEADS)).drop(columns="score"))
    with pytest.raises(KeyError):
        write_report(path, broken)
    assert path.read_text() == "the last good one"
    assert [each.name for each in tmp_path.glob("*report*")] == ["report.html"]
    write_report(path, content(tmp_path))
    assert path.read_text("utf-8").startswith("<!DOCTYPE html>")
    assert [each.name for each in tmp_path.glob("*report*")] == ["report.html"]


def test_the_same_content_gives_the_same_file(tmp_path: Path) -> None:
    assert render(content(tmp_path)) == render(content(tmp_path))


def bare(register: Register, *roles: Role, links: int = 1) -> Register:
    """The register without columns of these roles, with this number of links."""
    columns = tuple(
        Column(name=column.name, role=Role.IGNORED if column.role in roles else column.role)
        for column in register.columns
    )
    return Register(
        companies=register.companies,
        links=register.links,
        columns=columns,
        n_companies=register.n_companies,
        n_links=links,
    )


@pytest.mark.parametrize(
    ("missing", "sentence", "absent"),
    [
        ({"profile": None}, "The profile of the clients was not made.", 'id="clients"'),
        ({"evidence": ()}, "The paths from the leads to clients were not looked for.", 'id="evidence"'),
        ({"plane": None}, "There is no picture of the market", 'id="market"'),
        ({"curves": None}, "Without curves, the list is judged at five lengths only.", 'id="lift"'),
    ],
)  # fmt: skip
def test_a_part_that_is_missing_is_left_out_and_named(
    tmp_path: Path, page: str, missing: dict[str, Any], sentence: str, absent: str
) -> None:
    assert absent in page
    assert sentence not in page
    without = render(content(tmp_path, **missing))
    assert absent not in without
    assert sentence in without
    assert all(f'id="{name}"' in without for name in re.findall(r'<li><a href="#([\w-]+)"', without))


@pytest.mark.parametrize(
    ("roles", "links", "sentence"),
    [
        ([Role.INDUSTRY], 1, "The register has no industry"),
        ([Role.REGION, Role.CITY], 1, "The register has no places"),
        ([Role.NUMBER], 1, "The register has no sizes"),
        ([], 0, "No links were given"),
    ],
)
def test_what_the_register_lacks_is_named(
    tmp_path: Path, page: str, roles: list[Role], links: int, sentence: str
) -> None:
    assert sentence not in page
    full = content(tmp_path)
    assert sentence in render(replace(full, register=bare(full.register, *roles, links=links)))


def test_a_list_without_dates_and_segments(tmp_path: Path) -> None:
    full = content(tmp_path)
    undated = Match(full.clients.table, full.clients.review)
    whole = evaluation()
    page = render(replace(full, clients=undated, evaluation=replace(whole, segments=whole.segments[:0])))
    assert "The client list has no dates" in page
    assert "Nothing is known of how well the list does by segment." in page
    assert "Too few clients have a date" in render(full)


def test_a_register_without_names_shows_ids(tmp_path: Path) -> None:
    full = content(tmp_path)
    nameless = full.leads.assign(name=None)
    page = render(replace(full, register=bare(full.register, Role.NAME), leads=nameless))
    assert f'<bdi class="company">C{CLIENTS}</bdi>' in page
    assert [each["name"] for each in island(page)["evidence"]] == ["C40", "C41", "C42"]


def test_nobody_to_call(tmp_path: Path) -> None:
    full = content(tmp_path)
    page = render(
        replace(full, leads=full.leads[:0], lead_companies=full.lead_companies[:0], scores=np.zeros(0))
    )
    assert "There is no company to call" in page
    assert 'id="lead-table"' not in page


def test_leads_without_the_columns_of_the_explanation(tmp_path: Path) -> None:
    full = content(tmp_path)
    plain = full.leads[["rank", "company_id", "name", "score", "fit", "region", "city", "nace", "phone"]]
    page = render(replace(full, leads=plain))
    assert 'class="because"' not in page
    assert "Nearest client</button>" not in page
    assert 'id="segment"' not in page
    assert "<bdi>City 5, South</bdi> · <bdi>20.1</bdi>" in page
    titled = render(replace(full, leads=plain.assign(nace_title="Manufacture of basic chemicals")))
    assert "<bdi>City 5, South</bdi> · <bdi>20.1 Manufacture of basic chemicals</bdi>" in titled
    assert "nace_title" not in titled


def test_content_that_does_not_fit_together_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CarrierError, match="a company for each of 120 leads"):
        content(tmp_path, lead_companies=np.arange(3, dtype=np.int32))
    with pytest.raises(CarrierError, match="a ranker among"):
        content(tmp_path, ranker="unheard of")
    with pytest.raises(CarrierError, match="as many x and y"):
        Plane(
            companies=np.arange(2, dtype=np.int32),
            x=np.zeros(2, np.float32),
            y=np.zeros(3, np.float32),
            axes=("", ""),
            geographic=False,
            note="",
        )
    with pytest.raises(CarrierError, match="finite"):
        Plane(
            companies=np.arange(1, dtype=np.int32),
            x=np.full(1, np.nan, np.float32),
            y=np.zeros(1, np.float32),
            axes=("", ""),
            geographic=False,
            note="",
        )


def test_without_segments_there_are_no_kinds(tmp_path: Path) -> None:
    full = content(tmp_path)
    assert full.profile is not None
    alone = replace(full.profile, segments=(), segment_of=np.full(full.profile.n_companies, -1, np.int32))
    page = render(replace(full, profile=alone, leads=full.leads.assign(segment=None)))
    assert "Kinds of clients" not in page
    assert 'id="segment"' not in page
    assert not island(page)["plane"]["coloured"]
    assert {point[2] for point in island(page)["plane"]["points"]} == {-1}
