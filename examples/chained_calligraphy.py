"""Chained repair of calligraphy: first the character's box, then, where that fails, the wrong component alone.

python -m examples.chained_calligraphy OUT [EDITOR [VERIFIER …]]

The built-in typesetter does it. A model does it as the introduction of Qwen-Image-Edit tells:

retouch run page.png --box "209,796,87,98=write 稽" \\
  --mode marked --editor diffusers:/models/Qwen-Image-Edit-2511
retouch run page.png --box "252,845,44,49=ask: Draw 旨 here instead of 日" \\
  --mode marked --editor diffusers:/models/Qwen-Image-Edit-2511

A run tries the component by itself as its last rung; the second line is for an eye that sees what no verifier does.
"""

from __future__ import annotations

import sys

import retouch
from examples.pictures import calligraphy, document, tell
from retouch.geometry import Box
from retouch.plan import BoxedWish, Goal


def main(folder: str, editor: str | retouch.Editor = "typeset", *verifiers: str | retouch.Verifier) -> int:
    page, boxes = calligraphy()
    work = document(page, folder, "page")
    wishes = tuple(BoxedWish(box=box, instruction=f"write {char}", mode="marked") for char, box in boxes.items())
    report = work.run(Goal(text="two characters", boxes=wishes), editors=[editor], verifiers=verifiers)
    if report.exit_code and report.steps[0].status != "fixed":
        (x, y), box = boxes["稽"].centre, boxes["稽"]
        corner = Box.between(int(x), int(y), box.right, box.bottom)
        component = BoxedWish(box=corner, instruction="ask: Draw 旨 here instead of 日", mode="marked")
        report = work.run(
            Goal(text="the lower right part of 稽", boxes=(component,)), editors=[editor], verifiers=verifiers
        )
    return tell(report, work, f"{folder}/fixed.png")


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
