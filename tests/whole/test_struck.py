"""I5, I6: landing, journal, log and git mirror, struck by the real kernel at every system call, lose nothing.

SQLite and git are struck like our own code. The counts stand at the end of a run of the tests.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.whole.syscalls import ERRORS

ROOT = Path(__file__).parents[2]


@pytest.fixture
def base(tmp_path: Path) -> Iterator[Path]:
    """A folder in memory, where there is one."""
    try:
        place = Path(tempfile.mkdtemp(dir="/dev/shm"))
    except OSError:
        yield tmp_path
        return
    yield place
    shutil.rmtree(place)


def strike(work: str, base: Path, step: int) -> dict[str, Any]:
    """Strike one kind of work in a process of its own, which has only one thread."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.whole.struck", work, str(base), str(step), *ERRORS],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), *sys.path])},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    found: dict[str, Any] = json.loads(done.stdout)
    if "skip" in found:
        pytest.skip(found["skip"])
    return found


def told(work: str, found: dict[str, Any]) -> str:
    kinds = ", ".join(f"{name} {count}" for name, count in sorted(found["struck"].items()))
    return f"{work}: {found['runs']:,} faults at {found['calls']:,} system calls ({kinds}), nothing lost"


@pytest.mark.timeout(900)
def test_a_landing_struck_at_every_call_is_there_wholly_or_not_at_all(
    base: Path, counted: Callable[[str], None]
) -> None:
    found = strike("landing", base, 1)
    assert found["runs"] == found["calls"] > 200
    ends = {outcome.split(": ")[1] for outcome in found["outcomes"]}
    assert ends == {"landed", "not landed"}
    assert {"fsync", "fdatasync", "pwrite64", "renameat2", "openat"} <= set(found["struck"])
    counted(told("landing and journal", found))


@pytest.mark.timeout(300)
def test_a_log_struck_at_every_call_keeps_what_was_told(base: Path, counted: Callable[[str], None]) -> None:
    found = strike("log", base, 0)
    assert found["runs"] == found["calls"] * len(ERRORS)
    counted(told("session log", found))


@pytest.mark.timeout(900)
@pytest.mark.skipif(not shutil.which("git"), reason="git is not installed")
def test_a_mirror_struck_anywhere_can_follow_again(base: Path, counted: Callable[[str], None]) -> None:
    """I23: a mirror that was struck is made again from the journal, and nothing waits for it."""
    found = strike("mirror", base, 19)
    counted(told("git mirror", found))


@pytest.mark.nightly
@pytest.mark.timeout(7200)
@pytest.mark.parametrize("work", ["landing", "mirror"])
def test_every_fault_at_every_call(base: Path, work: str, counted: Callable[[str], None]) -> None:
    found = strike(work, base, 0)
    assert found["runs"] == found["calls"] * len(ERRORS)
    counted(told(work, found))
