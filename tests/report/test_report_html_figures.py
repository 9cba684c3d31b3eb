"""Numbers, bands, intervals and drawings, against figures worked out by hand."""

from __future__ import annotations

import re
from dataclasses import replace
from html import unescape
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from report_content import EXPECTED, content, profile

from graphlead.core.evidence import Tie
from graphlead.core.profile import Lift
from graphlead.core.scores import fit
from graphlead.evaluate.verdict import in_words
from graphlead.learn.registry import RANKERS
from graphlead.report.expected import hits_sentence, range_text
from graphlead.report.html import clients, figures, paths, quality, story
from graphlead.report.html.build import render
from graphlead.report.html.table import lead_view


@pytest.mark.parametrize(
    ("share", "written"),
    [
        (0, "0%"),
        (1, "100%"),
        (0.3349, "33%"),
        (0.0996, "10%"),
        (0.0951, "9.5%"),
        (0.0104, "1.0%"),
        (0.0048, "0.48%"),
    ],
)
def test_shares_are_written_with_two_digits(share: float, written: str) -> None:
    assert figures.percent(share) == written


def test_other_numbers_as_they_are_written() -> None:
    assert (figures.times(6.55), figures.times(12.4), figures.times(0.5)) == ("6.5×", "12×", "0.5×")
    assert (figures.from_to("24%", "42%"), figures.from_to("0.1", "0.2"), figures.from_to("1.0×", "2.0×")) == (
        "24–42%", "0.1–0.2", "1.0–2.0×",
    )  # fmt: skip
    assert (figures.number(1200.0), figures.number(0.12345)) == ("1,200", "0.123")
    assert (figures.listed([]), figures.listed(["a"]), figures.listed(["a", "b", "c"])) == (
        "",
        "a",
        "a, b and c",
    )


@pytest.mark.parametrize("name", RANKERS)
def test_every_ranker_of_the_product_has_a_name_for_readers(name: str) -> None:
    assert figures.ranker_name(name) != name
    assert in_words(name) != name


def test_rankers_are_named_in_words() -> None:
    found = figures.in_words("By region, tabular_graph beats gnn, not the tabularium or blend.")
    assert (
        found == "By region, trees with neighbour features beats graph network, not the tabularium or blend."
    )


def test_wilson_by_hand() -> None:
    # Wilson's interval of 1 in 10, as tables have it.
    assert quality.wilson(1, 10) == pytest.approx((0.0179, 0.4042), abs=1e-4)
    assert quality.wilson(0, 5)[0] == 0
    assert quality.wilson(5, 5)[1] == 1
    assert quality.wilson(0, 0) == (0, 1)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=60))
def test_every_score_is_in_one_bar_of_its_own_band(values: list[float]) -> None:
    scores = np.array(values)
    figure = quality.score_bars(scores, EXPECTED.grades, None)
    bands = dict.fromkeys(("Weak", "Moderate", "Strong"), 0)
    for many, band in zip(figure["counts"].tolist(), figure["bands"].tolist(), strict=True):
        bands[("Weak", "Moderate", "Strong")[band]] += many
    inside = np.clip(scores, quality.LEAST, 1 - quality.LEAST)
    names, counts = np.unique(fit(inside, EXPECTED.grades), return_counts=True)
    assert {name: many for name, many in bands.items() if many} == dict(
        zip(names.tolist(), counts.tolist(), strict=True)
    )


def test_bands_begin_where_the_fit_does(tmp_path: Path) -> None:
    full = content(tmp_path)
    strong, moderate, weak = quality.fit_bands(full)
    assert (strong["from"], moderate["from"], weak["from"]) == ("20%", "5.0%", "0%")
    assert strong["scored"] + moderate["scored"] + weak["scored"] == len(full.scores)
    assert strong["leads"] == int((full.leads["fit"] == "Strong").sum())


def test_segments_are_of_the_lists_ranker_on_the_first_split(tmp_path: Path) -> None:
    full = content(tmp_path)
    (table,) = quality.segment_tables(full)
    rows = full.evaluation.segments
    mine = rows[(rows["ranker"] == "blend") & (rows["split"] == "groups")]
    assert [row["recall"] for row in table["rows"]] == mine["recall"].tolist()
    assert [row["summary"] for row in table["rows"]] == [name.startswith("(") for name in mine["segment"]]
    assert all(row["low"] <= row["recall"] <= row["high"] for row in table["rows"])


def test_curves_begin_with_the_lists_ranker(tmp_path: Path) -> None:
    figure = quality.lift_figure(content(tmp_path))
    assert figure is not None
    assert [each["split"] for each in figure["splits"]] == ["groups", "random"]
    assert {each["curves"][0]["ranker"] for each in figure["splits"]} == {"blend"}
    assert all(len(c["recall"]) == len(figure["splits"][0]["length"]) for c in figure["splits"][0]["curves"])


def test_lifts_stand_on_a_logarithmic_axis_around_one() -> None:
    def lift(value: float, p_value: float) -> Lift:
        return Lift(
            column="c",
            value="v",
            clients=1,
            companies=2,
            lift=value,
            low=value / 2,
            high=value * 2,
            p_value=p_value,
        )

    none, twice, half, unsure = clients.lift_rows(
        [lift(1, 0.9), lift(2, 0.01), lift(0.5, 0.01), lift(2, 0.3)]
    )
    assert none["at"] == 50
    assert twice["at"] - 50 == pytest.approx(50 - half["at"])
    assert [row["above"] for row in (none, twice, half, unsure)] == [False, True, False, False]
    assert [row["below"] for row in (none, twice, half, unsure)] == [False, False, True, False]
    assert (none["low"], none["high"]) == pytest.approx((half["at"], twice["at"]))


def test_a_lift_out_of_reach_is_drawn_at_the_edge() -> None:
    (row,) = clients.lift_rows(
        [Lift(column="c", value="v", clients=0, companies=9, lift=0.0, low=0.0, high=1000.0, p_value=0.01)]
    )
    assert (row["at"], row["low"], row["high"]) == (0, 0, 100)


def test_the_profile_is_shown_as_it_is() -> None:
    shown = clients.profile_view(profile())
    assert [(column["name"], column["width"], column["sure"]) for column in shown["columns"]] == [
        ("region", 100.0, True), ("nace", 50.0, False),
    ]  # fmt: skip
    (figure,) = clients.distribution_figures(profile())
    assert [row["bin"] for row in figure["bins"]] == ["1 to 10", "10 to 1,000"]
    assert figure["logarithmic"]


def tie(*keys: str) -> Tie:
    return Tie(
        client=0,
        relation="owns",
        steps=len(keys) - 1,
        way="",
        sentence="",
        nodes=tuple(("Company", key) for key in keys),
        cypher="",
        parameters={},
    )


def test_shared_nodes_are_drawn_once_and_clients_stand_last() -> None:
    drawn = paths.drawing(
        (tie("L", "a", "C1"), tie("L", "a", "b", "C2"), tie("L", "C3")), {("Company", "a"): "A"}
    )
    at = {node["key"]: node for node in drawn["nodes"]}
    assert {key: node["x"] for key, node in at.items()} == {"L": 0, "a": 1, "b": 2, "C1": 3, "C2": 3, "C3": 3}
    assert {key: node["role"] for key, node in at.items()} == {
        "L": "lead", "a": "between", "b": "between", "C1": "client", "C2": "client", "C3": "client",
    }  # fmt: skip
    assert (at["a"]["name"], at["b"]["name"]) == ("A", "b")
    keys = [node["key"] for node in drawn["nodes"]]
    edges = {(keys[a], keys[b]) for a, b, _ in drawn["edges"]}
    assert edges == {("L", "a"), ("a", "C1"), ("a", "b"), ("b", "C2"), ("L", "C3")}
    assert sorted(at[key]["y"] for key in ("C1", "C2", "C3")) == [-1, 0, 1]
    assert (drawn["columns"], drawn["rows"]) == (4, 3)


def test_paths_that_need_not_cross_do_not() -> None:
    drawn = paths.drawing(
        (tie("L", "a", "C1"), tie("L", "b", "C2"), tie("L", "a", "C3"), tie("L", "b", "C4")), {}
    )
    y = {node["key"]: node["y"] for node in drawn["nodes"]}
    assert y["a"] < y["b"]
    assert max(y["C1"], y["C3"]) < min(y["C2"], y["C4"])


def test_a_lead_without_a_path_has_an_empty_drawing() -> None:
    assert paths.drawing((), {}) == {"nodes": [], "edges": [], "columns": 1, "rows": 0}


def test_the_report_opens_with_what_to_expect_and_the_first_ten(tmp_path: Path) -> None:
    full = content(tmp_path)
    assert story.headline(full) == hits_sentence(full.hits, full.expected.wins)
    opening = render(full).partition('<section id="in-short"')[2].partition("</section>")[0]
    assert story.headline(full) in unescape(opening)
    assert [f'<td class="number">{range_text(hits)}</td>' in opening for hits in full.hits] == [True] * 3
    shown = re.findall(r'<td class="number rank">(\d+)</td>', opening)
    assert shown == [str(rank) for rank in full.leads["rank"].head(10)]
    assert all(name in unescape(opening) for name in full.leads["name"].head(10))
    assert story.headline(replace(full, hits=())) == "There is no company to call."


def test_a_tile_counts_the_records_of_clients_set_apart(tmp_path: Path) -> None:
    full = content(tmp_path)
    labels = [tile["label"] for tile in story.tiles(replace(full, apart={"first": 0, "all": 0}))]
    assert not any("record" in label for label in labels)
    tiles = story.tiles(replace(full, apart={"first": 7, "all": 1_208}))
    assert tiles[2]["value"] == "7"
    assert tiles[2]["note"] == "set apart, 1,208 in all (duplicates.csv)"


def test_the_test_does_not_claim_what_was_not_measured(tmp_path: Path) -> None:
    full = content(tmp_path)
    metrics = full.evaluation.metrics
    mine = (metrics["metric"] == "lift@5%") & (metrics["ranker"] == "blend")
    assert "times as many as calling at random" in story.tested(full)
    metrics.loc[mine, "low"] = 0.8
    assert "not measurably more than calling at random" in story.tested(full)


def test_where_the_wins_are_assumed_scores_are_multiples_and_no_percentages(tmp_path: Path) -> None:
    wins = replace(EXPECTED.wins, basis="assumed")
    assumed = content(tmp_path, expected=replace(EXPECTED, wins=wins))
    # 60 of 359 are expected to buy: 20 and 8 times as many begin the bands.
    assert [band["from"] for band in quality.fit_bands(assumed)] == ["20×", "8.0×", "0.0×"]
    figure = quality.score_figure(assumed)
    assert figure is not None
    assert all(edge.endswith("×") for edge in figure["edges"])
    assert all(row["percent"].endswith("×") for row in lead_view(assumed, set())["rows"])
    known = content(tmp_path)
    assert all(row["percent"].endswith("%") for row in lead_view(known, set())["rows"])


def test_the_report_states_the_hits_and_the_bound(tmp_path: Path) -> None:
    full = content(tmp_path)
    page = render(full)
    sentence = hits_sentence(full.hits, full.expected.wins)
    assert sentence in page
    assert sentence in dict(story.limits(full))["The number of good leads is an estimate"]
    assert "At most 12.00% of the companies that are no clients can be clients-to-be." in page
    assert [row["first"] for row in quality.hits_rows(full)] == [25, 50, 100]
    figure = quality.hits_figure(full)
    assert figure is not None
    assert figure["point"] == pytest.approx([each.point for each in full.hits], rel=1e-4)
