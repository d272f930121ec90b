"""Judges workspace-relative paths before anything is opened: which names are refused, and in which words.

It knows names only; where a name leads on disk (links, devices) is the business of whoever opens it.
"""

import re
import unicodedata

from spark_tui.core.display import inert
from spark_tui.core.values import dataclass

MAX_COMPONENT_BYTES = 255
"""Longest file name the usual file systems take."""
MAX_PATH_BYTES = 4096
"""Longest path the usual systems take."""

_SHORT_NAME = re.compile(r"git~\d+|gi[0-9a-f]{4}~\d+")
_DRIVE = re.compile(r"[A-Za-z]:([/\\]|$)")
_DEVICES = frozenset(
    ["con", "prn", "aux", "nul", "conin$", "conout$", "clock$"]
    + [f"{port}{digit}" for port in ("com", "lpt") for digit in "123456789\u00b9\u00b2\u00b3"]
)
_INVISIBLE = frozenset(
    [
        chr(code)
        for block in (range(0xFE00, 0xFE10), range(0x180B, 0x180F), range(0xE0100, 0xE01F0))
        for code in block
    ]
    + list("\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0")
)


@dataclass(frozen=True, slots=True)
class Below:
    """What a folder holds on disk, whatever git thinks of it, at any depth; in path order."""

    files: tuple[str, ...] = ()
    folders: tuple[str, ...] = ()
    """Outermost first; the folder itself is one of them."""
    others: tuple[str, ...] = ()
    """What no checkpoint can keep: links, devices, repositories of their own."""
    is_cut: bool = False
    """Whether there is more than a limit."""


def shown(path: str, limit: int = 60) -> str:
    """Return `path` quoted, inert and short enough for a sentence."""
    text = inert(path)
    if len(text) > limit:
        half = (limit - 1) // 2
        text = f"{text[:half]}…{text[len(text) - half :]}"
    return f'"{text}"'


def normalise(path: str) -> str:
    """Drop what does not change where a relative path leads: leading `./`, doubled and trailing slashes."""
    if path.startswith("/"):
        return path
    parts = [part for part in path.split("/") if part]
    while parts and parts[0] == ".":
        parts.pop(0)
    return "/".join(parts)


def check_path(path: str) -> str:
    """Say in one sentence why `path` may not be created or changed; empty if it may."""
    sentence = check_existing(path)
    if sentence:
        return sentence
    if path.startswith("~/"):
        return f'{shown(path)} begins with "~", the home folder; paths are relative to the workspace.'
    for part in path.split("/"):
        sentence = _unwelcome(part, path)
        if sentence:
            return sentence
    return ""


def check_existing(path: str) -> str:
    """Say in one sentence why `path` may not even be looked at; empty if it may.

    A file that is there already may have a name that no new file gets: a colon, a trailing dot.
    """
    if not path:
        return "An empty path names no file."
    if "\0" in path:
        return f"{shown(path)} contains a NUL character."
    if path.startswith(("/", "\\")) or _DRIVE.match(path):
        return f"{shown(path)} is absolute; paths are relative to the workspace."
    if any(0xD800 <= ord(char) <= 0xDFFF and not 0xDC80 <= ord(char) <= 0xDCFF for char in path):
        return f"{shown(path)} is not a text that a file system can hold."
    if len(path.encode("utf-8", "surrogateescape")) > MAX_PATH_BYTES:
        return f"{shown(path)} is longer than {MAX_PATH_BYTES} bytes."
    for part in path.split("/"):
        sentence = _dangerous(part, path)
        if sentence:
            return sentence
    return ""


def _dangerous(part: str, path: str) -> str:
    """Why one component leads astray whatever is on disk."""
    if not part:
        return f"{shown(path)} has an empty part between two slashes."
    if len(part.encode("utf-8", "surrogateescape")) > MAX_COMPONENT_BYTES:
        return f"{shown(path)} has a name longer than {MAX_COMPONENT_BYTES} bytes."
    for piece in part.split("\\"):
        if piece == "..":
            return f'{shown(path)} leads out of its folder with "..".'
        if piece == "." and piece == part:
            return f'{shown(path)} has a "." part.'
        if _is_git(piece):
            return f"{shown(path)} is inside git's own folder, which is never written or read."
    return ""


def _unwelcome(part: str, path: str) -> str:
    """Why no new file gets this component as a name."""
    if any(unicodedata.category(char) == "Cc" for char in part):
        return f"{shown(path)} contains a control character."
    if any(0xDC80 <= ord(char) <= 0xDCFF for char in part):
        return f"{shown(path)} is not valid Unicode."
    if "\\" in part:
        return f'{shown(path)} contains a backslash; folders are separated by "/".'
    if ":" in part:
        return f"{shown(path)} contains a colon, which names a drive or a hidden stream on some systems."
    if part[-1] in ". ":
        return f"{shown(path)} has a name that ends in a dot or a space."
    if part.casefold() in _DEVICES:
        return f"{shown(path)} is the name of a device on some systems."
    return ""


def _is_git(part: str) -> bool:
    """Whether some file system would take `part` for `.git`."""
    if part.isascii() and "git" not in part.lower() and "~" not in part:
        return False
    visible = "".join(
        char for char in part if unicodedata.category(char) not in ("Cf", "Cc") and char not in _INVISIBLE
    )
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", visible).casefold())
    bare = folded.split(":")[0].rstrip(". ").lstrip(" ")
    return bare == ".git" or _SHORT_NAME.fullmatch(bare) is not None
