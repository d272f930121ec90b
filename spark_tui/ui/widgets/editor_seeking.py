"""The seeking half of the editor: finding and replacing."""

from collections.abc import Callable

from spark_tui.core.text import Position, Span
from spark_tui.ui.widgets.editor_carets import Carets
from spark_tui.ui.widgets.editor_edits import text_of
from spark_tui.ui.widgets.editor_finder import Finder, Tally
from spark_tui.ui.widgets.editor_going import EditorGoer
from spark_tui.ui.widgets.editor_host import EditorHost
from spark_tui.ui.widgets.editor_many import Made
from spark_tui.ui.widgets.editor_messages import Refused
from spark_tui.ui.widgets.editor_motions import name_at
from spark_tui.ui.widgets.editor_scene import Selection
from spark_tui.ui.widgets.editor_search import Query


class EditorSeeker(EditorGoer):
    """Takes the caret to what the person looks for, and puts other text in its place."""

    def __init__(self, host: EditorHost, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(host, id=id, classes=classes)
        self.when_found: Callable[[], None] = lambda: None
        """Called when there is something new to say about matches."""

    def _act(self, name: str) -> bool:
        if name in ("find_next", "find_previous"):
            self.find_next(forward=name == "find_next")
            return True
        return super()._act(name)

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
        span = name_at(self._sheet.text, selection.head) if selection.is_empty else selection.span
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


def _behind(place: Position) -> Position:
    return Position(place.line, place.column + 1)
