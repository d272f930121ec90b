"""Commands of normal and visual mode that are neither motions nor operators, each a function of the machine's state."""

from collections.abc import Callable

from spark_tui.core.text import Position, Span
from spark_tui.core.values import dataclass
from spark_tui.ui.modes import Mode
from spark_tui.ui.vim import changing
from spark_tui.ui.vim.changing import Made
from spark_tui.ui.vim.inserting import Inserting
from spark_tui.ui.vim.operating import operate
from spark_tui.ui.vim.page import END, Page, Piece, Shape
from spark_tui.ui.vim.registers import Register
from spark_tui.ui.vim.state import Beep, State


@dataclass(frozen=True, slots=True)
class Request:
    """A command with what was typed around it."""

    key: str
    count: int | None = None
    register: str = ""
    char: str = ""
    """The character that the command asked for."""

    @property
    def times(self) -> int:
        """How often."""
        return self.count or 1


Do = Callable[[State, Inserting, Request], bool]
"""Does a command and says whether `.` does it again."""


def _line_piece(page: Page, first: int, last: int) -> Piece:
    last = min(last, page.last)
    return Piece(Position(first, 0), Position(last, len(page.line(last))), Shape.LINES)


def _delete_char(state: State, inserting: Inserting, ask: Request) -> bool:
    """Do `x`, `X`, `s`, `D` and `C`: operators over characters of the line."""
    page, at = state.page, state.caret
    start = end = at
    for _ in range(ask.times):
        if ask.key in ("x", "s", "delete"):
            end = page.after(end)
        elif ask.key == "X":
            start = page.before(start)
    if ask.key in ("D", "C"):
        last = min(at.line + ask.times - 1, page.last)
        end = Position(last, len(page.line(last)))
    if start == end and ask.key not in "sCD":
        return True
    return operate(state, inserting, "c" if ask.key in "sC" else "d", Piece(start, end), ask.register)


def _whole_lines(state: State, inserting: Inserting, ask: Request) -> bool:
    """Do `S` and `Y`."""
    page, line = state.page, state.caret.line
    piece = _line_piece(page, line, line + ask.times - 1)
    return operate(state, inserting, "c" if ask.key == "S" else "y", piece, ask.register)


def _put(state: State, inserting: Inserting, ask: Request) -> bool:
    register = state.take(ask.register)
    if register is None:
        state.host.say("There is nothing in that register.")
        raise Beep
    made = changing.put(
        state.page,
        state.caret,
        register,
        ask.times,
        before=ask.key.endswith("P"),
        behind=ask.key.startswith("g"),
    )
    state.make(made)
    return True


def _join(state: State, inserting: Inserting, ask: Request) -> bool:
    line = state.caret.line
    made = changing.join(state.page, line, line + max(2, ask.times) - 1, keeps_blanks=ask.key == "gJ")
    if made is None:
        raise Beep
    state.make(made)
    return True


def _replace(state: State, inserting: Inserting, ask: Request) -> bool:
    char = {"enter": "\n", "tab": "\t"}.get(ask.char, ask.char)
    if len(char) != 1:
        raise Beep
    made = changing.replace_chars(state.page, state.caret, char, ask.times)
    if made is None:
        raise Beep
    state.make(made)
    return True


def _swap_case(state: State, inserting: Inserting, ask: Request) -> bool:
    page, at = state.page, state.caret
    end = at
    for _ in range(ask.times):
        end = page.after(end)
    if end == at:
        raise Beep
    made = changing.mapped(page, Piece(at, end), str.swapcase)
    state.make(Made(made.pieces, end))
    return True


def _count_up(state: State, inserting: Inserting, ask: Request) -> bool:
    made = changing.count_up(state.page, state.caret, ask.times if ask.key == "ctrl+a" else -ask.times)
    if made is None:
        raise Beep
    state.make(made)
    return True


def _step(state: State, inserting: Inserting, ask: Request) -> bool:
    is_undo = ask.key == "u"
    for _ in range(ask.times):
        before = state.page.text
        if not state.host.step(is_undo=is_undo):
            state.host.say("There is nothing to undo." if is_undo else "There is nothing to redo.")
            return False
        source, target = (state.undone, state.redone) if is_undo else (state.redone, state.undone)
        kept = (
            source.pop()
            if source
            else (Position(-1, 0), _first_difference(before.lines(), state.page.text.lines()))
        )
        target.append(kept)
        place, line = kept
        state.show(place if place.line == line else state.page.first(line))
    return False


def _first_difference(old: list[str], new: list[str]) -> int:
    return next((number for number, (one, two) in enumerate(zip(old, new, strict=False)) if one != two),
                min(len(old), len(new)) - 1)  # fmt: skip


def _insert(state: State, inserting: Inserting, ask: Request) -> bool:
    page, at = state.page, state.caret
    places = {
        "i": at, "insert": at, "a": page.after(at) if page.line(at.line) else at,
        "I": Position(at.line, len(page.lead(at.line))), "A": Position(at.line, len(page.line(at.line))),
        "gI": Position(at.line, 0), "gi": state.marks.get("^", at), "R": at,
    }  # fmt: skip
    mode = Mode.REPLACE if ask.key == "R" else Mode.INSERT
    inserting.begin(places[ask.key], ask.times, mode=mode)
    return True


def _open(state: State, inserting: Inserting, ask: Request) -> bool:
    page, at = state.page, state.caret
    if ask.key == "o":
        inserting.begin(Position(at.line, len(page.line(at.line))), ask.times, opens=True)
        state.host.act("newline")
        return True
    lead = page.lead(at.line)
    inserting.begin(Position(at.line, 0), ask.times, opens=True)
    if not state.host.change([(Span(Position(at.line, 0), Position(at.line, 0)), lead + "\n")]):
        raise Beep
    state.show(Position(at.line, len(lead)))
    return True


def _visual(state: State, inserting: Inserting, ask: Request) -> bool:
    wanted = {"v": Mode.VISUAL, "V": Mode.VISUAL_LINE}.get(ask.key, Mode.VISUAL_BLOCK)
    at = state.caret
    if state.mode is wanted:
        state.turn(Mode.NORMAL)
    else:
        if not state.mode.is_visual:
            state.anchor, state.to_ends = at, False
        state.mode = wanted
    state.show(at)
    return False


def _visual_again(state: State, inserting: Inserting, ask: Request) -> bool:
    last = state.last_selected
    if last is None:
        raise Beep
    if state.mode.is_visual:
        state.remember_selection()
    state.mode, state.anchor, state.to_ends = last.mode, state.page.on_char(last.anchor), last.to_ends
    state.show(last.caret)
    return False


def _scroll(state: State, inserting: Inserting, ask: Request) -> bool:
    """Do `zz` and its like."""
    where = {"t": "top", "enter": "top", "z": "middle", ".": "middle", "b": "bottom", "-": "bottom"}.get(
        ask.char
    )
    if where is None:
        raise Beep
    line = state.caret.line if ask.count is None else min(ask.count - 1, state.page.last)
    if line != state.caret.line:
        state.show(Position(line, state.caret.column))
    state.host.scroll(line, where)
    if ask.char in ("enter", ".", "-"):
        state.show(state.page.first(line))
    return False


def _move_view(state: State, inserting: Inserting, ask: Request) -> bool:
    """Scroll by lines and pages; the caret comes along."""
    page, at = state.page, state.caret
    height = max(2, page.bottom - page.top + 1)
    by = {
        "ctrl+d": ask.count or height // 2, "ctrl+u": -(ask.count or height // 2),
        "ctrl+f": (height - 2) * ask.times, "ctrl+b": -(height - 2) * ask.times,
        "pagedown": (height - 2) * ask.times, "pageup": -(height - 2) * ask.times,
        "ctrl+e": ask.times, "ctrl+y": -ask.times,
    }[ask.key]  # fmt: skip
    top = max(0, min(page.top + by, page.last))
    if ask.key in ("ctrl+e", "ctrl+y"):
        line = max(top, min(at.line, top + height - 1))
    else:
        if (by > 0 and at.line >= page.last) or (by < 0 and at.line == 0):
            raise Beep
        line = max(0, min(at.line + by, page.last))
    state.host.scroll(top, "top")
    if line != at.line:
        state.show(page.first(line) if ask.key not in ("ctrl+e", "ctrl+y") else Position(line, at.column))
    return False


def _leave(state: State, inserting: Inserting, ask: Request) -> bool:
    if ask.char not in ("Z", "Q"):
        raise Beep
    state.host.run("save_and_close" if ask.char == "Z" else "discard")
    return False


def _travel(state: State, inserting: Inserting, ask: Request) -> bool:
    for _ in range(ask.times):
        state.host.act("older" if ask.key == "g-" else "newer")
    return False


def _tab(state: State, inserting: Inserting, ask: Request) -> bool:
    state.host.run("next_tab" if ask.key == "gt" else "previous_tab")
    return False


def _jump(state: State, inserting: Inserting, ask: Request) -> bool:
    state.host.act("back" if ask.key == "ctrl+o" else "forward")
    return False


_HALVES = {
    **dict.fromkeys(("v", "s", "n"), "split"),
    **dict.fromkeys(("w", "ctrl+w", "p", "h", "j", "k", "l", "left", "down", "up", "right"), "across"),
    **dict.fromkeys(("c", "q", "o"), "join"),
}


def _halve(state: State, inserting: Inserting, ask: Request) -> bool:
    """Do the commands of windows: there are two halves at most."""
    wish = _HALVES.get(ask.char)
    if wish is None:
        raise Beep
    state.host.run(wish)
    return False


def _define(state: State, inserting: Inserting, ask: Request) -> bool:
    state.marks["'"] = state.caret
    state.host.run("definition")
    return False


def _say_place(state: State, inserting: Inserting, ask: Request) -> bool:
    state.host.say(f"Line {state.caret.line + 1} of {state.page.last + 1}.")
    return False


COMMANDS: dict[str, Do] = {
    **dict.fromkeys(("x", "X", "s", "D", "C", "delete"), _delete_char),
    **dict.fromkeys(("S", "Y"), _whole_lines),
    **dict.fromkeys(("p", "P", "gp", "gP"), _put),
    **dict.fromkeys(("J", "gJ"), _join),
    **dict.fromkeys(("i", "a", "I", "A", "gI", "gi", "R", "insert"), _insert),
    **dict.fromkeys(("o", "O"), _open),
    **dict.fromkeys(("v", "V", "ctrl+v"), _visual),
    **dict.fromkeys(("ctrl+a", "ctrl+x"), _count_up),
    **dict.fromkeys(("u", "ctrl+r"), _step),
    **dict.fromkeys(("ctrl+d", "ctrl+u", "ctrl+f", "ctrl+b", "ctrl+e", "ctrl+y", "pagedown", "pageup"), _move_view),
    **dict.fromkeys(("ctrl+o", "tab"), _jump),
    **dict.fromkeys(("gt", "gT"), _tab),
    **dict.fromkeys(("g-", "g+"), _travel),
    **dict.fromkeys(("gd", "gD", "ctrl+right_square_bracket"), _define),
    "r": _replace, "~": _swap_case, "gv": _visual_again, "z": _scroll, "Z": _leave, "ctrl+g": _say_place,
    "ctrl+w": _halve,
}  # fmt: skip
"""Commands of normal mode by their keys; those that ask for a character find it in the request."""


# --- visual mode


def _swap_ends(state: State, inserting: Inserting, ask: Request) -> bool:
    here, there = state.caret, state.anchor
    if ask.key == "O" and state.mode is Mode.VISUAL_BLOCK:
        page = state.page
        state.anchor = Position(there.line, page.at_cell(there.line, page.cell_of(here)))
        state.show(Position(here.line, page.at_cell(here.line, page.cell_of(there))))
    else:
        state.anchor = here
        state.show(there)
    return False


_IN_VISUAL = {
    "d": "d", "x": "d", "delete": "d", "c": "c", "s": "c", "y": "y", ">": ">", "<": "<", "=": "=", "u": "gu",
    "U": "gU", "~": "g~", "gu": "gu", "gU": "gU", "g~": "g~", "g?": "g?", "gc": "gc",
}  # fmt: skip
_WHOLE_LINES = {"D": "d", "X": "d", "C": "c", "S": "c", "R": "c", "Y": "y"}


def _operate(state: State, inserting: Inserting, ask: Request) -> bool:
    piece = state.piece_of_selection()
    name = _IN_VISUAL.get(ask.key)
    if name is None:
        name = _WHOLE_LINES[ask.key]
        if piece.shape is Shape.BLOCK and ask.key in "DC":
            piece = Piece(piece.start, piece.end, Shape.BLOCK, (piece.cells[0], END))
        elif not (piece.shape is Shape.BLOCK and ask.key == "Y"):
            last = max(state.anchor.line, state.caret.line)
            piece = _line_piece(state.page, piece.start.line, last)
    at = piece.start
    state.turn(Mode.NORMAL)
    state.show(at)
    return operate(state, inserting, name, piece, ask.register, ask.times)


def _visual_replace(state: State, inserting: Inserting, ask: Request) -> bool:
    char = {"enter": "\n", "tab": "\t"}.get(ask.char, ask.char)
    if len(char) != 1:
        raise Beep
    piece = state.piece_of_selection()
    state.turn(Mode.NORMAL)
    state.make(changing.mapped(state.page, piece,
                               lambda text: "".join(one if one == "\n" else char for one in text)))  # fmt: skip
    return True


def _visual_join(state: State, inserting: Inserting, ask: Request) -> bool:
    first, last = sorted((state.anchor.line, state.caret.line))
    state.turn(Mode.NORMAL)
    made = changing.join(state.page, first, max(last, first + 1), keeps_blanks=ask.key == "gJ")
    if made is None:
        raise Beep
    state.make(made)
    return True


def _visual_put(state: State, inserting: Inserting, ask: Request) -> bool:
    register = state.take(ask.register)
    if register is None:
        raise Beep
    piece = state.piece_of_selection()
    state.turn(Mode.NORMAL)
    kept = changing.content(state.page, piece)
    if piece.shape is Shape.LINES:
        register = Register(register.text, Shape.LINES)
    was_last = piece.shape is Shape.CHARS and piece.end.column >= len(state.page.line(piece.end.line))
    if piece.shape is Shape.CHARS and register.shape is Shape.LINES:
        text = f"\n{register.text}\n"
        state.make(Made([(Span(piece.start, piece.end), text)], Position(piece.start.line + 1, 0), True))
    elif piece.shape is Shape.LINES:
        span = Span(piece.start, piece.end)
        state.make(Made([(span, "\n".join([register.text] * ask.times))], piece.start, True))
    elif piece.shape is Shape.CHARS and register.shape is Shape.CHARS:
        text = register.text * ask.times
        lines, last = text.count("\n"), text.rpartition("\n")[2]
        caret = (
            piece.start if lines else Position(piece.start.line, piece.start.column + max(0, len(last) - 1))
        )
        state.make(Made([(Span(piece.start, piece.end), text)], caret))
    else:
        state.make(changing.delete(state.page, piece))
        state.undone.pop()
        state.make(changing.put(state.page, state.caret, register, ask.times, before=not was_last))
    if ask.key == "p":
        is_small = piece.shape is not Shape.LINES and "\n" not in kept.text
        state.registers.deleted("", kept, is_small=is_small)
    return True


def _visual_insert(state: State, inserting: Inserting, ask: Request) -> bool:
    """Do `I` and `A`."""
    page = state.page
    piece = state.piece_of_selection()
    at_end = ask.key == "A"
    if piece.shape is not Shape.BLOCK:
        place = piece.end if at_end and piece.shape is Shape.CHARS else piece.start
        inserting.begin(place)
        return True
    left, right = page.sides(piece.start.line, piece.cells)
    place = Position(piece.start.line, right if at_end else left)
    if at_end and piece.cells[1] < END:
        missing = piece.cells[1] - page.cells(place.line).cell_of(len(page.line(place.line)))
        if missing > 0:
            state.changes_of([(Span(place, place), " " * missing)])
            place = Position(place.line, place.column + missing)
    inserting.begin(place, block=piece, at_end=at_end)
    return True


def _visual_count(state: State, inserting: Inserting, ask: Request) -> bool:
    """Add to the first number of each selected line; with `g` each line more than the one before."""
    piece = state.piece_of_selection()
    state.turn(Mode.NORMAL)
    page = state.page
    sign = 1 if ask.key.endswith("ctrl+a") else -1
    pieces, number = [], 0
    for line in piece.rows:
        first = piece.start.column if line == piece.start.line and piece.shape is Shape.CHARS else 0
        if piece.shape is Shape.BLOCK:
            first = page.sides(line, piece.cells)[0]
        by = ask.times * (number + 1 if ask.key.startswith("g") else 1)
        made = changing.count_up(page, Position(line, first), sign * by)
        if made is not None:
            pieces += made.pieces
            number += 1
    state.make(Made(pieces, piece.start))
    return True


VISUAL: dict[str, Do] = {
    **dict.fromkeys((*_IN_VISUAL, *_WHOLE_LINES), _operate),
    **dict.fromkeys(("v", "V", "ctrl+v"), _visual),
    **dict.fromkeys(("o", "O"), _swap_ends),
    **dict.fromkeys(("J", "gJ"), _visual_join),
    **dict.fromkeys(("p", "P"), _visual_put),
    **dict.fromkeys(("I", "A"), _visual_insert),
    **dict.fromkeys(("ctrl+a", "ctrl+x", "gctrl+a", "gctrl+x"), _visual_count),
    **dict.fromkeys(("ctrl+d", "ctrl+u", "ctrl+f", "ctrl+b", "ctrl+e", "ctrl+y", "pagedown", "pageup"), _move_view),
    "r": _visual_replace, "gv": _visual_again, "z": _scroll,
}  # fmt: skip
"""Commands of visual mode."""
