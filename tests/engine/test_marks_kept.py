"""What the person has looked at stays looked at after a restart, as long as it looks the same."""

from dataclasses import replace

from spark_tui.core.review import HunkState
from spark_tui.core.session import Remarks
from spark_tui.engine import TurnState
from spark_tui.engine.marks import Marks
from tests.engine.bench import Bench, patch_reply
from tests.fakes.engine import hunk, rows

A = b"one\ntwo\nthree\n"
PATCH = "*** Begin Patch\n*** Update File: a.txt\n@@\n one\n-two\n+TWO\n three\n*** End Patch\n"


def test_marks_are_written_down_and_believed_only_for_what_looks_the_same() -> None:
    remarks = Remarks()

    def write(kind: str, **fields: object) -> None:
        remarks.take({"kind": kind, **fields})

    marks = Marks(lambda event: None, write)
    seen, off = hunk("1.1.1", "-a", "+b"), hunk("1.1.2", "-c", "+d")
    marks.saw(seen)
    marks.defer(off)
    marks.retire("1.1.3")
    again = Marks(lambda event: None, past=remarks.marks)
    assert again.is_seen(seen) and again.is_deferred(off) and again.is_retired("1.1.3")
    changed = Marks(lambda event: None, past=remarks.marks)
    assert not changed.is_seen(replace(seen, rows=rows("-a", "+c")))
    assert not changed.is_seen(replace(off, state=HunkState.STREAMING))


async def test_a_seen_hunk_is_seen_after_a_restart() -> None:
    async with Bench({"a.txt": A}, [patch_reply(PATCH)]) as bench:
        bench.ask("shout")
        await bench.until(lambda: bench.engine.status.turn_state is TurnState.REVIEW)
        bench.engine.marks.saw(bench.hunks[0])
        records = list(bench.log.records)
    async with Bench({"a.txt": A}, past=records) as bench:
        assert bench.engine.marks.is_seen(bench.hunks[0])
        assert bench.engine.governor.debt.lines == 0
