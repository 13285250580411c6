"""A tiny Qwen2.5-VL of the real class, saved to a folder and asked from it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pydantic import BaseModel

from retouch.clients import vision
from retouch.clients.asking import Message, VisionModel
from retouch.clients.view import View
from retouch.clients.vision import LocalModel
from retouch.clients.vision_model import availability, vision_model
from retouch.errors import CancelledError, ServiceError, SpecError, UnavailableError
from retouch.picture import Picture
from retouch.plan import Answers, Step
from retouch.verifiers.vlm import VlmVerifier
from tests.models import tiny

pytest.importorskip("transformers")
PICTURE = Picture(np.random.default_rng(0).integers(0, 255, (200, 300, 3), np.uint8).astype(np.uint8))


KINDS = {"Qwen2.5-VL": ("absolute", 28), "Qwen3-VL": ("1000", 32)}
"""How each counts boxes, and what the sides of the pictures that it processes are multiples of."""


class Answer(BaseModel):
    answer: str


@pytest.fixture(scope="module", params=KINDS)
def folder(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model with its processor, as its maker would publish it."""
    made = tmp_path_factory.mktemp(request.param)
    tokens = tiny.tokenizer()
    if request.param == "Qwen3-VL":
        model, processor = tiny.vision_language_3(tokens), tiny.processor(tokens, "Qwen3VLProcessor", patch=16)
    else:
        model, processor = tiny.vision_language(tokens), tiny.processor(tokens, "Qwen2_5_VLProcessor")
    model.save_pretrained(made)
    processor.save_pretrained(made)
    return made


@pytest.fixture
def speaking(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Random weights say nothing sensible: they are run, and then these words take the place of theirs."""

    def say(*texts: str) -> list[str]:
        said: list[str] = []
        own = LocalModel._generated

        def generated(self: LocalModel, messages: Any, watch: Any) -> str:
            said.append(own(self, messages, watch))
            return texts[min(len(said), len(texts)) - 1]

        monkeypatch.setattr(LocalModel, "_generated", generated)
        return said

    return say


def asked(model: VisionModel) -> tuple[Message, ...]:
    return (Message("system", ("Judge.",)), Message("user", ("Is it dark?", View.of(PICTURE, limits=model.limits))))


def test_it_loads_from_a_folder_looks_and_answers(folder: Path, speaking: Any) -> None:
    said = speaking('{"answer": "yes"}')
    model = LocalModel(str(folder), tokens=6)
    assert model.ask(asked(model), Answer).answer == "yes"
    assert len(said) == 1
    convention, multiple = KINDS[folder.name[:-1]]
    assert (model.sends_to, model.box_convention, model.name) == ("", convention, folder.name)
    assert model.limits.multiple == multiple


def test_the_same_question_gets_the_same_words(folder: Path) -> None:
    model = LocalModel(str(folder), tokens=12)
    question = (Message("user", (View.of(PICTURE, limits=model.limits), "What?")),)
    words = [model._generated(question, None) for _ in range(2)]
    assert words[0] == words[1]
    assert "What?" not in words[0]


def test_the_model_gets_the_pixels(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    model = LocalModel(str(folder), tokens=2)
    seen: list[Any] = []
    inner = vision.loaded(folder, "", "").model
    own = inner.generate

    def generate(**given: Any) -> Any:
        seen.append(given["pixel_values"])
        return own(**given)

    monkeypatch.setattr(inner, "generate", generate)
    dark = Picture(np.zeros((200, 300, 3), np.uint8))
    for picture in (PICTURE, dark):
        model._generated((Message("user", (View.of(picture, limits=model.limits), "What?")),), None)
    assert seen[0].shape == seen[1].shape
    assert float(seen[0].std()) > 10 * float(seen[1].std(dim=0).mean())


def test_what_is_sent_is_what_is_processed(folder: Path) -> None:
    model = LocalModel(str(folder))
    view = View.of(PICTURE, limits=model.limits)
    inputs = vision.loaded(folder, "", "").processor.apply_chat_template(
        [{"role": "user", "content": [vision._part(view)]}], tokenize=True, return_dict=True, return_tensors="pt"
    )
    _, rows, columns = inputs["image_grid_thw"][0].tolist()
    patch = model.limits.multiple // 2
    assert (columns * patch, rows * patch) == (view.size.width, view.size.height)


def test_noise_is_a_failure_of_the_service(folder: Path) -> None:
    model = LocalModel(str(folder), tokens=4)
    with pytest.raises(ServiceError, match="did not answer as it was asked, twice"):
        model.ask(asked(model), Answer)


def test_it_stops_between_two_tokens(folder: Path) -> None:
    class Stopping:
        def __init__(self) -> None:
            self.told: list[float] = []

        def progress(self, fraction: float) -> None:
            self.told.append(fraction)

        def raise_if_cancelled(self) -> None:
            if len(self.told) == 2:
                raise CancelledError("stopped")

    watch = Stopping()
    model = LocalModel(str(folder), tokens=50)
    with pytest.raises(CancelledError):
        model.ask(asked(model), Answer, watch=watch)
    assert watch.told == [1 / 50, 2 / 50]


def test_the_verifier_asks_it(folder: Path, speaking: Any) -> None:
    said = speaking('{"reason": "seen", "addressed": false, "answer": "yes"}')
    verifier = VlmVerifier(str(folder), longest=4, asks=2)
    step = Step(id="s1", operation="other", expectation=Answers(question="Is it noise?"))
    verdict = verifier.verify(PICTURE, Picture(255 - PICTURE.pixels), step)
    assert verdict.passed
    assert len(said) == 2
    assert verdict.evidence["model"] == folder.name


def test_a_folder_without_a_model_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SpecError, match="no folder with a model"):
        vision_model(str(tmp_path))
    (tmp_path / "config.json").write_text("{}")
    with pytest.raises(UnavailableError, match="cannot be loaded"):
        _ = LocalModel(str(tmp_path)).limits


@pytest.mark.parametrize(
    ("target", "options"), [("http://127.0.0.1:1/v1", {"device": "cpu"}), ("/models/x", {"model": "qwen3-vl"})]
)
def test_options_of_the_other_kind_are_refused(target: str, options: dict[str, Any]) -> None:
    with pytest.raises(SpecError, match="takes no option"):
        vision_model(target, **options)


def test_it_says_what_it_can_do_here() -> None:
    assert availability().usable
