"""The folder outside the workspace in which everything about one workspace is kept, and the claim on it.

Layout: `ws/<id>/` with `journal.db`, `blobs/`, `mirror.git/`, `sessions/` and `lock`. The id comes from the real
path and identity of the workspace, so that a work tree and its sibling never share anything. A claim also holds
against every folder that contains the workspace or lies in it, because they have files in common.
"""

import fcntl
import json
import os
import stat
import time
from pathlib import Path

from spark_tui.adapters.own_files import make_private, read_json, read_small, replace_small
from spark_tui.adapters.places import workspace_id
from spark_tui.core.paths import shown
from spark_tui.ports import CheckpointFailed, WorkspaceBusy

_NAME = "workspace"
"""File with the path of the workspace, for people and for claims."""
_LOCK = "lock"
_MOST_BYTES = 1 << 16
"""Of either; more is nothing that we wrote."""
_ELSE = "Nothing is written without one; SPARK_TUI_HOME can name another place."


class StateFolder:
    """The state of one workspace. Only one process at a time may claim it; others may read."""

    def __init__(self, path: Path, root: bytes) -> None:
        """Use `open`."""
        self.path = path
        self._root = root
        self._lock: int | None = None

    @classmethod
    def open(cls, home: Path, root: str) -> "StateFolder":
        """Make or find the folder of the workspace `root`. Raises CheckpointFailed if it can't be trusted."""
        try:
            place = home / "ws" / workspace_id(root)
            inside = os.path.realpath(root).rstrip("/") + "/"
            if (os.path.realpath(place) + "/").startswith(inside):
                raise CheckpointFailed(
                    f"The state folder {shown(str(home))} is inside the workspace. {_ELSE}"
                )
            make_private(place)
            for folder in (place, place.parent, home):
                _judge(folder)
            for below in ("blobs", "sessions"):
                make_private(place / below)
            real = os.fsencode(os.path.realpath(root))
            _write_once(place / _NAME, real + b"\n")
        except OSError as error:
            raise CheckpointFailed(
                f"The state folder {shown(str(home))} can't be used: {error.strerror}. {_ELSE}"
            ) from error
        return cls(place, real)

    def claim(self) -> None:
        """Become the one that may write, until `release` or the end of the process. Raises WorkspaceBusy."""
        if self._lock is not None:
            return
        try:
            # One at a time looks around, so that two claims never see only each other's looking.
            gate = _open(self.path.parent / "claims.lock")
            try:
                fcntl.flock(gate, fcntl.LOCK_EX)
                self._lock = self._take()
            finally:
                os.close(gate)
        except OSError as error:
            raise CheckpointFailed(f"The state folder can't be locked: {error.strerror}.") from error

    def _take(self) -> int:
        fd = _open(self.path / _LOCK)
        try:
            if not _try(fd, fcntl.LOCK_EX):
                raise _busy(fd, "here")
            for place in self.path.parent.iterdir():
                where = self._overlaps(place) or self._had_another_name(place)
                if where:
                    _refuse_if_held(place, where)
            os.ftruncate(fd, 0)
            held = {"pid": os.getpid(), "since": time.time(), "folder": _identity(self._root)}
            os.pwrite(fd, json.dumps(held).encode(), 0)
        except BaseException:
            os.close(fd)
            raise
        return fd

    def _overlaps(self, place: Path) -> str:
        """Where another workspace lies that has files in common with this one; empty if it has none."""
        try:
            other = read_small(place / _NAME, _MOST_BYTES)[:-1]
        except OSError:
            return ""
        if place == self.path or not other:
            return ""
        ours, theirs = self._root.rstrip(b"/") + b"/", other.rstrip(b"/") + b"/"
        if ours.startswith(theirs):
            return f"in the folder around this one, {shown(os.fsdecode(other))}"
        return f"in {shown(os.fsdecode(theirs[len(ours) : -1]))}" if theirs.startswith(ours) else ""

    def _had_another_name(self, place: Path) -> str:
        """Where another workspace lies that was moved here since it was claimed; empty if it was not."""
        said = read_json(place / _LOCK, _MOST_BYTES)
        folder = said.get("folder") if isinstance(said, dict) else None
        if place == self.path or not folder:
            return ""
        around = [self._root]
        while around[-1] not in (b"/", b""):
            around.append(os.path.dirname(around[-1]))
        is_ours = any(folder == _identity(each) for each in around)
        return "in this folder, which had another name when it began" if is_ours else ""

    def release(self) -> None:
        """Let others claim it."""
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None


def _write_once(path: Path, data: bytes) -> None:
    """Write a file in one step, unless it says this already: others may be reading it."""
    try:
        is_there = read_small(path, _MOST_BYTES) == data
    except OSError:
        is_there = False
    if not is_there:
        replace_small(path, data)


def _identity(path: bytes) -> list[int]:
    """What stays the same when a folder is renamed; empty if it can't be looked at."""
    try:
        status = os.stat(path)
    except OSError:
        return []
    return [status.st_dev, status.st_ino]


def _judge(folder: Path) -> None:
    status = os.lstat(folder)
    if not stat.S_ISDIR(status.st_mode):
        raise CheckpointFailed(f"The state folder {shown(str(folder))} is a link.")
    if status.st_uid != os.geteuid():
        raise CheckpointFailed(f"The state folder {shown(str(folder))} belongs to another user.")
    if status.st_mode & 0o022:
        raise CheckpointFailed(
            f"The state folder {shown(str(folder))} can be written by others: 'chmod go-w' makes it yours."
        )


def _open(path: Path) -> int:
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)


def _try(fd: int, how: int) -> bool:
    """Lock at once; False if somebody else has the lock. Raises OSError for anything else."""
    try:
        fcntl.flock(fd, how | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _refuse_if_held(place: Path, where: str) -> None:
    try:
        fd = os.open(place / _LOCK, os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC)
    except OSError:
        return
    try:
        if not _try(fd, fcntl.LOCK_SH):
            raise _busy(fd, where)
    finally:
        os.close(fd)


def _busy(fd: int, where: str) -> WorkspaceBusy:
    return WorkspaceBusy(f"Another spark-tui{_holder(fd)} works {where}: end it first.")


def _holder(fd: int) -> str:
    try:
        found = json.loads(os.pread(fd, 200, 0))
        return f" (process {int(found['pid'])})"
    except (OSError, ValueError, KeyError, TypeError):
        return ""
