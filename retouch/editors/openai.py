"""The editor `openai`: any endpoint of `/v1/images/edits`, whatever its dialect."""

from __future__ import annotations

import base64
import binascii
import time
from typing import Any

import numpy as np

from retouch.availability import Availability
from retouch.clients import keys
from retouch.clients.complaint import clean, said
from retouch.clients.endpoint import Endpoint, hosts
from retouch.clients.exchange import Upload
from retouch.clients.http import HttpClient
from retouch.clients.patience import Clock
from retouch.edit import Cost, EditRequest, EditResult, FixedCanvas, Traits
from retouch.editors import dialect as dialects
from retouch.editors import service
from retouch.editors.service import patience, whole
from retouch.editors.sheet import Sheet, png, read, sheet_for
from retouch.errors import EditorError, SpecError
from retouch.geometry import Size
from retouch.protocols import Watch

HOME = "https://api.openai.com/v1"
_HOME = Endpoint.parse(HOME)
_FIELDS = (
    "num_inference_steps",
    "true_cfg_scale",
    "guidance_scale",
    "negative_prompt",
    "quality",
    "input_fidelity",
    "background",
)
"""The fields of the options steps, cfg, guidance, negative, quality, fidelity and background."""
_SEEDS = 2**31
"""Some services take a signed 32-bit number; the seed that was sent is recorded."""


class OpenAIEditor:
    """Drives a server with `/v1/images/edits` (OpenAI, vLLM-Omni, SGLang and others), each in its own dialect.

    `target` is the base URL, up to `/v1`. `steps`, `cfg`, `guidance`, `negative`, `quality`, `fidelity`, `background`
    and `extra` (`name:value,name:value`) are sent where the dialect takes them and recorded as dropped where not.
    `mask` (none, alpha-zero, white), `image_field`, `mask_field`, `size` (canvas, auto, none), `sizes` (the only ones
    known), `fields` (names of further fields it takes) and `references` change the dialect. `allow` names hosts from
    which a result may be fetched, `parallel` calls run at a time, each for at most `timeout` seconds without an answer.
    """

    def __init__(
        self,
        *,
        target: str = HOME,
        model: str | int = "",
        dialect: str = "",
        steps: int | None = None,
        cfg: float | None = None,
        guidance: float | None = None,
        negative: str | None = None,
        quality: str | None = None,
        fidelity: str | None = None,
        background: str | None = None,
        extra: str = "",
        mask: str = "",
        image_field: str = "",
        mask_field: str = "",
        size: str = "",
        sizes: str = "",
        fields: str = "",
        references: int | None = None,
        area: int = 1024 * 1024,
        multiple: int | None = None,
        allow: str = "",
        parallel: int = 4,
        timeout: float = 600.0,
        tries: int = 4,
        clock: Clock | None = None,
    ) -> None:
        endpoint = Endpoint.parse(target, "openai")
        self._model = str(model)
        self._dialect = dialects.dialect(
            str(dialect) or ("openai" if endpoint.host == _HOME.host else "plain"),
            self._model,
            str(fields),
            mask_style=dialects.mask_style(str(mask)),
            image_field=str(image_field),
            list_field=str(image_field),
            mask_field=str(mask_field),
            size_mode=dialects.size_mode(str(size)),
            sizes=dialects.sizes(str(sizes)),
            references=references,
            multiple=multiple,
        )
        named = (steps, cfg, guidance, negative, quality, fidelity, background)
        self._wanted = _wanted(extra) | dict(zip(_FIELDS, named, strict=True))
        self._area, self._parallel = whole("openai", "area", area), whole("openai", "parallel", parallel)
        limits = patience("openai", timeout, tries)
        key = keys.find("openai", endpoint)
        self._client = HttpClient("openai", endpoint, key=key, allowed=hosts(str(allow)), limits=limits, clock=clock)

    @staticmethod
    def availability() -> Availability:
        """Usable wherever there is a server; that of OpenAI itself needs a key."""
        if keys.find("openai", _HOME) is not None:
            return Availability(True, "a key for api.openai.com is set; other servers by their address")
        why = "for a server of your own: openai:http://HOST:PORT/v1?model=…; api.openai.com needs a key"
        return Availability(True, why, "export OPENAI_API_KEY=…")

    @property
    def sends_to(self) -> str:
        """The host that gets pictures and text."""
        return self._client.sends_to

    @property
    def traits(self) -> Traits:
        """A canvas of about `area` pixels; not exact, not deterministic."""
        own = self._dialect
        return service.traits(
            FixedCanvas(self._area, own.multiple),
            references=own.references,
            masked=own.mask_style != "none",
            parallel=self._parallel,
            host=self.sends_to,
        )

    def edit(self, request: EditRequest, watch: Watch) -> EditResult:
        """One result for `request`. EditorError (RemoteError where it was the host) and CancelledError."""
        watch.raise_if_cancelled()
        began = time.monotonic()
        sheet = sheet_for(Size(request.canvas.shape[1], request.canvas.shape[0]), self._dialect.sizes)
        extras, dropped = self._extras(request)
        fields = self._fields(request, sheet) | extras
        answer = self._client.post_form("images/edits", fields, self._uploads(request, sheet), watch=watch)
        item = self._first(answer)
        pixels, notes = sheet.take(read(self._bytes(item, watch), "openai"), "openai")
        cost = Cost(calls=1, seconds=time.monotonic() - began)
        return EditResult(pixels, self._effective(fields, item, request), dropped, cost, notes)

    def _fields(self, request: EditRequest, sheet: Sheet) -> dict[str, str]:
        own = self._dialect
        length = len(request.instruction)
        if length > own.longest_prompt:
            raise EditorError(f"openai: the instruction has {length} characters, {own.name} takes {own.longest_prompt}")
        fields = {"prompt": request.instruction, **dict(own.fixed)}
        if self._model:
            fields["model"] = self._model
        if own.size_mode == "canvas":
            fields["size"] = f"{sheet.size.width}x{sheet.size.height}"
        elif own.size_mode == "auto":
            fields["size"] = "auto"
        return fields

    def _extras(self, request: EditRequest) -> tuple[dict[str, str], tuple[str, ...]]:
        """Further fields that the dialect takes, and the names of those it does not."""
        wanted = {"seed": request.seed % _SEEDS} | {n: v for n, v in self._wanted.items() if v is not None}
        taken = {name: _text(value) for name, value in wanted.items() if name in self._dialect.extras}
        dropped = [name for name in wanted if name not in self._dialect.extras]
        if len(request.references) > self._dialect.references:
            dropped.append("references")
        return taken, tuple(dropped)

    def _uploads(self, request: EditRequest, sheet: Sheet) -> list[Upload]:
        """The canvas first, with its marks; then the reference pictures, and the mask."""
        own = self._dialect
        canvas = png(sheet.lay(request.shown))
        others = [png(reference.pixels) for reference in request.references[: own.references]]
        name = own.list_field if others else own.image_field
        uploads = [Upload(name, f"image-{n}.png", content) for n, content in enumerate([canvas, *others], start=1)]
        if own.mask_style != "none":
            uploads.append(Upload(own.mask_field, "mask.png", self._mask(request, sheet)))
        return uploads

    def _mask(self, request: EditRequest, sheet: Sheet) -> bytes:
        mask = sheet.lay_mask(request.mask)
        if self._dialect.mask_style == "white":
            return png(np.where(mask, 255, 0).astype(np.uint8))
        alpha = np.where(mask, 0, 255).astype(np.uint8)
        return png(np.dstack([sheet.lay(request.shown), alpha]))

    def _first(self, answer: Any) -> dict[str, Any]:
        """The first picture of an answer; EditorError if it has none."""
        data = answer.get("data") if isinstance(answer, dict) else None
        if isinstance(data, list) and data and isinstance(data[0], dict):
            return data[0]
        words = clean(said(answer))
        raise EditorError(
            f"openai: {self.sends_to} answered no picture"
            + (f": {words}" if words else "; expected data[0].b64_json or .url")
        )

    def _bytes(self, item: dict[str, Any], watch: Watch) -> bytes:
        """The picture's file: in the answer itself, or fetched from where it says."""
        encoded, url = item.get("b64_json"), item.get("url")
        if isinstance(encoded, str) and encoded:
            return decoded(encoded, "openai")
        if isinstance(url, str) and url.startswith("data:"):
            return decoded(url, "openai")
        if isinstance(url, str) and url:
            return self._client.fetch(url, watch=watch)
        raise EditorError(f"openai: {self.sends_to} answered no picture: data[0] has neither b64_json nor url")

    def _effective(self, fields: dict[str, str], item: dict[str, Any], request: EditRequest) -> dict[str, Any]:
        """What was sent, but for the instruction, which stands in the request; and what the service made of it."""
        sent: dict[str, Any] = {name: value for name, value in fields.items() if name != "prompt"}
        sent |= {"dialect": self._dialect.name, "host": self.sends_to, "mask": self._dialect.mask_style}
        revised = item.get("revised_prompt")
        if isinstance(revised, str) and revised.strip() not in ("", request.instruction.strip()):
            sent["revised_prompt"] = clean(revised)
        return sent


def decoded(text: str, part: str) -> bytes:
    """The bytes of base64, also as a `data:` URL; EditorError if it is none."""
    if text.startswith("data:"):
        text = text.partition(",")[2]
    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError) as error:
        raise EditorError(f"{part}: the result is no base64: {len(text)} characters") from error


def _wanted(extra: str) -> dict[str, Any]:
    """Fields from `name:value,name:value`."""
    wanted: dict[str, Any] = {}
    for part in filter(None, (p.strip() for p in str(extra).split(","))):
        name, colon, value = part.partition(":")
        if not colon or not name.isidentifier():
            raise SpecError(f"openai: extra={extra!r}: expected name:value,name:value")
        wanted[name] = value
    return wanted


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
