"""News: an event of any run of a project, as those who look on hear of it."""

from __future__ import annotations

from typing import NamedTuple

from retouch.event import Event


class News(NamedTuple):
    """An event of the journal with its number and the document whose run told it.

    Numbers grow over all runs of a project and are never used again, so one says how far a reader has come.
    """

    number: int
    document: int
    event: Event
