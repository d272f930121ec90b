"""Every command of the tables is pressed once in the whole screen, and something must come of it.

A new command is tried from the usual state of its place; one that needs more to begin with gets a row in `BEFORE`.
"""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import pytest
from textual.widgets import Input

from spark_tui.core.checkpoint import FileWrite
from spark_tui.core.checks import CheckResult, Finding, Outcome, Severity
from spark_tui.core.context import Budget, Chosen, ContextPlan, Form, Gone, Piece, PieceKind
from spark_tui.core.edits import RowKind
from spark_tui.core.restore import take_back
from spark_tui.core.review import HunkState, Row
from spark_tui.core.text import Position, Text
from spark_tui.engine import Buffer, BufferChanged, OutsideChange, TurnState
from spark_tui.ui.commands import COMMANDS, Command, Where
from spark_tui.ui.commands.editor import BAR_COMMANDS
from spark_tui.ui.commands.editor import COMMANDS as EDITOR_COMMANDS
from spark_tui.ui.panes.review import ReviewPane
from spark_tui.ui.panes.talk import TalkPane
from spark_tui.ui.screens.dialogs import pick_command
from spark_tui.ui.screens.page import PageScreen
from spark_tui.ui.screens.search import SearchScreen
from spark_tui.ui.widgets.editor import EditorView
from spark_tui.ui.widgets.editor_carets import Carets
from spark_tui.ui.widgets.editor_scene import Selection
from spark_tui.ui.widgets.lines import LineView
from tests.fakes.engine import hunk, turn
from tests.ui.stage import Stage, stage
from tests.ui.test_timeline import POINTS, PROPOSAL

GAP = 0.05
"""Seconds between keys that no rule about haste applies to: they are all pressed before the screen settles."""

Before = Callable[[Stage], Awaitable[None]]

SOURCE = b"""def first(a, b):
    one = (a + b)
    return one


class Second:
    two = "word word"

    def third(self):
        return [self.two, "a long line that is wider than the window of the editor " * 3]
""" + b"".join(b"line_%d = %d\n" % (number, number) for number in range(200))
LONG = [f"+row {number} {'wide ' * 40}" for number in range(120)]


async def in_editor(it: Stage) -> None:
    """A file is open, with the caret in the middle of its text."""
    it.engine.workspace.files.update({"a.py": SOURCE, "b.py": b"b\n", "c.py": b"c\n"})
    await it.engine.workspace.open("a.py")
    await it.settle()
    await it.press("f3")
    view = it.app.screen.query_one(EditorView)
    view.go_to(6, 13)
    await it.settle()


async def in_tree(it: Stage) -> None:
    """The tree has more rows than fit, a folder among them, and the cursor in the middle."""
    it.engine.list_files(*(f"{part}/f{number}.py" for part in "abcdef" for number in range(30)))
    await it.settle()
    await it.press("f2", "down", "l", *["j"] * 16, gap=GAP)


async def in_review(it: Stage) -> None:
    """Several hunks of two files wait, and a finished turn."""
    it.engine.conversation.set(turn(state=TurnState.REVIEW))
    it.engine.propose(
        hunk("1.1.1", " def f():", "-    return 1", "+    return 2", line=3),
        hunk("1.1.2", "-x = 1", "+x = 2", line=8),
        hunk("1.2.1", *LONG, path="b.py"),
        hunk("1.3.1", "+c", path="c.py"),
    )
    await it.settle()
    await it.press("f4", "j")
    it.pass_time(5)
    await it.settle()


async def in_talk(it: Stage) -> None:
    """The talk is longer than its pane, and scrolled to its middle."""
    it.engine.conversation.set(turn(prose="\n\n".join(f"paragraph {number}" for number in range(80))))
    await it.settle()
    await it.press("f6", "end", "pageup", "pageup", gap=GAP)


async def in_prompt(it: Stage) -> None:
    """A prompt was sent, another is begun."""
    await it.type("before")
    await it.press("enter")
    it.engine.conversation.is_busy = False
    await it.type("draft")


async def in_picker(it: Stage) -> None:
    """A list is open, with its cursor in the middle."""
    await it.press("ctrl+p")
    await it.press(*["down"] * 15, gap=GAP)


async def in_question(it: Stage) -> None:
    """The review asks for a comment."""
    await in_review(it)
    await it.press("c")
    await it.type("words")


async def in_draft(it: Stage) -> None:
    """A hunk is being edited."""
    await in_review(it)
    await it.press("e", "x")


async def in_timeline(it: Stage) -> None:
    """The checkpoints are shown."""
    first = POINTS[0]
    it.engine.history.list = [replace(first, id=number, parent=number - 1) for number in range(60, 0, -1)]
    before, after = (
        b"".join(b"%s %d\n" % (word, number) for number in range(99)) for word in (b"old", b"new")
    )
    long = take_back("long.py", after, [FileWrite("long.py", before, after)])
    it.engine.history.proposal = replace(PROPOSAL, files=(long, *PROPOSAL.files))
    await it.press("alt+h")
    await it.press(*["down"] * 15, gap=GAP)


async def in_step(it: Stage) -> None:
    """A step back is previewed."""
    await in_timeline(it)
    await it.press("enter")


async def in_outside(it: Stage) -> None:
    """A file with unsaved text was changed by another program, and the choice is open."""
    await with_an_outside_change(it)
    await it.press("alt+d")


async def in_context(it: Stage) -> None:
    """The page of the context is open, with a skeleton marked from which a secret was withheld."""
    bodies = {Form.WHOLE: "all of it", Form.SKELETON: "some of it"}
    pieces = [
        Piece(PieceKind.FOUND, name, bodies, remark="1 secret withheld", path=name)
        for name in (f"{number}.py" for number in range(40))
    ]
    chosen = tuple(Chosen(piece, 100, Form.SKELETON) for piece in pieces)
    it.engine.conversation.plan = it.engine.conversation.next_plan = ContextPlan(
        chosen, (), Budget(9000, 900), True
    )
    it.engine.conversation.ledger = (Gone(1, "file copy", "old.py", "a newer copy follows", 90, 0, "", ""),)
    await it.press("f8")
    await it.press(*["down"] * 15, gap=GAP)


async def in_checks(it: Stage) -> None:
    """The page of a hunk's checks is open and longer than fits, in its middle; something was found."""
    await in_review(it)
    findings = tuple(
        Finding("a.py", at, 0, at, 1, Severity.ERROR, "F1", f"bad {at}", "ruff") for at in range(50)
    )
    it.engine.checking.set("1.1.2", CheckResult("ruff", Outcome.WORSE, findings))
    await it.press("t", "j", "j")


async def in_trust(it: Stage) -> None:
    """The question about trust is open."""
    await in_checks(it)
    await it.press("T")


async def in_search(it: Stage) -> None:
    """Something was found in many files, and is to be replaced; the mark is in the middle."""
    it.engine.workspace.files.update({f"{name}.py": b"word\nword\nwords\nword\n" for name in "abcdefgh"})
    await it.press("alt+r")
    await it.type("word")
    screen = it.app.screen
    assert isinstance(screen, SearchScreen)
    await it.until(lambda: screen._is_done and len(screen._results.rows) > 30)
    await it.settle()
    await it.press(*["down"] * 15, gap=GAP)


async def at_work(it: Stage) -> None:
    """The prompt has the focus, and nothing is open."""
    await it.settle()


PLACES: dict[Where, Before] = {
    Where.SEARCH: in_search,
    Where.ANYWHERE: at_work,
    Where.WORKSPACE: at_work,
    Where.TREE: in_tree,
    Where.EDITOR: in_editor,
    Where.REVIEW: in_review,
    Where.TALK: in_talk,
    Where.PROMPT: in_prompt,
    Where.PICKER: in_picker,
    Where.LINE: in_question,
    Where.DRAFT: in_draft,
    Where.TIMELINE: in_timeline,
    Where.STEP: in_step,
    Where.OUTSIDE: in_outside,
    Where.CONTEXT: in_context,
    Where.CHECKS: in_checks,
    Where.TRUST: in_trust,
}


def then(before: Before, *keys: str) -> Before:
    """Press keys after a beginning."""

    async def ready(it: Stage) -> None:
        await before(it)
        await it.press(*keys)

    return ready


async def with_two_tabs(it: Stage) -> None:
    await in_editor(it)
    await it.engine.workspace.open("b.py")
    await it.settle()


async def with_a_change(it: Stage) -> None:
    await in_editor(it)
    await it.press("x")


async def with_an_outside_change(it: Stage) -> None:
    await with_a_change(it)
    theirs = b"".join(b"theirs %d\n" % number for number in range(99))
    path = it.engine.workspace.active or ""
    it.engine.outside.waiting[path] = OutsideChange(path, theirs, Text.of("both"))


async def with_a_stream(it: Stage) -> None:
    it.engine.conversation.set(turn(state=TurnState.STREAMING))
    it.engine.conversation.is_busy = True
    streaming = hunk("1.1.1", "-a", "+b", state=HunkState.STREAMING, tail=Row(RowKind.ADD, "half"))
    it.engine.propose(streaming)
    await it.settle()
    await it.press("f4")


async def with_a_held_stream(it: Stage) -> None:
    it.engine.governor.limit = 1
    await with_a_stream(it)
    it.engine.propose(*(hunk(f"1.1.{number}", *LONG) for number in range(2, 8)))
    await it.settle()


async def with_versions(it: Stage) -> None:
    it.engine.versions.labels["1.1.2"] = "2 of 3"
    await in_review(it)


async def with_risks(it: Stage) -> None:
    it.engine.checking.risks["1.3.1"] = 50
    await in_review(it)


async def with_many_places(it: Stage) -> None:
    it.engine.conversation.set(turn(state=TurnState.REVIEW))
    places = tuple(range(0, 90, 10))
    it.engine.propose(hunk("1.1.1", "-a", "+b", state=HunkState.AMBIGUOUS, alternatives=places, candidates=9))
    await it.settle()
    await it.press("f4")


async def with_a_stale_hunk(it: Stage) -> None:
    it.engine.conversation.set(turn(state=TurnState.REVIEW))
    it.engine.propose(hunk("1.1.1", "-a", "+b", state=HunkState.STALE, line=None))
    await it.settle()
    await it.press("f4")


async def with_a_prompt_that_waits(it: Stage) -> None:
    """A prompt waits for the turn under way to end."""
    it.engine.conversation.waiting.put("and then this")


async def with_a_mention(it: Stage) -> None:
    it.engine.list_files("alpha.py", "beta.py")
    await it.settle()
    await it.type("@al")


async def with_a_turn_to_undo(it: Stage) -> None:
    it.engine.history.list = POINTS
    it.engine.history.proposal = PROPOSAL


async def with_an_open_file_in_the_tree(it: Stage) -> None:
    """A file is open, and the mark of the tree is elsewhere."""
    await in_tree(it)
    await it.press("home")
    await it.engine.workspace.open("d/f5.py")
    await it.settle()


BEFORE: dict[str, Before] = {
    "app.interrupt": in_prompt,
    "pane.prompt": in_tree,
    "turn.stop": with_a_stream,
    "file.save": with_a_change,
    "file.save_all": with_a_change,
    "file.overwrite": with_a_change,
    "file.reload": with_a_change,
    "file.outside": with_an_outside_change,
    "tab.close": in_editor,
    "tab.next": with_two_tabs,
    "tab.previous": with_two_tabs,
    "tab.list": with_two_tabs,
    "tab.others": with_two_tabs,
    "tab.left": with_two_tabs,
    "tab.right": then(with_two_tabs, "ctrl+pagedown"),
    "tab.reopen": then(with_two_tabs, "alt+w"),
    "editor.split": in_editor,
    "editor.across": then(in_editor, "alt+v"),
    "turn.undo": with_a_turn_to_undo,
    "tree.right": then(in_tree, "home"),
    "tree.reveal": with_an_open_file_in_the_tree,
    "file.move": in_editor,
    "file.copy": in_editor,
    "file.delete": in_editor,
    "tree.left": then(in_tree, "home", "down", "j"),
    "review.undo": then(in_review, "a"),
    "review.redo": then(in_review, "a", "u"),
    "review.previous_file": then(in_review, "J"),
    "review.page_down": then(in_review, "J"),
    "review.page_up": then(in_review, "J", "pagedown"),
    "review.wrap": then(in_review, "j"),
    "review.leave": then(in_review, "v"),
    "review.send": then(in_question, "enter"),
    "hunk.fold": then(in_review, "k"),
    "stream.freeze": with_a_stream,
    "stream.follow": with_a_stream,
    "stream.more": with_a_held_stream,
    "hunk.next_version": with_versions,
    "hunk.previous_version": with_versions,
    "hunk.choose": with_many_places,
    "review.by_risk": with_risks,
    "hunk.place_again": with_a_stale_hunk,
    "talk.page_down": then(in_talk, "home"),
    "talk.down": then(in_talk, "home"),
    "prompt.newer": then(in_prompt, "up"),
    "prompt.complete": with_a_mention,
    "queue.take": with_a_prompt_that_waits,
    "timeline.page_up": then(in_timeline, "pagedown"),
    "outside.page_up": then(in_outside, "pagedown"),
    "step.up": then(in_step, "j"),
    "context.restore": then(in_context, *["pagedown"] * 4),
    "step.page_up": then(in_step, "pagedown"),
}

ELSEWHERE = {"app.suspend", "hunk.edit_outside", "lane.switch", "talk.anew", "talk.sum_up", "link.retry"}
"""These need a real terminal, a real engine or a link: `tests/e2e`, `tests/engine` and `test_latency` press them."""


def seen(it: Stage) -> dict[str, Any]:
    """Look at everything that a command could change, but for the sentences at the bottom."""
    app, engine = it.app, it.engine
    views = [*app.screen.query(LineView), *app.screen.query(EditorView)]
    bottom = {view.id for view in app.screen.query("#bottom LineView")}
    space = engine.workspace
    return {
        "exit": app._exit,
        "screens": [type(screen).__name__ for screen in app.screen_stack],
        "theme": app.theme,
        "ease": (app.is_linear, app.is_calm),
        "clipboard": app.clipboard,
        "focus": app.focused,
        "shown": [
            [[view.render_line(y)._segments for y in range(view.size.height)], view.scroll_offset]
            for view in views
            if view.id not in bottom and view.display
        ],
        "marked": [view.cursor for view in app.screen.query(LineView)],
        "boxes": [box.value for box in app.screen.query(Input)],
        "draft": it.workspace.prompt.input.text,
        "offered": it.workspace.prompt.input.choices,
        "files": {path: buffer.text.encode() for path, buffer in space.buffers.items()},
        "saved": list(space.saved),
        "told": [
            *engine.decisions.told,
            *engine.steering.told,
            *engine.versions.told,
            *engine.filing.told,
            *engine.checking.told,
            *engine.repairing.told,
            *engine.outside.told,
        ],
        "asked": [*engine.history.asked, *engine.history.done, *engine.conversation.prompts],
        "cuts": engine.conversation.cuts,
        "frozen": engine.gate.is_frozen,
        "listed": engine.lists,
        "allowed": engine.governor._released,
        "wishes": engine.conversation.wishes,
        "ledger": engine.conversation.ledger,
    }


async def try_it(it: Stage, press: Callable[[], Awaitable[None]]) -> None:
    """Do something, and demand that it can be seen."""
    before = seen(it)
    await press()
    assert seen(it) != before


@pytest.mark.parametrize(
    "command", [entry for entry in COMMANDS if entry.id not in ELSEWHERE], ids=lambda entry: entry.id
)
async def test_a_key_of_the_table_does_something(command: Command) -> None:
    async with stage() as it:
        await BEFORE.get(command.id, PLACES[command.where])(it)
        it.pass_time(5)
        await it.settle()
        if command.keys:
            await try_it(it, lambda: it.press(command.keys[0]))
            return
        chosen: list[Command] = []

        async def run(picked: Command) -> None:
            chosen.append(picked)
            await it.app._run_command(picked)

        before = seen(it)
        pick_command(it.app, run)
        await it.settle()
        await it.type(command.title)
        await it.press("enter")
        assert chosen == [command] and seen(it) != before


def test_what_is_tried_elsewhere_exists() -> None:
    ids = {command.id for command in COMMANDS}
    assert ids >= ELSEWHERE and ids >= set(BEFORE)
    assert set(PLACES) == set(Where)


# --- the editor's own


def at(line: int, column: int, anchor: tuple[int, int] | None = None) -> Carets:
    """Place a caret."""
    head = Position(line, column)
    return Carets.one(Selection(Position(*anchor) if anchor else head, head))


IN_TEXT: dict[str, tuple[Carets, tuple[str, ...]]] = {
    "centre": (at(100, 0), ()),
    "older": (at(6, 13), ("x",)),
    "newer": (at(6, 13), ("x", "ctrl+z")),
    "text_start": (at(6, 13), ()),
    "outdent": (at(1, 6), ()),
    "scroll_up": (at(120, 0), ()),
    "redo": (at(6, 13), ("x", "ctrl+z")),
    "undo": (at(6, 13), ("x",)),
    "copy": (at(6, 13, (6, 9)), ()),
    "cut": (at(6, 13, (6, 9)), ()),
    "paste": (at(6, 13, (6, 9)), ("ctrl+c",)),
    "mark": (at(6, 13), ()),
    "single": (at(6, 13), ("ctrl+j",)),
    "bracket": (at(1, 10), ()),
    "back": (at(6, 13), ("ctrl+end",)),
    "forward": (at(6, 13), ("ctrl+end", "ctrl+b")),
    "find_previous": (at(6, 15), ()),
}
"""Where the caret is and what was pressed before, for commands that do nothing in the middle of the text."""


async def test_a_key_of_the_editor_does_something() -> None:
    async with stage() as it:
        await in_editor(it)
        view = it.app.screen.query_one(EditorView)
        for command in EDITOR_COMMANDS:
            await begin_anew(it, view)
            carets, keys = IN_TEXT.get(command.name, (at(6, 13), ()))
            view._move_to(carets)
            await it.press(*keys, gap=GAP)
            before = {**seen(it), "carets": view._sheet.carets, "modes": (view._marking, view._is_pairing)}
            if command.keys:
                await it.press(command.keys.split(",")[0], gap=GAP)
            else:
                view.action_editor(command.name)
                await it.settle()
            after = {**seen(it), "carets": view._sheet.carets, "modes": (view._marking, view._is_pairing)}
            assert after != before, command.name


async def begin_anew(it: Stage, view: EditorView) -> None:
    """Put the text back and leave whatever is open."""
    it.engine.workspace.buffers["a.py"] = Buffer("a.py", Text.decode(SOURCE), SOURCE)
    it.engine.emit(BufferChanged("a.py", None))
    view.action_editor("single")
    await it.settle()
    view.focus()
    view._move_to(at(6, 13))
    view.scroll_to(y=0, animate=False, force=True)
    await it.settle()


@pytest.mark.parametrize("command", BAR_COMMANDS, ids=lambda entry: entry.id)
async def test_a_key_of_the_bar_does_something(command: Any) -> None:
    async with stage() as it:
        await in_editor(it)
        view = it.app.screen.query_one(EditorView)
        view._move_to(at(7, 0, (0, 0)))
        await it.press("ctrl+f" if command.name == "bar_replace" else "ctrl+r")
        await it.type("word")
        if command.name == "find_undo":
            await it.press("alt+a")
        if command.name == "bar_find":
            await it.press("tab")
        before = {
            **seen(it),
            "carets": view._sheet.carets,
            "query": view.finder.query,
            "scope": view.finder.scope,
        }
        await it.press(command.keys.split(",")[0])
        after = {
            **seen(it),
            "carets": view._sheet.carets,
            "query": view.finder.query,
            "scope": view.finder.scope,
        }
        assert after != before


async def test_the_places_are_what_they_say() -> None:
    async with stage() as it:
        await in_review(it)
        assert it.workspace.query_one(ReviewPane).selected is not None
        await in_talk(it)
        assert it.here == "talk" and it.workspace.query_one(TalkPane)
        await it.press("f1")
        assert it.shows(PageScreen)
