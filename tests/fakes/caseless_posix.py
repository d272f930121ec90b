"""System calls as on a file system where capitals do not count: a name finds what is there under another spelling."""

import os
from typing import Any

from spark_tui.adapters.disk_files import Posix

_NAMED = ("look", "read_link", "may_write", "make_folder", "remove_folder", "remove")
_NAMED_TWICE = ("link", "rename", "exchange", "rename_new")


def _spelt(folder: int, name: str) -> str:
    there = os.listdir(folder)
    return next((other for other in there if other.casefold() == name.casefold()), name)


class CaselessPosix(Posix):
    """Keeps the spelling of whoever made a file, and finds it under every other."""

    def __init__(self) -> None:
        super().__init__()
        self._has_openat2 = False
        for name, count in [*((name, 1) for name in _NAMED), *((name, 2) for name in _NAMED_TWICE)]:
            setattr(self, name, self._respelt(getattr(self, name), count))

    def _respelt(self, call: Any, count: int) -> Any:
        def respelt(folder: int, *names: str) -> Any:
            return call(folder, *(_spelt(folder, name) for name in names[:count]), *names[count:])

        return respelt

    def open(self, folder: int, path: str, flags: int, mode: int = 0) -> int:
        """Open below a folder, part by part."""
        *parents, name = path.split("/")
        here = os.dup(folder)
        try:
            for part in parents:
                below = super().open(here, _spelt(here, part), os.O_RDONLY | os.O_DIRECTORY)
                os.close(here)
                here = below
            return super().open(here, _spelt(here, name), flags, mode)
        finally:
            os.close(here)
