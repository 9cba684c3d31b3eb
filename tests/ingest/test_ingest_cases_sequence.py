"""Sequences of events before a cut: against pandas, blind to what comes later, and kept beside the features."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from made_events import AS_OF, OPTIONS, file_of, order, orders

from graphlead.core.cases import Cases
from graphlead.core.errors import CarrierError
from graphlead.ingest.cases.events.build import Events, read_again, read_events
from graphlead.ingest.cases.events.sequence import DAYS, STEPS
from graphlead.ingest.cases.files import load_cases, save_cases

SOURCES = ("the purchases", "product", "the amounts", "the returns", "tickets")


def dense(seed: int = 0) -> pd.DataFrame:
    """Orders of whom some come back to the shop, some of them with returns."""
    table = orders(seed=seed)
    table.loc[::7, "amount"] *= -1
    return table


def tickets() -> pd.DataFrame:
    draw = np.random.default_rng(3)
    days = [(AS_OF - timedelta(days=int(each))).isoformat() for each in draw.integers(-20, 200, 150)]
    return pd.DataFrame(
        {"customer_id": [f"K{each:02}" for each in draw.integers(0, 40, 150)], "opened_on": days}
    )


def read(folder: Path, table: pd.DataFrame) -> Events:
    return read_events([file_of(folder, table), file_of(folder, tickets(), "tickets.csv")], OPTIONS)


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Events:
    return read(tmp_path_factory.mktemp("events"), dense())


def by_pandas(cases: Cases) -> np.ndarray:
    """The sequences once more: (n, STEPS, 5)."""
    bought, opened = dense(), tickets()
    found = np.zeros((len(cases), STEPS, 5))
    for row, (customer, cut) in enumerate(zip(cases.ids, cases.day, strict=True)):
        for table, day, place in ((bought, "order_date", 0), (opened, "opened_on", 4)):
            own = table[table["customer_id"] == customer]
            ago = (pd.Timestamp(cut) - pd.to_datetime(own[day])).dt.days
            for step in range(STEPS):
                end = DAYS * (STEPS - 1 - step)
                rows = own[(ago > end) & (ago <= end + DAYS)]
                if place:
                    found[row, step, place] = len(rows)
                    continue
                kept = rows[rows["amount"] > 0]
                values = (
                    kept[day].nunique(),
                    kept["product"].nunique(),
                    kept["amount"].sum(),
                    len(rows) - len(kept),
                )
                found[row, step, :4] = values
    return np.log1p(found)


def test_sequences_are_those_that_pandas_counts(found: Events) -> None:
    cases = found.cases.rows(np.arange(0, len(found.cases), 7))
    assert cases.sequence is not None
    assert cases.channels == SOURCES
    assert cases.sequence.dtype == np.float32
    np.testing.assert_allclose(cases.sequence, by_pandas(cases), rtol=1e-6)
    assert (cases.sequence.max(axis=(0, 1)) > 0).all()


def test_nothing_on_the_day_or_later_reaches_a_sequence(found: Events, tmp_path: Path) -> None:
    before = found.cases
    later = pd.concat([dense(), *(order("K03", AS_OF + timedelta(days=n)) for n in (0, 1, 50))])
    after = read(tmp_path / "b", later).cases
    assert before.sequence is not None
    assert after.sequence is not None
    assert before.sequence.tobytes() == after.sequence.tobytes()
    earlier = np.sort(np.unique(before.day))[0].astype(object)
    planted = read(tmp_path / "c", pd.concat([dense(), order("K03", earlier)])).cases
    assert planted.sequence is not None
    first = planted.day == np.datetime64(earlier)
    assert planted.sequence[first].tobytes() == before.sequence[first].tobytes()
    assert planted.sequence[~first].tobytes() != before.sequence[~first].tobytes()


def test_shuffled_rows_give_the_same_sequences(found: Events, tmp_path: Path) -> None:
    one, other = found.cases, read(tmp_path, dense().sample(frac=1, random_state=1)).cases
    assert one.sequence is not None
    assert other.sequence is not None
    np.testing.assert_array_equal(one.ids, other.ids)
    np.testing.assert_allclose(one.sequence, other.sequence, rtol=1e-6)


def test_newer_events_are_read_into_the_same_sequences(found: Events, tmp_path: Path) -> None:
    file_of(tmp_path, dense())
    file_of(tmp_path, tickets(), "tickets.csv")
    again = read_again([tmp_path / "orders.csv", tmp_path / "tickets.csv"], found.layout, AS_OF).cases
    opened = found.cases.rows(~found.cases.known)
    assert again.channels == opened.channels
    np.testing.assert_array_equal(again.sequence, opened.sequence)
    stacked = found.cases.rows(found.cases.known).stacked(again)
    np.testing.assert_array_equal(stacked.sequence[-len(again) :], again.sequence)  # type: ignore[index]


def test_cases_keep_their_sequences(found: Events, tmp_path: Path) -> None:
    cases = found.cases
    assert cases.sequence is not None
    save_cases(cases, tmp_path / "kept")
    kept = load_cases(tmp_path / "kept")
    assert kept.channels == cases.channels
    np.testing.assert_array_equal(kept.sequence, cases.sequence)
    some = cases.rows(np.array([3, 1]))
    np.testing.assert_array_equal(some.sequence, cases.sequence[[3, 1]])
    fewer = cases.without(["the amounts", "tickets"])
    assert fewer.channels == ("the purchases", "product", "the returns")
    np.testing.assert_array_equal(fewer.sequence, cases.sequence[:, :, [0, 1, 3]])
    none = cases.without(SOURCES)
    assert none.sequence is None
    assert none.channels == ()


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"channels": ()}, "5 channels, one at least"),
        ({"sequence": None}, "no channels without a sequence"),
        ({"sequence": np.full((1, 2, 5), np.nan, np.float32)}, "a finite sequence"),
        ({"sequence": np.zeros((1, 2, 5))}, "a float32 sequence of three axes"),
        ({"sequence": np.zeros((2, 2, 5), np.float32)}, "sequence of 1 rows"),
    ],
)
def test_a_sequence_that_does_not_fit_is_refused(
    found: Events, change: dict[str, object], expected: str
) -> None:
    case = found.cases.rows(np.array([0]))
    with pytest.raises(CarrierError, match=expected):
        replace(case, **change)  # type: ignore[arg-type]
