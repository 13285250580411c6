from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import cv2
import numpy as np
import pytest

from retouch.edit import EditRequest, Reference
from retouch.editors.typeset import TypesetEditor
from retouch.errors import CancelledError, EditorError
from retouch.geometry import Box
from retouch.parts import create
from retouch.protocols import Editor
from retouch.spec import Spec
from retouch.writing import fonts
from retouch.writing.metrics import GlyphMetrics, glyph_box, measure

EDITOR = TypesetEditor()


def cover(pixels: Any, request: EditRequest) -> Any:
    """Coverage of the request's box by the style's own two colours."""
    assert request.style is not None
    ink, paper = (np.array(c, np.float32) for c in (request.style.ink, request.style.paper))
    along = (pixels.astype(np.float32) - paper) @ (ink - paper) / float((ink - paper) @ (ink - paper))
    along = cv2.GaussianBlur(np.where(request.mask, along, 0).astype(np.float32), (0, 0), 0.3)
    return np.clip(along, 0, 1)


def measured(pixels: Any, request: EditRequest) -> GlyphMetrics:
    return measure(cover(pixels, request))


def test_it_is_an_editor_that_the_registry_makes() -> None:
    editor = create("editors", Spec.parse("typeset"))
    assert isinstance(editor, Editor)
    assert editor.traits.rungs == ("exemplar", "font", "font-2", "font-3", "component")
    assert editor.traits.deterministic and editor.traits.exact
    assert "replace" in editor.traits.operations


def test_nothing_outside_the_mask_changes(page: Any, watch: Any) -> None:
    request = page.request(4, "山")
    done = EDITOR.edit(request, watch).pixels
    assert np.array_equal(done[~request.mask], page.rgb[~request.mask])
    assert not np.array_equal(done[request.mask], page.rgb[request.mask])
    assert done.dtype == np.uint8 and done.shape == page.rgb.shape


def test_the_same_request_gives_the_same_bytes(page: Any, watch: Any) -> None:
    request = page.request(4, "林", seed=3)
    first, second = (TypesetEditor().edit(request, watch) for _ in range(2))
    assert first.pixels.tobytes() == second.pixels.tobytes()
    assert dict(first.effective) == dict(second.effective)


def test_the_request_is_not_written_to(page: Any, watch: Any) -> None:
    canvas = page.rgb.copy()
    request = page.request(4, "山", canvas=canvas, shown=canvas)
    EDITOR.edit(request, watch)
    assert np.array_equal(canvas, page.rgb)


@pytest.mark.parametrize("char", "禊觞咸山一")
def test_a_new_glyph_measures_as_its_neighbours(char: str, page: Any, watch: Any) -> None:
    request = page.request(4, char)
    found, style = measured(EDITOR.edit(request, watch).pixels, request), page.style
    assert style.softness.holds(found.softness, 0.3)
    assert style.darkness.holds(found.darkness, 0.08)
    assert style.stroke.holds(found.stroke, 0.35 * style.stroke.median)
    assert found.width <= style.width.high * 1.1
    assert found.height <= style.height.high * 1.1


def test_the_pages_own_face_is_drawn_as_it_is(page: Any, watch: Any) -> None:
    request = page.request(4, page_text(4))
    again = cover(EDITOR.edit(request, watch).pixels, request)
    before = np.where(request.mask, page.ink, 0)
    assert np.corrcoef(again.ravel(), before.ravel())[0, 1] > 0.95


def page_text(position: int) -> str:
    return "永和九年春初會事也"[position]


def test_no_old_ink_is_left(page: Any, watch: Any) -> None:
    request = page.request(6, "一")
    done = cover(EDITOR.edit(request, watch).pixels, request)
    box = glyph_box(done)
    assert box.height < 30, "all that is left of 會 is the stroke of 一"


def test_a_glyph_is_made_smaller_rather_than_clipped(make_page: Callable[..., Any], watch: Any) -> None:
    page = make_page("永和九年 初會事也")
    request = page.request(4, "書", operation="insert")
    narrow = np.zeros_like(request.mask)
    narrow[request.box.grown(-12).slices] = True
    result = EDITOR.edit(replace(request, mask=narrow), watch)
    assert any("smaller" in note for note in result.notes)
    drawn, model = cover(result.pixels, request), fonts.render(page.face, "書", 64)
    here, there = glyph_box(drawn), glyph_box(model)
    assert here.width / here.height == pytest.approx(there.width / there.height, rel=0.08)
    like = np.corrcoef(
        cv2.resize(drawn[here.slices], (48, 48)).ravel(), cv2.resize(model[there.slices], (48, 48)).ravel()
    )
    assert like[0, 1] > 0.85


def test_a_neighbours_stroke_that_reaches_into_the_mask_is_kept(page: Any, watch: Any) -> None:
    canvas = page.rgb.copy()
    request = page.request(4, "山")
    stroke = np.s_[request.box.y - 40 : request.box.y + 4, request.box.x + 5 : request.box.x + 9]
    canvas[stroke] = page.style.ink
    done = EDITOR.edit(replace(request, canvas=canvas, shown=canvas), watch).pixels
    assert np.array_equal(done[stroke], canvas[stroke])


def test_a_cell_without_ink_is_filled(make_page: Callable[..., Any], watch: Any) -> None:
    page = make_page("永和九年 初會事也")
    request = page.request(4, "春", operation="insert")
    found = measured(EDITOR.edit(request, watch).pixels, request)
    assert page.style.height.holds(found.height, 0.15 * page.style.height.median)


@pytest.mark.parametrize(("colour", "paper"), [((250, 248, 240), (30, 40, 90)), ((190, 30, 40), (240, 236, 220))])
@pytest.mark.parametrize("styled", [True, False])
def test_light_on_dark_and_coloured_ink(
    colour: tuple[int, int, int],
    paper: tuple[int, int, int],
    styled: bool,
    make_page: Callable[..., Any],
    watch: Any,
) -> None:
    page = make_page(colour=colour, paper=paper)
    request = page.request(4, "林")
    style = page.style if styled else None
    done = EDITOR.edit(replace(request, style=style, source="春"), watch).pixels
    found = measured(done, request)
    assert found.darkness > 0.85
    assert page.style.height.holds(found.height, 0.25 * page.style.height.median)
    assert np.array_equal(done[~request.mask], page.rgb[~request.mask])


def test_the_background_goes_on(page: Any, watch: Any) -> None:
    request = page.request(4, "一")
    done = EDITOR.edit(request, watch).pixels.astype(np.float32)
    was_ink = request.mask & (page.ink > 0.5)
    free = was_ink & (cover(done, request) < 0.02)
    assert np.allclose(done[free].mean(axis=0), page.style.paper, atol=2)
    assert 1.0 < done[free].std(axis=0).mean() < 4.0, "grain of about 2 levels, neither smooth nor rough"


def reference(page: Any, position: int, char: str) -> Reference:
    box = page.box(position).grown(6)
    return Reference("exemplar", char, page.rgb[box.slices], ink=page.ink[box.slices].copy(), box=page.box(position))


def test_an_exemplar_is_copied_but_not_to_the_pixel(page: Any, watch: Any) -> None:
    request = page.request(4, "永", rung="exemplar", references=(reference(page, 0, "永"),))
    result = EDITOR.edit(request, watch)
    assert result.effective["rung"] == "exemplar"
    assert result.effective["exemplar"] == page.box(0).as_list()
    copy, model = cover(result.pixels, request), page.ink[page.box(0).grown(6).slices]
    here, there = glyph_box(copy), glyph_box(model)
    assert abs(here.width - there.width) <= 8 and abs(here.height - there.height) <= 8
    part = cv2.resize(copy[here.slices], (60, 60))
    like = cv2.resize(model[there.slices], (60, 60))
    assert 0.9 < np.corrcoef(part.ravel(), like.ravel())[0, 1] < 0.9999


def test_two_copies_of_one_exemplar_differ(page: Any, watch: Any) -> None:
    requests = [page.request(p, "永", rung="exemplar", references=(reference(page, 0, "永"),)) for p in (4, 5)]
    first, second = (cover(EDITOR.edit(r, watch).pixels, r)[r.box.grown(5).slices] for r in requests)
    assert np.abs(first - second).max() > 0.1


def test_without_an_exemplar_its_rung_takes_a_font_and_says_so(page: Any, watch: Any) -> None:
    result = EDITOR.edit(page.request(4, "林", rung="exemplar"), watch)
    assert result.effective["face"] == page.face.family
    assert any("no other good '林'" in note for note in result.notes)


def test_later_rungs_take_other_designs(page: Any, watch: Any) -> None:
    families = {
        rung: EDITOR.edit(page.request(4, "林", rung=rung), watch).effective["face"]
        for rung in ("font", "font-2", "font-3")
    }
    designs = {face.family for face in fonts.installed()}
    assert len(set(families.values())) == min(3, len(designs))


def test_a_face_without_the_glyph_is_passed_over(page: Any, watch: Any) -> None:
    lacking = next((f for f in fonts.installed() if not fonts.covers(f, "觞") and fonts.covers(f, "永")), None)
    if lacking is None:
        pytest.skip("every installed face draws 觞")
    style = replace(page.style, faces=(lacking, page.face))
    result = EDITOR.edit(page.request(4, "觞", style=style), watch)
    assert result.effective["face"] == page.face.family
    assert any(lacking.family in note and "觞" in note for note in result.notes)


def test_a_character_that_no_face_draws_is_named(page: Any, watch: Any) -> None:
    with pytest.raises(EditorError, match="\U0010fffe|U0010fffe"):
        EDITOR.edit(page.request(4, "\U0010fffe"), watch)


@pytest.mark.parametrize("target", [None, "", "  "])
def test_a_step_without_target_is_refused(target: str | None, page: Any, watch: Any) -> None:
    with pytest.raises(EditorError, match="no target text"):
        EDITOR.edit(page.request(4, target), watch)


def test_an_empty_mask_is_refused(page: Any, watch: Any) -> None:
    request = page.request(4, "山")
    with pytest.raises(EditorError, match="mask .* is empty"):
        EDITOR.edit(replace(request, mask=np.zeros_like(request.mask)), watch)


def test_a_blank_place_without_style_is_refused(watch: Any) -> None:
    blank = np.full((80, 80, 3), 200, np.uint8)
    request = EditRequest(
        blank, blank, np.ones((80, 80), np.bool_), Box(10, 10, 60, 60), "replace", "", target="山", rung="font"
    )
    with pytest.raises(EditorError, match="nothing is written"):
        EDITOR.edit(request, watch)


def test_a_user_can_stop_it(page: Any) -> None:
    class Stopping:
        def progress(self, fraction: float) -> None: ...

        def raise_if_cancelled(self) -> None:
            raise CancelledError("stopped")

    with pytest.raises(CancelledError):
        EDITOR.edit(page.request(4, "山"), Stopping())


def test_a_component_is_redrawn_and_the_rest_kept(page: Any, watch: Any) -> None:
    whole = EDITOR.edit(page.request(4, "林"), watch).pixels
    request = page.request(4, "林", canvas=whole, shown=whole, rung="component")
    box = glyph_box(cover(whole, request))
    half = [box.x - 5, box.y - 5, box.width // 2 + 3, box.height + 10]
    spoilt = whole.copy()
    spoilt[box.y + 30 : box.y + 50, box.x : box.x + 30] = page.style.ink
    done = EDITOR.edit(replace(request, canvas=spoilt, shown=spoilt, options={"component_box": half}), watch).pixels
    right = np.s_[:, box.x + box.width // 2 + 10 :]
    assert np.array_equal(done[right], spoilt[right])
    wrong, left = (np.abs(cover(p, request) - cover(whole, request)).sum() for p in (spoilt, done))
    assert left < 0.5 * wrong


def test_the_component_rung_needs_its_box(page: Any, watch: Any) -> None:
    with pytest.raises(EditorError, match="component_box"):
        EDITOR.edit(page.request(4, "林", rung="component"), watch)


def test_the_lines_tilt_is_kept(page: Any, watch: Any) -> None:
    level, tilted = (
        cover(EDITOR.edit(r, watch).pixels, r)
        for r in (page.request(4, "一"), page.request(4, "一", options={"angle": 12.0}))
    )
    slopes = []
    for ink in (level, tilted):
        ys, xs = np.nonzero(ink > 0.5)
        slopes.append(float(np.polyfit(xs, ys, 1)[0]))
    assert np.degrees(np.arctan(slopes[1]) - np.arctan(slopes[0])) == pytest.approx(12, abs=3)


def line(face: Any, text: str, em: int, colour: Any, paper: Any) -> Any:
    """A line of text painted on its own little sign, and its ink."""
    ink = np.zeros((em + 40, em * len(text) + 60), np.float32)
    for i, char in enumerate(text):
        glyph = fonts.render(face, char, em)
        rim = (glyph.shape[0] - em) // 2
        y, x = 20 - rim, 30 + i * em - rim
        ink[y : y + glyph.shape[0], x : x + glyph.shape[1]] += glyph
    ink = np.asarray(cv2.GaussianBlur(np.clip(ink, 0, 1), (0, 0), 0.6), np.float32)
    return coloured(ink, colour, paper), ink


def coloured(ink: Any, colour: Any, paper: Any) -> Any:
    share = ink[..., None]
    return np.rint(np.array(paper) * (1 - share) + np.array(colour) * share).astype(np.uint8)


def sign(canvas: Any, box: Box, source: str, target: str, **more: Any) -> EditRequest:
    mask = np.zeros(canvas.shape[:2], np.bool_)
    mask[box.slices] = True
    return EditRequest(canvas, canvas, mask, box, "replace", "", source=source, target=target, rung="font", **more)


@pytest.mark.parametrize(("colour", "paper"), [((30, 30, 30), (240, 240, 240)), ((255, 255, 255), (160, 20, 90))])
def test_a_line_is_replaced_in_its_own_face_size_and_colour(page: Any, watch: Any, colour: Any, paper: Any) -> None:
    canvas, _ = line(page.face, "春和永年", 48, colour, paper)
    expected, ink = line(page.face, "春水永年", 48, colour, paper)
    request = sign(canvas, Box(20, 12, canvas.shape[1] - 40, 64), "春和永年", "春水永年")
    result = EDITOR.edit(request, watch)
    assert result.effective["face"] == page.face.family
    done = result.pixels.astype(np.float32)
    far = np.array(colour, np.float32) - np.array(paper, np.float32)
    again = ((done - paper) @ far / (far @ far)).clip(0, 1)
    assert np.corrcoef(again.ravel(), ink.ravel())[0, 1] > 0.85
    assert np.allclose(np.median(done[ink > 0.98], axis=0), colour, atol=25)
    assert np.array_equal(result.pixels[~request.mask], canvas[~request.mask])
    assert expected.shape == canvas.shape


def test_latin_letters_keep_their_line(page: Any, watch: Any) -> None:
    canvas, _ = line(page.face, "永和永和", 40, (20, 20, 20), (235, 235, 235))
    request = sign(canvas, Box(20, 12, canvas.shape[1] - 40, 56), "永和永和", "Open 24h")
    done = EDITOR.edit(request, watch).pixels.astype(np.float32)
    ink = ((235 - done[..., 0]) / 215).clip(0, 1).astype(np.float32)
    box = glyph_box(ink)
    assert request.box.contains(box)
    count = cv2.connectedComponents((ink > 0.5).astype(np.uint8))[0] - 1
    assert count >= 7, "seven letters, none of which run together"


def test_a_line_that_climbs_keeps_its_angle(page: Any, watch: Any) -> None:
    flat, _ = line(page.face, "春和永年", 48, (20, 20, 20), (235, 235, 235))
    height, width = flat.shape[:2]
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), 10, 1)
    turn[1, 2] += 40
    canvas = cv2.warpAffine(flat, turn, (width, height + 80), borderValue=(235, 235, 235)).astype(np.uint8)
    request = sign(canvas, Box(4, 4, width - 8, height + 72), "春和永年", "年水永春")
    done = EDITOR.edit(request, watch).pixels.astype(np.float32)
    before, after = (np.argwhere(image[..., 0] < 128) for image in (canvas, done))
    slopes = [np.degrees(np.arctan(np.polyfit(p[:, 1], p[:, 0], 1)[0])) for p in (before, after)]
    assert slopes[1] == pytest.approx(slopes[0], abs=3.5), "the letters themselves weigh differently"


def test_a_blurred_glyph_does_not_draw_the_new_one_smaller(page: Any, watch: Any) -> None:
    blurred = cv2.GaussianBlur(page.rgb, (0, 0), 7.0)
    request = page.request(4, page_text(4))
    canvas = page.rgb.copy()
    canvas[request.mask] = blurred[request.mask]
    new = glyph_box(cover(EDITOR.edit(replace(request, canvas=canvas, shown=canvas), watch).pixels, request))
    old = glyph_box(np.where(request.mask, page.ink, 0).astype(np.float32))
    assert max(new.width, new.height) == pytest.approx(max(old.width, old.height), rel=0.05)
