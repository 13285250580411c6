"""Commands that read and move a project's history."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from retouch.interfaces.cli.main import main
from retouch.picture import Metadata, Picture

LOG = ["id", "parents", "kind", "box", "step", "message", "author", "created", "outcome", "editor"]


def test_log_lists_every_version_the_oldest_first(project: Path, told: Any) -> None:
    code, log = told("log", project)
    assert code == 0
    assert log.keys() == {"document", "branches", "tags", "versions"}
    assert [list(version) for version in log["versions"]] == [LOG] * len(log["versions"])
    assert log["versions"][0]["kind"] == "import"
    assert sorted(v["kind"] for v in log["versions"]) == ["candidate"] * 3 + ["edit", "import"]
    edit = next(v for v in log["versions"] if v["kind"] == "edit")
    assert edit["id"] == log["branches"]["main"]
    assert edit["parents"] == [log["versions"][0]["id"]]
    assert (edit["step"], edit["box"], edit["outcome"]) == ("s1", [8, 8, 16, 16], "pass")


def test_log_draws_the_tree(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["log", str(project)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("◆ ")
    assert sum("─○" in line for line in lines) == 3
    assert lines[-1].startswith("● ") and lines[-1].endswith("(main)")


def test_show_tells_everything_recorded(project: Path, told: Any) -> None:
    _, shown = told("show", project, "main")
    assert set(LOG) < shown.keys()
    record = shown["record"]
    assert {"request", "effective", "seed", "verdicts", "comments", "cost", "patch_box"} <= record.keys()
    assert record["verdicts"][-1]["outcome"] == "pass"


def test_comments_are_kept(project: Path, told: Any) -> None:
    code, noted = told("comment", project, "main", "looks right")
    assert (code, noted["comment"]["text"]) == (0, "looks right")
    _, shown = told("show", project, "HEAD")
    assert [comment["text"] for comment in shown["record"]["comments"]] == ["looks right"]


def test_diff_names_boxes_pixels_and_difference(project: Path, told: Any) -> None:
    _, diff = told("diff", project, "HEAD~1", "HEAD")
    assert diff.keys() == {"a", "b", "boxes", "changed_pixels", "max_difference"}
    assert diff["boxes"] == [[8, 8, 16, 16]]
    assert diff["changed_pixels"] == 256
    _, same = told("diff", project, "HEAD", "main")
    assert (same["boxes"], same["changed_pixels"], same["max_difference"]) == ([], 0, 0)


def test_rollback_and_undo_move_the_branch_and_are_logged(project: Path, told: Any) -> None:
    _, log = told("log", project)
    first, head = log["versions"][0]["id"], log["branches"]["main"]
    code, moved = told("rollback", project, "HEAD~1")
    assert code == 0
    assert moved == {"branch": "main", "from": head, "to": first, "conflicts": []}
    _, back = told("undo", project)
    assert (back["from"], back["to"]) == (first, head)
    _, run = told("undo", project, "--run")
    assert run["to"] == first
    _, reflog = told("reflog", project)
    assert [list(move) for move in reflog["moves"]] == [["branch", "from", "to", "reason", "author", "created"]] * 5
    assert (reflog["moves"][0]["from"], reflog["moves"][0]["to"]) == (None, first)
    assert len(told("log", project)[1]["versions"]) == len(log["versions"]), "nothing was deleted"


def test_branches_and_tags_are_made_and_listed(project: Path, told: Any) -> None:
    _, log = told("log", project)
    first = log["versions"][0]["id"]
    _, made = told("branch", project, "try", "HEAD~1")
    assert made == {"branch": "try", "from": None, "to": first, "conflicts": []}
    _, tagged = told("tag", project, "start", first[:6])
    assert (tagged["tag"], tagged["to"]) == ("start", first)
    assert told("branch", project)[1]["branches"].keys() == {"main", "try"}
    assert told("tag", project)[1]["tags"] == {"start": first}


def test_several_branches_must_be_told_apart(project: Path, told: Any) -> None:
    told("branch", project, "try", "HEAD~1")
    for command in (
        ["undo", project],
        ["rollback", project, "try"],
        ["export", project, "-o", project.with_name("x.png")],
    ):
        code, refused = told(*command)
        assert code == 2
        assert "main, try" in refused["error"]["message"]
    assert told("undo", project, "--branch", "main")[0] == 0
    code, unknown = told("undo", project, "--branch", "none")
    assert (code, unknown["error"]["type"]) == (2, "UnknownNameError")


def test_several_documents_must_be_told_apart(project: Path, told: Any) -> None:
    other = project.with_name("other.png")
    Picture(np.zeros((8, 8, 3), np.uint8)).save(other)
    code, made = told("import", project, other)
    assert (code, made["document"], made["branch"]) == (0, "other", "main")
    code, refused = told("log", project)
    assert code == 2
    assert "other" in refused["error"]["message"]
    assert told("log", project, "--document", "other")[1]["document"] == "other"


def test_import_makes_the_project_and_commit_adds_a_version(page: Path, told: Any) -> None:
    project = page.with_name("new.retouch")
    _, made = told("import", project, page, "--name", "sheet")
    assert made == {"project": str(project), "document": "sheet", "branch": "main", "version": made["version"]}
    Picture(255 - Picture.open(page).pixels).save(page)
    _, committed = told("commit", project, page, "-m", "inverted elsewhere")
    _, log = told("log", project)
    assert [(v["kind"], v["message"]) for v in log["versions"]][1] == ("manual", "inverted elsewhere")
    assert log["branches"]["main"] == committed["version"]


def test_export_writes_a_version_or_a_part_of_it(project: Path, page: Path, told: Any) -> None:
    out = page.with_name("out.png")
    _, told_ = told("export", project, "HEAD~1", "-o", out)
    assert Picture.open(out).same_pixels(Picture.open(page))
    assert told_["output"] == str(out)
    told("export", project, "-o", out, "--box", "8,8,16,16")
    assert (Picture.open(out).pixels == np.array([255, 0, 0])).all()
    assert told("export", project, "-o", out, "--box", "90,60,16,16")[0] == 2


def test_stats_count(project: Path, told: Any) -> None:
    _, stats = told("stats", project)
    assert stats["versions"] == 5
    assert stats["tiles"] > 0 and stats["bytes"] > 0


def test_a_still_keeps_profile_resolution_and_metadata(project: Path, told: Any) -> None:
    from PIL import ImageCms

    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    page = project.with_name("photo.png")
    carried = Metadata(icc_profile=profile, dpi=(300.0, 300.0), text=(("Title", "orchid"),))
    Picture(np.full((40, 40, 3), 9, np.uint8), carried).save(page)
    told("import", project, page)
    Picture(np.full((40, 40, 3), 10, np.uint8), carried).save(page)
    told("commit", project, page, "--document", "photo")
    for extra in ([], ["--box", "4,4,9,9"], ["--before-after"]):
        out = project.with_name("still.png")
        assert told("export", project, "--document", "photo", "-o", out, *extra)[0] == 0
        kept = Picture.open(out).metadata
        assert (kept.icc_profile, kept.text) == (carried.icc_profile, carried.text)
        assert kept.dpi == pytest.approx((300.0, 300.0), abs=0.1)


def test_a_step_is_exported_before_and_after(project: Path, page: Path, told: Any) -> None:
    out = page.with_name("pair.png")
    code, pair = told("export", project, "HEAD", "--before-after", "-o", out)
    x, y, width, height = pair["box"]
    shown = Picture.open(out).pixels
    assert code == 0 and shown.shape[:2] == (height, 2 * width + 12)
    assert np.array_equal(shown[:, :width], Picture.open(page).pixels[y : y + height, x : x + width])
    assert (shown[8 - y : 24 - y, width + 12 + 8 - x : width + 12 + 24 - x] == [255, 0, 0]).all()
    assert told("export", project, "HEAD", "--before-after", "--box", "0,0,30,30", "-o", out)[1]["box"] == [
        0,
        0,
        30,
        30,
    ]
    assert told("export", project, "HEAD~1", "--before-after", "-o", out)[0] == 2, "nothing was before the import"


def test_the_way_is_exported_as_an_animation(project: Path, told: Any) -> None:
    out = project.with_name("way.webp")
    code, made = told("export", project, "--animation", "-o", out)
    assert code == 0 and (made["frames"], made["bytes"]) == (2, out.stat().st_size)
    assert told("export", project, "--animation", "-o", out.with_suffix(".gif"))[0] == 2
    assert told("export", project, "--animation", "--before-after", "-o", out)[0] == 2
    assert told("export", project, "--animation", "--frame-seconds", "0", "-o", out)[0] == 2


def test_blame_names_regions_and_paints_a_map(project: Path, told: Any) -> None:
    out = project.with_name("map.png")
    code, blamed = told("blame", project, "--map", out)
    head = told("log", project)[1]["branches"]["main"]
    assert code == 0 and blamed.keys() == {"regions"}
    assert {"box": [8, 8, 16, 16], "version": head, "step": "s1"} in blamed["regions"]
    assert Picture.open(out).size.width == 96
    part = told("blame", project, "--box", "10,10,4,4")[1]["regions"]
    assert part == [{"box": [10, 10, 4, 4], "version": head, "step": "s1"}]
    before = told("blame", project, "--at", "HEAD~1")[1]["regions"]
    assert [region["box"] for region in before] == [[0, 0, 96, 64]]


def test_differences_are_drawn(project: Path, told: Any) -> None:
    picture, both = project.with_name("d.png"), project.with_name("s.png")
    told("diff", project, "HEAD~1", "HEAD", "--picture", picture, "--side-by-side", both)
    assert Picture.open(picture).size.width == 96 and Picture.open(both).size.width == 2 * 96 + 12
    assert np.ptp(Picture.open(picture).pixels[8:24, 8:24], axis=2).min() > 0


def test_one_branch_can_be_looked_at_alone(forked: Path, told: Any) -> None:
    whole, other = told("log", forked)[1], told("log", forked, "--branch", "other")[1]
    assert (len(whole["versions"]), len(other["versions"])) == (5, 3)
    assert other["branches"] == whole["branches"]
    moves = told("reflog", forked, "--branch", "other")[1]["moves"]
    assert {move["branch"] for move in moves} == {"other"} and len(moves) == 3


def test_branches_and_tags_are_taken_away_and_a_branch_comes_back(forked: Path, told: Any) -> None:
    stood = told("log", forked)[1]["branches"]["other"]
    code, gone = told("branch", forked, "other", "--delete")
    assert (code, gone) == (0, {"branch": "other", "from": stood, "to": None, "conflicts": []})
    assert told("branch", forked)[1]["branches"].keys() == {"main"}
    assert told("undo", forked, "--branch", "other")[1]["to"] == stood
    told("tag", forked, "v1", "other")
    assert told("tag", forked, "v1", "--delete")[1] == {"tag": "v1", "from": stood, "to": None, "conflicts": []}
    assert told("tag", forked)[1]["tags"] == {}
    assert told("branch", forked, "v1", "main", "--delete")[0] == 2


def test_show_has_the_same_fields_however_a_version_was_made(forked: Path, told: Any) -> None:
    record = told("show", forked, "main")[1]["record"]
    assert {"request", "effective", "seed", "patch_box", "cost", "verdicts", "comments", "marks"} <= record.keys()
    assert (record["request"], record["verdicts"]) == (None, [])


def test_show_for_a_person_has_verdicts_comments_and_marks(
    project: Path, told: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    told("comment", project, "HEAD", "a note\x1b[2J")
    told("reject", project, "HEAD", "-m", "too red")
    assert main(["show", str(project), "HEAD"]) == 0
    out = capsys.readouterr().out
    for words in (
        "verdicts",
        "✓ scripted pass 1.00",
        "a note\\x1b[2J",
        "rejected: too red",
        "patch box",
        "8,8,16,16",
        "main",
    ):
        assert words in out, words
    assert "\x1b" not in out
