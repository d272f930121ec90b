"""The folder outside the workspace in which everything about one workspace is kept, and the claim on it.

Layout: `ws/<id>/` with `journal.db`, `blobs/`, `mirror.git/`, `sessions/` and `lock`. The id comes from the real
path and identity of the workspace, so that a work tree and its sibling never share anything.
"""

import fcntl
import json
import os
import stat
import time
from pathlib import Path

from spark_tui.adapters.places import workspace_id
from spark_tui.core.paths import shown
from spark_tui.ports import CheckpointFailed, WorkspaceBusy


class StateFolder:
    """The state of one workspace. Only one process at a time may claim it; others may read."""

    def __init__(self, path: Path) -> None:
        """Use `open`."""
        self.path = path
        self._lock: int | None = None

    @classmethod
    def open(cls, home: Path, root: str) -> "StateFolder":
        """Make or find the folder of the workspace `root`. Raises CheckpointFailed if it can't be trusted."""
        try:
            place = home / "ws" / workspace_id(root)
            inside = os.path.realpath(root).rstrip("/") + "/"
            if (os.path.realpath(place) + "/").startswith(inside):
                raise CheckpointFailed(f"The state folder {shown(str(home))} is inside the workspace.")
            place.mkdir(mode=0o700, parents=True, exist_ok=True)
            for folder in (place, place.parent, home):
                _judge(folder)
            for below in ("blobs", "sessions"):
                (place / below).mkdir(mode=0o700, exist_ok=True)
            (place / "workspace").write_bytes(os.fsencode(os.path.realpath(root)) + b"\n")
        except OSError as error:
            raise CheckpointFailed(
                f"The state folder {shown(str(home))} can't be used: {error.strerror}."
            ) from error
        return cls(place)

    def claim(self) -> None:
        """Become the one that may write, until `release` or the end of the process. Raises WorkspaceBusy."""
        if self._lock is not None:
            return
        try:
            fd = os.open(self.path / "lock", os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise CheckpointFailed(f"The state folder can't be locked: {error.strerror}.") from error
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            holder = _holder(fd)
            os.close(fd)
            raise WorkspaceBusy(
                f"Another spark-tui{holder} works in this folder: you can look, but nothing is written here."
            ) from error
        os.ftruncate(fd, 0)
        os.pwrite(fd, json.dumps({"pid": os.getpid(), "since": time.time()}).encode(), 0)
        self._lock = fd

    def release(self) -> None:
        """Let others claim it."""
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None


def _judge(folder: Path) -> None:
    status = os.lstat(folder)
    if not stat.S_ISDIR(status.st_mode):
        raise CheckpointFailed(f"The state folder {shown(str(folder))} is a link.")
    if status.st_uid != os.geteuid():
        raise CheckpointFailed(f"The state folder {shown(str(folder))} belongs to another user.")
    if status.st_mode & 0o022:
        raise CheckpointFailed(f"The state folder {shown(str(folder))} can be written by others.")


def _holder(fd: int) -> str:
    try:
        found = json.loads(os.pread(fd, 200, 0))
        return f" (process {int(found['pid'])})"
    except (OSError, ValueError, KeyError, TypeError):
        return ""
