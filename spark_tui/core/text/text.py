"""The immutable text of a file: lines with their own endings, encoding and byte order mark."""

import hashlib
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from typing import Self

from spark_tui.core.text.change import Change, ChangeSet, Position, Span, WrongRevision, advance, shift
from spark_tui.core.text.chunks import Chunk, LineEdit, first_lines, make_chunks, splice
from spark_tui.core.text.lines import dominant_ending, has_lone_cr_breaks, split_lines
from spark_tui.core.values import dataclass

_BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class Form:
    """What of a file is not lines, and stays as it is through every change."""

    encoding: str = "utf-8"
    bom: bool = False
    """Whether the file begins with a byte order mark; it is no part of the first line."""
    binary: bool = False
    """Whether the file holds NUL bytes."""
    newline: str = "\n"
    """The ending most lines have; `\\n` in a file of one line."""
    lone_cr: bool = False
    """Whether a lone carriage return breaks lines: only in files without a line feed."""


class Text:
    """A file's text at one revision. A file of n line breaks has n+1 lines; only the last has no ending."""

    __slots__ = (
        "_chunks",
        "_digest",
        "_starts",
        "binary",
        "bom",
        "encoding",
        "ends_with_newline",
        "form",
        "line_count",
        "lone_cr",
        "newline",
        "read_only",
        "revision",
        "row_count",
    )

    def __init__(self, chunks: tuple[Chunk, ...], form: Form, revision: int) -> None:
        self._chunks = chunks
        self._starts = first_lines(chunks)
        self._digest = ""
        self.form = form
        self.revision = revision
        self.encoding = form.encoding
        self.bom = form.bom
        self.binary = form.binary
        self.newline = form.newline
        self.lone_cr = form.lone_cr
        self.read_only = form.binary or form.encoding != "utf-8"
        """Whether it is no text that could be edited and written back: not UTF-8, or binary."""
        self.line_count = self._starts[-1]
        """The number of lines; at least one."""
        self.ends_with_newline = not chunks[-1].lines[-1]
        """Whether the last line is empty because the file ends in a line break; true for an empty file."""
        self.row_count = self.line_count - self.ends_with_newline
        """What patches and models call the number of lines: an empty last line does not count."""

    @classmethod
    def decode(cls, data: bytes) -> Self:
        """Read any bytes: what is not UTF-8 is read as Latin-1, and `encode` gives the bytes back."""
        bom = data.startswith(_BOM)
        encoding = "utf-8"
        try:
            source = data[3:].decode() if bom else data.decode()
        except UnicodeDecodeError:
            source, bom, encoding = data.decode("latin-1"), False, "latin-1"
        return cls._from_source(source, Form(encoding, bom, b"\0" in data), "\n")

    @classmethod
    def of(cls, source: str, newline: str = "\n", lone_cr: bool = False) -> Self:
        """Make a text from a string; `newline` is what new lines get where the string has no line break.

        With `lone_cr` a lone carriage return breaks lines even beside line feeds.
        """
        return cls._from_source(source, Form(), newline, lone_cr)

    @classmethod
    def _from_source(cls, source: str, form: Form, newline: str, lone_cr: bool = False) -> Self:
        lone_cr = lone_cr or has_lone_cr_breaks(source)
        lines, endings = split_lines(source, lone_cr)
        if len(lines) > 1:
            newline = dominant_ending(endings)
        full = Form(form.encoding, form.bom, form.binary, newline, lone_cr or newline == "\r")
        return cls(make_chunks(lines, endings), full, 0)

    @property
    def end(self) -> Position:
        """The place behind the last code point."""
        return Position(self.line_count - 1, len(self._chunks[-1].lines[-1]))

    def full_span(self) -> Span:
        """Return the span of the whole text."""
        return Span(Position(0, 0), self.end)

    def line(self, number: int) -> str:
        """Return a line without its ending."""
        chunk, at = self._find(number)
        return chunk.lines[at]

    def ending(self, number: int) -> str:
        """Return a line's ending; empty for the last line."""
        chunk, at = self._find(number)
        return chunk.endings[at]

    def lines(self, start: int = 0, stop: int | None = None) -> list[str]:
        """Return lines without their endings, in O(lines returned)."""
        out: list[str] = []
        for chunk, first, last in self._pieces(start, self.line_count if stop is None else stop):
            out += chunk.lines[first:last]
        return out

    def blocks(self) -> list[tuple[int, list[str]]]:
        """Return all lines in blocks: the number of the first one, and the lines, which nobody may change.

        A block that an edit did not touch is the same list in both texts, so what was worked out for it holds.
        """
        return [(start, chunk.lines) for start, chunk in zip(self._starts, self._chunks, strict=False)]

    def places(self, line: str, level: int = 0, start: int = 0, limit: int | None = None) -> list[int]:
        """Return the numbers of lines from `start` on that equal `line`, which must be folded at `level`.

        With `limit` the search ends when at least so many are found.
        """
        out: list[int] = []
        first = max(0, bisect_right(self._starts, start) - 1)
        for index in range(first, len(self._chunks)):
            found = self._chunks[index].places(level).get(line)
            if found:
                here = self._starts[index]
                at = bisect_left(found, start - here) if here < start else 0
                out += [here + number for number in found[at:]]
                if limit is not None and len(out) >= limit:
                    break
        return out

    def get_ready(self) -> None:
        """Work out what looking for lines takes, which a long text may have done on another thread."""
        for chunk in self._chunks:
            chunk.places(0)

    def slice(self, span: Span) -> str:
        """Return the string of a span, with its line endings."""
        first, last = span.start.line, span.end.line
        if first == last:
            return self.line(first)[span.start.column : span.end.column]
        parts: list[str] = []
        for chunk, start, stop in self._pieces(first, last):
            for line, ending in zip(chunk.lines[start:stop], chunk.endings[start:stop], strict=True):
                parts += (line, ending)
        parts[0] = parts[0][span.start.column :]
        parts.append(self.line(last)[: span.end.column])
        return "".join(parts)

    def at_revision(self, revision: int) -> "Text":
        """Return the same text under another revision number."""
        return Text(self._chunks, self.form, revision)

    def encode(self) -> bytes:
        """Return the bytes of the file."""
        data = self.slice(self.full_span()).encode(self.form.encoding, "replace")
        return _BOM + data if self.form.bom else data

    def digest(self) -> str:
        """Return the SHA-256 of `encode()` in hexadecimal; computed once."""
        if not self._digest:
            self._digest = hashlib.sha256(self.encode()).hexdigest()
        return self._digest

    def same_content(self, other: "Text") -> bool:
        """Say whether both stand for the same bytes, whatever their revisions."""
        if (self.bom, self.encoding, self.line_count) != (other.bom, other.encoding, other.line_count):
            return False
        if self._starts == other._starts:
            pairs = zip(self._chunks, other._chunks, strict=True)
            return all(one is two or one.equals(two) for one, two in pairs)
        return self.slice(self.full_span()) == other.slice(other.full_span())

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Text):
            return NotImplemented
        return self.revision == other.revision and self.same_content(other)

    def __hash__(self) -> int:
        return hash((self.revision, self.line_count))

    def apply(self, changes: ChangeSet) -> "Text":
        """Return the text after the changes, one revision up; WrongRevision for changes of another one."""
        if changes.base != self.revision:
            raise WrongRevision(f"changes for revision {changes.base} met revision {self.revision}")
        edits = [_line_edit(self, group) for group in _by_line(changes.changes, self.lone_cr)]
        return Text(splice(self._chunks, self._starts, edits), self.form, self.revision + 1)

    def invert(self, changes: ChangeSet) -> ChangeSet:
        """Return the changes that turn `self.apply(changes)` back into this text."""
        if _meets_split_ending(self, changes):
            span = self.apply(changes).full_span()
            back = (Change(span, self.slice(self.full_span())),)
            return ChangeSet(self.revision + 1, back, self.lone_cr)
        undo: list[Change] = []
        old = new = Position(0, 0)
        for change in changes.changes:
            start = shift(change.span.start, old, new)
            old, new = change.span.end, advance(start, change.text, self.lone_cr)
            undo.append(Change(Span(start, new), self.slice(change.span)))
        return ChangeSet(self.revision + 1, tuple(undo), self.lone_cr)

    def replace(self, span: Span, text: str) -> ChangeSet:
        """Return the change set that puts `text` in the place of `span`."""
        return ChangeSet(self.revision, (Change(span, text),), self.lone_cr)

    def splice_lines(self, start: int, stop: int, new: Sequence[tuple[str, str]]) -> ChangeSet:
        """Return the change set that puts whole lines with their endings in the place of others."""
        first = Position(start, 0) if start < self.line_count else self.end
        last = Position(stop, 0) if stop < self.line_count else self.end
        return self.replace(Span(first, last), "".join(line + ending for line, ending in new))

    def _find(self, number: int) -> tuple[Chunk, int]:
        if not 0 <= number < self._starts[-1]:
            raise IndexError(f"no line {number} in a text of {self._starts[-1]} lines")
        index = bisect_right(self._starts, number) - 1
        return self._chunks[index], number - self._starts[index]

    def _pieces(self, start: int, stop: int) -> list[tuple[Chunk, int, int]]:
        """Return the chunks that hold lines start to stop, each with the range inside it."""
        stop = min(stop, self._starts[-1])
        out: list[tuple[Chunk, int, int]] = []
        index = bisect_right(self._starts, max(0, start)) - 1
        while index < len(self._chunks) and self._starts[index] < stop:
            at = self._starts[index]
            out.append((self._chunks[index], max(0, start - at), stop - at))
            index += 1
        return out


def _by_line(changes: Sequence[Change], neighbours: bool) -> list[list[Change]]:
    """Group sorted changes that touch a common line, or with `neighbours` two lines in a row."""
    groups: list[list[Change]] = []
    for change in changes:
        if groups and change.span.start.line <= groups[-1][-1].span.end.line + neighbours:
            groups[-1].append(change)
        else:
            groups.append([change])
    return groups


def _line_edit(text: Text, group: list[Change]) -> LineEdit:
    """Turn changes that share lines into one replacement of whole lines."""
    first, last = group[0].span.start.line, group[-1].span.end.line
    parts: list[str] = []
    here = Position(first, 0)
    for change in group:
        parts += (text.slice(Span(here, change.span.start)), change.text)
        here = change.span.end
    tail, ending = text.line(last), text.ending(last)
    if here.column > len(tail):
        raise ValueError(f"line {last} has no column {here.column}")
    parts += (tail[here.column :], ending)
    source = "".join(parts)
    if source.startswith("\n") and first and text.ending(first - 1) == "\r":
        first -= 1
        source = text.line(first) + "\r" + source
    lines, endings = split_lines(source, text.lone_cr)
    if ending:
        lines.pop()
        endings.pop()
    return LineEdit(first, last + 1, lines, endings)


def _meets_split_ending(text: Text, changes: ChangeSet) -> bool:
    """Say whether a change may join or part a `\\r` and a `\\n`, which moves places as spans can't say."""
    before: set[str] = set()
    behind: set[str] = set()
    for change in changes.changes:
        start, end = change.span.start, change.span.end
        before.add(change.text[-1:])
        behind.add(change.text[:1])
        if start.column:
            before.add(text.line(start.line)[start.column - 1])
        elif start.line:
            before.add(text.ending(start.line - 1)[-1:])
        if end.column == len(text.line(end.line)):
            behind.add(text.ending(end.line)[:1])
    return "\r" in before and "\n" in behind
