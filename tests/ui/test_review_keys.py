"""Keys of the review besides accept and reject: lines, putting off, all at once, editing, comments, filter, views."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from spark_tui.core.edits import RowKind
from spark_tui.core.review import HunkState, Row
from spark_tui.engine import TurnState
from spark_tui.ui.panes.review import ReviewPane
from spark_tui.ui.widgets.ask_line import AskLine
from spark_tui.ui.widgets.deliberate import HEAP
from spark_tui.ui.widgets.editor import EditorView
from spark_tui.ui.widgets.hunk_draft import HunkDraft, lines_of, text_of
from tests.fakes.engine import hunk, turn
from tests.ui.stage import SMALL, WIDE, Stage, stage

ONE = hunk("1.1.1", " def f():", "-    return 1", "+    return 2", "+    # two", line=3)
TWO = hunk("1.1.2", "-x = 1", "+x = 2", line=8)
THREE = hunk("1.2.1", "+new", path="b.py")


async def ready(it: Stage, *hunks: object) -> None:
    """Show hunks in the review and go there, with time to have seen the first."""
    it.engine.conversation.set(turn(state=TurnState.REVIEW))
    it.engine.propose(*hunks)  # type: ignore[arg-type]
    await it.settle()
    await it.press("f4")
    it.pass_time(1)


def pane(it: Stage) -> ReviewPane:
    return it.workspace.query_one(ReviewPane)


def selected(it: Stage) -> str | None:
    found = pane(it).selected
    return found.id if found else None


# Lines


@pytest.mark.parametrize("size", [WIDE, SMALL])
async def test_picked_lines_are_decided_alone(size: tuple[int, int]) -> None:
    async with stage(size) as it:
        await ready(it, ONE, TWO)
        await it.press("v", "j", "a")
        assert it.engine.decisions.told == [("accept", "1.1.1", "[1, 2]")]
        assert selected(it) == "1.1.1"
        await it.press("v", "j", "j", "k", "r")
        assert it.engine.decisions.told[1] == ("reject", "1.1.1", "[1, 2]")


async def test_picked_lines_can_be_told_without_colour_and_escape_only_ends_that() -> None:
    async with stage() as it:
        await ready(it, ONE, TWO)
        it.engine.conversation.is_busy = True
        await it.press("v")
        shown = it.text("#review-list").split("\n")
        assert [line for line in shown if line.startswith(">") and "return 1" in line]
        await it.press("escape")
        assert not pane(it).hunks.picker.is_on and it.engine.conversation.cuts == 0
        assert (selected(it), it.here) == ("1.1.1", "review")
        await it.press("escape")
        assert it.engine.conversation.cuts == 1


async def test_picking_ends_when_the_hunk_becomes_another_one() -> None:
    async with stage() as it:
        await ready(it, ONE)
        await it.press("v")
        it.engine.propose(replace(ONE, rows=(*ONE.rows, Row(RowKind.ADD, "more"))))
        await it.settle()
        await it.press("a", gap=0.01)
        assert it.engine.decisions.told == [] and not pane(it).hunks.picker.is_on


async def test_lines_of_a_hunk_that_streams_wait() -> None:
    async with stage((160, 40)) as it:
        await ready(it, replace(ONE, state=HunkState.STREAMING))
        await it.press("v", "a")
        assert it.engine.decisions.told == [] and "complete" in it.text("#status")


# Putting off, and all at once


async def test_what_is_put_off_stays_open_and_is_passed() -> None:
    async with stage() as it:
        await ready(it, ONE, TWO, THREE)
        await it.press("j", "x")
        assert selected(it) == "1.2.1" and "put off" in it.text("#review-list")
        assert "3 open of 3" in it.all_text()
        await it.press("K", "a")
        assert selected(it) == "1.2.1", "going on passes what is put off"
        await it.press("k", "x")
        assert "put off" not in it.text("#review-list").replace("Not put off", "")


async def test_g_says_the_count_and_asks_and_enter_accepts_all_as_one() -> None:
    async with stage() as it:
        await ready(it, ONE, TWO, THREE, replace(TWO, id="1.2.2", path="b.py", state=HunkState.AMBIGUOUS))
        it.engine.propose(hunk("1.3.1", "+x\u200b", path="c.py"), hunk("1.3.2", "+later", path="c.py"))
        it.engine.marks.defer(hunk("1.3.2", "+later"))
        await it.settle()
        await it.press("g")
        asked = it.words("AskLine LineView")
        assert "Accept 3 edits in 2 files, +4 -2?" in asked and "Enter accepts, Esc leaves" in asked
        assert it.engine.decisions.told == []
        await it.press("enter")
        assert it.engine.decisions.told == [("accept", "1.1.1", "1.1.2", "1.2.1")]
        assert it.here == "review" and not it.workspace.query(AskLine)
        await it.press("u")
        assert it.engine.decisions.told[-1] == ("undo",)


async def test_escape_leaves_the_question_and_letters_do_nothing_in_it() -> None:
    async with stage() as it:
        await ready(it, ONE, TWO)
        await it.press("g", "a", "r", "A", "escape", "escape")
        assert it.engine.decisions.told == [] and it.engine.conversation.prompts == []


async def test_a_yes_in_a_heap_of_keys_accepts_nothing() -> None:
    async with stage() as it:
        await ready(it, ONE)
        await it.press("g")
        await it.press("enter", "enter", gap=0.001)
        assert it.engine.decisions.told == [] and HEAP in it.text("#status")


async def test_a_yes_is_about_exactly_what_was_asked() -> None:
    async with stage() as it:
        await ready(it, ONE)
        await it.press("g")
        it.engine.propose(TWO)
        await it.settle()
        await it.press("enter")
        assert it.engine.decisions.told == [] and "changed meanwhile" in it.text("#status")


async def test_the_question_says_what_was_not_seen() -> None:
    async with stage() as it:
        await ready(it, ONE, TWO)
        await it.until(lambda: it.engine.marks.is_seen(ONE))
        await it.press("g")
        assert "1 not seen yet" in it.words("AskLine LineView")


async def test_a_hunk_counts_as_seen_only_while_the_person_is_there() -> None:
    async with stage() as it:
        it.engine.propose(ONE)
        await it.settle()
        await it.pilot.pause(0.3)
        assert not it.engine.marks.is_seen(ONE)
        await it.press("f4")
        await it.until(lambda: it.engine.marks.is_seen(ONE))


# Editing


async def test_a_hunk_is_edited_in_place_and_shown_again() -> None:
    async with stage() as it:
        await ready(it, ONE, TWO)
        await it.press("e")
        view = it.workspace.query_one("HunkDraft EditorView", EditorView)
        assert view.has_focus and it.here == "review"
        assert "new side of a.py, line 4" in it.all_text() and "Keep" not in it.text("#status")
        await it.press("ctrl+end")
        await it.type("!")
        await it.press("ctrl+s")
        assert it.engine.decisions.told == [("amend", "1.1.1", "def f():", "    return 2", "    # two!")]
        assert not it.workspace.query(HunkDraft) and pane(it).hunks.has_focus
        await it.press("a")
        assert it.engine.decisions.told[-1] == ("accept", "1.1.1")


async def test_letters_in_a_draft_decide_nothing_and_escape_keeps_the_draft_for_later() -> None:
    async with stage() as it:
        await ready(it, ONE)
        await it.press("e")
        await it.type("arAR")
        await it.press("escape")
        assert it.engine.decisions.told == [] and it.engine.workspace.saved == []
        await it.press("e", "ctrl+s")
        assert it.engine.decisions.told == [("amend", "1.1.1", "arARdef f():", "    return 2", "    # two")]


async def test_a_draft_of_a_hunk_that_changed_changes_nothing() -> None:
    async with stage() as it:
        await ready(it, ONE)
        await it.press("e")
        await it.type("z")
        it.engine.propose(replace(ONE, rows=TWO.rows))
        await it.settle()
        await it.press("ctrl+s")
        assert it.engine.decisions.told == [] and "changed meanwhile" in it.text("#status")
        await it.press("e")
        draft = it.workspace.query_one(HunkDraft)
        assert draft.text.startswith("zdef f()")


@pytest.mark.parametrize("state", [HunkState.STREAMING, HunkState.APPLIED, HunkState.REFUSED])
async def test_what_is_not_open_is_not_edited(state: HunkState) -> None:
    async with stage() as it:
        await ready(it, replace(ONE, state=state))
        await it.press("e")
        assert not it.workspace.query(HunkDraft)


async def test_another_editor_gets_the_new_side_and_is_read_back() -> None:
    given: list[tuple[str, str]] = []

    def outside(text: str, path: str, then: Callable[[str | None], None]) -> None:
        given.append((text, path))
        then("def f():\n    return 3\n")

    async with stage() as it:
        await ready(it, ONE)
        pane(it)._outside = outside
        await it.press("E")
        assert given == [("def f():\n    return 2\n    # two\n", "a.py")]
        assert it.engine.decisions.told == [("amend", "1.1.1", "def f():", "    return 3")]


def test_lines_go_through_an_editor_unharmed() -> None:
    for lines in ((), ("",), ("a",), ("a", ""), ("", "a", "b")):
        assert lines_of(text_of(lines)) == (lines if lines != ("",) else ())


# Comments


async def test_a_comment_stands_at_its_place_and_all_are_sent_as_one_prompt() -> None:
    async with stage() as it:
        await ready(it, ONE, TWO)
        await it.press("c")
        await it.type("why?")
        await it.press("enter")
        assert "# why?" in it.text("#review-list") and it.here == "review"
        await it.press("j", "v", "c")
        await it.type("two a")
        await it.press("enter", "escape", "C")
        assert it.text("#review-list").count("#1") == 2 and "two a (sent)" in it.text("#review-list")
        assert it.engine.conversation.prompts == ["Comments: why?; two a"]
        asked = it.engine.conversation.asked[0]
        assert asked is not None
        prompt = asked.text
        assert "why?" in prompt and "-x = 1" in prompt and "two a" in prompt
        assert it.engine.decisions.told == []
        await it.press("C")
        assert len(it.engine.conversation.prompts) == 1


async def test_a_comment_can_be_written_anew_and_taken_away() -> None:
    async with stage() as it:
        await ready(it, ONE)
        await it.press("c")
        await it.type("one")
        await it.press("enter", "c")
        await it.type("x")
        await it.press("enter")
        assert [comment.text for comment in it.engine.comments.unsent] == ["onex"]
        await it.press("c", *["backspace"] * 4, "enter")
        assert it.engine.comments.unsent == ()


# What is shown


async def test_the_filter_shows_what_fits_and_says_so() -> None:
    async with stage() as it:
        await ready(it, ONE, TWO, THREE)
        await it.press("slash")
        await it.type("b.py")
        await it.press("enter")
        shown = it.text("#review-list")
        assert "b.py" in shown and "a.py" not in shown and selected(it) == "1.2.1"
        assert "/b.py" in it.all_text() and "3 open of 3" in it.all_text()
        await it.press("slash", *["backspace"] * 4, "enter")
        assert "a.py" in it.text("#review-list") and selected(it) == "1.2.1"


async def test_all_at_once_is_about_what_the_filter_shows() -> None:
    async with stage() as it:
        await ready(it, ONE, THREE)
        await it.press("slash")
        await it.type("b.py")
        await it.press("enter", "g", "enter")
        assert it.engine.decisions.told == [("accept", "1.2.1")]


async def test_views_go_round_and_side_by_side_needs_room() -> None:
    async with stage() as it:
        await ready(it, TWO)
        await it.press("equals_sign")
        assert "x = [-1-]{+2+}" in it.text("#review-list")
        await it.press("equals_sign")
        assert "[-" not in it.text("#review-list")
    async with stage((200, 50)) as it:
        await ready(it, TWO)
        await it.press("equals_sign")
        line = next(line for line in it.text("#review-list").split("\n") if "x = 1" in line)
        assert "│" in line and "x = 2" in line


async def test_lines_can_be_cut_and_blanks_shown() -> None:
    async with stage(SMALL) as it:
        await ready(it, hunk("1.1.1", f"+{'long ' * 40}", "+a b"))
        tall = len(it.text("#review-list").rstrip().split("\n"))
        await it.press("w", "i")
        shown = it.text("#review-list").rstrip().split("\n")
        assert len(shown) < tall and "a·b" in shown[-1]


async def test_a_decision_after_another_view_needs_no_new_look() -> None:
    async with stage() as it:
        await ready(it, TWO)
        await it.press("z", "a")
        assert it.engine.decisions.told == [("accept", "1.1.2")]


async def test_hints_are_those_of_the_question() -> None:
    async with stage() as it:
        await ready(it, ONE)
        assert "accept" in it.text("#hints")
        await it.press("g")
        assert it.text("#hints").split()[:4] == ["Enter", "yes", "Esc", "leave"]
        await it.press("escape")
        assert "accept" in it.text("#hints")


async def test_after_a_refused_accept_the_selection_stays() -> None:
    async with stage() as it:
        it.engine.propose(hunk("1.1.1", "-a", "+b"), hunk("1.1.2", "-c", "+d", line=5))
        await it.press("f4")
        it.pass_time(1)
        it.engine.decisions.refused.add("1.1.1")
        await it.press("a")
        found = it.workspace.query_one(ReviewPane).selected
        assert found is not None and (found.id, found.state) == ("1.1.1", HunkState.STALE)
