"""The `Files` contract, on a real disk and on its fake; then what only a real disk can show."""

import asyncio
import os
import socket
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from spark_tui.adapters.disk_files import DiskFiles, Posix
from spark_tui.adapters.disk_files.tree import READ_LIMIT
from spark_tui.core.checkpoint import FileWrite, Foreign, Ground, Intent, LandingKind
from spark_tui.ports import (
    FileChangedOnDisk,
    FileGone,
    Files,
    FileUnreadable,
    PathRefused,
    PortError,
)
from tests.fakes.disk_files import MemoryFiles

BYTES = [
    b"",
    b"a\r\nb\nc\rd",
    b"\xef\xbb\xbfbom\x0c\xe2\x80\xa8",
    b"\xff\xfe\x00\x80",
    b"no newline",
    b"\0" * 5000,
]


class Box:
    """One workspace with a view from beneath."""

    def __init__(self, files: Files, root: Path | None) -> None:
        self.files = files
        self._root = root

    def put(self, path: str, data: bytes) -> None:
        if self._root is None:
            assert isinstance(self.files, MemoryFiles)
            self.files.data[path] = data
        else:
            (self._root / path).parent.mkdir(parents=True, exist_ok=True)
            (self._root / path).write_bytes(data)

    def all(self) -> dict[str, bytes]:
        if self._root is None:
            assert isinstance(self.files, MemoryFiles)
            return dict(self.files.data)
        return {
            path.relative_to(self._root).as_posix(): path.read_bytes()
            for path in self._root.rglob("*")
            if path.is_file()
        }


@pytest.fixture(params=["disk", "fake"])
def box(request: pytest.FixtureRequest, tmp_path: Path) -> Box:
    if request.param == "disk":
        return Box(DiskFiles(str(tmp_path)), tmp_path)
    return Box(MemoryFiles(), None)


async def intent(files: Files, *writes: FileWrite, landed: bool = False) -> Intent:
    grounds = await files.survey(writes)
    return Intent(7, "cafe", LandingKind.ACCEPT, "t", "", 0.0, writes, grounds, landed)


async def land(files: Files, *writes: FileWrite) -> None:
    plan = await intent(files, *writes, landed=True)
    await files.stage(plan)
    await files.swap(plan)
    await files.clear(plan)


# -- the contract


@pytest.mark.parametrize("data", BYTES)
async def test_bytes_come_back_as_they_were_written(box: Box, data: bytes) -> None:
    """I14: any bytes are captured exactly."""
    await land(box.files, FileWrite("a/b.txt", None, data))
    assert (await box.files.read("a/b.txt")).data == data


async def test_a_landing_changes_its_files_and_no_others(box: Box) -> None:
    box.put("keep", b"k")
    box.put("change", b"old")
    box.put("drop", b"d")
    await land(
        box.files,
        FileWrite("change", b"old", b"new"),
        FileWrite("drop", b"d", None),
        FileWrite("deep/er/made", None, b"m"),
    )
    assert box.all() == {"keep": b"k", "change": b"new", "deep/er/made": b"m"}


async def test_nothing_shows_before_the_swap_and_rolling_back_leaves_no_trace(box: Box) -> None:
    box.put("x", b"1")
    plan = await intent(box.files, FileWrite("x", b"1", b"2"), FileWrite("n/m", None, b"3"))
    await box.files.stage(plan)
    assert (await box.files.read("x")).data == b"1"
    assert [entry.path for entry in (await box.files.walk()).entries] == ["x"]
    await box.files.swap(plan)
    assert (await box.files.read("n/m")).data == b"3"
    assert await box.files.roll_back(plan) == ()
    assert await box.files.roll_back(plan) == ()
    assert await box.files.clear(plan) == ()
    assert box.all() == {"x": b"1"}
    await box.files.check_target("n")


async def test_a_survey_compares_with_what_is_there(box: Box) -> None:
    box.put("x", b"1")
    with pytest.raises(FileChangedOnDisk):
        await box.files.survey([FileWrite("x", b"0", b"2")])
    with pytest.raises(FileChangedOnDisk):
        await box.files.survey([FileWrite("x", None, b"2")])
    with pytest.raises(FileGone):
        await box.files.survey([FileWrite("y", b"1", b"2")])
    with pytest.raises(PathRefused):
        await box.files.survey([FileWrite("../y", None, b"2")])
    grounds = await box.files.survey([FileWrite("p/q/r", None, b"2"), FileWrite("x", b"1", None)])
    assert grounds[0] == Ground(None, ("p", "p/q"))
    assert grounds[1] == Ground(0o644)


async def test_a_change_between_survey_and_swap_is_seen(box: Box) -> None:
    box.put("x", b"1")
    box.put("z", b"9")
    plan = await intent(box.files, FileWrite("z", b"9", b"8"), FileWrite("x", b"1", b"2"))
    await box.files.stage(plan)
    box.put("x", b"theirs")
    with pytest.raises(FileChangedOnDisk) as caught:
        await box.files.swap(plan)
    assert caught.value.path == "x"
    found = await box.files.roll_back(plan)
    assert [(item.path, item.data) for item in found] == [("x", None)]
    await box.files.clear(plan)
    assert box.all() == {"x": b"theirs", "z": b"9"}


async def test_a_file_that_changed_is_not_deleted(box: Box) -> None:
    box.put("x", b"1")
    plan = await intent(box.files, FileWrite("x", b"1", None))
    await box.files.stage(plan)
    box.put("x", b"theirs")
    with pytest.raises(FileChangedOnDisk):
        await box.files.swap(plan)
    await box.files.roll_back(plan)
    assert await box.files.clear(plan) == ()
    assert box.all() == {"x": b"theirs"}


async def test_a_file_that_somebody_else_created_is_left_even_if_it_is_the_same(tmp_path: Path) -> None:
    files = DiskFiles(str(tmp_path))
    plan = await intent(files, FileWrite("x", None, b"same"))
    await files.stage(plan)
    (tmp_path / "x").write_bytes(b"same")
    with pytest.raises(FileChangedOnDisk):
        await files.swap(plan)
    assert [item.path for item in await files.roll_back(plan)] == ["x"]
    await files.clear(plan)
    assert {path.name for path in await asyncio.to_thread(lambda: list(tmp_path.iterdir()))} == {"x"}


async def test_what_an_open_editor_writes_into_the_old_file_is_not_thrown_away(tmp_path: Path) -> None:
    files = DiskFiles(str(tmp_path))
    (tmp_path / "x").write_bytes(b"1")
    editor = os.open(tmp_path / "x", os.O_WRONLY)
    plan = await intent(files, FileWrite("x", b"1", b"2"), landed=True)
    await files.stage(plan)
    await files.swap(plan)
    os.write(editor, b"typed meanwhile")
    os.close(editor)
    assert await files.clear(plan) == (Foreign("x", b"typed meanwhile"),)
    assert len(os.listdir(tmp_path)) == 2
    assert await files.clear(plan, anyway=True) == ()
    assert os.listdir(tmp_path) == ["x"]


async def test_something_displaced_that_is_no_file_gets_a_name_that_people_see(tmp_path: Path) -> None:
    files = DiskFiles(str(tmp_path))
    (tmp_path / "x").write_bytes(b"1")
    plan = await intent(files, FileWrite("x", b"1", b"2"), landed=True)
    (tmp_path / plan.staged_name(0)).symlink_to("nowhere")
    assert await files.clear(plan) == (Foreign("x", None),)
    assert sorted(os.listdir(tmp_path)) == ["x", "x.kept-cafe"]


async def test_a_linked_file_that_changed_is_not_overwritten(tmp_path: Path) -> None:
    files = DiskFiles(str(tmp_path))
    (tmp_path / "x").write_bytes(b"1")
    (tmp_path / "y").hardlink_to(tmp_path / "x")
    plan = await intent(files, FileWrite("x", b"1", b"2"))
    assert plan.grounds[0].in_place and "hard links" in plan.grounds[0].why
    await files.stage(plan)
    (tmp_path / "x").write_bytes(b"theirs")
    with pytest.raises(FileChangedOnDisk):
        await files.swap(plan)
    assert [item.path for item in await files.roll_back(plan)] == ["x"]
    assert (tmp_path / "y").read_bytes() == b"theirs"


@pytest.mark.parametrize(
    "path",
    ["", "/etc/passwd", "../x", "a/../../x", ".git/config", "a/.GIT/hooks/x", "sub/git~1/x", "a\0b", "a//b"],
)
async def test_paths_that_lead_astray_are_refused(box: Box, path: str) -> None:
    box.put("sub/y", b"")
    for attempt in (box.files.read(path), box.files.check_target(path)):
        with pytest.raises(PathRefused) as caught:
            await attempt
        assert str(caught.value).endswith(".")


async def test_a_folder_is_not_a_file(box: Box) -> None:
    box.put("sub/y", b"")
    with pytest.raises(FileUnreadable):
        await box.files.read("sub")
    for path in ("sub", "sub/y/z"):
        with pytest.raises(PathRefused):
            await box.files.check_target(path)
    with pytest.raises(FileGone):
        await box.files.read("nowhere/x")


async def test_names_that_no_new_file_gets_still_work_where_they_exist(box: Box) -> None:
    box.put("a:b", b"1")
    await land(box.files, FileWrite("a:b", b"1", b"2"))
    assert box.all() == {"a:b": b"2"}
    with pytest.raises(PathRefused):
        await box.files.check_target("c:d")


async def test_a_created_file_gets_the_mode_asked_for(box: Box) -> None:
    await land(box.files, FileWrite("run.sh", None, b"#!", 0o755))
    assert (await box.files.read("run.sh")).mode == 0o755
    await land(box.files, FileWrite("run.sh", b"#!", b"#!/bin/sh"))
    assert (await box.files.read("run.sh")).mode == 0o755


# -- a real disk


async def test_links_are_read_inside_and_refused_outside(tmp_path: Path) -> None:
    root, outside = tmp_path / "w", tmp_path / "secret"
    (root / "real").mkdir(parents=True)
    (root / ".git").mkdir()
    (root / ".git/config").write_text("token")
    outside.write_text("no")
    (root / "real/a").write_bytes(b"inside")
    for name, target in {
        "ok": "real/a",
        "abs": str(root / "real/a"),
        "dir": "real",
        "chain": "ok",
        "real/up": "../real/./a",
        "out": "../secret",
        "outabs": str(outside),
        "loop": "loop",
        "git": ".git/config",
        "dangling": "../nowhere/new",
        "gone": "nothing",
    }.items():
        (root / name).symlink_to(target)
    files = DiskFiles(str(root))
    for path in ("ok", "abs", "dir/a", "chain", "real/up"):
        assert (await files.read(path)).data == b"inside", path
    for path in ("out", "outabs", "git", "dangling"):
        with pytest.raises(PathRefused):
            await files.read(path)
    with pytest.raises(FileUnreadable):
        await files.read("loop")
    with pytest.raises(FileGone):
        await files.read("gone")
    for path in ("ok", "dir/a", "dir/new", "out", "dangling", "gone"):
        with pytest.raises(PathRefused) as caught:
            await files.check_target(path)
        assert "link" in str(caught.value)
    assert outside.read_text() == "no"


async def test_devices_pipes_and_sockets_are_refused_without_waiting(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(tmp_path / "socket"))
        names = ["pipe", "socket"]
        if os.geteuid() == 0:
            os.mknod(tmp_path / "null", 0o020666, os.makedev(1, 3))
            names.append("null")
        files = DiskFiles(str(tmp_path))
        for name in names:
            with pytest.raises(FileUnreadable):
                await files.read(name)
            with pytest.raises(PathRefused):
                await files.check_target(name)
        assert (await files.walk()).entries == ()


async def test_a_file_that_is_too_large_is_not_read(tmp_path: Path) -> None:
    with (tmp_path / "big").open("wb") as file:
        file.truncate(READ_LIMIT + 1)
    with pytest.raises(FileUnreadable, match="32 MiB"):
        await DiskFiles(str(tmp_path)).read("big")


async def test_mode_owner_and_attributes_survive_a_change(tmp_path: Path) -> None:
    """I15: mode, owner and attributes stay; hard links are not broken unsaid."""
    path = tmp_path / "f"
    path.write_bytes(b"1")
    path.chmod(0o751)
    has_attributes = True
    try:
        os.setxattr(path, "user.note", b"kept")
    except OSError:
        has_attributes = False
    if os.geteuid() == 0:
        os.chown(path, 1234, 4321)
    before = path.stat()
    await land(DiskFiles(str(tmp_path)), FileWrite("f", b"1", b"2"))
    after = path.stat()
    assert (after.st_mode, after.st_uid, after.st_gid) == (before.st_mode, before.st_uid, before.st_gid)
    if has_attributes:
        assert os.getxattr(path, "user.note") == b"kept"


async def test_files_not_named_are_not_touched(tmp_path: Path) -> None:
    """I9: files that a landing does not name are not opened for writing, renamed or touched."""
    for name in ("a", "b", "c"):
        (tmp_path / name).write_bytes(name.encode())
    before = {name: (tmp_path / name).stat() for name in ("b", "c")}
    await land(DiskFiles(str(tmp_path)), FileWrite("a", b"a", b"A"))
    for name, old in before.items():
        now = (tmp_path / name).stat()
        assert (now.st_ino, now.st_mtime_ns, now.st_ctime_ns) == (
            old.st_ino,
            old.st_mtime_ns,
            old.st_ctime_ns,
        )


async def test_a_read_only_file_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "f").write_bytes(b"1")
    (tmp_path / "f").chmod(0o444)
    for after in (b"2", None):
        with pytest.raises(PathRefused, match="read-only"):
            await DiskFiles(str(tmp_path)).survey([FileWrite("f", b"1", after)])


_AS_NOBODY = """
import asyncio, concurrent.futures.thread, os, sys
from spark_tui.adapters.disk_files import DiskFiles
from spark_tui.core.checkpoint import FileWrite
from spark_tui.ports import PortError
root = sys.argv[1]
if os.geteuid() == 0:
    os.setgroups([]); os.setgid(65534); os.setuid(65534)
files = DiskFiles(root)
async def main():
    for write in (FileWrite("locked/new", None, b"x"), FileWrite("locked/f", b"1", None), FileWrite("f", b"1", b"2")):
        try:
            await files.survey([write])
        except PortError as error:
            print(error)
    print(*(ground.in_place for ground in await files.survey([FileWrite("locked/f", b"1", b"2")])))
asyncio.run(main())
"""


def test_a_read_only_folder_is_found_out_before_anything_happens(tmp_path: Path) -> None:
    (tmp_path / "locked").mkdir()
    for name, mode in (("locked/f", 0o666), ("f", 0o644)):
        (tmp_path / name).write_bytes(b"1")
        (tmp_path / name).chmod(mode)
    (tmp_path / "locked").chmod(0o555)
    if os.geteuid() == 0:
        for above in [tmp_path, *tmp_path.parents][:-2]:
            above.chmod(0o755)
    else:
        (tmp_path / "f").chmod(0o444)
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(
        [sys.executable, "-c", _AS_NOBODY, str(tmp_path)],
        capture_output=True,
        text=True,
        env=environment,
        check=False,
    )
    (tmp_path / "locked").chmod(0o755)
    lines = done.stdout.splitlines()
    assert len(lines) == 4, done.stderr
    assert "folder is read-only" in lines[0] and "folder is read-only" in lines[1]
    assert "read-only" in lines[2]
    assert lines[3] == "True"


async def test_without_the_newest_system_calls_the_same_holds(tmp_path: Path) -> None:
    class Old(Posix):
        def __init__(self) -> None:
            super().__init__()
            self._has_openat2 = False

    (tmp_path / "a").mkdir()
    (tmp_path / "a/f").write_bytes(b"1")
    (tmp_path / "link").symlink_to("a")
    files = DiskFiles(str(tmp_path), calls=Old())
    await land(files, FileWrite("a/f", b"1", b"2"), FileWrite("a/b/c", None, b"3"))
    assert (tmp_path / "a/f").read_bytes() == b"2"
    assert (await files.read("link/f")).data == b"2"
    with pytest.raises(PathRefused):
        await files.check_target("link/f")


async def test_a_racing_link_never_leads_a_landing_outside(tmp_path: Path) -> None:
    root, outside = tmp_path / "w", tmp_path / "outside"
    (root / "real").mkdir(parents=True)
    outside.mkdir()
    (outside / "f").write_bytes(b"0")
    (root / "real/f").write_bytes(b"0")
    (root / "spare").symlink_to(outside)
    stop = threading.Event()

    def swap_for_ever() -> None:
        calls = Posix()
        folder = os.open(root, os.O_RDONLY)
        while not stop.is_set():
            calls.exchange(folder, "real", "spare")
        os.close(folder)

    attacker = threading.Thread(target=swap_for_ever)
    attacker.start()
    files = DiskFiles(str(root))
    landed = 0
    try:
        for number in range(150):
            write = (
                FileWrite("real/f", b"%d" % landed, b"%d" % (landed + 1))
                if number % 2
                else FileWrite(f"real/new{number}", None, b"n")
            )
            try:
                await land(files, write)
                landed += number % 2
            except PortError:
                plan = Intent(7, "cafe", LandingKind.ACCEPT, "t", "", 0.0, (write,), (Ground(),))
                for _ in range(200):
                    try:
                        await files.roll_back(plan)
                        await files.clear(plan, anyway=True)
                        if (await files.read("real/f")).data == b"%d" % landed:
                            break
                    except PortError:
                        continue
    finally:
        stop.set()
        attacker.join()
    assert os.listdir(outside) == ["f"]
    assert (outside / "f").read_bytes() == b"0"


async def test_walking_leaves_out_histories_caches_and_links_to_folders(tmp_path: Path) -> None:
    for path in (
        "a.py",
        "src/b.py",
        ".git/config",
        "node_modules/x/y.js",
        "src/__pycache__/b.pyc",
        ".env",
        "z/\xe4",
    ):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(b"")
    (tmp_path / "again").symlink_to("src")
    (tmp_path / "up").symlink_to("..")
    os.close(os.open(os.fsencode(tmp_path) + b"/\xff", os.O_CREAT | os.O_WRONLY))
    listing = await DiskFiles(str(tmp_path)).walk()
    assert [entry.path for entry in listing.entries] == sorted(
        [".env", "a.py", "again", "src/b.py", "up", "z/\xe4", "\udcff"]
    )
    short = await DiskFiles(str(tmp_path), walk_limit=2).walk()
    assert len(short.entries) == 2 and short.truncated and short.note


async def test_places_that_git_uses_under_other_names_are_refused(tmp_path: Path) -> None:
    (tmp_path / "meta").mkdir()
    (tmp_path / "meta/HEAD").write_text("x")
    files = DiskFiles(str(tmp_path), protected=("meta",))
    for path in ("meta/HEAD", "meta/hooks/post-commit", "meta"):
        with pytest.raises(PathRefused):
            await files.check_target(path)
    await files.check_target("metal")


async def test_a_workspace_that_is_no_folder_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "f").write_bytes(b"")
    for path in (tmp_path / "f", tmp_path / "nowhere"):
        with pytest.raises(FileUnreadable):
            DiskFiles(str(path))


async def test_what_a_folder_holds_is_told_whatever_git_thinks(box: Box) -> None:
    for path in ("top/a.py", "top/deep/b.py", "top/deep/er/c.py", "other.py"):
        box.put(path, b"x")
    found = await box.files.below("top", 100)
    assert found is not None and not found.is_cut and found.others == ()
    assert found.files == ("top/a.py", "top/deep/b.py", "top/deep/er/c.py")
    assert found.folders == ("top", "top/deep", "top/deep/er")
    assert await box.files.below("other.py", 100) is None and await box.files.below("none", 100) is None
    cut = await box.files.below("top", 2)
    assert cut is not None and cut.is_cut
    with pytest.raises(PathRefused):
        await box.files.below("../x", 100)


async def test_links_devices_and_repositories_in_a_folder_are_named(tmp_path: Path) -> None:
    for folder in ("top/empty", "top/own/.git"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "top/link").symlink_to("/etc")
    os.mkfifo(tmp_path / "top/pipe")
    files = DiskFiles(str(tmp_path))
    try:
        found = await files.below("top", 100)
    finally:
        files.close()
    assert found is not None and found.files == ()
    assert found.others == ("top/link", "top/own/.git", "top/pipe")
    assert found.folders == ("top", "top/empty", "top/own")
