"""The examples of README and guides are executed; their command lines are understood."""

from __future__ import annotations

import re
import runpy
import shlex
import sys
from pathlib import Path

import pytest

from retouch.interfaces.cli.app import app
from retouch.interfaces.demo.painter import paint
from retouch.interfaces.demo.recipe import Recipe
from retouch.picture import Picture
from retouch.style import Face
from retouch.writing.fonts import covers, installed

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
TEXT = "永和九年歲在\n癸丑暮春之初"


def blocks(page: Path, language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL)


@pytest.fixture(scope="module")
def page_face() -> Face:
    """A face that draws the small page."""
    able = [f for f in installed() if "Kai" in f.family and all(covers(f, c) for c in TEXT.replace("\n", ""))]
    if not able:
        pytest.skip("no Kai font is installed that draws the page")
    return able[0]


@pytest.fixture
def flawed_page(page_face: Face, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder, the current one, with `page.png` (one character blurred) and `page.txt`."""
    monkeypatch.chdir(tmp_path)
    painted = paint(Recipe(text=TEXT, face=page_face, size=72, faults={3: "blurred"}))
    Picture(painted.rgb).save("page.png")
    Path("page.txt").write_text(TEXT, encoding="utf-8")
    return tmp_path


@pytest.mark.usefixtures("flawed_page")
@pytest.mark.parametrize("page", [p for p in PAGES if blocks(p, "python")], ids=lambda p: p.name)
def test_python_examples_run(page: Path, capsys: pytest.CaptureFixture[str]) -> None:
    namespace: dict[str, object] = {}
    for block in blocks(page, "python"):
        exec(compile(block, str(page), "exec"), namespace)


def test_the_workflow_of_the_examples_repairs_the_page(
    flawed_page: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    example = ROOT / "examples" / "own_workflow.py"
    monkeypatch.setattr(sys, "argv", [str(example), "page.png", "page.txt", "fixed.png"])
    with pytest.raises(SystemExit) as ended:
        runpy.run_path(str(example), run_name="__main__")
    assert ended.value.code == 0
    assert capsys.readouterr().out.startswith("s1 fixed")
    assert not Picture.open("fixed.png").same_pixels(Picture.open("page.png"))


def command_lines() -> list[str]:
    """Every `retouch …` line in a block of shell."""
    found = []
    for page in PAGES:
        for language in ("sh", "bash", "console"):
            for block in blocks(page, language):
                lines = re.sub(r"\\\n\s*", " ", block).splitlines()
                found += [line.removeprefix("$ ") for line in lines if line.removeprefix("$ ").startswith("retouch ")]
    return found


@pytest.mark.parametrize("line", command_lines())
def test_command_lines_are_understood(line: str) -> None:
    import typer

    name, *arguments = shlex.split(line, comments=True)[1:]
    command = typer.main.get_command(app).commands[name]  # type: ignore[attr-defined]
    command.make_context(name, arguments, resilient_parsing=False)


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.name)
def test_tests_and_examples_that_a_page_names_exist(page: Path) -> None:
    named = re.findall(r"`((?:tests|examples)/[\w/]+\.py)`", page.read_text(encoding="utf-8"))
    assert [name for name in named if not (ROOT / name).is_file()] == []


def test_the_guide_of_commands_names_those_there_are() -> None:
    guide = (ROOT / "docs" / "cli.md").read_text(encoding="utf-8")
    described = re.findall(r"^### `retouch (\w+)", guide, re.MULTILINE)
    assert sorted(described) == sorted(str(command.name) for command in app.registered_commands)


@pytest.mark.usefixtures("page_face")
def test_the_pictures_of_the_history_can_be_made_again(tmp_path: Path) -> None:
    main = runpy.run_path(str(ROOT / "examples" / "history_pictures.py"))["main"]
    assert main(str(tmp_path)) == 0
    made = sorted(file.name for file in tmp_path.iterdir())
    assert made == sorted(file.name for file in (ROOT / "docs" / "images").glob("history-*.png"))
    assert all(file.stat().st_size < 200_000 for file in tmp_path.iterdir())
