"""Other views of one thing: turned by 90° and by 180°, each a branch from the same version.

python -m examples.novel_view OUT EDITOR VERIFIER

retouch branch mascot.retouch back
retouch run mascot.png --branch back --goal "ask: Turn the animal by 180 degrees, so that its back shows" \\
  --editor diffusers:/models/Qwen-Image-Edit-2511 --verifier vlm:http://127.0.0.1:8001/v1?model=qwen3-vl
"""

from __future__ import annotations

import sys

import retouch
from examples.pictures import document, mascot, tell

VIEWS = {"side": "by 90 degrees, so that its left side shows", "back": "by 180 degrees, so that its back shows"}


def main(folder: str, editor: str | retouch.Editor, verifier: str | retouch.Verifier) -> int:
    work = document(mascot(), folder, "mascot")
    ended = 0
    for name, turned in VIEWS.items():
        work.create_branch(name)
        wish = f"ask: Turn the animal {turned}"
        report = work.run(wish, editors=[editor], verifiers=[verifier], branch=name)
        ended = max(ended, tell(report, work, f"{folder}/{name}.png"))
    return ended


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
