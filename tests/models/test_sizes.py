"""A canvas goes through a pipeline's resize as it is."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retouch.edit import FixedCanvas
from retouch.editors.diffusion.profile import FLUX_AREA, MEGAPIXEL, PROFILES, by_signature, listed
from retouch.editors.diffusion.sizes import canvas_of
from retouch.errors import SpecError
from retouch.geometry import Size
from retouch.orchestrator.frame import canvas_size


def rule_of(name: str) -> Any:
    import sys

    import diffusers

    return sys.modules[getattr(diffusers, name).__module__]


RULED = [
    "QwenImageEditPipeline",
    "QwenImageEditPlusPipeline",
    "QwenImageEditInpaintPipeline",
    "QwenImage21Pipeline",
    "LongCatImageEditPipeline",
]


@pytest.mark.parametrize("name", RULED)
@pytest.mark.parametrize("area", [96 * 96, 512 * 512, MEGAPIXEL, 1328 * 1328])
@pytest.mark.parametrize("aspect", [0.25, 0.7, 1.0, 1.7, 4.0])
def test_the_rule_leaves_the_canvas_as_it_is_and_is_put_back(models: None, name: str, area: int, aspect: float) -> None:
    import diffusers

    module = rule_of(name)
    kind = getattr(diffusers, name)
    before = module.calculate_dimensions
    size = canvas_size(aspect, FixedCanvas(area, PROFILES[name].multiple))
    with canvas_of(object.__new__(kind), size) as replaced:
        found = module.calculate_dimensions(MEGAPIXEL, size.width / size.height)
        assert tuple(found[:2]) == (size.width, size.height)
        assert len(found) == len(before(MEGAPIXEL, 1.0))
        assert replaced == (module.calculate_dimensions is not before)
    assert module.calculate_dimensions is before


@pytest.mark.parametrize("name", ["QwenImageEditPipeline", "QwenImageEditPlusPipeline"])
def test_at_the_makers_area_nothing_is_replaced(models: None, name: str) -> None:
    import diffusers

    for aspect in (0.3, 0.75, 1.0, 1.5, 3.9):
        with canvas_of(
            object.__new__(getattr(diffusers, name)), canvas_size(aspect, FixedCanvas(MEGAPIXEL, 32))
        ) as replaced:
            assert not replaced


def test_other_pictures_keep_their_aspect_and_small_copies_their_size(models: None) -> None:
    import diffusers

    module = rule_of("QwenImageEditPlusPipeline")
    pipe = object.__new__(diffusers.QwenImageEditPlusPipeline)
    with canvas_of(pipe, Size(512, 480)):
        assert module.calculate_dimensions(MEGAPIXEL, 2.0) == (704, 352), "a reference, at the canvas's area"
        assert module.calculate_dimensions(384 * 384, 512 / 480) == (384, 384), "what the language model sees"


@given(st.floats(0.25, 4.0))
def test_no_canvas_for_flux_is_so_large_that_it_would_be_shrunk(aspect: float) -> None:
    size = canvas_size(aspect, FixedCanvas(FLUX_AREA, 16))
    assert size.area <= MEGAPIXEL


def test_kontext_is_told_the_canvas_in_its_own_terms() -> None:
    for aspect in (0.25, 0.6, 1.0, 1.9, 4.0):
        size = canvas_size(aspect, FixedCanvas(MEGAPIXEL, 16))
        ratio = size.width / size.height
        assert round((size.area * ratio) ** 0.5) == size.width
        assert round((size.area / ratio) ** 0.5) == size.height


def test_a_distilled_model_needs_few_steps() -> None:
    plain = listed("Flux2KleinPipeline", {})
    distilled = listed("Flux2KleinPipeline", {"is_distilled": True})
    assert plain is not None and distilled is not None
    assert (plain.steps, plain.cfg) == (50, 4.0)
    assert (distilled.steps, distilled.cfg) == (4, 1.0)
    assert listed("SomethingElse", {}) is None


def test_an_unlisted_pipeline_is_known_by_its_signature() -> None:
    def call(self: Any, prompt: str, input_images: Any, mask: Any, num_inference_steps: int = 30, strength: float = 0.6,
             guidance_scale: float = 2.5) -> None: ...  # fmt: skip

    profile = by_signature("Some", call)
    assert (profile.image, profile.mask, profile.cfg_argument) == ("input_images", "mask", "guidance_scale")
    assert (profile.steps, profile.cfg, dict(profile.fixed)) == (30, 2.5, {"strength": 1.0})
    with pytest.raises(SpecError, match="does not edit"):
        by_signature("Other", lambda self, prompt, height: None)


def test_the_profiles_are_those_of_real_classes_and_arguments(models: None) -> None:
    import inspect

    import diffusers

    for name, profile in PROFILES.items():
        known = inspect.signature(getattr(diffusers, name).__call__).parameters
        wanted = {"prompt", "generator", "num_inference_steps", profile.image, *profile.fixed}
        wanted |= {profile.mask} if profile.mask else set()
        wanted |= {profile.cfg_argument} if profile.cfg is not None else set()
        assert wanted <= set(known), name
