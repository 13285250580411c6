"""What a model wrote, read as one object of a schema: only what the schema has a place for is taken from it."""

from __future__ import annotations

import json
import re
from typing import Any, NoReturn, TypeVar

from pydantic import BaseModel, ValidationError

LONGEST = 200_000
"""Characters of a reply that are looked at."""
_TRIES = 200
"""Opening braces that are tried; prose has a few."""
_THOUGHT = re.compile(r"<think>.*?(?:</think>|\Z)", re.DOTALL | re.IGNORECASE)
_DROPPED = ("title", "default", "discriminator", "minLength")
_SHOWN = 4
"""Complaints about one object that the model is told."""

T = TypeVar("T", bound=BaseModel)


def parsed(text: str, schema: type[T]) -> T:
    """The one object of `schema` in a reply, whatever prose stands round it.

    ValueError, in words for the model, where there is none, or where several different ones fit: a reply that quotes
    an answer which it read in the picture beside its own must not be settled by which of them came first.
    """
    found = _objects(_THOUGHT.sub(" ", text[:LONGEST]))
    if not found:
        raise ValueError("there was no JSON object in it")
    fitting: list[T] = []
    complaints = ""
    for value in found:
        try:
            made = schema.model_validate(value)
        except ValidationError as error:
            complaints = complaints or _said(error)
            continue
        if made not in fitting:
            fitting.append(made)
    if not fitting:
        raise ValueError(complaints)
    if len(fitting) > 1:
        raise ValueError(f"it held {len(fitting)} different answers; exactly one JSON object is wanted")
    return fitting[0]


def portable(schema: type[BaseModel]) -> dict[str, Any]:
    """The JSON schema of a model in the subset that servers with constrained decoding take: every property required,
    none beside them, alternatives as `anyOf`, no defaults."""
    made = _portable(schema.model_json_schema(by_alias=True))
    assert isinstance(made, dict)
    return made


def _portable(node: Any) -> Any:
    if isinstance(node, list):
        return [_portable(each) for each in node]
    if not isinstance(node, dict):
        return node
    names = {"oneOf": "anyOf"}
    out = {names.get(k, k): v if k == "properties" else _portable(v) for k, v in node.items() if k not in _DROPPED}
    if "const" in out:
        out["enum"] = [out.pop("const")]
    if isinstance(out.get("properties"), dict):
        out["properties"] = {name: _portable(value) for name, value in node["properties"].items()}
        out["required"] = list(out["properties"])
        out["additionalProperties"] = False
    return out


def _objects(text: str) -> list[dict[str, Any]]:
    """The outermost JSON objects in a text, in their order."""
    decoder = json.JSONDecoder(object_pairs_hook=_unique, parse_constant=_refuse)
    found: list[dict[str, Any]] = []
    at = text.find("{")
    for _ in range(_TRIES):
        if at < 0:
            break
        try:
            value, end = decoder.raw_decode(text, at)
            found.append(value)
        except (ValueError, RecursionError):
            end = at + 1
        at = text.find("{", end)
    return found


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        raise ValueError("a name stands twice")
    return made


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no JSON")


def _said(error: ValidationError) -> str:
    """Where and what, without the input."""
    listed = error.errors(include_input=False, include_url=False, include_context=False)
    said = [f"{'.'.join(map(str, each['loc'])) or 'the object'}: {each['msg']}" for each in listed[:_SHOWN]]
    return "; ".join(said)
