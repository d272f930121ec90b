"""Other versions of a hunk, what it is for, and what the deep lane makes of it: all of it beside the conversation."""

import asyncio
from collections.abc import Sequence

from spark_tui.core.edits import FileOp
from spark_tui.core.review import HunkState
from spark_tui.core.text import Position, Span
from spark_tui.engine import Engine, TurnState
from spark_tui.engine.placing import new_lines
from spark_tui.engine.versions import LOST, THREE
from tests.engine.bench import Bench, patch_reply
from tests.fakes.engine import hunk
from tests.fakes.model_socket import Step, called, completed, created, text_reply

A = b"one\ntwo\nthree\nfour\nfive\nsix\nseven\neight\nnine\nten\n"
FIRST = "*** Begin Patch\n*** Update File: a.txt\n@@\n one\n-two\n+TWO\n three\n*** End Patch\n"
SECOND = "*** Begin Patch\n*** Update File: a.txt\n@@\n-two\n+zwei\n*** End Patch\n"
THIRD = (
    "*** Begin Patch\n*** Update File: a.txt\n@@\n one\n-two\n+deux\n+trois\n three\n four\n*** End Patch\n"
)
BEYOND = "*** Begin Patch\n*** Update File: a.txt\n@@\n-two\n+zwei\n@@\n-nine\n+neun\n*** End Patch\n"


def replies(*patches: str) -> list[Sequence[Step]]:
    return [patch_reply(patch, f"s{number}", f"q{number}") for number, patch in enumerate(patches)]


async def ready(bench: Bench) -> None:
    """Have the first hunk proposed, its file open."""
    await bench.engine.workspace.open("a.txt")
    bench.ask("shout")
    await bench.until(lambda: bench.engine.status.turn_state is TurnState.REVIEW)


def new_side(bench: Bench) -> tuple[str, ...]:
    return bench.engine.decisions.new_side(bench.hunks[0])


async def again(bench: Bench, note: str = "") -> None:
    await bench.engine.versions.again(bench.hunks[0].id, note)


def state(bench: Bench) -> HunkState:
    return bench.hunks[0].state


def type_over(engine: Engine, line: int, text: str) -> None:
    buffer = engine.workspace.buffer("a.txt")
    assert buffer is not None
    span = Span(Position(line, 0), Position(line, len(buffer.text.line(line))))
    engine.workspace.edit("a.txt", buffer.text.replace(span, text))


# One more


async def test_versions_are_kept_and_the_shown_one_is_accepted() -> None:
    async with Bench(
        {"a.txt": A}, [patch_reply(FIRST), text_reply("r4", "ok")], sides=replies(SECOND, THIRD)
    ) as bench:
        await ready(bench)
        await again(bench, "in German")
        request = bench.asked_beside(0)
        assert "in German" in request and "lines 1-3" in request and "-two\n+TWO\n three" in request
        versions, decisions = bench.engine.versions, bench.engine.decisions
        assert len(bench.hunks) == 1, "an answer is no edit of its own"
        assert new_side(bench) == ("one", "zwei", "three")
        await again(bench)
        assert new_side(bench) == ("one", "deux", "trois", "three")
        assert versions.label(bench.hunks[0]) == "3/3"
        assert versions.step(bench.hunks[0].id, 1) and versions.label(bench.hunks[0]) == "1/3"
        assert new_side(bench) == ("one", "TWO", "three")
        assert versions.choose(bench.hunks[0].id, 1) and versions.label(bench.hunks[0]) == "2/3"
        assert not versions.choose(bench.hunks[0].id, 7)
        await decisions.accept([bench.hunks[0].id])
        assert bench.files.data["a.txt"] == A.replace(b"two", b"zwei")
        assert bench.engine.status.turn_state is not TurnState.CUT, "the turn in front went on by itself"


async def test_a_version_can_be_asked_for_while_the_model_still_writes() -> None:
    gate = asyncio.Event()
    first, delta, more, done = called(
        "c1", FIRST.replace("*** End Patch\n", ""), "@@\n-nine\n+NINE\n*** End Patch\n"
    )
    async with Bench(
        {"a.txt": A},
        [[created("r1"), first, delta, gate, more, done, completed("r1")]],
        sides=replies(SECOND),
    ) as bench:
        await bench.engine.workspace.open("a.txt")
        bench.ask("shout")
        await bench.until(lambda: bool(bench.hunks))
        gate.set()
        await bench.until(lambda: len(bench.hunks) == 2 and bench.hunks[1].state is HunkState.PROPOSED)
        await again(bench)
        assert (
            new_side(bench) == ("one", "zwei", "three")
            and bench.engine.conversation.turns[0].prompt == "shout"
        )


async def test_what_the_person_made_of_a_version_is_kept_too() -> None:
    async with Bench({"a.txt": A}, [patch_reply(FIRST)], sides=replies(SECOND)) as bench:
        await ready(bench)
        await again(bench)
        first = bench.hunks[0].id
        bench.engine.decisions.amend(first, ("one", "mine", "three"))
        assert bench.engine.versions.label(bench.hunks[0]) == "edited/2"
        bench.engine.versions.step(first, 1)
        bench.engine.versions.step(first, -1)
        assert new_side(bench) == ("one", "mine", "three")


async def test_an_answer_about_other_lines_is_not_taken() -> None:
    async with Bench({"a.txt": A}, [patch_reply(FIRST)], sides=replies(BEYOND)) as bench:
        await ready(bench)
        await again(bench)
        assert any("not taken" in sentence for sentence in bench.troubles)
        assert new_side(bench) == ("one", "TWO", "three") and len(bench.hunks) == 1


async def test_a_version_of_a_decided_hunk_is_not_asked_for() -> None:
    async with Bench({"a.txt": A}, [patch_reply(FIRST)], sides=replies(SECOND)) as bench:
        await ready(bench)
        await bench.engine.decisions.reject([bench.hunks[0].id])
        await again(bench)
        assert not bench.sides[0].requests and bench.troubles


async def test_the_person_may_type_while_a_version_is_written_and_stop_it() -> None:
    gate = asyncio.Event()
    first, delta, done = called("c2", SECOND)
    slow: list[Step] = [created("r2"), first, gate, delta, done, completed("r2")]
    never: list[Step] = [created("r3"), first, asyncio.Event(), delta, done, completed("r3")]
    async with Bench({"a.txt": A}, [patch_reply(FIRST)], sides=[slow, never]) as bench:
        await ready(bench)
        bench.engine.start(again(bench), "again")
        await bench.until(lambda: bool(bench.sides[0].requests))
        buffer = bench.engine.workspace.buffer("a.txt")
        assert buffer is not None
        bench.engine.workspace.edit("a.txt", buffer.text.splice_lines(0, 0, [("mine", "\n")]))
        gate.set()
        await bench.until(lambda: new_side(bench) == ("one", "zwei", "three"))
        bench.engine.start(again(bench), "again")
        await bench.until(lambda: bool(bench.sides[1].requests))
        assert bench.engine.versions.is_asked(bench.hunks[0].id)
        assert bench.engine.versions.stop()
        await bench.until(lambda: not bench.engine.versions.is_asked(bench.hunks[0].id))
        assert not bench.engine.versions.stop()
        assert new_side(bench) == ("one", "zwei", "three")


def test_a_new_file_has_versions() -> None:
    old, new = hunk("1.1.1", "+a", op=FileOp.ADD), hunk("1.1.1", "+b", "+c", op=FileOp.ADD)
    assert new_lines(old, [new], None) == ("b", "c")
    assert new_lines(old, [], None) is None


# Three at once


async def test_three_versions_are_asked_for_at_once_each_under_its_own_condition() -> None:
    async with Bench({"a.txt": A}, [patch_reply(FIRST)], sides=replies(SECOND, THIRD, BEYOND)) as bench:
        await ready(bench)
        versions, id = bench.engine.versions, bench.hunks[0].id
        await versions.three(id)
        for number, (_, words) in enumerate(THREE):
            assert words in bench.asked_beside(number)
        assert new_side(bench) == ("one", "TWO", "three"), "nothing is chosen by itself"
        choices = versions.choices(bench.hunks[0])
        assert [choice.name for choice in choices] == ["as proposed", *(name for name, _ in THREE)]
        assert choices[0].is_shown and "changes other lines" in choices[3].said
        assert versions.choose(id, 2) and new_side(bench) == ("one", "deux", "trois", "three")
        assert versions.choose(id, 0) and new_side(bench) == ("one", "TWO", "three")


async def test_lines_of_one_version_and_lines_of_another_can_both_be_accepted() -> None:
    async with Bench({"a.txt": A}, [patch_reply(FIRST)], sides=replies(SECOND, THIRD)) as bench:
        await ready(bench)
        versions, decisions, id = bench.engine.versions, bench.engine.decisions, bench.hunks[0].id
        await again(bench)
        await again(bench)
        rows = bench.hunks[0].rows
        deux = next(number for number, row in enumerate(rows) if row.text == "deux")
        await decisions.accept([id], {id: frozenset({deux})})
        assert b"two\ndeux\nthree" in bench.files.data["a.txt"]
        assert versions.choose(id, 1)
        now = bench.hunks[0]
        zwei = next(number for number, row in enumerate(now.rows) if row.text == "zwei")
        await decisions.accept([id], {id: frozenset({zwei})})
        assert {b"deux", b"zwei"} <= set(bench.files.data["a.txt"].split(b"\n"))


# What fits no more


async def test_a_conflict_is_proposed_anew_against_the_persons_text_and_undo_brings_it_back() -> None:
    anew = "*** Begin Patch\n*** Update File: a.txt\n@@\n one\n-mine\n+MINE\n three\n*** End Patch\n"
    async with Bench({"a.txt": A}, [patch_reply(FIRST)], sides=replies(anew)) as bench:
        await ready(bench)
        type_over(bench.engine, 1, "mine")
        assert state(bench) is HunkState.CONFLICTED and state(bench) in LOST
        await again(bench, "keep mine")
        request = bench.asked_beside(0)
        assert "| mine" in request and "-two\n+TWO" in request and "keep mine" in request
        repaired = bench.hunks[0]
        assert "anew" in repaired.note
        assert [row.text for row in repaired.rows] == ["one", "mine", "MINE", "three"]
        await bench.engine.decisions.accept([repaired.id])
        assert bench.files.data["a.txt"] == A.replace(b"two", b"MINE")
        await bench.engine.decisions.undo()
        assert state(bench) is HunkState.PROPOSED
        await bench.engine.decisions.undo()
        assert state(bench) is HunkState.CONFLICTED
        await bench.engine.decisions.redo()
        assert [row.text for row in bench.hunks[0].rows] == ["one", "mine", "MINE", "three"]


async def test_a_hunk_without_a_place_finds_one_where_the_answer_puts_it() -> None:
    lost = "*** Begin Patch\n*** Update File: a.txt\n@@\n-gone\n+GONE\n*** End Patch\n"
    async with Bench({"a.txt": A}, [patch_reply(lost)], sides=replies(SECOND)) as bench:
        await bench.engine.workspace.open("a.txt")
        bench.ask("shout")
        await bench.until(lambda: bool(bench.hunks) and state(bench) is HunkState.UNPLACED)
        await again(bench)
        assert state(bench) is HunkState.PROPOSED and bench.hunks[0].line == 1
        await bench.engine.decisions.undo()
        assert state(bench) is HunkState.UNPLACED


async def test_what_the_person_typed_already_is_there_and_counts_as_done() -> None:
    async with Bench({"a.txt": A}, [patch_reply(FIRST), text_reply("r2", "ok")]) as bench:
        await ready(bench)
        type_over(bench.engine, 1, "TWO")
        assert state(bench) is HunkState.SATISFIED
        assert bench.engine.decisions.review.pending() == 0
        type_over(bench.engine, 1, "two")
        assert state(bench) is HunkState.PROPOSED


# Why


async def test_why_is_said_beside_the_hunk_once_and_never_in_the_conversation() -> None:
    said = text_reply("q1", "Because shouting ", "was asked for.")
    async with Bench({"a.txt": A}, [patch_reply(FIRST)], sides=[said]) as bench:
        await ready(bench)
        whys, link = bench.engine.whys, bench.engine.conversation.link
        before = link.items
        await whys.ask(bench.hunks[0])
        assert whys.of(bench.hunks[0]) == "Because shouting was asked for."
        await whys.ask(bench.hunks[0])
        assert link.items == before and len(bench.engine.conversation.turns) == 1
        bench.engine.decisions.amend(bench.hunks[0].id, ("one", "other", "three"))
        assert whys.of(bench.hunks[0]) == "", "it was said about something else"


# The deep lane


async def test_the_deep_lane_brings_hunks_of_its_own_into_the_review() -> None:
    async with Bench({"a.txt": A}, [patch_reply(FIRST)], sides=replies(BEYOND)) as bench:
        await ready(bench)
        bench.engine.comments.put(bench.hunks[0], (), "too timid")
        await bench.engine.handing.hand(bench.hunks[0], "all of it")
        request = bench.asked_beside(0)
        assert "The task was: shout" in request and "too timid" in request and "all of it" in request
        assert [each.state for each in bench.hunks] == [HunkState.PROPOSED] * 3
        assert bench.hunks[2].path == "a.txt" and not bench.engine.handing.away
