"""Finds by letters: files as one types, `@` for a definition anywhere in the project, `:` for a line.

Both can be joined: `models.py:12` opens the file at that line. A name that no file has can become a new one.
"""

import re
from collections.abc import Callable, Sequence

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Input

from spark_tui.core.display import inert
from spark_tui.core.paths import check_path, normalise
from spark_tui.core.values import dataclass
from spark_tui.engine import Engine
from spark_tui.ui.screens.narrowing import NarrowingScreen
from spark_tui.ui.widgets.lines import Line, LineView, plain
from spark_tui.ui.widgets.matching import lit

MOST = 200
"""Rows shown at most; more letters make it fewer."""
_PLACED = re.compile(r"(?P<name>.*?):(?P<line>\d{1,9})(?::(?P<column>\d{1,9}))?:?", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Place:
    """Where to go."""

    path: str
    line: int | None = None
    """Counted from 0."""
    column: int = 0
    is_new: bool = False
    """Whether there is no such file yet."""


@dataclass(frozen=True, slots=True)
class _Row:
    place: Place
    draw: Callable[[int], Line]
    """Makes the line for a width."""


def split_place(text: str) -> tuple[str, int | None, int]:
    """Split `name:line:column` into name, line and column, both counted from 0."""
    match = _PLACED.fullmatch(text)
    if match is None:
        return text, None, 0
    return match["name"], max(int(match["line"]) - 1, 0), max(int(match["column"] or 1) - 1, 0)


class FinderScreen(NarrowingScreen[Place]):
    """Returns the place to go to, or None."""

    def __init__(self, engine: Engine, start: str = "") -> None:
        """Begin with `start` in the box: `@` for definitions."""
        super().__init__()
        self._engine = engine
        self._start = start
        self._rows: list[_Row] = []
        self._said = ""
        self._head = LineView(can_focus=False, classes="bar")

    def compose(self) -> ComposeResult:
        """A title, a box for letters, the rows."""
        with Vertical(id="picker", classes="dialog"):
            yield self._head
            yield Input(
                self._start,
                placeholder="letters of a path · @ definition · :line",
                id="picker-letters",
                compact=True,
                select_on_focus=False,
            )
            yield self._view

    def on_mount(self) -> None:
        """Show what was used lately."""
        self._view.when_sized = self._draw
        self._engine.navigation.symbols.on_learned = self._know_more
        self.query_one(Input).cursor_position = len(self._start)
        self._narrow(self._start)

    def on_unmount(self) -> None:
        """Nobody looks any more."""
        self._engine.navigation.symbols.on_learned = lambda: None

    def _know_more(self) -> None:
        letters = self.query_one(Input).value
        if letters.startswith("@") and not self._view.cursor:
            self._narrow(letters)

    def _narrow(self, text: str) -> None:
        self._said = ""
        if text.startswith("@"):
            self._rows = self._definitions(text[1:].strip())
        else:
            self._rows = self._files(text.strip())
        self._view.set_cursor(0 if self._rows else None, scroll=False)
        self._draw()
        self._view.scroll_to_row(0)

    def _draw(self) -> None:
        width = max(self._view.size.width, 20)
        title = " definitions" if self.query_one(Input).value.startswith("@") else " files"
        self._head.set_lines([Line((("heading", title),), (("muted", "Enter opens, Esc leaves "),))])
        self._view.set_lines(
            [row.draw(width) for row in self._rows] or [plain(f"  {inert(self._said)}", "muted")]
        )

    # What fits

    def _files(self, text: str) -> list[_Row]:
        finding, active = self._engine.navigation.finding, self._engine.workspace.active
        name, line, column = split_place(text)
        name = name.removeprefix(self._engine.root.rstrip("/") + "/")
        if not name and line is not None:
            return self._line(active, line, column)
        rows = [
            _Row(Place(hit.path, line, column), _file_row(hit.path, hit.letters, hit.mark, hit.is_recent))
            for hit in finding.files(name, MOST, active)
        ]
        if not rows and line is not None:
            # Some names do end in a colon and digits.
            rows = [
                _Row(Place(hit.path), _file_row(hit.path, hit.letters, hit.mark, hit.is_recent))
                for hit in finding.files(text, MOST, active)
            ]
        return rows or self._new(name, line, column)

    def _line(self, active: str | None, line: int, column: int) -> list[_Row]:
        if active is None:
            self._said = "no file is open"
            return []
        label = plain(f"  line {line + 1} of {inert(active)}")
        return [_Row(Place(active, line, column), lambda width: label)]

    def _new(self, name: str, line: int | None, column: int) -> list[_Row]:
        self._said = "no files yet"
        if not name:
            return []
        if name.startswith(("/", "~")):
            self._said = "not in this workspace: `spark-tui PATH` opens what is elsewhere"
            return []
        path = normalise(name)
        fault = check_path(path)
        self._said = fault or "no file has these letters"
        if fault or name.endswith("/"):
            return []
        label = Line((("muted", "  no such file; make it: "), ("strong", inert(path))))
        return [_Row(Place(path, line, column, is_new=True), lambda width: label)]

    def _definitions(self, letters: str) -> list[_Row]:
        found, self._said = self._engine.navigation.symbols.find(letters, MOST)
        return [
            _Row(
                Place(hit.path, hit.line, hit.column),
                _definition_row(hit.name, hit.letters, hit.kind, f"{hit.path}:{hit.line + 1}"),
            )
            for hit in found
        ]

    def _found(self) -> Sequence[Place]:
        return [row.place for row in self._rows]


def _file_row(path: str, letters: Sequence[int], mark: str, is_recent: bool) -> Callable[[int], Line]:
    right = f"{'recent' if is_recent else ''} {mark or ' '} "
    return lambda width: Line((("", "  "), *lit(path, letters, width - len(right) - 3)), (("muted", right),))


def _definition_row(name: str, letters: Sequence[int], kind: str, place: str) -> Callable[[int], Line]:
    def draw(width: int) -> Line:
        shown = lit(name, letters, width - 20)
        used = sum(len(text) for _, text in shown) + len(kind) + 6
        where = inert(place)
        where = where if len(where) <= width - used else f"…{where[len(where) - max(width - used - 1, 8) :]}"
        return Line((("", "  "), *shown, ("muted", f"  {kind}")), (("muted", f"{where} "),))

    return draw
