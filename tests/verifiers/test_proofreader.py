"""Proofreading painted pages: what is right stays unmarked, what is wrong is marked where it stands."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import cv2
import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from retouch.finding import FaultKind
from retouch.geometry import Box
from retouch.interfaces.demo.painter import paint
from retouch.interfaces.demo.recipe import PaintedPage, Recipe
from retouch.picture import Picture
from retouch.style import Direction, Face
from retouch.verifiers.proofreader import Proofreader, Proofreading
from retouch.writing.fonts import covers, installed

TEXT = "永和九年歲在癸丑暮春之初會于山陰之蘭亭羣賢畢至少長咸集此地有崇山峻領茂林"
SIMPLE = "永和九年岁在癸丑暮春之初会于山阴之兰亭群贤毕至少长咸集此地有崇山峻领茂林"


@cache
def face() -> Face:
    able = [face for face in installed() if all(covers(face, char) for char in TEXT + "龍")]
    kai = [face for face in able if "Kai" in face.family]
    if not kai:
        pytest.skip(f"no installed Kai font draws all of {TEXT}")
    return kai[0]


def recipe(**changes: object) -> Recipe:
    return replace(Recipe(text=TEXT, face=face(), size=56, per_line=9, seed=5), **changes)  # type: ignore[arg-type]


@cache
def clean() -> PaintedPage:
    return paint(recipe())


def proofread(page: PaintedPage, reference: str | None = TEXT, direction: Direction | None = None) -> Proofreading:
    return Proofreader().proofread(Picture(page.rgb), reference, direction, shapes=False)


def faults(seen: Proofreading) -> list[tuple[int, str]]:
    return [(finding.index, str(finding.kind)) for finding in seen.findings if finding.fault]


def assert_cells_hold_their_glyphs(page: PaintedPage, seen: Proofreading) -> None:
    drawn = {character.index: character for character in page.characters if character.shows and character.wanted}
    cells = {cell.index: cell for cell in seen.cells if cell.wanted}
    assert cells.keys() == drawn.keys()
    for index, cell in cells.items():
        (x, y), (true_x, true_y) = cell.box.centre, drawn[index].box.centre
        assert abs(x - true_x) < 12 and abs(y - true_y) < 12, f"{cell.wanted} #{index} at {cell.box}"
        assert cell.wanted == drawn[index].wanted


@pytest.mark.parametrize(
    "changes",
    [
        {"tilt": 6.0},
        {"tilt": -5.0, "direction": Direction.HORIZONTAL},
        {"free": True, "gaps": 3, "ornaments": ("seal", "rules")},
        {"pitch": 1.6, "leading": 1.6, "direction": Direction.HORIZONTAL},
        {"direction": Direction.VERTICAL_LR},
    ],
    ids=["tilted columns", "tilted rows", "gaps, rules and a seal", "a grid", "columns from the left"],
)
def test_a_right_page_has_no_faults_and_every_cell_its_glyph(changes: dict[str, object]) -> None:
    page = paint(recipe(**changes))
    seen = proofread(page)
    assert faults(seen) == []
    assert_cells_hold_their_glyphs(page, seen)
    assert seen.direction == page.recipe.direction
    assert seen.layout.tilt == pytest.approx(page.recipe.tilt, abs=0.6)
    assert seen.characters == len(TEXT)


def test_missing_superfluous_and_wrong_characters_shift_nothing_else() -> None:
    page = paint(recipe(missing=frozenset({4}), extra={20: "龍"}, faults={30: "doubled"}))
    seen = proofread(page)
    found = {finding.index: finding for finding in seen.findings if finding.fault}
    assert found.keys() == {4, 20, 30}
    assert found[4].kind is FaultKind.MISSING and found[4].read is None and found[4].wanted == "歲"
    assert found[20].kind is FaultKind.EXTRA and found[20].wanted is None and found[20].read == "龍"
    assert found[30].kind is FaultKind.WRONG and found[30].read == TEXT[29]
    truth = {character.fault: character.box for character in page.faults}
    assert found[20].box.overlap_ratio(truth["extra"]) > 0.5
    x, y = found[4].box.centre
    assert truth["missing"].grown(20).contains(Box(round(x), round(y), 1, 1))


def test_other_script_is_a_variant_and_no_fault() -> None:
    seen = proofread(clean(), SIMPLE)
    assert faults(seen) == []
    kinds = {finding.wanted: finding for finding in seen.findings}
    assert "贤" in kinds and kinds["贤"].kind is FaultKind.VARIANT and kinds["贤"].read == "賢"


def test_a_page_holds_a_part_of_its_reference() -> None:
    around = "天地玄黃宇宙洪荒日月盈昃辰宿列張"
    seen = proofread(clean(), around + TEXT + around[::-1])
    assert faults(seen) == []
    assert seen.characters == len(TEXT) and seen.cells[0].index == len(around)
    assert "holds characters 17 to" in seen.confidence


def test_without_a_reference_nothing_is_wrong_only_illegible() -> None:
    page = clean()
    blotted = page.rgb.copy()
    place = page.characters[13].box
    noise = np.random.default_rng(2).integers(0, 255, (place.height // 6 + 1, place.width // 6 + 1), dtype=np.uint8)
    blot = cv2.resize(noise, (place.width, place.height), interpolation=cv2.INTER_CUBIC)
    blotted[place.slices] = np.repeat(np.where(blot > 120, 40, 225)[:, :, None], 3, axis=2)
    seen = Proofreader().proofread(Picture(blotted), None, shapes=False)
    assert {finding.kind for finding in seen.findings} <= {FaultKind.UNREADABLE, FaultKind.MALFORMED}
    assert all(finding.wanted is None and "proposal" in finding.evidence for finding in seen.findings)
    assert any(finding.box.overlaps(place) for finding in seen.findings)
    assert "Without a reference" in seen.confidence


def test_a_frame_and_a_note_are_no_part_of_the_text() -> None:
    page = clean()
    marked = page.rgb.copy()
    box = page.characters[10].box.grown(6)
    cv2.rectangle(marked, (box.x, box.y), (box.right, box.bottom), (200, 30, 30), 3)
    seen = Proofreader().proofread(Picture(marked), TEXT, shapes=False)
    assert [frame.name for frame in seen.frames] == ["red"]
    assert faults(seen) == []
    cell = next(cell for cell in seen.cells if cell.index == 10)
    assert seen.frames[0].box.contains(cell.box) or seen.frames[0].box.overlap_ratio(cell.box) > 0.6


def test_rechecking_judges_what_changed_and_keeps_the_rest() -> None:
    right = clean()
    wrong = paint(recipe(faults={12: "doubled"}))
    reader = Proofreader()
    before = reader.proofread(Picture(wrong.rgb), TEXT, shapes=False)
    assert faults(before) == [(12, "wrong")]
    after = reader.recheck(before, Picture(right.rgb), None)
    assert faults(after) == []
    kept = [
        old is new
        for cell, old, new in zip(before.cells, before.judgements, after.judgements, strict=True)
        if cell.line not in (1,)
    ]
    assert all(kept), "lines without a change are not judged again"
    again = reader.recheck(after, Picture(wrong.rgb), [right.characters[12].box.grown(10)])
    assert faults(again) == [(12, "wrong")]


def test_rechecking_finds_what_was_erased_and_what_was_put_back() -> None:
    page = clean()
    reader = Proofreader()
    before = reader.proofread(Picture(page.rgb), TEXT, shapes=False)
    erased = page.rgb.copy()
    box = page.characters[22].box.grown(3)
    erased[box.slices] = np.median(page.rgb[:30, :30].reshape(-1, 3), axis=0).astype(np.uint8)
    without = reader.recheck(before, Picture(erased), [box])
    assert faults(without) == [(22, "missing")]
    assert without.findings[0].box.overlaps(box)
    assert faults(reader.recheck(without, Picture(page.rgb), [box])) == []


def test_another_size_is_another_page() -> None:
    page = clean()
    reader = Proofreader()
    before = reader.proofread(Picture(page.rgb), TEXT, shapes=False)
    smaller = np.ascontiguousarray(page.rgb[:-8])
    after = reader.recheck(before, Picture(smaller), None)
    assert after.reading.page.rgb.shape == smaller.shape and faults(after) == []


def test_an_empty_page_is_one_finding() -> None:
    blank = Picture(np.full((300, 300, 3), 240, np.uint8))
    for reference in (TEXT, None):
        seen = Proofreader().proofread(blank, reference)
        assert seen.cells == () and seen.hand is None and not seen.strokes_judged
        assert len(seen.findings) == (1 if reference else 0)
    missing = Proofreader().proofread(blank, TEXT).findings[0]
    assert missing.kind is FaultKind.MISSING and str(len(TEXT)) in missing.evidence["reason"]


def test_progress_goes_from_nothing_to_all() -> None:
    told: list[float] = []
    Proofreader().proofread(Picture(clean().rgb), TEXT, shapes=False, progress=told.append)
    assert told == sorted(told) and told[-1] == 1.0


def noted(page: PaintedPage, text: str, left: int, top: int, size: int, upright: bool) -> np.ndarray:
    """The page with a note written on it in the same ink."""
    image = Image.fromarray(page.rgb)
    draw = ImageDraw.Draw(image)
    font = ImageFont.truetype(face().path, size, index=face().index)
    for number, char in enumerate(text):
        step = round(1.1 * size * number)
        draw.text((left, top + step) if upright else (left + step, top), char, fill=(30, 28, 26), font=font)
    return np.asarray(image, np.uint8)


@pytest.mark.parametrize("what", ["a small note between two columns", "a title above", "a title column", "a signature"])
def test_what_is_written_beside_the_text_is_no_finding(what: str) -> None:
    page = paint(recipe(leading=1.9, margin=2.6, per_line=8))
    width, height = page.rgb.shape[1], page.rgb.shape[0]
    columns = sorted({round(character.box.centre[0]) for character in page.characters if character.index % 8 == 0})
    rgb = {
        "a small note between two columns": lambda: noted(page, "蘇軾注此本", columns[1] + 42, 200, 20, True),
        "a title above": lambda: noted(page, "蘭亭集序", columns[0], 40, 56, False),
        "a title column": lambda: noted(page, "蘭亭集序", width - 90, 180, 56, True),
        "a signature": lambda: noted(page, "乾隆御筆", 30, height - 260, 30, True),
    }[what]()
    seen = Proofreader().proofread(Picture(rgb), TEXT, shapes=False)
    assert faults(seen) == []
    assert_cells_hold_their_glyphs(page, seen)


def test_a_right_page_without_a_reference_has_no_findings() -> None:
    seen = Proofreader().proofread(Picture(clean().rgb), None)
    assert faults(seen) == []
    assert seen.hand is not None and seen.hand.style.stroke.median > 1


@pytest.mark.parametrize("shape", [(1, 1), (20, 20), (300, 5), (5, 300)])
def test_pictures_too_small_to_hold_a_character_break_nothing(shape: tuple[int, int]) -> None:
    seen = Proofreader().proofread(Picture(np.full((*shape, 3), 200, np.uint8)), TEXT)
    assert seen.cells == () and [finding.kind for finding in seen.findings] == [FaultKind.MISSING]


def test_light_writing_on_a_dark_ground() -> None:
    page = replace(clean(), rgb=np.ascontiguousarray(255 - clean().rgb))
    seen = proofread(page)
    assert faults(seen) == []
    assert_cells_hold_their_glyphs(page, seen)


def test_the_dots_below_a_flat_character_stay_with_theirs() -> None:
    page = paint(recipe(text="暢一詠亦足以一字一永"))
    seen = Proofreader().proofread(Picture(page.rgb), "暢一詠亦足以一字一永", shapes=False)
    assert faults(seen) == []
    assert_cells_hold_their_glyphs(page, seen)


def test_the_box_of_a_blurred_character_holds_its_haze() -> None:
    page = paint(recipe(faults={12: "blurred"}))
    found = [f for f in Proofreader().proofread(Picture(page.rgb), page.reference).findings if f.index == 12]
    assert len(found) == 1
    right = next(c.box for c in clean().characters if c.index == 12)
    assert found[0].box.grown(2).contains(right)
