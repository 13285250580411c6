"""The typesetter: takes the old ink away and writes the wanted text as its neighbours are written; needs no model."""

from __future__ import annotations

import time
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from retouch.edit import RGB, Cost, EditRequest, EditResult, NativeCanvas, Reference, Traits
from retouch.editors import component, exemplar
from retouch.editors.background import Mask
from retouch.editors.foreground import Foreground, separate
from retouch.editors.lettering import CLIPPED, Setting, best_shift, clipped, draw, smooth_noise
from retouch.editors.look import Look, colour_field, look_of
from retouch.editors.placement import is_blurred, old_box, place
from retouch.editors.typeface import choose
from retouch.errors import EditorError
from retouch.geometry import Box, Size
from retouch.patch import mask_box
from retouch.protocols import Watch
from retouch.style import Face
from retouch.writing.metrics import FAINT, Ink, inner

RUNGS = ("exemplar", "font", "font-2", "font-3", "component")
_TRIES = 12
_SMALLER = 0.96
_MARGIN = 0.4
"""How much of the mask's longer side is looked at round it."""
_LEAST_MARGIN = 24
_VISIBLE = 0.004
"""Coverage of one grey level of 255."""


@dataclass(frozen=True, slots=True, eq=False)
class Drawing:
    """The new ink (float32, canvas size) and how it came about."""

    ink: Ink
    effective: dict[str, object]
    notes: tuple[str, ...]


class TypesetEditor:
    """Replaces text inside the mask. The same request gives the same bytes.

    Rungs: `exemplar` copies a good glyph of the page, `font` draws the best-fitting face, `font-2` and `font-3` the
    next designs, `component` redraws only `options["component_box"]` (canvas pixels). Options: `angle` of the line in
    degrees clockwise.
    """

    def __init__(self, faces: Sequence[Face] | None = None) -> None:
        self._faces = tuple(faces) if faces is not None else None

    @property
    def traits(self) -> Traits:
        return Traits(
            canvas=NativeCanvas(),
            modes=("crop", "mask"),
            operations=("replace", "insert"),
            references=100,
            rungs=RUNGS,
        )

    def edit(self, request: EditRequest, watch: Watch) -> EditResult:
        """The canvas with the target written; EditorError without a target or a face that draws it."""
        started = time.perf_counter()
        text = (request.target or "").strip()
        if not text:
            raise EditorError(f"typeset: step at {request.box} has no target text; name what shall stand there")
        if not request.mask.any():
            raise EditorError(f"typeset: the mask of box {request.box} is empty; nothing may be changed there")
        near, frame = _near(request)
        single = near.box if len(text) == 1 else None
        seen = separate(near.canvas, near.mask, near.style, single, float(request.options.get("angle", 0.0)))
        watch.raise_if_cancelled()
        look = look_of(near, seen)
        drawing = self._drawn(text, near, seen, look)
        ink = drawing.ink
        if near.rung == "component":
            seen, ink = component.restrict(near, seen, ink)
        pixels = request.canvas.copy()
        pixels[frame.slices] = _painted(near, seen, look, ink)
        cost = Cost(seconds=time.perf_counter() - started)
        return EditResult(pixels, effective=drawing.effective, cost=cost, notes=drawing.notes)

    def _drawn(self, text: str, request: EditRequest, seen: Foreground, look: Look) -> Drawing:
        notes: tuple[str, ...] = ()
        if request.rung == "exemplar":
            copies = exemplar.usable(text, request.references)
            if copies:
                return _copied(copies, request, seen, look)
            notes = (f"the page has no other good {text!r} to copy; a font was used",)
        face, passed = choose(text, request, seen, look, self._faces)
        settings = place(text, face, request, seen, look)
        return _fitted(settings, look, request.mask, _rng_seed(request), (*notes, *passed))


def _near(request: EditRequest) -> tuple[EditRequest, Box]:
    """The request cut down to the mask and what is near it, and where that lies on the canvas."""
    box = mask_box(request.mask)
    whole = Size(request.mask.shape[1], request.mask.shape[0])
    frame = box.grown(max(_LEAST_MARGIN, round(_MARGIN * max(box.width, box.height)))).clamped(whole)
    options = dict(request.options)
    if "component_box" in options:
        options["component_box"] = Box(*options["component_box"]).relative_to(frame).as_list()
    canvas = np.ascontiguousarray(request.canvas[frame.slices])
    return replace(
        request,
        canvas=canvas,
        shown=canvas,
        mask=np.ascontiguousarray(request.mask[frame.slices]),
        box=request.box.relative_to(frame),
        options=options,
    ), frame


def _copied(copies: Sequence[Reference], request: EditRequest, seen: Foreground, look: Look) -> Drawing:
    old = old_box(seen)
    angle = float(request.options.get("angle", 0.0))
    place = old if not old.empty else request.box
    sized = not is_blurred(seen, look)
    ink, chosen = exemplar.copy(copies, place, angle, look, request.mask, _rng_seed(request), sized)
    where = chosen.box.as_list() if chosen.box else None
    return Drawing(ink, {"rung": "exemplar", "exemplar": where}, ())


def _fitted(settings: tuple[Setting, ...], look: Look, mask: Mask, seed: int, notes: tuple[str, ...]) -> Drawing:
    """Draw, and where ink would be clipped move it inside the mask, then make it smaller, until none is."""
    size = Size(mask.shape[1], mask.shape[0])
    shrunk = 1.0
    for _ in range(_TRIES):
        ink = draw(settings, look, size, np.random.default_rng(seed))
        if clipped(ink, mask) <= CLIPPED:
            break
        reach = max(2, round(0.06 * settings[0].em))
        dx, dy, loss = best_shift(ink, mask, reach)
        settings = tuple(s.moved(dx, dy) for s in settings)
        if loss <= CLIPPED:
            continue
        centre = (float(np.mean([s.x for s in settings])), float(np.mean([s.y for s in settings])))
        settings = tuple(s.scaled(_SMALLER, centre) for s in settings)
        shrunk *= _SMALLER
    face = settings[0].face
    effective = {"rung": "font", "face": face.family, "file": face.path, "index": face.index, "em": settings[0].em}
    if shrunk < 1:
        notes = (*notes, f"made {100 * (1 - shrunk):.0f} % smaller to fit the region")
    return Drawing(ink, effective, notes)


def _rng_seed(request: EditRequest) -> int:
    key = f"{request.seed}|{request.target}|{request.rung}|{request.box}"
    return zlib.crc32(key.encode())


def _painted(request: EditRequest, seen: Foreground, look: Look, ink: Ink) -> RGB:
    """The old ink replaced by background, the new ink laid on it; nothing outside the mask is touched."""
    seed, mask = _rng_seed(request), request.mask
    old = seen.old_ink(mask, relief=request.style is None)
    clean = seen.emptied(request.canvas, old, page=request.style is not None, seed=seed)
    cover = np.where(mask, textured(ink, look, np.random.default_rng(seed + 1)), 0)
    colour = np.array(look.ink, np.float32) if request.style else colour_field(seen, request.canvas)
    share = cover[..., None]
    mixed = clean.astype(np.float32) * (1 - share) + colour * share
    changed = old | (cover > _VISIBLE)
    out = request.canvas.copy()
    out[changed] = np.clip(np.rint(mixed[changed]), 0, 255).astype(np.uint8)
    return out


def textured(ink: Ink, look: Look, rng: np.random.Generator) -> Ink:
    """The ink with the look's darkness, its pools and its grain."""
    side = max(ink.shape)
    # The blur of its edges takes some darkness from the middle of a thin stroke; it is given back.
    drawn = float(ink[inner(ink, look.stroke)].mean()) if ink.max() >= FAINT else 1.0
    cover = ink * (look.darkness / drawn)
    if look.pooling > _VISIBLE:
        pool = smooth_noise(rng, side, max(3, side // 12))[: ink.shape[0], : ink.shape[1]]
        cover = cover * (1 + look.pooling * pool)
    if look.grain > _VISIBLE:
        cover = cover + ink * look.grain * rng.standard_normal(ink.shape).astype(np.float32)
    return np.asarray(np.clip(cover, 0, 1), np.float32)
