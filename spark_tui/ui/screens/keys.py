"""The page of all keys, made from the tables of commands."""

from collections.abc import Sequence

from spark_tui.ui.commands import COMMANDS, Command, Where, key_label
from spark_tui.ui.widgets.cells import wrap_words
from spark_tui.ui.widgets.editor_keys import BAR_COMMANDS
from spark_tui.ui.widgets.editor_keys import COMMANDS as EDITOR_COMMANDS
from spark_tui.ui.widgets.lines import BLANK, Line, plain

_ORDER = (
    Where.REVIEW, Where.LINE, Where.DRAFT, Where.PROMPT, Where.WORKSPACE, Where.ANYWHERE, Where.TREE, Where.TALK,
    Where.PICKER, Where.TIMELINE, Where.STEP, Where.OUTSIDE, Where.CONTEXT,
)  # fmt: skip
_KEYS = 22
"""Cells for the keys."""


def key_lines(width: int) -> list[Line]:
    """Write every command with its keys, grouped by where they apply."""
    lines: list[Line] = []
    for where in _ORDER:
        lines += [plain(f" {where}", "heading")]
        for command in COMMANDS:
            if command.where is where and command.keys:
                lines += _command_lines(_labels(command), command.title, command.help, width)
        lines.append(BLANK)
    lines.append(plain(f" {Where.EDITOR}", "heading"))
    for entry in EDITOR_COMMANDS:
        if not entry.name.startswith("select_") or entry.name == "select_all":
            labels = ", ".join(key_label(key) for key in entry.keys.split(",")[:2])
            lines += _command_lines(labels, entry.title, entry.about, width)
    lines += _command_lines("Shift-motion", "Select", "Every motion selects with Shift.", width)
    lines += _command_lines("Ctrl-click", "Caret too", "Adds a caret; dragging selects a block.", width)
    lines += [BLANK, plain(" editor: find", "heading")]
    for entry in BAR_COMMANDS:
        labels = ", ".join(key_label(key) for key in entry.keys.split(",")[:2])
        lines += _command_lines(labels, entry.title, entry.about, width)
    lines += _command_lines(
        "Tab, Space", "Switches", "Tab goes to what is in the bar, Space presses it.", width
    )
    return lines


def _labels(command: Command) -> str:
    keys = command.keys[:2] if len(command.keys) < 5 else (command.keys[0], "...", command.keys[-1])
    return ", ".join(key_label(key) for key in keys)


def _command_lines(keys: str, title: str, about: str, width: int) -> Sequence[Line]:
    first, *rest = wrap_words(about, max(width - _KEYS - 22, 16)) or [""]
    lines = [Line((("accent", f"  {keys:<{_KEYS - 2}}"), ("", f"{title:<18}"), ("muted", f"  {first}")))]
    lines += [plain(" " * (_KEYS + 20) + text, "muted") for text in rest]
    return lines
