"""What a command prints: JSON or words on standard output, everything else on standard error."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from retouch.errors import RetouchError

if TYPE_CHECKING:
    from rich.console import Console

_CELL_LIMIT = 160
"""Characters of one table cell; longer text is for `--json`."""
_KEPT_WHOLE, _NARROWEST = 16, 12
"""Columns of a terminal: cells up to the first are not folded, longer ones to no fewer than the second."""
_BETWEEN = 3
"""Columns between two cells."""
_PLAIN = str.maketrans("│├╰╯╮┬┴┼─●○◆✓✗…·×", "||\\/\\+++-*o#v!.-x")
"""ASCII for what tree and tables are drawn with."""


def console(stderr: bool = False) -> Console:
    """Rich's console; text is printed as it is, since what stands in a picture may look like markup."""
    from rich.console import Console

    return Console(stderr=stderr, markup=False, highlight=False, emoji=False, soft_wrap=True)


def print_json(data: Mapping[str, Any]) -> None:
    """One JSON object on one line, in UTF-8, escaped where standard output is not."""
    utf8 = (sys.stdout.encoding or "").lower().replace("-", "") == "utf8"
    sys.stdout.write(json.dumps(data, ensure_ascii=not utf8, default=str) + "\n")
    sys.stdout.flush()


def print_error(error: RetouchError, *, as_json: bool) -> None:
    """The error in words on standard error; with `as_json` its JSON on standard output, too."""
    if as_json:
        print_json({"error": {"type": type(error).__name__, "message": str(error), "hint": error.hint}})
    say(f"error: {error}")
    if error.hint:
        say(f"hint: {error.hint}")


def say(text: str) -> None:
    """A line on standard error: news, warnings, errors."""
    print(text, file=sys.stderr, flush=True)


def print_words(*lines: str) -> None:
    """Lines on standard output for a person; where it cannot show a character, its nearest in ASCII."""
    encoding = sys.stdout.encoding or "utf-8"
    for line in lines:
        try:
            print(line)
        except UnicodeEncodeError:
            print(line.translate(_PLAIN).encode(encoding, "replace").decode(encoding))


def printable(text: str) -> str:
    """Text of a picture, a plan or a model in one line: what would steer the terminal is shown as its code."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in " ".join(text.split()))


def print_table(headings: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """A table for a person on standard output; a column without any text is left out. Lines are folded on a terminal
    only, and nowhere to columns too narrow to be read."""
    from rich import box
    from rich.cells import cell_len
    from rich.table import Table
    from rich.text import Text

    cells = [[shortened(cell) for cell in row] for row in rows]
    told = [number for number in range(len(headings)) if not cells or any(row[number] for row in cells)]
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    out, narrowest = console(), 0
    for number in told:
        # Short cells stay whole, so that an id or a box can be copied; sentences are folded.
        longest = max((cell_len(row[number]) for row in cells), default=0)
        least = longest if longest <= _KEPT_WHOLE or not out.is_terminal else _NARROWEST
        narrowest += max(least, cell_len(headings[number])) + _BETWEEN
        table.add_column(headings[number], overflow="fold", no_wrap=longest <= _KEPT_WHOLE, min_width=least)
    for row in cells:
        table.add_row(*(Text(row[number]) for number in told))
    out.width = max(narrowest, out.width)
    with out.capture() as drawn:  # printed here, as Rich ends the process where a pipe was closed
        out.print(table)
    print_words(*(line.rstrip() for line in drawn.get().rstrip("\n").split("\n")))


def shortened(value: object) -> str:
    """A cell's text; nothing for None."""
    text = "" if value is None else printable(str(value))
    return text if len(text) <= _CELL_LIMIT else text[: _CELL_LIMIT - 1] + "…"


def short_id(version: str | None) -> str:
    """The first eight digits of a version's id, enough to name it."""
    return (version or "")[:8]
