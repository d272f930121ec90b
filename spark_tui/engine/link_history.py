"""The conversation as the model has it: never doubled, never with what the server would not take."""

from collections.abc import Iterator, Sequence
from typing import overload

from spark_tui.core.wire import (
    AssistantMessage,
    DeveloperMessage,
    Ended,
    EndStatus,
    Item,
    UserMessage,
    fit,
    unanswered,
)


class History(Sequence[Item]):
    """Items in order, and where those of a turn begin that failed before anything came of it."""

    def __init__(self, items: Sequence[Item] = ()) -> None:
        self._items = list(items)
        self._undelivered: int | None = None
        self._pending: list[UserMessage] = []
        self.foreseen = 0
        """How many of the last items the server puts there by itself, when it goes on from what it knows."""

    def become(self, items: Sequence[Item]) -> None:
        """Hold another conversation."""
        self._items[:] = items
        self._undelivered = None
        self._pending.clear()
        self.foreseen = 0

    @overload
    def __getitem__(self, index: int) -> Item: ...
    @overload
    def __getitem__(self, index: slice) -> list[Item]: ...
    def __getitem__(self, index: int | slice) -> Item | list[Item]:
        return self._items[index]

    def __len__(self) -> int:
        return len(self._items)

    def __iter__(self) -> Iterator[Item]:
        return iter(self._items)

    def ask(self, new_items: Sequence[Item]) -> int:
        """Append what is asked; a prompt that failed is not doubled. Returns where the new items begin."""
        start, self._undelivered = self._undelivered, None
        if start is not None:
            again = {item for item in new_items if isinstance(item, UserMessage)}
            self._items[start:] = [item for item in self._items[start:] if item not in again]
        begin = len(self._items)
        self._items += fit(self._items, new_items)
        pending, self._pending = self._pending, []
        self._items += pending
        self.foreseen = len(pending)
        return begin

    def expect(self, messages: Sequence[UserMessage]) -> None:
        """What the server has taken already and puts behind the outputs that come with the next request."""
        self._pending += messages

    def add(self, item: Item) -> None:
        """Append an item that the model has finished."""
        self._items.append(item)
        self.foreseen = 0

    def not_taken(self, begin: int, *, rejected: bool) -> None:
        """Nothing came of what was asked from `begin` on; what was rejected does not stay."""
        if rejected:
            spoken = (UserMessage, DeveloperMessage)
            self._items[begin:] = [item for item in self._items[begin:] if not isinstance(item, spoken)]
        else:
            self._undelivered = begin

    def whole(self, sent: int, sentence: str) -> Ended | None:
        """The end of a response that has brought its answer already: asking again would bring it twice."""
        if unanswered(self._items):
            return Ended(EndStatus.INCOMPLETE, f"{sentence}; the finished edit is kept")
        match self._items[sent:]:
            case [*_, AssistantMessage(phase="final_answer")]:
                return Ended(EndStatus.COMPLETED, sentence)
            case _:
                return None
