"""Another background: a mask keeps the person, bit for bit.

python -m examples.background OUT EDITOR VERIFIER

retouch run portrait.png --mask wall.png --goal "ask: Change the background to a beach at sunset" \\
  --editor diffusers:/models/Qwen-Image-Edit-2511 --verifier vlm:http://127.0.0.1:8001/v1?model=qwen3-vl

Without a mask the whole picture is edited, and nothing is promised of the person.
"""

from __future__ import annotations

import sys

import retouch
from examples.pictures import behind, document, mask_in, portrait, tell
from retouch.plan import Goal


def main(folder: str, editor: str | retouch.Editor, verifier: str | retouch.Verifier) -> int:
    work = document(portrait(), folder, "portrait")
    wish = Goal(text="ask: Change the background to a beach at sunset", mask=mask_in(folder, "wall", behind()))
    report = work.run(wish, editors=[editor], verifiers=[verifier])
    return tell(report, work, f"{folder}/beach.png")


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
