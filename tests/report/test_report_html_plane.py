"""Companies in two dimensions, from coordinates and from attributes that were planted."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from graphlead.core.clients import Cohort
from graphlead.core.register import Column, Register, Role
from graphlead.report.html.plane import MOST, MOST_CLIENTS, by_coordinates, by_likeness, make_plane, sample

N = 300


def register(folder: Path, columns: dict[str, tuple[Role, object]]) -> Register:
    table = pa.table(
        {"company_id": [f"C{i}" for i in range(N)], **{name: v for name, (_, v) in columns.items()}}
    )
    pq.write_table(table, folder / "companies.parquet")
    roles = {"company_id": Role.ID, **{name: role for name, (role, _) in columns.items()}}
    known = tuple(Column(name=name, role=role) for name, role in roles.items())
    return Register(
        companies=folder / "companies.parquet",
        links=folder / "links.parquet",
        columns=known,
        n_companies=N,
        n_links=0,
    )


def cohort(n: int, clients: int) -> Cohort:
    return Cohort(n_companies=n, clients=np.arange(clients, dtype=np.int32), suppressed=np.zeros(0, np.int32),
                  won=np.full(clients, np.datetime64("NaT"), "datetime64[D]"))  # fmt: skip


EVERYBODY = np.arange(N, dtype=np.int32)
SIDE = np.arange(N) % 2


def noise(seed: int) -> npt.NDArray[np.float64]:
    return np.random.default_rng(seed).normal(size=N)


@pytest.mark.parametrize(
    "names", [("lat", "lon"), ("Latitude", "Longitude"), ("geo_lat", "geo_lng"), ("hq latitude", "hq long")]
)
def test_coordinates_are_taken_as_they_are(tmp_path: Path, names: tuple[str, str]) -> None:
    y, x = np.linspace(47, 54, N), np.linspace(6, 15, N)
    plane = make_plane(
        register(tmp_path, {names[0]: (Role.NUMBER, y), names[1]: (Role.NUMBER, x)}),
        cohort(N, 3),
        EVERYBODY[5:9],
        0,
    )
    assert plane is not None
    assert plane.geographic
    assert plane.x == pytest.approx(x, rel=1e-6)
    assert plane.y == pytest.approx(y, rel=1e-6)


def test_companies_without_coordinates_are_left_out_and_counted(tmp_path: Path) -> None:
    y = [None if i < 10 else 50.0 for i in range(N)]
    x = [0.0 if i == 20 else 500.0 if i == 21 else 8.0 for i in range(N)]
    y[20] = 0.0
    plane = by_coordinates(register(tmp_path, {"lat": (Role.NUMBER, y), "lon": (Role.NUMBER, x)}), EVERYBODY)
    assert plane is not None
    assert set(EVERYBODY) - set(plane.companies) == {*range(10), 20, 21}
    assert plane.note == "12 companies without coordinates are left out."


def test_columns_that_only_sound_alike_or_are_mostly_empty_are_no_coordinates(tmp_path: Path) -> None:
    flat = np.full(N, 50.0)
    assert (
        by_coordinates(
            register(tmp_path, {"plate": (Role.NUMBER, flat), "salon": (Role.NUMBER, flat)}), EVERYBODY
        )
        is None
    )
    empty = [None] * (N - 10) + [50.0] * 10
    assert (
        by_coordinates(
            register(tmp_path, {"lat": (Role.NUMBER, empty), "lon": (Role.NUMBER, flat)}), EVERYBODY
        )
        is None
    )


def test_what_differs_most_is_separated(tmp_path: Path) -> None:
    columns = {
        "employees": (Role.NUMBER, np.exp(3 * SIDE + 0.3 * noise(0))),
        "revenue": (Role.NUMBER, np.exp(4 * SIDE + 0.3 * noise(1))),
        "region": (Role.REGION, np.where(SIDE, "North", "South").tolist()),
        "luck": (Role.NUMBER, noise(2)),
    }
    plane = by_likeness(register(tmp_path, columns), EVERYBODY)
    assert plane is not None
    low, high = plane.x[SIDE == 0], plane.x[SIDE == 1]
    assert low.max() < high.min() or high.max() < low.min()
    assert "luck" not in plane.axes[0]
    assert plane.axes[1].startswith("mostly luck")
    assert np.abs(np.corrcoef(plane.x, plane.y)[0, 1]) < 1e-3
    assert not plane.geographic


def test_what_is_missing_is_filled_in_from_the_rest(tmp_path: Path) -> None:
    size = noise(3)
    some = np.random.default_rng(20).random(N) < 0.4
    hidden = [None if gone else float(np.exp(value)) for gone, value in zip(some, size, strict=True)]
    columns = {"a": (Role.NUMBER, np.exp(size + 0.05 * noise(4))), "b": (Role.NUMBER, np.exp(size + 0.05 * noise(5))),
               "c": (Role.NUMBER, hidden), "d": (Role.NUMBER, np.exp(noise(6)))}  # fmt: skip
    plane = by_likeness(register(tmp_path, columns), EVERYBODY)
    assert plane is not None
    assert np.abs(np.corrcoef(plane.x[some], size[some])[0, 1]) > 0.9
    assert np.abs(plane.x[some].std() / plane.x[~some].std() - 1) < 0.3


def test_dates_and_flags_take_part_and_a_giant_does_not_flatten_the_others(tmp_path: Path) -> None:
    employees = np.exp(noise(7))
    employees[0] = 1e12
    columns = {
        "employees": (Role.NUMBER, employees),
        "founded": (Role.DATE, pa.array((SIDE * 9000).astype(np.int32)).cast(pa.date32())),
        "exporter": (Role.BOOLEAN, (SIDE == 1).tolist()),
    }
    plane = by_likeness(register(tmp_path, columns), EVERYBODY)
    assert plane is not None
    assert "founded" in plane.axes[0]
    assert np.abs(plane.y).max() < 6 * plane.y[1:].std()


def test_without_two_columns_that_differ_there_is_no_plane(tmp_path: Path) -> None:
    flat = {"a": (Role.NUMBER, np.ones(N)), "b": (Role.NUMBER, noise(8)), "c": (Role.TEXT, ["x"] * N)}
    assert make_plane(register(tmp_path, flat), cohort(N, 3), EVERYBODY[5:9], 0) is None
    empty = {"a": (Role.NUMBER, pa.nulls(N, pa.float64())), "b": (Role.CATEGORY, pa.nulls(N, pa.string()))}
    assert make_plane(register(tmp_path, empty), cohort(N, 3), EVERYBODY[5:9], 0) is None


def test_the_sample_has_every_lead_and_no_more_than_can_be_drawn() -> None:
    leads = np.arange(5_000, 5_500, dtype=np.int32)
    drawn = sample(cohort(10_000, 2_000), leads, seed=1)
    assert len(drawn) == MOST
    assert len(np.unique(drawn)) == MOST
    assert set(leads) <= set(drawn)
    assert MOST_CLIENTS <= (drawn < 2_000).sum() < 2_000
    assert drawn.tolist() == sample(cohort(10_000, 2_000), leads, seed=1).tolist()


def test_a_small_register_is_drawn_whole() -> None:
    assert sample(cohort(N, 10), EVERYBODY[20:30], seed=0).tolist() == EVERYBODY.tolist()
