"""Keeps a screen alive when a handler fails: the error goes to the engine's guard, not to Textual.

Textual ends the program at the first error in a handler. In an editor with unsaved text that would be a loss,
so a failing handler costs only what it was about to do. In tests without a terminal errors stay fatal.
"""

from contextlib import AbstractContextManager
from types import TracebackType
from typing import Protocol

from textual.app import App
from textual.message import Message
from textual.message_pump import MessagePump
from textual.worker import Worker


class Reporter(Protocol):
    """Who is told of an error that nobody foresaw."""

    def survive(self, error: Exception, what: str) -> bool:
        """Report `error`; False lets it pass on."""


class Shield(AbstractContextManager["Shield"]):
    """Hands an unforeseen error in its block to a reporter."""

    def __init__(self, reporter: Reporter, what: str) -> None:
        self._reporter = reporter
        self._what = what

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        return isinstance(error, Exception) and self._reporter.survive(error, self._what)


class Steady(MessagePump):
    """A widget, screen or app whose message loop outlives an error in one message."""

    async def _dispatch_message(self, message: Message) -> None:
        reporter = self.app if self.is_attached or isinstance(self, App) else None
        if reporter is None or not hasattr(reporter, "survive"):
            await super()._dispatch_message(message)
            return
        with Shield(reporter, f"{type(message).__name__} in {type(self).__name__}"):
            await super()._dispatch_message(message)
        if isinstance(message, Worker.StateChanged) and isinstance(message.worker.error, Exception):
            # Textual would end the program or say nothing.
            reporter.survive(message.worker.error, message.worker.name or "work")
