"""Takes keys one by one and drives the editor: modes, macros, repetition."""

from spark_tui.core.text import ChangeSet, Position
from spark_tui.ui.modes import Mode
from spark_tui.ui.vim.inserting import LEAVES, Inserting
from spark_tui.ui.vim.lines import CommandLine
from spark_tui.ui.vim.page import END
from spark_tui.ui.vim.reading import Keys, Outcome, Reader
from spark_tui.ui.vim.registers import Register
from spark_tui.ui.vim.state import Beep, Repeat, State
from spark_tui.ui.vim.wishes import Host

_DEEPEST = 100
"""Macros in macros at most."""
_LONGEST = 20_000
"""Keys that one macro may press in all."""


class Machine:
    """Modal editing of one editor."""

    def __init__(self, host: Host) -> None:
        self.state = State(host)
        """What is remembered."""
        self._inserting = Inserting(self.state)
        self._reader = Reader(self.state, self._inserting)
        self._line = CommandLine(self.state, self._press_as_one)
        self._command: Keys | None = None
        self._keys: list[str] = []
        """Keys of the command that is being read."""
        self._open: Repeat | None = None
        """A change that goes on in insert mode."""
        self._recording: str | None = None
        self._recorded: list[str] = []
        self._last_macro = ""
        self._depth = 0
        self._budget = 0
        self._failed = False
        self._is_repeating = False
        self._is_one_step = False
        self._size: tuple[Mode, int, int] | None = None

    # --- what others see

    @property
    def mode(self) -> Mode:
        """What keys do."""
        return Mode.COMMAND if self._line.is_open else self.state.mode

    @property
    def said(self) -> str:
        """What the person is in the middle of typing, for the status line."""
        if self._line.is_open:
            return self._line.shown
        if self._reader.searches.shown:
            return self._reader.searches.shown
        pending = "".join(key if len(key) == 1 else f"<{key}>" for key in self._keys)
        recording = f"recording @{self._recording}" if self._recording else ""
        return " ".join(part for part in (recording, pending) if part)

    @property
    def is_idle(self) -> bool:
        """Whether nothing is begun."""
        return self.state.mode is Mode.NORMAL and self._command is None and not self._line.is_open

    def selected_outside(self) -> None:
        """Something was selected by other means, such as the mouse: that is visual mode."""
        state = self.state
        span = state.host.selected()
        if state.mode in (Mode.INSERT, Mode.REPLACE):
            return
        self._drop()
        if span is None:
            if state.mode.is_visual:
                state.turn(Mode.NORMAL)
            state.show(state.caret)
            return
        head = state.caret
        is_forward = head == span.end
        state.mode, state.to_ends = Mode.VISUAL, False
        last = state.page.before(span.end) if span.end.column else span.end
        state.anchor = span.start if is_forward else last
        state.show(last if is_forward else span.start)

    def reset(self) -> None:
        """Another text is shown: nothing is begun any more."""
        self._drop()
        self._line.leave()
        self.state.mode = Mode.NORMAL
        self.state.undone.clear()
        self.state.redone.clear()
        self.state.goal = None
        self.state.show(self.state.caret)

    def follow(self, changes: ChangeSet) -> None:
        """The text changed: marks stay with what they stand on."""
        self.state.follow(changes)

    def pasted(self, text: str) -> None:
        """Remember text that came at once, in insert mode."""
        self._inserting.pasted(text)

    # --- keys

    def feed(self, key: str) -> bool:
        """Take a key: a printable character, or the name of another one; False leaves it to others."""
        self._budget, self._failed = _LONGEST, False
        if self._recording is not None:
            self._recorded.append(key)
        return self._feed(key)

    def _press_as_one(self, keys: list[str]) -> None:
        """Press keys whose changes are undone in one step, and leave whatever they began."""
        self._is_one_step = True
        try:
            self.press([*keys, "escape"])
        finally:
            self._is_one_step = False

    def press(self, keys: list[str]) -> None:
        """Press keys as if a person did; stops where something can't be done."""
        self._depth += 1
        try:
            for key in keys:
                self._budget -= 1
                if self._budget < 0 or self._depth > _DEEPEST:
                    self._failed = True
                if self._failed:
                    return
                self._feed(key)
        finally:
            self._depth -= 1

    def _feed(self, key: str) -> bool:
        state = self.state
        if self._line.is_open:
            try:
                self._line.feed(key)
            except Beep:
                self._failed = True
            return True
        if state.mode in (Mode.INSERT, Mode.REPLACE):
            return self._type(key)
        if key in LEAVES and (self._command is not None or state.mode.is_visual):
            self._end_visual() if self._command is None else self._drop()
            return True
        if self._command is None:
            if key in LEAVES:
                return False
            if not self._is_one_step:
                state.host.begin()
            self._begin()
        return self._send(key)

    def _type(self, key: str) -> bool:
        taken = self._inserting.feed(key)
        if key in LEAVES and self._open is not None:
            done = self._open
            self.state.repeat = Repeat((*done.keys, *self._inserting.typed, "escape"), done.count, done.register,
                                       done.size)  # fmt: skip
            self._open = None
        return taken

    def _begin(self) -> None:
        self._command = self._reader.read()
        next(self._command)
        state = self.state
        self._size = None
        if state.mode.is_visual:
            first, last = sorted((state.anchor, state.caret))
            if state.mode is Mode.VISUAL_BLOCK:
                page = state.page
                across = abs(page.cell_of(state.anchor) - page.cell_of(state.caret))
                across = END if state.to_ends else across
            else:
                across = last.column - (first.column if first.line == last.line else 0)
            self._size = state.mode, last.line - first.line, across

    def _send(self, key: str) -> bool:
        command = self._command
        assert command is not None
        self._keys.append(key)
        try:
            command.send(key)
        except StopIteration as end:
            self._finish(end.value)
            return end.value is not Outcome.UNKNOWN
        except Beep:
            self._failed = True
            self._drop()
        return True

    def _finish(self, outcome: Outcome) -> None:
        reader, state = self._reader, self.state
        self._drop()
        about, reader.about = reader.about, None
        if about is not None:
            if about[0] == "q":
                reader.is_recording = self._recording is None
            self._about(*about)
        if outcome is not Outcome.CHANGED or self._is_repeating:
            return
        done = Repeat(tuple(reader.plain), reader.count, reader.register, self._size)
        if state.mode in (Mode.INSERT, Mode.REPLACE):
            self._open = done
        else:
            state.repeat = done

    def _drop(self) -> None:
        self._command = None
        self._reader.searches.shown = ""
        self._keys.clear()

    def _end_visual(self) -> None:
        state = self.state
        at = state.caret
        state.turn(Mode.NORMAL)
        state.show(at)

    # --- commands about commands

    def _about(self, key: str, count: int | None, char: str) -> None:
        """Do a command that is about other keys."""
        state = self.state
        if key == ":":
            self._line.open(count)
        elif key == "." and not state.mode.is_visual:
            self._again(count)
        elif key == "@":
            self._play(char, count or 1)
        elif key == "m":
            state.marks[char] = state.caret
        elif key == "q" and self._recording is None:
            self._recording, self._recorded = char, []
        elif key == "q":
            self._stop_recording()

    def _stop_recording(self) -> None:
        name, self._recording = self._recording or "", None
        self._reader.is_recording = False
        keys = tuple(self._recorded[:-1])
        text = "".join(key for key in keys if len(key) == 1)
        self.state.registers.record(name, Register(text, keys=keys))

    def _play(self, name: str, count: int) -> None:
        name = self._last_macro if name == "@" else name
        if name == ":":
            for _ in range(count):
                self._line.again()
            return
        register = self.state.take(name)
        if register is None:
            self._failed = True
            return
        self._last_macro = name
        keys = list(register.keys) if register.keys else _keys_of(register.text)
        for _ in range(count):
            self.press(keys)
            if self._failed:
                return

    def _again(self, count: int | None) -> None:
        """Do the last change again."""
        state, last = self.state, self.state.repeat
        if last is None:
            self._failed = True
            return
        if last.register in "12345678" and last.register:
            # Put from one numbered register after the other.
            last = Repeat(last.keys, last.count, str(int(last.register) + 1), last.size)
            state.repeat = last
        if last.size is not None:
            self._select(*last.size)
        number = count if count is not None else last.count
        keys = [*(f'"{last.register}' if last.register else "")]
        keys += [*(str(number) if number is not None else ""), *last.keys]
        self._is_repeating = True
        self._reader.override = count
        try:
            self.press(keys)
        finally:
            self._is_repeating = False
            self._reader.override = None
        if count is not None:
            state.repeat = Repeat(last.keys, count, last.register, last.size)

    def _select(self, mode: Mode, lines: int, across: int) -> None:
        """Select as much as was selected for the last change, from the caret on."""
        state = self.state
        at = state.caret
        page = state.page
        state.mode, state.anchor = mode, at
        line = min(at.line + lines, page.last)
        state.to_ends = across >= END
        if mode is Mode.VISUAL_BLOCK:
            column = page.at_cell(line, END if across >= END else page.cell_of(at) + across)
        else:
            column = across + (at.column if not lines else 0)
        state.show(Position(line, column))


_SPECIAL = {
    "\x1b": "escape",
    "\n": "enter",
    "\r": "enter",
    "\t": "tab",
    "\x7f": "backspace",
    "\b": "backspace",
}


def _keys_of(text: str) -> list[str]:
    """Return the keys that a text stands for; control characters are keys with Ctrl."""
    return [
        _SPECIAL.get(char) or (f"ctrl+{chr(ord(char) + 96)}" if ord(char) < 27 else char) for char in text
    ]
