"""Hints from column names, in the languages and conventions of registers."""

from __future__ import annotations

import re
import unicodedata

from graphlead.core.register import Role

SUFFIX = (
    "code|codes|name|names|iso|iso2|iso3|iso_2|iso_3|id|key|nr|no|number|prefix|primary|main|hq|registered|city|town"
    "|country|state|province|region|county|location|level|text|label|description|group|division|section|class|title"
    "|[0-9]+|cd|short|full|of_[a-z_]+"
)
COMPANY = (
    "company|firm|employer|business|organi[sz]ation|org|entity|enterprise|startup|start_up|account|customer|client|legal"
    "|legal_entity|supplier|vendor|corporate|corporation|firmen|unternehmens|registered|current|former|previous"
    "|trading|trade|short|full|other|brand|alternative|local|english|display|official|common|bank|investee|portfolio"
)

PLACES = (
    (Role.POSTCODE, "post_?code|postal_?code|postal|zip|zip_?code|zip5|plz|pin_?code|code_postal|postnr|postnummer|cp"),
    (Role.COUNTRY, "country|ctry|land|pays|pais|paese|nation|countrycode|iso_country|domicile|jurisdiction"),
    (Role.REGION, "region|state|province|prov|county|nuts|nuts[0-9]|bundesland|departement|prefecture|canton|kanton"
                  "|district|federal_state|oblast|voivodeship|kommune_?fylke|fylke|comunidad"),
    (Role.CITY, "city|town|locality|municipality|metro|metro_area|ort|stadt|ville|ciudad|comune|citta|gemeente"
                "|kommune|poststed|plaats|post_?town|village|commune"),
    (Role.ADDRESS, "address|adress|addr|street|strasse|str|adresse|direccion|indirizzo|address_?line|street_address"),
)  # fmt: skip
INDUSTRY = (
    "industry|industries|sector|sectors|branche|branch_of_industry|vertical|activity|main_activity|business_segment"
    "|line_of_business|trade_sector|economic_activity|wirtschaftszweig"
)
SCHEMES = (
    ("NAICS", r"naics"),
    ("NACE", r"nace|wz|ateco|naf|ape|noga|sbi|nogacode|cnae|pkd|sni|db0?7"),
    ("SIC", r"u?k?_?sic|ussic|sic[0-9]*|siccode|siccodes"),
)
CONTACT = (
    "phone|phones|tel|telephone|telefon|mobile|fax|e_?mail|emails|mail|website|web|webpage|web_?site|homepage|url|urls"
    "|domain|link|linkedin|twitter|facebook|contact|contacts|contact_person|ceo|owner_name|managing_director"
)
IDENTIFIER = (
    "vat|vat_?id|vat_?number|ust_?id|tax_?id|tin|ein|duns|lei|isin|permid|siren|siret|crn|cik|orgnr|ticker|ogrn|inn|uen"
    "|abn|acn|gln|bic|swift|eori|cvr|kvk|registration|reg"
)
NUMBER = (
    "employees|employee|headcount|staff|workers|fte|ftes|revenue|revenues|turnover|sales|umsatz|mitarbeiter|amount|size"
    "|count|number_of|num|assets|equity|profit|ebitda|ebit|income|capital|funding|raised|year|jahr|age|usd|eur|gbp|price"
    "|value|budget|volume|score|rating_score|total|pct|percent|share|ratio|rate|growth"
)
DATE = (
    "date|datum|fecha|data|founded|incorporated|incorporation|established|created|submitted|updated|since|opened|founding"
    "|won|start|end|expires|valid|timestamp|time|birth"
)
LABEL = "code|type|class|category|cat|id|key|nr|group|grp|segment|status|flag|cluster|band"

SURE_IDS = ("company_id", "id", "companyid", "firm_id", "company_key")
LIKELY_IDS = (
    "entity_id", "organisation_id", "organization_id", "org_id", "orgnr", "org_nr", "org_number", "organisation_number",
    "organisasjonsnummer", "company_number", "company_no", "company_nr", "companynumber", "registration_number",
    "registration_no", "reg_no", "reg_number", "registered_number", "crn", "siren", "lei", "duns", "duns_number", "cin",
    "kvk", "uen", "abn", "cvr", "ico", "nip", "ogrn", "account_id", "customer_id", "client_id", "business_id", "bvd_id",
    "employer_id", "firmid", "company_code", "unternehmens_id", "business_key", "entity_number", "firm_number",
)  # fmt: skip
WEAK_ID = r"(.*_)?(id|uid|uuid|guid|qid|permid|key|identifier)"
WEAKEST_ID = r"(.*_)?(num|number|no|nr|code|ref|vat|vat_id|vat_number|ein|tin)"
OF_ANOTHER = r"(parent|owner|ultimate|holding|source|group|mother|previous|predecessor|successor)_.*"


def normalised(name: str) -> str:
    """A column name as lower-case words joined by underscores, the same for "EmployerName" and "Employer name"."""
    plain = unicodedata.normalize("NFKD", name.replace("ß", "ss")).encode("ascii", "ignore").decode()
    plain = re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", plain)
    plain = re.sub(r"([A-Z]+)([A-Z][a-z])", r"\1_\2", plain)
    return re.sub(r"[^a-z0-9]+", "_", plain.lower()).strip("_")


def _has(words: str, name: str) -> bool:
    return re.search(rf"(^|_)({words})(_|$)", name) is not None


def _headed(words: str, name: str) -> bool:
    """Whether the name ends in one of the words, perhaps with suffixes that do not change the meaning."""
    return re.search(rf"(^|_)({words})(_({SUFFIX}))*$", name) is not None


def place_role(name: str) -> Role | None:
    """The place level that a normalised name refers to, None for other names."""
    return next((role for role, words in PLACES if _headed(words, name)), None)


def is_company_name(name: str) -> bool:
    plain = r"name|names|label|nom|navn|nombre|namn|nome|firma|firmenname|firmenwortlaut|raison_sociale|razon_social"
    plain += (
        r"|denominazione|denominacion_social|bedrijfsnaam|unternehmen|company|firm|employer|organi[sz]ation"
    )
    plain += r"|startup|business|enterprise|legalname|companyname|organisasjonsnavn|naam"
    compound = rf"(({COMPANY})_)+(name|names|names?_[0-9]+)|name_(of_)?({COMPANY})|name_[0-9]"
    return re.fullmatch(f"{plain}|{compound}", name) is not None


def industry_scheme(name: str) -> str | None:
    """The code list in the name of an industry column, "" where it names none, None for other columns."""
    for scheme, words in SCHEMES:
        if _has(f"({words})[0-9]*", name):
            return scheme
    return "" if _headed(f"{INDUSTRY}|isic|anzsic", name) else None


def is_contact(name: str) -> bool:
    person = r"(contact|ceo|director|manager|person|owner|founder|chairman|president)s?_(first_|last_|full_)?names?"
    return _has(CONTACT, name) or re.fullmatch(rf"(.*_)?{person}", name) is not None


def is_identifier(name: str) -> bool:
    return (
        _has(IDENTIFIER, name)
        or re.search(r"(^|_)(id|ids|uuid|guid|identifier|number|no|nr|ref)$", name) is not None
    )


def is_number(name: str) -> bool:
    return _has(NUMBER, name)


def is_date(name: str) -> bool:
    return (_has(DATE, name) or name.endswith(("_on", "_at"))) and not _has("year|jahr", name)


def is_label(name: str) -> bool:
    """Whether numbers under this name are labels, not amounts."""
    return _headed(LABEL, name) and not _has("number_of|num|count", name)


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
