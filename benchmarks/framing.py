"""What a region step does to pixels: the round trip through a canvas, and how far a model's own changes are undone.

    python benchmarks/framing.py [--cases N] [--seed S] [--json]

Four tables. *Identity*: random pictures, boxes, masks, modes and canvases with an editor that returns what it was
sent; pixels that changed outside and inside the region. *Harm*: a scripted editor moves, zooms or tints its canvas;
what is left on the ring is measured by tracking points there (pyramidal Lucas-Kanade) and by channel means, not by
Retouch's own estimate. *Ten rounds*: an editor that changes nothing on purpose but softens its canvas as an autoencoder
does (half the size and back, JPEG), ten times in one box, beside the same ten rounds on the whole picture. *Blank*:
writing in the box and one even colour round it, a third of it redrawn, the canvas harmed; what was kept is followed.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import cv2
import numpy as np
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).parent.parent))

from benchmarks.pages import pages
from benchmarks.rates import Rate
from retouch.edit import RGB, EditRequest, EditResult, FixedCanvas, NativeCanvas, Traits
from retouch.geometry import Box, Size
from retouch.orchestrator.call import Order, Reply, Share, prepare, take_back
from retouch.orchestrator.frame import choose
from retouch.orchestrator.ladder import RUNGS, Try
from retouch.orchestrator.registration import Registration, register
from retouch.orchestrator.roster import Hired
from retouch.orchestrator.workbench import Workbench
from retouch.picture import Picture
from retouch.plan import Mode, Step
from retouch.protocols import Watch
from retouch.region import Region

CANVASES = (NativeCanvas(), FixedCanvas(1024 * 1024, 32), FixedCanvas(512 * 512, 16), FixedCanvas(256 * 256, 32))
MODES: tuple[Mode, ...] = ("crop", "marked", "mask")
ROUNDS = 10
JPEG = 92
"""Quality of the JPEG round trip of the softening editor: its loss is about that of a diffusion model's autoencoder."""
POINTS = 200

Harm = Callable[[RGB], RGB]


@dataclass(frozen=True)
class Scripted:
    """An editor of these traits that returns its canvas as `harm` leaves it."""

    traits: Traits
    harm: Harm = lambda pixels: pixels.copy()

    def edit(self, request: EditRequest, watch: Watch) -> EditResult:
        return EditResult(self.harm(request.canvas))


@dataclass
class Left:
    """What is left on the ring for one harm: canvas pixels of movement, grey levels of tint."""

    cases: int = 0
    accepted: int = 0
    blank: int = 0
    """Of these: nothing on the ring by which movement could be seen."""
    shifts: list[float] = field(default_factory=list)
    tints: list[float] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)


def trip(bench: Workbench, region: Region, editor: Scripted, mode: Mode) -> tuple[Share, Reply]:
    """One call on one region, from the picture to the patch."""
    step = Step(id="s", operation="other", box=region.box, mode=mode, instruction="nothing")
    order = Order(step, region, Try(Hired("scripted", editor), RUNGS["first"]), seed=0)
    call = prepare(bench, [order])
    (reply,) = take_back(call, editor.edit(call.request, cast(Watch, None)))
    return call.shares[0], reply


def scenes(count: int, rng: np.random.Generator) -> Iterator[tuple[str, RGB]]:
    """Pages of calligraphy, pictures with structure of every size, and paper with a single line of writing."""
    painted = [bench.page.rgb for bench in pages(4, int(rng.integers(1000)))]
    for number in range(count):
        kind = ("page", "photo", "sparse")[number % 3]
        page = painted[int(rng.integers(len(painted)))]
        if kind == "photo":
            yield kind, photo(rng)
        elif kind == "page":
            yield kind, page
        else:
            bare = np.empty_like(page)
            bare[:] = np.median(page.reshape(-1, 3), axis=0)
            noise = rng.normal(0, 1.5, bare.shape)
            middle = page.shape[1] // 2
            bare[:, middle - 50 : middle + 50] = page[:, middle - 50 : middle + 50]
            yield kind, np.clip(bare + noise, 0, 255).astype(np.uint8)


def photo(rng: np.random.Generator) -> RGB:
    """Noise in octaves, each coarser one stronger: the spectrum of a photograph."""
    size = Size(900, 700)
    out = np.zeros((size.height, size.width, 3), np.float32)
    for octave in range(1, 8):
        small = rng.normal(size=(max(2, size.height >> octave), max(2, size.width >> octave), 3)).astype(np.float32)
        out += cv2.resize(small, (size.width, size.height), interpolation=cv2.INTER_CUBIC) * 1.5**octave
    low, high = np.percentile(out, [1, 99])
    return np.asarray(np.clip((out - low) / (high - low) * 235 + 10, 0, 255), np.uint8)


def a_region(size: Size, rng: np.random.Generator, masked: bool) -> Region:
    """A box anywhere in the picture; its mask an ellipse where it is to have one."""
    width, height = (int(rng.integers(30, min(260, side // 2))) for side in (size.width, size.height))
    box = Box(int(rng.integers(0, size.width - width)), int(rng.integers(0, size.height - height)), width, height)
    if not masked:
        return Region.whole(box)
    y, x = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j]
    return Region(box, x * x + y * y <= 1)


def identity(count: int, rng: np.random.Generator) -> dict[str, Rate]:
    """Calls that changed a pixel outside the region, and inside, of all; scaled canvases on their own."""
    found = {name: Rate(0, 0) for name in ("outside", "inside", "inside, scaled canvas")}
    for number, (_, rgb) in enumerate(scenes(count, rng)):
        picture, mode = _deepened(rgb, number), MODES[number % 3]
        canvas = CANVASES[int(rng.integers(len(CANVASES)))]
        region = a_region(picture.size, rng, mode == "mask")
        editor = Scripted(Traits(canvas, modes=MODES, exact=bool(number % 2)))
        share, reply = trip(Workbench(picture), region, editor, mode)
        assert reply.patch is not None
        changed = (reply.patch.apply(picture).pixels != picture.pixels).any(axis=2)
        inside = region.within(picture.box)
        found["outside"] += Rate(bool((changed & ~inside).any()), 1)
        found["inside"] += Rate(bool((changed & inside).any()), 1)
        if share.sent.frame.scaled:
            found["inside, scaled canvas"] += Rate(bool((changed & inside).any()), 1)
    return found


def _deepened(rgb: RGB, number: int) -> Picture:
    """Every fourth picture has 16 bits, every fourth is grey."""
    if number % 4 == 1:
        return Picture(rgb.astype(np.uint16) * 257 + np.uint16(number % 200))
    return Picture(rgb[:, :, :1].copy()) if number % 4 == 2 else Picture(rgb)


def warped(dx: float, dy: float, zoom: float = 1.0) -> Harm:
    """The canvas moved by so many pixels and zoomed about its centre."""

    def harm(pixels: RGB) -> RGB:
        height, width = pixels.shape[:2]
        warp = np.array([[zoom, 0, dx + width / 2 * (1 - zoom)], [0, zoom, dy + height / 2 * (1 - zoom)]])
        out = cv2.warpAffine(pixels, warp, (width, height), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
        return np.asarray(out, np.uint8)

    return harm


def tinted(gain: float, offsets: tuple[float, float, float]) -> Harm:
    """Every channel times `gain` plus its offset."""
    return lambda pixels: np.clip(pixels.astype(np.float32) * gain + offsets, 0, 255).astype(np.uint8)


def softened(pixels: RGB) -> RGB:
    """Half the size and back, then JPEG: what is lost in a model's autoencoder."""
    height, width = pixels.shape[:2]
    small = cv2.resize(pixels, (width // 2, height // 2), interpolation=cv2.INTER_AREA)
    back = cv2.resize(small, (width, height), interpolation=cv2.INTER_CUBIC)
    packed = cv2.imencode(".jpg", back, [cv2.IMWRITE_JPEG_QUALITY, JPEG])[1]
    return np.asarray(cv2.imdecode(packed, cv2.IMREAD_COLOR), np.uint8)


def _all(pixels: RGB) -> RGB:
    return tinted(0.97, (5, 2, -4))(warped(2.0, -1.5, 1.01)(softened(pixels)))


def _bent(pixels: RGB) -> RGB:
    """Upper and lower half slid apart: nothing that a move, a turn or a zoom undoes."""
    half = pixels.shape[0] // 2
    return np.concatenate([np.roll(pixels[:half], 4, 1), np.roll(pixels[half:], -6, 1)])


HARMS: dict[str, Harm] = {
    "shift 3 px": warped(3, 0),
    "shift 2.4, -1.7 px": warped(2.4, -1.7),
    "zoom 1 %": warped(0, 0, 1.01),
    "tint": tinted(0.96, (6, 3, -4)),
    "softened": softened,
    "all of these": _all,
    "halves slid apart": _bent,
}


def harmed(count: int, rng: np.random.Generator) -> dict[str, Left]:
    """What is left after registration and colour match."""
    found = {name: Left() for name in HARMS}
    for kind, rgb in scenes(count, rng):
        picture = Picture(rgb)
        region = a_region(picture.size, rng, masked=False)
        canvas = CANVASES[1 + int(rng.integers(3))]
        editor = Scripted(Traits(canvas, modes=MODES, exact=False))
        share, _ = trip(Workbench(picture), region, editor, "crop")
        sent, ring = share.sent.canvas, share.sent.ring
        for name, harm in HARMS.items():
            result = harm(sent)
            result[share.sent.canvas_mask] = 255 - result[share.sent.canvas_mask]  # what was asked for changed
            corrected, record = register(sent, result, ring, share.sent.canvas_mask)
            measure(found[name], f"{kind} {canvas} {region.box}", sent, corrected, ring, record)
    return found


def measure(left: Left, case: str, sent: RGB, corrected: RGB, ring: NDArray[np.bool_], record: Registration) -> None:
    """Add one case; what is left counts where the result was not rejected."""
    left.cases += 1
    if not record.good:
        return
    left.accepted += 1
    left.blank += not record.structured
    moves = tracked(sent, corrected, ring) if record.structured else np.zeros(0)
    tint = float(np.abs(corrected[ring].mean(axis=0) - sent[ring].mean(axis=0)).max())
    left.tints.append(tint)
    if moves.size:
        left.shifts.append(float(np.median(moves)))
        if left.shifts[-1] >= 0.5:
            left.missed.append(f"{case}: {left.shifts[-1]:.2f} px left of {record.shift}, zoom {record.zoom:.4f}")
    if tint >= 1:
        left.missed.append(f"{case}: {tint:.2f} grey levels left")


def blank(count: int, rng: np.random.Generator) -> dict[str, Left]:
    """Writing on paper of one even colour, a part of it redrawn and the canvas harmed: how far the rest is off then."""
    found = {name: Left() for name in list(HARMS)[:3]}
    for rgb in [rgb for kind, rgb in scenes(3 * count, rng) if kind == "page"]:
        region = a_region(Size(rgb.shape[1], rgb.shape[0]), rng, masked=False)
        inside, redrawn = region.within(Box(0, 0, rgb.shape[1], rgb.shape[0])), region.box
        paper = np.full_like(rgb, np.uint8(np.median(rgb)))
        paper[inside] = rgb[inside]
        third = Box(redrawn.x, redrawn.y, max(8, redrawn.width // 3), redrawn.height)
        editor = Scripted(Traits(CANVASES[1], modes=MODES, exact=False))
        sent = trip(Workbench(Picture(paper)), region, editor, "crop")[0].sent
        part = sent.frame.send_mask(Region.whole(third).within(sent.frame.inside))
        for name in found:
            result = sent.canvas.copy()
            result[part] = 255 - result[part]
            corrected, record = register(sent.canvas, HARMS[name](result), sent.ring, sent.canvas_mask)
            left = found[name]
            left.cases += 1
            left.accepted += record.good
            left.blank += not record.by_kept
            moves = tracked(sent.canvas, corrected, sent.canvas_mask & ~part)
            if record.good and record.by_kept and moves.size:
                left.shifts.append(float(np.median(moves)))
    return found


def tracked(sent: RGB, corrected: RGB, ring: NDArray[np.bool_]) -> NDArray[np.float64]:
    """How far corners on the ring have moved, in canvas pixels; points that could not be followed are left out."""
    inner = cv2.erode(ring.astype(np.uint8), np.ones((15, 15), np.uint8))
    greys = [cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY) for pixels in (sent, corrected)]
    points = cv2.goodFeaturesToTrack(greys[0], POINTS, 0.05, 8, mask=inner)
    if points is None or len(points) < 8:
        return np.zeros(0)
    window = {"winSize": (21, 21), "maxLevel": 2}
    there, ok, _ = cv2.calcOpticalFlowPyrLK(greys[0], greys[1], points, np.zeros_like(points), **cast(Any, window))
    moved = np.linalg.norm((there - points).reshape(-1, 2), axis=1)
    return np.asarray(moved[ok.ravel() == 1], np.float64)


def ten_rounds(count: int, rng: np.random.Generator) -> dict[str, list[list[float]]]:
    """Mean absolute difference from the first picture in grey levels by round, inside the box and outside, with
    compositing and, of the whole picture as the editor returns it, without."""
    found: dict[str, list[list[float]]] = {
        name: [] for name in ("inside", "outside", "inside, without", "outside, without")
    }
    editor = Scripted(Traits(CANVASES[1], modes=MODES, exact=False), softened)
    for _, rgb in scenes(count, rng):
        picture = Picture(rgb)
        region = a_region(picture.size, rng, masked=False)
        inside = region.within(picture.box)
        bench, plain = Workbench(picture), rgb
        rows: dict[str, list[float]] = {name: [] for name in found}
        for _ in range(ROUNDS):
            bench.start_batch()
            _, reply = trip(bench, region, editor, "crop")
            if reply.patch is not None and not reply.patch.empty:
                bench.keep(reply.patch)
            plain = fed_back(plain)
            for name, pixels in (("", bench.head.pixels), (", without", plain)):
                lost = np.abs(pixels.astype(np.int16) - rgb).mean(axis=2)
                rows[f"inside{name}"].append(float(lost[inside].mean()))
                rows[f"outside{name}"].append(float(lost[~inside].mean()))
        for name, values in rows.items():
            found[name].append(values)
    return found


def fed_back(rgb: RGB) -> RGB:
    """The whole picture through the editor and back to its size, as it is done by hand."""
    size = Size(rgb.shape[1], rgb.shape[0])
    frame = choose(Box(0, 0, size.width, size.height), size, CANVASES[1])
    return frame.bring_back(softened(frame.send(rgb)))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", type=int, default=120)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    rng = np.random.default_rng(options.seed)
    same, left = identity(options.cases, rng), harmed(options.cases // 2, rng)
    inner = blank(options.cases // 3, np.random.default_rng(options.seed))
    rounds = {name: np.mean(rows, axis=0) for name, rows in ten_rounds(max(3, options.cases // 10), rng).items()}
    if options.json:
        told = {
            "identity": {name: [rate.hits, rate.of] for name, rate in same.items()},
            "harm": {name: vars(one) for name, one in left.items()},
            "blank": {name: vars(one) for name, one in inner.items()},
            "rounds": {name: list(values) for name, values in rounds.items()},
        }
        sys.stdout.write(json.dumps(told) + "\n")
        return
    show(same, left, rounds)
    show_blank(inner)


def show(same: dict[str, Rate], left: dict[str, Left], rounds: dict[str, NDArray[np.float64]]) -> None:
    """The three tables."""
    say("| identity: calls that changed a pixel | |", "| --- | --- |")
    say(*(f"| {name} | {rate.hits} of {rate.of} |" for name, rate in same.items()), "")
    say("| harm | accepted | of these on a blank ring | px left, median case | px left, worst case | worst tint left |")
    say("| --- | --- | --- | --- | --- | --- |")
    for name, one in left.items():
        shift = [f"{of(one.shifts):.2f}" if one.shifts else "–" for of in (np.median, max)]
        tint = f"{max(one.tints):.2f}" if one.tints else "–"
        say(f"| {name} | {one.accepted} of {one.cases} | {one.blank} | {' | '.join(shift)} | {tint} |")
    shown = (1, 2, 3, 5, 10)
    say("", "| mean difference after round | " + " | ".join(map(str, shown)) + " |", "| --- " * (len(shown) + 1) + "|")
    for name, values in rounds.items():
        say(f"| {name} | " + " | ".join(f"{values[n - 1]:.2f}" for n in shown) + " |")
    for name, one in left.items():
        say(*(f"{name}: {line}" for line in one.missed))


def show_blank(inner: dict[str, Left]) -> None:
    """The table of blank rings."""
    say(
        "",
        "| harm, ring blank | accepted | of these not told | px left, median case | worst case |",
        "| --- " * 5 + "|",
    )
    for name, one in inner.items():
        shift = [f"{of(one.shifts):.2f}" if one.shifts else "–" for of in (np.median, max)]
        say(f"| {name} | {one.accepted} of {one.cases} | {one.blank} | {' | '.join(shift)} |")


def say(*lines: str) -> None:
    sys.stdout.write("".join(line + "\n" for line in lines))


if __name__ == "__main__":
    main()
