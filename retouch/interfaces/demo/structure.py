"""How common characters are built, for faults that exchange their parts: operator, parts, and who shares them."""

from __future__ import annotations

from collections import defaultdict
from functools import cache

from retouch.writing.decomposition import OPERATORS, sequence, sequences, split
from retouch.writing.variants import relation

Tree = str | tuple[str, tuple["Tree", ...]]
"""A component, or an operator of the ideographic description with its two or three parts."""


@cache
def tree(char: str) -> Tree:
    """The character's first level: itself where it is atomic or unknown."""
    described = sequence(char)
    return _read(described) if described else char


def _read(piece: str) -> Tree:
    if piece[0] not in OPERATORS:
        return piece
    operator, pieces = split(piece)
    return operator, tuple(_read(each) for each in pieces)


def written(node: Tree) -> str:
    """The description in one string."""
    return node if isinstance(node, str) else node[0] + "".join(written(part) for part in node[1])


@cache
def common() -> tuple[str, ...]:
    """Characters in daily use: the first levels of GB 2312 and Big5, about 7,500."""
    found = {bytes([a, b]).decode("gb2312", "ignore") for a in range(0xB0, 0xD8) for b in range(0xA1, 0xFF)}
    found |= {
        bytes([a, b]).decode("big5", "ignore")
        for a in range(0xA4, 0xC7)
        for b in (*range(0x40, 0x7F), *range(0xA1, 0xFF))
    }
    return tuple(sorted(char for char in found if is_han(char)))


def exists(described: str) -> bool:
    """True if some character, however rare, has this description."""
    return described in sequences()


@cache
def _shared() -> dict[tuple[str, int, str], tuple[str, ...]]:
    """(operator, position, part) → the common characters that have this part there."""
    out: dict[tuple[str, int, str], list[str]] = defaultdict(list)
    for char in common():
        node = tree(char)
        if not isinstance(node, str):
            for position, part in enumerate(node[1]):
                out[node[0], position, written(part)].append(char)
    return {key: tuple(chars) for key, chars in out.items()}


@cache
def siblings(char: str) -> tuple[str, ...]:
    """Common characters that differ from `char` in one part of the same layout, variants of it left out."""
    node = tree(char)
    if isinstance(node, str):
        return ()
    keys = [(node[0], position, written(part)) for position, part in enumerate(node[1])]
    found = {other for key in keys for other in _shared().get(key, ()) if other != char}
    return tuple(sorted(other for other in found if relation(char, other) == "different"))


@cache
def donors(operator: str, position: int) -> tuple[str, ...]:
    """Common characters with a part at this place of this layout."""
    return tuple(
        sorted({c for (op, at, _), chars in _shared().items() if (op, at) == (operator, position) for c in chars})
    )


@cache
def in_role(operator: str, position: int) -> tuple[str, ...]:
    """Components that are characters and stand at this place of this layout in at least three common characters."""
    roles = _shared().items()
    often = (part for (op, at, part), chars in roles if (op, at) == (operator, position) and len(chars) >= 3)
    return tuple(sorted(part for part in often if is_han(part)))


def is_han(text: str) -> bool:
    """True for one character of the main block of Chinese characters."""
    return len(text) == 1 and "\u4e00" <= text <= "\u9fff"
