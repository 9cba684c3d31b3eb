"""Columns that people or systems fill in only once a case was worked on, by their names and by their values."""

from __future__ import annotations

import re
from typing import Any

import pandas as pd

from graphlead.common.words.headers import normalised
from graphlead.core.cases import CaseColumn, Kind

_NAMES = {
    "what happened last": (
        r"last_(notable_)?(activity|action|event|interaction|contact|call|touch|stage|status)(_.*)?",
    ),
    "how long a contact took": (
        r"duration|(.*_)?(call|talk|conversation|meeting)_(duration|length|time|seconds|minutes)",
        r"duration_of_(the_)?(call|talk|conversation|meeting)",
    ),
    "time spent in the sale": (
        r"elapsed_.*|(.*_)?days_in_.*stage|(total|ratio)_days_.*|(.*_)?sales_cycle(_.*)?",
        r"(days|time|months)_(to|until)_(close|closing|win|convert|conversion|churn|cancel.*)",
    ),
    "steps of the sale": (
        r"((current|sales|deal|lead|opportunity|pipeline)_)?stages?(_.*)?|(lead_|opportunity_|deal_|contact_|sub_?)?status|disposition|forecast(_.*)?",
        r"(win_)?probability|next_(step|action)|follow_?up(_.*)?",
    ),
    "how the case ended": (
        r"(.*_)?(actual_)?clos(e|ed|ing)_(date|day|value|amount|price|reason|at|on|time)",
        r"(.*_)?(won|lost|win|loss)_(reason|date|day|value|amount|category|at|on)|reason_(lost|won|for_.*|of_.*)",
        r"(.*_)?(churn(ed)?|cancel(led|lation)?|exit|termination)_(reason|date|day|category|score|at|on)|final_.*",
    ),
    "a judgement of sales": (
        r"(lead_|opportunity_|deal_)?(quality|grade|rating|temperature)|(lead|opportunity|deal)_(profile|score)",
        r"(.*_)?(activity|profile)_(index|score)|tags?|(call_|sales_)?(notes|remarks|comments)",
        r"call_(result|outcome|status)",
    ),
}
"""What names of columns that are filled in during or after the sale speak of, as patterns of normalised headers."""

_CONTACT = "|".join(
    (
        r"ringing|busy|switched off|no answer|not reachable|unreachable|voice ?mail|(?:wrong|invalid) number",
        r"phone conversation|call(?:ed)? back|email (?:opened|bounced|link clicked|received|replied)|sms sent",
        r"will revert|lost to|closed by|meeting (?:held|scheduled|booked)|not interested|unsubscribed",
        r"demo (?:done|held|given)|(?:offer|proposal|quote|contract) sent|negotiat\w+|signed",
    )
)
"""What values say once somebody was in contact."""
OF_CONTACTS = 0.2
"""The share of a column's values from which words of contacts are its subject, a choice."""


def suspicion(column: CaseColumn, values: pd.Series[Any]) -> str:
    """Why a column is suspected, by its name or its values; "" where neither speaks against it."""
    name = normalised(column.source)
    subjects = (
        subject for subject, names in _NAMES.items() if any(re.fullmatch(each, name) for each in names)
    )
    if subject := next(subjects, ""):
        return f"its name speaks of {subject}"
    return _contacts(values.dropna().astype(str)) if column.kind is Kind.CATEGORY else ""


def _contacts(texts: pd.Series[str]) -> str:
    counts = texts.value_counts()
    about = counts[counts.index.str.contains(rf"\b(?:{_CONTACT})\b", case=False)]
    if not len(texts) or about.sum() < OF_CONTACTS * len(texts):
        return ""
    return f"its values speak of contacts ({', '.join(map(str, about.index[:3]))})"
