"""What the columns of a table of events are called in exports."""

from __future__ import annotations

import re
from enum import StrEnum

from graphlead.common.words.headers import normalised
from graphlead.core.cases import Meaning


class Use(StrEnum):
    """What a column of a table of events is used as."""

    CUSTOMER = "customer"
    TIME = "time"
    ITEM = "item"
    AMOUNT = "amount"
    QUANTITY = "quantity"
    PRICE = "price"
    NUMBER = "number"
    FLAG = "flag"
    TEXT = "text"
    CATEGORY = "category"
    ATTRIBUTE = "attribute"
    SHOWN = "shown in lists"
    IGNORED = "ignored"


SINGLE = (Use.CUSTOMER, Use.TIME, Use.ITEM, Use.AMOUNT, Use.QUANTITY, Use.PRICE)
"""Uses that one column of a table has at most."""
NUMERIC = (Use.AMOUNT, Use.QUANTITY, Use.PRICE, Use.NUMBER)

_KEY = r"(_?(id|ids|no|nr|num|number|nummer|key|code|ref|uid|uuid))"
_CUSTOMERS = (
    r"customer|cust|client|kunden?|cliente|klant|shopper|buyer|purchaser",
    r"account|konto|compte|household|subscriber|member|policy_?holder|patient|donor|guest",
    r"company|firm|organi[sz]ation|org|employer|business|entity",
    r"user|contact|person|visitor|login",
)
"""Words for those who act, the surest first."""
_TIMES = (
    r"(.*_)?(timestamp|date_?time)|(invoice|order|transaction|purchase|event|filing|ticket|log_?in|visit|session)_(date|day|time|at|on)",
    r"date|day|time|datum|fecha|data|when|moment",
    r"(created|ordered|purchased|invoiced|filed|occurred|opened|logged|answered|submitted|booked|sold)(_(date|day|time|at|on))?",
    r"(.*_)?(date|datum|fecha|day|time|at|on)",
)
_LATER = (
    r"(^|_)(due|ship|shipped|shipping|deliver|delivery|delivered|paid|payment|close|closed|resolved|end|ended|expiry|expires?"
    r"|valid|updated|modified|birth|cancell?ed|refunded|estimated|promised|first|last|next)(_|$)"
)
"""Words of days that follow the event, or have nothing to do with it."""
_ITEMS = (
    rf"(product|item|article|artikel|sku|stock|material|part){_KEY}|sku|stock_?code|asin|ean|upc|isbn",
    r"(product|item|article|artikel|job|service|track|movie|book)(_?(name|title|description|type))?|description|title",
    r"service|subject|topic|page|feature|plan|kind|event(_?(name|type))?|category|department",
)
_AMOUNT = (
    r"amount|amt|revenue|sales|turnover|total|subtotal|value|spend|spent|paid|betrag|umsatz|summe|gesamt|montant|importe"
    r"|valor|bedrag|omzet|gmv|proceeds|payment|cost|fee|charge"
)
_QUANTITY = r"quantity|qty|units|pieces|menge|anzahl|stuck|stueck|quantite|cantidad|quantidade|aantal|volume"
_PRICE = r"price|preis|einzelpreis|stuckpreis|prix|precio|preco|prijs"
_WHOLE = r"total|sum|line|gesamt|extended|amount|order|basket"
_MINUS = (
    r"discount|disc|rabatt|tax|vat|shipping|freight|refund|coupon|count|score|rate|pct|percent|id|code|key"
)
"""Words of amounts that are not what was paid."""


def _among(words: str, name: str) -> bool:
    return re.search(rf"(^|_)({words})s?(_|$)", name) is not None


def _rank(patterns: tuple[str, ...], name: str) -> int | None:
    return next((rank for rank, each in enumerate(patterns) if re.fullmatch(each, name)), None)


def customer_rank(name: str) -> int | None:
    """How surely a column is called like who acted: 0 is the surest, None is not at all."""
    normal = normalised(name)
    keyed = tuple(rf"({words}){_KEY}" for words in _CUSTOMERS)
    plain = tuple(rf"(?:{words})(_?(name))?" for words in _CUSTOMERS)
    return _rank((*keyed, *plain, *(rf"(.*_)?({words}){_KEY}" for words in _CUSTOMERS)), normal)


def time_rank(name: str) -> int | None:
    """How surely a column is called like the moment of an event: 0 is the surest, None is a later day."""
    normal = normalised(name)
    if re.search(_LATER, normal):
        return None
    found = _rank(_TIMES, normal)
    return len(_TIMES) if found is None else found


def item_rank(name: str) -> int | None:
    """How surely a column is called like what was bought: 0 is the surest, None is not at all."""
    return _rank(_ITEMS, normalised(name))


def amount_use(name: str) -> Use | None:
    """Whether numbers under this name are an amount, a quantity or a price of one piece."""
    normal = normalised(name)
    if _among(_MINUS, normal):
        return None
    if _among(_PRICE, normal) and not _among(_WHOLE, normal):
        return Use.PRICE
    if _among(_QUANTITY, normal):
        return Use.QUANTITY
    return Use.AMOUNT if _among(f"{_AMOUNT}|{_PRICE}", normal) else None


_MEANINGS = {
    Meaning.NPS: r"(.*_)?nps(_.*)?|net_promoter(_score)?|likelihood_to_recommend",
    Meaning.USAGE: r"(.*_)?(usage|adoption)(_.*)?",
    Meaning.CONTRACT: r"contract(_(type|term|length))?|subscription(_(type|plan))?",
    Meaning.SEGMENT: r"((customer|market|business|account)_)?(segment|tier)",
    Meaning.REGION: r"(sales_)?region|territory|federal_state|bundesland",
}


def meaning_of(name: str) -> Meaning:
    """What a further column means to the people who work with it, by its name."""
    normal = normalised(name)
    return next((meaning for meaning, each in _MEANINGS.items() if re.fullmatch(each, normal)), Meaning.NONE)


def is_log_in(name: str) -> bool:
    """Whether a table is called like one of log-ins."""
    return re.search(r"(^|_)(log_?ins?|sign_?ins?|sessions?)(_|$)", normalised(name)) is not None
