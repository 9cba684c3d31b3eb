"""What columns mean to the people who work with them, from their names."""

from __future__ import annotations

import re
from collections.abc import Mapping

from graphlead.common.words.headers import normalised
from graphlead.core.cases import Meaning
from graphlead.ingest.cases.uses import Use

NUMBERS = frozenset(
    {
        Meaning.NPS,
        Meaning.USAGE,
        Meaning.VALUE,
        Meaning.FREQUENCY,
        Meaning.TENURE,
        Meaning.DAYS_SINCE_CONTACT,
        Meaning.DAYS_SINCE_LOGIN,
        Meaning.DAYS_SINCE_PURCHASE,
    }
)
"""Meanings that only numbers and dates have."""
DATED = frozenset(
    {Meaning.DAYS_SINCE_CONTACT, Meaning.DAYS_SINCE_LOGIN, Meaning.DAYS_SINCE_PURCHASE, Meaning.TENURE}
)
"""Meanings in days that a date gives as well, as the days since then."""
PLAIN = frozenset({Meaning.TENURE, Meaning.FREQUENCY, Meaning.DAYS_SINCE_CONTACT})
"""Meanings whose columns the plain rule is made of: how long and how often."""

_NAMES: Mapping[Meaning, tuple[str, ...]] = {
    Meaning.DECISION_MAKER: (r"(.*_)?decision_makers?(_.*)?", r"economic_buyer(_.*)?|dm_reached"),
    Meaning.BUDGET: (r"(has_)?budget_(confirmed|approved|available|known|status)", r"(.*_)?budget(_.*)?"),
    Meaning.DAYS_SINCE_CONTACT: (
        r"days_since_(the_)?first_(contact|touch)|first_(contact|touch)(ed)?(_(date|day|at|on))?",
        r"(lead|opportunity)_age(_(in_)?days)?|days_since_(contact|creation|created)|age_in_days",
        r"(lead_|opportunity_)?(created|creation|create)(_(date|day|at|on|time))?|engage(ment)?_date|date_created",
    ),
    Meaning.SOURCE: (
        r"lead_source|source|utm_source",
        r"(lead_|original_)?(origin|channel|source)(_(type|name))?|(acquisition|marketing|sales)_channel|referral_source",
        r"how_did_you_hear(_.*)?",
    ),
    Meaning.NPS: (r"nps(_score)?|net_promoter_score", r"(.*_)?nps(_.*)?"),
    Meaning.DAYS_SINCE_LOGIN: (
        r"last_log_?in_days(_ago)?|days_since_(the_)?(last_)?log_?in",
        r"last_(log_?in|seen|active|visit)(_(date|day|at|on|time))?|days_since_(the_)?(last_)?(seen|use|usage|visit)",
    ),
    Meaning.USAGE: (
        r"(feature_|product_)?usage_(index|score|rate|pct|percent)",
        r"(.*_)?adoption(_.*)?|usage",
    ),
    Meaning.CSM: (
        r"(has_|assigned_|dedicated_)?csm(_(assigned|name))?",
        r"(.*_)?customer_success_manager(_.*)?",
    ),
    Meaning.VALUE: (
        r"(annual_|total_)?contract_value|arr|acv|tcv|customer_value",
        r"(opportunity_|deal_|expected_)(amount|value|size|revenue)(_(usd|eur|gbp))?|amount(_(usd|eur|gbp))?|mrr",
        r"(monthly|annual|yearly)_(charges?|fees?|revenue|recurring_revenue|spend)|value",
    ),
    Meaning.TENURE: (
        r"tenure(_(in_)?(days|weeks|months|years))?",
        r"(customer|client|member)_(since|for)(_.*)?|(months|days|years)_as_(a_)?(customer|client)",
        r"(sign_?up|start|join(ed|ing)?|contract_start|onboarding)_(date|day|on)",
    ),
    Meaning.FREQUENCY: (
        r"frequency|((number|no|num|count)_of_)(orders|purchases|visits|transactions)",
        r"(total_)?(orders|purchases|visits|transactions)(_count)?|(order|purchase|visit)_(count|frequency)",
    ),
    Meaning.CONTRACT: (
        r"contract(_(type|term|length))?",
        r"(subscription|billing|plan)(_(type|period|cycle|name))?",
    ),
    Meaning.SEGMENT: (r"(customer|market|business|account)_(segment|tier|type)|segment|tier",),
    Meaning.EMPLOYEES: (
        r"employees|employee_count|number_of_employees|head_?count|company_size|(.*_)?employee_count|no_of_employees",
    ),
    Meaning.REGION: (r"region|sales_region|territory|federal_state|bundesland",),
}


def meanings_of(uses: Mapping[str, Use]) -> dict[str, Meaning]:
    """The meaning of each column that has one; a meaning goes to one column, that with the surest name."""
    found: dict[str, Meaning] = {}
    normal = {name: normalised(name) for name in uses}
    for meaning, patterns in _NAMES.items():
        fits = [
            (rank, at, name)
            for rank, pattern in enumerate(patterns)
            for at, (name, use) in enumerate(uses.items())
            if name not in found and _may_mean(use, meaning) and re.fullmatch(pattern, normal[name])
        ]
        if fits:
            found[min(fits)[2]] = meaning
    return found


def _may_mean(use: Use, meaning: Meaning) -> bool:
    if use is Use.DATE:
        return meaning in DATED
    return meaning not in NUMBERS or use in (Use.NUMBER, Use.DURATION)
