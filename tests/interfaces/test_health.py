"""What is installed, and what is said of what is not."""

from __future__ import annotations

import pytest

from retouch import parts
from retouch.errors import UnavailableError
from retouch.interfaces import health
from retouch.interfaces.cli.main import main
from retouch.parts import PartKind


@pytest.mark.parametrize("kind", ["planners", "editors", "verifiers"])
def test_built_in_parts_are_usable_and_described(kind: PartKind) -> None:
    for part in health.parts_of(kind):
        assert part.usable, part.missing
        assert part.about


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
