"""Decisions in the review: when a key counts, what it does, what it never does."""

from dataclasses import replace

import pytest

from spark_tui.core.edits import RowKind
from spark_tui.core.review import HunkState, HunkView, Row, Verdict
from spark_tui.engine import TurnState
from spark_tui.ui.panes.review import ReviewPane
from spark_tui.ui.widgets.deliberate import HEAP, TOO_NEW
from tests.fakes.engine import hunk, turn
from tests.ui.stage import SMALL, Stage, stage

ONE = hunk("1.1.1", " def f():", "-    return 1", "+    return 2")
TWO = hunk("1.1.2", "-x = 1", "+x = 2", line=8)
THREE = hunk("1.2.1", "+new", path="b.py")


async def ready(it: Stage, *hunks: object) -> None:
    """Show hunks in the review and go there, with time to have seen the first."""
    it.engine.conversation.set(turn(state=TurnState.REVIEW))
    it.engine.propose(*hunks)  # type: ignore[arg-type]
    await it.settle()
    await it.press("f4")
    it.pass_time(1)


def selected(it: Stage) -> str | None:
    hunk = it.workspace.query_one(ReviewPane).selected
    return hunk.id if hunk else None


@pytest.mark.parametrize("size", [(120, 40), SMALL])
async def test_a_accepts_and_goes_on_to_the_next(size: tuple[int, int]) -> None:
    async with stage(size) as it:
        await ready(it, ONE, TWO)
        await it.press("a")
        assert it.engine.decisions.told == [("accept", "1.1.1")]
        assert selected(it) == "1.1.2" and it.here == "review"
        assert "accepted" in it.text("#review-list")


async def test_what_changes_before_it_is_accepted_is_not_accepted() -> None:
    async with stage() as it:
        await ready(it, ONE, TWO)
        hunks = it.workspace.query_one(ReviewPane).hunks
        go_on, other = hunks.go_on, replace(ONE, rows=(Row(RowKind.ADD, "something else"),))

        def go_on_and_change(hunk: HunkView) -> None:
            go_on(hunk)
            it.engine.propose(other, TWO)

        hunks.go_on = go_on_and_change  # type: ignore[method-assign]
        await it.press("a")
        assert it.engine.decisions.told == [] and selected(it) == "1.1.1"
        assert TOO_NEW in it.text("#status")


async def test_r_rejects_and_u_takes_back() -> None:
    async with stage() as it:
        await ready(it, ONE, TWO)
        await it.press("r", "u", "U")
        assert it.engine.decisions.told == [("reject", "1.1.1"), ("undo",), ("redo",)]


async def test_capital_letters_decide_the_file() -> None:
    async with stage() as it:
        await ready(it, ONE, THREE)
        await it.press("A", "J", "R")
        assert it.engine.decisions.told == [("accept_file", "t1:a.py"), ("reject_file", "t1:b.py")]


async def test_keys_move_through_hunks_and_files() -> None:
    async with stage() as it:
        await ready(it, ONE, TWO, THREE)
        places = []
        for key in ("j", "j", "j", "k", "K", "J"):
            await it.press(key)
            places.append(selected(it))
        assert places == ["1.1.2", "1.2.1", "1.2.1", "1.1.2", "1.1.2", "1.2.1"]


async def test_a_key_does_nothing_before_the_hunk_was_seen_for_a_moment() -> None:
    async with stage() as it:
        await ready(it, ONE, TWO)
        await it.press("j")
        await it.press("a", gap=0.14)
        assert it.engine.decisions.told == []
        assert TOO_NEW in it.text("#status")
        await it.press("a", gap=0.2)
        assert it.engine.decisions.told == [("accept", "1.1.2")]


async def test_a_hunk_that_changes_has_to_be_seen_anew() -> None:
    async with stage() as it:
        await ready(it, ONE)
        it.engine.propose(replace(ONE, rows=(*ONE.rows, Row(RowKind.ADD, "more"))))
        await it.settle()
        await it.press("a", gap=0.1)
        assert it.engine.decisions.told == []
        await it.press("a")
        assert it.engine.decisions.told == [("accept", "1.1.1")]


@pytest.mark.parametrize("keys", [("a", "b"), ("j", "a"), ("a", "a"), ("r", "u"), ("A", "x"), ("u", "u")])
async def test_keys_in_a_heap_decide_nothing(keys: tuple[str, ...]) -> None:
    async with stage() as it:
        await ready(it, ONE, TWO)
        await it.press(*keys, gap=0.001)
        assert it.engine.decisions.told == []
        assert HEAP in it.text("#status")


async def test_the_first_key_of_a_heap_decides_nothing_either() -> None:
    async with stage() as it:
        await ready(it, ONE, TWO)
        await it.press("a")
        assert len(it.engine.decisions.told) == 1
        it.pass_time(1)
        await it.press("a", "z", "q", gap=0.001)
        assert len(it.engine.decisions.told) == 1


async def test_letters_decide_only_in_the_review() -> None:
    async with stage() as it:
        await ready(it, ONE)
        for pane in ("f7", "f2", "f6", "f3"):
            await it.press(pane)
            await it.press("a", "r", "A", "R")
        assert it.engine.decisions.told == []


async def test_escape_never_decides_and_never_sends() -> None:
    async with stage() as it:
        await ready(it, ONE)
        it.engine.conversation.is_busy = True
        await it.press("escape")
        assert (it.engine.conversation.cuts, it.here) == (1, "review")
        await it.press("escape")
        assert (it.engine.conversation.cuts, it.here) == (1, "prompt")
        await it.press("escape", "escape")
        assert it.engine.decisions.told == [] and it.engine.conversation.prompts == []


@pytest.mark.parametrize(("key", "verdict"), [("a", Verdict.ACCEPT), ("r", Verdict.REJECT)])
async def test_a_decision_on_a_streaming_hunk_is_latched_and_said_in_words(
    key: str, verdict: Verdict
) -> None:
    async with stage((160, 40)) as it:
        streaming = replace(ONE, state=HunkState.STREAMING, tail=Row(RowKind.ADD, "    retu"))
        await ready(it, streaming)
        it.engine.propose(replace(streaming, tail=Row(RowKind.ADD, "    return 3")))
        await it.settle()
        await it.press(key)
        assert it.engine.decisions.told == [(str(verdict), "1.1.1")]
        assert f"will {verdict} when complete" in it.text("#review-list")
        assert selected(it) == "1.1.1"


async def test_new_hunks_change_a_counter_and_nothing_else() -> None:
    async with stage() as it:
        await ready(it, ONE, TWO)
        await it.press("j")
        for number in range(5):
            it.engine.propose(hunk(f"1.3.{number}", "+y", path="c.py"))
            await it.settle()
        assert (selected(it), it.here) == ("1.1.2", "review")
        assert "7 open of 7" in it.all_text()
        await it.press("f7")
        it.engine.propose(hunk("1.4.1", "+z", path="d.py"))
        await it.settle()
        assert it.here == "prompt"


async def test_an_ambiguous_hunk_asks_for_a_place() -> None:
    async with stage() as it:
        await ready(
            it, replace(ONE, state=HunkState.AMBIGUOUS, candidates=3, alternatives=(4, 17, 30), line=None)
        )
        shown = it.words("#review-list")
        assert "fits 3 places" in shown and "2: line 18" in shown
        await it.press("a")
        assert it.engine.decisions.told == []
        await it.press("2")
        assert it.engine.decisions.told == [("choose", "1.1.1", "17")]
        await it.press("7")
        assert len(it.engine.decisions.told) == 1


@pytest.mark.parametrize("state", [HunkState.REFUSED, HunkState.STALE, HunkState.UNPLACED])
async def test_what_has_no_place_says_why(state: HunkState) -> None:
    async with stage() as it:
        await ready(it, replace(ONE, state=state, note="the file changed on disk", line=None))
        await it.press("a")
        assert it.engine.decisions.told == []
        assert "the file changed on disk" in it.words("#review-list")
        assert "the file changed on disk" in it.text("#status")
        await it.press("p")
        assert it.engine.decisions.told == [("place_again", "1.1.1")]


async def test_hidden_characters_are_named_and_need_a_second_key() -> None:
    async with stage() as it:
        await ready(it, hunk("1.1.1", "+if user.is_admin\u202e:\u200b"))
        shown = it.words("#review-list")
        assert "right-to-left override" in shown and "zero width space" in shown
        assert "\u202e" not in it.all_text() and "\u200b" not in it.all_text()
        await it.press("a")
        assert it.engine.decisions.told == [] and "hidden characters" in it.text("#status")
        await it.press("a")
        assert it.engine.decisions.told == [("accept", "1.1.1")]


async def test_what_is_longer_than_the_screen_is_scrolled_through_or_accepted_twice() -> None:
    long = hunk("1.1.1", *(f"+line {number}" for number in range(60)))
    async with stage(SMALL) as it:
        await ready(it, long, THREE)
        await it.press("a")
        assert it.engine.decisions.told == [] and "longer than what you have seen" in it.text("#status")
        await it.press("a")
        assert it.engine.decisions.told == [("accept", "1.1.1")]
    async with stage(SMALL) as it:
        await ready(it, long, THREE)
        await it.press("ctrl+d", "space", "pagedown", "space", "a")
        assert it.engine.decisions.told == [("accept", "1.1.1")]


async def test_enter_shows_the_place_in_the_editor() -> None:
    async with stage() as it:
        it.engine.workspace.files["a.py"] = b"x = 1\n" * 200
        await ready(it, replace(ONE, line=150))
        await it.press("enter")
        assert it.here == "editor" and it.engine.workspace.active == "a.py"
        assert "151" in it.all_text()


async def test_z_folds_the_context_and_the_question_mark_explains() -> None:
    async with stage() as it:
        await ready(it, ONE)
        assert "def f():" in it.text("#review-list")
        await it.press("z")
        assert "def f():" not in it.text("#review-list")
        await it.press("question_mark")
        assert "stand there exactly" in it.words("#review-list")


async def test_markup_in_an_edit_is_shown_as_it_is() -> None:
    async with stage((160, 40)) as it:
        await ready(it, hunk("1.1.1", "+[bold red]x[/] [link=http://evil]y[/link] {x!r}", path="[b]a[/b].py"))
        shown = it.text("#review-list")
        assert "[bold red]x[/] [link=http://evil]y[/link] {x!r}" in shown and "[b]a[/b].py" in shown


async def test_older_turns_stay_only_while_something_is_open() -> None:
    async with stage() as it:
        await ready(it, ONE, replace(TWO, path="old.py", state=HunkState.APPLIED))
        it.engine.conversation.set(turn("t1"), turn("t2"))
        it.engine.propose(hunk("2.1.1", "+n", path="new.py", turn="t2"))
        await it.settle()
        shown = it.text("#review-list")
        assert "a.py" in shown and "new.py" in shown and "old.py" not in shown
