"""The editor `dashscope` against a server with the service's own rules."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from retouch import parts
from retouch.edit import RGB, Reference
from retouch.editors.dashscope import DashScopeEditor
from retouch.errors import EditorError, RemoteError, SpecError, UnavailableError
from retouch.spec import Spec
from tests.servers.dashscope import PATH, dashscope
from tests.servers.edits import Wanted
from tests.servers.loopback import Loopback, Reply, says

SECRET = "sk-dashscope-secret"


def negative_of(wanted: Wanted) -> RGB:
    return 255 - wanted.pictures[0]


def made(server: Loopback, clock: Any, **options: Any) -> DashScopeEditor:
    return DashScopeEditor(target=server.url + "/api/v1", clock=clock, **options)


def test_the_result_is_fetched_and_the_service_rewrites_nothing(
    serve: Any, clock: Any, idle: Any, request_for: Any, canvas: RGB, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DASHSCOPE_API_KEY", SECRET)
    server = serve(dashscope(negative_of, key=SECRET))
    result = made(server, clock).edit(request_for(), idle)
    assert np.array_equal(result.pixels, 255 - canvas)
    asked = server.asked[0]
    assert asked.path == PATH
    assert asked.json["parameters"] == {
        "n": 1,
        "watermark": False,
        "seed": 7,
        "negative_prompt": " ",
        "size": "256*192",
        "prompt_extend": False,
    }
    assert asked.json["input"]["messages"][0]["content"][1] == {"text": request_for().instruction}
    assert server.asked[1].query["Signature"] == "s3cr3t"
    assert result.dropped == ()
    assert "s3cr3t" not in str(result.effective)


def test_the_first_model_gets_neither_size_nor_references(
    serve: Any, clock: Any, idle: Any, request_for: Any, canvas: RGB
) -> None:
    server = serve(dashscope(negative_of))
    editor = made(server, clock, model="qwen-image-edit")
    result = editor.edit(request_for(references=(Reference("glyph", "旨", canvas),)), idle)
    assert np.array_equal(result.pixels, 255 - canvas)
    assert result.dropped == ("references", "size")
    assert editor.traits.references == 0
    assert "exemplar" not in editor.traits.rungs


def test_later_models_get_references_after_the_canvas(
    serve: Any, clock: Any, idle: Any, request_for: Any, canvas: RGB
) -> None:
    server = serve(dashscope(lambda wanted: wanted.pictures[2]))
    glyphs = tuple(Reference("glyph", "旨", np.full((192, 256, 3), n, np.uint8)) for n in range(3))
    result = made(server, clock).edit(request_for(references=glyphs), idle)
    assert (result.pixels == 1).all()
    assert result.dropped == ("references",)


def test_a_result_on_another_host_needs_leave(serve: Any, clock: Any, idle: Any, request_for: Any, canvas: RGB) -> None:
    store = serve(dashscope(negative_of))
    server = serve(dashscope(negative_of, store=store.url))
    with pytest.raises(RemoteError, match="not allowed") as caught:
        made(server, clock).edit(request_for(), idle)
    assert "s3cr3t" not in caught.value.message
    for _ in range(2):  # now two results lie there; the server's second is asked for
        made(store, clock).edit(request_for(), idle)
    allowed = made(server, clock, allow=f"127.0.0.1:{store.port}")
    assert np.array_equal(allowed.edit(request_for(), idle).pixels, 255 - canvas)


def test_a_long_instruction_is_not_cut_but_refused(serve: Any, clock: Any, idle: Any, request_for: Any) -> None:
    server = serve(dashscope(negative_of))
    made(server, clock).edit(request_for(instruction="字" * 800), idle)
    with pytest.raises(EditorError, match="801 characters, the service takes 800"):
        made(server, clock).edit(request_for(instruction="字" * 801), idle)
    assert [asked.method for asked in server.asked] == ["POST", "GET"]


@pytest.mark.parametrize(
    ("reply", "complaint"),
    [
        (says({"code": "DataInspectionFailed", "message": "Output data may contain inappropriate content."}, 400),
         "answered 400: DataInspectionFailed: Output data"),
        (says({"code": "Throttling", "message": "slow down"}), "answered no picture: Throttling: slow down"),
        (says({"output": {"choices": []}}), "answered no picture"),
        (says({"output": {"choices": [{"message": {"content": [{"text": "no"}]}}]}}), "answered no picture"),
        (says({"output": {"choices": [{"message": {"content": [{"image": ["x"]}]}}]}}), "answered no picture"),
        (says([1]), "answered no picture"),
        (says({"output": {"choices": [{"message": {"content": [{"image": "http://10.0.0.1/x"}]}}]}}), "not allowed"),
        (says({"output": {"choices": [{"message": {"content": [{"image": "file:///etc/passwd"}]}}]}}), "not allowed"),
    ],
)  # fmt: skip
def test_an_unusable_answer_is_an_editor_error(
    serve: Any, clock: Any, idle: Any, request_for: Any, reply: Reply, complaint: str
) -> None:
    with pytest.raises(EditorError, match=complaint):
        made(serve(reply), clock).edit(request_for(), idle)


def test_an_expired_result_is_a_failure(serve: Any, clock: Any, idle: Any, request_for: Any) -> None:
    image = [{"image": "/results/gone.png?Signature=s3cr3t"}]
    good = dashscope(negative_of)
    output = {"choices": [{"message": {"content": image}}]}
    server = serve(lambda asked: says({"output": output}) if asked.method == "POST" else good(asked))
    with pytest.raises(UnavailableError, match="answered 403"):
        made(server, clock).edit(request_for(), idle)


def test_without_a_key_the_editor_cannot_be_made() -> None:
    with pytest.raises(UnavailableError, match=r"dashscope-intl\.aliyuncs\.com wants a key") as caught:
        parts.create("editors", Spec.parse("dashscope?model=qwen-image-edit-plus"))
    assert "DASHSCOPE_API_KEY" in caught.value.hint


def test_specs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DASHSCOPE_API_KEY", SECRET)
    assert parts.create("editors", Spec.parse("dashscope?region=cn")).sends_to == "dashscope.aliyuncs.com"
    for wrong, complaint in (
        ("dashscope?region=mars", "unknown region 'mars'; known: intl, cn"),
        ("dashscope?negative=" + "x" * 501, "501 characters, at most 500"),
        ("dashscope?parallel=no", "parallel=False"),
    ):
        with pytest.raises(SpecError, match=complaint):
            parts.create("editors", Spec.parse(wrong))
