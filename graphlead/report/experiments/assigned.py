"""What the page shows of a list that was dealt into arms."""

from __future__ import annotations

from graphlead.core.arrays import Json
from graphlead.report.experiments.words import headlines, points
from graphlead.report.html.figures import count, percent
from graphlead.report.sales.shown import NONE

WHAT = {
    "treat": "worked from the top of the list down",
    "holdout": "left alone: what happens here would have happened anyway",
    "explore": "worked wherever they stand on the list, so that models learn of those they would not choose",
}
SHOWN = 40
"""Strata that the page shows; more are in experiment.json."""


def assigned_view(content: Json) -> Json:
    """The values that the template shows, and ``charts`` for the script."""
    power = content["power"]
    strata = content["strata"][:SHOWN]
    view = {
        "title": content["list"],
        "headlines": headlines(content),
        "notes": content["notes"],
        "tiles": [
            {"label": each["arm"].capitalize(), "value": count(each["n"]), "note": percent(each["share"])}
            for each in content["arms"]
        ],
        "arms": [
            {**each, "what": WHAT[each["arm"]], "share": f"{each['share']:.2%}"} for each in content["arms"]
        ],
        "power": _power(power),
        "by": ", ".join(content["by"]),
        "strata": [_stratum(row, content["arms"]) for row in strata],
        "more": content["strata_in_all"] - len(strata),
        "seed": content["seed"],
    }
    contents = [("in-short", "In short"), ("arms", "The arms"), ("power", "What it can show")]
    contents += [("strata", "Within the values")] if strata else []
    contents += [("next", "What to do next")]
    return {**view, "contents": contents, "charts": {"power": _lines(power)}}


def _power(power: Json) -> Json:
    rates = [each["base_rate"] for each in power["smallest"]]
    lifts = list(dict.fromkeys(each["lift"] for each in power["needed"]))
    needed = {(each["base_rate"], each["lift"]): each["cases"] for each in power["needed"]}
    return {
        "word": "drop" if power["direction"] == "down" else "lift",
        "control": count(power["control"]),
        "treated": count(power["treated"]),
        "cases": count(power["treated"] + power["control"]),
        "column": power["base_column"],
        "rates": [percent(rate) for rate in rates],
        "smallest": [_smallest(each, power) for each in power["smallest"]],
        "rows": [
            {"lift": points(lift), "cells": [_cases(needed[rate, lift], power) for rate in rates]}
            for lift in lifts
        ],
    }


def _smallest(each: Json, power: Json) -> Json:
    lift = each["lift"]
    sign = -1 if power["direction"] == "down" else 1
    return {
        "rate": percent(each["base_rate"]),
        "lift": points(lift),
        "other": NONE if lift is None else percent(each["base_rate"] + sign * lift),
        "relative": NONE if lift is None else percent(lift / each["base_rate"]),
    }


def _cases(cases: int | None, power: Json) -> Json:
    there = power["treated"] + power["control"]
    return {"text": NONE if cases is None else count(cases), "enough": cases is not None and cases <= there}


def _lines(power: Json) -> Json:
    """The cases needed by lift, one line a rate, and how many there are."""
    rates = [each["base_rate"] for each in power["smallest"]]
    lines = [
        {
            "name": f"at a rate of {percent(rate)}",
            "points": [
                [100 * each["lift"], each["cases"]]
                for each in power["needed"]
                if each["base_rate"] == rate and each["cases"]
            ],
        }
        for rate in rates
    ]
    return {"lines": lines, "cases": power["treated"] + power["control"]}


def _stratum(row: Json, arms: list[Json]) -> Json:
    return {"name": row["stratum"], "n": count(row["n"]), "arms": [count(row[each["arm"]]) for each in arms]}
