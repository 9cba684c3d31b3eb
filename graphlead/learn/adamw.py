"""AdamW at a constant and at a one-cycle rate, written out: torch.optim loads torch's compiler on first use, which
takes longer than all the training of a run.
"""

from __future__ import annotations

import math
from collections.abc import Iterable

import torch
from torch import Tensor

BETAS = (0.9, 0.999)
EPSILON = 1e-8
WARM_UP = 0.3
START, END = 1 / 25, 1 / 250_000
"""The share of the steps in which the rate rises, and its start and end as shares of its peak: torch's own defaults
for OneCycleLR, like those of Adam above."""


class AdamW:
    """Adam with decoupled weight decay (Loshchilov and Hutter 2019).

    decayed and kept: the parameters with and without weight decay.
    """

    def __init__(self, decayed: Iterable[Tensor], kept: Iterable[Tensor], rate: float, decay: float) -> None:
        self._parameters = [(p, decay) for p in decayed] + [(p, 0.0) for p in kept]
        self._means = [torch.zeros_like(p) for p, _ in self._parameters]
        self._squares = [torch.zeros_like(p) for p, _ in self._parameters]
        self._peak, self._done = rate, 0

    def rate(self) -> float:
        """That of the coming step."""
        return self._peak

    def zero_grad(self) -> None:
        """Forget the gradients of the last step."""
        for parameter, _ in self._parameters:
            parameter.grad = None

    @torch.no_grad()
    def step(self) -> None:
        """Move every parameter that has a gradient."""
        rate = self.rate()
        self._done += 1
        first, second = (1 - beta**self._done for beta in BETAS)
        for (parameter, decay), mean, square in zip(
            self._parameters, self._means, self._squares, strict=True
        ):
            if parameter.grad is None:
                continue
            parameter.mul_(1 - rate * decay)
            mean.lerp_(parameter.grad, 1 - BETAS[0])
            square.mul_(BETAS[1]).addcmul_(parameter.grad, parameter.grad, value=1 - BETAS[1])
            parameter.addcdiv_(mean, (square / second).sqrt_().add_(EPSILON), value=-rate / first)


class OneCycleAdamW(AdamW):
    """The same under a one-cycle rate (Smith and Topin 2018).

    The rate rises to ``peak`` and falls again, both along a cosine, over ``steps`` steps.
    """

    def __init__(
        self, decayed: Iterable[Tensor], kept: Iterable[Tensor], peak: float, decay: float, steps: int
    ) -> None:
        super().__init__(decayed, kept, peak, decay)
        self._steps = steps

    def rate(self) -> float:
        return self._peak * one_cycle(self._done, self._steps)


def one_cycle(step: int, steps: int) -> float:
    """The rate at a step (0 .. steps - 1) as a share of its peak."""
    top = WARM_UP * steps - 1
    if step <= top:
        return _cosine(START, 1.0, step / top)
    return _cosine(1.0, END, (step - top) / (steps - 1 - top))


def _cosine(start: float, end: float, way: float) -> float:
    return end + (start - end) * (1 + math.cos(math.pi * way)) / 2
