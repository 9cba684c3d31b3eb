"""Columns that people or systems fill in only once a case was worked on, by their names and by their values."""

from __future__ import annotations

import re

import pandas as pd

from graphlead.common.words.headers import normalised
from graphlead.core.cases import CaseColumn, Kind

_NAMES = {
    "its name: what happened last": r"last_(notable_)?(activity|action|event|interaction|contact|call|touch|stage|status)(_.*)?",
    "its name: how long a contact took": r"duration|(.*_)?(call|talk|conversation|meeting)_(duration|length|time|seconds|minutes)"
    r"|duration_of_(the_)?(call|talk|conversation|meeting)",
    "its name: time spent in the sale": r"elapsed_.*|(.*_)?days_in_.*stage|(total|ratio)_days_.*|(.*_)?sales_cycle(_.*)?"
    r"|(days|time|months)_(to|until)_(close|closing|win|convert|conversion|churn|cancel.*)",
    "its name: steps of the sale": r"(.*_)?stages?(_.*)?|(lead_|opportunity_|deal_|contact_|sub_?)status|status"
    r"|disposition|forecast(_.*)?|(win_)?probability|next_(step|action)|follow_?up(_.*)?",
    "its name: how the case ended": r"(.*_)?(actual_)?clos(e|ed|ing)_(date|day|value|amount|price|reason|at|on|time)"
    r"|(.*_)?(won|lost|win|loss|churn(ed)?|cancel(led|lation)?|exit|termination)_(reason|date|day|value|amount|category|score|at|on)"
    r"|reason_(lost|won|for_.*|of_.*)|final_.*",
    "its name: a judgement of sales": r"(lead_|opportunity_|deal_)?(quality|grade|rating|temperature)"
    r"|(lead|opportunity|deal)_(profile|score)|(.*_)?(activity|profile)_(index|score)|tags?|labels?|(call_|sales_)?(notes|remarks|comments)"
    r"|call_(result|outcome|status)",
}  # fmt: skip

_CONTACT = (
    r"\b(ringing|busy|switched off|no answer|not reachable|unreachable|voice ?mail|(wrong|invalid) number|phone conversation"
    r"|call(ed)? back|email (opened|bounced|link clicked|received|replied)|sms sent|will revert|lost to|closed by"
    r"|meeting (held|scheduled|booked)|not interested|unsubscribed|demo (done|held|given)|(offer|proposal|quote|contract) sent"
    r"|negotiat\w+|signed)\b"
)
OF_CONTACTS = 0.2
"""The share of a column's values from which words of contacts are its subject, a choice."""


def suspicion(column: CaseColumn, values: pd.Series[object]) -> str:
    """Why a column is suspected, by its name or its values; "" where neither speaks against it."""
    named = next((why for why, names in _NAMES.items() if re.fullmatch(names, normalised(column.source))), "")
    if named or column.kind is not Kind.CATEGORY:
        return named
    texts = values.dropna().astype(str)
    counts = texts.value_counts()
    about = counts[counts.index.str.contains(_CONTACT, case=False, regex=True)]
    if not len(texts) or about.sum() < OF_CONTACTS * len(texts):
        return ""
    return f"its values: they tell of a contact ({', '.join(map(str, about.index[:3]))})"
