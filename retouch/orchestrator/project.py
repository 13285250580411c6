"""A project: one history file with its documents, and the door through which a picture comes in."""

from __future__ import annotations

from pathlib import Path
from types import TracebackType
from typing import Any

from retouch.errors import RetouchError, UsageError
from retouch.event import Listener
from retouch.orchestrator.abandonment import give_up
from retouch.orchestrator.cancel import Cancel
from retouch.orchestrator.document import Document
from retouch.orchestrator.history import Version
from retouch.orchestrator.options import Options
from retouch.orchestrator.outcome import RunReport
from retouch.orchestrator.proofreading import Proofs
from retouch.orchestrator.resume import resume
from retouch.orchestrator.run import Run
from retouch.picture import Picture
from retouch.settings import load as load_settings
from retouch.store import History, RunRecord, Store

__all__ = ["Document", "Project", "Version", "open_document"]

SUFFIX = ".retouch"


class Project:
    """An open project: a history with its documents. Close it, or use it in a `with` statement."""

    def __init__(self, store: History) -> None:
        self.store = store

    @classmethod
    def open(cls, path: str | Path, *, create: bool = False) -> Project:
        """Open the project at `path`; `create` makes one where there is none. UsageError if it is no project."""
        return cls(Store.open(Path(path), create=create))

    @property
    def path(self) -> Path:
        """The project file; UsageError if the history is kept elsewhere."""
        if not isinstance(self.store, Store):
            raise UsageError(f"this project is kept in {self.store.place}, so it has no file")
        return self.store.path

    def documents(self) -> tuple[Document, ...]:
        """All documents, in the order in which they were imported."""
        return tuple(Document(self, record) for record in self.store.documents())

    def document(self, name: str | None = None) -> Document:
        """The document of that name; without a name the only one."""
        return Document(self, self.store.document(name))

    def import_picture(
        self, picture: Picture | str | Path, name: str | None = None, *, source: Path | None = None
    ) -> Document:
        """The document of this picture: the one that was imported with the same pixels, else a new one.

        Other pixels under a name that is taken become `name-2`, `name-3` and so on. `source` is the file a picture
        in memory was read from.
        """
        source = source if isinstance(picture, Picture) else Path(picture)
        pixels = picture if isinstance(picture, Picture) else Picture.open(source)
        known = self.store.find_pixels(pixels)
        if known is not None and name in (None, known.document):
            return self.document(known.document)
        free = self._free_name(name or (source.stem if source else "picture"))
        file = source.name if source else None
        record = self.store.import_picture(pixels, name=free, source=file, author=load_settings().author)
        return self.document(record.document)

    def runs(self) -> tuple[RunRecord, ...]:
        """All runs, in the order in which they were begun."""
        return self.store.runs()

    def interrupted(self, document: str | None = None) -> tuple[RunRecord, ...]:
        """The runs that can be resumed, of one document or of all; UnknownNameError if there is no such document."""
        runs = self.store.runs(None if document is None else self.store.document(document).id)
        return tuple(run for run in runs if run.state in ("interrupted", "running") and not run.alive)

    def resume(
        self,
        listen: Listener | None = None,
        cancel: Cancel | None = None,
        document: str | None = None,
        **options: Any,
    ) -> tuple[RunReport, ...]:
        """Go on with every interrupted run, of one document or of all; `options` (of `Document.run`) replace those it
        was begun with.

        LeaseError if the only unfinished runs are alive in another process. No report if there is nothing to resume.
        """
        waiting = self.interrupted(document)
        if not waiting:
            for run in self.store.runs(state="running"):
                if document in (None, run.document):
                    self.store.claim(run.id)  # alive elsewhere: raises LeaseError, which names the process
        return tuple(self.resume_run(record.id, listen, cancel, **options) for record in waiting)

    def resume_run(
        self, run_id: str, listen: Listener | None = None, cancel: Cancel | None = None, **options: Any
    ) -> RunReport:
        """Go on with one interrupted run; LeaseError if it is alive elsewhere, UsageError if it is over."""
        known = self.store.run(run_id)
        chosen = Options.restored(known.options, known.branch, options)
        record = self.store.claim(run_id)
        try:
            run = Run(
                self.store,
                self.store.document(record.document),
                record.goal,
                chosen,
                record.base,
                self.store.checkout(record.base),
                Proofs(record.base),
                listen=listen,
                cancel=cancel or Cancel(),
            )
            return resume(run, record)
        except RetouchError:
            self._let_go(run_id, record)
            raise

    def give_up(self, run_id: str) -> RunRecord:
        """End an interrupted run for good; see `abandonment.give_up`."""
        return give_up(self.store, run_id, author=load_settings().author)

    def _let_go(self, run_id: str, record: RunRecord) -> None:
        """A run that could not even be taken up stays interrupted."""
        if self.store.run(run_id).state == "running":
            self.store.finish_run(run_id, "interrupted", record.summary)

    def _free_name(self, name: str) -> str:
        taken = {document.name for document in self.documents()}
        if name not in taken:
            return name
        number = next(n for n in range(2, len(taken) + 3) if f"{name}-{n}" not in taken)
        return f"{name}-{number}"

    def close(self) -> None:
        self.store.close()

    def forsake(self) -> None:
        """Close the project, and remove its file if all it holds is one imported picture: what a command made that
        then failed."""
        path, documents = self.path, self.documents()
        untouched = len(documents) == 1 and len(documents[0].log()) == 1 and not self.runs()
        self.close()
        if untouched:
            for left in (path, *(path.with_name(path.name + end) for end in ("-wal", "-shm"))):
                left.unlink(missing_ok=True)

    def __enter__(self) -> Project:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<Project {self.path}>"


def open_document(path: str | Path, *, project: str | Path | None = None, name: str | None = None) -> Document:
    """The document of a picture file, or of a project file (the only one, or that of `name`).

    A picture's project is `project`, else the one of the settings, else `page.retouch` beside `page.png`; it is made
    where there is none. The same pixels go on at their branch's head.
    """
    path = Path(path)
    if path.suffix == SUFFIX:
        if project is not None:
            raise UsageError(f"{path} is a project itself; leave project={project} out")
        return Project.open(path).document(name)
    # Decoded before the project is touched: a picture that cannot be read leaves no file behind.
    picture = Picture.open(path)
    opened = Project.open(project_of(path, project), create=True)
    return _imported(opened, picture, path, name)


def project_of(picture: Path, project: str | Path | None = None) -> Path:
    """Where the history of a picture file is kept, be it there yet or not."""
    return Path(project or load_settings().project or picture.with_suffix(SUFFIX))


def _imported(project: Project, picture: Picture, path: Path, name: str | None) -> Document:
    try:
        return project.import_picture(picture, name, source=path)
    except BaseException:
        project.close()
        raise
