"""The assumptions behind a list, measured: is the client list a random draw, and whom does the list follow?"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from graphlead.core.arrays import Longs
from graphlead.core.assumptions import Draw, Following
from graphlead.core.clients import Cohort
from graphlead.core.expected import Hits
from graphlead.evaluate.leaning import FEWEST, coded_values, explained, word

DRAWS = 999
"""Random draws behind a p-value, which is then at least 0.001."""
MOST_VALUES = 50
"""Values compared at most, the commonest; the others count as one: a test on rare values has no power."""
FEWEST_DATED = 20
"""Dated clients needed to compare the later half with the earlier one."""
TOPS = (100, 500)
"""Lengths of the list that are compared with the clients."""


def draw_of(column: str, values: pa.ChunkedArray, cohort: Cohort, seed: int) -> Draw:
    """Whether the clients are a random draw by a column; values (n,) of all companies."""
    codes = _common(coded_values(values)[0])
    pool = np.bincount(codes)
    own, late = codes[cohort.clients], _late(cohort.won)
    dated = own[~np.isnat(cohort.won)]
    enough = len(dated) >= FEWEST_DATED and 0 < late.sum() < len(dated)
    return Draw(
        column=column,
        p_register=p_of_draw(np.bincount(own, minlength=len(pool)), pool, seed),
        p_recent=_p_of_codes(dated[late], dated, seed) if enough else None,
    )


def p_of_draw(drawn: Longs, pool: Longs, seed: int) -> float:
    """The chance that a draw without replacement from ``pool`` (k,) differs from it as much as ``drawn`` (k,) does.

    By chi-square against DRAWS random draws (multivariate hypergeometric), so it holds for small counts too.
    """
    there = pool > 0
    drawn, pool = drawn[there], pool[there]
    expected = pool * (drawn.sum() / pool.sum())
    random = np.random.default_rng(seed).multivariate_hypergeometric(
        pool, drawn.sum(), DRAWS, method="marginals"
    )
    distance = ((random - expected) ** 2 / expected).sum(axis=1)
    as_far = (distance >= ((drawn - expected) ** 2 / expected).sum() - 1e-9).sum()
    return float((1 + as_far) / (1 + DRAWS))


def followings_of(
    column: str, best_first: pa.ChunkedArray, of_clients: pa.ChunkedArray, leads: npt.NDArray[np.bool_]
) -> list[Following]:
    """How much the list follows a column, at each length of TOPS that it has.

    best_first: values (m,) of the candidates; of_clients: those of the clients; leads: bool (m,), the candidates that
    the list is made of.
    """
    codes, names = coded_values(pa.chunked_array([*best_first.chunks, *of_clients.chunks]))
    ranked, own = codes[: len(best_first)], codes[len(best_first) :]
    share = explained(ranked, np.bincount(ranked, minlength=len(names)))
    listed = ranked[leads]
    tops = dict.fromkeys(min(top, len(listed)) for top in TOPS)
    return [_following(column, share, top, listed[:top], ranked, own, names) for top in tops if top]


def _following(
    column: str, share: float, top: int, listed: Longs, ranked: Longs, own: Longs, names: Sequence[str]
) -> Following:
    on_list, of_clients, of_register = (
        np.bincount(codes, minlength=len(names)) / max(len(codes), 1) for codes in (listed, own, ranked)
    )
    lifts = np.where(on_list * top >= FEWEST, on_list / np.maximum(of_register, 1e-12), 0)
    most = int(np.argmax(lifts))
    return Following(
        column=column,
        explained=share,
        extent=word(share),
        top=top,
        value=names[most] if lifts[most] > 1 else "",
        on_list=float(on_list[most]),
        of_clients=float(of_clients[most]),
        of_register=float(of_register[most]),
    )


def priors_around(prior: tuple[float, float, float]) -> tuple[float, ...]:
    """Five priors, rising: the low, the point and the high, and the geometric means between; one if they are equal."""
    low, point, high = prior
    between = (low, (low * point) ** 0.5, point, (point * high) ** 0.5, high)
    return tuple(dict.fromkeys(between))


def hits_by_prior(
    hits: Sequence[Hits], point: float, priors: Sequence[float]
) -> dict[int, tuple[float, ...]]:
    """Of the first of each length, how many become clients under each prior: the hits expected under the ``point``
    prior, in proportion, and at most everybody.
    """
    return {
        each.first: tuple(min(float(each.first), each.point * prior / point) for prior in priors)
        for each in hits
    }


def _late(won: npt.NDArray[np.datetime64]) -> npt.NDArray[np.bool_]:
    """Which of the dated clients were won in their later half, in the order of the dated ones."""
    days = won[~np.isnat(won)].astype("datetime64[D]").astype(np.int64)
    return days > np.median(days) if len(days) else np.zeros(0, np.bool_)


def _p_of_codes(drawn: Longs, pool: Longs, seed: int) -> float:
    size = int(pool.max()) + 1
    return p_of_draw(np.bincount(drawn, minlength=size), np.bincount(pool, minlength=size), seed)


def _common(codes: Longs) -> Longs:
    """The codes with all but the commonest MOST_VALUES as one."""
    sizes = np.bincount(codes)
    common = np.argsort(-sizes, kind="stable")[:MOST_VALUES]
    merged = np.full(len(sizes), len(common), np.int64)
    merged[common] = np.arange(len(common))
    return merged[codes]
