"""The workbooks of a discovery run: the leads to call, and the lines of the client list to decide on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from graphlead.common.workbook_cells import Kind
from graphlead.common.workbooks import MOST_ROWS, Made, Sheet, write_workbook
from graphlead.core.register import Register, Role

OUTCOME = "outcome"
RESULTS = ("won", "lost", "rejected")
"""The column for what becomes of a call, and what may be typed there; ``--outcomes`` reads it."""

MOST_WHITE_SPACE = 2_000
"""Companies in clients' groups shown, a choice: the largest registers have 100,000, a minute of writing."""

MAP = "map"
PLACES = (Role.ADDRESS, Role.POSTCODE, Role.CITY, Role.REGION, Role.COUNTRY)

MEANINGS = {
    "rank": "The place on the list: 1 is to be called first.",
    "rank_all": "The place among all companies that were ranked, those in groups of clients too.",
    "company_id": "The id in your register.",
    "name": "The name in your register.",
    "score": "The chance that the company becomes a client within the period that the first sentence above names.",
    "fit": "Strong, Moderate or Weak, by how many of the companies around this rank are expected to become clients.",
    "other_records": "Ids of further records of the same company in your register.",
    "reason_1": "The strongest reason why the company is on the list.",
    "reason_2": "The second reason.",
    "reason_3": "The third reason, or in what the company's size is unusual.",
    "nearest_client": "The client that is nearest to the company.",
    "nearest_client_id": "The id of that client.",
    "near": "In what way that client is near, and whether to ask there first.",
    "segment": "The kind of client that the company is like.",
    "introduction": "The way from a client to the company, for an introduction.",
    "check_first": "A warning: the company may already be on your list under a name that was not recognised.",
    "client_id": "The id of the client.",
    "client_name": "The client.",
    "steps": "The links of ownership between the client and the company.",
    "ownership_path": "How the two are joined.",
    "place": "Where the record says that the company is.",
    "why": "What the two records have in common.",
    "sure": "Whether the two are the same company for sure, or probably.",
    "on_list": "The list that the company is on.",
    MAP: "A search for the address on OpenStreetMap.",
    OUTCOME: "For you: won, lost or rejected. Give the file back by --outcomes, and the next list learns from it.",
    "line": "The line of your list, its header not counted.",
    "candidate_rank": "The place among the companies that the line may mean.",
    "candidate_id": "The id of the company that may be meant.",
    "candidate_name": "Its name.",
    "probability": "How likely the line means this company.",
    "evidence": "What speaks for it.",
    "question": "What is asked: which company the line means, or whether two records are one company.",
    "accept": "For you: yes or no. Give the file back by --reviewed, and it is used. Empty where you do not know.",
}
SENTENCES = (
    "A score is a rate among companies like this one, no promise about a single company: compare the first "
    "hundred with the second, not one row with the next.",
    "The companies of your clients' own groups are on the sheet White space, other records of your clients on the "
    "sheet Duplicates: they are no new business.",
)
REVIEW_SENTENCES = (
    "Fill in accept alone; leave the other columns as they are, so that your answers are found again. Sorting and "
    "filtering do no harm.",
)


def write_leads(
    path: Path,
    leads: pd.DataFrame,
    whitespace: pd.DataFrame,
    duplicates: pd.DataFrame,
    register: Register,
    made: Made,
    found: Sequence[str],
    files: Sequence[str],
) -> None:
    """Write the leads, the companies in clients' groups and the duplicates.

    found: what the run found, in sentences; files: the names of those that have all rows of the three.
    """
    sheets = [
        _companies("Leads", leads, register, files[0], choices={OUTCOME: RESULTS}),
        _companies("White space", whitespace, register, files[1], MOST_WHITE_SPACE),
        _companies("Duplicates", duplicates, None, files[2]),
    ]
    write_workbook(path, sheets, made.notes("Leads to call", [*found, *SENTENCES]))


def write_review(path: Path, review: pd.DataFrame, made: Made) -> None:
    """Write the lines to decide on, with a list of answers in the column accept."""
    kinds: Mapping[str, Kind] = {"probability": "percent", "candidate_id": "text"}
    sheet = Sheet(
        name="Review", table=review, kinds=kinds, choices={"accept": ("yes", "no")}, meanings=MEANINGS
    )
    write_workbook(path, [sheet], made.notes("Lines to decide on", REVIEW_SENTENCES))


def write_matched(path: Path, table: pd.DataFrame, made: Made) -> None:
    """Write a list with the company found for each line."""
    kinds: Mapping[str, Kind] = {"probability": "percent", "company_id": "text"}
    meanings = {
        "company_id": "The id of the company found in your register.",
        "matched_name": "Its name.",
        "probability": "How likely the line means this company.",
        "outcome": "matched, review (a person has to decide) or unmatched.",
        "evidence": "What speaks for the company.",
    }
    sheet = Sheet(name="Clients", table=table, kinds=kinds, meanings=meanings)
    write_workbook(path, [sheet], made.notes("The list with the companies found", ()))


def _maps(table: pd.DataFrame, register: Register | None) -> dict[str, pd.Series[str]]:
    """A column of places to look for on a map, where the register has an address or a city."""
    if register is None or not register.names_of(Role.ADDRESS, Role.CITY) or not len(table):
        return {}
    names = [name for role in PLACES for name in register.names_of(role)[:1]]
    shown = [each if each in table else f"{each} (register)" for each in names]
    parts = table[[each for each in shown if each in table]].astype("string").fillna("")
    texts = [", ".join(filter(None, row)) or None for row in parts.itertuples(index=False)]
    return {MAP if MAP not in table else f"{MAP} (link)": pd.Series(texts, index=table.index, dtype="string")}


def _companies(
    name: str,
    table: pd.DataFrame,
    register: Register | None,
    whole: str,
    most: int = MOST_ROWS,
    choices: Mapping[str, Sequence[str]] | None = None,
) -> Sheet:
    """A sheet of companies, with links to maps where there is a register, and columns to choose in behind its own."""
    maps = _maps(table.iloc[:most], register)
    kinds: dict[str, Kind] = {
        "company_id": "text", "client_id": "text", "nearest_client_id": "text", "score": "percent", "fit": "grade",
        **dict.fromkeys(maps, "map"),
    }  # fmt: skip
    more: dict[str, Any] = {**maps, **dict.fromkeys(choices or {}, "")}
    frozen = list(table).index("name") + 1 if "name" in table else 0
    return Sheet(
        name=name,
        table=table.assign(**more),
        kinds=kinds,
        choices=choices or {},
        meanings=MEANINGS,
        frozen=frozen,
        most=most,
        whole=whole,
    )
