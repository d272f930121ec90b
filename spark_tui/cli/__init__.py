"""The command line and the composition root: reads arguments, builds everything once, starts it."""

from spark_tui.cli.main import main

__all__ = ["main"]
