"""A ComfyUI graph of the user's own, with placeholders: checked when it is read, filled in for each call."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from retouch.errors import SpecError

PLACEHOLDERS = (
    "image",
    "mask",
    "reference",
    "reference2",
    "prompt",
    "negative",
    "seed",
    "steps",
    "cfg",
    "width",
    "height",
)
"""What may stand as `%name%` in any text of the graph. Alone in its text it becomes the value itself, so that a number
stays one; inside a longer text it becomes the value's words."""
NEEDED = ("image", "prompt")
_PLACE = re.compile("%(" + "|".join(PLACEHOLDERS) + ")%")
_LONGEST = 4 * 2**20
_SAVING = ("SaveImage", "PreviewImage")
_EXPORT = "in ComfyUI, save it with Workflow > Export (API)"


@dataclass(frozen=True)
class Graph:
    """Nodes by id, as ComfyUI exports them for its API; `output` is the node whose picture is the result."""

    nodes: Mapping[str, Any]
    output: str
    placeholders: frozenset[str]

    @classmethod
    def read(cls, path: str, output: str = "") -> Graph:
        """The graph in a file. SpecError says what is wrong with it: no graph, a link into nothing, a placeholder or
        the output missing."""
        nodes = _nodes(path)
        found = frozenset(name for text in _texts(nodes) for name in _PLACE.findall(text))
        missing = [f"%{name}%" for name in NEEDED if name not in found]
        if missing:
            raise SpecError(
                f"comfyui: {path} has no {' and no '.join(missing)}",
                hint="write %image% for the file name in a LoadImage node, and %prompt% for the instruction's text",
            )
        return cls(nodes, _output(path, nodes, output), found)

    def filled(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """The graph with the values in place of the placeholders; what a value says is not looked at again."""
        filled: dict[str, Any] = _filled(self.nodes, values)
        return filled


def _nodes(path: str) -> dict[str, Any]:
    try:
        if Path(path).stat().st_size > _LONGEST:
            raise SpecError(f"comfyui: {path} is larger than {_LONGEST} bytes; that is no graph")
        found = json.loads(Path(path).read_bytes())
    except OSError as error:
        raise SpecError(f"comfyui: the graph {path} cannot be read: {error.strerror}") from error
    except (ValueError, RecursionError) as error:
        raise SpecError(f"comfyui: {path} is no JSON", hint=_EXPORT) from error
    if isinstance(found, dict) and isinstance(found.get("nodes"), list):
        raise SpecError(f"comfyui: {path} is a workflow as the editor saves it, not for the API", hint=_EXPORT)
    if not isinstance(found, dict) or not found:
        raise SpecError(f"comfyui: {path} holds no nodes", hint=_EXPORT)
    for name, node in found.items():
        _check(path, name, node, found)
    return found


def _check(path: str, name: str, node: Any, nodes: Mapping[str, Any]) -> None:
    if (
        not isinstance(node, dict)
        or not isinstance(node.get("class_type"), str)
        or not isinstance(node.get("inputs"), dict)
    ):
        raise SpecError(f"comfyui: {path}: node {name!r} has no class_type and inputs", hint=_EXPORT)
    for field, value in node["inputs"].items():
        link = isinstance(value, list) and len(value) == 2 and isinstance(value[0], str) and isinstance(value[1], int)
        if link and value[0] not in nodes:
            raise SpecError(f"comfyui: {path}: node {name!r}, {field}: there is no node {value[0]!r}")


def _output(path: str, nodes: Mapping[str, Any], wanted: str) -> str:
    if wanted:
        if wanted not in nodes:
            raise SpecError(f"comfyui: {path} has no node {wanted!r}; it has {', '.join(sorted(nodes))}")
        return wanted
    saving = [name for name, node in nodes.items() if node["class_type"] in _SAVING]
    if len(saving) != 1:
        raise SpecError(
            f"comfyui: {path} has {len(saving)} nodes that save a picture ({', '.join(saving) or 'none'})",
            hint="say which one holds the result: output=NODE in the SPEC",
        )
    return saving[0]


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping | list):
        for inner in value.values() if isinstance(value, Mapping) else value:
            yield from _texts(inner)


def _filled(value: Any, values: Mapping[str, Any]) -> Any:
    if isinstance(value, Mapping):
        return {name: _filled(inner, values) for name, inner in value.items()}
    if isinstance(value, list):
        return [_filled(inner, values) for inner in value]
    if not isinstance(value, str):
        return value
    alone = _PLACE.fullmatch(value)
    return values[alone[1]] if alone else _PLACE.sub(lambda place: str(values[place[1]]), value)
