"""The editor `comfyui` against a server that loads, waits, fails and is stopped as the real one is."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from retouch import parts
from retouch.edit import RGB, Reference
from retouch.editors.comfyui import ComfyUIEditor
from retouch.editors.graph import Graph
from retouch.errors import CancelledError, EditorError, RemoteError, SpecError
from retouch.spec import Spec
from tests.servers.comfyui import ComfyUI
from tests.servers.edits import Wanted, raw
from tests.servers.loopback import Loopback, Reply

GRAPH: dict[str, Any] = {
    "1": {"class_type": "LoadImage", "inputs": {"image": "%image%"}},
    "2": {"class_type": "TextEncodeQwenImageEdit", "inputs": {"image": ["1", 0], "prompt": "%prompt%"}},
    "3": {
        "class_type": "KSampler",
        "inputs": {"seed": "%seed%", "steps": 20, "cfg": 4.0, "positive": ["2", 0], "note": "%width%x%height% %date%"},
    },
    "9": {"class_type": "SaveImage", "inputs": {"images": ["3", 0], "filename_prefix": "retouch-%seed%"}},
}
MASK = {"4": {"class_type": "LoadImageMask", "inputs": {"image": "%mask%", "channel": "red"}}}


def graph_file(folder: Path, graph: Any = None) -> Path:
    file = folder / "edit.json"
    file.write_text(json.dumps(GRAPH if graph is None else graph), encoding="utf-8")
    return file


def negative_of(wanted: Wanted) -> RGB:
    out = 255 - wanted.pictures[0]
    return out if wanted.mask is None else np.where(wanted.mask[:, :, None], out, wanted.pictures[0])


@pytest.fixture
def comfy() -> ComfyUI:
    return ComfyUI(negative_of)


def made(server: Loopback, folder: Path, clock: Any, graph: Any = None, **options: Any) -> ComfyUIEditor:
    return ComfyUIEditor(target=server.url, graph=str(graph_file(folder, graph)), clock=clock, **options)


def test_the_graph_is_run_with_its_placeholders_filled(
    serve: Any, comfy: ComfyUI, clock: Any, idle: Any, request_for: Any, canvas: RGB, tmp_path: Path
) -> None:
    server = serve(comfy)
    result = made(server, tmp_path, clock).edit(request_for(instruction='Write "旨" %seed% {0}'), idle)
    assert np.array_equal(result.pixels, 255 - canvas)
    ((job, graph),) = comfy.graphs.items()
    assert graph["2"]["inputs"] == {"image": ["1", 0], "prompt": 'Write "旨" %seed% {0}'}  # what it says is only said
    assert graph["3"]["inputs"]["seed"] == 2**31 + 7
    assert graph["3"]["inputs"]["note"] == "256x192 %date%"
    assert graph["9"]["inputs"]["filename_prefix"] == f"retouch-{2**31 + 7}"
    assert np.array_equal(raw(comfy.inputs[graph["1"]["inputs"]["image"]]), canvas)
    assert clock.time == pytest.approx(2.0)  # two polls found nothing yet
    assert result.effective["seed"] == 2**31 + 7
    assert result.dropped == ()
    assert server.asked[1].json["prompt_id"] == job


def test_a_mask_is_uploaded_where_the_graph_wants_one(
    serve: Any, comfy: ComfyUI, clock: Any, idle: Any, request_for: Any, canvas: RGB, tmp_path: Path
) -> None:
    editor = made(serve(comfy), tmp_path, clock, GRAPH | MASK)
    request = request_for()
    result = editor.edit(request, idle)
    assert "mask" in editor.traits.modes
    assert np.array_equal(result.pixels[request.mask], 255 - canvas[request.mask])
    assert np.array_equal(result.pixels[~request.mask], canvas[~request.mask])


def test_references_stand_in_their_places_or_the_canvas_does(
    serve: Any, comfy: ComfyUI, clock: Any, idle: Any, request_for: Any, canvas: RGB, tmp_path: Path
) -> None:
    more = {
        name: {"class_type": "LoadImage", "inputs": {"image": f"%{place}%"}}
        for name, place in (("5", "reference"), ("6", "reference2"))
    }
    editor = made(serve(comfy), tmp_path, clock, GRAPH | more)
    assert editor.traits.references == 2
    glyph = np.full((30, 30, 3), 9, np.uint8)
    result = editor.edit(request_for(references=(Reference("glyph", "旨", glyph),)), idle)
    (graph,) = comfy.graphs.values()
    assert np.array_equal(raw(comfy.inputs[graph["5"]["inputs"]["image"]]), glyph)
    assert np.array_equal(raw(comfy.inputs[graph["6"]["inputs"]["image"]]), canvas)
    assert result.notes == ("no picture for %reference2%: the canvas stands in",)


def test_settings_fill_their_places_or_are_dropped(
    serve: Any, comfy: ComfyUI, clock: Any, idle: Any, request_for: Any, tmp_path: Path
) -> None:
    graph = json.loads(json.dumps(GRAPH))
    graph["3"]["inputs"] |= {"steps": "%steps%", "seed": 1}
    graph["9"]["inputs"]["filename_prefix"] = "x"
    result = made(serve(comfy), tmp_path, clock, graph, steps=30, cfg=2.5).edit(request_for(), idle)
    (sent,) = comfy.graphs.values()
    assert sent["3"]["inputs"]["steps"] == 30
    assert result.dropped == ("seed", "cfg")
    with pytest.raises(SpecError, match="placeholder %steps%; add steps="):
        made(serve(comfy), tmp_path, clock, graph)


def test_the_errors_of_nodes_are_shown(
    serve: Any, comfy: ComfyUI, clock: Any, idle: Any, request_for: Any, tmp_path: Path
) -> None:
    graph = GRAPH | {"7": {"class_type": "MyOwnNode", "inputs": {}}}
    server = serve(comfy)
    with pytest.raises(RemoteError, match=r"answered 400: node 7 \(MyOwnNode\): Unknown node MyOwnNode"):
        made(server, tmp_path, clock, graph).edit(request_for(), idle)
    told = {"node_id": "3", "node_type": "KSampler", "exception_message": "CUDA out of\nmemory \x1b[31m"}
    comfy.fail = [["execution_start", {}], ["execution_error", told]]
    with pytest.raises(EditorError, match=r"comfyui: node 3 \(KSampler\): CUDA out of memory \[31m$"):
        made(server, tmp_path, clock).edit(request_for(), idle)
    comfy.fail = [["execution_interrupted", {"node_id": "3"}]]
    with pytest.raises(EditorError, match="interrupted the job"):
        made(server, tmp_path, clock).edit(request_for(), idle)


@pytest.mark.parametrize("running", [True, False])
def test_a_stop_takes_the_job_off_the_queue_and_interrupts_only_ours(
    serve: Any, comfy: ComfyUI, clock: Any, request_for: Any, tmp_path: Path, running: bool
) -> None:
    comfy.forever = True

    class Stop:
        def progress(self, fraction: float) -> None: ...

        def raise_if_cancelled(self) -> None:
            if clock.time > 3:
                comfy.running[:] = list(comfy.graphs) if running else ["somebody-elses"]
                raise CancelledError("stopped")

    with pytest.raises(CancelledError):
        made(serve(comfy), tmp_path, clock).edit(request_for(), Stop())
    assert comfy.deleted == list(comfy.graphs)
    assert comfy.interrupted == (list(comfy.graphs) if running else [])


def test_a_stop_while_the_job_is_queued_takes_it_back_too(
    serve: Any, comfy: ComfyUI, clock: Any, request_for: Any, tmp_path: Path
) -> None:
    """Its answer was not heard, but its name is ours."""

    class Stop:
        def progress(self, fraction: float) -> None: ...

        def raise_if_cancelled(self) -> None:
            if comfy.graphs:
                raise CancelledError("stopped")

    with pytest.raises(CancelledError):
        made(serve(comfy), tmp_path, clock).edit(request_for(), Stop())
    assert comfy.deleted == list(comfy.graphs)


def test_a_stop_does_not_wait_for_a_server_that_is_gone(
    clock: Any, comfy: ComfyUI, request_for: Any, serve: Any, tmp_path: Path
) -> None:
    server = serve(comfy)

    class Stop:
        def progress(self, fraction: float) -> None: ...

        def raise_if_cancelled(self) -> None:
            if comfy.graphs:
                server.answers = lambda asked: Reply(503)
                raise CancelledError("stopped")

    with pytest.raises(CancelledError):
        made(server, tmp_path, clock).edit(request_for(), Stop())
    assert clock.time == 0  # one try, no wait
    assert [asked.path for asked in server.asked] == ["/upload/image", "/prompt", "/queue"]


def test_a_job_that_never_ends_is_given_up_and_taken_back(
    serve: Any, comfy: ComfyUI, clock: Any, idle: Any, request_for: Any, tmp_path: Path
) -> None:
    comfy.forever = True
    with pytest.raises(RemoteError, match="gave no result within 20 s in all"):
        made(serve(comfy), tmp_path, clock, timeout=10).edit(request_for(), idle)
    assert comfy.deleted == list(comfy.graphs)


@pytest.mark.parametrize(
    "image",
    [
        {"filename": 5, "type": "output"},
        {"filename": "a.png", "type": "/etc"},
        {"type": "output"},
        "a.png",
        None,
    ],
)
def test_an_answer_names_no_path(
    serve: Any, comfy: ComfyUI, clock: Any, idle: Any, request_for: Any, tmp_path: Path, image: Any
) -> None:
    def answers(asked: Any) -> Any:
        from tests.servers.loopback import says

        if asked.path.startswith("/history/"):
            job = asked.path.removeprefix("/history/")
            return says({job: {"outputs": {"9": {"images": [image]}}, "status": {"status_str": "success"}}})
        return comfy(asked)

    server = serve(answers)
    with pytest.raises(EditorError, match="node 9 gave no picture"):
        made(server, tmp_path, clock).edit(request_for(), idle)
    assert not any(asked.path == "/view" for asked in server.asked)


# graph files


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ("{", "is no JSON"),
        ("[]", "holds no nodes"),
        ("{}", "holds no nodes"),
        (json.dumps({"nodes": [], "links": [], "version": 0.4}), "not for the API"),
        (json.dumps({"1": {"inputs": {}}}), "node '1' has no class_type"),
        (json.dumps({"1": 5}), "node '1' has no class_type"),
        (json.dumps(GRAPH | {"2": {"class_type": "X", "inputs": {"image": ["77", 0]}}}), "there is no node '77'"),
        (json.dumps(GRAPH | {"1": {"class_type": "LoadImage", "inputs": {"image": "a.png"}}}), "has no %image%$"),
        (json.dumps(GRAPH | {"10": {"class_type": "SaveImage", "inputs": {}}}), "2 nodes that save a picture"),
        ("[" * 200_000, "is no JSON"),
        ("\ud800".encode("utf-8", "surrogatepass").decode("latin-1"), "is no JSON"),
    ],
)
def test_a_wrong_graph_is_refused_before_any_call(tmp_path: Path, content: str, complaint: str) -> None:
    file = tmp_path / "edit.json"
    file.write_text(content, encoding="utf-8")
    with pytest.raises(SpecError, match=complaint):
        Graph.read(str(file))


def test_the_output_can_be_named(tmp_path: Path) -> None:
    file = graph_file(tmp_path, GRAPH | {"10": {"class_type": "SaveImage", "inputs": {}}})
    spec = f"comfyui:http://127.0.0.1:8188?graph={file}&output=10"
    assert parts.create("editors", Spec.parse(spec)).sends_to == "127.0.0.1:8188"
    with pytest.raises(SpecError, match="has no node '11'; it has 1, 10, 2"):
        Graph.read(str(file), "11")


def test_a_graph_must_be_named_and_there() -> None:
    with pytest.raises(SpecError, match="which graph"):
        parts.create("editors", Spec.parse("comfyui:http://127.0.0.1:8188"))
    with pytest.raises(SpecError, match="cannot be read: No such file"):
        parts.create("editors", Spec.parse("comfyui?graph=/nowhere/edit.json"))
