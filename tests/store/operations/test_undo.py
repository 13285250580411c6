"""Which move of a branch an undo takes back."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from retouch.store.operations.undo import standing
from retouch.version import Move


def _move(origin: str | None, target: str | None, reason: str = "edit") -> Move:
    return Move(branch="main", origin=origin, target=target, reason=reason, author="a", created="now")


IMPORT, ONE, TWO = _move(None, "A", "import"), _move("A", "B"), _move("B", "C")
MADE, GONE = _move(None, "A", "branch"), _move("B", None, "delete")


@pytest.mark.parametrize(
    ("oldest_first", "stands"),
    [
        ([], None),
        ([IMPORT], IMPORT),
        ([IMPORT, ONE, TWO], TWO),
        ([IMPORT, ONE, TWO, _move("C", "B", "undo edit")], ONE),
        ([IMPORT, ONE, TWO, _move("C", "B", "undo edit"), _move("B", "A", "undo edit")], IMPORT),
        ([IMPORT, ONE, TWO, _move("C", "A", "undo run")], IMPORT),
        ([IMPORT, ONE, _move("B", "A", "undo edit"), TWO], TWO),
        ([IMPORT, ONE, TWO, _move("C", "B", "undo edit"), _move("B", "A", "rollback"), _move("A", "B", "undo")], ONE),
        ([MADE, ONE, GONE], GONE),
        ([MADE, ONE, GONE, _move(None, "B", "undo delete")], ONE),
        ([MADE, ONE, GONE, _move(None, "B", "undo delete"), _move("B", "A", "undo edit")], MADE),
        ([MADE, _move("A", None, "undo branch")], None),
        ([MADE, ONE, GONE, _move(None, "C", "branch"), _move("C", None, "undo branch")], GONE),
        ([IMPORT, _move("A", "B", "undone is another word")], _move("A", "B", "undone is another word")),
    ],
)
def test_the_newest_move_that_was_not_taken_back_stands(oldest_first: list[Move], stands: Move | None) -> None:
    assert standing(reversed(oldest_first)) == stands


def test_no_more_of_the_log_is_read_than_is_needed() -> None:
    read: list[Move] = []

    def log() -> Iterator[Move]:
        for move in [TWO, ONE, IMPORT]:
            read.append(move)
            yield move

    assert standing(log()) == TWO
    assert read == [TWO]
