"""Parts of one's own: a planner, an editor and a verifier as plain classes, at work on one picture.

python examples/own_parts.py picture.png result.png
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

import retouch


class CornerPlanner:
    """Asks for the top left corner to be blackened."""

    def plan(
        self, goal: retouch.Goal, picture: retouch.Picture, findings: Sequence[retouch.Finding] = ()
    ) -> retouch.Plan:
        side = max(1, min(picture.size.width, picture.size.height) // 8)
        question = retouch.Answers(question="Is the corner black?")
        step = retouch.Step(id="corner", operation="other", box=retouch.Box(0, 0, side, side), expectation=question)
        return retouch.Plan(goal=goal.text, steps=(step,))


class Blackener:
    """Fills what may change; the orchestrator keeps everything else as it was."""

    traits = retouch.Traits(rungs=("grey", "black"))

    def edit(self, request: retouch.EditRequest, watch: retouch.Watch) -> retouch.EditResult:
        canvas = request.canvas.copy()
        canvas[request.mask] = 128 if request.rung == "grey" else 0
        return retouch.EditResult(canvas)


class IsBlack:
    """Passes where the step's box is black, so that the first rung fails and the second is tried."""

    def verify(self, before: retouch.Picture, after: retouch.Picture, step: retouch.Step) -> retouch.Verdict:
        lightest = int(after.srgb(step.box).max())
        outcome = retouch.Outcome.PASS if lightest == 0 else retouch.Outcome.FAIL
        return retouch.Verdict(verifier="is-black", outcome=outcome, score=1 - lightest / 255, reason=f"{lightest}")


def main(picture: str, output: str) -> int:
    with retouch.open(picture).project as project:
        document = project.document()
        report = document.run(
            "blacken the corner", planner=CornerPlanner(), editors=[Blackener()], verifiers=[IsBlack()]
        )
        for version in document.log():
            print(version)
        document.head().save(output)
    return report.exit_code


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
