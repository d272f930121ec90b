"""The rehearsal server over plain requests: events, chat completions, whole answers, refusals."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import httpx2
import pytest

from spark_tui.rehearsal.faults import Script
from tests.rehearsal.serving import CUSTOM, FUNCTION, PATCH, Frame, create, deltas, kinds, serving

CHAT_FUNCTION = {
    "type": "function",
    "function": {name: FUNCTION[name] for name in ("name", "description", "parameters")},
}


@asynccontextmanager
async def visiting(**options: Any) -> AsyncIterator[httpx2.AsyncClient]:
    async with serving(**options) as url:
        base = url.replace("ws://", "http://").removesuffix("/responses")
        async with httpx2.AsyncClient(base_url=base, trust_env=False) as client:
            yield client


def body(words: Any = "hi", **fields: Any) -> Frame:
    return {name: value for name, value in create(words, **fields).items() if name != "type"}


async def events(client: httpx2.AsyncClient, path: str, request: Frame) -> list[Frame]:
    """Ask for a stream and read it to its end."""
    async with client.stream("POST", path, json={**request, "stream": True}) as response:
        assert response.headers["content-type"] == "text/event-stream"
        blocks = (await response.aread()).decode().removesuffix("\n\n").split("\n\n")
    frames = []
    for block in blocks:
        *names, data = block.split("\n")
        if data != "data: [DONE]":
            frames.append(json.loads(data.removeprefix("data: ")))
            assert names in ([], [f"event: {frames[-1].get('type')}"])
    return frames


async def test_a_stream_of_events_is_what_a_socket_carries() -> None:
    async with visiting() as client:
        frames = await events(client, "responses", body("edit", tools=[CUSTOM]))
    assert kinds(frames)[:3] == ["created", "in_progress", "output_item.added"]
    assert kinds(frames)[-1] == "completed"
    assert deltas(frames, "custom_tool_call_input") == PATCH
    assert [frame["sequence_number"] for frame in frames] == list(range(len(frames)))


async def test_without_a_stream_the_answer_comes_whole_and_can_be_gone_on_from_if_stored() -> None:
    async with visiting() as client:
        first = (await client.post("responses", json=body("say one", store=True))).json()
        assert first["object"] == "response" and first["status"] == "completed"
        chained = body("hi", previous_response_id=first["id"])
        second = (await client.post("responses", json=chained)).json()
        third = await client.post("responses", json=body("hi", previous_response_id=second["id"]))
    assert second["output"][0]["content"][0]["text"].startswith("3 items")
    assert third.status_code == 400
    assert third.json()["error"]["code"] == "previous_response_not_found"


async def test_chat_completions_speak_of_the_same_answers() -> None:
    messages = [
        {"role": "system", "content": "Pair up."},
        {"role": "user", "content": [{"type": "text", "text": "edit"}]},
    ]
    request = {
        "model": "m",
        "messages": messages,
        "tools": [CHAT_FUNCTION],
        "stream_options": {"include_usage": True},
    }
    async with visiting() as client:
        chunks = await events(client, "chat/completions", request)
        whole = (await client.post("chat/completions", json=request)).json()
        call = whole["choices"][0]["message"]["tool_calls"][0]
        messages += [
            whole["choices"][0]["message"],
            {"role": "tool", "tool_call_id": call["id"], "content": "accepted"},
        ]
        after = (await client.post("chat/completions", json={"model": "m", "messages": messages})).json()
    pieces = [chunk["choices"][0] for chunk in chunks if chunk["choices"]]
    assert "".join(piece["delta"].get("content") or "" for piece in pieces) == "Renaming."
    fragments = [piece["delta"]["tool_calls"][0] for piece in pieces if "tool_calls" in piece["delta"]]
    assert fragments[0]["function"]["name"] == "apply_patch"
    assert json.loads("".join(fragment["function"]["arguments"] for fragment in fragments)) == {
        "patch": PATCH
    }
    assert pieces[-1]["finish_reason"] == "tool_calls"
    assert chunks[-1]["choices"] == [] and chunks[-1]["usage"]["completion_tokens"] > 0
    assert json.loads(call["function"]["arguments"]) == {"patch": PATCH}
    assert after["choices"][0]["message"]["content"] == "5 items, the last of type function_call_output."


@pytest.mark.parametrize(
    ("path", "request_", "code"),
    [
        ("responses", body(generate=False), "unknown_parameter"),
        ("responses", body(stream_id="a"), "unknown_parameter"),
        ("responses", create(), "unknown_parameter"),
        ("responses", body(background=True), "invalid_value"),
        ("responses", [], "invalid_json"),
        (
            "responses",
            body(model="gpt-5.3-codex-spark", reasoning={"summary": "auto"}),
            "unsupported_parameter",
        ),
        ("responses", body(model="gpt-5.3-codex-spark", tools=[{"type": "namespace"}]), "invalid_value"),
        ("responses", body(metadata={"rehearsal_fault": '{"do":"dance"}'}), "invalid_value"),
        ("chat/completions", {"model": "m"}, "missing_required_parameter"),
        ("chat/completions", {"model": "m", "messages": [3]}, "invalid_type"),
        ("chat/completions", {"messages": [{"role": "user", "content": "x"}]}, "missing_required_parameter"),
    ],
)
async def test_requests_that_make_no_sense_are_refused(path: str, request_: Any, code: str) -> None:
    async with visiting() as client:
        refused = await client.post(path, json=request_)
        assert refused.status_code == 400
        assert refused.json()["error"]["code"] == code
        assert (await client.post("responses", json=body())).status_code == 200


async def test_other_addresses_ways_and_pages() -> None:
    async with visiting() as client:
        assert (await client.get("elsewhere")).status_code == 404
        assert (await client.get("responses")).status_code == 405
        assert (await client.delete("models")).status_code == 405
        page = await client.post("responses", json=body(), headers={"Origin": "https://example.com"})
        assert page.status_code == 403
        assert (await client.get("models")).json()["data"][0]["id"] == "rehearsal"


async def test_the_key_is_wanted_here_too() -> None:
    async with visiting(token="right") as client:
        assert (await client.get("models")).status_code == 401
        assert (await client.get("models", headers={"Authorization": "Bearer right"})).status_code == 200


@pytest.mark.parametrize(
    "faults",
    [[{"do": "status", "status": 429, "retry_after": 7}], [{"do": "error", "status": 429, "retry_after": 7}]],
)
async def test_refusals_carry_a_time_to_wait(faults: list[Frame]) -> None:
    async with visiting(script=Script.read(json.dumps(faults))) as client:
        refused = await client.post("responses", json={**body(), "stream": True})
        assert (refused.status_code, refused.headers["retry-after"]) == (429, "7")
        assert (await client.post("responses", json=body())).status_code == 200


@pytest.mark.parametrize(
    "raw",
    [
        b"hello\r\n\r\n",
        b"GET /v1/models\r\n\r\n",
        b"POST /v1/responses HTTP/1.1\r\nContent-Length: x\r\n\r\n",
        b"G" * 100_000,
    ],
)
async def test_bytes_that_are_no_request_end_the_connection(raw: bytes) -> None:
    async with serving() as url:
        reader, writer = await asyncio.open_connection("127.0.0.1", int(url.split(":")[2].split("/")[0]))
        writer.write(raw)
        with suppress(ConnectionResetError):
            assert await asyncio.wait_for(reader.read(), 5) == b""
        writer.close()


async def test_bodies_may_come_in_chunks() -> None:
    async def pieces() -> AsyncIterator[bytes]:
        whole = json.dumps(body("say one")).encode()
        for at in range(0, len(whole), 7):
            yield whole[at : at + 7]

    async with visiting() as client:
        answer = await client.post("responses", content=pieces())
    assert answer.json()["output"][0]["content"][0]["text"] == "one"
