"""Operators: what they do to a piece of the text."""

from collections.abc import Callable

from spark_tui.core.text import Position
from spark_tui.ui.modes import Mode
from spark_tui.ui.vim import changing
from spark_tui.ui.vim.changing import Made
from spark_tui.ui.vim.inserting import Inserting
from spark_tui.ui.vim.page import END, Piece, Shape
from spark_tui.ui.vim.state import Beep, State

OPERATORS = ("d", "c", "y", ">", "<", "=", "gu", "gU", "g~", "g?", "gJ", "J", "zf", "gc")
"""Those that wait for a motion, but for the joins."""
CASES: dict[str, Callable[[str], str]] = {
    "gu": str.lower,
    "gU": str.upper,
    "g~": str.swapcase,
    "g?": changing.rot13,
}
"""Operators that change letters one by one."""
_MANY = 3
"""Lines from which on a number is told."""


def operate(
    state: State, inserting: Inserting, name: str, piece: Piece, register: str = "", levels: int = 1
) -> bool:
    """Do an operator; return whether `.` does it again."""
    page = state.page
    if name == "d" and not page.text.row_count:
        # Nothing is there, and no register gets nothing.
        raise Beep
    _set_marks(state, piece)
    if name != "y":
        # Undo brings the caret back to where the operator began.
        state.show(
            piece.start if piece.shape is not Shape.LINES else Position(piece.start.line, state.caret.column)
        )
    if name == "y":
        _yank(state, piece, register)
        return False
    if name in ("d", "c"):
        _keep(state, piece, register)
    if name == "d":
        state.make(_delete(state, piece))
        _tell(state, len(piece.rows) if piece.shape is Shape.LINES else 0, "fewer")
    elif name == "c":
        _change(state, inserting, piece)
    elif name in (">", "<"):
        by = levels if name == ">" else -levels
        is_block = piece.shape is Shape.BLOCK
        state.make(
            changing.shift_block(page, piece, by) if is_block else changing.shift(page, piece.rows, by)
        )
    elif name == "=":
        state.make(changing.reindent(page, piece.rows))
    elif name == "gc":
        _comment(state, piece)
    elif name in CASES:
        made = changing.mapped(page, piece, CASES[name])
        at = state.caret
        caret = (
            piece.start if piece.shape is not Shape.LINES else min(at, Position(piece.start.line, at.column))
        )
        state.make(Made(made.pieces, caret))
    else:
        raise Beep
    return True


def _yank(state: State, piece: Piece, register: str) -> None:
    kept = changing.content(state.page, piece)
    state.registers.yanked(register, kept)
    state.gave(register, kept)
    _tell(state, len(piece.rows), "yanked")
    start = piece.start
    if piece.shape is Shape.LINES:
        at = state.caret
        start = at if at.line == piece.start.line else Position(piece.start.line, at.column)
    state.show(start)


def _set_marks(state: State, piece: Piece) -> None:
    state.marks["["] = piece.start
    end = piece.end
    state.marks["]"] = Position(end.line, max(0, end.column - 1))


def _keep(state: State, piece: Piece, register: str) -> None:
    kept = changing.content(state.page, piece)
    if not kept.text and piece.shape is Shape.CHARS:
        return
    is_small = piece.shape is not Shape.LINES and "\n" not in kept.text
    state.registers.deleted(register, kept, is_small=is_small)
    state.gave(register, kept)


def _delete(state: State, piece: Piece) -> Made:
    page = state.page
    if piece.shape is Shape.CHARS and piece.start == piece.end:
        return Made([], piece.start)
    return changing.delete(page, piece)


def _change(state: State, inserting: Inserting, piece: Piece) -> None:
    page = state.page
    made = changing.clear(page, piece)
    if made.pieces and not state.changes_of([one for one in made.pieces if not one[0].is_empty or one[1]]):
        raise Beep
    block = piece if piece.shape is Shape.BLOCK else None
    if block is not None:
        left = block.cells[0]
        block = Piece(block.start, block.end, Shape.BLOCK, (left, END if block.cells[1] >= END else left + 1))
    inserting.begin(made.caret, block=block, keeps_lead=piece.shape is not Shape.LINES)


def _comment(state: State, piece: Piece) -> None:
    """Make comments of lines, or code again."""
    at = state.caret
    state.mode, state.anchor = Mode.VISUAL_LINE, Position(piece.start.line, 0)
    state.show(Position(piece.rows.stop - 1, 0))
    state.host.act("toggle_comment")
    state.mode = Mode.NORMAL
    state.show(at)


def _tell(state: State, lines: int, word: str) -> None:
    if lines >= _MANY:
        state.host.say(f"{lines} lines {word}." if word == "yanked" else f"{lines} {word} lines.")
