"""The journal's tables, how a connection is opened, and how an older journal is brought up to date."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from spark_tui.ports import CheckpointFailed

APPLICATION_ID = 0x53504B4A
BUSY_SECONDS = 5.0
_PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=FULL",
    "fullfsync=ON",
    "foreign_keys=ON",
    # Moving the log into the journal is done between landings, not inside one.
    "wal_autocheckpoint=0",
)

SCHEMA = (
    """
    CREATE TABLE blob (
        hash BLOB PRIMARY KEY,
        size INTEGER NOT NULL,
        data BLOB              -- NULL: in a file of its own, see blobs.py
    );
    CREATE TABLE op (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        parent INTEGER REFERENCES op(id),
        kind TEXT NOT NULL,
        turn TEXT NOT NULL,
        note TEXT NOT NULL,
        session TEXT NOT NULL,
        token TEXT NOT NULL,
        time REAL NOT NULL,
        state TEXT NOT NULL CHECK (state IN ('intent', 'applied', 'done', 'aborted'))
    );
    CREATE INDEX op_unfinished ON op(id) WHERE state IN ('intent', 'applied');
    CREATE TABLE opfile (
        op INTEGER NOT NULL REFERENCES op(id),
        number INTEGER NOT NULL,
        path BLOB NOT NULL,
        pre_hash BLOB REFERENCES blob(hash),
        post_hash BLOB REFERENCES blob(hash),
        pre_mode INTEGER,
        post_mode INTEGER,
        folders BLOB NOT NULL,
        in_place TEXT,
        PRIMARY KEY (op, number)
    ) WITHOUT ROWID;
    CREATE INDEX opfile_path ON opfile(path, op);
    CREATE TABLE conflict (
        id INTEGER PRIMARY KEY,
        op INTEGER NOT NULL REFERENCES op(id),
        path BLOB NOT NULL,
        hash BLOB NOT NULL REFERENCES blob(hash)
    );
    CREATE TABLE head (
        one INTEGER PRIMARY KEY CHECK (one = 1),
        op INTEGER REFERENCES op(id)
    );
    INSERT INTO head VALUES (1, NULL);
    """,
    """
    ALTER TABLE op ADD COLUMN place INTEGER;
    ALTER TABLE opfile ADD COLUMN base_hash BLOB REFERENCES blob(hash);
    """,
)
"""One script per version; a journal of version n gets the scripts from n on."""


def connect(path: Path, read_only: bool, schema: tuple[str, ...] = SCHEMA) -> sqlite3.Connection:
    """Open the journal at `path`, made or brought up to date if needed.

    Raises CheckpointFailed for a journal of a newer program, or of an older one that may only be read;
    sqlite3.Error for a damaged one.
    """
    if read_only:
        connection = _connect(f"{path.as_uri()}?mode=ro")
        with _closed_on_error(connection):
            if _version(connection, schema) < len(schema):
                raise CheckpointFailed(
                    "The checkpoints were written by an older spark-tui: open the folder once with this one."
                )
        return connection
    was_cut = _exists(path.with_name(path.name + "-wal"))
    os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600))
    connection = _connect(path.as_uri())
    with _closed_on_error(connection):
        version = _version(connection, schema)
        for pragma in _PRAGMAS:
            connection.execute(f"PRAGMA {pragma}").fetchall()
        if was_cut and connection.execute("PRAGMA quick_check(1)").fetchone() != ("ok",):
            raise sqlite3.DatabaseError("quick_check found damage")
        if version < len(schema):
            _upgrade(connection, path, version, schema)
    return connection


def _connect(uri: str) -> sqlite3.Connection:
    return sqlite3.connect(uri, uri=True, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False)


@contextmanager
def _closed_on_error(connection: sqlite3.Connection) -> Iterator[None]:
    try:
        yield
    except BaseException:
        connection.close()
        raise


def _exists(path: Path) -> bool:
    try:
        return path.stat().st_size > 0
    except OSError:
        return False


def _version(connection: sqlite3.Connection, schema: tuple[str, ...]) -> int:
    version: int = connection.execute("PRAGMA user_version").fetchone()[0]
    if version > len(schema):
        raise CheckpointFailed(
            f"The checkpoints were written by a newer spark-tui (version {version}, this one knows {len(schema)})."
        )
    return version


def _upgrade(connection: sqlite3.Connection, path: Path, version: int, schema: tuple[str, ...]) -> None:
    """Bring the tables up to date in one transaction, after a copy of what was there."""
    if version:
        spare = path.with_name(f"{path.name}.v{version}")
        os.close(os.open(spare, os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600))
        copy = sqlite3.connect(spare)
        try:
            connection.backup(copy)
        finally:
            copy.close()
    scripts = "".join(schema[version:])
    connection.executescript(
        f"BEGIN IMMEDIATE; {scripts} PRAGMA application_id={APPLICATION_ID}; PRAGMA user_version={len(schema)}; COMMIT;"
    )
