"""Finds which files of the workspace hold given words, in one thread, within limits of size and number."""

import asyncio
import os
import re
import stat
from collections.abc import Mapping, Sequence

MAX_FILES = 20_000
MAX_FILE_BYTES = 400_000
MAX_TOTAL_BYTES = 64_000_000


class WordSearch:
    """Reads files below one root; links are never followed."""

    def __init__(self, root: str) -> None:
        self._root = root

    async def containing(self, words: Sequence[str], paths: Sequence[str]) -> Mapping[str, int]:
        """Count whole-word occurrences of `words` per path."""
        return await asyncio.to_thread(self._search, tuple(words), tuple(paths))

    def _search(self, words: tuple[str, ...], paths: tuple[str, ...]) -> Mapping[str, int]:
        joined = b"|".join(re.escape(word.encode()) for word in sorted(words, key=len, reverse=True))
        pattern = re.compile(rb"(?<![\w\x80-\xff])(?:" + joined + rb")(?![\w\x80-\xff])")
        hits: dict[str, int] = {}
        total = 0
        for path in paths[:MAX_FILES]:
            data = self._read(path)
            total += len(data)
            if total > MAX_TOTAL_BYTES:
                break
            count = sum(1 for _ in pattern.finditer(data)) if b"\0" not in data[:1024] else 0
            if count:
                hits[path] = count
        return hits

    def _read(self, path: str) -> bytes:
        try:
            handle = os.open(os.path.join(self._root, path), os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        except OSError:
            return b""
        try:
            status = os.fstat(handle)
            if not stat.S_ISREG(status.st_mode) or status.st_size > MAX_FILE_BYTES:
                return b""
            return os.read(handle, MAX_FILE_BYTES)
        except OSError:
            return b""
        finally:
            os.close(handle)
