"""The line behind `:`: typed key by key, read, and carried out."""

import re
from collections.abc import Callable

from spark_tui.ui.modes import Mode
from spark_tui.ui.vim.inserting import LEAVES
from spark_tui.ui.vim.line_commands import Line, LineCommands
from spark_tui.ui.vim.ranges import NoRange, read_range
from spark_tui.ui.vim.state import Beep, State

_NAME = re.compile(r"\s*:*\s*(&&|[&<>=!#@*~]|k(?=[a-z]\s*$)|[A-Za-z]+)?(!?)\s*(.*)$", re.DOTALL)


class CommandLine:
    """Reads and runs one line at a time."""

    def __init__(self, state: State, press: Callable[[list[str]], None]) -> None:
        self._state = state
        self._commands = LineCommands(state, press, self.run)
        self.is_open = False
        self._text = ""
        self._past: list[str] = []
        self._older = 0
        self._last = ""

    @property
    def shown(self) -> str:
        """What is typed so far."""
        return f":{self._text}"

    def open(self, count: int | None) -> None:
        """Begin a line."""
        state = self._state
        self.is_open, self._older = True, len(self._past)
        self._text = "" if count is None else ".,.+" + str(count - 1) if count > 1 else "."
        if state.mode.is_visual:
            at = state.caret
            self._text = "'<,'>"
            state.turn(Mode.NORMAL)
            state.show(at)

    def leave(self) -> None:
        """Close the line; nothing happens."""
        self.is_open = False
        self._text = ""

    def feed(self, key: str) -> None:
        """Take a key. Raises Beep where the line can't be carried out."""
        if key in LEAVES or (key in ("backspace", "ctrl+h") and not self._text):
            self.leave()
        elif key in ("enter", "ctrl+m", "ctrl+j"):
            text = self._text
            self.leave()
            if text.strip():
                self._past.append(text)
                self._last = text
            self.run(text)
        elif key in ("backspace", "ctrl+h"):
            self._text = self._text[:-1]
        elif key == "ctrl+w":
            self._text = re.sub(r"(\w+|[^\w\s]+)?\s*$", "", self._text)
        elif key == "ctrl+u":
            self._text = ""
        elif key in ("up", "down"):
            self._older = max(0, min(len(self._past), self._older + (1 if key == "down" else -1)))
            self._text = self._past[self._older] if self._older < len(self._past) else ""
        elif len(key) == 1:
            self._text += key

    def again(self) -> None:
        """Run the last line once more."""
        self.run(self._last)

    def run(self, text: str) -> None:
        """Carry a line out. Raises Beep."""
        state = self._state
        try:
            rows, rest = read_range(state, text.lstrip(" :"))
            match = _NAME.match(rest)
            assert match is not None
            line = Line(match[1] or "", bool(match[2]), match[3], rows)
            self._do(line)
        except NoRange as error:
            state.host.say(f"{str(error)[:1].upper()}{str(error)[1:]}.")
            raise Beep from error

    def _do(self, line: Line) -> None:
        state = self._state
        name = line.name
        if not name:
            if line.rows is not None:
                state.marks["'"] = state.caret
                state.show(state.page.first(line.rows.stop - 1))
            return
        done = next((do for names, do in self._commands.table() if _is_short(name, names)), None)
        if done is None:
            raise NoRange(f":{name} is not known")
        done(line)


def _is_short(name: str, names: str) -> bool:
    """Whether a name is one of several, each written as far as it must be and with the rest in brackets."""
    for one in names.split():
        least, _, more = one.partition("[")
        if name.startswith(least) and (least + more.rstrip("]")).startswith(name):
            return True
    return False
