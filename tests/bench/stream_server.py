"""A model that streams as much as it is told to: `[[stream n=3000 shape=hunk]]` in a prompt, on the real protocol.

Shapes: `hunk` is one new file, `hunks` are small edits of `big.py`, `prose` is text. The last line ends with
SENTINEL. Every response leaves two lines in the log: when its first and when its last piece went out.
"""

import asyncio
import json
import re
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from spark_tui.rehearsal.answer import Answer
from spark_tui.rehearsal.pieces import count_pieces
from spark_tui.rehearsal.server import serve

SENTINEL = "ENDOFSTREAM7Q"

_ORDER = re.compile(r"\[\[stream n=(\d+) shape=(\w+)\]\]")
_EVERY = 40
"""Lines of `big.py` between two edits."""


def big_file(hunks: int) -> str:
    """A file in which that many small edits find their place."""
    return "".join(f"value_{number} = compute({number}, base)\n" for number in range(hunks * _EVERY))


def _line(number: int) -> str:
    return f"    total_{number} = order.price({number}) * rate + shipping(order, {number})"


def _prose(n: int) -> str:
    words = (
        "the refund is written before the ledger is read, and ",
        "`total` stays what it was; ",
        "so far.\n\n",
    )
    out: list[str] = []
    size = 0
    while size < n:
        out.append(words[len(out) % 9 // 4])
        size += count_pieces(out[-1])
    return f"{''.join(out)}\n{SENTINEL}\n"


def _hunk(n: int) -> str:
    rows = max(n // count_pieces(f"+{_line(1000)}\n"), 1)
    lines = "".join(f"+{_line(1000 + row)}\n" for row in range(rows))
    return f"*** Begin Patch\n*** Add File: streamed.py\n{lines}+# {SENTINEL}\n*** End Patch\n"


def _hunks(n: int) -> str:
    def edit(number: int, end: str = "") -> str:
        at = number * _EVERY + 5
        old = f"-value_{at} = compute({at}, base)\n"
        new = "".join(f"+value_{at}_{row} = compute({at}, base, row={row}){end}\n" for row in range(4))
        return f"@@\n value_{at - 1} = compute({at - 1}, base)\n{old}{new} value_{at + 1} = compute({at + 1}, base)\n"

    count = max(n // count_pieces(edit(100)), 1)
    body = "".join(edit(number) for number in range(count - 1)) + edit(count - 1, f"  # {SENTINEL}")
    return f"*** Begin Patch\n*** Update File: big.py\n{body}*** End Patch\n"


def ends_with(n: int, shape: str) -> str:
    """What our screen shows once the last token of an order has been worked in."""
    if shape == "prose":
        return SENTINEL
    count = _hunks(n).count("@@\n") if shape == "hunks" else 1
    return f"{count} open of {count}" if shape == "hunks" else "proposed"


def perform(messages: Sequence[Mapping[str, object]]) -> Answer:
    """Stream what the newest order asks for; after a tool's output, say so and stop."""
    if messages and str(messages[-1].get("type", "")).endswith("_call_output"):
        return Answer("Done.")
    orders = _ORDER.findall(json.dumps(messages))
    if not orders:
        return Answer("Say [[stream n=3000 shape=hunk]].")
    n, shape = int(orders[-1][0]), orders[-1][1]
    if shape == "prose":
        return Answer(_prose(n))
    return Answer("Here it is.", _hunks(n) if shape == "hunks" else _hunk(n))


class _Log:
    """Writes down when the first and the last piece of a response went out."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._first: float | None = None
        self._last = 0.0
        self._pieces = 0

    def record(self, sender: str, place: str, frame: object) -> None:
        """Take note of a frame."""
        if sender != "S" or not isinstance(frame, Mapping):
            return
        kind = str(frame.get("type", ""))
        if kind.endswith(".delta"):
            self._last = time.monotonic()
            self._pieces += 1
            if self._first is None:
                self._first = self._last
        elif kind == "response.completed" and self._first is not None:
            told: dict[str, Any] = {"first": self._first, "last": self._last, "pieces": self._pieces}
            with self._path.open("a") as out:
                out.write(json.dumps(told) + "\n")
            self._first, self._pieces = None, 0


def main() -> None:
    """Serve on a free port: `stream_server RATE LOG`; the port is the first line of the output."""
    rate, log = float(sys.argv[1]), _Log(Path(sys.argv[2]))
    asyncio.run(
        serve(
            rate=rate,
            on_ready=lambda port: print(port, flush=True),
            watch_stdin=True,
            perform=perform,
            record=log.record,
        )
    )


if __name__ == "__main__":
    main()
