"""The prompt: sending, new lines, history, the list behind `@`, putting a draft aside, the meter."""

from hypothesis import given
from hypothesis import strategies as st
from textual import events

from spark_tui.engine import TurnState
from spark_tui.ui.screens.page import PageScreen
from spark_tui.ui.screens.unsaved import UnsavedScreen
from spark_tui.ui.screens.workspace import WorkspaceScreen
from spark_tui.ui.widgets.pasted import LONG, Pasted
from spark_tui.ui.widgets.prompt_input import History
from tests.fakes.engine import FakeEngine, turn
from tests.ui.stage import SMALL, stage


async def test_enter_sends_and_ctrl_j_makes_a_new_line() -> None:
    async with stage() as it:
        await it.type("first")
        await it.press("ctrl+j")
        await it.type("second")
        await it.press("enter")
        assert it.engine.conversation.prompts == ["first\nsecond"]
        assert it.workspace.prompt.input.text == "" and it.here == "prompt"


async def test_an_empty_prompt_is_not_sent() -> None:
    async with stage() as it:
        await it.press("enter", "space", "ctrl+j", "enter")
        assert it.engine.conversation.prompts == []


async def test_a_paste_is_never_sent_by_its_line_breaks() -> None:
    async with stage() as it:
        it.app.post_message(events.Paste("one\ntwo\n"))
        await it.settle()
        assert it.engine.conversation.prompts == []
        assert it.workspace.prompt.input.text == "one\ntwo\n"


async def test_a_long_paste_is_folded_in_the_box_and_sent_as_it_is() -> None:
    long = "a line of a log\n" * 60_000
    async with stage() as it:
        box = it.workspace.prompt.input
        await it.type("why ")
        it.app.post_message(events.Paste(long))
        await it.settle()
        assert box.text == "why [pasted 1: 60,000 lines]" and box.draft == "why " + long
        await it.until(lambda: it.engine.session.draft == "why " + long)
        await it.type("?")
        await it.press("enter")
        assert it.engine.conversation.prompts == ["why " + long + "?"] and it.engine.session.draft == ""
        await it.press("up")
        assert box.text == "why [pasted 1: 60,000 lines]?" and box.draft == "why " + long + "?"
        await it.press("left", "backspace")
        assert box.text == "why ?"
        await it.press("end")
        it.app.post_message(events.Paste(long))
        it.app.post_message(events.Paste("x" * LONG))
        await it.settle()
        assert box.text == "why ?[pasted 1: 60,000 lines][pasted 2: 20,000 characters]"


async def test_a_long_draft_comes_back_folded_and_whole() -> None:
    engine = FakeEngine()
    engine.session.draft = "y" * LONG
    async with stage(engine=engine) as it:
        box = it.workspace.prompt.input
        assert box.text == "[pasted 1: 20,000 characters]" and box.draft == "y" * LONG
        await it.type("z")
        await it.until(lambda: engine.session.draft == "y" * LONG + "z")


LONG_TEXTS = st.builds(
    lambda text, seed: (text + seed) * LONG, st.text(max_size=3), st.sampled_from("ab\n][")
)


@given(st.lists(st.text("[] 1:pasted,lines", max_size=30) | LONG_TEXTS, max_size=5))
def test_whatever_is_folded_comes_back(parts: list[str]) -> None:
    pasted = Pasted()
    shown = [pasted.fold(part) for part in parts]
    assert pasted.unfold(" ".join(shown)) == " ".join(parts)
    for part, word in zip(parts, shown, strict=True):
        assert len(word) < LONG and pasted.word_before(f"before {word}") == (word if word != part else "")


def test_a_word_in_a_pasted_text_stands_for_itself() -> None:
    pasted = Pasted()
    inner = pasted.fold("a" * LONG)
    outer = pasted.fold(inner * LONG)
    assert (
        pasted.unfold(outer) == inner * LONG and pasted.unfold("[pasted 7: 2 lines]") == "[pasted 7: 2 lines]"
    )


async def test_up_and_down_walk_through_what_was_asked() -> None:
    async with stage() as it:
        for words in ("one", "two"):
            await it.type(words)
            await it.press("enter")
        await it.type("draft")
        box = it.workspace.prompt.input
        seen = []
        for key in ("up", "up", "up", "down", "down", "down"):
            await it.press(key)
            seen.append(box.text)
        assert seen == ["two", "one", "one", "two", "draft", "draft"]


async def test_ctrl_c_puts_the_draft_aside_and_twice_asks_to_quit() -> None:
    async with stage() as it:
        await it.type("draft")
        await it.press("ctrl+c")
        assert it.workspace.prompt.input.text == "" and "Up brings it back" in it.text("#status")
        await it.press("up")
        assert it.workspace.prompt.input.text == "draft"
        await it.press("ctrl+c", "ctrl+c")
        assert it.shows(WorkspaceScreen) and "again asks to quit" in it.text("#status")
        await it.press("ctrl+c")
        assert it.shows(UnsavedScreen)
        await it.press("escape")
        assert it.app.is_running


async def test_a_file_is_offered_behind_an_at_and_taken_by_tab() -> None:
    async with stage() as it:
        it.engine.list_files("src/pay/refund.py", "src/pay/models.py", "tests/test_refund.py")
        await it.settle()
        await it.type("fix @ref")
        assert "src/pay/refund.py" in it.text("#mentions")
        await it.press("down", "tab")
        assert it.workspace.prompt.input.text == "fix @tests/test_refund.py "
        assert not it.workspace.query_one("#mentions").display
        await it.press("enter")
        assert it.engine.conversation.prompts == ["fix @tests/test_refund.py"]


async def test_escape_closes_the_list_before_it_stops_anything() -> None:
    async with stage() as it:
        it.engine.list_files("a.py")
        it.engine.conversation.is_busy = True
        await it.settle()
        await it.type("@a")
        assert it.workspace.query_one("#mentions").display
        await it.press("escape")
        assert not it.workspace.query_one("#mentions").display and it.engine.conversation.cuts == 0
        await it.press("escape")
        assert it.engine.conversation.cuts == 1 and it.workspace.prompt.input.text == "@a"


async def test_what_is_no_file_is_offered_with_what_it_stands_for() -> None:
    async with stage() as it:
        await it.press("@")
        assert "terminal  last output of pytest" in it.text("#mentions")
        await it.press("t", "e", "r")
        assert it.text("#mentions").split("\n")[0].strip() == "terminal  last output of pytest"
        await it.press("enter")
        assert it.workspace.prompt.input.text == "@terminal "


async def test_an_address_is_no_mention() -> None:
    async with stage() as it:
        it.engine.list_files("example.py")
        await it.settle()
        await it.type("me@ex")
        assert not it.workspace.query_one("#mentions").display


async def test_the_context_is_planned_when_the_typing_pauses() -> None:
    async with stage() as it:
        await it.type("hello")
        await it.until(lambda: it.engine.conversation.planned[-1:] == ["hello"])
        assert len(it.engine.conversation.planned) <= 4
        await it.settle()
        assert "1.2k/106k" in it.text("#meter")


async def test_a_long_prompt_grows_and_leaves_room_in_a_small_terminal() -> None:
    async with stage(SMALL) as it:
        it.app.post_message(events.Paste("words and more words " * 100))
        await it.settle()
        assert 1 < it.workspace.prompt.size.height <= 10
        assert it.workspace.query_one("#editor").size.height > 8


def test_history_keeps_the_draft_and_no_repeats() -> None:
    past = History()
    past.add("a")
    past.add("a")
    past.add(" ")
    assert past.older("draft") == "a" and past.older("draft") is None
    assert past.newer() == "draft" and past.newer() is None


# While a turn is under way


async def test_tab_during_a_turn_lets_the_prompt_wait_for_its_end() -> None:
    async with stage(SMALL) as it:
        await it.type("first")
        await it.press("enter")
        assert "Tab: ask afterwards" in it.all_text()
        for words in ("then this", "and that"):
            await it.type(words)
            await it.press("tab")
        assert it.here == "prompt" and it.workspace.prompt.input.text == ""
        assert it.engine.conversation.prompts == ["first"]
        assert list(it.engine.conversation.waiting.prompts) == ["then this", "and that"]
        assert it.text("#queue").split("\n") == [" 1. then  then this", " 2. then  and that"]
        assert "2 queued" in it.text("#status")


async def test_what_waits_can_be_changed_or_left_out() -> None:
    async with stage() as it:
        await it.type("first")
        await it.press("enter")
        for words in ("one", "two"):
            await it.type(words)
            await it.press("tab")
        await it.press("up")
        assert it.workspace.prompt.input.text == "two" and list(it.engine.conversation.waiting.prompts) == [
            "one"
        ]
        await it.type("!")
        await it.press("tab")
        assert list(it.engine.conversation.waiting.prompts) == ["one", "two!"]
        await it.press("f3", "alt+q", "ctrl+c", "alt+q")
        assert list(it.engine.conversation.waiting.prompts) == [] and it.workspace.prompt.input.text == "one"
        assert not it.workspace.query_one("#queue").display
        await it.press("alt+q")
        assert it.workspace.prompt.input.text == "one"


async def test_tab_after_a_turn_does_not_send_anything() -> None:
    async with stage() as it:
        it.engine.conversation.set(turn(state=TurnState.DONE))
        await it.type("words")
        await it.press("tab")
        assert list(it.engine.conversation.waiting.prompts) == [] and it.engine.conversation.prompts == []
        assert it.workspace.prompt.input.text.strip() == "words"


async def test_a_letter_with_alt_is_a_command_and_no_text() -> None:
    """As a real terminal tells it: with the letter."""
    async with stage() as it:
        await it.type("draft")
        it.app.post_message(events.Key("alt+l", "l"))
        await it.until(lambda: it.shows(PageScreen))
        await it.press("escape")
        assert it.workspace.prompt.input.text == "draft"


async def test_a_mention_that_was_typed_past_offers_nothing() -> None:
    async with stage() as it:
        box = it.workspace.prompt.input
        # All in one go: the pane is told of each word when the next ones are typed already.
        for character in "see @ and":
            box.insert(character)
            box.on_text_area_selection_changed()
        await it.settle()
        assert box.choices == () and not it.workspace.query_one("#mentions").display
