"""Steps on whole files: what lands, what goes along in memory, what is refused, and the way back."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from spark_tui.adapters.disk_files import DiskFiles
from spark_tui.core.checkpoint import LandingKind
from spark_tui.core.text import Position, Span
from spark_tui.engine import EngineEvent, Landed, TabsMoved
from spark_tui.engine.filing import Filing
from spark_tui.engine.history import History
from spark_tui.engine.landing import Landing
from spark_tui.engine.workspace import Workspace
from spark_tui.ports import PathRefused, PortError
from tests.fakes.clock import FakeClock
from tests.fakes.journal import MemoryCheckpoints


class Desk:
    """Real files, and everything above them that a step needs."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.files = DiskFiles(str(root))
        self.journal = MemoryCheckpoints()
        self.events: list[EngineEvent] = []
        self.landing = Landing(self.files, self.journal, FakeClock())
        self.workspace = Workspace(self.files, self.landing, self.events.append)
        self.history = History(self.files, self.journal, self.landing)
        self.history.unsaved = self.workspace.unsaved
        self.history.on_restored = lambda point, writes: self.workspace.follow_all(writes)
        self.filing = Filing(
            self.files, self.workspace, self.landing, self.history, tuple, self.events.append
        )

    def put(self, **files: bytes) -> None:
        for path, data in files.items():
            place = self.root / path.replace("__", "/").replace("_py", ".py")
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(data)

    def all(self) -> dict[str, bytes]:
        return {
            path.relative_to(self.root).as_posix(): path.read_bytes()
            for path in self.root.rglob("*")
            if path.is_file()
        }

    async def type(self, path: str, text: str) -> None:
        await self.workspace.open(path)
        buffer = self.workspace.buffer(path)
        assert buffer is not None
        here = Position(0, 0)
        assert self.workspace.edit(path, buffer.text.replace(Span(here, here), text))


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = Desk(tmp_path)
    yield made
    made.files.close()


async def test_a_file_and_a_folder_are_made_and_undone(desk: Desk) -> None:
    assert "Made" in await desk.filing.create("src/new.py")
    assert desk.all() == {"src/new.py": b""} and desk.workspace.active == "src/new.py"
    assert ".gitkeep" in await desk.filing.create("docs/")
    assert (desk.root / "docs").is_dir()
    assert "Undone" in await desk.filing.undo()
    assert not (desk.root / "docs").exists()
    assert "Undone" in await desk.filing.undo()
    assert desk.all() == {} and not (desk.root / "src").exists() and desk.workspace.tabs == ()
    assert "Done again" in await desk.filing.redo()
    assert desk.all() == {"src/new.py": b""}
    kinds = [point.kind for point in await desk.history.points()]
    assert kinds[-2:] == [LandingKind.FILES, LandingKind.FILES] and kinds[0] is LandingKind.REDO
    assert sum(isinstance(event, Landed) for event in desk.events) == 2


async def test_a_move_takes_unsaved_text_and_mode_along_and_comes_back(desk: Desk) -> None:
    desk.put(a_py=b"one\n")
    os.chmod(desk.root / "a.py", 0o755)
    await desk.type("a.py", "typed ")
    await desk.filing.move("a.py", "lib/b.py")
    assert desk.all() == {"lib/b.py": b"one\n"} and os.stat(desk.root / "lib/b.py").st_mode & 0o777 == 0o755
    buffer = desk.workspace.buffer("lib/b.py")
    assert buffer is not None and buffer.text.line(0) == "typed one" and buffer.is_dirty
    assert desk.workspace.tabs == ("lib/b.py",) and desk.workspace.active == "lib/b.py"
    assert "unsaved" in await desk.filing.undo() and desk.all() == {"lib/b.py": b"one\n"}
    await desk.workspace.save("lib/b.py")
    assert "none of the files list" in await desk.filing.undo()


async def test_undo_of_a_move_brings_tab_and_name_back(desk: Desk) -> None:
    desk.put(a_py=b"one\n")
    await desk.workspace.open("a.py")
    await desk.filing.move("a.py", "b.py")
    await desk.filing.undo()
    assert desk.all() == {"a.py": b"one\n"} and desk.workspace.tabs == ("a.py",)
    await desk.filing.redo()
    assert desk.all() == {"b.py": b"one\n"} and desk.workspace.tabs == ("b.py",)


async def test_a_folder_moves_and_is_deleted_with_all_that_it_holds(desk: Desk) -> None:
    desk.put(top__a_py=b"a", top__deep__b_py=b"b", other_py=b"o")
    (desk.root / "top/empty").mkdir()
    await desk.workspace.open("top/deep/b.py")
    await desk.filing.move("top", "new/place")
    assert desk.all() == {"new/place/a.py": b"a", "new/place/deep/b.py": b"b", "other.py": b"o"}
    assert not (desk.root / "top").exists() and list(desk.workspace.tabs) == ["new/place/deep/b.py"]
    before = len(await desk.history.points())
    assert "2 files" in await desk.filing.delete("new/place")
    assert desk.all() == {"other.py": b"o"} and not (desk.root / "new/place").exists()
    assert len(await desk.history.points()) == before + 1 and not desk.workspace.tabs
    await desk.filing.undo()
    assert desk.all() == {"new/place/a.py": b"a", "new/place/deep/b.py": b"b", "other.py": b"o"}


async def test_a_copy_is_of_what_is_on_disk(desk: Desk) -> None:
    desk.put(top__a_py=b"a", top__b_py=b"b")
    await desk.type("top/a.py", "typed")
    held = await desk.filing.look("top")
    assert held.is_folder and held.unsaved == ("top/a.py",)
    await desk.filing.duplicate("top", "copy")
    await desk.filing.duplicate("top/b.py", "b2.py")
    assert desk.all() == {
        "top/a.py": b"a",
        "top/b.py": b"b",
        "copy/a.py": b"a",
        "copy/b.py": b"b",
        "b2.py": b"b",
    }
    assert desk.workspace.active == "b2.py"


@pytest.mark.parametrize(
    ("step", "words"),
    [
        (("create", "a.py"), "there already"),
        (("create", "top"), "there already"),
        (("create", "../x"), "leads out"),
        (("create", ".git/hooks/x"), "git"),
        (("create", "a.py/x"), "not a folder"),
        (("move", "a.py", "top/b.py"), "there already"),
        (("move", "a.py", "~/b.py"), "home folder"),
        (("move", "top", "top/inside"), "into itself"),
        (("move", "none", "b"), "does not exist"),
        (("move", "link", "b"), "is a link"),
        (("delete", "links"), "a link, device or repository"),
        (("duplicate", "top", "top/x"), "into itself"),
        (("delete", "none"), "does not exist"),
    ],
)
async def test_what_can_not_be_is_one_sentence_and_nothing_happens(
    desk: Desk, step: tuple[str, ...], words: str
) -> None:
    desk.put(a_py=b"a", top__b_py=b"b", links__c_py=b"c")
    (desk.root / "link").symlink_to("a.py")
    (desk.root / "links/l").symlink_to("/etc")
    before = desk.all()
    with pytest.raises(PortError, match=words) as caught:
        await getattr(desk.filing, step[0])(*step[1:])
    assert "\n" not in str(caught.value) and desk.all() == before
    assert await desk.history.points() == []


async def test_a_refused_landing_leaves_names_and_tabs_as_they_were(desk: Desk) -> None:
    desk.put(a_py=b"a")
    await desk.workspace.open("a.py")
    os.chmod(desk.root / "a.py", 0o444)
    with pytest.raises(PathRefused):
        await desk.filing.move("a.py", "b.py")
    assert desk.workspace.tabs == ("a.py",) and desk.all() == {"a.py": b"a"}


async def test_a_file_that_changed_since_is_not_taken_back(desk: Desk) -> None:
    await desk.filing.create("new.py")
    (desk.root / "new.py").write_bytes(b"by others")
    said = await desk.filing.undo()
    assert "new.py" in said and desk.all() == {"new.py": b"by others"}
    assert isinstance(desk.events[-1], TabsMoved | Landed)
