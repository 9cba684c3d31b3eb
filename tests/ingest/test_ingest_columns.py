"""Columns understood from their names and values."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from graphlead.core.errors import InputError, SettingsError
from graphlead.core.register import Column, Role
from graphlead.ingest import ingest, understand
from graphlead.ingest.headers import normalised

N = 120


def plan(tmp_path: Path, frame: pd.DataFrame, **overrides: str) -> dict[str, Column]:
    path = tmp_path / "companies.parquet"
    frame.to_parquet(path)
    return {column.name: column for column in understand(path, overrides)}


def register_frame() -> pd.DataFrame:
    rng = np.random.default_rng(0)
    pick = lambda *words: rng.choice(np.array(words), N)  # noqa: E731
    return pd.DataFrame(
        {
            "Name": [f"Firm {chr(65 + i % 26)} {i} GmbH" for i in range(N)],
            "lei": [f"5299{i:016d}" for i in range(N)],
            "Country Code": pick("NA", "DE", "ZA"),
            "NUTS2": pick("DE11", "DE12"),
            "Town": pick("Bonn", "Ulm", "Köln"),
            "ZIP": [f"{i:05d}" for i in range(1, N + 1)],
            "street": [f"Main St {i}" for i in range(N)],
            "NaceCode": pick("62.01", "47.11", "A"),
            "industry_code": pick("561730", "115310", "236220"),
            "uk_sic": pick("82990", "93110,93130", "47730"),
            "sector": pick("biotech", "retail"),
            "Employees": pick("1,200", "35", "n/a", "10k"),
            "Umsatz EUR": pick("1.200,50", "3,5", "900"),
            "size_band": pick("10-49", "50 to 249", "250+"),
            "founded": [f"{1 + i % 28:02d}/{1 + i % 12:02d}/{1950 + i % 60}" for i in range(N)],
            "updated": [f"{1 + i % 12}/{1 + i % 28}/2020" for i in range(N)],
            "founded_year": [str(1950 + i % 60) for i in range(N)],
            "exporter": pick("yes", "N", "1"),
            "tier": pick("gold", "silver"),
            "segment_code": pick("1", "2", "3"),
            "description": [f"We make thing number {i} for people who like it" for i in range(N)],
            "VAT number": [f"DE{i:09d}" for i in range(N)],
            "Phone": [f"+49 228 {1000 + i}" for i in range(N)],
            "E-Mail": [f"info@firm{i}.de" for i in range(N)],
            "homepage": [f"www.firm{i}.de" for i in range(N)],
            "source_system": ["crm"] * N,
            "fax2": [None] * N,
        }
    )


EXPECTED = {
    "company_id": Role.ID, "Name": Role.NAME, "Country Code": Role.COUNTRY, "NUTS2": Role.REGION, "Town": Role.CITY,
    "ZIP": Role.POSTCODE, "street": Role.ADDRESS, "NaceCode": Role.INDUSTRY, "industry_code": Role.INDUSTRY,
    "uk_sic": Role.INDUSTRY, "sector": Role.INDUSTRY, "Employees": Role.NUMBER, "Umsatz EUR": Role.NUMBER,
    "size_band": Role.NUMBER, "founded": Role.DATE, "updated": Role.DATE, "founded_year": Role.NUMBER,
    "exporter": Role.BOOLEAN, "tier": Role.CATEGORY, "segment_code": Role.CATEGORY, "description": Role.TEXT,
    "VAT number": Role.IDENTIFIER, "Phone": Role.CONTACT, "E-Mail": Role.CONTACT, "homepage": Role.CONTACT,
    "source_system": Role.IGNORED, "fax2": Role.IGNORED,
}  # fmt: skip


def test_every_kind_of_column_gets_its_role(tmp_path: Path) -> None:
    found = plan(tmp_path, register_frame())
    assert {name: column.role for name, column in found.items()} == EXPECTED
    schemes = {name: found[name].scheme for name in ("NaceCode", "industry_code", "uk_sic", "sector")}
    assert schemes == {"NaceCode": "NACE", "industry_code": "NAICS", "uk_sic": "SIC", "sector": ""}
    assert all(column.reason for column in found.values())


def test_values_take_the_type_of_their_role(tmp_path: Path) -> None:
    frame = register_frame()
    path = tmp_path / "companies.csv"
    frame.to_csv(path, index=False, sep=";", encoding="utf-8")
    register, _ = ingest(path, None, tmp_path)
    table = register.read().to_pandas()
    assert list(table["company_id"]) == list(frame["lei"])
    assert list(table["ZIP"]) == list(frame["ZIP"])
    assert list(table["Country Code"]) == list(frame["Country Code"])
    numbers = {"1,200": 1200.0, "35": 35.0, "10k": 1e4}
    assert table["Employees"].tolist() == pytest.approx(
        [numbers.get(x, np.nan) for x in frame["Employees"]], nan_ok=True
    )
    money = {"1.200,50": 1200.5, "3,5": 3.5, "900": 900.0}
    assert list(table["Umsatz EUR"]) == [money[x] for x in frame["Umsatz EUR"]]
    assert table["founded"][12] == dt.date(1962, 1, 13)
    assert table["updated"][12] == dt.date(2020, 1, 13)
    assert list(table["exporter"]) == [x in ("yes", "1") for x in frame["exporter"]]


def test_csv_and_parquet_are_understood_alike(tmp_path: Path) -> None:
    frame = register_frame()
    frame.to_csv(tmp_path / "companies.csv", index=False)
    frame.to_parquet(tmp_path / "companies.parquet")
    assert understand(tmp_path / "companies.csv") == understand(tmp_path / "companies.parquet")


def test_typed_columns_keep_their_type(tmp_path: Path) -> None:
    frame = pd.DataFrame(
        {
            "company_id": range(1, N + 1),
            "flag": [i % 3 == 0 for i in range(N)],
            "amount": np.linspace(0, 1, N),
            "seen": pd.date_range("2020-01-01", periods=N),
            "naics": [561730.0] * (N // 2) + [np.nan] * 10 + [236220.0] * (N // 2 - 10),
            "has_web": [0, 1] * (N // 2),
        }
    )
    frame.to_parquet(tmp_path / "in.parquet")
    register, _ = ingest(tmp_path / "in.parquet", None, tmp_path)
    roles = [column.role for column in register.columns]
    assert roles == [Role.ID, Role.BOOLEAN, Role.NUMBER, Role.DATE, Role.INDUSTRY, Role.BOOLEAN]
    types = [str(kind) for kind in register.read().schema.types]
    assert types == ["string", "bool", "double", "date32[day]", "string", "bool"]
    assert set(register.read("naics")["naics"].to_pylist()) == {"561730", "236220", None}


def test_empty_strings_are_missing_and_blanks_are_trimmed(tmp_path: Path) -> None:
    frame = pd.DataFrame({"company_id": ["a ", "b", "c"], "postcode": ["", " 01067", "  "]})
    frame.to_parquet(tmp_path / "in.parquet")
    register, _ = ingest(tmp_path / "in.parquet", None, tmp_path)
    assert register.read().to_pydict() == {"company_id": ["a", "b", "c"], "postcode": [None, "01067", None]}


def test_a_code_column_serves_as_id_when_none_is_named_so(tmp_path: Path) -> None:
    frame = pd.DataFrame({"firm": [f"Firm {i}" for i in range(N)], "mark": [f"K{i:04d}" for i in range(N)]})
    assert plan(tmp_path, frame)["company_id"].reason.startswith("no column is named like an id")


def test_the_fuller_of_two_ids_is_chosen(tmp_path: Path) -> None:
    frame = pd.DataFrame(
        {"lei": [None, *(f"L{i}" for i in range(N - 1))], "rec_id": [f"R{i}" for i in range(N)]}
    )
    frame["lei"] = frame["lei"].where(frame.index % 2 == 0)
    found = plan(tmp_path, frame)
    assert found["company_id"].missing == 0
    assert found["lei"].role is Role.IDENTIFIER


def test_another_column_of_the_name_company_id_makes_room(tmp_path: Path) -> None:
    frame = pd.DataFrame({"company_id": [f"A{i}" for i in range(N)], "code": [f"B{i}" for i in range(N)]})
    found = plan(tmp_path, frame, code="id")
    assert found["company_id"].reason == "set by you"
    assert found["company_id_2"].role is Role.IDENTIFIER


def test_overrides_decide(tmp_path: Path) -> None:
    frame = register_frame()
    found = plan(tmp_path, frame, sector="category", tier="industry:NACE", source_system="category")
    assert found["sector"].role is Role.CATEGORY
    assert (found["tier"].role, found["tier"].scheme) == (Role.INDUSTRY, "NACE")
    assert found["source_system"].role is Role.CATEGORY


@pytest.mark.parametrize(
    ("column", "role"), [("sectr", "category"), ("sector", "kategory"), ("sector", "text:NACE")]
)
def test_wrong_overrides_are_refused(tmp_path: Path, column: str, role: str) -> None:
    with pytest.raises(SettingsError, match=r"sector|role"):
        plan(tmp_path, register_frame(), **{column: role})


def test_no_id_is_an_error_that_names_the_columns(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"no column can serve as the company id.*company_id") as refused:
        plan(tmp_path, pd.DataFrame({"city": ["Bonn", "Bonn"], "size": [1.5, 2.5]}))
    assert "city, size" in str(refused.value)


def test_wide_files_are_understood(tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    frame = pd.DataFrame(rng.normal(size=(50, 60)).round(3).astype(str), columns=[f"x{i}" for i in range(60)])
    frame.insert(0, "id", [f"c{i}" for i in range(50)])
    found = plan(tmp_path, frame)
    assert [found[f"x{i}"].role for i in range(60)] == [Role.NUMBER] * 60


@pytest.mark.parametrize(
    ("name", "normal"),
    [("EmployerName", "employer_name"), ("SicCodes", "sic_codes"), ("Größe (m²)", "grosse_m2"), ("LEI", "lei"),
     ("CompanyLinkToGPGInfo", "company_link_to_gpg_info"), ("customerID", "customer_id")],
)  # fmt: skip
def test_names_are_normalised(name: str, normal: str) -> None:
    assert normalised(name) == normal


@pytest.mark.parametrize(
    ("name", "made", "role"),
    [
        ("batch", lambda rng: rng.integers(0, 10**6, 400), Role.IDENTIFIER),
        ("code_b", lambda rng: rng.permutation(400) + 1, Role.IDENTIFIER),
        ("Sr. No.", lambda rng: np.arange(400) % 100 + 1, Role.IDENTIFIER),
        (
            "row",
            lambda rng: np.where(np.arange(400) % 9, (np.arange(400) % 100).astype(str), "<td>"),
            Role.IDENTIFIER,
        ),
        ("lfd_nr", lambda rng: np.arange(400) + 1, Role.IDENTIFIER),
        ("revenue", lambda rng: rng.integers(0, 10**6, 400), Role.NUMBER),
        ("mitarbeiterzahl", lambda rng: rng.permutation(400) + 1, Role.NUMBER),
        ("x7", lambda rng: np.exp(rng.normal(9, 1.5, 400)).astype(int), Role.NUMBER),
        ("x8", lambda rng: rng.normal(10**6, 10**5, 400).astype(int), Role.NUMBER),
        ("x9", lambda rng: rng.integers(0, 150, 400), Role.NUMBER),
        ("easting", lambda rng: rng.integers(0, 10**6, 400), Role.NUMBER),
    ],
)
@pytest.mark.parametrize("as_text", [True, False])
def test_a_serial_number_is_an_identifier_and_an_honest_number_stays(
    tmp_path: Path, name: str, made: Callable[[np.random.Generator], np.ndarray], role: Role, as_text: bool
) -> None:
    values = made(np.random.default_rng(5))
    frame = pd.DataFrame({"company_id": [f"c{i}" for i in range(400)], name: values})
    frame = frame.astype({name: str}) if as_text else frame
    assert plan(tmp_path, frame)[name].role is role
    assert plan(tmp_path, frame.sample(frac=1, random_state=1))[name].role is role
