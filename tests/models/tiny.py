"""Pipelines of the real classes with a few thousand random weights, saved and loaded like those of a maker."""

from __future__ import annotations

from pathlib import Path
from typing import Any

SPECIAL = [
    *("<|endoftext|>", "<|im_start|>", "<|im_end|>", "<|object_ref_start|>", "<|object_ref_end|>"),
    *("<|box_start|>", "<|box_end|>", "<|quad_start|>", "<|quad_end|>", "<|vision_start|>", "<|vision_end|>"),
    *("<|vision_pad|>", "<|image_pad|>", "<|video_pad|>"),
]
CHAT = """{% for m in messages %}<|im_start|>{{ m['role'] }}
{% if m['content'] is string %}{{ m['content'] }}{% else %}{% for c in m['content'] %}\
{% if c['type'] == 'image' %}<|vision_start|><|image_pad|><|vision_end|>\
{% elif c['type'] == 'text' %}{{ c['text'] }}{% endif %}{% endfor %}{% endif %}<|im_end|>
{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant
{% endif %}"""
AREA = 96 * 96
"""Pixels of the canvas: 1 megapixel takes these pipelines half a minute on a processor, this takes a second."""
VAE_FACTOR = 8


def tokenizer() -> Any:
    """The 256 bytes and Qwen's markers, no merges: every text has tokens, and comes back as it was."""
    from tokenizers.pre_tokenizers import ByteLevel
    from transformers import Qwen2Tokenizer

    made = Qwen2Tokenizer(
        vocab={symbol: number for number, symbol in enumerate(sorted(ByteLevel.alphabet()))},
        merges=[],
        pad_token="<|endoftext|>",
        eos_token="<|im_end|>",
        extra_special_tokens=SPECIAL,
        model_max_length=4096,
    )
    made.padding_side = "left"
    made.chat_template = CHAT
    return made


def processor(tokens: Any, kind: str = "Qwen2VLProcessor", patch: int = 14, largest: int | None = None) -> Any:
    """A processor of that class without a video half, for patches and pictures of at most that many pixels."""
    import transformers
    from transformers.models.qwen2_vl.image_processing_pil_qwen2_vl import Qwen2VLImageProcessorPil

    from retouch.clients.processor import image_only

    token = (2 * patch) ** 2
    pictures = Qwen2VLImageProcessorPil(
        min_pixels=4 * token, max_pixels=largest or 16 * token, patch_size=patch, temporal_patch_size=2, merge_size=2
    )
    return image_only(getattr(transformers, kind))(pictures, tokens, chat_template=CHAT)


def markers(tokens: Any) -> dict[str, int]:
    """Ids of the tokens round and in place of pictures, under the names that Qwen2.5-VL's configuration has."""
    named = {"image": "<|image_pad|>", "video": "<|video_pad|>", "vision": "<|vision_pad|>"}
    named |= {"vision_start": "<|vision_start|>", "vision_end": "<|vision_end|>"}
    return {f"{name}_token_id": tokens.convert_tokens_to_ids(token) for name, token in named.items()}


_VISION = {"depth": 2, "hidden_size": 16, "intermediate_size": 32, "num_heads": 2, "out_hidden_size": 16}


def _text(tokens: Any, **more: Any) -> dict[str, Any]:
    """The configuration of a language model of two layers."""
    sizes = {"hidden_size": 16, "intermediate_size": 32, "max_position_embeddings": 4096}
    counts = dict.fromkeys(("num_hidden_layers", "num_attention_heads", "num_key_value_heads"), 2)
    return {"vocab_size": len(tokens), **sizes, **counts, **more}


def vision_language(tokens: Any) -> Any:
    """Qwen2.5-VL with two layers."""
    import torch
    from transformers import Qwen2_5_VLConfig, Qwen2_5_VLForConditionalGeneration

    torch.manual_seed(0)
    config = Qwen2_5_VLConfig(
        text_config=_text(
            tokens,
            rope_scaling={"mrope_section": [1, 1, 2], "rope_type": "default", "type": "default"},
            rope_theta=1e6,
            bos_token_id=None,
            eos_token_id=tokens.eos_token_id,
            pad_token_id=tokens.pad_token_id,
        ),
        vision_config=_VISION | {"fullatt_block_indexes": [1]},
        **markers(tokens),
    )
    return Qwen2_5_VLForConditionalGeneration(config).eval()


def scheduler() -> Any:
    """With the stretch to the end that the makers' files have."""
    from diffusers import FlowMatchEulerDiscreteScheduler

    return FlowMatchEulerDiscreteScheduler(
        use_dynamic_shifting=True,
        base_shift=0.5,
        max_shift=0.9,
        max_image_seq_len=8192,
        shift_terminal=0.02,
        time_shift_type="exponential",
    )


def qwen_parts() -> dict[str, Any]:
    """The components of a Qwen-Image-Edit pipeline."""
    import torch
    from diffusers import AutoencoderKLQwenImage, QwenImageTransformer2DModel

    tokens = tokenizer()
    torch.manual_seed(0)
    transformer = QwenImageTransformer2DModel(
        patch_size=2,
        in_channels=16,
        out_channels=4,
        num_layers=2,
        attention_head_dim=16,
        num_attention_heads=3,
        joint_attention_dim=16,
        guidance_embeds=False,
        axes_dims_rope=(8, 4, 4),
    )
    torch.manual_seed(0)
    vae = AutoencoderKLQwenImage(
        base_dim=24,
        z_dim=4,
        dim_mult=[1, 1, 1, 1],
        num_res_blocks=1,
        temperal_downsample=[False, True, True],
        latents_mean=[0.0] * 4,
        latents_std=[1.0] * 4,
    )
    return {
        "transformer": transformer,
        "vae": vae,
        "scheduler": scheduler(),
        "text_encoder": vision_language(tokens),
        "tokenizer": tokens,
        "processor": processor(tokens),
    }


def save_qwen(folder: Path, kind: str = "QwenImageEditPlusPipeline") -> Path:
    """A Qwen-Image-Edit pipeline of that class in `folder`."""
    return _saved(folder, kind, **qwen_parts())


def _vae(kind: str = "AutoencoderKL", **more: Any) -> Any:
    """A VAE with a factor of eight."""
    import diffusers

    shape: dict[str, Any] = {
        "down_block_types": ("DownEncoderBlock2D",) * 4,
        "up_block_types": ("UpDecoderBlock2D",) * 4,
        "block_out_channels": (4, 4, 4, 4),
        "latent_channels": 4,
        "norm_num_groups": 1,
    }
    return getattr(diffusers, kind)(**shape | more)


def _saved(folder: Path, kind: str, **parts: Any) -> Path:
    """A pipeline of that class with those parts in `folder`."""
    import diffusers

    getattr(diffusers, kind)(**parts).save_pretrained(folder)
    return folder


def save_klein(folder: Path, distilled: bool = False) -> Path:
    """A FLUX.2 Klein pipeline in `folder`."""
    import torch
    from diffusers import (
        FlowMatchEulerDiscreteScheduler,
        Flux2Transformer2DModel,
    )
    from transformers import Qwen3Config, Qwen3ForCausalLM

    tokens = tokenizer()
    torch.manual_seed(0)
    # The text comes from the 9th, 18th and 27th layer, side by side.
    text_encoder = Qwen3ForCausalLM(
        Qwen3Config(**_text(tokens, num_hidden_layers=28, head_dim=8, max_position_embeddings=1024))
    )
    transformer = Flux2Transformer2DModel(
        patch_size=1,
        in_channels=16,
        num_layers=1,
        num_single_layers=1,
        attention_head_dim=16,
        num_attention_heads=2,
        joint_attention_dim=48,
        timestep_guidance_channels=256,
        axes_dims_rope=[4, 4, 4, 4],
        guidance_embeds=False,
    )
    return _saved(
        folder,
        "Flux2KleinPipeline",
        scheduler=FlowMatchEulerDiscreteScheduler(),
        vae=_vae("AutoencoderKLFlux2", sample_size=32, layers_per_block=1),
        text_encoder=text_encoder,
        tokenizer=tokens,
        transformer=transformer,
        is_distilled=distilled,
    )


def save_qwen21(folder: Path) -> Path:
    """A Qwen-Image 2.1 pipeline in `folder`: another encoder, transformer and VAE than the editing pipelines."""
    import torch
    from diffusers import AutoencoderKLQwenImage21, QwenImage21Transformer2DModel

    tokens = tokenizer()
    torch.manual_seed(0)
    transformer = QwenImage21Transformer2DModel(
        in_channels=4,
        out_channels=4,
        num_layers=2,
        attention_head_dim=16,
        num_attention_heads=2,
        context_in_dim=16,
        axes_dims_rope=(4, 6, 6),
    )
    vae = AutoencoderKLQwenImage21(
        base_dim=8,
        decoder_base_dim=8,
        z_dim=4,
        dim_mult=[1, 1, 1, 1, 1],
        num_res_blocks=1,
        latents_mean=[0.0] * 4,
        latents_std=[1.0] * 4,
    )
    return _saved(
        folder,
        "QwenImage21Pipeline",
        scheduler=scheduler(),
        vae=vae,
        text_encoder=vision_language_3(tokens),
        processor=processor(tokens, "Qwen3VLProcessor", patch=16),
        transformer=transformer,
    )


def vision_language_3(tokens: Any) -> Any:
    """Qwen3-VL with two layers."""
    from transformers import Qwen3VLConfig, Qwen3VLForConditionalGeneration

    known = markers(tokens)
    del known["vision_token_id"]
    config = Qwen3VLConfig(
        text_config=_text(
            tokens,
            head_dim=8,
            rope_parameters={"mrope_section": [2, 1, 1], "rope_type": "default", "rope_theta": 1e6},
            pad_token_id=tokens.pad_token_id,
        ),
        vision_config=_VISION | {"num_position_embeddings": 16, "deepstack_visual_indexes": [0]},
        **known,
    )
    return Qwen3VLForConditionalGeneration(config).eval()


def _clip(tokens: Any) -> Any:
    import torch
    from transformers import CLIPTextConfig, CLIPTextModel

    torch.manual_seed(0)
    return CLIPTextModel(
        CLIPTextConfig(
            hidden_size=32,
            intermediate_size=32,
            num_hidden_layers=2,
            num_attention_heads=2,
            vocab_size=len(tokens),
            eos_token_id=tokens.eos_token_id,
            bos_token_id=0,
            pad_token_id=tokens.pad_token_id,
            projection_dim=32,
        )
    )


def _short(tokens: Any) -> Any:
    """For CLIP, whose texts have 77 tokens at most."""
    tokens.model_max_length = 77
    tokens.padding_side = "right"
    return tokens


def save_kontext(folder: Path) -> Path:
    """A FLUX.1 Kontext pipeline in `folder`."""
    import torch
    from diffusers import FluxTransformer2DModel
    from transformers import T5Config, T5EncoderModel

    tokens = tokenizer()
    torch.manual_seed(0)
    transformer = FluxTransformer2DModel(
        in_channels=16,
        num_layers=1,
        num_single_layers=1,
        attention_head_dim=16,
        num_attention_heads=2,
        joint_attention_dim=32,
        pooled_projection_dim=32,
        axes_dims_rope=(4, 4, 8),
        guidance_embeds=True,
    )
    long_encoder = T5EncoderModel(
        T5Config(d_model=32, d_kv=8, d_ff=32, num_layers=2, num_heads=2, vocab_size=len(tokens))
    )
    return _saved(
        folder,
        "FluxKontextPipeline",
        scheduler=scheduler(),
        vae=_vae(shift_factor=0.06, scaling_factor=1.5),
        text_encoder=_clip(tokens),
        tokenizer=_short(tokenizer()),
        text_encoder_2=long_encoder,
        tokenizer_2=tokens,
        transformer=transformer,
    )


def save_longcat(folder: Path) -> Path:
    """A LongCat-Image-Edit pipeline in `folder`."""
    import torch
    from diffusers import LongCatImageTransformer2DModel

    tokens = tokenizer()
    torch.manual_seed(0)
    transformer = LongCatImageTransformer2DModel(
        in_channels=64,
        num_layers=1,
        num_single_layers=1,
        attention_head_dim=16,
        num_attention_heads=2,
        joint_attention_dim=16,
        pooled_projection_dim=16,
        axes_dims_rope=[4, 4, 8],
    )
    return _saved(
        folder,
        "LongCatImageEditPipeline",
        scheduler=scheduler(),
        vae=_vae(latent_channels=16, shift_factor=0.06, scaling_factor=1.5),
        text_encoder=vision_language(tokens),
        tokenizer=tokens,
        text_processor=processor(tokens, "Qwen2_5_VLProcessor"),
        transformer=transformer,
    )


def save_unlisted(folder: Path) -> Path:
    """An InstructPix2Pix pipeline in `folder`: it edits by instruction, and no profile names it."""
    import torch
    from diffusers import (
        DDIMScheduler,
        UNet2DConditionModel,
    )

    tokens = _short(tokenizer())
    torch.manual_seed(0)
    unet = UNet2DConditionModel(
        block_out_channels=(8, 16),
        layers_per_block=1,
        sample_size=32,
        in_channels=8,
        out_channels=4,
        down_block_types=("DownBlock2D", "CrossAttnDownBlock2D"),
        up_block_types=("CrossAttnUpBlock2D", "UpBlock2D"),
        cross_attention_dim=32,
        norm_num_groups=4,
        attention_head_dim=4,
    )
    return _saved(
        folder,
        "StableDiffusionInstructPix2PixPipeline",
        vae=_vae(),
        text_encoder=_clip(tokens),
        tokenizer=tokens,
        unet=unet,
        scheduler=DDIMScheduler(),
        safety_checker=None,
        feature_extractor=None,
        requires_safety_checker=False,
    )
