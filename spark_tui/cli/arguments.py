"""The grammar of the command line."""

import argparse
import math
from collections.abc import Sequence
from typing import Any

from spark_tui import __version__
from spark_tui.cli import commands, configuring, examining, looking_back
from spark_tui.cli.saying import fail

_COMMANDS = (
    "ask", "context", "apply", "models", "serve", "replay", *looking_back.NAMES, *examining.NAMES,
    *configuring.NAMES, "completion", "help",
)  # fmt: skip


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    """Parse arguments; exits with code 2 and a usage line when they can't be used."""
    if arguments and arguments[0] in _COMMANDS:
        parser = _subcommands()
        if _asks_for_help(arguments):
            from spark_tui.cli.helping import explain

            explain(parser)
        return parser.parse_args(arguments)
    parser = _root()
    if _asks_for_help(arguments):
        from spark_tui.cli.helping import overview

        overview(parser, _subcommands())
    return parser.parse_args(arguments)


def _asks_for_help(arguments: Sequence[str]) -> bool:
    return any(word == "-h" or (len(word) > 2 and "--help".startswith(word)) for word in arguments)


def _root() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="spark-tui",
        description="Edit code together with a very fast model: ask, watch the edit stream in, accept hunk by hunk.",
    )
    parser.add_argument(
        "path", nargs="?", default=".", metavar="PATH", help="folder or file to open (default: here)"
    )
    parser.add_argument("-V", "--version", action="version", version=f"spark-tui {__version__}")
    parser.add_argument("--lane", choices=("fast", "deep"), default="fast", help="lane to start on")
    again = parser.add_mutually_exclusive_group()
    again.add_argument(
        "--continue", dest="continues", action="store_true", help="go on from the last session of this folder"
    )
    again.add_argument(
        "--resume", default="", metavar="ID", help="go on from a session (see 'spark-tui history --sessions')"
    )
    configuring.add_settings(parser)
    parser.add_argument(
        "--rate",
        type=_rate,
        default=1000.0,
        metavar="TOK_S",
        help="speed of the built-in rehearsal (default: 1000 tokens/s)",
    )
    _add_trace(parser)
    _add_log(parser)
    parser.set_defaults(command=commands.open_workspace, known_commands=_COMMANDS)
    return parser


_Choices = Any
"""What argparse collects subcommands in; it has no public type."""


def _subcommands() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="spark-tui")
    choices = parser.add_subparsers(required=True)
    for add in (
        _add_ask,
        _add_context,
        _add_apply,
        _add_models,
        _add_serve,
        _add_replay,
        looking_back.add_commands,
        examining.add_commands,
        configuring.add_commands,
        _add_completion,
        _add_help,
    ):
        add(choices)
    return parser


def _add_ask(choices: _Choices) -> None:
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
    _add_trace(ask)
    _add_log(ask)
    ask.set_defaults(command=commands.ask)


def _add_context(choices: _Choices) -> None:
    context = choices.add_parser(
        "context",
        help="what would go to the model",
        description="Plan the request for a prompt, and tell what goes along, in which form and why. Nothing is sent.",
    )
    context.add_argument("prompt", metavar="PROMPT", help="what to do; '-' reads it from standard input")
    context.add_argument("-C", dest="directory", default=".", metavar="DIR", help="workspace (default: here)")
    context.add_argument(
        "--file", action="append", default=[], metavar="F", help="a file that is open; may be repeated"
    )
    context.add_argument(
        "--lane", choices=("fast", "deep"), default="fast", help="lane to plan for (default: fast)"
    )
    context.add_argument(
        "--budget",
        type=_tokens,
        default=None,
        metavar="N",
        help="tokens the request may hold (default: the model's window less the room for its answer)",
    )
    form = context.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="one JSON object on standard output")
    form.add_argument(
        "--print",
        action="store_true",
        help="exactly the bytes of the request, as a fresh connection sends it; after a warm-up "
        "'previous_response_id' comes on top",
    )
    context.set_defaults(command=commands.context, rate=1000.0, trace="")


def _add_apply(choices: _Choices) -> None:
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


def _add_models(choices: _Choices) -> None:
    models = choices.add_parser(
        "models",
        help="which models answer",
        description="Ask every provider that has a key, and the usual local servers, for their models. "
        "A key goes to its own provider and nowhere else.",
    )
    models.add_argument("--json", action="store_true", help="one JSON object on standard output")
    models.set_defaults(command=commands.models)


def _add_serve(choices: _Choices) -> None:
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
    serve.add_argument(
        "--faults", default="", metavar="FILE", help="JSON list of what is to go wrong, and when"
    )
    serve.add_argument("--seed", type=int, default=None, metavar="N", help="the same ids every time")
    serve.add_argument("--record", default="", metavar="FILE", help="write every frame to FILE")
    serve.add_argument("--lean", action="store_true", help="leave out events that clients can do without")
    serve.add_argument("--no-lanes", action="store_true", help="one response at a time on a connection")
    serve.add_argument(
        "--manner",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="how it behaves otherwise, as age_limit=60 or interrupts=true; may be repeated",
    )
    serve.add_argument("--watch-stdin", action="store_true", help="stop when standard input ends")
    serve.set_defaults(command=commands.serve)


def _add_replay(choices: _Choices) -> None:
    replay = choices.add_parser(
        "replay",
        help="play a recorded session",
        description="Play a trace (from --trace, or from serve --record) through the client, without a network.",
    )
    replay.add_argument("trace", metavar="TRACE", help="the recording")
    replay.add_argument("--json", action="store_true", help="one JSON object a line on standard output")
    replay.set_defaults(command=commands.replay)


def _add_completion(choices: _Choices) -> None:
    completion = choices.add_parser(
        "completion",
        help="a script that completes this command line in a shell",
        description="Print a script with which a shell completes commands, options, themes and files. Write it once "
        "to the place named below, in a folder that is there, and again after an update.",
    )
    completion.add_argument("shell", choices=("bash", "zsh", "fish"))
    completion.set_defaults(command=_completion)


def _completion(options: argparse.Namespace) -> int:
    from spark_tui.adapters.places import config_dir
    from spark_tui.adapters.theme_files import load_themes
    from spark_tui.cli.completing import SHELLS, grammar_of

    known = {"theme": [spec.name for spec in load_themes(config_dir()).specs], "topic": _COMMANDS}
    print(SHELLS[options.shell](grammar_of(_root(), _subcommands(), known)), end="")
    return 0


def _add_help(choices: _Choices) -> None:
    helped = choices.add_parser(
        "help", help="the help of a command", description="Print the help of a command, or of the program."
    )
    helped.add_argument("topic", nargs="*", metavar="COMMAND", help="default: the program")
    helped.set_defaults(command=_help)


def _help(options: argparse.Namespace) -> int:
    if options.topic and options.topic[0] not in _COMMANDS:
        return fail(
            f"there is no command {options.topic[0]}{commands.nearest(options.topic[0], _COMMANDS)}", 2
        )
    parse([*options.topic, "--help"])
    return 0


def _add_trace(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--trace",
        default="",
        metavar="FILE",
        help="write every frame to FILE, without keys, readable by you only",
    )


def _add_log(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--log-file",
        default="",
        metavar="FILE",
        help="the program's own log, for reports: errors and links, no text of yours "
        "(default: spark-tui.log in the state folder)",
    )
    parser.add_argument(
        "--log-level",
        choices=("error", "warning", "info", "debug"),
        default="info",
        help="how much is written there (default: info)",
    )


def _rate(text: str) -> float:
    try:
        rate = float(text)
    except ValueError:
        rate = 0.0
    if not (math.isfinite(rate) and 0 < rate <= 1_000_000):
        raise argparse.ArgumentTypeError(f"{text!r} is not a speed: give tokens per second, such as 1000")
    return rate


def _tokens(text: str) -> int:
    if text.isdecimal() and 0 < int(text) <= 100_000_000:
        return int(text)
    raise argparse.ArgumentTypeError(f"{text!r} is not a number of tokens: give one such as 8000")


def _port(text: str) -> int:
    if text.isdecimal() and int(text) < 65536:
        return int(text)
    raise argparse.ArgumentTypeError(f"{text!r} is not a port: give a number from 0 to 65535")
