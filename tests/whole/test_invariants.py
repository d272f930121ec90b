"""The promises about checkpoints: each has a test that names it, and those that need a sitting are tested here."""

import ast
import os
import re
import threading
import time
from pathlib import Path

from spark_tui.adapters.disk_files import DiskFiles
from spark_tui.adapters.journal import Journal
from spark_tui.core.checkpoint import FileWrite, LandingKind
from spark_tui.engine.landing import Landing
from tests.fakes.clock import FakeClock

TESTS = Path(__file__).parent.parent
ALL = set(range(1, 27))


def named() -> dict[int, list[str]]:
    """Tests by the promises that their docstrings name."""
    found: dict[int, list[str]] = {}
    for path in TESTS.rglob("test_*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                for number in re.findall(r"\bI(\d+)\b", ast.get_docstring(node) or ""):
                    found.setdefault(int(number), []).append(node.name)
    return found


def test_every_promise_has_a_test_that_names_it() -> None:
    assert set(named()) == ALL


async def test_nobody_ever_sees_half_a_file(tmp_path: Path) -> None:
    """I7: a reader sees the old bytes or the new ones under a name, never a part, never nothing."""
    (tmp_path / "w").mkdir()
    images = [bytes([letter]) * 300_000 for letter in b"abcdef"]
    target = tmp_path / "w" / "f"
    target.write_bytes(images[0])
    seen: list[bytes] = []
    stop = threading.Event()

    def read_for_ever() -> None:
        while not stop.is_set():
            data = target.read_bytes()
            if data not in images:
                seen.append(data[:20])

    readers = [threading.Thread(target=read_for_ever) for _ in range(2)]
    for reader in readers:
        reader.start()
    files, journal = DiskFiles(str(tmp_path / "w")), await Journal.open(tmp_path, "s")
    landing = Landing(files, journal, FakeClock())
    try:
        for number in range(60):
            now, then = images[number % 6], images[(number + 1) % 6]
            await landing.land([FileWrite("f", now, then)], LandingKind.ACCEPT, "t", "")
    finally:
        stop.set()
        for reader in readers:
            reader.join()
    await journal.close()
    files.close()
    assert seen == []


def open_descriptors() -> int:
    """How many there are; 0 where the system does not tell."""
    return len(os.listdir("/proc/self/fd")) if os.path.isdir("/proc/self/fd") else 0


async def test_a_checkpoint_costs_the_same_in_a_large_folder_and_leaks_nothing(tmp_path: Path) -> None:
    """I22: what a landing costs has nothing to do with how many files there are; nothing of git runs in it."""
    times: dict[str, float] = {}
    for name, count in (("small", 10), ("large", 5_000)):
        root = tmp_path / name
        root.mkdir()
        for number in range(count):
            if number % 500 == 0:
                (root / f"d{number // 500}").mkdir()
            (root / f"d{number // 500}" / f"f{number}").touch()
        (root / "f").write_bytes(b"0")
        state = tmp_path / f"state-{name}"
        state.mkdir()
        files, journal = DiskFiles(str(root)), await Journal.open(state, "s")
        landing = Landing(files, journal, FakeClock())
        taken: list[float] = []
        fds = open_descriptors()
        for number in range(60):
            begun = time.process_time()
            write = FileWrite("f", b"%d" % number, b"%d" % (number + 1))
            await landing.land([write], LandingKind.ACCEPT, "t", "")
            taken.append(time.process_time() - begun)
        assert open_descriptors() <= fds + 2
        times[name] = sorted(taken)[len(taken) // 2]
        await journal.close()
        files.close()
    assert times["large"] < 4 * times["small"]
