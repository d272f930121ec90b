"""Insert and replace mode: what is typed goes to the editor, and is remembered to be typed again."""

from dataclasses import field

from spark_tui.core.text import Position, Span
from spark_tui.core.values import dataclass
from spark_tui.ui.modes import Mode
from spark_tui.ui.vim.changing import block_lines
from spark_tui.ui.vim.page import Piece
from spark_tui.ui.vim.state import State

LEAVES = ("escape", "ctrl+c", "ctrl+left_square_bracket")
"""Keys that end what was begun."""
_ACTS = {
    "enter": "newline", "ctrl+j": "newline", "ctrl+m": "newline", "tab": "tab", "backspace": "backspace",
    "ctrl+h": "backspace", "delete": "delete", "ctrl+w": "delete_word_left", "ctrl+t": "indent", "ctrl+d": "outdent",
}  # fmt: skip
_MOVES = {
    "left": "left", "right": "right", "up": "up", "down": "down", "home": "home", "end": "end",
    "pageup": "page_up", "pagedown": "page_down", "ctrl+left": "word_left", "ctrl+right": "word_right",
}  # fmt: skip


@dataclass(slots=True)
class _Session:
    """From entering insert mode to leaving it."""

    count: int = 1
    opens: bool = False
    """Whether each repetition begins a line of its own."""
    block: Piece | None = None
    at_end: bool = False
    keeps_lead: bool = True
    """Whether blanks that the line begins with stay although nothing is typed behind them."""
    start: Position = Position(0, 0)
    keys: list[str] = field(default_factory=list)
    has_moved: bool = False
    covered: list[str] = field(default_factory=list)
    """What replace mode typed over, to be put back by Backspace."""


class Inserting:
    """Takes keys while a person types."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._session = _Session()
        self._awaits_register = False

    def begin(
        self,
        at: Position,
        count: int = 1,
        *,
        opens: bool = False,
        block: Piece | None = None,
        at_end: bool = False,
        keeps_lead: bool = True,
        mode: Mode = Mode.INSERT,
    ) -> None:
        """Enter insert mode at a place."""
        state = self._state
        state.undone.append((state.caret, at.line))
        state.turn(mode)
        state.show(at)
        self._session = _Session(count, opens, block, at_end, keeps_lead, state.caret)

    def feed(self, key: str) -> bool:
        """Take a key; False leaves it to the editor."""
        state = self._state
        if self._awaits_register:
            self._awaits_register = False
            register = state.take(key)
            if register is not None:
                state.host.type(register.text)
            return True
        if key in LEAVES:
            self._leave()
            return True
        if key in _MOVES:
            self._session.has_moved = True
            self._session.keys.clear()
            state.host.act(_MOVES[key])
            return True
        if key == "ctrl+r":
            self._awaits_register = True
        elif key == "ctrl+u":
            place = state.caret
            state.host.change([(Span(Position(place.line, 0), place), "")])
            state.show(Position(place.line, 0))
        elif not self._enter(key):
            return False
        self._session.keys.append(key)
        return True

    def _enter(self, key: str) -> bool:
        state = self._state
        if state.mode is Mode.REPLACE and (len(key) == 1 or key in ("backspace", "ctrl+h")):
            self._type_over(key)
        elif len(key) == 1:
            state.host.type(key)
        elif key in ("backspace", "ctrl+h") and state.caret == Position(0, 0):
            return True
        elif key in _ACTS:
            state.host.act(_ACTS[key])
        else:
            return False
        return True

    def _type_over(self, key: str) -> None:
        state, session = self._state, self._session
        page, place = state.page, state.caret
        if len(key) == 1:
            end = page.after(place) if place.column < len(page.line(place.line)) else place
            session.covered.append(page.line(place.line)[place.column : end.column])
            state.host.change([(Span(place, end), key)])
            state.show(Position(place.line, place.column + 1))
        elif session.covered and place.column:
            start = page.before(place)
            state.host.change([(Span(start, place), session.covered.pop())])
            state.show(start)
        elif place.column:
            state.show(page.before(place))

    def pasted(self, text: str) -> None:
        """Remember text that came at once."""
        self._session.keys.extend(text)

    def _leave(self) -> None:
        """Back to normal mode: type again as often as was asked, and in every line of a block."""
        state, session = self._state, self._session
        keys = list(session.keys)
        for _ in range(session.count - 1 if not session.has_moved else 0):
            if session.opens:
                end = len(state.page.line(state.caret.line))
                state.show(Position(state.caret.line, end))
                state.host.act("newline")
            for key in keys:
                self._enter(key)
        text = "".join(keys)
        if session.block is not None and all(len(key) == 1 for key in keys) and text:
            pieces = block_lines(state.page, session.block, text, at_end=session.at_end)
            state.host.change(pieces)
            caret = session.block.start
        else:
            place = state.caret
            caret = state.page.before(place) if place.column else place
        self._drop_blank_line()
        state.registers.inserted = tuple(session.keys)
        state.marks["^"] = state.caret
        state.turn(Mode.NORMAL)
        state.show(caret)
        state.goal = None

    def _drop_blank_line(self) -> None:
        """Indentation that nothing was typed behind goes away again."""
        state, session = self._state, self._session
        place = state.caret
        line = state.page.line(place.line)
        is_new = session.opens or not (session.keeps_lead or session.keys)
        begun = is_new or session.keys[-1:] in (["enter"], ["ctrl+j"], ["ctrl+m"])
        if begun and line and not line.strip(" \t") and place.column == len(line):
            if session.opens and any(key not in ("enter",) for key in session.keys[-1:]):
                return
            state.host.change([(Span(Position(place.line, 0), place), "")])
            state.show(Position(place.line, 0))

    @property
    def typed(self) -> tuple[str, ...]:
        """The keys of the session so far."""
        return tuple(self._session.keys)
