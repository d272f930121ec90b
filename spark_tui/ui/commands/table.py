"""The table itself, and what is made from it: bindings, hints, labels of keys."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from textual.binding import Binding, BindingType

from spark_tui.ui.commands import anywhere, files, pages, panes, review
from spark_tui.ui.commands.command import Command, Where

UNREACHABLE = "f99"
"""Stands for no key in bindings, which must have one."""


def _at(where: Where, commands: Iterable[Command]) -> Iterable[Command]:
    return (replace(command, where=where) for command in commands)


COMMANDS: tuple[Command, ...] = (
    *anywhere.app(),
    *_at(Where.WORKSPACE, anywhere.workspace()),
    *_at(Where.WORKSPACE, files.files()),
    *_at(Where.WORKSPACE, anywhere.hands()),
    *_at(Where.TREE, panes.tree()),
    *_at(Where.REVIEW, review.review()),
    *_at(Where.TALK, panes.talk()),
    *_at(Where.PROMPT, panes.prompt()),
    *_at(Where.PICKER, pages.picker()),
    *_at(Where.SEARCH, files.search()),
    *_at(Where.LINE, pages.line()),
    *_at(Where.DRAFT, pages.draft()),
    *_at(Where.TIMELINE, pages.timeline()),
    *_at(Where.STEP, pages.step()),
    *_at(Where.CONTEXT, pages.context()),
    *_at(Where.OUTSIDE, pages.outside()),
    *_at(Where.CHECKS, pages.checks()),
    *_at(Where.TRUST, pages.trust()),
)  # fmt: skip


def commands_in(where: Where) -> tuple[Command, ...]:
    """Return the commands of one place, in the order of the table."""
    return tuple(command for command in COMMANDS if command.where is where)


def bindings(where: Where) -> list[BindingType]:
    """Make Textual's bindings for one place; a command without keys has one that no keyboard has."""
    return [binding for command in commands_in(where) for binding in _of(command)]


def _of(command: Command) -> Iterable[BindingType]:
    if "{key}" in command.action:
        for key in command.keys:
            yield Binding(
                key, command.action.format(key=key), command.title, show=False, priority=command.first
            )
    else:
        keys = ",".join(command.keys) or UNREACHABLE
        yield Binding(keys, command.action, command.title, show=False, priority=command.first, id=command.id)


def hints(where: Where, keys_of: Callable[[Command], Sequence[str]]) -> tuple[tuple[str, str], ...]:
    """Return (key, word) pairs for the line of key hints, the most local first."""
    return tuple(
        (key_label(keys[0]), command.hint)
        for place in (where, Where.WORKSPACE, Where.ANYWHERE)
        for command in commands_in(place)
        if command.hint and (keys := keys_of(command))
    )


_LABELS = {
    "escape": "Esc", "question_mark": "?", "slash": "/", "equals_sign": "=", "plus": "+", "exclamation_mark": "!",
    "pageup": "PgUp", "pagedown": "PgDn", "enter": "Enter",
    "tab": "Tab", "space": "Space", "home": "Home", "end": "End", "up": "Up", "down": "Down", "left": "Left",
    "right": "Right",
}  # fmt: skip


def key_label(key: str) -> str:
    """Write a key as people do: `^P`, `F2`, `Esc`, `J`, and keys in a row one behind the other."""
    if " " in key:
        return " ".join(key_label(step) for step in key.split(" "))
    *modifiers, name = key.split("+")
    label = _LABELS.get(
        name, name.upper() if len(name) > 1 and name[0] == "f" and name[1:].isdigit() else name
    )
    if modifiers == ["ctrl"] and len(name) == 1:
        return f"^{name.upper()}"
    return "-".join([*(word.capitalize() for word in modifiers), label])
