"""A chat endpoint on loopback: looks at the pictures it is sent, and answers as a script tells it, in any dialect."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from tests.servers.loopback import Asked, Reply, says

RGB = NDArray[np.uint8]


@dataclass(frozen=True)
class Turn:
    """One request to a chat endpoint, taken apart: all its words, its pictures, and the dialect of response_format."""

    body: dict[str, Any]
    words: str
    pictures: tuple[RGB, ...]
    form: str
    number: int


Script = Callable[[Turn], Any] | Sequence[Any]
"""What the model writes: a string as it is, a Reply instead of a completion, anything else as JSON. One for each
request, the last one for ever after."""


class Chat:
    """The answers of a `Loopback`: `Loopback(Chat(script))`. `takes` are the forms of response_format it knows."""

    def __init__(self, script: Script, takes: Sequence[str] = ("json_schema", "json_object", "text")) -> None:
        self._script = script
        self._takes = takes
        self.turns: list[Turn] = []

    def __call__(self, asked: Asked) -> Reply:
        if not asked.path.endswith("/chat/completions"):
            return says({"error": {"message": f"no {asked.path}"}}, 404)
        turn = _turn(asked.json, len(self.turns))
        if turn.form not in self._takes:
            return says({"error": {"message": f"response_format {turn.form} is not supported", "type": "invalid"}}, 400)
        self.turns.append(turn)
        said = self._script(turn) if callable(self._script) else self._script[min(turn.number, len(self._script) - 1)]
        return said if isinstance(said, Reply) else completion(said)


def completion(said: Any, finish: str = "stop") -> Reply:
    """An answer of the endpoint in which the model wrote `said`."""
    text = said if isinstance(said, str) else json.dumps(said, ensure_ascii=False)
    message = {"role": "assistant", "content": text}
    choice = {"index": 0, "message": message, "finish_reason": finish, "logprobs": None}
    usage = {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2}
    return says(
        {"id": "c1", "object": "chat.completion", "created": 1, "model": "m", "choices": [choice], "usage": usage}
    )


def _turn(body: dict[str, Any], number: int) -> Turn:
    words: list[str] = []
    pictures: list[RGB] = []
    for message in body["messages"]:
        content = message["content"]
        parts: list[dict[str, Any]] = [{"type": "text", "text": content}] if isinstance(content, str) else content
        for part in parts:
            if part["type"] == "text":
                words.append(part["text"])
            else:
                pictures.append(decoded(part["image_url"]["url"]))
    form = body.get("response_format", {}).get("type", "text")
    return Turn(body, "\n".join(words), tuple(pictures), form, number)


def decoded(uri: str) -> RGB:
    """The RGB pixels of a PNG data URI."""
    assert uri.startswith("data:image/png;base64,")
    raw = np.frombuffer(base64.b64decode(uri.partition(",")[2], validate=True), np.uint8)
    picture = cv2.imdecode(raw, cv2.IMREAD_COLOR)
    assert picture is not None
    return np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2RGB), np.uint8)
