"""I18: more than a thousand paths that lead astray are refused or contained, when writing and when restoring."""

import itertools
import os
import threading
from collections.abc import Callable
from pathlib import Path

from spark_tui.adapters.disk_files import DiskFiles, Posix
from spark_tui.adapters.git import Git, find_git
from spark_tui.adapters.git.mirror import Mirror
from spark_tui.adapters.journal import Journal
from spark_tui.core.checkpoint import FileWrite, Ground, LandingKind
from spark_tui.core.restore import Fate
from spark_tui.engine.history import History
from spark_tui.engine.landing import Landing
from spark_tui.ports import PortError
from tests.fakes.clock import FakeClock

GIT = [
    ".git", ".GIT", ".Git", "GIT~1", "git~1", "git~2", "gi7eba~1", ".git ", ".git.", ".git. .",
    ".git::$INDEX_ALLOCATION", ".git:x", ".g\u200cit", ".gi\u200dt", "\u200e.git", ".git\u202e", ".g\u2060it",
    ".\ufeffgit", ".\uff47\uff49\uff54", ".g\u00adit", ".gi\u034ft", ".g\ufe0fit", ".\u1d33it",
]  # fmt: skip
UP = ["..", ". .", "../..", "a/../..", "a/../../b", "..\\..", "a\\..\\..", ".", "./.."]
INSIDE_GIT = [
    "config",
    "hooks/pre-commit",
    "HEAD",
    "index",
    "refs/heads/x",
    "objects/ab/cd",
    "info/attributes",
    "modules/x/config",
]
ABSOLUTE = [
    "/etc/passwd",
    "/",
    "//x",
    "C:/x",
    "C:\\x",
    "c:",
    "\\\\server\\share",
    "\\x",
    "/proc/self/root/x",
    "/dev/null",
]
DEVICES = ["con", "CON", "prn", "aux", "nul", "NUL", "com1", "COM9", "lpt1", "conin$", "CONOUT$", "com\u00b9"]
CONTROL = [chr(code) for code in (*range(1, 32), 127, *range(128, 160))]


def corpus() -> list[str]:
    """Paths that no landing may create."""
    found = [*ABSOLUTE, "", "\0", "a\0b", "\ud800", "x" * 256, "/".join(["d" * 200] * 30)]
    found += [f"{before}{name}" for before in ("", "a/", "a/b/") for name in (*GIT, *UP)]
    found += [f"{name}/{rest}" for name in GIT for rest in INSIDE_GIT]
    found += [f"{above}/{name}/{rest}" for above in ("a", "a/b") for name in GIT for rest in INSIDE_GIT]
    found += [f"{up}/{name}" for up in UP for name in ("x", ".git/config", "etc/passwd", "..")]
    found += [f"{place}{name}{end}" for place in ("", "a/") for name in DEVICES for end in ("", " ", ".")]
    found += [
        f"{place}{word}" for place in ("", "a/") for char in CONTROL for word in (f"x{char}y", f"{char}x")
    ]
    found += [
        f"{name}{end}"
        for name in ("x", "a/x", "x/y")
        for end in (" ", ".", ". ", "..", ":s", ":$DATA", "\\y")
    ]
    found += [f"a//{name}" for name in ("b", ".git", "..")] + [f"{name}/" for name in ("a", "b/c")]
    found += [
        "".join(parts)
        for parts in itertools.product(("..", "a"), ("/", "\\"), ("..", ".git"), ("/", "\\"), ("x", ".."))
    ]
    return list(dict.fromkeys(path for path in found if path not in ("a/x", "")))  # fmt: skip


def everything(base: Path) -> set[str]:
    return {path.relative_to(base).as_posix() for path in base.rglob("*")}


async def test_no_landing_creates_a_hostile_path(tmp_path: Path) -> None:
    root = tmp_path / "in" / "w"
    (root / "a" / "b").mkdir(parents=True)
    (root / ".git").mkdir()
    before = everything(tmp_path)
    files = DiskFiles(str(root))
    journal = await Journal.open(tmp_path / "in", "s")
    landing = Landing(files, journal, FakeClock())
    before = everything(tmp_path)
    refused = 0
    for path in corpus():
        try:
            await landing.land([FileWrite(path, None, b"evil")], LandingKind.ACCEPT, "t", "")
        except PortError:
            refused += 1
    await journal.close()
    files.close()
    assert refused == len(corpus()) >= 1000
    assert {name for name in everything(tmp_path) - before if "journal" not in name} == set()


async def test_no_restore_writes_a_hostile_path_that_got_into_the_journal(
    tmp_path: Path, counted: Callable[[str], None]
) -> None:
    """I18, I25: paths are judged again on restore; the mirror holds neither links nor repositories."""
    root = tmp_path / "in" / "w"
    (root / "a" / "b").mkdir(parents=True)
    (root / ".git" / "hooks").mkdir(parents=True)
    (tmp_path / "victim").write_bytes(b"v")
    files = DiskFiles(str(root))
    journal = await Journal.open(tmp_path / "in", "s")
    history = History(files, journal, Landing(files, journal, FakeClock()))
    paths = [path for path in corpus() if "\ud800" not in path]
    for start in range(0, len(paths), 50):
        part = paths[start : start + 50]
        writes = [FileWrite(path, b"evil", None) for path in part]
        await journal.landed(
            await journal.intend(writes, [Ground()] * len(part), LandingKind.ACCEPT, "t", "", 0.0)
        )
    before = everything(tmp_path)
    proposal = await history.plan_restore(0)
    assert {file.fate for file in proposal.files} == {Fate.BLOCKED}
    assert await history.carry_out(proposal, {file.path for file in proposal.files}) is None
    turn = await history.plan_undo_turn()
    assert turn is not None and {file.fate for file in turn.files} == {Fate.BLOCKED}
    program = find_git(os.environ["PATH"], str(root))
    if program is not None:
        mirror = Mirror(tmp_path / "in" / "mirror.git", Git(program), journal)
        await mirror.catch_up()
        listed = Git(program).check(str(mirror.folder), ["ls-tree", "-r", "-z", "checkpoints"], timeout=60)
        modes = {entry.split(b" ")[0] for entry in listed.split(b"\0") if entry}
        assert modes <= {b"100644", b"100755"}, "I25: no gitlink, no link"
        assert not any(b".git" in entry.lower() for entry in listed.split(b"\0"))
    await journal.close()
    files.close()
    assert {
        name for name in everything(tmp_path) - before if "mirror" not in name and "journal" not in name
    } == set()
    counted(f"{len(corpus()):,} hostile paths on write, {len(paths):,} on restore: all refused")
    assert len(paths) >= 1000


async def test_links_swapped_by_another_thread_never_lead_a_restore_outside(
    tmp_path: Path, counted: Callable[[str], None]
) -> None:
    root, outside = tmp_path / "w", tmp_path / "outside"
    (root / "real").mkdir(parents=True)
    outside.mkdir()
    (outside / "f").write_bytes(b"theirs")
    (root / "real/f").write_bytes(b"0")
    (tmp_path / "state").mkdir()
    files = DiskFiles(str(root))
    journal = await Journal.open(tmp_path / "state", "s")
    landing = Landing(files, journal, FakeClock())
    history = History(files, journal, landing)
    await landing.land(
        [FileWrite("real/f", b"0", b"1"), FileWrite("real/n", None, b"n")], LandingKind.ACCEPT, "t", ""
    )
    (root / "spare").symlink_to(outside)
    stop = threading.Event()

    def swap_for_ever() -> None:
        calls, folder = Posix(), os.open(root, os.O_RDONLY)
        while not stop.is_set():
            calls.exchange(folder, "real", "spare")
        os.close(folder)

    attacker = threading.Thread(target=swap_for_ever)
    attacker.start()
    done = refused = 0
    try:
        for _ in range(120):
            landings = [point.id for point in await history.points(3)]
            try:
                proposal = await history.plan_restore(landings[0] - 1)
                await history.carry_out(proposal, {file.path for file in proposal.files})
                done += 1
            except PortError:
                refused += 1
                await landing.recover()
    finally:
        stop.set()
        attacker.join()
    await landing.recover()
    await journal.close()
    files.close()
    assert sorted(os.listdir(outside)) == ["f"] and (outside / "f").read_bytes() == b"theirs"
    counted(
        f"links swapped by a racing thread: {done} restores went on, {refused} were refused, none led outside"
    )
