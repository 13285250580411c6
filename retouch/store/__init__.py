"""The store: a tree of versions and a journal of runs in one SQLite file, or in memory for tests."""

from retouch.store.comment import Comment
from retouch.store.history import History
from retouch.store.memory_store import MemoryStore
from retouch.store.reply import Reply
from retouch.store.run_record import RunRecord, RunState, Spent, StepRecord
from retouch.store.store import Store

__all__ = ["Comment", "History", "MemoryStore", "Reply", "RunRecord", "RunState", "Spent", "StepRecord", "Store"]
