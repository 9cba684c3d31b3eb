"""Lines of orders that are no products: postage, discounts, corrections."""

from __future__ import annotations

import re

_SERVICE = (
    r"(\w+ )?(postage|carriage|freight|shipping|delivery|porto|versand|fracht|livraison|verzending|env[ií]o)"
    r"( (and|&) (packing|packaging|handling))?( (cost|costs|fee|fees|charge|charges))?|versandkosten|frais de port"
    r"|postage (and|&) packing|discount|rabatt|remise|descuento|korting|manual|adjustment|adjust bad debt|bank charges"
    r"|(amazon|handling|service|transaction|payment) (fee|fees|charge|charges)|tax|vat|mwst|samples?|rounding"
)


def is_service(name: str) -> bool:
    """Whether an item is called like something that comes with an order and is not bought for itself."""
    return re.fullmatch(_SERVICE, " ".join(name.lower().split())) is not None
