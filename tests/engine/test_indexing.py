"""The index is told of files, history and landings, and others of how far it is."""

import asyncio
from collections.abc import Coroutine
from types import SimpleNamespace
from typing import Any, cast

from spark_tui.core.checkpoint import Checkpoint, LandingKind
from spark_tui.core.repo import Definition, FileFacts, PastCommit, RepoFacts
from spark_tui.engine import IndexMoved, Landed, TreeMoved
from spark_tui.engine.events import EngineEvent
from spark_tui.engine.indexing import Indexing
from spark_tui.engine.plain_finder import PlainFinder
from spark_tui.engine.symbols import Symbols
from spark_tui.engine.workspace import Workspace
from spark_tui.ports import Entry, Head, IndexProgress, Listing
from tests.fakes.disk_files import MemoryFiles
from tests.fakes.repo_index import FakeIndex
from tests.fakes.repository import FakeRepository


class Desk:
    """An `Indexing` over fakes."""

    def __init__(self, files: dict[str, bytes], head: Head | None = None) -> None:
        self.index = FakeIndex()
        self.repository = FakeRepository(head)
        self.repository.commits = (PastCommit(1, ("a.py",), "first"),)
        self.listing = Listing(tuple(Entry(path) for path in sorted(files)))
        self.events: list[EngineEvent] = []
        self.tasks: list[asyncio.Task[object]] = []
        self.indexing = Indexing(
            self.index,
            self.repository,
            MemoryFiles(files),
            lambda: self.listing,
            self.events.append,
            self._start,
        )

    def _start(self, work: Coroutine[Any, Any, object], what: str) -> None:
        self.tasks.append(asyncio.create_task(work))

    async def moved(self) -> None:
        """The tree moved, and the index was told."""
        self.indexing.hear(TreeMoved())
        await self.indexing.settled()


async def test_the_files_that_are_listed_are_indexed() -> None:
    desk = Desk({"a.py": b"", "b.py": b""}, Head("main", oid="1" * 40))
    await desk.moved()
    assert desk.index.listed == ("a.py", "b.py")
    assert desk.index.history == desk.repository.commits
    assert IndexMoved() in desk.events
    assert list(desk.indexing.facts().files) == ["a.py", "b.py"]


async def test_deleted_files_are_not() -> None:
    desk = Desk({"a.py": b""})
    desk.listing = Listing((Entry("a.py"), Entry("b.py", "D")))
    await desk.moved()
    assert desk.index.listed == ("a.py",)


async def test_ignore_files_hide_from_the_index() -> None:
    files = {".ignore": b"vendor/\n", "a.py": b"", "vendor/b.py": b"", ".gitignore": b"a.py\n"}
    with_git = Desk(files, Head("main", oid="1" * 40))
    await with_git.moved()
    assert with_git.index.listed == (".gitignore", ".ignore", "a.py"), "git has applied its own"
    without = Desk(files)
    await without.moved()
    assert without.index.listed == (".gitignore", ".ignore")


async def test_the_history_is_read_again_only_for_another_commit() -> None:
    desk = Desk({"a.py": b""}, Head("main", oid="1" * 40))
    await desk.moved()
    desk.repository.commits = ()
    await desk.moved()
    assert desk.index.history != ()
    desk.repository.answer_head = Head("main", oid="2" * 40)
    await desk.moved()
    assert desk.index.history == ()


async def test_what_is_written_is_looked_at_again() -> None:
    desk = Desk({"a.py": b""})
    landed = Landed(Checkpoint(1, LandingKind.ACCEPT, "t1", 0.0, ("a.py",)))
    desk.indexing.hear(landed)
    assert desk.tasks == [], "nothing is started before the files are listed"
    await desk.moved()
    desk.indexing.hear(landed)
    await asyncio.gather(*desk.tasks)
    assert desk.index.updated == ["a.py"]


async def test_files_that_appear_have_the_tree_listed_again() -> None:
    desk = Desk({"a.py": b""})
    asked: list[bool] = []
    desk.indexing.refresh = lambda: asked.append(True)
    await desk.moved()
    desk.index.tell(IndexProgress(1, 1, True, strangers=1))
    desk.index.tell(IndexProgress(1, 1, True, strangers=1))
    assert asked == [True]


async def test_how_far_it_is_in_words() -> None:
    desk = Desk({"a.py": b""})
    desk.index.now = IndexProgress(50, 200)
    assert desk.indexing.note() == "the index is at 25 %"
    desk.index.now = IndexProgress(1, 1, True)
    assert desk.indexing.note() == ""
    desk.index.now = IndexProgress(note="It ended.")
    assert desk.indexing.note() == "It ended."


async def test_without_an_index_nothing_happens() -> None:
    indexing = Indexing(
        None,
        FakeRepository(),
        MemoryFiles({}),
        lambda: Listing(()),
        lambda event: None,
        lambda work, what: None,
    )
    indexing.hear(TreeMoved())
    await indexing.settled()
    assert indexing.facts().files == {} and not indexing.progress.is_ready
    await indexing.close()


async def test_closing_ends_the_index() -> None:
    desk = Desk({})
    desk.index.files["a.py"] = FileFacts("a.py", 1)
    await desk.indexing.close()
    assert desk.index.is_closed


async def test_many_definitions_are_read_beside_the_event_loop() -> None:
    definition = Definition("frobnicate", "function", 3, 4, "def frobnicate():", "Box")
    files = {
        f"m{number}.py": FileFacts(f"m{number}.py", 1, definitions=(definition,)) for number in range(300)
    }
    symbols = Symbols(PlainFinder, cast(Workspace, SimpleNamespace(tabs=(), buffer=lambda path: None)))
    symbols.facts = lambda: RepoFacts(files, revision=1)
    learned = asyncio.Event()
    symbols.on_learned = learned.set
    assert symbols.find("frob", 5) == ([], "the definitions are being read")
    await learned.wait()
    hits, _ = symbols.find("frob", 5)
    assert [hit.name for hit in hits] == ["Box.frobnicate"] * 5
