"""Narrows files down with the system's ripgrep: an absolute program, no settings, no shell, named files only."""

import asyncio
import os
import stat
from collections.abc import Sequence

from spark_tui.adapters.programs import find_program
from spark_tui.core.search import Sought

SECONDS = 20.0
"""Longest time for one list of files."""
_OTHERWISE = ("&&", "--", "~~", "[[", "\\<", "\\>", "\\h", "(?", "\\A", "\\Z", "\\z")
"""What Python and ripgrep read in different ways, or only one of them knows."""


def find_ripgrep(search_path: str, workspace: str) -> str | None:
    """Find ripgrep in absolute `PATH` entries that are not inside the workspace."""
    return find_program("rg", search_path, workspace)


class Ripgrep:
    """Tells which of some files may hold a match; the matching itself is done elsewhere."""

    name = "ripgrep"

    def __init__(self, program: str, root: str) -> None:
        self._program = program
        self._root = root

    def can(self, search: Sought) -> bool:
        """Whether it finds at least all that Python would."""
        if search.is_regex:
            return search.text.isascii() and not any(word in search.text for word in _OTHERWISE)
        return all(ord(char) < 0x80 or ord(char) > 0xFF for char in search.text)

    async def narrow(self, search: Sought, paths: Sequence[str]) -> list[str]:
        """Return the paths that may hold a match; all of them where that can't be found out."""
        regular = await asyncio.to_thread(self._regular, paths)
        if not regular:
            return []
        try:
            process = await asyncio.create_subprocess_exec(
                self._program,
                *self._arguments(search),
                *(b"./" + os.fsencode(path) for path in regular),
                cwd=self._root,
                env={"PATH": os.defpath, "LC_ALL": "C.UTF-8"},
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.DEVNULL,
                start_new_session=True,
            )
        except (OSError, ValueError):
            return list(regular)
        try:
            told, _ = await asyncio.wait_for(process.communicate(), SECONDS)
        except TimeoutError:
            return list(regular)
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        # 1 is "none", 2 is "something went wrong", perhaps the expression.
        if process.returncode not in (0, 1):
            return list(regular)
        found = {os.fsdecode(name).removeprefix("./") for name in told.split(b"\0") if name}
        return [path for path in regular if path in found]

    @staticmethod
    def _arguments(search: Sought) -> tuple[str, ...]:
        return (
            "--no-config", "--no-messages", "--no-ignore", "--hidden", "--no-follow", "--crlf",
            "--color=never", "--files-with-matches", "--null", "--sort=none",
            "--regexp" if search.is_regex else "--fixed-strings",
            *(() if search.is_regex else ("--regexp",)), search.text,
            "--case-sensitive" if search.is_exact else "--ignore-case", "--",
        )  # fmt: skip

    def _regular(self, paths: Sequence[str]) -> list[str]:
        """Leave out what could lead elsewhere or never end: links, pipes, devices."""
        kept: list[str] = []
        for path in paths:
            try:
                if stat.S_ISREG(os.lstat(os.path.join(self._root, path)).st_mode):
                    kept.append(path)
            except (OSError, ValueError):
                continue
        return kept
