"""The stream under the person's keys: freezing, steering, following, the governor, other versions."""

from dataclasses import replace

from textual import events

from spark_tui.core.edits import RowKind
from spark_tui.core.review import HunkState, Row
from spark_tui.core.review.intake import CUT
from spark_tui.engine import Choice, Hold, TurnState
from spark_tui.ui.panes.review import ReviewPane
from spark_tui.ui.widgets.ask_line import AskLine
from spark_tui.ui.widgets.hunk_draft import HunkDraft
from tests.fakes.engine import hunk, rows, turn
from tests.ui.stage import SMALL, Stage, stage

ONE = hunk("1.1.1", " def f():", "-    return 1", "+    return 2", line=3)
LIVE = hunk("1.2.1", *(f"+line {number}" for number in range(60)), path="b.py", state=HunkState.STREAMING)


async def ready(it: Stage, *hunks: object, busy: bool = True) -> None:
    it.engine.conversation.set(turn(state=TurnState.STREAMING if busy else TurnState.REVIEW))
    it.engine.conversation.is_busy = busy
    it.engine.propose(*hunks)  # type: ignore[arg-type]
    await it.settle()
    await it.press("f4")
    it.pass_time(1)


def pane(it: Stage) -> ReviewPane:
    return it.workspace.query_one(ReviewPane)


def is_frozen(it: Stage) -> bool:
    return it.engine.gate.is_frozen


# Freezing and steering


async def test_space_freezes_says_so_and_lets_go_on() -> None:
    async with stage() as it:
        await ready(it, LIVE)
        await it.press("space")
        assert is_frozen(it) and "frozen: Space goes on" in it.words("#review-notice")
        assert "frozen" in it.text("#status")
        await it.press("space")
        assert not is_frozen(it) and not pane(it)._notice.display


async def test_what_is_frozen_is_said_in_a_small_terminal_too() -> None:
    async with stage(SMALL) as it:
        await ready(it, LIVE)
        await it.press("space")
        assert "frozen: Space goes on" in it.all_text()
        await it.press("f7")
        assert "frozen" in it.text("#status")


async def test_a_note_in_the_prompt_steers_while_frozen_and_asks_otherwise() -> None:
    async with stage() as it:
        await ready(it, LIVE)
        await it.press("space", "f7")
        await it.type("a dataclass")
        await it.press("enter")
        assert it.engine.steering.told == [("steer", "a dataclass")] and it.engine.conversation.prompts == []
        it.engine.gate.go_on()
        await it.type("more")
        await it.press("enter")
        assert it.engine.conversation.prompts == ["more"]


async def test_a_note_for_the_hunk_under_way_freezes_it_first() -> None:
    async with stage() as it:
        await ready(it, LIVE)
        await it.press("S")
        assert is_frozen(it) and it.workspace.query(AskLine)
        await it.type("shorter")
        await it.press("enter")
        assert it.engine.steering.told == [("steer", "shorter")] and it.here == "review"


async def test_escape_in_the_note_sends_nothing_and_stops_nothing() -> None:
    async with stage() as it:
        await ready(it, LIVE)
        await it.press("S", "escape")
        assert it.engine.steering.told == [] and it.engine.conversation.cuts == 0
        await it.press("escape")
        assert it.engine.conversation.cuts == 1


async def test_a_hunk_that_was_cut_can_be_finished() -> None:
    async with stage() as it:
        await ready(it, replace(ONE, state=HunkState.STALE, note=CUT, line=None), busy=False)
        await it.press("s", "S")
        await it.type("quickly")
        await it.press("enter")
        assert it.engine.steering.told == [("finish", "1.1.1", ""), ("finish", "1.1.1", "quickly")]


async def test_what_another_hunk_took_the_place_of_is_not_shown() -> None:
    async with stage() as it:
        await ready(it, replace(ONE, state=HunkState.STALE, note=CUT), LIVE)
        it.engine.marks.retire("1.1.1")
        await it.settle()
        assert "a.py" not in it.text("#review-list") and pane(it).selected is not None


# Following


async def test_following_shows_the_newest_lines_and_lets_go_at_the_next_key() -> None:
    async with stage(SMALL) as it:
        await ready(it, ONE, LIVE)
        await it.press("f")
        assert pane(it).selected is not None and "line 59" in it.text("#review-list")
        more = replace(LIVE, rows=(*LIVE.rows, Row(RowKind.ADD, "the newest")))
        it.engine.propose(more)
        await it.settle()
        assert "the newest" in it.text("#review-list")
        await it.press("k")
        it.engine.propose(replace(more, rows=(*more.rows, Row(RowKind.ADD, "after letting go"))))
        await it.settle()
        found = pane(it).selected
        assert found is not None and found.id == "1.1.1" and "after letting go" not in it.text("#review-list")


async def test_scrolling_by_hand_lets_go() -> None:
    async with stage(SMALL) as it:
        await ready(it, LIVE)
        await it.press("f")
        assert pane(it).hunks.following.is_on
        wheel = events.MouseScrollUp(pane(it).hunks, 1, 1, 0, -1, 0, False, False, False)
        pane(it).hunks.post_message(wheel)
        await it.settle()
        assert not pane(it).hunks.following.is_on


async def test_f_twice_stops_following_and_typing_elsewhere_lets_go() -> None:
    async with stage() as it:
        await ready(it, LIVE)
        await it.press("f")
        assert "follows" in it.all_text()
        await it.press("f")
        assert not pane(it).hunks.following.is_on
        await it.press("f", "f7")
        assert not pane(it).hunks.following.is_on


# The governor


async def test_the_debt_is_on_the_screen_and_what_is_held_says_why() -> None:
    async with stage((160, 40)) as it:
        it.engine.governor.limit = 30
        await ready(it, LIVE)
        assert "debt 60/30" in it.all_text()
        it.engine.gate.waits_for = Hold.GOVERNOR
        it.engine.propose(LIVE)
        await it.settle()
        assert "held: 60 lines wait for you, the limit is 30; + lets more through" in it.words(
            "#review-notice"
        )
        await it.press("plus")
        assert not it.engine.governor.holds() and "Up to 90 lines may wait" in it.text("#status")


async def test_what_was_seen_or_put_off_is_no_debt() -> None:
    async with stage((160, 40)) as it:
        it.engine.governor.limit = 30
        await ready(it, ONE)
        assert it.engine.governor.is_attended
        await it.until(lambda: it.engine.marks.is_seen(ONE))
        await it.settle()
        assert "debt" not in it.all_text()


# Other versions


async def test_s_asks_for_another_version_and_arrows_show_them() -> None:
    async with stage() as it:
        await ready(it, ONE, busy=False)
        await it.press("left")
        assert "only one version" in it.text("#status")
        await it.press("s", "S")
        await it.type("shorter")
        await it.press("enter")
        it.engine.versions.labels["1.1.1"], it.engine.versions.revision = "2/3", 1
        it.engine.propose(ONE)
        await it.settle()
        assert "2/3" in it.text("#review-list")
        await it.press("right", "left")
        told = [("step", "1.1.1", "-1"), ("again", "1.1.1", ""), ("again", "1.1.1", "shorter"),
                ("step", "1.1.1", "1"), ("step", "1.1.1", "-1")]  # fmt: skip
        assert it.engine.versions.told == told and it.engine.decisions.told == []


async def test_a_version_can_be_asked_for_while_the_stream_runs_but_not_twice() -> None:
    async with stage() as it:
        await ready(it, ONE, LIVE)
        await it.press("s")
        assert it.engine.versions.told == [("again", "1.1.1", "")]
        it.engine.versions.writing.add("1.1.1")
        await it.press("s", "S")
        assert len(it.engine.versions.told) == 1 and not it.workspace.query(AskLine)
        await it.press("escape")
        assert not it.engine.versions.writing and it.engine.conversation.cuts == 0, (
            "Esc stops the nearest thing"
        )


# Three versions


VERSIONS = (
    Choice("as proposed", ONE.rows, is_shown=True),
    Choice("smallest change", rows("-    return 1", "+    return 20")),
    Choice("clearest", rows("-    return 1", "+    # thirty", "+    return 30"), said="writing"),
    Choice("fastest", (), said="it was stopped"),
)


async def test_three_versions_stand_side_by_side_and_a_number_takes_one() -> None:
    async with stage((200, 50)) as it:
        await ready(it, ONE, busy=False)
        await it.press("n")
        assert it.engine.versions.told == [("three", "1.1.1")]
        it.engine.versions.all["1.1.1"] = VERSIONS
        it.engine.versions.revision += 1
        it.engine.propose(ONE)
        await it.settle()
        shown = it.text("#review-list")
        assert "[0 as proposed]" in shown and "2 clearest (writing, 3 lines)" in shown
        row = next(line for line in shown.split("\n") if "return 20" in line)
        assert "# thirty" in shown and row.count("│") == 2, "one beside the other"
        assert "it was stopped" in shown
        await it.press("1")
        assert it.engine.versions.told[-1] == ("choose", "1.1.1", "1") and not pane(it).hunks.shows_columns
        await it.press("n")
        assert pane(it).hunks.shows_columns and len(it.engine.versions.told) == 2, (
            "they are there: nothing is asked"
        )
        await it.press("escape")
        assert not pane(it).hunks.shows_columns and it.engine.conversation.cuts == 0


async def test_in_a_small_terminal_the_versions_are_named_and_one_is_shown() -> None:
    async with stage(SMALL) as it:
        it.engine.versions.all["1.1.1"] = VERSIONS
        await ready(it, ONE, busy=False)
        await it.press("n")
        shown = it.words("#review-list")
        assert "[0 as proposed] 1 smallest change 2 clearest" in shown and "+ return 2" in shown


# Why, the deep lane, conflicts


async def test_why_is_asked_once_and_stands_beside_the_hunk() -> None:
    async with stage(SMALL) as it:
        it.engine.whys.said["1.1.1"] = "Because two is more."
        await ready(it, ONE, busy=False)
        await it.press("question_mark")
        shown = it.words("#review-list")
        assert it.engine.whys.asked == ["1.1.1"] and "why: Because two is more." in shown
        assert "stand there exactly" in shown and it.engine.conversation.prompts == []
        await it.press("question_mark")
        assert "Because" not in it.words("#review-list")


async def test_a_hunk_is_handed_over_after_a_question_only() -> None:
    async with stage(SMALL) as it:
        await ready(it, ONE, busy=False)
        await it.press("exclamation_mark", "escape")
        assert it.engine.handing.told == []
        await it.press("exclamation_mark")
        await it.type("all of it")
        await it.press("enter")
        assert it.engine.handing.told == [("1.1.1", "all of it")] and it.here == "review"
        await it.press("exclamation_mark")
        assert not it.workspace.query(AskLine)


async def test_a_conflict_shows_both_sides_asks_anew_and_is_joined_by_hand() -> None:
    async with stage(SMALL) as it:
        it.engine.decisions.review.lines_there["1.1.1"] = 3, ("def f():", "    return mine")
        await ready(
            it, replace(ONE, state=HunkState.CONFLICTED, note="You changed the same lines."), busy=False
        )
        shown = it.text("#review-list")
        assert "you have:" in shown and "|     return mine" in shown and "return 2" in shown
        await it.press("s")
        assert it.engine.versions.told == [("again", "1.1.1", "")]
        await it.press("e")
        draft = it.workspace.query_one(HunkDraft)
        assert draft.text.split("\n")[0] == "<<<<<<< yours" and "    return mine" in draft.text
        await it.press("ctrl+s")
        assert not any(told[0] == "repropose" for told in it.engine.decisions.told), (
            "the marks are still there"
        )
        await it.press("e", "ctrl+a", "delete")
        await it.type("both")
        await it.press("ctrl+s")
        assert it.engine.decisions.told[-1] == ("repropose", "1.1.1", "3", "5", "both")


async def test_while_a_version_is_written_it_is_shown_and_nothing_is_decided_on_the_one_before() -> None:
    async with stage() as it:
        await ready(it, ONE)
        it.engine.versions.coming["1.1.1"] = hunk("1.1.1", "-    return 1", "+    return three")
        it.engine.propose(ONE)
        await it.settle()
        it.pass_time(1)
        assert "return three" in it.text("#review-list") and "return 2" not in it.text("#review-list")
        await it.press("a", "r", "A", "R", "g")
        assert it.engine.decisions.told == []
        assert "Another version is being written" in it.words("#review-list")
