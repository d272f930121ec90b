"""Asks the model about one hunk beside the conversation: nothing of it is said there, and nothing waits for it."""

from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import aclosing

from spark_tui.core.context import PATCH_TOOL
from spark_tui.core.edits import (
    EditEvent,
    EditParser,
    FileOp,
    FileOpened,
    JsonPatchParser,
    OperationParser,
    PatchParser,
)
from spark_tui.core.review import Review
from spark_tui.core.wire import (
    Ended,
    EndStatus,
    Item,
    ItemDone,
    ItemKind,
    ItemOpened,
    ModelEvent,
    PatchOperation,
    TextDelta,
    ToolCall,
    ToolDelta,
    UserMessage,
    WireFault,
)
from spark_tui.engine.asking import RestoredRows
from spark_tui.engine.conversation import Conversation
from spark_tui.engine.link import Link
from spark_tui.engine.workspace import Workspace

LONGEST_WHY = 600
"""Characters of an explanation that are kept."""


class Beside:
    """Requests of their own, each with the file as it is now."""

    def __init__(self, conversation: Conversation, links: Mapping[str, Link], workspace: Workspace) -> None:
        self._conversation = conversation
        self._links = links
        self._workspace = workspace

    def _link(self, lane: str) -> Link:
        return self._links[lane] if lane else self._conversation.link

    async def _items(self, link: Link, path: str, request: str) -> tuple[Item, ...]:
        """The request, and what goes along with it."""
        composer = self._conversation.composer
        is_there = (await self._workspace.base_of(path))[0] is not None
        about = f"{request}\n@{path}" if is_there else request
        composed = await composer.estimate(link, about)
        return composed.items or (UserMessage(composer.cleaned(request)),)

    async def edit(
        self, path: str, request: str, review: Review, moved: Callable[[], None], lane: str = ""
    ) -> str:
        """Have an answer laid into `review` while it streams; return why nothing came of it, or nothing."""
        link = self._link(lane)
        writing = _Writing(review, self._workspace, self._conversation.composer.restored)
        failed = ""
        items = await self._items(link, path, request)
        async with aclosing(link.aside(items)) as events:
            async for event in events:
                if isinstance(event, WireFault):
                    failed = event.message
                elif isinstance(event, Ended):
                    writing.close(cut=True)
                    if event.status is not EndStatus.COMPLETED:
                        return event.reason or failed or "it was stopped"
                elif await writing.take(event):
                    moved()
        return ""

    async def say(self, path: str, request: str) -> AsyncGenerator[str]:
        """Have something said about a file, piece by piece."""
        link = self._link("")
        items = await self._items(link, path, request)
        size = 0
        async with aclosing(link.aside(items, may_call=False)) as events:
            async for event in events:
                if isinstance(event, TextDelta):
                    yield event.text
                    size += len(event.text)
                elif isinstance(event, Ended) and event.status is not EndStatus.COMPLETED and not size:
                    yield f"No answer: {event.reason or 'it was stopped'}"
                if size > LONGEST_WHY:
                    return


class _Writing:
    """Lays the patch of an answer into a review that nobody decides on."""

    def __init__(self, review: Review, workspace: Workspace, restored: Callable[[str, str], str]) -> None:
        self._review = review
        self._workspace = workspace
        self._restored = restored
        self._parser: EditParser | None = None
        self._fed = 0

    async def take(self, event: ModelEvent) -> bool:
        """Take an event; whether anything that is shown became another."""
        match event:
            case ItemOpened(kind=kind) if kind.is_call:
                self._open(kind, event.name, event.operation)
            case ToolDelta(text=text) if self._parser is not None:
                self._fed += len(text)
                await self._feed(self._parser.push(text))
                return True
            case ItemDone(item=ToolCall() as item):
                await self._finish(item)
                return True
            case _:
                pass
        return False

    def _open(self, kind: ItemKind, name: str, operation: PatchOperation | None) -> None:
        self.close(cut=True)
        self._fed = 0
        if kind is ItemKind.APPLY_PATCH and operation is not None:
            self._parser = OperationParser(FileOp(operation.op), operation.path)
        elif name == PATCH_TOOL:
            self._parser = JsonPatchParser() if kind is ItemKind.FUNCTION else PatchParser()
        if self._parser is not None:
            self._parser = RestoredRows(self._parser, self._restored)
            self._review.begin("", "")

    async def _finish(self, item: ToolCall) -> None:
        if self._parser is None:
            self._open(item.kind, item.name, item.operation)
        if self._parser is not None:
            if not self._fed:
                await self._feed(self._parser.push(item.input))
            await self._feed(self._parser.finish())
            self.close(cut=not item.complete)

    def close(self, *, cut: bool) -> None:
        """The call is over."""
        if self._parser is not None:
            self._parser = None
            self._review.close(cut)

    async def _feed(self, events: list[EditEvent]) -> None:
        for event in events:
            if isinstance(event, FileOpened):
                base, refusal = await self._workspace.base_of(event.path)
                self._review.open_file(event, base, refusal)
            else:
                self._review.feed(event)
