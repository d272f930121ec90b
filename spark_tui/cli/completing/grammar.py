"""What can stand on the command line, read from the parsers, in the words that shells need."""

import argparse
from collections.abc import Mapping, Sequence
from enum import StrEnum

from spark_tui.core.values import dataclass

_FOLDERS = ("DIR",)
_FILES = ("FILE", "F", "PATH", "PATCH_FILE", "TRACE")


class Kind(StrEnum):
    """What a value is."""

    TEXT = "text"
    """Nothing that could be offered."""
    CHOICE = "choice"
    FILE = "file"
    FOLDER = "folder"


@dataclass(frozen=True, slots=True)
class Value:
    """What stands for an argument, or follows an option."""

    name: str
    kind: Kind
    choices: tuple[str, ...] = ()
    is_optional: bool = False
    repeats: bool = False


@dataclass(frozen=True, slots=True)
class Option:
    """One option in all its spellings."""

    flags: tuple[str, ...]
    words: str
    value: Value | None = None
    """None: it stands alone."""
    repeats: bool = False


@dataclass(frozen=True, slots=True)
class Verb:
    """A command with what may follow it; the one without a name is the program itself."""

    path: tuple[str, ...]
    """The words that lead to it."""
    words: str
    options: tuple[Option, ...]
    arguments: tuple[Value, ...]
    verbs: tuple["Verb", ...] = ()
    """Commands of its own."""


@dataclass(frozen=True, slots=True)
class Grammar:
    """The whole command line."""

    program: str
    root: Verb

    def all(self) -> tuple[Verb, ...]:
        """Return the program itself, its commands, and those of the commands."""
        found = [self.root]
        for verb in found:
            found += verb.verbs
        return tuple(found)


def grammar_of(
    root: argparse.ArgumentParser,
    commands: argparse.ArgumentParser,
    known: Mapping[str, Sequence[str]],
) -> Grammar:
    """Read the parser of the program and that of its commands; `known` are values of options by their `dest`."""
    own = _verb((), "", root, known)
    return Grammar(
        root.prog, Verb((), own.words, own.options, own.arguments, _verb((), "", commands, known).verbs)
    )


def _verb(
    path: tuple[str, ...], words: str, parser: argparse.ArgumentParser, known: Mapping[str, Sequence[str]]
) -> Verb:
    options: list[Option] = []
    arguments: list[Value] = []
    verbs: list[Verb] = []
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            told = {one.dest: one.help or "" for one in action._choices_actions}
            verbs += [
                _verb((*path, name), told.get(name, ""), one, known) for name, one in action.choices.items()
            ]
        elif action.help == argparse.SUPPRESS:
            continue
        elif action.option_strings:
            value = None if action.nargs == 0 else _value(action, known)
            repeats = isinstance(action, argparse._AppendAction)
            options.append(Option(tuple(action.option_strings), _plain(action), value, repeats))
        else:
            arguments.append(_value(action, known))
    return Verb(path, words, tuple(options), tuple(arguments), tuple(verbs))


def _value(action: argparse.Action, known: Mapping[str, Sequence[str]]) -> Value:
    name = action.metavar if isinstance(action.metavar, str) else action.dest.upper()
    choices = tuple(str(one) for one in action.choices or known.get(action.dest, ()))
    kind = Kind.TEXT
    if choices:
        kind = Kind.CHOICE
    elif name in _FOLDERS:
        kind = Kind.FOLDER
    elif name in _FILES:
        kind = Kind.FILE
    return Value(name, kind, choices, action.nargs in ("?", "*"), action.nargs in ("*", "+"))


def _plain(action: argparse.Action) -> str:
    """The help of an option as one short line."""
    return " ".join((action.help or "").partition(";")[0].partition(" (default")[0].split()).replace(
        "%%", "%"
    )
