"""Input that goes into a response under way: what was sent, what the server said to it, when it counts."""

import asyncio
from collections.abc import Mapping

from spark_tui.core.wire import Ended, EndStatus, UserMessage
from spark_tui.core.wire.lenient import text

_STEER = "response.steer."


class Steering:
    """The input of one response; it counts from the moment at which the server goes on with it."""

    def __init__(self) -> None:
        self._asked: list[tuple[str, asyncio.Future[bool]]] = []
        self._accepted: list[str] = []

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
        taken = kind == f"{_STEER}accepted"
        if self._asked and kind in (f"{_STEER}accepted", f"{_STEER}failed"):
            words, answer = self._asked.pop(0)
            if taken:
                self._accepted.append(words)
            if not answer.done():
                answer.set_result(taken)
        return True

    def committed(self, ended: Ended) -> list[UserMessage]:
        """What the response that follows by itself begins with; nothing: this was the end."""
        if ended.status is not EndStatus.INCOMPLETE or ended.reason != "steered":
            return []
        accepted, self._accepted = self._accepted, []
        return [UserMessage(words) for words in accepted]

    def over(self) -> None:
        """No answer will come any more."""
        for _, answer in self._asked:
            if not answer.done():
                answer.set_result(False)
        self._asked.clear()
