"""The private mirror: every checkpoint as a git commit in a bare repository of our own, made off the path of an edit.

It is fed by reading the journal, so it can always be thrown away and made again. Nothing waits for it and nothing
fails because of it: trouble becomes a note.
"""

import asyncio
import fcntl
import json
import os
import shutil
import time
from collections.abc import Sequence
from dataclasses import field
from pathlib import Path

from spark_tui.adapters.git.command import Git, GitFailed
from spark_tui.adapters.git.stream import Branch, commits, ref_of
from spark_tui.adapters.own_files import make_private, replace_small
from spark_tui.core.checkpoint import Checkpoint, Intent
from spark_tui.core.values import dataclass
from spark_tui.ports import Checkpoints, PortError

BATCH = 50
"""Checkpoints that one process writes when the mirror has to catch up."""
PACK_LIMIT = 50
"""Packs that may gather before they are packed together."""
_IMPORT = ("fast-import", "--quiet", "--done", "--date-format=raw")
_DURABLE = ("core.fsync=all", "core.fsyncMethod=batch", "fastimport.unpackLimit=1")
CLOSE_SECONDS = 3.0
"""Most time that leaving waits for the mirror; the next start goes on."""
_SECONDS = 60.0
_NO_ROOM = b"No space left"
_BRANCH = "refs/heads/checkpoints"
"""Always the latest session's commits, so that plain `git log` shows them."""
_CONFIG = """[core]
\trepositoryformatversion = 0
\tfilemode = true
\tbare = true
\tlogAllRefUpdates = false
\thooksPath = /dev/null
\tfsmonitor = false
[gc]
\tauto = 0
[maintenance]
\tauto = false
"""
_ATTRIBUTES = "* -text -eol -ident -filter -working-tree-encoding\n"


class Damaged(GitFailed):
    """The repository is not as the journal says; it has to be made again."""


@dataclass(slots=True)
class _Kept:
    """What the mirror holds: the last checkpoint and the sessions looked at so far."""

    last: int = 0
    token: str = ""
    newest: str = ""
    """Reference of the session that the last checkpoint is of; empty: there is none."""
    branches: dict[str, Branch] = field(default_factory=dict)


class Mirror:
    """Keeps one bare repository in step with one journal."""

    def __init__(self, folder: Path, git: Git, checkpoints: Checkpoints) -> None:
        """Use the repository at `folder`, made when the first checkpoint is there."""
        self.folder = folder
        self.note = ""
        """One sentence on why the mirror is behind; empty when all is well."""
        self._git = git
        self._checkpoints = checkpoints
        self._kept: _Kept | None = None
        self._turnstile = asyncio.Lock()
        self._news = asyncio.Event()
        self._is_closing = False
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Follow the journal in the background until `close`; first write what is missing."""
        if self._task is None:
            self._task = asyncio.create_task(self._follow())

    def wake(self) -> None:
        """Say that the journal has something new; returns at once."""
        self._news.set()

    async def close(self) -> None:
        """Write what is missing, as long as that is quick, and stop following."""
        self._is_closing = True
        self.start()
        self.wake()
        task, self._task = self._task, None
        if task is not None and not (await asyncio.wait([task], timeout=CLOSE_SECONDS))[0]:
            task.cancel()

    async def catch_up(self) -> int:
        """Write what the journal has and the mirror lacks; return how many checkpoints. Raises nothing."""
        async with self._turnstile:
            for may_begin_anew in (True, False):
                try:
                    done = await self._catch_up()
                except (GitFailed, OSError, PortError) as error:
                    self._kept = None
                    self.note = f"The git mirror of the checkpoints is behind: {error}"
                    if not isinstance(error, Damaged) or not may_begin_anew:
                        return 0
                    await asyncio.to_thread(self._begin_anew, "damaged")
                else:
                    self.note = ""
                    return done
        return 0

    async def forget(self, sessions: Sequence[str]) -> None:
        """Drop the commits of sessions that the journal has dropped. Raises nothing."""
        async with self._turnstile:
            try:
                lock = await asyncio.to_thread(self._lock)
                try:
                    await asyncio.to_thread(self._forget, sessions)
                finally:
                    os.close(lock)
            except (GitFailed, OSError) as error:
                self.note = f"The git mirror of the checkpoints keeps old sessions: {error}"
            self._kept = None

    async def _follow(self) -> None:
        self._news.set()
        while True:
            await self._news.wait()
            self._news.clear()
            await self.catch_up()
            if self._is_closing:
                return

    async def _catch_up(self) -> int:
        if not await self._checkpoints.history(1):
            return 0
        lock = await asyncio.to_thread(self._lock)
        try:
            return await self._write_missing()
        finally:
            os.close(lock)

    async def _write_missing(self) -> int:
        done = 0
        if self._kept is None:
            self._kept = await self._look()
        while points := await self._checkpoints.after(self._kept.last, BATCH):
            pairs = [(point, await self._checkpoints.recall(point.id)) for point in points]
            await asyncio.to_thread(self._import, self._kept, pairs)
            done += len(points)
        await asyncio.to_thread(self._compact)
        return done

    async def _look(self) -> _Kept:
        """Make the repository if it is missing and find out what it holds."""
        kept = await asyncio.to_thread(self._open)
        if kept.last:
            try:
                known = await self._checkpoints.recall(kept.last)
            except PortError:
                known = None
            if known is None or known.token != kept.token:
                await asyncio.to_thread(self._begin_anew, "older")
                return await asyncio.to_thread(self._open)
        return kept

    # -- in a thread

    def _lock(self) -> int:
        """Become the only one that writes the mirror. Raises GitFailed if another process is."""
        make_private(self.folder.parent)
        fd = os.open(self.folder.with_suffix(".lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            os.close(fd)
            raise GitFailed("another spark-tui is writing it") from error
        return fd

    def _open(self) -> _Kept:
        if not (self.folder / "HEAD").exists():
            self._make()
        self._sweep()
        kept = _Kept()
        try:
            listed = self._git.check(
                str(self.folder),
                ["for-each-ref", "--format=%(refname) %(contents)%00", "refs/spark/"],
                timeout=_SECONDS,
            )
        except GitFailed as error:
            raise Damaged(str(error)) from error
        for record in listed.split(b"\0"):
            ref, _, message = record.strip().partition(b" ")
            if not ref:
                continue
            last, token = _facts(message)
            if last > kept.last:
                kept.last, kept.token, kept.newest = last, token, os.fsdecode(ref)
        if kept.newest:
            # A crash may have come between a session's commits and this.
            self._git.check(str(self.folder), ["update-ref", _BRANCH, kept.newest])
        return kept

    def _make(self) -> None:
        make_private(self.folder)
        self._git.check(
            str(self.folder),
            [
                "init",
                "--quiet",
                "--bare",
                "--template=",
                "--object-format=sha1",
                f"--initial-branch={_BRANCH.removeprefix('refs/heads/')}",
            ],
        )
        make_private(self.folder / "info")
        replace_small(self.folder / "config", _CONFIG.encode("ascii"))
        replace_small(self.folder / "info" / "attributes", _ATTRIBUTES.encode("ascii"))

    def _sweep(self) -> None:
        """Remove what a git that was killed left: its locks, which nobody holds, and its half files."""
        for pattern in ("*.lock", "refs/**/*.lock", "objects/**/tmp_*", "objects/pack/*.lock"):
            for path in list(self.folder.glob(pattern)):
                path.unlink(missing_ok=True)

    def _begin_anew(self, why: str) -> None:
        """Set the repository aside; a damaged one is then removed, since the journal has all of it."""
        if not self.folder.exists():
            return
        aside = self.folder.with_name(f"{self.folder.name}.{why}-{time.time_ns()}")
        os.rename(self.folder, aside)
        if why == "damaged":
            shutil.rmtree(aside, ignore_errors=True)

    def _branch(self, kept: _Kept, session: str) -> Branch:
        ref = ref_of(session)
        if ref not in kept.branches:
            branch = Branch(ref)
            listed = self._git.run(
                str(self.folder), ["ls-tree", "-r", "-z", "--full-tree", ref], timeout=_SECONDS
            )
            branch.exists = listed.status == 0
            if branch.exists:
                branch.tree = _tree(listed.stdout)
                newest = ["log", "-1", "--format=%B", ref]
                branch.last, _ = _facts(self._git.check(str(self.folder), newest, timeout=_SECONDS))
            kept.branches[ref] = branch
        return kept.branches[ref]

    def _import(self, kept: _Kept, pairs: list[tuple[Checkpoint, Intent]]) -> None:
        """Write checkpoints in one process and verify what it made. Raises GitFailed."""
        parts: list[bytes] = [b"feature done\n"]
        blobs: dict[str, int] = {}
        begun: set[str] = set()
        for point, intent in pairs:
            branch = self._branch(kept, point.session)
            if intent.id <= branch.last:
                # Where git can't open a folder of references, it lists none and says nothing.
                raise GitFailed("the list of its branches was not complete")
            branch.last = intent.id
            words, made = commits(branch, point, intent, branch.ref not in begun)
            begun.add(branch.ref)
            parts.append(words)
            blobs.update(made)
        parts.append(b"done\n")
        answer = self._git.run(
            str(self.folder), _IMPORT, options=_DURABLE, stdin=b"".join(parts), timeout=_SECONDS
        )
        if answer.status:
            kind = GitFailed if _NO_ROOM in answer.stderr else Damaged
            raise kind(f"fast-import: {answer.stderr.decode('utf-8', 'replace').strip()[:300]}")
        self._verify(blobs, [kept.branches[ref] for ref in begun])
        self._git.check(str(self.folder), ["update-ref", _BRANCH, ref_of(pairs[-1][0].session)])
        kept.last, kept.token = pairs[-1][1].id, pairs[-1][1].token

    def _verify(self, blobs: dict[str, int], branches: list[Branch]) -> None:
        wanted = "".join(f"{oid}\n" for oid in blobs).encode()
        answer = self._git.check(
            str(self.folder), ["cat-file", "--batch-check"], stdin=wanted, timeout=_SECONDS
        )
        expected = "".join(f"{oid} blob {size}\n" for oid, size in blobs.items()).encode()
        if answer != expected:
            raise Damaged("bytes in the mirror are not those of the journal")
        for branch in branches:
            listed = self._git.check(
                str(self.folder), ["ls-tree", "-r", "-z", "--full-tree", branch.ref], timeout=_SECONDS
            )
            if _tree(listed) != branch.tree:
                raise Damaged("a tree in the mirror is not as the journal says")

    def _forget(self, sessions: Sequence[str]) -> None:
        if not (self.folder / "HEAD").exists():
            return
        head = self._git.run(str(self.folder), ["rev-parse", "-q", "--verify", _BRANCH]).stdout.strip()
        for ref in map(ref_of, sessions):
            old = self._git.run(str(self.folder), ["rev-parse", "-q", "--verify", ref]).stdout.strip()
            if old and old != head:
                self._git.check(str(self.folder), ["update-ref", "-d", ref, os.fsdecode(old)])
        self._git.check(str(self.folder), ["gc", "--quiet", "--prune=now"], timeout=10 * _SECONDS)

    def _compact(self) -> None:
        """Pack many small packs into one, where the disk has room for it."""
        packs = self.folder / "objects" / "pack"
        sizes = [entry.stat().st_size for entry in os.scandir(packs) if entry.name.endswith(".pack")]
        if len(sizes) <= PACK_LIMIT or shutil.disk_usage(packs).free < 4 * sum(sizes):
            return
        self._git.check(str(self.folder), ["gc", "--quiet", "--prune=now"], timeout=10 * _SECONDS)


def _facts(message: bytes) -> tuple[int, str]:
    """Which landing a commit shows, and its token. Raises Damaged."""
    try:
        facts = json.loads(message.strip().rpartition(b"\n")[2])
        return int(facts["op"]), str(facts["token"])
    except (ValueError, KeyError, TypeError):
        raise Damaged("a commit of the mirror is not one of ours") from None


def _tree(listed: bytes) -> dict[str, tuple[int, str]]:
    """Read `ls-tree -r -z`."""
    tree: dict[str, tuple[int, str]] = {}
    for record in listed.split(b"\0"):
        head, _, path = record.partition(b"\t")
        if path:
            mode, _, oid = head.split(b" ")
            tree[os.fsdecode(path)] = (int(mode, 8), oid.decode())
    return tree
