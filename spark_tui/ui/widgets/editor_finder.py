"""Finds in the text shown: in slices of time, block by block, so that an edit costs only its own block.

Nothing is changed and nothing is drawn here; `on_news` says that there is something new to draw.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable
from time import perf_counter

from spark_tui.core.text import ChangeSet, Position, Span, Text
from spark_tui.core.values import dataclass
from spark_tui.ui.widgets.editor_highlight import Later
from spark_tui.ui.widgets.editor_search import Hit, Matcher, Query, matcher_for, replaced
from spark_tui.ui.widgets.time_limit import TookTooLong, time_limit

MOST = 100_000
"""Matches counted at most."""
_SLICE = 0.005
_BREATH = 0.003
_ECHO = 0.03
_LIMIT = 0.06
"""Seconds that one block may take before the search gives up: as long as the screen may stand still."""
_SLOW = 0.02
_PATIENCE = 1.0
"""Seconds that slow blocks may take together."""
_AT_ONCE = 0.05
"""Seconds to look for the next match before it becomes a wish."""
_LARGEST = 8_000_000
"""Characters of a text in which an expression with line breaks may search."""
_TOO_LONG = "This expression takes too long here; a simpler one will do."
_TOO_LARGE = "The file is too large for an expression with line breaks."


@dataclass(frozen=True, slots=True)
class Tally:
    """How much was found."""

    count: int
    number: int
    """Which of them the selection is, from 1; 0 if none."""
    is_complete: bool
    sentence: str
    """Why there is no count; empty if there is one."""


class Finder:
    """The matches of one query in the text shown."""

    def __init__(self, later: Later, on_news: Callable[[], None]) -> None:
        self._later = later
        self._on_news = on_news
        self.query = Query()
        self.scope: Span | None = None
        """What to search; None: everything."""
        self.is_shown = False
        """Whether matches are to be seen; without it nothing is looked for ahead."""
        self.sentence = ""
        """What is wrong with the query; empty if it is fine."""
        self._matcher: Matcher | None = None
        self._text = Text.of("")
        self._blocks: list[tuple[int, list[str]]] = []
        self._starts: list[int] = []
        self._found: dict[int, tuple[list[str], list[Hit]]] = {}
        self._spans: list[Span] | None = None
        self._is_waiting = False
        self._spent = 0.0
        self.wish: tuple[Position, bool] | None = None
        """From where, and whether forward, a match was looked for that could not be told at once."""

    # --- what is searched

    def ask(self, query: Query) -> None:
        """Look for something else."""
        if query == self.query:
            return
        self.query = query
        self._found.clear()
        self._spans = self.wish = None
        self._spent = 0.0
        made = matcher_for(query) if query.pattern else None
        self.sentence = made if isinstance(made, str) else ""
        self._matcher = None if isinstance(made, str) else made
        self._go_on(_BREATH)

    def show(self, is_shown: bool) -> None:
        """Say whether matches are to be seen."""
        self.is_shown = is_shown
        self._go_on(_BREATH)

    def open(self, text: Text) -> None:
        """Search another text."""
        self.scope = None
        self._turn_to(text)
        self._go_on(_BREATH)

    def follow(self, text: Text, changes: ChangeSet) -> None:
        """Follow the text."""
        if self.scope is not None:
            self.scope = Span(changes.map(self.scope.start), changes.map(self.scope.end, after=True))
        self._turn_to(text)
        self._go_on(_ECHO)

    def _turn_to(self, text: Text) -> None:
        self._text = text
        self._spans = None
        self._blocks = []
        if self.sentence in (_TOO_LONG, _TOO_LARGE):
            self.sentence = ""

    # --- what was found

    def columns(self, line: int) -> list[tuple[int, int]]:
        """Return the matches on a line that is to be drawn."""
        if not self.is_shown or self._matcher is None or self.sentence:
            return []
        if self._matcher.crosses_lines:
            return [_columns(span, line, self._text) for span in self._on_line(line)]
        self._cut()
        index = bisect_right(self._starts, line) - 1
        hits = self._hits(index)
        number = line - self._starts[index]
        first = bisect_left(hits, (number,))
        found = []
        for at, start, end in hits[first:]:
            if at != number:
                break
            if self._in_scope(Span(Position(line, start), Position(line, end))):
                found.append((start, end))
        return found

    def tally(self, selected: Span) -> Tally:
        """Count what was found so far."""
        if self._matcher is None or self.sentence:
            return Tally(0, 0, True, self.sentence)
        if self._matcher.crosses_lines:
            spans = self._scoped()
            number = spans.index(selected) + 1 if selected in spans else 0
            return Tally(len(spans), number, self._spans is not None, "")
        self._cut()
        count = number = 0
        is_complete = True
        for start, lines in self._blocks:
            known = self._found.get(id(lines))
            if known is None:
                is_complete = False
                continue
            hits = self._within(start, known[1])
            if start <= selected.start.line < start + len(lines):
                own = (selected.start.line - start, selected.start.column, selected.end.column)
                at = bisect_left(hits, own)
                is_one = at < len(hits) and hits[at] == own and selected.end.line == selected.start.line
                number = count + at + 1 if is_one else 0
            count += len(hits)
        return Tally(min(count, MOST), number, is_complete and count <= MOST, "")

    def next(self, place: Position, *, forward: bool = True) -> Span | None:
        """Return the first match that begins at a place or behind it, or backward before it; then all around.

        If looking takes long, nothing is returned yet: it becomes the `wish`, to be asked again at the next news.
        """
        self.wish = None
        matcher = self._usable()
        if matcher is None:
            return None
        if matcher.crosses_lines:
            return self._next_of_all(place, forward)
        self._cut()
        here = max(0, bisect_right(self._starts, place.line) - 1)
        count = len(self._blocks)
        until = perf_counter() + _AT_ONCE
        for step in range(count + 1):
            if perf_counter() > until:
                self.wish = (place, forward)
                self._go_on(_BREATH)
                return None
            index = (here + step if forward else here - step) % count
            start = self._starts[index]
            hits = self._within(start, self._hits(index))
            if self.sentence:
                return None
            own = (place.line - start, place.column)
            if step in (0, count):
                at = bisect_left(hits, own)
                is_first = step == 0
                hits = hits[at:] if forward == is_first else hits[:at]
            if hits:
                number, first, last = hits[0 if forward else -1]
                return Span(Position(start + number, first), Position(start + number, last))
        return None

    def all(self) -> list[Span] | None:
        """Return every match, or None with `sentence` set if that takes too long or is too much."""
        matcher = self._usable()
        if matcher is None:
            return None
        if matcher.crosses_lines:
            self._search_all()
            return None if self._spans is None else self._scoped()
        self._cut()
        spans = []
        for index, (start, _) in enumerate(self._blocks):
            for number, first, last in self._within(start, self._hits(index)):
                spans.append(Span(Position(start + number, first), Position(start + number, last)))
            if self.sentence or len(spans) > MOST:
                self.sentence = self.sentence or f"More than {MOST} matches: narrow the search."
                return None
        return spans

    def replaced(self, spans: list[Span], replacement: str) -> ChangeSet | str:
        """Return the changes that replace some matches, or a sentence why not."""
        if self._matcher is None:
            return self.sentence or "Nothing to look for."
        try:
            with time_limit(_LIMIT + len(spans) / 10_000):
                return replaced(self._text, self._matcher, spans, replacement)
        except TookTooLong:
            return _TOO_LONG

    # --- searching

    def _usable(self) -> Matcher | None:
        return None if self.sentence else self._matcher

    def _go_on(self, seconds: float) -> None:
        is_wanted = self.is_shown or self.wish is not None
        if is_wanted and self._matcher is not None and not self._is_waiting:
            self._is_waiting = True
            self._later(seconds, self._slice)

    def _slice(self) -> None:
        """Search for a moment."""
        self._is_waiting = False
        if self._matcher is None or self.sentence or not (self.is_shown or self.wish):
            self._on_news()
            return
        if self._matcher.crosses_lines:
            self._search_all()
        else:
            self._cut()
            until = perf_counter() + _SLICE
            count = 0
            for index in range(len(self._blocks)):
                if perf_counter() > until:
                    self._go_on(_BREATH)
                    break
                count += len(self._hits(index))
                if count > MOST:
                    break
        self._on_news()

    def _cut(self) -> None:
        """Take over the blocks of the text, and forget what was found in blocks that are gone."""
        if self._blocks:
            return
        self._blocks = self._text.blocks()
        self._starts = [start for start, _ in self._blocks]
        if len(self._found) > 2 * len(self._blocks):
            alive = {id(lines) for _, lines in self._blocks}
            self._found = {key: known for key, known in self._found.items() if key in alive}

    def _hits(self, index: int) -> list[Hit]:
        """Return the matches in a block."""
        lines = self._blocks[index][1]
        known = self._found.get(id(lines))
        if known is not None:
            return known[1]
        if self._matcher is None or self.sentence:
            return []
        began = perf_counter()
        try:
            with time_limit(_LIMIT):
                hits = self._matcher.in_lines(lines)
        except TookTooLong:
            self.sentence = _TOO_LONG
            return []
        took = perf_counter() - began
        if took > _SLOW:
            self._spent += took
            if self._spent > _PATIENCE:
                self.sentence = _TOO_LONG
        # The lines are kept with what was found, so that no other list can get their identity.
        self._found[id(lines)] = lines, hits
        return hits

    def _search_all(self) -> None:
        if self._spans is not None or self._matcher is None:
            return
        self._cut()
        if sum(len(line) for _, lines in self._blocks for line in lines) > _LARGEST:
            self.sentence = _TOO_LARGE
            return
        try:
            with time_limit(_LIMIT):
                self._spans = self._matcher.in_text(self._text)
        except TookTooLong:
            self.sentence = _TOO_LONG

    # --- the scope

    def _in_scope(self, span: Span) -> bool:
        return self.scope is None or self.scope.start <= span.start and span.end <= self.scope.end

    def _within(self, start: int, hits: list[Hit]) -> list[Hit]:
        """Return those matches of a block that lie in the scope."""
        if self.scope is None:
            return hits
        return [
            hit
            for hit in hits
            if self._in_scope(Span(Position(start + hit[0], hit[1]), Position(start + hit[0], hit[2])))
        ]

    def _scoped(self) -> list[Span]:
        return [span for span in self._spans or () if self._in_scope(span)]

    def _on_line(self, line: int) -> list[Span]:
        spans = self._scoped()
        first = bisect_left(spans, line, key=lambda span: span.end.line)
        return [span for span in spans[first : first + 200] if span.start.line <= line <= span.end.line]

    def _next_of_all(self, place: Position, forward: bool) -> Span | None:
        self._search_all()
        spans = self._scoped()
        if not spans:
            return None
        at = bisect_left(spans, place, key=lambda span: span.start)
        return spans[at % len(spans)] if forward else spans[at - 1]


def _columns(span: Span, line: int, text: Text) -> tuple[int, int]:
    start = span.start.column if span.start.line == line else 0
    return start, span.end.column if span.end.line == line else len(text.line(line)) + 1
