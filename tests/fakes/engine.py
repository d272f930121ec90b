"""An engine for tests of the screen: everything it shows can be set, everything it is told is kept.

Its files live in memory and its decisions take effect at once, so a test says what happened in one line.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, cast

from spark_tui.core.checkpoint import Checkpoint, FileWrite
from spark_tui.core.checks import NO_BADGE, Badge, CheckResult, Finding, Trust, badge_of
from spark_tui.core.context import Budget, ContextPlan, Gone, Wishes
from spark_tui.core.diff import GutterMark
from spark_tui.core.editorconfig import Rules
from spark_tui.core.edits import FileOp, RowKind
from spark_tui.core.review import PENDING, FileView, HunkState, HunkView, Row, Verdict
from spark_tui.core.search import FileHits, SearchProgress, Sought, compiled, hits_in, wanted
from spark_tui.core.text import ChangeSet, Position, Span, Text
from spark_tui.engine import (
    Asked,
    Buffer,
    BufferChanged,
    ChecksMoved,
    Choice,
    Comments,
    EngineEvent,
    Gate,
    Governor,
    Keeping,
    LinkPhase,
    LinkState,
    Marks,
    OutsideChange,
    PlainFinder,
    Proposal,
    Revealed,
    ReviewMoved,
    Shown,
    Status,
    TabsMoved,
    Timing,
    TreeMoved,
    TurnMoved,
    TurnState,
    TurnView,
    finding,
)
from spark_tui.engine.filing import Holding
from spark_tui.engine.guard import Guard
from spark_tui.engine.searching import fault_of
from spark_tui.engine.symbols import Symbols
from spark_tui.engine.waiting import Waiting
from spark_tui.engine.workspace import Workspace
from spark_tui.ports import Clock, Entry, FileGone, IndexProgress, Listing, PathRefused, SearchFailed
from tests.fakes.layout_file import MemoryLayouts

Emit = Callable[[EngineEvent], None]


def rows(*lines: str) -> tuple[Row, ...]:
    """Make rows from lines that begin with ` `, `-` or `+`."""
    kinds = {" ": RowKind.CONTEXT, "-": RowKind.REMOVE, "+": RowKind.ADD}
    return tuple(Row(kinds[line[0]], line[1:]) for line in lines)


def hunk(id: str, *lines: str, path: str = "a.py", **changes: Any) -> HunkView:
    """Make a proposed hunk; `changes` are other fields."""
    drawn = rows(*lines)
    plain = HunkView(
        id=id, path=path, new_path=None, op=FileOp.UPDATE, turn="t1", call="t1/c1", state=HunkState.PROPOSED,
        latch=None, header="", rows=drawn, tail=None, line=0,
        added=sum(row.kind is RowKind.ADD for row in drawn),
        removed=sum(row.kind is RowKind.REMOVE for row in drawn),
        candidates=1, alternatives=(), level=0, note="", revision=0,
    )  # fmt: skip
    return replace(plain, **changes)


def turn(id: str = "t1", prompt: str = "do it", prose: str = "", **changes: Any) -> TurnView:
    """Make a turn that streams; `changes` are other fields."""
    return replace(TurnView(id, "fast", prompt, prose, TurnState.STREAMING, "", Timing()), **changes)


class FakeReview:
    """Hunks as the test sets them."""

    def __init__(self) -> None:
        self.hunks: dict[str, HunkView] = {}
        self.lines_there: dict[str, tuple[int, tuple[str, ...]]] = {}

    def put(self, *hunks: HunkView) -> None:
        """Add or replace hunks."""
        self.hunks.update({hunk.id: hunk for hunk in hunks})

    def files(self) -> tuple[FileView, ...]:
        """Group hunks by path and turn."""
        groups: dict[tuple[str, str], list[HunkView]] = {}
        for item in self.hunks.values():
            groups.setdefault((item.turn, item.path), []).append(item)
        return tuple(
            FileView(f"{of}:{path}", path, None, items[0].op, of, items[0].call, tuple(items), True, "")
            for (of, path), items in groups.items()
        )

    def hunk(self, id: str) -> HunkView | None:
        """Find a hunk."""
        return self.hunks.get(id)

    def there(self, id: str) -> tuple[int, tuple[str, ...]] | None:
        """The person's lines where a hunk wants to be, as the test set them."""
        return self.lines_there.get(id)

    def overlays(self, path: str) -> tuple[HunkView, ...]:
        """The placed, pending hunks of a file."""
        found = [item for item in self.hunks.values() if item.path == path and item.state in PENDING]
        return tuple(
            sorted((item for item in found if item.line is not None), key=lambda item: item.line or 0)
        )

    def pending(self, turn: str | None = None) -> int:
        """How many hunks wait."""
        return sum(item.state in PENDING for item in self.hunks.values())


class FakeDecisions:
    """Keeps every decision, and makes it take effect."""

    def __init__(self, emit: Emit) -> None:
        self.review = FakeReview()
        self.checkpoints = 0
        self.told: list[tuple[str, ...]] = []
        self.applying = ""
        self.refused: set[str] = set()
        """Hunks that the disk refuses."""
        self._emit = emit

    def _set(self, ids: Iterable[str], state: HunkState, latch: Verdict) -> None:
        for id in ids:
            item = self.review.hunks[id]
            streaming = item.state is HunkState.STREAMING
            self.review.put(replace(item, latch=latch) if streaming else replace(item, state=state))
        self._emit(ReviewMoved())

    async def accept(self, ids: Iterable[str], rows: Mapping[str, frozenset[int]] | None = None) -> None:
        self._tell("accept", ids, rows)
        if self.refused & set(ids):
            self._set(ids, HunkState.STALE, Verdict.ACCEPT)
        elif not rows:
            self._set(ids, HunkState.APPLIED, Verdict.ACCEPT)
            self.checkpoints += 1

    async def reject(self, ids: Iterable[str], rows: Mapping[str, frozenset[int]] | None = None) -> None:
        self._tell("reject", ids, rows)
        if not rows:
            self._set(ids, HunkState.REJECTED, Verdict.REJECT)

    def _tell(self, what: str, ids: Iterable[str], rows: Mapping[str, frozenset[int]] | None) -> None:
        picked = [str(sorted(rows[id])) for id in ids if rows and id in rows]
        self.told.append((what, *ids, *picked))

    def new_side(self, hunk: HunkView) -> tuple[str, ...]:
        return tuple(row.text for row in hunk.rows if row.kind is not RowKind.REMOVE)

    def amend(self, id: str, lines: Sequence[str]) -> bool:
        self.told.append(("amend", id, *lines))
        before = self.review.hunks[id]
        kept = tuple(row for row in before.rows if row.kind is RowKind.REMOVE)
        self.review.put(replace(before, rows=(*kept, *(Row(RowKind.ADD, line) for line in lines))))
        self._emit(ReviewMoved())
        return True

    def repropose(self, id: str, first: int, stop: int, lines: Sequence[str]) -> bool:
        self.told.append(("repropose", id, str(first), str(stop), *lines))
        return True

    async def accept_file(self, id: str) -> None:
        self.told.append(("accept_file", id))

    async def reject_file(self, id: str) -> None:
        self.told.append(("reject_file", id))

    async def undo(self) -> None:
        self.told.append(("undo",))

    async def redo(self) -> None:
        self.told.append(("redo",))

    async def place_again(self, id: str) -> None:
        self.told.append(("place_again", id))

    def choose(self, id: str, line: int) -> bool:
        self.told.append(("choose", id, str(line)))
        return True


class FakeWorkspace:
    """Files in memory."""

    def __init__(self, emit: Emit) -> None:
        self.files: dict[str, bytes] = {}
        self.buffers: dict[str, Buffer] = {}
        self.order: list[str] = []
        self.active: str | None = None
        self.saved: list[str] = []
        self._emit = emit

    @property
    def tabs(self) -> tuple[str, ...]:
        return tuple(self.order)

    def buffer(self, path: str) -> Buffer | None:
        return self.buffers.get(path)

    def unsaved(self) -> tuple[str, ...]:
        return tuple(path for path, buffer in self.buffers.items() if buffer.is_dirty)

    async def load(self, path: str) -> Buffer:
        if path not in self.files and path not in self.buffers:
            raise FileGone(path, "gone")
        data = self.files.get(path, b"")
        return self.buffers.setdefault(path, Buffer(path, Text.decode(data), data))

    async def open(self, path: str, line: int | None = None, column: int = 0) -> None:
        data = self.files.get(path, b"")
        self.buffers.setdefault(path, Buffer(path, Text.decode(data), data))
        if path not in self.order:
            self.order.append(path)
        self.activate(path)
        if line is not None:
            self._emit(Revealed(path, line, column))

    def shift_tab(self, by: int) -> None:
        assert self.active is not None
        place = self.order.index(self.active)
        self.order.insert(max(0, min(place + by, len(self.order) - 1)), self.order.pop(place))
        self._emit(TabsMoved())

    def activate(self, path: str) -> None:
        self.active = path
        self._emit(TabsMoved())

    def close(self, path: str, *, discard: bool = False) -> bool:
        if self.buffers[path].is_dirty and not discard:
            return False
        del self.buffers[path]
        self.order.remove(path)
        self.active = self.order[-1] if self.order else None
        self._emit(TabsMoved())
        return True

    def edit(self, path: str, changes: ChangeSet, group: str = "") -> bool:
        self.buffers[path].record(changes, group)
        self._emit(BufferChanged(path, changes))
        self._emit(TabsMoved())
        return True

    def undo(self, path: str) -> Span | None:
        self.buffers[path].step_back()
        self._emit(BufferChanged(path, None))
        return None

    def redo(self, path: str) -> Span | None:
        self.buffers[path].step_forward()
        return None

    def travel(self, path: str, by: int) -> Span | None:
        changes = self.buffers[path].travel(by)
        self._emit(BufferChanged(path, None))
        return Span(Position(0, 0), Position(0, 0)) if changes else None

    async def save(self, path: str, *, overwrite: bool = False) -> None:
        self.saved.append(path)
        buffer = self.buffers[path]
        buffer.saved_state = buffer.state
        self._emit(TabsMoved())

    async def reload(self, path: str) -> None:
        self.saved.append(f"reload {path}")


class FakeLink:
    """Counts how often its best way is tried again."""

    def __init__(self) -> None:
        self.retried = 0

    async def retry_first_way(self) -> None:
        self.retried += 1


class FakeConversation:
    """Turns as the test sets them; prompts are kept."""

    def __init__(self, emit: Emit) -> None:
        self.turns: tuple[TurnView, ...] = ()
        self.plan: ContextPlan | None = None
        self.is_busy = False
        self.prompts: list[str] = []
        self.asked: list[Asked | None] = []
        self.planned: list[str] = []
        self.wishes = Wishes()
        self.ledger: tuple[Gone, ...] = ()
        self.next_plan: ContextPlan | None = None
        """What the next estimates say, if a test cares."""
        self.cuts = 0
        self.waiting = Waiting(lambda: emit(TurnMoved("")))
        self.link = FakeLink()
        self._emit = emit

    @property
    def newest(self) -> TurnView | None:
        return self.turns[-1] if self.turns else None

    def set(self, *turns: TurnView) -> None:
        """Show these turns."""
        self.turns = turns
        self._emit(TurnMoved(turns[-1].id if turns else ""))

    async def submit(self, prompt: str, asked: Asked | None = None) -> None:
        self.prompts.append(prompt)
        self.asked.append(asked)
        self.is_busy = True
        self.set(*self.turns, turn(f"t{len(self.turns) + 1}", prompt, state=TurnState.WAITING))

    async def queue(self, prompt: str) -> None:
        self.waiting.put(prompt)

    async def cut(self) -> None:
        self.cuts += 1
        self.is_busy = False

    def special(self) -> tuple[tuple[str, str], ...]:
        return ("diff", "what differs"), ("terminal", "last output of pytest")

    async def estimate(self, prompt: str) -> ContextPlan:
        self.planned.append(prompt)
        self.plan = self.next_plan or ContextPlan((), (), Budget(105_600, 1200 + len(prompt) // 4), True)
        return self.plan

    async def wish(self, wishes: Wishes, prompt: str) -> str:
        self.wishes = wishes
        await self.estimate(prompt)
        return ""

    def bring_back(self, gone: Gone) -> bool:
        self.ledger = tuple(entry for entry in self.ledger if entry != gone)
        return True


class FakeIndexing:
    """An index that is complete from the start."""

    progress = IndexProgress(is_ready=True)


class FakeHistory:
    """Checkpoints and one proposal as the test sets them; what is carried out is kept."""

    def __init__(self) -> None:
        self.list: list[Checkpoint] = []
        self.proposal: Proposal | None = None
        self.asked: list[int] = []
        self.done: list[frozenset[str]] = []
        self.stepped: list[str] = []

    async def points(self, limit: int = 1000) -> list[Checkpoint]:
        return self.list[:limit]

    async def place(self) -> int:
        return self.list[0].id if self.list else 0

    async def plan_restore(self, landing: int) -> Proposal:
        self.asked.append(landing)
        assert self.proposal is not None
        return self.proposal

    async def plan_undo_turn(self, turn: str = "", session: str = "") -> Proposal | None:
        self.stepped.append(f"turn {turn}".strip())
        return self.proposal

    async def plan_undo(self) -> Proposal | None:
        self.stepped.append("undo")
        return self.proposal

    async def redo_choices(self) -> tuple[Checkpoint, ...]:
        return tuple(self.list[1:2])

    async def plan_redo(self, landing: int) -> Proposal | None:
        self.stepped.append(f"redo {landing}")
        return self.proposal

    async def show(self, landing: int) -> Shown:
        point = next(point for point in self.list if point.id == landing)
        long = b"".join(b"line %d\n" % number for number in range(60))
        writes = tuple(FileWrite(path, b"old\x1b\n" + long, b"new\n") for path in point.paths)
        return Shown(point, writes, ())

    async def carry_out(self, proposal: Proposal, ticked: frozenset[str]) -> Checkpoint:
        self.done.append(ticked)
        return self.list[0]


class FakeSession:
    """The sitting so far as the test sets it; the draft is kept."""

    def __init__(self) -> None:
        self.draft = ""
        self.is_cut_off = False
        self.prompts: tuple[str, ...] = ()


class FakeOutside:
    """Files that wait for a choice as the test sets them; the choices are kept."""

    def __init__(self) -> None:
        self.waiting: dict[str, OutsideChange] = {}
        self.told: list[tuple[str, str]] = []

    @property
    def changes(self) -> tuple[OutsideChange, ...]:
        return tuple(self.waiting.values())

    def change_of(self, path: str | None) -> OutsideChange | None:
        return self.waiting.get(path or "")

    def _choose(self, what: str, path: str) -> bool:
        self.told.append((what, path))
        return self.waiting.pop(path, None) is not None

    def keep(self, path: str) -> None:
        self._choose("keep", path)

    def take(self, path: str) -> None:
        self._choose("take", path)

    def join(self, path: str) -> bool:
        return self._choose("join", path)


class FakeHabits:
    """Rules and marks as the test sets them."""

    def __init__(self) -> None:
        self.found: tuple[Text, tuple[GutterMark, ...]] | None = None
        self.said = Rules()

    async def marks(self, path: str) -> tuple[Text, tuple[GutterMark, ...]] | None:
        return self.found

    async def rules(self, path: str) -> Rules:
        return self.said


class FakeSteering:
    """Keeps what it is told."""

    def __init__(self) -> None:
        self.told: list[tuple[str, ...]] = []

    async def steer(self, note: str) -> None:
        self.told.append(("steer", note))

    async def finish(self, hunk: str, note: str = "") -> None:
        self.told.append(("finish", hunk, note))


class FakeWhys:
    """Explanations as the test sets them."""

    def __init__(self) -> None:
        self.said: dict[str, str] = {}
        self.asked: list[str] = []
        self.revision = 0

    def of(self, hunk: HunkView) -> str:
        return self.said.get(hunk.id, "")

    async def ask(self, hunk: HunkView) -> None:
        self.asked.append(hunk.id)


class FakeHanding:
    """Keeps what is handed over."""

    def __init__(self) -> None:
        self.away: dict[str, float] = {}
        self.told: list[tuple[str, str]] = []
        self.is_there = True

    def card(self, hunk: HunkView) -> str:
        return "Hand it to the deep lane?"

    async def hand(self, hunk: HunkView, note: str = "") -> None:
        self.told.append((hunk.id, note))
        self.away[hunk.id] = 0.0


class FakeFiling:
    """Keeps what it is told; what is at a path can be set."""

    def __init__(self) -> None:
        self.told: list[tuple[str, ...]] = []
        self.holding: dict[str, Holding] = {}
        self.fault = ""
        self.is_busy = False
        self.on_moved: Callable[[str, str], None] = lambda old, new: None

    async def look(self, path: str) -> Holding:
        return self.holding.get(path) or Holding(path, (path,), False, ())

    async def create(self, path: str) -> str:
        return self._tell("create", path)

    async def move(self, source: str, target: str) -> str:
        return self._tell("move", source, target)

    async def duplicate(self, source: str, target: str) -> str:
        return self._tell("duplicate", source, target)

    async def delete(self, path: str) -> str:
        return self._tell("delete", path)

    async def undo(self) -> str:
        return self._tell("undo")

    async def redo(self) -> str:
        return self._tell("redo")

    def _tell(self, *words: str) -> str:
        if self.fault:
            raise PathRefused(words[-1], self.fault)
        self.told.append(words)
        return f"told: {' '.join(words)}"


class FakeSearching:
    """Searches the files in memory, and keeps what is to be replaced."""

    def __init__(self, workspace: FakeWorkspace) -> None:
        self._workspace = workspace
        self.last = (Sought(""), "")
        self.told: list[tuple[Any, ...]] = []
        self.fault = ""
        self.waits: asyncio.Event | None = None
        """Set: the search stops before its end until this is."""
        self.stopped = 0

    async def find(
        self, search: Sought, replacement: str | None = None, only: Sequence[str] | None = None
    ) -> AsyncIterator[FileHits | SearchProgress]:
        if self.fault or fault_of(search, replacement):
            raise SearchFailed(self.fault or fault_of(search, replacement))
        pattern = compiled(search)
        assert not isinstance(pattern, str)
        is_wanted = wanted(search.globs)
        try:
            for path, data in sorted(self._workspace.files.items()):
                buffer = self._workspace.buffers.get(path)
                text = buffer.text if buffer is not None else Text.decode(data)
                hits = tuple(hits_in(text.lines(), pattern)) if is_wanted(path) else ()
                if hits:
                    yield FileHits(path, hits)
                if self.waits is not None:
                    await self.waits.wait()
            yield SearchProgress(len(self._workspace.files), len(self._workspace.files))
        finally:
            self.stopped += 1

    async def propose(self, search: Sought, replacement: str, chosen: Mapping[str, Sequence[int]]) -> str:
        if self.fault:
            raise SearchFailed(self.fault)
        self.told.append((search, replacement, {path: list(lines) for path, lines in chosen.items()}))
        return "2 hunks in 1 file to decide: nothing is written yet."


class FakeVersions:
    """Versions as the test sets them."""

    def __init__(self) -> None:
        self.all: dict[str, tuple[Choice, ...]] = {}
        self.writing: set[str] = set()
        self.told: list[tuple[str, ...]] = []
        self.labels: dict[str, str] = {}
        self.coming: dict[str, HunkView] = {}
        self.revision = 0

    def label(self, hunk: HunkView) -> str:
        return self.labels.get(hunk.id, "")

    def arriving(self, hunk: str) -> HunkView | None:
        return self.coming.get(hunk)

    def step(self, hunk: str, by: int) -> bool:
        self.told.append(("step", hunk, str(by)))
        return hunk in self.labels

    def choices(self, hunk: HunkView) -> tuple[Choice, ...]:
        return self.all.get(hunk.id, ())

    def choose(self, hunk: str, number: int) -> bool:
        self.told.append(("choose", hunk, str(number)))
        return number < len(self.all.get(hunk, ()))

    def is_asked(self, hunk: str) -> bool:
        return hunk in self.writing

    def stop(self) -> bool:
        stopped = bool(self.writing)
        self.writing.clear()
        return stopped

    async def three(self, hunk: str) -> None:
        self.told.append(("three", hunk))

    async def again(self, hunk: str, note: str = "") -> None:
        self.told.append(("again", hunk, note))


class FakeSurvey:
    """Tools and trust as the test sets them."""

    def __init__(self) -> None:
        self.trust = Trust.NONE
        self.shelter = "a fake shelter"
        self.configuration: tuple[str, ...] = ("pyproject.toml",)
        self.tools: tuple[str, ...] = ("ruff", "tests")

    def names(self, path: str) -> tuple[str, ...]:
        return self.tools

    async def try_shelter(self) -> str:
        return self.shelter


class FakeChecking:
    """Verdicts as the test sets them."""

    def __init__(self, emit: Emit) -> None:
        self.survey = FakeSurvey()
        self.said: dict[str, tuple[CheckResult, ...]] = {}
        self.waiting: set[str] = set()
        self.risks: dict[str, int] = {}
        self.faults: dict[str, tuple[Text, tuple[Finding, ...]]] = {}
        self.told: list[tuple[str, ...]] = []
        self.revision = 0
        self.running = ""
        self._emit = emit

    def set(self, hunk: str, *verdicts: CheckResult) -> None:
        """Let these be what the checks say of a hunk."""
        self.said[hunk] = verdicts
        self.revision += 1
        self._emit(ChecksMoved())

    def verdicts(self, hunk: HunkView) -> tuple[CheckResult, ...]:
        return self.said.get(hunk.id, ())

    def badge(self, hunk: HunkView) -> Badge:
        if hunk.id not in self.said and hunk.id not in self.waiting:
            return NO_BADGE
        return badge_of(self.verdicts(hunk), hunk.id in self.waiting)

    def risk(self, hunk: HunkView) -> tuple[int, tuple[str, ...]]:
        return self.risks.get(hunk.id, 0), ()

    def diagnostics(self, path: str) -> tuple[Text, tuple[Finding, ...]] | None:
        return self.faults.get(path)

    def again(self, hunk: HunkView) -> None:
        self.told.append(("again", hunk.id))

    def stop(self) -> None:
        self.told.append(("stop",))

    async def give_trust(self) -> None:
        self.told.append(("give trust",))
        self.survey.trust = Trust.GIVEN

    async def take_trust(self) -> None:
        self.told.append(("take trust",))
        self.survey.trust = Trust.NONE


class FakeRepairing:
    """Keeps what it is told."""

    def __init__(self) -> None:
        self.told: list[str] = []
        self.reason = ""

    def why_not(self, hunk: HunkView) -> str:
        return self.reason

    async def repair(self, hunk: HunkView) -> None:
        self.told.append(hunk.id)


class FakeNavigation:
    """The real ways to find things, over what the test sets; searches and steps on files are fakes."""

    def __init__(self, engine: "FakeEngine") -> None:
        self.finding = finding.Finding(PlainFinder, lambda: engine.listing)
        self.symbols = Symbols(PlainFinder, cast(Workspace, engine.workspace))
        self.filing = engine.filing
        self.searching = engine.searching
        self.keeping = Keeping(
            engine.layouts, cast(Workspace, engine.workspace), self.finding, cast(Clock, None)
        )
        self._workspace = engine.workspace

    def hear(self, event: EngineEvent) -> None:
        if isinstance(event, TabsMoved) and self._workspace.active is not None:
            self.finding.used(self._workspace.active)


class _NoLog:
    trouble = ""

    def write(self, kind: str, **fields: object) -> None:
        """Keep nothing."""

    async def flush(self) -> None:
        """Have nothing to write."""


@dataclass
class FakeEngine:
    """The front door as the screen sees it."""

    root: str = "/home/you/shop"

    def __post_init__(self) -> None:
        self._listeners: list[Callable[[EngineEvent], None]] = []
        self._guard = Guard(self.emit, _NoLog())
        self.listing = Listing(())
        self.workspace = FakeWorkspace(self.emit)
        self.decisions = FakeDecisions(self.emit)
        self.marks = Marks(self.emit)
        self.comments = Comments(self.emit)
        self.governor = Governor(self.decisions.review.files, self.marks)
        self.gate = Gate(self.governor, self.emit)
        self.steering = FakeSteering()
        self.habits = FakeHabits()
        self.versions = FakeVersions()
        self.checking = FakeChecking(self.emit)
        self.repairing = FakeRepairing()
        self.whys = FakeWhys()
        self.handing = FakeHanding()
        self.conversation = FakeConversation(self.emit)
        self.history = FakeHistory()
        self.indexing = FakeIndexing()
        self.outside = FakeOutside()
        self.filing = FakeFiling()
        self.searching = FakeSearching(self.workspace)
        self.layouts = MemoryLayouts()
        self.navigation = FakeNavigation(self)
        self.session = FakeSession()
        self.shown = Status(provider="rehearsal (offline)", transport="ws", link="ready", branch="main")
        self.links: dict[str, LinkState] = {"fast": LinkState(LinkPhase.READY, "rehearsal", "ws")}
        self.opened = self.closed = False
        self.lists = 0
        """How often the files were listed anew."""

    @property
    def status(self) -> Status:
        newest = self.conversation.newest
        return replace(
            self.shown,
            pending=self.decisions.review.pending(),
            checkpoints=self.decisions.checkpoints,
            timing=newest.timing if newest else Timing(),
            turn_state=newest.state if newest else None,
            queued=len(self.conversation.waiting.prompts),
        )

    @property
    def working(self) -> bool:
        """Whether a command is still being done."""
        return bool(self._guard._tasks)

    def list_files(self, *paths: str, **marks: str) -> None:
        """Set the listing; a mark is given as `M="path"`."""
        by_path = {path: mark for mark, path in marks.items()}
        self.listing = Listing(tuple(Entry(path, by_path.get(path, "")) for path in sorted(paths)))
        self.emit(TreeMoved())

    def propose(self, *hunks: HunkView) -> None:
        """Set hunks and tell the screen."""
        self.decisions.review.put(*hunks)
        self.emit(ReviewMoved())

    def emit(self, event: EngineEvent) -> None:
        """Tell the screen."""
        self.navigation.hear(event)
        for listener in list(self._listeners):
            listener(event)

    def subscribe(self, listener: Callable[[EngineEvent], None]) -> Callable[[], None]:
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def start(self, work: Coroutine[Any, Any, object], what: str) -> None:
        self._guard.start(work, what)

    async def open(self) -> None:
        self.opened = True
        self.emit(TreeMoved())

    async def refresh_tree(self) -> None:
        self.lists += 1
        self.emit(TreeMoved())

    async def close(self) -> None:
        self.closed = True
