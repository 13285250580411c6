"""The examples of each editing job: for real with the built-in editors, and as plumbing with an editor like a model."""

from __future__ import annotations

import importlib
import re
import shlex
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import retouch
from examples import pictures
from retouch.edit import EditRequest, EditResult, FixedCanvas, Traits
from retouch.errors import UnavailableError
from retouch.geometry import Box
from retouch.interfaces.cli.main import main
from retouch.picture import Picture
from retouch.verdict import Outcome

ROOT = Path(__file__).parent.parent
WITH_A_MODEL = ("signboard", "background", "clothing", "style_transfer", "novel_view")
BUILT_IN = ("chained_calligraphy", "two_boxes", "poster_text", "letter_colour", "remove_object")


class Model:
    """Like an editing model: its own canvas, boxes marked by colour, several in one call; it inverts what it may."""

    def __init__(self, area: int = 256 * 256) -> None:
        modes: Any = ("crop", "marked", "whole")
        self.traits = Traits(canvas=FixedCanvas(area, 32), modes=modes, exact=False, together=4, references=2)
        self.requests: list[EditRequest] = []

    def edit(self, request: EditRequest, watch: Any) -> EditResult:
        self.requests.append(request)
        pixels = request.canvas.copy()
        pixels[request.mask] = 255 - pixels[request.mask]
        return EditResult(pixels)


class Content:
    """Like a vision-language model that is asked and says yes."""

    def __init__(self) -> None:
        self.asked: list[retouch.Step] = []

    def verify(self, before: Picture, after: Picture, step: retouch.Step) -> retouch.Verdict:
        self.asked.append(step)
        return retouch.Verdict(verifier="content", outcome=Outcome.PASS, score=1.0)


def run(name: str, *arguments: Any) -> int:
    try:
        code: int = importlib.import_module(f"examples.{name}").main(*arguments)
    except UnavailableError as error:
        pytest.skip(str(error))
    return code


def opened(folder: Path, name: str) -> Picture:
    return Picture.open(folder / f"{name}.png")


def changed(folder: Path, before: str, after: str) -> Any:
    return (opened(folder, before).pixels != opened(folder, after).pixels).any(axis=2)


def box_of(mask: Any) -> Box:
    ys, xs = np.nonzero(mask)
    return Box.between(int(xs.min()), int(ys.min()), int(xs.max()) + 1, int(ys.max()) + 1)


def test_calligraphy_is_repaired_in_its_boxes(tmp_path: Path) -> None:
    assert run("chained_calligraphy", str(tmp_path)) == 0
    _, boxes = pictures.calligraphy()
    outside = changed(tmp_path, "page", "fixed")
    for box in boxes.values():
        assert outside[box.slices].any()
        outside[box.slices] = False
    assert not outside.any()


def test_two_marked_boxes_are_one_call_with_two_colours(tmp_path: Path) -> None:
    model = Model(1024 * 1024)
    run("two_boxes", str(tmp_path), model)
    first = model.requests[0]
    assert [mark.name for mark in first.marks] == ["red", "blue"]
    assert "In the red box: " in first.instruction and "稽" in first.instruction and "亭" in first.instruction


def test_posters_read_as_said(tmp_path: Path) -> None:
    assert run("poster_text", str(tmp_path)) == 0
    english, chinese = (changed(tmp_path, name, f"{name}-new") for name in ("english", "chinese"))
    assert not english[:, :440].any() and english[90:210].any() and english[280:].any()
    assert chinese[:250].any() and chinese[320:].any() and not chinese[260:320].any()


def test_one_letter_becomes_blue(tmp_path: Path) -> None:
    assert run("letter_colour", str(tmp_path)) == 0
    after, where = opened(tmp_path, "blue").pixels.astype(int), changed(tmp_path, "sale", "blue")
    box = box_of(where)
    assert 60 <= box.width <= 90 and 40 <= box.height <= 70, "one m of the headline"
    assert (after[where][:, 2] > after[where][:, 0] + 100).mean() > 0.7
    blue = (after[..., 2] > after[..., 0] + 60).any(axis=0)
    reddish = (after[box.slices][..., 0] > after[box.slices][..., 2] + 80).mean()
    assert blue.any() and reddish < 0.01, "no red is left of the letter"


def test_a_strand_of_hair_is_gone(tmp_path: Path) -> None:
    assert run("remove_object", str(tmp_path)) == 0
    box = pictures.STRAND
    where = changed(tmp_path, "portrait", "without")
    assert box.contains(box_of(where))
    wall = opened(tmp_path, "without").pixels[box.slices].astype(int)
    assert np.abs(wall - (206, 214, 208)).max() < 30


@pytest.mark.parametrize("name", WITH_A_MODEL)
def test_what_wants_a_model_runs_with_one(name: str, tmp_path: Path) -> None:
    model, judge = Model(), Content()
    assert run(name, str(tmp_path), model, judge) == 0
    assert all(isinstance(step.expectation, retouch.Answers) for step in judge.asked)
    assert model.requests and all(request.instruction for request in model.requests)
    more = {"novel_view": 2, "background": 2}.get(name, 1)
    assert len(list(tmp_path.glob("*.png"))) == 1 + more


def test_the_reflection_lies_in_the_box_and_the_rest_stays(tmp_path: Path) -> None:
    run("signboard", str(tmp_path), Model(), Content())
    where = changed(tmp_path, "pond", "signboard")
    assert where[300:380].any() and where[400:520].any(), "the lawn and the water"
    assert Box(270, 270, 260, 260).contains(box_of(where))


def test_behind_the_person_everything_may_change_and_nothing_of_him(tmp_path: Path) -> None:
    run("background", str(tmp_path), Model(), Content())
    where = changed(tmp_path, "portrait", "beach")
    assert where[:60].mean() > 0.9 and not where[260:380, 260:380].any()


def test_emoji_are_branches_from_one_version(tmp_path: Path) -> None:
    assert run("emoji_series", str(tmp_path), Model(), Content()) == 0
    document = retouch.open(tmp_path / "mascot.png")
    first = document.head()
    heads = [document.head(kind) for kind in document.branches if kind != "main"]
    assert len(list(tmp_path.glob("????.png"))) == 16
    assert len(heads) == 16 and all([parent.id for parent in head.parents] == [first.id] for head in heads)


@pytest.mark.parametrize("name", ["poster_text", "letter_colour", "remove_object"])
def test_the_command_lines_of_the_built_in_editors_do_their_job(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run(name, str(tmp_path / "script")) == 0
    for line in lines_of(name):
        if "--editor" in line:
            continue
        here = tmp_path / Path(line[1]).stem
        here.mkdir()
        for file in (tmp_path / "script").glob("*.png"):
            shutil.copy(file, here)
        monkeypatch.chdir(here)
        assert main(line) == 0
        picture = retouch.open(here / line[1])
        assert not picture.head().picture.same_pixels(Picture.open(here / line[1]))


def lines_of(name: str) -> list[list[str]]:
    doc = importlib.import_module(f"examples.{name}").__doc__ or ""
    lines = re.sub(r"\\\n\s*", " ", doc).splitlines()
    return [shlex.split(line)[1:] for line in lines if line.startswith("retouch ")]


@pytest.mark.parametrize("name", [*BUILT_IN, *WITH_A_MODEL, "emoji_series"])
def test_each_script_is_short_and_its_command_line_is_understood(name: str) -> None:
    import typer

    from retouch.interfaces.cli.app import app

    text = (ROOT / "examples" / f"{name}.py").read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 42
    assert f"python -m examples.{name} OUT" in text
    lines = lines_of(name)
    assert lines
    for command, *arguments in lines:
        typer.main.get_command(app).commands[command].make_context(command, arguments)  # type: ignore[attr-defined]
