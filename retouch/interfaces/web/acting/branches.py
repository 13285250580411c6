"""Routes of names: branches and tags are made, moved and taken away; nothing that they named is lost."""

from __future__ import annotations

from fastapi import APIRouter

from retouch.interfaces.web.acting.condition import Seen, expected, held, require_free
from retouch.interfaces.web.acting.moved import Done, done
from retouch.interfaces.web.acting.replay import ReplayedRoute
from retouch.interfaces.web.acting.wording import Name, Version
from retouch.interfaces.web.addressing import DocumentAt, version_of
from retouch.interfaces.web.problem import responses
from retouch.record import Record

router = APIRouter(prefix="/documents/{doc}", tags=["acting"], route_class=ReplayedRoute)

_REFUSALS = responses(404, 409, 422)
_HELD = responses(404, 409, 412, 422, 428)


class NewName(Record):
    """A name for a version."""

    name: Name
    at: Version


class OldName(Record):
    """A name that is to go."""

    name: Name


class Rollback(Record):
    """Where a branch is to stand."""

    branch: Name
    to: Version


class Undo(Record):
    """The branch's last move that still stands is taken back; with `run` all that its last run did."""

    branch: Name
    run: bool = False


@router.post("/branches", status_code=201, responses=_REFUSALS)
def create_branch(document: DocumentAt, wish: NewName) -> Done:
    """A new branch at a version."""
    require_free(document, wish.name)
    return done(document.create_branch(wish.name, version_of(document, wish.at)))


@router.post("/branches/delete", responses=_HELD)
def delete_branch(document: DocumentAt, wish: OldName, head: Seen) -> Done:
    """Take a branch away. Its versions stay, and `undo` of it brings it back."""
    with held():
        return done(document.delete_branch(wish.name, expected=expected(document, wish.name, head)))


@router.post("/tags", status_code=201, responses=_REFUSALS)
def create_tag(document: DocumentAt, wish: NewName) -> Done:
    """A fixed name for a version."""
    require_free(document, wish.name)
    document.create_tag(wish.name, version_of(document, wish.at))
    return Done(move=None)


@router.post("/tags/delete", responses=_REFUSALS)
def delete_tag(document: DocumentAt, wish: OldName) -> Done:
    """Take a tag away; its version stays."""
    document.delete_tag(wish.name)
    return Done(move=None)


@router.post("/rollback", responses=_HELD)
def rollback(document: DocumentAt, wish: Rollback, head: Seen) -> Done:
    """Set a branch to any version; what stood after it is kept and can be come back to."""
    target = version_of(document, wish.to)
    with held():
        return done(document.rollback(target, wish.branch, expected=expected(document, wish.branch, head)))


@router.post("/undo", responses=_HELD)
def undo(document: DocumentAt, wish: Undo, head: Seen) -> Done:
    """Take back the branch's last move, or all of its last run. A branch that was deleted comes back; it has no head
    yet, so no If-Match is asked for."""
    with held():
        return done(document.undo(wish.branch, run=wish.run, expected=expected(document, wish.branch, head)))
