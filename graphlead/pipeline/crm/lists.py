"""The list of a finished run, as a customer system takes it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from graphlead.common.files import read_json, read_parquet
from graphlead.common.spreadsheets import restored
from graphlead.core.errors import RunFolderError, SettingsError, damage
from graphlead.runs.finished import Finished
from graphlead.runs.layout import RunFolder
from graphlead.runs.manifest import verb_of

if TYPE_CHECKING:
    from graphlead.core.arrays import Json

REASONS = ["reason_1", "reason_2", "reason_3"]
OFFERS = 3
"""Items offered to a customer in its record, a choice: a person reads them out on the telephone."""
SCORED = ("convert", "churn")
"""The verbs that score more cases than those on their list."""


@dataclass(frozen=True, kw_only=True)
class SentList:
    """A list: the verb of its run, its rows, its title, and what the run says of itself in a sentence.

    rows have a text ``id``, and of score (per cent), rank, fit, action, reasons, offers and segment those that the verb
    knows, then the list's own columns; one that has such a name too is there as ``input_`` and its name.
    """

    verb: str
    rows: pd.DataFrame
    title: str
    verdict: str


@dataclass(frozen=True)
class _Finished(Finished):
    """A run of a verb that scores cases; its models are not read."""

    VERBS = SCORED

    @property
    def day(self) -> date:
        """The day of the list."""
        as_of = self.manifest["settings"].get("as_of")
        return date.fromisoformat(as_of) if as_of else self.finished_on


def list_of(run: Path, *, every: bool = False) -> SentList:
    """The list of a finished run; every: of convert and churn, all scored cases and not only those on the list.

    Raises RunFolderError for a run of a verb without such a list, or one with a damaged part, and SettingsError where
    ``every`` is asked of another verb.
    """
    verb = verb_of(run)
    if verb not in _READERS:
        raise RunFolderError(
            f"the run of a `graphlead {verb}` has no list for a customer system.",
            where=str(run),
            remedy=f"Give the folder of a {', '.join(_READERS)} run.",
        )
    if every and verb not in SCORED:
        raise SettingsError(
            f"the list of a `graphlead {verb}` is whole already.", where="--all", remedy="Leave it out."
        )
    return _READERS[verb](run, every)


def _leads(run: Path, every: bool) -> SentList:
    folder = RunFolder(run)
    table = _read_csv(folder.leads)
    with damage(folder.leads):
        made = pd.DataFrame({
            "id": table["company_id"],
            "score": _per_cent(pd.to_numeric(table["score"])),
            "rank": pd.to_numeric(table["rank"]).astype("Int64"),
            "fit": table["fit"],
            "reasons": _joined(table),
        })  # fmt: skip
    metrics = read_json(folder.metrics)
    return SentList(
        verb="run",
        rows=_beside(made, table, drop=["company_id"]),
        title=f"{len(made):,} companies to call",
        verdict=str(metrics.get("verdict") or ""),
    )


def _cases(run: Path, every: bool) -> SentList:
    finished, verb = _Finished(run), verb_of(run)
    folder = finished.folder
    scored = read_parquet(folder.leads_scored if verb == "convert" else folder.customers_scored).to_pandas()
    made = pd.DataFrame({
        "id": scored["id"].astype("string"),
        "score": _per_cent(scored["probability"]),
        "rank": scored["rank"].astype("Int64"),
        "action": scored["recommended_action" if verb == "convert" else "recommended_intervention"],
        "reasons": _joined(scored),
    })  # fmt: skip
    what = {"convert": "leads", "churn": "customers at risk"}[verb]
    if every:
        return SentList(
            verb=verb, rows=made, title=f"{len(made):,} scored {what}", verdict=_held_out(finished.metrics)
        )
    listed = _read_csv(folder.call_list(verb, finished.day))
    rows = _listed(made, listed, int(finished.metrics["listed"]))
    return SentList(
        verb=verb, rows=rows, title=f"{len(rows):,} {what} to work on", verdict=_held_out(finished.metrics)
    )


def _offers(run: Path, every: bool) -> SentList:
    table = read_parquet(RunFolder(run).recommendations).to_pandas().sort_values(["customer", "rank"])
    first = table.groupby("customer", sort=True).head(OFFERS)
    by_customer = first.groupby("customer", sort=True)
    made = pd.DataFrame({
        "offers": by_customer["item"].agg("; ".join),
        "reasons": by_customer["why"].agg(lambda texts: "; ".join(texts.dropna())),
    })  # fmt: skip
    rows = made.rename_axis("id").reset_index()
    return SentList(verb="recommend", rows=rows, title=f"Offers for {len(rows):,} customers", verdict="")


def _segments(run: Path, every: bool) -> SentList:
    table = read_parquet(RunFolder(run).segments).to_pandas()
    rows = table.rename(columns={"customer": "id"})
    return SentList(verb="segment", rows=rows, title=f"Segments of {len(rows):,} customers", verdict="")


_READERS: dict[str, Callable[[Path, bool], SentList]] = {
    "run": _leads, "convert": _cases, "churn": _cases, "recommend": _offers, "segment": _segments,
}  # fmt: skip


def _read_csv(path: Path) -> pd.DataFrame:
    """A list as a person left it: rows may be gone, cells edited."""
    with damage(path):
        return restored(pd.read_csv(path, dtype="string", encoding="utf-8-sig", keep_default_na=False))


def _per_cent(share: pd.Series[Any]) -> pd.Series[Any]:
    return (100 * share).round(2)


def _joined(table: pd.DataFrame) -> pd.Series[Any]:
    """The reasons of each row as one text."""
    texts = table[REASONS].fillna("").astype(str)
    return texts.apply(lambda row: "; ".join(text for text in row if text), axis=1).astype("string")


def _beside(made: pd.DataFrame, own: pd.DataFrame, drop: list[str]) -> pd.DataFrame:
    """What graphlead made, then the other columns of the list under names that are free."""
    rest = own.drop(columns=[*drop, *(name for name in REASONS if name in own)]).reset_index(drop=True)
    rest = rest.rename(columns={name: f"input_{name}" for name in rest if name in made})
    return pd.concat([made.reset_index(drop=True), rest], axis=1)


def _listed(made: pd.DataFrame, listed: pd.DataFrame, count: int) -> pd.DataFrame:
    """The scored cases on a list, with its columns: its rows are found by the first column that has ids alone."""
    known = set(made["id"])
    ids = next((name for name in listed if len(listed) and set(listed[name]) <= known), None)
    if ids is None or not listed[ids].is_unique:
        return made.head(count if len(listed) else 0)
    rows = made.set_index("id").loc[list(listed[ids])].rename_axis("id").reset_index()
    return _beside(rows, listed, drop=[str(ids)])


def _held_out(metrics: Json) -> str:
    heldout, graph = metrics["heldout"], metrics.get("graph")
    text = f"Held out: AUC {heldout['auc']:.2f}; the first fifth has {heldout['lift_20']:.1f} times as many as chance."
    return f"{text} {graph['text']}" if graph and graph.get("text") else text
