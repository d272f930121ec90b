"""Decides whether a tracked file differs from the index: by its status, and by its bytes where that is not enough.

The bytes are read and hashed here. git is never asked, because it would run the filters that the repository names;
what the built-in conversions would do (line endings, large-file pointers) is worked out instead.
"""

import hashlib
import os
import stat
import time
from dataclasses import field

from spark_tui.adapters.git.index import LINK, SUBMODULE, Tracked, raw_entries, tracked
from spark_tui.core.values import dataclass

HASH_SECONDS = 1.5
"""Most time that one listing spends on reading files; the next one goes on."""
_SIZE_LIMIT = 64 << 20
_POINTER = b"version https://git-lfs.github.com/spec/v1\noid sha256:%s\nsize %d\n"
_CACHE_LIMIT = 200_000


@dataclass(frozen=True, slots=True)
class Habits:
    """Settings of the repository that change what counts as a difference."""

    file_modes: bool = True
    """Whether the executable bit counts."""
    converts: bool = False
    """Whether files may be kept with other bytes than they have in the work tree."""
    index_mtime_ns: int = 0
    """When the index was written: entries as young as that may hide a change."""


@dataclass(slots=True)
class Marker:
    """Compares tracked files with the work tree, remembering what it read."""

    work_tree: str
    habits: Habits = field(default_factory=Habits)
    _seen: dict[tuple[str, str, int, int, int], bool] = field(default_factory=dict)
    _deadline: float = 0.0
    is_cut: bool = False
    """Whether some files were not read for want of time."""

    def begin(self, habits: Habits) -> None:
        """Start a new listing."""
        self.habits = habits
        self.is_cut = False
        self._deadline = time.monotonic() + HASH_SECONDS
        if len(self._seen) > _CACHE_LIMIT:
            self._seen.clear()

    def mark_all(self, output: bytes) -> dict[str, str]:
        """Mark every entry of git's own list that is to be shown. Raises UnknownForm."""
        marks: dict[str, str] = {}
        base, youngest = self.work_tree + "/", self.habits.index_mtime_ns
        modes = {b"100644": 0o100000, b"100755": 0o100100}
        for raw in raw_entries(output):
            mode, _, level, path, csec, cnano, msec, mnano, inode, size, flags = raw
            name = path.decode("utf-8", "surrogateescape")
            try:
                status = os.lstat(base + name)
            except OSError:
                status = None
            if (
                # Most files pass here, so that only few cost more than this one look.
                status is not None
                and flags == b"0"
                and level == b"0"
                and status.st_mode & 0o170100 == modes.get(mode)
                and int(size) == status.st_size
                and int(mnano) + int(msec) * 1_000_000_000 == status.st_mtime_ns < youngest
                and int(cnano) + int(csec) * 1_000_000_000 == status.st_ctime_ns
                and int(inode) == status.st_ino
            ):
                marks[name] = ""
                continue
            mark = self._mark(tracked(raw), status)
            if mark is not None:
                marks[name] = mark
        return marks

    def _mark(self, entry: Tracked, status: os.stat_result | None) -> str | None:
        """`M`, `D`, `A` or nothing; None if the file is not to be listed."""
        if entry.mode == SUBMODULE:
            return None
        if status is None:
            return None if entry.is_left_out else "D"
        if entry.is_to_be_added:
            return "A"
        if stat.S_ISDIR(status.st_mode):
            return "D"
        if entry.is_conflicted or self._kind_differs(entry, status):
            return "" if entry.is_trusted else "M"
        if entry.is_trusted or self._is_untouched(entry, status):
            return ""
        return "" if self._is_same(entry, status, f"{self.work_tree}/{entry.path}") else "M"

    def _is_untouched(self, entry: Tracked, status: os.stat_result) -> bool:
        """Whether the status alone shows that nothing changed since git looked."""
        return (
            entry.size == status.st_size & 0xFFFFFFFF
            and _same_time(entry.mtime_ns, status.st_mtime_ns)
            and _same_time(entry.ctime_ns, status.st_ctime_ns)
            and entry.inode == status.st_ino & 0xFFFFFFFF
            and entry.mtime_ns < self.habits.index_mtime_ns
        )

    def _kind_differs(self, entry: Tracked, status: os.stat_result) -> bool:
        if stat.S_ISLNK(status.st_mode):
            return entry.mode != LINK
        if not stat.S_ISREG(status.st_mode):
            return True
        if entry.mode == LINK:
            return True
        return self.habits.file_modes and bool(entry.mode & 0o100) != bool(status.st_mode & 0o100)

    def _is_same(self, entry: Tracked, status: os.stat_result, path: str) -> bool:
        key = (entry.path, entry.oid, status.st_mtime_ns, status.st_ctime_ns, status.st_size)
        known = self._seen.get(key)
        if known is not None:
            return known
        if time.monotonic() > self._deadline or status.st_size > _SIZE_LIMIT:
            self.is_cut = True
            return entry.size == status.st_size and _same_time(entry.mtime_ns, status.st_mtime_ns)
        if entry.size and entry.size != status.st_size and not self.habits.converts:
            same = False
        else:
            try:
                same = self._hashes_to(entry.oid, _content(path, status))
            except OSError:
                return False
        self._seen[key] = same
        return same

    def _hashes_to(self, oid: str, data: bytes) -> bool:
        if object_id(data, len(oid)) == oid:
            return True
        if not self.habits.converts:
            return False
        if b"\r\n" in data and object_id(data.replace(b"\r\n", b"\n"), len(oid)) == oid:
            return True
        pointer = _POINTER % (hashlib.sha256(data).hexdigest().encode(), len(data))
        return object_id(pointer, len(oid)) == oid


def object_id(data: bytes, digits: int = 40) -> str:
    """Name that git gives to a blob with these bytes."""
    name = hashlib.sha1(usedforsecurity=False) if digits == 40 else hashlib.sha256()
    name.update(b"blob %d\0" % len(data))
    name.update(data)
    return name.hexdigest()


def _same_time(kept: int, now: int) -> bool:
    """Compare times; git may have kept whole seconds only."""
    if kept % 1_000_000_000 == 0:
        return kept // 1_000_000_000 == now // 1_000_000_000
    return kept == now


def _content(path: str, status: os.stat_result) -> bytes:
    if stat.S_ISLNK(status.st_mode):
        return os.readlink(os.fsencode(path))
    fd = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC)
    with os.fdopen(fd, "rb") as file:
        return file.read(_SIZE_LIMIT)
