"""The companies table as in a register: texts, contacts, useless columns, and many missing values."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from graphlead.core.arrays import Flags, Ints
from graphlead.world import names
from graphlead.world.firms import CERTIFICATES, CHANNELS, Firms
from graphlead.world.industries import Industries
from graphlead.world.places import Places, postcodes_of
from graphlead.world.sampling import any_of, blank, choose, join, stream, take
from graphlead.world.words import COUNTRIES, words

_SOFTWARE = ("Kontoro", "Ledgerly", "Orbis ERP", "Paperhub", "in-house")
_DIAL = ("+49", "+33", "+31", "+48", "+43", "+264")
_DOMAINS = (".de", ".fr", ".nl", ".pl", ".at", ".na")
_PLAIN = (("ä", "ae"), ("ö", "oe"), ("ü", "ue"), ("ß", "ss"), ("é", "e"), ("ó", "o"), ("ł", "l"), ("ń", "n"))


def companies_table(
    firms: Firms, places: Places, industries: Industries, ids: pa.Array, seed: int
) -> pa.Table:
    """One row per company in the order of ``ids``; 25 columns, some of them useless."""
    rng = stream(seed, "register")
    n = len(firms)
    city = take(places.name, firms.city)
    legal = names.legal_forms(firms.country, rng)
    name, stem = names.company_names(firms, industries.section[firms.industry], city, legal, rng)
    small, old = firms.employees < 10, firms.founded < 7300
    namibian = firms.country == COUNTRIES.index("NA")
    site = pc.binary_join_element_wise(_slug(stem), _slug(city), "-")
    site = pc.binary_join_element_wise(site, take(_DOMAINS, firms.country), "")
    founded = pa.array(firms.founded).cast(pa.date32())

    def missing(chance: object) -> Flags:
        return np.asarray(rng.random(n) < np.asarray(chance, np.float64))

    return pa.table({
        "company_id": ids,
        "name": name,
        "country": take(COUNTRIES, firms.country),
        "region": blank(take(places.region_names, firms.region), missing(0.02)),
        "city": blank(city, missing(0.01)),
        "postcode": blank(postcodes_of(places, firms.city, rng), missing(0.03 + 0.3 * namibian)),
        "address": blank(_addresses(n, rng), missing(0.1)),
        "nace": _codes(industries, firms.industry, rng),
        "legal_form": legal,
        "employees": blank(pa.array(firms.employees.astype(np.int32)), missing(0.1 + 0.3 * small)),
        "revenue_keur": blank(pa.array(firms.revenue.astype(np.int64)), missing(0.2 + 0.45 * small)),
        "founded": blank(founded.cast(pa.string()), missing(0.05 + 0.2 * old)),
        "exporter": blank(pa.array(firms.exporter), missing(0.08 + 0.2 * namibian)),
        "family_owned": blank(pa.array(firms.family_owned), missing(0.15)),
        "certificate": blank(take(CERTIFICATES, firms.certificate), missing(0.04 + 0.5 * namibian)),
        "sales_channel": blank(take(CHANNELS, firms.channel), missing(0.12)),
        "software": take(_SOFTWARE, choose(rng, np.array([0.3, 0.2, 0.15, 0.1, 0.25]), n)),
        "description": blank(_descriptions(n, rng), missing(0.5 + 0.3 * small)),
        "website": blank(site, missing(0.15 + 0.3 * small + 0.2 * old)),
        "email": blank(pc.binary_join_element_wise("info", site, "@"), missing(0.3 + 0.3 * small)),
        "phone": blank(_phones(firms.country, rng), missing(0.25)),
        "contact_person": blank(names.person_names(firms.country, rng), missing(0.5)),
        "source_system": pa.repeat("register", n),
        "fax_note": blank(pa.repeat("on request", n), missing(0.995)),
        "batch_token": pa.array(rng.integers(0, 2**31, n, dtype=np.int64)),
    })  # fmt: skip


def _codes(industries: Industries, industry: Ints, rng: np.random.Generator) -> pa.Array:
    """Mostly the full class, sometimes only the group (01.1) or the division (01), sometimes nothing."""
    code = take(industries.code, industry)
    depth = rng.random(len(industry))
    coarse = pc.if_else(
        pa.array(depth < 0.08), pc.utf8_slice_codeunits(code, 0, 2), pc.utf8_slice_codeunits(code, 0, 4)
    )
    return blank(pc.if_else(pa.array(depth < 0.16), coarse, code), depth > 0.96)


def _addresses(n: int, rng: np.random.Generator) -> pa.Array:
    street = join([any_of(words("streets"), n, rng), any_of(words("ways"), n, rng)], "")
    return join([street, pa.array(rng.integers(1, 180, n)).cast(pa.string())])


def _descriptions(n: int, rng: np.random.Generator) -> pa.Array:
    verb, goods, buyers = (any_of(words(kind), n, rng) for kind in ("verbs", "goods", "buyers"))
    return join([verb, goods, pa.repeat("for", n), buyers])


def _phones(country: Ints, rng: np.random.Generator) -> pa.Array:
    number = pa.array(rng.integers(10_000_000, 99_999_999, len(country))).cast(pa.string())
    return join([take(_DIAL, country), number])


def _slug(text: pa.Array) -> pa.Array:
    """The text in lower-case ASCII letters, digits and hyphens, for web addresses."""
    lowered = pc.utf8_lower(text)
    for accented, plain in _PLAIN:
        lowered = pc.replace_substring(lowered, accented, plain)
    return pc.utf8_trim(pc.replace_substring_regex(lowered, "[^a-z0-9]+", "-"), "-")
