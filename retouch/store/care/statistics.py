"""How much is in a project file."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, func, select

from retouch.store.schema import (
    AttemptRow,
    Base,
    BranchRow,
    CollectedRow,
    DocumentRow,
    RunRow,
    TagRow,
    TileRow,
    VersionRow,
)

_COUNTED: dict[str, type[Base]] = {
    "documents": DocumentRow,
    "versions": VersionRow,
    "branches": BranchRow,
    "tags": TagRow,
    "tiles": TileRow,
    "runs": RunRow,
    "attempts": AttemptRow,
    "collected": CollectedRow,
}


def statistics(connection: Connection, path: Path) -> dict[str, int]:
    """Rows of each kind; `partial` of the tiles are stored as a part of another one, and `collected` of the versions
    have no pixels any more. `bytes` are the file and the log that lies beside it, `free` those of it that wait for new
    content or for `gc`."""
    counts = {
        name: int(connection.execute(select(func.count()).select_from(model)).scalar_one())
        for name, model in _COUNTED.items()
    }
    partial = select(func.count()).select_from(TileRow).where(TileRow.key_id.is_not(None))
    pages, size = (
        connection.exec_driver_sql(f"PRAGMA {name}").scalar_one() for name in ("freelist_count", "page_size")
    )
    files = (path, Path(f"{path}-wal"))
    return counts | {
        "partial": int(connection.execute(partial).scalar_one()),
        "bytes": sum(file.stat().st_size for file in files if file.exists()),
        "free": int(pages) * int(size),
    }
