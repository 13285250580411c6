"""Settings: where they come from, and what is said of a wrong one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from retouch import settings
from retouch.errors import UsageError
from retouch.settings import Settings, load


@pytest.fixture(autouse=True)
def fresh(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Settings read anew, from a file of the test's own, and forgotten afterwards."""
    file = tmp_path / "retouch.toml"
    monkeypatch.setattr(settings, "CONFIG_FILE", file)
    monkeypatch.setitem(Settings.model_config, "toml_file", file)
    load.cache_clear()
    yield file
    load.cache_clear()


def test_the_environment_wins_over_the_file_and_the_file_over_the_defaults(
    fresh: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fresh.write_text('max_pixels = 1000\nauthor = "me"\n', encoding="utf-8")
    monkeypatch.setenv("RETOUCH_MAX_PIXELS", "2000")
    found = load()
    assert (found.max_pixels, found.author, found.attempts) == (2000, "me", 6)


@pytest.mark.parametrize("value", ["many", "0", "-3"])
def test_a_wrong_setting_is_named_with_its_value(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RETOUCH_MAX_PIXELS", value)
    with pytest.raises(UsageError, match=f"max_pixels is '{value}'") as caught:
        load()
    assert "RETOUCH_MAX_PIXELS" in caught.value.hint


def test_a_broken_file_is_named(fresh: Path) -> None:
    fresh.write_text("max_pixels = = 3", encoding="utf-8")
    with pytest.raises(UsageError, match="no valid TOML"):
        load()
