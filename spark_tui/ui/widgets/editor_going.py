"""The going half of the editor: to a line or a symbol, far away and back again."""

from collections.abc import Callable

from textual import events

from spark_tui.core.text import ChangeSet, Position
from spark_tui.syntax import Symbol
from spark_tui.ui.widgets.editor_acting import EditorActor
from spark_tui.ui.widgets.editor_carets import Carets
from spark_tui.ui.widgets.editor_host import EditorHost
from spark_tui.ui.widgets.editor_jumps import Jumps, Place
from spark_tui.ui.widgets.editor_messages import Jumped, Refused
from spark_tui.ui.widgets.editor_scene import Selection, clamp

_FAR = 10
"""Lines from which on a way is worth going back."""
_OPENING = 1.0
"""Seconds in which a bar opens."""
_ASKS = ("find", "replace", "go_to_line", "go_to_symbol")


class EditorGoer(EditorActor):
    """Takes the caret far away, and back."""

    def __init__(self, host: EditorHost, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(host, id=id, classes=classes)
        self._jumps = Jumps()
        self._origin = self._sheet.carets
        """Where a search or a look around began."""
        self._awaited: Place | None = None
        """Where to go when the file that was asked for is shown."""
        self._held: list[events.Key] | None = None
        """Keys that are meant for a bar which is still opening."""
        self.has_bars = False
        """Whether there is a place where bars open."""
        self.when_asked: Callable[[str], None] = lambda what: None
        """Called with `find`, `replace`, `go_to_line` or `go_to_symbol` to open a bar, with `close` to close it."""

    def _act(self, name: str) -> bool:
        if name in _ASKS:
            self.when_asked(name)
        elif name in ("back", "forward"):
            self._go_along(name)
        elif name == "bracket":
            self._go_to_partner()
        else:
            if name == "single":
                self.when_asked("close")
            return super()._act(name)
        return True

    def hold_keys(self) -> None:
        """Keep keys for a bar that is opening; if it never does, keys mean what they always did."""
        if self._held is None:
            self._held = []
            self.set_timer(_OPENING, self.release_keys)

    def release_keys(self) -> list[events.Key]:
        """Return the keys that were kept, and keep no more."""
        held, self._held = self._held, None
        return held or []

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

    def _go_to_partner(self) -> None:
        """Go to the partner of the bracket at the caret."""
        brackets = self._sheet.brackets()
        if brackets is None:
            self.post_message(Refused("There is no bracket with a partner here."))
            return
        self._leave_for(brackets[1].line)
        self._visit(Selection.at(brackets[1]))

    def _followed(self, changes: ChangeSet) -> None:
        self._jumps.follow(self._path, changes)

    def _move(self, name: str, *, is_selecting: bool) -> None:
        if name in ("text_start", "text_end"):
            self._leave_for(0 if name == "text_start" else self._sheet.text.end.line)
        super()._move(name, is_selecting=is_selecting)
