"""Servers are asked for their models, and what they do not offer is remembered for a while."""

import asyncio
import json
import time
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest

from spark_tui.adapters.model_keys import Keys
from spark_tui.adapters.model_probe import (
    Answered,
    Capabilities,
    Offer,
    RememberedLink,
    ask_for_models,
    look_around,
)
from spark_tui.cli.links import local_offers, ways
from spark_tui.core.settings import REHEARSAL, LaneProfile, Model, Provider, Wire, defaults
from spark_tui.core.wire import UserMessage
from spark_tui.engine.link import Link, LinkPrompt
from spark_tui.ports import LinkInfo, LinkRefused, ModelLink
from tests.adapters.test_model_http import refusal, server
from tests.fakes.clock import FakeClock
from tests.fakes.model_socket import FakeModelSocket, text_reply
from tests.rehearsal.serving import serving

MODELS = {
    "object": "list",
    "data": [
        {"id": "a", "context_length": 4096},
        {"id": "b", "max_model_len": 8192},
        {"id": "c", "meta": {"n_ctx": 100}},
        {"slug": "d"},
        {"x": 1},
        3,
    ],
}


async def test_models_are_read_with_their_windows() -> None:
    async with server(models=refusal(200, json.dumps(MODELS))) as (url, seen):
        answer = await ask_for_models(url, "sk-key", "THE_KEY", {"X-Project": "p"})
    assert answer == Answered((Offer("a", 4096), Offer("b", 8192), Offer("c", 100), Offer("d")), "", True)
    assert seen.headers[0]["authorization"] == "Bearer sk-key" and seen.headers[0]["x-project"] == "p"


@pytest.mark.parametrize(
    ("status", "body", "words"),
    [
        (401, '{"error":{"message":"bad sk-key"}}', "key refused: check THE_KEY"),
        (404, "", "PLACE answered 404"),
        (500, '{"error":{"message":"bad sk-key"}}', "PLACE answered 500: bad …"),
        (302, "", "PLACE redirects to another address: set base_url to where it really is"),
        (200, "hello", "PLACE has no list of models"),
        (200, "[" * 100_000, "PLACE has no list of models"),
    ],
)
async def test_what_else_a_server_says_is_a_sentence(status: int, body: str, words: str) -> None:
    async with server(models=refusal(status, body, location="http://elsewhere/")) as (url, seen):
        answer = await ask_for_models(url, "sk-key", "THE_KEY", {})
    assert answer == Answered(sentence=words.replace("PLACE", url.split("/")[2]), is_there=True)
    assert len(seen.lines) == 1


async def test_a_list_without_end_is_not_read_to_the_end() -> None:
    async def pour(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b'HTTP/1.1 200 OK\r\n\r\n{"data":[')
        with suppress(OSError):
            while True:
                writer.write(b"1," * 50_000)
                await writer.drain()

    pouring = await asyncio.start_server(pour, "127.0.0.1", 0)
    host, port = pouring.sockets[0].getsockname()
    answer = await ask_for_models(f"http://{host}:{port}/v1", "", "", {})
    assert answer == Answered(sentence=f"{host}:{port} has no list of models", is_there=True)
    pouring.close()


@pytest.mark.parametrize("url", ["http://127.0.0.1:9/v1", "nonsense", "ftp://127.0.0.1/v1"])
async def test_nobody_there(url: str) -> None:
    answer = await ask_for_models(url, "", "", {})
    assert answer.sentence.startswith("nothing answers at") and not answer.is_there


def test_what_a_server_lacks_is_remembered_for_a_week(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "deep" / "capabilities.json"
    capabilities = Capabilities(file)
    assert not capabilities.lacks("http://a", "websocket")
    capabilities.learn("http://a", "websocket", offered=False)
    capabilities.learn("http://b", "websocket", offered=True)
    again = Capabilities(file)
    assert again.lacks("http://a", "websocket") and not again.lacks("http://a", "responses")
    assert not again.lacks("http://b", "websocket")
    monkeypatch.setattr(time, "time", lambda: 8 * 86400 + file.stat().st_mtime)
    assert not again.lacks("http://a", "websocket")
    monkeypatch.undo()
    again.learn("http://a", "websocket", offered=True)
    assert not again.lacks("http://a", "websocket")


ODD = '{"http://a": {"websocket": {"offered": false, "at": "x"}}}'


@pytest.mark.parametrize("content", ["", "[]", "{", '{"http://a": 3}', ODD])
def test_a_broken_memory_is_none(content: str, tmp_path: Path) -> None:
    file = tmp_path / "capabilities.json"
    file.write_text(content)
    assert not Capabilities(file).lacks("http://a", "websocket")
    Capabilities(file).learn("http://a", "websocket", offered=False)
    assert Capabilities(file).lacks("http://a", "websocket")
    Capabilities(tmp_path / "capabilities.json" / "below").learn("http://a", "websocket", offered=False)


async def test_a_link_remembers_by_connecting(tmp_path: Path) -> None:
    capabilities = Capabilities(tmp_path / "c.json")
    fake = FakeModelSocket(connects=[LinkRefused("no", 426), LinkRefused("key", 401), LinkInfo("ws", {})])
    link = RememberedLink(fake, "http://a", "websocket", capabilities)
    lacking = []
    for _ in range(3):
        with suppress(LinkRefused):
            await link.connect()
        lacking.append(capabilities.lacks("http://a", "websocket"))
    assert lacking == [True, True, False]
    assert link.connected
    await link.close()
    assert not link.connected


async def test_a_way_that_only_shows_when_it_is_asked_is_remembered_then(tmp_path: Path) -> None:
    capabilities = Capabilities(tmp_path / "c.json")
    fake = FakeModelSocket(
        [[LinkRefused("nothing here", 404)], text_reply("r1", "Hi.")],
        info=LinkInfo("http", {}, remembers=False),
    )
    link = RememberedLink(fake, "http://a", "responses", capabilities)
    await link.connect()
    assert not (tmp_path / "c.json").exists(), "that it connects proves nothing"
    with pytest.raises(LinkRefused):
        await anext(link.exchange({}))
    assert capabilities.lacks("http://a", "responses")
    await link.connect()
    frames = link.exchange({})
    assert (await anext(frames))["type"] == "response.created"
    await frames.aclose()


async def test_what_a_server_lacked_lately_is_passed_over_once_and_without_a_word(tmp_path: Path) -> None:
    capabilities = Capabilities(tmp_path / "c.json")
    capabilities.learn("http://a", "websocket", offered=False)
    socket = FakeModelSocket([text_reply("r2", "Ho.")], fallback=FakeModelSocket([text_reply("r1", "Hi.")]))
    way = RememberedLink(socket, "http://a", "websocket", capabilities)
    profile = LaneProfile("fast", Model("m", "p", "m", warm_up=False), Provider("p", "http://a"))
    link = Link(way, profile, LinkPrompt("Pair up."), FakeClock(), lambda state: None)
    await link.open()
    assert socket.connections == 0 and link.state.remark == "" and link.state.sentence == ""
    assert [event async for event in link.respond([UserMessage("one")])][-1] is not None
    await link.retry_first_way()
    assert socket.connections == 1, "the person wants to know"
    assert not capabilities.lacks("http://a", "websocket")
    await link.close()


@pytest.mark.parametrize(
    ("wire", "count"), [(Wire.AUTO, 3), (Wire.RESPONSES_WS, 2), (Wire.RESPONSES_HTTP, 1), (Wire.CHAT, 1)]
)
def test_the_ways_to_a_provider_are_tried_in_order(wire: Wire, count: int, tmp_path: Path) -> None:
    way: ModelLink | None = ways(
        Provider("a", "http://a", "", wire), Keys(tmp_path, {}), Capabilities(tmp_path / "c")
    )
    known = []
    while way is not None:
        known.append(way)
        way = way.fallback
    assert len(known) == count


async def test_servers_on_this_machine_are_offered_where_nothing_else_is_set_up() -> None:
    async with serving() as socket_url:
        base = socket_url.replace("ws://", "http://").removesuffix("/responses")
        usual = defaults(lambda name: False)
        providers = {
            "here": Provider("here", base),
            "gone": Provider("gone", "http://127.0.0.1:9/v1"),
            "keyed": Provider("keyed", base, "A_KEY"),
            "far": Provider("far", "http://192.0.2.1/v1"),
            REHEARSAL: Provider(REHEARSAL, ""),
        }
        told = await local_offers(replace(usual, providers=providers))
        assert told == ("here runs here with 1 model: 'spark-tui models' says how to use it.",)
        keyed = defaults(lambda name: name == "OPENAI_API_KEY")
        assert await local_offers(replace(keyed, providers={**keyed.providers, **providers})) == ()


@pytest.mark.parametrize(
    "answer", [b"", b"HTTP/1.1 404 No\r\n\r\n{}", b"HTTP/1.1 200 OK\r\n\r\n<html>", b"\xff" * 300_000]
)
async def test_what_is_no_model_server_is_no_offer(answer: bytes) -> None:
    async def say(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(answer)
        writer.close()

    server = await asyncio.start_server(say, "127.0.0.1", 0)
    async with server:
        assert await look_around(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1") == 0


async def test_a_server_that_says_nothing_costs_a_moment_only() -> None:
    async def wait(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    server = await asyncio.start_server(wait, "127.0.0.1", 0)
    async with server:
        url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1"
        assert await asyncio.wait_for(look_around(url), 10) == 0
