"""Prompts that are queued follow one another; the figures of the connection are told."""

import asyncio
from dataclasses import replace

import pytest

from spark_tui.core.review import HunkState
from spark_tui.core.wire import UserMessage
from spark_tui.engine import TurnState
from tests.engine.bench import PROFILE, Bench, patch_reply
from tests.fakes.model_socket import Step, completed, created, error, failed, said, text_reply

PATCH = "*** Begin Patch\n*** Add File: a.txt\n+one\n*** End Patch\n"


async def test_queued_prompts_follow_in_order_once_the_turn_is_over() -> None:
    replies = [patch_reply(PATCH), *(text_reply(f"r{n}", f"answer {n}") for n in range(2, 5))]
    async with Bench({}, replies) as bench:
        talk = bench.engine.conversation
        bench.ask("edit")
        await bench.until(lambda: bench.engine.status.turn_state is TurnState.REVIEW)
        for prompt in ("second", "third", "never"):
            await talk.queue(prompt)
        assert (bench.engine.status.queued, list(talk.waiting.prompts)) == (3, ["second", "third", "never"])
        assert (talk.waiting.take(), talk.waiting.take(7)) == ("never", "")
        assert len(bench.model.requests) == 1
        await bench.engine.decisions.accept_all()
        await bench.until(lambda: len(talk.turns) == 3 and talk.turns[-1].state is TurnState.DONE)
        assert [turn.prompt for turn in talk.turns] == ["edit", "second", "third"]
        assert talk.waiting.prompts == ()
        assert [hunk.state for hunk in bench.hunks] == [HunkState.APPLIED]


async def test_with_nothing_under_way_a_queued_prompt_is_asked_at_once() -> None:
    async with Bench({}, [text_reply("r1", "yes")]) as bench:
        await bench.engine.conversation.queue("now")
        assert [turn.state for turn in bench.engine.conversation.turns] == [TurnState.DONE]


@pytest.mark.parametrize("ending", ["esc", "failure"])
async def test_after_esc_or_a_failure_the_queue_waits_for_the_person(ending: str) -> None:
    gate = asyncio.Event()
    first: list[Step] = [created("r1"), *said("m1", "It ")[:-1], gate, failed("r1", "insufficient_quota")]
    async with Bench({}, [first, text_reply("r2", "b"), text_reply("r3", "c")]) as bench:
        talk = bench.engine.conversation
        bench.ask("first")
        await bench.until(lambda: bench.engine.status.turn_state is TurnState.STREAMING)
        await talk.queue("later")
        if ending == "esc":
            await talk.cut()
        gate.set()
        await bench.until(lambda: talk.turns[-1].state in (TurnState.CUT, TurnState.FAILED))
        assert talk.waiting.prompts == ("later",)
        await talk.submit("first again")
        assert [turn.prompt for turn in talk.turns] == ["first", "first again", "later"]


async def test_another_prompt_does_not_start_the_queue_twice() -> None:
    gate = asyncio.Event()
    replies: list[list[Step]] = [[created("r1"), gate], text_reply("r2", "b"), text_reply("r3", "c")]
    async with Bench({}, replies) as bench:
        talk = bench.engine.conversation
        bench.ask("first")
        await bench.until(lambda: len(bench.model.requests) == 1)
        await talk.queue("queued")
        await talk.submit("instead")
        await bench.until(lambda: not talk.is_busy)
        assert [turn.prompt for turn in talk.turns] == ["first", "instead", "queued"]
        assert len(bench.model.requests) == 3


async def test_the_status_tells_the_figures_of_the_link() -> None:
    async with Bench({}, [text_reply("r1", "yes")]) as bench:
        await bench.engine.conversation.submit("now")
        status = bench.engine.status
        assert (status.connect, status.warm_up, status.retries, status.retry_at) == (0.0, None, 0, None)
        assert (status.transport, status.cached_tokens) == ("ws", 0)


# What the server would not take


async def test_what_is_too_long_for_the_server_is_asked_once_more_with_less() -> None:
    files = {f"part{number}.txt": b"words and words\n" * 250 for number in range(6)}
    long = [error("context_length_exceeded", 400, "Too long.")]
    replies = [text_reply(f"r{number}", "Read.") for number in range(3)]
    async with Bench(files, [*replies, long, text_reply("r5", "Yes.")]) as bench:
        talk = bench.engine.conversation
        for number in range(3):
            await talk.submit(f"read @part{number}.txt")
        await talk.submit("and now @part3.txt")
        turn = talk.turns[-1]
        assert (turn.state, turn.prose, turn.sentence) == (TurnState.DONE, "Yes.", "")
        refused, taken = (len(str(request["input"])) for request in bench.model.requests[-2:])
        whole = sum(len(str(request["input"])) for request in bench.model.requests[:-2])
        assert taken < (whole + refused) * 0.75
        assert "previous_response_id" not in bench.model.requests[-1]
        assert any("too long for the server" in sentence for sentence in bench.troubles)
        prompts = [item.text for item in talk.link.items if isinstance(item, UserMessage)]
        assert sum("and now" in text for text in prompts) == 1


async def test_what_stays_too_long_is_a_sentence_that_says_what_to_do() -> None:
    long = [error("context_length_exceeded", 400, "Too long.")]
    async with Bench({"a.txt": b"words\n" * 3000}, [long, long, text_reply("r3", "Yes.")]) as bench:
        talk = bench.engine.conversation
        await talk.submit("read @a.txt")
        assert talk.turns[-1].state is TurnState.FAILED
        assert "begin a new one or send less" in talk.turns[-1].sentence
        assert len(bench.model.requests) == 2
        await talk.submit("and now?")
        assert talk.turns[-1].prose == "Yes."


async def test_what_a_server_left_out_after_all_is_asked_next() -> None:
    steers = replace(PROFILE, model=replace(PROFILE.model, steers=True))
    hold = asyncio.Event()
    accepted = {"type": "response.steer.accepted", "steer": {"id": "s1"}}
    sorry = {
        "type": "response.steer.failed",
        "error": {"code": "successor_creation_failed"},
        "steer": {"id": "s1"},
    }
    replies: list[list[Step]] = [
        [created("r1"), hold, *said("m1", "One."), accepted, completed("r1"), sorry],
        text_reply("r2", "Two."),
    ]
    async with Bench({}, replies, profile=steers) as bench:
        talk = bench.engine.conversation
        bench.ask("first")
        await bench.until(
            lambda: bench.engine.status.turn_state is TurnState.WAITING and bool(bench.model.requests)
        )
        bench.ask("second")
        await bench.until(lambda: bool(bench.model.sent))
        hold.set()
        await bench.until(lambda: len(talk.turns) == 2 and talk.turns[-1].state is TurnState.DONE)
        assert [turn.prose for turn in talk.turns] == ["One.", "Two."]
        assert talk.turns[1].prompt == "second"
