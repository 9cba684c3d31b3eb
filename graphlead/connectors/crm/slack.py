"""A digest of a list as one message to a channel of Slack, by an incoming webhook."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from http.client import HTTPException
from typing import Any

from graphlead.connectors.crm.access import Access, Variables
from graphlead.connectors.crm.faults import BusyError, ConnectorError, UncertainError
from graphlead.connectors.crm.patience import Patience, seconds_of
from graphlead.connectors.crm.system import library

VARIABLES = Variables(
    url="SLACK_WEBHOOK_URL",
    credential="",
    default="",
    example="https://hooks.slack.com/services/T000/B000/XXXX",
)
TITLE, LINE, TEXT = 150, 300, 500
"""Letters that a header may have, which is Slack's limit, and that a line and a text are cut to before they are
escaped, a choice: escaped they fit into the 3,000 of a section."""


@dataclass(frozen=True, kw_only=True)
class Digest:
    """What a message has: a title, a verdict, lines with a heading and a remark each, and where the whole list is.

    link: an address for the title of the list, or a path, which is shown as it is.
    """

    title: str
    verdict: str
    lines: Sequence[tuple[str, str]]
    link: str


def message(digest: Digest) -> dict[str, Any]:
    """The message in Slack's blocks; every text in it is escaped, so that none can call people or lead elsewhere."""
    blocks: list[dict[str, Any]] = [
        {"type": "header", "text": {"type": "plain_text", "text": _cut(digest.title, TITLE), "emoji": False}}
    ]
    if digest.verdict:
        blocks.append(_section(escaped(_cut(digest.verdict, TEXT))))
    blocks += [
        _section(f"*{_emphasised(heading)}*\n{escaped(_cut(remark, LINE))}")
        for heading, remark in digest.lines
    ]
    where = (
        f"<{_address(digest.link)}|The whole list>"
        if _is_address(digest.link)
        else escaped(_cut(digest.link, TEXT))
    )
    blocks.append({"type": "context", "elements": [{"type": "mrkdwn", "text": where}]})
    return {"text": escaped(digest.title), "blocks": blocks, "unfurl_links": False}


def escaped(text: str) -> str:
    """The text with the three letters that begin something in Slack's markup made harmless."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def post(access: Access, content: dict[str, Any], patience: Patience) -> None:
    """Post a message once.

    Raises ConnectorError where Slack refuses it, stays busy, or gives no answer: a webhook cannot be asked whether it
    posted the message, so it is not sent again.
    """
    webhook = library("slack_sdk.webhook")
    quiet = logging.Logger("graphlead.slack", logging.CRITICAL + 1)  # the client's own log quotes the address
    client = webhook.WebhookClient(access.url, timeout=patience.seconds, retry_handlers=[], logger=quiet)

    def call() -> Any:
        try:
            answer = client.send_dict(content)
        except (OSError, HTTPException):
            raise UncertainError("the connection was cut, or no answer in time") from None
        if answer.status_code in (429, 503):
            headers = {name.lower(): value for name, value in answer.headers.items()}
            raise BusyError(seconds_of(headers.get("retry-after")))
        return answer

    try:
        answer = patience.heard(call, "Slack")
    except UncertainError as silent:
        raise _unknown(silent.reason) from None
    if answer.status_code >= 500:
        raise _unknown(f"status {answer.status_code}")
    if answer.status_code != 200:
        raise ConnectorError(
            f"Slack refuses the message ({answer.status_code}: {' '.join(str(answer.body).split())[:LINE]}).",
            remedy=f"Check {VARIABLES.url}: the webhook may have been removed.",
        )


def _unknown(reason: str) -> ConnectorError:
    return ConnectorError(
        f"it is not known whether Slack posted the message ({reason}).",
        remedy="Look into the channel; `--again` posts it once more.",
    )


def _section(text: str) -> dict[str, Any]:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}}


def _emphasised(text: str) -> str:
    """A text between asterisks, without those of its own."""
    return escaped(_cut(text, TITLE)).replace("*", "\N{ASTERISK OPERATOR}").replace("\n", " ")


def _is_address(link: str) -> bool:
    plain = link.isprintable() and len(link) <= 2 * TEXT and " " not in link
    return plain and link.startswith(("https://", "http://"))


def _address(link: str) -> str:
    return escaped(link).replace("|", "%7C")


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}\N{HORIZONTAL ELLIPSIS}"
