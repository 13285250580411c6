"""Removing a strand of hair, or any small thing: its box, or a mask, is filled from what lies round it.

python -m examples.remove_object OUT [EDITOR [VERIFIER]]

retouch run portrait.png --box "490,200,40,110=remove" --mask strand.png
retouch run portrait.png --box "490,200,40,110=ask: Remove the strand of hair" --editor dashscope --verifier vlm:…

The built-in editor `inpaint` does it on plain ground; what stands before a pattern wants a model.
"""

from __future__ import annotations

import sys

import retouch
from examples.pictures import STRAND, document, mask_in, portrait, strand, tell
from retouch.plan import BoxedWish, Goal


def main(folder: str, editor: str | retouch.Editor = "inpaint", verifier: str | retouch.Verifier = "removal") -> int:
    work = document(portrait(), folder, "portrait")
    wish = BoxedWish(box=STRAND, instruction="remove")
    goal = Goal(text="the strand of hair", boxes=(wish,), mask=mask_in(folder, "strand", strand()))
    report = work.run(goal, editors=[editor], verifiers=[verifier])
    return tell(report, work, f"{folder}/without.png")


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
