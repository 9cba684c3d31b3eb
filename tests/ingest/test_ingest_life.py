"""Columns that say who is still in business."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from graphlead.core.noise import Noise
from graphlead.core.register import Register, Role
from graphlead.ingest import ingest

N = 120
YESTERDAY, TOMORROW = (dt.date.today() + dt.timedelta(days=days) for days in (-1, 1))


def read(folder: Path, as_parquet: bool = False, **columns: list[object]) -> tuple[Register, Noise]:
    """A register with these columns, their values repeated to N rows."""
    frame = pd.DataFrame(
        {"company_id": [f"c{i:03}" for i in range(N)], "name": [f"Firm {i}" for i in range(N)]}
    )
    for name, values in columns.items():
        frame[name] = pd.Series((values * N)[:N])
    path = folder / ("companies.parquet" if as_parquet else "companies.csv")
    work = folder / "work"
    work.mkdir()
    frame.to_parquet(path) if as_parquet else frame.to_csv(path, index=False)
    return ingest(path, None, work)


def every(nth: int, of: int) -> list[int]:
    return [i for i in range(N) if i % of == nth]


@pytest.mark.parametrize(
    ("header", "living", "ended"),
    [
        ("status", "Active", "Dissolved"),
        ("CompanyStatus", "Active - Proposal to Strike off", "In Liquidation"),
        ("company_status", "live", "Struck Off"),
        ("Status", "aktiv", "gelöscht"),
        ("Zustand", "eingetragen", "aufgelöst"),
        ("statut", "Immatriculée", "Radiée"),
        ("stato impresa", "Attiva", "CESSATA"),
        ("estado", "Activa", "Extinguida"),
        ("Entity Status", "ACTIVE", "INACTIVE"),
        ("status", "Registrert", "Slettet"),
        ("status", "Actief", "Opgeheven"),
    ],
)
def test_words_for_the_end_are_understood(tmp_path: Path, header: str, living: str, ended: str) -> None:
    register, noise = read(tmp_path, **{header: [living, living, ended]})
    assert register.column(header).role is Role.STATUS
    assert register.ended().tolist() == every(2, 3)
    assert register.read(header).column(0).to_pylist()[:3] == [None, None, ended]
    (finding,) = [each for each in noise.findings if each.check == "ended companies"]
    assert (finding.count, finding.action, finding.column) == (40, "kept off the list", header)
    assert finding.examples == (f"{ended} (40 times)",)
    assert not {"placeholder values", "broken dates"} & {each.check for each in noise.findings}


@pytest.mark.parametrize(
    ("header", "values"),
    [
        ("dissolution_date", ["", "", "2019-03-01"]),
        ("Insolvency date", [str(TOMORROW), "", str(YESTERDAY)]),
        ("Löschdatum", ["", "", "31.12.2015"]),
        ("dissolved", ["no", "no", "yes"]),
        ("is_active", ["yes", "1", "no"]),
        ("aktiv", ["ja", "ja", "nein"]),
        ("deathyear", ["", str(TOMORROW.year + 1), "1998"]),
    ],
)
def test_days_and_flags_of_the_end_are_understood(tmp_path: Path, header: str, values: list[object]) -> None:
    register, _ = read(tmp_path, **{header: values})
    assert register.column(header).role is Role.STATUS
    assert register.ended().tolist() == every(2, 3)


def test_typed_days_flags_and_years_are_understood(tmp_path: Path) -> None:
    end, never = dt.date(2011, 5, 1), None
    register, _ = read(
        tmp_path, True, closed_on=[never, end, never, never], active=[True, True, False, True],
        deathyear=[1990.0, *[np.nan] * 3],
    )  # fmt: skip
    assert [c.name for c in register.columns if c.role is Role.STATUS] == ["closed_on", "active", "deathyear"]
    assert register.ended().tolist() == sorted([*every(0, 4), *every(1, 4), *every(2, 4)])


@pytest.mark.parametrize(
    ("header", "values", "role"),
    [
        ("VAT status", ["active", "inactive"], Role.CATEGORY),
        ("account_status", ["active", "closed"], Role.CATEGORY),
        ("payment_status", ["open", "closed"], Role.CATEGORY),
        ("status", ["customer", "prospect", "lead"], Role.CATEGORY),
        ("status", ["active", *["inactive"] * 5], Role.CATEGORY),
        ("active", ["yes", *["no"] * 5], Role.BOOLEAN),
        ("closing_date", ["2019-12-31", "2020-06-30"], Role.DATE),
        ("founded", ["2019-12-31", "2020-06-30"], Role.DATE),
    ],
)
def test_what_is_not_about_life_stays_what_it_was(
    tmp_path: Path, header: str, values: list[object], role: Role
) -> None:
    register, _ = read(tmp_path, **{header: values})
    assert register.column(header).role is role
    assert not len(register.ended())


def test_the_user_decides(tmp_path: Path) -> None:
    frame = pd.DataFrame({"company_id": [f"c{i:03}" for i in range(N)], "state_of_affairs": ["ok", "closed"] * (N // 2),
                          "status": ["Active", "Dissolved"] * (N // 2)})  # fmt: skip
    frame.to_csv(tmp_path / "companies.csv", index=False)
    wishes = {"state_of_affairs": "status", "status": "category"}
    register, _ = ingest(tmp_path / "companies.csv", None, tmp_path, overrides=wishes)
    assert register.names_of(Role.STATUS, Role.CATEGORY) == ["state_of_affairs", "status"]
    assert register.ended().tolist() == every(1, 2)


def test_a_rare_end_counts_and_a_column_without_any_is_ignored(tmp_path: Path) -> None:
    register, _ = read(tmp_path, dissolved_on=["2001-01-01", *[""] * (N - 1)], status=["Active"])
    assert register.ended().tolist() == [0]
    assert register.column("status").role is Role.IGNORED
    assert register.column("status").reason == "it says of no company that it has ended"
