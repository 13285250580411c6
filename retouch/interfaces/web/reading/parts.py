"""The route that tells which parts a page may ask for."""

from __future__ import annotations

from fastapi import APIRouter, Request

from retouch.interfaces.health import part_of
from retouch.interfaces.web.acting.allowance import Allowance
from retouch.interfaces.web.addressing import DocumentAt
from retouch.interfaces.web.live.studio import studio_of
from retouch.interfaces.web.problem import responses
from retouch.interfaces.web.records import PartFact, PartList
from retouch.parts import PartKind
from retouch.spec import Spec

router = APIRouter()

_FOR_TESTS = "scripted"


@router.get("/documents/{doc}/parts", responses=responses(404))
def list_parts(request: Request, document: DocumentAt) -> PartList:
    """Planners, editors and verifiers that can be asked for, and what those lack that cannot be used here."""
    allowance = studio_of(request).allowance
    return PartList(
        planners=_facts(allowance, "planners"),
        editors=_facts(allowance, "editors"),
        verifiers=_facts(allowance, "verifiers"),
    )


def _facts(allowance: Allowance, kind: PartKind) -> list[PartFact]:
    return [_fact(kind, spec) for spec in allowance.specs(kind) if spec != _FOR_TESTS]


def _fact(kind: PartKind, spec: str) -> PartFact:
    """`name` is the whole SPEC, as it is to be sent."""
    found = part_of(kind, Spec.parse(spec).name)
    return PartFact(name=spec, usable=found.usable, why=found.missing, command=found.command, about=found.about)
