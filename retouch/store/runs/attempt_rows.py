"""Rows of the journal of attempts: one when it is started, returned and judged, so that nothing written is changed."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, bindparam, null, select, update

from retouch.attempt import Attempt, AttemptState
from retouch.errors import DamagedError
from retouch.geometry import Box
from retouch.store.canonical import canonical
from retouch.store.pixels.patch_packing import PackedPatch
from retouch.store.schema import AttemptRow, JudgementRow, PatchRow, ReplyRow, VerdictRow
from retouch.store.sealing import check, check_content, content_seal, sealed, table_of
from retouch.store.statement import Statement, insert_row
from retouch.store.tree import refusals
from retouch.verdict import Verdict

_ATTEMPT = table_of(AttemptRow)
_REPLY = table_of(ReplyRow)
_PATCH = table_of(PatchRow)
_JUDGEMENT = table_of(JudgementRow)
_VERDICT = table_of(VerdictRow)

_STARTED = Statement(select(_ATTEMPT).where(_ATTEMPT.c.id == bindparam("attempt")))
_RETURNED = Statement(select(_REPLY).where(_REPLY.c.attempt_id == bindparam("attempt")))
_PACKED = Statement(select(_PATCH).where(_PATCH.c.attempt_id == bindparam("attempt")))
_JUDGED = select(_JUDGEMENT).where(_JUDGEMENT.c.attempt_id == bindparam("attempt"))
_VERDICTS = select(_VERDICT).where(_VERDICT.c.attempt_id == bindparam("attempt")).order_by(_VERDICT.c.position)
_DROP = Statement(
    update(_PATCH).where(_PATCH.c.attempt_id == bindparam("attempt")).values(pixels=null(), seal=bindparam("sealed"))
)


def insert_started(connection: Connection, attempt: Attempt, created: str) -> None:
    """Write an attempt before its call. The same attempt again is no error as long as nothing has come back."""
    there = _STARTED.first(connection, attempt=attempt.id)
    values = _started_values(attempt, created)
    if there is None:
        insert_row(connection, _ATTEMPT, sealed(_ATTEMPT, **values))
        return
    known = check(_ATTEMPT, there, f"attempt {attempt.id}")
    changed = next((name for name, value in values.items() if name != "created" and known[name] != value), None)
    if changed is not None:
        raise refusals.another_attempt(attempt.id, changed)
    _require_no_reply(connection, attempt.id)


def insert_reply(
    connection: Connection, attempt: str, packed: PackedPatch | None, created: str, **facts: Any
) -> Attempt:
    """Write what came back, and the attempt as it stands then; `facts` are effective, dropped, notes and cost as JSON
    values, and error."""
    started = _load_started(connection, attempt)
    _require_no_reply(connection, attempt)
    texts = {name: canonical(value) for name, value in facts.items() if name != "error"}
    box = packed.box.as_list() if packed is not None else [None] * 4
    row = sealed(
        _REPLY,
        attempt_id=attempt,
        **texts,
        error=facts["error"],
        **dict(zip(("x", "y", "width", "height"), box, strict=True)),
        channels=packed.channels if packed is not None else None,
        depth=packed.depth if packed is not None else None,
        patch=packed.hash if packed is not None else None,
        created=created,
    )
    insert_row(connection, _REPLY, row)
    if packed is not None:
        blobs = {"attempt_id": attempt, "mask": packed.mask, "pixels": packed.pixels, "collected": None}
        insert_row(connection, _PATCH, blobs | {"seal": content_seal(_PATCH, blobs)})
    return _joined(started, row, None, ())


def insert_judgement(
    connection: Connection, attempt: str, verdicts: Sequence[Verdict], accepted: bool, version: str, created: str
) -> None:
    """Write the verdicts on an attempt that has returned."""
    row = sealed(_JUDGEMENT, attempt_id=attempt, accepted=accepted, version=version, created=created)
    insert_row(connection, _JUDGEMENT, row)
    for position, verdict in enumerate(verdicts):
        insert_row(connection, _VERDICT, _verdict_values(attempt, position, verdict))


def require_returned(connection: Connection, attempt: str) -> Mapping[str, Any]:
    """The reply of an attempt that waits for its judgement; StoreError if there is none, or one was given already."""
    reply = _reply(connection, attempt)
    if reply is None or reply["error"] is not None:
        raise refusals.not_returned(attempt)
    if connection.execute(_JUDGED, {"attempt": attempt}).first():
        raise refusals.judged_already(attempt)
    return reply


def drop_pixels(connection: Connection, attempt: str) -> None:
    """Forget the pixels of a reply that the attempt's version holds now."""
    left = _patch(connection, attempt)._asdict() | {"pixels": None}
    _DROP.run(connection, attempt=attempt, sealed=content_seal(_PATCH, left))


def load_request(connection: Connection, attempt: str) -> Attempt:
    """The attempt as it was started, whatever came of it; UnknownNameError if there is no such attempt."""
    return _joined(_load_started(connection, attempt), None, None, ())


def load(connection: Connection, attempt: str) -> Attempt:
    """UnknownNameError if there is no such attempt."""
    return _record(connection, _load_started(connection, attempt))


def of_run(connection: Connection, run: str, step: str | None) -> tuple[Attempt, ...]:
    """The attempts of a run, or of one of its steps, in the order in which they were started."""
    query = select(_ATTEMPT).where(_ATTEMPT.c.run_id == run)
    if step is not None:
        query = query.where(_ATTEMPT.c.step == step)
    rows = connection.execute(query.order_by(_ATTEMPT.c.created, _ATTEMPT.c.step, _ATTEMPT.c.number)).all()
    return tuple(_record(connection, check(_ATTEMPT, row, f"attempt {row.id}")) for row in rows)


def of_version(connection: Connection, version: str) -> Attempt | None:
    """The attempt that a version came from, the latest where several gave the very same one."""
    query = select(_JUDGEMENT.c.attempt_id).where(_JUDGEMENT.c.version == version)
    found = connection.execute(query.order_by(_JUDGEMENT.c.created.desc())).scalars().first()
    return None if found is None else load(connection, found)


def load_packed(connection: Connection, attempt: str) -> tuple[PackedPatch, str | None] | None:
    """The patch of an attempt, if it has one, and the version that holds its pixels; CollectedError if they were given
    back."""
    _load_started(connection, attempt)
    reply = _reply(connection, attempt)
    if reply is None or reply["patch"] is None:
        return None
    blobs = _patch(connection, attempt)
    if blobs.collected is not None:
        raise refusals.collected(f"attempt {attempt}", blobs.collected)
    judged = connection.execute(_JUDGED, {"attempt": attempt}).one_or_none()
    box = Box(reply["x"], reply["y"], reply["width"], reply["height"])
    packed = PackedPatch(box, reply["channels"], reply["depth"], reply["patch"], blobs.mask, blobs.pixels)
    return packed, judged.version if judged is not None else None


def _patch(connection: Connection, attempt: str) -> Any:
    row = _PACKED.first(connection, attempt=attempt)
    if row is None:
        raise DamagedError(f"the patch of attempt {attempt} is missing", hint="restore a backup of the file")
    check_content(_PATCH, row, f"the patch of attempt {attempt}")
    return row


def _record(connection: Connection, started: Mapping[str, Any]) -> Attempt:
    attempt = started["id"]
    reply = _reply(connection, attempt)
    judged = connection.execute(_JUDGED, {"attempt": attempt}).one_or_none()
    judgement = check(_JUDGEMENT, judged, f"the judgement of attempt {attempt}") if judged is not None else None
    return _joined(started, reply, judgement, _verdicts(connection, attempt) if judgement is not None else ())


def _joined(
    started: Mapping[str, Any],
    reply: Mapping[str, Any] | None,
    judgement: Mapping[str, Any] | None,
    verdicts: tuple[Verdict, ...],
) -> Attempt:
    return Attempt(
        id=started["id"],
        run=started["run_id"],
        request=json.loads(started["request"]),
        seed=int(started["seed"]),
        **{name: started[name] for name in ("step", "number", "rung", "editor", "base", "call_id", "repairs")},
        **(_reply_fields(reply) if reply is not None else {}),
        state=_state(reply, judgement),
        verdicts=verdicts,
        version=judgement["version"] if judgement is not None else None,
    )


def _state(reply: Mapping[str, Any] | None, judgement: Mapping[str, Any] | None) -> AttemptState:
    if judgement is not None:
        return AttemptState.JUDGED
    if reply is None:
        return AttemptState.STARTED
    return AttemptState.RETURNED if reply["error"] is None else AttemptState.FAILED


def _reply_fields(reply: Mapping[str, Any]) -> dict[str, Any]:
    # A patch without area has a box of its own all the same, but none that a record may hold.
    box = [reply[n] for n in ("x", "y", "width", "height")] if reply["width"] and reply["height"] else None
    fields = {name: json.loads(reply[name]) for name in ("effective", "dropped", "notes", "cost")}
    return fields | {"box": box, "error": reply["error"]}


def _started_values(attempt: Attempt, created: str) -> dict[str, Any]:
    same = ("id", "step", "number", "rung", "editor", "base", "call_id", "repairs")
    return {name: getattr(attempt, name) for name in same} | {
        "run_id": attempt.run,
        "seed": str(attempt.seed),
        "request": canonical(attempt.request),
        "created": created,
    }


def _verdict_values(attempt: str, position: int, verdict: Verdict) -> dict[str, Any]:
    return sealed(
        _VERDICT,
        attempt_id=attempt,
        position=position,
        verifier=verdict.verifier,
        version=verdict.version,
        outcome=verdict.outcome.value,
        score=float(verdict.score),
        reason=verdict.reason,
        evidence=canonical(verdict.evidence),
    )


def _verdicts(connection: Connection, attempt: str) -> tuple[Verdict, ...]:
    rows = connection.execute(_VERDICTS, {"attempt": attempt})
    checked = [check(_VERDICT, row, f"verdict {row.position} on {attempt}") for row in rows]
    kept = ("verifier", "version", "outcome", "score", "reason")
    return tuple(Verdict(**{n: row[n] for n in kept}, evidence=json.loads(row["evidence"])) for row in checked)


def _load_started(connection: Connection, attempt: str) -> Mapping[str, Any]:
    row = _STARTED.first(connection, attempt=attempt)
    if row is None:
        raise refusals.unknown_attempt(attempt)
    return check(_ATTEMPT, row, f"attempt {attempt}")


def _reply(connection: Connection, attempt: str) -> Mapping[str, Any] | None:
    row = _RETURNED.first(connection, attempt=attempt)
    return None if row is None else check(_REPLY, row, f"the reply to attempt {attempt}")


def _require_no_reply(connection: Connection, attempt: str) -> None:
    if _reply(connection, attempt) is not None:
        raise refusals.returned_already(attempt)
