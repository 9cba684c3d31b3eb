"""Settings of a generated CRM, and the paths of its files."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from graphlead.core.errors import SettingsError

LEADS_SHARE, CUSTOMERS_SHARE = 0.5, 0.3
"""Leads and customers per company of the world where no number is given; a choice."""
MOST = 1_000_000


@dataclass(frozen=True, kw_only=True)
class CrmSettings:
    """Size of a generated CRM: leads and customers, about a quarter of them open. Companies may have several leads.

    Raises SettingsError when a number is out of range.
    """

    leads: int
    customers: int
    seed: int = 0

    def __post_init__(self) -> None:
        for name in ("leads", "customers"):
            if not 50 <= getattr(self, name) <= MOST:
                raise SettingsError(
                    f"{name} has to be between 50 and {MOST:,}, not {getattr(self, name)}.",
                    where="make_crm", remedy="Change this setting.",
                )  # fmt: skip

    @classmethod
    def of(cls, companies: int, seed: int = 0) -> CrmSettings:
        """Those for a world of so many companies."""
        leads, customers = (
            min(max(50, round(share * companies)), MOST) for share in (LEADS_SHARE, CUSTOMERS_SHARE)
        )
        return cls(leads=leads, customers=customers, seed=seed)


@dataclass(frozen=True, kw_only=True)
class Crm:
    """The files of a generated CRM; those under ``truth`` are for evaluation only, never an input.

    leads_truth: lead_id, company_id, probability, probability_alone, warm, converts. customers_truth: customer_id,
    company_id, probability, leaves, left_on. effects: how many times as often each planted effect makes it happen.
    """

    folder: Path
    leads: Path
    customers: Path
    orders: Path
    tickets: Path
    logins: Path
    leads_truth: Path
    customers_truth: Path
    effects: Path


def crm_in(folder: Path) -> Crm:
    """The paths of a CRM in this folder."""
    truth = folder / "truth"
    return Crm(
        folder=folder,
        leads=folder / "leads.csv",
        customers=folder / "customers.csv",
        orders=folder / "orders.csv",
        tickets=folder / "tickets.csv",
        logins=folder / "logins.csv",
        leads_truth=truth / "leads.csv",
        customers_truth=truth / "customers.csv",
        effects=truth / "effects.json",
    )
