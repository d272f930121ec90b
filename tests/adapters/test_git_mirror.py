"""The mirror shows every checkpoint as a commit that any git can read, and can always be made again."""

import ast
import asyncio
import os
import re
import shutil
import stat
import subprocess
from pathlib import Path

import pytest

from spark_tui.adapters import git as git_package
from spark_tui.adapters.git import Git, Mirror, timeline
from spark_tui.core.checkpoint import FileWrite, Ground, Intent, LandingKind
from spark_tui.ports import CheckpointFailed
from tests.fakes.journal import MemoryCheckpoints

PROGRAM = shutil.which("git") or ""
pytestmark = pytest.mark.skipif(not PROGRAM, reason="git is not installed")


def git(mirror: Mirror, *arguments: str) -> str:
    done = subprocess.run(
        ["git", "--git-dir", str(mirror.folder), *arguments],
        capture_output=True,
        check=True,
        stdin=subprocess.DEVNULL,
    )
    return done.stdout.decode("utf-8", "surrogateescape")


def show(mirror: Mirror, rev: str) -> dict[str, bytes]:
    names = git(mirror, "ls-tree", "-r", "-z", "--name-only", rev).split("\0")
    return {
        name: subprocess.run(
            ["git", "--git-dir", str(mirror.folder), "cat-file", "blob", os.fsencode(f"{rev}:{name}")],
            capture_output=True,
            check=True,
        ).stdout
        for name in names
        if name
    }


async def land(journal: MemoryCheckpoints, *writes: FileWrite, note: str = "", mode: int = 0o644) -> int:
    grounds = [Ground(mode if write.before is not None else None) for write in writes]
    intent = await journal.intend(writes, grounds, LandingKind.ACCEPT, "t1", note, 1_700_000_000.5)
    await journal.landed(intent)
    return intent.id


@pytest.fixture
def journal() -> MemoryCheckpoints:
    return MemoryCheckpoints("s1")


@pytest.fixture
def mirror(tmp_path: Path, journal: MemoryCheckpoints) -> Mirror:
    return Mirror(tmp_path / "mirror.git", Git(PROGRAM), journal)


async def test_a_checkpoint_is_a_commit_after_one_with_what_was_there(
    mirror: Mirror, journal: MemoryCheckpoints
) -> None:
    await land(
        journal, FileWrite("src/a.py", b"1\r\n", b"2\n"), FileWrite("new", None, b"n"), note="rename x"
    )
    await land(journal, FileWrite("src/a.py", b"2\n", None))
    assert await mirror.catch_up() == 2
    assert mirror.note == ""
    subjects = git(mirror, "log", "--format=%s").splitlines()
    assert subjects == ["accept #2: src/a.py", "accept #1: rename x", "before accept #1"]
    assert show(mirror, "HEAD~2") == {"src/a.py": b"1\r\n"}
    assert show(mirror, "HEAD~1") == {"src/a.py": b"2\n", "new": b"n"}
    assert show(mirror, "HEAD") == {"new": b"n"}
    assert git(mirror, "for-each-ref", "--format=%(refname)", "refs/spark") == "refs/spark/s1/head\n"
    assert git(mirror, "fsck", "--full", "--strict") == ""
    assert await mirror.catch_up() == 0


async def test_what_others_changed_between_two_checkpoints_is_a_commit_of_its_own(
    mirror: Mirror, journal: MemoryCheckpoints
) -> None:
    await land(journal, FileWrite("a", b"1", b"2"))
    await land(journal, FileWrite("a", b"theirs", b"3"))
    await mirror.catch_up()
    assert [show(mirror, f"HEAD~{back}")["a"] for back in range(4)] == [b"3", b"theirs", b"2", b"1"]


async def test_any_bytes_names_and_modes(mirror: Mirror, journal: MemoryCheckpoints) -> None:
    contents = [
        b"",
        b"\r\n\n\r",
        bytes(range(256)),
        b"no end",
        b"data 5\nhello\ndone\n",
        b"$Id$ \xef\xbb\xbf",
    ]
    names = [
        "a b",
        "new\nline",
        'quo"te',
        "back\\slash",
        "\udcff\udcfe",
        "\u65e5\u672c",
        "deep/er/x",
        "-dash",
        "done",
    ]
    expected = {}
    for number, name in enumerate(names):
        expected[name] = contents[number % len(contents)]
        await land(
            journal,
            FileWrite(name, None, expected[name], 0o755 if number % 2 else None),
            note="odd\nnote \x1b",
        )
    await land(journal, FileWrite("deep/er/x", expected.pop("deep/er/x"), None))
    await land(journal, FileWrite("deep/er", None, b"a file now"))
    expected["deep/er"] = b"a file now"
    await mirror.catch_up()
    assert mirror.note == ""
    assert show(mirror, "HEAD") == expected
    modes = {
        line.split("\t")[1]: line[:6]
        for line in git(mirror, "ls-tree", "-r", "-z", "HEAD").split("\0")
        if line
    }
    assert (modes["a b"], modes["new\nline"]) == ("100644", "100755")


async def test_paths_into_git_never_reach_a_tree(mirror: Mirror, journal: MemoryCheckpoints) -> None:
    await land(
        journal,
        FileWrite(".git/hooks/x", None, b"evil"),
        FileWrite("../up", None, b"evil"),
        FileWrite("ok", None, b"1"),
    )
    await mirror.catch_up()
    assert show(mirror, "HEAD") == {"ok": b"1"}
    assert "../up" in git(mirror, "log", "-1", "--format=%b")


async def test_each_session_has_commits_of_its_own(
    mirror: Mirror, journal: MemoryCheckpoints, tmp_path: Path
) -> None:
    await land(journal, FileWrite("a", b"1", b"2"))
    await mirror.catch_up()
    journal.session = "s/2 ../x"
    await land(journal, FileWrite("b", None, b"1"))
    again = Mirror(tmp_path / "mirror.git", Git(PROGRAM), journal)
    assert await again.catch_up() == 1
    refs = git(again, "for-each-ref", "--format=%(refname)", "refs/spark").split()
    assert refs == ["refs/spark/s-2----x/head", "refs/spark/s1/head"]
    assert show(again, "HEAD") == {"b": b"1"}
    journal.session = "s1"
    await land(journal, FileWrite("a", b"2", b"3"))
    third = Mirror(tmp_path / "mirror.git", Git(PROGRAM), journal)
    assert await third.catch_up() == 1
    assert git(third, "log", "--format=%s", "refs/spark/s1/head").splitlines() == [
        "accept #3: a",
        "accept #1: a",
        "before accept #1",
    ]


def damage_refs(folder: Path) -> None:
    for path in (folder / "refs").rglob("head"):
        path.write_text("0123456789" * 4 + "\n")


def damage_objects(folder: Path) -> None:
    shutil.rmtree(folder / "objects")


def damage_packs(folder: Path) -> None:
    for path in (folder / "objects/pack").glob("*.pack"):
        path.chmod(0o644)
        path.write_bytes(b"PACK" + b"\0" * 40)


def remove(folder: Path) -> None:
    shutil.rmtree(folder)


def empty_head(folder: Path) -> None:
    (folder / "HEAD").write_text("")


def foreign_commit(folder: Path) -> None:
    tree = (
        subprocess.run(
            ["git", "--git-dir", str(folder), "mktree"], input=b"", capture_output=True, check=True
        )
        .stdout.decode()
        .strip()
    )
    commit = (
        subprocess.run(
            ["git", "--git-dir", str(folder), "commit-tree", tree, "-m", "not ours"],
            capture_output=True,
            check=True,
        )
        .stdout.decode()
        .strip()
    )
    subprocess.run(["git", "--git-dir", str(folder), "update-ref", "refs/spark/x/head", commit], check=True)


@pytest.mark.parametrize(
    "damage",
    [remove, damage_refs, damage_objects, damage_packs, empty_head, foreign_commit],
    ids=lambda call: call.__name__,
)
async def test_a_missing_or_damaged_mirror_is_made_again_from_the_journal(
    mirror: Mirror, journal: MemoryCheckpoints, damage: object
) -> None:
    """I23: the mirror may be missing or spoiled; nothing waits for it."""
    await land(journal, FileWrite("a", b"1", b"2"))
    await land(journal, FileWrite("b", None, b"1"))
    await mirror.catch_up()
    assert callable(damage)
    damage(mirror.folder)
    await land(journal, FileWrite("a", b"2", b"3"))
    again = Mirror(mirror.folder, Git(PROGRAM), journal)
    assert await again.catch_up()
    assert again.note == ""
    assert show(again, "HEAD") == {"a": b"3", "b": b"1"}
    assert git(again, "rev-list", "--count", "HEAD") == "4\n"
    assert sorted(os.listdir(mirror.folder.parent)) == ["mirror.git", "mirror.lock"]


async def test_a_mirror_of_an_older_journal_is_kept_aside(mirror: Mirror, journal: MemoryCheckpoints) -> None:
    await land(journal, FileWrite("a", b"1", b"2"))
    await mirror.catch_up()
    fresh = MemoryCheckpoints("s9")
    fresh.salt = "other"
    await land(fresh, FileWrite("b", None, b"1"))
    again = Mirror(mirror.folder, Git(PROGRAM), fresh)
    assert await again.catch_up() == 1
    assert show(again, "HEAD") == {"b": b"1"}
    assert len([name for name in os.listdir(mirror.folder.parent) if "mirror.git" in name]) == 2


async def test_trouble_is_a_note_and_never_more(tmp_path: Path, journal: MemoryCheckpoints) -> None:
    await land(journal, FileWrite("a", b"1", b"2"))
    absent = Mirror(tmp_path / "m", Git(str(tmp_path / "no-git")), journal)
    assert await absent.catch_up() == 0
    assert "behind" in absent.note
    (tmp_path / "file").write_text("")
    blocked = Mirror(tmp_path / "file" / "m", Git(PROGRAM), journal)
    assert await blocked.catch_up() == 0
    assert "behind" in blocked.note

    class Broken(MemoryCheckpoints):
        async def recall(self, landing: int) -> Intent:
            raise CheckpointFailed("the journal lost the bytes.")

    broken = Broken("s")
    await land(broken, FileWrite("a", b"1", b"2"))
    assert await Mirror(tmp_path / "m2", Git(PROGRAM), broken).catch_up() == 0


async def test_two_writers_do_not_meet(mirror: Mirror, journal: MemoryCheckpoints) -> None:
    await land(journal, FileWrite("a", b"1", b"2"))
    other = Mirror(mirror.folder, Git(PROGRAM), journal)
    lock = other._lock()
    assert await mirror.catch_up() == 0
    assert "another spark-tui" in mirror.note
    os.close(lock)
    assert await mirror.catch_up() == 1
    assert await other.catch_up() == 0


async def test_it_follows_the_journal_in_the_background(mirror: Mirror, journal: MemoryCheckpoints) -> None:
    mirror.start()
    await land(journal, FileWrite("a", b"1", b"2"))
    mirror.wake()
    await land(journal, FileWrite("a", b"2", b"3"))
    await mirror.close()
    assert show(mirror, "HEAD") == {"a": b"3"}


async def test_a_journal_without_checkpoints_makes_no_repository(mirror: Mirror) -> None:
    assert await mirror.catch_up() == 0
    assert mirror.folder.name not in os.listdir(mirror.folder.parent)


async def test_it_is_private_and_converts_nothing(mirror: Mirror, journal: MemoryCheckpoints) -> None:
    await land(
        journal,
        FileWrite(".gitattributes", None, b"* text eol=lf filter=x\n"),
        FileWrite("a", None, b"1\r\n"),
    )
    await mirror.catch_up()
    assert show(mirror, "HEAD")["a"] == b"1\r\n"
    assert stat.S_IMODE(mirror.folder.stat().st_mode) == 0o700
    assert not (mirror.folder / "hooks").exists()


async def test_many_packs_become_one(
    mirror: Mirror, journal: MemoryCheckpoints, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("spark_tui.adapters.git.mirror.PACK_LIMIT", 3)
    for number in range(6):
        await land(journal, FileWrite("a", b"%d" % number, b"%d" % (number + 1)))
        await mirror.catch_up()
    packs = [name for name in os.listdir(mirror.folder / "objects/pack") if name.endswith(".pack")]
    assert len(packs) <= 3
    assert git(mirror, "rev-list", "--count", "HEAD") == "7\n"
    assert mirror.note == ""


async def test_the_timeline_shows_checkpoints_newest_first(
    mirror: Mirror, journal: MemoryCheckpoints
) -> None:
    assert timeline(mirror.folder, Git(PROGRAM)) == ()
    for number in range(3):
        await land(journal, FileWrite("a", b"%d" % number, b"%d" % (number + 1)), note=f"step {number}")
    await mirror.catch_up()
    found = await asyncio.to_thread(timeline, mirror.folder, Git(PROGRAM), 2)
    assert [(entry.landing, entry.title, entry.session) for entry in found] == [
        (3, "accept #3: step 2", "s1"),
        (2, "accept #2: step 1", "s1"),
    ]
    assert found[0].commit == git(mirror, "rev-parse", "HEAD").strip()
    assert found[0].time == 1_700_000_000


def test_nothing_of_ours_moves_the_persons_files_in_bulk_and_one_place_spawns_git() -> None:
    package = Path(str(git_package.__file__)).parent.parent.parent
    forbidden = {"reset", "clean", "checkout", "restore", "stash", "worktree", "checkout-index", "read-tree"}
    spawning = set()
    for path in package.rglob("*.py"):
        source = path.read_text()
        if re.search(
            r"subprocess\.(Popen|run|call|check)|create_subprocess|os\.(system|exec|spawn|popen)", source
        ):
            spawning.add(path.relative_to(package).as_posix())
        if path.is_relative_to(package / "adapters/git"):
            words = {
                node.value
                for node in ast.walk(ast.parse(source))
                if isinstance(node, ast.Constant) and isinstance(node.value, str)
            }
            assert not forbidden & words, path
    assert {name for name in spawning if "git" in name} == {"adapters/git/command.py"}


async def test_what_a_killed_git_left_does_not_stop_the_mirror(
    mirror: Mirror, journal: MemoryCheckpoints
) -> None:
    await land(journal, FileWrite("a", b"1", b"2"))
    await mirror.catch_up()
    for name in ("HEAD.lock", "packed-refs.lock", "refs/heads/checkpoints.lock", "refs/spark/s1/head.lock"):
        (mirror.folder / name).write_bytes(b"")
    (mirror.folder / "objects/pack/tmp_pack_x").write_bytes(b"half")
    await land(journal, FileWrite("a", b"2", b"3"))
    again = Mirror(mirror.folder, Git(PROGRAM), journal)
    assert await again.catch_up() == 1 and again.note == ""
    assert show(mirror, "HEAD") == {"a": b"3"}
    assert not list(mirror.folder.rglob("*.lock")) and not list(mirror.folder.rglob("tmp_*"))


async def test_a_mirror_cut_between_a_session_and_its_name_is_mended(
    mirror: Mirror, journal: MemoryCheckpoints
) -> None:
    await land(journal, FileWrite("a", b"1", b"2"))
    await land(journal, FileWrite("a", b"2", b"3"))
    await mirror.catch_up()
    git(mirror, "update-ref", "refs/heads/checkpoints", "HEAD~1")
    again = Mirror(mirror.folder, Git(PROGRAM), journal)
    assert await again.catch_up() == 0
    assert show(mirror, "HEAD") == {"a": b"3"}


async def test_a_list_of_branches_that_is_not_complete_writes_nothing_twice(
    mirror: Mirror, journal: MemoryCheckpoints, monkeypatch: pytest.MonkeyPatch
) -> None:
    """I16: a failed look is an error, never an older state."""
    await land(journal, FileWrite("a", b"1", b"2"))
    await mirror.catch_up()
    before = git(mirror, "rev-parse", "HEAD")
    blind = Git(PROGRAM)
    check = blind.check

    def lists_nothing(git_dir: str, arguments: list[str], **more: object) -> bytes:
        return b"" if arguments[0] == "for-each-ref" else check(git_dir, arguments, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(blind, "check", lists_nothing)
    again = Mirror(mirror.folder, blind, journal)
    assert await again.catch_up() == 0
    assert "not complete" in again.note
    assert git(mirror, "rev-parse", "HEAD") == before


async def test_nothing_of_it_is_for_others_whatever_the_umask(
    mirror: Mirror, journal: MemoryCheckpoints
) -> None:
    before = os.umask(0)
    try:
        await land(journal, FileWrite("a", None, b"1"))
        mirror.start()
        await mirror.close()
    finally:
        os.umask(before)
    made = [mirror.folder, *mirror.folder.rglob("*")]
    assert len(made) > 10 and [path for path in made if path.stat().st_mode & 0o077] == []
