"""A run in a few lines: what was read, who the clients are, what was learned, and where the files are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from graphlead.report.expected import bound_sentence

Summary = Mapping[str, Any]


def summary_text(summary: Summary) -> str:
    """The summary of a run as text; lines without their facts are left out.

    Keys: companies, links, set_aside, suppressed, dead, scored, leads, whitespace (counts); duplicates (first, all);
    clients (lines, matched, review, unmatched); outcomes (lines, matched, won, lost,
    rejected, open); expected (a sentence); prior (low, point, high); ranker, reason,
    verdict; notes (texts); seconds, peak_mb; files (name to path).
    """
    lines = [
        _read(summary),
        _clients(summary),
        _outcomes(summary),
        _duplicates(summary),
        summary.get("expected", ""),
        _bound(summary),
    ]
    lines += [_ranker(summary), summary.get("verdict", "")]
    lines += [f"Note: {note}" for note in summary.get("notes", ())]
    lines += [_handed_over(summary), *_files(summary), _cost(summary)]
    return "\n".join(line for line in lines if line)


def _read(summary: Summary) -> str:
    if "companies" not in summary:
        return ""
    aside = summary.get("set_aside", 0)
    kept = f"Read {counted(summary['companies'], 'company')} and {counted(summary.get('links', 0), 'link')}"
    dead = summary.get("dead", 0)
    parts = [f"{counted(aside, 'row')} set aside"] if aside else []
    parts += [f"{counted(dead, 'company')} no more, by their status, and kept off the list"] if dead else []
    return "; ".join([kept, *parts]) + "."


def _clients(summary: Summary) -> str:
    clients = summary.get("clients")
    if not clients:
        return ""
    parts = [f"{clients['matched']:,} of {counted(clients['lines'], 'client line')} matched"]
    parts += [f"{clients['review']:,} to review"] if clients.get("review") else []
    parts += [f"{clients['unmatched']:,} not found"] if clients.get("unmatched") else []
    parts += [f"{counted(summary['suppressed'], 'company')} suppressed"] if summary.get("suppressed") else []
    return f"Clients: {', '.join(parts)}."


def _outcomes(summary: Summary) -> str:
    found = summary.get("outcomes")
    if not found:
        return ""
    known = found["lines"] - found["open"]
    parts = [f"{found['matched']:,} of {counted(known, 'line')} with an outcome matched"]
    parts += [f"{found[name]:,} {name}" for name in ("won", "lost", "rejected", "open") if found[name]]
    return f"Outcomes: {', '.join(parts)}."


def _duplicates(summary: Summary) -> str:
    found = summary.get("duplicates", {"all": 0})
    if not found["all"]:
        return ""
    of_first = f"{found['first']:,} of the first 100 leads, {found['all']:,} in all,"
    return f"Set apart (duplicates.csv): {of_first} were clients under another record."


def _bound(summary: Summary) -> str:
    return bound_sentence(summary["prior"]) if "prior" in summary else ""


def _ranker(summary: Summary) -> str:
    if "ranker" not in summary:
        return ""
    reason = f": {summary['reason']}" if summary.get("reason") else "."
    return f"The list is ranked by {summary['ranker']}{reason}"


def _handed_over(summary: Summary) -> str:
    if "leads" not in summary:
        return ""
    scored = f" of {counted(summary['scored'], 'scored company')}" if "scored" in summary else ""
    inside = summary.get("whitespace", 0)
    apart = (
        f"; {counted(inside, 'company')} in clients' own groups or related to them kept apart"
        if inside
        else ""
    )
    return f"{counted(summary['leads'], 'lead')}{scored}{apart}."


def _files(summary: Summary) -> list[str]:
    files = summary.get("files", {})
    width = max(map(len, files), default=0)
    return [f"  {name:{width}}  {path}" for name, path in files.items()]


def _cost(summary: Summary) -> str:
    if "seconds" not in summary:
        return ""
    memory = f", {summary['peak_mb']:,.0f} MiB of memory" if summary.get("peak_mb") else ""
    return f"Done in {summary['seconds']:,.0f} s{memory}."


def counted(count: int, thing: str) -> str:
    """3 links, 1 link, 2 companies."""
    plural = f"{thing[:-1]}ies" if thing.endswith("y") else f"{thing}s"
    return f"{count:,} {thing if count == 1 else plural}"
