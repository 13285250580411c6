from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from retouch.editors.foreground import separate
from retouch.editors.look import look_of
from retouch.editors.typeface import by_kinship, choose, designs, draws
from retouch.errors import EditorError
from retouch.writing import fonts


def chosen(request: Any, text: str, faces: Any = None) -> Any:
    seen = separate(request.canvas, request.mask, request.style)
    return choose(text, request, seen, look_of(request, seen), faces)


def test_the_styles_first_face_is_taken(page: Any) -> None:
    face, notes = chosen(page.request(4, "林"), "林")
    assert face == page.face and notes == ()


def test_without_a_style_the_old_ink_tells_the_face(page: Any) -> None:
    request = replace(page.request(4, "林", source="春"), style=None)
    face, _ = chosen(request, "林")
    assert face.family == page.face.family


def test_given_faces_overrule_and_run_out(page: Any) -> None:
    face, notes = chosen(page.request(4, "林", rung="font-3"), "林", (page.face,))
    assert face == page.face
    assert any("only 1 designs" in note for note in notes)


def test_a_character_outside_the_given_faces_is_an_error(page: Any) -> None:
    lacking = next((f for f in fonts.installed() if not fonts.covers(f, "觞")), None)
    if lacking is None:
        pytest.skip("every installed face draws 觞")
    with pytest.raises(EditorError, match="no font draws '觞'"):
        chosen(page.request(4, "觞"), "永觞", (lacking,))


def test_a_design_counts_once(page: Any) -> None:
    twin = replace(page.face, index=page.face.index + 1)
    assert designs([page.face, twin]) == [page.face]
    assert draws(page.face, "永 和") and not draws(page.face, "永\U0010fffe")


def test_where_the_pages_fonts_fail_its_kin_writes() -> None:
    known = {face.family: face for face in reversed(fonts.installed())}
    if not {"AR PL UKai", "Noto Sans CJK", "TW-Kai"} <= known.keys():
        pytest.skip("AR PL UKai, TW-Kai and Noto Sans CJK are not all installed")
    ranked = by_kinship([known["Noto Sans CJK"], known["TW-Kai"]], known["AR PL UKai"])
    assert [face.family for face in ranked] == ["TW-Kai", "Noto Sans CJK"]
