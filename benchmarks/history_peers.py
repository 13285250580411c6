"""The same work on other ways of keeping history: PNG files with JSON, LangGraph's SQLite saver, git through pygit2.

Each keeps the whole picture as a PNG (level 1, OpenCV's encoder) and is told to reach the disk before a commit returns.
"""

from __future__ import annotations

import json
import os
import sqlite3
from abc import ABC, abstractmethod
from pathlib import Path
from typing import Any, TypedDict

import cv2
import numpy as np

from retouch.picture import Pixels


class Peer(ABC):
    """One way of keeping versions 0, 1, 2, … of a picture in a folder."""

    name: str

    @abstractmethod
    def __init__(self, folder: Path) -> None: ...

    @abstractmethod
    def commit(self, number: int, pixels: Pixels) -> None:
        """Keep version `number`, the child of the one before."""

    @abstractmethod
    def checkout(self, number: int) -> Pixels: ...

    @abstractmethod
    def log(self) -> int:
        """List all versions; how many there are."""

    @abstractmethod
    def close(self) -> None:
        """Give back what is open."""


class PngFiles(Peer):
    """A PNG a version and one JSON file with the facts of all, each written beside, synced and renamed."""

    name = "PNG files"

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._facts = folder / "history.json"
        self._known: list[dict[str, Any]] = []

    def commit(self, number: int, pixels: Pixels) -> None:
        self._write(self._folder / f"{number}.png", _encoded(pixels))
        self._known.append({"version": number, "parent": number - 1, "message": f"edit {number}"})
        self._write(self._facts, json.dumps(self._known).encode())

    def checkout(self, number: int) -> Pixels:
        return _decoded((self._folder / f"{number}.png").read_bytes())

    def log(self) -> int:
        return len(json.loads(self._facts.read_text()))

    def close(self) -> None:
        """Nothing is open."""

    def _write(self, path: Path, data: bytes) -> None:
        partial = path.with_suffix(".part")
        with partial.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        partial.rename(path)
        folder = os.open(self._folder, os.O_RDONLY)
        os.fsync(folder)
        os.close(folder)


class Page(TypedDict):
    """The state of the graph."""

    picture: bytes
    message: str


class LangGraph(Peer):
    """A checkpoint a version, by `update_state`: the cheapest documented way to add one."""

    name = "LangGraph"

    def __init__(self, folder: Path) -> None:
        from langgraph.checkpoint.sqlite import SqliteSaver
        from langgraph.graph import END, START, StateGraph

        self._connection = sqlite3.connect(folder / "checkpoints.sqlite", check_same_thread=False)
        graph: Any = StateGraph(Page)
        graph.add_node("edit", lambda state: state)
        graph.add_edge(START, "edit")
        graph.add_edge("edit", END)
        self._graph: Any = graph.compile(checkpointer=SqliteSaver(self._connection))
        # Its saver turns WAL on; without this a power cut may take what was committed.
        self._connection.execute("PRAGMA synchronous=FULL")
        self._thread: Any = {"configurable": {"thread_id": "1"}}
        self._made: list[Any] = []

    def commit(self, number: int, pixels: Pixels) -> None:
        state = {"picture": _encoded(pixels), "message": f"edit {number}"}
        self._made.append(self._graph.update_state(self._thread, state, as_node="edit"))

    def checkout(self, number: int) -> Pixels:
        return _decoded(self._graph.get_state(self._made[number]).values["picture"])

    def log(self) -> int:
        return sum(1 for _ in self._graph.get_state_history(self._thread))

    def close(self) -> None:
        self._connection.close()


class Git(Peer):
    """A commit a version through libgit2, objects synced."""

    name = "pygit2"

    def __init__(self, folder: Path) -> None:
        import pygit2

        pygit2.settings.enable_fsync_gitdir(True)
        self._repository: Any = pygit2.init_repository(str(folder / "pages.git"), bare=True)
        self._author: Any = pygit2.Signature("bench", "bench@example.org")
        self._made: list[Any] = []

    def commit(self, number: int, pixels: Pixels) -> None:
        tree = self._repository.TreeBuilder()
        tree.insert("page.png", self._repository.create_blob(_encoded(pixels)), 0o100644)
        who, parents = self._author, self._made[-1:]
        made = self._repository.create_commit("refs/heads/main", who, who, f"edit {number}", tree.write(), parents)
        self._made.append(made)

    def checkout(self, number: int) -> Pixels:
        return _decoded(self._repository[self._repository[self._made[number]].tree["page.png"].id].data)

    def log(self) -> int:
        return len([commit.message for commit in self._repository.walk(self._made[-1])])

    def close(self) -> None:
        self._repository.free()


PEERS: tuple[type[Peer], ...] = (PngFiles, LangGraph, Git)


def _encoded(pixels: Pixels) -> bytes:
    _, png = cv2.imencode(".png", pixels, [cv2.IMWRITE_PNG_COMPRESSION, 1])
    return png.tobytes()


def _decoded(data: bytes) -> Pixels:
    return np.asarray(cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED), np.uint8)
