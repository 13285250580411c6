"""The pictures that the examples work on, painted with the fonts that are installed."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

import retouch
from retouch.errors import UnavailableError
from retouch.interfaces.demo.page import demo_face
from retouch.interfaces.demo.painter import paint
from retouch.interfaces.demo.recipe import Recipe
from retouch.region import Region
from retouch.writing.fonts import covers, installed

INK = (38, 33, 40)
ACCENT = (176, 48, 40)


CALLIGRAPHY = "永和九年歲在癸丑\n暮春之初會于會稽\n山陰之蘭亭脩禊事"


def calligraphy() -> tuple[retouch.Picture, dict[str, retouch.Box]]:
    """Three columns of the *Lantingji Xu* in which 稽 has a wrong part and 亭 lacks a stroke, and where these stand."""
    faults = {15: "wrong-component", 20: "missing-stroke"}
    page = paint(Recipe(text=CALLIGRAPHY, face=demo_face(), size=90, faults=faults))
    return retouch.Picture(page.rgb), {fault.wanted or "": fault.box.grown(6) for fault in page.faults}


def document(picture: retouch.Picture, folder: str, name: str) -> retouch.Document:
    """The picture saved in `folder` as `name`.png, opened with its history beside it."""
    path = Path(folder) / f"{name}.png"
    path.parent.mkdir(parents=True, exist_ok=True)
    picture.save(path)
    return retouch.open(path)


def tell(report: retouch.RunReport, picture: retouch.Document, output: str) -> int:
    """Print how each step ended, write the result beside the picture, and return the exit code."""
    picture.head(report.branch).save(Path(output))
    return _said(report)


def tell_all(report: retouch.RunReport, picture: retouch.Document, folder: str) -> int:
    """The same for a series: each sibling's picture is saved under its branch's name."""
    for branch in report.branches[1:]:
        picture.head(branch.branch).save(Path(folder) / f"{branch.branch}.png")
    return _said(report)


def _said(report: retouch.RunReport) -> int:
    for step in report.steps:
        print(step.id, step.status, step.instruction, step.reason or "")
    return report.exit_code


def poster(*lines: tuple[int, str], size: tuple[int, int] = (900, 640), accent: int = 0) -> retouch.Picture:
    """A poster on cream paper: each line with its size in pixels an em, one under the other; number `accent` is red."""
    sheet = _paper(size, (244, 236, 216))
    draw, y = ImageDraw.Draw(sheet), 70
    for number, (em, text) in enumerate(lines):
        font = _font(text, em)
        width = draw.textlength(text, font=font)
        draw.text(((size[0] - width) / 2, y), text, font=font, fill=ACCENT if number == accent else INK)
        y += round(em * 1.75)
    return retouch.Picture(np.asarray(sheet))


def portrait() -> retouch.Picture:
    """A face with a loose strand of hair beside it, in a blue shirt before a plain wall."""
    sheet = _paper((640, 640), (206, 214, 208))
    draw = ImageDraw.Draw(sheet)
    draw.rounded_rectangle((140, 470, 500, 700), 90, fill=(58, 92, 150))
    draw.rectangle((280, 400, 360, 500), fill=(214, 170, 138))
    draw.ellipse((200, 130, 440, 450), fill=(226, 184, 152))
    draw.pieslice((185, 100, 455, 400), 180, 360, fill=(52, 38, 32))
    draw.ellipse((205, 200, 435, 470), fill=(226, 184, 152))
    for x in (270, 370):
        draw.ellipse((x - 14, 300, x + 14, 318), fill=(40, 34, 36))
    draw.arc((285, 340, 355, 400), 20, 160, fill=(150, 70, 66), width=5)
    draw.line([(498, 210), (512, 240), (506, 270), (520, 300)], fill=(70, 52, 44), width=3, joint="curve")
    return retouch.Picture(np.asarray(sheet))


STRAND = retouch.Box(490, 200, 40, 110)
"""Where the loose strand lies."""


def mask_in(folder: str, name: str, region: Region) -> str:
    """The region as a goal's mask, a PNG data URI; also saved in `folder` as `name`.png for the command line."""
    Path(folder).mkdir(parents=True, exist_ok=True)
    Image.fromarray(region.mask.astype(np.uint8) * 255).save(Path(folder) / f"{name}.png")
    return region.encode() or ""


def strand() -> Region:
    """The strand's pixels and a few round them."""
    dark = portrait().pixels.max(axis=2) < 150
    dark[STRAND.slices] |= cv2.dilate(dark[STRAND.slices].astype(np.uint8), np.ones((7, 7), np.uint8)) > 0
    mask = np.zeros_like(dark)
    mask[STRAND.slices] = dark[STRAND.slices]
    return Region(retouch.Box(0, 0, 640, 640), mask)


SHIRT = retouch.Box(130, 460, 380, 180)
"""Where the shirt is."""


def behind() -> Region:
    """The portrait's background: where the wall shows."""
    plain = portrait().pixels.astype(int)
    return Region(retouch.Box(0, 0, 640, 640), abs(plain - (206, 214, 208)).max(axis=2) < 12)


def pond() -> retouch.Picture:
    """A lawn behind still water that mirrors the sky."""
    sheet = _paper((800, 600), (176, 206, 226))
    draw = ImageDraw.Draw(sheet)
    draw.polygon([(0, 330), (180, 230), (360, 300), (560, 210), (800, 310), (800, 360), (0, 360)], fill=(112, 140, 118))
    draw.rectangle((0, 340, 800, 390), fill=(104, 150, 84))
    draw.rectangle((0, 390, 800, 600), fill=(128, 164, 184))
    return retouch.Picture(np.asarray(sheet))


def mascot() -> retouch.Picture:
    """A capybara of few strokes, sitting."""
    sheet = _paper((512, 512), (250, 247, 240))
    draw, fur, dark = ImageDraw.Draw(sheet), (164, 118, 78), (74, 50, 36)
    draw.ellipse((130, 240, 400, 480), fill=fur)
    draw.rounded_rectangle((170, 90, 390, 300), 80, fill=fur)
    for x in (190, 350):
        draw.ellipse((x, 70, x + 44, 114), fill=dark)
    for x in (225, 320):
        draw.ellipse((x, 165, x + 16, 181), fill=dark)
    draw.rounded_rectangle((240, 215, 325, 275), 26, fill=dark)
    return retouch.Picture(np.asarray(sheet))


def _paper(size: tuple[int, int], colour: tuple[int, int, int]) -> Image.Image:
    """A sheet with the slight grain that every real picture has."""
    grain = np.random.default_rng(7).normal(0, 1.5, (size[1], size[0], 1))
    return Image.fromarray(np.clip(np.asarray(colour) + grain, 0, 255).astype(np.uint8))


@cache
def _font(text: str, em: int) -> ImageFont.FreeTypeFont:
    """The first installed sans-serif face that draws all of the text."""
    for face in sorted(installed(), key=lambda face: ("Sans" not in face.family, str(face.path))):
        if all(covers(face, char) for char in text if not char.isspace()):
            return ImageFont.truetype(str(face.path), em, index=face.index)
    raise UnavailableError(f"no installed font draws {text!r}", hint="apt-get install fonts-noto-cjk")
