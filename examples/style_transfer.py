"""Style transfer: the whole picture changes, so that nothing outside a region is promised, and the record says so.

python -m examples.style_transfer OUT EDITOR VERIFIER

retouch run portrait.png --goal "ask: Redraw this portrait in the style of an ink wash painting" \\
  --editor dashscope?model=qwen-image-edit-plus --verifier vlm:http://127.0.0.1:8001/v1?model=qwen3-vl
"""

from __future__ import annotations

import sys

import retouch
from examples.pictures import document, portrait, tell


def main(folder: str, editor: str | retouch.Editor, verifier: str | retouch.Verifier) -> int:
    work = document(portrait(), folder, "portrait")
    wish = "ask: Redraw this portrait in the style of an ink wash painting"
    report = work.run(wish, editors=[editor], verifiers=[verifier])
    return tell(report, work, f"{folder}/painting.png")


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
