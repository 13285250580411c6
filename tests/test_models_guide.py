"""Every SPEC of the guide to models names a part that exists, and options that its factory takes."""

from __future__ import annotations

import inspect
import re
from pathlib import Path

import pytest

from retouch import parts
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


def test_the_table_of_options_is_that_of_the_editor() -> None:
    table = GUIDE.split("| option | meaning |")[1].split("\n\n")[0]
    named = {
        name for row in table.splitlines() for name in re.findall(r"`(\w+)`", row.split("|")[1] if "|" in row else "")
    }
    taken = set(inspect.signature(parts.factory("editors", "diffusers")).parameters) - {"target"}
    assert named == taken
