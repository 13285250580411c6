"""A ComfyUI server: takes pictures, runs a graph of load, encode and save nodes, keeps a history."""

from __future__ import annotations

import threading
from typing import Any

import numpy as np

from tests.servers.edits import Paint, Wanted, png, raw
from tests.servers.loopback import Asked, Reply, says

KNOWN = {"LoadImage", "LoadImageMask", "TextEncodeQwenImageEdit", "KSampler", "SaveImage", "EmptyLatentImage"}


class ComfyUI:
    """`paint` is what the model does. A job ends after `polls` looks at the history; `fail` makes it end in an error;
    with `forever` it never ends, and waits in the queue or (`running`) runs."""

    def __init__(self, paint: Paint, polls: int = 2) -> None:
        self.paint = paint
        self.polls = polls
        self.fail: list[Any] | None = None
        self.forever = False
        self.running: list[str] = []
        self.inputs: dict[str, bytes] = {}
        self.graphs: dict[str, dict[str, Any]] = {}
        self.deleted: list[str] = []
        self.interrupted: list[str] = []
        self._looks: dict[str, int] = {}
        self._outputs: dict[str, bytes] = {}
        self._lock = threading.Lock()

    def __call__(self, asked: Asked) -> Reply:
        with self._lock:
            if asked.path.startswith("/history/"):
                return self._history(asked.path.removeprefix("/history/"))
            served = {
                "/upload/image": self._upload,
                "/prompt": self._prompt,
                "/view": self._view,
                "/queue": self._queue,
                "/interrupt": self._interrupt,
            }.get(asked.path)
            return served(asked) if served else Reply(404, b"404: Not Found", kind="text/plain")

    def _upload(self, asked: Asked) -> Reply:
        fields, (part,) = asked.fields(), [p for p in asked.form if p.filename]
        assert part.name == "image" and fields["type"] == "input" and fields["overwrite"] == "true"
        self.inputs[f"{fields['subfolder']}/{part.filename}"] = part.content
        return says({"name": part.filename, "subfolder": fields["subfolder"], "type": "input"})

    def _prompt(self, asked: Asked) -> Reply:
        graph, job = asked.json["prompt"], asked.json["prompt_id"]
        errors = {}
        for name, node in graph.items():
            if node["class_type"] == "LoadImage" and node["inputs"]["image"] not in self.inputs:
                told = {"type": "custom_validation_failed", "message": "Invalid image file", "details": "image"}
                errors[name] = {"errors": [told], "class_type": "LoadImage", "dependent_outputs": ["9"]}
            if node["class_type"] not in KNOWN:
                told = {"type": "value_not_in_list", "message": "Unknown node", "details": node["class_type"]}
                errors[name] = {"errors": [told], "class_type": node["class_type"], "dependent_outputs": ["9"]}
        if errors:
            error = {"type": "prompt_outputs_failed_validation", "message": "Prompt outputs failed validation"}
            return says({"error": error, "node_errors": errors}, 400)
        self.graphs[job] = graph
        return says({"prompt_id": job, "number": len(self.graphs), "node_errors": {}})

    def _history(self, job: str) -> Reply:
        self._looks[job] = self._looks.get(job, 0) + 1
        if job not in self.graphs or self.forever or self._looks[job] <= self.polls:
            return says({})
        if self.fail is not None:
            return says(
                {job: {"outputs": {}, "status": {"status_str": "error", "completed": False, "messages": self.fail}}}
            )
        self._outputs[f"{job}.png"] = png(self.paint(self._wanted(self.graphs[job])))
        image = {"filename": f"{job}.png", "subfolder": "a b", "type": "output"}
        status = {"status_str": "success", "completed": True, "messages": []}
        return says({job: {"outputs": {"9": {"images": [image]}}, "status": status}})

    def _wanted(self, graph: dict[str, Any]) -> Wanted:
        loads = [node for node in graph.values() if node["class_type"] == "LoadImage"]
        pictures = [raw(self.inputs[node["inputs"]["image"]]) for node in loads]
        masks = [
            raw(self.inputs[n["inputs"]["image"]]) > 127 for n in graph.values() if n["class_type"] == "LoadImageMask"
        ]
        texts = [n["inputs"]["prompt"] for n in graph.values() if n["class_type"] == "TextEncodeQwenImageEdit"]
        height, width = pictures[0].shape[:2]
        mask = np.asarray(masks[0], np.bool_) if masks else None
        return Wanted(pictures, mask, {"prompt": texts[0], "size": f"{width}x{height}"})

    def _view(self, asked: Asked) -> Reply:
        found = self._outputs.get(asked.query["filename"])
        right = asked.query["subfolder"] == "a b" and asked.query["type"] == "output"
        return Reply(200, found, kind="image/png") if found and right else Reply(404)

    def _queue(self, asked: Asked) -> Reply:
        if asked.method == "GET":
            return says({"queue_running": [[0, job, {}, {}, []] for job in self.running], "queue_pending": []})
        self.deleted += asked.json["delete"]
        return Reply(200)

    def _interrupt(self, asked: Asked) -> Reply:
        self.interrupted.append(asked.json["prompt_id"])
        return Reply(200)
