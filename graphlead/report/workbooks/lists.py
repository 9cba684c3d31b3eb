"""The workbooks of the other verbs: offers, prospects, segments, and who is in which arm of an experiment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd

from graphlead.common.workbook_cells import Kind
from graphlead.common.workbooks import Made, Sheet, write_workbook
from graphlead.core.arrays import Json

OFFERS = {
    "customer": "The customer, by your own id.",
    "item": "What to offer.",
    "score": "Higher is likelier; scores compare offers of this list alone.",
    "rank": "The place among the offers for this customer: 1 is the first.",
    "kind": "together: bought with what the customer has; content: like it; popular: bought by many.",
    "why": "What speaks for the offer.",
}
PROSPECTS = {
    "id": "The customer or the company, by your own id.",
    "score": "Higher is likelier.",
    "rank": "The place on the list: 1 is to be asked first.",
    "known": "Whether it is a customer already.",
    "why": "What speaks for it.",
}
SEGMENTS = {
    "customer": "The customer, by your own id.",
    "segment": "The group of customers that it is most like.",
    "recency": "Days since the last purchase.",
    "frequency": "Purchases.",
    "monetary": "What was spent.",
    "value_class": "The customer's worth against that of the others.",
}
ARMS = {
    "id": "The case, by your own id.",
    "arm": "treat: call it; holdout: leave it alone, so that what calling adds can be measured; explore: by lot.",
}


def write_offers(path: Path, table: pd.DataFrame, notes: Sequence[str], made: Made, whole: str) -> None:
    """Write what each customer is offered; whole: the name of the file with all rows."""
    kinds: Mapping[str, Kind] = {"customer": "text", "item": "text"}
    sheet = Sheet(name="Offers", table=table, kinds=kinds, meanings=OFFERS, frozen=2, whole=whole)
    write_workbook(path, [sheet], made.notes("What to offer", notes))


def write_prospects(
    path: Path, table: pd.DataFrame, product: str, notes: Sequence[str], made: Made, whole: str
) -> None:
    """Write who wants a product."""
    kinds: Mapping[str, Kind] = {"id": "text", "company_id": "text"}
    sheet = Sheet(name="Prospects", table=table, kinds=kinds, meanings=PROSPECTS, frozen=1, whole=whole)
    write_workbook(path, [sheet], made.notes(f"Who wants {product}", notes))


def write_segments(
    path: Path, table: pd.DataFrame, segments: Sequence[Json], notes: Sequence[str], made: Made, whole: str
) -> None:
    """Write the segments (as in segments.json), and every customer with its segment."""
    overview = pd.DataFrame([_plain(each) for each in segments])
    kinds: Mapping[str, Kind] = {"customer": "text"}
    meanings = dict.fromkeys(map(str, overview), "As in the report.") | {"segment": SEGMENTS["segment"]}
    axes = dict.fromkeys(map(str, table), "A direction in which customers differ; see the report.")
    sheets = [
        Sheet(name="Segments", table=overview, meanings=meanings, frozen=1),
        Sheet(name="Customers", table=table, kinds=kinds, meanings=axes | SEGMENTS, frozen=2, whole=whole),
    ]
    write_workbook(path, sheets, made.notes("Segments of customers", notes))


def write_arms(path: Path, table: pd.DataFrame, notes: Sequence[str], made: Made, whole: str) -> None:
    """Write a list with the arm of each row."""
    sheet = Sheet(name="Arms", table=table, kinds={"id": "text"}, meanings=ARMS, frozen=2, whole=whole)
    write_workbook(path, [sheet], made.notes("Who is called, and who is not", notes))


def _plain(segment: Json) -> Json:
    """What a segment is in a row: texts and numbers, several texts one below the other."""
    plain = {name: _cell(value) for name, value in segment.items()}
    return {name: value for name, value in plain.items() if isinstance(value, str | int | float)}


def _cell(value: object) -> object:
    if isinstance(value, list) and all(isinstance(each, str) for each in value):
        return "\n".join(value)
    return value
