"""The sentences and figures of an experiment, the same on its page and on the console."""

from __future__ import annotations

import math

from graphlead.core.arrays import Json
from graphlead.report.html.figures import count, number, percent
from graphlead.report.sales.shown import NONE, known

SURE = 0.05
"""The p-value, after all comparisons, below which a lift is stated as one."""
RANKINGS = {
    "two_models": "two regressions, one an arm",
    "tied": "one regression with shrunken differences",
    "trees": "boosted trees, one ensemble an arm",
    "together": "regressions and boosted trees together",
    "response": "the chance of the outcome if treated",
}


def points(lift: float | None, *, signed: bool = False) -> str:
    """A difference of rates in points: 7.5, 0.49."""
    if not known(lift):
        return NONE
    value = 100 * lift
    digits = 1 if abs(value) >= 0.95 else 2 if abs(value) >= 0.095 else 3
    return f"{value:{'+' if signed else ''}.{digits}f}"


def amount(value: float | None, *, signed: bool = False) -> str:
    """An amount of money or of anything else: two digits after the point below a thousand."""
    if not known(value):
        return NONE
    return f"{value:{'+' if signed else ''},.{0 if abs(value) >= 1000 else 2}f}"


def rate_text(row: Json) -> str:
    """A rate in per cent, or a mean, with two digits after the point."""
    return f"{row['rate']:.2%}" if row.get("kind", "rate") == "rate" else amount(row["rate"])


def lift_text(row: Json, name: str, *, signed: bool = False) -> str:
    """The lift, or an end of its interval, in points or in the unit of the outcome."""
    return points(row[name], signed=signed) if row["kind"] == "rate" else amount(row[name], signed=signed)


def p_text(value: float | None) -> str:
    if not known(value):
        return NONE
    return "< 0.001" if value < 0.001 else f"{value:.3f}"


def headlines(content: Json) -> list[str]:
    """What the page and the console begin with."""
    return (
        _dealt(content)
        if content["step"] == "assign"
        else [arm_sentence(row, content) for row in content["arms"]]
    )


def _dealt(content: Json) -> list[str]:
    arms = {each["arm"]: each for each in content["arms"]}
    parts = [f"{count(arms['treat']['n'])} are to be treated"]
    if "explore" in arms:
        parts.append(f"{count(arms['explore']['n'])} to be explored")
    held = arms["holdout"]
    parts.append(f"{count(held['n'])} ({percent(held['share'])}) are left alone")
    return [
        f"Of {count(content['rows'])} cases, {', '.join(parts[:-1])} and {parts[-1]}.",
        power_sentence(content["power"]),
    ]


def power_sentence(power: Json) -> str:
    """The smallest lift that the list can show, at the rate that is expected or at the usual ones."""
    word = "drop" if power["direction"] == "down" else "lift"
    found = [each for each in power["smallest"] if each["lift"] is not None]
    if not found:
        return f"So few cases show no {word} at all with a power of {percent(power['power'])}."
    if power["base_column"]:
        return (
            f"At the rate of {percent(found[0]['base_rate'])} that the list expects ({power['base_column']}), a "
            f"{word} of {points(found[0]['lift'])} points or more is shown in {percent(power['power'])} of all "
            "experiments."
        )
    shown = ", ".join(f"{points(each['lift'])} at a rate of {percent(each['base_rate'])}" for each in found)
    return (
        f"A {word} is shown in {percent(power['power'])} of all experiments from so many points on: {shown}."
    )


def arm_sentence(row: Json, content: Json) -> str:
    """What an arm does to an outcome, against the control."""
    control = next(each for each in content["controls"] if each["outcome"] == row["outcome"])
    against = rate_text(control | {"kind": row["kind"]})
    unit = " points" if row["kind"] == "rate" else ""
    pair = f"{rate_text(row)} against {against} of {content['control']}"
    if not known(row["low"]):
        return f"{row['arm']}: too few cases with {row['outcome']} to compare ({pair})."
    interval = f"{lift_text(row, 'low')} to {lift_text(row, 'high')}"
    if row["p_adjusted"] is None or row["p_adjusted"] >= SURE:
        return (
            f"{row['arm']} changes {row['outcome']} by no more than chance would: {pair} ({interval}{unit})."
        )
    does = "adds" if row["lift"] > 0 else "takes"
    size = lift_text(row | {"lift": abs(row["lift"])}, "lift")
    ends = (
        interval
        if row["lift"] > 0
        else f"{lift_text(row | {'high': -row['high']}, 'high')} to {lift_text(row | {'low': -row['low']}, 'low')}"
    )
    return f"{row['arm']} {does} {size}{unit} of {row['outcome']} ({ends}): {pair}."


def value_sentence(row: Json, content: Json) -> str:
    """What an arm is worth a case, and what it returns on its cost."""
    text = (
        f"{row['arm']} adds {amount(row['added'])} of {content['value_column']} a case "
        f"({amount(row['low'])} to {amount(row['high'])})"
    )
    if known(row["return"]):
        text += (
            f", a return of {percent_of(row['return'])} on its cost of {number(content['cost'])} "
            f"({percent_of(row['return_low'])} to {percent_of(row['return_high'])})"
        )
    return f"{text}."


def percent_of(share: float | None) -> str:
    """A return as per cent, with separators: 1,418%."""
    return f"{100 * share:,.0f}%" if known(share) else NONE


def uplift_sentence(arm: Json, uplift: Json) -> str:
    """Whether a ranking finds those that the treatment moves, and what it adds among the first three in ten."""
    what = f"less {uplift['outcome']}" if uplift["unwanted"] else f"{uplift['outcome']} added"
    first = next(row for row in arm["curve"] if math.isclose(row["depth"], 0.3))
    if arm["slope"] <= 0 or arm["p_value"] >= SURE:
        return (
            f"{arm['arm']}: who is treated first hardly matters; on cases held out, no ranking is clearly better than "
            f"chance (p {p_text(arm['p_value'])})."
        )
    unit = " points" if uplift["kind"] == "rate" else ""
    shown = {name: lift_text(first | uplift, name) for name in ("lift", "low", "high")}
    return (
        f"{arm['arm']}: among the 30% ranked first, {shown['lift']}{unit} of {what} ({shown['low']} to "
        f"{shown['high']}) on cases held out, against {lift_text(arm | uplift, 'mean')} of all."
    )
