"""Items while they stream: who is meant by a frame, what has come so far, what is still missing."""

from collections.abc import Iterator, Mapping
from dataclasses import field, replace

from spark_tui.core.values import dataclass
from spark_tui.core.wire.decode import kind_of, read_item, read_name, read_operation
from spark_tui.core.wire.events import (
    ItemDone,
    ItemOpened,
    ModelEvent,
    ReasoningDelta,
    TextDelta,
    ToolDelta,
)
from spark_tui.core.wire.items import AssistantMessage, Item, ItemKind, ToolCall
from spark_tui.core.wire.lenient import count, join_halves, text

Frame = Mapping[str, object]


@dataclass(slots=True)
class Entry:
    """One item while it streams."""

    index: int
    item_id: str
    kind: ItemKind | None = None
    """None until it is known; stays None for kinds that we do not know."""
    call_id: str = ""
    name: str = ""
    phase: str = ""
    opened: bool = False
    """Whether ItemOpened was told."""
    done: bool = False
    pieces: list[str] = field(default_factory=list)
    length: int = 0
    """Characters in `pieces`."""
    carry: str = ""
    """Half of a character that waits for its other half."""

    @property
    def streamed(self) -> str:
        """Everything that deltas have brought so far."""
        return "".join(self.pieces)

    @property
    def is_open_call(self) -> bool:
        """Whether this is a call that was told of."""
        return self.opened and self.kind is not None and self.kind.is_call

    def open(self, item: Frame) -> list[ModelEvent]:
        """Tell that the item begins, once, if its kind is known."""
        kind = kind_of(item)
        if self.opened or self.done or kind is None:
            return []
        self.kind, self.opened = kind, True
        if kind.is_call:
            self.call_id = text(item.get("call_id")) or text(item.get("id")) or f"call_{self.index}"
            self.name = read_name(item, kind)
        else:
            self.phase = text(item.get("phase"))
        operation = replace(read_operation(item), diff="") if kind is ItemKind.APPLY_PATCH else None
        opened = ItemOpened(self.index, self.item_id, kind, self.call_id, self.name, self.phase, operation)
        early, self.pieces, self.length = self.streamed, [], 0
        return [opened, *(self.more(early) if kind.is_call and early else ())]

    def more(self, piece: str) -> list[ModelEvent]:
        """Tell the next piece of the item; pieces of an item that was not opened wait for its end."""
        if self.carry or not piece.isascii():
            piece, self.carry = join_halves(self.carry, piece)
        if not piece or self.done:
            return []
        if self.kind is ItemKind.REASONING:
            return [ReasoningDelta(self.item_id, piece)]
        self.pieces.append(piece)
        self.length += len(piece)
        if not self.opened:
            return []
        return [
            TextDelta(self.item_id, piece)
            if self.kind is ItemKind.MESSAGE
            else ToolDelta(self.call_id, piece)
        ]

    def catch_up(self, content: str) -> list[ModelEvent]:
        """Tell as a delta what a fuller version has beyond what was streamed."""
        if len(content) <= self.length or not content.startswith(self.streamed):
            return []
        self.carry = ""
        return self.more(content[self.length :])

    def finish(self, item: Frame) -> list[ModelEvent]:
        """Take the item's final form."""
        if self.done:
            return []
        events: list[ModelEvent] = []
        if not self.opened:
            self.pieces, self.length, self.carry = [], 0, ""
            events = self.open(item)
        if self.kind is None or kind_of(item) is not self.kind:
            return events
        final = read_item(item, self.kind, self.call_id)
        if isinstance(final, AssistantMessage):
            final = replace(final, phase=final.phase or self.phase)
        return events + self.close(final)

    def close(self, final: Item) -> list[ModelEvent]:
        """Tell that the item is finished, after what was missing of it."""
        events: list[ModelEvent] = []
        agrees = True
        match final:
            case ToolCall(input=content) | AssistantMessage(text=content):
                events = self.catch_up(content)
                agrees = self.streamed == content
            case _:
                pass
        self.done = True
        self.pieces = []
        return [*events, ItemDone(self.item_id, final, agrees)]

    def settle(self, *, calls: bool) -> list[ModelEvent]:
        """The response is over: what was streamed has to do as the final form, of calls only with `calls`."""
        if self.done or not self.opened or self.kind is None or not self.pieces:
            return []
        if self.kind is ItemKind.MESSAGE:
            return self.close(AssistantMessage(self.streamed, self.phase))
        if calls and self.kind in (ItemKind.CUSTOM, ItemKind.FUNCTION):
            return self.close(ToolCall(self.kind, self.call_id, self.name, self.streamed))
        return []


class Entries:
    """The items of one response; finds the one that a frame is about by whatever the frame tells."""

    def __init__(self) -> None:
        self._all: list[Entry] = []
        self._by_id: dict[str, Entry] = {}
        self._by_index: dict[int, Entry] = {}

    def __iter__(self) -> Iterator[Entry]:
        return iter(self._all)

    def of_delta(self, frame: Frame) -> Entry:
        """The item that a frame about a part of it means."""
        item_id = frame.get("item_id")
        if isinstance(item_id, str):
            found = self._by_id.get(item_id)
            if found is not None:
                return found
        call_id = text(frame.get("call_id"))
        called = self._called(call_id) if call_id else None
        return called or self._find(text(item_id), frame.get("output_index"))

    def of_item(self, frame: Frame, item: Frame) -> Entry | None:
        """The item that a frame carries; None if it repeats the call id of another one."""
        found = self._find(text(item.get("id")), frame.get("output_index"))
        kind = kind_of(item)
        if kind is not None and kind.is_call and not found.opened:
            call_id = text(item.get("call_id"))
            if call_id and self._called(call_id) is not None:
                return None
        return found

    def of_output(self, index: int, item: Frame) -> Entry | None:
        """The item that stands in the final list of a response; None if it is finished already."""
        kind, item_id = kind_of(item), text(item.get("id"))
        known = self._by_id.get(item_id) or self._called(text(item.get("call_id")))
        at_index = self._by_index.get(index)
        if known is None and at_index is not None and at_index.kind is kind:
            known = at_index
        if known is None:
            known = self._add(item_id, len(self._all))
        return None if known.done else known

    def _called(self, call_id: str) -> Entry | None:
        return next((entry for entry in self._all if call_id and entry.call_id == call_id), None)

    def _find(self, item_id: str, output_index: object) -> Entry:
        found = self._by_id.get(item_id) if item_id else None
        if found is None and (output_index is not None or not item_id):
            found = self._by_index.get(count(output_index))
            if found is not None and item_id:
                self._by_id[item_id] = found
        if found is None:
            index = count(output_index) if output_index is not None else len(self._all)
            found = self._add(item_id, index)
        return found

    def _add(self, item_id: str, index: int) -> Entry:
        entry = Entry(index, item_id or f"item_{index}")
        self._all.append(entry)
        self._by_index[index] = entry
        if item_id:
            self._by_id[item_id] = entry
        return entry
