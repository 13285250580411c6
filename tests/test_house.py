"""The rules of the house, kept by counting: floors, sizes, names, links, documentation."""

from __future__ import annotations

import ast
import re
import statistics
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

import retouch
from retouch import parts
from retouch.interfaces.cli.app import app

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "retouch"
MODULES = sorted(PACKAGE.rglob("*.py"))

FLOORS = {"writing": 1, "clients": 1, "editors": 2, "verifiers": 2, "store": 2, "orchestrator": 3, "interfaces": 4}
"""Folder and floor; modules of the package itself are the words, on floor 0."""
SEPARATE = {"editors", "verifiers", "store"}
FORBIDDEN_NAMES = {"utils", "util", "helpers", "helper", "common", "manager", "misc", "tools"}
LONGEST_FILE, LONGEST_FUNCTION, MEDIAN_FUNCTION, NINE_OF_TEN = 400, 60, 10, 30
DEEPEST = 3


def folder(module: str) -> str | None:
    """The part of the package that a dotted name lies in; None for the words."""
    names = module.split(".")
    return names[1] if len(names) > 1 and names[1] in FLOORS else None


def dotted(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts)


def imports(path: Path) -> Iterator[tuple[str, int]]:
    """Every module imported from `retouch`, wherever in the file, and the level of a relative import."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom):
            names = [node.module or ""]
            if node.module == "retouch":
                names = [f"retouch.{alias.name}" for alias in node.names]
            yield from ((name, node.level) for name in names)
        elif isinstance(node, ast.Import):
            yield from ((alias.name, 0) for alias in node.names)


def functions(path: Path) -> Iterator[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef]]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield f"{path.relative_to(ROOT)}:{node.lineno} {node.name}", node


def length(node: ast.AST) -> int:
    return int(node.end_lineno) - int(node.lineno) + 1  # type: ignore[attr-defined]


def nesting(node: ast.AST, depth: int = 0) -> int:
    """Levels of blocks inside one another; `elif` is no level of its own."""
    deepest = depth
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda):
            continue
        block = isinstance(child, ast.If | ast.For | ast.While | ast.With | ast.Try | ast.Match)
        chained = isinstance(node, ast.If) and isinstance(child, ast.If) and child in node.orelse
        deepest = max(deepest, nesting(child, depth + (block and not chained)))
    return deepest


@pytest.mark.parametrize("path", MODULES, ids=dotted)
def test_imports_run_downwards_only(path: Path) -> None:
    here = folder(dotted(path))
    for module, level in imports(path):
        assert level == 0, f"relative import of {module}"
        there = folder(module)
        if not module.startswith("retouch") or there == here or path.name == "__init__.py" and here is None:
            continue  # the public face names everything, but loads it only when it is used
        assert FLOORS.get(there or "", 0) <= FLOORS.get(here or "", 0), f"{dotted(path)} imports {module} from above"
        assert not {here, there} <= SEPARATE, f"{dotted(path)} imports {module}: the parts do not know each other"


@pytest.mark.parametrize("path", MODULES, ids=dotted)
def test_files_and_functions_are_short(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").count("\n")
    assert lines <= LONGEST_FILE, f"{lines} lines"
    for name, node in functions(path):
        assert length(node) <= LONGEST_FUNCTION, f"{name}: {length(node)} lines"
        assert nesting(node) <= DEEPEST, f"{name}: nested {nesting(node)} deep"


def test_most_functions_are_very_short() -> None:
    lengths = sorted(length(node) for path in MODULES for _, node in functions(path))
    assert statistics.median(lengths) <= MEDIAN_FUNCTION
    assert lengths[int(len(lengths) * 0.9)] <= NINE_OF_TEN


def test_modules_are_named_for_what_they_define() -> None:
    names = {name for path in MODULES for name in path.relative_to(PACKAGE).with_suffix("").parts}
    assert not names & FORBIDDEN_NAMES


def public(path: Path) -> Iterator[ast.FunctionDef | ast.ClassDef]:
    """Functions and classes of a module that others may use."""
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_"):
            yield node


def test_modules_and_nearly_all_public_things_have_docstrings() -> None:
    things = [(f"{path.relative_to(ROOT)}: {node.name}", node) for path in MODULES for node in public(path)]
    silent = [name for name, node in things if ast.get_docstring(node) is None]
    # Where a name and a signature say all, no sentence is needed.
    assert len(silent) <= 0.1 * len(things), silent
    assert all(ast.get_docstring(ast.parse(path.read_text())) for path in MODULES if path.stat().st_size)


@pytest.mark.parametrize("part", ["orchestrator", "editors", "verifiers", "store"])
def test_the_parts_are_linked_at_the_root(part: str) -> None:
    link = ROOT / part
    assert link.is_symlink()
    assert link.readlink() == Path("retouch") / part


def test_the_public_names_are_sorted_and_exist() -> None:
    assert list(retouch.__all__) == sorted(retouch.__all__)
    for name in retouch.__all__:
        assert getattr(retouch, name) is not None
    assert set(retouch.__all__) <= set(dir(retouch))


# the documentation

CLI = (ROOT / "docs" / "cli.md").read_text(encoding="utf-8")


def commands() -> dict[str, str]:
    """Every command and its help."""
    return {str(c.name): (c.callback.__doc__ or "") if c.callback else "" for c in app.registered_commands}


@pytest.mark.parametrize("name", sorted(commands()))
def test_every_command_is_documented(name: str) -> None:
    assert commands()[name]
    assert f"### `retouch {name}" in CLI, f"docs/cli.md has no section for {name}"


def options(name: str) -> set[str]:
    """The option names of a command."""
    import typer

    command = typer.main.get_command(app).commands[name]  # type: ignore[attr-defined]
    return {option for parameter in command.params for option in parameter.opts if option.startswith("--")}


@pytest.mark.parametrize("name", sorted(commands()))
def test_every_option_is_documented(name: str) -> None:
    section = CLI.split(f"### `retouch {name}", 1)[1].split("\n### ", 1)[0]
    shared = CLI.split("\n### ", 1)[0]
    missing = {o for o in options(name) - {"--help"} if f"`{o}" not in section and f"`{o}" not in shared}
    assert not missing


@pytest.mark.parametrize("kind", ["planners", "editors", "verifiers"])
def test_every_part_is_documented(kind: parts.PartKind) -> None:
    text = (ROOT / "docs" / "parts.md").read_text(encoding="utf-8")
    own = [name for name, entry in parts.available(kind).items() if entry.value.startswith("retouch.")]
    assert [name for name in own if f"`{name}`" not in text] == []


def test_every_dependency_is_explained() -> None:
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    named = [*declared["dependencies"], *(d for group in declared["optional-dependencies"].values() for d in group)]
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    names = {re.split(r"[><=\[ ]", dependency)[0] for dependency in named}
    assert {name for name in names if f"`{name}`" not in text} == set()


def test_links_in_the_documentation_lead_somewhere() -> None:
    for page in [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")]:
        for target in re.findall(r"\]\(([^)#:]+)[^):]*\)", page.read_text(encoding="utf-8")):
            assert (page.parent / target).exists(), f"{page.name} links to {target}"


def test_data_files_are_declared_for_the_wheel() -> None:
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["setuptools"]
    carried = {
        path
        for package, patterns in declared["package-data"].items()
        for pattern in patterns
        for path in (ROOT / package.replace(".", "/")).glob(pattern)
    }
    kept = {path for path in PACKAGE.rglob("*") if path.is_file() and path.suffix not in (".py", ".pyc")}
    assert kept - carried == set()


def test_every_folder_of_modules_is_a_package() -> None:
    assert all((path.parent / "__init__.py").exists() for path in MODULES)
