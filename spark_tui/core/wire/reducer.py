"""Turns the frames of one response into events, whatever a server leaves out, adds or gets wrong."""

from collections.abc import Callable
from typing import ClassVar

from spark_tui.core.wire.decode import read_usage
from spark_tui.core.wire.entries import Entries, Frame
from spark_tui.core.wire.events import Created, Ended, EndStatus, ItemDropped, ModelEvent, Queued, WireFault
from spark_tui.core.wire.faults import read_fault, read_limits
from spark_tui.core.wire.items import ItemKind
from spark_tui.core.wire.lenient import count, listing, mapping, text

_ENDINGS = {
    "completed": EndStatus.COMPLETED,
    "incomplete": EndStatus.INCOMPLETE,
    "failed": EndStatus.FAILED,
    "cancelled": EndStatus.CUT,
}


def is_last(frame: Frame) -> bool:
    """Whether this frame ends a response, or says that there will be none."""
    kind = text(frame.get("type"))
    return kind == "error" or (kind.startswith("response.") and kind[9:] in (*_ENDINGS, "done"))


class Reducer:
    """Reads the frames of one response; make a new one for the next.

    What comes out is regular even where the frames are not: every item is opened once, its deltas follow,
    it is done or dropped once, and `Ended` is the last event.
    """

    def __init__(self, stale: str = "") -> None:
        """`stale` is the id of a response that is over: what a server repeats of it is not taken for an answer."""
        self.created = False
        """Whether the server began the response, so that an ending is due."""
        self.ended = False
        self._stale = stale
        self.response_id = ""
        """Of the response, once the server began it."""
        self._entries = Entries()
        self._fault: WireFault | None = None

    def feed(self, frame: Frame) -> list[ModelEvent]:
        """Take one decoded frame; never raises because of its content."""
        if self.ended:
            return []
        kind = frame.get("type")
        if isinstance(kind, str):
            handler = self._HANDLERS.get(kind)
            return handler(self, frame) if handler is not None else []
        return self._error(frame) if "error" in frame or "detail" in frame else []

    def abandon(self) -> list[ModelEvent]:
        """The stream broke: say which open items will never be finished."""
        self.ended = True
        return self._drop_open()

    def cut(self) -> list[ModelEvent]:
        """The person stopped the stream: what was said so far has to do; calls stay unfinished."""
        self.ended = True
        events: list[ModelEvent] = []
        for entry in self._entries:
            events += entry.settle(calls=False)
        return events

    def _begin(self, frame: Frame) -> list[ModelEvent]:
        if self.created:
            return []
        response = mapping(frame.get("response"))
        response_id = text(response.get("id"))
        if response_id and response_id == self._stale:
            return []
        self.created = True
        self.response_id = response_id
        return [Created(response_id, text(response.get("model")))]

    def _queued(self, frame: Frame) -> list[ModelEvent]:
        """The position is in none of the published schemas; gateways that tell it use one of these names."""
        response = mapping(frame.get("response"))
        told = (part.get(name) for part in (frame, response) for name in ("position", "queue_position"))
        position = next((count(value) for value in told if count(value)), None)
        return [*self._begin(frame), Queued(position)]

    def _end(self, frame: Frame) -> list[ModelEvent]:
        response = mapping(frame.get("response"))
        name = text(frame.get("type")).rpartition(".")[2]
        status = _ENDINGS.get(text(response.get("status")) if name == "done" else name, EndStatus.COMPLETED)
        events = self._begin(frame)
        if not self.created:
            return []
        reason = text(mapping(response.get("incomplete_details")).get("reason"))
        if status is EndStatus.FAILED:
            earlier = self._fault
            fault = earlier if earlier and not response.get("error") else read_fault(response)
            reason = fault.message or fault.code
            if earlier is None or fault.code != earlier.code:
                events.append(fault)
        else:
            events += self._settle(listing(response.get("output")), calls=status is EndStatus.COMPLETED)
        events += self._drop_open()
        self.ended = True
        return [*events, Ended(status, reason, self.response_id, read_usage(response.get("usage")))]

    def _settle(self, output: list[object], *, calls: bool) -> list[ModelEvent]:
        """Finish what got no ending of its own, from the terminal frame or from what was streamed."""
        events: list[ModelEvent] = []
        for index, raw in enumerate(output):
            item = mapping(raw)
            entry = self._entries.of_output(index, item)
            if entry is not None:
                events += entry.finish(item)
        for entry in self._entries:
            events += entry.settle(calls=calls)
        return events

    def _drop_open(self) -> list[ModelEvent]:
        dropped: list[ModelEvent] = []
        for entry in self._entries:
            if entry.opened and not entry.done:
                dropped.append(ItemDropped(entry.item_id, entry.call_id))
            entry.done = True
        return dropped

    def _item_added(self, frame: Frame) -> list[ModelEvent]:
        item = mapping(frame.get("item"))
        entry = self._entries.of_item(frame, item)
        return entry.open(item) if entry is not None else []

    def _item_done(self, frame: Frame) -> list[ModelEvent]:
        item = mapping(frame.get("item"))
        entry = self._entries.of_item(frame, item)
        return entry.finish(item) if entry is not None else []

    def _speech(self, frame: Frame) -> list[ModelEvent]:
        return self._said(frame, ItemKind.MESSAGE, frame.get("delta"))

    def _thought(self, frame: Frame) -> list[ModelEvent]:
        return self._said(frame, ItemKind.REASONING, frame.get("delta"))

    def _thought_part(self, frame: Frame) -> list[ModelEvent]:
        return self._said(frame, ItemKind.REASONING, "\n\n") if count(frame.get("summary_index")) else []

    def _said(self, frame: Frame, kind: ItemKind, piece: object) -> list[ModelEvent]:
        if not isinstance(piece, str) or not piece:
            return []
        entry = self._entries.of_delta(frame)
        if entry.opened:
            return entry.more(piece) if entry.kind is kind else []
        return entry.open({"type": kind.value}) + entry.more(piece)

    def _speech_done(self, frame: Frame) -> list[ModelEvent]:
        content = text(frame.get("text")) or text(frame.get("refusal"))
        entry = self._entries.of_delta(frame)
        if entry.kind is not ItemKind.MESSAGE or count(frame.get("content_index")):
            return []
        return entry.catch_up(content)

    def _input(self, frame: Frame) -> list[ModelEvent]:
        entry, piece = self._entries.of_delta(frame), frame.get("delta")
        if not isinstance(piece, str) or (entry.opened and not entry.is_open_call):
            return []
        return entry.more(piece)

    def _input_done(self, frame: Frame) -> list[ModelEvent]:
        entry = self._entries.of_delta(frame)
        content = text(frame.get("input")) or text(frame.get("arguments")) or text(frame.get("diff"))
        return entry.catch_up(content) if entry.is_open_call else []

    def _error(self, frame: Frame) -> list[ModelEvent]:
        fault = read_fault(frame)
        self._fault = fault
        return [fault]

    def _limits(self, frame: Frame) -> list[ModelEvent]:
        return [read_limits(frame)]

    _HANDLERS: ClassVar[dict[str, Callable[["Reducer", Frame], list[ModelEvent]]]] = {
        "response.output_text.delta": _speech,
        "response.custom_tool_call_input.delta": _input,
        "response.function_call_arguments.delta": _input,
        "response.apply_patch_call_operation_diff.delta": _input,
        "response.refusal.delta": _speech,
        "response.reasoning_summary_text.delta": _thought,
        "response.reasoning_text.delta": _thought,
        "response.reasoning_summary_part.added": _thought_part,
        "response.output_text.done": _speech_done,
        "response.refusal.done": _speech_done,
        "response.custom_tool_call_input.done": _input_done,
        "response.function_call_arguments.done": _input_done,
        "response.apply_patch_call_operation_diff.done": _input_done,
        "response.created": _begin,
        "response.in_progress": _begin,
        "response.queued": _queued,
        "response.output_item.added": _item_added,
        "response.output_item.done": _item_done,
        "response.completed": _end,
        "response.incomplete": _end,
        "response.failed": _end,
        "response.done": _end,
        "error": _error,
        "codex.rate_limits": _limits,
    }
