"""Headers of a trade's own book-keeping: what a seller writes down about companies that it deals with."""

from __future__ import annotations

import re
import unicodedata

WORDS = re.compile(
    "(customer|client|invoice|order(ed)?|purchase|contract|deal|crm|opportunity|won|churn|subscription|renewal"
    "|(account|key)_?(manager|owner)|account_?(no|nr|number)|sales_?(rep|person|stage)|last_?(contact|visit|call|sale)"
    "|commande|facture|contrat|cliente|pedido|factura|contrato|fattura|ordine|contratto|klant|factuur)s?(?![a-z])"
    "|kund|mandant|rechnung|auftrag|vertrag|bestell|betreuer|vertrieb|debitor"
    "|faktur|ordre|kontrakt|avtal|klient|zamowien|umow",
    re.IGNORECASE,
)
"""English, French, Spanish, Italian and Dutch words; beginnings of German, Scandinavian and Polish ones, which are
compounded or inflected."""


def is_bookkeeping(header: str) -> bool:
    """Whether a header names what a seller knows of its own customers: ``Kundennr``, ``last_invoice_date``."""
    plain = unicodedata.normalize("NFKD", header).encode("ascii", "ignore").decode()
    return any(WORDS.match(word) for word in _words(plain))


def _words(header: str) -> list[str]:
    """Every ending of the header that begins with a word: ``lastOrder`` gives lastOrder and Order."""
    starts = re.finditer(r"(?<![A-Za-z])[A-Za-z]|(?<=[a-z])[A-Z]", header)
    return [header[start.start() :].replace(" ", "_") for start in starts]
