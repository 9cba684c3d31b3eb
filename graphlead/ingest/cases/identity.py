"""Who the rows of a table are: the columns with the id, the account to match, and the duration."""

from __future__ import annotations

import re
from collections.abc import Callable

from graphlead.common.words.headers import normalised
from graphlead.ingest import headers
from graphlead.ingest.cases.understood import Table
from graphlead.ingest.column_profile import Profile
from graphlead.ingest.roles import EVEN

OWN = (
    r"(lead|prospect|opportunity|opp|deal|mql|sql|case|ticket|quote|offer|record|row)_(id|number|no|nr|key|uuid|guid|num)"
    r"|id|uuid|guid"
)
CUSTOMERS_OWN = (
    r"(customer|cust|client|user|member|subscriber|household|contract|policy)_(id|number|no|nr|key|num)|id"
)
_ACCOUNT = (
    r"account(_(name|id|number))?|company(_(name|id))?|organi[sz]ation(_(name|id))?|firm(_(name|id))?|employer(_name)?"
    r"|client(_name)?|customer(_name)?|firma|unternehmen"
)
_CUSTOMER = r"(customer|client)_(id|number|no)"
DURATION = r"tenure(_(in_)?(days|weeks|months|years))?"

SURE, HINTED = 0.8, 0.98
"""The share of different values from which a column is the id, by how plainly its name says so; the rest is refused as
ids that come twice, not read as something else."""
FEWEST_ACCOUNTS = 20
"""Different values up to which a column called account is a kind of account."""

Counts = Callable[[int], tuple[int, int]]
"""The filled cells of a column and its different values, both exact."""


def find_id(names: tuple[str, ...], table: Table, counts: Counts, rows: int) -> int | None:
    """The position of the column with the cases' own ids, None where no column has them."""
    scores = [_score(normalised(name), table) for name in names]
    for at in sorted(range(len(names)), key=lambda i: (-scores[i], i)):
        if scores[at] == 0:
            return None
        filled, distinct = counts(at)
        least = SURE if scores[at] > 80 else HINTED
        if filled >= 0.9 * rows and distinct >= least * filled:
            return at
    return None


def _score(name: str, table: Table) -> int:
    first, second = (OWN, CUSTOMERS_OWN) if table == "leads" else (CUSTOMERS_OWN, OWN)
    if re.fullmatch(first, name):
        return 100
    if re.fullmatch(second, name):
        return 90
    return 0 if headers.is_serial(name) else min(headers.id_score(name), 80)


def find_account(names: tuple[str, ...], seen: tuple[Profile, ...], taken: set[str]) -> int | None:
    """The position of the column with the account, by which cases belong together and are matched to companies."""
    for pattern in (_ACCOUNT, _CUSTOMER):
        for at, name in enumerate(names):
            if name not in taken and re.fullmatch(pattern, normalised(name)) and _many(seen[at]):
                return at
    named = (
        i for i, name in enumerate(names) if name not in taken and headers.is_company_name(normalised(name))
    )
    return next((at for at in named if _many(seen[at])), None)


def _many(seen: Profile) -> bool:
    words = max(seen.share(seen.booleans), seen.share(seen.bands)) < HINTED
    return words and (seen.distinct > FEWEST_ACCOUNTS or (seen.distinct > 2 and seen.uniqueness > 0.5))


def is_order(name: str, seen: Profile) -> bool:
    """Whether a column holds numbers of the cases, given as they came, beside the id: they stand for the time."""
    named = re.fullmatch(rf"{OWN}|{CUSTOMERS_OWN}", normalised(name))
    whole = seen.share(seen.wholes) > HINTED and seen.share(max(seen.plain_numbers, seen.numbers)) > HINTED
    return bool(named) and whole and seen.uniqueness > SURE and seen.evenness >= EVEN


def is_duration(name: str, table: Table) -> bool:
    """Whether a column of customers holds the time under observation."""
    return table == "customers" and re.fullmatch(DURATION, normalised(name)) is not None
