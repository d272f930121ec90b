"""The list of checkpoints and the preview of a step: nothing is written unless it is ticked and asked for."""

from spark_tui.core.checkpoint import Checkpoint, FileWrite, LandingKind
from spark_tui.core.restore import FileRestore, blocked, take_back
from spark_tui.engine import Proposal
from spark_tui.ui.screens.timeline import StepScreen, TimelineScreen, chain_of
from spark_tui.ui.screens.workspace import WorkspaceScreen
from tests.ui.stage import SMALL, Stage, stage

POINTS = [
    Checkpoint(3, LandingKind.ACCEPT, "t2", 1_000_000.0, ("a.py", "b.py"), "Accept 2 hunks", "s", (), 1),
    Checkpoint(
        2, LandingKind.ACCEPT, "t1", 1_000_000.0, ("a.py",), "Accept \x1b]0;evil\x07", "s", ("in place.",), 1
    ),
    Checkpoint(1, LandingKind.SAVE, "", 1_000_000.0, ("c.py",), "saved c.py", "s"),
]


def file(path: str, now: bytes, before: bytes | None, after: bytes) -> FileRestore:
    return take_back(path, now, [FileWrite(path, before, after)])


PROPOSAL = Proposal(
    LandingKind.RESTORE,
    "restore to checkpoint 1",
    "",
    (
        file("back.py", b"new\n", b"old\n", b"new\n"),
        file("mine.py", b"mine\n", b"old\n", b"new\n"),
        file("made.py", b"mine\n", None, b"new\n"),
        blocked("link", '"link" is a link; edit the file that it points to.'),
    ),
    None,
)


async def open_timeline(it: Stage) -> None:
    it.engine.history.list = POINTS
    it.engine.history.proposal = PROPOSAL
    await it.press("alt+h")


async def test_checkpoints_are_listed_with_where_the_files_are() -> None:
    async with stage() as it:
        await open_timeline(it)
        assert it.shows(TimelineScreen)
        rows = it.text("#timeline-list").splitlines()
        assert rows[0].startswith(" ●     3") and "2 files" in rows[0]
        assert rows[1].startswith(" ·     2") and "\x1b" not in rows[1]
        assert rows[2].startswith("       1")
        assert rows[3].split() == ["0", "before", "the", "first", "checkpoint"]
        assert it.words("#timeline-below").startswith("a.py b.py a.py")
        assert "- line 0" in it.text("#timeline-below")
        await it.press("down")
        assert it.words("#timeline-below").startswith("a.py in place. a.py")
        assert "\x1b" not in it.text("#timeline-below")
        await it.press("escape")
        assert it.shows(WorkspaceScreen)
        assert not it.engine.history.asked and not it.engine.history.done


async def test_the_preview_ticks_only_what_nobody_changed_and_escape_does_nothing() -> None:
    async with stage() as it:
        await open_timeline(it)
        await it.press("down", "down", "enter")
        assert it.engine.history.asked == [1] and it.shows(StepScreen)
        rows = it.text("#timeline-list").splitlines()
        assert [row[1:4] for row in rows[:4]] == ["[x]", "[ ]", "   ", "   "]
        assert "-new +old" in it.words("#timeline-below").replace("- ", "-").replace("+ ", "+")
        await it.press("j", "j", "space", "j", "space", "escape")
        assert it.engine.history.done == [] and it.shows(TimelineScreen)


async def test_what_is_ticked_is_written_on_a_key_of_its_own() -> None:
    async with stage() as it:
        await open_timeline(it)
        await it.press("enter", "enter", "j", "space", "k", "space", "W")
        assert it.engine.history.done == [frozenset({"mine.py"})]
        assert it.shows(TimelineScreen)
        assert "it can be undone" in it.workspace.bottom._said


async def test_nothing_ticked_writes_nothing() -> None:
    async with stage() as it:
        await open_timeline(it)
        await it.press("enter", "space", "W")
        assert it.engine.history.done == [] and it.shows(StepScreen)


async def test_the_last_turn_is_previewed_from_the_palette() -> None:
    async with stage(SMALL) as it:
        it.engine.history.list = POINTS
        it.engine.history.proposal = PROPOSAL
        await it.press("ctrl+p")
        await it.type("undo turn")
        await it.press("enter")
        assert it.shows(StepScreen)
        await it.press("W")
        assert it.engine.history.done == [frozenset({"back.py"})] and it.shows(WorkspaceScreen)


async def test_the_newest_checkpoint_its_redo_and_a_turn_are_previewed_by_keys() -> None:
    async with stage() as it:
        await open_timeline(it)
        for key in ("u", "U", "t"):
            await it.press(key)
            assert it.shows(StepScreen)
            await it.press("escape")
        assert it.engine.history.stepped == ["undo", "redo 2", "turn t2"]
        await it.press("down", "down", "t")
        assert it.shows(TimelineScreen) and "no turn" in it.workspace.bottom._said
        assert it.engine.history.done == []


async def test_one_can_go_to_before_the_first_checkpoint() -> None:
    async with stage(SMALL) as it:
        await open_timeline(it)
        await it.press("up", "down", "down", "down", "down", "enter")
        assert it.engine.history.asked == [0] and it.shows(StepScreen)


async def test_an_empty_list_says_so() -> None:
    async with stage(SMALL) as it:
        await it.press("alt+h")
        assert "no checkpoints yet" in it.words("#timeline-list")
        await it.press("enter", "down", "q")
        assert it.shows(WorkspaceScreen)


def test_the_chain_leads_from_where_the_files_are_to_the_first() -> None:
    assert chain_of(POINTS, 3) == {3, 1}
    assert chain_of(POINTS, 0) == frozenset()
