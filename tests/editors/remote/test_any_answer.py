"""Whatever a service answers, it is a picture or an EditorError: nothing else gets out, and nothing else is fetched."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from retouch.edit import EditRequest
from retouch.editors.comfyui import ComfyUIEditor
from retouch.editors.dashscope import DashScopeEditor
from retouch.editors.openai import OpenAIEditor
from retouch.errors import EditorError
from retouch.geometry import Box
from tests.servers.loopback import Asked, Loopback, Reply, says

WORDS = st.sampled_from(
    ["data", "b64_json", "url", "error", "message", "detail", "code", "output", "choices", "content", "image", "images",
     "status", "status_str", "messages", "outputs", "9", "node_errors", "prompt_id", "name", "subfolder",
     "execution_error", "filename", "type", "http://10.0.0.1/x", "data:,x", "../../etc/passwd", "%s{0}[/red]",
     "revised_prompt"]
)  # fmt: skip
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | WORDS | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=4),
    max_leaves=12,
)
SELDOM = settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
OFTEN = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture(scope="module")
def server() -> Iterator[Loopback]:
    with Loopback(lambda asked: Reply(404)) as running:
        yield running


@pytest.fixture
def request_(request_for: Any) -> EditRequest:
    small = np.zeros((16, 16, 3), np.uint8)
    made: EditRequest = request_for(canvas=small, shown=small, mask=np.ones((16, 16), np.bool_), box=Box(4, 4, 8, 8))
    return made


@given(answer=JSON)
@OFTEN
def test_openai(server: Loopback, clock: Any, idle: Any, request_: EditRequest, answer: Any) -> None:
    for wrapped in (answer, {"data": [answer]}, {"data": [{"b64_json": answer}]}, {"data": [{"url": answer}]}):
        refused(OpenAIEditor(target=server.url + "/v1", clock=clock, tries=1), server, wrapped, request_, idle)


@given(answer=JSON)
@OFTEN
def test_dashscope(server: Loopback, clock: Any, idle: Any, request_: EditRequest, answer: Any) -> None:
    inside = {"output": {"choices": [{"message": {"content": answer}}]}}
    for wrapped in (answer, inside, {"output": {"choices": answer}}):
        refused(DashScopeEditor(target=server.url, clock=clock, tries=1), server, wrapped, request_, idle)


@given(answer=JSON)
@SELDOM
def test_comfyui(server: Loopback, clock: Any, idle: Any, request_: EditRequest, answer: Any, tmp_path: Path) -> None:
    """As the answer to an upload, to the graph, and as the job's history."""
    graph = {
        "1": {"class_type": "A", "inputs": {"image": "%image%", "p": "%prompt%"}},
        "9": {"class_type": "SaveImage", "inputs": {}},
    }
    file = tmp_path / "graph.json"
    file.write_text(json.dumps(graph), encoding="utf-8")
    usual = {"/upload/image": {"name": "a.png", "subfolder": "retouch"}, "/prompt": {"prompt_id": "job"}}
    for path in ("/upload/image", "/prompt", "/history/job"):
        for wrapped in (answer, {"job": answer}, {"job": {"outputs": {"9": answer}}}, {"job": {"status": answer}}):
            told = usual | {path: wrapped}
            editor = ComfyUIEditor(target=server.url, graph=str(file), clock=clock, tries=1, timeout=2)
            refused(editor, server, told, request_, idle, by_path=True)


def refused(editor: Any, server: Loopback, answer: Any, request: EditRequest, idle: Any, by_path: bool = False) -> None:
    """The edit fails with an EditorError of one clean line."""

    def answers(asked: Asked) -> Reply:
        if asked.method == "GET" and not asked.path.startswith("/history"):
            return Reply(404)
        return says(answer.get(asked.path, {}) if by_path else answer)

    server.answers = answers
    with pytest.raises(EditorError) as caught:
        editor.edit(request, idle)
    assert caught.value.message.isprintable()
    assert len(caught.value.message) < 600
