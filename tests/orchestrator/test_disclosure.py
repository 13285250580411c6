"""What leaves the machine is said before the first call, kept with the run, and refused offline."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from retouch.attempt import StepStatus
from retouch.edit import EditRequest, EditResult, Traits
from retouch.errors import UnavailableError
from retouch.event import Event
from retouch.interfaces.report import render
from retouch.orchestrator.disclosure import stays_here
from retouch.orchestrator.document import Document
from retouch.orchestrator.outcome import RunReport
from retouch.orchestrator.project import Project
from retouch.picture import Picture
from retouch.plan import Goal, Plan, Step
from retouch.verdict import Outcome, Verdict

MakeStep = Callable[..., Step]
MakePlan = Callable[..., Plan]
BOX = (20, 20, 40, 40)


class Remote:
    """An editor, planner and verifier in one that says where it sends to and keeps what happened in `order`."""

    def __init__(self, host: str | tuple[str, ...], order: list[str] | None = None, plan: Plan | None = None) -> None:
        self.sends_to = host
        self.traits = Traits(modes=("crop", "whole"), sends_to=host if isinstance(host, str) else "")
        self.order = order if order is not None else []
        self._plan = plan

    def edit(self, request: EditRequest, watch: Any) -> EditResult:
        self.order.append("edit")
        out = request.canvas.copy()
        out[request.mask] = 5
        return EditResult(out)

    def verify(self, before: Picture, after: Picture, step: Step) -> Verdict:
        self.order.append("verify")
        return Verdict(verifier="remote", outcome=Outcome.PASS, score=1.0)

    def plan(self, goal: Goal, picture: Picture, findings: Any = ()) -> Plan:
        self.order.append("plan")
        assert self._plan is not None
        return self._plan


@pytest.mark.parametrize(
    ("host", "here"),
    [
        ("127.0.0.1:8000", True),
        ("localhost", True),
        ("[::1]:9", True),
        ("api.openai.com", False),
        ("192.168.0.5:80", False),
        ("localhost.example.com", False),
    ],
)
def test_which_hosts_are_this_machine(host: str, here: bool) -> None:
    assert stays_here(host) is here


def test_hosts_pictures_and_text_are_told_before_the_first_call_and_kept(
    document: Document, project: Project, plan: MakePlan, step: MakeStep
) -> None:
    order: list[str] = []
    editor, verifier = Remote("api.example.com", order), Remote("127.0.0.1:8001", order)

    def listen(event: Event) -> None:
        order.append(event.event)

    report = document.run(plan=plan(step("a", BOX)), editors=[editor], verifiers=[verifier], listen=listen)
    assert order.count("disclosure") == 1 and order.index("disclosure") < order.index("edit") < order.index("verify")
    (kept,) = [e for _, e in project.store.events(report.run or "") if e.event == "disclosure"]
    first, second = kept.data["sends"]
    assert (first["host"], first["here"], second["host"], second["here"]) == (
        "api.example.com",
        False,
        "127.0.0.1:8001",
        True,
    )
    assert first["sends"].startswith("crops round the steps' boxes")
    assert [each["host"] for each in report.model_dump(mode="json")["sends"]] == ["api.example.com", "127.0.0.1:8001"]
    html = render(document)
    assert "sends to api.example.com: crops round" in html and "127.0.0.1:8001 (this machine)" in html


def test_a_whole_step_sends_the_whole_picture(document: Document, plan: MakePlan, judge: Any) -> None:
    night = Step(id="a", operation="restyle", mode="whole", instruction="Make it night")
    report = document.run(plan=plan(night), editors=[Remote("api.example.com")], verifiers=[judge()])
    assert report.sends[0].sends.startswith("the whole picture")


def test_a_planner_is_told_before_it_is_asked(document: Document, plan: MakePlan, step: MakeStep, judge: Any) -> None:
    order: list[str] = []
    planner = Remote("api.example.com", order, plan(step("a", BOX)))
    report = document.run(
        "whatever", planner=planner, editors=[Remote("")], verifiers=[judge()], listen=lambda e: order.append(e.event)
    )
    assert order[:2] == ["disclosure", "plan"] and order.count("disclosure") == 1
    assert [s.status for s in report.steps] == [StepStatus.FIXED] and report.sends[0].host == "api.example.com"


@pytest.mark.parametrize("kind", ["editors", "verifiers", "planner"])
@pytest.mark.parametrize(("host", "refused"), [("api.example.com", True), ("127.0.0.1:80", False)])
def test_offline_refuses_before_anything_is_sent(
    document: Document,
    project: Project,
    plan: MakePlan,
    step: MakeStep,
    judge: Any,
    kind: str,
    host: str,
    refused: bool,
) -> None:
    order: list[str] = []
    part = Remote(host, order, plan(step("a", BOX)))
    options: dict[str, Any] = {"editors": [Remote("")], "verifiers": [judge()], "offline": True}
    options |= {"planner": part} if kind == "planner" else {kind: [part]}

    def call() -> RunReport:
        if kind == "planner":
            return document.run("whatever", **options)
        return document.run(plan=plan(step("a", BOX)), **options)

    if not refused:
        assert call().exit_code == 0
        return
    with pytest.raises(UnavailableError, match=r"offline forbids it: .* sends to api\.example\.com") as raised:
        call()
    assert raised.value.exit_code == 6 and order == [] and project.runs() == ()


def test_a_run_that_is_resumed_offline_refuses_as_well(
    tmp_path: Path, page: Picture, plan: MakePlan, step: MakeStep, judge: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    editor = Remote("api.example.com")
    with Project.open(tmp_path / "p.retouch", create=True) as project:
        document = project.import_picture(page, "page")
        with monkeypatch.context() as patched:
            patched.setattr(Remote, "edit", lambda *_: (_ for _ in ()).throw(SystemExit(137)))
            with pytest.raises(SystemExit):
                document.run(plan=plan(step("a", BOX)), editors=[editor], verifiers=[judge()])
        with pytest.raises(UnavailableError):
            project.resume(editors=[editor], verifiers=[judge()], offline=True)
        assert editor.order == []
        (report,) = project.resume(editors=[editor], verifiers=[judge()])
        assert report.exit_code == 0 and report.sends[0].host == "api.example.com"


def test_nothing_is_said_where_nothing_is_sent(document: Document, plan: MakePlan, step: MakeStep, judge: Any) -> None:
    said: list[str] = []
    report = document.run(
        plan=plan(step("a", BOX)), editors=[Remote("")], verifiers=[judge()], listen=lambda e: said.append(e.event)
    )
    assert "disclosure" not in said and "sends" not in report.model_dump(mode="json")


def test_a_part_with_several_hosts_is_told_host_by_host(
    document: Document, project: Project, plan: MakePlan, step: MakeStep
) -> None:
    several = Remote(("127.0.0.1:9", "api.example.com"))
    wanted = plan(step("a", BOX))
    report = document.run(plan=wanted, editors=[Remote("")], verifiers=[several])
    assert [(each.host, each.here) for each in report.sends] == [("127.0.0.1:9", True), ("api.example.com", False)]
    (kept,) = [e for _, e in project.store.events(report.run or "") if e.event == "disclosure"]
    assert [each["host"] for each in kept.data["sends"]] == ["127.0.0.1:9", "api.example.com"]
    with pytest.raises(UnavailableError, match=r"sends to api\.example\.com$"):
        document.run(plan=wanted, editors=[Remote("")], verifiers=[several], offline=True)


DOWNLOAD = "diffusers:owner/name?download=yes"


@pytest.mark.parametrize("given", [{"editors": [DOWNLOAD]}, {"verifiers": [DOWNLOAD]}, {"planner": DOWNLOAD}])
@pytest.mark.parametrize("dry_run", [True, False])
def test_offline_refuses_downloads_before_a_part_is_made(
    document: Document, project: Project, plan: MakePlan, step: MakeStep, given: dict[str, Any], dry_run: bool
) -> None:
    for asked in ({"plan": plan(step("a", BOX))}, {"goal": "x"}):
        with pytest.raises(UnavailableError, match="offline forbids it: .*download=yes") as refused:
            document.run(**asked, **given, dry_run=dry_run, offline=True)
        assert refused.value.exit_code == 6
    assert project.runs() == ()


def test_offline_refuses_the_download_that_a_plan_names(
    document: Document, project: Project, plan: MakePlan, step: MakeStep
) -> None:
    with pytest.raises(UnavailableError, match="download=yes"):
        document.run(plan=plan(step("a", BOX, editor=DOWNLOAD)), offline=True)
    assert project.runs() == ()
