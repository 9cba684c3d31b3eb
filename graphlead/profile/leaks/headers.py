"""Headers of a trade's own book-keeping: what a seller writes down about companies that it deals with."""

from __future__ import annotations

import re

from graphlead.common.words.headers import normalised

WORDS = re.compile(
    "(^|_)((customer|client|invoice|order(ed)?|purchase|contract|deal|crm|opportunity|won|churn|subscription|renewal"
    "|(account|key)_(manager|owner)|account_(no|nr|number)|sales_(rep|person|stage)|last_(contact|visit|call|sale)"
    "|commande|facture|contrat|cliente|pedido|factura|contrato|fattura|ordine|contratto|klant|factuur)s?(_|$)"
    "|kund|mandant|rechnung|auftrag|vertrag|bestell|betreuer|vertrieb|debitor"
    "|faktur|ordre|kontrakt|avtal|klient|zamowien|umow)"
)
"""English, French, Spanish, Italian and Dutch words; beginnings of German, Scandinavian and Polish ones, which are
compounded or inflected."""


def is_bookkeeping(header: str) -> bool:
    """Whether a header names what a seller knows of its own customers: ``Kundennr``, ``last_invoice_date``."""
    return WORDS.search(normalised(header)) is not None
