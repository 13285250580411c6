"""Every SPEC of the guide to models names a part that exists, and options that its factory takes."""

from __future__ import annotations

import inspect
import json
import re
from pathlib import Path

import pytest

from retouch import parts
from retouch.errors import RetouchError
from retouch.spec import Spec

GUIDE = (Path(__file__).parent.parent / "docs" / "models.md").read_text(encoding="utf-8")
GROUPS: dict[str, parts.PartKind] = {
    "diffusers": "editors",
    "openai": "editors",
    "dashscope": "editors",
    "comfyui": "editors",
    "vlm": "verifiers",
}
SPECS = sorted(set(re.findall(rf"(?<![\w./-])((?:{'|'.join(GROUPS)})[:?][^\s`\"|…]+)", GUIDE)))


def test_the_guide_shows_every_door() -> None:
    assert {Spec.parse(spec).name for spec in SPECS} == set(GROUPS) and len(SPECS) > 20


@pytest.mark.parametrize("written", SPECS)
def test_the_options_of_each_spec_exist(written: str) -> None:
    spec = Spec.parse(written)
    taken = parts.parameters(parts.factory(GROUPS[spec.name], spec.name))
    assert set(spec.options) <= taken
    assert spec.target is None or "target" in taken


@pytest.mark.parametrize("written", SPECS)
def test_the_values_of_each_spec_are_taken(written: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only a folder of weights may be missing: no SPEC of the guide is refused for what stands in it."""
    for provider in ("OPENAI", "DASHSCOPE"):
        monkeypatch.setenv(f"RETOUCH_{provider}_API_KEY", "a-key-of-nobody")
    graph = {"1": {"class_type": "LoadImage", "inputs": {"image": "%image%", "text": "%prompt%"}}}
    graph |= {"9": {"class_type": "SaveImage", "inputs": {"images": ["1", 0]}}}
    (tmp_path / "edit.json").write_text(json.dumps(graph), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    spec = Spec.parse(written)
    try:
        assert parts.create(GROUPS[spec.name], spec)
    except RetouchError as error:
        missing = spec.name == "diffusers" or (spec.target or "").startswith("/models/")
        assert missing and "folder" in error.message, error.message


def test_the_table_of_options_is_that_of_the_editor() -> None:
    table = GUIDE.split("| option | meaning |")[1].split("\n\n")[0]
    named = {
        name for row in table.splitlines() for name in re.findall(r"`(\w+)`", row.split("|")[1] if "|" in row else "")
    }
    taken = set(inspect.signature(parts.factory("editors", "diffusers")).parameters) - {"target"}
    assert named == taken
