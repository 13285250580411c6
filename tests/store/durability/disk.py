"""Disks: what a folder could look like after a process, or the whole machine, stopped at any moment."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Literal

from tests.store.durability.recording import Operation

Stop = Literal["kill", "lost", "torn", "subset"]
"""`kill`: the process died, all it wrote is there. The others are power cuts: what was not synced is all lost; or half
of it is there and long writes are torn at a sector; or a random part of it is there."""

STOPS: tuple[Stop, ...] = ("kill", "lost", "torn", "subset")
_SECTOR = 512


@dataclass(slots=True, eq=False)
class _File:
    """`changes` are its writes and truncations with their positions in the recording, `synced` the last sync's."""

    changes: list[tuple[int, Operation]] = field(default_factory=list)
    synced: int = -1


def build(operations: Sequence[Operation], until: int, stop: Stop, random: Random, folder: Path) -> None:
    """Write to the empty `folder` what is there if the stop came right before operation number `until`."""
    entries = _entries(operations[:until], stop, random)
    for name, file in entries.items():
        content = bytearray()
        for position, change in file.changes:
            if stop == "kill" or position < file.synced:
                _apply(content, change, change.data)
            elif stop != "lost" and random.random() < 0.5:
                _apply(content, change, _torn(change.data, random) if stop == "torn" else change.data)
        (folder / name).write_bytes(content)


def told(operations: Sequence[Operation], until: int) -> list[str]:
    """What the process had told its reader before operation number `until`."""
    return [operation.data.decode() for operation in operations[:until] if operation.kind == "told"]


def _entries(operations: Sequence[Operation], stop: Stop, random: Random) -> dict[str, _File]:
    """The files by name. Names that were made, changed or removed are durable once the folder was synced; of the
    later ones, in their order, all, none or the first few are there."""
    now: dict[str, _File] = {}
    states = [dict(now)]
    durable = 0
    for position, operation in enumerate(operations):
        if operation.kind == "sync-folder":
            durable = len(states) - 1
        elif _change_names(now, operation):
            states.append(dict(now))
        elif operation.kind in ("write", "truncate"):
            now[operation.name].changes.append((position, operation))
        elif operation.kind == "sync":
            now[operation.name].synced = position
    last = len(states) - 1
    return states[{"kill": last, "lost": durable}.get(stop, random.randint(durable, last))]


def _change_names(names: dict[str, _File], operation: Operation) -> bool:
    if operation.kind == "create" and operation.name not in names:
        names[operation.name] = _File()
    elif operation.kind == "unlink":
        del names[operation.name]
    elif operation.kind == "rename":
        names[operation.other] = names.pop(operation.name)
    else:
        return False
    return True


def _apply(content: bytearray, change: Operation, data: bytes) -> None:
    if change.kind == "truncate":
        del content[change.offset :]
        content.extend(bytes(change.offset - len(content)))
        return
    content.extend(bytes(max(0, change.offset + len(data) - len(content))))
    content[change.offset : change.offset + len(data)] = data


def _torn(data: bytes, random: Random) -> bytes:
    sectors = len(data) // _SECTOR
    return data[: _SECTOR * random.randint(1, sectors)] if sectors > 1 else data
