"""Cuts a stream of server-sent events into the payloads that it carries, whatever the borders of its chunks."""

LARGEST_EVENT = 64 * 2**20
"""Bytes of one event; more is not taken for an event any more."""


class EventTooLarge(Exception):
    """An event that grows beyond every use."""


class SseReader:
    """Takes bytes as they come, gives the `data` of every finished event."""

    def __init__(self) -> None:
        self._open: list[bytes] = []
        """Pieces of a line whose end has not come."""
        self._length = 0
        """Bytes of them."""
        self._data: list[bytes] = []
        self._size = 0
        self._after_cr = False
        self._first = True

    def push(self, chunk: bytes) -> list[bytes]:
        """Take the next bytes. Raises EventTooLarge."""
        half_break, self._after_cr = self._after_cr, chunk.endswith(b"\r") or (self._after_cr and not chunk)
        if half_break and chunk.startswith(b"\n"):
            chunk = chunk[1:]
        if b"\r" in chunk:
            chunk = chunk.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        lines = chunk.split(b"\n")
        if len(lines) > 1 or self._first:
            lines[0] = b"".join([*self._open, lines[0]])
            self._open, self._length = [], 0
        rest = lines.pop()
        self._open.append(rest)
        self._length += len(rest)
        if self._size + self._length > LARGEST_EVENT:
            raise EventTooLarge
        if self._first and (lines or self._length > 3):
            self._first = False
            self._drop_mark(lines)
        return self._events(lines)

    def finish(self) -> list[bytes]:
        """The stream is over: a last event is taken without its blank line, but not without the end of its line."""
        cut, self._open, self._length = self._length, [], 0
        return [] if cut else self._events([b""])

    def _drop_mark(self, lines: list[bytes]) -> None:
        mark = b"\xef\xbb\xbf"
        if lines:
            lines[0] = lines[0].removeprefix(mark)
        else:
            self._open = [piece.removeprefix(mark) for piece in self._open]

    def _events(self, lines: list[bytes]) -> list[bytes]:
        events: list[bytes] = []
        for line in lines:
            if line.startswith(b"data:"):
                part = line[6:] if line[5:6] == b" " else line[5:]
                self._data.append(part)
                self._size += len(part)
                if self._size > LARGEST_EVENT:
                    raise EventTooLarge
            elif line == b"data":
                self._data.append(b"")
            elif not line and self._data:
                events.append(self._data[0] if len(self._data) == 1 else b"\n".join(self._data))
                self._data = []
                self._size = 0
        return events
