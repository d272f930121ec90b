"""Moves names about in one folder in the strongest way that the file system has, with weaker ways below it.

Without an exchange a second name keeps the displaced file for as long as two renames take; without second names
the displaced bytes are compared just before the rename, and come back from the journal if they must.
"""

from collections.abc import Callable

from spark_tui.adapters.disk_files.posix import Posix, Unsupported


class Raced(Exception):
    """Another program changed the file at the last moment; nothing was moved."""


def exchange(
    calls: Posix, folder: int, staged: str, name: str, spare: str, still: Callable[[], bool]
) -> bool:
    """Put `staged` at `name`, and what was there at `staged`; return False if that had to be given up.

    `still` is asked only where nothing can be verified afterwards. Raises Raced, OSError.
    """
    try:
        calls.exchange(folder, staged, name)
        return True
    except Unsupported:
        pass
    try:
        calls.link(folder, name, spare)
    except Unsupported:
        if not still():
            raise Raced from None
        calls.rename(folder, staged, name)
        return False
    calls.rename(folder, staged, name)
    calls.rename(folder, spare, staged)
    return True


def rename_new(calls: Posix, folder: int, name: str, other: str) -> None:
    """Rename `name` to `other`, which must not exist. Raises FileExistsError, OSError."""
    try:
        calls.rename_new(folder, name, other)
        return
    except Unsupported:
        pass
    try:
        calls.link(folder, name, other)
    except Unsupported:
        try:
            calls.look(folder, other)
        except FileNotFoundError:
            calls.rename(folder, name, other)
            return
        raise FileExistsError(other) from None
    calls.remove(folder, name)


def is_same(calls: Posix, folder: int, name: str, other: str) -> bool:
    """Whether two names are one file; False if either is missing."""
    try:
        one, two = calls.look(folder, name), calls.look(folder, other)
    except FileNotFoundError:
        return False
    return (one.st_dev, one.st_ino) == (two.st_dev, two.st_ino)
