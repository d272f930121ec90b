"""Programs run in the private copy only, shut in, bounded, and gone when nobody waits; trust is kept outside."""

import asyncio
import json
import os
import shutil
import socket
import sys
from pathlib import Path

import pytest

from spark_tui.adapters.checks import DiskCheckRoom, TrustBook, clean_old_rooms
from spark_tui.adapters.checks import shelter as shelter_module
from spark_tui.adapters.checks.shelter import Kind, Shelter, candidates, find_tool
from spark_tui.adapters.checks.trust import MAX_CONFIGURATION, MAX_FILES
from spark_tui.core.checks import CheckEnd, CheckRan, CheckRun, Trust
from spark_tui.ports import CheckTrouble

PYTHON = os.path.realpath(sys.executable)
HOME = os.path.expanduser("~")
SEARCH_PATH = "/usr/local/bin:/usr/bin:/bin"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "work"
    folder.mkdir()
    (folder / "a.txt").write_text("as it is\n")
    return folder


def make_room(root: Path, kind: Kind | None = None) -> DiskCheckRoom:
    home = root.parent / "state"
    room = DiskCheckRoom(str(root), home / "checks", TrustBook(home), SEARCH_PATH)
    if kind is not None:
        found = [shelter for shelter in candidates(SEARCH_PATH, str(root)) if shelter.kind is kind]
        if not found:
            pytest.skip(f"{kind} is not there")
        room._works = {one: one is kind for one in Kind}
    return room


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def is_there(folder: Path, pattern: str) -> bool:
    return any(folder.glob(pattern))


async def until_there(folder: Path, pattern: str) -> None:
    for _ in range(1000):
        if is_there(folder, pattern):
            return
        await asyncio.sleep(0.02)
    raise AssertionError(f"{pattern} never came")


async def run(room: DiskCheckRoom, script: str, **changes: float) -> CheckRan:
    asked = CheckRun(
        shutil.which("python3", path=SEARCH_PATH) or PYTHON,
        ("-c", script),
        "",
        changes.get("seconds", 20),
        int(changes.get("memory", 512)),
    )
    return await room.run(asked, ["a.txt"], {"b.txt": b"proposed\n"})


@pytest.fixture(params=[Kind.BUBBLEWRAP, Kind.LANDLOCK])
async def sealed(root: Path, request: pytest.FixtureRequest):  # type: ignore[no-untyped-def]
    room = make_room(root, request.param)
    is_sealed, sentence = await room.shelter()
    if not is_sealed:
        pytest.skip(f"{request.param} does not hold here: {sentence}")
    yield room
    await room.close()


async def test_a_program_sees_the_copy_and_writes_only_there(sealed: DiskCheckRoom, root: Path) -> None:
    ran = await run(
        sealed, "print(open('a.txt').read() + open('b.txt').read()); open('made', 'w').write('x')"
    )
    assert (ran.end, ran.status) == (CheckEnd.DONE, 0), ran
    assert ran.output == "as it is\nproposed\n\n"
    assert names(root) == ["a.txt"]


async def test_canaries_in_home_folder_workspace_and_environment_stay_out_of_reach(
    sealed: DiskCheckRoom, root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = tmp_path / "secret"
    secret.write_text("canary")
    monkeypatch.setenv("OPENAI_API_KEY", "canary")
    script = f"""
import os
def attempt(what):
    try:
        what()
        print("reached")
    except OSError:
        print("kept out")
attempt(lambda: open({str(secret)!r}).read())
attempt(lambda: open({str(root / "a.txt")!r}).read())
attempt(lambda: os.listdir({HOME!r}))
attempt(lambda: open("/proc/{os.getpid()}/environ").read())
print("canary" in str(dict(os.environ)))
# Whether these seem to work there does not matter: nothing may come of them here.
attempt(lambda: open({str(root / "a.txt")!r}, "a").write("x"))
attempt(lambda: open({str(tmp_path / "planted")!r}, "w"))
attempt(lambda: os.symlink("x", {str(root / "link")!r}))
"""
    ran = await run(sealed, script)
    assert ran.output.split("\n")[:5] == [*["kept out"] * 4, "False"], ran
    assert (root / "a.txt").read_text() == "as it is\n" and names(root) == ["a.txt"]
    assert names(tmp_path) == ["secret", "state", "work"]


async def test_the_same_canary_is_reached_without_a_shelter(root: Path, tmp_path: Path) -> None:
    """The positive control: the program of the test before does what it is kept from there."""
    room = make_room(root, Kind.LIMITS)
    secret = tmp_path / "secret"
    secret.write_text("canary")
    ran = await run(room, f"print(open({str(secret)!r}).read())")
    assert ran.output == "canary\n"
    assert (await room.shelter())[0] is False
    await room.close()


async def test_there_is_no_network(sealed: DiskCheckRoom) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        script = f"""
import socket
try:
    socket.create_connection(("127.0.0.1", {port}), timeout=2)
    print("reached")
except OSError:
    print("kept out")
"""
        assert (await run(sealed, script)).output == "kept out\n"
    with socket.create_server(("127.0.0.1", 0)) as server:
        socket.create_connection(server.getsockname(), timeout=2).close()


@pytest.mark.parametrize("kind", list(Kind))
async def test_time_is_bounded(root: Path, kind: Kind) -> None:
    room = make_room(root, kind)
    ran = await run(room, "import time; time.sleep(60)", seconds=0.5)
    assert ran.end is CheckEnd.TIME
    await room.close()


@pytest.mark.parametrize("kind", list(Kind))
async def test_memory_is_bounded_in_one_process_and_in_many(root: Path, kind: Kind) -> None:
    room = make_room(root, kind)
    one = await run(room, "x = bytearray(900 << 20)", memory=200)
    assert one.end is CheckEnd.MEMORY or (one.end is CheckEnd.DONE and "MemoryError" in one.errors)
    many = """
import os, time
for number in range(8):
    if os.fork() == 0:
        block = bytearray(60 << 20)
        time.sleep(60)
time.sleep(60)
"""
    assert (await run(room, many, memory=200)).end is CheckEnd.MEMORY
    await room.close()


async def test_what_it_says_is_bounded(root: Path) -> None:
    room = make_room(root)
    ran = await run(room, "while True: print('x' * 10000)")
    assert ran.end is CheckEnd.FLOOD and len(ran.output) <= 4_000_000
    await room.close()


def living(marker: str) -> list[str]:
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            try:
                line = (entry / "cmdline").read_bytes().decode("utf-8", "replace")
            except OSError:
                continue
            if marker in line and str(os.getpid()) != entry.name:
                found.append(line)
    return found


LEAVES_CHILDREN = """
import os, time
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        time.sleep(300)
    os._exit(0)
open("ready", "w").write("x")
{end}
marker = "{marker}"
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="looks into /proc")
@pytest.mark.parametrize("kind", list(Kind))
@pytest.mark.parametrize("is_cancelled", [False, True])
async def test_no_process_is_left_behind(root: Path, kind: Kind, is_cancelled: bool) -> None:
    room = make_room(root, kind)
    await room.shelter()
    marker = f"left-{kind}-{is_cancelled}-{os.getpid()}"
    end = "time.sleep(300)" if is_cancelled else ""
    running = asyncio.ensure_future(run(room, LEAVES_CHILDREN.format(marker=marker, end=end)))
    if is_cancelled:
        checks = root.parent / "state" / "checks"
        await until_there(checks, "*/tree/ready")
        assert living(marker), "the test can see them while they live"
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running
    else:
        assert (await running).end is CheckEnd.DONE
    assert living(marker) == []
    await room.close()


async def test_the_copy_goes_at_the_end_and_after_a_crash_at_the_next_start(root: Path) -> None:
    checks = root.parent / "state" / "checks"
    room = make_room(root)
    await run(room, "print(1)")
    other = make_room(root)
    await run(other, "print(1)")
    assert len(list(checks.iterdir())) == 2
    assert clean_old_rooms(checks) == 0, "those who live keep theirs"
    await room.close()
    assert len(list(checks.iterdir())) == 1
    assert other._lock is not None
    os.close(other._lock)
    other._lock = None
    assert clean_old_rooms(checks) == 1 and list(checks.iterdir()) == []
    assert clean_old_rooms(root / "nowhere") == 0


async def test_a_copy_inside_the_workspace_is_refused(root: Path) -> None:
    room = DiskCheckRoom(str(root), root / "state", TrustBook(root / "state"), SEARCH_PATH)
    with pytest.raises(CheckTrouble, match="inside the workspace"):
        await room.run(CheckRun("/bin/true", (), "", 1, 64), ["a.txt"], {})
    assert names(root) == ["a.txt"]


async def test_a_shelter_that_does_not_hold_is_not_believed(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    liar = Shelter(Kind.BUBBLEWRAP, "claims to hold", "/bin/false")
    last = Shelter(Kind.LIMITS, "only limits")
    monkeypatch.setattr(
        shelter_module,
        "find_shelter",
        lambda path, root, works: liar if works.get(Kind.BUBBLEWRAP, True) else last,
    )
    room = make_room(root)
    assert await room.shelter() == (False, "only limits")
    await room.close()


# Trust


def test_trust_is_by_real_path_and_by_what_tools_obey(root: Path, tmp_path: Path) -> None:
    book = TrustBook(tmp_path / "state")
    (root / "conftest.py").write_text("x = 1\n")
    assert book.trust(str(root), ["conftest.py"]) is Trust.NONE
    book.give(str(root), ["conftest.py"])
    assert book.trust(str(root), ["conftest.py"]) is Trust.GIVEN
    (tmp_path / "alias").symlink_to(root)
    assert book.trust(str(tmp_path / "alias"), ["conftest.py"]) is Trust.GIVEN
    (root / "inner").mkdir()
    assert book.trust(str(root / "inner"), []) is Trust.NONE, "what is inside is another folder"
    assert book.trust(str(root), ["conftest.py", "mypy.ini"]) is Trust.CHANGED
    (root / "conftest.py").write_text("import os; os.system('canary')\n")
    assert book.trust(str(root), ["conftest.py"]) is Trust.CHANGED
    assert book.take(str(root)) and not book.take(str(root))
    assert book.trust(str(root), ["conftest.py"]) is Trust.NONE


def test_trust_counts_every_file_that_tools_obey(root: Path, tmp_path: Path) -> None:
    book = TrustBook(tmp_path / "state")
    names = [f"{number:04}/conftest.py" for number in range(700)]
    for name in names:
        (root / name).parent.mkdir()
        (root / name).write_text("")
    book.give(str(root), names)
    assert book.trust(str(root), names) is Trust.GIVEN
    (root / names[-1]).write_text("import os")
    assert book.trust(str(root), names) is Trust.CHANGED


def test_a_folder_with_more_to_obey_than_can_be_looked_at_is_never_as_it_was(
    root: Path, tmp_path: Path
) -> None:
    book = TrustBook(tmp_path / "state")
    with (root / "setup.cfg").open("wb") as file:
        file.truncate(MAX_CONFIGURATION + 1)
    os.mkfifo(root / "tox.ini")
    book.give(str(root), ["setup.cfg", "tox.ini"])
    assert book.trust(str(root), ["setup.cfg", "tox.ini"]) is Trust.CHANGED
    book.give(str(root), ["tox.ini"])
    assert book.trust(str(root), ["tox.ini"]) is Trust.GIVEN
    many = [f"{number}/conftest.py" for number in range(MAX_FILES + 1)]
    book.give(str(root), many)
    assert book.trust(str(root), many) is Trust.CHANGED


def test_another_folder_at_the_same_path_is_not_trusted(root: Path, tmp_path: Path) -> None:
    book = TrustBook(tmp_path / "state")
    book.give(str(root), [])
    root.rename(tmp_path / "old")
    root.mkdir()
    assert book.trust(str(root), []) is Trust.NONE


def test_a_book_that_others_can_write_is_not_believed(root: Path, tmp_path: Path) -> None:
    book = TrustBook(tmp_path / "state")
    book.give(str(root), [])
    file = tmp_path / "state" / "trust.json"
    assert oct(file.stat().st_mode & 0o777) == "0o600"
    file.chmod(0o666)
    assert book.trust(str(root), []) is Trust.NONE
    file.chmod(0o600)
    assert book.trust(str(root), []) is Trust.GIVEN
    planted = tmp_path / "planted.json"
    file.rename(planted)
    file.symlink_to(planted)
    assert book.trust(str(root), []) is Trust.NONE


@pytest.mark.parametrize(
    "data", ["", "[]", "{", json.dumps({"folders": []}), json.dumps({"folders": {"/": 1}}), "[" * 9999]
)
def test_a_spoiled_book_trusts_nobody(root: Path, tmp_path: Path, data: str) -> None:
    (tmp_path / "state").mkdir()
    (tmp_path / "state" / "trust.json").write_text(data)
    (tmp_path / "state" / "trust.json").chmod(0o600)
    book = TrustBook(tmp_path / "state")
    assert book.trust(str(root), []) is Trust.NONE
    book.give(str(root), [])
    assert book.trust(str(root), []) is Trust.GIVEN


def test_nothing_in_the_folder_can_give_trust(root: Path, tmp_path: Path) -> None:
    for name in ("trust.json", ".spark-tui/trust.json", "state/trust.json"):
        (root / name).parent.mkdir(exist_ok=True)
        (root / name).write_text(json.dumps({"folders": {str(root): {"folder": "x", "digest": "x"}}}))
    assert TrustBook(tmp_path / "state").trust(str(root), []) is Trust.NONE


# Programs


def test_programs_come_from_environments_of_the_folder_and_from_outside_of_it(
    root: Path, tmp_path: Path
) -> None:
    def program(path: Path) -> str:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("#!/bin/sh\n")
        path.chmod(0o755)
        return str(path)

    outside = program(tmp_path / "bin" / "tool")
    planted = program(root / "bin" / "tool")
    search = f"{root / 'bin'}::.:{tmp_path / 'bin'}"
    assert find_tool("tool", [str(root)], search, str(root)) == outside != planted
    own = program(root / ".venv" / "bin" / "tool")
    assert find_tool("tool", [str(root)], search, str(root)) == own
    assert find_tool("./bin/tool", [str(root)], search, str(root)) == ""
    assert find_tool("no-such-tool", [str(root)], search, str(root)) == ""
