"""The members, by the names that figures and saved models bear; add another here."""

from __future__ import annotations

from dataclasses import replace
from enum import StrEnum

from graphlead.core.cases import Cases
from graphlead.learn.cases.members.boosting import Boosting
from graphlead.learn.cases.members.forest import Forest
from graphlead.learn.cases.members.logit import Logit
from graphlead.learn.cases.members.member import Member
from graphlead.learn.cases.members.naive_bayes import NaiveBayes


class View(StrEnum):
    """The columns that a member sees."""

    ALL = "all"
    PLAIN = "plain"


PLAIN, STACK = "plain", "stack"
MEMBERS: dict[str, Member] = {
    "logit": Logit(),
    "naive_bayes": NaiveBayes(),
    "gradient_boosting": Boosting(shapes=((1, 0.2), (2, 0.1))),
    "random_forest": Forest(),
    "xgboost": Boosting(shapes=((4, 0.05), (6, 0.05))),
    PLAIN: Logit(step=0.0),
}
"""The plain rule is a logistic regression on the plain columns alone."""


def by_view(cases: Cases) -> dict[View, dict[str, Member]]:
    """The members that these cases have columns for, by what they see."""
    every = {View.ALL: {name: member for name, member in MEMBERS.items() if name != PLAIN}}
    plain = any(column.plain for column in cases.columns)
    return every | ({View.PLAIN: {PLAIN: MEMBERS[PLAIN]}} if plain else {})


def seen_by(view: View, cases: Cases) -> Cases:
    """The cases with the columns of a view."""
    if view is View.ALL:
        return cases
    columns = tuple(column for column in cases.columns if column.plain)
    return replace(cases, columns=columns, features=cases.features[[column.name for column in columns]])
