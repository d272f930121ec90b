"""The pages and dialogs that show foreign text, filled with texts that mean harm."""

from dataclasses import replace
from typing import cast

from textual.widgets import Input

from spark_tui.core.checkpoint import Checkpoint, FileWrite, LandingKind
from spark_tui.core.checks import CheckResult, Finding, Outcome, Severity
from spark_tui.core.context import Budget, Chosen, ContextPlan, Gone, LeftOut, Piece, PieceKind
from spark_tui.core.restore import Fate, FileRestore
from spark_tui.core.search import FileHits, Hit, Sought
from spark_tui.engine import Engine, LinkPhase, LinkState, OutsideChange, Proposal, Shown
from spark_tui.engine.symbols import SymbolHit
from spark_tui.ui.screens.checks import ChecksScreen, TrustScreen
from spark_tui.ui.screens.confirm import ConfirmScreen
from spark_tui.ui.screens.context import ContextScreen
from spark_tui.ui.screens.finder import FinderScreen
from spark_tui.ui.screens.latency import latency_page
from spark_tui.ui.screens.naming import Advice, NameScreen
from spark_tui.ui.screens.outside import OutsideScreen
from spark_tui.ui.screens.picker import Choice, PickerScreen
from spark_tui.ui.screens.search import SearchScreen
from spark_tui.ui.screens.timeline import StepScreen, TimelineScreen
from spark_tui.ui.screens.unsaved import UnsavedScreen
from spark_tui.ui.widgets.search_rows import Results
from tests.fakes.engine import FakeHistory, hunk
from tests.ui.hostile_places import HEIGHT, WIDTH, Desk, Fill, bytes_of


async def pickers(desk: Desk) -> None:
    """Fill a list to pick from."""
    page = PickerScreen(desk.row("pick title", 200), [])
    await desk.show(page)
    while not desk.is_done("pick", "pick about"):
        choices = [Choice(name) for name in desk.names("pick", 50, WIDTH - 40)]
        abouts = desk.rows("pick about", 50, WIDTH - 60)
        choices += [Choice(f"{number}", about) for number, about in enumerate(abouts)]
        page._choices = {choice.name: choice for choice in choices}
        page._narrow("")
        await desk.painted()
    await desk.close()


async def finders(desk: Desk) -> None:
    """Fill the finder: files, definitions, the name of a new file."""
    page = FinderScreen(cast(Engine, desk.engine))
    await desk.show(page)
    while not desk.is_done("find file"):
        desk.engine.list_files(*desk.names("find file", HEIGHT - 10, WIDTH - 60))
        page._narrow("")
        await desk.painted()
    desk.engine.list_files()
    hits: list[SymbolHit] = []
    desk.engine.navigation.symbols.find = lambda letters, limit: (hits, "")  # type: ignore[method-assign]
    while not desk.is_done("definition"):
        hits[:] = [
            SymbolHit(row, "function", "a.py", 1) for row in desk.rows("definition", HEIGHT - 10, WIDTH - 80)
        ]
        page._narrow("@")
        await desk.painted()
    for _ in range(8):
        page._narrow("".join(desk.names("new file", 8)))
        await desk.painted()
    await desk.close()


async def searches(desk: Desk) -> None:
    """Fill the page of searches: what is found, what becomes of it, the boxes, what is wrong."""
    desk.engine.searching.last = (Sought("no such words"), "")
    page = SearchScreen(cast(Engine, desk.engine), replaces=True)
    await desk.show(page)
    boxes = list(page.query(Input))
    while not desk.is_done("found", "found in", "becomes", "sought", "search fault"):
        results = page._results = Results()
        for path in desk.rows("found in", 20, WIDTH - 40):
            results.add(FileHits(path, ()))
        hits = [
            Hit(number, text, ((0, 3),)) for number, text in enumerate(desk.rows("found", 50, WIDTH - 60))
        ]
        hits += [Hit(0, "old", ((0, 3),), new=text) for text in desk.rows("becomes", 50, WIDTH - 60)]
        results.add(FileHits("a.txt", tuple(hits)))
        for box in boxes:
            with box.prevent(Input.Changed):
                box.value = desk.row("sought", WIDTH - 60)
        page._said = desk.row("search fault", WIDTH - 150)
        page._draw()
        await desk.painted()
    await desk.close()


class _History(FakeHistory):
    """Checkpoints whose files hold what is to be shown."""

    texts: bytes = b""

    async def show(self, landing: int) -> Shown:
        return Shown(self.list[0], (FileWrite("a.txt", b"", self.texts),), ())


async def timelines(desk: Desk) -> None:
    """Fill the list of checkpoints, and what one of them changed."""
    history = _History()
    desk.engine.history = history
    page = TimelineScreen(cast(Engine, desk.engine), lambda sentence: None)
    await desk.show(page)
    half = HEIGHT // 2 - 8
    while not desk.is_done("checkpoint", "checkpoint file", "checkpoint text"):
        paths = tuple(desk.names("checkpoint file", half // 2, WIDTH - 40))
        history.texts = bytes_of(desk.rows("checkpoint text", half // 2 - 4, WIDTH - 40))
        history.list = [
            Checkpoint(number, LandingKind.ACCEPT, "", 1e6, paths, note, "s", (), number - 1)
            for number, note in enumerate(desk.rows("checkpoint", half, WIDTH - 80) or ["-"], 1)
        ]
        await page._load()
        await desk.painted()
    await desk.close()


async def steps(desk: Desk) -> None:
    """Fill the preview of a step."""
    proposal = Proposal(LandingKind.RESTORE, desk.row("title", 60), "t1", (), None)
    page = StepScreen(cast(Engine, desk.engine), proposal, lambda sentence: None)
    await desk.show(page)
    half = HEIGHT // 2 - 8
    while not desk.is_done("step", "step text"):
        shown = FileRestore("a.txt", Fate.BACK, b"", bytes_of(desk.rows("step text", half - 3, WIDTH - 40)))
        others = [
            FileRestore(path, Fate.BLOCKED, None, None, desk.row("step why", 36))
            for path in desk.names("step", half, WIDTH - 120)
        ]
        page._proposal = replace(proposal, files=(shown, *others))
        page._list.set_cursor(0, scroll=False)
        page._draw()
        await desk.painted()
    await desk.close()


async def disks(desk: Desk) -> None:
    """Fill what another program wrote."""
    change = OutsideChange(desk.row("title", 40), b"", None)
    page = OutsideScreen(change, b"mine\n")
    await desk.show(page)
    while not desk.is_done("disk"):
        page._change = replace(change, disk=bytes_of(desk.rows("disk", HEIGHT - 20, WIDTH - 40)))
        page.on_mount()
        await desk.painted()
    await desk.close()


async def latencies(desk: Desk) -> None:
    """Fill the page of figures."""
    page = latency_page(cast(Engine, desk.engine))
    await desk.show(page)
    while not desk.is_done("latency"):
        desk.engine.links = {
            f"lane {number}": LinkState(LinkPhase.FAILED, "p", "ws", "m", row)
            for number, row in enumerate(desk.rows("latency", HEIGHT // 3 - 6, WIDTH - 60))
        }
        page._draw()
        await desk.painted()
    await desk.close()


async def contexts(desk: Desk) -> None:
    """Fill the page of what goes to the model."""
    talk = desk.engine.conversation
    page = ContextScreen(cast(Engine, desk.engine), "", lambda sentence: None)
    await desk.show(page)
    room = WIDTH * 2 // 5 - 20
    while not desk.is_done("piece", "reason"):
        chosen = [
            Chosen(Piece(PieceKind.PIN, label, reason=desk.row("reason", room)), 1)
            for label in desk.names("piece", 60, room)
        ]
        left = [
            LeftOut(Piece(PieceKind.FOUND, label), 1, desk.row("reason", room))
            for label in desk.rows("piece", 50, room)
        ]
        talk.ledger = tuple(
            Gone(number, "file copy", label, "room", 1, 1, "", "")
            for number, label in enumerate(desk.rows("left", 9, room))
        )
        notes = tuple(desk.rows("plan note", 5, WIDTH - 60))
        talk.plan = ContextPlan(tuple(chosen), tuple(left), Budget(1, 1), True, notes=notes)
        page._draw()
        await desk.painted()
    await desk.close()
    talk.plan = None


async def checks(desk: Desk) -> None:
    """Fill the page of checks."""
    about = hunk("9.9.9", "+x")
    desk.engine.propose(about)
    page = ChecksScreen(cast(Engine, desk.engine), about, lambda sentence: None, desk.app.rhythm)
    await desk.show(page)
    while not desk.is_done("finding", "output"):
        found = tuple(
            Finding("a.py", 1, 0, 1, 0, Severity.ERROR, "E1", row, "tool")
            for row in desk.rows("finding", 12, WIDTH - 80)
        )
        verdicts = [
            CheckResult("tool", Outcome.WORSE, found, desk.row("title", 60), desk.row("output", WIDTH - 80))
        ]
        verdicts += [
            CheckResult("t", Outcome.UNKNOWN, (), "", "\n".join(desk.rows("output", 10, WIDTH - 80)))
            for _ in range(6)
        ]
        desk.engine.checking.set("9.9.9", *verdicts)
        page._draw()
        await desk.painted()
    await desk.close()
    desk.engine.checking.said.clear()


async def trusts(desk: Desk) -> None:
    """Fill the question whether programs may run."""
    page = TrustScreen(cast(Engine, desk.engine), lambda sentence: None, desk.app.rhythm)
    await desk.show(page)
    while not desk.is_done("shelter"):
        page._shelter = " ".join(desk.rows("shelter", HEIGHT - 30, WIDTH - 80))
        desk.engine.checking.survey.configuration = tuple(desk.names("decides", 8))
        page._draw()
        await desk.painted()
    await desk.close()


async def dialogs(desk: Desk) -> None:
    """Fill the small questions, each again and again."""
    confirm = ConfirmScreen("", "", [])
    await desk.show(confirm)
    while not desk.is_done("confirm"):
        confirm._question, confirm._more = (" ".join(desk.rows("confirm", 60, 50)) for _ in range(2))
        confirm._names = desk.names("at stake", 8, 50)
        confirm.on_mount()
        await desk.painted()
    await desk.close()
    unsaved = UnsavedScreen("", [])
    await desk.show(unsaved)
    while not desk.is_done("unsaved"):
        unsaved._paths = desk.names("unsaved", 8, 46)
        unsaved.on_mount()
        await desk.painted()
    await desk.close()
    advice = [""]
    name = NameScreen(desk.row("title", 60), "", lambda text: Advice(advice[0]))
    await desk.show(name)
    while not desk.is_done("name", "advice"):
        advice[0] = " ".join(desk.rows("advice", 2, WIDTH - 80))
        name.query_one(Input).value = "".join(desk.names("name", 1, WIDTH - 60))
        await desk.painted()
    await desk.close()


PAGES: tuple[Fill, ...] = (
    pickers, finders, searches, timelines, steps, disks, latencies, contexts, checks, trusts, dialogs,
)  # fmt: skip
