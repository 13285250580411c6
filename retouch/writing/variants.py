"""Which written forms stand for the same character: equal, a variant, or different.

Three sources, in this order: the listed groups of `variants.txt`; OpenCC's regional standards (Taiwan, Hong Kong,
Japan), where the conversion goes back to where it came from; and OpenCC's simplification, which is directed. 後 is
written 后 in a simplified text, so a wanted 後 that is drawn 后 is a variant. A wanted 后 that is drawn 後 is one only
if the reference may be simplified: in a traditional reference 后 is a character of its own, the empress.
發 and 髮 share one simplified form and yet are different: neither is ever written for the other.
"""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from typing import Literal

Relation = Literal["equal", "variant", "different"]
Script = Literal["traditional", "simplified"]

# The unified ideographs of the basic plane; OpenCC's single-character tables start from these but for rare exceptions.
_HAN = "".join(chr(code) for span in (range(0x3400, 0x4DC0), range(0x4E00, 0xA000)) for code in span)
_REGIONS = (("t2tw", "tw2t"), ("t2hk", "hk2t"), ("t2jp", "jp2t"))


def fold(char: str) -> str:
    """One representative for all forms that may be related: coarse, for aligning and recognising; idempotent.

    It merges more than `relation` calls variants (發 and 髮 fold alike). Text that is no single character after NFKC
    comes back as its NFKC form.
    """
    char = _nfkc(char)
    return _tables().folded.get(char, char)


def fold_text(text: str) -> str:
    """`fold` of every character of a text that is already NFKC; the length stays."""
    folded = _tables().folded
    return "".join(folded.get(char, char) for char in text)


def relation(wanted: str, read: str, script: Script | None = None) -> Relation:
    """How the character `read` on the page stands to the `wanted` one.

    `script` is the orthography of the reference as far as it is known (`script_of`); None judges leniently, as though
    the reference might be simplified.
    """
    wanted, read = _nfkc(wanted), _nfkc(read)
    if wanted == read:
        return "equal"
    tables = _tables()
    one, other = tables.glyph.get(wanted, wanted), tables.glyph.get(read, read)
    if one == other or (one, other) in tables.narrowed:
        return "variant"
    own = script == "traditional" and wanted in tables.own
    return "variant" if (other, one) in tables.narrowed and not own else "different"


@lru_cache(maxsize=4096)
def forms(char: str) -> tuple[str, ...]:
    """Every character whose `relation` to the wanted `char` is equal or variant; `char` itself comes first."""
    char = _nfkc(char)
    tables = _tables()
    return (char, *(f for f in tables.members.get(fold(char), ()) if f != char and relation(char, f) != "different"))


def script_of(text: str) -> Script | None:
    """The orthography in which a text is written; None where none of its characters tells.

    A traditional text also holds characters that simplified ones write (后, 云), a simplified one holds no traditional
    ones; so as many of the latter as of the former mean traditional.
    """
    tables = _tables()
    traditional = sum(char in tables.traditional for char in text)
    simplified = sum(char in tables.simplified for char in text)
    if traditional == simplified == 0:
        return None
    return "traditional" if traditional >= simplified else "simplified"


def simplified(text: str) -> str:
    """The text with every traditional character in its simplified form; the length stays."""
    table = dict(_changed("t2s"))
    return "".join(table.get(char, char) for char in text)


@dataclass(frozen=True, slots=True)
class _Tables:
    """`glyph`: representative of the glyph variants of a character. `narrowed`: (character, form that some orthography
    also writes for it), as representatives. `own`: characters that a traditional text uses in a sense of their own.
    `folded`, `members`: the coarse classes. `traditional`, `simplified`: what only one orthography writes."""

    glyph: dict[str, str]
    narrowed: frozenset[tuple[str, str]]
    own: frozenset[str]
    folded: dict[str, str]
    members: dict[str, tuple[str, ...]]
    traditional: frozenset[str]
    simplified: frozenset[str]


class _Classes:
    """Union-find over characters; the representative is the one of the lowest code point."""

    def __init__(self) -> None:
        self._parent: dict[str, str] = {}

    def root(self, char: str) -> str:
        while (parent := self._parent.get(char, char)) != char:
            char = parent
        return char

    def join(self, one: str, other: str) -> None:
        low, high = sorted((self.root(one), self.root(other)))
        self._parent.setdefault(low, low)
        self._parent[high] = low

    def table(self) -> dict[str, str]:
        return {char: self.root(char) for char in self._parent}


@cache
def _tables() -> _Tables:
    groups, own, never = _listed("="), frozenset("".join(_listed(">"))), {frozenset(pair) for pair in _listed("!")}
    glyphs = _Classes()
    for group in (*groups, *_listed("~")):
        for char in group[1:]:
            glyphs.join(group[0], char)
    directed = set(_changed("t2s"))
    for there, back in _REGIONS:
        returning = dict(_changed(back))
        for char, form in _changed(there):
            if frozenset((char, form)) in never:
                continue
            if returning.get(form) == char and form not in own:
                glyphs.join(char, form)
            else:
                directed.add((char, form))
    narrowed = frozenset((glyphs.root(char), glyphs.root(form)) for char, form in directed)
    folded = _coarse(glyphs, narrowed)
    plain_forms = {form for char, form in _changed("t2s")}
    return _Tables(
        glyph=glyphs.table(),
        narrowed=narrowed,
        own=own,
        folded=folded,
        members=_members(folded),
        traditional=frozenset(char for char, _ in _changed("t2s")),
        simplified=frozenset(char for char, _ in _changed("s2t")) & plain_forms - own,
    )


def _coarse(glyphs: _Classes, narrowed: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Character → representative over glyph variants and directed pairs together."""
    classes = _Classes()
    for char, root in glyphs.table().items():
        classes.join(char, root)
    for one, other in narrowed:
        classes.join(one, other)
    return classes.table()


def _members(folded: dict[str, str]) -> dict[str, tuple[str, ...]]:
    gathered: dict[str, list[str]] = defaultdict(list)
    for char, root in folded.items():
        gathered[root].append(char)
    return {root: tuple(sorted(chars)) for root, chars in gathered.items()}


@cache
def _changed(config: str) -> tuple[tuple[str, str], ...]:
    """The single characters that an OpenCC configuration changes, with what it makes of them."""
    import opencc

    # A line break between the characters keeps phrase rules from joining them.
    made = opencc.OpenCC(config).convert("\n".join(_HAN)).split("\n")
    return tuple((char, form) for char, form in zip(_HAN, made, strict=True) if char != form)


def _listed(mark: str) -> tuple[str, ...]:
    """The groups of `variants.txt` in the lines that begin with `mark`."""
    return tuple(_groups(mark))


def _groups(mark: str) -> Iterator[str]:
    for line in _file().splitlines():
        if line.startswith(f"{mark} "):
            yield from line[2:].split()


@cache
def _file() -> str:
    return files("retouch.writing").joinpath("variants.txt").read_text(encoding="utf-8")


@lru_cache(maxsize=65536)
def _nfkc(char: str) -> str:
    return unicodedata.normalize("NFKC", char)
