"""Undo, redo and restore over checkpoints, on fakes: what is proposed, what is written, what is left alone."""

import pytest

from spark_tui.core.checkpoint import Checkpoint, FileWrite, LandingKind
from spark_tui.core.restore import Fate
from spark_tui.engine.history import UNSAVED, History
from spark_tui.engine.landing import Landing
from spark_tui.ports import CheckpointFailed, FileChangedOnDisk
from tests.fakes.clock import FakeClock
from tests.fakes.disk_files import MemoryFiles
from tests.fakes.journal import MemoryCheckpoints


class Desk:
    def __init__(self, **files: bytes) -> None:
        self.files = MemoryFiles(files)
        self.journal = MemoryCheckpoints()
        self.landing = Landing(self.files, self.journal, FakeClock())
        self.history = History(self.files, self.journal, self.landing)

    async def write(self, turn: str = "t1", **files: bytes | None) -> Checkpoint:
        writes = [FileWrite(path, self.files.data.get(path), data) for path, data in files.items()]
        kind = LandingKind.ACCEPT if turn else LandingKind.SAVE
        return await self.landing.land(writes, kind, turn, "")

    async def undo(self) -> Checkpoint | None:
        proposal = await self.history.plan_undo()
        assert proposal is not None
        return await self.history.carry_out(proposal, proposal.safe)

    async def redo(self, landing: int) -> Checkpoint | None:
        return await self.history.carry_out(await self.history.plan_redo(landing))


async def test_undo_and_redo_walk_the_tree_and_every_step_is_a_checkpoint() -> None:
    """I11: a step back is itself a checkpoint."""
    desk = Desk(a=b"0")
    first, second = await desk.write(a=b"1"), await desk.write(a=b"2", b=b"new")
    await desk.undo()
    assert desk.files.data == {"a": b"1"}
    await desk.undo()
    assert desk.files.data == {"a": b"0"}
    assert await desk.history.plan_undo() is None
    assert [point.id for point in await desk.history.redo_choices()] == [first.id]
    await desk.redo(first.id)
    await desk.redo(second.id)
    assert desk.files.data == {"a": b"2", "b": b"new"}
    assert await desk.history.place() == second.id
    assert [str(point.kind) for point in reversed(await desk.history.points())] == [
        "accept", "accept", "undo", "undo", "redo", "redo",
    ]  # fmt: skip


async def test_new_work_after_an_undo_forks_and_redo_has_a_choice() -> None:
    desk = Desk(a=b"0")
    first = await desk.write(a=b"1")
    await desk.undo()
    second = await desk.write(a=b"2")
    await desk.undo()
    assert [point.id for point in await desk.history.redo_choices()] == [second.id, first.id]
    await desk.redo(first.id)
    assert desk.files.data == {"a": b"1"}
    with pytest.raises(CheckpointFailed, match="can't be made again"):
        await desk.redo(second.id)


async def test_a_turn_goes_as_one_and_what_was_saved_in_between_stays() -> None:
    desk = Desk(a=b"1\n2\n3\n", b=b"x")
    await desk.write("t1", a=b"1\n2\nthree\n")
    await desk.write("", a=b"one\n2\nthree\n")
    await desk.write("t1", b=b"y")
    await desk.write("", c=b"mine")
    proposal = await desk.history.plan_undo_turn()
    assert proposal is not None and proposal.place is None
    assert [(file.path, file.fate) for file in proposal.files] == [("a", Fate.MERGED), ("b", Fate.BACK)]
    await desk.history.carry_out(proposal, proposal.safe)
    assert desk.files.data == {"a": b"one\n2\n3\n", "b": b"x", "c": b"mine"}


async def test_the_newest_turn_moves_the_place_below_it() -> None:
    desk = Desk(a=b"0")
    kept = await desk.write("t1", a=b"1")
    await desk.write("t2", a=b"2")
    await desk.write("t2", a=b"3")
    proposal = await desk.history.plan_undo_turn()
    assert proposal is not None and "2 checkpoints" in proposal.note
    await desk.history.carry_out(proposal)
    assert desk.files.data == {"a": b"1"}
    assert await desk.history.place() == kept.id
    assert await Desk().history.plan_undo_turn() is None


async def test_a_restore_takes_what_is_as_we_left_it_and_lists_the_rest() -> None:
    desk = Desk(a=b"1\n2\n", b=b"1\n2\n", c=b"1\n", gone=b"1")
    first = await desk.write(a=b"1\nx\n", b=b"1\nx\n", c=b"x\n", gone=b"2")
    await desk.write(a=b"1\ny\n", b=b"1\ny\n", c=b"y\n", new=b"n", gone=b"3")
    desk.files.data.update(b=b"mine\ny\n", c=b"mine\n", new=b"mine")
    del desk.files.data["gone"]
    proposal = await desk.history.plan_restore(0)
    assert {file.path: file.fate for file in proposal.files} == {
        "a": Fate.BACK, "b": Fate.MERGED, "c": Fate.CONFLICT, "gone": Fate.CONFLICT, "new": Fate.KEPT,
    }  # fmt: skip
    assert [file.path for file in proposal.left_alone] == ["b", "c", "gone", "new"]
    before = dict(desk.files.data)
    await desk.history.carry_out(proposal)
    assert desk.files.data == {**before, "a": b"1\n2\n"}
    await desk.undo()
    assert desk.files.data == before
    everything = [file.path for file in proposal.files]
    await desk.history.carry_out(await desk.history.plan_restore(first.id), everything)
    assert desk.files.data == {"a": b"1\nx\n", "b": b"mine\nx\n", "c": b"x\n", "gone": b"2", "new": b"mine"}
    await desk.undo()
    assert desk.files.data == before


async def test_a_restore_can_be_of_named_files_or_folders_only() -> None:
    desk = Desk()
    await desk.landing.land(
        [FileWrite(path, None, b"1") for path in ("d/a", "d/b", "dd", "e")], LandingKind.ACCEPT, "t", ""
    )
    proposal = await desk.history.plan_restore(0, ["d", "e"])
    assert [file.path for file in proposal.files] == ["d/a", "d/b", "e"]
    with pytest.raises(CheckpointFailed, match="no checkpoint 7"):
        await desk.history.plan_restore(7)


async def test_unsaved_text_and_paths_that_lead_away_are_not_touched() -> None:
    """I17, I18: what is skipped is listed with its reason, and paths are judged again on restore."""
    desk = Desk(a=b"0", b=b"0")
    await desk.write(a=b"1", b=b"1")
    desk.history.unsaved = lambda: ("a",)
    desk.files.folders.add("b")
    del desk.files.data["b"]
    proposal = await desk.history.plan_undo()
    assert proposal is not None
    assert [(file.fate, file.why) for file in proposal.files] == [
        (Fate.BLOCKED, UNSAVED),
        (Fate.BLOCKED, '"b" is a folder.'),
    ]
    assert await desk.history.carry_out(proposal, {"a", "b"}) is None


async def test_what_changes_between_plan_and_landing_is_refused() -> None:
    desk = Desk(a=b"0")
    await desk.write(a=b"1")
    proposal = await desk.history.plan_undo()
    assert proposal is not None
    desk.files.data["a"] = b"theirs"
    with pytest.raises(FileChangedOnDisk):
        await desk.history.carry_out(proposal)
    assert desk.files.data == {"a": b"theirs"}


async def test_a_checkpoint_of_files_that_are_so_already_still_moves_the_place() -> None:
    desk = Desk(a=b"0")
    await desk.write(a=b"1")
    desk.files.data["a"] = b"0"
    assert await desk.undo() is not None
    assert await desk.history.place() == 0
    assert desk.files.data == {"a": b"0"}


async def test_a_partial_undo_is_a_step_of_its_own() -> None:
    desk = Desk(a=b"0", b=b"0")
    point = await desk.write(a=b"1", b=b"1")
    desk.files.data["b"] = b"mine"
    done = await desk.undo()
    assert done is not None and done.place is None and done.parent == point.id
    assert desk.files.data == {"a": b"0", "b": b"mine"}
    await desk.undo()
    assert desk.files.data == {"a": b"1", "b": b"mine"}


async def test_one_checkpoint_is_shown_with_its_bytes() -> None:
    desk = Desk(a=b"0")
    point = await desk.write(a=b"1")
    seen = await desk.history.show(point.id)
    assert (seen.checkpoint, seen.writes[0].before, seen.kept) == (point, b"0", ())
    with pytest.raises(CheckpointFailed):
        await desk.history.show(9)
