"""Lists the files of a repository inside the repository, which git itself does not look into."""

import os
from collections.abc import Iterator

NESTED_LIMIT = 5_000
"""Most files that are listed of one nested repository."""
_SKIPPED = frozenset([".git", ".hg", ".svn", "node_modules", ".venv", "venv", "__pycache__"])


def nested_files(work_tree: str, top: str) -> Iterator[str]:
    """Paths of regular files and links below `top`; links to folders are not followed."""
    todo = [top.rstrip("/")]
    count = 0
    while todo:
        place = todo.pop()
        try:
            with os.scandir(f"{work_tree}/{place}") as entries:
                for entry in entries:
                    if entry.name in _SKIPPED:
                        continue
                    if entry.is_dir(follow_symlinks=False):
                        todo.append(f"{place}/{entry.name}")
                    elif entry.is_symlink() or entry.is_file(follow_symlinks=False):
                        count += 1
                        if count > NESTED_LIMIT:
                            return
                        yield f"{place}/{entry.name}"
        except OSError:
            continue
