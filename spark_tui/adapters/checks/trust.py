"""Which folders the person trusts: kept outside of every folder, by real path and by what decides how tools run.

Another folder at the same path is not trusted, and neither is the same one once a file that tools obey changed
behind our back.
"""

import hashlib
import json
import os
import stat
import time
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from spark_tui.adapters.own_files import make_private, read_owned, replace_small
from spark_tui.core.checks import Trust
from spark_tui.ports import CheckTrouble

MAX_BYTES = 1_000_000
MAX_FILES = 20_000
MAX_CONFIGURATION = 64 << 20
"""Bytes of all files that tools obey; a folder with more of them is at no time as it was."""


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
            # What somebody else could have written says nothing.
            found = json.loads(read_owned(self._file, MAX_BYTES, 0o022))
        except (ValueError, RecursionError, OSError):
            return {}
        folders = found.get("folders") if isinstance(found, dict) else None
        return folders if isinstance(folders, dict) else {}

    def _write(self, folders: Mapping[str, Any]) -> None:
        data = json.dumps({"v": 1, "folders": folders}, indent=1).encode("ascii")
        try:
            make_private(self._file.parent)
            replace_small(self._file, data)
        except OSError as error:
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
    paths = sorted(set(configuration))
    left = MAX_CONFIGURATION if len(paths) <= MAX_FILES else -1
    for path in paths[:MAX_FILES]:
        content, size = _content(root, path, left)
        total.update(path.encode("utf-8", "surrogateescape") + b"\0" + content + b"\0")
        left -= size
    if left < 0:
        total.update(os.urandom(32))
    return total.hexdigest()


def _content(root: str, path: str, most: int) -> tuple[bytes, int]:
    """Return a fingerprint of one file, and how many bytes were read for it: a little past `most` if there are more."""
    try:
        handle = os.open(os.path.join(root, path), os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        return b"unreadable", 0
    with os.fdopen(handle, "rb") as file:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            return b"no file", 0
        data = file.read(max(most, 0) + 1)
        return hashlib.sha256(data).digest(), len(data)
