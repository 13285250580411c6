"""The editor on tiny pipelines of the real classes."""

from __future__ import annotations

import gc
import os
import weakref
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from retouch.edit import EditRequest, FixedCanvas, Reference
from retouch.editors.diffusers import DiffusersEditor
from retouch.errors import EditorError, SpecError, UnavailableError
from tests.models import tiny
from tests.models.conftest import Watched

FULL = os.environ.get("RETOUCH_TEST_FULL", "") not in ("", "0")
Make = Callable[..., DiffusersEditor]
Ask = Callable[..., EditRequest]

CLASSES = [
    ("qwen", None),
    ("qwen", "QwenImageEditPipeline"),
    ("qwen", "QwenImageEditInpaintPipeline"),
    ("qwen21", None),
    ("klein", None),
    ("klein", "Flux2KleinInpaintPipeline"),
    ("kontext", None),
    ("kontext", "FluxKontextInpaintPipeline"),
    ("longcat", None),
    ("unlisted", None),
]


@pytest.mark.parametrize(("folder", "pipeline"), CLASSES, ids=[kind or folder for folder, kind in CLASSES])
def test_each_class_answers_on_its_canvas_and_alike_for_a_seed(
    folder: str, pipeline: str | None, request: pytest.FixtureRequest, editor: Make, request_of: Ask, watch: Watched
) -> None:
    made = editor(request.getfixturevalue(folder), pipeline=pipeline)
    canvas = made.traits.canvas
    assert isinstance(canvas, FixedCanvas) and canvas.area == tiny.AREA
    asked = request_of(128, 64)
    first, again = made.edit(asked, watch), made.edit(asked, watch)
    other = made.edit(request_of(128, 64, seed=8), watch)
    assert first.pixels.shape == (64, 128, 3) and first.pixels.dtype == np.uint8
    assert first.notes == ()
    assert np.array_equal(first.pixels, again.pixels)
    assert not np.array_equal(first.pixels, other.pixels)
    assert watch.told[-2:] == [0.5, 1.0]
    assert first.effective["canvas"] == [128, 64]
    assert (first.effective["num_inference_steps"], first.effective["seed"]) == (2, 7)


@pytest.mark.skipif(not FULL, reason="a canvas of 1 megapixel takes minutes; `make test-full` has it")
def test_a_canvas_of_the_makers_size_goes_through_untouched_code(
    qwen: Path, editor: Make, request_of: Ask, watch: Watched
) -> None:
    made = editor(qwen, area=None, cfg=1)
    assert made.traits.canvas == FixedCanvas(1024 * 1024, 32)
    assert made.edit(request_of(1184, 896), watch).pixels.shape == (896, 1184, 3)


def test_what_ran_is_told(qwen: Path, editor: Make, request_of: Ask, watch: Watched) -> None:
    effective = editor(qwen, cfg=3).edit(request_of(), watch).effective
    assert effective["pipeline"] == "QwenImageEditPlusPipeline"
    assert (effective["true_cfg_scale"], effective["negative_prompt"]) == (3, " ")
    assert (effective["device"], effective["dtype"], effective["offload"]) == ("cpu", "float32", "none")
    assert effective["scheduler"] == "FlowMatchEulerDiscreteScheduler"
    assert len(effective["model_index"]) == 12


def test_guidance_needs_both_its_number_and_a_negative_prompt(
    qwen: Path, editor: Make, request_of: Ask, watch: Watched
) -> None:
    plain = editor(qwen, cfg=1).edit(request_of(), watch)
    guided = editor(qwen, cfg=4).edit(request_of(), watch)
    assert "negative_prompt" not in plain.effective
    assert not np.array_equal(plain.pixels, guided.pixels)


def test_what_a_pipeline_does_not_take_is_dropped_and_named(
    unlisted: Path, longcat: Path, klein: Path, editor: Make, request_of: Ask, watch: Watched
) -> None:
    for folder in (unlisted, longcat):
        assert editor(folder).edit(request_of(), watch).dropped == ("height", "width")
    assert editor(klein, negative="blurred", strength=0.9, steps=4).edit(request_of(), watch).dropped == (
        "negative_prompt",
        "strength",
    )


def test_references_come_before_the_canvas_and_count(qwen: Path, editor: Make, request_of: Ask, watch: Watched) -> None:
    glyph = Reference("glyph", "永", np.zeros((20, 30, 3), np.uint8))
    made = editor(qwen)
    alone = made.edit(request_of(128, 64), watch)
    beside = made.edit(request_of(128, 64, references=(glyph,)), watch)
    assert beside.pixels.shape == alone.pixels.shape == (64, 128, 3)
    assert not np.array_equal(alone.pixels, beside.pixels)


def test_only_the_shown_copy_is_sent(qwen: Path, editor: Make, request_of: Ask, watch: Watched) -> None:
    marked = np.zeros((96, 96, 3), np.uint8)
    made = editor(qwen)
    clean, shown = made.edit(request_of(), watch), made.edit(request_of(shown=marked), watch)
    assert not np.array_equal(clean.pixels, shown.pixels)


def test_a_mask_counts_where_the_pipeline_takes_one(qwen: Path, editor: Make, request_of: Ask, watch: Watched) -> None:
    made = editor(qwen, pipeline="QwenImageEditInpaintPipeline")
    part, whole = made.edit(request_of(), watch), made.edit(request_of(mask=np.ones((96, 96), bool)), watch)
    assert "mask" in made.traits.modes
    assert not np.array_equal(part.pixels, whole.pixels)
    assert "mask" not in editor(qwen).traits.modes


def test_the_users_seed_is_for_the_first_try(qwen: Path, editor: Make, request_of: Ask, watch: Watched) -> None:
    made = editor(qwen, seed=42)
    assert made.edit(request_of(seed=1), watch).effective["seed"] == 42
    assert made.edit(request_of(seed=1, rung="seed"), watch).effective["seed"] == 1


def test_editors_that_differ_in_steps_only_share_the_weights(qwen: Path, editor: Make) -> None:
    first, second, third = editor(qwen), editor(qwen, steps=3), editor(qwen, dtype="bf16")
    assert first._model is second._model
    assert first._model is not third._model


def test_another_run_finds_the_pipeline_loaded_until_another_is_asked_for(
    qwen: Path, editor: Make, request_of: Ask, watch: Watched
) -> None:
    made = editor(qwen)
    made.edit(request_of(), watch)
    known = id(made._model)
    del made
    again = editor(qwen, steps=3)
    assert id(again._model) == known
    again.edit(request_of(), Watched())
    loaded = weakref.ref(again._model)
    del again
    other = editor(qwen, dtype="bf16")
    gc.collect()
    assert loaded() is None and other._model.recipe.dtype == "bf16"


def test_sixteen_bits_give_a_picture_too(qwen: Path, editor: Make, request_of: Ask, watch: Watched) -> None:
    reply = editor(qwen, dtype="bf16").edit(request_of(), watch)
    assert reply.effective["dtype"] == "bfloat16"
    assert reply.pixels.std() > 1


def test_caching_and_another_attention_run(qwen: Path, editor: Make, request_of: Ask, watch: Watched) -> None:
    reply = editor(qwen, cache=True, attention="_native_math", steps=4).edit(request_of(), watch)
    assert (reply.effective["cache"], reply.effective["attention"]) == (0.2, "_native_math")


def test_a_canvas_that_flux_would_shrink_is_refused(klein: Path, editor: Make) -> None:
    with pytest.raises(SpecError, match="shrinks"):
        editor(klein, area=1024 * 1024)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"steps": 1}, "fewer than 2 steps"),
        ({"steps": 3, "strength": 0.5}, "fewer than 2 steps"),
        ({"steps": 4.5}, "whole number"),
        ({"download": "never"}, "download"),
        ({"strength": 0}, "strength"),
        ({"cfg": float("nan")}, "cfg"),
        ({"area": 10}, "area"),
        ({"area": "wide"}, "area"),
        ({"lightning": 5}, "4 or 8"),
        ({"quantisation": "1bit"}, "quantisation"),
        ({"attention": "flash_hub"}, "network"),
        ({"offload": "attic"}, "offload"),
        ({"pipeline": "NoSuchPipeline"}, "NoSuchPipeline"),
        ({"pipeline": "QwenImagePipeline"}, "does not edit"),
    ],
)
def test_options_that_make_no_sense_are_refused_at_once(
    qwen: Path, editor: Make, options: dict[str, Any], said: str
) -> None:
    with pytest.raises(SpecError, match=said):
        editor(qwen, **options)


def test_what_shows_only_in_use_is_told_in_our_words(qwen: Path, editor: Make, request_of: Ask, watch: Watched) -> None:
    with pytest.raises(SpecError, match="attention=fastest"):
        editor(qwen, attention="fastest").edit(request_of(), watch)
    with pytest.raises(UnavailableError, match="cuda"):
        editor(qwen, device="cuda").edit(request_of(), watch)


def test_not_finite_is_an_error_and_not_a_black_picture(
    qwen: Path, editor: Make, request_of: Ask, watch: Watched
) -> None:
    import torch

    made = editor(qwen, attention="native")
    pipe = made._model.pipe(watch)
    with torch.no_grad():
        pipe.vae.decoder.conv_out.bias.fill_(float("nan"))
    with pytest.raises(EditorError, match="not finite"):
        made.edit(request_of(), watch)


@pytest.mark.filterwarnings("ignore:invalid value encountered in divide")  # diffusers' own, and what is tested
def test_one_step_is_what_gives_numbers_that_are_not_finite(
    qwen: Path, editor: Make, request_of: Ask, watch: Watched
) -> None:
    from dataclasses import replace

    made = editor(qwen)
    made._knobs = replace(made._knobs, steps=1)
    with pytest.raises(EditorError, match="not finite"):
        made.edit(request_of(), watch)


def test_a_vae_that_overflows_in_sixteen_bits_is_asked_again_in_thirty_two(
    qwen: Path, editor: Make, request_of: Ask, watch: Watched
) -> None:
    import torch

    made = editor(qwen, dtype="bf16", attention="native")
    vae = made._model.pipe(watch).vae
    decode = vae.decode

    def overflow(latents: torch.Tensor, *args: Any, **options: Any) -> Any:
        return decode(latents if latents.dtype == torch.float32 else latents * float("inf"), *args, **options)

    vae.decode = overflow
    reply = made.edit(request_of(), watch)
    assert "float32" in reply.notes[0] and reply.effective["vae_float32"]
    assert vae.dtype == torch.bfloat16
    assert reply.pixels.std() > 1
    assert made.edit(request_of(), watch).notes == ()


def test_it_says_whether_it_can_be_used(models: None) -> None:
    known = DiffusersEditor.availability()
    assert known.usable and "diffusers" in known.why
