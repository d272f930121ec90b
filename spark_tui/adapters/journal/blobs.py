"""Byte images by their sha256: small ones in the journal itself, large ones in files beside it."""

import hashlib
import os
import sqlite3
from pathlib import Path

from spark_tui.ports import CheckpointFailed

LARGE = 1 << 20
"""From this size on an image gets a file of its own, so that the journal stays quick."""


class Blobs:
    """Content-addressed images of one journal; used in the journal's thread only."""

    def __init__(self, connection: sqlite3.Connection, folder: Path) -> None:
        self._connection = connection
        self._folder = folder

    def put_large(self, images: list[bytes]) -> None:
        """Write large images durably to their files; call it before the transaction that names them."""
        for data in images:
            if len(data) >= LARGE:
                self._write(hashlib.sha256(data).digest(), data)

    def put(self, data: bytes | None) -> bytes | None:
        """Name an image inside the running transaction and return its hash; None stays None."""
        if data is None:
            return None
        digest = hashlib.sha256(data).digest()
        kept = None if len(data) >= LARGE else data
        self._connection.execute("INSERT OR IGNORE INTO blob VALUES (?, ?, ?)", (digest, len(data), kept))
        return digest

    def get(self, digest: bytes | None) -> bytes | None:
        """Return an image, verified. Raises CheckpointFailed if it is missing or damaged."""
        if digest is None:
            return None
        row = self._connection.execute("SELECT data FROM blob WHERE hash = ?", (digest,)).fetchone()
        try:
            data = (
                None if row is None else self._path(digest).read_bytes() if row[0] is None else bytes(row[0])
            )
        except OSError:
            data = None
        if data is None or hashlib.sha256(data).digest() != digest:
            raise CheckpointFailed(f"The journal lost the bytes {digest.hex()[:12]}.")
        return data

    def _path(self, digest: bytes) -> Path:
        name = digest.hex()
        return self._folder / name[:2] / name[2:]

    def _write(self, digest: bytes, data: bytes) -> None:
        path = self._path(digest)
        if path.exists() and path.stat().st_size == len(data):
            return
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        partial = path.with_suffix(".part")
        fd = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        try:
            rest = memoryview(data)
            while rest:
                rest = rest[os.write(fd, rest) :]
            os.fsync(fd)
        finally:
            os.close(fd)
        os.rename(partial, path)
        for folder in (path.parent, self._folder):
            fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
            try:
                os.fsync(fd)
            finally:
                os.close(fd)
