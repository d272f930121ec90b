"""The editor: what the pane calls, keys, mouse and paste; how each path was left is kept here.

The text itself belongs to the host. Drawing is in `editor_surface`, doing what commands say in `editor_acting`.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import TypeAlias

from textual import events

from spark_tui.core.diff import GutterMark
from spark_tui.core.editorconfig import Rules
from spark_tui.core.text import ChangeSet, Position, Text
from spark_tui.core.values import dataclass
from spark_tui.ui.commands.editor import OPENERS, bindings
from spark_tui.ui.keymaps import keymap_of
from spark_tui.ui.widgets import editor_messages
from spark_tui.ui.widgets.editor_acting import Marking
from spark_tui.ui.widgets.editor_carets import Carets
from spark_tui.ui.widgets.editor_difference import difference
from spark_tui.ui.widgets.editor_host import EditorHost
from spark_tui.ui.widgets.editor_marks import Diagnostic, LineMarks, MarkIndex
from spark_tui.ui.widgets.editor_modal import EditorModal
from spark_tui.ui.widgets.editor_rows import HEADER
from spark_tui.ui.widgets.editor_scene import Selection, clamp

__all__ = ["EditorHost", "EditorView"]


@dataclass(frozen=True, slots=True)
class _Kept:
    """How a path was left."""

    text: Text
    carets: Carets
    top: Position
    """The line at the top of the viewport."""
    left: int
    marks: LineMarks


class EditorView(EditorModal):
    """Shows and edits one text at a time."""

    BINDINGS = bindings()

    CaretMoved: TypeAlias = editor_messages.CaretMoved
    Edited: TypeAlias = editor_messages.Edited
    Refused: TypeAlias = editor_messages.Refused
    GhostPressed: TypeAlias = editor_messages.GhostPressed
    Jumped: TypeAlias = editor_messages.Jumped
    ModeMoved: TypeAlias = editor_messages.ModeMoved
    Wished: TypeAlias = editor_messages.Wished

    def __init__(self, host: EditorHost, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(host, id=id, classes=classes)
        self._kept: dict[str, _Kept] = {}
        self._rules: dict[str, Rules] = {}

    # --- for the pane

    @property
    def plain_reason(self) -> str:
        """Why the text is shown without colours; empty when it is not."""
        return self._sheet.highlighter.plain_reason

    def show(self, path: str, text: Text, language: str | None) -> None:
        """Turn to another file, as it was left when it was last shown."""
        if self._path:
            if self._awaited is None and path != self._path:
                self._jumps.leave(self._here())
            top = Position(self._sheet.rows.line_near(self.scroll_offset.y), 0)
            sheet = self._sheet
            self._kept[self._path] = _Kept(sheet.text, sheet.carets, top, self._left, sheet.index.marks)
        kept = self._kept.get(path)
        carets, top_line, self._left = Carets.one(Selection.at(Position(0, 0))), 0, 0
        if kept is not None:
            moved = difference(kept.text, text)
            carets = kept.carets.mapped(moved)
            self._jumps.follow(path, moved)
            top_line, self._left = moved.map(kept.top, after=True).line, kept.left
        self._path = path
        self._grouping.end()
        self._sheet.open(path, text, language, self._host.hunks(), carets)
        self._sheet.obey(self._rules.get(path, Rules()))
        if kept is not None:
            self._sheet.index = MarkIndex(kept.marks.moved(moved))
        self._sheet.wrap(self._wrap_width)
        self._fit_scrollbar()
        self._scroll_to_row(self._sheet.rows.row_of(min(top_line, text.line_count - 1)) if top_line else 0)
        self._repaint()
        self._tell_caret()
        self._arrive(path)
        self._begin_file()

    def remember(self, path: str, text: Text, caret: Position, top: int) -> None:
        """Let a file be shown as it was left in an earlier sitting, unless it was shown in this one."""
        if path not in self._kept and path != self._path:
            carets = Carets.one(Selection.at(clamp(text, caret)))
            top_line = Position(min(top, text.line_count - 1), 0)
            self._kept[path] = _Kept(text, carets, top_line, 0, LineMarks())

    def places(self) -> dict[str, tuple[Position, int]]:
        """Where the caret is and which line is the first, in every file that was shown."""
        found = {path: (kept.carets.primary.head, kept.top.line) for path, kept in self._kept.items()}
        if self._path:
            found[self._path] = (self.caret, self._sheet.rows.line_near(self.scroll_offset.y))
        return found

    def obey(self, path: str, rules: Rules) -> None:
        """Indent a file as its rules say, from now on."""
        self._rules[path] = rules
        if path == self._path:
            self._sheet.obey(rules)
            self._repaint()

    def set_gutter(self, path: str, found: Sequence[GutterMark], text: Text) -> None:
        """Show how the lines of a file differ from the last commit, if it is shown; `text` is what was looked at."""
        if path == self._path:
            now = self._moved(LineMarks(tuple(found)), text)
            self._set_marks(replace(self._sheet.index.marks, gutter=now.gutter))

    @property
    def indent_words(self) -> str:
        """How the file is indented."""
        indent = self._sheet.indent
        return f"tabs of {indent.tab_size}" if indent.unit == "\t" else f"{len(indent.unit)} spaces"

    def set_diagnostics(self, path: str, found: tuple[Diagnostic, ...], text: Text) -> None:
        """Show what is wrong with a file, if it is shown; `text` is what was looked at."""
        if path == self._path:
            now = self._moved(LineMarks(diagnostics=found), text)
            self._set_marks(replace(self._sheet.index.marks, diagnostics=now.diagnostics))

    def _moved(self, marks: LineMarks, text: Text) -> LineMarks:
        return marks if text is self._sheet.text else marks.moved(difference(text, self._sheet.text))

    def _set_marks(self, marks: LineMarks) -> None:
        self._sheet.index = MarkIndex(marks)
        self._repaint()

    @property
    def diagnostics_here(self) -> tuple[Diagnostic, ...]:
        """What is wrong with the line of the caret."""
        return tuple(self._sheet.index.diagnostics(self.caret.line))

    def refresh_text(self, changes: ChangeSet | None = None) -> None:
        """Follow the host's text; `changes`, if known, says how it differs from the one shown."""
        before = self._sheet.carets
        self._adopt(changes)
        if self._sheet.carets != before:
            self._tell_caret()

    def refresh_hunks(self) -> None:
        """Follow the host's pending hunks."""
        self.refresh_text()

    def go_to(self, line: int, column: int = 0, centre: bool = True) -> None:
        """Put the caret at a place and, with `centre`, that place in the middle."""
        place = clamp(self._sheet.text, Position(line, column))
        if centre and not self._view.height:
            # Not laid out yet: there is no middle.
            self.call_after_refresh(self.go_to, line, column)
        elif centre:
            self._scroll_to_row(max(0, self._sheet.rows.row_of(place.line) - self._view.height // 2))
        self._leave_for(place.line)
        self._move_to(Carets.one(Selection.at(place)))

    def reveal_hunk(self, hunk_id: str) -> None:
        """Scroll to a pending hunk; the caret stays where it is."""
        row = self._sheet.rows.row_of_ghost((hunk_id, HEADER))
        top = self.scroll_offset.y
        if row is not None and not top <= row < top + self._view.height - 1:
            self._scroll_to_row(max(0, row - self._view.height // 3))

    # --- commands

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Leave keys to others that have nothing to do here: to copy, or to end what was begun."""
        if action == "editor" and parameters == ("copy",):
            return not self._sheet.carets.are_empty
        if action == "editor" and parameters == ("single",):
            return self._sheet.carets.is_many or self._marking is not Marking.NONE or self.finder.is_shown
        return True

    # --- keys and mouse

    def on_key(self, event: events.Key) -> None:
        """Type what is printable; the rest is left to the bindings, unless a bar is about to take it."""
        if self._held is not None:
            event.stop()
            event.prevent_default()
            self._held.append(event)
        elif self.take_key(event):
            event.stop()
            event.prevent_default()
        elif self.has_bars and any(event.key in keymap_of(self).keys(id) for id in OPENERS):
            # Bindings come last, when the next keys may already be here.
            self.hold_keys()
        elif event.character is not None and event.is_printable and not event.key.startswith("alt+"):
            # A letter pressed with Alt comes with the letter, and is a command all the same.
            event.stop()
            event.prevent_default()
            self._type(event.character)

    def on_paste(self, event: events.Paste) -> None:
        """Insert what the terminal pasted."""
        event.stop()
        if event.text:
            self._paste(event.text, from_terminal=True)
            if self.machine is not None:
                self.machine.pasted(event.text)
