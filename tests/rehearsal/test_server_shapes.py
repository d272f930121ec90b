"""What an answer may consist of besides words and a patch, and what else a server may tell."""

import json
from typing import Any

import pytest
from websockets.asyncio.client import connect

from spark_tui.core.wire import Ended, EndStatus, Item, ItemDone, Reasoning, Reducer, ToolCall, WireFault
from spark_tui.core.wire.events import Queued, ReasoningDelta, TextDelta
from spark_tui.rehearsal.answer import Answer
from spark_tui.rehearsal.faults import Script
from tests.rehearsal.serving import (
    CUSTOM,
    FUNCTION,
    PATCH,
    Frame,
    ask,
    client,
    create,
    deltas,
    kinds,
    serving,
)

TWO_FILES = PATCH.replace("*** End Patch", "*** Add File: b.py\n+n = 1\n*** End Patch")


async def asked(fault: dict[str, Any], words: str = "say Yes.", **fields: Any) -> list[Frame]:
    """The frames of one request under one fault."""
    async with client(script=Script.read(json.dumps([fault]))) as connection:
        return await ask(connection, create(words, **fields))


def events(frames: list[Frame]) -> list[Any]:
    """What our client makes of them."""
    reducer = Reducer()
    return [event for frame in frames for event in reducer.feed(frame)]


def items(frames: list[Frame]) -> list[Item]:
    return [event.item for event in events(frames) if isinstance(event, ItemDone)]


async def test_thoughts_that_are_sealed_come_without_words() -> None:
    frames = await asked({"do": "think"}, include=["reasoning.encrypted_content"])
    assert kinds(frames)[2:4] == ["output_item.added", "output_item.done"]
    thought, _ = items(frames)
    assert isinstance(thought, Reasoning) and thought.encrypted == "AAABBBCCC=", (
        "not what came with its opening"
    )


async def test_thoughts_with_a_summary_or_in_the_open_are_told_in_pieces() -> None:
    ways: list[tuple[dict[str, Any], str]] = [
        ({"reasoning": {"summary": "auto"}}, "reasoning_summary_text"),
        ({}, "reasoning_text"),
    ]
    for fields, kind in ways:
        frames = await asked({"do": "think", "message": "Let me see what is here."}, **fields)
        assert deltas(frames, kind) == "Let me see what is here."
        said = [event.text for event in events(frames) if isinstance(event, ReasoningDelta)]
        assert "".join(said) == "Let me see what is here."
        assert "".join(event.text for event in events(frames) if isinstance(event, TextDelta)) == "Yes."


async def test_a_refusal_is_a_message() -> None:
    frames = await asked({"do": "refuse", "message": "Not that."})
    assert deltas(frames, "refusal") == "Not that."
    (message,) = items(frames)
    assert getattr(message, "text", "") == "Not that."


@pytest.mark.parametrize("tool", [CUSTOM, FUNCTION])
async def test_several_calls_in_one_response(tool: Frame) -> None:
    async with client(
        lambda messages: Answer("Two.", TWO_FILES), script=Script.read('[{"do": "split"}]')
    ) as connection:
        frames = await ask(connection, create("edit", tools=[tool]))
    calls = [item for item in items(frames) if isinstance(item, ToolCall)]
    assert len(calls) == 2 and len({call.call_id for call in calls}) == 2
    patches = [json.loads(call.input)["patch"] if tool is FUNCTION else call.input for call in calls]
    assert patches == [PATCH, "*** Begin Patch\n*** Add File: b.py\n+n = 1\n*** End Patch\n"]


async def test_a_queue_tells_the_place() -> None:
    frames = await asked({"do": "queue", "seconds": 0.03})
    assert [event.position for event in events(frames) if isinstance(event, Queued)] == [3, 2, 1]
    assert isinstance(events(frames)[-1], Ended) and events(frames)[-1].status is EndStatus.COMPLETED
    assert [frame["sequence_number"] for frame in frames] == list(range(len(frames)))


@pytest.mark.parametrize("shape", ["", "flat", "detail", "status_code"])
async def test_errors_in_every_shape_are_understood(shape: str) -> None:
    fault = {
        "do": "error",
        "status": 429,
        "code": "slow_down",
        "message": "Wait.",
        "retry_after": 2,
        "shape": shape,
    }
    (frame,) = await asked(fault)
    (heard,) = events([frame])
    assert isinstance(heard, WireFault) and heard.message == "Wait."
    if shape in ("", "status_code"):
        assert (heard.code, heard.status, heard.retry_after) == ("slow_down", 429, 2.0)
    assert heard.code == ("http_429" if shape == "detail" else "slow_down")


@pytest.mark.parametrize("wanted", [True, False])
async def test_times_are_told_to_those_who_want_to_know(wanted: bool) -> None:
    headers = {"x-responsesapi-include-timing-metrics": "true"} if wanted else {}
    async with serving() as url, connect(url, additional_headers=headers, proxy=None) as connection:
        frames = await ask(connection, create("say Yes."))
    told = [frame for frame in frames if frame["type"] == "responsesapi.websocket_timing"]
    assert len(told) == wanted and frames[-1]["type"] == "response.completed"
    assert all(frame["timing_metrics"]["engine_service_total_ms"] >= 0 for frame in told)
