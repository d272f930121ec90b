"""Keeps how the workspace was left in a file of the state folder. Losing it loses nothing else, so it never raises."""

import asyncio
import contextlib
import json
from pathlib import Path

from spark_tui.adapters.own_files import read_json, replace_small

MOST_BYTES = 4 * 1024 * 1024


class LayoutFile:
    """One small file, replaced as a whole."""

    def __init__(self, folder: Path | None) -> None:
        """Keep it in `folder`; without one nothing is kept."""
        self._path = folder / "layout.json" if folder is not None else None

    async def load(self) -> object:
        """What was kept; None if that is nothing."""
        return await asyncio.to_thread(self._load)

    async def save(self, value: object) -> None:
        """Keep this from now on."""
        await asyncio.to_thread(self._save, value)

    def _load(self) -> object:
        return read_json(self._path, MOST_BYTES) if self._path is not None else None

    def _save(self, value: object) -> None:
        if self._path is not None:
            with contextlib.suppress(OSError):
                replace_small(self._path, json.dumps(value).encode())
