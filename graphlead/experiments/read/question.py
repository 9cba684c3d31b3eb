"""What is asked of the results of an experiment."""

from __future__ import annotations

from dataclasses import dataclass

from graphlead.core.experiments import ReadSettings


@dataclass(frozen=True, kw_only=True)
class Question:
    """The columns with the arm, the outcomes, the value and the id, by name; None where they are to be found.

    control: the arm that the others are compared with; positive: the value of the first outcome that stands for yes;
    cost: of treating one case.
    """

    outcome: tuple[str, ...]
    arm: str | None = None
    control: str | None = None
    positive: str | None = None
    value: str | None = None
    cost: float | None = None
    id: str | None = None


def question_of(settings: ReadSettings) -> Question:
    """What these settings ask."""
    named = ("outcome", "arm", "control", "positive", "value", "cost", "id")
    return Question(**{name: getattr(settings, name) for name in named})
