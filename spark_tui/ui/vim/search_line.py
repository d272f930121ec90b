"""The line behind `/` and `?`: typed key by key, with what was searched for before."""

from collections.abc import Callable, Generator

from spark_tui.ui.vim.ranges import cut_at
from spark_tui.ui.vim.state import Beep, Search, State

Next = Callable[[], Generator[None, str, str]]
"""Waits for a key."""


class SearchLine:
    """Reads one search at a time."""

    def __init__(self) -> None:
        self.shown = ""
        """What is typed so far, behind the sign that began it; empty while nothing is."""
        self._past: list[str] = []

    def read(self, state: State, sign: str, next_key: Next) -> Generator[None, str, None]:
        """Read a pattern up to Enter; it is searched for from now on. Raises Beep where it is left."""
        text = ""
        older = len(self._past)
        while True:
            self.shown = sign + text
            key = yield from next_key()
            if key in ("enter", "ctrl+m", "ctrl+j"):
                break
            if key in ("backspace", "ctrl+h"):
                if not text:
                    raise Beep
                text = text[:-1]
            elif key == "ctrl+u":
                text = ""
            elif key in ("up", "down"):
                older = max(0, min(len(self._past), older + (1 if key == "down" else -1)))
                text = self._past[older] if older < len(self._past) else ""
            elif len(key) == 1:
                text += key
        self.shown = ""
        if text:
            self._past.append(text)
        pattern, offset = cut_at(text, sign)
        state.search = Search(pattern or state.search.pattern, sign == "/", offset)
