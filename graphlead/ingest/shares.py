"""SQL for ownership shares as registers write them: fractions, per cent, bands and words."""

from __future__ import annotations

from graphlead.engines.duckdb import literal
from graphlead.ingest.values import ABOVE, BELOW, let, numbers_in

ROUNDING = 0.0005
"""By how much a share may exceed 100 % before it counts as impossible: sums of rounded parts do."""


def bounds(text: str) -> str:
    """SQL for [low, high] as written, NULL where no share can be read: 25, 25%, 25-50, more than 75%, less than 5%.

    The open end of a band is NaN: whether the whole is 1 or 100 depends on the entire column.
    """
    body = (
        "CASE WHEN len(n) = 2 AND n[1] <= n[2] THEN n "
        f"WHEN len(n) = 1 AND regexp_matches(lower({text}), {literal(BELOW)}) THEN [0.0, n[1]] "
        f"WHEN len(n) = 1 AND regexp_matches(lower({text}), {literal(ABOVE)}) THEN [n[1], 'nan'::DOUBLE] "
        f"WHEN len(n) = 1 AND regexp_full_match({text}, '[-−].*') THEN [-n[1], -n[1]] "
        "WHEN len(n) = 1 THEN [n[1], n[1]] END"
    )
    pointed = f"replace({text}, ',', '.')"
    exact = f"TRY_CAST({pointed} AS DOUBLE)"
    return (
        f"CASE WHEN isfinite({exact}) THEN [{exact}, {exact}] WHEN {exact} IS NULL THEN "
        f"{let(numbers_in(pointed), 'n', body)} END"
    )


def is_per_cent(signs: int, largest: float, above_one: int, known: int) -> bool:
    """Whether a column of shares is in per cent rather than in fractions of one.

    A per cent sign or a value above 2 decides. Where the largest value lies between 1 and 2 and most do not exceed 1,
    the few that do are errors in a column of fractions.
    """
    return signs > 0 or largest > 2 or 2 * above_one > known > 0
