"""What leaves this machine: which host gets which pictures and which text, said before the first call."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from urllib.parse import urlsplit

from retouch.clients.endpoint import Endpoint
from retouch.errors import UnavailableError
from retouch.event import Event
from retouch.orchestrator.judging import Judge
from retouch.orchestrator.roster import Hired
from retouch.plan import Step
from retouch.record import Record
from retouch.spec import Spec, typed


class Sending(Record):
    """One part of a run that speaks to a host. `here`: the host is this machine."""

    host: str
    part: str
    """Its SPEC, without secrets."""
    sends: str
    """Which pictures and which text."""
    here: bool

    def __str__(self) -> str:
        where = f"{self.host} (this machine)" if self.here else self.host
        return f"{self.part} sends to {where}: {self.sends}"


def by_editors(editors: Iterable[Hired], steps: Sequence[Step]) -> tuple[Sending, ...]:
    """What the editors send for these steps; crops, unless a step takes the whole picture."""
    whole = any(step.mode == "whole" or step.box is None for step in steps)
    pictures = "the whole picture" if whole else "crops round the steps' boxes"
    usual = f"{pictures}, the steps' instructions, reference pictures of wanted characters"
    return _sendings([(hired.spec, hired.editor, usual) for hired in editors])


def by_verifiers(judges: Iterable[Judge]) -> tuple[Sending, ...]:
    usual = "crops round the steps' boxes before and after, what is wanted there"
    return _sendings([(judge.name, judge.verifier, usual) for judge in judges])


def by_planner(name: str, planner: object) -> tuple[Sending, ...]:
    usual = "the whole picture, the goal, what was read on it, how tries that failed came out"
    return _sendings([(name, planner, usual)])


def refuse(sendings: Iterable[Sending]) -> None:
    """UnavailableError if any of them leaves this machine: for a run that is to stay offline."""
    leaving = [each for each in sendings if not each.here]
    if leaving:
        said = "; ".join(f"{each.part} sends to {each.host}" for each in leaving)
        raise UnavailableError(f"--offline forbids it: {said}", hint="name a part that works on this machine")


def refuse_downloads(parts: Iterable[object]) -> None:
    """UnavailableError if a SPEC allows a download, for a run that is to stay offline: asked before the part is made,
    which may begin with fetching."""
    for part in parts:
        if isinstance(part, str) and typed(Spec.parse(part).options.get("download", "no")) is True:
            raise UnavailableError(
                f"--offline forbids it: {part} reaches the network, for download=yes",
                hint="leave download=yes out; what is in the local cache or a folder is used without it",
            )


def disclosed(sends: Sequence[Sending], run: str | None = None) -> Event:
    """The event that says so."""
    return Event(event="disclosure", run=run, data={"sends": [each.model_dump(mode="json") for each in sends]})


def hosts_of(part: object) -> tuple[str, ...]:
    """Where a part sends to, by its traits or its own attribute; a combination of parts has several hosts."""
    said = getattr(getattr(part, "traits", None), "sends_to", "") or getattr(part, "sends_to", "") or ()
    return (said,) if isinstance(said, str) else tuple(map(str, said))


def stays_here(host: str) -> bool:
    """True for an address or a name of this machine, with or without a port."""
    name = urlsplit(f"//{host}").hostname or host
    return Endpoint("http", name, 80).loopback


def _sendings(parts: Sequence[tuple[str, Any, str]]) -> tuple[Sending, ...]:
    return tuple(
        Sending(host=host, part=name, sends=str(getattr(part, "sends", "") or usual), here=stays_here(host))
        for name, part, usual in parts
        for host in hosts_of(part)
    )
