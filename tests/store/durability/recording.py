"""Recording: what a process really wrote, synced and removed in one folder, in order, by strace."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

Kind = Literal["create", "write", "truncate", "sync", "sync-folder", "unlink", "rename", "told", "start"]

ROOT = Path(__file__).parents[3]

_CALLS = "openat,pwrite64,write,ftruncate,fdatasync,fsync,unlink,unlinkat,rename,renameat,renameat2"
_LINE = re.compile(r"\d+\s+(\w+)\((.*)\)\s+= (-?\d+)")
_HANDLE = re.compile(r"(\d+)<([^>]*)>")
_TEXT = re.compile(r'"((?:\\x[0-9a-f]{2})*)"')


@dataclass(frozen=True, slots=True)
class Operation:
    """One system call on `name` (a file of the folder): `offset` and `data` of a write, the length of a truncation as
    `offset`, the new name of a rename as `other`, what the process told its reader as `data`."""

    kind: Kind
    name: str = ""
    offset: int = 0
    data: bytes = b""
    other: str = ""


def unavailable() -> str:
    """Why nothing can be recorded here; empty if it can."""
    if shutil.which("strace") is None:
        return "strace is not installed"
    tried = subprocess.run(["strace", "-o", os.devnull, "true"], capture_output=True, text=True)
    return f"strace does not work here: {tried.stderr.strip()}" if tried.returncode else ""


def record(folder: Path, module: str, *arguments: str) -> tuple[Operation, ...]:
    """Run a Python module with `folder` and the arguments; each line it prints becomes a `told`.

    What lies in the folder before comes first, as if it had been written and synced; `start` is where
    the process begins."""
    before = tuple(operation for file in sorted(folder.iterdir()) for operation in _present(file))
    trace = folder.parent / f"{folder.name}.trace"
    command = ["strace", "-f", "-y", "-xx", "-s", "99999999", "-e", f"trace={_CALLS}", "-o", str(trace)]
    process = [sys.executable, "-m", module, str(folder), *arguments]
    subprocess.run([*command, *process], check=True, stdout=subprocess.DEVNULL, cwd=ROOT)
    with trace.open() as lines:
        return (*before, Operation("start"), *(operation for line in lines for operation in _parse(line, folder)))


def _present(file: Path) -> tuple[Operation, ...]:
    name = file.name
    written = Operation("write", name, 0, file.read_bytes())
    return Operation("create", name), written, Operation("sync", name), Operation("sync-folder")


def _parse(line: str, folder: Path) -> Iterator[Operation]:
    match = _LINE.match(line)
    if match is None or int(match[3]) < 0:
        return
    call, arguments = match[1], match[2]
    texts = [_bytes(text) for text in _TEXT.findall(arguments)]
    handle = _HANDLE.match(arguments)
    if call == "write" and arguments.startswith("1<"):
        yield from (Operation("told", data=told) for told in texts[0].splitlines())
    elif call in ("openat", "unlink", "unlinkat", "rename", "renameat", "renameat2"):
        yield from _on_names(call, arguments, [Path(text.decode()) for text in texts], folder)
    elif handle is not None:
        yield from _on_handle(call, arguments, texts, Path(_bytes(handle[2]).decode()), folder)


def _on_names(call: str, arguments: str, paths: Sequence[Path], folder: Path) -> Iterator[Operation]:
    ours = [path.name for path in paths if path.parent == folder and not path.name.endswith("-shm")]
    if not ours:
        return
    if call == "openat":
        if "O_CREAT" in arguments:
            yield Operation("create", ours[0])
        if "O_TRUNC" in arguments:
            yield Operation("truncate", ours[0])
    elif call.startswith("unlink"):
        yield Operation("unlink", ours[0])
    else:
        yield Operation("rename", ours[0], other=ours[1])


def _on_handle(call: str, arguments: str, texts: Sequence[bytes], path: Path, folder: Path) -> Iterator[Operation]:
    if path == folder and call in ("fsync", "fdatasync"):
        yield Operation("sync-folder")
    if path.parent != folder or path.name.endswith("-shm"):
        return
    last = arguments.rsplit(",", 1)[-1].strip()
    if call == "pwrite64":
        yield Operation("write", path.name, int(last), texts[-1])
    elif call == "write":
        raise AssertionError(f"{path} is written without an offset: the recording does not follow that")
    elif call == "ftruncate":
        yield Operation("truncate", path.name, int(last))
    elif call in ("fsync", "fdatasync"):
        yield Operation("sync", path.name)


def _bytes(text: str) -> bytes:
    return bytes.fromhex(text.replace("\\x", "")) if "\\x" in text else text.encode()
