"""Keeps how the workspace was left in a file of the state folder. Losing it loses nothing else, so it never raises."""

import asyncio
import contextlib
import json
import os
from pathlib import Path

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
        if self._path is None:
            return None
        try:
            with open(self._path, "rb") as file:
                return json.loads(file.read(MOST_BYTES))
        except (OSError, ValueError, RecursionError):
            return None

    def _save(self, value: object) -> None:
        if self._path is None:
            return
        fresh = self._path.with_name(f"layout.{os.getpid()}.tmp")
        try:
            fd = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
            with open(fd, "wb") as file:
                file.write(json.dumps(value).encode())
            os.replace(fresh, self._path)
        except OSError:
            with contextlib.suppress(OSError):
                os.unlink(fresh)
