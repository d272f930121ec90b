"""The bridge between lines with code-point columns and the parser's UTF-8 bytes.

The document the parser sees is the lines joined by a line feed, whatever the file's real line endings.
"""

from collections.abc import Callable, Sequence
from itertools import accumulate

LineSource = Callable[[int, int], Sequence[str]]
"""Lines `start` to `stop` (exclusive) without their endings; fewer, or none, where the document ends."""

_BLOCK_LINES = 64
_BLOCK_BYTES = 1 << 16
_CHUNK = 512


def encoded(text: str) -> bytes:
    """UTF-8 of any string; a lone surrogate becomes one question mark, so columns stay convertible."""
    return text.encode("utf-8", "replace")


def byte_length(text: str) -> int:
    """How many bytes `encoded` gives."""
    return len(text) if text.isascii() else len(encoded(text))


def byte_column(line: str, column: int) -> int:
    """The byte column of a code-point column."""
    return min(column, len(line)) if line.isascii() else len(encoded(line[:column]))


class ByteColumns:
    """One line, asked many times for the code-point column of a byte column."""

    __slots__ = ("_at", "_length")

    def __init__(self, line: str) -> None:
        self._length = len(line)
        self._at: list[int] | None = None
        if not line.isascii():
            self._at = []
            for column, character in enumerate(line):
                self._at.extend([column] * len(encoded(character)))

    def column(self, byte: int) -> int:
        """The code-point column in which the byte stands; past the end, the end."""
        if self._at is None:
            return min(byte, self._length)
        return self._at[byte] if byte < len(self._at) else self._length


class BlockReader:
    """Feeds a parser from lines, a block of lines at a time, and can be told that lines have changed."""

    __slots__ = ("_data", "_first", "_is_beyond", "_lines", "_starts", "is_beyond", "seen")

    def __init__(self, lines: LineSource, is_beyond: Callable[[bytes], bool] = lambda data: False) -> None:
        """`is_beyond` tells of whole lines that the parser can't take."""
        self._lines = lines
        self._is_beyond = is_beyond
        self.is_beyond = False
        """Whether there were such lines."""
        self._first = 0
        self._starts: list[int] = []
        self._data = b""
        self.seen: list[int] = []
        """Bytes of each line read so far, without its line feed, in a reading from the top."""

    def forget(self) -> None:
        """Drops what was read: the document has changed."""
        self._starts = []
        self._data = b""
        self.is_beyond = False

    def read(self, row: int, byte: int) -> bytes:
        """The bytes from a position on, as many as are at hand; none at the end of the document."""
        if not self._first <= row < self._first + len(self._starts):
            self._load(row)
            if not self._starts:
                return b""
        start = self._starts[row - self._first] + byte
        return self._data[start : start + _BLOCK_BYTES]

    def _load(self, row: int) -> None:
        wanted = self._lines(row, row + _BLOCK_LINES + 1)
        is_last = len(wanted) <= _BLOCK_LINES
        lines = [encoded(line) for line in wanted[:_BLOCK_LINES]]
        lengths = [len(line) for line in lines]
        self._first = row
        self._starts = [0, *accumulate(length + 1 for length in lengths)][: len(lines)]
        self._data = b"\n".join(lines)
        if lines and not is_last:
            self._data += b"\n"
        # What spans two lines is seen although a block ends between them.
        self.is_beyond |= self._is_beyond(self._data if is_last else self._data + encoded(wanted[-1]))
        if row <= len(self.seen) < row + len(lines):
            self.seen.extend(lengths[len(self.seen) - row :])


class LineLengths:
    """Byte lengths of all lines, kept in chunks so that a position's byte offset is found in O(sqrt n)."""

    __slots__ = ("_chunks", "_sums", "count")

    def __init__(self, lengths: Sequence[int]) -> None:
        self._chunks = [list(lengths[at : at + _CHUNK]) for at in range(0, len(lengths), _CHUNK)] or [[]]
        self._sums = [sum(chunk) + len(chunk) for chunk in self._chunks]
        self.count = len(lengths)

    def __getitem__(self, row: int) -> int:
        chunk, inside = self._find(row)
        return self._chunks[chunk][inside]

    def offset(self, row: int) -> int:
        """The byte offset at which a line begins."""
        chunk, inside = self._find(row)
        return sum(self._sums[:chunk]) + sum(self._chunks[chunk][:inside]) + inside

    def splice(self, start: int, stop: int, lengths: Sequence[int]) -> None:
        """Puts other lines in the place of lines `start` to `stop` (exclusive)."""
        first, inside = self._find(start)
        last, after = self._find(stop)
        tail = self._chunks[last][after:]
        merged = [*self._chunks[first][:inside], *lengths, *tail]
        pieces = [merged[at : at + _CHUNK] for at in range(0, len(merged), _CHUNK)]
        if len(merged) <= 2 * _CHUNK:
            pieces = [merged] if merged else []
        self._chunks[first : last + 1] = pieces
        self._sums[first : last + 1] = [sum(piece) + len(piece) for piece in pieces]
        if not self._chunks:
            self._chunks, self._sums = [[]], [0]
        self.count += len(lengths) - (stop - start)

    def _find(self, row: int) -> tuple[int, int]:
        for index, chunk in enumerate(self._chunks):
            if row < len(chunk):
                return index, row
            row -= len(chunk)
        return len(self._chunks) - 1, len(self._chunks[-1]) + row
