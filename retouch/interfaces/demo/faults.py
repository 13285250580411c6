"""Faults as image models make them, planted into one glyph: what is drawn instead, and how much ink that changes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from retouch.errors import UsageError
from retouch.interfaces.demo import damage, exchange
from retouch.interfaces.demo.brush import Ink, Surface, outline
from retouch.interfaces.demo.lookalikes import lookalikes
from retouch.style import Face

KINDS = (
    "similar",
    "doubled",
    "foreign-component",
    "wrong-component",
    "missing-stroke",
    "erased",
    "melted",
    "blurred",
)
LEAST_SHARE = 0.08
"""A fault changes at least this part of the right glyph's ink."""
_TRIES = 8


@dataclass(frozen=True, slots=True, eq=False)
class Flaw:
    """`ink` is drawn instead of the right glyph, `surface` happens to it after it is written, `shows` is the character
    that a reader sees (None where there is none), `share` the changed ink over the right glyph's ink. A `kind` of None
    is no fault."""

    kind: str | None
    ink: Ink
    shows: str | None
    share: float
    surface: Surface | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Subject:
    """The glyph to be spoilt: `right` is its ink at `size` px an em, `detail` what the recipe asks for by name."""

    char: str
    previous: str | None
    face: Face
    size: int
    right: Ink
    rng: np.random.Generator
    detail: str = ""


def plant(fault: str, char: str, previous: str | None, face: Face, size: int, rng: np.random.Generator) -> Flaw:
    """Spoil `char`. `fault` is one of KINDS, or `kind:detail`: `similar:入` names the character that is drawn instead,
    `wrong-component:旨>日` the component and what stands in its place.

    Raises UsageError where the character cannot have this fault (no previous character, no component, …) or where the
    fault would change less than LEAST_SHARE of its ink.
    """
    kind, _, detail = fault.partition(":")
    if kind not in _PLANTERS:
        raise UsageError(f"fault {fault!r} is unknown; choose one of {', '.join(KINDS)}")
    subject = Subject(char, previous, face, size, outline(face, char, size), rng, detail)
    for _ in range(_TRIES):
        flaw = _PLANTERS[kind](subject)
        if flaw is not None and flaw.share >= LEAST_SHARE:
            return flaw
    raise UsageError(f"fault {fault!r} cannot be planted in {char!r}: no variant changes {LEAST_SHARE:.0%} of its ink")


def can_plant(fault: str, char: str, previous: str | None, face: Face, size: int, rng: np.random.Generator) -> bool:
    """True if `plant` would succeed with the same arguments."""
    try:
        plant(fault, char, previous, face, size, rng)
    except UsageError:
        return False
    return True


def changed_share(right: Ink, drawn: Ink) -> float:
    """Ink that differs over the right glyph's ink; 2 is another glyph of the same weight that nowhere meets it."""
    return float(np.abs(right - drawn).sum() / max(float(right.sum()), 1e-6))


def _flaw(kind: str, subject: Subject, ink: Ink | None, shows: str | None) -> Flaw | None:
    if ink is None:
        return None
    return Flaw(kind, ink, shows, changed_share(subject.right, ink))


def _similar(subject: Subject) -> Flaw | None:
    if subject.detail:
        return _flaw("similar", subject, outline(subject.face, subject.detail, subject.size), subject.detail)
    near = lookalikes(subject.char, subject.face)
    # Only likenesses that leave enough of a difference: 己 and 已 differ by less than the least share.
    drawn = [(char, outline(subject.face, char, subject.size)) for char in near]
    visible = [(char, ink) for char, ink in drawn if changed_share(subject.right, ink) >= 1.5 * LEAST_SHARE]
    if not visible:
        return None
    char, ink = visible[int(subject.rng.integers(min(3, len(visible))))]
    return _flaw("similar", subject, ink, char)


def _doubled(subject: Subject) -> Flaw | None:
    if subject.previous is None or subject.previous == subject.char:
        return None
    return _flaw("doubled", subject, outline(subject.face, subject.previous, subject.size), subject.previous)


def _foreign_component(subject: Subject) -> Flaw | None:
    ink = exchange.foreign(subject.char, subject.face, subject.size, subject.rng)
    return _flaw("foreign-component", subject, ink, None)


def _wrong_component(subject: Subject) -> Flaw | None:
    ink = exchange.wrong(subject.char, subject.face, subject.size, subject.rng, subject.detail)
    return _flaw("wrong-component", subject, ink, None)


def _missing_stroke(subject: Subject) -> Flaw | None:
    return _flaw("missing-stroke", subject, damage.without_stroke(subject.right, subject.rng), None)


def _erased(subject: Subject) -> Flaw | None:
    return _flaw("erased", subject, damage.erased(subject.right, subject.rng), None)


def _surface(kind: str, subject: Subject, surface: Surface) -> Flaw:
    """A fault of the finished ink; its share is measured on the clean outline."""
    drawn = surface(subject.right, np.random.default_rng(0))
    return Flaw(kind, subject.right, None, changed_share(subject.right, drawn), surface)


def _melted(subject: Subject) -> Flaw | None:
    return _surface("melted", subject, damage.melt(subject.right, subject.rng))


def _blurred(subject: Subject) -> Flaw | None:
    return _surface("blurred", subject, damage.blur(subject.size, subject.rng))


_PLANTERS: dict[str, Callable[[Subject], Flaw | None]] = {
    "similar": _similar,
    "doubled": _doubled,
    "foreign-component": _foreign_component,
    "wrong-component": _wrong_component,
    "missing-stroke": _missing_stroke,
    "erased": _erased,
    "melted": _melted,
    "blurred": _blurred,
}
