"""A turn from prompt to the last decision, on fakes: what is sent, shown, landed, undone and reported."""

import asyncio

from spark_tui.core.review import HunkState, Verdict
from spark_tui.core.text import Position
from spark_tui.engine import TurnState
from spark_tui.ports import FileChangedOnDisk, LinkDown, WriteFailed
from tests.engine.bench import Bench, patch_reply
from tests.fakes.model_socket import Step, call_reply, called, completed, created, error, failed, text_reply

A = b"one\r\ntwo\r\nthree\r\nfour\r\nfive\r\nsix\r\nseven\r\neight\r\nnine\r\nten\r\n"
PATCH = """\
*** Begin Patch
*** Update File: a.txt
@@
 one
-two
+TWO
 three
@@
 eight
-nine
+NINE
 ten
*** End Patch
"""


def _line(bench: Bench, path: str, number: int) -> str:
    buffer = bench.engine.workspace.buffer(path)
    assert buffer is not None
    return buffer.text.line(number)


async def test_nothing_lands_before_an_accept_and_exactly_the_hunk_after() -> None:
    async with Bench({"a.txt": A}, [patch_reply(PATCH), text_reply("r2", "done")]) as bench:
        await bench.engine.workspace.open("a.txt")
        bench.ask("shout")
        await bench.until(lambda: [hunk.state for hunk in bench.hunks] == [HunkState.PROPOSED] * 2)
        assert bench.files.data["a.txt"] == A
        assert "stage" not in bench.files.calls
        await bench.engine.decisions.accept([bench.hunks[0].id])
        assert bench.files.data["a.txt"] == A.replace(b"two", b"TWO")
        assert _line(bench, "a.txt", 1) == "TWO" and _line(bench, "a.txt", 8) == "nine"
        assert not bench.engine.workspace.unsaved()
        await bench.engine.decisions.undo()
        assert bench.files.data["a.txt"] == A
        assert bench.hunks[0].state is HunkState.PROPOSED
        assert bench.engine.status.checkpoints == 2


async def test_decisions_are_reported_and_the_turn_goes_on() -> None:
    async with Bench({"a.txt": A}, [patch_reply(PATCH), text_reply("r2", "well then")]) as bench:
        bench.ask("shout @a.txt")
        await bench.until(lambda: bench.engine.status.turn_state is TurnState.REVIEW)
        first, second = bench.hunks
        await bench.engine.decisions.accept([first.id])
        assert len(bench.model.requests) == 1, "one hunk is still undecided"
        await bench.engine.decisions.reject([second.id])
        await bench.until(lambda: bench.engine.status.turn_state is TurnState.DONE)
        output = bench.model.requests[1]["input"][-1]
        assert output["type"] == "custom_tool_call_output" and output["call_id"] == "c1"
        assert "accepted" in output["output"] and "rejected" in output["output"]
        newest = bench.engine.conversation.newest
        assert newest is not None and newest.prose.endswith("well then")


async def test_the_whole_file_is_sent_once_and_again_when_it_changed() -> None:
    replies = [text_reply("r1", "a"), text_reply("r2", "b"), text_reply("r3", "c")]
    async with Bench({"a.txt": A}, replies) as bench:
        await bench.engine.workspace.open("a.txt")
        await bench.engine.conversation.submit("first")
        await bench.engine.conversation.submit("second")
        assert "seven" in bench.sent(0) and bench.sent(0).endswith("'first'}]}]")
        assert "seven" not in bench.sent(1)
        buffer = bench.engine.workspace.buffer("a.txt")
        assert buffer is not None
        bench.engine.workspace.edit("a.txt", buffer.text.splice_lines(0, 1, [("unsaved", "\r\n")]))
        await bench.engine.conversation.submit("third")
        assert "unsaved" in bench.sent(2) and "seven" in bench.sent(2)


async def test_files_with_the_prompts_words_are_found_mentions_missing_are_told() -> None:
    files = {"a.py": b"def fetch_user(): ...\n", "b.py": b"x = 1\n", "bad.py": b"fetch_user \xff\n"}
    async with Bench(files, [text_reply("r1", "ok")]) as bench:
        await bench.engine.conversation.submit("rename fetch_user, see @gone.py")
        plan = bench.engine.conversation.plan
        assert plan is not None
        assert [entry.piece.label for entry in plan.chosen] == ["a.py"]
        reasons = {entry.piece.label: entry.reason for entry in plan.left_out}
        assert reasons == {"gone.py": "no such file", "bad.py": "not UTF-8"}


async def test_a_request_over_the_window_is_not_sent() -> None:
    async with Bench({}, []) as bench:
        await bench.engine.conversation.submit("x" * 80_000)
        newest = bench.engine.conversation.newest
        assert newest is not None and newest.state is TurnState.FAILED
        assert "tokens" in newest.sentence and bench.model.requests == []


async def test_a_latched_hunk_lands_by_itself_while_the_rest_streams() -> None:
    gate, rest = asyncio.Event(), asyncio.Event()
    head, tail = PATCH[:60], PATCH[60:]
    frames = called("c1", head, tail)
    async with Bench(
        {"a.txt": A}, [[created("r1"), *frames[:2], gate, frames[2], rest, *frames[3:], completed("r1")]]
    ) as bench:
        bench.ask("shout")
        await bench.until(lambda: bool(bench.hunks) and bench.hunks[0].state is HunkState.STREAMING)
        await bench.engine.decisions.accept([bench.hunks[0].id])
        assert bench.hunks[0].latch is Verdict.ACCEPT and bench.files.data["a.txt"] == A
        gate.set()
        await bench.until(lambda: bench.files.data["a.txt"] == A.replace(b"two", b"TWO"))
        assert bench.engine.conversation.is_busy
        rest.set()


async def test_an_answer_that_comes_again_after_a_broken_connection_shows_its_hunks_once() -> None:
    frames = called("c1", PATCH[:-25], PATCH[-25:])
    lost: list[Step] = [created("r1"), *frames[:2], LinkDown("the wire was cut", 1006)]
    replies = [lost, patch_reply(PATCH, "c2"), text_reply("r3", "ok")]
    async with Bench({"a.txt": A}, replies) as bench:
        bench.ask("shout")
        await bench.until(lambda: [hunk.state for hunk in bench.hunks][1:] == [HunkState.STALE])
        await bench.clock.advance(5.0)
        await bench.until(lambda: bench.engine.status.turn_state is TurnState.REVIEW)
        assert [hunk.state for hunk in bench.hunks] == [HunkState.PROPOSED] * 2
        await bench.engine.decisions.accept_all()
        assert bench.files.data["a.txt"] == A.replace(b"two", b"TWO").replace(b"nine", b"NINE")


async def test_hidden_characters_are_never_accepted_by_a_latch() -> None:
    gate = asyncio.Event()
    patch = PATCH.replace("+TWO", "+TWO\u202e")
    frames = called("c1", patch[:60], patch[60:])
    replies: list[list[Step]] = [[created("r1"), *frames[:2], gate, *frames[2:], completed("r1")]]
    async with Bench({"a.txt": A}, replies) as bench:
        bench.ask("shout")
        await bench.until(lambda: bool(bench.hunks) and bench.hunks[0].state is HunkState.STREAMING)
        await bench.engine.decisions.accept([bench.hunks[0].id])
        gate.set()
        await bench.until(lambda: bench.engine.status.turn_state is TurnState.REVIEW)
        assert bench.files.data["a.txt"] == A and bench.hunks[0].state is HunkState.PROPOSED
        assert any("right-to-left override" in sentence for sentence in bench.troubles)


async def test_cutting_keeps_complete_hunks_and_tells_the_model_later() -> None:
    silence = asyncio.Event()
    frames = called("c1", PATCH[:-25], PATCH[-25:])
    replies: list[list[Step]] = [[created("r1"), *frames[:2], silence], text_reply("r2", "ok")]
    async with Bench({"a.txt": A}, replies) as bench:
        bench.ask("shout")
        await bench.until(lambda: len(bench.hunks) == 2)
        await bench.engine.conversation.cut()
        assert [hunk.state for hunk in bench.hunks] == [HunkState.PROPOSED, HunkState.STALE]
        assert bench.engine.status.turn_state is TurnState.CUT
        assert bench.files.data["a.txt"] == A
        await bench.engine.decisions.accept([bench.hunks[0].id])
        await bench.engine.conversation.submit("go on")
        assert "accepted" in bench.sent(1) and "go on" in bench.sent(1)


async def test_a_turn_that_still_gathers_is_cut_before_anything_is_sent() -> None:
    async with Bench({"a.txt": A}, [text_reply("r1", "late")]) as bench:
        bench.search.gate = asyncio.Event()
        bench.ask("shout")
        await bench.until(lambda: bench.engine.status.turn_state is TurnState.GATHERING)
        await bench.engine.conversation.cut()
        assert bench.engine.status.turn_state is TurnState.CUT
        assert bench.model.requests == []


async def test_a_refused_landing_takes_everything_back_and_says_so() -> None:
    async with Bench({"a.txt": A}, [patch_reply(PATCH)]) as bench:
        await bench.engine.workspace.open("a.txt")
        bench.ask("shout")
        await bench.until(lambda: bench.engine.status.turn_state is TurnState.REVIEW)
        bench.files.faults["stage"] = WriteFailed("a.txt", "no space left for a.txt")
        await bench.engine.decisions.accept([bench.hunks[0].id])
        assert bench.files.data["a.txt"] == A and _line(bench, "a.txt", 1) == "two"
        assert bench.hunks[0].state is HunkState.STALE and "no space left" in bench.hunks[0].note
        assert "no space left for a.txt" in bench.troubles
        assert not bench.engine.workspace.unsaved()
        assert bench.hunks[1].state is HunkState.PROPOSED
        await bench.engine.decisions.place_again(bench.hunks[0].id)
        await bench.engine.decisions.accept([hunk.id for hunk in bench.hunks])
        assert bench.files.data["a.txt"] == A.replace(b"two", b"TWO").replace(b"nine", b"NINE")


async def test_a_file_changed_on_disk_is_left_alone_and_typed_text_stays() -> None:
    async with Bench({"a.txt": A}, [patch_reply(PATCH)]) as bench:
        await bench.engine.workspace.open("a.txt")
        bench.ask("shout")
        await bench.until(lambda: bench.engine.status.turn_state is TurnState.REVIEW)
        buffer = bench.engine.workspace.buffer("a.txt")
        assert buffer is not None
        bench.engine.workspace.edit("a.txt", buffer.text.splice_lines(4, 5, [("typed", "\r\n")]))
        bench.files.data["a.txt"] = b"somebody else\n"
        await bench.engine.decisions.accept([bench.hunks[0].id])
        assert bench.files.data["a.txt"] == b"somebody else\n"
        assert bench.hunks[0].state is HunkState.STALE
        assert _line(bench, "a.txt", 4) == "typed" and _line(bench, "a.txt", 1) == "two"
        bench.files.faults["survey"] = FileChangedOnDisk("a.txt", "a.txt changed on disk")
        await bench.engine.workspace.open("a.txt")
        bench.engine.start(bench.engine.workspace.save("a.txt"), "save a.txt")
        await bench.until(lambda: any("Save over" in sentence for sentence in bench.troubles))
        assert bench.files.data["a.txt"] == b"somebody else\n"


async def test_typing_between_hunks_is_saved_with_the_accept_and_never_lost() -> None:
    async with Bench({"a.txt": A}, [patch_reply(PATCH)]) as bench:
        await bench.engine.workspace.open("a.txt")
        bench.ask("shout")
        await bench.until(lambda: bench.engine.status.turn_state is TurnState.REVIEW)
        buffer = bench.engine.workspace.buffer("a.txt")
        assert buffer is not None
        bench.engine.workspace.edit("a.txt", buffer.text.splice_lines(0, 0, [("mine", "\r\n")]))
        await bench.engine.decisions.accept([bench.hunks[1].id])
        assert bench.files.data["a.txt"] == b"mine\r\n" + A.replace(b"nine", b"NINE")
        await bench.engine.decisions.undo()
        assert bench.files.data["a.txt"] == b"mine\r\n" + A


async def test_new_moved_and_deleted_files() -> None:
    patch = (
        "*** Begin Patch\n*** Add File: new/b.txt\n+hello\n*** Delete File: old.txt\n"
        "*** Update File: a.txt\n*** Move to: c.txt\n@@\n-two\n+TWO\n*** End Patch\n"
    )
    files = {"a.txt": A, "old.txt": b"old\n"}
    async with Bench(files, [patch_reply(patch), text_reply("r2", "ok")]) as bench:
        bench.ask("tidy")
        await bench.until(lambda: bench.engine.status.turn_state is TurnState.REVIEW)
        assert bench.files.data == files
        await bench.engine.decisions.accept([hunk.id for hunk in bench.hunks])
        assert bench.troubles == []
        assert bench.files.data == {"c.txt": A.replace(b"two", b"TWO"), "new/b.txt": b"hello\n"}
        await bench.engine.decisions.undo()
        assert bench.files.data == files
        await bench.engine.decisions.redo()
        assert set(bench.files.data) == {"c.txt", "new/b.txt"}


async def test_paths_out_of_the_workspace_are_refused_per_hunk_and_the_rest_goes_on() -> None:
    patch = (
        "*** Begin Patch\n*** Add File: /etc/cron.d/x\n+bad\n*** Add File: ../x\n+bad\n"
        "*** Add File: .git/hooks/post-checkout\n+bad\n*** Update File: a.txt\n@@\n-two\n+TWO\n*** End Patch\n"
    )
    async with Bench({"a.txt": A}, [patch_reply(patch), text_reply("r2", "ok")]) as bench:
        bench.ask("break out")
        await bench.until(lambda: bench.engine.status.turn_state is TurnState.REVIEW)
        states = [hunk.state for hunk in bench.hunks]
        assert states == [HunkState.REFUSED] * 3 + [HunkState.PROPOSED]
        assert all(hunk.note for hunk in bench.hunks[:3])
        await bench.engine.decisions.accept([hunk.id for hunk in bench.hunks])
        assert bench.files.data == {"a.txt": A.replace(b"two", b"TWO")}
        await bench.until(lambda: len(bench.model.requests) == 2)
        assert bench.hunks[0].note in bench.model.requests[1]["input"][-1]["output"]


async def test_an_unknown_tool_is_answered_and_the_turn_goes_on() -> None:
    reply = call_reply("r1", "c9", "rm -rf")
    for frame in reply:
        if isinstance(frame, dict) and "item" in frame:
            frame["item"]["name"] = "shell"
    async with Bench({}, [reply, text_reply("r2", "sorry")]) as bench:
        await bench.engine.conversation.submit("run it")
        assert "no tool named shell" in bench.model.requests[1]["input"][-1]["output"]
        newest = bench.engine.conversation.newest
        assert newest is not None and newest.state is TurnState.DONE


async def test_a_failed_turn_is_one_sentence_and_the_next_one_works() -> None:
    replies: list[list[Step]] = [
        [created("r1"), failed("r1", "invalid_prompt", "that can't be asked")],
        text_reply("r2", "fine"),
    ]
    async with Bench({}, replies) as bench:
        await bench.engine.conversation.submit("first")
        newest = bench.engine.conversation.newest
        assert newest is not None and newest.state is TurnState.FAILED and newest.sentence
        await bench.engine.conversation.submit("second")
        newest = bench.engine.conversation.newest
        assert newest is not None and newest.state is TurnState.DONE and newest.prose == "fine"


async def test_files_of_a_request_that_was_refused_are_sent_again() -> None:
    replies: list[list[Step]] = [[error("invalid_prompt")], text_reply("r2", "fine")]
    async with Bench({"a.txt": A}, replies) as bench:
        await bench.engine.workspace.open("a.txt")
        await bench.engine.conversation.submit("first")
        await bench.engine.conversation.submit("second")
        assert "seven" in bench.sent(0) and "seven" in bench.sent(1)


async def test_a_new_prompt_ends_a_turn_that_waits_and_reports_it_as_it_stands() -> None:
    async with Bench({"a.txt": A}, [patch_reply(PATCH), text_reply("r2", "ok")]) as bench:
        bench.ask("shout")
        await bench.until(lambda: bench.engine.status.turn_state is TurnState.REVIEW)
        await bench.engine.decisions.accept([bench.hunks[0].id])
        await bench.engine.conversation.submit("something else")
        kinds = [item["type"] for item in bench.model.requests[1]["input"]]
        assert "custom_tool_call_output" in kinds
        assert [turn.state for turn in bench.engine.conversation.turns] == [TurnState.DONE, TurnState.DONE]
        assert bench.hunks[1].state is HunkState.PROPOSED, "what was not decided stays to be decided"
        await bench.engine.decisions.undo()
        assert bench.files.data["a.txt"] == A


async def test_a_decision_taken_back_after_the_report_is_corrected_with_the_next_prompt() -> None:
    replies = [patch_reply(PATCH), text_reply("r2", "ok"), text_reply("r3", "ok")]
    async with Bench({"a.txt": A}, replies) as bench:
        bench.ask("shout")
        await bench.until(lambda: bench.engine.status.turn_state is TurnState.REVIEW)
        await bench.engine.decisions.accept_all()
        await bench.until(lambda: bench.engine.status.turn_state is TurnState.DONE)
        await bench.engine.decisions.undo()
        await bench.engine.conversation.submit("next")
        assert "about earlier patches" in bench.sent(2)


async def test_an_unforeseen_error_becomes_a_notice() -> None:
    async def explode() -> None:
        raise ZeroDivisionError("surprise")

    async with Bench({}) as bench:
        bench.engine.start(explode(), "divide")
        await bench.until(lambda: bool(bench.troubles))
        assert "surprise" in bench.troubles[0]
        assert bench.log.records and "ZeroDivisionError" in str(bench.log.records)


async def test_place_of_the_person_is_told() -> None:
    async with Bench({"a.txt": A}, [text_reply("r1", "ok")]) as bench:
        await bench.engine.workspace.open("a.txt")
        buffer = bench.engine.workspace.buffer("a.txt")
        assert buffer is not None
        buffer.caret = Position(3, 0)
        await bench.engine.conversation.submit("here")
        assert '<cursor path="a.txt" line="4"/>' in bench.sent(0)
