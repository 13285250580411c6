"""Wording: what the bodies of acts are made of, each with its limits."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StringConstraints

from retouch.record import BoxField, Record
from retouch.store.operations.merging import Settlement, Side

Name = Annotated[str, StringConstraints(min_length=1, max_length=255)]
"""A branch or a tag; the store says which names are fit."""
Version = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
Words = Annotated[str, StringConstraints(max_length=4000)]
Text = Annotated[str, StringConstraints(max_length=100_000)]
"""What a page should read."""
SpecText = Annotated[str, StringConstraints(min_length=1, max_length=1000)]
Seed = Annotated[int, Field(ge=0, lt=2**32)]


class Settle(Record):
    """A choice for the conflicts inside `box`."""

    box: BoxField
    side: Side


def settlements(chosen: list[Settle]) -> list[Settlement]:
    """As the store takes them."""
    return [Settlement(each.box, each.side) for each in chosen]
