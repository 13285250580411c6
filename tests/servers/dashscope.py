"""Model Studio's image API: JSON in, the address of the result out, errors with code and message."""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any

from tests.servers.edits import Paint, Wanted, decoded, png
from tests.servers.loopback import Asked, Reply, says

PATH = "/api/v1/services/aigc/multimodal-generation/generation"


def dashscope(paint: Paint, store: str = "", key: str | None = None) -> Callable[[Asked], Reply]:
    """Answers edits at `PATH`; results lie below `/results/` of `store` (default: here)."""
    stored: dict[str, bytes] = {}

    def refuse(code: str, message: str, status: int = 400) -> Reply:
        return says({"code": code, "message": message, "request_id": "r-1"}, status)

    def answer(asked: Asked) -> Reply:
        if asked.method == "GET":
            found = stored.get(asked.path)
            return Reply(200, found, kind="image/png") if found else Reply(403, b"<Error>expired</Error>")
        if asked.path != PATH:
            return refuse("InvalidURL", "url error, please check url", 404)
        if key is not None and asked.headers.get("authorization") != f"Bearer {key}":
            return refuse("InvalidApiKey", "Invalid API-key provided.", 401)
        problem, wanted = _read(asked.json)
        if wanted is None:
            return refuse("InvalidParameter", problem)
        name = f"/results/{len(stored)}.png"
        stored[name] = png(paint(wanted))
        image = f"{store or 'http://' + asked.headers['host']}{name}?Expires=1&Signature=s3cr3t"
        message = {"role": "assistant", "content": [{"image": image}]}
        output = {"choices": [{"finish_reason": "stop", "message": message}]}
        return says({"output": output, "usage": {"image_count": 1}, "request_id": "r-1"})

    return answer


def _read(body: Any) -> tuple[str, Wanted | None]:
    """What is wrong with a body, or what it wants."""
    (message,) = body["input"]["messages"]
    pictures = [part["image"] for part in message["content"] if "image" in part]
    texts = [part["text"] for part in message["content"] if "text" in part]
    parameters, plain = body["parameters"], body["model"] == "qwen-image-edit"
    if message["role"] != "user" or len(texts) != 1 or len(texts[0]) > 800:
        return "one text of at most 800 characters is expected", None
    if not 1 <= len(pictures) <= (1 if plain else 3):
        return "the number of images is wrong", None
    if plain and parameters.keys() & {"size", "prompt_extend"} or parameters["n"] != 1:
        return "the model does not take these parameters", None
    if not 0 <= parameters.get("seed", 0) < 2**31 or len(parameters.get("negative_prompt", "")) > 500:
        return "seed or negative_prompt is out of range", None
    decodes = [decoded(base64.b64decode(p.removeprefix("data:image/png;base64,"), validate=True)) for p in pictures]
    size = str(parameters.get("size", "")).replace("*", "x")
    return "", Wanted(decodes, None, {"size": size, "prompt": texts[0]})
