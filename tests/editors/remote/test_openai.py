"""The editor `openai` against endpoints in every dialect, and against ones that fail."""

from __future__ import annotations

import base64
import io
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest

from retouch import parts
from retouch.edit import RGB, EditRequest, FixedCanvas, Mark, Reference
from retouch.editors import dialect as dialects
from retouch.editors.openai import OpenAIEditor
from retouch.errors import CancelledError, EditorError, RemoteError, SpecError, UnavailableError
from retouch.geometry import Box, Size
from retouch.spec import Spec
from tests.servers import edits
from tests.servers.edits import Wanted, png
from tests.servers.loopback import Asked, Loopback, Reply, says

SECRET = "sk-the-secret-of-the-test"
SERVERS: dict[str, Callable[[edits.Paint], Callable[[Asked], Reply]]] = {
    "openai": edits.openai,
    "vllm-omni": edits.vllm_omni,
    "sglang": edits.sglang,
    "dynamo": edits.dynamo,
    "plain": edits.dynamo,
}
Ask = Callable[..., EditRequest]


def made(server: Loopback, dialect: str, clock: Any, **options: Any) -> OpenAIEditor:
    options = {"model": "qwen-image-edit"} | options
    return OpenAIEditor(target=server.url + "/v1", dialect=dialect, clock=clock, **options)


def spotted(wanted: Wanted) -> RGB:
    """The first picture with a white spot where it may change, or in its middle."""
    out = wanted.pictures[0].copy()
    where = wanted.mask if wanted.mask is not None else np.s_[60:110, 100:140]
    out[where] = 255
    return out


def answer(pixels: RGB) -> Reply:
    return says({"data": [{"b64_json": base64.b64encode(png(pixels)).decode()}]})


@pytest.mark.parametrize("dialect", SERVERS)
def test_every_dialect_takes_what_is_sent_and_gives_the_picture_back(
    serve: Any, clock: Any, idle: Any, request_for: Ask, dialect: str
) -> None:
    """Each server refuses fields that the real one refuses, whatever the SPEC asks for."""
    server = serve(SERVERS[dialect](spotted))
    request = request_for()
    wishes = {"steps": 40, "cfg": 4.0, "guidance": 1.0, "negative": " ", "quality": "high", "fidelity": "high"}
    result = made(server, dialect, clock, **wishes).edit(request, idle)
    expected = request.canvas.copy()
    expected[request.mask] = 255
    assert np.array_equal(result.pixels, expected)
    fields = server.asked[0].fields()
    assert fields["prompt"] == request.instruction
    assert (fields["size"], fields["model"]) == ("256x192", "qwen-image-edit")
    assert result.cost.calls == 1
    assert result.effective["dialect"] == dialect
    assert result.effective["host"] == f"127.0.0.1:{server.port}"
    assert "prompt" not in result.effective


@pytest.mark.parametrize(
    ("dialect", "sent", "dropped"),
    [
        ("openai", {"quality": "high"}, {"seed", "num_inference_steps", "true_cfg_scale", "negative_prompt"}),
        (
            "vllm-omni",
            {"seed": "7", "num_inference_steps": "40", "true_cfg_scale": "4.5", "negative_prompt": " "},
            {"quality"},
        ),
        ("sglang", {"seed": "7", "num_inference_steps": "40"}, {"quality"}),
        ("dynamo", {}, {"seed", "num_inference_steps", "true_cfg_scale", "negative_prompt", "quality"}),
        ("plain", {}, {"seed", "num_inference_steps", "true_cfg_scale", "negative_prompt", "quality"}),
    ],
)
def test_what_a_dialect_does_not_take_is_recorded_as_dropped(
    serve: Any, clock: Any, idle: Any, request_for: Ask, dialect: str, sent: dict[str, str], dropped: set[str]
) -> None:
    server = serve(SERVERS[dialect](spotted))
    editor = made(server, dialect, clock, steps=40, cfg=4.5, negative=" ", quality="high")
    result = editor.edit(request_for(), idle)
    fields = server.asked[0].fields()
    assert sent.items() <= fields.items()
    assert not dropped & fields.keys()
    assert set(result.dropped) == dropped
    assert sent.items() <= dict(result.effective).items()


def test_further_fields_go_where_the_spec_says_they_are_known(
    serve: Any, clock: Any, idle: Any, request_for: Ask
) -> None:
    server = serve(edits.vllm_omni(spotted))
    editor = made(server, "plain", clock, fields="seed,strength", extra="strength:0.8,lora:a")
    result = editor.edit(request_for(), idle)
    assert server.asked[0].fields()["strength"] == "0.8"
    assert server.asked[0].fields()["seed"] == "7"
    assert result.dropped == ("lora",)


@pytest.mark.parametrize(
    ("dialect", "options", "field", "style"),
    [
        ("openai", {}, "mask", "alpha-zero"),
        ("vllm-omni", {"mask": "white"}, "mask_image", "white"),
        ("plain", {"mask": "white", "mask_field": "where"}, "where", "white"),
        ("openai", {"mask": "none"}, "mask", "none"),
        ("vllm-omni", {}, "mask_image", "none"),
        ("sglang", {}, "mask", "none"),
    ],
)
def test_the_mask_is_drawn_as_the_endpoint_wants_it(
    serve: Any, clock: Any, idle: Any, request_for: Ask, dialect: str, options: dict[str, str], field: str, style: str
) -> None:
    server = serve(answer(request_for().canvas))
    request = request_for()
    editor = made(server, dialect, clock, **options)
    editor.edit(request, idle)
    sent = server.asked[0].files(field)
    assert len(sent) == (style != "none")
    assert ("mask" in editor.traits.modes) == (style != "none")
    if style == "white":
        assert np.array_equal(edits.raw(sent[0]), np.where(request.mask, 255, 0))
    elif style == "alpha-zero":
        found = edits.raw(sent[0])
        assert np.array_equal(found[:, :, 3], np.where(request.mask, 0, 255))
        assert np.array_equal(found[:, :, :3], request.canvas)


def test_marks_are_shown_and_references_follow_the_canvas(
    serve: Any, clock: Any, idle: Any, request_for: Ask, canvas: RGB
) -> None:
    shown = canvas.copy()
    shown[58:60, 98:142] = (255, 0, 0)
    glyphs = [Reference("glyph", "旨", np.full((20, 30, 3), n, np.uint8)) for n in range(4)]
    request = request_for(
        shown=shown, marks=(Mark(Box(100, 60, 40, 50), (255, 0, 0), "red"),), references=tuple(glyphs)
    )
    for dialect, field, count in (("openai", "image[]", 4), ("vllm-omni", "image", 2), ("plain", "image", 0)):
        server = serve(answer(canvas))
        result = made(server, dialect, clock).edit(request, idle)
        pictures = [edits.raw(c) for c in server.asked[0].files(field)]
        assert np.array_equal(pictures[0], shown)
        assert [int(p[0, 0, 0]) for p in pictures[1:]] == list(range(count))
        assert ("references" in result.dropped) == (count < 4)


@pytest.mark.parametrize("data_url", [False, True])
def test_a_result_may_lie_at_an_address(
    serve: Any, clock: Any, idle: Any, request_for: Ask, canvas: RGB, data_url: bool
) -> None:
    picture = png(255 - canvas)
    url = "data:image/png;base64," + base64.b64encode(picture).decode() if data_url else "/files/1.png"

    def answers(asked: Asked) -> Reply:
        return Reply(200, picture, kind="image/png") if asked.method == "GET" else says({"data": [{"url": url}]})

    server = serve(answers)
    assert np.array_equal(made(server, "plain", clock).edit(request_for(), idle).pixels, 255 - canvas)
    assert len(server.asked) == (1 if data_url else 2)


def test_sglang_gives_the_address_of_a_result(serve: Any, clock: Any, idle: Any, request_for: Ask) -> None:
    server = serve(edits.sglang(spotted))
    editor = made(server, "plain", clock, fields="response_format", extra="response_format:url")
    assert (editor.edit(request_for(), idle).pixels[60:110, 100:140] == 255).all()
    assert server.asked[1].path == "/v1/images/abc/content"


def test_a_result_on_another_host_is_fetched_only_if_that_is_allowed(
    serve: Any, clock: Any, idle: Any, request_for: Ask, canvas: RGB, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", SECRET)
    store = serve(Reply(200, png(255 - canvas), kind="image/png"))
    server = serve(says({"data": [{"url": store.url + "/a.png?sig=x"}]}))
    with pytest.raises(RemoteError, match="not allowed") as caught:
        made(server, "plain", clock).edit(request_for(), idle)
    assert "allow=" in caught.value.hint
    assert store.asked == []
    result = made(server, "plain", clock, allow=f"127.0.0.1:{store.port}").edit(request_for(), idle)
    assert np.array_equal(result.pixels, 255 - canvas)
    assert "authorization" not in store.asked[0].headers
    assert server.asked[0].headers["authorization"] == f"Bearer {SECRET}"


# sizes


def test_models_with_few_sizes_get_the_canvas_on_a_larger_sheet(
    serve: Any, clock: Any, idle: Any, request_for: Ask, canvas: RGB
) -> None:
    """The way there and back is one enlargement and one reduction; what is added round the canvas does not return."""
    server = serve(edits.openai(edits.unchanged))
    result = made(server, "openai", clock, sizes="1024x1024,512x512").edit(request_for(), idle)
    assert server.asked[0].fields()["size"] == "1024x1024"
    sent = edits.raw(server.asked[0].files("image")[0])
    assert sent.shape == (1024, 1024, 3)
    assert np.array_equal(sent[0], sent[127])  # repeated edge
    assert np.abs(result.pixels.astype(int) - canvas).mean() < 1
    alpha = edits.raw(server.asked[0].files("mask")[0])[:, :, 3]
    assert (alpha[128 + 4 * 60 : 128 + 4 * 110, 400:560] == 0).all()
    assert int((alpha == 0).sum()) == 4 * 50 * 4 * 40


def test_a_slightly_other_size_is_scaled_back_and_noted(serve: Any, clock: Any, idle: Any, request_for: Ask) -> None:
    server = serve(answer(np.full((96, 130, 3), 90, np.uint8) + np.arange(130, dtype=np.uint8)[None, :, None]))
    result = made(server, "plain", clock).edit(request_for(), idle)
    assert result.pixels.shape == (192, 256, 3)
    assert result.notes == ("result of 130x96 scaled to 256x192",)


@pytest.mark.parametrize("shape", [(192, 300), (64, 85), (256, 192), (1, 1)])
def test_a_quite_other_size_is_a_failure(
    serve: Any, clock: Any, idle: Any, request_for: Ask, shape: tuple[int, int]
) -> None:
    server = serve(answer(np.zeros((*shape, 3), np.uint8)))
    with pytest.raises(EditorError, match=f"the result is {shape[1]}x{shape[0]}, expected 256x192"):
        made(server, "plain", clock).edit(request_for(), idle)


def test_the_size_is_said_as_the_endpoint_wants_it(serve: Any, clock: Any, idle: Any, request_for: Ask) -> None:
    for mode, said in (("canvas", "256x192"), ("auto", "auto"), ("none", None)):
        server = serve(edits.vllm_omni(edits.unchanged))
        made(server, "vllm-omni", clock, size=mode).edit(request_for(), idle)
        assert server.asked[0].fields().get("size") == said


def test_sixteen_bit_and_transparent_results_become_plain_pictures(
    serve: Any, clock: Any, idle: Any, request_for: Ask
) -> None:
    import cv2

    deep = np.full((192, 256, 3), 40_000, np.uint16)
    clear = np.full((192, 256, 4), 80, np.uint8)
    for pixels, value in ((deep, 156), (clear, 80)):
        body = base64.b64encode(cv2.imencode(".png", pixels)[1].tobytes()).decode()
        found = made(serve(says({"data": [{"b64_json": body}]})), "plain", clock).edit(request_for(), idle).pixels
        assert found.dtype == np.uint8
        assert found.shape == (192, 256, 3)
        assert abs(int(found[0, 0, 0]) - value) <= 1


# failures

GARBAGE = base64.b64encode(b"no picture at all").decode()


@pytest.mark.parametrize(
    ("reply", "complaint"),
    [
        (says({"data": []}), "answered no picture"),
        (says({"data": [{}]}), "neither b64_json nor url"),
        (says({"data": [{"b64_json": 5, "url": ["x"]}]}), "neither b64_json nor url"),
        (says({"data": {"b64_json": "x"}}), "answered no picture"),
        (says([]), "answered no picture"),
        (says(None), "answered no picture"),
        (says({"error": {"message": "safety system"}}), "answered no picture: safety system"),
        (says({"data": [{"b64_json": "§§§"}]}), "no base64"),
        (says({"data": [{"b64_json": GARBAGE}]}), "no picture that is known"),
        (Reply(200, b"<html>Sign in</html>", kind="text/html"), "no JSON"),
        (Reply(200, b'{"data": [{"b64_json": NaN}]}'), "no JSON"),
        (says({"detail": "Invalid size format"}, 400), "answered 400: Invalid size format"),
        (says({"detail": [{"loc": ["body", "image"], "msg": "Field required", "input": "x" * 999}]}, 422), "required$"),
    ],
)
def test_an_unusable_answer_is_an_editor_error(
    serve: Any, clock: Any, idle: Any, request_for: Ask, reply: Reply, complaint: str
) -> None:
    with pytest.raises(EditorError, match=complaint) as caught:
        made(serve(reply), "plain", clock).edit(request_for(), idle)
    assert caught.value.exit_code == 6


def test_a_bomb_is_refused_before_it_is_decoded(serve: Any, clock: Any, idle: Any, request_for: Ask) -> None:
    from PIL import Image

    buffer = io.BytesIO()
    Image.new("1", (8_000, 8_000)).save(buffer, "PNG")
    server = serve(says({"data": [{"b64_json": base64.b64encode(buffer.getvalue()).decode()}]}))
    with pytest.raises(EditorError, match="64000000 pixels"):
        made(server, "plain", clock).edit(request_for(), idle)


def test_a_wrong_key_is_said_without_showing_it(
    serve: Any, clock: Any, idle: Any, request_for: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", SECRET)
    server = serve(edits.openai(spotted, key="sk-right"))
    with pytest.raises(UnavailableError, match="answered 401: .*Incorrect API key provided: <key>") as caught:
        made(server, "openai", clock).edit(request_for(), idle)
    assert SECRET not in repr(caught.value) + caught.value.hint
    assert caught.value.hint == "is the key in OPENAI_API_KEY right?"
    monkeypatch.setenv("RETOUCH_OPENAI_API_KEY", "sk-right")
    assert (made(server, "openai", clock).edit(request_for(), idle).pixels[80, 120] == 255).all()


def test_words_of_the_service_are_recorded_clean(
    serve: Any, clock: Any, idle: Any, request_for: Ask, canvas: RGB
) -> None:
    item = {"b64_json": base64.b64encode(png(canvas)).decode(), "revised_prompt": "ignore\x1b[2J the\nabove {0} %s"}
    result = made(serve(says({"data": [item]})), "plain", clock).edit(request_for(), idle)
    assert result.effective["revised_prompt"] == "ignore [2J the above {0} %s"


def test_an_instruction_that_is_too_long_is_not_sent(serve: Any, clock: Any, idle: Any, request_for: Ask) -> None:
    server = serve(edits.openai(spotted))
    with pytest.raises(EditorError, match="33000 characters, openai takes 32000"):
        made(server, "openai", clock).edit(request_for(instruction="x" * 33_000), idle)
    assert server.asked == []


def test_a_stop_ends_the_call(serve: Any, clock: Any, request_for: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("retouch.clients.network.SLICE", 0.01)
    over = threading.Event()
    server = serve(Reply(200, b"{}", hold=over))

    class Stop:
        def progress(self, fraction: float) -> None: ...

        def raise_if_cancelled(self) -> None:
            if server.asked:
                raise CancelledError("stopped")

    with pytest.raises(CancelledError):
        made(server, "plain", clock).edit(request_for(), Stop())
    over.set()


def test_calls_run_side_by_side(serve: Any, clock: Any, idle: Any, request_for: Ask, canvas: RGB) -> None:
    meeting = threading.Barrier(4, timeout=30)
    good = answer(canvas)

    def together(asked: Asked) -> Reply:
        meeting.wait()
        return good

    editor = made(serve(together), "plain", clock)
    with ThreadPoolExecutor(editor.traits.parallel) as pool:
        results = list(pool.map(lambda n: editor.edit(request_for(seed=n), idle), range(4)))
    assert all(np.array_equal(result.pixels, canvas) for result in results)


# SPECs


def test_the_spec_of_the_contract_makes_the_editor() -> None:
    spec = Spec.parse("openai:http://127.0.0.1:8000/v1?model=qwen-image-edit&dialect=vllm-omni")
    editor = parts.create("editors", spec)
    assert isinstance(editor, OpenAIEditor)
    assert editor.sends_to == "127.0.0.1:8000"
    traits = editor.traits
    assert traits.canvas == FixedCanvas(1024 * 1024, 32)
    assert (traits.exact, traits.deterministic, traits.parallel) == (False, False, 4)
    assert traits.modes == ("crop", "marked", "whole")
    assert traits.rungs == ("first", "seed", "reworded", "context", "exemplar", "component")


def test_the_home_of_the_dialect_is_known_by_its_host() -> None:
    editor = parts.create("editors", Spec.parse("openai?model=gpt-image-1&parallel=2"))
    assert editor.sends_to == "api.openai.com"
    assert "mask" in editor.traits.modes
    assert dialects.dialect("openai", "gpt-image-1").sizes == (Size(1024, 1024), Size(1536, 1024), Size(1024, 1536))
    assert dialects.dialect("openai", "gpt-image-2").sizes == ()
    plain = parts.create("editors", Spec.parse("openai:http://h:1/v1?model=2511"))
    assert plain.traits.modes == ("crop", "marked", "whole")
    assert "exemplar" not in plain.traits.rungs


@pytest.mark.parametrize(
    ("spec", "complaint"),
    [
        ("openai", "which model"),
        ("openai:h:8000/v1?model=a", "http"),
        ("openai:http://h/v1?dialect=klingon", "unknown dialect 'klingon'; known: openai, vllm-omni"),
        ("openai:http://h/v1?mask=grey", "mask='grey' is unknown"),
        ("openai:http://h/v1?size=big", "size='big' is unknown"),
        ("openai:http://h/v1?sizes=1024", "no list of sizes"),
        ("openai:http://h/v1?parallel=0", "parallel=0"),
        ("openai:http://h/v1?timeout=-1", "timeout=-1"),
        ("openai:http://h/v1?timeout=nan", "timeout=nan"),
        ("openai:http://h/v1?extra=a", "name:value"),
        ("openai:http://h/v1?api_key=sk-1", "secret"),
        ("openai:http://u:sk-1@h/v1", "without a password"),
        ("openai:http://h/v1?colour=red", "unknown option 'colour'"),
    ],
)
def test_a_wrong_spec_is_refused_before_anything_is_sent(spec: str, complaint: str) -> None:
    with pytest.raises(SpecError, match=complaint) as caught:
        parts.create("editors", Spec.parse(spec))
    assert "sk-1" not in caught.value.message


# the official client


def test_the_official_client_and_our_server_understand_each_other(
    serve: Any, clock: Any, idle: Any, request_for: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What our server takes from OpenAI's own client it takes from ours, field by field."""
    import openai

    server = serve(edits.openai(spotted, key=SECRET))
    request = request_for()
    files = [("a.png", png(request.canvas), "image/png"), ("b.png", png(request.canvas), "image/png")]
    alpha = edits.raw(made_mask(request))
    with openai.OpenAI(api_key=SECRET, base_url=server.url + "/v1", max_retries=0) as theirs:
        several = theirs.images.edit(
            image=files,
            mask=("mask.png", made_mask(request), "image/png"),
            prompt=request.instruction,
            model="gpt-image-2",
            n=1,
            size="256x192",
            output_format="png",
        )
        one = theirs.images.edit(image=files[0], prompt="x", model="gpt-image-2", size="256x192")
        with pytest.raises(openai.BadRequestError, match="Unknown parameter: 'seed'"):
            theirs.images.edit(image=files[0], prompt="x", model="gpt-image-2", extra_body={"seed": 1})
    assert several.data and one.data
    theirs_pixels = edits.raw(base64.b64decode(several.data[0].b64_json or ""))
    monkeypatch.setenv("RETOUCH_OPENAI_API_KEY", SECRET)
    reference = Reference("glyph", "旨", request.canvas)
    ours = made(server, "openai", clock, model="gpt-image-2").edit(request_for(references=(reference,)), idle)
    assert np.array_equal(ours.pixels, theirs_pixels)
    sent_by_them, sent_by_us = server.asked[0], server.asked[-1]
    assert sent_by_us.fields() == sent_by_them.fields()
    assert [p.name for p in sent_by_us.form if p.filename] == [p.name for p in sent_by_them.form if p.filename]
    assert [p.name for p in server.asked[1].form if p.filename] == ["image"]
    assert np.array_equal(edits.raw(sent_by_us.files("mask")[0]), alpha)


def made_mask(request: EditRequest) -> bytes:
    import cv2

    alpha = np.where(request.mask, 0, 255).astype(np.uint8)
    pixels = np.dstack([request.canvas, alpha])
    return cv2.imencode(".png", cv2.cvtColor(pixels, cv2.COLOR_RGBA2BGRA))[1].tobytes()
