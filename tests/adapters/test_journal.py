"""The `Checkpoints` contract, on SQLite and on its fake; then durability, versions and damage."""

import os
import sqlite3
import stat
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from spark_tui.adapters.journal import Journal
from spark_tui.adapters.journal.blobs import LARGE
from spark_tui.adapters.journal.schema import SCHEMA, connect
from spark_tui.core.checkpoint import Checkpoint, FileWrite, Foreign, Ground, LandingKind
from spark_tui.ports import CheckpointFailed, Checkpoints, WorkspaceBusy
from tests.fakes.journal import MemoryCheckpoints

WRITES = [
    FileWrite("a", b"1\r\n\0\xff", b""),
    FileWrite("n/\udcff", None, b"3", 0o755),
    FileWrite("c", b"4", None),
]
GROUNDS = [
    Ground(0o640, (), True, "why."),
    Ground(0o755, ("n",)),
    Ground(0o700),
]


@pytest.fixture(params=["sqlite", "fake"])
async def journal(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Checkpoints]:
    if request.param == "fake":
        yield MemoryCheckpoints("s1")
        return
    journal = await Journal.open(tmp_path, "s1")
    yield journal
    await journal.close()


async def land(
    journal: Checkpoints, *writes: FileWrite, note: str = "", place: int | None = None
) -> Checkpoint:
    grounds = [Ground(0o644 if write.before is not None else None) for write in writes]
    intent = await journal.intend(writes, grounds, LandingKind.SAVE, "", note, 5.0, place)
    checkpoint = await journal.landed(intent)
    await journal.tidied(intent)
    return checkpoint


# -- the contract


async def test_a_landing_goes_from_intent_to_checkpoint(journal: Checkpoints) -> None:
    intent = await journal.intend(WRITES, GROUNDS, LandingKind.ACCEPT, "t1", "note", 12.5)
    assert [item.id for item in await journal.unfinished()] == [intent.id]
    assert not await journal.history()
    checkpoint = await journal.landed(intent)
    assert checkpoint == Checkpoint(
        intent.id, LandingKind.ACCEPT, "t1", 12.5, ("a", "n/\udcff", "c"), "note", "s1", ("why.",)
    )
    assert list(await journal.history()) == [checkpoint]
    (open_one,) = await journal.unfinished()
    assert open_one.is_landed
    await journal.tidied(intent)
    assert not await journal.unfinished()


async def test_all_bytes_come_back(journal: Checkpoints) -> None:
    intent = await journal.intend(WRITES, GROUNDS, LandingKind.ACCEPT, "t1", "note", 12.5)
    (found,) = await journal.unfinished()
    assert [(write.path, write.before, write.after) for write in found.writes] == [
        (write.path, write.before, write.after) for write in WRITES
    ]
    assert [(ground.folders, ground.in_place, ground.why) for ground in found.grounds] == [
        (ground.folders, ground.in_place, ground.why) for ground in GROUNDS
    ]
    assert (found.grounds[0].mode, found.grounds[2].mode) == (0o640, 0o700)
    assert (found.token, found.staged_name(1)) == (intent.token, intent.staged_name(1))
    await journal.landed(intent)
    assert (await journal.recall(intent.id)).writes[0].before == b"1\r\n\0\xff"
    with pytest.raises(CheckpointFailed):
        await journal.recall(99)


async def test_an_abandoned_landing_is_no_checkpoint(journal: Checkpoints) -> None:
    intent = await journal.intend(WRITES, GROUNDS, LandingKind.ACCEPT, "t1", "", 1.0)
    await journal.abandoned(intent)
    assert not await journal.unfinished()
    assert not await journal.history()
    second = await land(journal, FileWrite("a", b"", b"2"))
    assert second.id > intent.id


async def test_history_is_newest_first_and_after_is_oldest_first(journal: Checkpoints) -> None:
    made = [await land(journal, FileWrite("a", b"%d" % n, b"%d" % (n + 1)), note=str(n)) for n in range(5)]
    assert [point.id for point in await journal.history(2)] == [made[4].id, made[3].id]
    assert [point.note for point in await journal.after(made[1].id, 2)] == ["2", "3"]
    assert not await journal.after(made[4].id)


async def test_what_came_and_went_is_remembered(journal: Checkpoints) -> None:
    intent = await journal.intend(WRITES, GROUNDS, LandingKind.ACCEPT, "t1", "", 1.0)
    assert not await journal.remembered(["c"])
    await journal.landed(intent)
    known = await journal.remembered(["a", "n/\udcff", "c", "never"])
    assert set(known) == {"n/\udcff", "c"}
    assert known["n/\udcff"].folders == ("n",)
    assert known["c"].mode == 0o700


async def test_the_undo_tree_moves_back_and_forks_and_keeps_every_branch(journal: Checkpoints) -> None:
    """I12: new work after an undo forks the tree; nothing is cut."""
    assert await journal.where() == 0
    first = await land(journal, FileWrite("a", b"0", b"1"))
    second = await land(journal, FileWrite("a", b"1", b"2"))
    back = await land(journal, FileWrite("a", b"2", b"1"), place=first.id)
    assert await journal.where() == first.id
    fork = await land(journal, FileWrite("a", b"1", b"3"))
    assert [point.parent for point in (first, second, back, fork)] == [0, first.id, second.id, first.id]
    assert [point.place for point in (first, second, back, fork)] == [None, None, first.id, None]
    assert list(await journal.history()) == [fork, back, second, first]
    await land(journal, FileWrite("a", b"3", b"0"), place=0)
    assert await journal.where() == 0


async def test_a_landing_that_is_taken_back_moves_the_undo_tree_back(journal: Checkpoints) -> None:
    first = await land(journal, FileWrite("a", b"0", b"1"))
    intent = await journal.intend([], [], LandingKind.UNDO, "", "", 1.0, 0)
    await journal.landed(intent)
    assert await journal.where() == 0
    await journal.abandoned(intent)
    assert await journal.where() == first.id
    intent = await journal.intend([], [], LandingKind.UNDO, "", "", 1.0, 0)
    await journal.abandoned(intent)
    assert await journal.where() == first.id


async def test_bytes_of_others_and_the_ground_of_hunks_come_back(journal: Checkpoints) -> None:
    write = FileWrite("a", b"disk", b"new", base=b"typed")
    intent = await journal.intend([write], [Ground()], LandingKind.ACCEPT, "t", "", 1.0)
    await journal.keep(intent, Foreign("a", b"theirs"))
    await journal.landed(intent)
    assert (await journal.recall(intent.id)).writes == (write,)
    assert list(await journal.kept(intent.id)) == [Foreign("a", b"theirs")]
    assert list(await journal.kept(intent.id + 1)) == []


# -- SQLite


async def test_everything_survives_a_new_start(tmp_path: Path) -> None:
    journal = await Journal.open(tmp_path, "s1")
    done = await land(journal, FileWrite("a", b"1", b"2"))
    intent = await journal.intend(WRITES, GROUNDS, LandingKind.ACCEPT, "t1", "", 1.0)
    await journal.close()
    again = await Journal.open(tmp_path, "s2")
    assert list(await again.history()) == [done]
    assert (await again.unfinished())[0] == (await again.recall(intent.id))
    assert (await again.unfinished())[0].token == intent.token
    await again.close()


async def test_large_images_have_files_of_their_own(tmp_path: Path) -> None:
    journal = await Journal.open(tmp_path, "s")
    big = os.urandom(LARGE + 5)
    done = await land(journal, FileWrite("a", big, b"x"))
    assert (await journal.recall(done.id)).writes[0].before == big
    (blob,) = [path for path in (tmp_path / "blobs").rglob("*") if path.is_file()]
    assert stat.S_IMODE(blob.stat().st_mode) == 0o600
    blob.write_bytes(b"rot")
    with pytest.raises(CheckpointFailed, match="lost the bytes"):
        await journal.recall(done.id)
    await journal.close()


async def test_the_log_of_sqlite_does_not_grow_without_end(tmp_path: Path) -> None:
    journal = await Journal.open(tmp_path, "s")
    sizes = []
    for number in range(60):
        await land(
            journal, FileWrite("a", b"%d" % number + bytes(200_000), b"%d" % (number + 1) + bytes(200_000))
        )
        sizes.append((tmp_path / "journal.db-wal").stat().st_size)
    assert max(sizes) < 8 << 20
    assert len(await journal.history()) == 60
    await journal.close()


async def test_foreign_bytes_are_kept(tmp_path: Path) -> None:
    journal = await Journal.open(tmp_path, "s")
    intent = await journal.intend(WRITES, GROUNDS, LandingKind.ACCEPT, "t1", "", 1.0)
    await journal.keep(intent, Foreign("a", b"theirs"))
    await journal.keep(intent, Foreign("a", None))
    await journal.close()
    connection = sqlite3.connect(tmp_path / "journal.db")
    rows = connection.execute("SELECT path, data FROM conflict JOIN blob USING (hash)")
    assert rows.fetchall() == [(b"a", b"theirs")]
    connection.close()


async def test_the_journal_is_private_and_as_durable_as_sqlite_can(tmp_path: Path) -> None:
    journal = await Journal.open(tmp_path, "s")
    await land(journal, FileWrite("a", b"1", b"2"))
    for name in ("journal.db", "journal.db-wal"):
        assert stat.S_IMODE((tmp_path / name).stat().st_mode) == 0o600
    await journal.close()
    connection = connect(tmp_path / "journal.db", read_only=False)
    assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    assert connection.execute("PRAGMA synchronous").fetchone() == (2,)
    connection.close()


async def test_a_newer_journal_is_refused_not_guessed_at(tmp_path: Path) -> None:
    """I26: a journal of a newer program is refused."""
    connect(tmp_path / "journal.db", read_only=False).close()
    with sqlite3.connect(tmp_path / "journal.db") as connection:
        connection.execute(f"PRAGMA user_version = {len(SCHEMA) + 1}")
    connection.close()
    with pytest.raises(CheckpointFailed, match="newer spark-tui"):
        await Journal.open(tmp_path, "s")


async def test_an_older_journal_is_copied_and_brought_up_to_date(tmp_path: Path) -> None:
    journal = await Journal.open(tmp_path, "s")
    done = await land(journal, FileWrite("a", b"1", b"2"))
    await journal.close()
    newer = (*SCHEMA, "ALTER TABLE op ADD COLUMN extra TEXT;")
    connection = connect(tmp_path / "journal.db", False, newer)
    assert connection.execute("SELECT id, extra FROM op").fetchall() == [(done.id, None)]
    assert connection.execute("PRAGMA user_version").fetchone() == (len(newer),)
    connection.close()
    copy = sqlite3.connect(tmp_path / f"journal.db.v{len(SCHEMA)}")
    assert copy.execute("SELECT count(*) FROM op").fetchone() == (1,)
    copy.close()


async def test_an_older_journal_that_may_only_be_read_is_a_sentence(tmp_path: Path) -> None:
    connect(tmp_path / "journal.db", False, SCHEMA[:1]).close()
    with pytest.raises(CheckpointFailed, match="older spark-tui"):
        await Journal.open(tmp_path, "s", WorkspaceBusy("busy."))


@pytest.mark.parametrize("damage", [b"not a database at all" * 500, b"SQLite format 3\0" + b"\xff" * 5000])
async def test_a_damaged_journal_is_set_aside_and_said(tmp_path: Path, damage: bytes) -> None:
    (tmp_path / "journal.db").write_bytes(damage)
    journal = await Journal.open(tmp_path, "s")
    assert "damaged" in journal.note
    await land(journal, FileWrite("a", b"1", b"2"))
    await journal.close()
    (aside,) = [name for name in os.listdir(tmp_path) if name.startswith("journal.db.damaged-")]
    assert (tmp_path / aside).read_bytes() == damage


async def test_the_second_one_reads_and_refuses_to_write(tmp_path: Path) -> None:
    first = await Journal.open(tmp_path, "s1")
    done = await land(first, FileWrite("a", b"1", b"2"))
    await first.intend(WRITES, GROUNDS, LandingKind.ACCEPT, "", "", 0.0)
    second = await Journal.open(tmp_path, "s2", WorkspaceBusy("busy."))
    assert list(await second.history()) == [done]
    assert not await second.unfinished()
    with pytest.raises(WorkspaceBusy):
        await second.intend(WRITES, GROUNDS, LandingKind.ACCEPT, "", "", 0.0)
    await second.close()
    await first.close()


async def test_without_a_journal_every_landing_is_refused(tmp_path: Path) -> None:
    journal = Journal.absent(CheckpointFailed("nowhere to write."))
    with pytest.raises(CheckpointFailed, match="nowhere"):
        await journal.intend(WRITES, GROUNDS, LandingKind.ACCEPT, "", "", 0.0)
    assert not await journal.history()
    assert not await journal.unfinished()
    await journal.close()


async def test_a_folder_that_is_gone_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(CheckpointFailed, match="can't be opened"):
        await Journal.open(tmp_path / "nowhere", "s")


_KILLED = """
import asyncio, os, sys
from pathlib import Path
from spark_tui.adapters.journal import Journal
from spark_tui.core.checkpoint import FileWrite, Ground, LandingKind
async def main():
    journal = await Journal.open(Path(sys.argv[1]), "s")
    for number in range(5):
        write = FileWrite("a", b"%d" % number, b"%d" % (number + 1))
        intent = await journal.intend([write], [Ground()], LandingKind.SAVE, "", "", 0.0)
        await journal.landed(intent)
        await journal.tidied(intent)
    await journal.intend([write], [Ground()], LandingKind.SAVE, "", "", 0.0)
    os.kill(os.getpid(), 9)
asyncio.run(main())
"""


def run_until_killed(folder: Path) -> int:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    return subprocess.run(
        [sys.executable, "-c", _KILLED, str(folder)], env=environment, check=False
    ).returncode


async def test_what_was_told_before_a_kill_is_there_after_it(tmp_path: Path) -> None:
    assert run_until_killed(tmp_path) == -9
    journal = await Journal.open(tmp_path, "s")
    assert journal.note == ""
    assert len(await journal.history()) == 5
    unfinished = await journal.unfinished()
    assert [intent.is_landed for intent in unfinished] == [False], "tidying was written with the next intent"
    await journal.close()
