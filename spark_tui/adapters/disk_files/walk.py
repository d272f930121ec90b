"""Lists files without git: of a whole workspace without its junk, or of one folder with all that it holds.

Links to folders are not followed.
"""

import os

from spark_tui.adapters.disk_files.tree import Tree
from spark_tui.core.checkpoint import is_staged_name
from spark_tui.core.paths import Below
from spark_tui.ports import Entry, Listing

WALK_LIMIT = 50_000
"""Most files that are listed."""
SKIPPED = frozenset(
    [
        ".git", ".hg", ".svn", ".jj", ".bzr", "CVS", "_darcs",
        "node_modules", "bower_components", ".venv", "venv", ".tox", ".nox", "site-packages", "__pypackages__",
        "__pycache__", ".mypy_cache", ".ruff_cache", ".pytest_cache", ".hypothesis", ".eggs",
        ".gradle", ".terraform", ".next", ".nuxt", ".svelte-kit", ".parcel-cache", ".turbo", ".cache",
        ".DS_Store",
    ]
)  # fmt: skip
"""Names that are never listed: histories of version control, caches, installed packages."""


def walk(tree: Tree, top: str = "", limit: int = WALK_LIMIT) -> Listing:
    """List regular files and links below `top`, in path order, at most `limit`."""
    paths: list[str] = []
    todo = [top]
    unreadable = 0
    while todo and len(paths) <= limit:
        place = todo.pop()
        prefix = f"{place}/" if place else ""
        try:
            with tree.folder(place) as fd, os.scandir(fd) as entries:
                for entry in entries:
                    if entry.name in SKIPPED or is_staged_name(entry.name):
                        continue
                    if entry.is_dir(follow_symlinks=False):
                        todo.append(prefix + entry.name)
                    elif entry.is_symlink() or entry.is_file(follow_symlinks=False):
                        paths.append(prefix + entry.name)
                    if len(paths) > limit:
                        break
        except OSError:
            unreadable += 1
    truncated = len(paths) > limit
    paths.sort()
    note = f"Only the first {limit:,} files are listed." if truncated else ""
    if unreadable and not note:
        note = f"{unreadable} folder{'s' * (unreadable > 1)} could not be listed."
    return Listing(tuple(map(Entry, paths[:limit])), truncated, note)


def below(tree: Tree, top: str, limit: int) -> Below | None:
    """List what the folder `top` holds, junk and all; None if it is no folder. Raises PathRefused."""
    tree.check(top)
    files: list[str] = []
    folders: list[str] = []
    others: list[str] = []
    todo = [top]
    while todo and len(files) + len(folders) <= limit:
        place = todo.pop()
        try:
            with tree.folder(place) as fd, os.scandir(fd) as entries:
                found = sorted(entries, key=lambda entry: entry.name, reverse=True)
                kinds = [(entry, _kind(entry)) for entry in found]
        except OSError as error:
            if place == top:
                return None
            raise tree.refused(place, error) from error
        folders.append(place)
        for entry, kind in kinds:
            path = f"{place}/{entry.name}"
            {"file": files, "folder": todo, "other": others}[kind].append(path)
    is_cut = bool(todo)
    return Below(tuple(sorted(files)), tuple(sorted(folders)), tuple(sorted(others)), is_cut)


def _kind(entry: "os.DirEntry[str]") -> str:
    if entry.name == ".git" or entry.is_symlink():
        return "other"
    if entry.is_dir(follow_symlinks=False):
        return "folder"
    return "file" if entry.is_file(follow_symlinks=False) else "other"
