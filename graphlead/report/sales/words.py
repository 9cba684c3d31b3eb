"""The sentences of a sales run, the same on its page and on the console."""

from __future__ import annotations

import math
from typing import NamedTuple

from graphlead.core.arrays import Json
from graphlead.core.late import LEFT_OUT
from graphlead.report.html.figures import count, percent
from graphlead.report.sales.content import SalesContent
from graphlead.report.summary import counted

MODELS = {
    "logit": "Logistic regression",
    "naive_bayes": "Naive Bayes",
    "gradient_boosting": "Gradient boosting",
    "random_forest": "Random forest",
    "xgboost": "XGBoost",
    "stack": "All models together",
    "plain": "Plain rule",
    "gru": "Sequence network",
    "automl": "Found by FLAML",
}
"""Names of the models for readers."""


NOTABLE = 0.01
"""A difference of AUC that is worth a sentence, a choice: of less, nobody would notice a broken promise."""


class Wording(NamedTuple):
    """How a verb's cases and what becomes of them are called."""

    case: str
    happens: str
    happened: str
    list: str


WORDS = {
    "convert": Wording("lead", "convert", "converted", "list of leads to call"),
    "churn": Wording("customer", "leave", "left", "list of customers at risk"),
}


def model_name(name: str) -> str:
    return MODELS.get(name, name)


def headline(content: SalesContent) -> str:
    """How many cases are on the list, of how many; or that none is, and which threshold would give a tenth."""
    words, n = WORDS[content.verb], len(content.scored)
    if not n:
        return f"There is no {words.case} to score."
    whose = f"{counted(n, words.case)}, each judged by a model that did not train on it"
    whole = f"{count(n)} open {words.case}{'s' if n != 1 else ''}" if content.opened else whose
    if not content.listed:
        return none_sentence(content)
    if content.threshold <= 0:
        return f"The first {count(content.listed)} of {whole} are on the list."
    period = f" within {content.within} days" if content.within else ""
    verb = "has" if content.listed == 1 else "have"
    return (
        f"Of {whole}, {count(content.listed)} {verb} a chance of {percent(content.threshold)} or more "
        f"to {words.happens}{period}."
    )


def none_sentence(content: SalesContent) -> str:
    """That no case reaches the threshold, the highest probability, and the threshold that gives a tenth of them."""
    if not len(content.scored):
        return f"There is no {WORDS[content.verb].case} to score."
    probability = content.probability
    tenth = probability[math.ceil(len(probability) / 10) - 1]
    return (
        f"No {WORDS[content.verb].case} reaches {percent(content.threshold)}: the highest is "
        f"{percent(probability[0])}; --threshold {rounded_down(tenth)} gives a tenth."
    )


def rounded_down(share: float) -> str:
    """The share with two digits that are not zero at most, never above it: 0.34, 0.0034."""
    if share <= 0:
        return "0"
    digits = max(2, 1 - math.floor(math.log10(share)))
    return f"{math.floor(share * 10**digits + 1e-9) / 10**digits:.{digits}f}"


def expectation(content: SalesContent) -> str:
    """What the chosen model may be expected to do, as measured on held-out cases."""
    heldout, words = content.metrics["heldout"], WORDS[content.verb]
    name = model_name(content.metrics["chosen"])
    parts = [f"{name} scores the list: held-out AUC {heldout['auc']:.3f}"]
    if heldout.get("c_index") is not None:
        parts.append(f"concordance of the time to leave {heldout['c_index']:.3f}")
    if heldout.get("lift_20") is not None:
        parts.append(f"the first fifth holds {heldout['lift_20']:.1f} times as many as a random fifth")
    text = "; ".join(parts) + "."
    precision, recall = heldout.get("precision_at_threshold"), heldout.get("recall_at_threshold")
    if precision is None or content.threshold <= 0:
        return text
    reached = f", which is {percent(recall)} of all that did" if recall is not None else ""
    return (
        f"{text} Of the held-out {words.case}s at {percent(content.threshold)} or more, {percent(precision)} "
        f"{words.happened}{reached}."
    )


def leak_sentences(metrics: Json) -> list[str]:
    """One line for each column known only afterwards."""
    return [f"{leak['column']}: {leak['verdict']}: {leak['why']}" for leak in metrics.get("leaks") or ()]


def promise(metrics: Json) -> str:
    """What would have been promised with the columns left out, and what is reached without; "" where it is no more."""
    out = [leak for leak in metrics.get("leaks") or () if leak["verdict"] == LEFT_OUT]
    promised = max((leak["auc_with"] for leak in out if leak.get("auc_with") is not None), default=0.0)
    reached = metrics["heldout"]["auc"]
    if promised < reached + NOTABLE:
        return ""
    named = out[0]["column"] if len(out) == 1 else f"these {len(out)} columns"
    return (
        f"With {named}, a model would have promised an AUC of {promised:.3f}, and could not have kept it: what it "
        f"reads there is known only afterwards. Without, the held-out AUC is {reached:.3f}: expect that."
    )


def rate(metrics: Json) -> float:
    """The share of the known cases with the outcome."""
    return metrics["positive"] / metrics["known"] if metrics["known"] else 0.0
