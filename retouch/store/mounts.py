"""Mounts: whether a file lies on a network file system, where SQLite's write-ahead log must not be used.

The log's index is shared memory, which other hosts do not see: https://www.sqlite.org/wal.html section "Overview".
"""

from __future__ import annotations

import re
from pathlib import Path

MOUNT_TABLE = Path("/proc/self/mountinfo")
"""Linux's list of mounts; elsewhere there is none, and every file counts as local."""

_NETWORK = re.compile(
    r"nfs\d*|cifs|smb\d*|smbfs|9p|afs|ceph|coda|gfs2?|glusterfs|lustre|ocfs2|beegfs|ncpfs|virtiofs"
    r"|fuse\.(sshfs|s3fs|gcsfuse|rclone|glusterfs|ceph.*|davfs.*|curlftpfs|smbnetfs|gvfsd.*|nfs.*|juicefs|mergerfs)|davfs2?"
)


def network_kind(path: Path, table: Path = MOUNT_TABLE) -> str | None:
    """The kind of the network file system (`nfs4`, `cifs`, `fuse.sshfs` …) that holds `path`, None for a local one."""
    if not table.exists():
        return None
    place = path.absolute().parent.resolve()
    kind = ""
    longest = -1
    for point, found in _mounts(table.read_text(encoding="utf-8", errors="surrogateescape")):
        # A later mount of the same place lies over the earlier one.
        if len(point.parts) >= longest and place.is_relative_to(point):
            longest, kind = len(point.parts), found
    return kind if _NETWORK.fullmatch(kind) else None


def _mounts(text: str) -> list[tuple[Path, str]]:
    """Place and kind of each mount; https://man7.org/linux/man-pages/man5/proc_pid_mountinfo.5.html has the format."""
    mounts: list[tuple[Path, str]] = []
    for line in text.splitlines():
        place, _, rest = line.partition(" - ")
        fields = place.split(" ")
        if len(fields) > 4 and rest:
            mounts.append((Path(_unescaped(fields[4])), rest.split(" ")[0]))
    return mounts


def _unescaped(text: str) -> str:
    """Blanks and backslashes stand there as `\\040` and the like."""
    return re.sub(r"\\([0-7]{3})", lambda found: chr(int(found[1], 8)), text)
