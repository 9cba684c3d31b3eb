"""What to offer each segment: by its name, or by its value and what tells it apart; the user's own come first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from graphlead.core.errors import unknown
from graphlead.profile.customers.names import BUYERS

OFFERS = {
    "Champions": "Early access and a named contact; ask for referrals; no discount",
    "Loyal": "A loyalty reward, and what goes with their usual items",
    "Regular": "A bundle that raises the value of the next order",
    "Promising": "A reason to come back soon: what goes with the last order, and free delivery",
    "New": "A welcome series, and a small reward for the second order",
    "Big and new": "A personal call after the first large order, and terms for the next",
    "Occasional": "A reminder at the season of the last order, at low cost",
    "Big and rare": "A call ahead of the next large need, with a quotation",
    "Lapsing big": "A personal call: ask what has changed, and win back with terms of their own",
    "Lapsing": "A reminder with an offer that ends soon",
    "Lost big": "One personal try: a visit or a call with a new reason to buy",
    "Lost": "One last low-cost message, then no further spending",
}
"""By the name of a segment of buyers: the custom of the trade, not a measurement."""
ABOVE, BELOW, LEVEL = (
    "A premium offer and a named contact",
    "An entry offer at low cost, by mail or on line",
    "A bundle or an upgrade that raises their value",
)
HIGH, LOW = 1.25, 0.75
"""The mean value in a segment over that of all, from which it counts as high, and up to which as low."""


def offers_for(
    names: Sequence[str], words: Sequence[str], worth: Sequence[float | None], own: Mapping[str, str]
) -> list[str]:
    """An offer for each segment.

    words: what tells it apart; worth: the mean value of its customers over that of all, None where values are unknown;
    own: the user's offers by the name of the segment. Raises SettingsError for one of no segment.
    """
    for name in own:
        if name not in names:
            raise unknown("segment", name, names, "[offers]")
    return [
        own.get(name) or _usual(name, what, value)
        for name, what, value in zip(names, words, worth, strict=True)
    ]


def _usual(name: str, words: str, worth: float | None) -> str:
    if name in BUYERS:
        return OFFERS[name]
    if worth is None:
        return f"A message that speaks to {words}" if words else "The standard offer"
    offer = ABOVE if worth >= HIGH else BELOW if worth <= LOW else LEVEL
    return f"{offer}; speak to {words}" if words else offer
