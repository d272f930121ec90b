"""How checks look: badges in words at every size and without colour, the page, the question about trust, the marks."""

from dataclasses import replace

import pytest

from spark_tui.core.checks import CheckResult, Finding, Outcome, Severity, Trust
from spark_tui.core.text import Text
from spark_tui.engine import BufferChanged, ChecksMoved
from spark_tui.ui.panes.editor import EditorPane
from spark_tui.ui.screens.checks import ChecksScreen, TrustScreen
from spark_tui.ui.screens.workspace import WorkspaceScreen
from tests.fakes.engine import hunk
from tests.ui.stage import SMALL, WIDE, Stage, stage

PARSES = CheckResult("parse", Outcome.CLEAN)


def found(message: str = "Undefined name", line: int = 3) -> Finding:
    return Finding("a.py", line, 4, line, 8, Severity.ERROR, "F821", message, "ruff")


def red(*messages: str) -> CheckResult:
    return CheckResult(
        "ruff", Outcome.WORSE, tuple(found(message) for message in messages or ("bad", "worse"))
    )


async def with_hunks(it: Stage) -> None:
    it.engine.propose(
        hunk("1.1.1", " def f():", "-    return 1", "+    return 2", line=3),
        hunk("1.1.2", "-x = 1", "+x = 2", line=8),
    )
    await it.settle()
    await it.press("f4")
    it.pass_time(2)
    await it.settle()


@pytest.mark.parametrize("size", [SMALL, WIDE, (160, 50)])
@pytest.mark.parametrize("no_color", [False, True])
async def test_a_badge_says_in_words_how_checks_stand(
    size: tuple[int, int], no_color: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if no_color:
        monkeypatch.setenv("NO_COLOR", "1")
    async with stage(size) as it:
        await with_hunks(it)
        it.engine.checking.waiting = {"1.1.1", "1.1.2"}
        it.engine.checking.set("1.1.1", PARSES)
        await it.settle()
        assert "parses, checking…" in it.words("#review-list")
        it.engine.checking.waiting.clear()
        it.engine.checking.set("1.1.1", PARSES, red())
        it.engine.checking.set("1.1.2", PARSES)
        await it.settle()
        words = it.words("#review-list")
        assert "checks: ruff: 2 new, parses" in words, "the selected edit says all of it"
        assert ("ok" in words.split() or "parses" in words) and ("fail" in words or "ruff: 2 new" in words)


async def test_a_badge_takes_nothing_of_the_counts_and_the_state() -> None:
    async with stage(SMALL) as it:
        await with_hunks(it)
        tools = ("ruff", "ruff format", "mypy", "pyright", "tests")
        it.engine.checking.set("1.1.2", *(replace(red(), tool=tool) for tool in tools))
        await it.settle()
        line = next(line for line in it.text("#review-list").split("\n") if line.lstrip().startswith("o 9"))
        assert "+1 -1" in line and line.endswith("proposed") and "ruff: 2 new" in line


async def test_a_hunk_without_checks_says_nothing() -> None:
    async with stage() as it:
        await with_hunks(it)
        assert "check" not in it.words("#review-list")


async def test_the_page_shows_what_was_found_and_follows_what_becomes_known() -> None:
    async with stage(SMALL) as it:
        await with_hunks(it)
        it.engine.checking.running = "ruff"
        await it.press("t")
        assert it.shows(ChecksScreen)
        assert "running: ruff" in it.words("#page-view") and "nothing is known yet" in it.words("#page-view")
        it.engine.checking.running = ""
        it.engine.checking.set("1.1.1", red("one \x1b[31m thing"))
        await it.until(lambda: "F821" in it.words("#page-view"))
        assert "a.py:4: F821: one" in it.words("#page-view") and "\x1b[31m" not in it.all_text()
        await it.press("escape")
        assert it.shows(WorkspaceScreen) and it.here == "review"


async def test_keys_of_the_page_run_stop_and_mend() -> None:
    async with stage() as it:
        await with_hunks(it)
        await it.press("t", "r", "x", "m")
        assert it.engine.checking.told == [("again", "1.1.1"), ("stop",)]
        assert it.engine.repairing.told == ["1.1.1"] and it.shows(WorkspaceScreen)


async def test_what_can_not_be_mended_says_why() -> None:
    async with stage() as it:
        await with_hunks(it)
        it.engine.repairing.reason = "There is nothing to mend."
        await it.press("m")
        assert it.engine.repairing.told == [] and "nothing to mend" in it.words("#status")


async def test_trust_is_given_by_one_key_of_the_question_only() -> None:
    async with stage(SMALL) as it:
        await with_hunks(it)
        await it.press("t")
        assert "this folder is not trusted: ruff, tests" in it.words("#page-view")
        for key in ("enter", "space", "t", "y", "a", "escape"):
            await it.press("T")
            assert it.shows(TrustScreen)
            words = it.words("#trust-view")
            assert (
                "May programs check edits" in words
                and "pyproject.toml" in words
                and "a fake shelter" in words
            )
            await it.press(key)
            assert it.engine.checking.told == []
            if it.shows(TrustScreen):
                await it.press("escape")
        await it.press("T", "T")
        assert it.engine.checking.told == [("give trust",)] and it.engine.checking.survey.trust is Trust.GIVEN


async def test_a_burst_does_not_answer_the_question() -> None:
    """Keys typed ahead of the question were not meant for it."""
    async with stage() as it:
        await with_hunks(it)
        await it.press("t", "T", "T", gap=0.01)
        assert it.engine.checking.told == []


async def test_the_riskiest_come_first_when_asked_for_and_nothing_moves_by_itself() -> None:
    async with stage() as it:
        it.engine.checking.risks = {"1.2.1": 90, "1.1.2": 50}
        await with_hunks(it)
        it.engine.propose(hunk("1.2.1", "+b", path="b.py"))
        await it.settle()

        def order() -> list[str]:
            return [one.id for file in it.workspace.review.shown.files for one in file.hunks]

        assert order() == ["1.1.1", "1.1.2", "1.2.1"]
        it.workspace.action_checks("risk")
        await it.settle()
        assert order() == ["1.2.1", "1.1.2", "1.1.1"]
        it.engine.checking.risks["1.1.1"] = 99
        it.engine.propose(hunk("1.3.1", "+c", path="c.py"))
        await it.settle()
        assert order() == ["1.2.1", "1.1.2", "1.1.1", "1.3.1"]
        it.workspace.action_checks("risk")
        await it.settle()
        assert order() == ["1.1.1", "1.1.2", "1.2.1", "1.3.1"]


async def test_failing_edits_can_be_filtered() -> None:
    async with stage() as it:
        await with_hunks(it)
        it.engine.checking.set("1.1.2", red())
        await it.press("slash")
        await it.type("fail")
        await it.press("enter")
        assert it.workspace.review.selected is not None and it.workspace.review.selected.id == "1.1.2"


async def test_focus_and_selection_stay_when_checks_come_in() -> None:
    async with stage() as it:
        await with_hunks(it)
        await it.press("j", "f7")
        it.engine.checking.set("1.1.1", red())
        await it.settle()
        assert it.here == "prompt"
        assert it.workspace.review.selected is not None and it.workspace.review.selected.id == "1.1.2"


async def test_what_is_wrong_with_the_open_file_is_marked_in_the_editor() -> None:
    async with stage() as it:
        it.engine.workspace.files["a.py"] = b"one\ntwo\nthree\nfour words\n"
        await it.engine.workspace.open("a.py")
        await it.settle()
        text = it.engine.workspace.buffers["a.py"].text
        it.engine.checking.faults["a.py"] = text, (found("oops"), replace(found(), line=-1, end_line=-1))
        it.engine.emit(ChecksMoved())
        await it.settle()
        view = it.app.screen.query_one(EditorPane)._front.view
        marks = view._sheet.index.marks.diagnostics
        assert [(one.span.start.line, one.sentence, one.source) for one in marks][0] == (
            3,
            "F821: oops",
            "ruff",
        )
        it.engine.workspace.buffers["a.py"].record(text.replace(Text.of("").full_span(), "zero\n"), "")
        it.engine.emit(BufferChanged("a.py", None))
        await it.settle()
        assert view._sheet.index.marks.diagnostics[0].span.start.line == 4, "marks move along with the text"
