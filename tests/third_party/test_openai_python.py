"""The `openai` package from PyPI as a client of our server: sockets, lanes, events, chat completions."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from spark_tui.rehearsal.faults import Script
from tests.rehearsal.serving import CUSTOM, FUNCTION, PATCH, serving

openai: Any = pytest.importorskip("openai")

KEY = "opaque-0123456789"
FAULTS = [
    {"do": "status", "status": 429, "retry_after": 0},
    {"do": "status", "status": 503, "retry_after": 0},
]


@asynccontextmanager
async def sdk(**options: Any) -> AsyncIterator[Any]:
    """The SDK's client, pointed at our server."""
    async with serving(token=KEY, **options) as url:
        base = url.replace("ws://", "http://").removesuffix("/responses")
        async with openai.AsyncOpenAI(api_key=KEY, base_url=base) as client:
            yield client


async def ask(connection: Any, **fields: Any) -> list[Any]:
    await connection.send({"type": "response.create", "model": "m", "store": False, **fields})
    events = []
    async for event in connection:
        events.append(event)
        if event.type in ("response.completed", "response.failed", "error"):
            break
    return events


async def test_a_socket_carries_typed_events_and_goes_on() -> None:
    async with sdk() as client, client.responses.connect() as connection:
        warm = await ask(connection, input=[], generate=False, instructions="Pair up.")
        first = await ask(connection, input="edit", tools=[CUSTOM], previous_response_id=warm[-1].response.id)
        call = first[-1].response.output[-1]
        output = {"type": "custom_tool_call_output", "call_id": call.call_id, "output": "accepted"}
        second = await ask(
            connection, input=[output], tools=[CUSTOM], previous_response_id=first[-1].response.id
        )
        lost = await ask(connection, input="hi", previous_response_id="resp_gone")
    deltas = [event for event in first if event.type == "response.custom_tool_call_input.delta"]
    assert "".join(event.delta for event in deltas) == PATCH == call.input
    assert all(type(event).__name__.startswith("Response") for event in first), (
        "an event the SDK does not know"
    )
    assert second[-1].response.output_text.startswith("4 items")
    assert second[-1].response.usage.input_tokens_details.cached_tokens > 0
    assert lost[-1].error.code == "previous_response_not_found"


async def test_lanes_of_a_session_run_side_by_side() -> None:
    sessions: Any = pytest.importorskip("openai.lib.responses_websocket")
    limits = sessions.ResponsesWebSocketLimits(
        max_lanes=4, max_events_per_lane=4096, max_events=8192, max_bytes_per_lane=2**24, max_bytes=2**25
    )
    async with (
        sdk(rate=500.0) as client,
        client.responses.connect() as connection,
        sessions.AsyncResponsesWebSocketSession(connection, limits=limits) as session,
    ):
        lanes = [session.lane(name) for name in ("one", "two")]
        for lane in lanes:
            words = "say " + "word " * 20
            await lane.send({"type": "response.create", "model": "m", "store": False, "input": words})
        responses = await asyncio.gather(*(lane.get_final_response() for lane in lanes))
    assert [response.status for response in responses] == ["completed", "completed"]
    assert all(response.output_text.endswith("word word ") for response in responses)


async def test_plain_requests_streamed_and_whole() -> None:
    async with sdk(script=Script.read(json.dumps(FAULTS))) as client:
        async with client.responses.stream(model="m", input="edit", tools=[FUNCTION], store=False) as stream:
            events = [event async for event in stream]
            final = await stream.get_final_response()
        whole = await client.responses.create(model="m", input="say hello", store=True)
        after = await client.responses.create(model="m", input="hi", previous_response_id=whole.id)
        with pytest.raises(openai.BadRequestError) as refused:
            await client.responses.create(model="m", input="hi", previous_response_id="resp_gone")
    assert any(event.type == "response.function_call_arguments.delta" for event in events)
    assert json.loads(final.output[-1].arguments) == {"patch": PATCH}
    assert (whole.output_text, after.output_text) == ("hello", "3 items, the last of type message.")
    assert refused.value.code == "previous_response_not_found"


async def test_chat_completions_streamed_and_whole() -> None:
    messages = [{"role": "system", "content": "Pair up."}, {"role": "user", "content": "edit"}]
    names = ("name", "description", "parameters")
    tools = [{"type": "function", "function": {name: FUNCTION[name] for name in names}}]
    async with sdk() as client:
        request = {"model": "m", "messages": messages, "tools": tools}
        stream = await client.chat.completions.create(
            **request, stream=True, stream_options={"include_usage": True}
        )
        chunks = [chunk async for chunk in stream]
        whole = await client.chat.completions.create(**request)
    fragments = [
        call for chunk in chunks if chunk.choices for call in chunk.choices[0].delta.tool_calls or ()
    ]
    assert json.loads("".join(call.function.arguments for call in fragments)) == {"patch": PATCH}
    assert chunks[-1].usage.completion_tokens > 0
    assert whole.choices[0].finish_reason == "tool_calls"


async def test_models_and_a_wrong_key() -> None:
    async with sdk() as client:
        assert [model.id async for model in client.models.list()] == ["rehearsal"]
        with pytest.raises(openai.AuthenticationError):
            await client.with_options(api_key="wrong").models.list()
