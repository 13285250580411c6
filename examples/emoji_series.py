"""Sixteen emoji of one character, one for each personality type: sixteen branches from one version.

python -m examples.emoji_series OUT EDITOR VERIFIER

for type in INTJ ENFP …; do retouch branch mascot.retouch $type; retouch run mascot.png --branch $type \\
  --goal "ask: Make an emoji of this character as $type" --editor diffusers:/models/Qwen-Image-Edit-2511; done

Each starts from the same pixels, never from another emoji, so that the character does not drift. In one go, and with a
motif for each type: --planner vlm:… --goal "make 16 emoji of this character, one for each MBTI type".
"""

from __future__ import annotations

import sys
from itertools import product

import retouch
from examples.pictures import document, mascot, tell

TYPES = ["".join(letters) for letters in product("IE", "NS", "TF", "JP")]


def main(folder: str, editor: str | retouch.Editor, verifier: str | retouch.Verifier) -> int:
    work = document(mascot(), folder, "mascot")
    ended = 0
    for kind in TYPES:
        work.create_branch(kind)
        wish = f"ask: Make an emoji of this character as the personality type {kind}, with a fitting motif"
        report = work.run(wish, editors=[editor], verifiers=[verifier], branch=kind)
        ended = max(ended, tell(report, work, f"{folder}/{kind}.png"))
    return ended


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
