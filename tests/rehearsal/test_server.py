"""The rehearsal server over a real socket, driven by a client that knows nothing but frames."""

import asyncio
import json
import time
from collections.abc import Sequence

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.typing import Origin

from spark_tui.rehearsal.answer import Answer
from spark_tui.rehearsal.faults import Script
from spark_tui.rehearsal.house import House, Manners, WallClock
from spark_tui.rehearsal.session import Session
from tests.rehearsal.serving import (
    CUSTOM,
    FUNCTION,
    PATCH,
    Frame,
    ask,
    client,
    create,
    deltas,
    echo,
    kinds,
    serving,
)


async def test_a_text_turn_has_the_events_of_the_real_service_in_order() -> None:
    async with client() as connection:
        frames = await ask(connection, create("say It drops\nthe first."))
    assert kinds(frames) == [
        "created",
        "in_progress",
        "output_item.added",
        "content_part.added",
        "output_text.delta",
        "output_text.done",
        "content_part.done",
        "output_item.done",
        "completed",
    ]
    assert [frame["sequence_number"] for frame in frames] == list(range(len(frames)))
    assert deltas(frames, "output_text") == "It drops\nthe first."
    response = frames[-1]["response"]
    assert response["id"] == frames[0]["response"]["id"]
    assert response["status"] == "completed"
    assert response["output"] == [frames[-2]["item"]]
    assert response["output"][0]["phase"] == "final_answer"
    usage = response["usage"]
    assert usage["output_tokens"] == sum(frame["type"] == "response.output_text.delta" for frame in frames)
    assert usage["total_tokens"] == usage["input_tokens"] + usage["output_tokens"]


@pytest.mark.parametrize(
    ("tool", "kind", "field", "content"),
    [
        (CUSTOM, "custom_tool_call", "input", PATCH),
        (FUNCTION, "function_call", "arguments", json.dumps({"patch": PATCH})),
    ],
)
async def test_a_patch_comes_as_a_call_of_the_tool_that_was_offered(
    tool: Frame, kind: str, field: str, content: str
) -> None:
    async with client() as connection:
        frames = await ask(connection, create("edit", tools=[tool]))
        call = frames[-2]["item"]
        unanswered = await ask(connection, create("go on", previous_response_id=frames[-1]["response"]["id"]))
    event = f"{kind}_{field}"
    assert kinds(frames)[-6:] == [
        "output_item.done",
        "output_item.added",
        f"{event}.delta",
        f"{event}.done",
        "output_item.done",
        "completed",
    ]
    assert deltas(frames, event) == content
    assert (call["type"], call["name"], call[field]) == (kind, "apply_patch", content)
    assert [item.get("phase") for item in frames[-1]["response"]["output"]] == ["commentary", None]
    assert unanswered[0]["error"]["code"] == "missing_tool_output"
    assert call["call_id"] in unanswered[0]["error"]["message"]


async def test_the_builtin_patch_tool_gets_one_call_per_file() -> None:
    patch = PATCH.replace("*** End", "*** Add File: b.py\n+one\n+\n*** Delete File: c.py\n*** End")
    async with client(perform=lambda messages: Answer("", patch)) as connection:
        frames = await ask(connection, create(tools=[{"type": "apply_patch"}]))
    assert [item["operation"] for item in frames[-1]["response"]["output"]] == [
        {"type": "update_file", "path": "a.py", "diff": "@@\n-n = 0\n+total = 0\n"},
        {"type": "create_file", "path": "b.py", "diff": "+one\n+\n"},
        {"type": "delete_file", "path": "c.py"},
    ]
    assert deltas(frames, "apply_patch_call_operation_diff") == "@@\n-n = 0\n+total = 0\n+one\n+\n"


async def test_without_a_patch_tool_the_patch_is_said() -> None:
    async with client() as connection:
        frames = await ask(connection, create("edit"))
    assert PATCH in deltas(frames, "output_text")
    assert [item["type"] for item in frames[-1]["response"]["output"]] == ["message"]


async def test_a_conversation_goes_on_from_a_warm_up_with_what_was_added() -> None:
    async with client() as connection:
        warm = await ask(connection, create([], generate=False, instructions="Pair up."))
        first = await ask(
            connection, create("edit", tools=[CUSTOM], previous_response_id=warm[-1]["response"]["id"])
        )
        call_id = first[-2]["item"]["call_id"]
        output = {"type": "custom_tool_call_output", "call_id": call_id, "output": "accepted"}
        chained = {"previous_response_id": first[-1]["response"]["id"]}
        second = await ask(connection, create([output], tools=[CUSTOM], **chained))
        again = await ask(connection, create([output], tools=[CUSTOM], **chained))
    assert kinds(warm) == ["created", "completed"]
    assert warm[-1]["response"]["output"] == []
    assert warm[-1]["response"]["usage"]["output_tokens"] == 0
    assert warm[-1]["response"]["usage"]["input_tokens"] == 3
    assert deltas(second, "output_text") == "4 items, the last of type custom_tool_call_output."
    usage = second[-1]["response"]["usage"]
    assert usage["input_tokens_details"]["cached_tokens"] == first[-1]["response"]["usage"]["total_tokens"]
    assert usage["input_tokens"] > usage["input_tokens_details"]["cached_tokens"]
    assert again[0]["error"]["code"] == "previous_response_not_found"


async def test_a_refused_continuation_forgets_what_it_went_on_from() -> None:
    async with client() as connection:
        first = await ask(connection, create())
        chained = {"previous_response_id": first[-1]["response"]["id"]}
        refused = await ask(connection, create([{"type": "nonsense"}], **chained))
        retried = await ask(connection, create("hi", **chained))
    assert refused[0]["error"]["param"] == "input[0].type"
    assert retried[0]["error"]["code"] == "previous_response_not_found"


async def test_an_unknown_chain_leaves_the_known_one_alone() -> None:
    async with client() as connection:
        first = await ask(connection, create())
        lost = await ask(connection, create(previous_response_id="resp_gone"))
        second = await ask(connection, create(previous_response_id=first[-1]["response"]["id"]))
    assert lost[0] == {
        "type": "error",
        "status": 400,
        "error": {
            "type": "invalid_request_error",
            "code": "previous_response_not_found",
            "message": "Previous response with id 'resp_gone' not found.",
            "param": "previous_response_id",
        },
    }
    assert deltas(second, "output_text").startswith("3 items")


CALL = {"type": "function_call", "call_id": "c", "name": "f", "arguments": "{}"}
OUTPUT = {"type": "function_call_output", "call_id": "c", "output": "o"}


@pytest.mark.parametrize(
    ("frame", "code", "param"),
    [
        ("not json", "invalid_json", None),
        ("[1]", "invalid_json", None),
        ("[" * 100_000, "invalid_json", None),
        ({"type": "response.append"}, "unknown_event", "type"),
        ({"type": None}, "unknown_event", "type"),
        ({"type": ["response.create"]}, "unknown_event", "type"),
        ({"type": "response.create", "response": {"model": "m"}}, "unknown_parameter", "response"),
        ({"type": "response.create", "input": []}, "missing_required_parameter", "model"),
        (create(colour="blue"), "unknown_parameter", "colour"),
        (create(stream_id=""), "invalid_stream_id", "stream_id"),
        (create(stream_id="ä"), "invalid_stream_id", "stream_id"),
        (create(stream_id=7), "invalid_stream_id", "stream_id"),
        (create(background=True), "invalid_value", "background"),
        (create(tools="all"), "invalid_type", "tools"),
        (create(tools=[3]), "invalid_type", "tools"),
        (create(store=1), "invalid_type", "store"),
        (create(temperature=True), "invalid_type", "temperature"),
        (create({"a": 1}), "invalid_type", "input"),
        (create([7]), "invalid_type", "input[0]"),
        (create([{"role": "robot", "content": "hi"}]), "invalid_value", "input[0].role"),
        (create([{"role": "user"}]), "invalid_type", "input[0].content"),
        (
            create([{"type": "custom_tool_call", "call_id": 3}]),
            "missing_required_parameter",
            "input[0].call_id",
        ),
        (create([CALL]), "missing_tool_output", "input"),
        (create([CALL, OUTPUT, OUTPUT]), "invalid_value", "input"),
        (create([OUTPUT]), "invalid_value", "input"),
        ({"type": "response.steer", "input": "x"}, "steering_not_supported", None),
    ],
)
async def test_requests_that_make_no_sense_are_refused_and_the_connection_lives(
    frame: object, code: str, param: str | None
) -> None:
    async with client() as connection:
        (refusal,) = await ask(connection, frame)
        after = await ask(connection, create())
    assert refusal["error"]["code"] == code
    assert refusal["error"].get("param") == param
    assert after[-1]["type"] == "response.completed"


async def test_odd_items_are_taken_as_they_are() -> None:
    odd = [
        {"role": "user", "content": [3, {"text": 4}, {}]},
        {"type": "reasoning"},
        CALL,
        {**OUTPUT, "output": [None]},
    ]
    async with client(perform=lambda messages: Answer(str(len(messages)))) as connection:
        frames = await ask(connection, create(odd, instructions=None, tools=[{"type": "web_search"}]))
    assert deltas(frames, "output_text") == "4"


async def test_a_performer_that_stumbles_fails_one_response() -> None:
    async with client() as connection:
        failed = await ask(connection, create("stumble"))
        after = await ask(connection, create())
    assert kinds(failed) == ["created", "in_progress", "failed"]
    assert failed[-1]["response"]["error"]["code"] == "server_error"
    assert "on purpose" not in json.dumps(failed)
    assert after[-1]["type"] == "response.completed"


async def test_without_lanes_one_response_at_a_time() -> None:
    async with client(rate=50.0, manners=Manners(lanes=False)) as connection:
        await connection.send(json.dumps(create("say " + "word " * 40)))
        await connection.send(json.dumps(create("say more")))
        seen: list[Frame] = []
        while not seen or seen[-1]["type"] != "error":
            seen.append(json.loads(await connection.recv()))
    assert seen[-1]["error"]["code"] == "response_in_progress"


async def test_a_client_may_ask_again_as_soon_as_it_reads_the_end() -> None:
    async with client() as connection:
        previous: Frame = {}
        for turn in range(30):
            frames = await ask(connection, create(**previous))
            assert deltas(frames, "output_text").startswith(f"{2 * turn + 1} items")
            previous = {"previous_response_id": frames[-1]["response"]["id"]}


class Eager:
    """A connection whose client asks again before the server has come back from sending the end."""

    def __init__(self, requests: Sequence[Frame]) -> None:
        first, *self._waiting = [json.dumps(request) for request in requests]
        self._requests = asyncio.Queue[str]()
        self._requests.put_nowait(first)
        self.frames: list[Frame] = []
        self.over = asyncio.Event()

    async def recv(self) -> str:
        return await self._requests.get()

    async def send(self, data: bytes, *, text: bool = True) -> None:
        self.frames.append(json.loads(data))
        kind = self.frames[-1]["type"]
        if kind == "error" or (kind == "response.completed" and not self._waiting):
            self.over.set()
        elif kind == "response.completed":
            self._requests.put_nowait(self._waiting.pop(0))
            for _ in range(20):
                await asyncio.sleep(0)

    async def close(self, code: int = 1000) -> None:
        raise AssertionError

    def abort(self) -> None:
        raise AssertionError

    def stop_reading(self) -> None:
        raise AssertionError


@pytest.mark.parametrize("lanes", [False, True])
async def test_the_end_of_a_response_is_sent_when_the_next_may_come(lanes: bool) -> None:
    connection = Eager([create("say one"), create("say two"), create("say three")])
    house = House(echo, Manners(rate=0.0, lanes=lanes), Script(), WallClock())
    serving = asyncio.ensure_future(Session(connection, house).run())
    await asyncio.wait_for(connection.over.wait(), 10)
    serving.cancel()
    await asyncio.gather(serving, return_exceptions=True)
    assert [frame["type"] for frame in connection.frames if frame["type"] == "error"] == []
    assert deltas(connection.frames, "output_text") == "onetwothree"


async def test_filler_hides_lengths_unless_it_is_not_wanted() -> None:
    async with client() as connection:
        padded = await ask(connection, create("say one two"))
        plain = await ask(connection, create("say one two", stream_options={"include_obfuscation": False}))
    sizes = {len(frame["delta"]) + len(frame["obfuscation"]) for frame in padded if "delta" in frame}
    assert sizes == {16}
    assert not any("obfuscation" in frame for frame in plain)


async def test_the_key_is_wanted_at_the_door() -> None:
    async with serving(token="right") as url:
        for headers in ({}, {"Authorization": "Bearer wrong"}, {"Authorization": "Bearer ünïcode"}):
            with pytest.raises(InvalidStatus) as refused:
                await connect(url, additional_headers=headers, proxy=None)
            assert refused.value.response.status_code == 401
            assert json.loads(refused.value.response.body or b"")["error"]["code"] == "invalid_api_key"
        async with connect(
            url, additional_headers={"Authorization": "Bearer right"}, proxy=None
        ) as connection:
            assert (await ask(connection, create()))[-1]["type"] == "response.completed"


async def test_nothing_else_is_at_other_addresses_and_pages_stay_outside() -> None:
    async with serving() as url:
        with pytest.raises(InvalidStatus) as missing:
            await connect(url.replace("responses", "elsewhere"), proxy=None)
        with pytest.raises(InvalidStatus) as page:
            await connect(url, origin=Origin("https://example.com"), proxy=None)
    assert missing.value.response.status_code == 404
    assert page.value.response.status_code == 403


async def test_models_are_listed_over_plain_http() -> None:
    async with serving() as url:
        port = int(url.split(":")[2].split("/")[0])
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"GET /v1/models HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        body = (await reader.read()).partition(b"\r\n\r\n")[2]
        writer.close()
        await writer.wait_closed()
    assert json.loads(body)["data"][0]["id"] == "rehearsal"


@pytest.mark.parametrize(("extra", "code"), [(16 * 2**20 + 100, 1009), (16 * 2**20 - 4096, None)])
async def test_messages_end_at_sixteen_mebibytes(extra: int, code: int | None) -> None:
    async with client(perform=lambda messages: Answer("ok")) as connection:
        frame = json.dumps(create([{"type": "reasoning", "encrypted_content": "x" * extra}]))
        if code is None:
            assert (await ask(connection, frame))[-1]["type"] == "response.completed"
        else:
            with pytest.raises(ConnectionClosed) as closed:
                await ask(connection, frame)
            assert closed.value.rcvd is not None
            assert closed.value.rcvd.code == code


async def test_a_binary_frame_ends_the_connection() -> None:
    async with client() as connection:
        await connection.send(b"{}")
        assert json.loads(await connection.recv())["error"]["code"] == "invalid_frame"
        with pytest.raises(ConnectionClosed) as closed:
            await connection.recv()
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 1003


async def test_a_client_that_goes_away_stops_the_answer_and_nobody_else() -> None:
    async with serving(rate=100.0) as url:
        leaving = await connect(url, proxy=None)
        await leaving.send(json.dumps(create("say " + "word " * 500)))
        while json.loads(await leaving.recv())["type"] != "response.output_text.delta":
            pass
        leaving.transport.abort()
        async with connect(url, proxy=None) as connection:
            assert (await ask(connection, create("say hi")))[-1]["type"] == "response.completed"
        answering = [
            task for task in asyncio.all_tasks() if getattr(task.get_coro(), "__name__", "") == "_answer"
        ]
        assert len(answering) <= 1
        if answering:
            await asyncio.wait(answering, timeout=5)
            assert answering[0].done()


@pytest.mark.parametrize("rate", [1000.0, 4000.0])
async def test_pieces_come_at_the_rate_that_was_asked_for(rate: float) -> None:
    words = "def rename(value: int) -> str:\n    return value\n" * (int(rate) // 50)
    async with client(rate=rate) as connection:
        await connection.send(
            json.dumps(create("say " + words, stream_options={"include_obfuscation": False}))
        )
        times: list[float] = []
        while True:
            frame = json.loads(await connection.recv())
            if frame["type"] == "response.completed":
                break
            if frame["type"] == "response.output_text.delta":
                times.append(time.perf_counter())
    measured = (len(times) - 1) / (times[-1] - times[0])
    assert 0.8 * rate < measured < 1.1 * rate
