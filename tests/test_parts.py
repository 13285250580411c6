"""Parts by name: known ones are made with their options, all else is refused with what would be right."""

from __future__ import annotations

from typing import Any, TypedDict, Unpack

import pytest

from retouch import parts
from retouch.errors import SpecError, UnavailableError
from retouch.parts import PartKind
from retouch.protocols import Editor, Planner, Verifier
from retouch.spec import Spec


@pytest.fixture
def registered(monkeypatch: pytest.MonkeyPatch) -> None:
    """Three editors: two of this module's own, and one whose module is missing."""

    class Entry:
        def __init__(self, made: object) -> None:
            self.made = made

        def load(self) -> object:
            if isinstance(self.made, Exception):
                raise self.made
            return self.made

    entries = {
        "own": Entry(Own),
        "bare": Entry(Bare),
        "sharing": Entry(Sharing),
        "gone": Entry(ImportError("No module named 'torch'")),
    }
    monkeypatch.setattr(parts, "available", lambda kind: entries)


class Own:
    """An editor's outline."""

    def __init__(self, target: str | None = None, steps: int = 4, hand: str | None = None) -> None:
        self.target, self.steps, self.hand = target, steps, hand


class Options(TypedDict, total=False):
    """Options that several parts share."""

    device: str
    longest: int


class Sharing:
    """An editor that takes them all, and one of its own."""

    def __init__(self, target: str, asks: int = 4, **options: Unpack[Options]) -> None:
        self.target, self.asks, self.options = target, asks, options


class Bare:
    """An editor that takes nothing."""


@pytest.mark.usefixtures("registered")
def test_target_options_and_context_reach_the_part() -> None:
    made = parts.create("editors", Spec.parse("own:/here?steps=7"), hand="kai", unused=1)
    assert (made.target, made.steps, made.hand) == ("/here", 7, "kai")


@pytest.mark.usefixtures("registered")
@pytest.mark.parametrize(
    ("text", "said"),
    [("other", "known: own, bare, sharing, gone"), ("own?stepz=7", "it takes hand, steps"), ("bare:x", "no target")],
)
def test_wrong_specs_say_what_would_be_right(text: str, said: str) -> None:
    with pytest.raises(SpecError, match=said):
        parts.create("editors", Spec.parse(text))


@pytest.mark.usefixtures("registered")
def test_options_that_parts_share_are_options_of_each() -> None:
    made: Any = parts.create("editors", Spec.parse("sharing:/here?asks=2&longest=9"))
    assert (made.asks, made.options) == (2, {"longest": 9})
    with pytest.raises(SpecError, match="it takes asks, device, longest"):
        parts.create("editors", Spec.parse("sharing:/here?steps=2"))


def test_each_option_of_a_model_that_looks_can_stand_in_a_spec() -> None:
    from retouch.clients.vision_model import VisionOptions

    for option in VisionOptions.__annotations__:
        Spec.parse(f"vlm:http://127.0.0.1:9/v1?{option}=1")
    assert parts.create("verifiers", Spec.parse("vlm:http://127.0.0.1:9/v1?longest=99&asks=2&multiple=32"))


@pytest.mark.usefixtures("registered")
def test_a_part_that_cannot_be_imported_is_unavailable() -> None:
    with pytest.raises(UnavailableError, match="torch"):
        parts.create("editors", Spec.parse("gone"))


SPECS = {
    "vlm": "vlm:http://127.0.0.1:9/v1",
    "all-of": "all-of?of=colour",
    "any-of": "any-of?of=colour",
    "vote": "vote?of=colour*2",
    "openai": "openai:http://127.0.0.1:9/v1",
    "dashscope": None,
    "comfyui": None,
    "diffusers": None,
    "scripted": None,
}
"""How a part is made that needs a target or options; None where that needs a key, a file or a script."""


@pytest.mark.parametrize(("kind", "protocol"), [("planners", Planner), ("editors", Editor), ("verifiers", Verifier)])
def test_every_built_in_part_satisfies_its_protocol(kind: PartKind, protocol: type) -> None:
    for name, entry in parts.available(kind).items():
        spec = SPECS.get(name, name)
        if entry.value.startswith("retouch.") and spec is not None:
            assert isinstance(parts.create(kind, Spec.parse(spec)), protocol), name
        elif entry.value.startswith("retouch."):
            method = {"planners": "plan", "editors": "edit", "verifiers": "verify"}[kind]
            assert callable(getattr(parts.factory(kind, name), method)), name


def test_the_built_in_parts_are_registered() -> None:
    assert {"proofread", "boxes", "words", "vlm"} <= parts.available("planners").keys()
    assert {"typeset", "inpaint", "recolour", "scripted"} <= parts.available("editors").keys()
    assert {"character", "text", "colour", "blend", "removal", "scripted"} <= parts.available("verifiers").keys()
    assert {"vlm", "all-of", "any-of", "vote"} <= parts.available("verifiers").keys()
