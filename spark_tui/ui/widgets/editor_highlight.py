"""Feeds the editor's text to the syntax tree in slices and keeps the spans of the lines that were looked at.

Parsing waits until the key has been echoed; until then the old spans answer, moved along with the text.
"""

import time
from collections import OrderedDict
from collections.abc import Callable, Iterator

from spark_tui.core.text import ChangeSet, Position, Span, Text
from spark_tui.syntax import LineSpan, Symbol, SyntaxTree

MAX_CHARACTERS = 4_000_000
"""A longer text is shown plain: its tree would take a hundred megabytes and more."""
SLICE = 0.004
"""Seconds of parsing at a time."""
ECHO = 0.025
"""Seconds to wait after an edit, so that what was typed is on the screen first."""
BREATH = 0.003
"""Seconds between two slices, for the keys that came meanwhile."""
PAUSE = 0.12
"""Seconds without typing after which work is done that takes long, or that the next key makes useless."""
LONG = 0.02
"""Seconds of parsing after an edit that would seldom come to an end between two keys."""
_TREES_KEPT = 4
_COUNT_BLOCK = 4096
_SPARE_LINES = 300
_MOST_REPLACEMENTS = 16
_LONG_REPLACEMENT = 200

Later = Callable[[float, Callable[[], None]], object]
Spans = tuple[LineSpan, ...]


class _Parsed:
    """One text, its tree, and the spans known so far."""

    def __init__(self, text: Text, language: str) -> None:
        self.text = text
        self.spans: dict[int, Spans] = {}
        self.touched: set[int] = set()
        """The lines on which something was replaced since the last parse."""
        self.is_blind = False
        """Whether so much was replaced that the tree says nothing useful before the next parse."""
        self.is_sure = False
        """Whether the spans are those that a look at every line in view would find."""
        self.spent = 0.0
        """Seconds of parsing since it was last done."""
        self.cost: float | None = None
        """Seconds of parsing that it took after the edits before; None: it was never done, and that takes longer."""
        self.tree = SyntaxTree(language, lambda start, stop: self.text.lines(start, stop))


class Highlighter:
    """The colours of one editor's lines."""

    def __init__(self, later: Later, on_news: Callable[[], None]) -> None:
        self._later = later
        self._on_news = on_news
        self._parsed: _Parsed | None = None
        self._kept: OrderedDict[str, _Parsed] = OrderedDict()
        self._is_waiting = False
        self._is_typed_on = False
        self._window = (0, 0, 0)
        self.news = 0
        """Rises with every parse that came to its end."""
        self.plain_reason = ""
        """Why the text has no colours, for the status line; empty when it has, or soon will."""

    def show(self, path: str, text: Text, language: str | None) -> None:
        """Turn to another text; the trees of the texts shown last are kept."""
        self._parsed = None
        self.plain_reason = _reason_for_plain(text, language)
        if self.plain_reason or language is None:
            return
        known = self._kept.pop(path, None)
        if known is None or known.text is not text or known.tree.language != language:
            known = _Parsed(text, language)
        self._parsed = self._kept[path] = known
        while len(self._kept) > _TREES_KEPT:
            self._kept.popitem(last=False)
        self._wait(BREATH)

    def edited(self, text: Text, changes: ChangeSet | None) -> None:
        """Follow the text; None for changes that nobody knows."""
        parsed = self._parsed
        if parsed is None:
            return
        before, parsed.text = parsed.text, text
        if changes is None:
            parsed.spans.clear()
            parsed.tree.reset()
        else:
            for start, old_end, new_end in replacements(changes):
                parsed.tree.edit(
                    start.line, start.column, old_end.line, old_end.column, new_end.line, new_end.column
                )
                parsed.spans = dict(_moved(parsed.spans, start, old_end, new_end))
                by = new_end.line - old_end.line
                parsed.touched = {line + by if line > old_end.line else line for line in parsed.touched}
                parsed.touched.update(range(start.line, new_end.line + 1))
                # What stood there is all in one place of the old tree now, and would be asked for as a whole.
                parsed.is_blind |= old_end.line - start.line > _LONG_REPLACEMENT
            if text.line_count - before.line_count != _growth(changes):
                parsed.spans.clear()
        self._is_typed_on = self._is_waiting
        self._wait(self._rest(parsed))

    def look(self, first: int, last: int, columns: int) -> None:
        """Make sure that the spans of lines first to last are known as well as the tree knows them."""
        self._window = (first, last, columns)
        parsed = self._parsed
        if parsed is None or parsed.is_blind:
            return
        missing = [line for line in range(first, last + 1) if line not in parsed.spans]
        if missing:
            self._query(parsed, missing[0], missing[-1], columns)

    def spans(self, line: int) -> Spans:
        """Return what is known about a line."""
        return () if self._parsed is None else self._parsed.spans.get(line, ())

    def partner(self, place: Position) -> Position | None:
        """Return the partner of the bracket at a place as the grammar sees it, if it is known."""
        found = None if self._parsed is None else self._parsed.tree.partner(place.line, place.column)
        return None if found is None else Position(*found)

    def is_code(self, place: Position) -> bool:
        """Whether a place is in no string and no comment, as far as is known."""
        return not any(
            start <= place.column < stop and capture.startswith(("string", "comment"))
            for start, stop, capture in self.spans(place.line)
        )

    def outline(self) -> tuple[Symbol, ...] | None:
        """Return the definitions in the text; None while it is not parsed to its end, none without colours."""
        return () if self._parsed is None else self._parsed.tree.outline()

    def _query(self, parsed: _Parsed, first: int, last: int, columns: int) -> None:
        if len(parsed.spans) > _SPARE_LINES:
            parsed.spans.clear()
            first, last = min(first, self._window[0]), max(last, self._window[1])
        found = parsed.tree.highlights(first, last, columns)
        for line in range(first, last + 1):
            parsed.spans[line] = tuple(found.get(line, ()))

    def _rest(self, parsed: _Parsed) -> float:
        """How long to leave the keys alone: a parse that takes longer than the time between two would be in vain."""
        return ECHO if max(parsed.spent, parsed.cost or 0) < LONG else PAUSE

    def _wait(self, seconds: float) -> None:
        if not self._is_waiting:
            self._is_waiting = True
            self._later(seconds, self._slice)

    def _slice(self) -> None:
        """Parse for a moment; at the end of it ask again for what is on the screen and may look otherwise."""
        self._is_waiting = False
        parsed = self._parsed
        if parsed is None:
            return
        if self._is_typed_on:
            self._is_typed_on = False
            self._wait(self._rest(parsed))
        elif not parsed.tree.is_current:
            self._parse(parsed)
        elif not parsed.is_sure:
            self._make_sure(parsed)

    def _parse(self, parsed: _Parsed) -> None:
        began = time.perf_counter()
        is_done = parsed.tree.parse(SLICE)
        parsed.spent += time.perf_counter() - began
        if not is_done:
            self._wait(BREATH)
            return
        parsed.cost, parsed.spent = 0.0 if parsed.cost is None else parsed.spent, 0.0
        if parsed.tree.too_large:
            self._parsed = None
            self.plain_reason = "plain: the file is too large or too deep for highlighting"
        changed = None if parsed.is_blind else parsed.tree.changed
        parsed.is_sure = changed is None
        if changed is None:
            parsed.spans.clear()
        else:
            for line in parsed.touched.union(*(range(first, last + 1) for first, last in changed)):
                parsed.spans.pop(line, None)
            self._wait(PAUSE)
        parsed.touched.clear()
        parsed.is_blind = False
        self._tell()

    def _make_sure(self, parsed: _Parsed) -> None:
        """Look at every line in view again: a line can depend on words of another one, which no tree tells."""
        parsed.is_sure = True
        before, parsed.spans = parsed.spans, {}
        self.look(*self._window)
        if any(before.get(line, spans) != spans for line, spans in parsed.spans.items()):
            self._tell()

    def _tell(self) -> None:
        self.news += 1
        self._on_news()


def _reason_for_plain(text: Text, language: str | None) -> str:
    if text.binary:
        return "plain: binary file"
    if language is None:
        return "plain: no grammar for this kind of file"
    count = 0
    for start in range(0, text.line_count, _COUNT_BLOCK):
        count += sum(map(len, text.lines(start, start + _COUNT_BLOCK)))
        if count > MAX_CHARACTERS:
            return f"plain: larger than {MAX_CHARACTERS // 1_000_000} MB"
    return ""


def replacements(changes: ChangeSet) -> Iterator[tuple[Position, Position, Position]]:
    """Yield start, old end and new end of each replacement, first to last, with the earlier ones already made.

    Changes that share a line are told as one, and so are very many.
    """
    shifted = 0
    for first, last in _grouped([change.span for change in changes.changes]):
        start = Position(first.line + shifted, first.column)
        new_end = changes.map(last, after=True)
        yield start, Position(last.line + shifted, last.column), new_end
        shifted += (new_end.line - start.line) - (last.line - first.line)


def _grouped(spans: list[Span]) -> list[tuple[Position, Position]]:
    if len(spans) > _MOST_REPLACEMENTS:
        return [(spans[0].start, spans[-1].end)]
    groups: list[tuple[Position, Position]] = []
    for span in spans:
        if groups and span.start.line <= groups[-1][1].line:
            groups[-1] = (groups[-1][0], span.end)
        else:
            groups.append((span.start, span.end))
    return groups


def _growth(changes: ChangeSet) -> int:
    return sum(
        (new_end.line - start.line) - (old_end.line - start.line)
        for start, old_end, new_end in replacements(changes)
    )


def _moved(
    spans: dict[int, Spans], start: Position, old_end: Position, new_end: Position
) -> Iterator[tuple[int, Spans]]:
    """Move spans along with one replacement; on the line where it happened only what is outside of it stays."""
    by = new_end.line - old_end.line
    for line, known in spans.items():
        if line < start.line or line == start.line < old_end.line:
            kept = known if line < start.line else _left_of(known, start.column)
            yield line, kept
        elif line > old_end.line:
            yield line + by, known
        elif line == start.line == new_end.line:
            yield line, _around(known, start.column, old_end.column, new_end.column)


def _left_of(spans: Spans, column: int) -> Spans:
    return tuple((a, min(b, column), capture) for a, b, capture in spans if a < column)


def _around(spans: Spans, start: int, old_end: int, new_end: int) -> Spans:
    """Shift what is right of a replacement; what ends where something is typed grows with it."""
    by = new_end - old_end
    moved: list[LineSpan] = []
    for a, b, capture in spans:
        new_a = a if a < start else max(a, old_end) + by
        new_b = b if b < start else max(b, old_end) + by
        if new_a < new_b:
            moved.append((new_a, new_b, capture))
    return tuple(moved)
