"""The store: a tree of versions and a journal of runs in one SQLite file, or in memory for tests."""

from retouch.store.history import History
from retouch.store.memory.store import MemoryStore
from retouch.store.runs.news import News
from retouch.store.runs.reply import Reply
from retouch.store.runs.run_record import RunRecord, RunState, Spent, StepRecord
from retouch.store.store import Store
from retouch.store.tree.comment import Comment

__all__ = [
    "Comment",
    "History",
    "MemoryStore",
    "News",
    "Reply",
    "RunRecord",
    "RunState",
    "Spent",
    "StepRecord",
    "Store",
]
