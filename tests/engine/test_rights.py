"""What may not be written is marked when it is opened, and rights that change are noticed."""

import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from spark_tui.adapters.disk_files import DiskFiles
from spark_tui.core.text import Position, Span
from spark_tui.engine import ChangedOutside, EngineEvent, TabsMoved
from spark_tui.engine.landing import Landing
from spark_tui.engine.outside import Outside
from spark_tui.engine.workspace import Workspace
from spark_tui.ports import FileChangedOnDisk, PathRefused
from tests.engine.bench import Bench
from tests.fakes.clock import FakeClock
from tests.fakes.journal import MemoryCheckpoints


class Desk:
    def __init__(self, root: Path, closed: str = "") -> None:
        self.root = root
        self.files = DiskFiles(str(root), closed=closed)
        self.events: list[EngineEvent] = []
        landing = Landing(self.files, MemoryCheckpoints(), FakeClock())
        self.work = Workspace(self.files, landing, self.events.append)
        self.outside = Outside(self.files, self.work, FakeClock(), lambda: False, self.events.append)
        self.work.on_conflict = self.outside.look_at

    def type(self, path: str) -> bool:
        buffer = self.work.buffer(path)
        assert buffer is not None
        start = Position(0, 0)
        return self.work.edit(path, buffer.text.replace(Span(start, start), "mine\n"))


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    (tmp_path / "w").mkdir()
    for name, data in {"a": b"1\n", "latin": b"\xe9\n", "binary": b"\0"}.items():
        (tmp_path / "w" / name).write_bytes(data)
    (tmp_path / "w" / "link").symlink_to("a")
    (tmp_path / "outside").write_bytes(b"o")
    (tmp_path / "w" / "out").symlink_to("../outside")
    desk = Desk(tmp_path / "w")
    yield desk
    desk.files.close()


@pytest.mark.parametrize(
    ("path", "note"),
    [("latin", "not UTF-8"), ("binary", "binary file"), ("link", "is a link"), ("a", "read-only")],
)
async def test_the_reason_is_there_at_opening_and_nothing_can_be_typed(
    desk: Desk, path: str, note: str
) -> None:
    (desk.root / "a").chmod(0o444)
    await desk.work.open(path)
    buffer = desk.work.buffer(path)
    assert buffer is not None and buffer.read_only and note in buffer.note
    assert not desk.type(path)


async def test_what_leads_outside_is_not_even_opened(desk: Desk) -> None:
    with pytest.raises(PathRefused, match="out of the workspace"):
        await desk.work.open("out")
    assert desk.work.tabs == ()


async def test_rights_that_change_are_noticed(desk: Desk) -> None:
    await desk.work.open("a")
    await desk.outside.look()
    buffer = desk.work.buffer("a")
    assert buffer is not None and not buffer.read_only
    for mode, is_protected in ((0o444, True), (0o644, False)):
        os.chmod(desk.root / "a", mode)
        desk.events.clear()
        await desk.outside.look()
        assert buffer.read_only is is_protected and bool(buffer.note) is is_protected
        assert TabsMoved() in desk.events
    assert desk.type("a")


async def test_saving_over_other_bytes_is_a_choice_at_once_and_names_the_ways(desk: Desk) -> None:
    await desk.work.open("a")
    desk.type("a")
    (desk.root / "a").write_bytes(b"1\ntheirs\n")
    with pytest.raises(FileChangedOnDisk, match='"a" changed on disk: "Save over" or "Reload" it.'):
        await desk.work.save("a")
    change = desk.outside.change_of("a")
    assert change is not None and change.disk == b"1\ntheirs\n" and ChangedOutside("a") in desk.events
    assert desk.outside.join("a") and desk.outside.change_of("a") is None
    await desk.work.save("a")
    assert (desk.root / "a").read_bytes() == b"mine\n1\ntheirs\n"


async def test_where_another_one_writes_every_file_says_so(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"1")
    desk = Desk(tmp_path, "Another spark-tui works here.")
    await desk.work.open("a")
    buffer = desk.work.buffer("a")
    assert buffer is not None and buffer.read_only and buffer.note == "Another spark-tui works here."
    desk.files.close()


async def test_a_log_that_keeps_nothing_is_told_once_and_again_when_it_changes() -> None:
    async with Bench({"a": b"1"}) as bench:
        bench.log.trouble = "no room."
        await bench.clock.advance(3.0)
        assert bench.troubles == ["no room."]
        bench.log.trouble = ""
        await bench.clock.advance(1.0)
        bench.log.trouble = "no room."
        await bench.clock.advance(1.0)
        assert bench.troubles == ["no room.", "no room."]
