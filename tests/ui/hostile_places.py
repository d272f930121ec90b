"""The places of the screen that show foreign text: which widgets they belong to, and how each place is filled.

Every text bears the sign of its place and a number, so that what came out can be told apart afterwards.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from typing import Any, cast

from rich.cells import cell_len
from textual.screen import Screen
from textual.widgets import Input, Static

from spark_tui.core.display import inert
from spark_tui.core.text import Text
from spark_tui.engine import Buffer, BufferChanged, TabsMoved, Trouble
from spark_tui.engine import Choice as Version
from spark_tui.syntax import Symbol
from spark_tui.ui.app import SparkApp
from spark_tui.ui.panes.talk import TalkPane
from spark_tui.ui.screens.workspace import WorkspaceScreen
from spark_tui.ui.widgets.ask_line import AskLine
from spark_tui.ui.widgets.find_bar import FindBar
from spark_tui.ui.widgets.goto_bar import GotoBar
from spark_tui.ui.widgets.hunk_draft import HunkDraft
from spark_tui.ui.widgets.prompt_input import PromptInput
from tests.fakes.engine import FakeEngine, hunk, turn
from tests.ui.hostile_texts import payloads

PLACES: dict[str, tuple[str, ...]] = {
    "title": ("SparkApp",),
    "raw": (),
    "toast": ("SparkApp",),
    "tree": ("TreePane", "LineView", "LongView"),
    "tab": ("EditorPane",),
    "note": ("EditorPane",),
    "text": (
        "EditorView", "SteadyEditor", "EditorSurface", "EditorViewport", "EditorActor", "EditorGoer",
        "EditorModal", "EditorMouse", "EditorSeeker", "EditorHalf",
    ),
    "ghost": ("EditorView",),
    "find": ("FindBar", "Bar", "Box", "EditorBars"),
    "with": ("FindBar",),
    "symbol": ("GotoBar",),
    "file": ("ReviewPane", "ReviewList", "ReviewView"),
    "header": ("ReviewList",),
    "hunk": ("ReviewPane", "ReviewList", "ReviewView"),
    "hunk note": ("ReviewList",),
    "why": ("ReviewList",),
    "version": ("ReviewList",),
    "draft": ("HunkDraft", "_Sheet"),
    "question": ("AskLine", "_Yes"),
    "answer": ("AskLine",),
    "prose": ("TalkPane",),
    "asked": ("TalkPane",),
    "trouble": ("TalkPane",),
    "prompt": ("PromptInput", "PromptPane"),
    "mention": ("PromptPane",),
    "queue": ("PromptPane",),
    "said": ("StatusPane", "Board", "WorkspaceScreen"),
    "link": ("StatusPane",),
    "pick title": ("PickerScreen",),
    "pick": ("PickerScreen",),
    "pick about": ("PickerScreen",),
    "find file": ("FinderScreen",),
    "definition": ("FinderScreen",),
    "new file": ("FinderScreen",),
    "found": ("SearchScreen",),
    "found in": ("SearchScreen",),
    "becomes": ("SearchScreen",),
    "sought": ("SearchScreen",),
    "search fault": ("SearchScreen",),
    "checkpoint": ("TimelineScreen", "_ListScreen"),
    "checkpoint file": ("TimelineScreen",),
    "checkpoint text": ("TimelineScreen",),
    "step": ("StepScreen", "_ListScreen"),
    "step text": ("StepScreen",),
    "step why": ("StepScreen",),
    "disk": ("OutsideScreen",),
    "latency": ("PageScreen",),
    "piece": ("ContextScreen",),
    "reason": ("ContextScreen",),
    "plan note": ("ContextScreen",),
    "left": ("ContextScreen",),
    "finding": ("ChecksScreen",),
    "output": ("ChecksScreen",),
    "shelter": ("TrustScreen",),
    "decides": ("TrustScreen",),
    "confirm": ("ConfirmScreen",),
    "at stake": ("ConfirmScreen",),
    "unsaved": ("UnsavedScreen",),
    "name": ("NameScreen",),
    "advice": ("NameScreen",),
}  # fmt: skip
"""Every place, with the widgets that show it."""
NARROW = frozenset(
    (
        "title", "tab", "file", "header", "pick title", "new file", "step why", "at stake", "plan note", "left",
        "decides",
    )
)  # fmt: skip
"""Places with room for so little that they get a part of the texts; their widget has another one that gets all."""
OWN_WORDS = {
    "EchoFirst": "only when a screen paints",
    "NarrowingScreen": "only what lists to narrow down have in common",
    "WholeFirst": "only when a screen paints",
    "Pane": "only a frame for panes",
    "TooSmallScreen": "the size of the terminal",
    "Switch": "words of the bar",
}
"""Widgets that show no foreign text, and why."""
_SIGNS = {place: f"{chr(97 + number // 26)}{chr(97 + number % 26)}" for number, place in enumerate(PLACES)}
_TEXTS = payloads()
WIDTH, HEIGHT = 640, 160
"""Columns and rows of the terminal: room for many texts at a time."""
_CELLS = [cell_len(inert(text).replace("\u2409", " " * 8)) + 8 for text in _TEXTS]


def sign_of(place: str) -> str:
    """Return the letters that the texts of a place begin with."""
    return _SIGNS[place]


class Desk:
    """Gives every place its texts, as many at a time as it has room for, and has them painted."""

    def __init__(self, app: SparkApp) -> None:
        self.app = app
        self.engine = cast(FakeEngine, app.engine)
        self.work = cast(WorkspaceScreen, app.screen_stack[0])
        self.raw = Static(markup=False)
        self._given: dict[str, int] = {}

    def row(self, place: str, width: int) -> str:
        """Return the next texts of a place, as many as so many cells hold; none once it had all."""
        at = self._given.get(place, 0)
        given, used = "", 0
        while at < len(_TEXTS) and used + _CELLS[at] <= width:
            given += f"{_SIGNS[place]}{at:04}{_TEXTS[at]}z"
            used += _CELLS[at]
            at += 1
        self._given[place] = at
        return given

    def rows(self, place: str, count: int, width: int) -> list[str]:
        """Return so many rows of texts."""
        return [row for row in (self.row(place, width) for _ in range(count)) if row]

    def each(self, place: str, count: int) -> list[str]:
        """Return so many texts, each for itself."""
        at = self._given.get(place, 0)
        stop = self._given[place] = min(at + count, len(_TEXTS))
        return [f"{_SIGNS[place]}{number:04}{_TEXTS[number]}z" for number in range(at, stop)]

    def names(self, place: str, count: int, width: int = 0) -> list[str]:
        """Return so many names of files: no separators."""
        given = self.rows(place, count, width) if width else self.each(place, count)
        return [text.replace("/", "|") for text in given]

    def is_done(self, *places: str) -> bool:
        """Whether places had all texts."""
        return all(self._given.get(place, 0) >= len(_TEXTS) for place in places)

    async def painted(self) -> None:
        """Wait until everything that was posted is handled and painted."""
        calm = 0
        while calm < 2:
            calm = 0 if self._waits() else calm + 1
            await asyncio.sleep(0)
        done = asyncio.Event()
        self.app.screen.call_after_refresh(done.set)
        await done.wait()

    def _waits(self) -> bool:
        screen = self.app.screen
        stack = self.app.screen_stack
        widgets = [
            self.app,
            *stack,
            *screen.walk_children(),
            *(stack[0].walk_children() if len(stack) < 2 else ()),
        ]
        return bool(
            self.work._bridge._pending
            or self.engine.working
            or screen._dirty_widgets
            or screen._layout_required
            or any(widget.message_queue_size or widget._next_callbacks for widget in widgets)
        )

    async def show(self, page: Screen[Any]) -> None:
        """Put a page on the screen."""
        self.app.push_screen(page)
        await self.painted()

    async def close(self) -> None:
        """Take the page away."""
        self.app.pop_screen()
        await self.painted()

    async def hide(self, *panes: str) -> None:
        """Leave the other panes on the screen."""
        self.work._arrangement.hidden = set(panes)
        self.work._arrange()
        await self.painted()


Fill = Callable[[Desk], Awaitable[None]]


def bytes_of(lines: Sequence[str]) -> bytes:
    """Write lines as a file that is text: of others no difference is shown."""
    return "\n".join(lines).replace("\0", "").encode("utf-8", "replace")


# --- the board


async def talks(desk: Desk) -> None:
    """Fill the talk: prompts, prose, trouble."""
    engine, talk = desk.engine, cast(TalkPane, desk.work._areas["talk"])
    await desk.hide("tree", "review", "editor")
    for number in range(1000):
        if desk.is_done("prose", "trouble", "asked"):
            break
        talk._notes.clear()
        asked, prose = "\n".join(desk.rows("asked", 12, 90)), "\n\n".join(desk.rows("prose", 40, 90))
        engine.conversation.set(turn(f"t{number}", prompt=asked, prose=prose, sentence=""))
        for line in desk.rows("trouble", 25, 90):
            engine.emit(Trouble("", line, ""))
        await desk.painted()
    engine.conversation.set()
    talk._notes.clear()


async def texts(desk: Desk) -> None:
    """Fill the editor, and the edits that are proposed in it."""
    engine = desk.engine
    await desk.hide("tree", "review", "talk")
    engine.workspace.order = ["a.txt"]
    while not desk.is_done("text"):
        # The caret stands in a line of its own.
        data = "\n".join(["", *desk.rows("text", HEIGHT - 40, WIDTH // 4)]).encode("utf-8", "surrogatepass")
        engine.workspace.buffers["a.txt"] = Buffer("a.txt", Text.decode(data), data)
        engine.workspace.activate("a.txt")
        engine.emit(BufferChanged("a.txt", None))
        await desk.painted()
    engine.workspace.buffers["a.txt"] = Buffer("a.txt", Text.of("x\n"), b"x\n")
    engine.emit(BufferChanged("a.txt", None))
    while not desk.is_done("ghost"):
        engine.decisions.review.hunks.clear()
        lines = desk.rows("ghost", HEIGHT - 5, WIDTH - 20)
        engine.propose(hunk("1.1.1", *(f"+{line}" for line in lines), path="a.txt"))
        await desk.painted()


async def edits(desk: Desk) -> None:
    """Fill the review."""
    engine = desk.engine
    await desk.hide("tree", "talk", "editor")
    desk.work.review.action_look("why")
    while not desk.is_done("hunk", "hunk note", "why", "version"):
        engine.decisions.review.hunks.clear()
        lines = [f"+{line}" for line in desk.rows("hunk", 50, WIDTH - 60)]
        engine.whys.said["1.1.1"] = " ".join(desk.rows("why", 20, WIDTH - 60))
        engine.whys.revision += 1
        said = desk.rows("version", 20, WIDTH - 60)
        engine.versions.all["1.1.1"] = tuple(Version(f"v{at}", (), said=line) for at, line in enumerate(said))
        engine.versions.revision += 1
        path, header = "".join(desk.names("file", 6)), desk.row("header", 200)
        note = " ".join(desk.rows("hunk note", 20, WIDTH - 60))
        engine.propose(hunk("1.1.1", *lines, path=path, header=header, note=note))
        desk.work.review.hunks.select("1.1.1")
        await desk.painted()
    desk.work.review.action_look("why")
    engine.decisions.review.hunks.clear()
    engine.versions.all.clear()
    engine.whys.said.clear()


async def tree(desk: Desk) -> None:
    """Fill the tree."""
    await desk.hide("editor", "talk", "review")
    while not desk.is_done("tree"):
        desk.engine.list_files(*desk.names("tree", HEIGHT - 8))
        await desk.painted()
    desk.engine.list_files()


async def bars(desk: Desk) -> None:
    """Fill what has one row: tabs, status, boxes, what waits, what is offered."""
    engine, work = desk.engine, desk.work
    await desk.hide("tree", "talk", "review")
    work.editor.command("find")
    work.editor.command("replace")
    await desk.painted()
    bar = work.query_one(FindBar)
    await work.mount(desk.raw)
    front = engine.workspace.buffers["a.txt"]
    places = "said", "link", "find", "with", "mention", "queue", "prompt", "note", "raw"
    while not desk.is_done(*places):
        names = desk.names("tab", WIDTH // 36)
        for name in names:
            engine.workspace.buffers[name] = Buffer(name, front.text, b"x\n")
        engine.workspace.order = ["a.txt", *names]
        front.note = desk.row("note", WIDTH - 20)
        engine.emit(TabsMoved())
        desk.app.title = desk.app.sub_title = desk.row("title", 100)
        desk.raw.update(desk.row("raw", WIDTH - 20), layout=False)
        for box, place in ((bar._pattern, "find"), (bar._replacement, "with")):
            with box.prevent(Input.Changed):
                box.value = desk.row(place, WIDTH - 80)
        work.prompt.input.text = desk.row("prompt", WIDTH - 80)
        work.prompt.input.choices = desk.rows("mention", 2, WIDTH - 80)
        work.prompt.on_prompt_input_mentioning(PromptInput.Mentioning(work.prompt.input.word))
        engine.conversation.waiting._prompts = desk.rows("queue", 2, WIDTH - 80)
        work.prompt._look_at_turn()
        engine.shown = replace(engine.shown, link_sentence=desk.row("link", WIDTH - 80))
        work.bottom.say("")
        await desk.painted()
        work.bottom.say(desk.row("said", WIDTH - 80))
        await desk.painted()
        for name in names:
            del engine.workspace.buffers[name]
    engine.shown = replace(engine.shown, link_sentence="")
    bar.leave()
    await desk.raw.remove()


async def questions(desk: Desk) -> None:
    """Fill the foot of the review: questions, answers, the editor of a hunk."""
    work = desk.work
    await desk.hide("tree", "talk", "editor")
    question = AskLine("", lambda text: None, "")
    work.review._foot.put(question)
    await desk.painted()
    assert question._box is not None
    while not desk.is_done("question", "answer"):
        with question._box.prevent(Input.Changed):
            question._box.value = desk.row("answer", WIDTH - 40)
        question._question = " ".join(desk.rows("question", 3, WIDTH - 80))
        question._draw()
        await desk.painted()
    while not desk.is_done("draft"):
        text = "\n".join(desk.rows("draft", HEIGHT // 2, WIDTH - 40))
        work.review._foot.put(HunkDraft(desk.row("title", 60), "a.txt", text, lambda text: None))
        await desk.painted()
    work.review._foot.clear()


async def symbols(desk: Desk) -> None:
    """Fill the list of definitions in a file."""
    await desk.hide("tree", "talk", "review")
    desk.work.editor.command("go_to_symbol")
    await desk.painted()
    bar = desk.work.query_one(GotoBar)
    bar._list.styles.max_height = 80
    while not desk.is_done("symbol"):
        rows = desk.rows("symbol", 70, WIDTH - 80)
        bar._symbols = tuple(Symbol(row, "function", 0, 0, 0, 0) for row in rows)
        bar._narrow("")
        await desk.painted()
    bar.leave()


async def toasts(desk: Desk) -> None:
    """Fill notices that pop up."""
    while not desk.is_done("toast"):
        desk.app.clear_notifications()
        await desk.painted()
        desk.app.notify(" ".join(desk.rows("toast", 100, 50)), title=desk.row("title", 40))
        await desk.painted()
    desk.app.clear_notifications()
    await desk.painted()


FILLS: tuple[Fill, ...] = (talks, texts, edits, tree, bars, questions, symbols, toasts)
