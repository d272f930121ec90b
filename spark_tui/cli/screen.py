"""Opens the full-screen workspace, or says in one sentence why it can't."""

import argparse
import asyncio
import os
import sys

from spark_tui.cli.compose import build
from spark_tui.ports import PortError, SettingsWrong


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
    from spark_tui.adapters.outside_editor import edit_outside
    from spark_tui.adapters.theme_files import load_themes
    from spark_tui.ui.app import AppOptions, run_app

    built = await build(folder, options)
    themes = load_themes(built.config)
    choice = options.theme or built.settings.theme
    if choice not in [spec.name for spec in themes.specs]:
        known = ", ".join(spec.name for spec in themes.specs)
        raise SettingsWrong(f"theme {choice} is not there: known are {known}")
    built.engine.conversation.switch(options.lane)
    try:
        return await run_app(
            built.engine,
            themes.specs,
            AppOptions(choice, [file] if file else [], themes.faults, edit_outside),
        )
    finally:
        await built.close()
