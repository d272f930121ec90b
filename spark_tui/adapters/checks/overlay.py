"""A private copy of a folder: what is there is copied once and kept up to date, what an edit changes is replaced.

Nothing here writes into the folder, runs anything, or follows a link. Programs work in the copy, so everything
found in it may have been planted: it is opened link by link, too.
"""

import contextlib
import errno
import fcntl
import os
import stat
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import count

from spark_tui.core.paths import check_existing
from spark_tui.ports import CheckTrouble

MAX_FILES = 60_000
MAX_BYTES = 1 << 30
LINKED = ("node_modules", ".venv", "venv")
"""Folders of libraries, which are too large to copy and which programs may read where they are."""
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_CLONE = 0x40049409
_CHUNK = 1 << 20
_MOST_OPEN = 400
"""Folders that are kept open."""
_Stamp = tuple[int, ...]


class Cancelled(Exception):
    """Nobody wants the copy any more."""


class Overlay:
    """The copy of one folder. Blocking; one call at a time."""

    def __init__(self, root: str, tree: str, *, links_libraries: bool) -> None:
        self.root = root
        self.tree = tree
        """Where the copy is."""
        self.cancelled = threading.Event()
        """Set, it stops what is under way."""
        self.libraries: tuple[str, ...] = ()
        """Real places of the folders of libraries that the copy links to."""
        self._links_libraries = links_libraries
        self._laid: dict[str, tuple[_Stamp, _Stamp]] = {}
        """Path to what it was copied from and what became of it."""
        self._linked: dict[str, str] = {}
        self._bytes = 0
        self._time = 0
        self._can_clone = sys.platform.startswith("linux")

    def lay(self, paths: Sequence[str], changed: Mapping[str, bytes | None]) -> None:
        """Let the copy hold `paths` as they are on disk, and `changed` instead where it says so.

        Raises CheckTrouble where the folder is too large or can't be read, Cancelled.
        """
        wanted = [path for path in dict.fromkeys((*paths, *changed)) if changed.get(path, b"") is not None]
        if len(wanted) > MAX_FILES:
            raise CheckTrouble(f"The folder has too many files for a private copy ({len(wanted)}).")
        # Every round of writing has a time of its own, later than all before it: caches of tools see the change.
        self._time = max(int(time.time()), self._time + 1)
        self._bytes = sum(stamp[2] for stamp, _ in self._laid.values())
        try:
            os.makedirs(self.tree, mode=0o700, exist_ok=True)
            with _Folders(self.root) as source, _Folders(self.tree) as target:
                for path in self._laid.keys() - set(wanted):
                    target.remove(path)
                    del self._laid[path]
                for number, path in enumerate(wanted):
                    if number % 64 == 0 and self.cancelled.is_set():
                        raise Cancelled
                    self._lay_one(source, target, path, changed.get(path))
                if self._links_libraries:
                    self._link_libraries(source, target, wanted)
        except OSError as error:
            raise CheckTrouble(f"The private copy can't be made: {error.strerror or error}.") from error

    def _lay_one(self, source: "_Folders", target: "_Folders", path: str, data: bytes | None) -> None:
        if check_existing(path):
            return
        found = source.status(path) if data is None else None
        if data is not None:
            stamp: _Stamp = (-1, 0, len(data), hash(data))
        elif found is not None and stat.S_IFMT(found.st_mode) in (stat.S_IFREG, stat.S_IFLNK):
            stamp = _stamp(found)
        else:
            self._drop(target, path)
            return
        known = self._laid.get(path)
        if known is not None and known[0] == stamp and target.stamp(path) == known[1]:
            return
        self._drop(target, path)
        if data is not None:
            target.write(path, data, 0o600)
        elif found is not None and stat.S_ISLNK(found.st_mode):
            self._copy_link(source, target, path)
        elif found is not None:
            self._bytes += found.st_size
            if self._bytes > MAX_BYTES:
                raise CheckTrouble("The folder is too large for a private copy.")
            self._copy(source, target, path)
        target.set_time(path, self._time)
        made = target.stamp(path)
        if made is not None:
            self._laid[path] = stamp, made

    def _drop(self, target: "_Folders", path: str) -> None:
        if self._laid.pop(path, None) is not None or target.status(path) is not None:
            target.remove(path)

    def _copy_link(self, source: "_Folders", target: "_Folders", path: str) -> None:
        """Make a link again if it can't lead out: up first, as far as the copy goes, and then only down."""
        goal = source.link(path)
        parts = goal.split("/")
        ups = 0
        while ups < len(parts) and parts[ups] == "..":
            ups += 1
        if goal and not goal.startswith("/") and ".." not in parts[ups:] and ups <= path.count("/"):
            target.make_link(path, goal)

    def _copy(self, source: "_Folders", target: "_Folders", path: str) -> None:
        with source.reading(path) as from_file:
            status = os.fstat(from_file)
            if not stat.S_ISREG(status.st_mode):
                return
            mode = 0o700 if status.st_mode & stat.S_IXUSR else 0o600
            with target.writing(path, mode) as to_file:
                if self._can_clone and self._clone(from_file, to_file):
                    return
                left = status.st_size + _CHUNK
                while left > 0 and (data := os.read(from_file, _CHUNK)):
                    left -= len(data)
                    view = memoryview(data)
                    while view:
                        view = view[os.write(to_file, view) :]

    def _clone(self, from_file: int, to_file: int) -> bool:
        """Let both files share their bytes until one of them is written, where the file system can."""
        try:
            fcntl.ioctl(to_file, _CLONE, from_file)
        except OSError:
            self._can_clone = False
        return self._can_clone

    def _link_libraries(self, source: "_Folders", target: "_Folders", paths: Sequence[str]) -> None:
        folders = {"", *(path.rpartition("/")[0] for path in paths)}
        found: dict[str, str] = {}
        for folder in folders:
            for name in LINKED:
                path = f"{folder}/{name}" if folder else name
                status = source.status(path)
                if status is not None and stat.S_ISDIR(status.st_mode):
                    found[path] = os.path.join(os.path.realpath(self.root), path)
        for path, goal in found.items():
            if target.link(path) != goal and not any(laid.startswith(f"{path}/") for laid in self._laid):
                with contextlib.suppress(OSError):
                    target.remove(path)
                    target.make_link(path, goal)
        self.libraries = tuple(found.values())


def _stamp(status: os.stat_result) -> _Stamp:
    return (
        stat.S_IFMT(status.st_mode),
        status.st_mode & 0o100,
        status.st_size,
        status.st_ino,
        status.st_mtime_ns,
        status.st_ctime_ns,
    )


class _Folders:
    """Files below one folder, opened step by step so that no link is ever followed; open folders are kept."""

    def __init__(self, root: str) -> None:
        self._root = os.open(root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        self._open: dict[str, int] = {"": self._root}

    def __enter__(self) -> "_Folders":
        return self

    def __exit__(self, *_: object) -> None:
        for handle in self._open.values():
            os.close(handle)

    def _folder(self, path: str, *, make: bool = False) -> int:
        above = path
        missing: list[str] = []
        while (handle := self._open.get(above)) is None:
            above, _, name = above.rpartition("/")
            missing.append(name)
        while missing:
            name = missing.pop()
            above = f"{above}/{name}" if above else name
            handle = self._enter(handle, name, make=make)
            if len(self._open) > _MOST_OPEN:
                for other in [other for other in self._open if other]:
                    os.close(self._open.pop(other))
            self._open[above] = handle
        return handle

    @staticmethod
    def _enter(parent: int, name: str, *, make: bool) -> int:
        try:
            return os.open(name, _FOLDER, dir_fd=parent)
        except OSError as error:
            if not make or error.errno not in (errno.ENOENT, errno.ENOTDIR, errno.ELOOP):
                raise
            if error.errno != errno.ENOENT:
                os.unlink(name, dir_fd=parent)
            os.mkdir(name, 0o700, dir_fd=parent)
            return os.open(name, _FOLDER, dir_fd=parent)

    def _split(self, path: str) -> tuple[str, str]:
        folder, _, name = path.rpartition("/")
        return folder, name

    def status(self, path: str) -> os.stat_result | None:
        """Look at a file without following a link; None if it is not there, or not that way."""
        folder, name = self._split(path)
        try:
            return os.stat(name, dir_fd=self._folder(folder), follow_symlinks=False)
        except OSError:
            return None

    def stamp(self, path: str) -> _Stamp | None:
        """Return what tells one state of a file from another."""
        found = self.status(path)
        return None if found is None else _stamp(found)

    def link(self, path: str) -> str:
        """Return where a link leads; empty if it is none."""
        folder, name = self._split(path)
        try:
            return os.readlink(name, dir_fd=self._folder(folder))
        except OSError:
            return ""

    def make_link(self, path: str, goal: str) -> None:
        """Make a link."""
        folder, name = self._split(path)
        os.symlink(goal, name, dir_fd=self._folder(folder, make=True))

    @contextmanager
    def reading(self, path: str) -> Iterator[int]:
        """Open a file for reading."""
        folder, name = self._split(path)
        flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
        handle = os.open(name, flags, dir_fd=self._folder(folder))
        try:
            yield handle
        finally:
            os.close(handle)

    @contextmanager
    def writing(self, path: str, mode: int) -> Iterator[int]:
        """Make a file that was not there."""
        folder, name = self._split(path)
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
        handle = os.open(name, flags, mode, dir_fd=self._folder(folder, make=True))
        try:
            yield handle
        finally:
            os.close(handle)

    def write(self, path: str, data: bytes, mode: int) -> None:
        """Write a file that was not there."""
        with self.writing(path, mode) as handle:
            view = memoryview(data)
            while view:
                view = view[os.write(handle, view) :]

    def remove(self, path: str) -> None:
        """Remove whatever is at a path, a folder with all that is in it."""
        folder, name = self._split(path)
        try:
            handle = self._folder(folder)
            try:
                os.unlink(name, dir_fd=handle)
            except (IsADirectoryError, PermissionError):
                if stat.S_ISDIR(os.stat(name, dir_fd=handle, follow_symlinks=False).st_mode):
                    self._forget(path)
                    remove_tree(name, handle)
        except (FileNotFoundError, NotADirectoryError):
            return
        except OSError as error:
            if error.errno != errno.ELOOP:
                raise

    def _forget(self, path: str) -> None:
        for known in [known for known in self._open if known == path or known.startswith(f"{path}/")]:
            os.close(self._open.pop(known))

    def set_time(self, path: str, seconds: int) -> None:
        """Say when a file was written."""
        folder, name = self._split(path)
        with contextlib.suppress(OSError, NotImplementedError):
            os.utime(name, (seconds, seconds), dir_fd=self._folder(folder), follow_symlinks=False)


def remove_tree(name: str, parent: int | None = None) -> None:
    """Remove a folder and everything in it, links themselves instead of what they lead to. Raises OSError.

    However deep it goes, few folders are open: what a folder holds is moved up before the folder goes.
    """
    top = os.open(name, _FOLDER, dir_fd=parent)
    numbers = count()
    mark = os.urandom(6).hex()
    try:
        while folders := _emptied(top):
            for inner in folders:
                handle = os.open(inner, _FOLDER, dir_fd=top)
                try:
                    for below in _emptied(handle):
                        os.rename(below, f"{mark}-{next(numbers)}", src_dir_fd=handle, dst_dir_fd=top)
                finally:
                    os.close(handle)
                os.rmdir(inner, dir_fd=top)
    finally:
        os.close(top)
    os.rmdir(name, dir_fd=parent)


def _emptied(folder: int) -> list[str]:
    """Remove what is in an open folder, and return the folders in it, which may be opened and moved now."""
    with contextlib.suppress(OSError):
        os.fchmod(folder, 0o700)
    with os.scandir(folder) as entries:
        found = [(entry.name, entry.is_dir(follow_symlinks=False)) for entry in entries]
    for name, is_folder in found:
        if is_folder:
            with contextlib.suppress(PermissionError):
                os.chmod(name, 0o700, dir_fd=folder)
        else:
            os.unlink(name, dir_fd=folder)
    return [name for name, is_folder in found if is_folder]
