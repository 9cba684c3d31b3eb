"""What customers write: everyday questions, and before they leave, that they want to."""

from __future__ import annotations

import numpy as np
import pandas as pd

from graphlead.core.arrays import Flags
from graphlead.world.sales.days import HISTORY, MONTH, Times, by_day, dates, repeated, steps
from graphlead.world.sales.lots import Lots, Texts

USUAL = 0.5
"""Tickets a month of a customer, but for the last, of which the table has the number."""
WARNING = 0.6
"""Share of the tickets in the days before leaving that announce it."""
MISTAKEN = 0.03
"""Share of the everyday tickets that say cancel and mean something else."""

EVERYDAY = (
    "How do I export the monthly report?", "The invoice has the wrong address.",
    "Please add two users to our account.", "The dashboard loads slowly since this morning.",
    "Which plan has single sign-on?", "Password reset mail does not come.",
    "Can we get training for new colleagues?", "The import stops at row 200.", "Delivery came a day late.",
    "Thank you, that solved it.",
)  # fmt: skip
LEAVING = (
    "We want to cancel our contract.", "How much notice do we have to give to cancel?",
    "We are not interested in renewing.", "We are looking at another supplier.",
    "Please send us all our data, we will switch.", "The price is too high for what we use.",
)  # fmt: skip
MISUNDERSTOOD = (
    "Please cancel the second of the two orders, it was sent twice.",
    "We have to cancel the training on Friday.",
)
OPENINGS = ("Hello, ", "Hi team, ", "", "", "Good morning. ", "Urgent: ")


def make_tickets(table: pd.DataFrame, truth: pd.DataFrame, seed: int) -> pd.DataFrame:
    """One row a ticket, in the order of the days: ticket_id, customer_id, date, text."""
    ids = table["customer_id"].to_numpy(object)
    times, lots = Times(table, truth), Lots.of(ids, seed)
    customer, month = steps(np.full(len(table), int(HISTORY / MONTH) + 1))
    usual = repeated(lots, customer, month).count("tickets of a month", USUAL)
    latest = table["support_tickets_last_month"].to_numpy()[customer]
    of_month, number = steps(np.where(month == 0, latest, usual))
    who, back = customer[of_month], month[of_month]
    own = repeated(lots, who, 64 * back + number)
    day = times.last[who] - (MONTH * (back + own.share("ticket day"))).astype(np.int64)
    warns = times.fading(who, day) & own.happens("warning", WARNING)
    rows = pd.DataFrame({"customer_id": ids[who], "date": dates(day), "text": _texts(own, warns)})
    tickets = by_day(rows, times.there(who, day))
    tickets.insert(0, "ticket_id", [f"T{i:07d}" for i in range(1, len(tickets) + 1)])
    return tickets


def _texts(own: Lots, warns: Flags) -> Texts:
    everyday = np.where(
        own.happens("mistaken", MISTAKEN), own.pick("mistake", MISUNDERSTOOD), own.pick("question", EVERYDAY)
    )
    texts: Texts = own.pick("opening", OPENINGS) + np.where(
        warns, own.pick("announcement", LEAVING), everyday
    )
    return texts
