from __future__ import annotations

import duckdb
import pandas as pd
import pytest

from graphlead.core.errors import InputError
from graphlead.core.register import Register
from graphlead.match import match_clients, normalise
from graphlead.match.columns import ListColumns, comparable, filled_columns, look_up_ids, understand


def read(register: Register, **columns: list[str | None]) -> ListColumns:
    with duckdb.connect() as connection:
        normalise.install(connection)
        clients = pd.DataFrame(columns, dtype="string")
        look_up_ids(connection, filled_columns(clients), register)
        return understand(connection, clients, register)


@pytest.mark.parametrize(
    "called", ["name", "COMPANY", "Firma", "Kunde", "Customer Name", "raison sociale", "EmployerName"]
)
def test_names_are_found_by_their_header(register: Register, called: str) -> None:
    found = read(
        register,
        **{"Nr": ["17", "18"], called: ["Kestrel Freight", "Other Ltd"], "note": ["big one", "so so"]},
    )
    assert found.names == (called,)
    assert found.ids == ()


def test_places_dates_and_contacts_are_found_in_several_languages(register: Register) -> None:
    found = read(register, Firma=["A Firm"], Ort=["Köln"], PLZ=["50667"], Bundesland=["NW"], Land=["DE"],
                 Kunde_seit=["2020-03-01"], Webseite=["a.example"])  # fmt: skip
    assert dict(found.fields) == {"city": "Ort", "postcode": "PLZ", "region": "Bundesland", "country": "Land",
                                  "domain": "Webseite"}  # fmt: skip
    assert found.date == "Kunde_seit"


def test_a_date_column_without_dates_is_none(register: Register) -> None:
    assert read(register, name=["A Firm", "B Firm"], since=["a while", "long ago"]).date == ""


def test_names_are_found_by_their_values(register: Register) -> None:
    found = read(register, xyz=["Kestrel Freight", "Other Firm", "Third One"], abc=["12", "13", "14"])
    assert found.names == ("xyz",)


@pytest.mark.parametrize("called", ["company_id", "whatever", "client", "nr"])
def test_ids_are_found_by_their_values_whatever_the_header(register: Register, called: str) -> None:
    found = read(register, **{called: ["002", "15", "3", "no such"]})
    assert found.ids == ((called, "company_id"),)
    assert found.names == ()


def test_identifiers_of_the_register_are_ids_too(register: Register) -> None:
    assert read(register, tax=["DE 222.222.222", "gb333333333"]).ids == (("tax", "vat"),)


def test_a_list_with_nothing_to_go_by_is_refused(register: Register) -> None:
    clients = pd.DataFrame({"amount": ["12.5", "80"], "when": ["2020-01-01", "2021-01-01"]}, dtype="string")
    with pytest.raises(InputError) as caught:
        match_clients(clients, register)
    assert "'amount', 'when'" in caught.value.problem
    assert "company_id" in caught.value.remedy


def test_an_address_is_compared_with_city_and_postcode(register: Register) -> None:
    found = comparable(read(register, name=["A Firm"], address=["1 High Street, Leeds LS1 4AP"]), register)
    assert found == {"locality": (("address",), ("postcode", "city", "region"))}
