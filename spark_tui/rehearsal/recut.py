"""Cuts the deltas of a stream anew, by characters, even inside of words, marks and line ends."""

from collections.abc import AsyncIterator
from typing import TypeVar

from spark_tui.rehearsal.protocol import Json

_T = TypeVar("_T")


async def recut(steps: AsyncIterator[Json | _T], size: int) -> AsyncIterator[Json | _T]:
    """Pass everything on, deltas in pieces of `size` characters; 0 leaves them as they are."""
    held: Json = {}
    text = ""
    async for step in steps:
        delta = step.get("delta") if isinstance(step, dict) and size else None
        if isinstance(step, dict) and isinstance(delta, str):
            held, text = {**step, "delta": ""}, text + delta
            held.pop("obfuscation", None)
            while len(text) >= size:
                yield {**held, "delta": text[:size]}
                text = text[size:]
            continue
        if text:
            yield {**held, "delta": text}
            text = ""
        yield step
