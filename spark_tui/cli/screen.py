"""Opens the full-screen workspace, or says in one sentence why it can't."""

import argparse
import gc
import os
import sys

from spark_tui.cli.opening import Opening, why_not
from spark_tui.cli.saying import fail, say


def run_screen(folder: str, file: str, options: argparse.Namespace) -> int:
    """Run the screen until the person quits."""
    reason = why_not(os.environ, sys.stdin.isatty() and sys.stdout.isatty() and sys.stderr.isatty())
    if reason:
        return fail(reason)
    # The start makes tens of thousands of objects that all stay; the screen collects again once it is painted.
    gc.disable()
    opening = Opening.begin(folder, file)
    try:
        from spark_tui.cli.running import run

        sentence, code = run(folder, file, options, opening)
    finally:
        if opening is not None:
            opening.end()
    if sentence:
        say(sentence)
    return code
