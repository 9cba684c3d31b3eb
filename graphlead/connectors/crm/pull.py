"""Customers and deals of a customer system: read page by page into a folder, and made into the files a run reads."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from graphlead.common.files import sync, write_whole
from graphlead.common.spreadsheets import write_csv
from graphlead.connectors.crm.patience import Patience
from graphlead.connectors.crm.records import Kind, Records
from graphlead.connectors.crm.system import Record, System
from graphlead.core.contracts import Progress, silent

FRESH = 24 * 3600
"""Seconds for which the pages of a pull that was cut off are used by the next one, a choice: they are of one day."""
TABLES = ("clients", "outcomes", "suppress", "events", "deals", "accounts", "contacts")
"""The files that are written, each with the suffix .csv."""
PLACE = ["street", "city", "postcode", "country", "website", "phone"]


@dataclass(frozen=True)
class Pulled:
    """The rows of each of TABLES, and the deals that belong to no account."""

    rows: dict[str, int]
    homeless: int


def pull(
    system: System, records: Records, out: Path, pages: Path, patience: Patience, progress: Progress = silent
) -> Pulled:
    """Write the TABLES of a system's accounts, contacts and deals into a folder; each is whole or as it was before.

    pages: a folder that keeps what was read until then, so that a pull which ends in between is taken up by the next
    one. Raises SettingsError where the system does not let this user in, and ConnectorError where it does not answer.
    """
    tables = {}
    for number, (name, kind) in enumerate(records.kinds().items()):
        progress(number, 3, name)
        kept = Pages(pages / f"{name}.jsonl", system, kind)
        tables[name] = _table([kind.row(record) for record in kept.read(patience, progress)], kind)
    made = made_files(tables["accounts"], tables["contacts"], tables["deals"])
    for name, table in made.items():
        write_csv(file_of(out, name), table)
    homeless = int((~tables["deals"]["account"].isin(tables["accounts"]["id"])).sum())
    return Pulled({name: len(table) for name, table in made.items()}, homeless)


def file_of(out: Path, table: str) -> Path:
    """The file of one of TABLES."""
    return out / f"{table}.csv"


@dataclass(frozen=True)
class Pages:
    """The pages of a kind of records in a file: a line on what was asked and when, then a line for each page."""

    path: Path
    system: System
    kind: Kind

    def read(self, patience: Patience, progress: Progress = silent) -> Iterator[Record]:
        """Every record: of the pages that are kept, then of those that are asked for, each kept before the next."""
        kept, after, done = self._kept()
        for page in kept:
            yield from page
        count = sum(map(len, kept))
        while not done:
            page, following = patience.asked(self._asking(after), self.system.title)
            self._keep({"after": following, "records": page})
            yield from page
            count += len(page)
            progress(count, 0, f"{count:,} {self.kind.name}")
            after, done = following, not following

    def _asking(self, after: str) -> Any:
        return lambda: self.system.page(self.kind.name, self.kind.names(), after)

    def _kept(self) -> tuple[list[list[Record]], str, bool]:
        """The pages of an earlier pull that are whole and fresh, what to ask for next, and whether that is nothing."""
        lines = _whole_lines(self.path)
        head = {"asked": self._asked(), "begun": time.time()}
        fresh = (
            lines
            and lines[0].get("asked") == head["asked"]
            and head["begun"] - lines[0].get("begun", 0) < FRESH
        )
        if not fresh:
            lines = [head]
        text = "".join(json.dumps(line) + "\n" for line in lines)
        write_whole(
            self.path, lambda part: part.write_text(text, "utf-8")
        )  # without a last line that is cut off
        pages = lines[1:]
        after = pages[-1]["after"] if pages else ""
        return [page["records"] for page in pages], after, bool(pages) and not after

    def _keep(self, page: dict[str, Any]) -> None:
        with self.path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(page) + "\n")
        sync(self.path)

    def _asked(self) -> str:
        text = json.dumps([self.system.title, self.system.where, self.kind.name, self.kind.names()])
        return hashlib.sha256(text.encode()).hexdigest()


def _whole_lines(path: Path) -> list[dict[str, Any]]:
    """The lines of a file up to the first that is cut off; none where there is no file."""
    whole: list[dict[str, Any]] = []
    if not path.is_file():
        return whole
    for line in path.read_text("utf-8", errors="replace").splitlines(keepends=True):
        try:
            found = json.loads(line)
        except ValueError:
            break
        if not line.endswith("\n") or not isinstance(found, dict):
            break
        whole.append(found)
    return whole


def made_files(
    accounts: pd.DataFrame, contacts: pd.DataFrame, deals: pd.DataFrame
) -> dict[str, pd.DataFrame]:
    """The TABLES, by name, from the tables of a system.

    clients: accounts with a deal won, and the day of the first; outcomes: closed deals, won or lost;
    suppress: accounts with an open deal; events: deals won, as purchases; deals: every deal, with an
    outcome where it is closed; accounts and contacts as they are.
    """
    known = accounts.rename(columns={"id": "account_id"})[["account_id", "name", *PLACE]]
    deals = deals.assign(outcome=_outcome(deals), amount=pd.to_numeric(deals["amount"], errors="coerce"))
    won = deals[deals["outcome"] == "won"]
    first = won.sort_values(["closed", "id"]).groupby("account")["closed"].first()
    since = first.rename_axis("account_id").rename("won_date").reset_index()
    closed = deals[deals["outcome"] != ""].rename(columns={"account": "account_id", "closed": "date"})
    of_open = deals.loc[deals["outcome"] == "", "account"]
    names = known[["account_id", "name"]].rename(columns={"name": "account"})
    # Of an open deal a system has the day on which somebody expects it to be closed.
    every = deals.assign(close_date=deals["closed"].where(deals["outcome"] != "")).rename(
        columns={"id": "deal_id", "account": "account_id", "name": "deal", "created": "created_date"}
    )
    return {
        "clients": known.merge(since, on="account_id"),
        "outcomes": known.merge(closed[["account_id", "outcome", "date", "amount"]], on="account_id"),
        "suppress": known[known["account_id"].isin(of_open)],
        "events": won.rename(columns={"account": "customer_id", "closed": "date"})[
            ["customer_id", "date", "amount"]
        ]
        .dropna(subset=["customer_id"])
        .sort_values(["date", "customer_id"]),
        "deals": every.merge(names, on="account_id", how="left")[
            [
                "deal_id",
                "account_id",
                "account",
                "deal",
                "created_date",
                "amount",
                "stage",
                "close_date",
                "outcome",
            ]
        ],
        "accounts": accounts,
        "contacts": contacts,
    }


def _table(rows: Sequence[Record], kind: Kind) -> pd.DataFrame:
    """Rows as text, by id, each once; days without their time."""
    table = pd.DataFrame(rows, columns=list(kind.columns), dtype=object)
    for column in table:
        table[column] = table[column].map(_text).astype("string")
    for column in {"created", "closed"} & set(table):
        table[column] = table[column].str[:10]
    return table.drop_duplicates("id", keep="last").sort_values("id").reset_index(drop=True)


def _text(value: object) -> object:
    if value is None or value == "":
        return pd.NA
    return str(value).lower() if isinstance(value, bool) else str(value)


def _outcome(deals: pd.DataFrame) -> pd.Series[str]:
    """won, lost, or nothing of an open deal."""
    won = deals["is_won"].str.lower().eq("true").fillna(False).astype(bool)
    closed = deals["is_closed"].str.lower().eq("true").fillna(False).astype(bool) | won
    outcome = pd.Series("", index=deals.index, dtype="string")
    return outcome.mask(closed, "lost").mask(won, "won")
