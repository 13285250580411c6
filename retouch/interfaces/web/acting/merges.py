"""Routes of three-way merges: revert, pick and merge, whose conflicts are settled region by region."""

from __future__ import annotations

from fastapi import APIRouter
from pydantic import Field

from retouch.errors import UnknownNameError
from retouch.interfaces.web.acting.condition import Seen, expected, held
from retouch.interfaces.web.acting.moved import Merged, merged
from retouch.interfaces.web.acting.replay import ReplayedRoute
from retouch.interfaces.web.acting.wording import Name, Settle, Version, Words, settlements
from retouch.interfaces.web.addressing import DocumentAt, version_of
from retouch.interfaces.web.problem import responses
from retouch.record import Record

router = APIRouter(prefix="/documents/{doc}", tags=["acting"], route_class=ReplayedRoute)

_HELD = responses(404, 409, 412, 422, 428)
_MOST = 1000
"""Settlements at once."""


class Change(Record):
    """What one version changed is taken back from a branch, or brought to it."""

    branch: Name
    version: Version
    message: Words = ""
    settle: list[Settle] = Field(default=[], max_length=_MOST)


class Merge(Record):
    """All that was done on the branch `from` is brought to `into`."""

    into: Name
    other: Name = Field(alias="from")
    message: Words = ""
    settle: list[Settle] = Field(default=[], max_length=_MOST)


@router.post("/revert", responses=_HELD)
def revert(document: DocumentAt, wish: Change, head: Seen) -> Merged:
    """Take back what one version of the branch changed and keep what came later."""
    version, chosen = version_of(document, wish.version), settlements(wish.settle)
    seen = expected(document, wish.branch, head)
    with held():
        return merged(document.revert(version, wish.branch, message=wish.message, settle=chosen, expected=seen))


@router.post("/pick", responses=_HELD)
def pick(document: DocumentAt, wish: Change, head: Seen) -> Merged:
    """Bring what one version changed, a candidate or a step of another branch, to the branch."""
    version, chosen = version_of(document, wish.version), settlements(wish.settle)
    seen = expected(document, wish.branch, head)
    with held():
        return merged(document.pick(version, wish.branch, message=wish.message, settle=chosen, expected=seen))


@router.post("/merge", responses=_HELD)
def merge(document: DocumentAt, wish: Merge, head: Seen) -> Merged:
    """Bring all that was done on another branch, since both were one."""
    other = document.branches.get(wish.other)
    if other is None:
        raise UnknownNameError(f"there is no branch {wish.other!r}")
    chosen, seen = settlements(wish.settle), expected(document, wish.into, head)
    message = wish.message or f"merge {wish.other} into {wish.into}"
    with held():
        return merged(document.merge(other, wish.into, message=message, settle=chosen, expected=seen))
