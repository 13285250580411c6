"""The text that a picture should read: given in a file, on standard input or literally, or recognised from the page."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

from retouch.errors import TextError
from retouch.picture import Picture
from retouch.plan import Goal
from retouch.settings import load as load_settings
from retouch.style import Direction
from retouch.writing import corpus
from retouch.writing.alignment import plain

AUTO = "auto"
_LITERAL = "literal:"
_FORMS = "give a UTF-8 file, - for standard input, literal:TEXT, or auto"

Reader = Callable[[], str]
"""Reads a page: the characters in reading order."""


def load_reference(
    ref: str, picture: Picture | None = None, folder: Path | None = None, read: Reader | None = None
) -> tuple[str | None, str | None]:
    """The text that `ref` names (`REF` of the command line) and where it came from.

    `auto` reads the `picture` (or calls `read`) and looks the work up in the corpus and in `folder`, by default the
    one of the settings. A work that is not recognised is no error, it gives `(None, "auto")`: what a page shows can
    be judged in itself. TextError for a file that is missing, empty or not UTF-8.
    """
    if ref == AUTO:
        if read is None and picture is not None:
            read = page_reader(picture)
        found = recognise(read(), folder) if read is not None else None
        return (found.text, found.source) if found else (None, AUTO)
    if ref.startswith(_LITERAL):
        return _checked(ref.removeprefix(_LITERAL), "literal"), "literal"
    if ref == "-":
        return _checked(_standard_input(), "standard input"), "standard input"
    return _checked(_file(Path(ref)), f"text {ref}"), ref


def recognise(text: str, folder: Path | None = None) -> corpus.Recognised | None:
    """The work of the corpus that a page shows, from what was read on it; None when unsure."""
    return corpus.recognise(text, corpus.works(folder or load_settings().corpus))


def with_reference(goal: Goal, picture: Picture) -> Goal:
    """The goal with its text recognised from the picture, if none was given and the corpus knows it."""
    if goal.reference is not None:
        return goal
    reference, source = load_reference(AUTO, picture, read=page_reader(picture, goal.direction))
    return goal.model_copy(update={"reference": reference, "reference_source": source})


def page_reader(picture: Picture, direction: Direction | None = None) -> Reader:
    """Reads the lines of a picture one after another."""

    def read() -> str:
        from retouch.writing.layout import find_layout

        return "".join(line.reads for line in find_layout(picture.srgb(), direction).lines)

    return read


def _standard_input() -> str:
    try:
        return sys.stdin.buffer.read().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise TextError(f"standard input: not UTF-8 ({error.reason} at byte {error.start})", hint=_FORMS) from error


def _file(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError as error:
        raise TextError(f"text {path}: no such file", hint=_FORMS) from error
    except UnicodeDecodeError as error:
        raise TextError(f"text {path}: not UTF-8 ({error.reason} at byte {error.start})", hint=_FORMS) from error
    except OSError as error:
        raise TextError(f"text {path}: cannot be read ({error.strerror})", hint=_FORMS) from error


def _checked(text: str, name: str) -> str:
    if not plain(text):
        raise TextError(f"{name}: holds no letter, digit or Han character", hint=_FORMS)
    return text
