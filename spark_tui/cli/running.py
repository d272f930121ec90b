"""Builds the workspace and runs its screen; all that is heavy is imported from here."""

import argparse
import asyncio
import importlib
import os
import sys

from spark_tui.adapters.clipboard import SystemClipboard, find_clipboard
from spark_tui.adapters.outside_editor import edit_outside
from spark_tui.adapters.theme_files import load_themes
from spark_tui.cli.compose import build
from spark_tui.cli.log_keeping import Keeping
from spark_tui.cli.opening import Opening
from spark_tui.ports import PortError, SettingsWrong

_TURN = 0.001
"""Seconds a thread computes while another waits: what is painted is written by a thread, and must not wait long."""


def run(folder: str, file: str, options: argparse.Namespace, opening: Opening | None) -> tuple[str, int]:
    """Run the screen; return why it could not be, if so, and the exit code."""
    sys.setswitchinterval(_TURN)
    try:
        with Keeping(options) as keeping:
            return "", asyncio.run(_screen(folder, file, options, opening, keeping))
    except PortError as error:
        return str(error), 1


async def _screen(
    folder: str, file: str, options: argparse.Namespace, opening: Opening | None, keeping: Keeping
) -> int:
    built = await build(folder, options)
    keeping.heed(built.engine, built.secrets)
    themes = load_themes(built.config)
    choice = options.theme or built.settings.theme
    if choice not in [spec.name for spec in themes.specs]:
        known = ", ".join(spec.name for spec in themes.specs)
        raise SettingsWrong(f"theme {choice} is not there: known are {known}")
    built.engine.conversation.switch(options.lane)
    try:
        built.engine.begin()
        # In a thread: git answers meanwhile.
        await asyncio.to_thread(importlib.import_module, "spark_tui.ui.app")
        from spark_tui.ui.app import AppOptions, run_app
        from spark_tui.ui.keymaps import resolve

        command = find_clipboard(os.environ, folder)
        keymap, faults = resolve(built.settings.keymap, built.settings.keys)
        return await run_app(
            built.engine,
            themes.specs,
            AppOptions(
                choice,
                [file] if file else [],
                [*themes.faults, *faults],
                edit_outside,
                opening,
                keymap,
                built.settings.mouse,
                built.settings.keys,
                copies=SystemClipboard(command, os.environ).copy if command else None,
                linear=options.linear or built.settings.linear,
                is_calm=built.settings.motion == "reduced",
                blanks=built.settings.blanks,
            ),
        )
    finally:
        await built.close()
