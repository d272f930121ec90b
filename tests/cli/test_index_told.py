"""A command that waits for the index tells a terminal how far it is, and nobody else."""

import asyncio
import io
import sys
from types import SimpleNamespace
from typing import Any

import pytest

from spark_tui.cli import ask
from spark_tui.ports import IndexProgress


class _Terminal(io.StringIO):
    """Standard error as seen by a command; it notes when something stands on it."""

    def __init__(self, is_terminal: bool) -> None:
        super().__init__()
        self._is_terminal = is_terminal
        self.told = asyncio.Event()

    def isatty(self) -> bool:
        return self._is_terminal

    def write(self, text: str) -> int:
        self.told.set()
        return super().write(text)


def _engine(settled: Any) -> Any:
    return SimpleNamespace(indexing=SimpleNamespace(progress=IndexProgress(1234, 5000), settled=settled))


async def test_a_terminal_is_told_how_far_the_index_is(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = _Terminal(True)
    monkeypatch.setattr(sys, "stderr", screen)
    monkeypatch.setattr(ask, "INDEX_TOLD", 0.001)
    await ask.indexed(_engine(screen.told.wait))
    assert "1,234 of 5,000 files" in screen.getvalue()
    assert screen.getvalue().endswith("\r\x1b[K"), "the line is gone in the end"


async def test_nobody_else_is_told_and_patience_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    pipe = _Terminal(False)
    monkeypatch.setattr(sys, "stderr", pipe)
    monkeypatch.setattr(ask, "INDEX_PATIENCE", 0.01)
    await ask.indexed(_engine(asyncio.Event().wait))
    assert pipe.getvalue() == ""
