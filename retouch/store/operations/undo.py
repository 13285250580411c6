"""Undo: which move of a branch still stands."""

from __future__ import annotations

from collections.abc import Iterable

from retouch.version import Move

UNDO = "undo"
"""Moves whose reason is this word, or begins with it, take back what came before them."""


def standing(moves: Iterable[Move]) -> Move | None:
    """The newest move of one branch that no later undo has taken back; `moves` are the newest first.

    An undo took back all moves that stood then, from the newest to the one that had left its target.
    """
    taken_back_to: list[str | None] = []
    for move in moves:
        if move.reason.split(" ", 1)[0] == UNDO:
            taken_back_to.append(move.target)
        elif not taken_back_to:
            return move
        elif move.origin == taken_back_to[-1]:
            taken_back_to.pop()
    return None
