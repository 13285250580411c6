"""Other views of one thing: turned by 90° and by 180°, each a branch from the same version, in one run.

python -m examples.novel_view OUT EDITOR VERIFIER

retouch run mascot.png --plan views.json \\
  --editor diffusers:/models/Qwen-Image-Edit-2511 --verifier vlm:http://127.0.0.1:8001/v1?model=qwen3-vl
retouch run mascot.png --goal "ask: Turn the animal by 180 degrees, so that its back shows" \\
  --editor diffusers:/models/Qwen-Image-Edit-2511 --verifier vlm:http://127.0.0.1:8001/v1?model=qwen3-vl
"""

from __future__ import annotations

import sys
from pathlib import Path

import retouch
from examples.pictures import document, mascot, tell_all
from retouch.plan import Answers, Plan, Step

VIEWS = {"side": "by 90 degrees, so that its left side shows", "back": "by 180 degrees, so that its back shows"}


def view(name: str, turned: str) -> Step:
    asked = Answers(question=f"Is this the same animal, turned {turned}?")
    words = f"Turn the animal {turned}"
    return Step(id=name, branch=name, operation="other", mode="whole", instruction=words, expectation=asked)


def main(folder: str, editor: str | retouch.Editor, verifier: str | retouch.Verifier) -> int:
    work = document(mascot(), folder, "mascot")
    plan = Plan(goal="other views", steps=tuple(view(*each) for each in VIEWS.items()))
    Path(folder, "views.json").write_text(plan.to_json(), encoding="utf-8")
    return tell_all(work.run(plan=plan, editors=[editor], verifiers=[verifier]), work, folder)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
