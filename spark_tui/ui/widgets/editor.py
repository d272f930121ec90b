"""The editor: keys, mouse and paste become changes that go to the host; how each path was left is kept here.

The text itself belongs to the host. Drawing is in `editor_surface`; what keys mean is in `editor_motions` and
`editor_edits`.
"""

from dataclasses import dataclass

from textual import events
from textual.message import Message

from spark_tui.core.text import ChangeSet, Position, Span, Text
from spark_tui.ui.widgets.editor_difference import difference
from spark_tui.ui.widgets.editor_edits import (
    EDITS,
    EditCommand,
    cut_span,
    delete_for_cut,
    paste_text,
    text_of,
    type_text,
)
from spark_tui.ui.widgets.editor_host import EditorHost
from spark_tui.ui.widgets.editor_keys import bindings
from spark_tui.ui.widgets.editor_motions import MOTIONS, collapsed, line_at, word_at
from spark_tui.ui.widgets.editor_rows import HEADER, Ghost
from spark_tui.ui.widgets.editor_scene import Grouping, Scene, Selection, clamp
from spark_tui.ui.widgets.editor_surface import EditorSurface

__all__ = ["EditorHost", "EditorView"]


@dataclass(frozen=True, slots=True)
class _Kept:
    """How a path was left."""

    text: Text
    selection: Selection
    top: Position
    """The line at the top of the viewport."""
    left: int


class EditorView(EditorSurface):
    """Shows and edits one text at a time."""

    BINDINGS = bindings()

    class CaretMoved(Message):
        """The caret or the selection is somewhere else."""

        def __init__(self, caret: Position, selection: Span | None) -> None:
            super().__init__()
            self.caret = caret
            self.selection = selection

        def can_replace(self, message: Message) -> bool:
            """Only the newest place counts."""
            return isinstance(message, EditorView.CaretMoved)

    class Edited(Message):
        """The person changed the text."""

        def __init__(self, path: str) -> None:
            super().__init__()
            self.path = path

    class Refused(Message):
        """The person wanted to change what can't be changed."""

        def __init__(self, sentence: str) -> None:
            super().__init__()
            self.sentence = sentence

    class GhostPressed(Message):
        """The person clicked on a row of a pending hunk."""

        def __init__(self, hunk_id: str) -> None:
            super().__init__()
            self.hunk_id = hunk_id

    def __init__(self, host: EditorHost, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(host, id=id, classes=classes)
        self._path = ""
        self._kept: dict[str, _Kept] = {}
        self._grouping = Grouping()
        self._drag_anchor: Position | None = None

    # --- for the pane

    @property
    def caret(self) -> Position:
        """Where the caret is."""
        return self._sheet.selection.head

    @property
    def selection(self) -> Span | None:
        """What is selected, if anything."""
        selection = self._sheet.selection
        return None if selection.is_empty else selection.span

    @property
    def plain_reason(self) -> str:
        """Why the text is shown without colours; empty when it is not."""
        return self._sheet.highlighter.plain_reason

    def show(self, path: str, text: Text, language: str | None) -> None:
        """Turn to another file, as it was left when it was last shown."""
        if self._path:
            top = Position(self._sheet.rows.line_near(self.scroll_offset.y), 0)
            self._kept[self._path] = _Kept(self._sheet.text, self._sheet.selection, top, self._left)
        kept = self._kept.get(path)
        selection, top_line, self._left = Selection.at(Position(0, 0)), 0, 0
        if kept is not None:
            moved = difference(kept.text, text)
            selection = Selection(moved.map(kept.selection.anchor), moved.map(kept.selection.head))
            top_line, self._left = moved.map(kept.top, after=True).line, kept.left
        self._path = path
        self._grouping.end()
        self._sheet.open(path, text, language, self._host.hunks(), selection)
        self._fit_scrollbar()
        self._scroll_to_row(self._sheet.rows.row_of(min(top_line, text.line_count - 1)) if top_line else 0)
        self._repaint()
        self._tell_caret()

    def refresh_text(self, changes: ChangeSet | None = None) -> None:
        """Follow the host's text; `changes`, if known, says how it differs from the one shown."""
        before = self._sheet.selection
        self._adopt(changes)
        if self._sheet.selection != before:
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
        self._move_to(Selection.at(place))

    def reveal_hunk(self, hunk_id: str) -> None:
        """Scroll to a pending hunk; the caret stays where it is."""
        row = self._sheet.rows.row_of_ghost((hunk_id, HEADER))
        top = self.scroll_offset.y
        if row is not None and not top <= row < top + self._view.height - 1:
            self._scroll_to_row(max(0, row - self._view.height // 3))

    # --- commands

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Leave the copy key to others while nothing is selected."""
        if action == "editor" and parameters == ("copy",):
            return not self._sheet.selection.is_empty
        return True

    def action_editor(self, name: str) -> None:
        """Do one of the commands of the key table."""
        motion = name.removeprefix("select_")
        if motion in MOTIONS:
            self._move(motion, is_selecting=motion != name)
        elif name in EDITS:
            self._edit(EDITS[name])
        elif name in ("undo", "redo"):
            self._step(is_undo=name == "undo")
        elif name in ("scroll_up", "scroll_down"):
            self._scroll_to_row(self.scroll_offset.y + (1 if name == "scroll_down" else -1))
        elif name == "select_all":
            self._move_to(Selection(Position(0, 0), self._sheet.text.end))
        else:
            self._clip(name)

    def _scene(self) -> Scene:
        return self._sheet.scene(max(1, self._view.height))

    def _move(self, name: str, *, is_selecting: bool) -> None:
        scene = self._scene()
        move = None if is_selecting else collapsed(name, scene)
        if move is None:
            move = MOTIONS[name](scene)
        anchor = scene.selection.anchor if is_selecting else move.place
        self._move_to(Selection(anchor, move.place), move.goal)

    def _move_to(self, selection: Selection, goal: int | None = None) -> None:
        self._grouping.end()
        self._select(selection, goal)
        self._tell_caret()

    def _edit(self, command: EditCommand) -> None:
        """Send an edit to the host and show what came of it."""
        if not self._may_edit():
            return
        if self._host.text() is not self._sheet.text:
            self.refresh_text()
        edit = command(self._scene())
        if edit is None:
            return
        if not self._host.apply(edit.changes, self._grouping.name(edit, self.caret)):
            self.post_message(self.Refused("The file can't be changed now."))
            return
        self._sheet.goal = None
        self._adopt(edit.changes, edit.selection)
        self.post_message(self.Edited(self._path))
        self._tell_caret()

    def _step(self, *, is_undo: bool) -> None:
        if not self._may_edit():
            return
        self._grouping.end()
        place = self._host.undo() if is_undo else self._host.redo()
        if place is None:
            return
        self._sheet.goal = None
        self._adopt(None, Selection.at(place.end))
        self.post_message(self.Edited(self._path))
        self._tell_caret()

    def _clip(self, name: str) -> None:
        """Copy, cut or paste."""
        scene = self._scene()
        if name == "paste":
            clipboard = self.app.clipboard
            if clipboard:
                self._edit(lambda now: paste_text(now, clipboard, from_terminal=False))
            return
        if name == "cut" and not self._may_edit():
            return
        self.app.copy_to_clipboard(text_of(scene.text, cut_span(scene)))
        if name == "cut":
            self._edit(delete_for_cut)

    def _may_edit(self) -> bool:
        """Say whether the file can be edited, and to the person why not."""
        if self._host.read_only():
            self.post_message(self.Refused(_why_read_only(self._sheet.text)))
            return False
        return True

    def _tell_caret(self) -> None:
        caret, selection = self.caret, self.selection
        self._host.looked(caret, selection)
        self.post_message(self.CaretMoved(caret, selection))

    # --- keys and mouse

    def on_key(self, event: events.Key) -> None:
        """Type what is printable; the rest is left to the bindings."""
        if event.character is not None and event.is_printable:
            event.stop()
            event.prevent_default()
            typed = event.character
            self._edit(lambda scene: type_text(scene, typed))

    def on_paste(self, event: events.Paste) -> None:
        """Insert what the terminal pasted."""
        event.stop()
        if event.text:
            self._edit(lambda scene: paste_text(scene, event.text))

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Put the caret under the mouse and begin a selection."""
        if event.button != 1:
            return
        event.stop()
        offset = event.get_content_offset_capture(self)
        item = self._sheet.item_at(self.scroll_offset.y + offset.y)
        if isinstance(item, Ghost):
            self.post_message(self.GhostPressed(item.hunk.id))
            return
        place = self._place_at(offset)
        self._drag_anchor = self._sheet.selection.anchor if event.shift else place
        self.capture_mouse()
        self._move_to(Selection(self._drag_anchor, place))

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Extend the selection that began under the mouse."""
        if self._drag_anchor is not None:
            selection = Selection(self._drag_anchor, self._place_at(event.get_content_offset_capture(self)))
            if selection != self._sheet.selection:
                self._move_to(selection)

    def on_mouse_up(self, event: events.MouseUp) -> None:
        """End the selection."""
        if self._drag_anchor is not None:
            self._drag_anchor = None
            self.release_mouse()
            event.stop()

    def on_click(self, event: events.Click) -> None:
        """Select a word at the second click, a line at the third."""
        offset = event.get_content_offset_capture(self)
        if isinstance(self._sheet.item_at(self.scroll_offset.y + offset.y), Ghost):
            return
        place = self._place_at(offset)
        if event.chain == 2:
            span = word_at(self._sheet.text, place)
        elif event.chain == 3:
            span = line_at(self._sheet.text, place.line)
        else:
            return
        event.stop()
        self._move_to(Selection(span.start, span.end))


def _why_read_only(text: Text) -> str:
    if text.binary:
        return "This is a binary file: it is shown read-only."
    if text.read_only:
        return "This file is not UTF-8: it is shown read-only, so that no byte of it changes."
    return "This file is read-only."
