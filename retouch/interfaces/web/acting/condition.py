"""Conditions: who moves a branch says where he saw it stand, and moves it from there or not at all."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

from fastapi import Depends, Header
from starlette.exceptions import HTTPException

from retouch.errors import ConflictError, UnknownNameError
from retouch.orchestrator.document import Document

_TAG = re.compile(r'"([0-9a-f]{64})"')

IfMatch = Annotated[
    str | None, Header(max_length=200, description='The branch\'s etag: `"` + id of its head + `"`; 412 if it moved.')
]


def seen(if_match: IfMatch = None) -> str | None:
    """The head that the client saw; None where it said nothing."""
    if if_match is None:
        return None
    found = _TAG.fullmatch(if_match.strip())
    if found is None:
        raise HTTPException(412, f"If-Match {if_match[:80]} is the etag of no branch")
    return found[1]


Seen = Annotated[str | None, Depends(seen)]


def expected(document: Document, branch: str, head: str | None) -> str | None:
    """The head from which `branch` is to be moved. 428 if the client did not say, 412 if it stands elsewhere; None of a
    branch that is no more, which has no head to have been seen."""
    stands = document.branches.get(branch)
    if stands is None:
        return None
    if head is None:
        raise HTTPException(
            428, f"moving branch {branch!r} needs If-Match with its etag, so that nobody's work is missed"
        )
    if head != stands:
        raise _moved(f"branch {branch!r} is at {stands[:12]}, not at {head[:12]}; nothing was changed")
    return head


def require_branch(document: Document, branch: str) -> None:
    """UnknownNameError if there is no such branch; a version's or a tag's name is none."""
    known = document.branches
    if branch not in known:
        raise UnknownNameError(f"there is no branch {branch!r}; branches: {', '.join(known)}")


def require_free(document: Document, name: str) -> None:
    """ConflictError if a branch or a tag has the name already."""
    for kind, known in (("branch", document.branches), ("tag", document.tags)):
        if name in known:
            raise ConflictError(f"there is a {kind} {name!r} already, at {known[name][:12]}")


@contextmanager
def held() -> Iterator[None]:
    """A branch that was moved by someone else in the very moment is a condition that does not hold, too."""
    try:
        yield
    except ConflictError as error:
        raise _moved(error.message) from error


def _moved(why: str) -> HTTPException:
    return HTTPException(412, why)
