"""A vision-language model behind any OpenAI-compatible chat endpoint: vLLM, SGLang, Ollama, llama.cpp, OpenAI …"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, TypeVar, get_args

from pydantic import BaseModel

from retouch.clients import keys
from retouch.clients.asking import Message, answered
from retouch.clients.complaint import clean
from retouch.clients.endpoint import Endpoint
from retouch.clients.http import HttpClient
from retouch.clients.patience import Clock
from retouch.clients.patience import Limits as Patience
from retouch.clients.view import USUAL, BoxConvention, Limits, convention
from retouch.errors import RemoteError, SpecError
from retouch.protocols import Watch

T = TypeVar("T", bound=BaseModel)
Form = Literal["json_schema", "json_object", "text"]
"""How an endpoint is held to the schema: by constrained decoding, to some JSON, or not at all."""
_REFUSALS = (400, 415, 422)
"""Statuses by which servers refuse a field that they do not know."""
_MAX_BYTES = 4 * 2**20


@dataclass(frozen=True, slots=True)
class Dialect:
    """Which of the optional fields an endpoint takes."""

    form: Form = "json_schema"
    limit: Literal["max_tokens", "max_completion_tokens"] = "max_tokens"
    temperature: bool = True

    def without(self, complaint: str) -> Dialect | None:
        """The next dialect to try after a refusal in these words; None if there is none left."""
        if "max_completion_tokens" in complaint and self.limit == "max_tokens":
            return replace(self, limit="max_completion_tokens")
        if "temperature" in complaint and self.temperature:
            return replace(self, temperature=False)
        forms: tuple[Form, ...] = get_args(Form)
        left = forms[forms.index(self.form) + 1 :]
        return replace(self, form=left[0]) if left else None


class ChatModel:
    """Asks `{endpoint}/chat/completions`; threads may share it.

    `structured` fixes how the schema is enforced (`json_schema`, `json_object`, `text`); by default the strictest that
    the endpoint takes, which is remembered. `tokens` is the most that an answer may have.
    """

    def __init__(
        self,
        endpoint: str,
        model: str = "",
        *,
        box_convention: str | int = "",
        limits: Limits = USUAL,
        structured: str = "",
        tokens: int = 4096,
        temperature: float = 0.0,
        timeout: float = 300.0,
        tries: int = 4,
        clock: Clock | None = None,
    ) -> None:
        if structured and structured not in get_args(Form):
            raise SpecError(f"vlm: structured {structured!r} is unknown; expected {', '.join(get_args(Form))}")
        place = Endpoint.parse(endpoint, "vlm")
        self._model = str(model)
        self._limits, self._convention = limits, convention(box_convention, self._model)
        self._tokens, self._temperature = tokens, temperature
        self._fixed = bool(structured)
        self._dialect = replace(Dialect(), form=structured) if structured else Dialect()  # type: ignore[arg-type]
        self._lock = threading.Lock()
        patience = Patience(read=timeout, total=2 * timeout, tries=tries, max_bytes=_MAX_BYTES)
        key = keys.find(_provider(place), place)
        self._client = HttpClient("vlm", place, key=key, limits=patience, clock=clock)

    @property
    def name(self) -> str:
        """The model's name, or the host's where none was given."""
        return self._model or self.sends_to

    @property
    def sends_to(self) -> str:
        """The host that gets pictures and text."""
        return self._client.sends_to

    @property
    def limits(self) -> Limits:
        """How large its views must be."""
        return self._limits

    @property
    def box_convention(self) -> BoxConvention:
        """How it counts coordinates."""
        return self._convention

    def ask(
        self,
        messages: Sequence[Message],
        schema: type[T],
        check: Callable[[T], None] | None = None,
        watch: Watch | None = None,
    ) -> T:
        """The answer as a `schema`; RemoteError if the host failed, ServiceError for two answers beside the schema."""

        def complete(said: Sequence[Message], form: dict[str, Any]) -> str:
            return self._text(self._posted(said, form, schema.__name__, watch))

        return answered(complete, messages, schema, check, f"vlm: {clean(self.name)}")

    def _posted(self, messages: Sequence[Message], form: dict[str, Any], title: str, watch: Watch | None) -> Any:
        """The endpoint's answer; what it refuses is left out the next time, as soon as it is known to be that."""
        with self._lock:
            dialect = self._dialect
        first: RemoteError | None = None
        while True:
            try:
                answer = self._client.post_json(
                    "chat/completions", self._body(messages, form, title, dialect), watch=watch
                )
            except RemoteError as error:
                first = first or error
                lesser = dialect.without(error.message) if error.status in _REFUSALS else None
                if lesser is None or (self._fixed and lesser.form != dialect.form):
                    raise first from None
                dialect = lesser
            else:
                with self._lock:
                    self._dialect = dialect
                return answer

    def _body(self, messages: Sequence[Message], form: dict[str, Any], title: str, dialect: Dialect) -> dict[str, Any]:
        body: dict[str, Any] = {
            "messages": [{"role": message.role, "content": _content(message)} for message in messages],
            dialect.limit: self._tokens,
            "stream": False,
        }
        if self._model:
            body["model"] = self._model
        if dialect.temperature:
            body["temperature"] = self._temperature
        if dialect.form == "json_schema":
            schema = {"name": title.strip("_").lower(), "schema": form, "strict": True}
            body["response_format"] = {"type": "json_schema", "json_schema": schema}
        elif dialect.form == "json_object":
            body["response_format"] = {"type": "json_object"}
        return body

    def _text(self, answer: Any) -> str:
        """What the model wrote; RemoteError where it wrote nothing or was cut off."""
        try:
            choice = answer["choices"][0]
            message = choice["message"]
            content = message.get("content")
        except (KeyError, IndexError, TypeError, AttributeError):
            raise self._error("answered without choices[0].message") from None
        if isinstance(content, list):
            content = "".join(str(part.get("text", "")) for part in content if isinstance(part, dict))
        if isinstance(message.get("refusal"), str) and not content:
            raise self._error(f"refuses to answer: {clean(message['refusal'])}")
        if choice.get("finish_reason") == "length":
            hint = "raise it with the option tokens="
            raise self._error(f"was cut off after {self._tokens} tokens", hint)
        if not isinstance(content, str) or not content.strip():
            raise self._error("answered an empty message")
        return content

    def _error(self, what: str, hint: str = "") -> RemoteError:
        return RemoteError(f"vlm: {self.sends_to} {what}", host=self.sends_to, hint=hint)


def _content(message: Message) -> Any:
    """Plain text where there is no picture: some servers take parts from the user only."""
    if all(isinstance(part, str) for part in message.parts):
        return message.text
    return [
        {"type": "text", "text": part}
        if isinstance(part, str)
        else {"type": "image_url", "image_url": {"url": part.data_uri}}
        for part in message.parts
    ]


def _provider(endpoint: Endpoint) -> str:
    """Whose key it wants: Alibaba's hosts have an OpenAI-compatible door, too."""
    return "dashscope" if endpoint.host.endswith(".aliyuncs.com") else "openai"
