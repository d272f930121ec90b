"""The modal half of the editor: with a modal keymap, keys go to the machine of modal editing first."""

from dataclasses import replace
from typing import TYPE_CHECKING

from textual import events

from spark_tui.core.text import ChangeSet
from spark_tui.ui.driver import CaretShape
from spark_tui.ui.easing import is_linear, show_blanks
from spark_tui.ui.keymaps import can_shape, keymap_of
from spark_tui.ui.modes import Mode
from spark_tui.ui.widgets.editor_carets import Carets
from spark_tui.ui.widgets.editor_edits import text_of
from spark_tui.ui.widgets.editor_host import EditorHost
from spark_tui.ui.widgets.editor_messages import ModeMoved
from spark_tui.ui.widgets.editor_mouse import EditorMouse
from spark_tui.ui.widgets.editor_paint import gutter_width

if TYPE_CHECKING:
    from spark_tui.ui.vim import Machine
    from spark_tui.ui.widgets.editor_vim import Driver


class EditorModal(EditorMouse):
    """Has modes if the keymap wants them."""

    def __init__(self, host: EditorHost, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(host, id=id, classes=classes)
        self._driver: Driver | None = None
        self._told = (Mode.INSERT, "")

    def on_mount(self) -> None:
        """Take the keymap that the app has."""
        self.follow_keymap()
        self.follow_ease()

    def follow_keymap(self) -> None:
        """Begin or end to have modes, as the keymap says."""
        is_modal = keymap_of(self).is_modal
        if is_modal and self._driver is None:
            # Loaded for those who want it: it is a tenth of what the start would load.
            from spark_tui.ui.widgets.editor_vim import Driver

            self._driver = Driver(self)
            self._driver.machine.selected_outside()
        elif not is_modal and self._driver is not None:
            self._driver = None
            self._sheet.stands = None
            self._grouping.held = ""
        self._tell_mode()
        self._point()

    @property
    def machine(self) -> "Machine | None":
        """What understands keys, if there are modes."""
        return self._driver.machine if self._driver is not None else None

    @property
    def mode(self) -> Mode:
        """What keys do."""
        return self._driver.machine.mode if self._driver is not None else Mode.INSERT

    @property
    def mode_said(self) -> str:
        """What the person is in the middle of typing."""
        return self._driver.machine.said if self._driver is not None else ""

    def _tell_mode(self) -> None:
        now = self.mode, self.mode_said
        if now != self._told:
            self._told = now
            self._sheet.is_typing = now[0] in (Mode.INSERT, Mode.REPLACE)
            self._point()
            self.post_message(ModeMoved())

    def _point(self) -> None:
        """Let the terminal's own cursor be the caret while a mode types, where it can be shaped."""
        is_typing = self._driver is not None and self._sheet.is_typing
        is_pointed = (is_typing or is_linear(self)) and can_shape(self)
        if is_pointed != self._sheet.is_pointed:
            self._sheet.is_pointed = is_pointed
            self._repaint()

    def follow_ease(self) -> None:
        """Be drawn for those who see the screen, or for those who hear it: guides would be read aloud."""
        self._sheet.has_guides = not is_linear(self)
        self._point()
        self._repaint()

    @property
    def caret_shape(self) -> CaretShape | None:
        """How the terminal's own cursor is to look now; None: it stays hidden."""
        sheet, view = self._sheet, self._view
        row, cell = sheet.caret_row - self.scroll_offset.y, sheet.caret_cell - self._left
        is_seen = 0 <= row < view.height and 0 <= cell < view.width - gutter_width(sheet.digits)
        if not (sheet.is_pointed and self.has_focus and is_seen) or sheet.carets.is_many:
            return None
        return CaretShape.UNDERLINE if self.mode is Mode.REPLACE else CaretShape.BAR

    def take_key(self, event: events.Key) -> bool:
        """Give a key to the machine; True if it was for it."""
        driver = self._driver
        if driver is None:
            return False
        is_printable = event.character is not None and event.is_printable
        taken = driver.machine.feed(event.character if is_printable and event.character else event.key)
        self._tell_mode()
        return taken or is_printable

    def _move_to(self, carets: Carets) -> None:
        driver = self._driver
        if driver is None or driver.is_showing:
            super()._move_to(carets)
            return
        self._sheet.stands = None
        super()._move_to(carets)
        driver.machine.selected_outside()
        self._tell_mode()

    def _followed(self, changes: ChangeSet) -> None:
        super()._followed(changes)
        if self._driver is not None:
            self._driver.machine.follow(changes)
            if self._sheet.stands is not None:
                self._sheet.stands = changes.map(self._sheet.stands)

    def _begin_file(self) -> None:
        """Another text is shown: modes begin anew."""
        self._sheet.stands = None
        if self._driver is not None:
            self._driver.machine.reset()
            self._tell_mode()

    def _act(self, name: str) -> bool:
        if name == "centre":
            row = self._sheet.caret_row
            self._scroll_to_row(max(0, row - max(1, self._view.height) // 2))
            return True
        if name == "delete_line_end" and self._may_edit():
            taken = self._line_end()
            if taken:
                self.app.copy_to_clipboard(taken)
        return super()._act(name)

    def set_way(self, name: str, value: str) -> None:
        """Set a way of showing or indenting that was typed as an option."""
        rules = self._sheet.rules
        if name == "wrap" and (value == "on") != self._is_wrapped:
            self._toggle_wrap()
        elif name == "list":
            show_blanks(self, "all" if value == "on" else "none")
        elif name == "indent":
            rules = replace(rules, indent_style="space" if value == "spaces" else "tab")
        elif name == "shiftwidth":
            rules = replace(rules, indent_size=max(1, min(int(value), 40)))
        elif name == "tabstop":
            rules = replace(rules, tab_width=max(1, min(int(value), 40)))
        if rules != self._sheet.rules:
            self._sheet.obey(rules)
            self._repaint()

    def _line_end(self) -> str:
        """Return what deleting to the end of the line takes."""
        text, head = self._sheet.text, self.caret
        rest = text.line(head.line)[head.column :]
        span = self._sheet.carets.primary.span
        return (
            text_of(text, span)
            if not span.is_empty
            else rest or ("\n" if head.line + 1 < text.line_count else "")
        )
