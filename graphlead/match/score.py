"""Candidate pairs scored field by field: log-odds that line and company are the same, and what they rest on.

The model is Fellegi and Sunter's (1969) with term frequencies: an agreement counts by how rare the agreeing word or
place is in the register, against the prior that a company drawn at random is the one meant (1 / companies).
"""

from __future__ import annotations

from dataclasses import dataclass

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa
from rapidfuzz import fuzz
from rapidfuzz.distance import Levenshtein

from graphlead.match.columns import FIELDS
from graphlead.match.names import Doubles, compare, score_names
from graphlead.match.sql import run, table

Longs = npt.NDArray[np.int64]

PLACE_LIMIT = 4.5
"""Most that agreeing places may say together: sister companies share them too."""


@dataclass(frozen=True)
class Pairs:
    """Scored candidate pairs, one entry a pair (shape (p,)).

    line: number of the line, sorted. company: index in the register. log_odds: that both are the same company, of
    the pair alone. likeness: field to likeness in [0, 1], NaN where line or company lacks the field. closeness:
    see names.NameScores. twin: the
    first company of the register with the very same name and place as this one, among the candidates.
    """

    line: Longs
    company: Longs
    log_odds: Doubles
    likeness: dict[str, Doubles]
    closeness: Doubles
    twin: Longs

    def only(self, keep: npt.NDArray[np.bool_] | Longs) -> Pairs:
        """The pairs at these positions, or those for which a mask of shape (p,) is true."""
        likeness = {name: values[keep] for name, values in self.likeness.items()}
        return Pairs(
            self.line[keep],
            self.company[keep],
            self.log_odds[keep],
            likeness,
            self.closeness[keep],
            self.twin[keep],
        )


_PAIRS = """
SELECT line, company, coalesce(twin, company)::BIGINT AS twin FROM match_pairs LEFT JOIN (
    SELECT company, min(company) OVER (PARTITION BY text, city, region, postcode, country, address) AS twin
    FROM (SELECT company, text FROM match_right WHERE part = 0) JOIN match_fields USING (company)
    WHERE coalesce(city, postcode, address) IS NOT NULL) USING (company)
ORDER BY pair"""


def _rarity(connection: duckdb.DuckDBPyConnection, field: str, companies: int) -> None:
    """Make match_rarity_FIELD: value, w (log of one over its share of the register) for the values of the list."""
    run(
        connection,
        f"CREATE OR REPLACE TEMP TABLE match_rarity_{field} AS SELECT {field}, ln($n / count(*)) AS w"
        f" FROM match_fields WHERE {field} IN (SELECT {field} FROM match_line_fields) GROUP BY {field}",
        {"n": float(companies)},
    )


def _field_table(connection: duckdb.DuckDBPyConnection, fields: list[str], companies: int) -> pa.Table:
    """The fields of both sides of every pair: l_FIELD, r_FIELD, w_FIELD."""
    for field in fields:
        _rarity(connection, field, companies)
    chosen = "".join(f", l.{f} AS l_{f}, r.{f} AS r_{f}, w_{f}.w AS w_{f}" for f in fields)
    joins = "".join(f" LEFT JOIN match_rarity_{f} w_{f} ON w_{f}.{f} = l.{f}" for f in fields)
    return table(
        connection,
        f"SELECT pair{chosen} FROM match_pairs JOIN match_line_fields l USING (line)"
        f" JOIN (SELECT * FROM match_fields WHERE company IN (SELECT company FROM match_pairs)) r USING (company)"
        f"{joins} ORDER BY pair",
    )


def _likeness(sides: pa.Table, field: str) -> Doubles:
    left, right = sides[f"l_{field}"], sides[f"r_{field}"]
    missing = np.asarray(left.is_null()) | np.asarray(right.is_null())
    scorer = fuzz.token_set_ratio if field == "address" else Levenshtein.normalized_similarity
    like = compare(left.fill_null(""), right.fill_null(""), scorer)
    if field == "address":
        ratio = compare(left.fill_null(""), right.fill_null(""), fuzz.token_sort_ratio)
        like = (like + ratio) / 200
    return np.where(missing, np.nan, like)


def _agreement(field: str, like: Doubles, rarity: Doubles, known: npt.NDArray[np.bool_]) -> Doubles:
    """Log-odds of one field from its likeness, 0 where a side lacks it."""
    rarity = np.nan_to_num(rarity, nan=3.0).clip(0.1, PLACE_LIMIT)
    scores = {
        "city": np.where(like == 1, rarity, np.where(like >= 0.75, 0.7 * rarity - 0.3, -2.2)),
        "region": np.where(like == 1, rarity, np.where(known, -3.5, 0.0)),
        "country": np.where(like == 1, 0.5 * rarity, np.where(known, -4.0, 0.0)),
        "postcode": np.where(like == 1, rarity, np.where(like >= 0.6, 0.3 * rarity, -1.5)),
        "address": np.interp(like, [0.35, 0.5, 0.65, 0.8, 0.95], [-2.0, -0.7, 1.0, 3.0, 4.5]),
        "domain": np.where(like == 1, 5.0, -0.5),
    }
    return np.where(np.isnan(like), 0.0, scores[field])


def _place_scores(
    connection: duckdb.DuckDBPyConnection, fields: list[str], companies: int
) -> tuple[Doubles, dict[str, Doubles]]:
    sides = _field_table(connection, fields, companies)
    gain, loss = np.zeros(sides.num_rows), np.zeros(sides.num_rows)
    found: dict[str, Doubles] = {}
    for field in fields:
        like = _likeness(sides, field)
        rarity = sides[f"w_{field}"].to_numpy()
        score = _agreement(field, like, rarity, ~np.isnan(rarity))
        found[field] = np.where(
            np.isnan(rarity) & (like < 1) & (field in ("region", "country")), np.nan, like
        )
        nested = field in ("city", "region", "postcode", "country", "address")
        gain = (
            np.maximum(gain, score) + 0.3 * np.minimum(gain, score.clip(0))
            if nested
            else gain + score.clip(0)
        )
        loss += score.clip(None, 0)
    return gain.clip(0, PLACE_LIMIT + 3) + loss.clip(-7, 0), found


def score(connection: duckdb.DuckDBPyConnection, fields: frozenset[str], companies: int) -> Pairs:
    """Score match_pairs by the names and the fields that both list and register have."""
    names = score_names(connection, companies)
    pairs = table(connection, _PAIRS)
    places, likeness = _place_scores(connection, [field for field in FIELDS if field in fields], companies)
    return Pairs(
        pairs["line"].to_numpy(),
        pairs["company"].to_numpy(),
        names.log_odds + places,
        {"name": names.likeness, **likeness},
        names.closeness,
        pairs["twin"].to_numpy(),
    )
