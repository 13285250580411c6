"""The pictures of docs/history.md: a real project's tree, a merge conflict with its boxes, a blame map.

python examples/history_pictures.py docs/images

A small page of calligraphy is painted with three faults and repaired; on a second branch a word is coloured, which
meets one of the repairs.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from PIL import Image, ImageDraw

import retouch
from retouch.interfaces.blame_map import blame_map
from retouch.interfaces.conflict_sheet import conflict_sheet
from retouch.interfaces.demo.brush import Brush
from retouch.interfaces.demo.page import demo_face
from retouch.interfaces.demo.painter import paint
from retouch.interfaces.demo.recipe import PaintedPage, Recipe
from retouch.interfaces.overlay import label_font
from retouch.orchestrator.history_tree import TreeRow, tree_rows
from retouch.store.operations.merging import MergeReport

TEXT = "永和九年歲在\n癸丑暮春之初\n會于會稽山陰"
FAULTS = {4: "missing-stroke", 9: "melted", 15: "wrong-component:旨>日"}
RED = "#b3202a"
_LANE, _ROW, _LETTERS = 26, 34, 17
"""Of the drawn tree, in pixels."""
_LANES = ((122, 46, 30), (47, 111, 143), (138, 90, 0))


def main(folder: str) -> int:
    out = Path(folder)
    with TemporaryDirectory() as scratch:
        project = retouch.Project.open(Path(scratch) / "page.retouch", create=True)
        with project:
            page = painted()
            document = project.import_picture(retouch.Picture(page.rgb), "page")
            report = worked(document, page)
            settle = [retouch.Settlement(box, "ours") for box in report.conflicts]
            document.merge("red", settle=settle)
            document.create_tag("printed")
            words = {version.id: version.record.message for version in document.log()}
            save(conflict_picture(document, report), out / "history-conflict.png")
            save(tree_picture(document), out / "history-tree.png")
            save(blame_map(document.head().picture, document.blame(), words).pixels, out / "history-blame.png")
    return 0


def save(pixels: np.ndarray, path: Path) -> None:
    """As a small PNG: a palette is enough for a page of text."""
    Image.fromarray(pixels).quantize(96).save(path, optimize=True)


def painted() -> PaintedPage:
    """Eighteen characters, three of them at fault."""
    recipe = Recipe(text=TEXT, face=demo_face(), size=64, per_line=6, brush=Brush(boldness=0.2), faults=FAULTS)
    return paint(recipe)


def worked(document: retouch.Document, page: PaintedPage) -> MergeReport:
    """Repairs on `main`, a coloured word on `red`, a repair taken back; the merge that meets a conflict."""
    document.fix(f"literal:{TEXT}")
    document.create_branch("red", document.log()[0])
    boxes = {character.index: character.box for character in page.characters}
    for number, places in enumerate([(15,), (0, 1)], 1):
        box = retouch.Box.around(boxes[place] for place in places)
        words = "".join(page.recipe.reference[place] for place in places)
        step = retouch.Step(
            id=f"c{number}",
            operation="recolour",
            target=RED,
            box=box,
            instruction=f"Colour {words}",
            expectation=retouch.ColourIs(colour=RED),
        )
        document.run(plan=retouch.Plan(goal=f"colour {words}", steps=(step,)), branch="red")
    document.revert("HEAD~1", message="the old 春 was meant")
    return document.merge("red")


def conflict_picture(document: retouch.Document, report: MergeReport) -> np.ndarray:
    """Where both branches changed the same pixels, and what the settled merge made of it."""
    assert report.sides is not None and report.conflicts, "the two branches shall meet"
    pictures = {side: document.version(id).picture for side, id in report.sides._asdict().items()}
    return conflict_sheet({**pictures, "settled as ours": document.head().picture}, report.conflicts).pixels


def tree_picture(document: retouch.Document) -> np.ndarray:
    """The tree as `retouch log` draws it in a terminal."""
    rows = tree_rows([v.record for v in document.log()], document.branches, document.tags)
    lanes = max(max(row.lane, *row.passing, *row.forks, *row.joins, 0) for row in rows) + 1
    image = Image.new("RGB", (880, _ROW * len(rows) + 8), "white")
    draw = ImageDraw.Draw(image)
    for number, row in enumerate(rows):
        draw_row(draw, row, 4 + _ROW * number, lanes)
    return np.asarray(image)


def draw_row(draw: ImageDraw.ImageDraw, row: TreeRow, top: int, lanes: int) -> None:
    """One version: its lines, its node, its words."""
    x, middle, foot = place(row.lane), top + _ROW // 2, top + _ROW
    for lane in row.passing:
        line(draw, lane, [(place(lane), top), (place(lane), foot)])
    for lane in row.joins:
        line(draw, lane, [(place(lane), top), (place(lane), middle), (x, middle)])
    for lane in row.forks:
        line(draw, lane, [(x, middle), (place(lane), middle), (place(lane), foot)])
    stem = row.lane if row.sprouts is None else row.sprouts
    if row.above or row.sprouts is not None:
        line(draw, stem, [(place(stem), top), (place(stem), middle), (x, middle)])
    if row.below:
        line(draw, stem, [(place(stem), middle), (place(stem), foot)])
    hollow = row.version.kind == "candidate"
    colour = _LANES[stem % len(_LANES)]
    draw.ellipse((x - 6, middle - 6, x + 6, middle + 6), fill="white" if hollow else colour, outline=colour, width=2)
    version, font = row.version, label_font(_LETTERS)[0]
    columns = (version.id[:8], version.kind.value, version.outcome or "", version.step or "", version.message)
    for words, left in zip(columns, (0, 100, 190, 240, 290), strict=True):
        draw.text((lanes * _LANE + 20 + left, middle), words, font=font, fill=(60, 55, 50), anchor="lm")
    if row.labels:
        draw.text((870, middle), ", ".join(row.labels), font=font, fill=_LANES[1], anchor="rm")


def line(draw: ImageDraw.ImageDraw, lane: int, points: Sequence[tuple[int, int]]) -> None:
    draw.line(list(points), fill=_LANES[lane % len(_LANES)], width=3, joint="curve")


def place(lane: int) -> int:
    return 16 + _LANE * lane


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
