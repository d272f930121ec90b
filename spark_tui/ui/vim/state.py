"""Everything that modal editing remembers, and the few things all of its parts do."""

from collections.abc import Sequence
from dataclasses import field

from spark_tui.core.text import ChangeSet, Position, Span
from spark_tui.core.values import dataclass
from spark_tui.ui.modes import Mode
from spark_tui.ui.vim.changing import Made
from spark_tui.ui.vim.page import END, Page, Piece, Shape
from spark_tui.ui.vim.registers import Register, Registers
from spark_tui.ui.vim.wishes import Host, View

_STEPS = 500


class Beep(Exception):
    """What was asked for can't be done; ends the command and any macro."""


@dataclass(slots=True)
class Options:
    """What `:set` sets."""

    ignorecase: bool = False
    smartcase: bool = False
    hlsearch: bool = True
    wrapscan: bool = True


@dataclass(frozen=True, slots=True)
class Selected:
    """A visual selection that is over."""

    mode: Mode
    anchor: Position
    caret: Position
    to_ends: bool = False


@dataclass(frozen=True, slots=True)
class Repeat:
    """A change that `.` does again."""

    keys: tuple[str, ...]
    count: int | None = None
    register: str = ""
    size: tuple[Mode, int, int] | None = None
    """For a change of a selection: its mode, further lines, and characters in its last line."""


@dataclass(slots=True)
class Search:
    """What was searched for last."""

    pattern: str = ""
    forward: bool = True
    offset: str = ""


@dataclass(slots=True)
class State:
    """One editor's memory."""

    host: Host
    mode: Mode = Mode.NORMAL
    registers: Registers = field(default_factory=Registers)
    options: Options = field(default_factory=Options)
    marks: dict[str, Position] = field(default_factory=dict)
    find: tuple[str, str] | None = None
    """How and what `f` and its like looked for last."""
    search: Search = field(default_factory=Search)
    substitution: tuple[str, str, str] | None = None
    """Pattern, replacement and flags of the last `:s`."""
    goal: int | None = None
    """The cell that moving up and down aims for."""
    anchor: Position = Position(0, 0)
    """Where a visual selection began."""
    to_ends: bool = False
    last_selected: Selected | None = None
    repeat: Repeat | None = None
    undone: list[tuple[Position, int]] = field(default_factory=list)
    """Where the caret was before each change, and the first line that changed, for undo."""
    redone: list[tuple[Position, int]] = field(default_factory=list)
    followed: list[Position] = field(default_factory=list)
    """Places that somebody is about to visit."""

    @property
    def page(self) -> Page:
        """The text as it is now."""
        return self.host.page()

    @property
    def caret(self) -> Position:
        """Where the caret is."""
        return self.host.caret()

    def show(self, caret: Position) -> None:
        """Put the caret somewhere, as the mode allows."""
        page = self.page
        if self.mode in (Mode.INSERT, Mode.REPLACE):
            place = Position(min(caret.line, page.text.line_count - 1), caret.column)
            place = Position(place.line, max(0, min(place.column, len(page.line(place.line)))))
        elif self.mode.is_visual and caret.column >= len(page.line(min(caret.line, page.last))):
            line = min(caret.line, page.last)
            place = Position(
                line, len(page.line(line)) if self.mode is not Mode.VISUAL_LINE else page.last_column(line)
            )
        else:
            place = page.on_char(caret)
        anchor = self.anchor if self.mode.is_visual else None
        self.host.show(View(place, self.mode, anchor, self.to_ends))

    def turn(self, mode: Mode) -> None:
        """Change the mode; the caret stays."""
        if self.mode.is_visual and not mode.is_visual:
            self.remember_selection()
        self.mode = mode

    def remember_selection(self) -> None:
        """Keep the selection for `gv` and for the marks at its ends."""
        self.last_selected = Selected(self.mode, self.anchor, self.caret, self.to_ends)
        first, last = sorted((self.anchor, self.caret))
        if self.mode is Mode.VISUAL_LINE:
            first, last = Position(first.line, 0), Position(last.line, len(self.page.line(last.line)))
        self.marks["<"], self.marks[">"] = first, last

    def make(self, made: Made) -> None:
        """Change the text and put the caret where it belongs. Raises Beep where that can't be."""
        before = self.caret
        if made.pieces:
            if not self.host.change(made.pieces):
                raise Beep
            self.note_change(before, made.pieces[0][0].start.line)
        caret = self.page.first(made.caret.line) if made.to_text else made.caret
        self.show(caret)

    def follow(self, changes: ChangeSet) -> None:
        """Move every place that is remembered along with a change of the text."""
        self.marks = {name: changes.map(place, after=True) for name, place in self.marks.items()}
        self.followed = [changes.map(place, after=True) for place in self.followed]

    def note_change(self, before: Position, line: int) -> None:
        """Remember where the caret was before a change that begins in a line."""
        self.undone.append((before, line))
        del self.undone[:-_STEPS]
        self.redone.clear()

    def piece_of_selection(self, caret: Position | None = None) -> Piece:
        """Return what is selected in visual mode, with the caret where it is or at another place."""
        page = self.page
        caret = self.caret if caret is None else caret
        first, last = sorted((self.anchor, caret))
        if self.mode is Mode.VISUAL_LINE:
            return Piece(Position(first.line, 0), Position(last.line, len(page.line(last.line))), Shape.LINES)
        if self.mode is Mode.VISUAL:
            if last.column < len(page.line(last.line)):
                return Piece(first, page.after(last))
            if last.line < page.last:
                return Piece(first, Position(last.line + 1, 0))
            return Piece(first, Position(last.line, len(page.line(last.line))))
        cells = [page.cell_of(self.anchor), page.cell_of(caret)]
        ends = [page.cell_of(page.after(place)) for place in (self.anchor, caret)]
        left, right = min(cells), END if self.to_ends else max(*ends, max(cells) + 1)
        top, bottom = sorted((self.anchor.line, caret.line))
        return Piece(
            Position(top, page.sides(top, (left, right))[0]), Position(bottom, 0), Shape.BLOCK, (left, right)
        )

    def take(self, name: str) -> Register | None:
        """Return a register; those of the clipboard ask the system."""
        if name in ("+", "*"):
            text = self.host.clipboard()
            shape = Shape.LINES if text.endswith("\n") else Shape.CHARS
            return Register(text.removesuffix("\n"), shape) if text else None
        if name == "/":
            return Register(self.search.pattern)
        return self.registers.get(name)

    def gave(self, name: str, register: Register) -> None:
        """Hand to the system what was kept in a register of the clipboard."""
        if name in ("+", "*"):
            self.host.clipboard(register.text + ("\n" if register.shape is Shape.LINES else ""))

    def changes_of(self, pieces: Sequence[tuple[Span, str]]) -> bool:
        """Change the text, and nothing else; False where that can't be."""
        return self.host.change(pieces)
