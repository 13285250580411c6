"""Each editing job of the examples through a tiny pipeline of a real class: its script and its command lines.

The pipelines draw grey noise. What surrounds it must look as before, or the guard refuses it, so the pictures are made
grey but for what is to be changed; on posters as they are the guard must refuse, and the picture must stay as it was.
"""

from __future__ import annotations

import importlib
import re
import shlex
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

import retouch
from examples import pictures
from retouch.errors import UnavailableError
from retouch.interfaces.cli.main import main
from retouch.orchestrator.call import NO_PROMISE
from retouch.picture import Picture
from tests.models import tiny

PAINTED = ("calligraphy", "portrait", "pond", "mascot")
WITH_BOXES = {
    "chained_calligraphy": "page",
    "two_boxes": "page",
    "signboard": "pond",
    "clothing": "portrait",
    "remove_object": "portrait",
    "background": "portrait",
}
SERIES = {"novel_view": ("side", "back"), "emoji_series": ("INTJ", "ENFP", "ISTP")}
Pixels = NDArray[np.uint8]


@pytest.fixture
def spec(qwen: Path) -> Callable[..., str]:
    """The SPEC of the tiny Qwen-Image-Edit, with two steps on its small canvas."""

    def made(**options: object) -> str:
        given = {"steps": 2, "area": tiny.AREA, "cfg": 1, **options}
        return f"diffusers:{qwen}?" + "&".join(f"{name}={value}" for name, value in given.items())

    return made


def plain(picture: Picture, kept: NDArray[np.bool_]) -> Picture:
    """Grey with some grain, as the pipelines draw, but for what an example changes."""
    grain = np.random.default_rng(1).integers(-3, 4, picture.pixels.shape)
    return Picture(np.where(kept[..., None], picture.pixels, 127 + grain).astype(np.uint8))


def run(name: str, folder: Path, monkeypatch: pytest.MonkeyPatch, *parts: str, grey: bool = True) -> int:
    """The example's script, on pictures made grey round what it changes."""
    example = importlib.import_module(f"examples.{name}")
    for painted in PAINTED if grey else ():
        if hasattr(example, painted):
            monkeypatch.setattr(example, painted, _greyed(name, getattr(pictures, painted)))
    if name == "emoji_series":
        monkeypatch.setattr(example, "TYPES", list(SERIES[name]))
    try:
        code: int = example.main(str(folder), *parts)
    except UnavailableError as error:
        pytest.skip(str(error))
    return code


def _greyed(name: str, paint: Callable[[], Any]) -> Callable[[], Any]:
    def painted() -> Any:
        made = paint()
        picture = made if isinstance(made, Picture) else made[0]
        grey = plain(picture, allowed(name, picture.pixels.shape))
        return grey if made is picture else (grey, *made[1:])

    return painted


def lines(name: str, editor: str) -> list[list[str]]:
    """The `retouch run` lines of an example, with that editor and a verifier that says yes."""
    doc = importlib.import_module(f"examples.{name}").__doc__ or ""
    found = []
    for line in re.sub(r"\\\n\s*", " ", doc).splitlines():
        if line.startswith("retouch run"):
            words = shlex.split(line)[1:]
            for option in ("--editor", "--verifier"):
                if option in words:
                    del words[words.index(option) : words.index(option) + 2]
            found.append([*words, "--editor", editor, "--verifier", "scripted"])
    assert found
    return found


def head(picture: Path, branch: str = "main") -> Pixels:
    return retouch.open(picture).head(branch).picture.pixels


def differs(first: Pixels, second: Pixels) -> NDArray[np.bool_]:
    return np.asarray((first != second).any(axis=2))


def allowed(name: str, shape: tuple[int, ...]) -> NDArray[np.bool_]:
    """Where the example's steps may change the picture: their boxes, and in these the mask that was given."""
    may = np.zeros(shape[:2], np.bool_)
    if name == "background":
        return pictures.behind().mask
    if name in ("chained_calligraphy", "two_boxes"):
        for box in pictures.calligraphy()[1].values():
            may[box.slices] = True
        return may
    places = {"signboard": retouch.Box(270, 270, 260, 260), "clothing": pictures.SHIRT}
    may[places.get(name, pictures.STRAND).slices] = True
    return may & pictures.strand().mask if name == "remove_object" else may


@pytest.mark.parametrize("name", WITH_BOXES)
def test_a_job_in_a_region_changes_nothing_outside_it(
    name: str, spec: Callable[..., str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run(name, tmp_path, monkeypatch, spec(), "scripted") == 0
    picture = tmp_path / f"{WITH_BOXES[name]}.png"
    before = Picture.open(picture).pixels
    changed = differs(before, head(picture))
    may = allowed(name, before.shape)
    assert changed[may].any() and not changed[~may].any()


@pytest.mark.parametrize("name", WITH_BOXES)
def test_its_command_line_does_the_same(
    name: str, spec: Callable[..., str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made, here = tmp_path / "made", tmp_path / "here"
    run(name, made, monkeypatch, spec(), "scripted")
    here.mkdir()
    for file in made.glob("*.png"):
        shutil.copy(file, here)
    monkeypatch.chdir(here)
    picture = here / f"{WITH_BOXES[name]}.png"
    before = Picture.open(picture).pixels
    assert main(lines(name, spec())[0]) == 0
    changed = differs(before, head(picture))
    may = allowed(name, before.shape)
    assert changed.any() and not changed[~may].any()


def test_two_marked_boxes_share_each_call(
    spec: Callable[..., str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """On a page of a third of the size: on the pipeline's small canvas two boxes of the page itself would be specks."""
    from examples import two_boxes

    def small() -> tuple[Picture, dict[str, retouch.Box]]:
        page, boxes = pictures.calligraphy()
        less = {char: retouch.Box(b.x // 3, b.y // 3, b.width // 3, b.height // 3) for char, b in boxes.items()}
        kept = np.zeros(page.pixels[::3, ::3].shape[:2], np.bool_)
        for box in less.values():
            kept[box.slices] = True
        return plain(Picture(np.ascontiguousarray(page.pixels[::3, ::3])), kept), less

    monkeypatch.setattr(two_boxes, "calligraphy", small)
    assert two_boxes.main(str(tmp_path), spec(area=160 * 160), "scripted") == 0
    assert "calls: editor=1" in capsys.readouterr().out
    assert len(retouch.open(tmp_path / "page.png").log()) == 3, "two steps, each committed by itself"


def test_a_style_is_for_the_whole_picture_and_recorded_as_that(
    spec: Callable[..., str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run("style_transfer", tmp_path, monkeypatch, spec(), "scripted", grey=False) == 0
    picture = tmp_path / "portrait.png"
    assert differs(Picture.open(picture).pixels, head(picture)).mean() > 0.9
    attempt = retouch.open(picture).log()[1].attempt()
    assert attempt is not None and NO_PROMISE in attempt.notes
    (tmp_path / "line").mkdir()
    shutil.copy(picture, tmp_path / "line")
    monkeypatch.chdir(tmp_path / "line")
    assert main(lines("style_transfer", spec())[0]) == 0


@pytest.mark.parametrize("name", SERIES)
def test_a_series_is_branches_from_one_version(
    name: str, spec: Callable[..., str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run(name, tmp_path, monkeypatch, spec(), "scripted", grey=False) == 0
    (tmp_path / "line").mkdir()
    for file in (tmp_path / "mascot.png", *tmp_path.glob("*.json")):
        shutil.copy(file, tmp_path / "line")
    monkeypatch.chdir(tmp_path / "line")
    assert main(lines(name, spec())[0]) == 0
    for picture in (tmp_path / "mascot.png", tmp_path / "line" / "mascot.png"):
        document = retouch.open(picture)
        heads = [document.head(branch) for branch in SERIES[name]]
        assert {tuple(parent.id for parent in each.parents) for each in heads} == {(document.head().id,)}
        first, *others = [each.picture.pixels for each in heads]
        assert all(not np.array_equal(first, other) for other in others), "each of its own"


@pytest.mark.parametrize("name", ["poster_text", "letter_colour"])
def test_noise_in_place_of_text_is_refused_and_the_poster_stays(
    name: str, spec: Callable[..., str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run(name, tmp_path, monkeypatch, spec(), "scripted", grey=False) == 3
    stem = {"poster_text": "english", "letter_colour": "sale"}[name]
    picture = tmp_path / f"{stem}.png"
    document = retouch.open(picture)
    assert document.head().picture.same_pixels(Picture.open(picture))
    assert len(document.log()) > 1, "what was refused is kept as candidates"
