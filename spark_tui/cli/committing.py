"""`spark-tui commit`: the accepted edits of a session as one git commit, and nothing else."""

import argparse
import os
from dataclasses import field

from spark_tui.adapters.git.own_commit import CommitRefused, OwnCommit, Wanted
from spark_tui.cli.desk import Desk, open_desk
from spark_tui.cli.saying import say
from spark_tui.core.checkpoint import Checkpoint, FileWrite, LandingKind
from spark_tui.core.display import inert
from spark_tui.core.restore import Fate, FileRestore, merged_bytes
from spark_tui.core.values import dataclass
from spark_tui.engine.landing import EVERYTHING

LEFT_OUT = 3
_BACK = (LandingKind.UNDO, LandingKind.REDO, LandingKind.RESTORE)


@dataclass(slots=True)
class Edits:
    """What a session's accepted edits do to one file, oldest first."""

    writes: list[FileWrite] = field(default_factory=list)
    executable: bool = False

    def make(self, committed: bytes | None) -> bytes | None:
        """The committed content with these edits made, and without what else changed. Raises ValueError."""
        content = committed
        for write in self.writes:
            base = write.before if write.base is None else write.base
            joined = merged_bytes(base, content, write.after)
            if joined is None and not (write.after is None and content == base):
                if content is None:
                    raise ValueError("is not in the last commit: add it first")
                raise ValueError("has other changes in the same lines, which are not committed yet")
            content = joined
        return content


async def accepted(desk: Desk, session: str) -> tuple[str, dict[str, Edits]]:
    """The session and its accepted edits by path; edits that were undone are none. Without a name, the newest."""
    points = {point.id: point for point in await desk.history.points(EVERYTHING)}
    chain: list[Checkpoint] = []
    here = await desk.history.place()
    while here in points:
        chain.insert(0, points[here])
        here = points[here].parent
    if not session:
        session = next((point.session for point in reversed(chain) if point.kind is LandingKind.ACCEPT), "")
    found: dict[str, Edits] = {}
    begun = False
    for point in chain:
        begun = begun or point.session == session
        own = point.session == session and point.kind is LandingKind.ACCEPT
        if not (own or (begun and point.kind in _BACK)):
            continue
        for write in (await desk.history.show(point.id)).writes:
            if own or write.path in found:
                edits = found.setdefault(write.path, Edits())
                edits.writes.append(write)
                edits.executable = bool((write.mode or 0) & 0o100)
    return session, found


async def commit(folder: str, options: argparse.Namespace) -> int:
    """Commit the accepted edits of one session."""
    async with open_desk(folder, writes=False) as desk:
        if desk.git is None:
            say("git is not installed")
            return 1
        session, edits = await accepted(desk, options.session)
        if not edits:
            say("no accepted edits to commit" + (f" in session {options.session}" if options.session else ""))
            return 1
        try:
            return _commit(desk, edits, options)
        except CommitRefused as error:
            say(str(error))
            return 1


def _commit(desk: Desk, edits: dict[str, Edits], options: argparse.Namespace) -> int:
    assert desk.git is not None
    work = OwnCommit(desk.git.program, desk.root)
    work.plan([Wanted(path, each.make, each.executable) for path, each in sorted(edits.items())])
    for file in work.staged:
        added, removed = FileRestore(file.path, Fate.BACK, file.before, file.after).counts()
        print(f"+{added} -{removed} {inert(file.path)}")
    for path, reason in work.left_out:
        print(f"left out {inert(path)}: {reason}")
    if not work.staged:
        say("nothing is left to commit")
        return LEFT_OUT if work.left_out else 1
    if options.dry_run:
        say("nothing was committed: this was a dry run")
    elif not work.carry_out(str(desk.state / f"commit-{os.getpid()}.index"), options.message, merged_bytes):
        say("git did not commit: nothing has changed")
        return 1
    return LEFT_OUT if work.left_out else 0
