"""Where capitals do not count, no name leads around a rule, and no landing replaces a file of another spelling."""

import os
from pathlib import Path

import pytest

from spark_tui.adapters.disk_files import DiskFiles
from spark_tui.core.checkpoint import FileWrite, LandingKind
from spark_tui.engine.landing import Landing
from spark_tui.ports import FileChangedOnDisk, PathRefused, PortError
from tests.fakes.caseless_posix import CaselessPosix
from tests.fakes.clock import FakeClock
from tests.fakes.journal import MemoryCheckpoints


class Box:
    def __init__(self, root: Path) -> None:
        self.root = root
        self.files = DiskFiles(str(root), ("meta",), CaselessPosix())
        self.landing = Landing(self.files, MemoryCheckpoints(), FakeClock())

    async def land(self, *writes: FileWrite) -> None:
        await self.landing.land(writes, LandingKind.ACCEPT, "t", "")

    def tree(self) -> dict[str, bytes]:
        return {
            path.relative_to(self.root).as_posix(): path.read_bytes()
            for path in self.root.rglob("*")
            if path.is_file()
        }


@pytest.fixture
def box(tmp_path: Path) -> Box:
    (tmp_path / "Sub").mkdir()
    (tmp_path / "a.py").write_bytes(b"1")
    (tmp_path / "Sub" / "b").write_bytes(b"2")
    return Box(tmp_path)


async def test_a_new_file_does_not_replace_one_of_another_spelling(box: Box) -> None:
    before = box.tree()
    for path in ("A.py", "a.PY", "sub/B"):
        with pytest.raises(FileChangedOnDisk, match="exists already"):
            await box.land(FileWrite(path, None, b"new"))
    assert box.tree() == before


async def test_two_new_files_that_are_one_are_neither(box: Box) -> None:
    before = box.tree()
    with pytest.raises(PortError):
        await box.land(FileWrite("new", None, b"1"), FileWrite("NEW", None, b"2"))
    assert box.tree() == before and sorted(os.listdir(box.root)) == ["Sub", "a.py"]


async def test_a_folder_is_found_under_any_spelling(box: Box) -> None:
    await box.land(FileWrite("SUB/c", None, b"3"), FileWrite("A.PY", b"1", b"one"))
    assert box.tree() == {"a.py": b"one", "Sub/b": b"2", "Sub/c": b"3"}


@pytest.mark.parametrize("path", ["META/config", "Meta/hooks/x", ".GIT/config", ".Git/x"])
async def test_what_is_gits_is_gits_in_any_spelling(box: Box, path: str) -> None:
    with pytest.raises(PathRefused, match="git's own"):
        await box.files.check_target(path)
