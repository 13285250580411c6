"""Removing a strand of hair, or any small thing: its box, or a mask, is filled from what lies round it.

python -m examples.remove_object OUT [EDITOR]

retouch run portrait.png --box "490,200,40,110=remove" --mask strand.png
retouch run portrait.png --box "490,200,40,110=ask: Remove the strand of hair" --editor dashscope --verifier vlm:…

The built-in editor `inpaint` does it on plain ground; what stands before a pattern wants a model.
"""

from __future__ import annotations

import sys

from examples.pictures import STRAND, document, portrait, strand, tell
from retouch.plan import BoxedWish, Goal


def main(folder: str, editor: str = "inpaint") -> int:
    work = document(portrait(), folder, "portrait")
    wish = BoxedWish(box=STRAND, instruction="remove")
    report = work.run(Goal(text="the strand of hair", boxes=(wish,), mask=strand()), editors=[editor])
    return tell(report, work, f"{folder}/without.png")


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
