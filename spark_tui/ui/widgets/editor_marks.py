"""What others know about the lines of a file: how they differ from the last commit, and what is wrong with them.

Marks are made for one text and move along with it until newer ones come.
"""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import replace
from enum import IntEnum

from spark_tui.core.diff.gutter import GutterKind, GutterMark
from spark_tui.core.text import ChangeSet, Position, Span
from spark_tui.core.values import dataclass
from spark_tui.ui.widgets.editor_styles import Flag


class Severity(IntEnum):
    """How bad it is; the lowest is the worst."""

    ERROR = 0
    WARNING = 1
    INFO = 2


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """Something that is wrong with a piece of text."""

    span: Span
    severity: Severity
    sentence: str
    """Foreign text: it may hold anything."""
    source: str = ""
    """Who says so."""


@dataclass(frozen=True, slots=True)
class LineMarks:
    """Everything that is known about the lines of one file."""

    gutter: tuple[GutterMark, ...] = ()
    """Sorted and disjoint."""
    diagnostics: tuple[Diagnostic, ...] = ()

    def moved(self, changes: ChangeSet) -> "LineMarks":
        """Return the marks after a change of the text."""
        if not changes.changes or not (self.gutter or self.diagnostics):
            return self
        ends = [Position(line, 0) for mark in self.gutter for line in (mark.start, mark.stop)]
        lines = [place.line for place in changes.map_all(ends, after=True)]
        gutter = tuple(
            GutterMark(start, max(stop, start + 1), mark.kind)
            for mark, start, stop in zip(self.gutter, lines[::2], lines[1::2], strict=True)
        )
        diagnostics = tuple(
            replace(one, span=Span(changes.map(one.span.start), changes.map(one.span.end)))
            for one in self.diagnostics
        )
        return LineMarks(gutter, diagnostics)


_FLAGS = {
    GutterKind.ADDED: Flag.ADDED,
    GutterKind.CHANGED: Flag.CHANGED,
    GutterKind.REMOVED: Flag.REMOVED,
    Severity.ERROR: Flag.ERROR,
    Severity.WARNING: Flag.WARNING,
    Severity.INFO: Flag.INFO,
}
_BARS = {GutterKind.ADDED: "\u2503", GutterKind.CHANGED: "\u2507", GutterKind.REMOVED: "\u2581"}
_LETTERS = {Severity.ERROR: "E", Severity.WARNING: "W", Severity.INFO: "i"}


class MarkIndex:
    """Marks, asked line by line."""

    def __init__(self, marks: LineMarks) -> None:
        self.marks = marks
        self._starts = [mark.start for mark in marks.gutter]
        self._by_line: dict[int, list[Diagnostic]] = {}
        for one in marks.diagnostics:
            for line in range(one.span.start.line, min(one.span.end.line, one.span.start.line + 100) + 1):
                self._by_line.setdefault(line, []).append(one)

    def bar(self, line: int) -> tuple[str, int]:
        """Return the mark between number and text and its flag; blank if the line is as it was."""
        index = bisect_right(self._starts, line) - 1
        if index < 0 or line >= self.marks.gutter[index].stop:
            return " ", 0
        kind = self.marks.gutter[index].kind
        return _BARS[kind], _FLAGS[kind].value

    def diagnostics(self, line: int) -> Sequence[Diagnostic]:
        """Return what is wrong with a line."""
        return self._by_line.get(line, ())

    def letter(self, line: int) -> tuple[str, int]:
        """Return a letter for the worst that is wrong with a line and its flag; empty if nothing is."""
        found = self._by_line.get(line)
        if not found:
            return "", 0
        worst = min(one.severity for one in found)
        return _LETTERS[worst], _FLAGS[worst].value

    def underlined(self, line: int, length: int) -> tuple[tuple[int, int, int], ...]:
        """Return the columns of a line that something is wrong with."""
        marks = []
        for one in self._by_line.get(line, ()):
            start = one.span.start.column if one.span.start.line == line else 0
            stop = one.span.end.column if one.span.end.line == line else length
            marks.append((start, max(stop, start + 1), _FLAGS[one.severity].value))
        return tuple(marks)
