"""What the benchmarks count: rates and their bounds, which finding meets which fault, and the judge apart."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

from retouch.edit import EditRequest
from retouch.errors import CancelledError
from retouch.geometry import Box
from retouch.interfaces.demo.page import demo_face
from retouch.interfaces.demo.painter import paint
from retouch.interfaces.demo.recipe import PaintedPage, Recipe

sys.path.insert(0, str(Path(__file__).parent.parent.parent))

from benchmarks.finding import Mark, Tally, count, meets
from benchmarks.independent import glyph, reads, ruler, stray
from benchmarks.pages import BenchPage, faces, recipe, text_for, withheld
from benchmarks.rates import Rate
from benchmarks.repair import Saboteur

WORDS = "天朗氣清惠風和暢仰觀宇宙"


class Unwatched:
    def progress(self, fraction: float) -> None:
        assert 0 <= fraction <= 1

    def raise_if_cancelled(self) -> None:
        return


class Stopped(Unwatched):
    def raise_if_cancelled(self) -> None:
        raise CancelledError("stop")


@pytest.fixture(scope="module")
def page() -> PaintedPage:
    faults = {2: "similar:人", 5: "blurred", 9: "erased"}
    return paint(Recipe(WORDS, demo_face(), seed=1, size=60, per_line=6, faults=faults))


def test_a_rate_and_its_upper_bound() -> None:
    assert Rate(3, 4).value == 0.75
    assert Rate(1, 4) + Rate(2, 6) == Rate(3, 10)
    # Wilson's score interval by hand: z²/(n + z²) for no hit, with z = 1.6449.
    assert Rate(0, 300).upper == pytest.approx(2.7057 / 302.7057, rel=1e-3)
    assert Rate(150, 300).upper == pytest.approx(0.5472, abs=1e-3)
    assert np.isnan(Rate(0, 0).value)


def test_a_finding_meets_the_fault_it_covers(page: PaintedPage) -> None:
    fault = page.faults[0]
    assert meets(Mark(fault.box, 0, ""), fault)
    assert meets(Mark(fault.box.grown(8), 0, ""), fault)
    assert not meets(Mark(fault.box.moved(2 * fault.box.width, 0), fault.index, ""), fault)
    assert meets(Mark(None, fault.index, ""), fault)
    assert not meets(Mark(None, fault.index + 1, ""), fault)


def test_hits_misses_and_false_alarms_are_counted(page: PaintedPage) -> None:
    right = next(c for c in page.characters if c.fault is None)
    tally = Tally()
    marks = [Mark(page.faults[0].box, 2, "wrong"), Mark(page.faults[1].box, 5, ""), Mark(right.box, right.index, "")]
    count(tally, BenchPage("kai", page), marks, judged=True)
    assert tally.recall(["similar"]) == 1.0
    assert tally.recall(["erased"]) == 0.0
    assert tally.recall(tally.planted) == pytest.approx(2 / 3)
    assert tally.precision == pytest.approx(2 / 3)
    assert tally.by_hand["kai"] == [3, 2, 1]


def test_the_independent_judge_tells_right_glyphs_from_faults(page: PaintedPage) -> None:
    scale = ruler(page)
    other = page.characters[2]
    assert stray(glyph(page.rgb, other.box), scale.face, other.wanted or "") > 2 * scale.reach
    right = [c for c in page.characters if c.fault is None]
    within = [stray(glyph(page.rgb, c.box), scale.face, c.wanted or "") <= scale.reach for c in right]
    assert np.mean(within) > 0.85
    assert np.mean(reads(page.rgb, [c.box for c in right], [c.wanted or "" for c in right])) > 0.85
    assert not reads(page.rgb, [other.box], [other.wanted or ""])[0]


def test_the_saboteur_draws_what_it_says(page: PaintedPage) -> None:
    saboteur, fault = Saboteur(page), page.faults[0]
    frame = fault.box.grown(30).clamped(Box(0, 0, page.rgb.shape[1], page.rgb.shape[0]).size)
    mask = np.zeros((frame.height, frame.width), dtype=bool)
    mask[fault.box.grown(6).relative_to(frame).slices] = True
    canvas = np.ascontiguousarray(page.rgb[frame.slices])
    request = EditRequest(canvas, canvas, mask, fault.box.relative_to(frame), "replace", "", target=fault.wanted)
    results = [saboteur.edit(request, Unwatched()) for _ in range(40)]
    said = [str(result.effective["script"]) for result in results]
    assert 0.5 < np.mean([word == "right" for word in said]) < 0.9
    assert len(set(said)) > 3
    right = paint(Recipe(WORDS, demo_face(), seed=1, size=60, per_line=6)).rgb[frame.slices]
    for result, word in zip(results, said, strict=True):
        assert np.array_equal(result.pixels[~mask], canvas[~mask])
        assert np.array_equal(result.pixels[mask], right[mask]) == (word == "right")
    with pytest.raises(CancelledError):
        saboteur.edit(request, Stopped())


def test_the_family_of_a_page_is_withheld_with_its_twins() -> None:
    face = demo_face()
    rest = {other.family for other in withheld(face)}
    assert face.family not in rest
    assert rest


def test_pages_differ_and_their_text_can_be_drawn() -> None:
    hands = faces()
    assert hands, "no face of the benchmarks is installed"
    (one, first), (_, second) = recipe(0, 0), recipe(0, 1)
    assert one in hands
    assert first.text != second.text
    assert len(text_for(first.face, 700, np.random.default_rng(0))) == 700
