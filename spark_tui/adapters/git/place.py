"""Finds a repository and its head by reading `.git` as files; starts no process."""

import os
import re
import stat

from spark_tui.core.values import dataclass
from spark_tui.ports import Head

_OID = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
_SMALL = 1 << 16
_PACKED_LIMIT = 64 << 20


@dataclass(frozen=True, slots=True)
class Place:
    """Where a repository keeps what."""

    work_tree: str
    """Folder that holds `.git`."""
    git_dir: str
    """The repository, or the part of it that belongs to a linked work tree."""
    common_dir: str
    """Where branches and objects are; the same as `git_dir` but for linked work trees."""
    prefix: str
    """Path of the workspace below the work tree, with a trailing slash; empty for the whole."""

    @property
    def is_ours(self) -> bool:
        """Whether the repository belongs to this user, so that git would trust it unasked."""
        trusted = {os.geteuid()}
        if os.geteuid() == 0 and os.environ.get("SUDO_UID", "").isdigit():
            trusted.add(int(os.environ["SUDO_UID"]))
        try:
            return all(os.lstat(path).st_uid in trusted for path in (self.git_dir, self.work_tree))
        except OSError:
            return False


def find(root: str) -> Place | None:
    """Find the repository that `root` is part of, on the same file system."""
    here = os.path.realpath(root)
    try:
        device = os.stat(here).st_dev
    except OSError:
        return None
    while True:
        git_dir = _git_dir(os.path.join(here, ".git"), here)
        if git_dir is not None:
            prefix = os.path.relpath(os.path.realpath(root), here)
            common = _small(os.path.join(git_dir, "commondir")).strip()
            common_dir = os.path.realpath(os.path.join(git_dir, common)) if common else git_dir
            return Place(here, git_dir, common_dir, "" if prefix == "." else prefix + "/")
        above = os.path.dirname(here)
        try:
            if above == here or os.stat(above).st_dev != device:
                return None
        except OSError:
            return None
        here = above


def _git_dir(path: str, folder: str) -> str | None:
    try:
        mode = os.stat(path).st_mode
    except OSError:
        return None
    if stat.S_ISDIR(mode):
        git_dir = os.path.realpath(path)
    else:
        content = _small(path)
        if not content.startswith("gitdir:"):
            return None
        git_dir = os.path.realpath(os.path.join(folder, content[len("gitdir:") :].strip()))
    return git_dir if os.path.lexists(os.path.join(git_dir, "HEAD")) else None


def head(place: Place) -> Head | None:
    """Read where the repository stands; None if its HEAD makes no sense or is not kept in files."""
    content = _small(os.path.join(place.git_dir, "HEAD")).strip()
    if _OID.fullmatch(content):
        return Head(content[:8], detached=True, oid=content)
    if not content.startswith("ref:"):
        return None
    name = content[len("ref:") :].strip()
    if name == "refs/heads/.invalid" or not _is_sane(name):
        return None
    oid = _ref(place, name)
    branch = name.removeprefix("refs/heads/")
    return Head(branch, unborn=not oid, oid=oid)


def _ref(place: Place, name: str, depth: int = 5) -> str:
    """Commit id of a reference, from its own file or the packed ones; empty if there is none."""
    content = _small(os.path.join(place.common_dir, name)).strip()
    if _OID.fullmatch(content):
        return content
    if content.startswith("ref:") and depth:
        target = content[len("ref:") :].strip()
        return _ref(place, target, depth - 1) if _is_sane(target) else ""
    wanted = b" " + os.fsencode(name) + b"\n"
    packed = _bytes(os.path.join(place.common_dir, "packed-refs"), _PACKED_LIMIT)
    end = packed.find(wanted)
    start = packed.rfind(b"\n", 0, end) + 1 if end >= 0 else 0
    oid = packed[start : max(end, 0)].decode("ascii", "replace")
    return oid if _OID.fullmatch(oid) else ""


def _is_sane(name: str) -> bool:
    return name.startswith("refs/") and ".." not in name and "\0" not in name and not name.endswith("/")


def _small(path: str) -> str:
    return os.fsdecode(_bytes(path, _SMALL))


def _bytes(path: str, limit: int) -> bytes:
    """Content of a regular file, empty if it can't be read."""
    try:
        fd = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC)
    except (OSError, ValueError):
        return b""
    try:
        status = os.fstat(fd)
        if not stat.S_ISREG(status.st_mode) or status.st_size > limit:
            return b""
        chunks: list[bytes] = []
        while chunk := os.read(fd, 1 << 20):
            chunks.append(chunk)
        return b"".join(chunks)
    except OSError:
        return b""
    finally:
        os.close(fd)
