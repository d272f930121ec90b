"""Records arrive whole and in order, survive a kill once flushed, and trouble never reaches the caller."""

import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from spark_tui.adapters.session_log import VERSION, FileSessionLog, read_log
from spark_tui.ports import SessionLog
from tests.fakes.session_log import MemoryLog


@pytest.fixture(params=["file", "fake"])
def log(request: pytest.FixtureRequest, tmp_path: Path) -> SessionLog:
    return FileSessionLog(tmp_path / "s/log.jsonl") if request.param == "file" else MemoryLog()


async def test_anything_can_be_written(log: SessionLog) -> None:
    circle: list[object] = []
    circle.append(circle)
    log.write("odd", data=b"\xff", thing=object(), circle=circle, text="\ud800 \x1b[31m\n")
    log.write("plain", number=1, none=None, nested={"a": [1, 2]})
    await log.flush()


async def test_records_come_back_in_order(tmp_path: Path) -> None:
    log = FileSessionLog(tmp_path / "s" / "log.jsonl")
    for number in range(500):
        log.write("step", number=number, text="line\nbreak \x1b[0m \u202e")
    await log.flush()
    records = list(read_log(tmp_path / "s/log.jsonl"))
    assert [record["number"] for record in records] == list(range(500))
    assert {record["v"] for record in records} == {VERSION}
    assert records[0]["text"] == "line\nbreak \x1b[0m \u202e"
    assert (tmp_path / "s/log.jsonl").read_bytes().isascii()
    assert stat.S_IMODE((tmp_path / "s/log.jsonl").stat().st_mode) == 0o600
    log.close()


async def test_a_cut_line_spoils_only_itself(tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"
    deep, long, odd = b"[" * 100_000, b'{"v": ' + b"1" * 5000 + b"}", b'\xff\xfe\x00{"v": 1}'
    path.write_bytes(
        b'{"v": 1, "kind": "a"}\n[1]\n{"v": 99, "kind": "newer"}\n%b\n%b\n%b\n{"v": 1, "ki'
        % (deep, long, odd)
    )
    log = FileSessionLog(path)
    log.write("b")
    log.close()
    assert [record["kind"] for record in read_log(path)] == ["a", "b"]


async def test_a_log_that_can_not_be_written_is_no_obstacle(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    log = FileSessionLog(tmp_path / "file" / "log.jsonl")
    log.write("lost")
    await log.flush()
    assert "can't be written" in log.trouble
    log.close()


async def test_a_disk_that_fills_up_is_remembered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    log = FileSessionLog(tmp_path / "log.jsonl")

    def full(fd: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    log.write("a")
    await log.flush()
    assert "No space" in log.trouble
    monkeypatch.undo()
    log.write("b")
    await log.flush()
    assert log.trouble == ""
    log.close()


_KILLED = """
import asyncio, os, sys
from pathlib import Path
from spark_tui.adapters.session_log import FileSessionLog
log = FileSessionLog(Path(sys.argv[1]))
for number in range(50):
    log.write("step", number=number)
asyncio.run(log.flush())
os.kill(os.getpid(), 9)
"""


def test_what_was_flushed_survives_a_kill(tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run([sys.executable, "-c", _KILLED, str(path)], env=environment, check=False)
    assert done.returncode == -9
    assert [json.loads(line)["number"] for line in path.read_bytes().splitlines()] == list(range(50))


async def test_what_a_full_disk_refused_is_written_when_there_is_room(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "log.jsonl"
    log = FileSessionLog(path)
    write = os.write

    def half(fd: int, data: bytes) -> int:
        write(fd, data[: len(data) // 2])
        raise OSError(28, "No space left on device")

    log.write("first")
    await log.flush()
    monkeypatch.setattr(os, "write", half)
    for kind in ("second", "third"):
        log.write(kind)
        await log.flush()
    assert "would not survive" in log.trouble
    monkeypatch.undo()
    await log.flush()
    assert log.trouble == ""
    assert [record["kind"] for record in read_log(path)] == ["first", "second", "third"]
    log.close()


def test_a_log_without_a_path_keeps_nothing_and_has_no_trouble() -> None:
    log = FileSessionLog(None)
    log.write("a")
    log.close()
    assert log.trouble == ""
