"""The commands behind `:`, each told the lines it works on."""

import re
from collections.abc import Callable

from spark_tui.core.text import Position
from spark_tui.core.values import dataclass
from spark_tui.ui.vim import changing
from spark_tui.ui.vim.changing import Made
from spark_tui.ui.vim.page import Piece, Shape
from spark_tui.ui.vim.ranges import NoRange, cut_at, read_range
from spark_tui.ui.vim.replacing import Substitution, global_lines, substitute
from spark_tui.ui.vim.settings import set_option
from spark_tui.ui.vim.state import State


@dataclass(frozen=True, slots=True)
class Line:
    """A command that was read."""

    name: str
    bang: bool
    argument: str
    rows: range | None
    """The lines that were given; None: none were."""


class LineCommands:
    """Does what a line says."""

    def __init__(self, state: State, press: Callable[[list[str]], None], run: Callable[[str], None]) -> None:
        self._state = state
        self._press = press
        self._run = run

    def table(self) -> tuple[tuple[str, Callable[[Line], None]], ...]:
        """Return every command by its names, each as far as it must be written and the rest in brackets."""
        return (
            ("s[ubstitute] & && ~", self._substitute), ("g[lobal] v[global]", self._global),
            ("d[elete]", self._delete), ("y[ank]", self._yank), ("pu[t]", self._put),
            ("m[ove] t co[py]", self._copy), ("j[oin]", self._join), ("> <", self._shift),
            ("norm[al]", self._normal), ("noh[lsearch]", self._no_marks), ("se[t]", self._set),
            ("u[ndo] red[o]", self._step), ("k ma[rk]", self._mark), ("sor[t]", self._sort),
            *self._outer(),
        )  # fmt: skip

    def _outer(self) -> tuple[tuple[str, Callable[[Line], None]], ...]:
        """Return the commands that are for the whole program."""
        run = self._state.host.run

        def wish(plain: str, forced: str = "") -> Callable[[Line], None]:
            return lambda line: run((forced or plain) if line.bang else plain, line.argument)

        return (
            ("w[rite]", wish("save", "overwrite")), ("wq x[it]", wish("save_and_close")),
            ("q[uit] clo[se] bd[elete]", wish("close", "discard")),
            ("wa[ll]", wish("save_all")), ("wqa[ll] xa[ll]", wish("save_and_quit")),
            ("qa[ll] quita[ll]", wish("quit", "quit_now")), ("e[dit]", wish("open", "reload")),
            ("bn[ext] tabn[ext]", wish("next_tab")), ("bp[revious] tabp[revious]", wish("previous_tab")),
            ("vs[plit] sp[lit] new vne[w]", wish("split")), ("on[ly]", wish("join")),
            ("h[elp]", wish("help")), ("colo[rscheme]", wish("theme")),
            ("reg[isters] di[splay]", self._registers),
        )  # fmt: skip

    # --- lines

    def _rows(self, line: Line) -> range:
        """Return the lines that a command works on: a count behind it counts from the last of them."""
        here = self._state.caret.line
        rows = line.rows if line.rows is not None else range(here, here + 1)
        count = re.search(r"(?:^|\s)(\d+)$", line.argument)
        if count is not None:
            rows = range(rows.stop - 1, rows.stop - 1 + max(1, int(count[1][:7])))
        return range(rows.start, min(rows.stop, self._state.page.last + 1))

    def _piece(self, rows: range) -> Piece:
        last = rows.stop - 1
        return Piece(Position(rows.start, 0), Position(last, len(self._state.page.line(last))), Shape.LINES)

    def _name_in(self, line: Line) -> str:
        return line.argument[0] if line.argument[:1] and not line.argument[0].isdigit() else ""

    def _delete(self, line: Line) -> None:
        state = self._state
        piece = self._piece(self._rows(line))
        kept = changing.content(state.page, piece)
        state.registers.deleted(self._name_in(line), kept, is_small=False)
        state.make(changing.delete(state.page, piece))

    def _yank(self, line: Line) -> None:
        state = self._state
        kept = changing.content(state.page, self._piece(self._rows(line)))
        state.registers.yanked(self._name_in(line), kept)
        state.gave(self._name_in(line), kept)

    def _put(self, line: Line) -> None:
        state = self._state
        register = state.take(self._name_in(line))
        if register is None:
            raise NoRange("there is nothing in that register")
        after = line.rows.stop if line.rows is not None else state.caret.line + 1
        lines = register.text.split("\n")
        made = changing.insert_lines(state.page, after - (1 if line.bang else 0), lines)
        state.make(Made(made.pieces, Position(made.caret.line + len(lines) - 1, 0), True))

    def _copy(self, line: Line) -> None:
        """Do `:t` and `:m`."""
        state = self._state
        rows = self._rows(Line(line.name, line.bang, "", line.rows))
        target, rest = read_range(state, line.argument, is_target=True)
        if target is None or rest.strip():
            raise NoRange("it needs a line to go to")
        after = target.stop
        page = state.page
        lines = page.text.lines(rows.start, rows.stop)
        made = changing.insert_lines(page, after, lines)
        if line.name.startswith("m"):
            if rows.start < after < rows.stop:
                raise NoRange("lines can't be moved into themselves")
            if after in (rows.start, rows.stop):
                state.show(page.first(rows.stop - 1))
                return
            taken = (page.whole(rows.start, rows.stop - 1), "")
            pieces = sorted([*made.pieces, taken], key=lambda piece: (piece[0].start, piece[0].end))
            last = after - 1 if after > rows.start else after + len(lines) - 1
            state.make(Made(pieces, Position(last, 0), True))
        else:
            state.make(Made(made.pieces, Position(after + len(lines) - 1, 0), True))

    def _join(self, line: Line) -> None:
        rows = self._rows(line)
        last = max(rows.stop - 1, rows.start + 1)
        made = changing.join(self._state.page, rows.start, last, keeps_blanks=line.bang)
        if made is None:
            raise NoRange("there is nothing to join")
        self._state.make(Made(made.pieces, Position(rows.start, 0), True))

    def _shift(self, line: Line) -> None:
        sign = 1 if line.name == ">" else -1
        more = len(line.argument) - len(line.argument.lstrip(line.name))
        rows = self._rows(Line(line.name, line.bang, line.argument.lstrip(line.name), line.rows))
        made = changing.shift(self._state.page, rows, sign * (1 + more))
        self._state.make(Made(made.pieces, Position(rows.stop - 1, 0), True))

    def _sort(self, line: Line) -> None:
        state = self._state
        page = state.page
        rows = line.rows if line.rows is not None else range(page.last + 1)
        lines = page.text.lines(rows.start, rows.stop)
        ignores = "i" in line.argument
        lines.sort(key=str.lower if ignores else None, reverse=line.bang)
        if "u" in line.argument:
            keys = [one.lower() if ignores else one for one in lines]
            lines = [
                one for number, one in enumerate(lines) if not number or keys[number] != keys[number - 1]
            ]
        piece = self._piece(rows)
        state.make(Made([(changing.spans(page, Piece(piece.start, piece.end))[0], "\n".join(lines))],
                        Position(rows.start, 0), True))  # fmt: skip

    def _normal(self, line: Line) -> None:
        keys = list(line.argument)
        state = self._state
        if line.rows is None:
            self._press(keys)
            return
        for number in line.rows:
            if number > state.page.last:
                break
            state.show(Position(number, 0))
            self._press(keys)

    # --- searching and replacing

    def _substitute(self, line: Line) -> None:
        state = self._state
        wanted = Substitution.read(line.name, line.argument, state)
        rows = self._rows(Line(line.name, line.bang, wanted.count, line.rows))
        substitute(state, rows, wanted)

    def _global(self, line: Line) -> None:
        state = self._state
        inverted = line.bang or line.name.startswith("v")
        pattern, command = cut_at(line.argument[1:], line.argument[:1] or "/")
        rows = line.rows if line.rows is not None else range(state.page.last + 1)
        global_lines(state, rows, pattern, inverted, lambda: self._run(command or "p"))

    def _no_marks(self, line: Line) -> None:
        self._state.host.mark_matches("", ignore_case=False)

    # --- the rest

    def _set(self, line: Line) -> None:
        for word in line.argument.split() or [""]:
            said = set_option(self._state, word)
            if said:
                self._state.host.say(said)

    def _step(self, line: Line) -> None:
        self._press(["u" if line.name.startswith("u") else "ctrl+r"])

    def _mark(self, line: Line) -> None:
        place = self._state.caret if line.rows is None else Position(line.rows.stop - 1, 0)
        self._state.marks[line.argument[:1]] = place

    def _registers(self, line: Line) -> None:
        said = []
        for name in self._state.registers.names():
            register = self._state.registers.get(name)
            if register is not None:
                said.append(f'"{name} {register.text[:20]}')
        self._state.host.say("  ".join(said) or "All registers are empty.")
