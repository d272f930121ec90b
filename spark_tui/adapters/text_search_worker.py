"""The process that matches: an expression that never ends holds up nobody else, and ends with the process.

Its argument is the process that it works for, with which it ends. It reads one JSON value a line: first what is
looked for, then lists of paths. It writes one JSON value a line: the lines of a file that fit, and how many files
it has looked at.
"""

import json
import os
import signal
import stat
import sys
import warnings
from collections.abc import Callable, Iterable, Iterator
from typing import IO, Any

from spark_tui.core.search import Hit, LineTooLong, Sought, compiled, filler, hits_in
from spark_tui.core.text import Text

MOST_BYTES = 32 * 1024 * 1024
"""Largest file that is looked at."""
_LOOK_SECONDS = 2.0
"""Between two looks whether the parent is still there."""


def main() -> None:
    """Match until there are no more paths."""
    os.nice(5)
    _end_with(int(sys.argv[1]))
    # What a person writes may be written in a way that a later Python reads otherwise; that is no news here.
    warnings.simplefilter("ignore")
    run(sys.stdin.buffer, sys.stdout.buffer)


def _end_with(parent: int) -> None:
    """End when the parent is gone, in the midst of an expression too: the matcher looks for signals."""

    def look(*_: object) -> None:
        if os.getppid() != parent:
            os._exit(1)

    signal.signal(signal.SIGALRM, look)
    signal.setitimer(signal.ITIMER_REAL, _LOOK_SECONDS, _LOOK_SECONDS)


def run(given: IO[bytes], told: IO[bytes]) -> None:
    """Match what is given, and tell."""
    work = json.loads(given.readline())
    search, replacement = Sought(**work["search"]), work["replacement"]
    pattern = compiled(search)
    fill = filler(search, replacement) if replacement is not None else None
    if isinstance(pattern, str) or isinstance(fill, str):
        _tell(told, {"fault": pattern if isinstance(pattern, str) else fill})
        return
    needle = b"" if search.is_regex or not search.text.isascii() else search.text.encode()
    worth = _worth(needle, search.is_exact)
    try:
        _look(work, worth, lambda lines: hits_in(lines, pattern, fill), given, told)
    except LineTooLong as error:
        _tell(told, {"fault": str(error)})


def _look(
    work: dict[str, Any],
    worth: Callable[[bytes], bool],
    match: Callable[[Iterable[str]], Iterable[Hit]],
    given: IO[bytes],
    told: IO[bytes],
) -> None:
    root = os.open(work["root"], os.O_RDONLY | os.O_DIRECTORY)
    looked = 0
    for path, lines in work["texts"]:
        looked += 1
        _tell_hits(told, path, match(lines))
    for line in given:
        for path in json.loads(line):
            looked += 1
            for lines in _read(root, path, worth):
                _tell_hits(told, path, match(lines))
        _tell(told, {"looked": looked})
    _tell(told, {"done": looked})


def _worth(needle: bytes, is_exact: bool) -> Callable[[bytes], bool]:
    """Return what tells, without decoding, that a file may hold a match."""
    if not needle:
        return lambda data: True
    lower = needle.lower()
    return (lambda data: needle in data) if is_exact else (lambda data: lower in data.lower())


def _read(root: int, path: str, worth: Callable[[bytes], bool]) -> Iterator[list[str]]:
    """Yield the lines of a file, once, if it is text and worth a look. Links are not followed."""
    try:
        fd = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=root)
    except (OSError, ValueError):
        return
    try:
        status = os.fstat(fd)
        if not stat.S_ISREG(status.st_mode) or status.st_size > MOST_BYTES:
            return
        with open(fd, "rb", buffering=0, closefd=False) as file:
            data = file.read(MOST_BYTES) or b""
    except OSError:
        return
    finally:
        os.close(fd)
    # A file in UTF-16 has its letters apart.
    if data[:2] in (b"\xff\xfe", b"\xfe\xff") or worth(data):
        text = Text.decode(data)
        if not text.binary:
            yield text.lines()


def _tell_hits(told: IO[bytes], path: str, hits: Iterable[Hit]) -> None:
    found = [(hit.line, hit.text, hit.spans, hit.column, hit.new) for hit in hits]
    if found:
        _tell(told, {"path": path, "hits": found})


def _tell(told: IO[bytes], value: dict[str, Any]) -> None:
    told.write(json.dumps(value).encode() + b"\n")
    told.flush()


if __name__ == "__main__":
    main()
