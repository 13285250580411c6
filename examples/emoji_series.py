"""Sixteen emoji of one character, one for each personality type: sixteen branches from one version, in one run.

python -m examples.emoji_series OUT EDITOR VERIFIER

retouch run mascot.png --plan emoji.json \\
  --editor diffusers:/models/Qwen-Image-Edit-2511 --verifier vlm:http://127.0.0.1:8001/v1?model=qwen3-vl

Each starts from the same pixels, never from another emoji, so that the character does not drift. A planner that looks
writes such a plan by itself, with a motif for each type:
--planner vlm:… --goal "make 16 emoji of this character, one for each MBTI type".
"""

from __future__ import annotations

import sys
from itertools import product
from pathlib import Path

import retouch
from examples.pictures import document, mascot, tell_all
from retouch.plan import Answers, Plan, Step

TYPES = ["".join(letters) for letters in product("IE", "NS", "TF", "JP")]


def emoji(kind: str) -> Step:
    words = f"Make an emoji of this character as the personality type {kind}, with a fitting motif"
    asked = Answers(question=f"Is this the same character as an emoji for {kind}?")
    return Step(id=kind, branch=kind, operation="restyle", mode="whole", instruction=words, expectation=asked)


def main(folder: str, editor: str | retouch.Editor, verifier: str | retouch.Verifier) -> int:
    work = document(mascot(), folder, "mascot")
    plan = Plan(goal="sixteen emoji", steps=tuple(map(emoji, TYPES)))
    Path(folder, "emoji.json").write_text(plan.to_json(), encoding="utf-8")
    return tell_all(work.run(plan=plan, editors=[editor], verifiers=[verifier]), work, folder)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
