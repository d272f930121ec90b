"""What the index keeps between sittings: one database per workspace in the cache folder, which may be lost any time."""

import os
import sqlite3
import time
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from spark_tui import __version__
from spark_tui.adapters.own_files import make_private
from spark_tui.adapters.repo_index.reading import Stamp

FORMAT = f"{__version__} 5"
"""Another one whenever facts are found out or written differently; what another program kept is dropped."""
_KEPT_SECONDS = 60 * 86400
_IN_USE = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
"""Another program is writing it, so it is not broken."""
_SCHEMA = """
CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS files (
    path TEXT PRIMARY KEY, size INTEGER, changed INTEGER, inode INTEGER, name TEXT
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, data BLOB);
"""


class Store:
    """Facts by content. Every trouble with the database means: nothing is known, nothing is kept."""

    def __init__(self, place: Path | None) -> None:
        self._place = place
        self._database: sqlite3.Connection | None = None
        if place is not None:
            self._open(place)

    def _open(self, place: Path) -> None:
        for _ in range(2):
            try:
                make_private(place.parent)
                self._database = _connect(place)
                return
            except (sqlite3.Error, OSError) as error:
                if getattr(error, "sqlite_errorcode", 0) & 0xFF in _IN_USE:
                    return
                _remove(place)

    def known(self) -> dict[str, tuple[Stamp, str]]:
        """Path to stamp and name of its facts, of all files when they were last looked at."""
        rows = self._rows("SELECT path, size, changed, inode, name FROM files")
        return {path: ((size, changed, inode), name) for path, size, changed, inode, name in rows}

    def find(self, name: str) -> bytes | None:
        """Return facts by name."""
        found = next((data for (data,) in self._rows("SELECT data FROM facts WHERE name = ?", (name,))), None)
        return found if isinstance(found, bytes) else None

    def keep(self, found: Iterable[tuple[str, Stamp, str, bytes | None]]) -> None:
        """Keep path, stamp, name and facts of files; None: the facts are there already."""
        entries = list(found)
        facts = [(name, data) for _, _, name, data in entries if data is not None]
        self._write(
            ("INSERT OR REPLACE INTO facts VALUES (?, ?)", facts),
            (
                "INSERT OR REPLACE INTO files VALUES (?, ?, ?, ?, ?)",
                [(path, *stamp, name) for path, stamp, name, _ in entries],
            ),
        )

    def forget(self, paths: Iterable[str]) -> None:
        """Forget files; their facts stay for a while, a branch may bring them back."""
        self._write(("DELETE FROM files WHERE path = ?", [(path,) for path in paths]))

    def drop(self, name: str) -> None:
        """Forget facts by name."""
        self._write(("DELETE FROM facts WHERE name = ?", [(name,)]))

    def tidy(self) -> None:
        """Drop facts of no file when they have become many."""
        counts = [
            count
            for (count,) in self._rows("SELECT count(*) FROM facts UNION ALL SELECT count(*) FROM files")
        ]
        if len(counts) == 2 and counts[0] > 3 * counts[1] + 1000:
            self._write(("DELETE FROM facts WHERE name NOT IN (SELECT name FROM files)", [()]))

    def close(self) -> None:
        """Let go of the database."""
        if self._database is not None:
            self._database.close()
            self._database = None

    def reopened(self) -> "Store":
        """The same store for a forked process, which must neither use nor close this connection."""
        return Store(self._place)

    def _rows(self, statement: str, values: tuple[object, ...] = ()) -> Iterator[tuple]:  # type: ignore[type-arg]
        if self._database is None:
            return
        try:
            yield from self._database.execute(statement, values)
        except sqlite3.Error:
            self._give_up()

    def _write(self, *work: tuple[str, Sequence[tuple[object, ...]]]) -> None:
        if self._database is None:
            return
        try:
            with self._database:
                for statement, values in work:
                    self._database.executemany(statement, values)
        except (sqlite3.Error, OverflowError):
            self._give_up()

    def _give_up(self) -> None:
        self.close()


def _connect(place: Path) -> sqlite3.Connection:
    database = sqlite3.connect(place, timeout=2.0)
    try:
        os.chmod(place, 0o600)
        # Losing the cache with the power costs some seconds; waiting for the disk would cost them every time.
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("PRAGMA synchronous = OFF")
        database.executescript(_SCHEMA)
        found = database.execute("SELECT value FROM meta WHERE key = 'format'").fetchone()
        if found is None or found[0] != FORMAT:
            with database:
                database.execute("DELETE FROM files")
                database.execute("DELETE FROM facts")
                database.execute("INSERT OR REPLACE INTO meta VALUES ('format', ?)", (FORMAT,))
    except BaseException:
        database.close()
        raise
    return database


def _remove(place: Path) -> None:
    for ending in ("", "-wal", "-shm"):
        try:
            os.unlink(f"{place}{ending}")
        except OSError:
            continue


def remove_old(folder: Path) -> None:
    """Remove databases that nobody used for a long time."""
    try:
        old = [
            entry.path for entry in os.scandir(folder) if entry.stat().st_mtime < time.time() - _KEPT_SECONDS
        ]
    except OSError:
        return
    for path in old:
        if path.endswith(".db"):
            _remove(Path(path))
