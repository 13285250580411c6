"""Routes of opinions: what people say of versions stands beside them and changes nothing."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter
from pydantic import StringConstraints

from retouch.interfaces.web.acting.replay import ReplayedRoute
from retouch.interfaces.web.acting.wording import Words
from retouch.interfaces.web.addressing import DocumentAt, VersionAt
from retouch.interfaces.web.problem import responses
from retouch.record import Record
from retouch.store import Comment
from retouch.store.tree.mark import Mark, Opinion

router = APIRouter(prefix="/documents/{doc}/versions/{version}", tags=["acting"], route_class=ReplayedRoute)


class Note(Record):
    """A comment."""

    text: Annotated[str, StringConstraints(min_length=1, max_length=10_000, pattern=r"\S")]


class Judgement(Record):
    """What a person thinks of a version."""

    opinion: Opinion
    reason: Words = ""


@router.post("/comments", status_code=201, responses=responses(404, 422))
def comment(document: DocumentAt, version: VersionAt, note: Note) -> Comment:
    """Leave a note on a version."""
    return document.comment(version, note.text)


@router.post("/marks", status_code=201, responses=responses(404, 422))
def mark(document: DocumentAt, version: VersionAt, judgement: Judgement) -> Mark:
    """Say that a version is accepted or rejected; the last word counts."""
    return document.mark(version, judgement.opinion, judgement.reason)
