"""The members, by the names that figures and saved models bear; add another here.

Those that need a library which others do without are named as text, and imported when they are used.
"""

from __future__ import annotations

from dataclasses import replace
from enum import StrEnum
from importlib.util import find_spec

from graphlead.core.cases import Cases
from graphlead.core.errors import SettingsError
from graphlead.core.registry import loaded
from graphlead.learn.cases.members.boosting import Boosting
from graphlead.learn.cases.members.forest import Forest
from graphlead.learn.cases.members.logit import Logit
from graphlead.learn.cases.members.member import Member
from graphlead.learn.cases.members.naive_bayes import NaiveBayes


class View(StrEnum):
    """The columns that a member sees."""

    ALL = "all"
    PLAIN = "plain"
    SEQUENCE = "sequence"


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
PENALISED = ("logit", PLAIN)
"""The members whose candidates go from the simplest to the least simple."""
SIMPLE = (*PENALISED, "naive_bayes")
"""The members that add up what each column says."""
GRU, AUTOML = "gru", "automl"
FURTHER = {
    GRU: "graphlead.learn.cases.members.gru:Gru",
    AUTOML: "graphlead.learn.cases.members.automl:AutoMl",
}
"""The members that some cases have no data for, or that only some users ask for: ``module:name`` of the class."""


def by_view(cases: Cases, trials: int = 0) -> dict[View, dict[str, Member]]:
    """The members that these cases have columns for, by what they see. trials: of a search for one more, 0 for none.

    The network over sequences is left out where PyTorch, which trains it, is not installed.
    """
    found = {View.ALL: {name: member for name, member in MEMBERS.items() if name != PLAIN}}
    if trials:
        found[View.ALL][AUTOML] = loaded(FURTHER[AUTOML])(trials)
    if any(column.plain for column in cases.columns):
        found[View.PLAIN] = {PLAIN: MEMBERS[PLAIN]}
    if cases.sequence is not None and find_spec("torch"):
        found[View.SEQUENCE] = {GRU: member_of(GRU)}
    return found


def member_of(name: str) -> Member:
    """The member with this name."""
    if name in MEMBERS:
        return MEMBERS[name]
    member: Member = loaded(FURTHER[name])()
    return member


def check_automl(trials: int) -> None:
    """Raise SettingsError where a search is asked for and FLAML is not installed."""
    if trials and not find_spec("flaml"):
        raise SettingsError(
            "FLAML, which looks for a model, is not installed.",
            where="automl",
            remedy="Install it: pip install 'graphlead[automl]'; or leave --automl out.",
        )


def seen_by(view: View, cases: Cases) -> Cases:
    """The cases with the columns of a view: all, or the plain ones; the sequence network has these beside it."""
    if view is View.ALL:
        return cases
    columns = tuple(column for column in cases.columns if column.plain)
    return replace(cases, columns=columns, features=cases.features[[column.name for column in columns]])
