"""The grammar of `spark-tui doctor` and `spark-tui trust`; what they need is imported when they run."""

import argparse
from collections.abc import Awaitable, Callable
from typing import Any

from spark_tui.cli.commands import in_folder

NAMES = ("doctor", "trust")


def add_commands(choices: Any) -> None:
    """Add the commands to a group of subcommands."""
    command = _command(choices, "doctor", "say what is found on this machine, and what is broken", _doctor)
    command.add_argument("--json", action="store_true", help="one JSON object")
    command.add_argument("--offline", action="store_true", help="ask no provider whether it answers")
    command = _command(choices, "trust", "let programs check edits in a folder", _trust)
    command.epilog = (
        "Nothing that a folder holds is run before you trust it. Trust is kept outside of the folder, by its real "
        "path, and ends when a file changes that decides what programs do."
    )
    how = command.add_mutually_exclusive_group()
    how.add_argument("--remove", action="store_true", help="trust the folder no more")
    how.add_argument("--status", action="store_true", help="only say; exit code 0: trusted")
    how.add_argument("--list", action="store_true", help="list the folders that were trusted")


def _command(
    choices: Any, name: str, words: str, call: Callable[[str, argparse.Namespace], Awaitable[int]]
) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = choices.add_parser(
        name, help=words, description=f"{words[0].upper()}{words[1:]}."
    )
    parser.add_argument("directory", nargs="?", default=".", metavar="DIR", help="folder (default: here)")
    parser.set_defaults(command=lambda options: in_folder(call, options))
    return parser


async def _doctor(folder: str, options: argparse.Namespace) -> int:
    from spark_tui.cli.doctor import doctor

    return await doctor(folder, options)


async def _trust(folder: str, options: argparse.Namespace) -> int:
    from spark_tui.cli.trusting import trust

    return await trust(folder, options)
