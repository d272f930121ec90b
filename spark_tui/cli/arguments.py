"""The grammar of the command line."""

import argparse
import math
from collections.abc import Sequence

from spark_tui import __version__
from spark_tui.cli import commands

_COMMANDS = ("ask", "apply", "serve")


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    """Parse arguments; exits with code 2 and a usage line when they can't be used."""
    if arguments and arguments[0] in _COMMANDS:
        return _subcommands().parse_args(arguments)
    parser = _root()
    return parser.parse_args(arguments)


def _root() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="spark-tui",
        description="Edit code together with a very fast model: ask, watch the edit stream in, accept hunk by hunk.",
        epilog="Commands: 'spark-tui ask' works without a screen, 'spark-tui apply' takes a patch, "
        "'spark-tui serve' starts the rehearsal server. "
        "Each has its own --help.",
    )
    parser.add_argument(
        "path", nargs="?", default=".", metavar="PATH", help="folder or file to open (default: here)"
    )
    parser.add_argument("-V", "--version", action="version", version=f"spark-tui {__version__}")
    parser.add_argument("--lane", choices=("fast", "deep"), default="fast", help="lane to start on")
    parser.add_argument(
        "--theme", default="", metavar="NAME", help="colour theme, over the one in config.toml"
    )
    parser.add_argument(
        "--rate",
        type=_rate,
        default=1000.0,
        metavar="TOK_S",
        help="speed of the built-in rehearsal (default: 1000 tokens/s)",
    )
    parser.set_defaults(command=commands.open_workspace)
    return parser


def _subcommands() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="spark-tui")
    choices = parser.add_subparsers(required=True)
    ask = choices.add_parser(
        "ask", help="one turn without a screen", description="One turn without a screen."
    )
    ask.add_argument("prompt", metavar="PROMPT", help="what to do; '-' reads it from standard input")
    ask.add_argument("-C", dest="directory", default=".", metavar="DIR", help="workspace (default: here)")
    ask.add_argument(
        "--file", action="append", default=[], metavar="F", help="a file to send; may be repeated"
    )
    ask.add_argument("--lane", choices=("fast", "deep"), default="fast", help="lane to ask (default: fast)")
    ask.add_argument(
        "--accept",
        choices=("all", "none"),
        default="none",
        help="accept every safely placed hunk, or only show them (default: none)",
    )
    ask.add_argument("--json", action="store_true", help="one JSON object a line on standard output")
    ask.add_argument(
        "--rate", type=_rate, default=1000.0, metavar="TOK_S", help="speed of the built-in rehearsal"
    )
    ask.set_defaults(command=commands.ask)
    apply = choices.add_parser(
        "apply",
        help="apply a patch file",
        description="Apply a patch in the *** Begin Patch format, hunk by hunk, and say what became of each.",
    )
    apply.add_argument(
        "patch", nargs="?", default="-", metavar="PATCH_FILE", help="'-' is standard input (default)"
    )
    apply.add_argument(
        "-C", dest="directory", default=".", metavar="DIR", help="folder to change (default: here)"
    )
    apply.add_argument(
        "--profile",
        choices=("spark", "codex"),
        default="spark",
        help="spark never guesses; codex does as the reference tool (default: spark)",
    )
    apply.add_argument(
        "--chunks",
        default="whole",
        metavar="HOW",
        help="feed the patch whole, by chars, or cut at random:SEED; the result is the same (default: whole)",
    )
    apply.add_argument(
        "--decide",
        choices=("safe", "all", "none"),
        default="safe",
        help="what fits in one place only, also the first of several, or nothing (default: safe)",
    )
    apply.add_argument("--json", action="store_true", help="one JSON object on standard output")
    apply.set_defaults(command=commands.apply)
    serve = choices.add_parser(
        "serve",
        help="the rehearsal server alone",
        description="Serve the rehearsal on loopback: the real protocol, no model.",
    )
    serve.add_argument(
        "--port", type=_port, default=8765, help="port on 127.0.0.1; 0 picks one (default: 8765)"
    )
    serve.add_argument(
        "--rate", type=_rate, default=1000.0, metavar="TOK_S", help="tokens per second (default: 1000)"
    )
    serve.add_argument("--watch-stdin", action="store_true", help="stop when standard input ends")
    serve.set_defaults(command=commands.serve)
    return parser


def _rate(text: str) -> float:
    try:
        rate = float(text)
    except ValueError:
        rate = 0.0
    if not (math.isfinite(rate) and 0 < rate <= 1_000_000):
        raise argparse.ArgumentTypeError(f"{text!r} is not a speed: give tokens per second, such as 1000")
    return rate


def _port(text: str) -> int:
    if text.isdecimal() and int(text) < 65536:
        return int(text)
    raise argparse.ArgumentTypeError(f"{text!r} is not a port: give a number from 0 to 65535")
