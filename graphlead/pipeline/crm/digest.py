"""A digest of a run's list as a message: the verdict, the first ten rows, and where the whole list is."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd

from graphlead.common.words.headers import in_a_list, normalised
from graphlead.connectors.crm import slack
from graphlead.connectors.crm.patience import Patience
from graphlead.connectors.crm.state import State
from graphlead.core.errors import SettingsError
from graphlead.pipeline.crm.lists import SentList, list_of
from graphlead.pipeline.crm.push import STATE, alone
from graphlead.runs.layout import RunFolder

FIRST = 10
"""Rows in a digest: as many as are called on a day."""
SYSTEM = "slack"
BEGUN, POSTED = "begun", "posted"


def digest(run: Path, link: str = "") -> dict[str, Any]:
    """The message with the digest of a finished run; link: where readers find the report, by default its path.

    Raises RunFolderError for a run without a list.
    """
    sent = list_of(run)
    return slack.message(
        slack.Digest(
            title=f"graphlead: {sent.title}",
            verdict=sent.verdict,
            lines=list(_lines(sent)),
            link=link or str(RunFolder(run).report.resolve()),
        )
    )


def post_digest(
    run: Path, content: dict[str, Any], state: Path | None, patience: Patience, *, again: bool
) -> bool:
    """Post the message of a run, unless it was posted already; returns whether it was posted now.

    state: the folder for what was posted, by default in the run's; again: post it although it was posted, or may have
    been. Raises SettingsError where it is not known whether an earlier attempt reached the channel, and errors of
    ``slack.post``.
    """
    folder = state / SYSTEM if state else RunFolder(run).pushed(SYSTEM)
    access = slack.VARIABLES.access()
    text = json.dumps([access.url, content], sort_keys=True)
    name = hashlib.sha256(text.encode()).hexdigest()[:32]
    with access.guarded(), alone(folder):
        kept = State(folder / STATE)
        before = kept.hashes(SYSTEM).get(name)
        if before == POSTED and not again:
            return False
        if before == BEGUN and not again:
            raise SettingsError(
                "it is not known whether this message was posted before: an earlier push of it did not end.",
                where=str(folder),
                remedy="Look into the channel; `--again` posts it once more.",
            )
        kept.sent(SYSTEM, {name: BEGUN})
        slack.post(access, content, patience)
        kept.sent(SYSTEM, {name: POSTED})
    return True


def _lines(sent: SentList) -> Iterator[tuple[str, str]]:
    """A heading and a remark for each of the first rows."""
    rows = sent.rows.head(FIRST)
    name = next((each for each in rows if in_a_list(normalised(str(each))) == "name"), None)
    for number, row in enumerate(rows.to_dict("records"), 1):
        called = row[name] if name is not None and not _empty(row[name]) else row["id"]
        score = "" if _empty(row.get("score")) else f" ({row['score']:g} %)"
        parts = (row.get(part) for part in ("action", "segment", "offers", "reasons"))
        yield f"{number}. {called}{score}", " - ".join(str(part) for part in parts if not _empty(part))


def _empty(value: Any) -> bool:
    return value is None or bool(pd.isna(value)) or value == ""
