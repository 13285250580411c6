"""Lines of text on posters, signs and pages: does a box read as it should, or is the text gone?"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np

from retouch.edit import RGB
from retouch.errors import VerifierError
from retouch.geometry import Box
from retouch.picture import Picture
from retouch.plan import Step, TextGone, TextReads
from retouch.style import Direction
from retouch.verdict import Outcome, Verdict
from retouch.verifiers.character import CharacterJudge
from retouch.verifiers.reader import PageReading, read_page
from retouch.verifiers.second_look import in_square
from retouch.writing.alignment import align, plain
from retouch.writing.detector import Detector
from retouch.writing.hand import own_ink
from retouch.writing.ink import coverage
from retouch.writing.layout import Layout, Line, arranged
from retouch.writing.page import cleared
from retouch.writing.recogniser import ReadCharacter
from retouch.writing.variants import relation

SURE = 0.5
"""Probability of its least certain character from which a line counts as read."""

_ALIKE = str.maketrans({"l": "1", "I": "1", "|": "1", "O": "0", "o": "0"})
"""Letters and digits that many typefaces draw alike; the recogniser reads "Hello" as "He11o"."""

_CONTEXT = 0.4
"""How much round the box is looked at, as a share of its shorter side."""

_FOREIGN = 0.9
"""Probability from which a single Han glyph contradicts the line it stands in: lines are read as they should be."""

_WRITTEN = 0.5
"""Share of the box's former ink from which something is still written there."""


@dataclass(frozen=True, slots=True, eq=False)
class Look:
    """One reading of a box: the characters in it in reading order, and the layout of the surroundings they are from."""

    seen: tuple[ReadCharacter, ...]
    layout: Layout

    @property
    def text(self) -> str:
        return "".join(read.char for read in self.seen)

    @property
    def sureness(self) -> float:
        """Probability of the least certain character; 0 if nothing is read."""
        return min((read.probability for read in self.seen), default=0.0)


class TextVerifier:
    """Judges `text-reads` and `text-gone` by reading the step's box, character by character against what is wanted.

    Spaces do not count; punctuation does where the wanted text has any; l, 1 and I, O and 0 are equal; variants of a
    character count as the same. Without a box the whole picture is read and searched for the text.
    """

    name = "text"
    version = "1"

    def verify(self, before: Picture, after: Picture, step: Step) -> Verdict:
        """Judge the step's box in `after`; `before` tells how much ink stood there."""
        box = (step.box or after.box).clamped(after.size)
        if box.empty:
            raise VerifierError(f"step {step.id}: its box {step.box} lies outside the picture")
        wish = step.expectation
        if isinstance(wish, TextReads):
            return self._reads(after, box, wish.text, whole=step.box is None)
        if isinstance(wish, TextGone):
            return self._gone(before, after, box, wish.text)
        raise VerifierError(f"step {step.id}: the text verifier needs a text-reads or text-gone expectation")

    def _reads(self, after: Picture, box: Box, wanted: str, whole: bool) -> Verdict:
        looks = read_box(after, box)
        if whole and any(_form(wanted, wanted) in _form(look.text, wanted) for look in looks):
            return self._verdict(Outcome.PASS, 1.0, "the picture shows the text", wanted, looks)
        if not looks:
            return self._verdict(Outcome.UNSURE, 0.0, "nothing can be read there", wanted, looks)
        best = max(looks, key=lambda look: (matched(wanted, look.text), look.sureness))
        share = matched(wanted, best.text)
        if share < 1:
            reason = f"reads {best.text!r}, wanted {wanted!r}"
            outcome = Outcome.FAIL if best.sureness >= SURE or share < 0.5 else Outcome.UNSURE
            return self._verdict(outcome, share * 0.5, reason, wanted, looks)
        if best.sureness < SURE:
            return self._verdict(Outcome.UNSURE, best.sureness, "reads as wanted, but not surely", wanted, looks)
        foreign = _contradicted(after, box, wanted, best)
        if foreign:
            reason = f"as a line it reads as wanted, but alone {foreign}"
            return self._verdict(Outcome.FAIL, 0.3, reason, wanted, looks)
        return self._verdict(Outcome.PASS, best.sureness, "reads as wanted", wanted, looks)

    def _gone(self, before: Picture, after: Picture, box: Box, text: str) -> Verdict:
        looks = read_box(after, box)
        wanted = _form(text, text)
        if any(wanted in _form(look.text, text) for look in looks):
            return self._verdict(Outcome.FAIL, 0.0, f"still reads {text!r}", text, looks)
        nearest = max((_partly(text, look.text) for look in looks), default=0.0)
        if nearest > 0.5:
            return self._verdict(Outcome.UNSURE, 0.4, f"something like {text!r} is still there", text, looks)
        if not looks and _ink_left(before, after, box) > _WRITTEN:
            return self._verdict(Outcome.UNSURE, 0.4, "what stands there cannot be read", text, looks)
        return self._verdict(Outcome.PASS, 1.0 - nearest, f"{text!r} is not there", text, looks)

    def _verdict(self, outcome: Outcome, score: float, reason: str, wanted: str, looks: Sequence[Look]) -> Verdict:
        evidence: dict[str, Any] = {
            "wanted": wanted,
            "read": [{"text": look.text, "least": round(look.sureness, 4)} for look in looks],
        }
        return Verdict(
            verifier=self.name,
            version=self.version,
            outcome=outcome,
            score=float(np.clip(score, 0, 1)),
            reason=reason,
            evidence=evidence,
        )


def read_box(picture: Picture, box: Box) -> tuple[Look, ...]:
    """What stands in a box: read as one straight line, and by the lines detected there, lying and upright."""
    around = _around(picture, box)
    rgb, inner = picture.srgb(around), box.relative_to(around)
    quads = Detector.shared().lines(rgb)
    ways = [Direction.HORIZONTAL, Direction.VERTICAL_RL] if quads else []
    layouts = [_one_line(rgb, inner), *(arranged(rgb, quads, (), way) for way in ways)]
    looks = [Look(_inside(inner, layout), layout) for layout in layouts]
    return tuple(look for i, look in enumerate(looks) if look.text not in ["", *(other.text for other in looks[:i])])


def _one_line(rgb: RGB, box: Box) -> Layout:
    """The box taken for one line, along its longer side."""
    corners = [(box.x, box.y), (box.right, box.y), (box.right, box.bottom), (box.x, box.bottom)]
    way = Direction.VERTICAL_RL if box.height > 1.5 * box.width else Direction.HORIZONTAL
    return arranged(rgb, [np.array(corners, np.float32)], (), way)


def _inside(box: Box, layout: Layout) -> tuple[ReadCharacter, ...]:
    """The characters whose places lie inside the box."""
    return tuple(read for line in layout.lines for read in line.text if _holds(box, line, read))


def _holds(box: Box, line: Line, read: ReadCharacter) -> bool:
    begin = (line.quad[0] + line.quad[1 if line.direction.upright else 3]) / 2
    end = (line.quad[3 if line.direction.upright else 1] + line.quad[2]) / 2
    x, y = begin + (end - begin) * read.position
    return bool(box.x <= x < box.right and box.y <= y < box.bottom)


def matched(wanted: str, read: str) -> float:
    """Share of characters that are as wanted, of the longer of both texts; 1 only if the texts are the same."""
    one, two = _form(wanted, wanted), _form(read, wanted)
    if not one or not two:
        return float(one == two)
    same = sum(pair.relation != "different" for pair in align(one, two))
    return same / max(len(one), len(two))


def _form(text: str, wanted: str) -> str:
    """The text in the form in which it is compared: without spaces, and without punctuation if `wanted` has none."""
    form = "".join(unicodedata.normalize("NFKC", text).split())
    if plain(wanted) == "".join(unicodedata.normalize("NFKC", wanted).split()):
        form = plain(text)
    return form.translate(_ALIKE)


def _partly(text: str, read: str) -> float:
    """The greatest share of `text` that any stretch of `read` of its length shows."""
    one, two = _form(text, text), _form(read, text)
    stretches = [two[i : i + len(one)] for i in range(max(1, len(two) - len(one) + 1))]
    same = (sum(relation(a, b) != "different" for a, b in zip(one, part, strict=False)) for part in stretches)
    return max(same) / max(1, len(one))


def _contradicted(picture: Picture, box: Box, wanted: str, look: Look) -> str:
    """What a single glyph of Han text surely reads as although its line reads as wanted; empty if none contradicts.

    Letters and digits vary too much in width for their line to be cut between them with certainty.
    """
    if not all("\u3400" <= char <= "\u9fff" for char in plain(wanted)):
        return ""
    rgb = picture.srgb(_around(picture, box))
    return _foreign(read_page(cleared(rgb, coverage(rgb), look.layout), plain(wanted)))


def _foreign(reading: PageReading) -> str:
    cells = [cell for cell in reading.cells if cell.wanted]
    page = reading.page
    inks = [own_ink(page.ink, cell) for cell in cells]
    found = in_square(page, cells, CharacterJudge().identities(page.rgb, inks, cells))
    for cell, identity in zip(cells, found, strict=True):
        if identity.wanted < 0.1 and identity.reading.probability > _FOREIGN:
            return f"{cell.wanted} reads as {identity.reading.best}"
    return ""


def _ink_left(before: Picture, after: Picture, box: Box) -> float:
    """Ink in the box now as a share of what it was, measured by its edges, so that a plain patch has none."""
    then, now = (float(np.abs(cv2.Laplacian(p.srgb(box), cv2.CV_32F)).mean()) for p in (before, after))
    return now / then if then > 0 else 0.0


def _around(picture: Picture, box: Box) -> Box:
    return box.grown(max(8, round(_CONTEXT * min(box.width, box.height)))).clamped(picture.size)
