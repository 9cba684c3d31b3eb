"""A digest of a run's list as a message: the verdict, the first ten rows, and where the whole list is."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pandas as pd

from graphlead.common.words.headers import in_a_list, normalised
from graphlead.connectors.crm import slack
from graphlead.connectors.crm.patience import Patience
from graphlead.connectors.crm.state import State
from graphlead.core.errors import SettingsError
from graphlead.core.exchange import PushSettings
from graphlead.pipeline.crm.lists import SentList, list_of
from graphlead.pipeline.crm.push import STATE, alone, folder_of
from graphlead.runs.layout import RunFolder

FIRST = 10
"""Rows in a digest: as many as are called on a day."""
SYSTEM = "slack"
BEGUN, POSTED = "begun", "posted"


@dataclass(frozen=True)
class Digest:
    """The message of a run, and whether it was posted now: None where it was only made, False where it was posted
    before."""

    message: dict[str, Any]
    posted: bool | None


def push_digest(settings: PushSettings, patience: Patience) -> Digest:
    """The digest of a run, with ``send`` posted unless it was posted already.

    Raises RunFolderError for a run without a list, SettingsError where it is not known whether an earlier attempt
    reached the channel, and errors of ``slack.post``.
    """
    sent = list_of(settings.run)
    content = slack.message(
        slack.Digest(
            title=f"graphlead: {sent.title}",
            verdict=sent.verdict,
            lines=list(_lines(sent)),
            link=settings.link or str(RunFolder(settings.run).report.resolve()),
        )
    )
    return Digest(content, _post(settings, content, patience) if settings.send else None)


def _post(settings: PushSettings, content: dict[str, Any], patience: Patience) -> bool:
    """Post a message, unless it was posted already and not ``again``; returns whether it was posted now."""
    folder, again = folder_of(settings), settings.again
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
