"""The `SessionLog` port: one JSON object per line, appended and made durable by a thread of its own."""

import asyncio
import json
import os
import queue
import threading
import time
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path

from spark_tui.adapters.own_files import make_private

VERSION = 1
"""Schema version that every record carries."""
AGAIN_SECONDS = 1.0
"""After this time a write that failed is tried again."""
OWED_BYTES = 64 << 20
"""Most that waits for the disk to take it; beyond that the newest records are lost."""
_TROUBLE = "Unsaved text would not survive a crash now, because the session log can't be written: {}."


class FileSessionLog:
    """Appends records to one file. Records are written in order, in batches, each batch with one fsync."""

    def __init__(self, path: Path | None) -> None:
        """Append to `path`, made if missing. What can't be written is tried again until it can or the log is closed.

        Without a path it is meant to keep nothing.
        """
        self.trouble = ""
        """One sentence on why records are not kept now; empty while they are."""
        self._path = path
        self._queue: queue.SimpleQueue[bytes | partial[bytes] | threading.Event | None] = queue.SimpleQueue()
        self._fd: int | None = None
        self._size = 0
        """Bytes that are whole and durable."""
        self._owed: list[bytes] = []
        self._try()
        self._thread = threading.Thread(target=self._work, name="session-log", daemon=True)
        self._thread.start()

    def write(self, kind: str, **fields: object) -> None:
        """Append one record; returns at once and never raises."""
        line = partial(_line, kind, round(time.time(), 3), fields)
        # What is large comes as a function, so that nobody waits until it is spelt out.
        self._queue.put(line if any(map(callable, fields.values())) else line())

    async def flush(self) -> None:
        """Wait until everything written so far is durable; never raises."""
        done = threading.Event()
        self._queue.put(done)
        await asyncio.to_thread(done.wait)

    def close(self) -> None:
        """Write what is outstanding and let go."""
        self._queue.put(None)
        self._thread.join()
        if self._fd is not None:
            os.close(self._fd)
            self._fd = None

    def _work(self) -> None:
        while True:
            waiting: list[threading.Event] = []
            try:
                item = self._queue.get(timeout=AGAIN_SECONDS if self._owed else None)
                while True:
                    if isinstance(item, bytes):
                        self._owed.append(item)
                    elif isinstance(item, partial):
                        self._owed.append(item())
                    elif item is not None:
                        waiting.append(item)
                    if item is None or self._queue.empty():
                        break
                    item = self._queue.get()
            except queue.Empty:
                item = b""
            self._try()
            for event in waiting:
                event.set()
            if item is None:
                return

    def _try(self) -> None:
        """Write what is owed, after the last byte that is surely there; what fails is owed further."""
        if self._path is None:
            self._owed.clear()
            return
        try:
            if self._fd is None:
                self._fd, self._size = _open(self._path)
            if self._owed:
                self._append(self._fd, b"".join(self._owed))
            self.trouble = ""
        except OSError as error:
            self.trouble = _TROUBLE.format(error.strerror)
            while sum(map(len, self._owed)) > OWED_BYTES:
                self._owed.pop()

    def _append(self, fd: int, data: bytes) -> None:
        if os.fstat(fd).st_size != self._size:
            os.ftruncate(fd, self._size)
        rest = memoryview(data)
        while rest:
            rest = rest[os.write(fd, rest) :]
        os.fsync(fd)
        self._size += len(data)
        self._owed.clear()


def _line(kind: str, now: float, fields: Mapping[str, object]) -> bytes:
    """Spell a record out."""
    try:
        values = {name: value() if callable(value) else value for name, value in fields.items()}
        record = {"v": VERSION, "time": now, "kind": kind, **values}
        line = json.dumps(record, default=repr, ensure_ascii=True, check_circular=True)
    except (ValueError, TypeError, RecursionError):
        line = json.dumps({"v": VERSION, "time": now, "kind": kind, "lost": sorted(fields)})
    return line.encode("ascii") + b"\n"


def _open(path: Path) -> tuple[int, int]:
    """Open a log for appending and return also its size; a last line that a crash cut is ended."""
    make_private(path.parent)
    fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    try:
        size = os.fstat(fd).st_size
        if size and os.pread(fd, 1, size - 1) != b"\n":
            size += os.write(fd, b"\n")
        return fd, size
    except BaseException:
        os.close(fd)
        raise


def read_log(path: Path) -> Iterator[Mapping[str, object]]:
    """Yield the records of a log in order; lines that a crash spoiled are left out. Raises OSError."""
    with path.open("rb") as file:
        for line in file:
            try:
                record = json.loads(line)
            except (ValueError, RecursionError):
                continue
            if isinstance(record, dict) and isinstance(record.get("v"), int) and record["v"] <= VERSION:
                yield record
