"""One sitting as the records have it: written down as it happens, and put back after a crash or on request.

What is on the screen and nowhere else goes into the log: the draft of a prompt, unsaved text, turns, hunks and
decisions. What is on disk is not: the journal knows it.
"""

from collections.abc import Collection, Mapping, Sequence
from hashlib import sha256
from typing import Any

from spark_tui.core.checkpoint import LandingKind
from spark_tui.core.paths import shown
from spark_tui.core.review import Plan, PlannedFile
from spark_tui.core.session import PastTurn, Remarks, SessionState, replay
from spark_tui.core.text import Text
from spark_tui.engine.conversation import Conversation
from spark_tui.engine.events import ChangedOutside, EngineEvent, Landed, TabsMoved, TurnMoved
from spark_tui.engine.history import History
from spark_tui.engine.outside import Outside
from spark_tui.engine.recording import RecordedReview
from spark_tui.engine.turn import Turn
from spark_tui.engine.views import TurnState, TurnView
from spark_tui.engine.workspace import Workspace
from spark_tui.ports import FileGone, PortError, SessionLog

PROSE_STEP = 400
"""Characters of prose after which a turn that still streams is recorded again."""
_OF_DECISIONS = frozenset([LandingKind.ACCEPT, LandingKind.UNDO, LandingKind.REDO])
_OVER = (TurnState.DONE, TurnState.CUT, TurnState.FAILED)


class Session:
    """Writes the sitting down, and knows the one it goes on from."""

    def __init__(self, log: SessionLog, past: Sequence[Mapping[str, Any]] = ()) -> None:
        """Go on from the records in `past`, which the log holds already."""
        self._log = log
        self.is_cut_off = False
        """Whether it ends without the person having left."""
        self.review = RecordedReview(log)
        self._draft = ""
        self.prompts: tuple[str, ...] = ()
        """What was asked in the sitting so far, when it goes on, oldest first."""
        self._queued: tuple[str, ...] = ()
        self._past: SessionState | None = None
        if past:
            self.review.is_recording = False
            self._past = replay(past, self.review)
            self.review.is_recording = True
            self.review.remember(self._past.texts)
            self._draft = "\n".join(part for part in (*self._past.queued, self._past.draft) if part)
            self.prompts = tuple(turn.prompt for turn in self._past.turns.values() if turn.prompt)
        self.remarks = self._past.remarks if self._past is not None else Remarks()
        """What was said and noted beside the hunks before."""
        log.write("opened")
        if self._past is not None and self._past.queued:
            log.write("queued", prompts=())
            log.write("draft", text=self._draft)
        if self._past is not None and self._past.open_call:
            self.review.close(cut=True)
        self._tabs: tuple[tuple[str, ...], str | None] = ((), None)
        self._disk: dict[str, bytes | None] = {}
        self._turns: dict[str, TurnView] = {}
        self._trouble = ""
        self._put_off: set[str] = set()
        """Files with unsaved text that steps through the checkpoints wrote while the sitting was closed."""

    def trouble(self) -> str:
        """A sentence on what is wrong with the log now and was not the last time; mostly empty."""
        known, self._trouble = self._trouble, self._log.trouble
        return self._trouble if self._trouble != known else ""

    @property
    def draft(self) -> str:
        """The prompt that is not sent yet; prompts that waited for their turn when a sitting was cut come first."""
        return self._draft

    @draft.setter
    def draft(self, text: str) -> None:
        if text != self._draft:
            self._draft = text
            self._log.write("draft", text=text)

    def remark(self, kind: str, **fields: object) -> None:
        """Write down what is said or noted beside a hunk, as `Remarks` reads it."""
        self._log.write(kind, **fields)

    async def close(self) -> None:
        """The sitting ends; one that was cut off stays open, so that the next start goes on with it."""
        if not self.is_cut_off:
            self._log.write("closed")
        await self._log.flush()

    # -- writing

    def hear(
        self, event: EngineEvent, workspace: Workspace, conversation: Conversation, *, is_landing: bool
    ) -> None:
        """Record what an event tells of."""
        if not is_landing:
            self._decision_is_over()
        if conversation.waiting.prompts != self._queued:
            self._queued = conversation.waiting.prompts
            self._log.write("queued", prompts=self._queued)
        match event:
            case TurnMoved(turn=turn):
                newest = conversation.newest
                is_newest = newest is not None and newest.id == turn
                for view in (newest,) if is_newest else conversation.turns:
                    if view is not None and view.id == turn:
                        self._record_turn(view)
            case TabsMoved():
                self._record_tabs(workspace)
            case Landed(checkpoint=checkpoint):
                self._log.write("checkpoint", id=checkpoint.id)
                self._record_tabs(workspace)
                if checkpoint.kind in _OF_DECISIONS:
                    self._decision_is_over()
            case ChangedOutside(path=path):
                self._step_after_choice(path, workspace)
            case _:
                pass

    def _decision_is_over(self) -> None:
        """What was decided is on disk, or was taken back: the records need no longer doubt it."""
        if self.review.is_on_its_way:
            self.review.is_on_its_way = False
            self._log.write("landed")

    def _record_turn(self, view: TurnView) -> None:
        known = self._turns.get(view.id)
        told = known.prose if known is not None else ""
        same = known is not None and (known.state, known.sentence) == (view.state, view.sentence)
        if same and view.prose.startswith(told) and len(view.prose) - len(told) < PROSE_STEP:
            return
        at = len(told) if view.prose.startswith(told) else 0
        self._turns[view.id] = view
        fields = {"id": view.id, "lane": view.lane, "prompt": view.prompt, "state": str(view.state)}
        prose = {"from": at, "prose": view.prose[at:]}
        self._log.write("turn", sentence=view.sentence, **fields, **prose)

    def _record_tabs(self, workspace: Workspace) -> None:
        tabs = (workspace.tabs, workspace.active)
        if tabs != self._tabs:
            self._tabs = tabs
            self._log.write("tabs", tabs=tabs[0], active=tabs[1])
        for path in self.review.known:
            buffer = workspace.buffer(path)
            data = buffer.disk if buffer is not None else None
            if path not in self._disk or self._disk[path] is not data:
                self._disk[path] = data
                self._log.write("disk", path=path, digest=None if data is None else sha256(data).hexdigest())

    def _step_after_choice(self, path: str, workspace: Workspace) -> None:
        """The person took what is on disk for their unsaved text: what was taken back there is so here, too."""
        buffer = workspace.buffer(path)
        if path in self._put_off and buffer is not None and not buffer.is_dirty:
            self._put_off.discard(path)
            self.review.step({path: buffer.text})

    # -- putting back

    async def reopen(
        self, workspace: Workspace, conversation: Conversation, outside: Outside, history: History
    ) -> tuple[str, ...]:
        """Put everything back as the records have it; return sentences for the person."""
        past, self._past = self._past, None
        if past is None:
            return ()
        texts = dict(past.texts)
        await self._settle_landing(past, texts, workspace)
        self._decision_is_over()
        sentences = await self._follow_steps(past, texts, history)
        brought = [path for path in past.unsaved if path in texts]
        brought += [path for path in texts if path not in brought and _lost(past, path, texts[path])]
        for path in past.tabs:
            if path not in brought:
                sentences += await self._open(path, workspace)
        for path in brought:
            sentences += await self._bring_back(path, texts[path], past, workspace, outside)
        for path in sorted(self.review.paths()):
            if path not in brought:
                await self._meet(path, workspace)
        if past.active is not None:
            workspace.activate(past.active)
        conversation.recall([_turn_of(turn) for turn in past.turns.values()])
        self._log.write("ready")
        return (*sentences, *self._welcome(brought))

    async def _settle_landing(self, past: SessionState, texts: dict[str, Text], workspace: Workspace) -> None:
        """A decision whose bytes never reached the disk is taken back, so that it can be taken again."""
        if not past.landing:
            return
        there = [await self._is_there(file, workspace) for file in past.landing]
        if all(there):
            return
        plan: Plan | None = self.review.redo() if past.is_going_back else self.review.undo()
        if plan is None or plan.empty:
            return
        commit = self.review.commit_redo if past.is_going_back else self.review.commit_undo
        for file in commit(plan):
            if file.moved_from:
                texts.pop(file.moved_from, None)
            if file.after is None:
                texts.pop(file.path, None)
            else:
                texts[file.path] = file.after

    async def _follow_steps(self, past: SessionState, texts: dict[str, Text], history: History) -> list[str]:
        """Do in the review what undo, redo and restore did to the files while the sitting was closed."""
        try:
            steps = await history.steps_since(past.checkpoint)
            newest = await history.newest()
        except PortError as error:
            return [f"What was undone since then can't be looked up: {error}"]
        opened: dict[str, None] = {}
        accepted: dict[str, None] = {}
        mine = self.review.paths()
        for files in steps:
            self._put_off |= mine & files.keys() & set(past.unsaved)
            known = {path: data for path, data in files.items() if path in mine - self._put_off}
            stepped = self.review.step(
                {path: None if data is None else Text.decode(data) for path, data in known.items()}
            )
            for path in known:
                text = self.review.text(path)
                texts.pop(path, None)
                if text is not None:
                    texts[path] = text
                self._log.write("disk", path=path, digest=None if text is None else text.digest())
            for ids, here, there in (
                (stepped.opened, opened, accepted),
                (stepped.accepted, accepted, opened),
            ):
                here.update((id, None) for id in ids if id not in there)
                for id in ids:
                    there.pop(id, None)
        self._log.write("checkpoint", id=newest)
        return [
            f"{_hunks(ids)} {word} while this session was closed."
            for ids, word in ((opened, "taken back"), (accepted, "accepted again"))
            if ids
        ]

    async def _is_there(self, file: PlannedFile, workspace: Workspace) -> bool:
        try:
            data: bytes | None = (await workspace.load(file.path)).disk
        except FileGone:
            data = None
        except PortError:
            return False
        return data == (None if file.after is None else file.after.encode())

    async def _open(self, path: str, workspace: Workspace) -> list[str]:
        try:
            await workspace.load(path)
            await workspace.open(path)
        except FileGone:
            return []
        except PortError as error:
            return [str(error)]
        return []

    async def _bring_back(
        self, path: str, text: Text, past: SessionState, workspace: Workspace, outside: Outside
    ) -> list[str]:
        """Put unsaved text into its buffer again, over whatever is on disk now, which stays untouched."""
        try:
            await workspace.open(path)
        except PortError as error:
            return [
                f"The unsaved text of {shown(path)} can't be put back, but the session log has it: {error}"
            ]
        buffer = workspace.buffer(path)
        if buffer is None or buffer.read_only:
            return [f"{shown(path)} can't be edited any more; its unsaved text is in the session log."]
        data = buffer.disk
        if text.encode() == data:
            await self._meet(path, workspace)
            return []
        if not (self._has(path, text) and workspace.bring_back(path, text)):
            workspace.follow(path, data, text)
        known = past.disk.get(path)
        if path in past.disk and known != (None if data is None else sha256(data).hexdigest()):
            outside.flag(path, data)
        return []

    async def _meet(self, path: str, workspace: Workspace) -> None:
        """Let the review see a file as it is on disk now."""
        try:
            text: Text | None = (await workspace.load(path)).text
        except PortError:
            text = None
        known = self.review.known.get(path)
        if text is not None and known is not None and known.same_content(text):
            workspace.take_up(path, known)
        else:
            self.review.buffer_replaced(path, text)

    def _has(self, path: str, text: Text) -> bool:
        """Whether the review already stands on exactly this text, so that no place in it has to be looked for."""
        known = self.review.known.get(path)
        return known is not None and known.revision == text.revision and known.same_content(text)

    def _welcome(self, brought: Sequence[str]) -> tuple[str, ...]:
        pending = self.review.pending()
        parts = [f"{pending} hunk{'s' * (pending != 1)} to decide"] if pending else []
        parts += [f"unsaved text in {len(brought)} file{'s' * (len(brought) != 1)}"] if brought else []
        parts += ["your draft"] if self._draft else []
        return (f"Brought back: {', '.join(parts)}.",) if parts else ()


def _hunks(ids: Collection[str]) -> str:
    return "1 accepted hunk was" if len(ids) == 1 else f"{len(ids)} accepted hunks were"


def _lost(past: SessionState, path: str, text: Text) -> bool:
    """Whether text that was typed would be gone after a decision was taken back."""
    return path in past.typed and path in past.disk and text.digest() != past.disk[path]


def _turn_of(past: PastTurn) -> Turn:
    state = TurnState(past.state) if past.state in list(TurnState) else TurnState.CUT
    turn = Turn(past.id, past.lane, past.prompt, 0.0, state if state in _OVER else TurnState.CUT)
    turn.prose = [("", past.prose)]
    turn.sentence = past.sentence
    turn.finished = 0.0
    return turn
