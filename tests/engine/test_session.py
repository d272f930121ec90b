"""A sitting that was cut anywhere comes back: review, unsaved text, draft, tabs; what others did meanwhile is told."""

import json
from typing import Any

import pytest

from spark_tui.core.checkpoint import FileWrite
from spark_tui.core.review import HunkState
from spark_tui.core.text import Position, Span
from spark_tui.engine import TurnState
from tests.engine.bench import Bench, patch_reply
from tests.fakes.model_socket import text_reply

FILES = {"a.py": b"one\ntwo\nthree\nfour\n", "b.py": b"x\n"}
PATCH = """*** Begin Patch
*** Update File: a.py
@@
-one
+ONE
 two
@@
 three
-four
+FOUR
*** End Patch
"""


def records(bench: Bench) -> list[dict[str, Any]]:
    return [json.loads(json.dumps(record)) for record in bench.log.records]


def after_crash(bench: Bench, **changes: bytes | None) -> Bench:
    """What a new start finds: the disk as it is, the records as they were."""
    files = {
        **bench.files.data,
        **{name.replace("__", "."): data for name, data in changes.items() if data is not None},
    }
    for name, data in changes.items():
        if data is None:
            del files[name.replace("__", ".")]
    return Bench(files, past=records(bench))


def type_at(bench: Bench, path: str, line: int, text: str) -> None:
    buffer = bench.engine.workspace.buffer(path)
    assert buffer is not None
    at = Position(line, 0)
    assert bench.engine.workspace.edit(path, buffer.text.replace(Span(at, at), text))


def text_of(bench: Bench, path: str) -> str:
    buffer = bench.engine.workspace.buffer(path)
    assert buffer is not None
    return buffer.text.encode().decode()


async def with_patch() -> Bench:
    bench = Bench(FILES, [patch_reply(PATCH), text_reply("r2", "Done.")])
    await bench.engine.open()
    bench.ask("shout @a.py")
    await bench.until(lambda: any(turn.state is TurnState.REVIEW for turn in bench.engine.conversation.turns))
    return bench


async def test_everything_on_the_screen_comes_back_after_a_crash() -> None:
    old = await with_patch()
    await old.engine.workspace.open("a.py")
    await old.engine.workspace.open("b.py")
    type_at(old, "b.py", 0, "typed\n")
    await old.engine.decisions.reject(["1.1.2"])
    old.engine.session.draft = "and then"
    async with after_crash(old) as new:
        assert [(hunk.id, hunk.state, hunk.line) for hunk in new.hunks] == [
            ("1.1.1", HunkState.PROPOSED, 0),
            ("1.1.2", HunkState.REJECTED, 2),
        ]
        assert new.engine.workspace.tabs == ("a.py", "b.py") and new.engine.workspace.active == "b.py"
        assert text_of(new, "b.py") == "typed\nx\n"
        assert new.engine.workspace.unsaved() == ("b.py",)
        assert new.engine.session.draft == "and then"
        (turn,) = new.engine.conversation.turns
        assert (turn.id, turn.prompt, turn.state) == ("t1", "shout @a.py", TurnState.CUT)
        assert new.troubles == ["Brought back: 1 hunk to decide, unsaved text in 1 file, your draft."]
        assert new.files.data == FILES
        await new.engine.decisions.undo()
        assert new.hunks[1].state is HunkState.PROPOSED
        await new.engine.decisions.accept(["1.1.1", "1.1.2"])
        assert new.files.data["a.py"] == b"ONE\ntwo\nthree\nFOUR\n"
        await new.engine.workspace.save("b.py")
        async with after_crash(new) as third:
            assert third.troubles == ["Brought back: your draft."]
            assert third.engine.workspace.unsaved() == ()
            await third.engine.decisions.undo()
            assert third.files.data["a.py"] == FILES["a.py"], third.troubles
    await old.engine.close()


async def test_a_crash_while_the_model_writes_keeps_the_whole_hunks() -> None:
    old = await with_patch()
    past = records(old)
    cut = next(
        number for number, record in enumerate(past) if record.get("event", {}).get("header") is not None
    )
    end = [number for number, record in enumerate(past) if record.get("do") == "feed"][-4]
    assert cut < end
    async with Bench(FILES, past=past[:end]) as new:
        assert [hunk.state for hunk in new.hunks] == [HunkState.PROPOSED, HunkState.STALE]
    await old.engine.close()


async def test_a_decision_that_never_reached_the_disk_is_open_again() -> None:
    old = await with_patch()
    await old.engine.decisions.accept(["1.1.1"])
    past = records(old)
    landed = next(number for number, record in enumerate(past) if record["kind"] == "landed")
    commit = next(number for number, record in enumerate(past) if record.get("do") == "commit")
    for end in range(commit, landed + 1):
        async with Bench(FILES, past=past[:end]) as new:
            assert [hunk.state for hunk in new.hunks] == [HunkState.PROPOSED] * 2
            await new.engine.decisions.accept(["1.1.1"])
            assert new.files.data["a.py"] == b"ONE\ntwo\nthree\nfour\n", new.troubles
        async with Bench(old.files.data, past=past[:end]) as new:
            await new.engine.decisions.accept(["1.1.1", "1.1.2"])
            assert new.files.data["a.py"] == b"ONE\ntwo\nthree\nFOUR\n", new.troubles
            assert new.engine.workspace.unsaved() == ()
    await old.engine.close()


async def test_typed_text_survives_a_decision_that_did_not_reach_the_disk() -> None:
    old = await with_patch()
    await old.engine.workspace.open("a.py")
    type_at(old, "a.py", 2, "typed\n")
    await old.engine.decisions.accept(["1.1.1"])
    past = records(old)
    commit = next(number for number, record in enumerate(past) if record.get("do") == "commit")
    for end in (commit, commit + 1):
        async with Bench(FILES, past=past[:end]) as new:
            assert text_of(new, "a.py") == "one\ntwo\ntyped\nthree\nfour\n"
            assert new.engine.workspace.unsaved() == ("a.py",)
    await old.engine.close()


async def test_every_moment_of_a_sitting_can_be_the_last() -> None:
    old = await with_patch()
    await old.engine.workspace.open("a.py")
    type_at(old, "a.py", 4, "end\n")
    await old.engine.decisions.accept(["1.1.2"])
    await old.engine.decisions.undo()
    past = records(old)
    for end in range(0, len(past), 3):
        async with Bench(old.files.data, past=past[:end]) as new:
            assert not [sentence for sentence in new.troubles if "unexpectedly" in sentence]
    await old.engine.close()


async def test_unsaved_text_meets_a_file_that_changed_meanwhile() -> None:
    old = Bench(FILES)
    await old.engine.open()
    await old.engine.workspace.open("b.py")
    type_at(old, "b.py", 0, "typed\n")
    async with after_crash(old, b__py=b"theirs\n") as new:
        assert text_of(new, "b.py") == "typed\nx\n"
        (change,) = new.engine.outside.changes
        assert (change.path, change.disk) == ("b.py", b"theirs\n")
        new.engine.outside.take("b.py")
        assert text_of(new, "b.py") == "theirs\n" and new.engine.workspace.unsaved() == ()
    async with after_crash(old, b__py=None) as new:
        assert text_of(new, "b.py") == "typed\nx\n"
        await new.engine.workspace.save("b.py")
        assert new.files.data["b.py"] == b"typed\nx\n"
    await old.engine.close()


async def test_pending_hunks_meet_a_file_that_changed_meanwhile() -> None:
    old = await with_patch()
    async with after_crash(old, a__py=b"zero\none\ntwo\nthree\n") as new:
        assert [(hunk.state, hunk.line) for hunk in new.hunks] == [
            (HunkState.PROPOSED, 1),
            (HunkState.STALE, None),
        ]
    await old.engine.close()


async def test_new_turns_do_not_take_the_names_of_old_ones() -> None:
    old = await with_patch()
    new = Bench(FILES, [patch_reply(PATCH.replace("FOUR", "vier")), text_reply("r2", "Done.")], records(old))
    async with new:
        new.ask("again @a.py")
        await new.until(lambda: len(new.hunks) == 4)
        assert [turn.id for turn in new.engine.conversation.turns] == ["t1", "t2"]
        assert {hunk.turn for hunk in new.hunks} == {"t1", "t2"}
    await old.engine.close()


async def test_ending_a_sitting_is_recorded() -> None:
    bench = Bench(FILES)
    async with bench:
        pass
    assert [record["kind"] for record in bench.log.records] == ["opened", "closed"]


# -- what others do


async def test_a_file_without_unsaved_text_is_read_again_and_hunks_follow() -> None:
    bench = await with_patch()
    await bench.engine.workspace.open("a.py")
    await bench.clock.advance(1.0)
    bench.files.data["a.py"] = b"zero\none\ntwo\nthree\nfour\n"
    await bench.clock.advance(1.0)
    assert text_of(bench, "a.py") == "zero\none\ntwo\nthree\nfour\n"
    assert [hunk.line for hunk in bench.hunks] == [1, 3]
    bench.files.data["a.py"] = b"nothing of it\n"
    await bench.clock.advance(1.0)
    assert {hunk.state for hunk in bench.hunks} == {HunkState.STALE}
    assert bench.engine.outside.changes == ()
    await bench.engine.close()


@pytest.mark.parametrize("choice", ["keep", "take", "join", "clash"])
async def test_a_file_with_unsaved_text_is_a_choice(choice: str) -> None:
    async with Bench(FILES) as bench:
        await bench.engine.workspace.open("a.py")
        type_at(bench, "a.py", 4, "mine\n")
        theirs = b"theirs\ntwo\nthree\nfour\n" if choice != "clash" else b"one\ntwo\nthree\nfour\nother\n"
        bench.files.data["a.py"] = theirs
        await bench.clock.advance(1.0)
        assert text_of(bench, "a.py") == "one\ntwo\nthree\nfour\nmine\n"
        (change,) = bench.engine.outside.changes
        assert change.disk == theirs
        match choice:
            case "keep":
                bench.engine.outside.keep("a.py")
                await bench.engine.workspace.save("a.py")
                assert bench.files.data["a.py"] == b"one\ntwo\nthree\nfour\nmine\n"
            case "take":
                bench.engine.outside.take("a.py")
                assert (text_of(bench, "a.py"), bench.engine.workspace.unsaved()) == (theirs.decode(), ())
                bench.engine.workspace.undo("a.py")
                assert text_of(bench, "a.py") == "one\ntwo\nthree\nfour\nmine\n"
            case "join":
                assert bench.engine.outside.join("a.py")
                assert text_of(bench, "a.py") == "theirs\ntwo\nthree\nfour\nmine\n"
                assert bench.engine.workspace.unsaved() == ("a.py",)
                assert bench.files.data["a.py"] == theirs
            case _:
                assert change.joined is None and not bench.engine.outside.join("a.py")
                assert bench.engine.outside.changes
        await bench.clock.advance(2.0)
        assert bool(bench.engine.outside.changes) is (choice == "clash")


async def test_a_file_that_goes_away_and_comes_back_loses_nothing() -> None:
    async with Bench(FILES) as bench:
        await bench.engine.workspace.open("b.py")
        await bench.clock.advance(1.0)
        data = bench.files.data.pop("b.py")
        await bench.clock.advance(1.0)
        assert text_of(bench, "b.py") == "x\n" and bench.engine.workspace.unsaved() == ("b.py",)
        assert bench.engine.outside.changes[0].disk is None
        bench.files.data["b.py"] = data
        await bench.clock.advance(1.0)
        bench.engine.outside.take("b.py")
        assert bench.engine.workspace.unsaved() == ()


async def test_a_step_through_the_checkpoints_reaches_the_open_files() -> None:
    bench = await with_patch()
    await bench.engine.workspace.open("a.py")
    await bench.engine.decisions.accept(["1.1.1"])
    await bench.engine.decisions.accept(["1.1.2"])
    proposal = await bench.engine.history.plan_undo_turn()
    assert proposal is not None
    await bench.engine.history.carry_out(proposal)
    assert bench.files.data == FILES
    assert text_of(bench, "a.py") == FILES["a.py"].decode() and bench.engine.workspace.unsaved() == ()
    assert await bench.engine.history.place() == 0
    await bench.engine.close()


async def test_undo_of_a_decision_moves_the_place_in_the_tree() -> None:
    bench = await with_patch()
    await bench.engine.decisions.accept(["1.1.1"])
    await bench.engine.decisions.accept(["1.1.2"])
    await bench.engine.decisions.undo()
    assert await bench.engine.history.place() == 1
    await bench.engine.decisions.redo()
    assert await bench.engine.history.place() == 2
    await bench.engine.workspace.open("b.py")
    type_at(bench, "b.py", 0, "saved\n")
    await bench.engine.workspace.save("b.py")
    await bench.engine.decisions.undo()
    assert await bench.engine.history.place() == 6
    await bench.engine.close()


async def test_what_hunks_were_made_on_is_kept_where_unsaved_text_lands_with_them() -> None:
    bench = await with_patch()
    await bench.engine.workspace.open("a.py")
    type_at(bench, "a.py", 2, "typed\n")
    await bench.engine.decisions.accept(["1.1.1"])
    (write,) = (await bench.engine.history.show(1)).writes
    assert (write.before, write.base) == (FILES["a.py"], b"one\ntwo\ntyped\nthree\nfour\n")
    await bench.engine.close()


async def test_prompts_that_waited_come_back_in_the_draft() -> None:
    old = await with_patch()
    old.engine.start(old.engine.conversation.queue("first this"), "ask")
    await old.until(lambda: old.engine.conversation.waiting.prompts == ("first this",))
    old.engine.session.draft = "then that"
    async with after_crash(old) as new:
        assert new.engine.session.draft == "first this\nthen that"
        assert new.engine.session.prompts == ("shout @a.py",)
        async with after_crash(new) as third:
            assert third.engine.session.draft == "first this\nthen that"
    await old.engine.close()


async def test_undo_after_a_new_start_moves_the_place_in_the_tree() -> None:
    """I10, I12: which checkpoint an undo or a redo brings back is read from the journal, by its bytes."""
    old = await with_patch()
    await old.engine.decisions.accept(["1.1.1"])
    await old.engine.decisions.accept(["1.1.2"])
    new = after_crash(old)
    new.checkpoints.__dict__.update(old.checkpoints.__dict__)
    async with new:
        assert new.engine.status.checkpoints == 2
        await new.engine.decisions.undo()
        assert await new.engine.history.place() == 1 and new.engine.status.checkpoints == 3
        await new.engine.decisions.undo()
        assert await new.engine.history.place() == 0 and new.files.data == FILES
        await new.engine.decisions.redo()
        assert await new.engine.history.place() == 1
    await old.engine.close()


async def test_decisions_of_which_a_step_back_left_nothing_are_open_again() -> None:
    bench = await with_patch()
    await bench.engine.workspace.open("a.py")
    await bench.engine.decisions.accept(["1.1.1"])
    await bench.engine.decisions.accept(["1.1.2"])
    proposal = await bench.engine.history.plan_undo_turn()
    assert proposal is not None
    await bench.engine.history.carry_out(proposal)
    assert [hunk.state for hunk in bench.hunks] == [HunkState.PROPOSED] * 2
    async with after_crash(bench) as new:
        assert [hunk.state for hunk in new.hunks] == [HunkState.PROPOSED] * 2
        await new.engine.decisions.accept(["1.1.2"])
        assert new.files.data["a.py"] == b"one\ntwo\nthree\nFOUR\n"
        await new.engine.workspace.open("b.py")
        type_at(new, "b.py", 0, "saved\n")
        await new.engine.workspace.save("b.py")
        proposal = await new.engine.history.plan_undo()
        assert proposal is not None
        await new.engine.history.carry_out(proposal)
        assert new.hunks[1].state is HunkState.APPLIED, "another file went back"
    await bench.engine.close()


async def test_a_file_that_goes_and_comes_back_by_steps_keeps_its_hunks() -> None:
    bench = await with_patch()
    data = FILES["a.py"]
    del bench.files.data["a.py"]
    bench.engine.workspace.follow_all([FileWrite("a.py", data, None)])
    assert {hunk.state for hunk in bench.hunks} == {HunkState.STALE}
    bench.files.data["a.py"] = data
    bench.engine.workspace.follow_all([FileWrite("a.py", None, data)])
    assert {hunk.state for hunk in bench.hunks} == {HunkState.PROPOSED}
    await bench.engine.decisions.accept(["1.1.2"])
    assert bench.files.data["a.py"] == b"one\ntwo\nthree\nFOUR\n", bench.troubles
    await bench.engine.close()
