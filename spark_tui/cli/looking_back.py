"""The grammar of the commands on checkpoints; what a command needs is imported when it runs."""

import argparse
from collections.abc import Awaitable, Callable
from typing import Any

from spark_tui.cli.commands import in_folder

NAMES = ("history", "show", "undo", "redo", "restore", "commit", "gc")


def add_commands(choices: Any) -> None:
    """Add the commands to a group of subcommands."""
    command = _command(choices, "history", "list the checkpoints", _history)
    command.add_argument("--json", action="store_true", help="one JSON object a line")
    command.add_argument(
        "--git-dir", action="store_true", help="print where the git mirror of the checkpoints is"
    )
    command.add_argument("--sessions", action="store_true", help="list the sessions instead, for --resume")
    command.add_argument(
        "--commits", action="store_true", help="with the commit of the mirror that shows each"
    )
    command.add_argument(
        "--limit", type=_number, default=1000, metavar="N", help="at most so many (default: 1000)"
    )
    command = _command(choices, "show", "show what one checkpoint changed", _show)
    command.add_argument("id", type=_number, metavar="ID")
    command.add_argument("--json", action="store_true", help="one JSON object")
    command.add_argument("--git", action="store_true", help="as git shows its commit in the mirror")
    command = _command(choices, "undo", "take back the last checkpoint; the step can be redone", _undo)
    command.add_argument("--turn", action="store_true", help="take back everything of the last turn")
    _dry_run(command)
    command = _command(choices, "redo", "make again what was taken back", _redo)
    command.add_argument(
        "id", nargs="?", type=_number, metavar="ID", help="which one, where several could be meant"
    )
    _dry_run(command)
    command = _command(
        choices,
        "restore",
        "bring files back to a checkpoint; files changed since are left alone unless named",
        _restore,
    )
    command.add_argument("id", type=_number, metavar="ID", help="the checkpoint; 0 is before the first")
    command.add_argument(
        "paths", nargs="*", metavar="PATH", help="only these files or folders, changed since or not"
    )
    _dry_run(command)
    command = _command(choices, "commit", "commit exactly the accepted edits of a session to git", _commit)
    command.add_argument("-m", dest="message", metavar="MESSAGE", help="without it, git opens your editor")
    command.add_argument("--session", default="", metavar="ID", help="another session than the last one")
    _dry_run(command)
    command = _command(choices, "gc", "say what old sessions take and which would go", _gc)
    command.add_argument("--yes", action="store_true", help="let them go")
    command.add_argument("--json", action="store_true", help="one JSON object a line")
    command.add_argument(
        "--keep-days", type=_number, metavar="N", help="older sessions go (default: the setting, 60)"
    )
    command.add_argument(
        "--keep-mib", type=_number, metavar="N", help="oldest go above this (default: the setting, 1024)"
    )


def _command(
    choices: Any, name: str, words: str, call: Callable[[str, argparse.Namespace], Awaitable[int]]
) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = choices.add_parser(
        name, help=words, description=f"{words[0].upper()}{words[1:]}."
    )
    parser.add_argument("-C", dest="directory", default=".", metavar="DIR", help="workspace (default: here)")
    parser.set_defaults(command=lambda options: in_folder(call, options))
    return parser


def _dry_run(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--dry-run", action="store_true", help="only say what would be done")


def _number(text: str) -> int:
    bare = text.removeprefix("#")
    if bare.isascii() and bare.isdecimal():
        return int(bare)
    raise argparse.ArgumentTypeError(f"{text!r} is not a number")


async def _history(folder: str, options: argparse.Namespace) -> int:
    from spark_tui.cli.looking import history

    return await history(folder, options)


async def _show(folder: str, options: argparse.Namespace) -> int:
    from spark_tui.cli.looking import show

    return await show(folder, options)


async def _undo(folder: str, options: argparse.Namespace) -> int:
    from spark_tui.cli.stepping import undo

    return await undo(folder, options)


async def _redo(folder: str, options: argparse.Namespace) -> int:
    from spark_tui.cli.stepping import redo

    return await redo(folder, options)


async def _restore(folder: str, options: argparse.Namespace) -> int:
    from spark_tui.cli.stepping import restore

    return await restore(folder, options)


async def _commit(folder: str, options: argparse.Namespace) -> int:
    from spark_tui.cli.committing import commit

    return await commit(folder, options)


async def _gc(folder: str, options: argparse.Namespace) -> int:
    from spark_tui.cli.cleaning import gc

    return await gc(folder, options)
