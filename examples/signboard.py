"""Adding a signboard with its reflection: the box holds both, for what changes is larger than the thing itself.

python -m examples.signboard OUT EDITOR VERIFIER

retouch run pond.png --box "270,270,260,260=ask: Add a wooden signboard that says Welcome, mirrored in the water" \\
  --editor diffusers:/models/Qwen-Image-Edit-2511 --verifier vlm:http://127.0.0.1:8001/v1?model=qwen3-vl

Outside the box every pixel stays, so a reflection outside it would be lost: draw the box round both.
"""

from __future__ import annotations

import sys

import retouch
from examples.pictures import document, pond, tell
from retouch.geometry import Box
from retouch.plan import BoxedWish, Goal


def main(folder: str, editor: str | retouch.Editor, verifier: str | retouch.Verifier) -> int:
    work = document(pond(), folder, "pond")
    sign_and_reflection = Box(270, 270, 260, 260)
    words = "ask: Add a wooden signboard that says Welcome, mirrored in the water"
    wish = Goal(text="a signboard", boxes=(BoxedWish(box=sign_and_reflection, instruction=words),))
    report = work.run(wish, editors=[editor], verifiers=[verifier])
    return tell(report, work, f"{folder}/signboard.png")


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
