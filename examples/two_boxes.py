"""Two boxes in two colours, one call: 稽 in the red one, 亭 in the blue one.

python -m examples.two_boxes OUT [EDITOR [VERIFIER …]]

retouch run page.png --box "209,796,87,98=write 稽" --box "101,493,85,94=write 亭" --mode marked \\
  --editor openai:http://127.0.0.1:8000/v1?model=Qwen/Qwen-Image-Edit-2511&dialect=vllm-omni

An editor that takes marked boxes gets both on one copy of the picture and one instruction that names their colours;
each step is judged and committed by itself. The built-in editors need no marks and take one box a call.
"""

from __future__ import annotations

import sys

import retouch
from examples.pictures import calligraphy, document, tell
from retouch.plan import BoxedWish, Goal


def main(folder: str, editor: str | retouch.Editor = "typeset", *verifiers: str | retouch.Verifier) -> int:
    page, boxes = calligraphy()
    work = document(page, folder, "page")
    wishes = tuple(BoxedWish(box=box, instruction=f"write {char}", mode="marked") for char, box in boxes.items())
    report = work.run(Goal(text="two boxes", boxes=wishes), editors=[editor], verifiers=verifiers)
    print("calls:", report.calls)
    return tell(report, work, f"{folder}/fixed.png")


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
