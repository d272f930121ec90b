"""Lanes, memory, age and steering of the rehearsal server, by the rules of the real service."""

import asyncio
import json
from collections import defaultdict
from typing import Any

import pytest
from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed

from spark_tui.rehearsal.answer import Answer
from spark_tui.rehearsal.house import Manners
from tests.fakes.clock import FakeClock
from tests.rehearsal.serving import CUSTOM, PATCH, Frame, ask, client, create, deltas, kinds

_ENDS = ("error", "response.completed", "response.failed", "response.incomplete", "response.steer.failed")


async def send(connection: ClientConnection, *frames: Frame) -> None:
    for frame in frames:
        await connection.send(json.dumps(frame))


async def gather(connection: ClientConnection, ends: int) -> list[Frame]:
    """Read until so many responses are over."""
    frames: list[Frame] = []
    while ends:
        frames.append(json.loads(await connection.recv()))
        ends -= frames[-1]["type"] in _ENDS
    return frames


def by_lane(frames: list[Frame]) -> dict[str, list[Frame]]:
    lanes: dict[str, list[Frame]] = defaultdict(list)
    for frame in frames:
        lanes[frame.get("stream_id", "")].append(frame)
    return lanes


LONG = "say " + "word " * 30


async def test_lanes_run_at_once_and_are_told_apart() -> None:
    async with client(rate=300.0) as connection:
        await send(connection, create(LONG, stream_id="a"), create(LONG, stream_id="b.2"), create(LONG))
        frames = await gather(connection, 3)
    lanes = by_lane(frames)
    assert set(lanes) == {"a", "b.2", ""}
    for lane, own in lanes.items():
        assert [frame["sequence_number"] for frame in own] == list(range(len(own)))
        assert deltas(own, "output_text") == LONG[4:]
        assert all(("stream_id" in frame) == bool(lane) for frame in own)
    order = [frame.get("stream_id", "") for frame in frames]
    assert order != sorted(order), "nothing was interleaved"


async def test_one_lane_answers_in_order() -> None:
    async with client() as connection:
        await send(connection, *(create(f"say {number}", stream_id="a") for number in range(5)))
        frames = await gather(connection, 5)
    assert deltas(frames, "output_text") == "01234"
    starts = [
        frame["type"] for frame in frames if frame["type"] in ("response.created", "response.completed")
    ]
    assert starts == ["response.created", "response.completed"] * 5


async def test_at_most_sixteen_at_once_and_the_rest_waits() -> None:
    async with client(rate=100.0, manners=Manners(most_at_once=2)) as connection:
        await send(connection, *(create(LONG, stream_id=f"l{number}") for number in range(4)))
        frames = await gather(connection, 4)
    running = most = 0
    for frame in frames:
        running += (frame["type"] == "response.created") - (frame["type"] == "response.completed")
        most = max(most, running)
    assert most == 2


async def test_names_stay_counted_and_the_unnamed_lane_is_free() -> None:
    async with client(manners=Manners(most_lanes=2)) as connection:
        for name in ("a", "b", "a"):
            assert (await ask(connection, create(stream_id=name)))[-1]["type"] == "response.completed"
        refused = (await ask(connection, create(stream_id="c")))[0]
        assert (await ask(connection, create()))[-1]["type"] == "response.completed"
    assert refused["error"]["code"] == "websocket_stream_limit_reached"
    assert refused["stream_id"] == "c"


async def test_a_failure_in_one_lane_leaves_the_others_alone() -> None:
    async with client() as connection:
        first = await ask(connection, create("say one"))
        parent = {"previous_response_id": first[-1]["response"]["id"]}
        bad = await ask(connection, create([{"type": "nonsense"}], stream_id="fork", **parent))
        fork = await ask(connection, create("hi", stream_id="fork", **parent))
        assert bad[0]["stream_id"] == "fork"
        assert deltas(fork, "output_text").startswith("3 items")
        goes_on = await ask(connection, create("hi", **parent))
        assert deltas(goes_on, "output_text").startswith("3 items")
        own = {"previous_response_id": goes_on[-1]["response"]["id"]}
        await ask(connection, create([{"type": "nonsense"}], **own))
        lost = await ask(connection, create("hi", **own))
    assert lost[0]["error"]["code"] == "previous_response_not_found"


async def test_what_is_stored_outlives_lane_and_connection() -> None:
    async with client() as connection:
        first = await ask(connection, create("say one", store=True))
        await ask(connection, create("say two", store=True))
        old = {"previous_response_id": first[-1]["response"]["id"]}
        for _ in range(2):
            assert deltas(await ask(connection, create("hi", **old)), "output_text").startswith("3 items")


async def test_a_connection_ends_at_its_age_limit() -> None:
    clock = FakeClock()
    async with client(clock=clock, manners=Manners(age_close=4001, rate=100.0)) as connection:
        await send(connection, create(LONG))
        while json.loads(await connection.recv())["type"] != "response.output_text.delta":
            pass
        await clock.advance(3599)
        assert json.loads(await connection.recv())["type"] == "response.output_text.delta"
        await clock.advance(1)
        with pytest.raises(ConnectionClosed) as closed:
            while (frame := json.loads(await connection.recv()))["type"] != "error":
                pass
            assert frame["error"]["code"] == "websocket_connection_limit_reached"
            await connection.recv()
    assert closed.value.rcvd is not None and closed.value.rcvd.code == 4001


async def steered(connection: ClientConnection, words: str, **fields: Any) -> list[Frame]:
    """Ask, steer at the first word, read the steered response and its successor."""
    await send(connection, create(words, model="gpt-6-sol", **fields))
    frames: list[Frame] = []
    while not frames or frames[-1]["type"] != "response.output_text.delta":
        frames.append(json.loads(await connection.recv()))
    target = frames[0]["response"]["id"]
    await send(connection, {"type": "response.steer", "previous_response_id": target, "input": "say sooner"})
    return frames + await gather(connection, 2)


async def test_a_model_that_can_is_steered() -> None:
    async with client(rate=100.0) as connection:
        frames = await steered(connection, LONG)
    names = kinds(frames)
    assert names.index("steer.accepted") < names.index("incomplete") < len(names) - 1
    first, second = (frame["response"] for frame in frames if frame["type"] == "response.created")
    over = next(frame for frame in frames if frame["type"] == "response.incomplete")
    assert over["response"]["incomplete_details"] == {"reason": "steered"}
    assert second["previous_response_id"] == first["id"]
    assert deltas(frames, "output_text").endswith("sooner")


async def test_steering_behind_a_call_waits_for_its_output() -> None:
    patch = PATCH.replace("*** End", f"*** Add File: b.py\n{'+one two three' * 20}\n*** End")

    def perform(messages: Any) -> Answer:
        return Answer("", patch) if len(messages) == 1 else Answer(f"{len(messages)} items")

    async with client(perform, rate=200.0) as connection:
        await send(connection, create("edit", model="gpt-6-sol", tools=[{"type": "apply_patch"}]))
        frames: list[Frame] = []
        while not frames or frames[-1]["type"] != "response.output_item.done":
            frames.append(json.loads(await connection.recv()))
        target = frames[0]["response"]["id"]
        await send(
            connection, {"type": "response.steer", "previous_response_id": target, "input": "say more"}
        )
        while frames[-1]["type"] != "response.steer.pending":
            frames.append(json.loads(await connection.recv()))
        (stub,) = frames[-1]["required_input"]
        filled = {**stub, "status": "completed", "output": "accepted"}
        after = await ask(connection, create([filled], model="gpt-6-sol", previous_response_id=target))
    assert stub["call_id"] == next(frame["item"]["call_id"] for frame in frames if "item" in frame)
    assert "response.incomplete" in [frame["type"] for frame in frames]
    assert deltas(after, "output_text") == "4 items"


@pytest.mark.parametrize(
    ("model", "steer", "code"),
    [
        ("gpt-5.3-codex-spark", {"input": "x"}, "steering_not_supported"),
        ("gpt-6-sol", {"input": "x", "previous_response_id": "resp_gone"}, "steering_not_supported"),
    ],
)
async def test_steering_is_refused_where_it_makes_no_sense(model: str, steer: Frame, code: str) -> None:
    async with client() as connection:
        await ask(connection, create(model=model))
        (refused,) = await ask(connection, {"type": "response.steer", **steer})
    assert refused["error"]["code"] == code
    assert refused["steer"]["input"] == "x"


async def test_interruption_keeps_what_is_finished() -> None:
    async with client(rate=100.0, manners=Manners(interrupts=True)) as connection:
        await send(connection, create(LONG))
        frames: list[Frame] = []
        while not frames or frames[-1]["type"] != "response.output_text.delta":
            frames.append(json.loads(await connection.recv()))
        target = frames[0]["response"]["id"]
        await send(
            connection, {"type": "response.interrupt", "response_id": target, "mode": "discard_partial_items"}
        )
        frames += await gather(connection, 1)
        again = await ask(connection, create("hi", previous_response_id=target))
    assert frames[-1]["response"]["incomplete_details"] == {"reason": "interrupted"}
    assert "interrupt.accepted" in kinds(frames)
    assert deltas(again, "output_text").startswith("2 items")


async def test_seeded_ids_are_the_same_every_time() -> None:
    async def ids() -> list[str]:
        async with client(seed=7, clock=FakeClock()) as connection:
            frames = await ask(connection, create("edit", tools=[CUSTOM]))
        return [json.dumps(frame, sort_keys=True) for frame in frames]

    first, second = await asyncio.gather(ids(), ids())
    assert first == second


async def test_what_is_sent_either_way_is_recorded() -> None:
    told: list[tuple[str, str, Any]] = []
    async with client(record=lambda *entry: told.append(entry)) as connection:
        frames = await ask(connection, create("say one"))
    assert [sender for sender, _, _ in told] == ["C", *["S"] * len(frames)]
    assert [frame for _, _, frame in told[1:]] == frames
    assert {place for _, place, _ in told} == {"1"}
