"""Names of candidate pairs compared word by word, words weighted by their rarity in the register.

The weights are set by hand; scripts/bench/match_quality.py measures precision and recall on lists with known truth.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from rapidfuzz import process
from rapidfuzz.distance import OSA, Levenshtein

from graphlead.common.codes import encode
from graphlead.common.words.forms import FORM_WORDS, LONG
from graphlead.core.arrays import Longs, Reals
from graphlead.engines.duckdb import Db, literals, run, table
from graphlead.match import words
from graphlead.match.words import DIGITS

Scorer = Callable[..., float]
"""A rapidfuzz scorer of two strings."""


ALIKE = 0.75
"""Least likeness (1 - edits / letters) of two words that may be one word with a typing error: one in four letters."""

JOINED = 0.88
"""Least likeness of the unmatched words of both sides, joined, to be the same words spaced differently."""

INITIAL, CUT, TYPO = 1, 2, 3
"""How two words may be one."""

WHOLE_NAME = 3.3
"""Least log-odds of an identical name, however common its words (probability 0.96); less when letters differ."""

SURPLUS = 2.5
"""Cap on a name's log-odds beyond singling out one company: sister companies share all words but one."""


@dataclass(frozen=True)
class NameScores:
    """The names of pairs compared, one entry per pair, shape (p,).

    log_odds: from the names and the prior 1 / companies. likeness: in [0, 1], 1 when identical but for legal form and
    word order. closeness: likeness in [0, 1] of the names as written, legal form included, to choose between
    duplicates.
    """

    log_odds: Reals
    likeness: Reals
    closeness: Reals


_WORDS = """
CREATE OR REPLACE TEMP TABLE match_words AS
SELECT word, w, unlike,
    CASE WHEN form THEN 0.3 WHEN unlike THEN greatest(3.5, 0.8 + 0.35 * w) ELSE least(4.5, 0.5 + 0.4 * w) END AS cost
FROM (SELECT word, greatest(0.2, ln($n / (coalesce(df, 0) + 0.5))) AS w,
        CASE WHEN df IS NULL THEN len(list_filter({long_forms}, lambda f: damerau_levenshtein(f, word) <= 2)) > 0
            ELSE false END OR list_contains({forms}, word) AS form,
        regexp_matches(word, '[0-9]') OR list_contains({sister_words}, word) AS unlike
    FROM (SELECT unnest(words) AS word FROM match_left UNION SELECT unnest(words) FROM match_right)
    LEFT JOIN match_vocabulary USING (word))"""

_WORDS_OF = """
CREATE OR REPLACE TEMP TABLE match_words_{side} AS
SELECT name, pos, word, w, unlike, cost
FROM (SELECT name, min(pos) AS pos, word
    FROM (SELECT name, unnest(words) AS word, generate_subscripts(words, 1) AS pos FROM match_{side})
    GROUP BY name, word) JOIN match_words USING (word)"""

_SIDES = (
    """CREATE OR REPLACE TEMP TABLE match_left AS
    SELECT row_number() OVER () AS name, line, part, core, text, written, words FROM match_lines""",
    """CREATE OR REPLACE TEMP TABLE match_right AS
    SELECT row_number() OVER () AS name, company, part, core, text, written, words
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
    x.written AS lwritten, y.written AS rwritten, x.text AS ltext, y.text AS rtext
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


def compare(left: pa.ChunkedArray, right: pa.ChunkedArray, scorer: Scorer) -> Reals:
    """Likeness in [0, 1] of two aligned string columns."""
    given = process.cpdist(left.to_pylist(), right.to_pylist(), scorer=scorer, dtype=np.float64, workers=-1)
    return np.asarray(given, np.float64)


def _near_words(db: Db) -> None:
    """Make match_near: unmatched words of both sides that may be the same word, each used once, with their gain."""
    cross = table(db, _CROSS)
    kind, like = _kinds(*(cross[side].combine_chunks() for side in ("lword", "rword")))
    weight = np.minimum(cross["w"].to_numpy(), cross["lw"].to_numpy())
    short = np.where(kind == CUT, 0.6 * weight - 0.7, -0.3)
    gain = np.where(kind == TYPO, 0.85 * weight - 6 * (1 - like), short)
    found = cross.select(["combo", "lpos", "rpos"]).append_column("gain", pa.array(gain))
    db.register("match_like", found.filter(pa.array(kind > 0)))
    run(db, _NEAR)
    db.unregister("match_like")


def _kinds(left: pa.Array, right: pa.Array) -> tuple[Longs, Reals]:
    """How aligned words may be one word (p,), 0 where they are not, and their likeness where it is a typing error; each
    pair of words is compared once.
    """
    (one, mine), (two, theirs) = encode(left), encode(right)
    pairs, back = np.unique(one.astype(np.int64) * max(len(theirs), 1) + two, return_inverse=True)
    one, two = (side.astype(np.int32) for side in np.divmod(pairs, max(len(theirs), 1)))
    texts = [np.array(side.to_pylist(), object) for side in (mine, theirs)]
    length = [pc.utf8_length(side).to_numpy() for side in (mine, theirs)]
    digit = [np.array([any(map(str.isdigit, word)) for word in side], bool) for side in texts]
    initial = encode(pa.concat_arrays([pc.utf8_slice_codeunits(side, 0, 1) for side in (mine, theirs)]))[0]
    least, most = np.minimum(length[0][one], length[1][two]), np.maximum(length[0][one], length[1][two])
    words = ~digit[0][one] & ~digit[1][two]
    like, kind = np.zeros(len(pairs)), np.zeros(len(pairs), np.int64)
    at = np.flatnonzero(words & (least != most) & (initial[one] == initial[len(mine) + two]))
    kind[at] = [_shortened(*pair) for pair in zip(texts[0][one[at]], texts[1][two[at]], strict=True)]
    at = np.flatnonzero(words & (least >= 4) & (least >= ALIKE * most))
    like[at] = process.cpdist(
        texts[0][one[at]], texts[1][two[at]], scorer=OSA.normalized_similarity, dtype=np.float64, workers=-1
    )
    kind[like >= ALIKE] = TYPO
    return kind[back], like[back]


def _shortened(a: str, b: str) -> int:
    """CUT when one of two words with one initial is the other cut short or contracted (mgmt), INITIAL when it is its
    initial, else 0.
    """
    short, long = (a, b) if len(a) < len(b) else (b, a)
    if len(short) == 1:
        return INITIAL
    letters = iter(long)
    cut = long.startswith(short) or (
        len(long) >= len(short) + 3 and all(letter in letters for letter in short)
    )
    return CUT if len(short) >= 3 and cut else 0


@dataclass(frozen=True, kw_only=True)
class _Combos:
    """Each name of a line against each name of a company, shape (c,); costs are of words without a counterpart."""

    pair: Longs
    info: Reals
    left_cost: Reals
    right_cost: Reals
    alternatives: Reals
    identical: npt.NDArray[np.bool_]
    unlike: npt.NDArray[np.bool_]
    whole: Reals
    closeness: Reals

    def log_odds(self, prior: float) -> Reals:
        """Log-odds (c,): shared words against the prior, less the costs; unmatched words on both sides cost double."""
        apart = self.left_cost + self.right_cost + np.minimum(self.left_cost, self.right_cost)
        by_name = np.where(self.alternatives > 0, 0.7 * self.alternatives, 0) + 1.5 * (self.alternatives == 2)
        score = np.clip(self.info - prior, -12, SURPLUS) + 2 - apart - by_name
        alike = np.where(self.unlike, -np.inf, WHOLE_NAME - 20 * (1 - self.whole))
        best: Reals = np.maximum(score, np.where(self.identical, WHOLE_NAME, alike) - by_name)
        return best

    def likeness(self) -> Reals:
        total = self.info + self.left_cost + self.right_cost
        shared = self.info.clip(0) / total.clip(0.5)
        return np.where(self.identical, 1.0, np.maximum(self.whole, shared).clip(0, 0.99))


def _combos(db: Db) -> _Combos:
    totals = table(db, _TOTALS)
    left, right = totals["lcost"].to_numpy(), totals["rcost"].to_numpy()
    joined = compare(totals["lcat"], totals["rcat"], Levenshtein.normalized_similarity)
    unlike = totals["unlike"].to_numpy(zero_copy_only=False)
    together = (left > 0) & (right > 0) & (joined >= JOINED) & ~(unlike & (joined < 1))
    info = 0.9 * totals["hit"].to_numpy() + totals["near"].to_numpy()
    info = info + np.where(together, 0.8 * totals["rw"].to_numpy() - 6 * (1 - joined), 0)
    alternatives = (totals["lpart"].to_numpy() > 0).astype(float) + (totals["rpart"].to_numpy() > 0)
    written = compare(totals["lwritten"], totals["rwritten"], Levenshtein.normalized_similarity)
    text = compare(totals["ltext"], totals["rtext"], Levenshtein.normalized_similarity)
    return _Combos(
        pair=totals["pair"].to_numpy(),
        info=info,
        left_cost=np.where(together, 0, left),
        right_cost=np.where(together, 0, right),
        alternatives=alternatives,
        identical=totals["identical"].to_numpy(zero_copy_only=False),
        unlike=unlike,
        whole=compare(totals["lcore"], totals["rcore"], Levenshtein.normalized_similarity),
        closeness=np.where(alternatives == 0, (written + text + (text == 1) + (written == 1)) / 4, 0),
    )


def _make_words(db: Db, companies: int) -> None:
    statement = _WORDS.format(
        forms=literals(FORM_WORDS),
        long_forms=literals(LONG),
        sister_words=literals(words.SISTER_WORDS),
    )
    run(db, statement, {"n": float(companies)})
    for side in ("left", "right"):
        run(db, _WORDS_OF.format(side=side))


def score_names(db: Db, companies: int) -> NameScores:
    """Compare the names of match_pairs; where a side has several names, the best combination counts."""
    for statement in _SIDES:
        run(db, statement)
    _make_words(db, companies)
    run(db, _HITS)
    for side in ("left", "right"):
        run(db, _REST.format(side=side, initial=side[0]))
    _near_words(db)
    combos, prior = _combos(db), float(np.log(max(companies, 2)))
    scores, alike = combos.log_odds(prior).round(DIGITS), combos.likeness().round(DIGITS)
    best = np.lexsort((alike, scores, combos.pair))
    n_pairs = run(db, "SELECT count(*) FROM match_pairs")[0][0]
    pairs, closeness = combos.pair[best], np.zeros(n_pairs)
    np.maximum.at(closeness, combos.pair, combos.closeness)
    log_odds, likeness = np.full(n_pairs, -prior), np.full(n_pairs, np.nan)
    log_odds[pairs], likeness[pairs] = scores[best], alike[best]
    return NameScores(log_odds, likeness, closeness)
