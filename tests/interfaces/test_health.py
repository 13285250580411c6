"""What is installed, and what is said of what is not."""

from __future__ import annotations

import json

import pytest

from retouch import parts
from retouch.availability import Availability
from retouch.errors import UnavailableError
from retouch.interfaces import health
from retouch.interfaces.cli.main import main
from retouch.parts import PartKind


@pytest.mark.parametrize("kind", ["planners", "editors", "verifiers"])
def test_parts_are_described_and_usable_or_say_why_not_and_what_to_do(kind: PartKind) -> None:
    for part in health.parts_of(kind):
        assert part.about
        assert part.usable or (part.missing and part.command), part
    usable = {part.name for part in health.parts_of(kind) if part.usable}
    built_in: dict[PartKind, set[str]] = {
        "planners": {"words", "boxes", "proofread"},
        "editors": {"typeset", "inpaint", "recolour"},
        "verifiers": {"text", "character", "colour"},
    }
    assert built_in[kind] <= usable


class Absent:
    """An editor that lacks something."""

    @staticmethod
    def availability() -> Availability:
        return Availability(False, "no module torch", "pip install retouch[models]")


class Broken:
    """An editor that cannot even say so."""

    @staticmethod
    def availability() -> Availability:
        raise OSError("disk")


def test_what_a_part_says_of_itself_is_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    made = {"typeset": Absent, "inpaint": Broken}
    real = parts.factory
    monkeypatch.setattr(parts, "factory", lambda kind, name: made.get(name) or real(kind, name))
    found = {part.name: part for part in health.parts_of("editors")}
    assert found["typeset"] == health.PartReport(
        "typeset", False, "An editor that lacks something.", "no module torch", "pip install retouch[models]"
    )
    assert not found["inpaint"].usable and "OSError: disk" in found["inpaint"].missing
    assert main(["editors", "--json"]) == 0
    told = {part["name"]: part for part in json.loads(capsys.readouterr().out)["editors"]}
    assert told["typeset"]["command"] == "pip install retouch[models]" and told["recolour"]["usable"] is True
    checks = {check.name: check for check in health.examined()}
    assert "typeset: no module torch (pip install retouch[models])" in checks["editors"].remedy
    assert checks["editors"].ok, "other editors are there"


def test_a_part_that_cannot_be_loaded_says_what_it_lacks(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(kind: PartKind, name: str) -> object:
        raise UnavailableError(f"{name}: No module named 'torch'")

    monkeypatch.setattr(parts, "factory", missing)
    part = health.parts_of("editors")[0]
    assert not part.usable
    assert "torch" in part.missing


def test_without_fonts_the_remedy_is_named(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    from retouch.writing import fonts

    monkeypatch.setattr(fonts, "installed", lambda folders=(): ())
    found = {check.name: check for check in health.examined()}["fonts"]
    assert not found.ok
    assert "apt install" in found.remedy
    assert main(["doctor"]) == 1
    assert "MISSING" in capsys.readouterr().out
