"""What is never written although its name is harmless: bare repositories, read-only files, a closed workspace."""

import errno
from pathlib import Path

import pytest

from spark_tui.adapters.disk_files import DiskFiles
from spark_tui.core.checkpoint import FileWrite, LandingKind
from spark_tui.engine.landing import Landing
from spark_tui.ports import PathRefused, PortError, WriteFailed
from tests.fakes.clock import FakeClock
from tests.fakes.faulty_posix import FaultyPosix
from tests.fakes.journal import MemoryCheckpoints


def put(root: Path, *paths: str) -> None:
    for path in paths:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(b"x\n")


def bare(root: Path, place: str) -> None:
    put(root, f"{place}HEAD", f"{place}objects/info/x", f"{place}refs/heads/main", f"{place}config")


@pytest.mark.parametrize(
    "path", ["deep/bare/config", "deep/bare/hooks/new", "deep/bare/a/b/c", "deep/bare/HEAD"]
)
async def test_nothing_is_written_into_a_bare_repository_in_the_tree(tmp_path: Path, path: str) -> None:
    bare(tmp_path, "deep/bare/")
    with pytest.raises(PathRefused, match='bare git repository \\("deep/bare"\\)'):
        await DiskFiles(str(tmp_path)).check_target(path)
    await DiskFiles(str(tmp_path)).check_target("deep/beside")


async def test_a_workspace_that_is_a_bare_repository_is_not_written(tmp_path: Path) -> None:
    bare(tmp_path, "")
    with pytest.raises(PathRefused, match="the workspace itself"):
        await DiskFiles(str(tmp_path)).check_target("config")


@pytest.mark.parametrize("last", ["HEAD", "Objects/x", "refs/heads/x"])
async def test_no_landing_completes_a_bare_repository(tmp_path: Path, last: str) -> None:
    names = {"HEAD", "objects/x", "refs/heads/x"} - {last.replace("Objects", "objects")}
    put(tmp_path, *(f"d/{name}" for name in names))
    with pytest.raises(PathRefused, match="bare git repository"):
        await DiskFiles(str(tmp_path)).check_target(f"d/{last}")


async def test_no_landing_brings_a_whole_bare_repository(tmp_path: Path) -> None:
    writes = [FileWrite(f"d/{name}", None, b"x") for name in ("HEAD", "config", "objects/x", "refs/heads/x")]
    with pytest.raises(PathRefused, match="would make a bare git repository"):
        await DiskFiles(str(tmp_path)).survey(writes)
    await DiskFiles(str(tmp_path)).survey(writes[:3])


async def test_a_closed_workspace_is_read_and_not_written(tmp_path: Path) -> None:
    put(tmp_path, "a")
    files = DiskFiles(str(tmp_path), closed="Another one works here.")
    assert (await files.read("a")).data == b"x\n"
    for path in ("a", "new"):
        with pytest.raises(PathRefused, match="Another one works here"):
            await files.check_target(path)


async def test_a_file_where_a_folder_is_and_the_other_way_round(tmp_path: Path) -> None:
    put(tmp_path, "sub/x", "plain")
    files = DiskFiles(str(tmp_path))
    with pytest.raises(PathRefused, match='^"sub" is a folder; a file there needs another name.$'):
        await files.check_target("sub")
    with pytest.raises(PathRefused, match='^"plain/x" passes through "plain", which is not a folder.$'):
        await files.check_target("plain/x")


async def test_what_can_be_read_only_is_said_before_anything_is_typed(tmp_path: Path) -> None:
    put(tmp_path, "a")
    (tmp_path / "a").chmod(0o444)
    with pytest.raises(PathRefused, match="read-only; it has to be made writable first"):
        await DiskFiles(str(tmp_path)).check_target("a")


@pytest.mark.parametrize(
    ("number", "advice"),
    [
        (errno.ENOSPC, "Make room"),
        (errno.EACCES, "Look who"),
        (errno.EROFS, "mounted"),
        (errno.EIO, "another disk"),
    ],
)
async def test_a_failed_landing_says_what_where_and_what_to_do(
    tmp_path: Path, number: int, advice: str
) -> None:
    put(tmp_path, "a")
    calls = FaultyPosix()

    def fail(name: str) -> None:
        if name == "write":
            raise OSError(number, "")

    calls.before_call = fail
    landing = Landing(DiskFiles(str(tmp_path), calls=calls), MemoryCheckpoints(), FakeClock())
    with pytest.raises(WriteFailed, match=f'^"a" was not written: .*{advice}') as caught:
        await landing.land([FileWrite("a", b"x\n", b"y\n")], LandingKind.ACCEPT, "t", "")
    assert isinstance(caught.value, PortError) and (tmp_path / "a").read_bytes() == b"x\n"
