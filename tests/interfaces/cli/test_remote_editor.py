"""`retouch run` with editors behind HTTP, from the command to the output and the project file."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from retouch.geometry import Box
from retouch.interfaces.cli.main import main
from retouch.picture import Picture
from retouch.plan import ColourIs, Plan, Step, TextReads
from retouch.style import Face
from retouch.writing import fonts
from tests.servers import edits
from tests.servers.comfyui import ComfyUI
from tests.servers.dashscope import dashscope
from tests.servers.loopback import Answers, Loopback, Reply, says

SECRET = "sk-must-not-be-found-anywhere"


class Serve(Protocol):
    def __call__(self, answers: Answers) -> Loopback: ...


@pytest.fixture
def serve() -> Iterator[Serve]:
    with ExitStack() as stack:
        yield lambda answers: stack.enter_context(Loopback(answers))


@pytest.fixture(autouse=True)
def one_key(monkeypatch: pytest.MonkeyPatch) -> None:
    """A key that every service gets, so that it can be looked for."""
    for provider in ("OPENAI", "DASHSCOPE", "COMFYUI"):
        monkeypatch.setenv(f"RETOUCH_{provider}_API_KEY", SECRET)


@pytest.fixture
def plan(page: Path) -> Path:
    """One step on the small grey page."""
    step = Step(
        id="s1", operation="other", box=Box(30, 20, 24, 20), instruction="red", expectation=ColourIs(colour="red")
    )
    return written(page, step)


def written(page: Path, *steps: Step) -> Path:
    file = page.with_name("plan.json")
    file.write_text(Plan(goal="a test", steps=steps).to_json(), encoding="utf-8")
    return file


def red(wanted: edits.Wanted) -> edits.RGB:
    """Red in the mask, or in the middle."""
    out = edits.unchanged(wanted)
    height, width = out.shape[:2]
    middle = np.s_[height // 3 : 2 * height // 3, width // 3 : 2 * width // 3]
    out[middle if wanted.mask is None else wanted.mask] = (255, 0, 0)
    return out


def run(page: Path, plan: Path, editor: str, *more: object, verifier: str = "scripted") -> int:
    out = page.with_name("out.png")
    arguments = ["run", page, "--plan", plan, "--editor", editor, "--verifier", verifier, "-o", out, "--json", *more]
    return main([str(argument) for argument in arguments])


def outside_is_untouched(page: Path, box: Box) -> bool:
    before, after = Picture.open(page).pixels, Picture.open(page.with_name("out.png")).pixels.copy()
    after[box.slices] = before[box.slices]
    return bool(np.array_equal(before, after))


def nowhere_in_files(folder: Path, secret: str) -> bool:
    return all(secret.encode() not in file.read_bytes() for file in folder.rglob("*") if file.is_file())


@pytest.mark.parametrize("dialect", ["openai", "vllm-omni&mask=white", "sglang", "dynamo"])
def test_every_dialect_repairs_a_step_and_keeps_the_rest(
    page: Path, plan: Path, serve: Serve, capsys: pytest.CaptureFixture[str], dialect: str
) -> None:
    endpoint = {"openai": edits.openai, "vllm-omni": edits.vllm_omni, "sglang": edits.sglang, "dynamo": edits.dynamo}
    server = serve(endpoint[dialect.partition("&")[0]](red))
    spec = f"openai:{server.url}/v1?model=qwen-image-edit&dialect={dialect}&area=65536"
    assert run(page, plan, spec) == 0
    told = json.loads(capsys.readouterr().out)
    assert [(step["status"], step["attempts"]) for step in told["steps"]] == [("fixed", 1)]
    assert outside_is_untouched(page, Box(30, 20, 24, 20))
    centre = Picture.open(page.with_name("out.png")).pixels[30, 42]
    assert np.abs(centre.astype(int) - (255, 0, 0)).max() < 40  # the ring's colours are matched, so not quite pure
    assert server.asked[0].headers["authorization"] == f"Bearer {SECRET}"
    assert nowhere_in_files(page.parent, SECRET)


def test_dashscope_and_comfyui_do_the_same(
    page: Path, plan: Path, serve: Serve, capsys: pytest.CaptureFixture[str]
) -> None:
    graph = {
        "1": {"class_type": "LoadImage", "inputs": {"image": "%image%"}},
        "2": {"class_type": "TextEncodeQwenImageEdit", "inputs": {"image": ["1", 0], "prompt": "%prompt%"}},
        "9": {"class_type": "SaveImage", "inputs": {"images": ["2", 0], "filename_prefix": "%seed%"}},
    }
    file = page.with_name("graph.json")
    file.write_text(json.dumps(graph), encoding="utf-8")
    cloud, comfy = serve(dashscope(red, key=SECRET)), serve(ComfyUI(red, polls=0))
    for number, spec in enumerate(
        (f"dashscope:{cloud.url}/api/v1?area=65536", f"comfyui:{comfy.url}?graph={file}&area=65536")
    ):
        project = page.with_name(f"{number}.retouch")
        assert run(page, plan, spec, "--project", project) == 0
        assert outside_is_untouched(page, Box(30, 20, 24, 20))
        assert json.loads(capsys.readouterr().out)["steps"][0]["editor"].startswith(spec.partition(":")[0])
    assert nowhere_in_files(page.parent, SECRET)


def test_a_server_that_writes_well_repairs_a_line(
    tmp_path: Path, serve: Serve, capsys: pytest.CaptureFixture[str]
) -> None:
    """A real wish, judged by reading: the box is drawn on the picture as people do it by hand."""
    face = next((f for f in fonts.installed() if "WenKai" in f.family), None)
    if face is None:
        pytest.skip("the font LXGW WenKai is not installed")
    page = tmp_path / "page.png"
    box = painted_line(page, face)
    step = Step(
        id="s1",
        operation="replace",
        source="夏季",
        target="春季",
        box=box,
        mode="marked",
        instruction='Replace "夏季" with "春季".',
        expectation=TextReads(text="春季"),
    )
    server = serve(edits.vllm_omni(edits.scribe(face.path, face.index)))
    spec = f"openai:{server.url}/v1?model=qwen-image-edit&dialect=vllm-omni&area=262144"
    assert run(page, written(page, step), spec, verifier="text") == 0
    told = json.loads(capsys.readouterr().out)
    assert told["steps"][0]["status"] == "fixed"
    assert "red box" in server.asked[0].fields()["prompt"]
    assert outside_is_untouched(page, Box(*told["steps"][0]["box"]).grown(8))
    assert not edits.red_pixels(Picture.open(page.with_name("out.png")).srgb()).any()


def painted_line(page: Path, face: Face) -> Box:
    """Write a line on paper; the box of its first word."""
    image = Image.new("RGB", (420, 130), (236, 226, 205))
    font, draw = ImageFont.truetype(face.path, 64, index=face.index), ImageDraw.Draw(image)
    draw.text((30, 25), "夏季大優惠", font=font, fill=(25, 22, 20))
    left, top, right, bottom = draw.textbbox((30, 25), "夏季", font=font)
    noise = np.random.default_rng(1).integers(-3, 4, (130, 420, 3))
    Picture(np.clip(np.asarray(image, np.int16) + noise, 0, 255).astype(np.uint8)).save(page)
    return Box.between(int(left) - 4, int(top) - 5, int(right) + 1, int(bottom) + 5)


# failures


def black(wanted: edits.Wanted) -> edits.RGB:
    """What a model shows whose numbers were not finite."""
    return np.zeros_like(edits.unchanged(wanted))


@pytest.mark.parametrize(
    ("answers", "complaint"),
    [
        (lambda asked: says({"detail": "bad [/red] {field} %s"}, 400), r"answered 400: bad \[/red\] \{field\} %s"),
        (lambda asked: Reply(200, b"<html>"), "no JSON"),
        (edits.vllm_omni(black), "one colour"),
        (edits.openai(red, key="another"), "Incorrect API key provided: <key>"),
    ],
    ids=["refused", "garbage", "black", "wrong key"],
)
def test_three_failures_retire_the_editor_and_end_with_6(
    page: Path, plan: Path, serve: Serve, capsys: pytest.CaptureFixture[str], answers: Any, complaint: str
) -> None:
    server = serve(answers)
    before = page.read_bytes()
    assert run(page, plan, f"openai:{server.url}/v1?model=m&dialect=vllm-omni&area=65536&tries=1") == 6
    captured = capsys.readouterr()
    told = json.loads(captured.out)
    assert told["steps"][0]["status"] == "unfixed"
    assert re.search(complaint, told["steps"][0]["reason"])
    assert len(server.asked) == 3
    assert page.read_bytes() == before
    assert SECRET not in captured.out + captured.err
    assert nowhere_in_files(page.parent, SECRET)


def test_an_unreachable_server_ends_with_6_and_says_what_to_look_at(
    page: Path, plan: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(page, plan, "openai:http://127.0.0.1:9/v1?model=m&tries=1") == 6
    told = json.loads(capsys.readouterr().out)
    assert "127.0.0.1:9 cannot be reached" in told["steps"][0]["reason"]


def test_the_next_editor_takes_over(page: Path, plan: Path, serve: Serve, capsys: pytest.CaptureFixture[str]) -> None:
    server = serve(lambda asked: says({"error": {"message": "overloaded"}}, 400))
    bad = f"openai:{server.url}/v1?model=m&area=65536"
    assert run(page, plan, bad, "--editor", "scripted?colour=red") == 0
    step = json.loads(capsys.readouterr().out)["steps"][0]
    assert (step["status"], step["editor"]) == ("fixed", "scripted?colour=red")


def test_a_key_in_a_spec_is_refused(page: Path, plan: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(page, plan, f"openai:http://127.0.0.1:9/v1?model=m&api_key={SECRET}") == 2
    assert SECRET not in capsys.readouterr().out
