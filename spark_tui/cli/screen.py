"""Opens the full-screen workspace, or says in one sentence why it can't."""

import argparse
import asyncio
import os
import sys

from spark_tui.cli.compose import build
from spark_tui.ports import PortError


def run_screen(folder: str, file: str, options: argparse.Namespace) -> int:
    """Run the screen until the person quits."""
    from spark_tui.ui.app import why_not

    reason = why_not(os.environ, sys.stdin.isatty() and sys.stdout.isatty() and sys.stderr.isatty())
    if reason:
        print(f"spark-tui: {reason}", file=sys.stderr)
        return 1
    try:
        return asyncio.run(_screen(folder, file, options))
    except PortError as error:
        print(f"spark-tui: {error}", file=sys.stderr)
        return 1


async def _screen(folder: str, file: str, options: argparse.Namespace) -> int:
    from spark_tui.ui.app import run_app

    built = await build(folder, options)
    try:
        return await run_app(built, file)
    finally:
        await built.close()
