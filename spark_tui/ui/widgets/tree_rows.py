"""The file tree as a value: which rows are visible, for any number of files, with folders read only when open."""

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from spark_tui.core.display import inert
from spark_tui.ui.widgets.lines import Line


class Listed(Protocol):
    """What the tree needs to know of a file."""

    @property
    def path(self) -> str:
        """Relative, `/`-separated."""

    @property
    def mark(self) -> str:
        """`M`, `A`, `D`, `?` or nothing."""


@dataclass(frozen=True, slots=True)
class TreeRow:
    """One visible row."""

    path: str
    name: str
    depth: int
    is_dir: bool
    is_open: bool = False
    mark: str = ""


class FileTree:
    """The files of a workspace and which folders are open."""

    def __init__(self) -> None:
        self._paths: list[str] = []
        self._marks: dict[str, str] = {}
        self._marked_dirs: set[str] = set()
        self._open: set[str] = set()
        self._children: dict[str, list[tuple[str, bool]]] = {}

    def load(self, entries: Iterable[Listed]) -> None:
        """Take another list of files; open folders stay open."""
        self._paths = sorted(entry.path for entry in entries)
        self._children.clear()

    def mark(self, entries: Iterable[Listed]) -> None:
        """Take the git marks; a folder is marked when anything below it is."""
        self._marks = {entry.path: entry.mark for entry in entries if entry.mark}
        self._marked_dirs = {parent for path in self._marks for parent in parents(path)}

    def toggle(self, path: str) -> None:
        """Open a closed folder, close an open one."""
        self._open.symmetric_difference_update({path})

    def is_open(self, path: str) -> bool:
        """Whether the folder shows its content."""
        return path in self._open

    def open_up_to(self, path: str) -> None:
        """Open every folder above `path`."""
        self._open.update(parents(path))

    def rows(self) -> list[TreeRow]:
        """Return the visible rows, folders before files."""
        found: list[TreeRow] = []
        self._walk("", 0, found)
        return found

    def _walk(self, folder: str, depth: int, found: list[TreeRow]) -> None:
        for name, is_dir in self._in_folder(folder):
            path = f"{folder}{name}"
            if not is_dir:
                found.append(TreeRow(path, name, depth, False, mark=self._marks.get(path, "")))
                continue
            is_open = path in self._open
            found.append(TreeRow(path, name, depth, True, is_open, "*" if path in self._marked_dirs else ""))
            if is_open and depth < 64:
                self._walk(f"{path}/", depth + 1, found)

    def _in_folder(self, folder: str) -> list[tuple[str, bool]]:
        """List names directly in a folder by jumping over what lies deeper; `folder` ends with `/` or is empty."""
        known = self._children.get(folder)
        if known is not None:
            return known
        names: list[tuple[str, bool]] = []
        place = bisect_left(self._paths, folder)
        while place < len(self._paths) and self._paths[place].startswith(folder):
            name, slash, _ = self._paths[place][len(folder) :].partition("/")
            if slash:
                place = bisect_left(self._paths, f"{folder}{name}0", place)
            else:
                place += 1
            if name:
                names.append((name, bool(slash)))
        names.sort(key=lambda entry: (not entry[1], entry[0].casefold(), entry[0]))
        self._children[folder] = names
        return names


def parents(path: str) -> list[str]:
    """Return the folders above a path, outermost first."""
    return [path[:place] for place, char in enumerate(path) if char == "/"]


_MARK_STYLES = {"M": "near", "A": "success", "?": "success", "D": "error", "*": "muted"}


def tree_lines(rows: Sequence[TreeRow], active: str | None, pending: Mapping[str, int]) -> list[Line]:
    """Draw rows: name, the number of edits that wait (`+2`), the git mark as a letter."""
    return [_line(row, active, pending.get(row.path, 0)) for row in rows]


def _line(row: TreeRow, active: str | None, waiting: int) -> Line:
    indent = "  " * row.depth
    if row.is_dir:
        sign, style = ("v " if row.is_open else "> "), "muted"
        name = f"{inert(row.name)}/"
        parts = (("muted", f" {indent}{sign}"), ("", name))
    else:
        style = "accent" if row.path == active else ""
        if row.mark == "D":
            style = "muted"
        parts = (("muted", f" {indent}  "), (style, inert(row.name)))
    right = [("accent", f" *{waiting}")] if waiting else []
    right.append((_MARK_STYLES.get(row.mark, "muted"), f" {row.mark} " if row.mark else " "))
    return Line(parts, tuple(right))
