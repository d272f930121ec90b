"""The history of a repository as a list of commits: when, which files, and in which words."""

import os

from spark_tui.adapters.git.command import Git, GitFailed
from spark_tui.adapters.git.place import Place
from spark_tui.core.repo import PastCommit

SECONDS = 8.0
_LONGEST_MESSAGE = 600
_FORM = "--format=%x02%ct%x01%B%x01"


def past_commits(git: Git, place: Place, most: int) -> tuple[PastCommit, ...]:
    """Return the latest commits without merges, newest first; paths are below the workspace.

    Nothing that the repository names is run for it. Raises GitFailed.
    """
    arguments = [
        "log", f"--max-count={most}", "--no-merges", "--name-only", "--no-renames", "--no-ext-diff", "--no-textconv",
        "--no-show-signature", "--no-mailmap", "--no-notes", "--no-color", "--ignore-submodules=all", "-z", _FORM,
        "HEAD", "--",
    ]  # fmt: skip
    scope = [place.prefix] if place.prefix else []
    found = git.run(place.git_dir, [*arguments, *scope], timeout=SECONDS)
    if found.status:
        raise GitFailed(found.stderr.decode("utf-8", "replace").strip())
    return tuple(_commits(found.stdout, os.fsencode(place.prefix)))


def _commits(output: bytes, prefix: bytes) -> list[PastCommit]:
    found = []
    for block in output.split(b"\x02")[1:]:
        parts = block.split(b"\x01")
        if len(parts) < 3 or not parts[0].isdigit():
            continue
        message = b"\x01".join(parts[1:-1])[:_LONGEST_MESSAGE].decode("utf-8", "replace")
        paths = (path.lstrip(b"\n") for path in parts[-1].split(b"\0"))
        names = tuple(os.fsdecode(path[len(prefix) :]) for path in paths if path and path.startswith(prefix))
        found.append(PastCommit(int(parts[0]), names, message.strip()))
    return found
