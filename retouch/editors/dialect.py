"""How endpoints of `/v1/images/edits` differ: which fields they take, how they want mask and size."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Literal, cast, get_args

from retouch.editors.sheet import size
from retouch.errors import SpecError
from retouch.geometry import Size

MaskStyle = Literal["none", "alpha-zero", "white"]
"""No mask; a copy of the picture with alpha 0 where it may change; a grey picture, white where it may change."""
SizeMode = Literal["canvas", "auto", "none"]
"""`size` says the canvas's size; says `auto`; is left out."""

_DIFFUSION = ("seed", "negative_prompt", "num_inference_steps", "guidance_scale", "true_cfg_scale")
_GPT_IMAGE_1 = (Size(1024, 1024), Size(1536, 1024), Size(1024, 1536))
_DALL_E = (Size(1024, 1024), Size(512, 512), Size(256, 256))


@dataclass(frozen=True, slots=True)
class Dialect:
    """One kind of endpoint.

    `extras` are the fields it takes beyond model, prompt, pictures and size; `fixed` fields are always sent; `sizes`
    are the only sizes it knows (empty: any with sides a multiple of `multiple`).
    """

    name: str
    image_field: str = "image"
    list_field: str = "image"
    """The field's name where several pictures are sent."""
    mask_style: MaskStyle = "none"
    mask_field: str = "mask"
    size_mode: SizeMode = "canvas"
    extras: tuple[str, ...] = ()
    fixed: tuple[tuple[str, str], ...] = ()
    sizes: tuple[Size, ...] = ()
    references: int = 0
    """Reference pictures beside the canvas."""
    multiple: int = 16
    longest_prompt: int = 32_000


DIALECTS = {
    dialect.name: dialect
    for dialect in (
        # The field's name for several pictures is that of the official client.
        Dialect(
            "openai",
            list_field="image[]",
            mask_style="alpha-zero",
            extras=("quality", "background", "input_fidelity", "user"),
            fixed=(("n", "1"), ("output_format", "png")),
            references=15,
        ),
        # A mask is for in-painting pipelines only, so it is sent where the SPEC says mask=white.
        Dialect(
            "vllm-omni",
            mask_field="mask_image",
            extras=_DIFFUSION,
            fixed=(("n", "1"), ("output_format", "png"), ("response_format", "b64_json")),
            references=2,
            multiple=32,
        ),
        # It has `mask` in its signature, and drops it on the way.
        Dialect(
            "sglang",
            extras=(*_DIFFUSION, "generator_device", "enable_teacache"),
            fixed=(("n", "1"), ("output_format", "png"), ("response_format", "b64_json")),
            references=2,
            multiple=32,
        ),
        # It answers 400 to any field it does not know.
        Dialect("dynamo", fixed=(("n", "1"), ("response_format", "b64_json")), multiple=32),
        Dialect("plain", multiple=32),
    )
}


def dialect(name: str, model: str, fields: str = "", **changes: Any) -> Dialect:
    """The dialect of that name for `model`, with what the SPEC says otherwise.

    `fields` names further fields it takes, separated by commas; of `changes` a value of None, "" or () says nothing.
    SpecError for an unknown name or value.
    """
    if name not in DIALECTS:
        raise SpecError(f"openai: unknown dialect {name!r}; known: {', '.join(DIALECTS)}")
    found = DIALECTS[name]
    if name == "openai":
        if not model:
            raise SpecError("openai: which model? add model=… to the SPEC, e.g. model=gpt-image-1")
        found = _of_model(found, model)
    extras = (*found.extras, *filter(None, (field.strip() for field in fields.split(","))))
    return replace(
        found, extras=extras, **{key: value for key, value in changes.items() if value not in (None, "", ())}
    )


def mask_style(text: str) -> MaskStyle | None:
    """A mask style from an option; None for an empty one."""
    return cast(MaskStyle | None, _one_of("mask", text, get_args(MaskStyle)))


def size_mode(text: str) -> SizeMode | None:
    """A size mode from an option; None for an empty one."""
    return cast(SizeMode | None, _one_of("size", text, get_args(SizeMode)))


def sizes(text: str) -> tuple[Size, ...]:
    """Sizes from `1024x1024,1536x1024`."""
    found = [size(part.strip()) for part in text.split(",") if part.strip()]
    if None in found:
        raise SpecError(f"openai: sizes={text!r} is no list of sizes; expected e.g. 1024x1024,1536x1024")
    return tuple(one for one in found if one is not None)


def _of_model(found: Dialect, model: str) -> Dialect:
    """Older models of OpenAI know a few sizes only, and the oldest takes one picture and answers with an address."""
    if model.startswith("dall-e"):
        fixed = (("n", "1"), ("response_format", "b64_json"))
        return replace(found, sizes=_DALL_E, fixed=fixed, references=0, extras=("user",), longest_prompt=1000)
    if model.startswith(("gpt-image-1", "chatgpt-image")):
        return replace(found, sizes=_GPT_IMAGE_1)
    return found


def _one_of(option: str, text: str, known: tuple[str, ...]) -> str | None:
    if text and text not in known:
        raise SpecError(f"openai: {option}={text!r} is unknown; it may be {', '.join(known)}")
    return text or None
