"""The order of a landing, and what every failure leaves, on fakes that remember."""

import asyncio

import pytest

from spark_tui.core.checkpoint import FileWrite, Foreign, Intent, LandingKind
from spark_tui.engine.landing import Landing
from spark_tui.ports import CheckpointFailed, FileChangedOnDisk, PortError, WorkspaceBusy, WriteFailed
from tests.fakes.clock import FakeClock
from tests.fakes.disk_files import MemoryFiles
from tests.fakes.journal import MemoryCheckpoints

WRITES = [FileWrite("a", b"1", b"2"), FileWrite("n/b", None, b"3"), FileWrite("c", b"4", None)]
OLD = {"a": b"1", "c": b"4"}
NEW = {"a": b"2", "n/b": b"3"}


class Desk:
    """A landing on fakes that write down their calls in one list."""

    def __init__(self) -> None:
        self.files = MemoryFiles(OLD)
        self.journal = MemoryCheckpoints()
        self.files.calls = self.journal.calls
        self.landing = Landing(self.files, self.journal, FakeClock(1000.0))

    async def land(self, *writes: FileWrite, kind: LandingKind = LandingKind.ACCEPT) -> object:
        return await self.landing.land(writes or WRITES, kind, "t1", "note")


async def test_the_journal_knows_before_the_first_byte_and_after_the_last() -> None:
    """I5: what was there is durable before the first byte of a file changes."""
    desk = Desk()
    checkpoint = await desk.landing.land(WRITES, LandingKind.ACCEPT, "t1", "three files")
    assert desk.files.data == NEW
    assert desk.journal.calls == [
        "unfinished",
        "survey",
        "intend",
        "stage",
        "swap",
        "swap",
        "swap",
        "landed",
        "clear",
        "tidied",
    ]
    assert (checkpoint.turn, checkpoint.note, checkpoint.time) == ("t1", "three files", 1000.0)
    assert checkpoint.paths == ("a", "n/b", "c")
    assert list(await desk.journal.history()) == [checkpoint]


@pytest.mark.parametrize(
    ("room", "step", "error"),
    [
        ("files", "survey", WriteFailed("a", "no.")),
        ("journal", "intend", CheckpointFailed("no.")),
        ("journal", "intend", WorkspaceBusy("no.")),
        ("files", "stage", WriteFailed("a", "no.")),
        ("files", "swap", FileChangedOnDisk("a", "no.")),
        ("journal", "landed", CheckpointFailed("no.")),
    ],
)
async def test_a_refusal_anywhere_leaves_everything_as_it_was(room: str, step: str, error: PortError) -> None:
    """I16: bytes that can not be kept are an error, never an older state."""
    desk = Desk()
    getattr(desk, room).faults[step] = error
    with pytest.raises(type(error)):
        await desk.land()
    assert desk.files.data == OLD
    assert not await desk.journal.history()
    assert not await desk.journal.unfinished()
    await desk.land()
    assert desk.files.data == NEW


async def test_a_change_on_disk_is_refused_and_kept() -> None:
    desk = Desk()
    desk.files.data["c"] = b"theirs"
    with pytest.raises(FileChangedOnDisk) as caught:
        await desk.land()
    assert caught.value.path == "c"
    assert desk.files.data == {"a": b"1", "c": b"theirs"}


async def test_what_could_not_be_taken_back_is_taken_back_before_the_next_landing() -> None:
    desk = Desk()
    desk.files.faults["swap"] = FileChangedOnDisk("a", "no.")
    desk.files.faults["roll_back"] = WriteFailed("a", "still no.")
    with pytest.raises(FileChangedOnDisk):
        await desk.land()
    assert desk.files.data["a"] == b"2"
    await desk.land()
    assert desk.files.data == NEW
    assert len(await desk.journal.history()) == 1


async def test_nothing_lands_while_an_older_landing_is_half_way() -> None:
    desk = Desk()
    desk.files.faults["swap"] = FileChangedOnDisk("a", "no.")
    desk.files.faults["roll_back"] = WriteFailed("a", "still no.")
    with pytest.raises(FileChangedOnDisk):
        await desk.land()
    desk.files.faults["roll_back"] = WriteFailed("a", "still no.")
    with pytest.raises(CheckpointFailed, match="still no"):
        await desk.land()
    assert await desk.landing.recover()
    assert desk.files.data == OLD


async def test_trouble_while_tidying_does_not_undo_the_landing() -> None:
    desk = Desk()
    desk.files.faults["clear"] = WriteFailed("a", "no.")
    await desk.land()
    assert desk.files.data == NEW
    assert len(await desk.journal.history()) == 1
    await desk.landing.recover()
    assert not await desk.journal.unfinished()


async def test_recovery_takes_back_what_a_crash_cut_and_says_so() -> None:
    desk = Desk()
    grounds = await desk.files.survey(WRITES)
    intent = await desk.journal.intend(WRITES, grounds, LandingKind.ACCEPT, "t", "", 0.0)
    await desk.files.stage(intent)
    await desk.files.swap(intent)
    desk.files.data["a"] = b"theirs"
    sentences = await Landing(desk.files, desk.journal, FakeClock()).recover()
    assert desk.files.data == {"a": b"theirs", "c": b"4"}
    assert sentences == (
        'An interrupted write of "a" and 2 more was taken back.',
        '"a" was changed by another program and was left as it is.',
    )
    assert await desk.landing.recover() == ()


async def test_a_journal_that_can_not_be_read_is_a_sentence_at_the_start() -> None:
    desk = Desk()
    desk.journal.faults["unfinished"] = CheckpointFailed("the disk is gone.")
    assert await desk.landing.recover() == ("Interrupted writes could not be looked for: the disk is gone.",)


async def test_a_file_is_named_once() -> None:
    desk = Desk()
    with pytest.raises(ValueError, match="once"):
        await desk.land(FileWrite("a", b"1", b"2"), FileWrite("a", b"2", b"3"))
    assert desk.journal.calls == []


async def test_foreign_bytes_that_only_a_staged_file_has_are_kept_before_it_goes() -> None:
    class Hiding(MemoryFiles):
        async def clear(self, intent: Intent, *, anyway: bool = False) -> tuple[Foreign, ...]:
            self.calls.append("clear anyway" if anyway else "clear")
            return () if anyway else (Foreign("a", b"theirs"),)

    files, journal = Hiding(OLD), MemoryCheckpoints()
    files.calls = journal.calls
    await Landing(files, journal, FakeClock()).land(WRITES, LandingKind.ACCEPT, "", "")
    assert journal.calls[-4:] == ["clear", "keep", "clear anyway", "tidied"]
    assert journal.kept_bytes == [(1, Foreign("a", b"theirs"))]


async def test_a_deleted_file_comes_back_with_its_mode_and_a_created_one_takes_its_folders_along() -> None:
    desk = Desk()
    desk.files.modes["c"] = 0o755
    await desk.land()
    await desk.land(
        FileWrite("c", None, b"4"),
        FileWrite("n/b", b"3", None),
        FileWrite("a", b"2", b"1"),
        kind=LandingKind.UNDO,
    )
    assert desk.files.data == OLD
    assert desk.files.modes["c"] == 0o755
    assert not desk.files.folders
    await desk.files.check_target("n")


async def test_landings_take_turns() -> None:
    desk = Desk()
    first = FileWrite("a", b"1", b"2")
    second = FileWrite("a", b"2", b"3")
    await asyncio.gather(desk.land(first), desk.land(second))
    assert desk.files.data["a"] == b"3"
    assert [point.id for point in await desk.journal.history()] == [2, 1]


async def test_cancelling_the_caller_does_not_stop_a_landing_half_way() -> None:
    desk = Desk()
    gate, entered = asyncio.Event(), asyncio.Event()
    swap = desk.files.swap

    async def slow_swap(intent: Intent) -> None:
        entered.set()
        await gate.wait()
        await swap(intent)

    desk.files.swap = slow_swap  # type: ignore[method-assign]
    caller = asyncio.create_task(desk.land())
    await entered.wait()
    caller.cancel()
    with pytest.raises(asyncio.CancelledError):
        await caller
    gate.set()
    await desk.landing.settle()
    assert desk.files.data == NEW
    assert len(await desk.journal.history()) == 1
