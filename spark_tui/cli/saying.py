"""What commands tell the person beside their output: on standard error, inert, and known by the program's name."""

import sys


def say(sentence: object, *, flush: bool = False) -> None:
    """Tell a sentence, or some, a line each; an error is told by its own words."""
    # Not needed by a start that has nothing to say.
    from spark_tui.core.display import inert

    print("spark-tui: " + "\n".join(map(inert, str(sentence).split("\n"))), file=sys.stderr, flush=flush)


def fail(sentence: object, code: int = 1) -> int:
    """Say why something can't be done; returns the exit code."""
    say(sentence)
    return code
