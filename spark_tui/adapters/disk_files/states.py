"""What stands at a name during a landing, told by its bytes: the old image, the new one, a torn one, or foreign."""

import os
import stat
from enum import Enum, auto

from spark_tui.adapters.disk_files.posix import Posix
from spark_tui.core.checkpoint import FileWrite

_BLOCK = 512


class State(Enum):
    """The possible answers to "what is there?"."""

    ABSENT = auto()
    BEFORE = auto()
    AFTER = auto()
    TORN = auto()
    """A beginning of one of our images: the write of a staged file was cut."""
    FOREIGN = auto()
    """Somebody else's file, or no regular file at all."""


def contents(calls: Posix, folder: int, name: str, limit: int) -> bytes | None:
    """Bytes of a regular file of at most `limit` bytes; None for anything else. Raises OSError if absent."""
    if not stat.S_ISREG(calls.look(folder, name).st_mode):
        return None
    fd = calls.open(folder, name, os.O_RDONLY | os.O_NONBLOCK)
    try:
        status = calls.stat(fd)
        if not stat.S_ISREG(status.st_mode) or status.st_size > limit:
            return None
        chunks: list[bytes] = []
        left = limit + 1
        while left > 0 and (chunk := calls.read(fd, min(left, 1 << 20))):
            chunks.append(chunk)
            left -= len(chunk)
        return b"".join(chunks) if left > 0 else None
    finally:
        calls.close(fd)


def state_of(calls: Posix, folder: int, name: str, write: FileWrite) -> State:
    """Compare what is at `name` with the images of `write`. Raises OSError if it can't be found out."""
    images = [image for image in (write.before, write.after) if image is not None]
    try:
        data = contents(calls, folder, name, max(map(len, images), default=0))
    except FileNotFoundError:
        return State.ABSENT
    if data is None:
        return State.FOREIGN
    if data == write.before:
        return State.BEFORE
    if data == write.after:
        return State.AFTER
    if any(image.startswith(data) for image in images):
        return State.TORN
    return State.FOREIGN


def is_mixture(data: bytes, before: bytes, after: bytes) -> bool:
    """Whether `data` can be a write of `after` over `before` that was cut: each byte from one of them, or zero."""
    if len(data) > max(len(before), len(after)):
        return False
    for start in range(0, len(data), _BLOCK):
        block = data[start : start + _BLOCK]
        old, new = before[start : start + len(block)], after[start : start + len(block)]
        if block in (old, new) or not any(block):
            continue
        for offset, byte in enumerate(block):
            if byte and byte not in (*old[offset : offset + 1], *new[offset : offset + 1]):
                return False
    return True
