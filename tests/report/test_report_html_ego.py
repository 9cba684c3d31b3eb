"""The picture of a company's surroundings: as a file, and as a person meets it in a browser."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import date
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import urlparse

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from playwright.sync_api import Browser, Page
from report_content import NASTY

from graphlead.core.errors import CarrierError
from graphlead.report.html.ego import (
    SCRIPTS,
    STYLES,
    EgoContent,
    EgoEdge,
    EgoNode,
    place_name,
    render_ego,
    write_ego,
)
from graphlead.report.html.force import WIDE, spread
from graphlead.report.html.page import ASSETS

MADE = date(2026, 3, 2)


def content(**changes: Any) -> EgoContent:
    """A company, its client, an owner of each kind, an industry, a place, and a ring of companies with nasty names."""
    nodes = [
        EgoNode(kind="company", key="C0", name=NASTY[0], steps=0, score=0.31, rank=12, beside=(NASTY[1],)),
        EgoNode(kind="company", key="C1", name="Sure Client", steps=1, client=True),
        EgoNode(kind="company", key="C2", name="Left Alone", steps=1, suppressed=True),
        EgoNode(kind="holder", key="H1", name=NASTY[2], steps=1),
        EgoNode(kind="person", key="P1", name="Ada", steps=1),
        EgoNode(kind="industry", key="5610", name="industry 5610", steps=1),
        EgoNode(kind="place", key="city|NO|OSLO", name="OSLO, NO", steps=1),
        *(
            EgoNode(kind="company", key=f"N{i}", name=name, steps=2, score=0.02 * i, rank=100 + i)
            for i, name in enumerate(NASTY)
        ),
    ]
    edges = [
        EgoEdge(source=3, target=0, relation="owns", low=0.6, high=0.6),
        EgoEdge(source=4, target=0, relation="owns"),
        EgoEdge(source=4, target=0, relation="linked:director", count=2),
        EgoEdge(source=0, target=1, relation="owns", low=0.25, high=0.5),
        EgoEdge(source=0, target=2, relation=f"linked:{NASTY[1]}"),
        EgoEdge(source=0, target=5, relation="in_industry"),
        EgoEdge(source=0, target=6, relation="located_in"),
        *(EgoEdge(source=1, target=7 + i, relation="linked:supplies") for i in range(len(NASTY))),
    ]
    return EgoContent(**({"made": MADE, "nodes": tuple(nodes), "edges": tuple(edges), "hops": 2} | changes))


@pytest.fixture(scope="module")
def page() -> str:
    return render_ego(content(left_out=1234))


def island(page: str) -> dict[str, Any]:
    found = re.search(r'<script type="application/json" id="data">(.*?)</script>', page, re.DOTALL)
    assert found
    data: dict[str, Any] = json.loads(found[1])
    return data


def cells(page: str, section: str) -> list[list[str]]:
    """The text of the table in this section, one list per row."""
    part = page.partition(f'<section id="{section}"')[2].partition("</section>")[0].partition("<tbody>")[2]
    rows = re.findall(r"<tr.*?</tr>", part, re.DOTALL)
    return [
        [unescape(re.sub("<.*?>", "", cell)) for cell in re.findall(r"<t[hd].*?</t[hd]>", row, re.DOTALL)]
        for row in rows
    ]


def test_every_name_is_escaped_wherever_it_stands(page: str) -> None:
    for name in (*SCRIPTS, *STYLES):
        page = page.replace((ASSETS / name).read_text("utf-8"), "")
    assert [name for name in NASTY[:4] if name in page] == []
    assert all(name in unescape(page) for name in NASTY)
    assert [node["name"] for node in island(page)["nodes"]][7:] == list(NASTY)


def test_what_is_shipped_cannot_end_its_own_element() -> None:
    for name in (*SCRIPTS, *STYLES):
        text = (ASSETS / name).read_text("utf-8").lower()
        assert not [end for end in ("</script", "<!--", "</style") if end in text]


def test_the_tables_have_all_that_is_drawn(page: str) -> None:
    nodes, edges = cells(page, "nodes"), cells(page, "ties")
    assert len(nodes) == len(content().nodes)
    assert nodes[0] == [f"{NASTY[0]} C0", "Company", "0", "31%", "12", NASTY[1]]
    assert nodes[1] == ["Sure Client C1", "Client", "1", "", "", ""]
    assert nodes[2][1] == "Company, never to propose"
    assert nodes[5] == ["industry 5610", "Industry", "1", "", "", ""]
    assert edges[:5] == [
        [NASTY[2], "owns", NASTY[0], "60%"],
        ["Ada", "owns", NASTY[0], "share unknown"],
        ["Ada", "director", NASTY[0], "2 times"],
        [NASTY[0], "owns", "Sure Client", "25–50%"],
        [NASTY[0], NASTY[1].replace("_", " "), "Left Alone", ""],
    ]


def test_it_counts_those_left_out(page: str) -> None:
    sentence = (
        f"Within 2 steps: {1 + 1 + len(NASTY)} other companies, 1 client among them. 1,234 more are not drawn"
    )
    assert sentence in page
    assert "not drawn" not in render_ego(content())


def test_a_company_with_nobody_near_has_a_note() -> None:
    page = render_ego(content(nodes=content().nodes[:1], edges=()))
    assert "no owner, person or company" in page
    assert "Nothing that is shown is joined" in page


def test_ends_of_edges_must_be_there() -> None:
    with pytest.raises(CarrierError, match="edges between 1 nodes"):
        content(nodes=content().nodes[:1])


@pytest.mark.parametrize(
    ("key", "name"),
    [
        ("city|US|CA|FRESNO", "FRESNO, CA"),
        ("country|US", "US"),
        ("region||CA", "CA"),
        ("postcode|US|937", "postcodes 937…"),
    ],
)
def test_places_are_named(key: str, name: str) -> None:
    assert place_name(key) == name


@settings(max_examples=25)
@given(st.integers(1, 80), st.randoms(use_true_random=False))
def test_nodes_stand_apart_within_the_picture_always_alike(nodes: int, random: Any) -> None:
    ends = np.array([(random.randrange(i), i) for i in range(1, nodes)], np.int64).reshape(-1, 2)
    pull = np.ones(len(ends))
    at = spread(nodes, ends[:, 0], ends[:, 1], pull)
    assert at.shape == (nodes, 2)
    assert ((at >= 0) & (at <= 1)).all()
    assert (at == spread(nodes, ends[:, 0], ends[:, 1], pull)).all()
    drawn = at * [WIDE, 1]
    apart = np.linalg.norm(drawn[:, None] - drawn[None, :], axis=2) + 9 * np.eye(nodes)
    assert apart.min() > 0.2 / np.sqrt(nodes)


@pytest.fixture(params=[1400, 400])
def opened(browser: Browser, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Page]:
    """The page at a width; it must log nothing and request nothing."""
    path, asked, messages = tmp_path / "ego.html", list[str](), list[str]()
    write_ego(path, content())
    page = browser.new_page(viewport={"width": request.param, "height": 900})
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: messages.append(message.text))
    page.on("pageerror", lambda error: messages.append(str(error)))
    page.goto(path.as_uri())
    yield page
    assert messages == []
    assert {url for url in asked if urlparse(url).scheme != "data"} == {path.as_uri()}
    assert page.title() == f"{NASTY[0]}: who is near"
    page.close()


def written(page: Page) -> str:
    return " ".join(page.locator("#network svg text").all_text_contents())


def test_it_shows_names_and_no_name_becomes_markup(opened: Page) -> None:
    assert "Sure Client" in written(opened)
    assert "60%" in written(opened)
    assert opened.evaluate("document.querySelectorAll('img, i, main script').length") == 0
    assert opened.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_a_tooltip_shows_a_name_as_text(opened: Page) -> None:
    asked = opened.evaluate("getComputedStyle(document.documentElement).getPropertyValue('--orange').trim()")
    opened.locator("#network").scroll_into_view_if_needed()
    box = opened.locator(f"#network svg path[fill='{asked}']").bounding_box()
    assert box
    opened.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    tip = opened.locator("#network .tip")
    tip.wait_for(timeout=5000)
    assert tip.locator("b").text_content() == NASTY[0]
    assert tip.locator("span").all_text_contents() == [
        "Company, C0",
        "Score 31%, rank 12",
        f"Also in {NASTY[1]}",
    ]


def test_kinds_are_hidden_and_shown_again(opened: Page) -> None:
    button = opened.locator("[data-look=client]")
    lines = opened.locator("#network svg path")
    before = lines.count()
    button.click()
    assert button.get_attribute("aria-pressed") == "false"
    assert "Sure Client" not in written(opened)
    assert lines.count() < before - len(NASTY)
    button.click()
    assert (button.get_attribute("aria-pressed"), lines.count()) == ("true", before)
    assert "Sure Client" in written(opened)


def test_a_name_is_found_and_looked_at(opened: Page) -> None:
    opened.fill("#find", "sure")
    assert opened.inner_text("#found") == f"1 of {len(content().nodes)} found"
    assert opened.locator("[data-node]:visible .company").all_inner_texts() == ["Sure Client"]
    assert written(opened) == "Sure Client"
    opened.press("#find", "Enter")
    opened.fill("#find", "")
    assert opened.locator("[data-node]:visible").count() == len(content().nodes)
    opened.click("[data-zoom=whole]")
    assert NASTY[0][:20] in written(opened)


def test_it_is_the_same_every_time_and_prints(opened: Page) -> None:
    before = opened.inner_html("#network svg")
    opened.reload()
    assert opened.inner_html("#network svg") == before
    opened.emulate_media(media="print")
    assert opened.is_visible("#network")
    opened.evaluate("document.body.style.width = '300px'")
    drawing, paper = opened.locator("#network svg").bounding_box(), opened.locator("main").bounding_box()
    assert drawing
    assert paper
    assert 100 < drawing["width"] <= paper["width"]
    assert drawing["height"] > 50
    assert not opened.is_visible("#find")
