"""Preparation: what the first visitor will look at is made ready while their browser starts."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from itertools import islice

from retouch.errors import RetouchError
from retouch.interfaces.web.projects import Projects
from retouch.interfaces.web.reading.shelf import Shelf

DOCUMENTS = 4
"""The first ones are prepared; a picture of 25 MP takes 0.2 to 0.4 s of a core."""


@asynccontextmanager
async def preparing(projects: Projects, shelf: Shelf) -> AsyncIterator[None]:
    """Prepare beside whatever else goes on; at the end of the block nothing is read any more."""
    ending = threading.Event()
    work = asyncio.create_task(asyncio.to_thread(prepare, projects, shelf, ending))
    try:
        yield
    finally:
        ending.set()
        await work


def prepare(projects: Projects, shelf: Shelf, ending: threading.Event) -> None:
    """Put what the first branch of each of the first documents shows on the shelf, until `ending` is set."""
    # What cannot be read is told to whoever asks for it.
    with suppress(RetouchError):
        for _, document in islice(projects.documents(), DOCUMENTS):
            branches = document.branches
            head = branches.get("main") or next(iter(branches.values()), None)
            if ending.is_set() or head is None:
                return
            shelf.coarse(document.project.store, head)
