"""The committed bundle is what its sources give: it is built again from the lock file and compared byte for byte."""

from __future__ import annotations

import gzip
import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
SOURCES = ROOT / "web"
BUNDLE = ROOT / "retouch" / "interfaces" / "web" / "bundle"
FILES = {"app.css", "app.js", "index.html", "licences.txt", "report.js"}
LIMIT = 150_000
"""Bytes of the page's script and style sheet together, packed by gzip."""
OLDEST_NODE = (20, 19)
"""What the lock file's build tool runs on."""


def _node() -> tuple[int, ...]:
    """The version of Node that is installed; empty where there is none, or no npm."""
    if shutil.which("node") is None or shutil.which("npm") is None:
        return ()
    said = subprocess.run(["node", "--version"], capture_output=True, text=True, check=True).stdout
    return tuple(int(part) for part in re.findall(r"\d+", said)[:2])


needs_node = pytest.mark.skipif(_node() < OLDEST_NODE, reason="building the page needs Node 20.19 or newer with npm")


@pytest.fixture(scope="module")
def sources(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the sources with what the lock file names installed."""
    copy = tmp_path_factory.mktemp("sources") / "web"
    shutil.copytree(SOURCES, copy, ignore=shutil.ignore_patterns("node_modules"))
    _run(copy, "npm", "ci", "--prefer-offline", "--ignore-scripts")
    return copy


def _run(folder: Path, *command: str) -> None:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{' '.join(command)}:\n{done.stdout[-4000:]}\n{done.stderr[-4000:]}"


@needs_node
def test_the_bundle_is_what_the_sources_give(sources: Path, tmp_path: Path) -> None:
    _run(sources, "npm", "run", "build", "--", str(tmp_path))

    built = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    committed = {path.name: path.read_bytes() for path in BUNDLE.iterdir()}
    assert set(built) == set(committed) == FILES
    assert [name for name in sorted(FILES) if built[name] != committed[name]] == []


@needs_node
def test_types_and_style_of_the_sources_hold(sources: Path) -> None:
    _run(sources, "npm", "run", "check")


def test_the_page_is_small_enough_to_load_at_once() -> None:
    packed = sum(len(gzip.compress((BUNDLE / name).read_bytes(), 9)) for name in ("app.js", "app.css"))

    assert packed <= LIMIT


def test_the_page_holds_no_script_or_style_of_its_own() -> None:
    page = (BUNDLE / "index.html").read_text()

    assert re.findall(r"<script[^>]*>([^<]*)</script>", page) == [""]
    assert "style=" not in page and "<style" not in page
    assert not re.search(r"\son\w+=", page)


def test_the_report_script_can_stand_inside_a_page() -> None:
    script = (BUNDLE / "report.js").read_text()

    assert "</script" not in script.lower()
    assert "<!--" not in script


def test_licences_of_all_that_is_shipped_stand_beside_it() -> None:
    licences = (BUNDLE / "licences.txt").read_text()

    for name in ("lit", "lit-element", "lit-html", "@lit/reactive-element", "openseadragon"):
        assert re.search(rf"^{re.escape(name)} \d+\.\d+\.\d+ \(BSD-3-Clause\)", licences, re.MULTILINE)
