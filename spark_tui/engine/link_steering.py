"""Input that goes into a response under way: what was sent, what the server said to it, when it counts."""

import asyncio
from collections.abc import Mapping

from spark_tui.core.wire import UserMessage
from spark_tui.core.wire.lenient import text

_STEER = "response.steer."


class Steering:
    """The input of one response; it counts from the moment at which the server goes on with it."""

    def __init__(self) -> None:
        self._asked: list[tuple[str, asyncio.Future[bool]]] = []
        self._accepted: list[str] = []
        self.is_pending = False
        """Whether the server waits for outputs of calls before it goes on with what it accepted."""
        self.has_failed = False
        """Whether the server could not go on with what it accepted."""

    def ask(self, words: str) -> "asyncio.Future[bool]":
        """Remember what is being sent; the result is whether the server took it."""
        answer: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._asked.append((words, answer))
        return answer

    def hear(self, frame: Mapping[str, object]) -> bool:
        """Take a frame if it is an answer to this."""
        kind = text(frame.get("type"))
        if not kind.startswith(_STEER):
            return False
        match kind.removeprefix(_STEER):
            case "accepted":
                self._answer(taken=True)
            case "failed" if self._asked:
                self._answer(taken=False)
            case "failed":
                self.has_failed = True
            case "pending":
                self.is_pending = True
            case _:
                pass
        return True

    def _answer(self, *, taken: bool) -> None:
        if not self._asked:
            return
        words, answer = self._asked.pop(0)
        if taken:
            self._accepted.append(words)
        if not answer.done():
            answer.set_result(taken)

    @property
    def is_accepted(self) -> bool:
        """Whether there is input that the server has taken and not gone on with."""
        return bool(self._accepted)

    def committed(self) -> list[UserMessage]:
        """The server goes on with what it had accepted."""
        accepted, self._accepted = self._accepted, []
        self.is_pending = False
        return [UserMessage(words) for words in accepted]

    def over(self) -> None:
        """No answer will come any more."""
        for _, answer in self._asked:
            if not answer.done():
                answer.set_result(False)
        self._asked.clear()
