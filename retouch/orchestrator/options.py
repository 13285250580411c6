"""How a run shall work: parts, limits and manners."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from retouch.errors import UsageError
from retouch.orchestrator.budget import UNLIMITED, Budget
from retouch.orchestrator.roster import DEFAULT, own_name, recreatable
from retouch.protocols import Editor, Planner, Verifier


@dataclass(frozen=True, slots=True)
class Options:
    """`editors` are tried in that order; several `verifiers` must all pass, none means the built-in ones."""

    editors: tuple[str | Editor, ...] = DEFAULT
    verifiers: tuple[str | Verifier, ...] = ()
    planner: str | Planner | None = None
    branch: str = "main"
    budget: Budget = UNLIMITED
    review: bool = False
    """A person accepts each step: what passes becomes a candidate that needs review."""
    dry_run: bool = False
    """Plan, and say what would be done."""
    given: bool = False
    """The plan was given, so no further round is planned."""
    offline: bool = False
    """Refuse every part that sends to another machine, before anything is sent."""

    def stored(self) -> dict[str, Any]:
        """As JSON for the journal; objects are named, but cannot be made again from that."""
        return {
            "editors": [_spec(editor) for editor in self.editors],
            "verifiers": [_spec(verifier) for verifier in self.verifiers],
            "planner": None if self.planner is None else _spec(self.planner),
            "budget": asdict(self.budget),
            "review": self.review,
            "offline": self.offline,
            "given": self.given,
        }

    @classmethod
    def restored(cls, stored: Mapping[str, Any], branch: str, given: Mapping[str, Any]) -> Options:
        """The options of a run that is resumed; `given` ones replace them. UsageError if an object is needed anew."""
        kept = cls(
            editors=tuple(stored["editors"]),
            verifiers=tuple(stored["verifiers"]),
            planner=stored["planner"],
            branch=branch,
            budget=Budget(**stored["budget"]),
            review=stored["review"],
            offline=stored.get("offline", False),
            given=stored["given"],
        )
        merged = replace(kept, **{name: _tupled(value) for name, value in given.items() if value is not None})
        for part in (*merged.editors, *merged.verifiers, merged.planner):
            if isinstance(part, str) and not recreatable(part):
                raise UsageError(
                    f"the run used {part}, an object of the caller's own; a resumed run must be given it again",
                    hint="pass editors=, verifiers= or planner= to Project.resume",
                )
        return merged


def _spec(part: object) -> str:
    return part if isinstance(part, str) else own_name(part)


def _tupled(value: Any) -> Any:
    return tuple(value) if isinstance(value, Sequence) and not isinstance(value, str) else value
