"""Work beside other work: at the same time where there is room, with its error raised where its result is asked for."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from threadpoolctl import threadpool_info, threadpool_limits

from graphlead.common import parallel
from graphlead.common.parallel import meanwhile, one_ahead, one_thread_each, side_by_side

ROOM, NONE_LEFT = 0, 2**62


@pytest.fixture(autouse=True)
def two_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parallel, "_cores", lambda: 2)


def test_the_work_runs_while_the_body_does() -> None:
    met = threading.Barrier(2, timeout=10)
    with meanwhile(met.wait, ROOM) as result:
        mine = met.wait()
        assert {mine, result()} == {0, 1}


@pytest.mark.parametrize("scarce", ["memory", "cores"])
def test_without_room_it_waits_until_it_is_asked_for(scarce: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if scarce == "cores":
        monkeypatch.setattr(parallel, "_cores", lambda: 1)
    order: list[str] = []
    with meanwhile(lambda: order.append("work"), NONE_LEFT if scarce == "memory" else ROOM) as result:
        order.append("body")
        result()
    assert order == ["body", "work"]


def test_an_error_of_the_work_is_raised_where_its_result_is_asked_for() -> None:
    with meanwhile(lambda: 1 // 0, ROOM) as result, pytest.raises(ZeroDivisionError):
        result()


def test_an_error_of_the_body_is_raised_when_the_work_is_done() -> None:
    done = threading.Event()
    with pytest.raises(KeyError), meanwhile(done.set, ROOM):
        raise KeyError
    assert done.is_set()


def test_one_result_is_worked_out_while_the_one_before_it_is_used() -> None:
    begun: list[int] = []

    def work(item: int) -> int:
        begun.append(item)
        return item * item

    def items() -> Iterator[int]:
        for item in range(5):
            assert len(begun) >= item - 1  # no item is asked for long before its turn
            yield item

    results = one_ahead(work, items())
    assert next(results) == 0
    assert begun[-1] <= 1
    assert list(results) == [1, 4, 9, 16]
    assert begun == [0, 1, 2, 3, 4]
    assert list(one_ahead(work, [])) == []


def test_an_error_ahead_is_raised_at_its_place() -> None:
    results = one_ahead(lambda item: 1 // item, [1, 0, 1])
    assert next(results) == 1
    with pytest.raises(ZeroDivisionError):
        next(results)


def most_threads() -> int:
    return max(each["num_threads"] for each in threadpool_info() if each["user_api"] == "blas")


@contextmanager
def asking_elsewhere() -> Iterator[None]:
    """Another thread asks for one thread each while the body runs."""
    began, done = threading.Event(), threading.Event()

    def other() -> None:
        with one_thread_each:
            began.set()
            done.wait(10)

    thread = threading.Thread(target=other)
    thread.start()
    assert began.wait(10)
    yield
    done.set()
    thread.join()


def test_libraries_have_one_thread_each_as_long_as_anybody_asks() -> None:
    with threadpool_limits(2):
        with one_thread_each:
            with asking_elsewhere():
                assert list(side_by_side(lambda _: most_threads(), range(3))) == [1, 1, 1]
            assert most_threads() == 1, "it was asked for here before"
        assert most_threads() == 2
