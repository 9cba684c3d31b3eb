"""The report as a person meets it: opened in a real browser, without a server and without a network."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from urllib.parse import urlparse

import pytest
from playwright.sync_api import Browser, Page
from report_content import CLIENTS, LEADS, NASTY, content, metrics_json, name_of

from graphlead.report.expected import range_text
from graphlead.report.html.build import write_report
from graphlead.report.html.figures import percent, times

WRITTEN = {
    "recall": percent,
    "lift": times,
    "ap": "{:.3f}".format,
    "auc": "{:.3f}".format,
}


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("report")
    write_report(folder / "report.html", content(folder))
    return folder / "report.html"


class Opened:
    """A page, the addresses it requested, and the messages and errors it logged."""

    def __init__(self, browser: Browser, path: Path, width: int) -> None:
        self.page: Page = browser.new_page(viewport={"width": width, "height": 900})
        self.asked: list[str] = []
        self.messages: list[str] = []
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.page.on("console", lambda message: self.messages.append(message.text))
        self.page.on("pageerror", lambda error: self.messages.append(str(error)))
        self.page.goto(path.as_uri())

    def shown(self) -> list[str]:
        """The ranks of the rows to be seen, from the top."""
        return self.page.locator("#lead-table tbody tr:visible .rank").all_inner_texts()


@pytest.fixture(params=[1400, 400])
def opened(browser: Browser, report: Path, request: pytest.FixtureRequest) -> Iterator[Opened]:
    opening = Opened(browser, report, request.param)
    yield opening
    opening.page.close()


@pytest.fixture(scope="module")
def still(browser: Browser, report: Path) -> Iterator[Opened]:
    """A page that tests only look at."""
    opening = Opened(browser, report, 1400)
    yield opening
    opening.page.close()


@pytest.fixture
def wide(browser: Browser, report: Path) -> Iterator[Opened]:
    """A page that a test may work on."""
    opening = Opened(browser, report, 1400)
    yield opening
    assert opening.messages == []
    opening.page.close()


def test_it_opens_without_messages_and_requests_nothing(opened: Opened) -> None:
    opened.page.wait_for_selector("#plane svg path", state="attached")
    local = [url for url in opened.asked if urlparse(url).scheme != "data"]
    assert (opened.messages, local) == ([], [opened.page.url])
    assert opened.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_no_name_becomes_markup(wide: Opened) -> None:
    assert wide.page.title() == f"Leads for {NASTY[0]}"
    assert wide.page.evaluate("document.querySelectorAll('img, i, main script').length") == 0
    wide.page.click("#all")
    shown = wide.page.locator("#lead-table .company").all_text_contents()
    assert shown[:LEADS] == [name_of(i) for i in range(CLIENTS, CLIENTS + LEADS)]


def test_a_tooltip_shows_a_name_as_text(wide: Opened) -> None:
    wide.page.locator("#paths").scroll_into_view_if_needed()
    color = wide.page.evaluate(
        "getComputedStyle(document.documentElement).getPropertyValue('--orange').trim()"
    )
    box = wide.page.locator(f"#paths svg path[fill='{color}']").bounding_box()
    assert box
    wide.page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    tip = wide.page.locator("#paths .tip")
    tip.wait_for(timeout=5000)
    assert tip.locator("b").text_content() == NASTY[0]


@pytest.mark.parametrize("chart", ["lift", "hits", "scores", "distribution-0", "season", "plane", "paths"])
def test_every_chart_is_drawn_and_has_a_text_beside_it(still: Opened, chart: str) -> None:
    drawn = still.page.locator(f"#{chart}")
    assert drawn.locator("svg path").count() > 1
    assert len(drawn.get_attribute("aria-label") or "") > 20
    assert drawn.get_attribute("role") == "img"


def test_the_figures_are_those_of_the_metrics(still: Opened, tmp_path: Path) -> None:
    """Each cell of the tables of rankers."""
    rows = metrics_json(tmp_path)
    cells = {
        (row["split"], row["ranker"], row["metric"]): row
        for row in rows
        if row["metric"].startswith("recall@") or row["metric"] in {"lift@5%", "ap", "auc"}
    }
    shown = still.page.evaluate(
        """() => [...document.querySelectorAll('table.metrics [data-metric]')].map((cell) => [
            cell.closest('table').dataset.split, cell.closest('tr').dataset.ranker, cell.dataset.metric,
            cell.querySelector('strong').textContent, cell.querySelector('.interval').textContent])"""
    )
    assert {tuple(cell[:3]) for cell in shown} == set(cells)
    for split, ranker, metric, value, interval in shown:
        row, write = cells[split, ranker, metric], WRITTEN[metric.partition("@")[0]]
        assert value == write(row["value"])
        low, high = write(row["low"]), write(row["high"])
        assert interval in {"", f"{low}–{high}", f"{low[:-1]}–{high}"}
        assert (interval == "") == (low == high)


def test_the_figures_at_the_top_are_the_lists_own(still: Opened, tmp_path: Path) -> None:
    mine = {
        row["metric"]: row["value"]
        for row in metrics_json(tmp_path)
        if (row["split"], row["ranker"]) == ("groups", "blend")
    }
    tile = still.page.locator(".tile [data-metric='lift@5%']")
    assert tile.inner_text() == times(mine["lift@5%"])
    assert percent(mine["recall@5%"]) in still.page.inner_text("#in-short > .lead")
    hundred = content(tmp_path).hits[-1]
    assert hundred.first == 100
    assert still.page.locator("table [data-first='100']").inner_text() == range_text(hundred)


def test_the_table_is_searched_by_words(wide: Opened) -> None:
    wide.page.fill("#search", "company 050")
    assert wide.shown() == ["11"]
    assert wide.page.inner_text("#found") == f"1 of {LEADS} companies"
    wide.page.fill("#search", "no such company")
    assert wide.shown() == []
    wide.page.fill("#search", "")
    assert len(wide.shown()) == 25


def test_the_table_is_filtered_by_fit_and_kind(wide: Opened) -> None:
    wide.page.select_option("#fit", "Weak")
    assert set(wide.page.locator("#lead-table tbody tr:visible .chip").all_inner_texts()) == {"Weak"}
    wide.page.select_option("#fit", "")
    wide.page.select_option("#segment", NASTY[1])
    assert (
        wide.page.inner_text("#found")
        == f"{sum((CLIENTS + i) % 3 == 1 for i in range(LEADS))} of {LEADS} companies"
    )


def test_the_table_shows_more_then_all(wide: Opened) -> None:
    assert wide.shown() == [str(i) for i in range(1, 26)]
    wide.page.click("#more")
    assert len(wide.shown()) == 50
    wide.page.click("#all")
    assert len(wide.shown()) == LEADS
    assert not wide.page.is_visible("#more")


def test_the_table_is_sorted_with_the_keyboard(wide: Opened) -> None:
    button = wide.page.locator("[data-sort=rank]")
    head = wide.page.locator("th:has([data-sort=rank])")
    button.focus()
    wide.page.keyboard.press("Enter")
    assert head.get_attribute("aria-sort") == "descending"
    assert wide.shown()[0] == str(LEADS)
    wide.page.keyboard.press("Space")
    assert (head.get_attribute("aria-sort"), wide.shown()[0]) == ("ascending", "1")


def test_sorting_by_text_and_by_score(wide: Opened) -> None:
    wide.page.click("#all")
    wide.page.click("[data-sort=name]")
    named = wide.page.evaluate(
        "[...document.querySelectorAll('#lead-table tbody tr')].map((r) => r.dataset.name)"
    )
    assert named == wide.page.evaluate("(names) => [...names].sort((a, b) => a.localeCompare(b))", named)
    wide.page.click("[data-sort=score]")
    assert wide.shown() == [str(i) for i in range(1, LEADS + 1)]
    assert wide.page.locator("th[aria-sort=none]").count() == wide.page.locator("th[aria-sort]").count() - 1
    wide.page.click("[data-sort=nearest]")
    near = wide.page.locator("#lead-table tbody tr:visible").evaluate_all(
        "(rows) => rows.map((r) => r.dataset.nearest)"
    )
    assert near == sorted(near, key=lambda name: not name)


def test_paths_of_a_lead_are_shown_from_its_row(wide: Opened) -> None:
    wide.page.click("[data-why='2']")
    assert wide.page.inner_text("#why-name") == f"2. {name_of(CLIENTS + 1)}"
    assert wide.page.locator("#why-reasons li").count() == 2
    assert NASTY[1] in (wide.page.locator("#why-reasons").text_content() or "")
    assert NASTY[0] in wide.page.inner_text("#why-ties")
    assert wide.page.evaluate("document.activeElement.id") == "which"


def test_another_split_and_another_ranker_can_be_looked_at(wide: Opened) -> None:
    before = wide.page.inner_html("#lift svg")
    wide.page.click(".choice [data-split='1']")
    other = wide.page.inner_html("#lift svg")
    assert before != other
    wide.page.click(".choice [data-ranker=pagerank]")
    assert wide.page.inner_html("#lift svg") != other
    assert wide.page.locator(".rankers [aria-pressed=true]").inner_text() == "Walk from the clients"


def test_print_shows_the_first_fifty_with_a_note(wide: Opened) -> None:
    wide.page.emulate_media(media="print")
    assert wide.shown() == [str(i) for i in range(1, 51)]
    assert wide.page.is_visible(".printed")
    assert not wide.page.is_visible("nav.contents")


def test_headings_descend_without_a_gap_and_heads_have_a_scope(still: Opened) -> None:
    levels = still.page.evaluate(
        "[...document.querySelectorAll('h1,h2,h3,h4')].map((h) => Number(h.tagName[1]))"
    )
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    assert still.page.evaluate("[...document.querySelectorAll('th')].every((head) => head.scope)")
    assert still.page.evaluate(
        "[...document.querySelectorAll('input,select')].every((each) => each.labels.length)"
    )


def test_a_report_with_nothing_but_a_list_opens_too(browser: Browser, tmp_path: Path) -> None:
    bare = content(tmp_path, curves=None, profile=None, evidence=(), plane=None)
    write_report(tmp_path / "bare.html", bare)
    opening = Opened(browser, tmp_path / "bare.html", 400)
    assert (opening.messages, len(opening.shown())) == ([], 25)
    opening.page.close()
