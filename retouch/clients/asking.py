"""Asking a vision-language model: what is said to it, and the promise that its reply fits a schema."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol, TypeVar, runtime_checkable

from pydantic import BaseModel

from retouch.clients.reply import parsed, portable
from retouch.clients.view import BoxConvention, Limits, View
from retouch.errors import ServiceError
from retouch.protocols import Watch

T = TypeVar("T", bound=BaseModel)

Complete = Callable[["Sequence[Message]", dict[str, Any]], str]
"""Messages and a JSON schema to the model's text."""
_QUOTED = 4000
"""Characters of a bad reply that are shown to the model again."""


@dataclass(frozen=True, slots=True, eq=False)
class Message:
    """One turn: text and pictures in the order in which they are shown."""

    role: Literal["system", "user", "assistant"]
    parts: tuple[str | View, ...]

    @property
    def text(self) -> str:
        """Its words without the pictures."""
        return "\n".join(part for part in self.parts if isinstance(part, str))


@runtime_checkable
class VisionModel(Protocol):
    """A model that looks at pictures and answers by a schema. It is given no tools, and has no other way to act."""

    @property
    def name(self) -> str:
        """The model's name, for evidence and messages."""

    @property
    def sends_to(self) -> str:
        """The host that gets pictures and text; empty if they stay here."""

    @property
    def limits(self) -> Limits:
        """How large the views must be that it is shown."""

    @property
    def box_convention(self) -> BoxConvention:
        """How it counts coordinates."""

    def ask(
        self,
        messages: Sequence[Message],
        schema: type[T],
        check: Callable[[T], None] | None = None,
        watch: Watch | None = None,
    ) -> T:
        """The model's answer as a `schema`. `check` may raise ValueError about it, in words for the model.

        ServiceError if the model failed, or did not answer by the schema twice.
        """


def answered(
    complete: Complete, messages: Sequence[Message], schema: type[T], check: Callable[[T], None] | None, who: str
) -> T:
    """The answer that `complete` gives, with one more round in which the model is told what was wrong."""
    form = portable(schema)
    messages = [*messages[:-1], _with_form(messages[-1], form)]
    text = complete(messages, form)
    try:
        return _checked(text, schema, check)
    except ValueError as error:
        said = str(error)
    text = complete([*messages, Message("assistant", (text[:_QUOTED],)), Message("user", (_repair(said),))], form)
    try:
        return _checked(text, schema, check)
    except ValueError as error:
        raise ServiceError(
            f"{who} did not answer as it was asked, twice: {error}",
            hint="a larger model, or a server with response_format json_schema, answers by the schema",
        ) from error


def _checked(text: str, schema: type[T], check: Callable[[T], None] | None) -> T:
    made = parsed(text, schema)
    if check is not None:
        check(made)
    return made


def _with_form(message: Message, form: dict[str, Any]) -> Message:
    words = "Answer with one JSON object and nothing else. Its JSON schema: " + json.dumps(form, ensure_ascii=False)
    return Message(message.role, (*message.parts, words))


def _repair(said: str) -> str:
    return f"That answer cannot be used: {said}. Answer again with one JSON object of the schema and nothing else."
