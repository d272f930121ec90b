"""A landing on a real disk, stopped or failed at every system call, is wholly there or not at all afterwards."""

import errno
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from spark_tui.adapters.disk_files import DiskFiles
from spark_tui.core.checkpoint import FileWrite, LandingKind
from spark_tui.engine.landing import Landing
from spark_tui.ports import CheckpointFailed, PortError
from tests.fakes.clock import FakeClock
from tests.fakes.faulty_posix import Crash, FaultyPosix
from tests.fakes.journal import MemoryCheckpoints

OLD = {
    "a.py": b"one\n",
    "sub/b.py": b"two\r\n" * 300,
    "gone.py": b"bye\n",
    "grows": b"start\n",
    "empties": b"x",
}
WRITES = [
    FileWrite("a.py", b"one\n", b"ONE\n"),
    FileWrite("new/deep/c.py", None, b"made\n"),
    FileWrite("sub/b.py", OLD["sub/b.py"], b"two\n" * 500),
    FileWrite("gone.py", b"bye\n", None),
    FileWrite("grows", b"start\n", b"start\nand more\n"),
    FileWrite("empties", b"x", b""),
    FileWrite("new/d.sh", None, b"#!/bin/sh\n", 0o755),
]
NEW = {
    **{path: data for path, data in OLD.items() if path != "gone.py"},
    **{write.path: write.after for write in WRITES if write.after is not None},
}
LINKED = [FileWrite("a.py", b"one\n", b"one and more\n"), FileWrite("sub/b.py", OLD["sub/b.py"], b"short\n")]
FOREIGN = b"saved by somebody else\n"
WAYS = {"exchange": (), "link": ("exchange", "rename_new"), "rename": ("exchange", "rename_new", "link")}


@pytest.fixture
def base(tmp_path: Path) -> Iterator[Path]:
    """A folder in memory, where there is one: thousands of landings need not wait for the disk."""
    try:
        place = Path(tempfile.mkdtemp(dir="/dev/shm"))
    except OSError:
        yield tmp_path
        return
    yield place
    shutil.rmtree(place)


def prepare(root: Path) -> None:
    for path, data in OLD.items():
        (root / path).parent.mkdir(exist_ok=True)
        (root / path).write_bytes(data)


def found(root: Path) -> dict[str, bytes | None]:
    """Every file with its bytes, and every folder that nothing asked for."""
    tree: dict[str, bytes | None] = {
        str(path.relative_to(root)): path.read_bytes() for path in root.rglob("*") if path.is_file()
    }
    for path in root.rglob("*"):
        if path.is_dir() and not any(path.iterdir()):
            tree[str(path.relative_to(root)) + "/"] = None
    return tree


async def land(root: Path, calls: FaultyPosix, journal: MemoryCheckpoints, writes: list[FileWrite]) -> None:
    files = DiskFiles(str(root), calls=calls)
    try:
        await Landing(files, journal, FakeClock()).land(writes, LandingKind.ACCEPT, "t", "")
    finally:
        files.close()


async def recover(
    root: Path, journal: MemoryCheckpoints, calls: FaultyPosix | None = None
) -> tuple[str, ...]:
    files = DiskFiles(str(root), calls=calls)
    try:
        return await Landing(files, journal, FakeClock()).recover()
    finally:
        files.close()


def roots(base: Path) -> Iterator[Path]:
    for number in range(1_000_000):
        root = base / str(number)
        root.mkdir()
        prepare(root)
        yield root


@pytest.mark.parametrize("way", WAYS)
async def test_a_crash_at_every_call_leaves_all_or_nothing(
    base: Path, way: str, counted: Callable[[str], None]
) -> None:
    places = roots(base)
    root = next(places)
    whole = FaultyPosix(lacking=WAYS[way])
    await land(root, whole, MemoryCheckpoints(), WRITES)
    assert found(root) == NEW
    outcomes = set()
    for moment in range(1, whole.count + 1):
        root, journal = next(places), MemoryCheckpoints()
        with pytest.raises(Crash):
            await land(root, FaultyPosix(moment, lacking=WAYS[way]), journal, WRITES)
        sentences = await recover(root, journal, FaultyPosix(lacking=WAYS[way]))
        assert len(sentences) <= 1 and "another program" not in "".join(sentences)
        landed = bool(await journal.history())
        assert found(root) == (NEW if landed else OLD), (moment, whole.log[moment - 1])
        assert not await journal.unfinished()
        outcomes.add(landed)
    assert outcomes == {True, False}
    counted(f"a landing by {way}, cut at each of its {whole.count:,} calls: all or nothing")


@pytest.mark.parametrize("way", WAYS)
async def test_a_crash_inside_recovery_changes_nothing(base: Path, way: str) -> None:
    """I19: recovery can be repeated and may be cut anywhere."""
    places = roots(base)
    root = next(places)
    whole = FaultyPosix(lacking=WAYS[way])
    await land(root, whole, MemoryCheckpoints(), WRITES)
    for moment in range(1 + whole.count // 3, whole.count + 1, 7):
        root, journal = next(places), MemoryCheckpoints()
        with pytest.raises(Crash):
            await land(root, FaultyPosix(moment, lacking=WAYS[way]), journal, WRITES)
        for second in range(1, 10_000, 5):
            try:
                await recover(root, journal, FaultyPosix(second, lacking=WAYS[way]))
            except Crash:
                continue
            break
        assert found(root) == (NEW if await journal.history() else OLD), moment


@pytest.mark.parametrize(
    "number", ["ENOSPC", "EACCES", "EROFS", "EIO", "EMFILE", "EINTR", "EDQUOT", "ENAMETOOLONG"]
)
async def test_an_error_at_every_call_leaves_all_or_nothing(
    base: Path, number: str, counted: Callable[[str], None]
) -> None:
    places = roots(base)
    root = next(places)
    whole = FaultyPosix()
    await land(root, whole, MemoryCheckpoints(), WRITES)
    refused = 0
    for moment in range(1, whole.count + 1):
        root, journal = next(places), MemoryCheckpoints()
        calls = FaultyPosix(fail_at=moment, error=getattr(errno, number))
        try:
            await land(root, calls, journal, WRITES)
        except PortError as error:
            refused += 1
            assert str(error).endswith(".")
            await recover(root, journal)
            assert found(root) == OLD, (moment, whole.log[moment - 1])
        else:
            await recover(root, journal)
            assert found(root) == NEW, (moment, whole.log[moment - 1])
        shutil.rmtree(root)
    assert refused
    counted(
        f"{number} at each of the {whole.count:,} calls of a landing: {refused:,} refused, all or nothing"
    )


async def test_a_crash_while_a_linked_file_is_overwritten_is_taken_back(base: Path) -> None:
    old = {**OLD, "other.py": OLD["a.py"], "sub/other.py": OLD["sub/b.py"]}
    places = roots(base)

    def place() -> Path:
        root = next(places)
        os.link(root / "a.py", root / "other.py")
        os.link(root / "sub/b.py", root / "sub/other.py")
        return root

    root, whole, journal = place(), FaultyPosix(), MemoryCheckpoints()
    await land(root, whole, journal, LINKED)
    assert (root / "other.py").read_bytes() == b"one and more\n"
    assert "hard links" in (await journal.history())[0].cautions[0]
    for moment in range(1, whole.count + 1):
        root, journal = place(), MemoryCheckpoints()
        with pytest.raises(Crash):
            await land(root, FaultyPosix(moment), journal, LINKED)
        await recover(root, journal)
        if not await journal.history():
            assert found(root) == old, (moment, whole.log[moment - 1])
        assert (root / "a.py").stat().st_ino == (root / "other.py").stat().st_ino


def save_at(root: Path, target: str, moment: int, calls: FaultyPosix) -> list[str]:
    """Let another program save `target` atomically just before a call; the list tells whether it did."""
    saved: list[str] = []

    def save(name: str) -> None:
        if calls.count + 1 == moment and not saved and (root / target).parent.is_dir():
            saved.append(name)
            save_now(root, target)

    calls.before_call = save
    return saved


def save_now(root: Path, target: str) -> None:
    (root / "somebody.tmp").write_bytes(FOREIGN)
    (root / "somebody.tmp").rename(root / target)


def without(tree: Mapping[str, bytes | None], target: str) -> dict[str, bytes | None]:
    return {path: data for path, data in tree.items() if path != target}


async def test_a_linked_file_saved_by_another_program_after_a_crash_is_left(base: Path) -> None:
    root, journal, whole = next(roots(base)), MemoryCheckpoints(), FaultyPosix()
    os.link(root / "a.py", root / "other.py")

    def save_before_the_commit(name: str) -> None:
        if whole.log.count("write") == 1 and name == "sync":
            (root / "a.py").write_bytes(b"theirs")

    whole.before_call = save_before_the_commit
    journal.faults["landed"] = CheckpointFailed("no.")
    with pytest.raises(CheckpointFailed):
        await land(root, whole, journal, LINKED[:1])
    assert (root / "other.py").read_bytes() == b"theirs"


async def test_another_program_saving_at_any_moment_loses_nothing(base: Path) -> None:
    """I8: bytes of others are at their path or in the journal."""
    places = roots(base)
    whole = FaultyPosix()
    await land(next(places), whole, MemoryCheckpoints(), WRITES)
    ends = set()
    for target in ("a.py", "gone.py", "new/d.sh"):
        for moment in range(1, whole.count + 1, 2):
            root, journal, calls = next(places), MemoryCheckpoints(), FaultyPosix()
            saved = save_at(root, target, moment, calls)
            try:
                await land(root, calls, journal, WRITES)
                end = "landed"
            except PortError:
                end = "refused"
            if not saved:
                continue
            ends.add(end)
            await recover(root, journal)
            tree = found(root)
            assert tree.get(target) == FOREIGN or FOREIGN in [item.data for _, item in journal.kept_bytes]
            rest = without(tree, target)
            assert rest in (without(OLD, target), without(NEW, target)), (target, moment)
    assert ends == {"refused", "landed"}


async def test_a_crash_after_another_program_saved_loses_nothing(base: Path) -> None:
    places = roots(base)
    whole = FaultyPosix()
    await land(next(places), whole, MemoryCheckpoints(), WRITES)
    for target in ("a.py", "gone.py"):
        for moment in range(1, whole.count + 1, 4):
            root, journal = next(places), MemoryCheckpoints()
            with pytest.raises(Crash):
                await land(root, FaultyPosix(moment), journal, WRITES)
            save_now(root, target)
            await recover(root, journal)
            tree = found(root)
            assert tree[target] == FOREIGN, (target, moment)
            assert without(tree, target) in (without(OLD, target), without(NEW, target)), (target, moment)


async def test_another_program_saving_during_recovery_loses_nothing(base: Path) -> None:
    places = roots(base)
    cut = FaultyPosix()
    await land(next(places), cut, MemoryCheckpoints(), WRITES)
    last_swap = max(number for number, name in enumerate(cut.log) if name in ("exchange", "rename_new")) + 2
    moments = 0
    for target in ("a.py", "gone.py", "new/d.sh"):
        for moment in range(1, 1000, 3):
            root, journal, calls = next(places), MemoryCheckpoints(), FaultyPosix()
            with pytest.raises(Crash):
                await land(root, FaultyPosix(last_swap), journal, WRITES)
            saved = save_at(root, target, moment, calls)
            await recover(root, journal, calls)
            if not saved:
                break
            moments += 1
            await recover(root, journal)
            tree = found(root)
            assert tree.get(target) == FOREIGN, moment
            assert without(tree, target) == without(OLD, target), (target, moment)
    assert moments > 60
