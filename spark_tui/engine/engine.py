"""The front door of the engine: builds the parts once, hands out what the screen may read and command."""

import asyncio
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import replace
from typing import Any

from spark_tui.core.checkpoint import Checkpoint, FileWrite
from spark_tui.core.checks import CheckResult, CheckSettings
from spark_tui.core.context import INSTRUCTIONS, PATCH_TOOL, PATCH_TOOL_DESCRIPTION
from spark_tui.core.edits import PATCH_GRAMMAR
from spark_tui.core.review import HunkView
from spark_tui.core.settings import REHEARSAL, LaneProfile
from spark_tui.core.text import Text
from spark_tui.core.values import dataclass
from spark_tui.core.wire import patch_tool
from spark_tui.engine.beside import Beside
from spark_tui.engine.changes import Changes, problems_told
from spark_tui.engine.checking import Checking
from spark_tui.engine.comments import Comments
from spark_tui.engine.composing import Composer
from spark_tui.engine.conversation import Conversation
from spark_tui.engine.decisions import Decisions
from spark_tui.engine.events import EngineEvent, Landed, LinkMoved, ReviewMoved, TreeMoved, Trouble
from spark_tui.engine.gate import Gate
from spark_tui.engine.gather import Gatherer
from spark_tui.engine.governor import DEBT_LIMIT, Governor
from spark_tui.engine.guard import Guard
from spark_tui.engine.habits import Habits
from spark_tui.engine.handing import Handing
from spark_tui.engine.history import History
from spark_tui.engine.indexing import Indexing
from spark_tui.engine.landing import Landing
from spark_tui.engine.link import Link, LinkPrompt, LinkState
from spark_tui.engine.marks import Marks
from spark_tui.engine.measuring import Measure
from spark_tui.engine.navigation import Navigation, NavigationPorts
from spark_tui.engine.outside import Outside
from spark_tui.engine.repairing import Repairing
from spark_tui.engine.session import Session
from spark_tui.engine.steering import Steering
from spark_tui.engine.turn import Turn, TurnStream
from spark_tui.engine.versions import Versions
from spark_tui.engine.views import Status, Timing
from spark_tui.engine.whys import Whys
from spark_tui.engine.workspace import Workspace
from spark_tui.ports import (
    Checkpoints,
    CheckRoom,
    Clock,
    Files,
    Head,
    Index,
    Listing,
    ModelLink,
    Ratios,
    Repository,
    Search,
    SessionLog,
    TokenCounter,
)

OFFLINE = f"{REHEARSAL} (offline)"
"""How the rehearsal is named to people, so that nobody takes it for a model."""


@dataclass(frozen=True, slots=True)
class EnginePorts:
    """Everything outside that the engine needs, built by whoever starts it."""

    files: Files
    checkpoints: Checkpoints
    repository: Repository
    search: Search
    counter: TokenCounter
    clock: Clock
    log: SessionLog
    links: Mapping[str, ModelLink]
    """Lane name to connection."""
    past: Sequence[Mapping[str, Any]] = ()
    """Records of the sitting to go on from; `log` holds them already."""
    index: Index | None = None
    ratios: Ratios | None = None
    navigation: NavigationPorts = NavigationPorts()
    room: CheckRoom | None = None
    """Where edits are checked; None: only whether they parse is known."""
    checks: CheckSettings = CheckSettings()
    refusal: str = ""
    """Why nothing is written in this sitting; empty: everything is."""


class Engine:
    """One workspace, its files, its review and its talk with the model."""

    def __init__(
        self,
        ports: EnginePorts,
        profiles: Mapping[str, LaneProfile],
        notices: Sequence[str] = (),
        debt_limit: int = DEBT_LIMIT,
    ) -> None:
        """Build the parts; `notices` are sentences that the person should read once the screen is there.

        `debt_limit` is how many changed lines may wait for the person before the stream is held; 0: any number.
        """
        self._ports = ports
        self._notices = tuple(notices)
        self._listeners: list[Callable[[EngineEvent], None]] = []
        self._remarks: set[str] = set()
        self.guard = Guard(self._emit, ports.log)
        self._landing = Landing(ports.files, ports.checkpoints, ports.clock)
        self.workspace = Workspace(ports.files, self._landing, self._emit)
        self.session = Session(ports.log, ports.past)
        self.decisions = Decisions(self.workspace, self._landing, self._emit, self.session.review)
        self.history = History(ports.files, ports.checkpoints, self._landing)
        self.history.unsaved = self.workspace.unsaved
        self.history.on_restored = self._restored
        self.outside = Outside(
            ports.files, self.workspace, ports.clock,
            lambda: self.decisions.is_landing or self.navigation.filing.is_busy, self._emit,
        )  # fmt: skip
        self.workspace.on_conflict = self.outside.look_at
        self.marks = Marks(self._emit, self.session.remark, self.session.remarks.marks)
        self.comments = Comments(self._emit, self.session.remark, self.session.remarks.comments)
        self.governor = Governor(self.decisions.review.files, self.marks, debt_limit)
        self.gate = Gate(self.governor, self._emit)
        self._first_listing: asyncio.Task[None] | None = None
        self.listing = Listing(())
        self.head: Head | None = None
        self.navigation = Navigation(
            ports.navigation, ports.files, self._landing, self.history, self.decisions, self.workspace,
            ports.clock, self._emit,
        )  # fmt: skip
        self.navigation.start = self.start
        self.navigation.listing = lambda: self.listing
        self.navigation.is_streaming = lambda: self.conversation.is_busy
        self.indexing = Indexing(
            ports.index, ports.repository, ports.files, lambda: self.listing, self._emit, self.start
        )
        self.indexing.refresh = self._refresh_soon
        self.navigation.symbols.facts = self.indexing.facts
        self.navigation.symbols.note = self.indexing.note
        self.habits = Habits(ports.files, ports.repository, self.workspace, lambda: self.head)
        composer = self._composer(ports)
        self._links = {lane: self._link(profiles[lane], link) for lane, link in ports.links.items()}
        self.conversation = Conversation(
            self._links, composer, self.decisions, self._stream, self.gate, ports.clock, self._emit
        )
        self.steering = Steering(self.conversation, self.decisions, self.marks)
        self.checking = Checking(
            ports.room, ports.files, self.decisions.review, self.workspace, lambda: self.listing, ports.checks,
            ports.clock, self._emit,
        )  # fmt: skip
        self._build_beside(ports)

    def _build_beside(self, ports: EnginePorts) -> None:
        """Build what asks the model beside the conversation."""
        self._tree_is_old = self._lists_files = self._looks_at_branch = False
        beside = Beside(self.conversation, self._links, self.workspace)
        keep, past = self.session.remark, self.session.remarks
        self.conversation.keep, self.conversation.composer.wishes = keep, past.wishes
        self.versions = Versions(beside, self.decisions, self.workspace, self._emit, keep, past.versions)
        self.whys = Whys(beside, self._emit, keep, past.whys)
        self.handing = Handing(
            beside, self.conversation, self.decisions, self.comments, self.workspace, ports.files, ports.clock,
            self._emit,
        )  # fmt: skip
        self.repairing = Repairing(self.checking, self.conversation, self.versions, self.marks)
        self.checking.on_red = self._repair
        self.checking.is_attended = lambda: self.governor.is_attended
        sources = self.conversation.composer.gatherer.sources
        sources.terminal, sources.terminal_told = self.checking.outputs.text, self.checking.outputs.about
        sources.diagnostics = problems_told(self.workspace, self.checking.diagnostics)

    def _composer(self, ports: EnginePorts) -> Composer:
        gatherer = Gatherer(self.workspace, ports.files, ports.search, ports.index, lambda: self.listing)
        changes = Changes(ports.repository, self.workspace, self.decisions.review, lambda: self.listing)
        gatherer.sources.changes = changes.diff
        gatherer.sources.decisions = changes.decisions
        gatherer.sources.recent = changes.recent
        return Composer(gatherer, Measure(ports.counter, ports.ratios))

    def _link(self, profile: LaneProfile, link: ModelLink) -> Link:
        tool = patch_tool(profile.model.patch_tool, PATCH_TOOL, PATCH_TOOL_DESCRIPTION, PATCH_GRAMMAR)
        prompt = LinkPrompt(INSTRUCTIONS, (tool,))
        return Link(link, profile, prompt, self._ports.clock, self._link_moved)

    def _link_moved(self, state: LinkState) -> None:
        if state.remark and state.remark not in self._remarks:
            # A change of transport or model is never silent.
            self._remarks.add(state.remark)
            self._emit(Trouble("link", state.remark))
        self._emit(LinkMoved())

    def _stream(self, turn: Turn) -> TurnStream:
        return TurnStream(
            turn,
            self.decisions,
            self.gate,
            self.workspace,
            self._ports.files,
            self._ports.clock,
            self._ports.counter.count,
            self._emit,
        )

    def _repair(self, hunk: HunkView, verdicts: Sequence[CheckResult]) -> None:
        if self.repairing.wants(hunk, verdicts):
            self.start(self.repairing.repair(hunk), f"mend {hunk.path}")

    @property
    def root(self) -> str:
        """Absolute path of the workspace, for display."""
        return self._ports.files.root

    @property
    def status(self) -> Status:
        """What the status line shows, as of now."""
        talk = self.conversation
        link, newest, plan = talk.link, talk.newest, talk.plan
        state, model = link.state, link.profile.model
        return Status(
            lane=talk.lane,
            provider=OFFLINE if state.provider == REHEARSAL else state.provider,
            model="" if state.provider == REHEARSAL else state.model or model.slug,
            transport=state.transport,
            link=str(state.phase),
            link_sentence="" if state.sentence == state.remark else state.sentence,
            timing=newest.timing if newest else Timing(),
            context_tokens=plan.tokens if plan else 0,
            context_budget=link.profile.budget,
            branch=self.head.branch if self.head else "",
            checkpoints=self._landing.count,
            turn_state=newest.state if newest else None,
            pending=self.decisions.review.pending(),
            connect=state.figures.connect,
            warm_up=state.figures.warm_up,
            retries=state.retries,
            cached_tokens=newest.usage.cached_tokens if newest and newest.usage else 0,
            retry_at=state.retry_at,
            queued_at=state.queued_at,
            queued=len(talk.waiting.prompts),
            limits=state.limits,
            refusal=self._ports.refusal,
        )

    @property
    def links(self) -> Mapping[str, LinkState]:
        """How every lane's connection is, by the name of the lane."""
        return {lane: link.state for lane, link in self._links.items()}

    def subscribe(self, listener: Callable[[EngineEvent], None]) -> Callable[[], None]:
        """Be told of every event; the returned function ends that."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def start(self, work: Coroutine[Any, Any, object], what: str) -> None:
        """Run a command as a guarded task: an error becomes a `Trouble` event, never a crash."""
        self.guard.start(work, what)

    def _emit(self, event: EngineEvent) -> None:
        self.session.hear(event, self.workspace, self.conversation, is_landing=self.decisions.is_landing)
        self.navigation.hear(event)
        self.indexing.hear(event)
        self.checking.hear(event)
        for listener in list(self._listeners):
            listener(event)
        if isinstance(event, ReviewMoved):
            self.conversation.decided()
            self.gate.look_again()
        if isinstance(event, Landed):
            self._refresh_soon()

    def _refresh_soon(self) -> None:
        """List the files again, once for all that landed meanwhile."""
        self._tree_is_old = True
        if not self._lists_files:
            self.start(self._refresh_while_old(), "list files")

    async def _refresh_while_old(self) -> None:
        self._lists_files = True
        try:
            while self._tree_is_old:
                self._tree_is_old = False
                await self.refresh_tree()
        finally:
            self._lists_files = False

    async def open(self) -> None:
        """Get ready: finish or undo what a crash cut, list the files, warm the connection."""
        for sentence in (*self._notices, *await self._landing.recover()):
            self._emit(Trouble("start", sentence))
        for sentence in await self.session.reopen(
            self.workspace, self.conversation, self.outside, self.history
        ):
            self._emit(Trouble("session", sentence))
        await self.navigation.keeping.restore()
        if self._first_listing is not None:
            await self._first_listing
        if self.listing.entries:
            self._tell_of_tree("")
        else:
            await self.refresh_tree()
        self.start(self.conversation.link.open(), "connect")
        self.start(self.checking.work(), "check edits")
        self.start(self.outside.watch(self._look_at_branch), "watch the files")

    def _restored(self, checkpoint: Checkpoint, writes: Sequence[FileWrite]) -> None:
        """A step through the checkpoints wrote files: what is in memory follows."""
        files = {write.path: write.after for write in writes}
        self.decisions.review.step(
            {path: None if data is None else Text.decode(data) for path, data in files.items()}
        )
        self.workspace.follow_all(writes)
        self._emit(ReviewMoved())
        for caution in checkpoint.cautions:
            self._emit(Trouble("written in place", caution))
        self._emit(Landed(checkpoint))

    def _look_at_branch(self) -> None:
        if trouble := self.session.trouble():
            self._emit(Trouble("session log", trouble))
        if not self._looks_at_branch:
            self.start(self._follow_branch(), "read the branch")

    async def _follow_branch(self) -> None:
        """List the files again when the branch is another one."""
        self._looks_at_branch = True
        try:
            if await self._ports.repository.head() != self.head:
                self._refresh_soon()
        finally:
            self._looks_at_branch = False

    def begin(self) -> None:
        """List the files already, while the screen is still being built; `open` waits for that."""
        self._first_listing = self.guard.start(self._list(), "list files")

    async def refresh_tree(self) -> None:
        """Read the list of files and the branch again."""
        known = self.listing.note
        await self._list()
        self._tell_of_tree(known)

    async def _glimpse(self) -> None:
        """Show the tracked files at once: marks and all others take their time in a large repository."""
        names = await self._ports.repository.names()
        if names is not None and not self.listing.entries:
            self.listing = names
            self._emit(TreeMoved())

    async def _list(self) -> None:
        if not self.listing.entries:
            self.start(self._glimpse(), "list files")
        self.head = await self._ports.repository.head()
        listing = await self._ports.repository.listing()
        note = self._ports.repository.note
        if listing is None:
            listing = await self._ports.files.walk()
        self.listing = replace(listing, note=note or listing.note)

    def _tell_of_tree(self, known: str) -> None:
        if self.listing.note and self.listing.note != known:
            self._emit(Trouble("files", self.listing.note))
        self._emit(TreeMoved())

    async def close(self) -> None:
        """End everything that runs; unsaved text is the caller's business."""
        await self.conversation.cut()
        await self.navigation.keeping.save()
        await self.guard.close()
        await self._landing.settle()
        await self.session.close()
        await self.indexing.close()
        for link in self._links.values():
            await link.close()
