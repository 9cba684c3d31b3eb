"""Headers of usual exports and public registers, as lists of clients and as registers."""

from __future__ import annotations

import pytest

from graphlead.common.words.headers import (
    MEANINGS,
    in_a_list,
    is_company_name,
    is_contact,
    normalised,
    place,
    suggests_an_id,
)
from graphlead.ingest.headers import id_score, industry_scheme, is_date, is_number

PLACED = {
    "HubSpot": {"City": "city", "State/Region": "region", "Postal Code": "postcode", "Country/Region": "country",
                "Street Address": "address"},
    "Salesforce": {"BillingCity": "city", "BillingState": "region", "BillingPostalCode": "postcode",
                   "BillingCountry": "country", "BillingStreet": "address", "Shipping Zip/Postal Code": "postcode",
                   "Billing State/Province": "region"},
    "Pipedrive": {"Organization - Address": "address", "Organization - City/town/village/locality": "city",
                  "Organization - ZIP/Postal code of Address": "postcode",
                  "Organization - Country of Address": "country"},
    "Orbis": {"City\nLatin Alphabet": "city", "Country ISO code": "country", "Postcode\nLatin Alphabet": "postcode"},
    "Companies House": {"RegAddress.PostTown": "city", "RegAddress.PostCode": "postcode", "RegAddress.County": "region",
                        "RegAddress.Country": "country", "RegAddress.AddressLine1": "address"},
    "SIRENE": {"libelleCommuneEtablissement": "city", "codePostalEtablissement": "postcode",
               "libelleVoieEtablissement": None, "denominationUniteLegale": None},
    "North Data": {"Ort": "city", "PLZ": "postcode", "Straße": "address", "Bundesland": "region", "Land": "country"},
    "Handelsregister": {"Sitz": "city", "federal_state": "region", "registered_address": "address", "Firma": None},
    "AIDA": {"Comune": "city", "Provincia": "region", "CAP": "postcode", "Indirizzo": "address", "Nazione": "country",
             "Comune sede legale": "city"},
    "SABI": {"Localidad": "city", "Provincia": "region", "Código postal": "postcode", "Dirección": "address",
             "País": "country", "Comunidad autónoma": "region", "Municipio": "city"},
    "KvK": {"Plaats": "city", "Postcode": "postcode", "Provincie": "region", "Straat": "address", "Woonplaats": "city"},
    "CEIDG": {"Miejscowość": "city", "Województwo": "region", "Kod pocztowy": "postcode", "Ulica": "address",
              "Kraj": "country"},
    "Receita": {"Município": "city", "UF": "region", "CEP": "postcode", "Endereço": "address", "Distrito": "region"},
    "Brønnøysund": {"forretningsadresse.poststed": "city", "forretningsadresse.postnummer": "postcode",
                    "forretningsadresse.kommune": "city", "forretningsadresse.land": "country",
                    "forretningsadresse.adresse": "address"},
    "CVR": {"By": "city", "Postnummer": "postcode", "Kommune": "city", "Adresse": "address"},
    "Bolagsverket": {"Postort": "city", "Postnr": "postcode", "Län": "region", "Gatuadress": "address",
                     "Kommun": "city"},
    "YTJ": {"Kaupunki": "city", "Postinumero": "postcode", "Katuosoite": "address", "Maakunta": "region",
            "Maa": "country"},
}  # fmt: skip


@pytest.mark.parametrize("export", PLACED)
def test_places_of_an_export_are_found(export: str) -> None:
    expected = PLACED[export]
    assert {header: place(normalised(header)) for header in expected} == expected


NAMES = (
    "Name", "Company name", "CompanyName", "EmployerName", "Account Name", "Organization - Name", "Organization name",
    "Company name Latin alphabet", "denominationUniteLegale", "Raison sociale", "Dénomination sociale", "Firma",
    "Firmenname", "Razón social", "Denominación social", "Ragione sociale", "Handelsnaam", "Bedrijfsnaam", "Nazwa",
    "Nazwa firmy", "Razão social", "Nome da empresa", "navn", "Virksomhedsnavn", "Företagsnamn", "Toiminimi",
    "Associated Company", "Legal Name",
)  # fmt: skip


@pytest.mark.parametrize("header", NAMES)
def test_a_name_is_one_in_registers_and_in_lists(header: str) -> None:
    if header != "Associated Company":
        assert is_company_name(normalised(header))
    assert in_a_list(normalised(header)) == "name" or header == "Associated Company"


@pytest.mark.parametrize(
    ("header", "meaning"),
    [
        ("Kunde", "name"), ("Client", "name"), ("Klantnaam", "name"), ("Nombre del cliente", "name"),
        ("Company Domain Name", "domain"), ("Website URL", "domain"), ("E-Mail", "domain"), ("Email address", "domain"),
        ("Website address", "domain"), ("Site internet", "domain"), ("Hemsida", "domain"), ("Strona WWW", "domain"),
        ("Location", "address"), ("HQ", "address"), ("st", "region"), ("Kunde seit", "date"), ("Close Date", "date"),
        ("Klant sinds", "date"), ("Client depuis", "date"), ("Cliente desde", "date"), ("Deal - Won time", "date"),
        ("Full name", None), ("Bank name", None), ("Last contact date", None), ("Notes", None), ("Contact owner", None),
        ("Market cap", None), ("Last activity", None),
    ],
)  # fmt: skip
def test_headers_of_client_lists(header: str, meaning: str | None) -> None:
    assert in_a_list(normalised(header)) == meaning


def test_meanings_are_told_apart_in_registers() -> None:
    for header in ("Phone Number", "Website", "E-Mail", "CEO name", "homepage", "Sito web"):
        assert is_contact(normalised(header)), header
    for header in ("client", "partner", "location", "supplier", "hq"):
        assert not is_company_name(header)
        assert place(header) is None
    assert set(MEANINGS) >= {"name", "city", "date"}


@pytest.mark.parametrize(
    ("header", "scheme"),
    [("Codice ATECO 2007", "NACE"), ("NACE Rev. 2, core code (4 digits)", "NACE"), ("naeringskode1.kode", "NACE"),
     ("SBI-code", "NACE"), ("PKD", "NACE"), ("SNI", "NACE"), ("CNAE", "NACE"), ("Branchekode", "NACE"),
     ("SICCode.SicText_1", "SIC"), ("NaicsCode", "NAICS"), ("Branche", ""), ("Secteur d'activité", ""),
     ("Toimiala", ""),
     ("activitePrincipaleEtablissement", ""), ("Settore", ""), ("Sector", ""), ("City", None)],
)  # fmt: skip
def test_industries_of_exports_are_found(header: str, scheme: str | None) -> None:
    assert industry_scheme(normalised(header)) == scheme


@pytest.mark.parametrize(
    "header",
    ["Record ID", "Account ID", "BvD ID number", "CompanyNumber", "siren", "siret", "KVK-nummer", "CVR-nummer", "CNPJ",
     "organisasjonsnummer", "Organisationsnummer", "Y-tunnus", "NIP", "Partita IVA", "Registernummer", "Register-ID"],
)  # fmt: skip
def test_ids_of_exports_are_found(header: str) -> None:
    assert suggests_an_id(normalised(header))
    assert header == "Registernummer" or id_score(normalised(header)) > 0


def test_numbers_and_dates_of_exports_are_found() -> None:
    for header in (
        "NumberOfEmployees",
        "Annual Revenue",
        "Number of employees\nLast avail. value",
        "Umsatz EUR",
    ):
        assert is_number(normalised(header)), header
    for header in ("IncorporationDate", "Create Date", "Date of incorporation"):
        assert is_date(normalised(header)), header


@pytest.mark.parametrize(
    ("name", "normal"),
    [("Miejscowość", "miejscowosc"), ("København", "kobenhavn"), ("Län", "lan"), ("Straße", "strasse"),
     ("RegAddress.PostTown", "reg_address_post_town"), ("Nº Empleados", "no_empleados"), ("Øst", "ost")],
)  # fmt: skip
def test_headers_are_normalised(name: str, normal: str) -> None:
    assert normalised(name) == normal
