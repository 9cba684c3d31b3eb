"""Candidate pairs scored field by field: log-odds that line and company are the same, with the likeness of each field.

The model is Fellegi and Sunter's (1969) with term frequencies: an agreement counts by how rare the agreeing word or
place is in the register, against the prior that a random company is the right one (1 / companies). The weights are
set by hand; scripts/bench/match_quality.py measures precision and recall on lists with known truth.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from rapidfuzz import fuzz
from rapidfuzz.distance import Levenshtein

from graphlead.core.arrays import Longs, Reals
from graphlead.core.register import Register
from graphlead.engines.duckdb import Db, table
from graphlead.match.fields import Field
from graphlead.match.index import Vocabulary
from graphlead.match.lines import read_companies, read_places
from graphlead.match.names import compare, score_names

PLACE_LIMIT = 4.5
"""Cap on the log-odds of one agreeing place, however rare: sister companies share it too."""

FIELD_LIMIT = 7.5
"""Cap on the log-odds of all fields together, for or against a pair: names matter most, and companies move."""


@dataclass(frozen=True, kw_only=True)
class Pairs:
    """Scored candidate pairs, one entry per pair, shape (p,).

    line: number of the line, sorted. company: index in the register. log_odds: that both are the same company, without
    regard to rivals. likeness: field to likeness in [0, 1], NaN where line or company lacks the field. closeness: see
    names.NameScores. twin: the first candidate with exactly this one's name and place.
    """

    line: Longs
    company: Longs
    log_odds: Reals
    likeness: dict[str, Reals]
    closeness: Reals
    twin: Longs

    def only(self, keep: npt.NDArray[np.bool_] | Longs) -> Pairs:
        """The pairs at these positions, or those for which a mask of shape (p,) is true."""
        likeness = {name: values[keep] for name, values in self.likeness.items()}
        return Pairs(
            line=self.line[keep],
            company=self.company[keep],
            log_odds=self.log_odds[keep],
            likeness=likeness,
            closeness=self.closeness[keep],
            twin=self.twin[keep],
        )


def no_pairs() -> Pairs:
    """No pairs, for a list without names."""
    none = np.empty(0, np.int64)
    return Pairs(
        line=none,
        company=none,
        log_odds=np.empty(0),
        likeness={"name": np.empty(0)},
        closeness=np.empty(0),
        twin=none,
    )


_NAMESAKES = """
SELECT company, text FROM (SELECT company, min(text) AS text FROM match_right WHERE part = 0 GROUP BY company)
QUALIFY count(*) OVER (PARTITION BY text) > 1 ORDER BY company"""

_TWINS = """
SELECT company, min(company) OVER (PARTITION BY text, place) AS twin
FROM match_namesakes JOIN match_places USING (company) WHERE place IS NOT NULL"""


def _twins(db: Db, register: Register, company: Longs) -> Longs:
    """For each pair (p,) the first of the candidates with exactly this one's name and place."""
    namesakes = table(db, _NAMESAKES)
    db.register("match_namesakes", namesakes)
    read_places(db, register, namesakes["company"].to_numpy())
    found = table(db, _TWINS)
    twin = np.arange(register.n_companies)
    twin[found["company"].to_numpy()] = found["twin"].to_numpy()
    return twin[company]


def _likeness(field: str, left: pa.Array, right: pa.Array) -> Reals:
    """The likeness of the values of pairs (p,), NaN where one has none."""
    missing = np.asarray(left.is_null()) | np.asarray(right.is_null())
    scorer = fuzz.token_set_ratio if field in ("address", "locality") else Levenshtein.normalized_similarity
    like = compare(left.fill_null(""), right.fill_null(""), scorer)
    if field == "address":
        ratio = compare(left.fill_null(""), right.fill_null(""), fuzz.token_sort_ratio)
        like = (like + ratio) / 2
    if field in ("address", "locality"):
        like = like / 100
    return np.where(missing, np.nan, like)


def _agreement(field: str, like: Reals, rarity: Reals) -> Reals:
    """Log-odds of one field from its likeness (0 where that is NaN) and the rarity of the line's value."""
    rarity = np.nan_to_num(rarity, nan=3.0).clip(0.1, PLACE_LIMIT)
    scores = {
        "city": np.where(like == 1, rarity, np.where(like >= 0.75, 0.7 * rarity - 0.3, -2.2)),
        "region": np.where(like == 1, rarity, -3.5),
        "country": np.where(like == 1, 0.5 * rarity, -4.0),
        "postcode": np.where(like == 1, rarity, np.where(like >= 0.6, 0.3 * rarity, -1.5)),
        "address": np.interp(like, [0.35, 0.5, 0.65, 0.8, 0.95], [-2.0, -0.7, 1.0, 3.0, 4.5]),
        "locality": np.interp(like, [0.4, 0.7, 1.0], [-1.0, 0.0, 3.0]),
        "domain": np.where(like == 1, 5.0, -0.5),
    }
    return np.where(np.isnan(like), 0.0, scores[field])


def _field_scores(fields: Mapping[str, Field], line: Longs, company: Longs) -> tuple[Reals, dict[str, Reals]]:
    """Log-odds of all fields together (p,), and their likeness. Places contain each other, so the strongest agreement
    counts in full and the others a little.
    """
    scores, likeness = [np.zeros(len(line))], {}
    for field, read in fields.items():
        like = _likeness(field, read.typed.take(pa.array(line)), read.known.take(company.astype(np.int32)))
        rarity = read.rarity[line]
        incomparable = np.isnan(rarity) & (like < 1) if field in ("region", "country") else np.isnan(like)
        likeness[field] = np.where(incomparable, np.nan, like)
        scores.append(_agreement(field, likeness[field], rarity))
    all_scores = np.stack(scores)
    gains, losses = all_scores.clip(0), all_scores.clip(None, 0).sum(axis=0)
    best = gains.max(axis=0)
    together = best + 0.3 * (gains.sum(axis=0) - best)
    return together.clip(0, FIELD_LIMIT) + losses.clip(-FIELD_LIMIT, 0), likeness


def score(
    db: Db,
    register: Register,
    vocabulary: Vocabulary,
    fields: Mapping[str, Field],
    pairs: tuple[Longs, Longs],
) -> Pairs:
    """Pairs of line and company, sorted, scored by names and by the fields that both list and register have.

    vocabulary: of all companies, where ``register`` has only those of the pairs.
    """
    line, company = pairs
    read_companies(db, register, np.unique(company))
    db.register("match_pairs", pa.table({"pair": np.arange(len(line)), "line": line, "company": company}))
    words = pa.table({"word": vocabulary.words, "df": vocabulary.common})
    db.register("match_vocabulary", words.filter(pc.greater(words["df"], 0)))
    names = score_names(db, vocabulary.companies)
    places, likeness = _field_scores(fields, line, company)
    return Pairs(
        line=line,
        company=company,
        log_odds=names.log_odds + places,
        likeness={"name": names.likeness, **likeness},
        closeness=names.closeness,
        twin=_twins(db, register, company),
    )
