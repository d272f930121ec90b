"""Reads the mirror's commits for people, with GitPython, which sees no other repository."""

import contextlib
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from spark_tui.adapters.git.command import Git
from spark_tui.core.values import dataclass


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """One commit of the mirror."""

    commit: str
    """Full id, for any git tool."""
    landing: int
    """The checkpoint that it shows."""
    session: str
    time: int
    """Seconds since the epoch."""
    title: str


@contextlib.contextmanager
def _opened(folder: Path, git: Git) -> Iterator[Any]:
    """Open the mirror with GitPython for as long as the block runs; None where there is none, or git says no."""
    os.environ.setdefault("GIT_PYTHON_GIT_EXECUTABLE", git.program)
    import git as gitpython

    try:
        repo = gitpython.Repo(folder, odbt=gitpython.GitCmdObjectDB, search_parent_directories=False)
    except (gitpython.InvalidGitRepositoryError, gitpython.NoSuchPathError):
        yield None
        return
    try:
        repo.git.update_environment(**git.environment, GIT_DIR=str(folder))
        with contextlib.suppress(gitpython.GitCommandError):
            yield repo
    finally:
        repo.close()


def timeline(folder: Path, git: Git, limit: int = 1000) -> tuple[TimelineEntry, ...]:
    """List the checkpoints in the mirror at `folder`, newest first; empty if there is none."""
    found: list[TimelineEntry] = []
    with _opened(folder, git) as repo:
        if repo is None:
            return ()
        listed = repo.git.for_each_ref("--format=%(refname)", "refs/spark/")
        for ref in filter(None, listed.split("\n")):
            # A checkpoint may have a commit before it with what was there.
            for commit in repo.iter_commits(ref, max_count=2 * limit):
                entry = _entry(commit)
                if entry is not None:
                    found.append(entry)
    found.sort(key=lambda entry: -entry.landing)
    return tuple(found[:limit])


def _entry(commit: Any) -> TimelineEntry | None:
    message = str(commit.message)
    try:
        facts = json.loads(message.strip().rpartition("\n")[2])
        landing, session = int(facts["op"]), str(facts["session"])
    except (ValueError, KeyError, TypeError):
        return None
    return TimelineEntry(commit.hexsha, landing, session, commit.committed_date, message.split("\n")[0])


def patch(folder: Path, git: Git, commit: str) -> str:
    """Show what one commit of the mirror changed, as git words it; empty if it can't be read."""
    with _opened(folder, git) as repo:
        if repo is not None:
            return str(
                repo.git.show("--no-color", "--no-ext-diff", "--no-textconv", "--format=medium", commit)
            )
    return ""
