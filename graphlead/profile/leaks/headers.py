"""Headers of a trade's own book-keeping: what a seller writes down about companies that it deals with."""

from __future__ import annotations

import re
import unicodedata

WORDS = re.compile(
    "customer|client|invoice|order(s|ed)?|purchase|contract|deal|crm|opportunity|account_?(manager|owner|no|nr|number)"
    "|(sales|key)_?(rep|person|account|stage)|pipeline|lead|won|churn|subscri|renewal|last_?(contact|visit|call|sale)"
    "|kund|mandant|rechnung|auftrag|vertrag|bestell|betreuer|vertrieb|debitor"
    "|commande|facture|contrat|commercial|cliente|pedido|factura|contrato|fattura|ordine|contratto|cliente"
    "|klant|factuur|bestelling|contract|faktura|ordre|kontrakt|avtal|klient|zamowien|umow",
    re.IGNORECASE,
)
"""English, German, French, Spanish, Italian, Dutch, the Scandinavian languages and Polish."""


def is_bookkeeping(header: str) -> bool:
    """Whether a header names what a seller knows of its own customers: ``Kundennr``, ``last_invoice_date``."""
    plain = unicodedata.normalize("NFKD", header).encode("ascii", "ignore").decode()
    return any(WORDS.match(word) for word in _words(plain))


def _words(header: str) -> list[str]:
    """Every ending of the header that begins with a word: ``lastOrder`` gives lastOrder and Order."""
    starts = re.finditer(r"(?<![A-Za-z])[A-Za-z]|(?<=[a-z])[A-Z]", header)
    return [header[start.start() :].replace(" ", "_") for start in starts]
