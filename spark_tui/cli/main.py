"""Reads the command line and hands over to one command; imports a command's modules only when it is asked for."""

import sys
from collections.abc import Sequence

from spark_tui import __version__

OK, FAILED, USAGE, LEFT_OUT, INTERRUPTED = 0, 1, 2, 3, 130


def main(argv: Sequence[str] | None = None) -> int:
    """Run the program; returns its exit code."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    if arguments in (["--version"], ["-V"]):
        print(f"spark-tui {__version__}")
        return OK
    try:
        from spark_tui.cli.arguments import parse

        options = parse(arguments)
        code: int = options.command(options)
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        # Whoever read our output has left; saying so would only break again.
        sys.stderr.close()
        return FAILED
    return code
