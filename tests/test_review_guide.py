"""The guide to the review page: its pictures are there and small, and the keys it names are those of the page."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parent.parent
GUIDE = (ROOT / "docs" / "review.md").read_text(encoding="utf-8")


def test_its_pictures_are_those_that_the_browser_tests_make() -> None:
    shown = set(re.findall(r"\(images/(review-[\w-]+)\.webp\)", GUIDE))
    views = (ROOT / "tests" / "interfaces" / "browser" / "test_guide.py").read_text(encoding="utf-8")
    assert shown == {f"review-{name}" for name in re.findall(r'kept\(reviewer, screenshots, "(\w+)"\)', views)}
    assert all(0 < (ROOT / "docs" / "images" / f"{name}.webp").stat().st_size <= 150_000 for name in shown)


def test_its_keys_are_those_of_the_page() -> None:
    sheet = (ROOT / "web" / "src" / "retouch-keys.ts").read_text(encoding="utf-8")
    known = {key for names in re.findall(r"\[\[(.*?)\], keys\.", sheet) for key in re.findall(r'"(.+?)"', names)}
    cells = re.findall(r"^\| (`.+?`) \|", GUIDE, re.MULTILINE)
    assert {key for cell in cells for key in re.findall(r"`(.+?)`", cell)} == known
