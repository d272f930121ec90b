"""Which folders the person trusts: kept outside of every folder, by real path and by what decides how tools run.

Another folder at the same path is not trusted, and neither is the same one once a file that tools obey changed
behind our back.
"""

import contextlib
import hashlib
import json
import os
import stat
import time
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from spark_tui.core.checks import Trust
from spark_tui.ports import CheckTrouble

MAX_BYTES = 1_000_000
MAX_FILES = 500


class TrustBook:
    """The file in which trust is kept."""

    def __init__(self, home: Path) -> None:
        """`home` is the state folder of the program."""
        self._file = home / "trust.json"

    def trust(self, root: str, configuration: Iterable[str]) -> Trust:
        """Say whether a folder is trusted as it is now; `configuration` are the files that tools obey."""
        known = self._read().get(_key(root))
        if not isinstance(known, dict) or known.get("folder") != _identity(root):
            return Trust.NONE
        return Trust.GIVEN if known.get("digest") == digest(root, configuration) else Trust.CHANGED

    def give(self, root: str, configuration: Iterable[str]) -> None:
        """Trust a folder as it is now. Raises CheckTrouble."""
        entry = {
            "folder": _identity(root),
            "digest": digest(root, configuration),
            "since": int(time.time()),
        }
        self._write({**self._read(), _key(root): entry})

    def take(self, root: str) -> bool:
        """Trust a folder no more; return whether it was. Raises CheckTrouble."""
        known = self._read()
        if known.pop(_key(root), None) is None:
            return False
        self._write(known)
        return True

    def all(self) -> tuple[str, ...]:
        """Every folder that was trusted at some time."""
        return tuple(sorted(self._read()))

    def _read(self) -> dict[str, Any]:
        try:
            handle = os.open(self._file, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
        except OSError:
            return {}
        with os.fdopen(handle, "rb") as file:
            status = os.fstat(handle)
            if not stat.S_ISREG(status.st_mode) or status.st_uid != os.geteuid() or status.st_mode & 0o022:
                # Somebody else could have written it.
                return {}
            try:
                found = json.loads(file.read(MAX_BYTES))
            except (ValueError, RecursionError, OSError):
                return {}
        folders = found.get("folders") if isinstance(found, dict) else None
        return folders if isinstance(folders, dict) else {}

    def _write(self, folders: Mapping[str, Any]) -> None:
        data = json.dumps({"v": 1, "folders": folders}, indent=1).encode("ascii")
        beside = self._file.with_name(f".trust-{os.getpid()}-{time.monotonic_ns()}")
        try:
            self._file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            handle = os.open(
                beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600
            )
            with os.fdopen(handle, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(handle)
            os.replace(beside, self._file)
        except OSError as error:
            with contextlib.suppress(OSError):
                os.unlink(beside)
            raise CheckTrouble(f"Trust can't be kept: {error.strerror}.") from error


def _key(root: str) -> str:
    return os.path.realpath(root)


def _identity(root: str) -> str:
    try:
        status = os.stat(os.path.realpath(root))
    except OSError:
        return ""
    return f"{status.st_dev}:{status.st_ino}"


def digest(root: str, configuration: Iterable[str]) -> str:
    """Return a fingerprint of the files that tools obey, links and what can't be read included by name."""
    total = hashlib.sha256()
    for path in sorted(set(configuration))[:MAX_FILES]:
        total.update(path.encode("utf-8", "surrogateescape") + b"\0" + _content(root, path) + b"\0")
    return total.hexdigest()


def _content(root: str, path: str) -> bytes:
    try:
        handle = os.open(os.path.join(root, path), os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        return b"unreadable"
    with os.fdopen(handle, "rb") as file:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            return b"no file"
        return hashlib.sha256(file.read()).digest()
