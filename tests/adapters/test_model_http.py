"""Plain requests to a model's server: what is sent, what comes back, and one sentence for everything that fails."""

import asyncio
import json
import subprocess
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest

from spark_tui.adapters.model_http import ModelHttp
from spark_tui.core.wire import Ended, Prefix, Reducer, TextDelta, UserMessage, build_request
from spark_tui.ports import LinkDown, LinkRefused
from tests.fakes.model_socket import text_reply

KEY = "sk-secret-0123456789"
HELLO = build_request(
    Prefix("quick-1", "Pair up."), [UserMessage("hi")], previous_response_id="r0", generate=False
)
OK = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n"


def events(*frames: Mapping[str, object], done: bool = False) -> bytes:
    blocks = [f"event: {frame.get('type')}\ndata: {json.dumps(frame)}\n\n" for frame in frames]
    return OK + "".join([*blocks, "data: [DONE]\n\n" if done else ""]).encode()


def refusal(status: int, body: str = "", **headers: str) -> bytes:
    lines = [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    head = "\r\n".join([f"HTTP/1.1 {status} No", f"Content-Length: {len(body)}", "Connection: close", *lines])
    return f"{head}\r\n\r\n{body}".encode()


GOOD = events(*text_reply("r1", "It", " works."))  # type: ignore[arg-type]


@dataclass
class Seen:
    """What a server was asked."""

    lines: list[str] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    bodies: list[Any] = field(default_factory=list)
    hold: asyncio.Event = field(default_factory=asyncio.Event)
    """A server that should not answer waits for this."""


@asynccontextmanager
async def server(answer: bytes | None = GOOD, models: bytes = b"") -> AsyncIterator[tuple[str, Seen]]:
    """A server that answers every POST with `answer`; None: not at all."""
    seen = Seen()

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            first, *lines = head.strip().split("\r\n")
            headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
            seen.lines.append(first)
            seen.headers.append(headers)
            if first.startswith("GET"):
                writer.write(models or refusal(200, "{}", x_request_id="req_1", set_cookie="a"))
            else:
                seen.bodies.append(json.loads(await reader.readexactly(int(headers["content-length"]))))
                if answer is None:
                    seen.hold.set()
                    await reader.read()
                else:
                    writer.write(answer)
            await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    running = await asyncio.start_server(handle, "127.0.0.1", 0)
    async with running:
        yield f"http://127.0.0.1:{running.sockets[0].getsockname()[1]}/v1", seen


async def read(link: ModelHttp) -> list[Mapping[str, object]]:
    return [frame async for frame in link.exchange(HELLO)]


async def say(link: ModelHttp) -> str:
    """Ask and read to the end of the response."""
    reducer, said = Reducer(), ""
    async for frame in link.exchange(HELLO):
        for event in reducer.feed(frame):
            said += event.text if isinstance(event, TextDelta) else ""
            if isinstance(event, Ended):
                return said
    raise AssertionError("the stream ended before the response")


def link_to(url: str, **options: Any) -> ModelHttp:
    return ModelHttp(
        url + "/", lambda: f" {KEY}\n", key_name="THE_KEY", headers={"OpenAI-Project": "p"}, **options
    )


async def test_a_request_is_the_same_without_what_belongs_to_sockets() -> None:
    async with server() as (url, seen):
        link = link_to(url)
        before = link.connected
        info = await link.connect()
        assert (info.transport, info.remembers, info.headers) == ("http", False, {"x-request-id": "req_1"})
        assert (before, link.connected) == (False, True)
        assert await say(link) == "It works."
        await link.close()
    assert seen.lines == ["GET /v1/models HTTP/1.1", "POST /v1/responses HTTP/1.1"]
    (body,) = seen.bodies
    left_out = ("type", "generate", "previous_response_id")
    assert body == {**{name: value for name, value in HELLO.items() if name not in left_out}, "stream": True}
    for headers in seen.headers:
        assert headers["authorization"] == f"Bearer {KEY}"
        assert headers["openai-project"] == "p"
        assert headers["user-agent"].startswith("spark-tui/")


async def test_the_other_dialect_is_rewritten_both_ways() -> None:
    chunks = [
        {"id": "c", "model": "m", "choices": [{"delta": {"content": piece}, "finish_reason": None}]}
        for piece in ("It", " works.")
    ]
    async with server(events(*chunks, done=True)) as (url, seen):
        link = link_to(url, chat=True)
        assert (await link.connect()).transport == "chat"
        assert await say(link) == "It works."
        await link.close()
    assert seen.lines[-1] == "POST /v1/chat/completions HTTP/1.1"
    assert [message["role"] for message in seen.bodies[0]["messages"]] == ["system", "user"]


async def test_one_link_asks_many_times() -> None:
    async with server() as (url, _):
        link = link_to(url)
        await link.connect()
        assert [await say(link) for _ in range(3)] == ["It works."] * 3
        await link.drop()
        with pytest.raises(LinkDown):
            await read(link)
        await link.connect()
        assert await say(link) == "It works."
        for _ in range(2):
            await link.close()
            await link.drop()


REDIRECTS = "redirects to another address: set base_url to where it really is"
ERROR = '{"error":{"message":"No %s in your\\n  region","code":"%s"}}'


@pytest.mark.parametrize(
    ("status", "headers", "body", "sentence", "wait"),
    [
        (401, {}, ERROR % (KEY, "invalid_api_key"), "key refused: check THE_KEY", None),
        (404, {}, "<html>", "127.0.0.1:PORT offers nothing at /v1/responses", None),
        (405, {}, "{}", "127.0.0.1:PORT offers nothing at /v1/responses", None),
        (403, {}, "", "127.0.0.1:PORT does not allow this", None),
        (429, {"retry_after": "7"}, "", "127.0.0.1:PORT asks for fewer requests: try again in 7 s", 7.0),
        (
            503,
            {"retry_after": "Thu, 01 Jan 1970 00:00:01 GMT"},
            "",
            "127.0.0.1:PORT is overloaded: try again in 0 s",
            0.0,
        ),
        (502, {}, "<html>", "127.0.0.1:PORT answered 502", None),
        (
            307,
            {"Location": "https://elsewhere"},
            "",
            f"127.0.0.1:PORT {REDIRECTS}",
            None,
        ),
    ],
)
async def test_refusals_are_sentences(
    status: int, headers: dict[str, str], body: str, sentence: str, wait: float | None
) -> None:
    async with server(refusal(status, body, **headers)) as (url, _):
        link = link_to(url)
        await link.connect()
        with pytest.raises(LinkRefused) as refused:
            await read(link)
        await link.close()
    port = url.split(":")[2].split("/")[0]
    assert str(refused.value) == sentence.replace("PORT", port)
    assert (refused.value.status, refused.value.retry_after) == (status, wait)
    assert KEY not in repr(refused.value) + repr(link)


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (400, ERROR % ("x", "context_length_exceeded")),
        (404, ERROR % ("x", "model_not_found")),
        (429, ERROR % ("x", "insufficient_quota")),
        (400, '{"detail":"model not supported"}'),
    ],
)
async def test_errors_about_what_was_asked_are_frames(status: int, body: str) -> None:
    async with server(refusal(status, body, retry_after="3")) as (url, _):
        link = link_to(url)
        await link.connect()
        (frame,) = [frame async for frame in _first(link, 1)]
        await link.close()
    assert frame == {**json.loads(body), "type": "error", "status": status, "headers": {"retry-after": "3"}}


async def _first(link: ModelHttp, count: int) -> AsyncIterator[Mapping[str, object]]:
    async for frame in link.exchange(HELLO):
        yield frame
        count -= 1
        if not count:
            return


@pytest.mark.parametrize("status", [401, 403, 429, 503])
async def test_a_wrong_key_is_told_when_connecting(status: int) -> None:
    async with server(models=refusal(status)) as (url, _):
        link = link_to(url)
        with pytest.raises(LinkRefused) as refused:
            await link.connect()
        assert refused.value.status == status
        assert not link.connected
        await link.close()


@pytest.mark.parametrize("status", [200, 404, 405, 500])
async def test_a_list_of_models_is_not_needed(status: int) -> None:
    async with server(models=refusal(status)) as (url, _):
        link = link_to(url)
        await link.connect()
        assert await say(link) == "It works."
        await link.close()


BROKEN: dict[str, tuple[bytes, int | None, str]] = {
    "no end": (GOOD[:-200], 1006, "ended its answer too early"),
    "half a chunk": (
        OK.replace(b"Connection: close", b"Transfer-Encoding: chunked") + b"ff\r\ndata",
        1006,
        "broke",
    ),
    "no JSON": (OK + b"data: hello\n\n", 1007, "is not a JSON object"),
    "no object": (OK + b"data: [1]\n\n", 1007, "is not a JSON object"),
    "no HTTP": (b"hello\r\n\r\n", 1006, "broke"),
}


@pytest.mark.parametrize("name", BROKEN)
async def test_a_stream_that_breaks_is_an_error(name: str) -> None:
    answer, code, words = BROKEN[name]
    async with server(answer) as (url, _):
        link = link_to(url)
        await link.connect()
        with pytest.raises(LinkDown, match=words) as down:
            await read(link)
        assert down.value.code == code
        await link.close()


@pytest.mark.parametrize(
    "answer", [None, GOOD[:-300].replace(b"Connection: close", b"Content-Length: 99999")]
)
async def test_dropping_ends_a_request_wherever_it_is(answer: bytes | None) -> None:
    async with server(answer) as (url, seen):
        link = link_to(url)
        await link.connect()
        got: list[object] = []

        async def ask() -> None:
            async for frame in link.exchange(HELLO):
                got.append(frame)
                seen.hold.set()

        asking = asyncio.ensure_future(ask())
        await seen.hold.wait()
        await link.drop()
        with pytest.raises(LinkDown):
            await asyncio.wait_for(asking, 5)
        await link.close()


async def test_nobody_there_and_no_name() -> None:
    for url, words, offline in (
        ("http://127.0.0.1:9/v1", "nothing answers at 127.0.0.1:9", False),
        ("http://no-such-host.invalid/v1", "no-such-host.invalid is unknown here: is the network up?", True),
        ("ftp://x/v1", "base_url is not an address that starts with http:// or https://", False),
    ):
        link = ModelHttp(url)
        with pytest.raises(LinkDown) as down:
            await link.connect()
        assert (str(down.value), down.value.offline) == (words, offline)
        await link.close()


async def test_a_key_with_odd_characters_goes_nowhere() -> None:
    async with server() as (url, seen):
        link = ModelHttp(url, "a\nb", key_name="THE_KEY")
        with pytest.raises(LinkRefused, match="THE_KEY holds characters that no key has"):
            await link.connect()
        await link.close()
    assert seen.lines == []


@pytest.mark.parametrize(
    ("proxy", "words"),
    [("http://127.0.0.1:9", "nothing answers at|can't be reached"), ("gopher://x", "can't be used")],
)
async def test_proxies_are_taken_from_the_environment(
    proxy: str, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", proxy)
    link = ModelHttp("http://models.example/v1")
    with pytest.raises(LinkDown, match=words):
        await link.connect()
    await link.close()
    async with server() as (url, _):
        local = link_to(url)
        await local.connect()
        await local.close()


def test_the_library_is_loaded_with_the_first_connection_only() -> None:
    program = "import sys, spark_tui.adapters.model_http; sys.exit('httpx2' in sys.modules or 'ssl' not in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], timeout=60).returncode == 0
