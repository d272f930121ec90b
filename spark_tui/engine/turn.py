"""One prompt, from request to the last decision: streams the answer, feeds the review, keeps the clock."""

import asyncio
from collections.abc import Callable
from dataclasses import field, replace

from spark_tui.core.context import PATCH_TOOL
from spark_tui.core.edits import (
    EditEvent,
    EditParser,
    FileOp,
    FileOpened,
    JsonPatchParser,
    Moved,
    OperationParser,
    PatchParser,
    RowAdded,
)
from spark_tui.core.review import Review
from spark_tui.core.values import dataclass
from spark_tui.core.wire import (
    Ended,
    EndStatus,
    ItemDone,
    ItemDropped,
    ItemKind,
    ItemOpened,
    ModelEvent,
    PatchOperation,
    TextDelta,
    ToolCall,
    ToolDelta,
    Usage,
    WireFault,
)
from spark_tui.engine.asking import Asked, KeptRows, RestoredRows
from spark_tui.engine.decisions import Decisions
from spark_tui.engine.events import EngineEvent, LinkMoved, ReviewMoved, TurnMoved
from spark_tui.engine.gate import Gate
from spark_tui.engine.pace import Pace
from spark_tui.engine.views import Timing, TurnState, TurnView, Way
from spark_tui.engine.workspace import Workspace
from spark_tui.ports import Clock, Files, PathError

AT_ONCE = 40
"""Rows of one piece of a stream that are taken before others have their turn: keys come first."""


@dataclass(slots=True)
class Call:
    """One tool call while it streams."""

    key: str
    """Name of the call in the review."""
    call_id: str
    parser: EditParser | None
    """None for a tool we do not have."""
    fed: int = 0
    """Characters the parser has seen."""
    closed: bool = False
    cut_short: bool = False
    """Whether the person stopped it: what the model wrote after that was never taken."""


@dataclass(slots=True)
class Turn:
    """The changing state of one prompt."""

    id: str
    lane: str
    prompt: str
    started: float
    state: TurnState = TurnState.GATHERING
    prose: list[tuple[str, str]] = field(default_factory=list)
    """Item id and text, in the order in which they came."""
    sentence: str = ""
    sent_at: float | None = None
    first_hunk: float | None = None
    waited: float = 0.0
    """Seconds in which the model waited for decisions; they are not the model's."""
    finished: float | None = None
    pace: Pace = field(default_factory=Pace)
    usage: Usage | None = None
    """As the server counted the newest response."""
    way: Way = Way()
    fault: str = ""
    """Code of the error for which the server gave up the newest response."""
    is_shortened: bool = False
    """Whether it was asked once more with less, because the server would not take so much."""
    calls: list[Call] = field(default_factory=list)
    asked: Asked | None = None
    """The request, where it is not simply the prompt."""
    restored: Callable[[str, str], str] | None = None
    """Puts back, into a line for a path, what was withheld from the model."""
    _told: tuple[list[tuple[str, str]], int, str] = field(default_factory=lambda: ([], 0, ""))
    """Of which prose how many pieces are put together, and the text that they are."""

    @property
    def text(self) -> str:
        """The prose; what was put together before is not put together again."""
        pieces, count, text = self._told
        if pieces is not self.prose or count > len(self.prose):
            count, text = 0, ""
        if count < len(self.prose):
            text += "".join(piece for _, piece in self.prose[count:])
        self._told = self.prose, len(self.prose), text
        return text

    def view(self) -> TurnView:
        """A picture of the turn for the screen."""
        return TurnView(
            self.id,
            self.lane,
            self.prompt,
            self.text,
            self.state,
            self.sentence,
            self.timing(),
            self.usage,
            self.way,
        )

    def timing(self) -> Timing:
        """The turn's clock so far; durations count from the moment the request was sent."""
        origin = self.sent_at if self.sent_at is not None else self.started
        pace = self.pace
        since = None if pace.first is None else pace.first - origin
        hunk = None if self.first_hunk is None else self.first_hunk - origin
        total = None if self.finished is None else self.finished - origin - self.waited
        return Timing(since, hunk, total, pace.tokens, pace.speed)


class TurnStream:
    """Consumes the events of one turn's responses."""

    def __init__(
        self,
        turn: Turn,
        decisions: Decisions,
        gate: Gate,
        workspace: Workspace,
        files: Files,
        clock: Clock,
        count: Callable[[str], int],
        emit: Callable[[EngineEvent], None],
    ) -> None:
        self._turn = turn
        self._decisions = decisions
        self._gate = gate
        self._workspace = workspace
        self._files = files
        self._clock = clock
        self._count = count
        self._emit = emit
        self._lost: list[Call] = []
        """Calls of this response that a broken connection cut; the next call says them again."""

    @property
    def _review(self) -> Review:
        return self._decisions.review

    async def take(self, event: ModelEvent) -> Ended | None:
        """Take one event; returns it when it ends the response."""
        if self._gate.is_shut:
            return self._end_cut(event) if isinstance(event, Ended) else None
        match event:
            case TextDelta(item_id=item_id, text=text):
                self._token(text)
                self._turn.prose.append((item_id, text))
                self._emit(TurnMoved(self._turn.id))
            case ItemOpened(kind=kind) if kind.is_call:
                self._open_call(event.kind, event.call_id, event.name, event.operation)
            case ToolDelta(call_id=call_id, text=text):
                self._token(text)
                await self._push(self._call(call_id), text)
            case ItemDone(item=ToolCall() as item, agrees=agrees):
                await self._finish_call(item, agrees)
                self._turn.pace.keep()
            case ItemDone():
                self._turn.pace.keep()
            case ItemDropped():
                self._drop(event)
            case WireFault(code=code, message=message):
                self._turn.fault, self._turn.sentence = code, message
                self._emit(LinkMoved())
            case Ended():
                self._end(event)
                return event
            case _:
                pass
        return None

    def begin(self) -> None:
        """A new response was asked for."""
        self._lost.clear()
        self._turn.prose += [("", "\n\n")] if self._turn.prose else []
        self._turn.pace.begin()

    def cut(self) -> None:
        """The stream will bring nothing more: close what is open."""
        for call in self._turn.calls:
            self._close(call, cut=True)

    def _token(self, text: str) -> None:
        if self._turn.pace.first is None:
            self._turn.state = TurnState.STREAMING
        self._turn.pace.take(self._clock.tick(), self._count(text))

    def _open_call(
        self, kind: ItemKind, call_id: str, name: str, operation: PatchOperation | None, again: str = ""
    ) -> Call:
        parser = _parser(kind, name, operation)
        asked = self._turn.asked
        if parser is not None and self._turn.restored is not None:
            parser = RestoredRows(parser, self._turn.restored)
        if parser is not None and asked is not None and asked.kept is not None:
            parser = KeptRows(parser, asked.kept)
        for lost in self._lost:
            self._review.withdraw(lost.key)
        self._lost.clear()
        number = sum(call.call_id == call_id for call in self._turn.calls)
        call = Call(f"{self._turn.id}/{call_id}{again}{'+' * number}", call_id, parser)
        self._turn.calls.append(call)
        if parser is not None:
            self._review.begin(self._turn.id, call.key)
        return call

    def _call(self, call_id: str) -> Call | None:
        return next((call for call in reversed(self._turn.calls) if call.call_id == call_id), None)

    async def _push(self, call: Call | None, text: str) -> None:
        if call is None or call.parser is None or call.closed:
            return
        call.fed += len(text)
        await self._feed(call.parser.push(text))

    async def _feed(self, events: list[EditEvent]) -> None:
        for number, event in enumerate(events, 1):
            if number % AT_ONCE == 0:
                await asyncio.sleep(0)
            if not await self._passes(event):
                return
            match event:
                case FileOpened():
                    await self._open_file(event)
                case Moved(path=path):
                    self._review.feed(event, await self._refusal(path))
                case _:
                    self._review.feed(event)
        if events:
            if self._turn.first_hunk is None and any(isinstance(event, RowAdded) for event in events):
                self._turn.first_hunk = self._clock.tick()
            self._emit(ReviewMoved())
            await self._decisions.take_due()

    async def _passes(self, event: EditEvent) -> bool:
        """Wait while the stream is held; what was fed before is shown and decided meanwhile."""
        if self._gate.is_shut:
            return False
        if not self._gate.holds(event):
            return True
        self._emit(ReviewMoved())
        await self._decisions.take_due()
        passes = await self._gate.passes(event)
        self._turn.pace.go_on(self._clock.tick())
        return passes

    async def _open_file(self, event: FileOpened) -> None:
        refusal = await self._refusal(event.path)
        base = None
        if not refusal:
            base, refusal = await self._workspace.base_of(event.path)
        self._review.open_file(event, base, refusal)

    async def _refusal(self, path: str) -> str:
        """Why nothing may be written at `path`; empty if it may."""
        try:
            await self._files.check_target(path)
        except PathError as error:
            return str(error)
        return ""

    async def _finish_call(self, item: ToolCall, agrees: bool) -> None:
        call = self._call(item.call_id)
        if call is not None and not agrees:
            # The finished item is the truth; what was shown from its deltas is withdrawn and shown anew.
            self._close(call, cut=True)
            self._turn.calls.remove(call)
            self._lost.append(call)
            call = self._open_call(item.kind, item.call_id, item.name, item.operation, again="'")
        elif call is None:
            call = self._open_call(item.kind, item.call_id, item.name, item.operation)
        if call.parser is not None and not call.closed and call.fed == 0:
            self._token(item.input)
            await self._push(call, item.input)
        if call.parser is not None and not call.closed:
            await self._feed(call.parser.finish())
        self._close(call, cut=not item.complete or self._gate.is_shut)
        await self._decisions.take_due()

    def _drop(self, dropped: ItemDropped) -> None:
        """Half an item that never comes whole: prose goes, complete hunks of a call stay."""
        self._turn.pace.drop()
        call = self._call(dropped.call_id) if dropped.call_id else None
        if call is not None:
            self._close(call, cut=True)
            self._lost.append(call)
        else:
            self._turn.prose = [piece for piece in self._turn.prose if piece[0] != dropped.item_id]
            self._emit(TurnMoved(self._turn.id))

    def _close(self, call: Call, *, cut: bool) -> None:
        if not call.closed:
            call.closed, call.cut_short = True, self._gate.is_shut
            if call.parser is not None:
                self._review.close(cut)
                self._emit(ReviewMoved())

    def _end_cut(self, event: Ended) -> Ended:
        """The response is over; what it brought after the person stopped it does not count."""
        event = replace(event, status=EndStatus.CUT, reason=event.reason or "stopped")
        self._end(event)
        return event

    def _end(self, event: Ended) -> None:
        if event.usage is not None and event.usage.output_tokens:
            self._turn.pace.correct(event.usage.output_tokens, event.usage.reasoning_tokens)
        if event.usage is not None:
            self._turn.usage = event.usage
        if event.status is not EndStatus.COMPLETED:
            self.cut()
            self._turn.sentence = event.reason or self._turn.sentence


def _parser(kind: ItemKind, name: str, operation: PatchOperation | None) -> EditParser | None:
    """What reads the input of a call; None for a tool that we do not have."""
    if kind is ItemKind.APPLY_PATCH and operation is not None:
        return OperationParser(FileOp(operation.op), operation.path)
    if name != PATCH_TOOL:
        return None
    return JsonPatchParser() if kind is ItemKind.FUNCTION else PatchParser()
