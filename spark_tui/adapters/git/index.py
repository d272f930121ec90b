"""Reads what git's index says about every tracked file, and what is staged; no content of a file is read here."""

import os
import re
from collections.abc import Iterator

from spark_tui.core.values import dataclass

LINK = 0o120000
SUBMODULE = 0o160000
_ASSUME_UNCHANGED = 0x8000
_TO_BE_ADDED = 0x20000000
_SKIP_WORK_TREE = 0x40000000
_ENTRY = re.compile(
    rb"(\d{6}) ([0-9a-f]+) (\d)\t([^\0]+)\0"
    rb"  ctime: (\d+):(\d+)\n  mtime: (\d+):(\d+)\n  dev: \d+\tino: (\d+)\n"
    rb"  uid: \d+\tgid: \d+\n  size: (\d+)\tflags: ([0-9a-f]+)\n"
)

ENTRY_ARGUMENTS = ("ls-files", "-z", "--stage", "--debug")
OTHERS_ARGUMENTS = ("ls-files", "-z", "--others", "--exclude-standard")
STAGED_ARGUMENTS = (
    "diff-index", "--cached", "--raw", "-z", "--no-renames", "--no-ext-diff", "--no-textconv",
    "--ignore-submodules=all", "HEAD",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Tracked:
    """One entry of the index."""

    path: str
    mode: int
    oid: str
    is_conflicted: bool
    ctime_ns: int
    mtime_ns: int
    inode: int
    size: int
    flags: int

    @property
    def is_trusted(self) -> bool:
        """Whether the person told git to take the file for unchanged."""
        return bool(self.flags & _ASSUME_UNCHANGED)

    @property
    def is_to_be_added(self) -> bool:
        """Whether only the name is staged so far."""
        return bool(self.flags & _TO_BE_ADDED)

    @property
    def is_left_out(self) -> bool:
        """Whether a sparse checkout leaves the file out of the work tree."""
        return bool(self.flags & _SKIP_WORK_TREE)


RawEntry = tuple[bytes, bytes, bytes, bytes, bytes, bytes, bytes, bytes, bytes, bytes, bytes]
"""Mode, object, level, path, ctime and mtime as seconds and nanoseconds, inode, size and flags, all as written."""


class UnknownForm(Exception):
    """git words its list of files in a way that is not known here."""


def raw_entries(output: bytes) -> Iterator[RawEntry]:
    """Yield the answer to `ENTRY_ARGUMENTS` field by field. Raises UnknownForm."""
    end = 0
    for match in _ENTRY.finditer(output):
        if match.start() != end:
            raise UnknownForm
        end = match.end()
        yield match.groups()  # type: ignore[misc]
    if end != len(output):
        raise UnknownForm


def tracked(raw: RawEntry) -> Tracked:
    """Read the fields of one entry."""
    mode, oid, level, path, csec, cnano, msec, mnano, inode, size, flags = raw
    return Tracked(
        os.fsdecode(path),
        int(mode, 8),
        oid.decode(),
        level != b"0",
        int(csec) * 1_000_000_000 + int(cnano),
        int(msec) * 1_000_000_000 + int(mnano),
        int(inode),
        int(size),
        int(flags, 16),
    )


def parse_staged(output: bytes) -> Iterator[tuple[str, str]]:
    """Read the answer to `STAGED_ARGUMENTS`: path and status letter."""
    fields = output.split(b"\0")
    for head, path in zip(fields[::2], fields[1::2], strict=False):
        yield os.fsdecode(path), chr(head[-1]) if head else ""


def parse_names(output: bytes) -> list[str]:
    """Read a list of names that end in NUL."""
    # Decoding all of it at once takes a third of the time.
    return [name for name in os.fsdecode(output).split("\0") if name]
