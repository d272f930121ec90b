"""Programs of the system and processes of our own: which file is started, and what it is told of its surroundings."""

import asyncio
import os
import sys
import sysconfig
from collections.abc import Mapping, Sequence
from pathlib import Path

_NEEDED = (
    "PATH", "HOME", "TMPDIR", "LANG", "LC_ALL", "LC_CTYPE", "VIRTUAL_ENV", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH",
    "DYLD_FALLBACK_LIBRARY_PATH", "NIX_LD", "NIX_LD_LIBRARY_PATH", "PYTHONHOME", "PYTHONHASHSEED", "PYTHONUTF8",
    "PYTHONWARNINGS", "PYTHONDONTWRITEBYTECODE", "PYTHONPYCACHEPREFIX", "COVERAGE_PROCESS_START",
    "SPARK_TUI_LOG",
)  # fmt: skip
"""Variables by which Python is found and runs; keys of models are none of them."""


def find_program(name: str, search_path: str, workspace: str) -> str | None:
    """Find a program in absolute `PATH` entries; what lies inside the workspace is not the person's."""
    inside = os.path.realpath(workspace).rstrip("/") + "/"
    for entry in search_path.split(os.pathsep):
        candidate = os.path.join(entry, name)
        if not os.path.isabs(entry) or (os.path.realpath(candidate) + "/").startswith(inside):
            continue
        if os.path.isfile(candidate) and os.access(candidate, os.X_OK):
            return candidate
    return None


async def start_own(
    command: Sequence[str],
    *,
    also: Mapping[str, str] | None = None,
    stderr: int = asyncio.subprocess.DEVNULL,
    limit: int = 1 << 16,
) -> asyncio.subprocess.Process:
    """Start a process of ours that we write to and read from, lines up to `limit`. Raises OSError, ValueError."""
    return await asyncio.create_subprocess_exec(
        *command,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=stderr,
        env={**own_environment(), **(also or {})},
        # A key press that interrupts us in a terminal is not meant for it.
        start_new_session=True,
        limit=limit,
    )


def own_module(name: str, *arguments: str) -> list[str]:
    """Return the command that runs a module of ours; what lies in the current folder is none."""
    return [sys.executable, "-P", "-m", name, *arguments]


def own_environment() -> dict[str, str]:
    """Return what a process that runs a module of ours has to know, and nothing else.

    It never looks into the current folder, which may hold modules with names of ours; so this package is pointed
    at when it runs from a checkout.
    """
    here = str(Path(__file__).resolve().parents[2])
    installed = here in (sysconfig.get_path("purelib"), sysconfig.get_path("platlib"))
    others = filter(os.path.isabs, os.environ.get("PYTHONPATH", "").split(os.pathsep))
    kept = {name: os.environ[name] for name in _NEEDED if name in os.environ}
    return {**kept, "PYTHONPATH": os.pathsep.join([*([] if installed else [here]), *others])}
