"""Where the text that a picture should read comes from."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from retouch.errors import TextError
from retouch.orchestrator.reference import load_reference


def test_a_file_is_read_as_utf_8(tmp_path: Path) -> None:
    path = tmp_path / "text.txt"
    path.write_bytes("\ufeff永和九年，\n歲在癸丑。".encode())
    assert load_reference(str(path)) == ("永和九年，\n歲在癸丑。", str(path))


def test_a_literal_is_the_text_itself() -> None:
    assert load_reference("literal:永和九年") == ("永和九年", "literal")


def test_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO("永和九年".encode())))
    assert load_reference("-") == ("永和九年", "standard input")


def test_auto_names_the_work_and_gives_its_part() -> None:
    text, source = load_reference("auto", read=lambda: "天朗气清惠风和畅仰观宇宙之大俯察品类之盛")
    assert text == "天朗气清惠风和畅仰观宇宙之大俯察品类之盛"
    assert source is not None and source.startswith("蘭亭集序")


def test_auto_that_recognises_nothing_gives_no_text() -> None:
    assert load_reference("auto", read=lambda: "今天天气很好我们去公园玩吧") == (None, "auto")


def test_auto_searches_a_persons_own_folder(tmp_path: Path) -> None:
    (tmp_path / "own.txt").write_text("今天天气很好，我们去公园玩吧。", encoding="utf-8")
    text, source = load_reference("auto", folder=tmp_path, read=lambda: "今天天气很好我们去公园玩吧")
    assert text == "今天天气很好我们去公园玩吧" and source is not None and "own" in source


@pytest.mark.parametrize("ref", ["literal:", "literal:……"])
def test_an_empty_text_is_an_error(ref: str) -> None:
    with pytest.raises(TextError, match="holds no letter"):
        load_reference(ref)


def test_files_that_cannot_be_used_are_named(tmp_path: Path) -> None:
    with pytest.raises(TextError, match=r"nowhere\.txt: no such file"):
        load_reference(str(tmp_path / "nowhere.txt"))
    (tmp_path / "gb.txt").write_bytes("蘭亭".encode("gb18030"))
    with pytest.raises(TextError, match=r"gb\.txt: not UTF-8"):
        load_reference(str(tmp_path / "gb.txt"))
    with pytest.raises(TextError, match="cannot be read"):
        load_reference(str(tmp_path))
