"""Registration: a shift, a zoom and a tint are undone to half a pixel and one grey level, or the result is rejected."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from retouch.edit import EditRequest, EditResult, NativeCanvas, Traits
from retouch.orchestrator import registration
from retouch.orchestrator.registration import register
from retouch.picture import Picture

SIDE = 256


def scene(seed: int = 3) -> NDArray[np.uint8]:
    """Strokes on paper: blurred noise with edges, in colour."""
    rng = np.random.default_rng(seed)
    field = cv2.GaussianBlur(rng.normal(size=(SIDE, SIDE)).astype(np.float32), (0, 0), 4)
    ink = cv2.GaussianBlur((field > 0.05).astype(np.float32), (0, 0), 1.0)
    paper = np.array([236, 226, 205], np.float32)
    return np.asarray(np.rint(paper - ink[:, :, None] * (paper - 30)), np.uint8)


def ring() -> NDArray[np.bool_]:
    keep = np.ones((SIDE, SIDE), np.bool_)
    keep[80:180, 80:180] = False
    return keep


def moved(picture: NDArray[np.uint8], dx: float, dy: float, zoom: float = 1.0) -> NDArray[np.uint8]:
    centre = SIDE / 2
    warp = np.array([[zoom, 0, dx + centre * (1 - zoom)], [0, zoom, dy + centre * (1 - zoom)]])
    out = cv2.warpAffine(picture, warp, (SIDE, SIDE), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REFLECT)
    return np.asarray(out, np.uint8)


def tinted(picture: NDArray[np.uint8], gain: float, offset: float) -> NDArray[np.uint8]:
    return np.asarray(np.clip(picture * gain + offset, 0, 255), np.uint8)


@pytest.mark.parametrize(
    ("dx", "dy", "zoom"),
    [(0, 0, 1), (1, 0, 1), (-3.4, 2.6, 1), (7, -6, 1), (0, 0, 1.02), (2.3, -1.2, 0.985), (14, 9, 1)],
)
def test_movement_is_undone(dx: float, dy: float, zoom: float) -> None:
    clean = scene()
    edited = moved(clean, dx, dy, zoom)
    edited[90:170, 90:170] = 255 - edited[90:170, 90:170]  # what the editor was asked to change must not mislead it
    corrected, record = register(clean, edited, ring())
    assert record.good and record.shift_left < 0.5
    assert record.shift == pytest.approx((-dx, -dy), abs=0.35)
    assert record.zoom == pytest.approx(1 / zoom, abs=0.004)
    inner = ring()
    inner[:20], inner[-20:], inner[:, :20], inner[:, -20:] = False, False, False, False
    assert np.abs(corrected[inner].astype(int) - clean[inner]).mean() < 4


@pytest.mark.parametrize(("gain", "offset"), [(1.0, 6.0), (0.93, 4.0), (1.05, -8.0)])
def test_a_tint_is_undone_to_less_than_one_level(gain: float, offset: float) -> None:
    clean = scene()
    corrected, record = register(clean, tinted(clean, gain, offset), ring())
    assert record.tint_left < 1 and record.good
    assert np.abs(corrected[ring()].mean(axis=0) - clean[ring()].mean(axis=0)).max() < 1


def test_shift_zoom_tint_and_noise_together() -> None:
    clean = scene(11)
    noise = np.random.default_rng(0).normal(0, 3, clean.shape)
    edited = np.clip(tinted(moved(clean, 2.7, -1.9, 1.01), 0.96, 5) + noise, 0, 255).astype(np.uint8)
    _, record = register(clean, edited, ring())
    assert record.good
    assert record.shift == pytest.approx((-2.7, 1.9), abs=0.35)


def test_a_canvas_that_was_kept_is_not_resampled() -> None:
    clean = scene()
    corrected, record = register(clean, clean.copy(), ring())
    assert np.array_equal(corrected, clean)
    assert record.shift == (0.0, 0.0) and record.shift_left < 0.01


def test_a_blank_ring_is_left_where_it_is_and_said_so() -> None:
    blank = np.full((SIDE, SIDE, 3), 230, np.uint8)
    edited = blank + 5
    corrected, record = register(blank, edited, ring())
    assert not record.structured and record.good
    assert np.array_equal(corrected, blank)


def test_no_ring_means_no_correction() -> None:
    clean = scene()
    edited = tinted(clean, 0.9, 0)
    corrected, record = register(clean, edited, np.zeros((SIDE, SIDE), np.bool_))
    assert np.array_equal(corrected, edited) and not record.structured


def test_the_evidence_is_plain_numbers() -> None:
    _, record = register(scene(), moved(scene(), 1, 1), ring())
    evidence = record.evidence()
    assert set(evidence) >= {"shift", "zoom", "shift_left", "tint_left", "structured"}
    assert all(isinstance(v, float | bool | list) for v in evidence.values())


def changed_inside(clean: NDArray[np.uint8]) -> NDArray[np.uint8]:
    edited = clean.copy()
    edited[90:170, 90:170] = 255 - edited[90:170, 90:170]
    return edited


def test_the_short_way_for_a_ring_that_was_kept_gives_what_the_long_way_gives(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    clean = scene()
    edited = changed_inside(clean)
    short, record = register(clean, edited, ring())
    # The long way: the ring is taken for changed, and for moved.
    monkeypatch.setattr(registration, "differences", lambda a, b: np.ones(a.shape[:2], np.uint8))
    monkeypatch.setattr(registration, "_unmoved", lambda *_: False)
    long, found = register(clean, edited, ring())
    assert np.array_equal(short, edited) and np.array_equal(long, edited)
    assert record.good and found.good and record.structured == found.structured


@pytest.mark.parametrize("level", [2, 4])
def test_a_ring_with_an_editors_noise_on_it_is_not_moved_by_the_long_way_either(
    monkeypatch: pytest.MonkeyPatch, level: int
) -> None:
    clean = scene(5)
    noise = np.random.default_rng(level).normal(0, level, clean.shape)
    edited = np.clip(changed_inside(clean) + noise, 0, 255).astype(np.uint8)
    short, record = register(clean, edited, ring())
    assert record.shift == (0.0, 0.0)
    monkeypatch.setattr(registration, "_unmoved", lambda *_: False)
    long, _ = register(clean, edited, ring())
    assert np.abs(short.astype(int) - long).mean() < 0.5


@pytest.mark.parametrize(("dx", "zoom"), [(0.3, 1.0), (-0.5, 1.0), (0.0, 1.004)])
def test_a_small_movement_does_not_take_the_short_way(dx: float, zoom: float) -> None:
    clean = scene()
    _, record = register(clean, moved(changed_inside(clean), dx, 0, zoom), ring())
    assert record.good and (abs(record.shift[0]) > 0.1 or record.zoom < 0.998)


def lettering() -> NDArray[np.uint8]:
    """Strokes in the region on paper of one even colour."""
    page, drawn = np.full((SIDE, SIDE, 3), 230, np.uint8), scene(8)
    page[90:170, 90:170] = drawn[90:170, 90:170]
    return page


def redrawn(page: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """A fifth of the strokes is other than it was."""
    out = page.copy()
    out[95:125, 95:135] = scene(21)[95:125, 95:135]
    return out


@pytest.mark.parametrize(("dx", "dy", "zoom"), [(3, 0, 1.0), (-2.4, 1.7, 1.0), (0, 0, 1.01), (1.5, -2, 0.99)])
def test_on_a_blank_ring_what_was_kept_inside_tells_the_movement(dx: float, dy: float, zoom: float) -> None:
    page = lettering()
    edited = moved(redrawn(page), dx, dy, zoom)
    corrected, record = register(page, edited, ring(), ~ring())
    assert record.by_kept and not record.structured and record.good and record.shift_left < 0.5
    kept = np.s_[130:165, 100:160]
    off = [np.abs(pixels[kept].astype(int) - page[kept]).mean() for pixels in (corrected, edited)]
    assert off[0] < 0.8 * off[1]
    assert "kept inside" in record.note
    _, blind = register(page, edited, ring())
    assert not blind.by_kept and "cannot be told" in blind.note


def test_a_movement_that_is_the_whole_edit_is_left_alone() -> None:
    page = lettering()
    edited = moved(page, 3, 0)
    corrected, record = register(page, edited, ring(), ~ring())
    assert not record.by_kept and np.array_equal(corrected, edited)


def test_where_all_was_redrawn_no_movement_is_made_up() -> None:
    page = lettering()
    edited = page.copy()
    edited[90:170, 90:170] = scene(33)[90:170, 90:170]
    corrected, record = register(page, edited, ring(), ~ring())
    assert not record.by_kept and np.array_equal(corrected, edited) and record.good


@pytest.mark.parametrize(("operation", "said"), [("other", "kept inside"), ("move", "cannot be told")])
def test_an_attempts_notes_tell_of_a_blank_ring(
    project: Any, plan: Any, step: Any, judge: Any, operation: str, said: str
) -> None:
    """A step that is to move what it holds is not moved back."""

    class Drifting:
        traits = Traits(NativeCanvas(), exact=False)

        def edit(self, request: EditRequest, watch: Any) -> EditResult:
            x, y = request.box.x, request.box.y
            out = request.canvas.copy()
            out[y + 5 : y + 35, x + 5 : x + 45] = scene(21)[95:125, 95:135]
            return EditResult(np.roll(out, 3, axis=1))

    document = project.import_picture(Picture(lettering()), "page")
    given = plan(step("a", (80, 80, 100, 100), operation=operation))
    report = document.run(plan=given, editors=[Drifting()], verifiers=[judge()])
    (attempt,) = project.store.attempts(report.run)
    assert any(said in note for note in attempt.notes) and report.exit_code == 0
