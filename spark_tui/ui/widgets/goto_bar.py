"""The bar below the text in which a person names a line or a symbol to go to, and sees it while typing."""

import re
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.widgets import Input

from spark_tui.core.display import inert
from spark_tui.core.text import Position
from spark_tui.syntax import Symbol
from spark_tui.ui.widgets.editor_bar import Bar, Box
from spark_tui.ui.widgets.editor_seeking import EditorSeeker
from spark_tui.ui.widgets.lines import Line, LineView, plain
from spark_tui.ui.widgets.matching import ranked

_LINE = re.compile(r"\s*:?(\d+)(?:[:,](\d+))?\s*")
_MOST = 200
_ROWS = 8


class GotoBar(Bar):
    """A number goes to a line, letters to a definition; Esc goes back to where one was."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", show=False, priority=True),
        Binding("down,ctrl+n", "mark(1)", show=False),
        Binding("up", "mark(-1)", show=False),
        Binding("pagedown", "mark(8)", show=False),
        Binding("pageup", "mark(-8)", show=False),
    ]
    DEFAULT_CSS = """
    GotoBar { height: auto; display: none; }
    GotoBar Horizontal { height: 1; }
    GotoBar Input { width: 1fr; }
    GotoBar #goto-label { width: 8; height: 1; }
    GotoBar #goto-list { height: auto; max-height: 8; }
    """

    def __init__(self, view: EditorSeeker) -> None:
        super().__init__(id="goto-bar")
        self._view = view
        self._label = LineView(can_focus=False, id="goto-label")
        self._box = Box(view, id="goto-box")
        self._list = LineView(can_focus=False, is_marked=True, id="goto-list")
        self._symbols: tuple[Symbol, ...] | None = ()
        """None while the file is being parsed."""
        self._shown: list[Symbol] = []
        self._wants_symbols = False

    def compose(self) -> ComposeResult:
        """The list above, the box below."""
        yield self._list
        with Horizontal():
            yield self._label
            yield self._box

    def open(self, what: str) -> None:
        """Begin to go to a line or to a symbol."""
        if not self.display:
            self._view.begin_going()
        self._wants_symbols = what == "go_to_symbol"
        self._symbols = self._view.outline()
        self.display = True
        self._label.set_lines([plain(" symbol " if self._wants_symbols else " go to  ", "heading")])
        self._box.placeholder = "letters of a name" if self._wants_symbols else "line, line:column, or a name"
        with self._box.prevent(Input.Changed):
            self._box.value = ""
        self._box.focus()
        self._narrow("")

    def _close(self, *, stays: bool) -> None:
        """Back to the text: here, or where it began."""
        self.display = False
        self._view.end_going(stays=stays)
        self._view.focus(scroll_visible=False)

    def _narrow(self, letters: str) -> None:
        is_line = _LINE.fullmatch(letters)
        if self._symbols is None:
            self._symbols = self._view.outline()
        if is_line or not (letters.strip() or self._wants_symbols):
            self._shown = []
        else:
            self._shown = _fitting(letters, self._symbols or ())
        nothing = "  no symbol" if self._symbols is not None else "  still reading the file"
        self._list.display = bool(self._shown) or (self._wants_symbols and not is_line)
        self._list.set_cursor(0 if self._shown else None, scroll=False)
        self._list.set_lines([_line(symbol) for symbol in self._shown] or [plain(nothing, "muted")])
        self._list.scroll_to_row(0)
        if is_line:
            self._view.peek(Position(max(0, int(is_line[1]) - 1), max(0, int(is_line[2] or 1) - 1)))
        elif letters.strip():
            self._peek()

    def _peek(self) -> None:
        row = self._list.cursor
        if row is not None and row < len(self._shown):
            symbol = self._shown[row]
            self._view.peek(Position(symbol.line, symbol.column))

    @on(Input.Changed)
    def typed(self, event: Input.Changed) -> None:
        """Show where the text in the box leads."""
        event.stop()
        if self.display:
            self._narrow(event.value)

    @on(Input.Submitted)
    def entered(self, event: Input.Submitted) -> None:
        """Stay at the place that is shown."""
        event.stop()
        if not event.value.strip():
            self._peek()
        self._close(stays=True)

    def action_mark(self, by: int) -> None:
        """Mark another symbol, and show it."""
        if self._shown:
            row = (self._list.cursor or 0) + by
            self._list.set_cursor(max(0, min(row, len(self._shown) - 1)))
            self._peek()

    def leave(self) -> None:
        """Go back to where it began."""
        self._close(stays=False)

    def action_leave(self) -> None:
        """Leave."""
        self.leave()

    def on_line_view_row_clicked(self, event: LineView.RowClicked) -> None:
        """A click goes to the symbol."""
        event.stop()
        if event.view is self._list and event.row < len(self._shown):
            self._list.set_cursor(event.row)
            self._peek()
            self._close(stays=True)


def _fitting(letters: str, symbols: tuple[Symbol, ...]) -> list[Symbol]:
    by_name: dict[str, list[Symbol]] = {}
    for symbol in symbols:
        by_name.setdefault(symbol.name, []).append(symbol)
    if not letters.strip():
        return list(symbols[:_MOST])
    names = ranked(letters, by_name, _MOST)
    return [symbol for name in names for symbol in by_name[name]][:_MOST]


def _line(symbol: Symbol) -> Line:
    indent = "  " * min(symbol.depth, 6)
    return Line(
        (("", f"  {indent}{inert(symbol.name)}"), ("muted", f"  {symbol.kind}")),
        (("muted", f"{symbol.line + 1} "),),
    )
