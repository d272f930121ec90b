"""The `SessionLog` port: one JSON object per line, appended and made durable by a thread of its own."""

import asyncio
import json
import os
import queue
import threading
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

VERSION = 1
"""Schema version that every record carries."""
_TROUBLE = "Unsaved text would not survive a crash now, because the session log can't be written: {}."


class FileSessionLog:
    """Appends records to one file. Records are written in order, in batches, each batch with one fsync."""

    def __init__(self, path: Path | None) -> None:
        """Append to `path`, made if missing; a log that can't be opened takes everything and keeps nothing.

        Without a path it is meant to keep nothing.
        """
        self.trouble = ""
        """One sentence on why records are being lost; empty while none are."""
        self._queue: queue.SimpleQueue[bytes | threading.Event | None] = queue.SimpleQueue()
        self._fd: int | None = None
        try:
            if path is not None:
                path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                flags = os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW | os.O_CLOEXEC
                self._fd = os.open(path, flags, 0o600)
                self._mend()
        except OSError as error:
            self.trouble = _TROUBLE.format(error.strerror)
        self._thread = threading.Thread(target=self._work, name="session-log", daemon=True)
        self._thread.start()

    def write(self, kind: str, **fields: object) -> None:
        """Append one record; returns at once and never raises."""
        record = {"v": VERSION, "time": round(time.time(), 3), "kind": kind, **fields}
        try:
            line = json.dumps(record, default=repr, ensure_ascii=True, check_circular=True)
        except (ValueError, TypeError, RecursionError):
            line = json.dumps({"v": VERSION, "time": record["time"], "kind": kind, "lost": sorted(fields)})
        self._queue.put(line.encode("ascii") + b"\n")

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

    def _mend(self) -> None:
        """End a last line that a crash cut, so that it spoils only itself."""
        assert self._fd is not None
        size = os.fstat(self._fd).st_size
        if size and os.pread(self._fd, 1, size - 1) != b"\n":
            os.write(self._fd, b"\n")

    def _work(self) -> None:
        while True:
            lines: list[bytes] = []
            waiting: list[threading.Event] = []
            item = self._queue.get()
            while True:
                if isinstance(item, bytes):
                    lines.append(item)
                elif item is not None:
                    waiting.append(item)
                if item is None or self._queue.empty():
                    break
                item = self._queue.get()
            if lines and self._fd is not None:
                self._append(self._fd, b"".join(lines))
            for event in waiting:
                event.set()
            if item is None:
                return

    def _append(self, fd: int, data: bytes) -> None:
        try:
            rest = memoryview(data)
            while rest:
                rest = rest[os.write(fd, rest) :]
            os.fsync(fd)
            self.trouble = ""
        except OSError as error:
            self.trouble = _TROUBLE.format(error.strerror)


def read_log(path: Path) -> Iterator[Mapping[str, object]]:
    """Yield the records of a log in order; lines that a crash spoiled are left out. Raises OSError."""
    with path.open("rb") as file:
        for line in file:
            try:
                record = json.loads(line)
            except ValueError:
                continue
            if isinstance(record, dict) and isinstance(record.get("v"), int) and record["v"] <= VERSION:
                yield record
