"""Losses for positive and unlabelled companies.

Every loss takes logits of the positives (..., P) and of the unlabelled (..., U) and gives one loss for each
of the leading dimensions, (...,): an ensemble trains at once when they are the members, a single model when
there are none.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import torch
from torch import Tensor
from torch.nn.functional import softplus

Surrogate = Literal["softplus", "sigmoid"]

MOST_PAIRS = 2_000_000
"""Pairs compared in one step; beyond, every company still meets as many different partners as fit."""

RANKED = 256
"""Unlabelled companies that every positive is ranked against in one step."""

COMMON = 0.05
"""From this share of clients-to-be among the unlabelled on, taking them for negatives costs more than it steadies."""

_SURROGATES: dict[Surrogate, Callable[[Tensor], Tensor]] = {
    "softplus": lambda margin: softplus(-margin),
    "sigmoid": lambda margin: torch.sigmoid(-margin),
}


def pu_loss(positive: Tensor, unlabelled: Tensor, prior: float | None = None) -> Tensor:
    """The loss by regime (...,): non-negative PU from a prior of COMMON, else balanced logistic plus pairwise ranking
    against RANKED of the unlabelled.
    """
    if prior is not None and prior >= COMMON:
        return nnpu(positive, unlabelled, prior)
    return pu_logistic_balanced(positive, unlabelled) + pairwise_ranking(positive, unlabelled[..., :RANKED])


def pu_logistic_balanced(pos_logits: Tensor, unl_logits: Tensor) -> Tensor:
    """Logistic loss, unlabelled taken for negatives, both sides weighing one half however rare the positives
    are.

    It estimates the log of the density ratio of positives to unlabelled, which ranks as the posterior does.
    """
    return (softplus(-pos_logits).mean(-1) + softplus(unl_logits).mean(-1)) / 2


def pairwise_ranking(pos_logits: Tensor, unl_logits: Tensor, most_pairs: int = MOST_PAIRS) -> Tensor:
    """Mean softplus(u - p) over pairs of a positive p and an unlabelled u: a smooth 1 - AUC.

    All pairs where at most ``most_pairs`` exist. Otherwise the longer side meets the shorter in turns, each
    company of the longer side in as many turns as fit, at least one; batches are drawn at random, so the
    pairs are too.
    """
    n_pos, n_unl = pos_logits.shape[-1], unl_logits.shape[-1]
    if n_pos * n_unl <= most_pairs:
        return softplus(unl_logits.unsqueeze(-2) - pos_logits.unsqueeze(-1)).mean((-2, -1))
    longer, shorter = max(n_pos, n_unl), min(n_pos, n_unl)
    turns = torch.arange(max(1, most_pairs // longer), device=pos_logits.device)
    each = torch.arange(longer, device=pos_logits.device)
    partner = (each + turns.unsqueeze(-1)) % shorter
    if n_unl >= n_pos:
        return softplus(unl_logits.unsqueeze(-2) - pos_logits[..., partner]).mean((-2, -1))
    return softplus(unl_logits[..., partner] - pos_logits.unsqueeze(-2)).mean((-2, -1))


def nnpu(
    pos_logits: Tensor,
    unl_logits: Tensor,
    prior: float,
    loss: Surrogate = "softplus",
    *,
    beta: float = 0.0,
    gamma: float = 1.0,
) -> Tensor:
    """Non-negative PU risk: prior R+(p) + R-(u) - prior R-(p), the negatives' part pushed up again below -beta.

    There the value is prior R+(p) - beta and the gradient that of -gamma times the negatives' part, for each
    leading dimension on its own. Kiryo et al. (2017), Positive-unlabeled learning with non-negative risk
    estimator, algorithm 1. With an infinite beta it is the unbiased risk of du Plessis, Niu & Sugiyama (2015).
    ``prior`` is the share of positives among the unlabelled.
    """
    positive, negative = _risks(pos_logits, unl_logits, prior, loss)
    back = -gamma * negative
    corrected = back + (positive - beta - back).detach()
    return torch.where(negative < -beta, corrected, positive + negative)


def _risks(pos_logits: Tensor, unl_logits: Tensor, prior: float, loss: Surrogate) -> tuple[Tensor, Tensor]:
    """The risk of the positives, and that of the negatives as seen through the unlabelled."""
    surrogate = _SURROGATES[loss]
    positive = prior * surrogate(pos_logits).mean(-1)
    negative = surrogate(-unl_logits).mean(-1) - prior * surrogate(-pos_logits).mean(-1)
    return positive, negative
