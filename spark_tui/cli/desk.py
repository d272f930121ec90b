"""Opens what is kept about a folder for the commands that look back, without a screen and without a model."""

import os
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from spark_tui.adapters.clock import SystemClock
from spark_tui.adapters.disk_files import DiskFiles
from spark_tui.adapters.git import Git, GitRepository, Mirror, find_git
from spark_tui.adapters.journal import Journal
from spark_tui.adapters.places import state_dir
from spark_tui.adapters.state_folder import StateFolder
from spark_tui.cli.saying import say
from spark_tui.core.values import dataclass
from spark_tui.engine.history import History
from spark_tui.engine.landing import Landing
from spark_tui.ports import WorkspaceBusy


@dataclass(frozen=True, slots=True)
class Desk:
    """One folder with its checkpoints."""

    root: str
    state: Path
    journal: Journal
    history: History
    mirror: Mirror | None
    git: Git | None


@asynccontextmanager
async def open_desk(folder: str, *, writes: bool) -> AsyncIterator[Desk]:
    """Open a folder; with `writes` it is claimed and what a crash cut is put in order first.

    Raises CheckpointFailed, WorkspaceBusy, FileUnreadable.
    """
    state = StateFolder.open(state_dir(), folder)
    program = find_git(os.environ.get("PATH", ""), folder)
    git = Git(program) if program else None
    files = DiskFiles(folder, GitRepository(folder, git).guarded)
    refusal = None if writes else WorkspaceBusy("This command only looks.")
    try:
        if writes:
            state.claim()
        journal = await Journal.open(state.path, f"{time.strftime('%Y%m%d-%H%M%S')}-{os.getpid()}", refusal)
    except BaseException:
        files.close()
        state.release()
        raise
    landing = Landing(files, journal, SystemClock())
    mirror = Mirror(state.path / "mirror.git", git, journal) if git else None
    try:
        if writes:
            for sentence in await landing.recover():
                say(sentence)
        yield Desk(files.root, state.path, journal, History(files, journal, landing), mirror, git)
    finally:
        await landing.settle()
        if writes and mirror is not None:
            await mirror.close()
        await journal.close()
        files.close()
        state.release()
