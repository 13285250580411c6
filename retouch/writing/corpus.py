"""Works whose text is known by heart: which of them a page shows, and which part of it."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from retouch.errors import TextError
from retouch.writing.alignment import Pair, align, plain, similarity, span
from retouch.writing.variants import fold_text, relation, script_of, simplified

# Of another text of this kind at most 8 % of the characters fall in place by chance (measured on passages of 60
# characters between the works of the corpus), so a half is far from chance; a badly read cursive page reaches it.
SURE_SHARE = 0.5
SURE_CHARACTERS = 8
# A heading read on the page must agree with a known one by this much.
HEADING = 0.6


@dataclass(frozen=True, slots=True)
class Edition:
    """One wording of a work: name and characters (`plain`); `modern` if simplified pages are written after it."""

    name: str
    text: str
    modern: bool = False


@dataclass(frozen=True, slots=True)
class Work:
    """A work of the corpus. `text` holds only the characters that count, of the edition named; `count` is their
    number. `others` are further editions, `headings` the titles under which it is written; `checked` says how it was
    vouched for."""

    title: str
    author: str
    edition: str
    text: str
    count: int
    checked: str = ""
    others: tuple[Edition, ...] = ()
    headings: tuple[str, ...] = ()

    @property
    def editions(self) -> tuple[Edition, ...]:
        return (Edition(self.edition, self.text), *self.others)


@dataclass(frozen=True, slots=True)
class Recognised:
    """A page's part of a work: `text` is what it should read, in the page's orthography, its heading included if the
    page has one; `start:stop` the part of the edition; `confidence` the share of read characters in place, 0 to 1."""

    work: Work
    edition: str
    text: str
    start: int
    stop: int
    confidence: float

    @property
    def source(self) -> str:
        """How a report names it."""
        part = "" if self.stop - self.start == self.work.count else f", characters {self.start + 1} to {self.stop}"
        return f"{self.work.title} ({self.edition}){part}"


def works(folder: Path | None = None) -> tuple[Work, ...]:
    """The built-in works, and those of a person's own folder: UTF-8 `.txt` files, one work each, optionally with a
    `.toml` of the same name that gives title, author and edition. TextError for a file that is no such text."""
    return (*_built_in(), *_own(folder)) if folder is not None else _built_in()


def recognise(read: str, known: Sequence[Work]) -> Recognised | None:
    """The work that a page shows, from what was read on it; None when unsure.

    It may be noisy, a part of the work, simplified or traditional. Sure is: at least half of what was read falls in
    place, at least `SURE_CHARACTERS`, and no other work comes half as near.
    """
    read = plain(read)
    found = [best for work in known if (best := _best_edition(read, work)) is not None]
    found.sort(key=lambda fit: fit.share, reverse=True)
    if not found or found[0].share < SURE_SHARE or found[0].matched < SURE_CHARACTERS:
        return None
    if len(found) > 1 and found[1].share > found[0].share / 2 and found[1].work.text != found[0].work.text:
        return None
    return _recognised(read, found[0])


@dataclass(frozen=True, slots=True)
class _Fit:
    """How well an edition fits what was read; `pairs` count within `start:stop` of it."""

    work: Work
    edition: Edition
    start: int
    stop: int
    pairs: tuple[Pair, ...]
    matched: int
    equal: int
    share: float


def _best_edition(read: str, work: Work) -> _Fit | None:
    """The edition that fits best; where what was read does not tell, the first, or on a simplified page the modern."""
    if not read or not _worth_aligning(read, work.text):
        return None
    fits = [_fit(read, work, edition) for edition in work.editions]
    best = max((fit.matched, fit.equal) for fit in fits)
    level = [fit for fit in fits if (fit.matched, fit.equal) == best]
    modern = [fit for fit in level if fit.edition.modern and script_of(read) == "simplified"]
    return (modern or level)[0]


def _worth_aligning(read: str, text: str) -> bool:
    """A quick look: a page of the work has a fair share of its characters, wherever they stand."""
    known = set(fold_text(text))
    return sum(char in known for char in fold_text(read)) >= len(read) * SURE_SHARE / 2


def _fit(read: str, work: Work, edition: Edition) -> _Fit:
    start, stop = span(edition.text, read)
    pairs = align(edition.text[start:stop], read)
    # What is read behind the last match is a signature or a seal rather than a run of wrong characters.
    last = max((p.wanted_index for p in pairs if p.relation != "different" and p.wanted_index is not None), default=-1)
    if stop < len(edition.text) and start + last + 2 < stop:
        stop = start + last + 1
        pairs = tuple(p for p in pairs if p.wanted_index is None or p.wanted_index < stop - start)
    matched = sum(pair.relation != "different" for pair in pairs)
    equal = sum(pair.relation == "equal" for pair in pairs)
    return _Fit(work, edition, start, stop, pairs, matched, equal, matched / len(read))


def _recognised(read: str, fit: _Fit) -> Recognised:
    text = _with_readings(read, fit)
    if fit.start == 0:
        text = _heading(read, fit) + text
    if script_of(read) == "simplified":
        text = simplified(text)
    return Recognised(fit.work, fit.edition.name, text, fit.start, fit.stop, fit.share)


def _with_readings(read: str, fit: _Fit) -> str:
    """The edition's part, with the reading of another edition wherever the page plainly shows that one."""
    text = list(fit.edition.text[fit.start : fit.stop])
    equals = [e.text for e in fit.work.editions if len(e.text) == len(fit.edition.text)]
    for pair in fit.pairs:
        if pair.wanted_index is None or pair.read_index is None or pair.relation == "equal":
            continue
        shown = [each[fit.start + pair.wanted_index] for each in equals]
        near = {relation(char, read[pair.read_index]): char for char in reversed(shown)}
        text[pair.wanted_index] = near.get("equal") or near.get("variant") or text[pair.wanted_index]
    return "".join(text)


def _heading(read: str, fit: _Fit) -> str:
    """The heading that stands on the page before the text, or nothing."""
    first = min((p.read_index for p in fit.pairs if p.read_index is not None and p.relation != "different"), default=0)
    ranked = [(similarity(heading, read[:first]), heading) for heading in fit.work.headings]
    share, heading = max(ranked, default=(0.0, ""))
    return heading if share >= HEADING else ""


@cache
def _built_in() -> tuple[Work, ...]:
    folder = files("retouch.writing") / "corpus"
    texts = sorted((entry for entry in folder.iterdir() if entry.name.endswith(".txt")), key=lambda entry: entry.name)
    return tuple(
        _work(
            entry.name.removesuffix(".txt"),
            entry.read_text(encoding="utf-8"),
            tomllib.loads((folder / entry.name.replace(".txt", ".toml")).read_text(encoding="utf-8")),
        )
        for entry in texts
    )


def _own(folder: Path) -> Iterable[Work]:
    if not folder.is_dir():
        raise TextError(f"corpus {folder}: no such folder; expected a folder of UTF-8 .txt files")
    for path in sorted(folder.glob("*.txt")):
        beside = path.with_suffix(".toml")
        try:
            about = tomllib.loads(beside.read_text(encoding="utf-8")) if beside.exists() else {}
            yield _work(path.stem, path.read_text(encoding="utf-8"), about, path)
        except UnicodeDecodeError as error:
            raise TextError(f"corpus {path}: not UTF-8 ({error.reason} at byte {error.start})") from error
        except tomllib.TOMLDecodeError as error:
            raise TextError(f"corpus {beside}: no valid TOML ({error})") from error


def _work(name: str, written: str, about: dict[str, Any], path: Path | None = None) -> Work:
    text = plain(written)
    if not text:
        raise TextError(f"corpus {path or name}: holds no characters; expected a text")
    return Work(
        title=about.get("title", name),
        author=about.get("author", ""),
        edition=about.get("edition", str(path or "")),
        text=text,
        count=len(text),
        checked=about.get("checked", "").strip(),
        others=tuple(
            Edition(other["edition"], _changed(text, other["changes"]), other.get("modern", False))
            for other in about.get("other", ())
        ),
        headings=tuple(about.get("headings", ())),
    )


def _changed(text: str, changes: Iterable[tuple[str, str]]) -> str:
    """The text with each phrase replaced; TextError unless it stands there exactly once."""
    for old, new in changes:
        if text.count(old) != 1:
            raise TextError(f"corpus: the phrase {old!r} stands {text.count(old)} times in the text, expected once")
        text = text.replace(old, new)
    return text
