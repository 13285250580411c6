"""A workflow of one's own: proofread a page, repair only what is plainly wrong, with a second opinion on each repair.

python examples/own_workflow.py page.png page.txt fixed.png
"""

from __future__ import annotations

import sys

import retouch


class NotPaler:
    """A verifier of one's own: a repair must not be paler than what it replaces."""

    def verify(self, before: retouch.Picture, after: retouch.Picture, step: retouch.Step) -> retouch.Verdict:
        old, new = (float(picture.srgb(step.box).min()) for picture in (before, after))
        outcome = retouch.Outcome.PASS if new <= old + 40 else retouch.Outcome.FAIL
        return retouch.Verdict(verifier="not-paler", outcome=outcome, score=1 - new / 255, evidence={"darkest": new})


def main(page: str, text: str, output: str) -> int:
    document = retouch.open(page)
    findings = [finding for finding in document.check(text).findings if finding.fault and finding.score < 0.5]
    steps = tuple(
        retouch.Step(
            id=f"s{number}",
            operation="replace",
            target=finding.wanted,
            box=finding.box,
            expectation=retouch.TextReads(text=finding.wanted),
        )
        for number, finding in enumerate(findings, 1)
        if finding.wanted
    )
    plan = retouch.Plan(goal="repair what is plainly wrong", steps=steps)
    report = document.run(plan=plan, text=text, verifiers=["character", NotPaler()], budget=retouch.Budget(calls=20))
    for step in report.steps:
        print(step.id, step.status, step.reason or "")
    document.head().save(output)
    return report.exit_code


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
