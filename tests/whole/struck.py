"""Strikes one kind of work at its system calls and looks afterwards whether all is well; a program of its own.

`python -m tests.whole.struck WORK BASE STEP FAULT...` strikes every STEP-th call with the faults in turn, or every call
with each of them for a STEP of 0, and prints what it did as one JSON object. It ends at the first thing that is wrong.
"""

import asyncio
import json
import os
import shutil
import sys
from collections import Counter
from collections.abc import Callable, Coroutine
from pathlib import Path

from spark_tui.adapters.disk_files import DiskFiles
from spark_tui.adapters.git import Git, Mirror, find_git
from spark_tui.adapters.journal import Journal
from spark_tui.adapters.session_log import FileSessionLog, read_log
from spark_tui.core.checkpoint import FileWrite, LandingKind
from spark_tui.engine.landing import Landing
from spark_tui.ports import PortError
from tests.fakes.clock import FakeClock
from tests.whole.syscalls import trace, why_not

REFUSED = 3
"""Exit code of work that said no."""
FIRST = [FileWrite("a", b"0", b"1"), FileWrite("gone", None, b"g")]
SECOND = [
    FileWrite("a", b"1", b"2" * 3000),
    FileWrite("new/deep/n", None, b"n"),
    FileWrite("gone", b"g", None),
    FileWrite("large", None, os.urandom(1_100_000)),
]
OLD = {"a": b"1", "gone": b"g", "other": b"o"}
NEW = {"a": b"2" * 3000, "new/deep/n": b"n", "large": SECOND[3].after, "other": b"o"}
PROGRAM = find_git(os.environ["PATH"], "/nowhere") or ""


def tree(root: Path) -> dict[str, bytes]:
    """Every file below a folder."""
    return {
        path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*") if path.is_file()
    }


class Bench:
    """One workspace with its state, as it is before the work."""

    def __init__(self, base: Path) -> None:
        self.base = base
        self.root, self.state = base / "w", base / "state"

    async def prepare(self, *, second: bool) -> None:
        """Make it, with a landing, a mirror, and perhaps a second landing that the mirror lacks."""
        self.root.mkdir(parents=True)
        self.state.mkdir()
        (self.root / "a").write_bytes(b"0")
        (self.root / "other").write_bytes(b"o")
        async with _Open(self) as it:
            await it.landing.land(FIRST, LandingKind.ACCEPT, "t", "first")
            if PROGRAM:
                await it.mirror.catch_up()
            if second:
                await it.landing.land(SECOND, LandingKind.ACCEPT, "t", "second")

    async def land(self) -> None:
        """The work: start, recover, land, leave."""
        async with _Open(self) as it:
            await it.landing.recover()
            await it.landing.land(SECOND, LandingKind.ACCEPT, "t", "second")

    async def check_landing(self, status: int) -> str:
        """Start again: all or nothing, what was told is so, and the work can be done or is done."""
        async with _Open(self) as it:
            assert it.journal.note == "", it.journal.note
            await it.landing.recover()
            landed = len(await it.journal.history()) == 2
            found = tree(self.root)
            assert found == (NEW if landed else OLD), (landed, sorted(found))
            assert not await it.journal.unfinished()
            assert landed or status != 0, "it was told to have landed"
            assert not landed or status != REFUSED, "it was told not to have landed"
            if not landed:
                await it.landing.land(SECOND, LandingKind.ACCEPT, "t", "second")
            assert tree(self.root) == NEW
        return "landed" if landed else "not landed"

    async def catch_up(self) -> None:
        """The work: the mirror follows."""
        async with _Open(self) as it:
            await it.mirror.catch_up()

    async def check_mirror(self, status: int) -> str:
        """Start again: the mirror can follow or be made anew, and holds what the journal says."""
        async with _Open(self) as it:
            assert tree(self.root) == NEW and len(await it.journal.history()) == 2
            await it.mirror.catch_up()
            assert it.mirror.note == "", it.mirror.note
            git, folder = Git(PROGRAM), str(it.mirror.folder)
            count = git.check(folder, ["rev-list", "--count", "checkpoints"]).strip()
            assert count == b"3", count
            listed = git.check(folder, ["ls-tree", "-r", "--name-only", "checkpoints"])
            assert listed.split() == [b"a", b"large", b"new/deep/n"], listed
            assert git.run(folder, ["fsck", "--full", "--strict"], timeout=60).status == 0
        return "caught up"

    async def record(self) -> None:
        """The work: records of a sitting, each one told to be durable once it is."""
        log = FileSessionLog(self.state / "sessions" / "s.jsonl")
        told = os.open(self.base.with_suffix(".told"), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        for number in range(6):
            log.write("step", number=number)
            await log.flush()
            if not log.trouble:
                os.write(told, b"%d\n" % number)
        log.close()

    async def check_records(self, status: int) -> str:
        """What was told to be durable is there, whole; one record that was struck may be half."""
        told_file = self.base.with_suffix(".told")
        told = [int(number) for number in told_file.read_bytes().split()] if told_file.exists() else []
        told_file.unlink(missing_ok=True)
        log = self.state / "sessions" / "s.jsonl"
        found = [record["number"] for record in read_log(log)] if log.exists() else []
        assert set(told) <= set(found), (told, found)
        again = FileSessionLog(log)
        again.write("step", number=99)
        await again.flush()
        again.close()
        assert [record["number"] for record in read_log(log)][-1] == 99
        return f"{len(told)} told"


class _Open:
    """The adapters on a bench, opened and closed."""

    def __init__(self, bench: Bench) -> None:
        self._bench = bench

    async def __aenter__(self) -> "_Open":
        self.files = DiskFiles(str(self._bench.root))
        self.journal = await Journal.open(self._bench.state, "s")
        self.landing = Landing(self.files, self.journal, FakeClock())
        self.mirror = Mirror(self._bench.state / "mirror.git", Git(PROGRAM), self.journal)
        return self

    async def __aexit__(self, *error: object) -> None:
        await self.journal.close()
        self.files.close()


Check = Callable[[Bench, int], Coroutine[object, object, str]]
WORKS: dict[str, tuple[bool, Callable[[Bench], Coroutine[object, object, None]], Check]] = {
    "landing": (False, Bench.land, Bench.check_landing),
    "mirror": (True, Bench.catch_up, Bench.check_mirror),
    "log": (False, Bench.record, Bench.check_records),
}


def strike(name: str, base: Path, step: int, faults: list[str]) -> dict[str, object]:
    """Do it; return what was done."""
    second, work, check = WORKS[name]
    template, place = base / "template", base / "bench"
    asyncio.run(Bench(template).prepare(second=second))

    def child() -> None:
        try:
            asyncio.run(work(Bench(place)))
        except PortError:
            os._exit(REFUSED)

    def once(at: int, fault: str) -> tuple[list[str], str, str]:
        shutil.rmtree(place, ignore_errors=True)
        shutil.copytree(template, place)
        seen = trace(child, str(place), at, fault)
        assert seen.status in ((0, REFUSED) if fault != "SIGKILL" else (0, REFUSED, -9)), (at, fault, seen)
        try:
            outcome = asyncio.run(check(Bench(place), seen.status))
        except BaseException:
            print(at, fault, seen.struck, seen.status, file=sys.stderr)
            raise
        return seen.calls, seen.struck, outcome

    calls, _, _ = once(0, "")
    outcomes: Counter[str] = Counter()
    struck: Counter[str] = Counter()
    for number, at in enumerate(range(1, len(calls) + 1, step or 1)):
        for fault in [faults[number % len(faults)]] if step else faults:
            _, what, outcome = once(at, fault)
            outcomes[f"{fault}: {outcome}"] += 1
            struck[what.split(" ")[0]] += 1
    return {"calls": len(calls), "runs": sum(outcomes.values()), "outcomes": outcomes, "struck": struck}


def main() -> None:
    """Print what was done."""
    reason = why_not()
    if reason:
        print(json.dumps({"skip": reason}))
        return
    name, base, step, *faults = sys.argv[1:]
    print(json.dumps(strike(name, Path(base), int(step), faults)))


if __name__ == "__main__":
    main()
