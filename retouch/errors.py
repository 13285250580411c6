"""Every error that Retouch raises on purpose.

RetouchError
├── UsageError            the caller must change the input           (exit 2)
│   ├── PictureError      a picture file cannot be used
│   │   └── TooLargeError     it has more pixels than are allowed
│   ├── PlanError         a plan, a step or a goal makes no sense
│   ├── SpecError         a part's name or its options are unknown
│   ├── TextError         a reference text cannot be used
│   └── UnknownNameError  no such version, branch, tag, document, …
├── PersonNeededError     only a person can decide this              (exit 4)
├── BudgetError           calls, seconds or money are used up        (exit 5)
├── ServiceError          an editor, a model or a service failed     (exit 6)
│   ├── EditorError       the edit itself failed or was unusable
│   ├── VerifierError     a verifier could not do its work
│   ├── RemoteError       a host failed, refused or answered nonsense; an EditorError and a VerifierError as well
│   │   └── UnreachableError  … could not be reached or does not take the key; an UnavailableError as well
│   └── UnavailableError  a part cannot be used on this machine
├── StoreError            the project file cannot be used as asked   (exit 1)
│   ├── ConflictError     a branch moved meanwhile; nothing was changed
│   ├── DamagedError      stored bytes do not match their hash
│   ├── NewerSchemaError  the file was written by a newer Retouch
│   └── LeaseError        the run is alive in another process
└── CancelledError        the user stopped it                        (exit 130)

Each message names the thing, what was found, and what would be right; `hint` says what to do next.
"""

from __future__ import annotations

from typing import ClassVar


class RetouchError(Exception):
    """The root: catch this to catch everything that Retouch raises on purpose."""

    exit_code: ClassVar[int] = 1

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class UsageError(RetouchError):
    """The input is wrong; the project stays as it was."""

    exit_code = 2


class PictureError(UsageError):
    """A picture file cannot be read or written; the message names file, reason and remedy."""


class TooLargeError(PictureError):
    """A picture has more pixels than the limit; nothing of it was decoded."""


class PlanError(UsageError):
    """A plan, a step or a goal is inconsistent or cannot be understood."""


class SpecError(UsageError):
    """A part is unknown, or it does not take the options given."""


class TextError(UsageError):
    """A reference text is empty, unreadable or not recognised."""


class UnknownNameError(UsageError):
    """A version, branch, tag, document, run or step does not exist or is ambiguous."""


class PersonNeededError(RetouchError):
    """Nothing certain can be done without a person's decision."""

    exit_code = 4


class BudgetError(RetouchError):
    """The budget of calls, seconds or money is used up."""

    exit_code = 5


class ServiceError(RetouchError):
    """An editor, a model or a service failed and nothing recovered it."""

    exit_code = 6


class EditorError(ServiceError):
    """An edit failed, or what came back is unusable (blank, wrong size, not finite)."""


class VerifierError(ServiceError):
    """A verifier could not do its work; this is no verdict on the picture."""


class UnavailableError(ServiceError):
    """A part cannot be used on this machine; the hint gives the command that would make it so."""


class RemoteError(EditorError, VerifierError):
    """A host that does the work of an editor, a planner or a verifier failed.

    `host` is its name; `status` the HTTP status where it answered with one. The message holds neither key nor picture.
    """

    def __init__(self, message: str, *, host: str, status: int | None = None, hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.host = host
        self.status = status


class UnreachableError(RemoteError, UnavailableError):
    """A host cannot be reached, or does not let us in."""


class StoreError(RetouchError):
    """The project file cannot be opened, read or written as asked."""


class ConflictError(StoreError):
    """A branch head was not where the caller expected it; nothing was changed."""


class DamagedError(StoreError):
    """Stored bytes do not match their hash; the message names the versions they touch."""


class CollectedError(StoreError):
    """The pixels were given back by `gc`, because nothing reached them any more; the facts are still there."""


class NewerSchemaError(StoreError):
    """The file was written by a newer Retouch; it was not touched."""


class LeaseError(StoreError):
    """A run is alive in another process and cannot be resumed twice."""


class CancelledError(RetouchError):
    """The user stopped the work; what was finished is kept and the run can be resumed."""

    exit_code = 130
