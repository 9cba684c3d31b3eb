"""What the page shows of an experiment that was read."""

from __future__ import annotations

from graphlead.core.arrays import Json
from graphlead.report.experiments import words
from graphlead.report.experiments.words import amount, lift_text, p_text, percent_of, points, rate_text
from graphlead.report.html.figures import count
from graphlead.report.sales.shown import NONE, known, percent


def read_view(content: Json) -> Json:
    """The values that the template shows, and ``charts`` for the script."""
    uplift = content["uplift"]
    several = len({row["arm"] for row in content["arms"]}) > 1
    view = {
        "title": content.get("table", "Experiment"),
        "headlines": words.headlines(content),
        "notes": content["notes"],
        "tiles": _tiles(content),
        "control": content["control"],
        "outcomes": [_outcome(name, content) for name in content["outcomes"]],
        "costs": any("cost_each" in row for row in content["arms"]),
        "comparisons": len(content["arms"]),
        "worth": [words.value_sentence(row, content) for row in content["value"]],
        "values": [_value(row) for row in content["value"]],
        "value_column": content["value_column"],
        "cost": None if content["cost"] is None else amount(content["cost"]),
        "uplift": None if uplift is None else _uplift(uplift, several=several),
    }
    contents = [("in-short", "In short"), ("arms", "The arms")]
    contents += [("worth", "What it is worth")] if content["value"] else []
    contents += [("uplift", "Whom to treat")] if uplift else []
    return {**view, "contents": contents, "charts": {"lifts": _lifts(content), "curves": _curves(uplift)}}


def _tiles(content: Json) -> list[Json]:
    first = content["outcomes"][0]
    control = next(row for row in content["controls"] if row["outcome"] == first)
    rows = [row for row in content["arms"] if row["outcome"] == first]
    tiles = [{"label": f"{control['arm']} (control)", "value": count(control["n"]), "note": f"cases, {first} "
              f"{rate_text(control | {'kind': rows[0]['kind']})}"}]  # fmt: skip
    return tiles + [
        {"label": row["arm"], "value": count(row["n"]), "note": f"cases, {first} {rate_text(row)}"}
        for row in rows
    ]


def _outcome(name: str, content: Json) -> Json:
    rows = [row for row in content["arms"] if row["outcome"] == name]
    control = next(row for row in content["controls"] if row["outcome"] == name)
    return {
        "name": name,
        "unit": "points" if rows[0]["kind"] == "rate" else "",
        "rate": "Rate" if rows[0]["kind"] == "rate" else "Mean",
        "control": {"n": count(control["n"]), "rate": rate_text(control | {"kind": rows[0]["kind"]})},
        "rows": [_arm(row) for row in rows],
    }


def _arm(row: Json) -> Json:
    interval = f"{lift_text(row, 'low', signed=True)} to {lift_text(row, 'high', signed=True)}"
    return {
        "arm": row["arm"],
        "n": count(row["n"]),
        "rate": rate_text(row),
        "lift": lift_text(row, "lift", signed=True),
        "interval": interval if known(row["low"]) else NONE,
        "p": p_text(row["p_value"]),
        "adjusted": p_text(row["p_adjusted"]),
        "each": amount(row.get("cost_each")),
        "each_interval": f"{amount(row.get('cost_each_low'))} to {amount(row.get('cost_each_high'))}",
    }


def _value(row: Json) -> Json:
    return {
        "arm": row["arm"],
        "n": count(row["n"]),
        "mean": amount(row["mean"]),
        "control": amount(row["control_mean"]),
        "added": amount(row["added"], signed=True),
        "added_interval": f"{amount(row['low'], signed=True)} to {amount(row['high'], signed=True)}",
        "net": amount(row["net"], signed=True),
        "net_interval": f"{amount(row['net_low'], signed=True)} to {amount(row['net_high'], signed=True)}",
        "return": percent_of(row["return"]),
        "return_interval": f"{percent_of(row['return_low'])} to {percent_of(row['return_high'])}",
    }


def _uplift(uplift: Json, *, several: bool) -> Json:
    return {
        "sentences": [words.uplift_sentence(arm, uplift) for arm in uplift["arms"]],
        "outcome": uplift["outcome"],
        "unwanted": uplift["unwanted"],
        "open": count(uplift["open"]),
        "columns": ", ".join(uplift["columns"]),
        "several": several,
        "arms": [_ranking(arm, at, uplift["kind"]) for at, arm in enumerate(uplift["arms"])],
    }


def _ranking(arm: Json, at: int, kind: str) -> Json:
    return {
        "arm": arm["arm"],
        "chart": f"curve-{at}",
        "n": count(arm["n"]),
        "name": words.RANKINGS.get(arm["ranking"], arm["ranking"]),
        "slope": f"{arm['slope']:.2f}",
        "p": p_text(arm["p_value"]),
        "areas": [
            {
                "name": words.RANKINGS.get(name, name),
                "area": _size(area, kind),
                "chosen": name == arm["ranking"],
            }
            for name, area in arm["areas"].items()
        ],
        "rows": [
            {
                "depth": percent(row["depth"]),
                "n": count(row["n"]),
                "lift": lift_text(row | {"kind": kind}, "lift", signed=True),
                "interval": f"{_size(row['low'], kind)} to {_size(row['high'], kind)}",
                "added": _size(row["added"], kind),
                "at_random": _size(row["at_random"], kind),
            }
            for row in arm["curve"][1::2]
        ],
    }


def _size(value: float | None, kind: str) -> str:
    return points(value, signed=True) if kind == "rate" else amount(value, signed=True)


def _lifts(content: Json) -> list[Json]:
    """A panel for each outcome: its arms with their lifts, in points where it is a rate."""
    panels = []
    for name in content["outcomes"]:
        rows = [row for row in content["arms"] if row["outcome"] == name]
        scale = 100 if rows[0]["kind"] == "rate" else 1
        panels.append({
            "outcome": name,
            "unit": " points" if scale == 100 else "",
            "rows": [
                {"arm": row["arm"], **{key: _scaled(row[key], scale) for key in ("lift", "low", "high")}}
                for row in rows
            ],
        })  # fmt: skip
    return panels


def _curves(uplift: Json | None) -> list[Json]:
    """For each arm what is added by depth, a hundred cases of the list where it is a rate."""
    if uplift is None:
        return []
    scale = 100 if uplift["kind"] == "rate" else 1
    keys = ("added", "added_low", "added_high", "at_random")
    return [
        {
            "name": f"{uplift['outcome']} {'avoided' if uplift['unwanted'] else 'added'}"
            + (" per 100 cases of the list" if scale == 100 else " per case of the list"),
            "depth": [row["depth"] for row in arm["curve"]],
            **{key: [_scaled(row[key], scale) for row in arm["curve"]] for key in keys},
        }
        for arm in uplift["arms"]
    ]


def _scaled(value: float | None, scale: float) -> float | None:
    return None if value is None else scale * value
