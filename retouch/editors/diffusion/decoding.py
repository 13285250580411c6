"""The VAE's last step in float32, for those that overflow to black in 16 bits."""

from __future__ import annotations

from typing import Any


def can_be_finer(pipe: Any) -> bool:
    """True if the pipeline decodes in fewer than 32 bits."""
    import torch

    vae = getattr(pipe, "vae", None)
    return vae is not None and hasattr(vae, "decode") and vae.dtype in (torch.bfloat16, torch.float16)


def decode_in_float32(pipe: Any) -> None:
    """From now on the VAE's decoder computes in float32; all else stays as it is, so the pipeline need not know.

    The weights go to 32 bits and back without loss; the VAE is the smallest part.
    """
    import torch

    vae = pipe.vae
    coarse, decode = vae.dtype, vae.decode

    def fine(latents: Any, *args: Any, **options: Any) -> Any:
        vae.to(torch.float32)
        try:
            return decode(latents.to(torch.float32), *args, **options)
        finally:
            vae.to(coarse)

    vae.decode = fine
