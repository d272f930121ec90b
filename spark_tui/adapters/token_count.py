"""Counts tokens with the o200k vocabulary that its library carries, and keeps what servers taught about theirs."""

import contextlib
import json
import re
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from spark_tui.adapters.own_files import make_private, read_json, replace_small

CHUNK = 1 << 17
"""Characters that are counted in one go; the library lets nothing else run meanwhile."""
_MOST_BYTES = 1 << 20
_SEAM = re.compile(r"[A-Za-z] (?=[A-Za-z])")
"""Where a text can be cut without changing its tokens: no token reaches over the beginning of a word."""


class O200kCounter:
    """Exact counts for the o200k family; the vocabulary (44 ms, 32 MB) is loaded at the first count."""

    exact = True

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._tokenizer: Any = None

    def count(self, text: str) -> int:
        """Tokens in `text`."""
        # A lone surrogate can't be sent either: it goes out as a question mark, one token as here.
        plain = text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")
        total = 0
        for chunk in chunks(plain):
            with self._lock:
                total += len(self._loaded().encode_ordinary(chunk))
        return total

    def _loaded(self) -> Any:
        if self._tokenizer is None:
            import splintr

            self._tokenizer = splintr.Tokenizer.from_pretrained("o200k_base")
        return self._tokenizer


def chunks(text: str, size: int = CHUNK) -> Iterator[str]:
    """Cut a long text where that does not change its tokens."""
    start = 0
    while len(text) - start > size and (seam := _SEAM.search(text, start + size)):
        yield text[start : seam.start() + 1]
        start = seam.start() + 1
    yield text[start:]


class LearnedRatios:
    """The `Ratios` port as a small file of state; a file that can't be read or written teaches nothing."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._known: dict[str, float] | None = None

    def recall(self, model: str) -> float | None:
        """What was kept for a model."""
        if self._known is None:
            self._known = self._read()
        return self._known.get(model)

    def keep(self, model: str, ratio: float) -> None:
        """Keep what a server taught."""
        self.recall(model)
        assert self._known is not None
        self._known[model] = round(ratio, 4)
        with contextlib.suppress(OSError):
            make_private(self._path.parent)
            replace_small(self._path, json.dumps(self._known, sort_keys=True).encode())

    def _read(self) -> dict[str, float]:
        data = read_json(self._path, _MOST_BYTES)
        pairs = data.items() if isinstance(data, dict) else ()
        return {
            name: float(ratio) for name, ratio in pairs if isinstance(ratio, int | float) and 0 < ratio < 100
        }
