"""Small files of the program's own: read within limits, replaced as a whole, kept where only their owner looks.

Whatever is found in their place, a pipe, a device, a file without end, is an OSError at once.
"""

import contextlib
import errno
import json
import os
import stat
from pathlib import Path

_READ = os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC


def make_private(folder: Path) -> None:
    """Make a folder, and those above it that are missing, for their owner alone, whatever the umask. Raises OSError."""
    if folder.is_dir():
        return
    if folder.parent != folder:
        make_private(folder.parent)
    folder.mkdir(mode=0o700, exist_ok=True)


def read_small(path: Path, most: int) -> bytes:
    """Read a regular file of at most `most` bytes. Raises OSError."""
    return _read(os.open(path, _READ), path, most)


def read_owned(path: Path, most: int, others: int) -> bytes:
    """Read a small file that is ours and no link, and for others only as far as the mode bits `others` are not set.

    Raises OSError.
    """
    fd = os.open(path, _READ | os.O_NOFOLLOW)
    status = os.fstat(fd)
    if status.st_uid != os.geteuid() or status.st_mode & others:
        os.close(fd)
        raise PermissionError(errno.EPERM, "not ours alone", str(path))
    return _read(fd, path, most)


def _read(fd: int, path: Path, most: int) -> bytes:
    with open(fd, "rb") as file:
        if not stat.S_ISREG(os.fstat(fd).st_mode):
            raise OSError(errno.EINVAL, "not a regular file", str(path))
        data = file.read(most + 1)
    if len(data) > most:
        raise OSError(errno.EFBIG, f"larger than {most:,} bytes", str(path))
    return data


def read_json(path: Path, most: int) -> object:
    """Return the JSON value in a small file; None where there is none to be had."""
    try:
        return json.loads(read_small(path, most))
    except (OSError, ValueError, RecursionError):
        return None


def replace_small(path: Path, data: bytes) -> None:
    """Put a file in place of what may be there, in one step, readable by its owner alone. Raises OSError."""
    beside = path.with_name(f".{path.name}.{os.getpid()}-{os.urandom(4).hex()}")
    try:
        with open(os.open(beside, _NEW, 0o600), "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(beside, path)
    except OSError:
        with contextlib.suppress(OSError):
            os.unlink(beside)
        raise
