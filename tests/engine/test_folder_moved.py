"""The folder itself is moved or deleted while it is open: that is told once, and nothing is lost."""

import shutil
from pathlib import Path

import pytest

from spark_tui.adapters.disk_files import DiskFiles
from spark_tui.core.checkpoint import FileWrite, LandingKind
from spark_tui.engine.landing import Landing
from spark_tui.ports import PortError
from tests.engine.bench import Bench
from tests.fakes.clock import FakeClock
from tests.fakes.journal import MemoryCheckpoints


async def test_it_is_told_once_for_each_change() -> None:
    async with Bench({"a": b"1"}) as bench:
        outside = bench.engine.outside
        for said in ("", "gone", "gone", "", "gone"):
            bench.files.moved = said
            await outside.look_for_folder()
        assert bench.troubles == ["gone", "gone"]


async def test_what_is_said_of_a_real_folder_and_where_files_go(tmp_path: Path) -> None:
    root = tmp_path / "w"
    root.mkdir()
    (root / "a").write_bytes(b"1")
    files = DiskFiles(str(root))
    landing = Landing(files, MemoryCheckpoints(), FakeClock())
    assert await files.astray() == ""
    root.rename(tmp_path / "moved")
    assert "was moved" in await files.astray()
    await landing.land([FileWrite("a", b"1", b"2")], LandingKind.SAVE, "", "")
    assert (tmp_path / "moved" / "a").read_bytes() == b"2" and not root.exists()
    root.mkdir()
    assert "was moved" in await files.astray(), "another folder of that name is not the one"
    root.rmdir()
    (tmp_path / "moved").rename(root)
    assert await files.astray() == ""
    shutil.rmtree(root)
    assert "was deleted" in await files.astray()
    with pytest.raises(PortError):
        await landing.land([FileWrite("a", None, b"2")], LandingKind.SAVE, "", "")
    files.close()
