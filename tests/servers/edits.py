"""Endpoints of `/v1/images/edits` in their dialects: each refuses what the real one refuses, in its own words."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from tests.servers.loopback import Asked, Reply, says

RGB = NDArray[np.uint8]
Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Wanted:
    """What a request asks for: the pictures, where to change the first (None: anywhere), and the other fields."""

    pictures: list[RGB]
    mask: Mask | None
    fields: dict[str, str]

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the result."""
        found = re.fullmatch(r"(\d+)x(\d+)", self.fields.get("size", ""))
        height, width = self.pictures[0].shape[:2]
        return (int(found[1]), int(found[2])) if found else (width, height)


Paint = Callable[[Wanted], RGB]


class Refusal(Exception):
    """An error answer of the dialect."""

    def __init__(self, reply: Reply) -> None:
        super().__init__(reply.status)
        self.reply = reply


def openai(paint: Paint, key: str | None = None) -> Callable[[Asked], Reply]:
    """As OpenAI does: unknown fields and a wrong key are refused, the mask has alpha 0 where to edit."""
    known = {
        "model", "prompt", "n", "size", "quality", "background", "input_fidelity", "output_format", "user", "stream",
        "output_compression", "partial_images", "moderation",
    }  # fmt: skip

    def refuse(status: int, message: str, code: str, param: str | None = None) -> Refusal:
        error = {"message": message, "type": "invalid_request_error", "code": code, "param": param}
        return Refusal(says({"error": error}, status))

    def answer(asked: Asked) -> Reply:
        sent = asked.headers.get("authorization")
        if key is not None and sent != f"Bearer {key}":
            shown = (sent or "nothing").removeprefix("Bearer ")
            raise refuse(401, f"Incorrect API key provided: {shown}.", "invalid_api_key")
        fields = asked.fields()
        for name in fields.keys() - known:
            raise refuse(400, f"Unknown parameter: '{name}'.", "unknown_parameter", name)
        if not fields.get("prompt"):
            raise refuse(400, "Missing required parameter: 'prompt'.", "missing_required_parameter", "prompt")
        pictures = [decoded(c) for c in asked.files("image") + asked.files("image[]")]
        if not pictures:
            raise refuse(400, "Missing required parameter: 'image'.", "missing_required_parameter", "image")
        mask = None
        for content in asked.files("mask"):
            alpha = raw(content)
            if alpha.ndim != 3 or alpha.shape[2] != 4 or alpha.shape[:2] != pictures[0].shape[:2]:
                raise refuse(400, "Invalid mask: it must have an alpha channel and the image's size", "invalid_mask")
            mask = alpha[:, :, 3] == 0
        result = paint(Wanted(pictures, mask, fields))
        item = {"b64_json": base64.b64encode(png(result)).decode()}
        usage = {
            "input_tokens": 323,
            "output_tokens": 4160,
            "total_tokens": 4483,
            "input_tokens_details": {"image_tokens": 300, "text_tokens": 23},
        }
        return says({"created": 1, "data": [item], "output_format": "png", "size": fields.get("size"), "usage": usage})

    return guarded(answer)


def vllm_omni(paint: Paint) -> Callable[[Asked], Reply]:
    """As vLLM-Omni does: `{"detail": …}`, white masks in `mask_image`, base64 only."""

    def answer(asked: Asked) -> Reply:
        fields = asked.fields()
        pictures = [decoded(c) for c in asked.files("image")]
        if not pictures:
            raise Refusal(says({"detail": "Field 'image' or 'url' is required"}, 422))
        size = fields.get("size", "auto")
        if size != "auto" and not re.fullmatch(r"\d+x\d+", size):
            raise Refusal(says({"detail": f"Invalid size format: '{size}'. Expected format: 'WIDTHxHEIGHT'."}, 400))
        if fields.get("response_format", "b64_json") != "b64_json":
            raise Refusal(says({"detail": "Only response_format 'b64_json' is supported"}, 400))
        masks = [raw(c) for c in asked.files("mask_image")]
        result = paint(Wanted(pictures, masks[0] > 127 if masks else None, fields))
        item = {"b64_json": base64.b64encode(png(result)).decode(), "url": None, "revised_prompt": None}
        return says({"created": 1701234567, "data": [item], "output_format": None, "size": None})

    return guarded(answer)


def sglang(paint: Paint) -> Callable[[Asked], Reply]:
    """As SGLang-diffusion does: the mask is not looked at, the prompt comes back, a result may lie at an address."""
    stored: dict[str, bytes] = {}

    def answer(asked: Asked) -> Reply:
        if asked.method == "GET":
            found = stored.get(asked.path)
            return Reply(200, found, kind="image/png") if found else says({"detail": "Image not found"}, 404)
        fields = asked.fields()
        pictures = [decoded(c) for c in asked.files("image") + asked.files("image[]")]
        if not pictures:
            problem = [{"type": "missing", "loc": ["body", "image"], "msg": "Field required", "input": "x" * 5000}]
            raise Refusal(says({"detail": problem}, 422))
        result = png(paint(Wanted(pictures, None, fields)))
        item: dict[str, str | None] = {"revised_prompt": fields["prompt"]}
        if fields.get("response_format") == "url":
            stored["/v1/images/abc/content"] = result
            item["url"] = "/v1/images/abc/content"
        else:
            item["b64_json"] = base64.b64encode(result).decode()
        return says({"id": "abc", "created": 1, "data": [item]})

    return guarded(answer)


def dynamo(paint: Paint) -> Callable[[Asked], Reply]:
    """As a frontend does that knows few fields and refuses all others."""
    known = {"model", "prompt", "n", "size", "response_format"}

    def answer(asked: Asked) -> Reply:
        fields = asked.fields()
        unknown = (fields.keys() - known) | ({part.name for part in asked.form if part.filename} - {"image"})
        if unknown:
            raise Refusal(
                says({"message": f"Unsupported field: {sorted(unknown)[0]}", "type": "Bad Request", "code": 400}, 400)
            )
        result = paint(Wanted([decoded(c) for c in asked.files("image")], None, fields))
        return says({"created": 1, "data": [{"b64_json": base64.b64encode(png(result)).decode()}]})

    return guarded(answer)


def guarded(answer: Callable[[Asked], Reply]) -> Callable[[Asked], Reply]:
    """Only `/v1/images/…` is served, and a refusal becomes its answer."""

    def served(asked: Asked) -> Reply:
        if not asked.path.startswith("/v1/images/"):
            return says({"detail": "Not Found"}, 404)
        try:
            return answer(asked)
        except Refusal as refusal:
            return refusal.reply

    return served


def raw(content: bytes) -> NDArray[np.uint8]:
    """A PNG's pixels: grey (height, width), or RGB(A)."""
    pixels = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_UNCHANGED)
    assert pixels is not None, "no picture was sent"
    if pixels.ndim == 3:
        pixels = cv2.cvtColor(pixels, cv2.COLOR_BGRA2RGBA if pixels.shape[2] == 4 else cv2.COLOR_BGR2RGB)
    return np.asarray(pixels, np.uint8)


def decoded(content: bytes) -> RGB:
    pixels = raw(content)
    assert pixels.ndim == 3 and pixels.shape[2] == 3, f"models take RGB only, this is {pixels.shape}"
    return pixels


def png(pixels: RGB) -> bytes:
    return cv2.imencode(".png", cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR))[1].tobytes()


# painters


def unchanged(wanted: Wanted) -> RGB:
    """The first picture in the size asked for."""
    return np.asarray(cv2.resize(wanted.pictures[0], wanted.size, interpolation=cv2.INTER_AREA), np.uint8)


def scribe(font: str, index: int = 0) -> Paint:
    """A painter that writes the last quoted text of the instruction into the mask, or into the red frame it sees.

    It takes away what stands there (and the frame), and leaves everything else as it is, but for a slight tint.
    """

    def paint(wanted: Wanted) -> RGB:
        out = wanted.pictures[0].copy()
        area = wanted.mask if wanted.mask is not None else _framed(out)
        x, y, width, height = cv2.boundingRect(area.astype(np.uint8))
        paper = np.median(out[~area], axis=0)
        out[y : y + height, x : x + width] = paper
        said = re.findall(r'["“]([^"”]+)["”]', wanted.fields["prompt"])
        text = said[-1] if said else "?"
        image = Image.fromarray(out)
        side = _side(font, index, text, width, height)
        face = ImageFont.truetype(font, side, index=index)
        left, top, right, bottom = face.getbbox(text)
        place = (x + (width - (right - left)) / 2 - left, y + (height - (bottom - top)) / 2 - top)
        ImageDraw.Draw(image).text(place, text, font=face, fill=(25, 22, 20))
        return np.asarray(image, np.uint8)

    return paint


def _side(font: str, index: int, text: str, width: int, height: int) -> int:
    """The size in which the text fills nine tenths of the place."""
    left, top, right, bottom = ImageFont.truetype(font, 100, index=index).getbbox(text)
    return max(8, round(90 * min(width / (right - left), height / (bottom - top))))


def _framed(pixels: RGB) -> Mask:
    """The inside of the pure red frame; it must be there."""
    red = red_pixels(pixels)
    assert red.any(), "no red frame to be seen"
    x, y, width, height = cv2.boundingRect(red.astype(np.uint8))
    area = np.zeros(red.shape, np.bool_)
    area[y : y + height, x : x + width] = True
    return area


def red_pixels(pixels: RGB) -> Mask:
    """Where a picture shows the marker's red."""
    return np.asarray(cv2.inRange(pixels, np.array([200, 0, 0]), np.array([255, 60, 60])) > 0, np.bool_)
