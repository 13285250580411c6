"""Bringing what was read on a page together with what should stand there, character by character."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import Levenshtein

from retouch.writing.variants import Relation, Script, fold_text, relation, script_of

Opcode = tuple[str, int, int, int, int]
"""`tag, wanted start, wanted stop, read start, read stop`; tag is equal, replace, delete or insert."""

# An end of the reference as short as this is taken for missing on the page, not for lying outside it: a page may
# well lose its first or last few characters, and a part of a work seldom stops that near the end.
SHORT_END = 4

# A match this short between two gaps may be a chance match of a frequent character (之, 以).
ISLAND = 3


@dataclass(frozen=True, slots=True)
class Pair:
    """One place of the alignment: positions in the wanted and in the read text, None where one has no match.

    `relation` is `different` where either is None.
    """

    wanted_index: int | None
    read_index: int | None
    relation: Relation


def plain(text: str) -> str:
    """The characters that count: NFKC, then letters (kana and Han are letters) and digits; all else is dropped.

    Idempotent. Positions in `align` and in the proofreader count in this form.
    """
    kept = "".join(char for char in unicodedata.normalize("NFKC", text) if _counts(char))
    # What was separated may compose now (Hangul letters round a dropped mark).
    return "".join(char for char in unicodedata.normalize("NFKC", kept) if _counts(char))


def align(wanted: str, read: str) -> tuple[Pair, ...]:
    """Every character of both texts once, in order; both must be `plain`.

    Least edits over folded characters, so that variants align as equals. Where a character is doubled or dropped in a
    run of its like (以以), the texts cannot say which copy it was: the last one is named.
    """
    script = script_of(wanted)
    pairs: list[Pair] = []
    for code in _opcodes(fold_text(wanted), fold_text(read)):
        pairs.extend(_pairs(code, wanted, read, script))
    return tuple(pairs)


def span(wanted: str, read: str) -> tuple[int, int]:
    """Which part of the reference a page holds: `(start, stop)` in `wanted`; both texts must be `plain`.

    The part with the least edits against all that was read. An end outside it of less than `SHORT_END` characters
    still belongs to the page, and so does everything if nothing was read.
    """
    if not read or not wanted:
        return 0, len(wanted)
    folded, seen = fold_text(wanted), fold_text(read)
    stop = _best_stop(folded, seen, anchored=False)
    start = stop - _best_stop(folded[:stop][::-1], seen[::-1], anchored=True)
    return (0 if start < SHORT_END else start), (len(wanted) if len(wanted) - stop < SHORT_END else stop)


def similarity(wanted: str, read: str) -> float:
    """Share of characters that match over the longer of two plain texts, variants folded; 0 to 1."""
    return float(Levenshtein.normalized_similarity(fold_text(wanted), fold_text(read)))


def _counts(char: str) -> bool:
    return unicodedata.category(char)[0] in "LN"


def _pairs(code: Opcode, wanted: str, read: str, script: Script | None) -> list[Pair]:
    tag, start, stop, first, last = code
    if tag == "delete":
        return [Pair(i, None, "different") for i in range(start, stop)]
    if tag == "insert":
        return [Pair(None, j, "different") for j in range(first, last)]
    both = zip(range(start, stop), range(first, last), strict=True)
    return [Pair(i, j, relation(wanted[i], read[j], script)) for i, j in both]


def _opcodes(wanted: str, read: str) -> list[Opcode]:
    """Levenshtein opcodes with each gap at the end of a run of its like, and chance matches between gaps closed up."""
    edits = Levenshtein.opcodes(wanted, read)
    codes = [(str(e.tag), e.src_start, e.src_end, e.dest_start, e.dest_end) for e in edits]
    codes = _exchanged(_slid(_closed(codes, wanted, read), wanted, read), wanted, read)
    return [code for code in codes if code[1] < code[2] or code[3] < code[4]]


def _closed(codes: Sequence[Opcode], wanted: str, read: str) -> list[Opcode]:
    """Where a short match stands between two gaps of one kind and would as well match at the second gap's end, move
    it there: one longer gap is likelier than two with a chance match between."""
    out: list[Opcode] = []
    for code in codes:
        out.append(code)
        while len(out) >= 3 and (joined := _joined(out[-3], out[-2], out[-1], wanted, read)):
            out[-3:] = joined
    return out


def _joined(before: Opcode, island: Opcode, after: Opcode, wanted: str, read: str) -> list[Opcode] | None:
    length = island[2] - island[1]
    if island[0] != "equal" or length > ISLAND or before[0] != after[0] or before[0] not in ("delete", "insert"):
        return None
    (i, j), (stop, last) = (before[1], before[3]), (after[2], after[4])
    match = wanted[island[1] : island[2]] if before[0] == "delete" else read[island[3] : island[4]]
    if not (wanted[:stop] if before[0] == "delete" else read[:last]).endswith(match):
        return None
    gap: Opcode = (before[0], i, stop - length, j, last - length)
    return [gap, ("equal", stop - length, stop, last - length, last)]


def _slid(codes: Sequence[Opcode], wanted: str, read: str) -> list[Opcode]:
    """Each gap followed by a match slides right while its first character equals the one behind it."""
    out = list(codes)
    for k in range(len(out) - 1):
        (tag, a, b, c, d), (after, _, stop, _, last) = out[k], out[k + 1]
        if after != "equal" or tag not in ("delete", "insert"):
            continue
        shift = _run(wanted, a, b, stop) if tag == "delete" else _run(read, c, d, last)
        head: Opcode = ("equal", a, a + shift, c, c + shift)
        gap: Opcode = (tag, a + shift, b + shift, c + shift, d + shift)
        out[k], out[k + 1] = gap, ("equal", b + shift, stop, d + shift, last)
        if shift:
            out[k : k + 1] = [head, gap]
            return [*out[: k + 2], *_slid(out[k + 2 :], wanted, read)]
    return out


def _exchanged(codes: Sequence[Opcode], wanted: str, read: str) -> list[Opcode]:
    """Two neighbours in each other's place are two wrong characters rather than one missing and one too many."""
    out = list(codes)
    for k in range(len(out) - 2):
        (first, a, _, c, _), (middle, *_), (last, _, b, _, d) = out[k : k + 3]
        gaps = (first, middle, last) in (("insert", "equal", "delete"), ("delete", "equal", "insert"))
        if gaps and b - a == d - c == 2 and wanted[a:b] == read[c:d][::-1]:
            out[k : k + 3] = [("replace", a, b, c, d), ("equal", b, b, d, d), ("equal", b, b, d, d)]
    return out


def _run(text: str, start: int, stop: int, end: int) -> int:
    """How far the gap `start:stop` of `text` can slide right before `end` without a change of what remains."""
    shift = 0
    while stop + shift < end and text[start + shift] == text[stop + shift]:
        shift += 1
    return shift


def _best_stop(wanted: str, read: str, anchored: bool) -> int:
    """Where in `wanted` an alignment of all of `read` ends with the least edits; the longest such part.

    `anchored`: it must begin at 0, else anywhere. One row of the edit distance per character read, O(len²) in C.
    """
    letters = np.frombuffer(wanted.encode("utf-32-le"), np.uint32)
    ramp = np.arange(len(wanted) + 1, dtype=np.int64)
    row: NDArray[np.int64] = ramp.copy() if anchored else np.zeros_like(ramp)
    for char in read:
        step = np.empty_like(row)
        step[0] = row[0] + 1
        step[1:] = np.minimum(row[:-1] + (letters != ord(char)), row[1:] + 1)
        # Deletions run along the row: the least of every earlier cell plus its distance.
        row = np.minimum.accumulate(step - ramp) + ramp
    return int(len(wanted) - np.argmin(row[::-1]))
