"""The editor `dashscope`: Qwen-Image-Edit as Alibaba Model Studio serves it."""

from __future__ import annotations

import base64
import time
from typing import Any

from retouch.availability import Availability
from retouch.clients import keys
from retouch.clients.complaint import clean, said
from retouch.clients.endpoint import Endpoint, hosts
from retouch.clients.http import HttpClient
from retouch.clients.patience import Clock
from retouch.edit import Cost, EditRequest, EditResult, FixedCanvas, Traits
from retouch.editors import service
from retouch.editors.service import patience, whole
from retouch.editors.sheet import png, read, sheet_for
from retouch.errors import EditorError, SpecError
from retouch.geometry import Size
from retouch.protocols import Watch

REGIONS = {
    "intl": "https://dashscope-intl.aliyuncs.com/api/v1",
    "cn": "https://dashscope.aliyuncs.com/api/v1",
}
"""Keys belong to a region; one of the other is refused."""
_PATH = "services/aigc/multimodal-generation/generation"
_STORES = ".aliyuncs.com"
"""Where results lie for a day: buckets of the same provider."""
_PLAIN = "qwen-image-edit"
"""The first model takes one picture, and neither `size` nor `prompt_extend`."""
_LONGEST_PROMPT = 800
_LONGEST_NEGATIVE = 500
_SEEDS = 2**31
_AREA = 1024 * 1024
_LONGEST_FILE = 10 * 10**6
_MULTIPLE = 32
_REFERENCES = 2


class DashScopeEditor:
    """Drives Qwen-Image-Edit at Alibaba Model Studio.

    The result is fetched at once, as its address soon expires. The service's own rewriting of instructions is switched
    off: a chain of edits must say what was said. `region` is intl or cn; `target` another base URL, for a gateway.
    `negative` is at most 500 characters; an instruction of more than 800 is refused. There is no mask. `allow` names
    further hosts from which a result may be fetched.
    """

    def __init__(
        self,
        *,
        target: str = "",
        model: str = "qwen-image-edit-plus",
        region: str = "intl",
        negative: str = " ",
        area: int = _AREA,
        allow: str = "",
        parallel: int = 4,
        timeout: float = 300.0,
        tries: int = 4,
        clock: Clock | None = None,
    ) -> None:
        if region not in REGIONS:
            raise SpecError(f"dashscope: unknown region {region!r}; known: {', '.join(REGIONS)}")
        if len(str(negative)) > _LONGEST_NEGATIVE:
            raise SpecError(f"dashscope: negative has {len(str(negative))} characters, at most {_LONGEST_NEGATIVE}")
        endpoint = Endpoint.parse(target or REGIONS[region], "dashscope")
        self._model, self._negative = str(model), str(negative)
        self._area, self._parallel = whole("dashscope", "area", area), whole("dashscope", "parallel", parallel)
        wants_key = not endpoint.loopback
        key = keys.needed("dashscope", endpoint) if wants_key else keys.find("dashscope", endpoint)
        stores = (_STORES,) if endpoint.host.endswith(_STORES) else ()
        limits = patience("dashscope", timeout, tries)
        self._client = HttpClient(
            "dashscope", endpoint, key=key, allowed=(*stores, *hosts(str(allow))), limits=limits, clock=clock
        )

    @staticmethod
    def availability() -> Availability:
        """Usable with a key."""
        if keys.find("dashscope", Endpoint.parse(REGIONS["intl"])) is not None:
            return Availability(True, "a key is set")
        return Availability(False, "Model Studio needs a key", "export DASHSCOPE_API_KEY=…")

    @property
    def sends_to(self) -> str:
        """The host that gets pictures and text."""
        return self._client.sends_to

    @property
    def traits(self) -> Traits:
        """A canvas of about `area` pixels with sides of 512 to 2048; two references with all but the first model."""
        return service.traits(
            FixedCanvas(self._area, _MULTIPLE),
            references=0 if self._plain else _REFERENCES,
            masked=False,
            parallel=self._parallel,
            host=self.sends_to,
        )

    def edit(self, request: EditRequest, watch: Watch) -> EditResult:
        """One result for `request`. EditorError (RemoteError where it was the host) and CancelledError."""
        watch.raise_if_cancelled()
        began = time.monotonic()
        sheet = sheet_for(Size(request.canvas.shape[1], request.canvas.shape[0]))
        parameters, dropped = self._parameters(request)
        content = [{"image": url} for url in self._pictures(request)] + [{"text": _instruction(request)}]
        body = {
            "model": self._model,
            "input": {"messages": [{"role": "user", "content": content}]},
            "parameters": parameters,
        }
        url = self._address(self._client.post_json(_PATH, body, watch=watch))
        pixels, notes = sheet.take(read(self._client.fetch(url, watch=watch), "dashscope"), "dashscope")
        effective = {"model": self._model, "host": self.sends_to, **parameters}
        return EditResult(pixels, effective, dropped, Cost(calls=1, seconds=time.monotonic() - began), notes)

    @property
    def _plain(self) -> bool:
        return self._model == _PLAIN

    def _parameters(self, request: EditRequest) -> tuple[dict[str, Any], tuple[str, ...]]:
        parameters: dict[str, Any] = {"n": 1, "watermark": False, "seed": request.seed % _SEEDS}
        if self._negative:
            parameters["negative_prompt"] = self._negative
        dropped = ["references"] if len(request.references) > self.traits.references else []
        if self._plain:
            return parameters, (*dropped, "size")
        height, width = request.canvas.shape[:2]
        return parameters | {"size": f"{width}*{height}", "prompt_extend": False}, tuple(dropped)

    def _pictures(self, request: EditRequest) -> list[str]:
        """The canvas with its marks, then the references, as `data:` URLs."""
        pictures = [request.shown, *(r.pixels for r in request.references[: self.traits.references])]
        files = [png(pixels) for pixels in pictures]
        if max(map(len, files)) > _LONGEST_FILE:
            raise EditorError(f"dashscope: a picture of {max(map(len, files))} bytes; it takes {_LONGEST_FILE}")
        return ["data:image/png;base64," + base64.b64encode(file).decode() for file in files]

    def _address(self, answer: Any) -> str:
        """Where the result lies; EditorError if the answer names none."""
        try:
            parts = answer["output"]["choices"][0]["message"]["content"]
            found = next(part["image"] for part in parts if isinstance(part, dict) and part.get("image"))
        except (KeyError, IndexError, TypeError, StopIteration):
            found = None
        if isinstance(found, str):
            return found
        words = clean(said(answer))
        raise EditorError(f"dashscope: {self.sends_to} answered no picture" + (f": {words}" if words else ""))


def _instruction(request: EditRequest) -> str:
    length = len(request.instruction)
    if length > _LONGEST_PROMPT:
        raise EditorError(f"dashscope: the instruction has {length} characters, the service takes {_LONGEST_PROMPT}")
    return request.instruction
