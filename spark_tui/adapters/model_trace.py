"""Writes down the frames that pass between us and a model, and plays written ones as if a model sent them."""

import contextlib
import logging
import os
import stat
from collections import deque
from collections.abc import AsyncIterator, Callable, Collection, Mapping, Sequence
from itertools import count
from pathlib import Path
from typing import TextIO

from spark_tui.core.wire.lenient import text
from spark_tui.core.wire.trace import TraceEntry, read_trace, trace_line
from spark_tui.ports import LinkDown, LinkInfo, ModelLink, SettingsWrong

Frame = Mapping[str, object]
_LOG = logging.getLogger(__name__)


class TraceFile:
    """A file that only its owner may read; one line per frame."""

    def __init__(self, path: str, secrets: Callable[[], Collection[str]]) -> None:
        """Begin the file anew. Raises SettingsWrong."""
        self._secrets = secrets
        self._is_cut = False
        try:
            fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
            if stat.S_ISREG(os.fstat(fd).st_mode):
                # A device stays as it is for everybody else.
                os.fchmod(fd, 0o600)
        except OSError as error:
            raise SettingsWrong(f"the trace can't be written to {path}: {error.strerror}") from error
        self._file: TextIO = os.fdopen(fd, "w", encoding="utf-8", errors="replace", buffering=1)

    def write(self, entry: TraceEntry) -> None:
        """Write one frame; a disk that does not take it ends the trace and nothing else."""
        if self._is_cut:
            return
        try:
            self._file.write(trace_line(entry, self._secrets()) + "\n")
        except OSError as error:
            self._is_cut = True
            _LOG.error("the trace ends here: %s", error.strerror)

    def close(self) -> None:
        """Close the file."""
        with contextlib.suppress(OSError):
            self._file.close()


class TracedLink:
    """A ports.ModelLink that writes down what passes through another one."""

    def __init__(self, link: ModelLink, lane: str, file: TraceFile) -> None:
        self._link = link
        self._lane = lane
        self._file = file
        fallback = link.fallback
        self.fallback: ModelLink | None = fallback and TracedLink(fallback, lane, file)
        """The next way, written down just the same."""
        self._sides = count(1)

    @property
    def connected(self) -> bool:
        """Whether a request could be sent at once."""
        return self._link.connected

    def twin(self) -> "TracedLink":
        """Another connection, written down just the same."""
        return TracedLink(self._link.twin(), self._lane, self._file)

    def beside(self) -> "TracedLink":
        """A link for requests at the same time, written down as a lane of its own."""
        return TracedLink(self._link.beside(), f"{self._lane}.{next(self._sides)}", self._file)

    async def connect(self) -> LinkInfo:
        """Open the connection. Raises LinkDown or LinkRefused."""
        return await self._link.connect()

    async def exchange(self, request: Frame) -> AsyncIterator[Frame]:
        """Send one request and yield decoded frames until the caller stops. Raises LinkDown, LinkRefused."""
        self._file.write(TraceEntry(True, self._lane, request))
        async for frame in self._link.exchange(request):
            self._file.write(TraceEntry(False, self._lane, frame))
            yield frame

    async def send(self, frame: Frame) -> bool:
        """Send a frame beside the exchange under way."""
        self._file.write(TraceEntry(True, self._lane, frame))
        return await self._link.send(frame)

    async def drop(self) -> None:
        """Cut the connection at once."""
        await self._link.drop()

    async def close(self) -> None:
        """Close the connection."""
        await self._link.close()


class ReplayLink:
    """A ports.ModelLink that answers each request with what was recorded for the next one."""

    fallback = None

    def __init__(self, entries: Sequence[TraceEntry]) -> None:
        self._exchanges: deque[tuple[Frame, list[Frame]]] = deque()
        for entry in entries:
            if entry.from_client and entry.frame.get("type") != "response.steer":
                self._exchanges.append((entry.frame, []))
            elif not entry.from_client and self._exchanges:
                self._exchanges[-1][1].append(entry.frame)
        self._exchanges = deque(pair for pair in self._exchanges if pair[0].get("generate") is not False)
        self.connected = False
        """Whether a request could be sent at once."""

    @classmethod
    def of_file(cls, path: Path) -> "dict[str, ReplayLink]":
        """One link for each lane of a trace. Raises SettingsWrong."""
        try:
            lines = path.read_text("utf-8", "replace").split("\n")
        except OSError as error:
            raise SettingsWrong(f"{path} can't be read: {error.strerror}") from error
        lanes: dict[str, list[TraceEntry]] = {}
        for entry in read_trace(lines):
            stream = text(entry.frame.get("stream_id"))
            lanes.setdefault(f"{entry.lane}/{stream}" if stream else entry.lane, []).append(entry)
        return {lane: cls(entries) for lane, entries in lanes.items()}

    @property
    def next_request(self) -> Frame | None:
        """The recorded request that comes next; None: the trace is over."""
        return self._exchanges[0][0] if self._exchanges else None

    def twin(self) -> "ReplayLink":
        """There is only what was recorded."""
        return self

    def beside(self) -> "ReplayLink":
        """What ran beside is recorded as a lane of its own."""
        return ReplayLink(())

    async def connect(self) -> LinkInfo:
        """Pretend."""
        self.connected = True
        return LinkInfo("replay", {})

    async def exchange(self, request: Frame) -> AsyncIterator[Frame]:
        """Yield what was recorded; where the recording ends, the connection does."""
        frames = self._exchanges.popleft()[1] if self._exchanges else []
        for frame in frames:
            yield frame
        self.connected = False
        raise LinkDown("the recording ends here", 1006 if self._exchanges else 1008)

    async def send(self, frame: Frame) -> bool:
        """Nobody would hear it."""
        return False

    async def drop(self) -> None:
        """Pretend."""
        self.connected = False

    async def close(self) -> None:
        """Pretend."""
        self.connected = False
