"""The seeking half of the editor: finding and replacing, going to a line or a symbol, and back again."""

from collections.abc import Callable

from spark_tui.core.text import ChangeSet, Position, Span
from spark_tui.syntax import Symbol
from spark_tui.ui.widgets.editor_acting import EditorActor
from spark_tui.ui.widgets.editor_carets import Carets
from spark_tui.ui.widgets.editor_edits import text_of
from spark_tui.ui.widgets.editor_finder import Finder, Tally
from spark_tui.ui.widgets.editor_host import EditorHost
from spark_tui.ui.widgets.editor_jumps import Jumps, Place
from spark_tui.ui.widgets.editor_many import Made
from spark_tui.ui.widgets.editor_messages import Jumped, Refused
from spark_tui.ui.widgets.editor_motions import word_at
from spark_tui.ui.widgets.editor_scene import Selection, clamp
from spark_tui.ui.widgets.editor_search import Query

_FAR = 10
"""Lines from which on a click is worth going back from."""
_ASKS = ("find", "replace", "go_to_line", "go_to_symbol")


class EditorSeeker(EditorActor):
    """Takes the caret to what the person looks for."""

    def __init__(self, host: EditorHost, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(host, id=id, classes=classes)
        self._jumps = Jumps()
        self._origin = self._sheet.carets
        self._awaited: Place | None = None
        """Where to go when the file that was asked for is shown."""
        self.when_asked: Callable[[str], None] = lambda what: None
        """Called with `find`, `replace`, `go_to_line` or `go_to_symbol`: a bar shall open."""
        self.when_found: Callable[[], None] = lambda: None
        """Called when there is something new to say about matches."""

    def _act(self, name: str) -> bool:
        if name in _ASKS:
            self.when_asked(name)
        elif name in ("find_next", "find_previous"):
            self.find_next(forward=name == "find_next")
        elif name in ("back", "forward"):
            self._go_along(name)
        else:
            return super()._act(name)
        return True

    # --- finding

    @property
    def finder(self) -> Finder:
        """What is looked for, and what was found."""
        return self._sheet.finder

    def begin_search(self) -> str:
        """Get ready to look for something; return what is selected if it could be looked for."""
        self._origin = self._sheet.carets
        self._jumps.leave(self._here())
        span = self._origin.primary.span
        self.finder.scope = None
        self.finder.show(True)
        return text_of(self._sheet.text, span) if span.start.line == span.end.line else ""

    def limit_search(self, is_limited: bool) -> None:
        """Search only what was selected at the beginning, or everything."""
        span = self._origin.primary.span
        self.finder.scope = span if is_limited and not span.is_empty else None
        self._look_anew()

    def look_for(self, query: Query) -> None:
        """Look for something else, from where the search began."""
        self.finder.ask(query)
        self._look_anew()

    def end_search(self) -> None:
        """Show matches no more."""
        self.finder.show(False)
        self._repaint()

    def tally(self) -> Tally:
        """Count the matches."""
        return self.finder.tally(self._sheet.carets.primary.span)

    def find_next(self, *, forward: bool = True) -> None:
        """Select the next match or the one before; without a query the word at the caret is one."""
        if not self.finder.query.pattern and not self._seed():
            return
        selection = self._sheet.carets.primary
        start = selection.span.end if forward else selection.span.start
        if forward and selection.is_empty and self.tally().number:
            start = _behind(start)
        if not self.finder.is_shown:
            self._jumps.leave(self._here())
        self._take(self.finder.next(start, forward=forward))

    def _look_anew(self) -> None:
        span = self.finder.next(self._origin.primary.span.start)
        if span is not None:
            self._take(span)
        else:
            self._move_to(self._origin.clamped(self._sheet.text))
        self._found()

    def _seed(self) -> bool:
        """Look for what is selected, or for the word at the caret."""
        selection = self._sheet.carets.primary
        span = word_at(self._sheet.text, selection.head) if selection.is_empty else selection.span
        pattern = text_of(self._sheet.text, span)
        if not pattern.strip():
            return False
        self.finder.ask(Query(pattern, whole_word=selection.is_empty, match_case=True))
        return True

    def _take(self, span: Span | None) -> None:
        if span is not None:
            self._visit(Selection(span.start, span.end))
        elif self.finder.wish is None and not self.finder.is_shown:
            self.post_message(Refused(self.finder.sentence or "There is no match."))

    def _found(self) -> None:
        """There is something new about matches: draw it, and go where the person wanted to go."""
        wish = self.finder.wish
        if wish is not None:
            self._take(self.finder.next(wish[0], forward=wish[1]))
        self._repaint()
        self.when_found()

    def _tell_caret(self) -> None:
        super()._tell_caret()
        if self.finder.is_shown:
            self.when_found()

    # --- replacing

    def replace_one(self, replacement: str) -> None:
        """Replace the match that is selected, and go to the next one."""
        span = self._sheet.carets.primary.span
        if self.tally().number:
            self._edit(lambda scene, carets: self._replaced([span], replacement))
        self.find_next()

    def replace_all(self, replacement: str) -> int:
        """Replace every match as one step; return how many there were."""
        spans = self.finder.all()
        if spans is None:
            self.post_message(Refused(self.finder.sentence or "Nothing to look for."))
        elif spans:
            self._edit(lambda scene, carets: self._replaced(spans, replacement))
        return len(spans or ())

    def _replaced(self, spans: list[Span], replacement: str) -> Made | None:
        changes = self.finder.replaced(spans, replacement)
        if isinstance(changes, str):
            self.post_message(Refused(changes))
            return None
        if not changes.changes:
            return None
        head = self._sheet.carets.primary.head
        if len(spans) == 1:
            head = changes.changes[0].span.end
        return Made(changes, Carets.one(Selection.at(changes.map(head, after=True))))

    # --- going places

    def outline(self) -> tuple[Symbol, ...] | None:
        """Return the definitions in the file; None while it is not parsed."""
        return self._sheet.highlighter.outline()

    def peek(self, place: Position) -> None:
        """Show a place, so that the person may decide to go there."""
        self._visit(Selection.at(clamp(self._sheet.text, place)))

    def begin_going(self) -> None:
        """Remember where the person is before peeking."""
        self._origin = self._sheet.carets

    def end_going(self, *, stays: bool) -> None:
        """Stay where the person peeked last, or go back to where it began."""
        if not stays:
            self._move_to(self._origin.clamped(self._sheet.text))
        elif self._sheet.carets != self._origin:
            self._jumps.leave(Place(self._path, self._origin.primary.head))

    def _here(self) -> Place:
        return Place(self._path, self.caret)

    def _visit(self, selection: Selection) -> None:
        """Go to a place; one that is out of sight comes to the middle."""
        row, top = self._sheet.rows.row_of(selection.head.line), self.scroll_offset.y
        if not top <= row < top + self._view.height:
            self._scroll_to_row(max(0, row - self._view.height // 2))
        self._move_to(Carets.one(selection))

    def _leave_for(self, line: int) -> None:
        """Remember this place if the next one is far from it."""
        if abs(line - self.caret.line) >= _FAR:
            self._jumps.leave(self._here())

    def _go_along(self, name: str) -> None:
        here = self._here()
        place = self._jumps.back(here) if name == "back" else self._jumps.forward(here)
        if place is None:
            self.post_message(Refused(f"There is no place to go {name} to."))
        elif place.path == self._path:
            self._visit(Selection.at(clamp(self._sheet.text, place.place)))
        else:
            self._awaited = place
            self.post_message(Jumped(place.path, place.place.line))

    def _arrive(self, path: str) -> None:
        """A file is shown: go to the place that it was asked for, or remember where the person came from."""
        awaited, self._awaited = self._awaited, None
        if awaited is not None and awaited.path == path:
            self.call_after_refresh(self.peek, awaited.place)

    def _followed(self, changes: ChangeSet) -> None:
        self._jumps.follow(self._path, changes)

    def _move(self, name: str, *, is_selecting: bool) -> None:
        if name in ("text_start", "text_end"):
            self._leave_for(0 if name == "text_start" else self._sheet.text.end.line)
        super()._move(name, is_selecting=is_selecting)


def _behind(place: Position) -> Position:
    return Position(place.line, place.column + 1)
