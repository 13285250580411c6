"""Ways to be quicker: another attention kernel, results of blocks kept between steps, compiled blocks."""

from __future__ import annotations

from typing import Any

from retouch.errors import SpecError, UnavailableError


def check(attention: str | None) -> None:
    """SpecError for kernels that diffusers would fetch and run from the network."""
    if attention is not None and attention.rstrip("_").endswith("hub"):
        raise SpecError(f"attention {attention!r} runs code fetched from the network, which is never done")


def hasten(pipe: Any, attention: str | None, cache: float | None, compiled: bool) -> None:
    """Set up the pipeline's denoiser; SpecError if it cannot do it, UnavailableError if the machine cannot."""
    denoiser = denoiser_of(pipe)
    if attention is not None:
        _attend(denoiser, attention)
    if cache is not None:
        _keep_blocks(denoiser, cache)
    if compiled:
        _compile(denoiser)


def denoiser_of(pipe: Any) -> Any:
    """The network that is called at every step."""
    found = getattr(pipe, "transformer", None)
    return found if found is not None else getattr(pipe, "unet", None)


def blocks_of(denoiser: Any) -> list[Any]:
    """The denoiser's repeated blocks, in the order in which they were made; empty if it does not name any."""
    names = set(getattr(denoiser, "_repeated_blocks", None) or ())
    return [module for module in denoiser.modules() if type(module).__name__ in names]


def _attend(denoiser: Any, attention: str) -> None:
    if not hasattr(denoiser, "set_attention_backend"):
        raise SpecError(f"attention={attention}: {type(denoiser).__name__} has one way of attention only")
    try:
        denoiser.set_attention_backend(attention)
    except ValueError as error:
        raise SpecError(f"attention={attention}: {error}") from error
    except (RuntimeError, ImportError) as error:
        raise UnavailableError(f"attention={attention}: {error}", hint="attention=native works everywhere") from error


def _keep_blocks(denoiser: Any, threshold: float) -> None:
    from diffusers import FirstBlockCacheConfig

    if not hasattr(denoiser, "enable_cache"):
        raise SpecError(f"cache={threshold}: {type(denoiser).__name__} keeps no blocks between steps")
    denoiser.enable_cache(FirstBlockCacheConfig(threshold=threshold))


def _compile(denoiser: Any) -> None:
    if not hasattr(denoiser, "compile_repeated_blocks") or not blocks_of(denoiser):
        raise SpecError(f"compile=yes: {type(denoiser).__name__} has no repeated blocks that could be compiled")
    denoiser.compile_repeated_blocks(fullgraph=True)
