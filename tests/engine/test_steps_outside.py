"""Undo, redo and restore by another program while a sitting is closed: reopened, it shows what the journal says."""

from collections.abc import Sequence
from typing import Any

import pytest

from spark_tui.core.review import HunkState
from spark_tui.core.review.hunk import TAKEN_BACK
from spark_tui.core.session import Remarks
from spark_tui.engine import TurnState
from spark_tui.engine.history import History
from spark_tui.engine.landing import Landing
from tests.engine.bench import Bench, patch_reply
from tests.engine.test_session import FILES, PATCH, records, type_at, with_patch
from tests.fakes.model_socket import text_reply

BEFORE, AFTER = FILES["a.py"], b"ONE\ntwo\nthree\nfour\n"


def other(bench: Bench) -> History:
    """Another program on the same files and the same journal."""
    return History(bench.files, bench.checkpoints, Landing(bench.files, bench.checkpoints, bench.clock))


async def undo(bench: Bench) -> None:
    history = other(bench)
    proposal = await history.plan_undo()
    assert proposal is not None and await history.carry_out(proposal, proposal.safe)


async def redo(bench: Bench) -> None:
    history = other(bench)
    (choice,) = await history.redo_choices()
    assert await history.carry_out(await history.plan_redo(choice.id))


def reopened(bench: Bench, past: Sequence[Any] = ()) -> Bench:
    new = Bench(bench.files.data, past=past or records(bench), checkpoints=bench.checkpoints)
    new.checkpoints = bench.checkpoints
    return new


def states(bench: Bench) -> list[tuple[HunkState, str]]:
    return [(hunk.state, hunk.note) for hunk in bench.hunks]


async def test_what_was_undone_meanwhile_is_open_again_and_what_was_redone_is_accepted_again() -> None:
    old = await with_patch()
    await old.engine.decisions.accept(["1.1.1"])
    await old.engine.decisions.reject(["1.1.2"])
    await old.engine.close()
    assert old.files.data["a.py"] == AFTER
    await undo(old)
    assert old.files.data["a.py"] == BEFORE
    async with reopened(old) as new:
        assert states(new) == [(HunkState.PROPOSED, TAKEN_BACK), (HunkState.REJECTED, "")]
        assert new.troubles == [
            "1 accepted hunk was taken back while this session was closed.",
            "Brought back: 1 hunk to decide.",
        ]
        again = records(new)
    await redo(old)
    async with reopened(old, again) as new:
        assert states(new)[0] == (HunkState.APPLIED, "")
        assert new.troubles == ["1 accepted hunk was accepted again while this session was closed."]
        await new.engine.decisions.undo()
        await new.engine.decisions.undo()
        assert new.files.data["a.py"] == BEFORE and states(new)[0][0] is HunkState.PROPOSED


async def test_there_and_back_says_nothing() -> None:
    old = await with_patch()
    await old.engine.decisions.accept(["1.1.1"])
    await old.engine.close()
    await undo(old)
    await redo(old)
    async with reopened(old) as new:
        assert states(new)[0] == (HunkState.APPLIED, "")
        assert new.troubles == ["Brought back: 1 hunk to decide."]


async def test_unsaved_text_stays_until_the_person_takes_what_is_on_disk() -> None:
    old = await with_patch()
    await old.engine.workspace.open("a.py")
    await old.engine.decisions.accept(["1.1.1"])
    type_at(old, "a.py", 3, "mine\n")
    past = records(old)
    await undo(old)
    async with reopened(old, past) as new:
        buffer = new.engine.workspace.buffer("a.py")
        assert buffer is not None and buffer.text.encode() == b"ONE\ntwo\nthree\nmine\nfour\n"
        assert states(new)[0][0] is HunkState.APPLIED, "what is on the screen still has it"
        assert new.engine.outside.change_of("a.py") is not None
        new.engine.outside.take("a.py")
        assert states(new)[0] == (HunkState.PROPOSED, TAKEN_BACK)
        again = records(new)
    async with reopened(old, again) as new:
        assert states(new)[0] == (HunkState.PROPOSED, TAKEN_BACK)
    await old.engine.close()


async def test_a_restore_in_the_sitting_itself_opens_what_it_took_back_below_a_rejection() -> None:
    bench = await with_patch()
    await bench.engine.decisions.accept(["1.1.1"])
    await bench.engine.decisions.reject(["1.1.2"])
    proposal = await bench.engine.history.plan_restore(0)
    assert await bench.engine.history.carry_out(proposal)
    assert states(bench) == [(HunkState.PROPOSED, TAKEN_BACK), (HunkState.REJECTED, "")]
    await bench.engine.decisions.accept(["1.1.1"])
    assert states(bench)[0] == (HunkState.APPLIED, "") and bench.files.data["a.py"] == AFTER
    past = records(bench)
    async with reopened(bench, past) as new:
        assert states(new) == [(HunkState.APPLIED, ""), (HunkState.REJECTED, "")]
    await bench.engine.close()


async def test_a_file_that_was_renamed_by_an_accepted_edit_is_found_after_a_restart() -> None:
    patch = "*** Begin Patch\n*** Update File: a.py\n*** Move to: c.py\n@@\n-one\n+ONE\n*** End Patch\n"
    old = Bench(FILES, [patch_reply(patch), text_reply("r2", "Done.")])
    await old.engine.open()
    old.ask("shout @a.py")
    await old.until(lambda: any(turn.state is TurnState.REVIEW for turn in old.engine.conversation.turns))
    await old.engine.decisions.accept([hunk.id for hunk in old.hunks])
    await old.engine.close()
    async with reopened(old) as new:
        await new.engine.decisions.undo()
        assert new.troubles == [] and new.files.data == FILES
        await new.engine.decisions.redo()
        assert sorted(new.files.data) == ["b.py", "c.py"]
        new.checkpoints = old.checkpoints
        proposal = await new.engine.history.plan_undo()
        assert proposal is not None and await new.engine.history.carry_out(proposal)
        assert {hunk.state for hunk in new.hunks} == {HunkState.PROPOSED} and new.files.data == FILES


async def test_what_was_said_beside_hunks_comes_back_after_a_crash() -> None:
    german = PATCH.replace("+ONE", "+EINS")
    bench = Bench(
        FILES,
        [patch_reply(PATCH), text_reply("r2", "Done.")],
        sides=[
            text_reply("s1", "Because it is loud."),
            patch_reply(german.replace("@@\n three\n-four\n+FOUR\n", ""), "s2"),
        ],
    )
    await bench.engine.open()
    bench.ask("shout @a.py")
    await bench.until(lambda: any(turn.state is TurnState.REVIEW for turn in bench.engine.conversation.turns))
    engine = bench.engine
    await engine.whys.ask(bench.hunks[0])
    await engine.versions.again("1.1.1", "in German")
    assert engine.decisions.new_side(bench.hunks[0]) == ("EINS", "two"), bench.troubles
    engine.comments.put(bench.hunks[1], [2], "why so loud?")
    engine.comments.put(bench.hunks[1], [], "gone")
    engine.comments.put(bench.hunks[1], [], "")
    past = records(bench)
    async with reopened(bench, past) as new:
        assert new.engine.versions.label(new.hunks[0]) == "2/2"
        assert new.engine.whys.of(new.hunks[0]) == "", "it was about other lines"
        assert new.engine.versions.choose("1.1.1", 0)
        assert new.engine.decisions.new_side(new.hunks[0]) == ("ONE", "two")
        assert new.engine.whys.of(new.hunks[0]) == "Because it is loud."
        assert [comment.text for comment in new.engine.comments.unsent] == ["why so loud?"]
        assert new.engine.comments.all == engine.comments.all
        new.engine.comments.sent()
        later = records(new)
    async with reopened(bench, later) as new:
        assert new.engine.comments.unsent == () and new.engine.comments.all[0].text == "why so loud?"
        assert new.engine.versions.label(new.hunks[0]) == "1/2"
    await bench.engine.close()


async def test_an_explanation_comes_back_for_a_hunk_that_looks_the_same() -> None:
    bench = Bench(FILES, [patch_reply(PATCH)], sides=[text_reply("s1", "Because it is loud.")])
    await bench.engine.open()
    bench.ask("shout @a.py")
    await bench.until(lambda: any(turn.state is TurnState.REVIEW for turn in bench.engine.conversation.turns))
    await bench.engine.whys.ask(bench.hunks[0])
    async with reopened(bench) as new:
        assert new.engine.whys.of(new.hunks[0]) == "Because it is loud."
        assert new.engine.whys.of(new.hunks[1]) == ""
        await new.engine.whys.ask(new.hunks[0])
        assert new.troubles == ["Brought back: 2 hunks to decide."], "nobody is asked again"
    await bench.engine.close()


@pytest.mark.parametrize("spoiled", [{}, {"id": 1}, {"id": "x", "lines": 5, "rows": None, "line": "a"}])
@pytest.mark.parametrize("kind", ["why", "version", "comment"])
def test_spoiled_remarks_are_only_skipped(kind: str, spoiled: dict[str, Any]) -> None:
    from spark_tui.core.session import replay

    state = replay([{"kind": kind, **spoiled}, {"kind": "draft", "text": "x"}])
    assert state.skipped == 1 and state.draft == "x" and state.remarks == Remarks()
