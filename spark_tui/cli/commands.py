"""One function per command: arguments in, exit code out. Heavy imports happen inside."""

import argparse
import os
import sys
from collections.abc import Awaitable, Callable, Sequence

from spark_tui.cli.saying import fail


def nearest(word: str, known: Sequence[str]) -> str:
    """Ask whether the command was meant that is spelled alike; nothing where none is."""
    from difflib import get_close_matches

    near = get_close_matches(word, known, 1, 0.6)
    return f"; did you mean the command {near[0]}?" if near else ""


def open_workspace(options: argparse.Namespace) -> int:
    """Open the full-screen workspace."""
    from spark_tui.cli.screen import run_screen

    folder, file, fault = _place(options.path)
    if not os.path.lexists(os.path.expanduser(options.path)):
        near = nearest(options.path, options.known_commands)
        if near and not fault:
            fault = f"{options.path} does not exist{near} './{options.path}' would make a file"
        elif fault:
            fault += near
    if fault:
        return fail(fault, 2)
    return run_screen(folder, file, options)


def ask(options: argparse.Namespace) -> int:
    """Run one turn without a screen."""
    from spark_tui.cli.ask import run_ask

    return _prompted(run_ask, options)


def context(options: argparse.Namespace) -> int:
    """Tell what would go to the model."""
    from spark_tui.cli.context import run_context

    return _prompted(run_context, options)


def _prompted(run: Callable[[str, str, argparse.Namespace], int], options: argparse.Namespace) -> int:
    """Run a command on a folder and a prompt, which may come from standard input."""
    folder = _folder(options.directory)
    if not folder:
        return fail(f"{options.directory} is not a folder", 2)
    prompt = options.prompt
    if prompt == "-":
        prompt = sys.stdin.buffer.read().decode("utf-8", "replace")
    if not prompt.strip():
        return fail("the prompt is empty: say what to do", 2)
    return run(folder, prompt, options)


def in_folder(call: Callable[[str, argparse.Namespace], Awaitable[int]], options: argparse.Namespace) -> int:
    """Run one command on a folder."""
    import asyncio

    from spark_tui.ports import PortError

    folder = _folder(options.directory)
    if not folder:
        return fail(f"{options.directory} is not a folder", 2)

    async def run() -> int:
        return await call(folder, options)

    try:
        return asyncio.run(run())
    except PortError as error:
        return fail(error)


def apply(options: argparse.Namespace) -> int:
    """Apply a patch from a file or standard input."""
    from spark_tui.cli.apply import run_apply

    folder = _folder(options.directory)
    if not folder:
        return fail(f"{options.directory} is not a folder", 2)
    return run_apply(folder, options)


def models(options: argparse.Namespace) -> int:
    """List the models that answer."""
    from spark_tui.cli.models import run_models

    return run_models(options)


def replay(options: argparse.Namespace) -> int:
    """Play a recorded session."""
    from spark_tui.cli.replay import run_replay

    return run_replay(options)


def serve(options: argparse.Namespace) -> int:
    """Serve the rehearsal until interrupted."""
    from spark_tui.cli.serve import run_serve

    return run_serve(options)


def _folder(path: str) -> str:
    """The real place of a folder; empty where none is. A `~` that no shell has expanded means home, as everywhere."""
    full = os.path.realpath(os.path.expanduser(path))
    return full if os.path.isdir(full) else ""


def _place(path: str) -> tuple[str, str, str]:
    """Split PATH into workspace folder and file to open; the third value says why it can't be.

    A file opens the repository it is in, without one the current folder if the file is below it, and otherwise
    the folder it is in. A `~` that no shell has expanded means the home folder, as everywhere.
    """
    full = os.path.realpath(os.path.expanduser(path))
    if os.path.isdir(full):
        return full, "", ""
    folder = os.path.dirname(full)
    here = os.path.realpath(".")
    root = _repository_around(folder)
    if not root and full.startswith(here.rstrip(os.sep) + os.sep):
        root = here
    if not os.path.isdir(folder) or not (root or os.path.isfile(full)):
        return "", "", f"{path} does not exist: name a folder or a file"
    root = root or folder
    return root, os.path.relpath(full, root).replace(os.sep, "/"), ""


def _repository_around(folder: str) -> str:
    """The nearest folder above that holds a `.git`, or nothing."""
    while True:
        if os.path.lexists(os.path.join(folder, ".git")):
            return folder
        parent = os.path.dirname(folder)
        if parent == folder:
            return ""
        folder = parent
