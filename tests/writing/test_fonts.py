from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from retouch.errors import PictureError
from retouch.style import Face
from retouch.writing import fonts

FACES = fonts.installed()
pytestmark = pytest.mark.skipif(not FACES, reason="no font with Chinese characters is installed")


def face_of(name: str) -> Face:
    found = [face for face in FACES if Path(face.path).name == name]
    if not found:
        pytest.skip(f"font {name} is not installed")
    return found[0]


def test_every_face_draws_chinese() -> None:
    assert all(sum(fonts.covers(face, char) for char in "一人永文") >= 3 for face in FACES[:8])


def test_faces_for_letters_are_those_and_the_ones_without_chinese() -> None:
    letters = fonts.lettering()
    assert letters[: len(FACES)] == FACES and len(set(letters)) == len(letters)
    for face in letters[len(FACES) :]:
        assert sum(fonts.covers(face, char) for char in "ARmg") >= 3


@pytest.mark.parametrize(
    ("name", "family"),
    [
        ("AR PL UKai TW MBE", "AR PL UKai"),
        ("Noto Sans CJK JP", "Noto Sans CJK"),
        ("Noto Sans Mono CJK SC", "Noto Sans CJK"),
        ("LXGW WenKai Mono", "LXGW WenKai"),
        ("AR PL KaitiM Big5", "AR PL UKai"),
        ("TW-Kai", "TW-Kai"),
        ("KouzanBrushFontGyousyo", "KouzanBrushFontGyousyo"),
    ],
)
def test_members_of_a_design_are_one_family(name: str, family: str) -> None:
    assert fonts.family_of(name) == family


def test_a_blank_glyph_does_not_count() -> None:
    face = face_of("AoyagiKouzanT.ttf")
    assert fonts.covers(face, "永")
    assert not fonts.covers(face, "錄")  # the font's table lists it, but draws nothing


def test_the_sign_for_a_missing_glyph_does_not_count() -> None:
    assert not fonts.covers(FACES[0], "\U0001f9ff")
    with pytest.raises(PictureError, match="no glyph"):
        fonts.render(FACES[0], "\U0001f9ff", 40)


@pytest.mark.parametrize("size", [24, 80, 200])
def test_a_glyph_is_whole_and_in_the_middle(size: int) -> None:
    drawn = fonts.render(FACES[0], "國", size)
    assert drawn.shape[0] == drawn.shape[1] >= size
    assert drawn.dtype == np.float32
    assert 0 <= drawn.min() < drawn.max() <= 1
    rim = np.concatenate([drawn[0], drawn[-1], drawn[:, 0], drawn[:, -1]])
    assert rim.max() == 0
    rows, columns = np.nonzero(drawn > 0.5)
    middle = drawn.shape[0] / 2
    assert abs((columns.min() + columns.max()) / 2 - middle) < 0.08 * size
    assert abs((rows.min() + rows.max()) / 2 - middle) < 0.12 * size
    assert rows.max() - rows.min() > 0.6 * size


def test_a_folder_of_ones_own_is_looked_into(tmp_path: Path) -> None:
    copy = tmp_path / "own.ttf"
    source = next(face for face in FACES if face.path.endswith(".ttf"))
    copy.write_bytes(Path(source.path).read_bytes())
    (tmp_path / "broken.ttf").write_bytes(b"no font")
    found = [face for face in fonts.installed([tmp_path]) if face.path.startswith(str(tmp_path))]
    assert [Path(face.path).name for face in found] == ["own.ttf"]
    assert found[0].family == source.family
