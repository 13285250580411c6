from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from retouch.errors import VerifierError
from retouch.finding import FaultKind
from retouch.geometry import Box
from retouch.interfaces.demo.recipe import PaintedCharacter, PaintedPage
from retouch.picture import Picture
from retouch.plan import Step, TextGone, TextReads
from retouch.style import Direction
from retouch.verdict import Outcome
from retouch.verifiers.character import CharacterJudge, CharacterVerifier, Judgement, by_sister
from retouch.verifiers.identity import Identity, identify
from retouch.writing.cells import Cell
from retouch.writing.fonts import installed
from retouch.writing.hand import Hand, own_ink, study
from retouch.writing.ink import Coverage
from retouch.writing.recogniser import Recogniser


@pytest.fixture(scope="module")
def read(flawed: PaintedPage, flawed_ink: Coverage, flawed_cells: list[Cell]) -> tuple[Identity, ...]:
    inks = [own_ink(flawed_ink, cell) for cell in flawed_cells]
    return identify(flawed.rgb, inks, flawed_cells, Recogniser.shared())


def studied(page: PaintedPage, ink: Coverage, cells: list[Cell], read: Sequence[Identity], withheld: str = "") -> Hand:
    faces = [face for face in installed() if face.family != withheld]
    return study(page.rgb, ink, cells, [one.reading for one in read], Direction.VERTICAL_RL, faces)


@pytest.fixture(scope="module")
def hand(flawed: PaintedPage, flawed_ink: Coverage, flawed_cells: list[Cell], read: tuple[Identity, ...]) -> Hand:
    return studied(flawed, flawed_ink, flawed_cells, read)


@pytest.fixture(scope="module")
def judged(
    flawed: PaintedPage, flawed_ink: Coverage, flawed_cells: list[Cell], read: tuple[Identity, ...], hand: Hand
) -> list[tuple[PaintedCharacter, Judgement]]:
    found = CharacterJudge(hand).judge(flawed.rgb, flawed_ink, flawed_cells, identities=read)
    return list(zip(flawed.characters, found, strict=True))


def test_every_kind_of_fault_is_found_with_the_own_font(judged: list[tuple[PaintedCharacter, Judgement]]) -> None:
    missed = [(c.fault, c.wanted) for c, j in judged if c.fault and j.outcome is Outcome.PASS]
    found = [c for c, j in judged if c.fault and j.outcome is Outcome.FAIL]
    assert missed == []
    assert len(found) >= 14  # of 16


def test_the_pages_own_font_is_told_from_a_sister(hand: Hand, judged: list[tuple[PaintedCharacter, Judgement]]) -> None:
    found = [judgement for _, judgement in judged]
    assert hand.own
    assert not by_sister(hand, found)
    # a sister draws every seventh character in another form
    forms = [replace(j, shape=(j.shape or 0.0) + 0.05 * (n % 7 == 0)) for n, j in enumerate(found)]
    assert by_sister(hand, forms)
    assert not by_sister(hand, forms[:20])
    assert not by_sister(hand.as_sister(), forms)


def test_a_sister_judges_with_other_designs_beside_her(hand: Hand) -> None:
    sister = hand.as_sister()
    assert not sister.own
    assert len(hand.templates("永")) == 1
    assert len(sister.templates("永")) > 1
    assert sister.yardstick.strangeness.median < -2.5


def test_right_characters_pass(judged: list[tuple[PaintedCharacter, Judgement]]) -> None:
    right = [j for c, j in judged if c.fault is None]
    assert sum(j.outcome is Outcome.FAIL for j in right) == 0
    assert sum(j.outcome is Outcome.PASS for j in right) >= 0.95 * len(right)
    assert np.median([j.score for j in right]) > 0.98


def test_kinds_tell_what_is_wrong(judged: list[tuple[PaintedCharacter, Judgement]]) -> None:
    for character, judgement in judged:
        if character.fault in ("doubled", "similar"):
            assert judgement.kind is FaultKind.WRONG
            assert judgement.reading.best == character.shows
        if character.fault == "blurred":
            assert judgement.reason == "blurred" or judgement.kind is not FaultKind.MALFORMED


def test_strokes_are_said_to_differ_where_they_do(judged: list[tuple[PaintedCharacter, Judgement]]) -> None:
    erased = [j for c, j in judged if c.fault == "erased" and j.kind is FaultKind.MALFORMED]
    assert erased
    for judgement in erased:
        assert judgement.residual is not None
        assert judgement.residual.max() > 0.5


def test_evidence_is_json(judged: list[tuple[PaintedCharacter, Judgement]]) -> None:
    for _, judgement in judged[:10]:
        assert json.loads(json.dumps(judgement.evidence()))["read"] == judgement.reading.best


def test_with_the_family_withheld_exchanged_characters_are_found(
    flawed: PaintedPage, flawed_ink: Coverage, flawed_cells: list[Cell], read: tuple[Identity, ...]
) -> None:
    other = studied(flawed, flawed_ink, flawed_cells, read, withheld=flawed.recipe.face.family)
    found = CharacterJudge(other).judge(flawed.rgb, flawed_ink, flawed_cells, identities=read)
    pairs = list(zip(flawed.characters, found, strict=True))
    exchanged = [j.outcome for c, j in pairs if c.fault in ("similar", "doubled")]
    assert exchanged == [Outcome.FAIL] * 4
    assert sum(j.outcome is Outcome.FAIL for c, j in pairs if c.fault is None) <= 2


def test_identity_alone(
    flawed: PaintedPage, flawed_ink: Coverage, flawed_cells: list[Cell], read: tuple[Identity, ...], hand: Hand
) -> None:
    found = CharacterJudge(hand).judge(flawed.rgb, flawed_ink, flawed_cells, shapes=False, identities=read)
    assert all(judgement.shape is None for judgement in found)
    wrong = {c.index for c, j in zip(flawed.characters, found, strict=True) if j.outcome is Outcome.FAIL}
    assert {c.index for c in flawed.faults if c.fault in ("similar", "doubled")} <= wrong


def step(box: Box, text: str) -> Step:
    return Step(id="s1", operation="replace", target=text, box=box, expectation=TextReads(text=text))


def place(page: PaintedPage, *faults: str | None) -> PaintedCharacter:
    return next(c for c in page.characters if c.fault in faults and (c.wanted or "") not in "一之以")


def test_the_gate_accepts_what_is_right_and_nothing_else(flawed: PaintedPage, hand: Hand) -> None:
    picture, gate = Picture(flawed.rgb), CharacterVerifier(hand)
    right = [c for c in flawed.characters if c.fault is None][::6]
    accepted = [gate.verify(picture, picture, step(c.box.grown(3), c.wanted or "")).passed for c in right]
    assert sum(accepted) >= len(right) - 1
    for fault in flawed.faults:
        verdict = gate.verify(picture, picture, step(fault.box.grown(3), fault.wanted or ""))
        assert not verdict.passed, (fault.fault, fault.wanted)
        assert verdict.evidence["strokes_judged"] is True


def test_the_gate_reads_only_the_surroundings(flawed: PaintedPage, hand: Hand) -> None:
    here = place(flawed, None)
    around = here.box.grown(2 * max(here.box.width, here.box.height))
    elsewhere = flawed.rgb.copy()
    keep = np.zeros(elsewhere.shape[:2], dtype=np.bool_)
    keep[max(0, around.y) : around.bottom, max(0, around.x) : around.right] = True
    elsewhere[~keep] = 0
    gate, wish = CharacterVerifier(hand), step(here.box.grown(3), here.wanted or "")
    pictures = [Picture(flawed.rgb), Picture(elsewhere)]
    one, other = (gate.verify(picture, picture, wish) for picture in pictures)
    assert one == other


def test_without_a_hand_the_surroundings_are_studied(flawed: PaintedPage) -> None:
    picture, gate = Picture(flawed.rgb), CharacterVerifier()
    here, faulty = place(flawed, None), place(flawed, "doubled")
    verdict = gate.verify(picture, picture, step(here.box.grown(3), here.wanted or ""))
    assert verdict.passed
    assert verdict.evidence["strokes_judged"] is True
    assert not gate.verify(picture, picture, step(faulty.box.grown(3), faulty.wanted or "")).passed


def test_a_line_of_characters_is_judged_one_by_one(flawed: PaintedPage, hand: Hand) -> None:
    picture = Picture(flawed.rgb)
    run = next(
        group
        for group in zip(*(flawed.characters[i:] for i in range(3)), strict=False)
        if not any(c.fault for c in group) and len({c.line for c in group}) == 1
    )
    box, text = Box.around([c.box for c in run]).grown(3), "".join(c.wanted or "" for c in run)
    verdict = CharacterVerifier(hand).verify(picture, picture, step(box, text))
    assert [c["character"] for c in verdict.evidence["characters"]] == list(text)
    assert verdict.passed
    for kept, character in zip(verdict.evidence["characters"], run, strict=True):
        assert Box(*kept["box"]).overlap_ratio(character.box) > 0.5
        assert len(kept["map"]["rows"]) == kept["map"]["height"] <= 24
    other = CharacterVerifier(hand).verify(picture, picture, step(box, text[:2] + "龍"))
    assert other.outcome is Outcome.FAIL


def test_nothing_in_the_box_is_not_accepted(flawed: PaintedPage, hand: Hand) -> None:
    blank = Picture(np.full((200, 200, 3), 240, dtype=np.uint8))
    assert not CharacterVerifier(hand).verify(blank, blank, step(Box(60, 60, 64, 64), "永")).passed


def test_other_expectations_are_refused(flawed: PaintedPage) -> None:
    picture = Picture(flawed.rgb)
    gone = Step(id="s1", operation="delete", box=Box(0, 0, 50, 50), expectation=TextGone(text="永"))
    with pytest.raises(VerifierError, match="text-reads"):
        CharacterVerifier().verify(picture, picture, gone)
    with pytest.raises(VerifierError, match="no character"):
        CharacterVerifier().verify(picture, picture, step(Box(0, 0, 50, 50), "。"))
