"""The WebSocket to a model's server: the same promises kept by the adapter and by its fake, then the adapter's own."""

import asyncio
import json
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any

import pytest
from websockets.asyncio.server import ServerConnection
from websockets.asyncio.server import serve as serve_sockets
from websockets.datastructures import Headers
from websockets.http11 import Request, Response

from spark_tui.adapters.model_socket import ModelSocket
from spark_tui.adapters.model_socket import link as model_socket
from spark_tui.core.wire import Ended, Prefix, Reducer, TextDelta, UserMessage, build_request
from spark_tui.ports import LinkDown, LinkRefused, ModelLink
from spark_tui.rehearsal.answer import Answer
from spark_tui.rehearsal.server import serve as serve_rehearsal
from tests.fakes.model_socket import FakeModelSocket, text_reply

KEY = "sk-secret-0123456789"
HELLO = build_request(Prefix("quick-1", "Pair up."), [UserMessage("hi")])


# --- promises of the port


@asynccontextmanager
async def fake_and_its_end() -> AsyncIterator[tuple[ModelLink, Callable[[], None]]]:
    fake = FakeModelSocket([text_reply(f"r{turn}", "It", " works.") for turn in range(9)])
    yield fake, fake.break_down


@asynccontextmanager
async def real_and_its_end() -> AsyncIterator[tuple[ModelLink, Callable[[], None]]]:
    ready: asyncio.Future[int] = asyncio.get_running_loop().create_future()
    server = asyncio.create_task(
        serve_rehearsal(
            rate=0, token=KEY, on_ready=ready.set_result, perform=lambda messages: Answer("It works.")
        )
    )
    link = ModelSocket(f"http://127.0.0.1:{await ready}/v1", KEY)
    yield link, lambda: void(server.cancel())
    await link.close()
    server.cancel()
    await asyncio.gather(server, return_exceptions=True)


def void(value: object) -> None:
    """Forget a value."""


LINKS = {"fake": fake_and_its_end, "real": real_and_its_end}


@pytest.fixture(params=sorted(LINKS))
async def bench(request: pytest.FixtureRequest) -> AsyncIterator[tuple[ModelLink, Callable[[], None]]]:
    async with LINKS[request.param]() as made:
        yield made


Bench = tuple[ModelLink, Callable[[], None]]


def is_up(link: ModelLink) -> bool:
    """Whether the link says that it is connected, now."""
    return link.connected


async def read(link: ModelLink) -> str:
    """Ask and read to the end of the response."""
    reducer = Reducer()
    said = ""
    async for frame in link.exchange(HELLO):
        for event in reducer.feed(frame):
            if isinstance(event, TextDelta):
                said += event.text
            if isinstance(event, Ended):
                return said
    raise AssertionError("the stream ended before the response")


async def drain(link: ModelLink) -> None:
    async for _ in link.exchange(HELLO):
        pass


async def test_it_says_whether_it_is_connected(bench: Bench) -> None:
    link, _ = bench
    assert not is_up(link)
    with pytest.raises(LinkDown):
        await drain(link)
    info = await link.connect()
    assert info.transport == "ws"
    assert is_up(link)
    await link.close()
    assert not is_up(link)


async def test_one_connection_serves_many_requests(bench: Bench) -> None:
    link, _ = bench
    await link.connect()
    assert [await read(link) for _ in range(3)] == ["It works."] * 3


async def test_dropping_ends_a_request_that_waits(bench: Bench) -> None:
    link, _ = bench
    await link.connect()
    reading = asyncio.ensure_future(drain(link))
    await asyncio.sleep(0)
    await link.drop()
    with pytest.raises(LinkDown):
        await reading
    assert not is_up(link)
    await link.connect()
    assert await read(link) == "It works."


async def test_a_server_that_goes_away_is_an_error_for_whoever_reads(bench: Bench) -> None:
    link, end = bench
    await link.connect()
    reading = asyncio.ensure_future(drain(link))
    await asyncio.sleep(0)
    end()
    with pytest.raises(LinkDown) as down:
        await reading
    assert down.value.code in (1001, 1006)
    assert not is_up(link)


async def test_connecting_again_replaces_the_connection(bench: Bench) -> None:
    link, _ = bench
    await link.connect()
    await link.connect()
    assert await read(link) == "It works."


async def test_closing_and_dropping_may_be_repeated(bench: Bench) -> None:
    link, _ = bench
    await link.drop()
    await link.close()
    await link.connect()
    for _ in range(2):
        await link.close()
        await link.drop()


# --- the adapter alone

Answering = Callable[[ServerConnection], Any]


@asynccontextmanager
async def server(
    answer: Answering | None = None,
    *,
    status: int | None = None,
    body: str = "",
    headers: Mapping[str, str] | None = None,
    seen: list[Request] | None = None,
) -> AsyncIterator[str]:
    """A server that accepts and runs `answer`, or that refuses with `status`; yields its base URL."""

    async def handle(connection: ServerConnection) -> None:
        if answer is not None:
            await answer(connection)

    def admit(connection: ServerConnection, request: Request) -> Response | None:
        if seen is not None:
            seen.append(request)
        if status is None:
            return None
        return Response(
            status, "", Headers({"Content-Length": str(len(body)), **(headers or {})}), body.encode()
        )

    def greet(connection: ServerConnection, request: Request, response: Response) -> None:
        if status is None:
            response.headers.update(headers or {})

    async with serve_sockets(
        handle, "127.0.0.1", 0, process_request=admit, process_response=greet, compression=None
    ) as running:
        yield f"http://127.0.0.1:{next(iter(running.sockets)).getsockname()[1]}/v1"


def sends(*messages: str | bytes) -> Answering:
    async def answer(connection: ServerConnection) -> None:
        await connection.recv()
        for message in messages:
            await connection.send(message)
        await connection.wait_closed()

    return answer


def closes(code: int) -> Answering:
    async def answer(connection: ServerConnection) -> None:
        await connection.recv()
        await connection.close(code)

    return answer


async def first_frames(base_url: str, count: int = 1) -> list[Mapping[str, object]]:
    link = ModelSocket(base_url)
    await link.connect()
    frames: list[Mapping[str, object]] = []
    try:
        stream = link.exchange(HELLO)
        async for frame in stream:
            frames.append(frame)
            if len(frames) == count:
                return frames
        return frames
    finally:
        await link.close()


async def test_the_upgrade_carries_key_headers_and_name() -> None:
    seen: list[Request] = []
    async with server(
        seen=seen, headers={"x-request-id": "req_1", "openai-model": "quick-2", "set-cookie": "a"}
    ) as url:
        link = ModelSocket(url + "/", lambda: f" {KEY}\n", headers={"OpenAI-Project": "p"})
        info = await link.connect()
        await link.close()
    (request,) = seen
    assert request.path == "/v1/responses"
    assert request.headers["Authorization"] == f"Bearer {KEY}"
    assert request.headers["OpenAI-Project"] == "p"
    assert request.headers["User-Agent"].startswith("spark-tui/")
    assert "Sec-WebSocket-Extensions" not in request.headers
    assert info.headers == {"x-request-id": "req_1", "openai-model": "quick-2"}


async def test_without_a_key_none_is_sent() -> None:
    seen: list[Request] = []
    async with server(seen=seen) as url:
        link = ModelSocket(url)
        await link.connect()
        await link.close()
    assert "Authorization" not in seen[0].headers


@pytest.mark.parametrize(
    ("status", "headers", "body", "sentence", "wait"),
    [
        (401, {}, '{"error":{"message":"Incorrect key: %s"}}', "key refused: check THE_KEY", None),
        (
            403,
            {},
            '{"error":{"message":"No %s in your\\n  region"}}',
            "127.0.0.1:PORT does not allow this: No … in your region",
            None,
        ),
        (403, {}, '{"detail":"not eligible"}', "127.0.0.1:PORT does not allow this: not eligible", None),
        (404, {}, "<html>", "127.0.0.1:PORT offers no WebSocket at /v1/responses", None),
        (426, {}, "", "127.0.0.1:PORT offers no WebSocket at /v1/responses", None),
        (429, {"Retry-After": "7"}, "", "127.0.0.1:PORT asks for fewer requests: try again in 7 s", 7.0),
        (503, {"Retry-After-Ms": "1500"}, "", "127.0.0.1:PORT is overloaded: try again in 2 s", 1.5),
        (
            503,
            {"Retry-After": "Thu, 01 Jan 1970 00:00:00 GMT"},
            "",
            "127.0.0.1:PORT is overloaded: try again in 0 s",
            0.0,
        ),
        (503, {"Retry-After": "soon"}, "", "127.0.0.1:PORT is overloaded", None),
        (502, {}, '["odd"]', "127.0.0.1:PORT answered 502 instead of opening a WebSocket", None),
        (200, {}, "hello", "127.0.0.1:PORT answered 200 instead of opening a WebSocket", None),
    ],
)
async def test_refusals_are_one_sentence_and_never_tell_the_key(
    status: int, headers: dict[str, str], body: str, sentence: str, wait: float | None
) -> None:
    async with server(status=status, headers=headers, body=body.replace("%s", KEY)) as url:
        link = ModelSocket(url, KEY, key_name="THE_KEY")
        with pytest.raises(LinkRefused) as refused:
            await link.connect()
        port = url.split(":")[2].split("/")[0]
    assert str(refused.value) == sentence.replace("PORT", port)
    assert refused.value.status == status
    assert refused.value.retry_after == wait
    assert not is_up(link)
    assert KEY not in repr(link) + repr(refused.value) + str(refused.value.args)


async def test_a_missing_key_is_asked_for() -> None:
    async with server(status=401) as url:
        with pytest.raises(LinkRefused, match="wants a key: set THE_KEY"):
            await ModelSocket(url, lambda: "", key_name="THE_KEY").connect()


async def test_a_key_with_strange_characters_is_not_sent() -> None:
    seen: list[Request] = []
    async with server(seen=seen) as url:
        for key in ("a\r\nX-Evil: 1", "schlüssel"):
            with pytest.raises(LinkRefused, match="THE_KEY holds characters"):
                await ModelSocket(url, key, key_name="THE_KEY").connect()
    assert seen == []


async def test_redirects_are_not_followed() -> None:
    seen: list[Request] = []
    async with server(seen=seen) as elsewhere, server(status=307, headers={"Location": elsewhere}) as url:
        with pytest.raises(LinkRefused, match="redirects to another address"):
            await ModelSocket(url, KEY).connect()
    assert seen == []


async def test_a_proxy_is_not_asked_for_the_way_to_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy", "ws_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    async with server() as url:
        for base_url in (url, url.replace("127.0.0.1", "localhost")):
            link = ModelSocket(base_url)
            await link.connect()
            await link.close()


async def test_a_proxy_from_the_environment_is_used_for_other_machines(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()
    over = asyncio.Event()

    async def proxy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.set_result(await reader.readline())
        writer.write(b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n")
        await writer.drain()
        await reader.read()
        writer.close()
        await asyncio.gather(writer.wait_closed(), return_exceptions=True)
        over.set()

    async with await asyncio.start_server(proxy, "127.0.0.1", 0) as running:
        port = running.sockets[0].getsockname()[1]
        monkeypatch.setenv("https_proxy", f"http://user:pass@127.0.0.1:{port}")
        with pytest.raises(LinkDown) as down:
            await ModelSocket("http://models.example/v1", KEY).connect()
        await over.wait()
    assert (await asked).startswith(b"CONNECT models.example:80 ")
    assert str(down.value) == "the proxy does not let us through to models.example"


@pytest.mark.parametrize(
    ("proxy", "sentence"),
    [
        ("socks5://127.0.0.1:9", "the way to models.example leads through a SOCKS proxy"),
        (
            "gopher://user:pass@127.0.0.1",
            "the proxy for models.example in the environment is not the address of one",
        ),
    ],
)
async def test_proxies_we_can_not_use_are_one_sentence(
    proxy: str, sentence: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("https_proxy", proxy)
    monkeypatch.setitem(sys.modules, "python_socks", None)
    monkeypatch.setitem(sys.modules, "python_socks.async_.asyncio", None)
    with pytest.raises(LinkDown) as down:
        await ModelSocket("https://models.example/v1", KEY).connect()
    assert str(down.value).startswith(sentence)
    assert "pass" not in str(down.value)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


async def test_nobody_there_is_one_sentence() -> None:
    port = free_port()
    with pytest.raises(LinkDown) as down:
        await ModelSocket(f"http://127.0.0.1:{port}/v1").connect()
    assert str(down.value) == f"nothing answers at 127.0.0.1:{port}"


@pytest.mark.parametrize(
    "address", ["", "ftp://host/v1", "127.0.0.1:80", "http://", "http://host:port/v1", "wss"]
)
async def test_an_address_that_is_none_is_one_sentence(address: str) -> None:
    link = ModelSocket(address)
    with pytest.raises(LinkDown) as down:
        await link.connect()
    assert down.value.code == 1007
    assert "ModelSocket" in repr(link)


async def speaking(answer: bytes, *, https: bool = False, patience: float = 5.0) -> str:
    """What the adapter says of a server that sends these bytes and nothing else."""
    over = asyncio.Event()

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(100)
        writer.write(answer)
        if not answer:
            await reader.read()
        writer.close()
        await asyncio.gather(writer.wait_closed(), return_exceptions=True)
        over.set()

    async with await asyncio.start_server(handle, "127.0.0.1", 0) as running:
        port = running.sockets[0].getsockname()[1]
        link = ModelSocket(f"http{'s' * https}://127.0.0.1:{port}", connect_timeout=patience)
        with pytest.raises(LinkDown) as down:
            await link.connect()
        await over.wait()
        return str(down.value).replace(str(port), "PORT")


async def test_other_languages_are_told_from_ours() -> None:
    assert await speaking(b"SSH-2.0-OpenSSH\r\n") == "127.0.0.1:PORT does not speak WebSocket"
    assert (await speaking(b"HTTP/1.1 400 no\r\n\r\n", https=True)).startswith(
        "no secure connection to 127.0.0.1:PORT"
    )
    assert await speaking(b"", patience=0.2) == "127.0.0.1:PORT did not answer within 0.2 s"


@pytest.mark.parametrize(
    "message",
    ["", "nonsense", "[1,2]", "null", '"x"', "{", '{"a":1}x', "[" * 200_000, "1" * 5000, b"{}", b"\xff"],
)
async def test_what_is_not_a_json_object_in_a_text_frame_ends_the_connection(message: str | bytes) -> None:
    async with server(sends('{"type":"ping"}', message, "{}")) as url:
        link = ModelSocket(url)
        await link.connect()
        frames = []
        with pytest.raises(LinkDown) as down:
            async for frame in link.exchange(HELLO):
                frames.append(frame)
    assert frames == [{"type": "ping"}]
    assert str(down.value).endswith("sent something that is not a JSON object")
    assert down.value.code == 1007
    assert not is_up(link)


async def test_sloppy_json_is_read_all_the_same() -> None:
    sloppy = [
        '{"a":"\\ud83d"}',
        '{"a":NaN}',
        '{"a":1e999}',
        '{"a":"tab\there"}',
        '{"a":1,"a":2}',
        '{"a":' + "9" * 300 + "}",
    ]
    async with server(sends(*sloppy)) as url:
        frames = await first_frames(url, len(sloppy))
    assert frames[0] == {"a": "\ud83d"}
    assert frames[3:5] == [{"a": "tab\there"}, {"a": 2}]


async def test_frames_of_many_megabytes_pass() -> None:
    async with server(sends(json.dumps({"type": "x", "text": "y" * 20_000_000}))) as url:
        (frame,) = await first_frames(url)
    assert len(str(frame["text"])) == 20_000_000


async def test_a_frame_without_end_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(model_socket, "LARGEST_FRAME", 1000)
    async with server(sends("{" + " " * 2000 + "}")) as url:
        with pytest.raises(LinkDown) as down:
            await first_frames(url)
    assert down.value.code == 1007


async def test_a_request_that_is_too_large_is_not_sent() -> None:
    async with server(sends("{}")) as url:
        link = ModelSocket(url)
        await link.connect()
        with pytest.raises(LinkRefused) as refused:
            async for _ in link.exchange({"input": "x" * model_socket.LARGEST_REQUEST}):
                pass
        assert is_up(link)
        assert refused.value.status == 413
        assert "the request is 15.5 MiB" in str(refused.value)
        await link.close()


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (1000, "closed the connection (code 1000)"),
        (1009, "the request is too large for"),
        (1012, "restarts or asks to come back later"),
        (4321, "closed the connection (code 4321)"),
    ],
)
async def test_close_codes_are_told(code: int, words: str) -> None:
    async with server(closes(code)) as url:
        with pytest.raises(LinkDown, match=words.replace("(", r"\(").replace(")", r"\)")) as down:
            await first_frames(url)
    assert down.value.code == code


async def test_a_large_request_to_a_server_that_hangs_up_is_one_sentence() -> None:
    async def hang_up(connection: ServerConnection) -> None:
        await connection.close(1009)

    for _ in range(5):
        async with server(hang_up) as url:
            link = ModelSocket(url)
            await link.connect()
            with pytest.raises(LinkDown):
                async for _ in link.exchange({"input": "x" * 8_000_000}):
                    pass
            await link.drop()
            await link.close()


async def test_a_reader_may_stop_and_ask_again() -> None:
    async def echo(connection: ServerConnection) -> None:
        async for message in connection:
            await connection.send(message)

    async with server(echo) as url:
        link = ModelSocket(url)
        await link.connect()
        for turn in range(20):
            async for frame in link.exchange({"turn": turn}):
                assert frame == {"turn": turn}
                break
        await link.close()


def test_the_library_is_loaded_with_the_first_connection_only() -> None:
    program = "import sys, spark_tui.adapters.model_socket as m; print({'websockets', 'msgspec'} & set(sys.modules))"
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert ran.stdout == "set()\n"
