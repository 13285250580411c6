"""Which component of a nearly right character is wrong, and where it stands."""

from __future__ import annotations

from retouch.geometry import Box
from retouch.orchestrator.session import Session
from retouch.orchestrator.work import Tried, Work
from retouch.plan import TextReads


def component_region(session: Session, work: Work, nearly: Tried) -> Box | None:
    """The box (picture pixels) of the component where the strokes of `nearly` differ from the wanted character's.

    None where strokes cannot be judged on this page, or the character has no components.
    """
    hand, step = session.page.hand, work.step
    expectation = step.expectation
    if hand is None or not hand.strokes_judged or step.box is None or not isinstance(expectation, TextReads):
        return None
    if len(expectation.text) != 1:
        return None
    from retouch.verifiers.character import CharacterJudge
    from retouch.writing.cells import Cell
    from retouch.writing.decomposition import component_box
    from retouch.writing.hand import own_ink
    from retouch.writing.ink import coverage, ink_box

    around = step.box.grown(max(step.box.width, step.box.height)).clamped(session.page.size)
    with session.trying(work, nearly.patch) as (_, after):
        rgb = after.srgb(around)
    cell = Cell(0, 0, step.box.relative_to(around), session.page.angle(step), expectation.text)
    ink = coverage(rgb)
    judgement = CharacterJudge(hand).judge(rgb, ink, [cell])[0]
    if judgement.residual is None:
        return None
    found = component_box(expectation.text, judgement.residual, ink_box(own_ink(ink, cell)))
    if found is None:
        return None
    height, width = judgement.residual.shape
    origin = step.box.grown((width - step.box.width) // 2, (height - step.box.height) // 2)
    return found[1].moved(origin.x, origin.y)
