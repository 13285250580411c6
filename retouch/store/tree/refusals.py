"""Refusals: what every store says in the same words when it does not do what it was asked for."""

from __future__ import annotations

from collections.abc import Iterable

from retouch.errors import CollectedError, ConflictError, LeaseError, StoreError, UnknownNameError, UsageError
from retouch.store.tree.naming import listed


def unknown_version(version: str) -> UnknownNameError:
    return UnknownNameError(f"there is no version {version}", hint="`retouch log` lists them")


def foreign_version(version: str) -> UsageError:
    return UsageError(f"version {version[:12]} belongs to another document")


def unknown_document(document_id: int) -> UnknownNameError:
    return UnknownNameError(f"there is no document number {document_id}")


def unknown_branch(name: str, known: Iterable[str]) -> UnknownNameError:
    return UnknownNameError(f"there is no branch {name!r}; branches: {listed(known)}")


def unknown_tag(name: str, known: Iterable[str]) -> UnknownNameError:
    return UnknownNameError(f"there is no tag {name!r}; tags: {listed(known)}")


def only_branch(name: str) -> UsageError:
    return UsageError(f"branch {name!r} is the only one of its document; a document needs one")


def moved(branch: str, stands: str, expected: str | None) -> ConflictError:
    return ConflictError(
        f"branch {branch!r} is at {stands[:12]}, not at {str(expected)[:12]} as expected; nothing was changed",
        hint="look at what was added meanwhile and repeat from there",
    )


def unknown_run(run: str) -> UnknownNameError:
    return UnknownNameError(f"there is no run {run!r}")


def over(run: str, state: str) -> UsageError:
    return UsageError(f"run {run} has {state}; there is nothing to resume")


def busy(run: str, owner: str, seconds: float) -> LeaseError:
    """`owner` is `lease.new_owner`'s; `seconds` is how long it is believed alive."""
    return LeaseError(
        f"run {run} is being worked on by process {owner.split()[-2]} on {owner.split()[0]}",
        hint=f"wait until it ends, or stop it; {seconds:.0f} s after its last sign of life it can be resumed",
    )


def unknown_attempt(attempt: str) -> UnknownNameError:
    return UnknownNameError(f"there is no attempt {attempt!r}")


def another_attempt(attempt: str, field: str) -> UsageError:
    return UsageError(f"attempt {attempt} was started before with another {field}; a new try needs a new id")


def not_returned(attempt: str) -> StoreError:
    return StoreError(f"attempt {attempt} has not returned, so it cannot be judged")


def returned_already(attempt: str) -> StoreError:
    return StoreError(f"attempt {attempt} has returned already; a reply is never replaced")


def judged_already(attempt: str) -> StoreError:
    return StoreError(f"attempt {attempt} has been judged already")


def not_together(versions: Iterable[str]) -> UsageError:
    return UsageError(f"{', '.join(version[:12] for version in versions)} are not versions of one document")


def collected(what: str, when: str | None = None) -> CollectedError:
    """For pixels that are no longer there."""
    time = f" at {when}" if when else ""
    return CollectedError(
        f"the pixels of {what} were given back by `gc`{time}; its facts are still there",
        hint="a backup from before that time has them",
    )


def negative_days(days: float) -> UsageError:
    return UsageError(f"keep_days is {days}; expected 0 or more")
