"""The workbook of a sales verb: the cases to work now."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

import pandas as pd

from graphlead.common.workbook_cells import Kind
from graphlead.common.workbooks import Made, Sheet, as_numbers, write_workbook
from graphlead.core.arrays import Json
from graphlead.report.sales.lists import NAMES

TITLES = {"convert": "Leads to work now", "churn": "Customers at risk"}
CHANCES = {
    "convert": "The chance, in per cent, that the lead converts.",
    "churn": "The chance, in per cent, that the customer leaves within the period of the run.",
}
SENTENCES = (
    "A probability is a rate among cases like this one, no promise about a single case.",
    "A reason is what moved the probability of this case; it need not be a cause: changing it may change nothing.",
)


def write_call_list(
    path: Path, verb: str, table: pd.DataFrame, numbers: Collection[str], metrics: Json, made: Made
) -> None:
    """Write the list to work from.

    numbers: the input columns that hold numbers, which are written as such; metrics: as in metrics.json.
    """
    names = NAMES[verb]
    meanings = {
        names.percent: CHANCES[verb],
        names.action: "What to do, by the rules of the run.",
        "reason_1": "What moved the probability most.",
        "reason_2": "What came second.",
        "reason_3": "What came third.",
    }
    kinds: dict[str, Kind] = {names.percent: "per_cent"}
    table = as_numbers(table, numbers)
    sheet = Sheet(name=TITLES[verb], table=table, kinds=kinds, meanings=meanings, frozen=1)
    write_workbook(path, [sheet], made.notes(TITLES[verb], [*_found(metrics), *SENTENCES]))


def _found(metrics: Json) -> list[str]:
    """What the run found on cases that it did not learn from."""
    heldout = metrics["heldout"]
    sentences = [] if heldout.get("auc") is None else [
        f"On cases that the model had not seen, it put a positive one before another one in {heldout['auc']:.0%} of "
        "all pairs (AUC; 50% is chance)."
    ]  # fmt: skip
    precision = heldout.get("precision_at_threshold")
    if precision is not None:
        sentences.append(f"Of those at or over the threshold, {precision:.0%} were positive there.")
    return [*sentences, *metrics["notes"]]
