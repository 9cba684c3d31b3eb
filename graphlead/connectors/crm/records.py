"""How the customers, people and deals of each system are read: their kind of records, and their fields."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from graphlead.connectors.crm.hubspot import COMPANY
from graphlead.connectors.crm.system import Record, Value

Fields = Mapping[str, tuple[str, ...]]
"""For each column, the field it is read from; of several, their texts one after the other."""


@dataclass(frozen=True)
class Kind:
    """A kind of records of a system, and the columns that are read from it."""

    name: str
    columns: Fields

    def names(self) -> list[str]:
        """The fields to ask for."""
        return list(dict.fromkeys(name for names in self.columns.values() for name in names))

    def row(self, record: Record) -> dict[str, Value]:
        """The columns of a record."""
        return {column: _joined(record, names) for column, names in self.columns.items()}


@dataclass(frozen=True)
class Records:
    """The accounts (companies), contacts and deals of a system.

    Columns of all: id, name, created (a day); of accounts: street, city, postcode, country, website, phone; of
    contacts: account (its id), title, email; of deals: account, stage, amount, closed (a day), is_closed, is_won.
    """

    accounts: Kind
    contacts: Kind
    deals: Kind

    def kinds(self) -> dict[str, Kind]:
        return {"accounts": self.accounts, "contacts": self.contacts, "deals": self.deals}


def _joined(record: Record, names: tuple[str, ...]) -> Value:
    if len(names) == 1:
        return record.get(names[0])
    return " ".join(str(record[name]) for name in names if record.get(name)) or None


def _of(**names: str) -> Fields:
    return {column: tuple(text.split("+")) for column, text in names.items()}


SALESFORCE = Records(
    accounts=Kind("Account", _of(
        id="Id", name="Name", street="BillingStreet", city="BillingCity", postcode="BillingPostalCode",
        country="BillingCountry", website="Website", phone="Phone", created="CreatedDate",
    )),
    contacts=Kind("Contact", _of(
        id="Id", account="AccountId", name="Name", title="Title", email="Email", created="CreatedDate",
    )),
    deals=Kind("Opportunity", _of(
        id="Id", account="AccountId", name="Name", stage="StageName", amount="Amount", created="CreatedDate",
        closed="CloseDate", is_closed="IsClosed", is_won="IsWon",
    )),
)  # fmt: skip

HUBSPOT = Records(
    accounts=Kind("companies", _of(
        id="hs_object_id", name="name", street="address", city="city", postcode="zip", country="country",
        website="domain", phone="phone", created="createdate",
    )),
    contacts=Kind("contacts", _of(
        id="hs_object_id", account=COMPANY, name="firstname+lastname", title="jobtitle", email="email",
        created="createdate",
    )),
    deals=Kind("deals", _of(
        id="hs_object_id", account=COMPANY, name="dealname", stage="dealstage", amount="amount", created="createdate",
        closed="closedate", is_closed="hs_is_closed", is_won="hs_is_closed_won",
    )),
)  # fmt: skip
