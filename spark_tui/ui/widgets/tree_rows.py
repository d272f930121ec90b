"""The file tree as a value: which rows are visible, for any number of files, with folders read only when open."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from itertools import accumulate
from typing import NamedTuple, Protocol, overload

from spark_tui.core.display import inert
from spark_tui.core.values import dataclass
from spark_tui.ui.widgets.lines import Line

DEEPEST = 64
"""Levels that are shown."""


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


class _Run(NamedTuple):
    """Visible rows that follow each other in one folder, before anybody looks at them."""

    folder: str
    """Ends with a slash, or is empty."""
    names: Sequence[str]
    depth: int
    is_dir: bool


class TreeRows(Sequence[TreeRow]):
    """The visible rows, made when they are asked for."""

    def __init__(self, tree: "FileTree", runs: list[_Run]) -> None:
        self._tree = tree
        self._runs = runs
        self._starts = [0, *accumulate(len(run.names) for run in runs)]

    def __len__(self) -> int:
        return self._starts[-1]

    @overload
    def __getitem__(self, place: int) -> TreeRow: ...
    @overload
    def __getitem__(self, place: slice) -> list[TreeRow]: ...
    def __getitem__(self, place: int | slice) -> TreeRow | list[TreeRow]:
        if isinstance(place, slice):
            return [self[at] for at in range(*place.indices(len(self)))]
        place = range(len(self))[place]
        at = bisect_right(self._starts, place) - 1
        return self._tree.row(self._runs[at], place - self._starts[at])

    def place_of(self, path: str) -> int | None:
        """Where a path is among the rows."""
        above, slash, name = path.rpartition("/")
        folder = above + slash
        for run, start in zip(self._runs, self._starts, strict=False):
            if run.folder == folder and name in run.names:
                return start + run.names.index(name)
        return None


class FileTree:
    """The files of a workspace and which folders are open."""

    def __init__(self) -> None:
        self._paths: list[str] = []
        self._marks: dict[str, str] = {}
        self._marked_dirs: set[str] = set()
        self._open: set[str] = set()
        self._children: dict[str, tuple[list[str], list[str]]] = {}

    @property
    def open_folders(self) -> tuple[str, ...]:
        """Folders that show their content."""
        return tuple(sorted(self._open))

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

    def open_only(self, folders: Iterable[str]) -> None:
        """Open these folders and close all others."""
        self._open = set(folders)

    def is_open(self, path: str) -> bool:
        """Whether the folder shows its content."""
        return path in self._open

    def open_up_to(self, path: str) -> None:
        """Open every folder above `path`."""
        self._open.update(parents(path))

    def rows(self) -> TreeRows:
        """Return the visible rows, folders before files."""
        runs: list[_Run] = []
        self._walk("", 0, runs)
        return TreeRows(self, runs)

    def row(self, run: _Run, place: int) -> TreeRow:
        """Make one row of a run."""
        name = run.names[place]
        path = f"{run.folder}{name}"
        if run.is_dir:
            mark = "*" if path in self._marked_dirs else ""
            return TreeRow(path, name, run.depth, True, path in self._open, mark)
        return TreeRow(path, name, run.depth, False, mark=self._marks.get(path, ""))

    def _walk(self, folder: str, depth: int, runs: list[_Run]) -> None:
        folders, files = self._in_folder(folder)
        start = 0
        for place, name in enumerate(folders):
            if f"{folder}{name}" in self._open and depth < DEEPEST:
                runs.append(_Run(folder, folders[start : place + 1], depth, True))
                self._walk(f"{folder}{name}/", depth + 1, runs)
                start = place + 1
        if start < len(folders):
            runs.append(_Run(folder, folders[start:], depth, True))
        if files:
            runs.append(_Run(folder, files, depth, False))

    def _in_folder(self, folder: str) -> tuple[list[str], list[str]]:
        """Names of folders and of files directly in a folder, by jumping over what lies deeper."""
        known = self._children.get(folder)
        if known is not None:
            return known
        paths, size = self._paths, len(folder)
        # "0" follows "/" in the order of code points: it is the first thing behind all that is in the folder.
        stop = bisect_left(paths, f"{folder[:-1]}0") if folder else len(paths)
        place = bisect_left(paths, folder)
        folders: list[str] = []
        files: list[str] = []
        while place < stop:
            path = paths[place]
            slash = path.find("/", size)
            if slash < 0:
                files.append(path[size:])
                place += 1
                continue
            if slash > size:
                folders.append(path[size:slash])
            place = max(bisect_left(paths, f"{path[:slash]}0", place, stop), place + 1)
        found = (sorted(folders, key=str.casefold), sorted(files, key=str.casefold))
        self._children[folder] = found
        return found


def parents(path: str) -> list[str]:
    """Return the folders above a path, outermost first."""
    return [path[:place] for place, char in enumerate(path) if char == "/"]


_MARK_STYLES = {"M": "near", "A": "success", "?": "success", "D": "error", "*": "muted"}


def tree_lines(rows: Sequence[TreeRow], active: str | None, pending: Mapping[str, int]) -> list[Line]:
    """Draw rows: name, the number of edits that wait (`+2`), the git mark as a letter."""
    return [tree_line(row, active, pending.get(row.path, 0)) for row in rows]


def tree_line(row: TreeRow, active: str | None, waiting: int) -> Line:
    """Draw one row."""
    indent = "  " * row.depth
    if row.is_dir:
        sign, style = ("v " if row.is_open else "> "), "muted"
        name = f"{inert(row.name)}/"
        parts = (("muted", f" {indent}{sign}"), ("", name))
    else:
        style = "here" if row.path == active else ""
        if row.mark == "D":
            style = "muted"
        parts = (("muted", f" {indent}  "), (style, inert(row.name)))
    right = [("accent", f" *{waiting}")] if waiting else []
    right.append((_MARK_STYLES.get(row.mark, "muted"), f" {row.mark} " if row.mark else " "))
    return Line(parts, tuple(right))
