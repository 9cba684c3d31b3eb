"""The first cases of the list, as the page shows them."""

from __future__ import annotations

from graphlead.core.arrays import Json
from graphlead.report.html.quality import records
from graphlead.report.sales.content import SalesContent
from graphlead.report.sales.lists import NAMES, REASONS
from graphlead.report.sales.shown import NONE, count, percent

FIRST = 50
"""Cases shown; all are in the files."""


def case_view(content: SalesContent) -> Json:
    """The first cases: those on the list, or where it is empty, the first of all that were scored."""
    n = min(FIRST, content.listed or len(content.scored))
    table = content.scored.head(n)
    valued = "value_at_risk" in table and bool(table["value_at_risk"].notna().any())
    return {
        "rows": [_row(row, content.verb, valued) for row in records(table)],
        "valued": valued,
        "empty": not content.listed,
        "listed": content.listed,
    }


def _row(row: Json, verb: str, valued: bool) -> Json:
    reasons = [row[name] for name in REASONS if row.get(name)]
    return {
        "id": row["id"],
        "rank": row["rank"],
        "probability": percent(row["probability"]),
        "action": row[NAMES[verb].action] or NONE,
        "reasons": reasons,
        "value": count(row["value_at_risk"]) if valued else "",
    }
