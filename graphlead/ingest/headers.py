"""Hints from column names, in the languages and conventions of registers."""

from __future__ import annotations

import re

from graphlead.common.words.headers import (
    contains,
    ends_in,
    is_company_name,
    is_contact,
    normalised,
    place,
    words_of,
)
from graphlead.core.register import Role

__all__ = ["is_company_name", "is_contact", "normalised"]

INDUSTRY = (
    "industry|industries|sector|sectors|branche|branch_of_industry|vertical|activity|main_activity|business_segment"
    "|line_of_business|trade_sector|economic_activity|wirtschaftszweig|branchen|activite|activite_principale|secteur"
    "|secteur_activite|actividad|actividad_principal|settore|attivita|bransch|bransje|branza|toimiala|setor|ramo"
    "|ramo_de_atividade|branchebetegnelse|hoofdactiviteit"
)
SCHEMES = (
    ("NAICS", r"naics"),
    (
        "NACE",
        r"nace|wz|ateco|naf|ape|noga|sbi|nogacode|cnae|pkd|sni|db0?7|cae|naeringskode|branchekode|toimialakoodi",
    ),
    ("SIC", r"u?k?_?sic|ussic|sic[0-9]*|siccode|siccodes"),
)
NUMBER = (
    "employees|employee|headcount|staff|workers|fte|ftes|revenue|revenues|turnover|sales|umsatz|mitarbeiter|amount|size"
    "|count|number_of|num|assets|equity|profit|ebitda|ebit|income|capital|funding|raised|year|jahr|age|usd|eur|gbp|price"
    "|value|budget|volume|score|rating_score|total|pct|percent|share|ratio|rate|growth"
)
SIZE = (
    r"mitarbeiter|beschaftigte|beschaeftigte|umsatz|erlos|bilanz|kapital|gewinn|effectif|salarie|chiffre|dipendenti|addetti"
    r"|fatturato|ricavi|empleados|trabajadores|ventas|ingresos|facturacion|omzet|werknemers|medewerkers|ansatte|anstallda"
    r"|omsetning|omsattning|zatrudnien|population|distance|easting|northing|latitude|longitude|altitude|elevation"
    r"|(^|_)(lat|lon|lng|area|sqm|km|sum|avg|mean|quantity|qty|cost|costs|spend|balance|debt|loan|mortgages)(_|$)"
)
"""Parts of the names of quantities beside the words of NUMBER, compounds included (``mitarbeiterzahl``)."""
DATE = (
    "date|datum|fecha|data|founded|incorporated|incorporation|established|created|submitted|updated|since|opened|founding"
    "|won|start|end|expires|valid|timestamp|time|birth"
)
LABEL = "code|type|class|category|cat|id|key|nr|group|grp|segment|status|flag|cluster|band"

SERIAL = (
    r"unnamed(_[0-9]+)?|index|row|rowid|row_?num|serial|lfd_?nr|laufnummer"
    r"|(s|sr|sl|ser|serial|seq|sequence|row|line|lfd|laufende)_(no|nr|num|number|nummer)"
)
SURE_IDS = ("company_id", "id", "companyid", "firm_id", "company_key")
LIKELY_IDS = (
    "entity_id", "organisation_id", "organization_id", "org_id", "orgnr", "org_nr", "org_number", "organisation_number",
    "organisasjonsnummer", "company_number", "company_no", "company_nr", "companynumber", "registration_number",
    "registration_no", "reg_no", "reg_number", "registered_number", "crn", "siren", "lei", "duns", "duns_number", "cin",
    "kvk", "uen", "abn", "cvr", "ico", "nip", "ogrn", "account_id", "customer_id", "client_id", "business_id", "bvd_id",
    "employer_id", "firmid", "company_code", "unternehmens_id", "business_key", "entity_number", "firm_number",
    "organisationsnummer", "cvr_nummer", "cvr_nr", "kvk_nummer", "kvk_nr", "y_tunnus", "cnpj", "krs", "regon", "nipc",
    "partita_iva", "siret", "handelsregisternummer", "register_id", "record_id", "bvd_id_number",
    "company_registration_number",
)  # fmt: skip
WEAK_ID = r"(.*_)?(id|uid|uuid|guid|qid|permid|key|identifier)"
WEAKEST_ID = r"(.*_)?(num|number|no|nr|code|ref|vat|vat_id|vat_number|ein|tin)"
OF_ANOTHER = r"(parent|owner|ultimate|holding|source|group|mother|previous|predecessor|successor)_.*"


def place_role(name: str) -> Role | None:
    """The place level that a normalised name refers to, None for other names."""
    found = place(name)
    return Role(found) if found else None


def industry_scheme(name: str) -> str | None:
    """The code list in the name of an industry column, "" where it names none, None for other columns."""
    for scheme, words in SCHEMES:
        if contains(f"({words})[0-9]*", name):
            return scheme
    return "" if ends_in(f"{INDUSTRY}|isic|anzsic", name) else None


def is_identifier(name: str) -> bool:
    return (
        contains(words_of("identifier", "within"), name)
        or re.search(r"(^|_)(id|ids|uuid|guid|identifier|number|no|nr|ref)$", name) is not None
    )


def is_number(name: str) -> bool:
    return contains(NUMBER, name) or re.search(SIZE, name) is not None


def is_serial(name: str) -> bool:
    """Whether the numbers under this name only count the rows of a file: Sr. No., row, index, lfd. Nr."""
    return re.fullmatch(SERIAL, name) is not None


def is_date(name: str) -> bool:
    return (contains(DATE, name) or name.endswith(("_on", "_at"))) and not contains("year|jahr", name)


def is_label(name: str) -> bool:
    """Whether numbers under this name are labels, not amounts."""
    return ends_in(LABEL, name) and not contains("number_of|num|count", name)


def id_score(name: str) -> int:
    """How likely a normalised name is that of the company id: from 100 (surely) to 0 (not at all)."""
    if re.fullmatch(OF_ANOTHER, name):
        return 0
    if name in SURE_IDS:
        return 100 - SURE_IDS.index(name)
    if name in LIKELY_IDS:
        return 80
    if re.fullmatch(WEAK_ID, name):
        return 80
    return 40 if re.fullmatch(WEAKEST_ID, name) else 0


def is_known(name: str) -> bool:
    """Whether any rule here understands the normalised name."""
    return (
        id_score(name) > 0
        or place_role(name) is not None
        or is_company_name(name)
        or industry_scheme(name) is not None
        or any(hint(name) for hint in (is_contact, is_identifier, is_number, is_date, is_label))
    )
