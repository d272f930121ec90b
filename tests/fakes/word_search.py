"""Word search over files in memory."""

import asyncio
import re
from collections.abc import Mapping, Sequence

from tests.fakes.disk_files import MemoryFiles


class MemorySearch:
    """The `Search` port on a dictionary."""

    def __init__(self, files: MemoryFiles) -> None:
        self._files = files
        self.gate: asyncio.Event | None = None
        """Where there is one, every search waits for it."""

    async def containing(self, words: Sequence[str], paths: Sequence[str]) -> Mapping[str, int]:
        """Count whole-word occurrences of `words` per path."""
        if self.gate is not None:
            await self.gate.wait()
        pattern = re.compile(rb"\b(?:" + b"|".join(re.escape(word.encode()) for word in words) + rb")\b")
        hits = {path: len(pattern.findall(self._files.data.get(path, b""))) for path in paths}
        return {path: count for path, count in hits.items() if count}
