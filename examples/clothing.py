"""Other clothes: a box round the shirt, so that the face stays as it is.

python -m examples.clothing OUT EDITOR VERIFIER

retouch run portrait.png --box "130,460,380,180=ask: Change the shirt to a red kimono" \\
  --editor diffusers:/models/Qwen-Image-Edit-2511 --verifier vlm:http://127.0.0.1:8001/v1?model=qwen3-vl
"""

from __future__ import annotations

import sys

import retouch
from examples.pictures import SHIRT, document, portrait, tell
from retouch.plan import BoxedWish, Goal


def main(folder: str, editor: str | retouch.Editor, verifier: str | retouch.Verifier) -> int:
    work = document(portrait(), folder, "portrait")
    shirt = BoxedWish(box=SHIRT, instruction="ask: Change the shirt to a red kimono")
    wish = Goal(text="clothes", boxes=(shirt,))
    report = work.run(wish, editors=[editor], verifiers=[verifier])
    return tell(report, work, f"{folder}/kimono.png")


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
