"""The workspace as a tree under one open folder: finding, opening and reading without being led outside."""

import errno
import os
import stat
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from spark_tui.adapters.disk_files.posix import Posix
from spark_tui.core.paths import check_existing, check_path, shown
from spark_tui.ports import FileGone, FileUnreadable, PathIsLink, PathRefused, PortError, Stamp, WriteFailed

READ_LIMIT = 32 * 1024 * 1024
"""Largest file that is read, in bytes."""
_READ = os.O_RDONLY | os.O_NONBLOCK
_CHUNK = 1 << 20
_MAX_LINKS = 40
_BARE = frozenset(["head", "objects", "refs"])
"""Names by which git takes a folder for a repository."""
_WHY = {
    errno.EACCES: "permission denied",
    errno.EPERM: "not permitted",
    errno.EROFS: "the file system is read-only",
    errno.ENOSPC: "the disk is full",
    errno.EDQUOT: "the disk quota is used up",
    errno.EIO: "the disk reported an error",
    errno.EMFILE: "too many files are open",
    errno.ENFILE: "too many files are open",
    errno.ENAMETOOLONG: "the name is too long",
    errno.ETXTBSY: "the program is running",
}

_ADVICE = {
    errno.EACCES: "Look who may write there.",
    errno.EPERM: "Look who may write there.",
    errno.EROFS: "It has to be mounted for writing first.",
    errno.ENOSPC: "Make room and try again.",
    errno.EDQUOT: "Make room and try again.",
    errno.EMFILE: "Close some files and try again.",
    errno.ENFILE: "Close some programs and try again.",
    errno.EIO: "Save your work to another disk.",
    errno.ETXTBSY: "End it and try again.",
}


def why(error: OSError) -> str:
    """Name the reason of a system error in a few words."""
    return _WHY.get(error.errno or 0, error.strerror or "unknown error")


def split(path: str) -> tuple[str, str]:
    """Split into folder (empty for the root) and name."""
    folder, _, name = path.rpartition("/")
    return folder, name


def _above(path: str) -> list[str]:
    parts = path.split("/")
    return ["/".join(parts[:depth]) for depth in range(len(parts))]


def _too_large(path: str) -> FileUnreadable:
    return FileUnreadable(path, f"{shown(path)} is larger than {READ_LIMIT // 1024 // 1024} MiB.")


def _unreadable(path: str, error: OSError) -> FileGone | FileUnreadable:
    if error.errno in (errno.ENOENT, errno.ENOTDIR):
        return FileGone(path, f"{shown(path)} does not exist.")
    if error.errno in (errno.ENXIO, errno.ENODEV):
        return FileUnreadable(path, f"{shown(path)} is not a regular file.")
    return FileUnreadable(path, f"{shown(path)} can't be read: {why(error)}.")


def _outside(path: str) -> PathRefused:
    return PathRefused(path, f"{shown(path)} is a link that leads out of the workspace.")


class Tree:
    """One workspace, held by a descriptor since it was opened."""

    def __init__(self, root: str, calls: Posix, protected: tuple[str, ...] = (), closed: str = "") -> None:
        """Open `root`; paths in `protected` and below are refused like `.git`. Raises OSError.

        `closed` is the sentence with which every write is refused; empty: none is.
        """
        self.calls = calls
        self._closed = closed
        self.root = os.path.realpath(root)
        self._protected = protected
        self._fd = calls.open_root(self.root)

    def close(self) -> None:
        """Let go of the workspace."""
        self.calls.close(self._fd)

    def astray(self) -> str:
        """One sentence if the folder is not any more where it was opened; empty while it is."""
        own = self.calls.stat(self._fd)
        if not own.st_nlink:
            return f"The folder {shown(self.root)} was deleted: nothing can be saved in it; unsaved text stays here."
        try:
            there = self.calls.stat_root(self.root)
        except OSError:
            there = None
        if there is not None and (there.st_dev, there.st_ino) == (own.st_dev, own.st_ino):
            return ""
        return (
            f"The folder {shown(self.root)} was moved: its files are still read and written, but git is not found. "
            "Start again at its new place."
        )

    # -- judging

    def check(self, path: str) -> None:
        """Raise PathRefused if `path` may not even be looked at."""
        sentence = check_existing(path) or self._guarded(path)
        if sentence:
            raise PathRefused(path, sentence)

    def check_target(self, path: str) -> None:
        """Raise PathRefused if `path` may not be created or changed, links included."""
        if self._closed:
            raise PathRefused(path, self._closed)
        self.check(path)
        present = self._entry(path)
        if present is not None and stat.S_ISLNK(present.st_mode):
            raise PathIsLink(path, f"{shown(path)} is a link; edit the file that it points to.")
        sentence = check_path(path) if present is None else self._unfit(path, present.st_mode)
        sentence = sentence or self._bare(path)
        if sentence:
            raise PathRefused(path, sentence)

    def _unfit(self, path: str, mode: int) -> str:
        """Why what is at `path` is not written; empty if it can be."""
        if stat.S_ISDIR(mode):
            return f"{shown(path)} is a folder; a file there needs another name."
        if not stat.S_ISREG(mode):
            return f"{shown(path)} is not a regular file."
        try:
            with self.parent(path) as (fd, name):
                if mode & 0o222 and self.calls.may_write(fd, name):
                    return ""
        except OSError as error:
            raise self.refused(path, error) from error
        return f"{shown(path)} is read-only; it has to be made writable first."

    def _bare(self, path: str) -> str:
        """Why `path` is, or would become, part of a repository without a work tree: git runs what its files name."""
        parts = path.split("/")
        for depth, name in enumerate(parts):
            folder = "/".join(parts[:depth])
            have = {name.casefold()} & _BARE
            try:
                with self.folder(folder) as fd:
                    if have or self._has(fd, "HEAD"):
                        have |= {
                            other.lower() for other in ("HEAD", "objects", "refs") if self._has(fd, other)
                        }
            except (FileNotFoundError, NotADirectoryError):
                return ""
            except OSError as error:
                raise self.refused(path, error) from error
            if have == _BARE:
                place = shown(folder) if folder else "the workspace itself"
                return f"{shown(path)} belongs to a bare git repository ({place}), where nothing is written."
        return ""

    def _has(self, folder: int, name: str) -> bool:
        try:
            self.calls.look(folder, name)
        except FileNotFoundError:
            return False
        return True

    def check_together(self, paths: Sequence[str]) -> None:
        """Raise PathRefused if new files would together make a repository without a work tree."""
        made: dict[str, set[str]] = {}
        for path in paths:
            parts = path.casefold().split("/")
            for depth, name in enumerate(parts):
                if name in _BARE:
                    made.setdefault("/".join(parts[:depth]), set()).add(name)
        for path in paths:
            if any(made.get(above, set()) >= _BARE for above in _above(path.casefold())):
                sentence = f"{shown(path)} would make a bare git repository, whose files git obeys; it is not written."
                raise PathRefused(path, sentence)

    def _guarded(self, path: str) -> str:
        folded = path.casefold() + "/"
        for place in self._protected:
            if folded.startswith(place.casefold() + "/"):
                return f"{shown(path)} is inside git's own folder, which is never written or read."
        return ""

    def _entry(self, path: str) -> os.stat_result | None:
        """Status of what is at `path`, None if nothing is. Raises PathRefused if it can't be reached."""
        if self.missing(path):
            return None
        try:
            with self.parent(path) as (fd, name):
                return self.calls.look(fd, name)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise self.refused(path, error) from error

    def missing(self, path: str) -> tuple[str, ...]:
        """Parent folders of `path` that don't exist, outermost first. Raises PathRefused."""
        folder, _ = split(path)
        try:
            with self.folder(folder):
                return ()
        except OSError as error:
            failure = error
        parts = folder.split("/")
        for depth, name in enumerate(parts):
            above = "/".join(parts[:depth])
            try:
                with self.folder(above) as fd:
                    mode = self.calls.look(fd, name).st_mode
            except FileNotFoundError:
                return tuple("/".join(parts[: end + 1]) for end in range(depth, len(parts)))
            except OSError as error:
                raise self.refused(path, error) from error
            if not stat.S_ISDIR(mode):
                kind = "a link" if stat.S_ISLNK(mode) else "not a folder"
                place = "/".join(parts[: depth + 1])
                raise PathRefused(path, f"{shown(path)} passes through {shown(place)}, which is {kind}.")
        raise self.refused(path, failure) from failure

    def refused(self, path: str, error: OSError) -> PathRefused:
        """Word a failure to reach `path`."""
        if error.errno in (errno.ELOOP, errno.EXDEV):
            return PathRefused(path, f"{shown(path)} passes through a link, where nothing is written.")
        if error.errno == errno.ENOTDIR:
            return PathRefused(path, f"{shown(path)} passes through something that is not a folder.")
        return PathRefused(path, f"{shown(path)} can't be reached: {why(error)}.")

    # -- opening

    @contextmanager
    def folder(self, path: str) -> Iterator[int]:
        """Open the folder `path` (empty: the root) for as long as the block runs. Raises OSError."""
        fd = self.calls.open_folder(self._fd, path)
        try:
            yield fd
        finally:
            self.calls.close(fd)

    @contextmanager
    def parent(self, path: str) -> Iterator[tuple[int, str]]:
        """Open the folder that holds `path`; yields it with the name in it. Raises OSError."""
        folder, name = split(path)
        with self.folder(folder) as fd:
            yield fd, name

    # -- reading

    def stamp(self, path: str) -> Stamp | None:
        """What tells one state of a file from the next; None if nothing is there or it can't be reached."""
        try:
            self.check(path)
            with self.parent(path) as (fd, name):
                status = self.calls.look(fd, name)
            if stat.S_ISLNK(status.st_mode):
                with self.parent(self.resolve(path)) as (fd, name):
                    status = self.calls.look(fd, name)
        except (OSError, PortError):
            return None
        return (status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns)

    def read(self, path: str) -> tuple[bytes, os.stat_result]:
        """Read a regular file, through links as long as they stay inside. Raises PathError."""
        self.check(path)
        try:
            return self._read(path, path)
        except OSError as error:
            if error.errno not in (errno.ELOOP, errno.ENOTDIR, errno.EMLINK):
                raise _unreadable(path, error) from error
        real = self.resolve(path)
        try:
            return self._read(real, path)
        except OSError as error:
            raise _unreadable(path, error) from error

    def _read(self, real: str, path: str) -> tuple[bytes, os.stat_result]:
        fd = self.calls.open(self._fd, real, _READ)
        try:
            return self.slurp(fd, path)
        finally:
            self.calls.close(fd)

    def slurp(self, fd: int, path: str) -> tuple[bytes, os.stat_result]:
        """Read an open file as it was at one moment. Raises FileUnreadable, OSError."""
        for _ in range(3):
            before = self.calls.stat(fd)
            if stat.S_ISDIR(before.st_mode):
                raise FileUnreadable(path, f"{shown(path)} is a folder.")
            if not stat.S_ISREG(before.st_mode):
                raise FileUnreadable(path, f"{shown(path)} is not a regular file.")
            if before.st_size > READ_LIMIT:
                raise _too_large(path)
            data = self.read_all(fd, READ_LIMIT)
            if len(data) > READ_LIMIT:
                raise _too_large(path)
            after = self.calls.stat(fd)
            if (after.st_mtime_ns, after.st_size) == (before.st_mtime_ns, before.st_size):
                return data, after
            self.calls.seek(fd, 0)
        return data, after

    def read_all(self, fd: int, limit: int) -> bytes:
        """Read to the end, or a little past `limit`."""
        chunks: list[bytes] = []
        size = 0
        while size <= limit:
            chunk = self.calls.read(fd, _CHUNK)
            if not chunk:
                break
            chunks.append(chunk)
            size += len(chunk)
        return b"".join(chunks)

    def resolve(self, path: str) -> str:
        """Follow links by hand and return where they lead inside the workspace. Raises PathError."""
        todo = path.split("/")
        done: list[str] = []
        links = 0
        while todo:
            part = todo.pop(0)
            if part in ("", "."):
                continue
            if part == "..":
                if not done:
                    raise _outside(path)
                done.pop()
                continue
            target = self._link_target(done, part, path)
            if target is None:
                done.append(part)
                continue
            links += 1
            if links > _MAX_LINKS:
                raise FileUnreadable(path, f"{shown(path)} is a link that leads in a circle.")
            if target.startswith("/"):
                if target != self.root and not target.startswith(self.root.rstrip("/") + "/"):
                    raise _outside(path)
                target = target[len(self.root) :]
                done = []
            todo = target.split("/") + todo
        real = "/".join(done)
        if not real:
            raise FileUnreadable(path, f"{shown(path)} is a folder.")
        self.check(real)
        return real

    def _link_target(self, done: list[str], name: str, path: str) -> str | None:
        try:
            with self.folder("/".join(done)) as fd:
                return self.calls.read_link(fd, name)
        except OSError as error:
            if error.errno == errno.EINVAL:
                return None
            raise _unreadable(path, error) from error

    def failed(self, path: str, error: OSError) -> WriteFailed:
        """Word a failure to write `path`."""
        advice = _ADVICE.get(error.errno or 0, "")
        return WriteFailed(path, f"{shown(path)} was not written: {why(error)}. {advice}".rstrip())
