from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from graphlead.core.register import Column, Register, Role

Maker = Callable[..., Register]

COMPANIES = pd.DataFrame(
    [
        (
            "001",
            "Alder & Sons Landscaping, Inc.",
            "Springfield",
            "MO",
            "65801",
            "DE111111111",
            "alder.example",
        ),
        ("002", "Bramble Foods GmbH", "Köln", "NW", "50667", "DE222222222", "bramble.example"),
        ("003", "Corvid Analytics Ltd", "Leeds", "YK", "LS1 4AP", "GB333333333", None),
        ("004", "Corvid Analytics North Ltd", "Leeds", "YK", "LS1 4AP", "GB444444444", None),
        ("005", "Dunlin Marine Services LLC", "Portland", "OR", "97201", None, None),
        ("006", "Dunlin Marine Services LLC", "Portland", "ME", "04101", None, None),
        ("007", "Egret Holdings No. 1 Ltd", "York", "YK", "YO1 7HH", None, None),
        ("008", "Egret Holdings No. 2 Ltd", "York", "YK", "YO1 7HH", None, None),
        ("009", "Finchley Concrete Co., Inc. dba Rockwell Paving", "Dayton", "OH", "45402", None, None),
        ("010", "Grebe Software S.A.", "Lyon", "ARA", "69001", None, None),
        ("011", "Heronsgate Brewing Company", "Durham", "NC", "27701", None, None),
        ("012", "Heronsgate Brewing Company", "Durham", "NC", "27701", None, None),
        ("013", "Ibis Manufacturing International Corp.", "Akron", "OH", "44301", None, None),
        ("014", "Jackdaw Lawncare LLC", "Tulsa", "OK", "74101", None, None),
        ("015", "Kestrel Freight", "Dallas", "TX", "75201", None, None),
    ],
    columns=["company_id", "name", "city", "region", "postcode", "vat", "website"],
)
ROLES = {
    "company_id": Role.ID,
    "name": Role.NAME,
    "city": Role.CITY,
    "region": Role.REGION,
    "postcode": Role.POSTCODE,
    "address": Role.ADDRESS,
    "vat": Role.IDENTIFIER,
    "website": Role.CONTACT,
}


@pytest.fixture
def make_register(tmp_path: Path) -> Maker:
    """Write companies (all strings) as a register; the columns' names give their roles."""

    def make(companies: pd.DataFrame = COMPANIES) -> Register:
        paths = tmp_path / "companies.parquet", tmp_path / "links.parquet"
        pq.write_table(pa.Table.from_pandas(companies.astype("string"), preserve_index=False), paths[0])
        pq.write_table(pa.table({"source_id": pa.array([], pa.string())}), paths[1])
        columns = tuple(Column(name=name, role=ROLES[name]) for name in companies)
        return Register(
            companies=paths[0], links=paths[1], columns=columns, n_companies=len(companies), n_links=0
        )

    return make


@pytest.fixture
def register(make_register: Maker) -> Register:
    """Fifteen companies with sisters, duplicates, namesakes and alternative names."""
    return make_register()
