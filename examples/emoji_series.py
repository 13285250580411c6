"""Sixteen emoji of one character, one for each personality type: sixteen branches from one version.

python -m examples.emoji_series OUT EDITOR VERIFIER

retouch run mascot.png --planner vlm:http://127.0.0.1:8001/v1?model=qwen3-vl \\
  --goal "make 16 emoji of this character, one for each MBTI type" \\
  --editor diffusers:/models/Qwen-Image-Edit-2511 --verifier vlm:http://127.0.0.1:8001/v1?model=qwen3-vl

Each starts from the same pixels, never from another emoji: no drift. Here the plan is by hand, as in a file (--plan).
"""

from __future__ import annotations

import sys
from itertools import product

import retouch
from examples.pictures import document, mascot, tell

TYPES = ["".join(letters) for letters in product("IE", "NS", "TF", "JP")]
WISH = "Make an emoji of this character as the personality type {}, with a fitting motif"


def emoji(kind: str) -> retouch.Step:
    done = retouch.Answers(question=f"Is this an emoji of the character with a motif for {kind}?")
    wish = WISH.format(kind)
    return retouch.Step(id=kind, operation="restyle", mode="whole", instruction=wish, expectation=done, branch=kind)


def main(folder: str, editor: str | retouch.Editor, verifier: str | retouch.Verifier) -> int:
    work = document(mascot(), folder, "mascot")
    plan = retouch.Plan(goal="16 emoji", steps=tuple(map(emoji, TYPES)))
    report = work.run(plan=plan, editors=[editor], verifiers=[verifier])
    for branch in report.branches[1:]:
        work.head(branch.branch).save(f"{folder}/{branch.branch}.png")
    return tell(report, work, f"{folder}/unchanged.png")


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
