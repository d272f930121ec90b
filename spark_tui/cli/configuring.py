"""The grammar of `spark-tui config`, and of the options that stand for settings; what they need is imported later."""

import argparse
from collections.abc import Callable, Mapping
from typing import Any

NAMES = ("config",)
PLACES = ("settings", "keys", "themes", "state", "cache", "log")
"""What `config path` can be asked for."""


def add_settings(parser: argparse.ArgumentParser) -> None:
    """Add options that take the place of settings of the same name."""
    parser.add_argument(
        "--theme", default="", metavar="NAME", help="colour theme, over the one in config.toml"
    )
    parser.add_argument(
        "--linear",
        action="store_true",
        help="one pane at a time, without frames, the cursor where you are: for screen readers",
    )


def add_commands(choices: Any) -> None:
    """Add the commands to a group of subcommands."""
    config = choices.add_parser(
        "config",
        help="where settings are, what they are, what is wrong with them",
        description="Look at the settings: where they are, what they are, what is wrong with them. Keys of providers "
        "are never shown, only whether they are found.",
    )
    verbs = config.add_subparsers(required=True, metavar="path|show|check|edit")
    path = _verb(verbs, "path", "print where settings, keys, themes, state, cache and log are", "paths")
    path.add_argument("name", nargs="?", choices=PLACES, help="print only this one")
    show = _verb(verbs, "show", "print the settings as they are, and where each comes from", "show")
    show.add_argument("--json", action="store_true", help="one JSON object")
    add_settings(show)
    check = _verb(
        verbs, "check", "say what is wrong in settings, keymap and themes, a sentence each", "check"
    )
    check.add_argument(
        "file", nargs="?", default="", metavar="FILE", help="settings or a theme (default: all there are)"
    )
    check.add_argument("--json", action="store_true", help="one JSON object")
    _verb(verbs, "edit", "open config.toml in $VISUAL or $EDITOR, then check it", "edit")


def _verb(verbs: Any, name: str, words: str, call: str) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = verbs.add_parser(
        name, help=words, description=f"{words[0].upper()}{words[1:]}."
    )
    parser.set_defaults(command=lambda options: _run(call, options))
    return parser


def _run(name: str, options: argparse.Namespace) -> int:
    from spark_tui.cli import config

    calls: Mapping[str, Callable[[argparse.Namespace], int]] = {
        "paths": config.paths,
        "show": config.show,
        "check": config.check,
        "edit": config.edit,
    }
    return calls[name](options)
