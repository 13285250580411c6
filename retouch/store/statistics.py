"""How much is in a project file."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, func, select

from retouch.store.schema import AttemptRow, Base, DocumentRow, RunRow, TileRow, VersionRow

_COUNTED: dict[str, type[Base]] = {
    "documents": DocumentRow,
    "versions": VersionRow,
    "tiles": TileRow,
    "runs": RunRow,
    "attempts": AttemptRow,
}


def statistics(connection: Connection, path: Path) -> dict[str, int]:
    """Rows of each kind, and `bytes`: the file and the log that lies beside it."""
    counts = {
        name: int(connection.execute(select(func.count()).select_from(model)).scalar_one())
        for name, model in _COUNTED.items()
    }
    files = (path, Path(f"{path}-wal"))
    return counts | {"bytes": sum(file.stat().st_size for file in files if file.exists())}
