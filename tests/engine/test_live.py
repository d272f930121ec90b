"""A stream under the person's hand: frozen at a line, held by the governor, steered inside a hunk, asked again."""

import asyncio
from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from spark_tui.core.edits import EditEvent, HunkClosed, HunkOpened, PatchParser, RowAdded, RowKind
from spark_tui.core.review import HunkState, HunkView, Row
from spark_tui.engine import TurnState
from spark_tui.engine.asking import Kept, KeptRows
from spark_tui.engine.gate import Hold
from spark_tui.engine.governor import Governor
from spark_tui.engine.marks import Marks
from tests.engine.bench import Bench, patch_reply
from tests.fakes.engine import FakeReview, hunk
from tests.fakes.model_socket import Step, called, completed, created, text_reply

A = b"one\ntwo\nthree\nfour\nfive\nsix\nseven\neight\nnine\nten\n"
HEAD = "*** Begin Patch\n*** Update File: a.txt\n@@\n one\n-two\n+TWO\n"
REST = " three\n@@\n eight\n-nine\n+NINE\n ten\n*** End Patch\n"


def gated(*pieces: str, gates: Sequence[asyncio.Event]) -> list[Step]:
    """A response whose pieces each wait for a gate, but for the first."""
    first, *deltas, done = called("c1", *pieces)
    steps: list[Step] = [created("r1"), first, deltas[0]]
    for gate, delta in zip(gates, deltas[1:], strict=True):
        steps += [gate, delta]
    return [*steps, done, completed("r1")]


def waits_for(bench: Bench) -> Hold:
    return bench.engine.gate.waits_for


def rows_of(view: HunkView) -> list[str]:
    return [row.text for row in view.rows]


# Freezing


async def test_a_frozen_stream_shows_nothing_more_and_loses_nothing() -> None:
    gate = asyncio.Event()
    async with Bench({"a.txt": A}, [gated(HEAD, REST, gates=[gate]), text_reply("r2", "ok")]) as bench:
        bench.ask("shout")
        await bench.until(lambda: bool(bench.hunks) and rows_of(bench.hunks[0]) == ["one", "two", "TWO"])
        bench.engine.gate.freeze()
        gate.set()
        await bench.until(lambda: waits_for(bench) is Hold.PERSON)
        await bench.until(lambda: not bench.engine.conversation.link.is_busy)
        assert rows_of(bench.hunks[0]) == ["one", "two", "TWO"] and len(bench.hunks) == 1
        assert bench.engine.status.turn_state is TurnState.STREAMING
        bench.engine.gate.go_on()
        await bench.until(lambda: bench.engine.status.turn_state is TurnState.REVIEW)
        assert [each.state for each in bench.hunks] == [HunkState.PROPOSED] * 2
        assert waits_for(bench) is Hold.NOBODY


async def test_a_freeze_holds_in_the_middle_of_one_piece() -> None:
    async with Bench({"a.txt": A}, [gated(HEAD + REST, gates=[])]) as bench:
        bench.engine.governor.limit, bench.engine.governor.is_attended = 1, True
        bench.ask("shout")
        await bench.until(lambda: waits_for(bench) is Hold.GOVERNOR)
        bench.engine.gate.freeze()
        bench.engine.governor.release()
        bench.engine.gate.look_again()
        await bench.until(lambda: waits_for(bench) is Hold.PERSON)
        assert len(bench.hunks) == 1
        bench.engine.gate.go_on()
        await bench.until(lambda: bench.engine.status.turn_state is TurnState.REVIEW)
        assert len(bench.hunks) == 2


async def test_stopping_a_frozen_stream_keeps_what_was_shown_and_tells_the_model() -> None:
    gate = asyncio.Event()
    cut_in = REST.index("+NINE")
    replies = [gated(HEAD + REST[:cut_in], REST[cut_in:], gates=[gate]), text_reply("r2", "ok")]
    async with Bench({"a.txt": A}, replies) as bench:
        bench.ask("shout")
        await bench.until(lambda: len(bench.hunks) == 2 and len(bench.hunks[1].rows) == 2)
        bench.engine.gate.freeze()
        gate.set()
        await bench.until(lambda: not bench.engine.conversation.link.is_busy)
        await bench.engine.conversation.cut()
        assert [each.state for each in bench.hunks] == [HunkState.PROPOSED, HunkState.STALE]
        assert bench.engine.status.turn_state is TurnState.CUT and not bench.engine.gate.is_frozen
        assert bench.files.data["a.txt"] == A
        await bench.engine.conversation.submit("go on")
        assert "nothing of what followed in it was taken" in bench.sent(1)


async def test_a_frozen_hunk_can_be_latched_and_other_hunks_decided() -> None:
    gate = asyncio.Event()
    async with Bench({"a.txt": A}, [gated(HEAD + REST[:30], REST[30:], gates=[gate])]) as bench:
        bench.ask("shout")
        await bench.until(lambda: len(bench.hunks) == 2)
        bench.engine.gate.freeze()
        await bench.engine.decisions.accept([bench.hunks[0].id])
        await bench.engine.decisions.accept([bench.hunks[1].id])
        assert bench.files.data["a.txt"] == A.replace(b"two", b"TWO")
        gate.set()
        bench.engine.gate.go_on()
        await bench.until(lambda: b"NINE" in bench.files.data["a.txt"])


# The governor


def test_debt_is_what_was_generated_and_not_yet_looked_at() -> None:
    review, marks = FakeReview(), Marks(lambda event: None)
    governor = Governor(review.files, marks, limit=3)
    one, two = hunk("1.1.1", "-a", "+b", "+c"), hunk("1.2.1", "+d", path="b.py")
    review.put(one, two)
    assert (governor.debt.generated, governor.debt.reviewed, governor.debt.lines) == (4, 0, 4)
    assert not governor.holds(), "nobody is there who could let more through"
    governor.is_attended = True
    assert governor.holds()
    marks.saw(two)
    assert governor.debt.lines == 3 and not governor.holds()
    marks.defer(one)
    assert governor.debt.lines == 0
    governor.limit = 0
    assert not governor.holds()


def test_letting_more_through_lasts_until_the_person_has_caught_up() -> None:
    review, marks = FakeReview(), Marks(lambda event: None)
    governor = Governor(review.files, marks, limit=2)
    governor.is_attended = True
    review.put(hunk("1.1.1", "+a", "+b", "+c"))
    assert governor.holds() and governor.release() == 5 and not governor.holds()
    review.put(hunk("1.1.2", "+d", "+e", "+f"))
    assert governor.holds()
    for id in ("1.1.1", "1.1.2"):
        marks.saw(review.hunks[id])
    assert not governor.holds()
    review.put(hunk("1.1.3", "+a", "+b", "+c"))
    assert governor.holds(), "what was let through before does not count any more"


async def test_above_the_limit_the_stream_waits_before_the_next_hunk_and_goes_on_with_a_decision() -> None:
    async with Bench({"a.txt": A}, [patch_reply(HEAD + REST), text_reply("r2", "ok")]) as bench:
        bench.engine.governor.limit, bench.engine.governor.is_attended = 1, True
        bench.ask("shout")
        await bench.until(lambda: waits_for(bench) is Hold.GOVERNOR)
        await bench.until(lambda: not bench.engine.conversation.link.is_busy)
        assert [each.state for each in bench.hunks] == [HunkState.PROPOSED]
        await bench.engine.decisions.accept([bench.hunks[0].id])
        await bench.until(lambda: len(bench.hunks) == 2 and bench.hunks[1].state is HunkState.PROPOSED)
        assert waits_for(bench) is Hold.NOBODY
        assert bench.engine.status.turn_state is TurnState.REVIEW


async def test_what_was_latched_lands_although_the_stream_is_held() -> None:
    gate = asyncio.Event()
    async with Bench({"a.txt": A}, [gated(HEAD, REST, gates=[gate])]) as bench:
        bench.engine.governor.limit, bench.engine.governor.is_attended = 1, True
        bench.ask("shout")
        await bench.until(lambda: bool(bench.hunks) and bench.hunks[0].state is HunkState.STREAMING)
        await bench.engine.decisions.accept([bench.hunks[0].id])
        gate.set()
        await bench.until(lambda: bench.files.data["a.txt"] == A.replace(b"two", b"TWO"))


async def test_plus_lets_more_through() -> None:
    async with Bench({"a.txt": A}, [patch_reply(HEAD + REST)]) as bench:
        bench.engine.governor.limit, bench.engine.governor.is_attended = 1, True
        bench.ask("shout")
        await bench.until(lambda: waits_for(bench) is Hold.GOVERNOR)
        bench.engine.governor.release()
        bench.engine.gate.look_again()
        await bench.until(lambda: bench.engine.status.turn_state is TurnState.REVIEW)
        assert len(bench.hunks) == 2


# Steering


async def test_a_note_keeps_the_rows_above_and_asks_for_the_rest() -> None:
    silence = asyncio.Event()
    answer = "*** Begin Patch\n*** Update File: a.txt\n@@\n one\n-two\n+TWO\n+TWO AND A HALF\n three\n*** End Patch\n"
    replies = [gated(HEAD, REST, gates=[silence]), patch_reply(answer, "c2", "r2"), text_reply("r3", "ok")]
    async with Bench({"a.txt": A}, replies) as bench:
        bench.ask("shout")
        await bench.until(lambda: bool(bench.hunks) and rows_of(bench.hunks[0]) == ["one", "two", "TWO"])
        bench.engine.gate.freeze()
        bench.engine.start(bench.engine.steering.steer("add a half"), "steer")
        await bench.until(lambda: len(bench.hunks) == 2 and bench.hunks[1].state is HunkState.PROPOSED)
        request = bench.model.requests[1]["input"][-1]["content"][0]["text"]
        assert "add a half" in request
        assert "*** Update File: a.txt\n@@\n one\n-two\n+TWO\n" in request
        assert "seven" in bench.sent(1), "the file goes along"
        assert rows_of(bench.hunks[1]) == ["one", "two", "TWO", "TWO AND A HALF", "three"]
        first = bench.hunks[0]
        assert first.state is HunkState.STALE and bench.engine.marks.is_retired(first.id)
        newest = bench.engine.conversation.newest
        assert newest is not None and newest.prompt == "add a half"
        await bench.engine.decisions.accept([bench.hunks[1].id])
        assert b"TWO\nTWO AND A HALF\nthree\n" in bench.files.data["a.txt"]


async def test_kept_rows_stay_whatever_the_answer_says() -> None:
    silence = asyncio.Event()
    answer = "*** Begin Patch\n*** Update File: a.txt\n@@\n one\n-two\n+something else\n+2.5\n three\n*** End Patch\n"
    async with Bench(
        {"a.txt": A}, [gated(HEAD, REST, gates=[silence]), patch_reply(answer, "c2", "r2")]
    ) as bench:
        bench.ask("shout")
        await bench.until(lambda: bool(bench.hunks) and len(bench.hunks[0].rows) == 3)
        bench.engine.start(bench.engine.steering.steer("more"), "steer")
        await bench.until(lambda: len(bench.hunks) == 2 and bench.hunks[1].state is HunkState.PROPOSED)
        assert rows_of(bench.hunks[1]) == ["one", "two", "TWO", "something else", "2.5", "three"]


async def test_a_note_between_hunks_is_a_prompt() -> None:
    async with Bench({"a.txt": A}, [patch_reply(HEAD + REST), text_reply("r2", "ok")]) as bench:
        bench.ask("shout")
        await bench.until(lambda: bench.engine.status.turn_state is TurnState.REVIEW)
        await bench.engine.steering.steer("and now something else")
        assert bench.model.requests[1]["input"][-1]["content"][0]["text"] == "and now something else"


async def test_a_hunk_that_was_cut_can_be_finished() -> None:
    silence = asyncio.Event()
    answer = HEAD + " three\n*** End Patch\n"
    async with Bench(
        {"a.txt": A}, [gated(HEAD, REST, gates=[silence]), patch_reply(answer, "c2", "r2")]
    ) as bench:
        bench.ask("shout")
        await bench.until(lambda: bool(bench.hunks) and len(bench.hunks[0].rows) == 3)
        await bench.engine.conversation.cut()
        bench.engine.start(bench.engine.steering.finish(bench.hunks[0].id), "finish")
        await bench.until(lambda: len(bench.hunks) == 2 and bench.hunks[1].state is HunkState.PROPOSED)
        assert bench.engine.marks.is_retired(bench.hunks[0].id)


ROWS = st.lists(
    st.tuples(st.sampled_from(list(RowKind)), st.sampled_from("abc")).map(lambda pair: Row(*pair)), max_size=8
)
SIGNS = {RowKind.CONTEXT: " ", RowKind.REMOVE: "-", RowKind.ADD: "+"}


def through(kept: list[Row], answer: list[Row]) -> list[EditEvent]:
    lines = "".join(f"{SIGNS[row.kind]}{row.text}\n" for row in answer)
    parser = KeptRows(PatchParser(), Kept("1.1.1", "a.txt", tuple(kept)))
    text = f"*** Begin Patch\n*** Update File: a.txt\n@@\n{lines}@@\n-later\n+LATER\n*** End Patch\n"
    return [event for char in text for event in parser.push(char)] + parser.finish()


def first_hunk(events: list[EditEvent]) -> list[Row]:
    rows: list[Row] = []
    for event in events:
        if isinstance(event, RowAdded):
            rows.append(Row(event.kind, event.text))
        if isinstance(event, HunkClosed):
            break
    return rows


@given(ROWS, ROWS)
def test_kept_rows_always_stand_first(kept: list[Row], answer: list[Row]) -> None:
    events = through(kept, answer)
    assert first_hunk(events)[: len(kept)] == kept or not any(
        isinstance(event, HunkOpened) for event in events
    )


@given(ROWS.filter(bool), ROWS)
def test_an_answer_that_repeats_what_was_kept_is_taken_as_it_is(kept: list[Row], more: list[Row]) -> None:
    events = through(kept, [*kept, *more])
    assert first_hunk(events) == [*kept, *more]
    assert [event.text for event in events if isinstance(event, RowAdded)][-2:] == ["later", "LATER"]


def test_what_the_answer_puts_above_is_left_out_and_a_bare_continuation_is_appended() -> None:
    kept = [Row(RowKind.REMOVE, "old"), Row(RowKind.ADD, "new")]
    above = [Row(RowKind.CONTEXT, "above"), *kept, Row(RowKind.ADD, "more")]
    assert first_hunk(through(kept, above)) == [*kept, Row(RowKind.ADD, "more")]
    rest = [Row(RowKind.ADD, "x"), Row(RowKind.CONTEXT, "y")]
    assert first_hunk(through(kept, rest)) == [*kept, *rest]
