"""check and verify: their JSON and exit codes, with a proofreader that answers at once."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from retouch.finding import FaultKind, Finding
from retouch.geometry import Box
from retouch.interfaces.cli.main import main
from retouch.picture import Picture
from retouch.style import Direction
from retouch.verifiers import proofreader


def finding(kind: FaultKind) -> Finding:
    return Finding(index=3, box=Box(8, 8, 16, 16), wanted="觞", read="锡", kind=kind, score=0.04, evidence={"p": 0.04})


@dataclass
class Answer:
    """What the proofreader will answer, and what it was asked."""

    direction: Direction = Direction.VERTICAL_RL
    characters: int = 61
    findings: tuple[Finding, ...] = (finding(FaultKind.MALFORMED),)
    source: str | None = None
    strokes_judged: bool = True
    confidence: str = "strokes were judged"
    asked: Any = None


@pytest.fixture
def reading(monkeypatch: pytest.MonkeyPatch) -> Answer:
    answer = Answer()

    def proofread(self: object, *arguments: object, **options: object) -> Answer:
        answer.asked = (arguments[1:], options)
        return answer

    monkeypatch.setattr(proofreader.Proofreader, "proofread", proofread)
    return answer


def test_check_prints_what_scripts_expect(page: Path, reading: Answer, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", str(page), "--text", "literal:觞", "--json"]) == 3
    told = json.loads(capsys.readouterr().out)
    assert told["picture"] == {"path": str(page), "width": 96, "height": 64}
    assert (told["direction"], told["characters"], told["reference"]) == ("vertical-rl", 61, "literal")
    assert told["findings"] == [
        {
            "index": 3,
            "box": [8, 8, 16, 16],
            "wanted": "觞",
            "read": "锡",
            "kind": "malformed",
            "score": 0.04,
            "evidence": {"p": 0.04},
        }
    ]
    assert told["seconds"] >= 0
    assert list(page.parent.iterdir()) == [page], "checking changes nothing"


def test_options_reach_the_proofreader(page: Path, reading: Answer) -> None:
    main(["check", str(page), "--text", "literal:觞", "--direction", "horizontal", "--identity-only"])
    assert reading.asked == (("觞", Direction.HORIZONTAL), {"shapes": False})
    main(["check", str(page)])
    assert reading.asked == ((None, None), {"shapes": True})


@pytest.mark.parametrize(("findings", "code"), [([], 0), ([FaultKind.VARIANT], 0), ([FaultKind.UNREADABLE], 3)])
def test_variants_are_no_fault(page: Path, reading: Answer, findings: list[FaultKind], code: int) -> None:
    reading.findings = tuple(finding(kind) for kind in findings)
    assert main(["check", str(page), "--text", "literal:觞"]) == code


def test_words_for_a_person(page: Path, reading: Answer, capsys: pytest.CaptureFixture[str]) -> None:
    main(["check", str(page), "--text", "literal:觞"])
    out, err = capsys.readouterr()
    assert "malformed" in out and "觞" in out and "8,8,16,16" in out
    assert "61 characters against literal: 1 faults, 0 variants" in out
    assert "strokes were judged" in err


def test_an_overlay_is_the_picture_with_frames(page: Path, reading: Answer) -> None:
    out = page.with_name("found.png")
    main(["check", str(page), "--text", "literal:觞", "--overlay", str(out)])
    drawn, before = Picture.open(out), Picture.open(page)
    assert drawn.size == before.size
    changed = (drawn.pixels != before.pixels).any(axis=2)
    assert changed.any()
    assert not changed[10:22, 10:22].any(), "the place itself stays visible"


def test_an_overlay_never_replaces_the_picture(page: Path, reading: Answer, capsys: pytest.CaptureFixture[str]) -> None:
    before = page.read_bytes()
    assert main(["check", str(page), "--text", "literal:觞", "--overlay", str(page)]) == 2
    assert "is the picture itself" in capsys.readouterr().err
    assert page.read_bytes() == before


@pytest.mark.parametrize("option", ["--reads", "--question"])
def test_verify_wants_something_to_judge(page: Path, option: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["verify", str(page), "--box", "8,8,16,16", option, " "]) == 2
    assert f"{option} is empty" in capsys.readouterr().err


@pytest.mark.parametrize(("outcome", "code"), [("pass", 0), ("fail", 3), ("unsure", 4)])
def test_verify_prints_one_verdict(page: Path, capsys: pytest.CaptureFixture[str], outcome: str, code: int) -> None:
    spec = f"scripted?outcomes={outcome}"
    assert main(["verify", str(page), "--box", "8,8,16,16", "--reads", "永", "--verifier", spec, "--json"]) == code
    told = json.loads(capsys.readouterr().out)
    assert told.keys() == {"outcome", "score", "verdicts"}
    assert told["outcome"] == outcome
    assert told["verdicts"][0]["verifier"] == "scripted"
