"""The editor `comfyui`: runs the user's own graph on a ComfyUI server."""

from __future__ import annotations

import contextlib
import hashlib
import re
import time
import uuid
from typing import Any

import numpy as np

from retouch.availability import Availability
from retouch.clients import keys
from retouch.clients.complaint import clean, said
from retouch.clients.endpoint import Endpoint
from retouch.clients.exchange import Upload
from retouch.clients.http import HttpClient
from retouch.clients.patience import Clock, Deadline, Limits
from retouch.edit import Cost, EditRequest, EditResult, FixedCanvas, Traits
from retouch.editors import service
from retouch.editors.graph import Graph
from retouch.editors.service import patience, whole
from retouch.editors.sheet import png, read, sheet_for
from retouch.errors import CancelledError, EditorError, RemoteError, SpecError
from retouch.geometry import Size
from retouch.protocols import Watch

HOME = "http://127.0.0.1:8188"
_SUBFOLDER = "retouch"
_NAME = re.compile(r"[\w.() -]{1,200}")
_ID = re.compile(r"[0-9A-Za-z-]{1,64}")
_PLACES = ("output", "temp", "input")
_SEEDS = 2**32
_HURRY = Limits(connect=2.0, read=5.0, total=10.0, tries=1)
"""For taking a job back: whoever stops the work does not wait for a server that hangs."""


class ComfyUIEditor:
    """Runs a graph of your own on a ComfyUI server.

    Uploads the canvas (mask, references), runs `graph` with its placeholders filled in, and fetches the picture.
    `target` is the server; `graph` a file exported for the API, with `%image%`, `%prompt%` and what else of
    `retouch.editors.graph.PLACEHOLDERS` it wants; `output` the node with the result, needed only where several save
    one. `negative`, `steps` and `cfg` fill their placeholders; without a placeholder they are recorded as dropped.
    The server is asked every `poll` seconds whether it has finished, for at most twice `timeout`.
    """

    def __init__(
        self,
        *,
        target: str = HOME,
        graph: str = "",
        output: str | int = "",
        negative: str = " ",
        steps: int | None = None,
        cfg: float | None = None,
        area: int = 1024 * 1024,
        multiple: int = 8,
        poll: float = 1.0,
        parallel: int = 4,
        timeout: float = 600.0,
        tries: int = 4,
        clock: Clock | None = None,
    ) -> None:
        if not graph:
            raise SpecError("comfyui: which graph? add graph=FILE.json to the SPEC")
        self._graph = Graph.read(str(graph), str(output))
        self._settings = {"negative": str(negative), "steps": steps, "cfg": cfg}
        for name in ("steps", "cfg"):
            if name in self._graph.placeholders and self._settings[name] is None:
                raise SpecError(f"comfyui: {graph} has the placeholder %{name}%; add {name}=… to the SPEC")
        self._canvas = FixedCanvas(whole("comfyui", "area", area), whole("comfyui", "multiple", multiple))
        self._parallel, self._poll = whole("comfyui", "parallel", parallel), service.seconds("comfyui", "poll", poll)
        endpoint = Endpoint.parse(target, "comfyui")
        limits = patience("comfyui", timeout, tries)
        key = keys.find("comfyui", endpoint)
        self._client = HttpClient("comfyui", endpoint, key=key, limits=limits, clock=clock)
        self._hurried = HttpClient("comfyui", endpoint, key=key, limits=_HURRY, clock=clock)

    @staticmethod
    def availability() -> Availability:
        """Usable wherever there is a server; nobody is asked whether one runs."""
        return Availability(
            True, "with a server and a graph of your own: comfyui:http://127.0.0.1:8188?graph=FILE.json"
        )

    @property
    def sends_to(self) -> str:
        """The host that gets pictures and text."""
        return self._client.sends_to

    @property
    def traits(self) -> Traits:
        """What the graph has placeholders for."""
        own = self._graph.placeholders
        return service.traits(
            self._canvas,
            references=len({"reference", "reference2"} & own),
            masked="mask" in own,
            parallel=self._parallel,
            host=self.sends_to,
        )

    def edit(self, request: EditRequest, watch: Watch) -> EditResult:
        """One result for `request`. EditorError (RemoteError where it was the host) and CancelledError."""
        watch.raise_if_cancelled()
        began = time.monotonic()
        values, notes = self._values(request, watch)
        deadline = self._client.deadline(watch)
        job = str(uuid.uuid4())
        try:
            job = self._started(job, self._graph.filled(values), watch)
            done = self._finished(job, deadline, watch)
        except (CancelledError, RemoteError):
            self._stop(job)
            raise
        picture = read(self._client.get_bytes("view", query=self._picture(done), watch=watch), "comfyui")
        pixels, scaled = sheet_for(Size(request.canvas.shape[1], request.canvas.shape[0])).take(picture, "comfyui")
        effective = {n: v for n, v in values.items() if n != "prompt"} | {"host": self.sends_to}
        cost = Cost(calls=1, seconds=time.monotonic() - began)
        return EditResult(pixels, effective, self._dropped(request), cost, (*notes, *scaled))

    def _values(self, request: EditRequest, watch: Watch) -> tuple[dict[str, Any], tuple[str, ...]]:
        """A value for each placeholder of the graph; pictures are uploaded and stand as the server's names."""
        height, width = request.canvas.shape[:2]
        own, notes = self._graph.placeholders, []
        values: dict[str, Any] = {
            "prompt": request.instruction,
            "seed": request.seed % _SEEDS,
            "width": width,
            "height": height,
            **self._settings,
        }
        pictures = {"image": request.shown, "mask": np.where(request.mask, 255, 0).astype(np.uint8)}
        for number, name in enumerate(("reference", "reference2")):
            given = number < len(request.references)
            pictures[name] = request.references[number].pixels if given else request.canvas
            if name in own and not given:
                notes.append(f"no picture for %{name}%: the canvas stands in")
        uploaded = {name: self._uploaded(png(pixels), watch) for name, pixels in pictures.items() if name in own}
        return {name: value for name, value in (values | uploaded).items() if name in own}, tuple(notes)

    def _dropped(self, request: EditRequest) -> tuple[str, ...]:
        own = self._graph.placeholders
        wanted = ["seed", *(name for name in ("steps", "cfg") if self._settings[name] is not None)]
        references = ["references"] if len(request.references) > self.traits.references else []
        return (*(name for name in wanted if name not in own), *references)

    def _uploaded(self, content: bytes, watch: Watch) -> str:
        """Upload a picture under a name of its own content, so that tries do not pile up; the name the server gave."""
        name = f"{hashlib.sha256(content).hexdigest()[:24]}.png"
        fields = {"overwrite": "true", "type": "input", "subfolder": _SUBFOLDER}
        answer = self._client.post_form("upload/image", fields, [Upload("image", name, content)], watch=watch)
        given = [answer.get(part, "") for part in ("subfolder", "name")] if isinstance(answer, dict) else []
        if len(given) != 2 or not all(isinstance(g, str) for g in given) or not _NAME.fullmatch(given[1]):
            raise EditorError(f"comfyui: {self.sends_to} did not say under which name it keeps the picture")
        return "/".join(filter(None, (given[0] if _NAME.fullmatch(given[0]) else "", given[1])))

    def _started(self, wanted: str, graph: dict[str, Any], watch: Watch) -> str:
        """Queue the graph under the id `wanted`; the job's id, which older servers choose themselves."""
        body = {"prompt": graph, "client_id": wanted, "prompt_id": wanted}
        answer = self._client.post_json("prompt", body, watch=watch)
        job = answer.get("prompt_id") if isinstance(answer, dict) else None
        if isinstance(job, str) and _ID.fullmatch(job) and not answer.get("node_errors"):
            return job
        words = clean(said(answer))
        raise EditorError(f"comfyui: {self.sends_to} does not run the graph" + (f": {words}" if words else ""))

    def _finished(self, job: str, deadline: Deadline, watch: Watch) -> dict[str, Any]:
        """Wait for the job; its entry in the server's history. EditorError with the node that failed."""
        while True:
            answer = self._client.get_json(f"history/{job}", watch=watch)
            entry = answer.get(job) if isinstance(answer, dict) else None
            if isinstance(entry, dict):
                status = entry.get("status")
                if isinstance(status, dict) and status.get("status_str") == "error":
                    raise EditorError(f"comfyui: {_failed(status)}")
                return entry
            deadline.wait(self._poll)

    def _picture(self, entry: dict[str, Any]) -> dict[str, str]:
        """Where the output node's picture is, as the query that fetches it."""
        try:
            image = entry["outputs"][self._graph.output]["images"][0]
            query = {"filename": image["filename"], "subfolder": image.get("subfolder", ""), "type": image["type"]}
        except (KeyError, IndexError, TypeError, AttributeError):
            query = {}
        if not query or not all(isinstance(v, str) for v in query.values()) or query["type"] not in _PLACES:
            raise EditorError(f"comfyui: node {self._graph.output} gave no picture")
        return query

    def _stop(self, job: str) -> None:
        """Take the job from the queue; interrupt it only if it is the one that runs, for others' work is not ours."""
        with contextlib.suppress(RemoteError):
            self._hurried.post_json("queue", {"delete": [job]})
            queue = self._hurried.get_json("queue")
            running = queue.get("queue_running") if isinstance(queue, dict) else None
            entries = running if isinstance(running, list) else []
            if any(isinstance(entry, list) and job in entry[:3] for entry in entries):
                self._hurried.post_json("interrupt", {"prompt_id": job})


def _failed(status: dict[str, Any]) -> str:
    """The node that failed and why, from the messages of a job's status."""
    messages = status.get("messages")
    for message in messages if isinstance(messages, list) else []:
        if isinstance(message, list) and len(message) == 2 and isinstance(message[1], dict):
            name, told = message
            if name == "execution_error":
                where = f"node {told.get('node_id')} ({told.get('node_type')})"
                return clean(f"{where}: {told.get('exception_message') or told.get('exception_type')}")
            if name == "execution_interrupted":
                return "the server's user interrupted the job"
    return "the job failed"
