"""Serves the rehearsal to tests, and reads what it sends."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Any

from websockets.asyncio.client import ClientConnection, connect

from spark_tui.rehearsal.answer import Answer
from spark_tui.rehearsal.server import serve

PATCH = "*** Begin Patch\n*** Update File: a.py\n@@\n-n = 0\n+total = 0\n*** End Patch\n"
CUSTOM = {"type": "custom", "name": "apply_patch", "description": "Edits.", "format": {"type": "text"}}
FUNCTION = {
    "type": "function",
    "name": "apply_patch",
    "description": "Edits.",
    "parameters": {},
    "strict": False,
}
Frame = dict[str, Any]


def echo(messages: Sequence[Mapping[str, Any]]) -> Answer:
    """Answers with the number of items it saw, or does what the last words say."""
    last = messages[-1] if messages else {}
    content = last.get("content", last.get("output", ""))
    words = content if isinstance(content, str) else "".join(part.get("text", "") for part in content)
    if words == "stumble":
        raise RuntimeError("on purpose")
    if words == "edit":
        return Answer("Renaming.", PATCH)
    if words.startswith("say "):
        return Answer(words[4:])
    return Answer(f"{len(messages)} items, the last of type {last.get('type')}.")


@asynccontextmanager
async def serving(
    perform: Callable[[Sequence[Mapping[str, Any]]], Answer] = echo, **options: Any
) -> AsyncIterator[str]:
    ready: asyncio.Future[int] = asyncio.get_running_loop().create_future()
    options = {"rate": 0.0, **options}
    task = asyncio.create_task(serve(perform=perform, on_ready=ready.set_result, **options))
    try:
        yield f"ws://127.0.0.1:{await ready}/v1/responses"
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


@asynccontextmanager
async def client(
    perform: Callable[[Sequence[Mapping[str, Any]]], Answer] = echo, **options: Any
) -> AsyncIterator[ClientConnection]:
    async with serving(perform, **options) as url:
        connection = await connect(url, max_size=None, proxy=None)
        try:
            yield connection
        finally:
            # A transport that was closed with bytes still to send can't be closed again.
            with suppress(AttributeError):
                await connection.close()


def create(words: Any = "hi", **fields: Any) -> Frame:
    return {"type": "response.create", "model": "m", "store": False, "input": words, **fields}


async def ask(connection: ClientConnection, frame: object) -> list[Frame]:
    """Send a frame and read until the response is over or refused."""
    await connection.send(frame if isinstance(frame, str) else json.dumps(frame))
    frames: list[Frame] = []
    while True:
        frames.append(json.loads(await connection.recv()))
        kind = frames[-1]["type"]
        if kind in ("error", "response.completed", "response.failed", "response.steer.failed"):
            return frames


def kinds(frames: list[Frame]) -> list[str]:
    """The types of the frames, repeated ones once."""
    names = [frame["type"].removeprefix("response.") for frame in frames]
    return [name for index, name in enumerate(names) if index == 0 or names[index - 1] != name]


def deltas(frames: list[Frame], kind: str) -> str:
    return "".join(frame["delta"] for frame in frames if frame["type"] == f"response.{kind}.delta")
