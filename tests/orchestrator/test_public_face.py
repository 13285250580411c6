"""`import retouch`: the names it promises, and that it loads nothing heavy."""

from __future__ import annotations

import subprocess
import sys

import pytest

import retouch


def test_the_public_names_are_sorted_and_all_there() -> None:
    assert list(retouch.__all__) == sorted(retouch.__all__)
    assert set(retouch._HOMES) == set(retouch.__all__)
    for name in retouch.__all__:
        assert getattr(retouch, name) is not None
    assert set(retouch.__all__) <= set(dir(retouch))
    promised = {"open", "Project", "Document", "Version", "Run", "Goal", "Plan", "Step", "Box", "Picture"}
    assert promised <= set(retouch.__all__)


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="'nothing'"):
        retouch.nothing  # noqa: B018


def test_importing_loads_nothing_heavy() -> None:
    heavy = "numpy cv2 PIL pydantic sqlalchemy onnxruntime rapidocr rich typer"
    code = f"import sys, retouch; print([m for m in '{heavy}'.split() if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
