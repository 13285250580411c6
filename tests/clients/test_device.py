"""Which device and number format a model gets."""

from __future__ import annotations

import pytest

from retouch.clients import device
from retouch.clients.device import choose_device, choose_dtype, empty_cache, out_of_memory
from retouch.errors import SpecError, UnavailableError

torch = pytest.importorskip("torch", reason="torch is not installed; `pip install 'retouch[models]'`")


@pytest.mark.parametrize(
    ("here", "best"),
    [({"cuda", "cpu"}, "cuda"), ({"mps", "cpu"}, "mps"), ({"xpu", "cpu"}, "xpu"), ({"cpu"}, "cpu")],
)
def test_the_best_device_is_taken(here: set[str], best: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(device, "present", lambda kind: kind in here)
    assert choose_device() == best
    assert choose_device("cpu") == "cpu"


def test_a_device_that_is_not_here_is_said_to_be_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(device, "present", lambda kind: kind == "cpu")
    with pytest.raises(UnavailableError, match="cuda:1") as error:
        choose_device("cuda:1")
    assert "cpu" in error.value.hint
    with pytest.raises(SpecError, match="tpu"):
        choose_device("tpu")


def test_the_number_format_suits_the_device() -> None:
    assert choose_dtype(None, "cpu") == torch.float32
    assert choose_dtype(None, "cuda") == torch.bfloat16
    assert choose_dtype("fp16", "cuda") == choose_dtype("float16", "cpu") == torch.float16
    with pytest.raises(SpecError, match="int7"):
        choose_dtype("int7", "cpu")


@pytest.mark.parametrize(
    ("error", "ran_out"),
    [
        (torch.OutOfMemoryError("CUDA out of memory"), True),
        (MemoryError(), True),
        (RuntimeError("MPS backend out of memory (MPS allocated: 9 GB)"), True),
        (RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried to allocate 9 bytes"), True),
        (RuntimeError("mat1 and mat2 shapes cannot be multiplied"), False),
        (ValueError("out of memory"), False),
    ],
)
def test_errors_that_say_memory_ran_out_are_known(error: Exception, ran_out: bool) -> None:
    assert out_of_memory(error) is ran_out


def test_emptying_works_everywhere() -> None:
    empty_cache()
