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
from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA, Levenshtein

from graphlead.match import words
from graphlead.match.columns import FIELDS
from graphlead.match.sql import literals, run, table

Doubles = npt.NDArray[np.float64]
Longs = npt.NDArray[np.int64]

ALIKE = 0.75
"""Least likeness (1 - edits / letters) of two words that may be the same word typed differently."""

SURPLUS = 2.5
"""Most that a name may say beyond singling the company out: sister companies share all the words but one."""

PLACE_LIMIT = 4.5
"""Most that agreeing places may say together: sister companies share them too."""


@dataclass(frozen=True)
class Pairs:
    """Scored candidate pairs, one entry a pair (shape (p,)).

    line: number of the line, sorted. company: index in the register. log_odds: that both are the same company, of
    the pair alone. likeness: field to likeness in [0, 1], NaN where line or company lacks the field. same_form: 0 to 2, how far the
    names agree in what the score leaves out (legal form, word order).
    """

    line: Longs
    company: Longs
    log_odds: Doubles
    likeness: dict[str, Doubles]
    same_form: Doubles

    def only(self, keep: npt.NDArray[np.bool_]) -> Pairs:
        """The pairs for which ``keep``, shape (p,), is true."""
        likeness = {name: values[keep] for name, values in self.likeness.items()}
        return Pairs(self.line[keep], self.company[keep], self.log_odds[keep], likeness, self.same_form[keep])


_WORDS = f"""
CREATE OR REPLACE TEMP TABLE match_words_{{side}} AS
SELECT name, pos, word, w, unlike,
    CASE WHEN unlike THEN greatest(3.5, 0.8 + 0.35 * w) ELSE least(4.5, 0.5 + 0.4 * w) END AS cost
FROM (SELECT name, min(pos) AS pos, word,
        greatest(0.2, ln($n / (coalesce(any_value(df), 0) + 0.5))) AS w,
        regexp_matches(word, '[0-9]') OR list_contains({literals(words.SISTER_WORDS)}, word) AS unlike
    FROM (SELECT name, unnest(match_tokens(core)) AS word, generate_subscripts(match_tokens(core), 1) AS pos
        FROM match_{{side}}) LEFT JOIN match_vocabulary USING (word) GROUP BY name, word)"""

_SIDES = (
    """CREATE OR REPLACE TEMP TABLE match_left AS
    SELECT row_number() OVER () AS name, line, part, core, text FROM match_lines""",
    """CREATE OR REPLACE TEMP TABLE match_right AS
    SELECT row_number() OVER () AS name, company, part, core, text
    FROM match_names WHERE company IN (SELECT company FROM match_pairs)""",
    """CREATE OR REPLACE TEMP TABLE match_combos AS
    SELECT row_number() OVER () - 1 AS combo, pair, l.name AS lname, r.name AS rname, l.part AS lpart, r.part AS rpart
    FROM match_pairs JOIN match_left l USING (line) JOIN match_right r USING (company)""",
)

_HITS = """
CREATE OR REPLACE TEMP TABLE match_hits AS
SELECT combo, l.pos AS lpos, r.pos AS rpos, l.w FROM match_combos
JOIN match_words_left l ON l.name = lname JOIN match_words_right r ON r.name = rname AND r.word = l.word"""

_REST = """
CREATE OR REPLACE TEMP TABLE match_rest_{side} AS
SELECT combo, pos, word, w, cost, unlike FROM match_combos JOIN match_words_{side} s ON s.name = {initial}name
ANTI JOIN match_hits h ON h.combo = match_combos.combo AND h.{initial}pos = s.pos"""

_CROSS = """
SELECT combo, l.pos AS lpos, r.pos AS rpos, l.word AS lword, r.word AS rword, r.w, l.w AS lw
FROM match_rest_left l JOIN match_rest_right r USING (combo) WHERE NOT (l.unlike AND r.unlike)"""

_NEAR = """
CREATE OR REPLACE TEMP TABLE match_near AS
SELECT * FROM (SELECT combo, lpos, rpos, gain FROM match_like
    QUALIFY row_number() OVER (PARTITION BY combo, lpos ORDER BY gain DESC, rpos) = 1)
QUALIFY row_number() OVER (PARTITION BY combo, rpos ORDER BY gain DESC, lpos) = 1"""

_TOTALS = """
SELECT pair, lpart, rpart, c.combo, coalesce(hit.w, 0) AS hit, coalesce(near.gain, 0) AS near,
    coalesce(l.cost, 0) AS lcost, coalesce(r.cost, 0) AS rcost, coalesce(l.unlike OR r.unlike, false) AS unlike,
    coalesce(l.cat, '') AS lcat, coalesce(r.cat, '') AS rcat, coalesce(r.w, 0) AS rw,
    coalesce(near.n, 0) = 0 AND l.cat IS NULL AND r.cat IS NULL AS identical, x.core AS lcore, y.core AS rcore,
    (x.text = y.text)::DOUBLE AS same_text, (match_key(x.text) = match_key(y.text))::DOUBLE AS same_form
FROM match_combos c JOIN match_left x ON x.name = lname JOIN match_right y ON y.name = rname
LEFT JOIN (SELECT combo, sum(w) AS w FROM match_hits GROUP BY combo) hit USING (combo)
LEFT JOIN (SELECT combo, sum(gain) AS gain, count(*) AS n FROM match_near GROUP BY combo) near USING (combo)
LEFT JOIN (SELECT combo, sum(cost) AS cost, bool_or(unlike) AS unlike, string_agg(word, '' ORDER BY pos) AS cat
    FROM match_rest_left ANTI JOIN match_near n ON n.combo = match_rest_left.combo AND n.lpos = pos GROUP BY combo) l
    USING (combo)
LEFT JOIN (SELECT combo, sum(cost) AS cost, bool_or(unlike) AS unlike, string_agg(word, '' ORDER BY pos) AS cat,
    sum(w) AS w
    FROM match_rest_right ANTI JOIN match_near n ON n.combo = match_rest_right.combo AND n.rpos = pos GROUP BY combo) r
    USING (combo)
ORDER BY c.combo"""


def _compare(left: pa.ChunkedArray, right: pa.ChunkedArray, scorer: object) -> Doubles:
    """Likeness in [0, 1] of two aligned string columns."""
    given = process.cpdist(left.to_pylist(), right.to_pylist(), scorer=scorer, dtype=np.float64, workers=-1)
    return np.asarray(given, np.float64)


def _near_words(connection: duckdb.DuckDBPyConnection) -> None:
    """Make match_near: words left over on both sides that may be the same word, each used once, with their gain."""
    cross = table(connection, _CROSS)
    left, right = cross["lword"].to_pylist(), cross["rword"].to_pylist()
    like = _compare(cross["lword"], cross["rword"], OSA.normalized_similarity)
    weight = np.minimum(cross["w"].to_numpy(), cross["lw"].to_numpy())
    short = np.array([_shortened(a, b) for a, b in zip(left, right, strict=True)], np.int8)
    length = np.array([min(len(a), len(b)) for a, b in zip(left, right, strict=True)], np.int16)
    digits = np.array([any(map(str.isdigit, a + b)) for a, b in zip(left, right, strict=True)], bool)
    typo = (like >= ALIKE) & (length >= 4) & ~digits
    gain = np.where(typo, 0.85 * weight - 6 * (1 - like), np.where(short == 2, 0.6 * weight - 0.7, -0.3))
    keep = typo | ((short > 0) & ~digits)
    found = (
        cross.select(["combo", "lpos", "rpos"]).append_column("gain", pa.array(gain)).filter(pa.array(keep))
    )
    connection.register("match_like", found)
    run(connection, _NEAR)
    connection.unregister("match_like")


def _shortened(a: str, b: str) -> int:
    """2 when one word is the other cut short or its consonants (mgmt), 1 when it is its initial, else 0."""
    short, long = (a, b) if len(a) < len(b) else (b, a)
    if short[0] != long[0] or len(short) == len(long):
        return 0
    if len(short) == 1:
        return 1
    letters = iter(long)
    cut = long.startswith(short) or (
        len(long) >= len(short) + 3 and all(letter in letters for letter in short)
    )
    return 2 if len(short) >= 3 and cut else 0


def _name_scores(
    connection: duckdb.DuckDBPyConnection, n_pairs: int, companies: int
) -> tuple[Doubles, dict[str, Doubles]]:
    """Log-odds from the names, and what they rest on, for the best pairing of a pair's names."""
    _near_words(connection)
    totals = table(connection, _TOTALS)
    column = {
        name: totals[name].to_numpy()
        for name in totals.column_names
        if name not in ("lcat", "rcat", "lcore", "rcore")
    }
    joined = _compare(totals["lcat"], totals["rcat"], Levenshtein.normalized_similarity)
    whole = _compare(totals["lcore"], totals["rcore"], Levenshtein.normalized_similarity)
    some = (column["lcost"] > 0) & (column["rcost"] > 0)
    together = some & (joined >= 0.88) & ~(column["unlike"] & (joined < 1))
    lcost = np.where(together, 0.0, column["lcost"])
    rcost = np.where(together, 0.0, column["rcost"])
    info = 0.9 * column["hit"] + column["near"] + np.where(together, 0.8 * column["rw"] - 6 * (1 - joined), 0)
    both = np.minimum(lcost, rcost)
    parts = 0.7 * ((column["lpart"] > 0) + (column["rpart"] > 0)) + 1.5 * (
        (column["lpart"] > 0) & (column["rpart"] > 0)
    )
    prior = np.log(max(companies, 2))
    score = np.clip(info - prior, -12, SURPLUS) - lcost - rcost - both - parts + 1.0
    identical = column["identical"].astype(bool)
    score = np.where(identical, np.maximum(score, 2.0 - parts), score)
    order = np.lexsort((-score, column["pair"]))
    first = order[np.unique(column["pair"][order], return_index=True)[1]]
    likeness = np.where(
        identical, 1.0, np.minimum(0.99, np.maximum(whole, info / (info + lcost + rcost + 0.5).clip(0.5)))
    )
    best = {
        "pair": column["pair"][first],
        "score": score[first],
        "name": likeness[first].clip(0),
        "form": column["same_text"][first] + column["same_form"][first],
    }
    out = {key: np.full(n_pairs, 0.0 if key == "form" else np.nan) for key in ("score", "name", "form")}
    for key, values in out.items():
        values[best["pair"]] = best[key]
    return np.where(np.isnan(out["score"]), -prior, out["score"]), out


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
    like = _compare(left.fill_null(""), right.fill_null(""), scorer)
    if field == "address":
        ratio = _compare(left.fill_null(""), right.fill_null(""), fuzz.token_sort_ratio)
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
    for statement in _SIDES:
        run(connection, statement)
    for side in ("left", "right"):
        run(connection, _WORDS.format(side=side), {"n": float(companies)})
    run(connection, _HITS)
    for side in ("left", "right"):
        run(connection, _REST.format(side=side, initial=side[0]))
    pairs = table(connection, "SELECT line, company FROM match_pairs ORDER BY pair")
    names, found = _name_scores(connection, pairs.num_rows, companies)
    places, likeness = _place_scores(connection, [field for field in FIELDS if field in fields], companies)
    return Pairs(
        pairs["line"].to_numpy(),
        pairs["company"].to_numpy(),
        names + places,
        {"name": found["name"], **likeness},
        found["form"],
    )
