"""Frames that a person drew, and what is left when they shall go."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

import retouch

PAPER = (216, 190, 140)


@pytest.mark.parametrize(("colour", "words"), [((200, 30, 30), "remove the red box"), ((30, 60, 190), "去掉蓝框")])
def test_nothing_of_a_frame_stays_when_it_shall_go(colour: tuple[int, int, int], words: str, tmp_path: Path) -> None:
    paper = np.array(PAPER) + np.random.default_rng(3).normal(0, 3, (240, 320, 1))
    pixels = np.clip(paper, 0, 255).astype(np.uint8)
    blank = pixels.copy()
    cv2.rectangle(pixels, (90, 60), (200, 180), colour, 4, cv2.LINE_AA)
    retouch.Picture(pixels).save(tmp_path / "framed.png")
    document = retouch.open(tmp_path / "framed.png")
    report = document.run(words)
    assert [step.status for step in report.steps] == ["fixed"]
    after = document.head().picture.pixels.astype(float)
    line = (pixels != blank).any(axis=2)
    assert np.abs(after[line].mean(axis=0) - PAPER).max() < 3
    assert np.abs(after[line] - PAPER).max() < 16
    assert 1.5 < after[line].std(axis=0).max() < 5
    far = cv2.dilate(line.astype(np.uint8), np.ones((9, 9), np.uint8)) == 0
    assert np.array_equal(after[far], pixels[far])
