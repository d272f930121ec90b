"""The checkpoints as a list, and the preview of a step: nothing is written before the person says so here."""

import asyncio
import time
from collections.abc import Callable, Sequence

from textual.app import App, ComposeResult
from textual.containers import Vertical
from textual.screen import ModalScreen

from spark_tui.core.checkpoint import Checkpoint
from spark_tui.core.diff import unified
from spark_tui.core.display import inert
from spark_tui.core.restore import Fate, FileRestore
from spark_tui.engine import Engine, Proposal
from spark_tui.ui.commands import Where, bindings
from spark_tui.ui.widgets.cells import cut, cut_path
from spark_tui.ui.widgets.lines import BLANK, Line, LineView, plain, title_bar
from spark_tui.ui.widgets.steady import Steady

MOST = 10_000
"""Checkpoints shown at most."""
FIRST = 300
"""Checkpoints that are shown at once; the older ones follow."""
DIFF_ROWS = 5_000
_MARKS = {"-": "removed", "+": "added", "@": "accent", "!": "stale"}
_WORDS = {
    Fate.SAME: "same",
    Fate.BACK: "back",
    Fate.MERGED: "merged",
    Fate.CONFLICT: "whole file",
    Fate.KEPT: "stays",
    Fate.BLOCKED: "can't",
}


def point_line(point: Checkpoint, place: int, chain: frozenset[int], width: int) -> Line:
    """Write a checkpoint as a row: where the files are, when, what kind, what it did."""
    is_undone = point.place is None and point.id not in chain
    sign = "●" if point.id == place else "·" if is_undone else " "
    when = time.strftime("%b %d %H:%M:%S", time.localtime(point.time))
    words = inert(point.note or ", ".join(point.paths[:3]))
    files = f"{len(point.paths)} file{'s' * (len(point.paths) != 1)} "
    look = "muted" if is_undone else ""
    return Line(
        (
            ("accent", f" {sign} "),
            ("muted", f"{point.id:>5}  {when}  "),
            (look, f"{point.kind:<8}"),
            (look, cut(words, max(width - 44, 10))),
        ),
        (("muted", files),),
    )


def chain_of(points: Sequence[Checkpoint], place: int) -> frozenset[int]:
    """The checkpoints that lead to where the files are."""
    parents = {point.id: point.parent for point in points}
    chain: set[int] = set()
    while place in parents and place not in chain:
        chain.add(place)
        place = parents[place]
    return frozenset(chain)


def file_line(file: FileRestore, is_ticked: bool, width: int) -> Line:
    """Write a file of a step as a row."""
    tick = "[x]" if is_ticked else "[ ]" if file.can_tick else "   "
    added, removed = file.counts() if file.can_tick else (0, 0)
    why = inert(file.why)
    gone = "" if not file.can_tick else "deleted" if file.then is None else "comes back" * (file.now is None)
    words = ", ".join(word for word in (gone, why) if word)
    room = max(width - 30 - min(len(words), 40), 12)
    return Line(
        (
            ("strong", f" {tick} "),
            ("stale" if file.fate in (Fate.CONFLICT, Fate.BLOCKED) else "accent", f"{_WORDS[file.fate]:<11}"),
            ("", cut_path(inert(file.path), room)),
            ("muted", f"  {cut(words, 40)}"),
        ),
        (("added", f"+{added} "), ("removed", f"-{removed} ")) if file.can_tick else (),
    )


def diff_lines(file: FileRestore) -> list[Line]:
    """Write what a step would change in a file."""
    if file.fate is Fate.BLOCKED:
        return [plain(f"  {inert(file.why)}", "stale")]
    return _changes(file.now, file.then) or [plain(" Nothing changes in this file.", "muted")]


def _changes(old: bytes | None, new: bytes | None) -> list[Line]:
    lines: list[Line] = []
    for mark, text in unified(old, new):
        shown = f"{mark} {inert(text)}" if mark in " -+" else inert(text)
        lines.append(plain(f" {shown}", _MARKS.get(mark, "")))
        if len(lines) > DIFF_ROWS:
            return [*lines, plain(" more is not shown", "stale")]
    return lines


class _ListScreen(Steady, ModalScreen[None]):
    """A title, a list with a marked row, and below it what belongs to that row."""

    AUTO_FOCUS = "#timeline-list"

    def __init__(self, title: str, keys: str) -> None:
        super().__init__()
        self._title = title
        self._keys = keys
        self._list = LineView(is_marked=True, id="timeline-list")
        self._below = LineView(can_focus=False, id="timeline-below")

    def compose(self) -> ComposeResult:
        """A title and two views."""
        with Vertical(id="timeline", classes="dialog"):
            yield title_bar(self._title, self._keys)
            yield self._list
            yield self._below

    def on_mount(self) -> None:
        """Draw for the width."""
        self._list.when_sized = self._draw
        self._draw()

    @property
    def _width(self) -> int:
        return max(self._list.size.width, 30)

    def _draw(self) -> None:
        """Make the rows."""

    def _marked(self) -> None:
        """Another row is marked."""

    def action_move(self, by: int) -> None:
        """Mark another row."""
        last = len(self._list.lines) - 1
        if self._list.cursor is not None:
            self._list.set_cursor(max(0, min(self._list.cursor + by, last)))
            self._marked()

    def action_scroll_below(self, by: int) -> None:
        """Scroll what belongs to the row."""
        self._below.scroll_page(by)

    def action_leave(self) -> None:
        """Leave; nothing happens."""
        self.dismiss(None)

    def on_line_view_row_clicked(self, event: LineView.RowClicked) -> None:
        """A click marks a row."""
        event.stop()
        if event.view is self._list and self._list.cursor is not None:
            self.action_move(event.row - self._list.cursor)


class TimelineScreen(_ListScreen):
    """Every checkpoint, newest first, with what it changed; Enter shows what going there would do."""

    BINDINGS = bindings(Where.TIMELINE)

    def __init__(self, engine: Engine, say: Callable[[str], None]) -> None:
        super().__init__("checkpoints", "Enter previews, u undoes, U redoes, Esc leaves ")
        self._engine = engine
        self._say = say
        self._points: tuple[Checkpoint, ...] = ()
        self._place = 0
        self._chain: frozenset[int] = frozenset()
        self._loaded = False

    def on_mount(self) -> None:
        """Ask the engine for the checkpoints."""
        super().on_mount()
        self._engine.start(self._load(), "read the checkpoints")

    async def _load(self) -> None:
        self._place = await self._engine.history.place()
        self._points = tuple(await self._engine.history.points(FIRST))
        self._chain = chain_of(self._points, self._place)
        self._loaded = True
        self._list.set_cursor(0 if self._points else None, scroll=False)
        self._draw()
        if len(self._points) == FIRST:
            await self._load_rest()

    async def _load_rest(self) -> None:
        """Add the older ones, so that keys are answered meanwhile."""
        points = tuple(await self._engine.history.points(MOST))
        chain, width = chain_of(points, self._place), self._width
        rows: list[Line] = []
        for start in range(0, len(points), FIRST):
            rows += [point_line(point, self._place, chain, width) for point in points[start : start + FIRST]]
            await asyncio.sleep(0)
        self._points, self._chain = points, chain
        if width == self._width:
            self._list.set_lines([*rows, self._first_row()])
        else:
            self._draw()

    def _first_row(self) -> Line:
        sign = "●" if self._place == 0 else " "
        return Line((("accent", f" {sign} "), ("muted", "    0  before the first checkpoint")))

    def _draw(self) -> None:
        if not self._points:
            words = (
                "There are no checkpoints yet: the first accepted edit makes one." if self._loaded else "…"
            )
            self._list.set_lines([BLANK, plain(f"  {words}", "muted")])
            return
        width = self._width
        rows = [point_line(point, self._place, self._chain, width) for point in self._points]
        self._list.set_lines([*rows, self._first_row()])
        self._marked()

    @property
    def _point(self) -> Checkpoint | None:
        """The marked checkpoint; None where the row before the first one is marked, or none."""
        row = self._list.cursor
        return self._points[row] if row is not None and row < len(self._points) else None

    def _marked(self) -> None:
        point = self._point
        self._below.set_lines(self._about(point))
        self._below.scroll_to_row(0)
        if point is not None:
            self._engine.start(self._tell(point), f"read checkpoint {point.id}")

    def _about(self, point: Checkpoint | None) -> list[Line]:
        if point is None:
            return []
        rows = [plain(f"  {cut_path(inert(path), self._width - 4)}", "strong") for path in point.paths]
        rows += [plain(f"  {inert(caution)}", "stale") for caution in point.cautions]
        return rows or [plain("  no file changed", "muted")]

    async def _tell(self, point: Checkpoint) -> None:
        """Add the changes of a checkpoint, unless another one is marked by then."""
        seen = await self._engine.history.show(point.id)
        if self._point is not point or not self.is_attached:
            return
        lines = self._about(point)
        for foreign in seen.kept:
            lines.append(plain(f"  another program's version of {inert(foreign.path)} is kept here", "stale"))
        for write in seen.writes:
            lines += [BLANK, plain(f"  {cut_path(inert(write.path), self._width - 4)}", "strong")]
            lines += _changes(write.before, write.after)
        self._below.set_lines(lines)

    def action_preview(self) -> None:
        """Work out what going to the marked checkpoint would do, and show it."""
        if self._list.cursor is not None:
            landing = self._point.id if self._point is not None else 0
            self._engine.start(self._preview(landing), f"preview checkpoint {landing}")

    async def _preview(self, landing: int) -> None:
        self._show(
            await self._engine.history.plan_restore(landing),
            "No edit came after this checkpoint: there is nothing to restore.",
        )

    def action_step(self, what: str) -> None:
        """Preview `undo` of the newest checkpoint, its `redo`, or undo of the marked one's `turn`."""
        self._engine.start(self._step(what), what)

    async def _step(self, what: str) -> None:
        history = self._engine.history
        match what:
            case "undo":
                self._show(await history.plan_undo(), "There is nothing to take back.")
            case "redo":
                choices = await history.redo_choices()
                proposal = await history.plan_redo(choices[0].id) if choices else None
                self._show(proposal, "Nothing that was taken back can be made again from here.")
            case _ if self._point is not None and self._point.turn:
                proposal = await history.plan_undo_turn(self._point.turn, self._point.session)
                self._show(proposal, "This turn is taken back already.")
            case _:
                self._say("This checkpoint belongs to no turn.")

    def _show(self, proposal: Proposal | None, otherwise: str) -> None:
        if proposal is None or not proposal.files:
            self._say(otherwise)
        else:
            self.app.push_screen(StepScreen(self._engine, proposal, self._say, self._done))

    def _done(self) -> None:
        self._engine.start(self._load(), "read the checkpoints")


class StepScreen(_ListScreen):
    """One step back, file by file: what is ticked is written when the person says so, and can be undone."""

    BINDINGS = bindings(Where.STEP)

    def __init__(
        self,
        engine: Engine,
        proposal: Proposal,
        say: Callable[[str], None],
        then: Callable[[], None] = lambda: None,
    ) -> None:
        super().__init__(proposal.note, "Space ticks, W writes, Esc does nothing ")
        self._engine = engine
        self._proposal = proposal
        self._say = say
        self._then = then
        self._ticked = {file.path for file in proposal.files if file.is_ticked}
        self._is_writing = False

    def _draw(self) -> None:
        width = self._width
        files = self._proposal.files
        self._list.set_lines([file_line(file, file.path in self._ticked, width) for file in files])
        if self._list.cursor is None and files:
            self._list.set_cursor(0, scroll=False)
        self._marked()

    def _marked(self) -> None:
        if self._list.cursor is not None:
            self._below.set_lines(diff_lines(self._proposal.files[self._list.cursor]))
            self._below.scroll_to_row(0)

    def action_tick(self) -> None:
        """Let the marked file take part, or not."""
        if self._list.cursor is None:
            return
        file = self._proposal.files[self._list.cursor]
        if not file.can_tick:
            self._say(f"{inert(file.path)} stays as it is: {inert(file.why)}.")
        elif file.path in self._ticked:
            self._ticked.discard(file.path)
        else:
            self._ticked.add(file.path)
        self._draw()

    def action_write(self) -> None:
        """Write the ticked files."""
        if self._is_writing:
            return
        if not self._ticked:
            self._say("Nothing is ticked: Space ticks a file.")
            return
        self._is_writing = True
        self._engine.start(self._write(), self._proposal.note)

    async def _write(self) -> None:
        try:
            checkpoint = await self._engine.history.carry_out(self._proposal, frozenset(self._ticked))
        finally:
            self._is_writing = False
        if checkpoint is not None:
            self._say(f"{self._proposal.note}: done, as checkpoint {checkpoint.id}; it can be undone.")
        self.dismiss(None)
        self._then()


async def preview_turn(app: App[None], engine: Engine, say: Callable[[str], None]) -> None:
    """Preview taking back the last turn."""
    proposal = await engine.history.plan_undo_turn()
    if proposal is None:
        say("There is no turn to take back.")
    else:
        app.push_screen(StepScreen(engine, proposal, say))
