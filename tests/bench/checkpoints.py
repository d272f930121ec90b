"""Measures checkpoints against git's own way, recovery, the list of checkpoints, memory and what is left open.

Run `python -m tests.bench.checkpoints [files]`; the default of 100,000 files takes some minutes. Every line ends with
the limit that it is held to; a figure beyond its limit ends the run with an error.
"""

import asyncio
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from spark_tui.adapters.disk_files import DiskFiles
from spark_tui.adapters.git import Git, Mirror, find_git
from spark_tui.adapters.journal import Journal
from spark_tui.core.checkpoint import FileWrite, LandingKind
from spark_tui.core.session import replay
from spark_tui.core.text import Position, Span, Text
from spark_tui.engine.history import History
from spark_tui.engine.landing import Landing
from spark_tui.engine.recording import RecordedReview
from spark_tui.ui.screens.timeline import FIRST
from spark_tui.ui.widgets.lines import LineView
from tests.fakes.clock import FakeClock
from tests.fakes.engine import FakeEngine
from tests.fakes.session_log import MemoryLog
from tests.ui.stage import Stage, stage
from tests.whole.sitting import Sitting

too_slow: list[str] = []
LINES = b"".join(b"    value_%d = compute(%d)\n" % (number, number) for number in range(1000))


def git(root: Path, *arguments: str) -> None:
    """Run git in a repository of our own."""
    subprocess.run(["git", *arguments], cwd=root, check=True, capture_output=True)


def repository(base: Path, count: int) -> Path:
    """Make a repository of so many files."""
    root = base / "w"
    root.mkdir()
    git(root, "init", "-q", "-b", "main")
    git(root, "config", "user.name", "b")
    git(root, "config", "user.email", "b@localhost")
    for number in range(count):
        folder = root / f"d{number // 1000}" / f"e{number // 100 % 10}"
        if number % 100 == 0:
            folder.mkdir(parents=True, exist_ok=True)
        (folder / f"f{number}.py").write_bytes(b"x = %d\n" % number)
    for number in range(10):
        (root / f"edited{number}.py").write_bytes(LINES)
    git(root, "add", "-A")
    git(root, "-c", "gc.auto=0", "commit", "-qm", "all")
    return root


def tell(what: str, value: float, unit: str, limit: float, *, at_least: bool = False) -> None:
    """Print a figure with its limit."""
    kept = value >= limit if at_least else value <= limit
    sign = ">=" if at_least else "<="
    print(f"  {what}: {value:.2f} {unit} ({sign} {limit:g}){'' if kept else '  BEYOND'}")
    if not kept:
        too_slow.append(what)


def p95(seconds: list[float]) -> float:
    """The 95th percentile in milliseconds."""
    return sorted(seconds)[int(len(seconds) * 0.95)] * 1000


def left_open() -> tuple[int, int]:
    """Open descriptors and children of this process."""
    with open(f"/proc/self/task/{os.getpid()}/children", encoding="ascii") as file:
        return len(os.listdir("/proc/self/fd")), len(file.read().split())


def memory() -> float:
    """Resident memory in MiB."""
    with open("/proc/self/statm", encoding="ascii") as file:
        return int(file.read().split()[1]) * resource.getpagesize() / (1 << 20)


async def landings(root: Path, state: Path) -> float:
    """Durable checkpoints of 1 to 10 files; returns the slowest median."""
    files, journal = DiskFiles(str(root)), await Journal.open(state, "s")
    landing = Landing(files, journal, FakeClock())
    slowest = 0.0
    images = {number: LINES for number in range(10)}
    for count in (1, 3, 10):
        taken = []
        for round in range(60):
            writes = []
            for number in range(count):
                after = LINES + b"# %d %d\n" % (count, round)
                writes.append(FileWrite(f"edited{number}.py", images[number], after))
                images[number] = after
            begun = time.perf_counter()
            await landing.land(writes, LandingKind.ACCEPT, "t", "")
            taken.append(time.perf_counter() - begun)
        slowest = max(slowest, statistics.median(taken))
        print(
            f"  checkpoint of {count} files of 1,000 lines: median {statistics.median(taken) * 1000:.2f} ms"
        )
        tell(f"checkpoint of {count} files of 1,000 lines, p95", p95(taken), "ms", 20)
    await journal.close()
    files.close()
    return slowest


def stashes(root: Path) -> float:
    """What git takes for a snapshot of the same change."""
    taken = []
    for round in range(5):
        (root / "edited0.py").write_bytes(LINES + b"# stash %d\n" % round)
        begun = time.perf_counter()
        git(root, "stash", "create")
        taken.append(time.perf_counter() - begun)
    print(f"  git stash create: median {statistics.median(taken) * 1000:.0f} ms")
    return statistics.median(taken)


async def many(base: Path, count: int) -> None:
    """Ten thousand checkpoints: memory, list, tree, start-up, mirror."""
    root, state = base / "many", base / "many-state"
    root.mkdir()
    state.mkdir()
    (root / "f").write_bytes(b"0")
    files, journal = DiskFiles(str(root)), await Journal.open(state, "s")
    landing = Landing(files, journal, FakeClock())
    for number in range(200):
        await landing.land(
            [FileWrite("f", b"%d" % number, b"%d" % (number + 1))], LandingKind.ACCEPT, "t", "note"
        )
    before, begun, opened = memory(), time.perf_counter(), left_open()
    for number in range(200, count):
        await landing.land(
            [FileWrite("f", b"%d" % number, b"%d" % (number + 1))], LandingKind.ACCEPT, "t", "note"
        )
    seconds = time.perf_counter() - begun
    grown = (memory() - before) * 1000 / (count - 200)
    print(f"  {count:,} checkpoints: {count / seconds:.0f} a second")
    tell("memory per 1,000 checkpoints", grown, "MiB", 1)
    tell("descriptors left open", left_open()[0] - opened[0], "", 0)
    tell("children left", left_open()[1] - opened[1], "", 0)
    await journal.close()
    begun = time.perf_counter()
    journal = await Journal.open(state, "s")
    landing = Landing(files, journal, FakeClock())
    await landing.recover()
    tell(f"start-up recovery with {count:,} operations", (time.perf_counter() - begun) * 1000, "ms", 200)
    history = History(files, journal, landing)
    begun = time.perf_counter()
    points = await history.points(count)
    place = await history.place()
    print(
        f"  list of {len(points):,} checkpoints (at {place}): {(time.perf_counter() - begun) * 1000:.1f} ms"
    )
    await timeline(history, count)
    begun = time.perf_counter()
    proposal = await history.plan_undo()
    assert proposal is not None
    print(f"  plan of an undo among {count:,}: {(time.perf_counter() - begun) * 1000:.1f} ms")
    program = find_git(os.environ["PATH"], str(root))
    if program:
        mirror = Mirror(state / "mirror.git", Git(program), journal)
        begun = time.perf_counter()
        await mirror.catch_up()
        print(f"  mirror of {count:,} from nothing: {time.perf_counter() - begun:.1f} s")
        tell("children left", left_open()[1], "", 0)
    await journal.close()
    files.close()


async def timeline(history: History, count: int) -> None:
    """From the key to the painted list, on the real screen without a terminal, in processor time."""
    engine = FakeEngine()
    async with stage(engine=engine) as it:
        engine.history = history  # type: ignore[assignment]
        begun = time.process_time()
        it.workspace.action_history("timeline")
        for wanted in (FIRST, count):
            await until(lambda wanted=wanted: _rows(it) > wanted)  # type: ignore[misc]
            if wanted == FIRST:
                tell(
                    f"timeline of {count:,} checkpoints open", (time.process_time() - begun) * 1000, "ms", 200
                )
        print(f"  all its rows: {(time.process_time() - begun) * 1000:.0f} ms")


def _rows(it: Stage) -> int:
    """Rows of the list that is on the screen, painted."""
    views = it.app.screen.query("#timeline-list")
    rows = len(views.first(LineView).lines) if views else 0
    return 0 if it.app.screen._dirty_widgets else rows


async def until(is_so: Callable[[], bool]) -> None:
    """Let everything run until something is so."""
    while not is_so():  # noqa: ASYNC110
        await asyncio.sleep(0)


def accepting(base: Path) -> None:
    """From the key to the bytes on disk, for a hunk in a file of 1,000 lines."""
    it = Sitting(base / "accepting")
    it.write("f.py", LINES)
    taken = []
    for number in range(40):
        it.propose(
            f"*** Begin Patch\n*** Update File: f.py\n@@\n-    value_{number} = compute({number})\n"
            f"+    value_{number} = compute({number}, again=True)\n*** End Patch\n"
        )
        begun = time.perf_counter()
        it.run(it.engine.decisions.accept([it.hunks[-1].id]))
        taken.append(time.perf_counter() - begun)
    assert (it.root / "f.py").read_bytes().count(b"again") == 40
    it.end()
    tell("accept of a hunk in 1,000 lines, p95", p95(taken), "ms", 50)


def sitting() -> None:
    """A long afternoon of typing, read again."""
    log = MemoryLog()
    review = RecordedReview(log)
    text = Text.decode(LINES)
    begun = time.perf_counter()
    for number in range(10_000):
        at = Position(number % 1000, 0)
        changes = text.replace(Span(at, at), "x")
        text = text.apply(changes)
        review.buffer_changed("f", text, changes)
    typed = time.perf_counter() - begun
    begun = time.perf_counter()
    state = replay(log.records)
    assert state.texts["f"].same_content(text)
    print(
        f"  10,000 keys: {typed / 10:.3f} ms each to record, {time.perf_counter() - begun:.2f} s to read again"
    )


def main() -> None:
    """Print everything."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    with tempfile.TemporaryDirectory() as place:
        base = Path(place)
        (base / "state").mkdir()
        root = repository(base, count)
        print(f"repository of {count:,} files")
        ours = asyncio.run(landings(root, base / "state"))
        theirs = stashes(root)
        tell("git takes as long as our slowest, times", theirs / ours, "", 50, at_least=True)
        accepting(base)
        asyncio.run(many(base, 10_000))
        sitting()
    if too_slow:
        sys.exit(f"beyond their limits: {', '.join(too_slow)}")


if __name__ == "__main__":
    main()
