"""A plain text for modal editing to drive, and the real vim to compare with."""

import json
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from spark_tui.core.text import Change, ChangeSet, Position, Span, Text
from spark_tui.ui.vim import Machine, Mode, Page, View
from spark_tui.ui.vim.page import Shape

VIM = shutil.which("vim")
_SPECIAL = {
    "<Esc>": "escape", "<CR>": "enter", "<BS>": "backspace", "<Tab>": "tab", "<Up>": "up", "<Down>": "down",
    "<Left>": "left", "<Right>": "right", "<Del>": "delete", "<Space>": " ", "<lt>": "<", "<Home>": "home",
    "<End>": "end",
}  # fmt: skip


def keys_of(source: str) -> list[str]:
    """Read keys as vim writes them: `dw`, `<Esc>`, `<C-r>`."""
    keys = []
    at = 0
    while at < len(source):
        stop = source.find(">", at) if source[at] == "<" else -1
        name = source[at : stop + 1]
        if stop > 0 and name in _SPECIAL:
            keys.append(_SPECIAL[name])
        elif stop > 0 and name.startswith("<C-"):
            keys.append(f"ctrl+{name[3:-1].lower()}")
        else:
            keys.append(source[at])
            at += 1
            continue
        at = stop + 1
    return keys


class Desk:
    """Holds one text without a screen."""

    def __init__(self, source: str, at: tuple[int, int] = (0, 0)) -> None:
        self.text = Text.of(source)
        self.head = Position(*at)
        self.view = View(self.head, Mode.NORMAL)
        self.said: list[str] = []
        self.wishes: list[tuple[str, str]] = []
        self.board = ""
        self.acted: list[str] = []
        self._undo: list[list[ChangeSet]] = []
        self._redo: list[list[ChangeSet]] = []
        self._is_new = True
        self.machine = Machine(self)

    @property
    def source(self) -> str:
        return self.text.slice(self.text.full_span())

    def press(self, source: str) -> "Desk":
        """Press keys."""
        for key in keys_of(source):
            self.machine.feed(key)
        return self

    # --- the host

    def page(self) -> Page:
        return Page(self.text, 8, "    ", 0, max(0, self.text.row_count - 1))

    def caret(self) -> Position:
        return self.head

    def selected(self) -> Span | None:
        return None

    def show(self, view: View) -> None:
        self.view = view
        self.head = view.caret

    def change(self, pieces: Sequence[tuple[Span, str]]) -> bool:
        changes = ChangeSet(self.text.revision, tuple(Change(span, text) for span, text in pieces))
        if self._is_new:
            self._undo.append([])
            self._is_new = False
        self._undo[-1].append(self.text.invert(changes))
        self._redo.clear()
        self.text = self.text.apply(changes)
        self.head = changes.map(self.head, after=True)
        self.machine.follow(changes)
        return True

    def begin(self) -> None:
        self._is_new = True

    def step(self, *, is_undo: bool) -> bool:
        source, target = (self._undo, self._redo) if is_undo else (self._redo, self._undo)
        if not source:
            return False
        back = []
        for changes in reversed(source.pop()):
            now = ChangeSet(self.text.revision, changes.changes)
            back.append(self.text.invert(now))
            self.text = self.text.apply(now)
        target.append(back)
        return True

    def act(self, name: str) -> None:
        self.acted.append(name)
        line = self.text.line(self.head.line)
        if name == "newline":
            self.type("\n" + line[: min(len(line) - len(line.lstrip(" ")), self.head.column)])
        elif name == "tab":
            self.type(" " * (4 - self.head.column % 4))
        elif name == "backspace" and self.head != Position(0, 0):
            start = Position(self.head.line, self.head.column - 1)
            if not self.head.column:
                start = Position(self.head.line - 1, len(self.text.line(self.head.line - 1)))
            self.change([(Span(start, self.head), "")])
        elif name in ("left", "right"):
            column = self.head.column + (1 if name == "right" else -1)
            self.head = Position(self.head.line, max(0, min(column, len(line))))

    def type(self, text: str) -> None:
        self.change([(Span(self.head, self.head), text)])

    def scroll(self, line: int, where: str) -> None:
        self.wishes.append(("scroll", f"{line} {where}"))

    def clipboard(self, text: str | None = None) -> str:
        self.board = self.board if text is None else text
        return self.board

    def mark_matches(self, pattern: str, *, ignore_case: bool) -> None:
        self.wishes.append(("matches", pattern))

    def run(self, wish: str, argument: str = "") -> None:
        self.wishes.append((wish, argument))

    def say(self, sentence: str) -> None:
        self.said.append(sentence)


class Result(NamedTuple):
    """How a text and its caret are after some keys."""

    lines: list[str]
    caret: tuple[int, int]
    register: str


Case = tuple[str, tuple[int, int], str]
"""Text, caret, keys."""


def ours(case: Case) -> Result:
    """Press the keys here."""
    source, at, keys = case
    desk = Desk(source + "\n", at).press(keys)
    state = desk.machine.state
    if state.mode in (Mode.INSERT, Mode.REPLACE) or state.mode.is_visual or not desk.machine.is_idle:
        desk.press("<Esc>")
    register = state.registers.get('"')
    rows = desk.text.row_count
    kept = "" if register is None else register.text + "\n" * (register.shape is Shape.LINES)
    return Result(desk.text.lines(0, rows) or [""], (desk.head.line, desk.head.column), kept)


_SCRIPT = r"""
set nocompatible autoindent expandtab shiftwidth=4 softtabstop=4 tabstop=8 backspace=2 startofline
set nrformats=bin,hex encoding=utf-8 cpoptions=aABceFs nojoinspaces report=9999 noswapfile viminfo= nomore
set belloff=all timeoutlen=10 undolevels=1000
let results = []
for case in json_decode(join(readfile($CASES), ''))
  enew!
  setlocal undolevels=-1
  call setline(1, case[0])
  setlocal undolevels=1000
  call setreg('"', '')
  let @/ = ''
  for name in split('abcdefghij0123456789-', '\zs')
    call setreg(name, '')
  endfor
  call cursor(case[1] + 1, case[2] + 1)
  try
    call feedkeys(case[3], 'tx')
  catch
  endtry
  call add(results, [getline(1, '$'), line('.') - 1, charcol('.') - 1, getreg('"')])
endfor
call writefile([json_encode(results)], $RESULTS)
qall!
"""


def theirs(cases: Sequence[Case], folder: Path) -> list[Result]:
    """Press the keys in vim, all cases in one run."""
    codes = {name: chr(27) for name in ("escape",)}
    codes |= {"enter": "\r", "backspace": "\x80kb", "tab": "\t"}
    rows = []
    for source, at, keys in cases:
        typed = ""
        for key in keys_of(keys):
            if key.startswith("ctrl+"):
                typed += chr(ord(key[5].upper()) - 64)
            else:
                typed += codes.get(key, key)
        column = len(source.split("\n")[at[0]][: at[1]].encode())
        rows.append([source.split("\n"), at[0], column, typed])
    (folder / "cases.json").write_text(json.dumps(rows, ensure_ascii=False))
    (folder / "script.vim").write_text(_SCRIPT)
    assert VIM is not None
    subprocess.run(
        [VIM, "-u", "NONE", "-i", "NONE", "-n", "-N", "-X", "-es", "-S", str(folder / "script.vim")],
        env={"CASES": str(folder / "cases.json"), "RESULTS": str(folder / "results.json"), "HOME": str(folder),
             "LANG": "C.UTF-8", "PATH": "/usr/bin:/bin"},
        stdin=subprocess.DEVNULL, capture_output=True, timeout=60, check=False,
    )  # fmt: skip
    found = json.loads((folder / "results.json").read_text())
    return [Result(lines, (line, column), register) for lines, line, column, register in found]
