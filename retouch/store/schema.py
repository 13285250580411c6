"""The tables of a project file, in types that every SQL database has.

Pixels: `tile`, `manifest`, `metadata`, `patch`; `collected` names the versions whose pixels were given back. The tree:
`document`, `version`, `branch`, `tag`, `move`, `comment`, `mark`. The journal: `run`, `lease`, `plan`, `step`,
`attempt` (started), `reply` (returned), `judgement` and `verdict` (judged), `event`. Rows are written once; only heads,
leases, runs, steps and patches change. `seal` is the hash of a row's other values (see `sealing`); pixels have hashes
of their own as well, and then the seal watches the bytes they are packed in.

A change here needs a new `SCHEMA_VERSION` and a step in `retouch.store.migrations`.
"""

from __future__ import annotations

from sqlalchemy import Boolean, Float, ForeignKey, LargeBinary, MetaData, SmallInteger, String, Text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

SCHEMA_VERSION = 2
"""Written to `user_version`; a file with a larger one is refused."""

APPLICATION_ID = 0x52745368
"""Written to `application_id`: "RtSh", so that a project is told from any other SQLite file."""

_NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_name)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    metadata = MetaData(naming_convention=_NAMES)


class TileRow(Base):
    """One tile. `key_id` and `rect` are for tiles stored as a part of another one; both empty for a full tile.

    Ids are never used again, so that no other process's cache can mean another tile by one. Tiles that schema 1 wrote
    have no seal: they are not copied for its sake, and the hash of their pixels still watches them."""

    __tablename__ = "tile"
    __table_args__ = {"sqlite_autoincrement": True}
    id: Mapped[int] = mapped_column(primary_key=True)
    hash: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    codec: Mapped[int] = mapped_column(SmallInteger)
    width: Mapped[int] = mapped_column(SmallInteger)
    height: Mapped[int] = mapped_column(SmallInteger)
    channels: Mapped[int] = mapped_column(SmallInteger)
    depth: Mapped[int] = mapped_column(SmallInteger)
    key_id: Mapped[int | None] = mapped_column(ForeignKey("tile.id"))
    rect: Mapped[bytes | None] = mapped_column(LargeBinary(8))
    data: Mapped[bytes] = mapped_column(LargeBinary)
    seal: Mapped[bytes | None] = mapped_column(LargeBinary(32))


class MetadataRow(Base):
    """What travels with pixels (profile, resolution, EXIF …) as canonical JSON, once for all versions that share it."""

    __tablename__ = "metadata"
    id: Mapped[int] = mapped_column(primary_key=True)
    hash: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    data: Mapped[str] = mapped_column(Text)


class DocumentRow(Base):
    __tablename__ = "document"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(255), unique=True)
    source: Mapped[str | None] = mapped_column(Text)
    created: Mapped[str] = mapped_column(String(32))
    seal: Mapped[bytes] = mapped_column(LargeBinary(32))


class VersionRow(Base):
    """One version; `number` is the order of making."""

    __tablename__ = "version"
    __table_args__ = {"sqlite_autoincrement": True}
    number: Mapped[int] = mapped_column(primary_key=True)
    id: Mapped[str] = mapped_column(String(64), unique=True)
    document_id: Mapped[int] = mapped_column(ForeignKey("document.id"), index=True)
    parent: Mapped[str | None] = mapped_column(ForeignKey("version.id"), index=True)
    other_parent: Mapped[str | None] = mapped_column(ForeignKey("version.id"))
    kind: Mapped[str] = mapped_column(String(16))
    x: Mapped[int | None]
    y: Mapped[int | None]
    box_width: Mapped[int | None]
    box_height: Mapped[int | None]
    step: Mapped[str | None] = mapped_column(Text)
    message: Mapped[str] = mapped_column(Text)
    author: Mapped[str] = mapped_column(Text)
    outcome: Mapped[str | None] = mapped_column(String(16))
    editor: Mapped[str | None] = mapped_column(Text)
    created: Mapped[str] = mapped_column(String(32))
    width: Mapped[int]
    height: Mapped[int]
    channels: Mapped[int] = mapped_column(SmallInteger)
    depth: Mapped[int] = mapped_column(SmallInteger)
    pixels: Mapped[bytes] = mapped_column(LargeBinary(32), index=True)
    root: Mapped[bytes] = mapped_column(LargeBinary(32))
    metadata_id: Mapped[int] = mapped_column(ForeignKey("metadata.id"))
    record: Mapped[str] = mapped_column(Text)
    seal: Mapped[bytes] = mapped_column(LargeBinary(32))


class ManifestRow(Base):
    """The tiles of a version: uint32 ids, all of them where `key` is empty, else the places that differ from the table
    of version `key`, followed by the ids there. The version's root covers it."""

    __tablename__ = "manifest"
    version: Mapped[int] = mapped_column(ForeignKey("version.number"), primary_key=True, autoincrement=False)
    key: Mapped[int | None] = mapped_column(ForeignKey("version.number"))
    since_key: Mapped[int] = mapped_column(SmallInteger)
    data: Mapped[bytes] = mapped_column(LargeBinary)
    seal: Mapped[bytes | None] = mapped_column(LargeBinary(32))


class CollectedRow(Base):
    """A version whose pixels were given back because nothing reached it any more; its facts stay. Its manifest is kept
    only where others are stored against it."""

    __tablename__ = "collected"
    version: Mapped[int] = mapped_column(ForeignKey("version.number"), primary_key=True, autoincrement=False)
    created: Mapped[str] = mapped_column(String(32))
    seal: Mapped[bytes] = mapped_column(LargeBinary(32))


class BranchRow(Base):
    __tablename__ = "branch"
    document_id: Mapped[int] = mapped_column(ForeignKey("document.id"), primary_key=True)
    name: Mapped[str] = mapped_column(String(255), primary_key=True)
    version: Mapped[str] = mapped_column(ForeignKey("version.id"))
    seal: Mapped[bytes] = mapped_column(LargeBinary(32))


class TagRow(Base):
    __tablename__ = "tag"
    document_id: Mapped[int] = mapped_column(ForeignKey("document.id"), primary_key=True)
    name: Mapped[str] = mapped_column(String(255), primary_key=True)
    version: Mapped[str] = mapped_column(ForeignKey("version.id"))
    author: Mapped[str] = mapped_column(Text)
    created: Mapped[str] = mapped_column(String(32))
    seal: Mapped[bytes] = mapped_column(LargeBinary(32))


class MoveRow(Base):
    """The reference log: a branch went from `origin` (empty: it was made) to `target`."""

    __tablename__ = "move"
    id: Mapped[int] = mapped_column(primary_key=True)
    document_id: Mapped[int] = mapped_column(ForeignKey("document.id"), index=True)
    branch: Mapped[str] = mapped_column(String(255))
    origin: Mapped[str | None] = mapped_column(ForeignKey("version.id"))
    target: Mapped[str | None] = mapped_column(ForeignKey("version.id"))
    reason: Mapped[str] = mapped_column(Text)
    author: Mapped[str] = mapped_column(Text)
    created: Mapped[str] = mapped_column(String(32))
    seal: Mapped[bytes] = mapped_column(LargeBinary(32))


class CommentRow(Base):
    __tablename__ = "comment"
    id: Mapped[int] = mapped_column(primary_key=True)
    version: Mapped[str] = mapped_column(ForeignKey("version.id"), index=True)
    text: Mapped[str] = mapped_column(Text)
    author: Mapped[str] = mapped_column(Text)
    created: Mapped[str] = mapped_column(String(32))
    seal: Mapped[bytes] = mapped_column(LargeBinary(32))


class MarkRow(Base):
    """What a person thought of a version; the last one counts."""

    __tablename__ = "mark"
    id: Mapped[int] = mapped_column(primary_key=True)
    version: Mapped[str] = mapped_column(ForeignKey("version.id"), index=True)
    opinion: Mapped[str] = mapped_column(String(16))
    reason: Mapped[str] = mapped_column(Text)
    author: Mapped[str] = mapped_column(Text)
    created: Mapped[str] = mapped_column(String(32))
    seal: Mapped[bytes] = mapped_column(LargeBinary(32))


class RunRow(Base):
    __tablename__ = "run"
    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    document_id: Mapped[int] = mapped_column(ForeignKey("document.id"), index=True)
    branch: Mapped[str] = mapped_column(String(255))
    base: Mapped[str] = mapped_column(ForeignKey("version.id"))
    goal: Mapped[str] = mapped_column(Text)
    options: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(16))
    summary: Mapped[str] = mapped_column(Text)
    created: Mapped[str] = mapped_column(String(32))
    seal: Mapped[bytes] = mapped_column(LargeBinary(32))


class LeaseRow(Base):
    """Who works on a run, and until when that is believed without another heartbeat (seconds since 1970, UTC)."""

    __tablename__ = "lease"
    run_id: Mapped[str] = mapped_column(ForeignKey("run.id"), primary_key=True)
    owner: Mapped[str] = mapped_column(Text)
    until: Mapped[float] = mapped_column(Float(53))
    seal: Mapped[bytes | None] = mapped_column(LargeBinary(32))


class PlanRow(Base):
    __tablename__ = "plan"
    run_id: Mapped[str] = mapped_column(ForeignKey("run.id"), primary_key=True)
    round: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    plan: Mapped[str] = mapped_column(Text)
    seal: Mapped[bytes] = mapped_column(LargeBinary(32))


class StepRow(Base):
    __tablename__ = "step"
    run_id: Mapped[str] = mapped_column(ForeignKey("run.id"), primary_key=True)
    step: Mapped[str] = mapped_column(String(255), primary_key=True)
    status: Mapped[str] = mapped_column(String(16))
    reason: Mapped[str | None] = mapped_column(Text)
    version: Mapped[str | None] = mapped_column(ForeignKey("version.id"))
    seal: Mapped[bytes] = mapped_column(LargeBinary(32))


class AttemptRow(Base):
    """An attempt as it was started. `seed` is text: seeds reach 2^64 - 1, which no signed column holds."""

    __tablename__ = "attempt"
    id: Mapped[str] = mapped_column(String(255), primary_key=True)
    run_id: Mapped[str] = mapped_column(ForeignKey("run.id"), index=True)
    step: Mapped[str] = mapped_column(String(255))
    number: Mapped[int]
    rung: Mapped[str] = mapped_column(Text)
    editor: Mapped[str] = mapped_column(Text)
    seed: Mapped[str] = mapped_column(String(24))
    base: Mapped[str] = mapped_column(ForeignKey("version.id"))
    call_id: Mapped[str] = mapped_column(String(255))
    repairs: Mapped[str | None] = mapped_column(ForeignKey("attempt.id"))
    request: Mapped[str] = mapped_column(Text)
    created: Mapped[str] = mapped_column(String(32))
    seal: Mapped[bytes] = mapped_column(LargeBinary(32))


class ReplyRow(Base):
    """What came back, stored before anyone judges it. The columns from `x` to `patch` tell of its patch, if it has one;
    `patch` is the hash of box, mask and the pixels under the mask."""

    __tablename__ = "reply"
    attempt_id: Mapped[str] = mapped_column(ForeignKey("attempt.id"), primary_key=True)
    effective: Mapped[str] = mapped_column(Text)
    dropped: Mapped[str] = mapped_column(Text)
    notes: Mapped[str] = mapped_column(Text)
    cost: Mapped[str] = mapped_column(Text)
    error: Mapped[str | None] = mapped_column(Text)
    x: Mapped[int | None]
    y: Mapped[int | None]
    width: Mapped[int | None]
    height: Mapped[int | None]
    channels: Mapped[int | None] = mapped_column(SmallInteger)
    depth: Mapped[int | None] = mapped_column(SmallInteger)
    patch: Mapped[bytes | None] = mapped_column(LargeBinary(32))
    created: Mapped[str] = mapped_column(String(32))
    seal: Mapped[bytes] = mapped_column(LargeBinary(32))


class PatchRow(Base):
    """The packed patch of a reply; `pixels` is emptied once a version holds the same ones, or when they were given back
    because nothing needed them any more (`collected` says when)."""

    __tablename__ = "patch"
    attempt_id: Mapped[str] = mapped_column(ForeignKey("attempt.id"), primary_key=True)
    mask: Mapped[bytes] = mapped_column(LargeBinary)
    pixels: Mapped[bytes | None] = mapped_column(LargeBinary)
    collected: Mapped[str | None] = mapped_column(String(32))
    seal: Mapped[bytes | None] = mapped_column(LargeBinary(32))


class JudgementRow(Base):
    __tablename__ = "judgement"
    attempt_id: Mapped[str] = mapped_column(ForeignKey("attempt.id"), primary_key=True)
    accepted: Mapped[bool] = mapped_column(Boolean)
    version: Mapped[str] = mapped_column(ForeignKey("version.id"), index=True)
    created: Mapped[str] = mapped_column(String(32))
    seal: Mapped[bytes] = mapped_column(LargeBinary(32))


class VerdictRow(Base):
    __tablename__ = "verdict"
    attempt_id: Mapped[str] = mapped_column(ForeignKey("attempt.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    verifier: Mapped[str] = mapped_column(Text)
    version: Mapped[str] = mapped_column(Text)
    outcome: Mapped[str] = mapped_column(String(16))
    score: Mapped[float] = mapped_column(Float(53))
    reason: Mapped[str] = mapped_column(Text)
    evidence: Mapped[str] = mapped_column(Text)
    seal: Mapped[bytes] = mapped_column(LargeBinary(32))


class EventRow(Base):
    __tablename__ = "event"
    __table_args__ = {"sqlite_autoincrement": True}
    id: Mapped[int] = mapped_column(primary_key=True)
    run_id: Mapped[str] = mapped_column(ForeignKey("run.id"), index=True)
    event: Mapped[str] = mapped_column(String(64))
    step: Mapped[str | None] = mapped_column(Text)
    version: Mapped[str | None] = mapped_column(Text)
    data: Mapped[str] = mapped_column(Text)
    created: Mapped[str] = mapped_column(String(32))
    seal: Mapped[bytes] = mapped_column(LargeBinary(32))
