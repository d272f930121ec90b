"""Reads the mirror's commits for people, with GitPython, which sees no other repository."""

import itertools
import json
import os
from dataclasses import dataclass
from pathlib import Path

from spark_tui.adapters.git.command import Git


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


def timeline(folder: Path, git: Git, limit: int = 1000) -> tuple[TimelineEntry, ...]:
    """List the checkpoints in the mirror at `folder`, newest first; empty if there is none."""
    os.environ.setdefault("GIT_PYTHON_GIT_EXECUTABLE", git.program)
    import git as gitpython

    try:
        repo = gitpython.Repo(folder, odbt=gitpython.GitCmdObjectDB, search_parent_directories=False)
    except (gitpython.InvalidGitRepositoryError, gitpython.NoSuchPathError):
        return ()
    found: list[TimelineEntry] = []
    try:
        repo.git.update_environment(**git.environment, GIT_DIR=str(folder))
        refs = [
            line for line in repo.git.for_each_ref("--format=%(refname)", "refs/spark/").split("\n") if line
        ]
        for commit in itertools.chain.from_iterable(
            repo.iter_commits(ref, max_count=2 * limit) for ref in refs
        ):
            message = str(commit.message)
            try:
                facts = json.loads(message.strip().rpartition("\n")[2])
                entry = TimelineEntry(
                    commit.hexsha,
                    int(facts["op"]),
                    str(facts["session"]),
                    commit.committed_date,
                    message.split("\n")[0],
                )
            except (ValueError, KeyError, TypeError):
                continue
            found.append(entry)
    except gitpython.GitCommandError:
        return ()
    finally:
        repo.close()
    found.sort(key=lambda entry: -entry.landing)
    return tuple(found[:limit])
