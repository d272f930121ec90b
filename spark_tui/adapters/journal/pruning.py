"""Finds old sessions in a journal that nobody needs any more, and drops them with the images that only they had."""

import sqlite3
from collections.abc import Collection
from contextlib import closing
from pathlib import Path

from spark_tui.adapters.journal.ledger import NAME
from spark_tui.adapters.journal.schema import connect
from spark_tui.core.values import dataclass
from spark_tui.ports import CheckpointFailed

_LANDED = "state IN ('applied', 'done')"


@dataclass(frozen=True, slots=True)
class SessionUse:
    """What one session takes."""

    session: str
    checkpoints: int
    size: int
    """Bytes of images that no newer session has."""
    last: float
    """Time of its last checkpoint, in seconds since the epoch."""
    is_needed: bool
    """Whether the files are where one of its checkpoints left them, or a landing of it is unfinished."""


def sessions(folder: Path) -> list[SessionUse]:
    """What every session in the journal of `folder` takes, oldest first. Raises CheckpointFailed."""
    if not (folder / NAME).exists():
        return []
    try:
        with closing(connect(folder / NAME, read_only=True)) as connection:
            return _sessions(connection)
    except sqlite3.Error as error:
        raise CheckpointFailed(f"The checkpoint journal can't be read: {error}.") from error


def may_be_beyond(folder: Path, oldest: float, size: int) -> bool:
    """Whether the journal may hold something from before `oldest` or take more than `size`; quick.

    Raises CheckpointFailed.
    """
    if not (folder / NAME).exists():
        return False
    try:
        if (folder / NAME).stat().st_size + _size_below(folder / "blobs") > size:
            return True
        with closing(connect(folder / NAME, read_only=True)) as connection:
            first = connection.execute("SELECT time FROM op ORDER BY id LIMIT 1").fetchone()
    except (sqlite3.Error, OSError) as error:
        raise CheckpointFailed(f"The checkpoint journal can't be read: {error}.") from error
    return first is not None and first[0] < oldest


def _size_below(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.glob("??/*"))


def _sessions(connection: sqlite3.Connection) -> list[SessionUse]:
    sizes = dict(
        connection.execute(
            """
            SELECT last, sum(size) FROM blob JOIN (
                SELECT hash, max(op) AS op FROM (
                    SELECT pre_hash AS hash, op FROM opfile UNION ALL SELECT post_hash, op FROM opfile
                    UNION ALL SELECT base_hash, op FROM opfile UNION ALL SELECT hash, op FROM conflict
                ) GROUP BY hash
            ) USING (hash) JOIN (SELECT id AS op, session AS last FROM op) USING (op) GROUP BY last
            """
        ).fetchall()
    )
    needed = {
        row[0]
        for row in connection.execute(
            "SELECT session FROM op WHERE id = (SELECT op FROM head)"
            " OR state IN ('intent', 'applied') OR id = (SELECT max(id) FROM op)"
        )
    }
    return [
        SessionUse(session, count, sizes.get(session, 0), last, session in needed)
        for session, count, last in connection.execute(
            f"SELECT session, sum({_LANDED}), max(time) FROM op GROUP BY session ORDER BY max(id)"
        ).fetchall()
    ]


def drop(folder: Path, names: Collection[str], *, compact: bool = True) -> int:
    """Drop whole sessions; return how many bytes of images went. The caller has claimed the workspace.

    `compact` gives the room back to the disk, which takes time. Raises CheckpointFailed; then nothing is dropped.
    """
    try:
        with closing(connect(folder / NAME, read_only=False)) as connection:
            large = _drop(connection, names)
            size = sum(number for _, number in large)
            if compact:
                connection.execute("VACUUM")
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    except sqlite3.Error as error:
        raise CheckpointFailed(f"The checkpoint journal can't be cleaned: {error}.") from error
    for digest, _ in large:
        name = digest.hex()
        (folder / "blobs" / name[:2] / name[2:]).unlink(missing_ok=True)
    return size


def _drop(connection: sqlite3.Connection, names: Collection[str]) -> list[tuple[bytes, int]]:
    needed = {use.session for use in _sessions(connection) if use.is_needed}
    connection.execute("PRAGMA foreign_keys=OFF")
    connection.execute("BEGIN IMMEDIATE")
    try:
        connection.execute("CREATE TEMP TABLE gone (op INTEGER PRIMARY KEY)")
        for name in sorted(set(names) - needed):
            connection.execute("INSERT INTO gone SELECT id FROM op WHERE session = ?", (name,))
        for statement in (
            "DELETE FROM opfile WHERE op IN gone",
            "DELETE FROM conflict WHERE op IN gone",
            "UPDATE op SET parent = NULL WHERE parent IN gone",
            "DELETE FROM op WHERE id IN gone",
        ):
            connection.execute(statement)
        used = "SELECT pre_hash FROM opfile UNION SELECT post_hash FROM opfile UNION SELECT base_hash FROM opfile"
        unused = (
            f"hash NOT IN (SELECT * FROM ({used} UNION SELECT hash FROM conflict) WHERE pre_hash NOTNULL)"
        )
        dropped = connection.execute(f"SELECT hash, size FROM blob WHERE {unused}").fetchall()
        connection.execute(f"DELETE FROM blob WHERE {unused}")
        connection.execute("DROP TABLE gone")
        connection.execute("COMMIT")
    finally:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
    return dropped
