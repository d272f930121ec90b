"""Lets the machine of modal editing drive the editor: its wishes become carets, changes and scrolling."""

from collections.abc import Sequence

from spark_tui.core.text import Change, ChangeSet, Position, Span
from spark_tui.ui.vim import Machine, Mode, Page, View
from spark_tui.ui.widgets.editor_carets import Carets
from spark_tui.ui.widgets.editor_many import Made
from spark_tui.ui.widgets.editor_messages import Refused, Wished
from spark_tui.ui.widgets.editor_mouse import EditorMouse
from spark_tui.ui.widgets.editor_multiply import MOST
from spark_tui.ui.widgets.editor_scene import Scene, Selection
from spark_tui.ui.widgets.editor_search import Query


class Driver:
    """The editor as the machine sees it."""

    def __init__(self, view: EditorMouse) -> None:
        self._view = view
        self._serial = 0
        self.is_showing = False
        """Whether the caret moves because the machine wants it to."""
        self.machine = Machine(self)
        """What understands keys."""

    def page(self) -> Page:
        """The text as it is now, and what is in view."""
        sheet, view = self._view._sheet, self._view
        top = view.scroll_offset.y
        last = sheet.rows.line_near(top + max(1, view._view.height) - 1)
        return Page(sheet.text, sheet.indent.tab_size, sheet.indent.unit, sheet.rows.line_near(top), last)

    def caret(self) -> Position:
        """Where the caret is."""
        sheet = self._view._sheet
        return sheet.carets.primary.head if sheet.stands is None else sheet.stands

    def selected(self) -> Span | None:
        """What was selected by other means."""
        return self._view.selection

    def show(self, view: View) -> None:
        """Put the caret somewhere."""
        self.is_showing = True
        try:
            carets = self._carets(view)
            self._view._sheet.stands = view.caret if view.mode.is_visual else None
            self._view._move_to(carets)
        finally:
            self.is_showing = False

    def _carets(self, view: View) -> Carets:
        if view.anchor is None or not view.mode.is_visual:
            return Carets.one(Selection.at(view.caret))
        page = self.page()
        first, last = sorted((view.anchor, view.caret))
        if view.mode is Mode.VISUAL_BLOCK:
            rows = self.machine.state.piece_of_selection(view.caret)
            found = []
            for line in list(rows.rows)[:MOST]:
                left, right = page.sides(line, rows.cells)
                found.append(Selection(Position(line, left), Position(line, right)))
            main = 0 if view.caret.line == rows.start.line else len(found) - 1
            return Carets.of(found, main)
        if view.mode is Mode.VISUAL_LINE:
            first, end = Position(first.line, 0), self._behind(page, last.line)
        else:
            length = len(page.line(last.line))
            end = page.after(last) if last.column < length else self._behind(page, last.line)
        return Carets.one(Selection(first, end) if view.anchor <= view.caret else Selection(end, first))

    def _behind(self, page: Page, line: int) -> Position:
        return Position(line + 1, 0) if line + 1 < page.text.line_count else page.text.end

    def change(self, pieces: Sequence[tuple[Span, str]]) -> bool:
        """Replace spans."""
        text = self._view._sheet.text
        made = tuple(Change(span, new.replace("\n", text.newline)) for span, new in pieces)
        if not made:
            return True
        changes = ChangeSet(text.revision, made, text.lone_cr)
        place = Selection.at(changes.map(self.caret(), after=True))
        self._view._sheet.stands = None

        def command(scene: Scene, carets: Carets) -> Made:
            return Made(changes, Carets.one(place))

        self.is_showing = True
        try:
            self._view._edit(command)
        finally:
            self.is_showing = False
        return self._view._sheet.text is not text

    def begin(self) -> None:
        """Everything changed from now on is one step."""
        self._serial += 1
        self._view._grouping.held = f"command:{self._serial}"

    def step(self, *, is_undo: bool) -> bool:
        """Undo or redo."""
        before = self._view._sheet.text
        self.is_showing = True
        try:
            self._view._step(self._view._host.undo if is_undo else self._view._host.redo)
        finally:
            self.is_showing = False
        return self._view._sheet.text is not before

    def act(self, name: str) -> None:
        """Do a command of the editor."""
        self.is_showing = True
        try:
            self._view._act(name)
        finally:
            self.is_showing = False

    def type(self, text: str) -> None:
        """Insert what was typed."""
        if len(text) == 1:
            self._view._type(text)
        else:
            self._view._paste(text, from_terminal=True)

    def scroll(self, line: int, where: str) -> None:
        """Bring a line to a place of the view."""
        height = max(1, self._view._view.height)
        row = self._view._sheet.rows.row_of(min(line, self._view._sheet.text.line_count - 1))
        self._view._scroll_to_row(
            max(0, row - {"top": 0, "middle": height // 2, "bottom": height - 1}[where])
        )

    def clipboard(self, text: str | None = None) -> str:
        """Set or return what was copied."""
        if text is not None:
            self._view.app.copy_to_clipboard(text)
            return text
        return self._view.app.clipboard

    def mark_matches(self, pattern: str, *, ignore_case: bool) -> None:
        """Show every match."""
        finder = self._view.finder
        finder.scope = None
        finder.ask(Query(pattern, is_regex=True, match_case=not ignore_case))
        finder.show(bool(pattern))
        self._view._repaint()

    def run(self, wish: str, argument: str = "") -> None:
        """Hand a wish on."""
        self._view.post_message(Wished(self._view, wish, argument))

    def say(self, sentence: str) -> None:
        """Tell the person something."""
        self._view.post_message(Refused(sentence))
