"""fsck, gc, stats, backup, bundles; and files that are no project, or not any more."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from retouch.interfaces.cli.main import main
from retouch.orchestrator.project import Project
from retouch.picture import Picture

READING = [
    ["log"],
    ["show", "HEAD"],
    ["diff", "HEAD", "HEAD~1"],
    ["blame"],
    ["reflog"],
    ["answer"],
    ["stats"],
    ["branch"],
    ["tag"],
]
CHANGING = [
    ["rollback", "HEAD~1"],
    ["undo"],
    ["revert", "HEAD"],
    ["branch", "new"],
    ["tag", "new"],
    ["comment", "HEAD", "x"],
    ["reject", "HEAD"],
    ["gc"],
]


def test_a_sound_project_is_said_to_be_so(project: Path, told: Any, capsys: pytest.CaptureFixture[str]) -> None:
    code, report = told("fsck", project)
    assert code == 0 and report.keys() == {"ok", "checked", "damaged"}
    assert (report["ok"], report["damaged"], report["checked"]["versions"]) == (True, [], 5)
    assert main(["fsck", str(project)]) == 0
    assert capsys.readouterr().out.startswith("sound: ")


def damage(project: Path) -> None:
    """Flip a bit in the middle of the largest tile: one of the import."""
    with closing(sqlite3.connect(project)) as database:
        tile, data = database.execute("SELECT id, data FROM tile ORDER BY length(data) DESC").fetchone()
        flipped = bytearray(data)
        flipped[len(flipped) // 2] ^= 4
        database.execute("UPDATE tile SET data = ? WHERE id = ?", (bytes(flipped), tile))
        database.commit()


def test_damage_exits_1_and_names_the_versions(project: Path, told: Any, capsys: pytest.CaptureFixture[str]) -> None:
    damage(project)
    code, report = told("fsck", project)
    assert code == 1 and report["ok"] is False
    (found,) = report["damaged"]
    assert found.keys() == {"what", "versions"} and len(found["versions"]) == 5
    assert main(["fsck", str(project)]) == 1
    assert "damaged" in capsys.readouterr().out
    code, refused = told("export", project, "HEAD", "-o", project.with_name("x.png"))
    assert (code, refused["error"]["type"]) == (1, "DamagedError")
    assert told("log", project)[0] == 0, "what is not damaged can be read"
    out = project.with_name("report.html")
    assert told("report", project, "-o", out)[0] in (0, 1)


def test_gc_gives_back_what_nothing_reaches(project: Path, told: Any) -> None:
    code, kept = told("gc", project)
    assert code == 0 and (kept["tiles"], kept["bytes"]) == (0, 0), "all is younger than 30 days"
    code, report = told("gc", project, "--keep-days", "0")
    assert code == 0 and report.keys() >= {"tiles", "bytes"} and report["tiles"] > 0
    assert told("fsck", project)[0] == 0
    candidate = next(v["id"] for v in told("log", project)[1]["versions"] if v["kind"] == "candidate")
    code, refused = told("export", project, candidate, "-o", project.with_name("x.png"))
    assert (code, refused["error"]["type"]) == (1, "CollectedError")
    assert told("report", project, "-o", project.with_name("report.html"))[0] == 0
    assert told("gc", project, "--keep-days", "-1")[0] == 2


def test_stats_have_what_scripts_expect(project: Path, told: Any) -> None:
    code, stats = told("stats", project)
    assert code == 0 and {"versions", "tiles", "bytes"} <= stats.keys()


def test_a_backup_is_a_whole_project(project: Path, told: Any) -> None:
    copy = project.with_name("copy.retouch")
    code, made = told("backup", project, copy)
    assert code == 0 and made == {"output": str(copy), "bytes": copy.stat().st_size}
    assert told("log", copy)[1] == told("log", project)[1]
    assert told("fsck", copy)[0] == 0


@pytest.mark.parametrize("target", ["page.retouch", "page.png", ".", "none/copy.retouch"])
def test_a_backup_replaces_nothing(project: Path, told: Any, target: str) -> None:
    file, log, page = project.parent / target, told("log", project)[1], project.with_suffix(".png").read_bytes()
    code, refused = told("backup", project, file)
    assert code == 2 and str(file) in refused["error"]["message"]
    assert told("log", project)[1] == log and project.with_suffix(".png").read_bytes() == page


def test_a_bundle_carries_a_document_to_another_project(project: Path, told: Any) -> None:
    bundle, other = project.with_name("bundle.retouch"), project.with_name("other.retouch")
    log = told("log", project)[1]
    code, made = told("export", project, "--bundle", "-o", bundle)
    assert code == 0 and made == {"document": "page", "output": str(bundle), "bytes": bundle.stat().st_size}
    code, taken = told("import", other, bundle)
    assert code == 0
    assert (taken["document"], taken["branch"], taken["version"]) == ("page", "main", log["branches"]["main"])
    assert told("log", other)[1] == log
    assert told("fsck", other)[0] == 0


def test_a_bundle_that_is_no_good_leaves_no_project_behind(project: Path, told: Any) -> None:
    bundle, other = project.with_name("bundle.retouch"), project.with_name("other.retouch")
    told("export", project, "--bundle", "-o", bundle)
    assert told("export", project, "--bundle", "-o", bundle)[0] == 2, "it is there already"
    assert told("export", project, "main", "--bundle", "-o", other)[0] == 2
    assert told("import", other, bundle, "--name", "x")[0] == 2
    damage(bundle)
    code, refused = told("import", other, bundle)
    assert (code, refused["error"]["type"]) == (1, "DamagedError")
    text = project.with_name("text.txt")
    text.write_text("no picture")
    assert told("import", other, text)[1]["error"]["type"] == "PictureError"
    assert not other.exists()


@pytest.mark.parametrize("command", [*READING, *CHANGING, ["fsck"], ["resume"]], ids=lambda words: words[0])
def test_a_text_file_is_no_project_and_stays_as_it_is(tmp_path: Path, told: Any, command: list[str]) -> None:
    file = tmp_path / "notes.retouch"
    file.write_text("not a project\n" * 100)
    code, refused = told(command[0], file, *command[1:])
    assert code == 2 and "is not a Retouch project file" in refused["error"]["message"]
    assert file.read_text() == "not a project\n" * 100
    assert [other.name for other in tmp_path.iterdir()] == ["notes.retouch"]


@pytest.mark.parametrize("command", [["log"], ["undo"], ["fsck"], ["gc"]], ids=lambda words: words[0])
def test_a_project_of_a_newer_retouch_is_not_touched(project: Path, told: Any, command: list[str]) -> None:
    with closing(sqlite3.connect(project)) as database:
        database.execute("PRAGMA user_version = 99")
    before = project.read_bytes()
    code, refused = told(command[0], project, *command[1:])
    assert (code, refused["error"]["type"]) == (1, "NewerSchemaError")
    assert project.read_bytes() == before


def readonly(monkeypatch: pytest.MonkeyPatch, project: Path) -> None:
    """The file may not be written: by its permissions, and as root, who may write everything, by a stand-in."""
    project.chmod(0o444)
    import os

    real = os.access

    def access(path: Any, mode: int, **options: Any) -> bool:
        return real(path, mode, **options) and not (mode & os.W_OK and str(path).startswith(str(project)))

    monkeypatch.setattr(os, "access", access)


@pytest.mark.parametrize("command", READING, ids=lambda words: words[0])
def test_a_project_that_may_not_be_written_can_be_read(
    project: Path, told: Any, monkeypatch: pytest.MonkeyPatch, command: list[str]
) -> None:
    readonly(monkeypatch, project)
    assert told(command[0], project, *command[1:])[0] == 0


@pytest.mark.parametrize("command", CHANGING, ids=lambda words: words[0])
def test_changing_a_project_that_may_not_be_written_is_refused(
    project: Path, told: Any, monkeypatch: pytest.MonkeyPatch, command: list[str]
) -> None:
    before = told("log", project)[1]
    readonly(monkeypatch, project)
    code, refused = told(command[0], project, *command[1:])
    assert code == 1 and refused["error"]["type"] == "StoreError"
    assert "read" in refused["error"]["message"], refused
    assert told("log", project)[1] == before


@pytest.mark.parametrize(
    ("arguments", "kind"),
    [
        (["show", "main~9"], "UnknownNameError"),
        (["show", "abc"], "UnknownNameError"),
        (["show", ""], "UnknownNameError"),
        (["show", "deadbeef"], "UnknownNameError"),
        (["diff", "main", "nothing"], "UnknownNameError"),
        (["blame", "--box", "90,60,10,10"], "PictureError"),
        (["blame", "--box", "0,0,-1,1"], "UsageError"),
        (["blame", "--at", "none"], "UnknownNameError"),
        (["pick", "none"], "UnknownNameError"),
        (["reject", "none"], "UnknownNameError"),
        (["log", "--branch", "none"], "UnknownNameError"),
        (["log", "--document", "none"], "UnknownNameError"),
        (["branch", "none", "--delete"], "UnknownNameError"),
        (["branch", "main", "--delete"], "UsageError"),
        (["branch", "--delete"], "UsageError"),
        (["tag", "none", "--delete"], "UnknownNameError"),
        (["undo", "--branch", "none"], "UnknownNameError"),
    ],
)
def test_names_and_boxes_that_are_not_there_are_told(project: Path, told: Any, arguments: list[str], kind: str) -> None:
    code, refused = told(arguments[0], project, *arguments[1:])
    assert (code, refused["error"]["type"]) == (2, kind)


def test_an_ambiguous_prefix_names_what_it_could_be(page: Path, told: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Versions until two share their first digit, which names one here."""
    monkeypatch.setattr("retouch.store.tree.naming.SHORTEST", 1)
    file = page.with_suffix(".retouch")
    with Project.open(file, create=True) as project:
        document = project.import_picture(page)
        small = Picture(document.head().picture.pixels[:2, :2])
        ids: list[str] = []
        while len({one[0] for one in ids}) == len(ids):
            ids.append(document.commit(small, f"version {len(ids)}").id)
    code, refused = told("show", file, ids[-1][0])
    assert code == 2 and ids[-1][:12] in refused["error"]["message"]
    assert told("show", file, ids[-1][:12])[1]["id"] == ids[-1]
