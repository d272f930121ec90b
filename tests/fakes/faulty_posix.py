"""System calls that fail or stop the world at a chosen moment."""

import os
from collections.abc import Callable
from typing import Any

from spark_tui.adapters.disk_files import Posix
from spark_tui.adapters.disk_files.posix import Unsupported

_CALLS = [
    "open", "open_folder", "read", "write", "seek", "truncate", "reserve", "sync", "stat", "chmod", "chown",
    "copy_attributes", "look", "read_link", "may_write", "make_folder", "remove_folder", "remove", "link", "rename",
    "exchange", "rename_new",
]  # fmt: skip


class Crash(BaseException):
    """The process is dead: nothing after this moment happens."""


class FaultyPosix(Posix):
    """Counts calls; at call number `crash_at` everything stops, at call number `fail_at` it raises `error`.

    `lacking` names the calls that this file system does not have.
    """

    def __init__(
        self,
        crash_at: int | None = None,
        fail_at: int | None = None,
        error: int = 0,
        lacking: tuple[str, ...] = (),
    ) -> None:
        super().__init__()
        self.count = 0
        self.log: list[str] = []
        self.is_dead = False
        self._crash_at = crash_at
        self._fail_at = fail_at
        self._error = error
        self._lacking = lacking
        self.before_call: Callable[[str], None] | None = None
        for name in _CALLS:
            setattr(self, name, self._wrapped(name, getattr(self, name)))

    def _wrapped(self, name: str, call: Callable[..., Any]) -> Callable[..., Any]:
        def stepped(*args: Any) -> Any:
            if self.is_dead:
                raise Crash
            if self.before_call is not None:
                self.before_call(name)
            self.count += 1
            self.log.append(name)
            if self.count == self._crash_at:
                self.is_dead = True
                raise Crash
            if self.count == self._fail_at:
                raise OSError(self._error, os.strerror(self._error))
            if name in self._lacking:
                raise Unsupported(95, "not supported")
            if name == "write" and self.count + 1 == self._crash_at:
                # The last write before the end is cut in the middle.
                return call(args[0], args[1][: max(1, len(args[1]) // 2)])
            return call(*args)

        return stepped
