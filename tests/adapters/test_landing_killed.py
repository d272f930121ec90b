"""Real journal, real disk, real SIGKILL: after a new start the change set is wholly old or wholly new."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from spark_tui.adapters.disk_files import DiskFiles
from spark_tui.adapters.journal import Journal
from spark_tui.engine.landing import Landing
from tests.fakes.clock import FakeClock

_CHILD = """
import asyncio, os, sys
from pathlib import Path
from spark_tui.adapters.disk_files import DiskFiles
from spark_tui.adapters.journal import Journal
from spark_tui.core.checkpoint import FileWrite, LandingKind
from spark_tui.engine.landing import Landing
from tests.fakes.clock import FakeClock
from tests.fakes.faulty_posix import FaultyPosix
root, state, moment = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])
calls = FaultyPosix()
def die(name):
    if calls.count + 1 == moment:
        os.kill(os.getpid(), 9)
calls.before_call = die
async def main():
    journal = await Journal.open(state, "s")
    landing = Landing(DiskFiles(root, calls=calls), journal, FakeClock())
    await landing.land(
        [
            FileWrite("a", b"old a", b"new a"),
            FileWrite("deep/b", None, b"new b"),
            FileWrite("c", b"old c", None),
        ],
        LandingKind.ACCEPT, "t", "n",
    )
    await journal.close()
    print(calls.count)
asyncio.run(main())
"""
OLD = {"a": b"old a", "c": b"old c"}
NEW = {"a": b"new a", "deep/b": b"new b"}


def run(place: Path, moment: int) -> tuple[int, str]:
    (place / "w").mkdir(parents=True)
    (place / "state").mkdir()
    for path, data in OLD.items():
        (place / "w" / path).write_bytes(data)
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([os.getcwd(), *sys.path])}
    done = subprocess.run(
        [sys.executable, "-c", _CHILD, str(place / "w"), str(place / "state"), str(moment)],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout or done.stderr


def found(root: Path) -> dict[str, bytes]:
    return {
        path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*") if path.is_file()
    }


async def check(place: Path) -> bool:
    """Start again and say whether the landing is there."""
    journal = await Journal.open(place / "state", "s")
    files = DiskFiles(str(place / "w"))
    await Landing(files, journal, FakeClock()).recover()
    landed = bool(await journal.history())
    assert found(place / "w") == (NEW if landed else OLD)
    assert not await journal.unfinished()
    files.close()
    await journal.close()
    return landed


async def at_moments(base: Path, step: int) -> set[bool]:
    status, count = run(base / "whole", 0)
    assert status == 0, count
    outcomes = {await check(base / "whole")}
    for moment in range(step, int(count) + 1, step):
        status, output = run(base / str(moment), moment)
        assert status == -signal.SIGKILL, output
        outcomes.add(await check(base / str(moment)))
    return outcomes


async def test_a_kill_in_the_middle_leaves_all_or_nothing(tmp_path: Path) -> None:
    assert await at_moments(tmp_path, 29) == {True, False}


@pytest.mark.nightly
@pytest.mark.timeout(600)
async def test_a_kill_at_every_call_leaves_all_or_nothing(tmp_path: Path) -> None:
    assert await at_moments(tmp_path, 1) == {True, False}
