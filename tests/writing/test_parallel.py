from __future__ import annotations

import threading

import pytest

from retouch.writing.parallel import WORKERS, both, in_parallel


@pytest.mark.parametrize("count", [0, 1, 3, 4, 50])
def test_results_come_in_the_order_of_the_items(count: int) -> None:
    assert in_parallel(lambda number: number * number, list(range(count))) == [n * n for n in range(count)]


def test_many_items_are_shared_among_threads() -> None:
    barrier = threading.Barrier(WORKERS, timeout=10)
    names = in_parallel(lambda _: (barrier.wait(), threading.get_ident())[1], range(2 * WORKERS))
    assert len(set(names)) == WORKERS


def test_an_error_is_not_swallowed() -> None:
    with pytest.raises(ZeroDivisionError):
        in_parallel(lambda number: 1 // number, [1, 2, 0, 4, 5])


def test_two_pieces_of_work_give_what_they_give_alone() -> None:
    assert both(lambda: 6 * 7, lambda: "page") == (42, "page")


def test_what_one_of_two_raises_is_raised() -> None:
    with pytest.raises(ZeroDivisionError):
        both(lambda: 1 // 0, lambda: "page")
