"""Reads a command key by key: counts, register, operator, motion or object, and does it when it is complete."""

from collections.abc import Generator
from enum import Enum

from spark_tui.core.text import Position
from spark_tui.ui.modes import Mode
from spark_tui.ui.vim import objects
from spark_tui.ui.vim.classes import class_of
from spark_tui.ui.vim.commands import COMMANDS, VISUAL, Request
from spark_tui.ui.vim.inserting import Inserting
from spark_tui.ui.vim.motions import WAYS, Goal, Kind, find_char, lines_down, word_taken
from spark_tui.ui.vim.operating import CASES, OPERATORS, operate
from spark_tui.ui.vim.page import END, Page, Piece, Shape
from spark_tui.ui.vim.search_line import SearchLine
from spark_tui.ui.vim.seeking import search, search_word
from spark_tui.ui.vim.state import Beep, State
from spark_tui.ui.vim.taken import Taken

Keys = Generator[None, str, "Outcome"]


class Outcome(Enum):
    """How a command ended."""

    DONE = 0
    CHANGED = 1
    """And `.` does it again."""
    UNKNOWN = 2
    """The key is for others."""


_FINDS = "fFtT"
_FORGIVING = ("e", "E", "l", "h", "left", "right", " ")
"""Motions that lead nowhere without a fault behind an operator."""
_OWN = (":", "q", "@", "m", ".")
_ASKING = ("r", "z", "Z", "ctrl+w")
_FAR_MARKS = "'`"


class Reader:
    """Understands normal and visual mode."""

    def __init__(self, state: State, inserting: Inserting) -> None:
        self._state = state
        self._inserting = inserting
        self.count: int | None = None
        """The count of the command that was read last."""
        self.register = ""
        """Its register."""
        self.plain: list[str] = []
        """Its keys without count and register."""
        self.override: int | None = None
        """A count for all of the next command, whatever it says."""
        self.about: tuple[str, int | None, str] | None = None
        """A command about other keys, to be done by others: its key, count and character."""
        self.is_recording = False
        """Whether `q` ends something."""
        self.searches = SearchLine()
        """The line in which a search is typed."""

    def read(self) -> Keys:
        """Read one command."""
        self.count, self.register, self.plain = None, "", []
        key = yield from self._prefix()
        name = key
        if key in _OWN:
            asks = key in ("@", "m") or key == "q" and not self.is_recording
            self.about = key, self.count, (yield from self._next()) if asks else ""
            return Outcome.DONE
        if key in ("g", "["):
            name = key + (yield from self._next())
        if self._state.mode.is_visual:
            return (yield from self._visual(name))
        if name in OPERATORS and name not in ("J", "gJ"):
            return (yield from self._operator(name))
        goal = yield from self._motion(name, self.count)
        if goal is not None:
            self._go(goal, name)
            return Outcome.DONE
        do = COMMANDS.get(name)
        if do is None:
            return self._nothing(name)
        char = (yield from self._next()) if name in _ASKING else ""
        changed = do(self._state, self._inserting, Request(name, self.count, self.register, char))
        if name not in ("ctrl+e", "ctrl+y", "z"):
            self._state.goal = None
        return Outcome.CHANGED if changed else Outcome.DONE

    def _nothing(self, name: str) -> Outcome:
        if len(name) == 1 or name[0] == "g" and name != "g":
            raise Beep
        return Outcome.UNKNOWN

    def _next(self) -> Generator[None, str, str]:
        key = yield
        self.plain.append(key)
        return key

    def _prefix(self) -> Generator[None, str, str]:
        """Read registers and a count, in any order; return the key behind them."""
        digits = ""
        while True:
            key = yield
            if key == '"':
                self.register = yield
            elif key.isdigit() and len(key) == 1 and (digits or key != "0"):
                digits += key
            else:
                break
        self.count = min(int(digits[:9]), 1_000_000) if digits else None
        if self.override is not None:
            self.count, self.override = self.override, self.override
        self.plain.append(key)
        return key

    # --- operators

    def _operator(self, name: str) -> Keys:
        state = self._state
        digits = ""
        key = yield from self._next()
        while key.isdigit() and len(key) == 1 and (digits or key != "0"):
            digits += key
            key = yield from self._next()
        count = self.count
        if digits and self.override is None:
            count = (self.count or 1) * int(digits[:9])
        forced = ""
        if key in ("v", "V", "ctrl+v"):
            forced = key
            key = yield from self._next()
        if key == "g":
            key += yield from self._next()
        if key == name or key == name[-1] or key == "g" + name[-1] and len(name) > 1:
            line = state.caret.line
            last = lines_down(state.page, line, (count or 1) - 1)
            if last is None:
                raise Beep
            piece = _lines(state.page, line, last)
            if name != "y":
                first = state.page.first(line)
                state.show(min(first, state.caret) if name in CASES else first)
        elif key in ("i", "a"):
            taken = yield from self._object(key, count or 1)
            piece = _of_object(state.page, taken, name)
            state.show(taken.start)
        else:
            piece = yield from self._way(name, key, count, forced)
        changed = operate(state, self._inserting, name, piece, self.register)
        state.goal = None
        return Outcome.CHANGED if changed else Outcome.DONE

    def _object(self, key: str, count: int) -> Generator[None, str, Taken]:
        name = yield from self._next()
        state = self._state
        if name not in objects.NAMES:
            raise Beep
        found = objects.find(
            state.page,
            state.caret,
            name,
            is_inner=key == "i",
            count=count,
            anchor=state.anchor if state.mode.is_visual else None,
            is_whole=state.mode is Mode.VISUAL_LINE,
        )
        if found is None:
            raise Beep
        return found

    def _way(self, name: str, key: str, count: int | None, forced: str) -> Generator[None, str, Piece]:
        state = self._state
        page, at = state.page, state.caret
        if name == "c" and key in ("w", "W") and page.line(at.line)[at.column : at.column + 1].strip():
            key = "e" if key == "w" else "E"
            found = _change_word(page, at, count, key)
            return Piece(at, page.after(found))
        if key in ("w", "W") and not forced:
            taken = word_taken(page, at, count, key == "W")
            end = taken or Position(at.line, len(page.line(at.line)))
            if end.column == 0 and end.line > at.line and page.line(end.line - 1):
                end = Position(end.line - 1, len(page.line(end.line - 1)))
            piece = _piece(page, at, end, Kind.EXCLUSIVE)
            return _widened(page, piece) if name == "d" else piece
        if key in _FORGIVING and WAYS[key].go(page, at, count) is None:
            return Piece(at, page.after(at) if key in ("e", "E") else at)
        goal = yield from self._motion(key, count)
        if goal is None:
            raise Beep
        kind = goal.kind or self._kind
        if forced:
            kind = {"V": Kind.LINES, "v": Kind.INCLUSIVE if kind is Kind.EXCLUSIVE else Kind.EXCLUSIVE}.get(
                forced, kind
            )
        place = goal.place if (name, key) != ("y", "_") else Position(goal.place.line, at.column)
        state.show(min(at, place))
        piece = _piece(page, at, place, kind)
        if name == "d" and piece.shape is Shape.CHARS and not forced:
            piece = _widened(page, piece)
        return piece

    # --- motions

    _kind = Kind.EXCLUSIVE

    def _motion(self, key: str, count: int | None) -> Generator[None, str, Goal | None]:
        """Return where a motion leads; None if the key is none. Raises Beep if it leads nowhere."""
        if key not in _MOTIONS:
            return None
        goal = yield from self._way_of(key, count)
        if goal is None:
            raise Beep
        return goal

    def _way_of(self, key: str, count: int | None) -> Generator[None, str, Goal | None]:
        state = self._state
        page, at = state.page, state.caret
        way = WAYS.get(key)
        if way is not None:
            self._kind = way.kind
            if way.is_far:
                state.marks["'"] = at
            return way.go(page, at, count)
        if key in _VERTICAL:
            self._kind = Kind.LINES
            return self._vertical(at, _VERTICAL[key] * (count or 1))
        self._kind = Kind.EXCLUSIVE
        if key in _FINDS:
            char = yield from self._next()
            state.find = key, {"tab": "\t"}.get(char, char)
            return self._found(count or 1, *state.find, again=False)
        if key in (";", ",") and state.find is not None:
            how, char = state.find
            how = how if key == ";" else how.swapcase()
            return self._found(count or 1, how, char, again=True)
        if key in ("/", "?"):
            yield from self.searches.read(state, key, self._next)
            state.marks["'"] = at
            return self._searched(at, count or 1, same_way=True)
        if key in ("n", "N"):
            state.marks["'"] = at
            return self._searched(at, count or 1, same_way=key == "n")
        if key in _WORD_SEARCHES:
            goal = search_word(state, key, count or 1)
            self._kind = Kind.EXCLUSIVE
            return goal
        if key in _FAR_MARKS:
            return (yield from self._mark(key))
        return None

    def _searched(self, at: Position, count: int, *, same_way: bool) -> Goal:
        goal = search(self._state, at, count, same_way=same_way)
        self._kind = Kind.EXCLUSIVE
        return goal

    def _found(self, count: int, how: str, char: str, *, again: bool) -> Goal | None:
        state = self._state
        self._kind = Kind.INCLUSIVE if how in "ft" else Kind.EXCLUSIVE
        return find_char(state.page, state.caret, count, how, char, again=again)

    def _vertical(self, at: Position, by: int) -> Goal | None:
        state = self._state
        page = state.page
        line = max(0, min(at.line + by, page.last))
        if line == at.line:
            return None
        if state.goal is None:
            state.goal = page.cell_of(at)
        place = Position(line, page.at_cell(line, state.goal))
        if state.mode.is_visual and page.cells(line).cell_of(len(page.line(line))) <= state.goal:
            # A selection holds the end of a line that is shorter than where the caret comes from.
            place = Position(line, len(page.line(line)))
        return Goal(place)

    def _mark(self, key: str) -> Generator[None, str, Goal | None]:
        state = self._state
        name = yield from self._next()
        place = state.marks.get("'" if name == "`" else name)
        if place is None:
            state.host.say(f"The mark {name} is not set.")
            return None
        state.marks["'"] = state.caret
        self._kind = Kind.LINES if key == "'" else Kind.EXCLUSIVE
        return Goal(state.page.first(place.line) if key == "'" else state.page.on_char(place))

    def _go(self, goal: Goal, name: str) -> None:
        state = self._state
        if name in ("$", "end"):
            state.goal = END
        elif name == "|":
            state.goal = (self.count or 1) - 1
        elif name not in _VERTICAL:
            state.goal = None
        if state.mode is Mode.VISUAL_BLOCK and name not in _VERTICAL:
            state.to_ends = name == "$"
        place = goal.place
        if state.mode in (Mode.VISUAL, Mode.VISUAL_BLOCK) and state.goal == END:
            place = Position(place.line, len(state.page.line(place.line)))
        state.show(place)

    # --- visual mode

    def _visual(self, name: str) -> Keys:
        state = self._state
        if name in ("i", "a") and state.mode is not Mode.VISUAL_BLOCK:
            taken = yield from self._object(name, self.count or 1)
            self._extend(taken)
            return Outcome.DONE
        do = VISUAL.get(name)
        if do is None:
            goal = yield from self._motion(name, self.count)
            if goal is None:
                return self._nothing(name)
            self._go(goal, name)
            return Outcome.DONE
        char = (yield from self._next()) if name in _ASKING else ""
        changed = do(state, self._inserting, Request(name, self.count, self.register, char))
        state.goal = None
        return Outcome.CHANGED if changed else Outcome.DONE

    def _extend(self, taken: Taken) -> None:
        """Select what an object takes."""
        state = self._state
        if taken.shape is Shape.LINES:
            state.mode = Mode.VISUAL_LINE
        elif state.mode is Mode.VISUAL_LINE:
            state.mode = Mode.VISUAL
        state.anchor = taken.start
        state.show(taken.end)


_VERTICAL = {"j": 1, "k": -1, "down": 1, "up": -1, "ctrl+n": 1, "ctrl+j": 1}

_WORD_SEARCHES = ("*", "#", "g*", "g#")

_MOTIONS = frozenset([*WAYS, *_VERTICAL, *_FINDS, *_FAR_MARKS, *_WORD_SEARCHES, *";,nN/?"])


def _lines(page: Page, first: int, last: int) -> Piece:
    return Piece(Position(first, 0), Position(last, len(page.line(last))), Shape.LINES)


def _change_word(page: Page, at: Position, count: int | None, key: str) -> Position:
    """`cw` takes a word as `ce` does, but stays on one of a single character."""
    text = page.line(at.line)
    is_end = at.column + 1 >= len(text) or _differs(text, at.column, key == "E")
    left = (count or 1) - (1 if is_end else 0)
    if not left:
        return at
    goal = WAYS[key].go(page, at, left)
    return goal.place if goal is not None else Position(at.line, page.last_column(at.line))


def _differs(text: str, column: int, big: bool) -> bool:
    return class_of(text[column], big) != class_of(text[column + 1], big)


def _of_object(page: Page, taken: Taken, name: str) -> Piece:
    """Return what an operator takes of an object."""
    if taken.shape is Shape.LINES:
        return _lines(page, taken.start.line, taken.end.line)
    kind = Kind.INCLUSIVE if taken.is_inclusive else Kind.EXCLUSIVE
    piece = taken.piece or _piece(page, taken.start, taken.end, kind)
    return _widened(page, piece) if name == "d" and piece.shape is Shape.CHARS else piece


def _widened(page: Page, piece: Piece) -> Piece:
    """Deleting from the blanks of a line to the end of another one takes whole lines."""
    first, last = piece.start, piece.end
    is_rest = not page.line(last.line)[last.column :].strip(" \t")
    if last.line > first.line and is_rest and first.column <= len(page.lead(first.line)):
        return _lines(page, first.line, last.line)
    return piece


def _piece(page: Page, at: Position, place: Position, kind: Kind) -> Piece:
    """Return what lies between two places."""
    first, last = sorted((at, place))
    if kind is Kind.LINES:
        return _lines(page, first.line, last.line)
    if kind is Kind.INCLUSIVE:
        return Piece(first, page.after(last))
    if last.column == 0 and last.line > first.line:
        # What ends before a line begins, ends with the line above; from the blanks of a line on it takes whole lines.
        if (
            first.column <= len(page.lead(first.line))
            and (first.column or page.line(first.line))
            or first.column == 0
        ):
            return _lines(page, first.line, last.line - 1)
        return Piece(first, Position(last.line - 1, len(page.line(last.line - 1))))
    return Piece(first, last)
