"""The store: a tree of versions and a journal of runs in one SQLite file."""

from retouch.store.comment import Comment
from retouch.store.run_record import RunRecord, RunState, Spent, StepRecord
from retouch.store.store import Store

__all__ = ["Comment", "RunRecord", "RunState", "Spent", "StepRecord", "Store"]
