from __future__ import annotations

from math import exp, inf, log

import pytest
import torch
from torch import Tensor

from graphlead.learn.losses import nnpu, pairwise_ranking, pu_logistic_balanced

LN2, LN3 = log(2), log(3)
# softplus(ln 2) = ln(1 + 2) = ln 3;  softplus(-ln 2) = ln(1 + 1/2) = ln 3 - ln 2;  softplus(0) = ln 2.


def logits(*values: float) -> Tensor:
    return torch.tensor(values, dtype=torch.float64)


def test_balanced_logistic_weighs_both_sides_one_half() -> None:
    # Positives ln 2 and 0: (ln 3 - ln 2 + ln 2) / 2 = ln 3 / 2. One unlabelled at 0: ln 2.
    loss = pu_logistic_balanced(logits(LN2, 0), logits(0))
    assert loss.item() == pytest.approx((LN3 / 2 + LN2) / 2)


def test_balanced_logistic_does_not_depend_on_how_many_unlabelled_there_are() -> None:
    one = pu_logistic_balanced(logits(1), logits(0.5))
    many = pu_logistic_balanced(logits(1), logits(*[0.5] * 100))
    assert one.item() == pytest.approx(many.item())


def test_ranking_is_the_mean_over_all_pairs() -> None:
    # Pairs (p, u): (ln 2, 0) softplus(-ln 2); (ln 2, ln 2) ln 2; (0, 0) ln 2; (0, ln 2) softplus(ln 2).
    loss = pairwise_ranking(logits(LN2, 0), logits(0, LN2))
    assert loss.item() == pytest.approx(((LN3 - LN2) + LN2 + LN2 + LN3) / 4)


def test_ranking_in_turns_pairs_every_unlabelled_with_different_positives() -> None:
    # Three unlabelled, two positives, one turn: unlabelled 0, 1, 2 meet positives 0, 1, 0.
    loss = pairwise_ranking(logits(LN2, 0), logits(0, 0, LN2), most_pairs=3)
    assert loss.item() == pytest.approx(((LN3 - LN2) + LN2 + LN2) / 3)


def test_ranking_in_turns_uses_every_positive_when_they_are_the_longer_side() -> None:
    # Positives 0, 1, 2 meet unlabelled 0, 1, 0.
    loss = pairwise_ranking(logits(0, 0, LN2), logits(0, LN2), most_pairs=3)
    assert loss.item() == pytest.approx((LN2 + LN3 + (LN3 - LN2)) / 3)


def test_turns_that_reach_all_partners_equal_all_pairs() -> None:
    generator = torch.Generator().manual_seed(0)
    pos = torch.randn(4, generator=generator, dtype=torch.float64)
    unl = torch.randn(3, 10, generator=generator, dtype=torch.float64)
    # 39 pairs allow three turns of ten only; 40 allow all.
    exact = pairwise_ranking(pos.expand(3, 4), unl, most_pairs=40)
    by_hand = torch.stack([torch.log1p(torch.exp(unl[i][:, None] - pos)).mean() for i in range(3)])
    assert torch.allclose(exact, by_hand)
    assert not torch.allclose(pairwise_ranking(pos.expand(3, 4), unl, most_pairs=39), by_hand)


def test_unbiased_risk_by_hand() -> None:
    # prior 1/2, positive at ln 2, unlabelled at 0:
    # 1/2 softplus(-ln 2) + softplus(0) - 1/2 softplus(ln 2) = (ln 3 - ln 2)/2 + ln 2 - ln 3 / 2 = ln 2 / 2.
    assert nnpu(logits(LN2), logits(0), 0.5, beta=inf).item() == pytest.approx(LN2 / 2)


def test_unbiased_risk_with_the_sigmoid() -> None:
    # l(z) = 1 / (1 + e^z): positive part 1/2 * 1/3; unlabelled as negatives 1/2; positives as negatives 2/3.
    risk = nnpu(logits(LN2), logits(0), 0.5, loss="sigmoid", beta=inf)
    assert risk.item() == pytest.approx(0.5 / 3 + 0.5 - 0.5 * 2 / 3)


def test_non_negative_risk_equals_the_unbiased_one_while_the_negatives_part_is_positive() -> None:
    # Negatives' part: ln 2 - ln 3 / 2 = 0.144 > 0.
    assert nnpu(logits(LN2), logits(0), 0.5).item() == pytest.approx(LN2 / 2)


def overfitted() -> tuple[Tensor, Tensor]:
    """Positive at ln 2, unlabelled at -ln 2: with prior 1/2 the negatives' part is ln 3/2 - ln 2 = -0.144."""
    return logits(LN2).requires_grad_(), logits(-LN2).requires_grad_()


def test_non_negative_risk_drops_a_negative_part_from_the_value() -> None:
    pos, unl = overfitted()
    assert nnpu(pos, unl, 0.5, beta=inf).item() == pytest.approx((LN3 - LN2) / 2 + LN3 / 2 - LN2)
    assert nnpu(pos, unl, 0.5).item() == pytest.approx((LN3 - LN2) / 2)
    assert nnpu(pos, unl, 0.5, beta=0.1).item() == pytest.approx((LN3 - LN2) / 2 - 0.1)


def test_non_negative_risk_climbs_back_with_gamma() -> None:
    pos, unl = overfitted()
    nnpu(pos, unl, 0.5, gamma=0.5).backward()
    # d/du -gamma softplus(u) = -0.5 sigmoid(-ln 2) = -0.5 / 3; d/dp 0.5 * 0.5 sigmoid(ln 2) = 0.25 * 2 / 3.
    assert unl.grad is not None and pos.grad is not None
    assert unl.grad.item() == pytest.approx(-0.5 / 3)
    assert pos.grad.item() == pytest.approx(0.25 * 2 / 3)


def test_beta_tolerates_a_slightly_negative_part() -> None:
    pos, unl = overfitted()
    assert nnpu(pos, unl, 0.5, beta=0.2).item() == pytest.approx(nnpu(pos, unl, 0.5, beta=inf).item())


def test_members_of_an_ensemble_are_corrected_one_by_one() -> None:
    pos = torch.stack([logits(LN2), logits(LN2)]).requires_grad_()
    unl = torch.stack([logits(0), logits(-LN2)]).requires_grad_()
    losses = nnpu(pos, unl, 0.5)
    assert losses.tolist() == pytest.approx([LN2 / 2, (LN3 - LN2) / 2])
    losses.sum().backward()
    assert unl.grad is not None
    # The first member descends, sigmoid(0) = 1/2; the second climbs, -sigmoid(-ln 2) = -1/3.
    assert unl.grad.flatten().tolist() == pytest.approx([0.5, -1 / 3])


@pytest.mark.parametrize("loss", [pu_logistic_balanced, pairwise_ranking])
def test_a_stack_gives_each_member_its_own_loss(loss: object) -> None:
    assert callable(loss)
    pos, unl = torch.randn(3, 5), torch.randn(3, 7)
    stacked = loss(pos, unl)
    assert stacked.shape == (3,)
    for i in range(3):
        assert stacked[i].item() == pytest.approx(loss(pos[i], unl[i]).item(), abs=1e-6)


def test_softplus_stays_finite_where_exp_would_not() -> None:
    assert exp(700) > 0
    loss = nnpu(logits(-1e4), logits(1e4), 0.01)
    assert loss.item() == pytest.approx(0.01 * 1e4 + 1e4)
