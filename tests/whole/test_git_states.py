"""I1, I2: in every state of a repository, a whole sitting leaves all of `.git` and every other file as it was."""

import hashlib
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from spark_tui.adapters.disk_files import DiskFiles
from spark_tui.adapters.git import Git, GitRepository, Mirror
from spark_tui.adapters.journal import Journal
from spark_tui.core.checkpoint import FileWrite, LandingKind
from spark_tui.engine.history import History
from spark_tui.engine.landing import Landing
from tests.adapters.test_git_repository import git, make, put
from tests.fakes.clock import FakeClock

PROGRAM = shutil.which("git") or ""
pytestmark = pytest.mark.skipif(not PROGRAM, reason="git is not installed")
STEPS = 19
FILES = {"a": b"1\n2\n3\n", "gone": b"g\n", "sub/b": b"b\n", "other": b"o\n"}


def plain(base: Path) -> Path:
    return make(base / "r", FILES)


def nothing(base: Path) -> Path:
    for path, data in FILES.items():
        put(base / "r", path, data)
    return base / "r"


def unborn(base: Path) -> Path:
    root = make(base / "r")
    for path, data in FILES.items():
        put(root, path, data)
    git(root, "add", "a")
    return root


def detached(base: Path) -> Path:
    root = plain(base)
    git(root, "switch", "-q", "--detach")
    return root


def _two_branches(base: Path) -> Path:
    root = plain(base)
    git(root, "switch", "-qc", "side")
    put(root, "other", b"side\n")
    git(root, "commit", "-qam", "side")
    git(root, "switch", "-q", "main")
    put(root, "other", b"main\n")
    git(root, "commit", "-qam", "main")
    return root


def merging(base: Path) -> Path:
    root = _two_branches(base)
    git(root, "merge", "side", check=False)
    return root


def rebasing(base: Path) -> Path:
    root = _two_branches(base)
    git(root, "rebase", "side", check=False)
    return root


def picking(base: Path) -> Path:
    root = _two_branches(base)
    git(root, "cherry-pick", "side", check=False)
    return root


def bisecting(base: Path) -> Path:
    root = _two_branches(base)
    git(root, "bisect", "start")
    git(root, "bisect", "bad")
    return root


def linked(base: Path) -> Path:
    main = make(base / "main", FILES)
    git(main, "worktree", "add", "-q", str(base / "r"), "-b", "linked")
    return base / "r"


def with_submodule(base: Path) -> Path:
    lib = make(base / "lib", {"l": b"l\n"})
    root = plain(base)
    git(root, "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(lib), "lib")
    git(root, "commit", "-qm", "lib")
    return root


def inside_submodule(base: Path) -> Path:
    lib = make(base / "lib", FILES)
    root = make(base / "outer", {"x": b"x\n"})
    git(root, "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(lib), "lib")
    return root / "lib"


def with_nested(base: Path) -> Path:
    root = plain(base)
    make(root / "nested", {"n": b"n\n"})
    return root


def sparse(base: Path) -> Path:
    root = make(base / "r", {**FILES, "far/f": b"f\n"})
    git(root, "sparse-checkout", "set", "--no-cone", "/*", "!far")
    return root


def large_files(base: Path) -> Path:
    root = plain(base)
    put(root, ".gitattributes", b"other filter=lfs diff=lfs merge=lfs -text\n")
    for key, value in (
        ("clean", "git-lfs clean -- %f"),
        ("smudge", "git-lfs smudge -- %f"),
        ("required", "true"),
    ):
        git(root, "config", f"filter.lfs.{key}", value)
    return root


def converting(base: Path) -> Path:
    root = plain(base)
    git(root, "config", "core.autocrlf", "true")
    put(root, ".gitattributes", b"* text=auto\n*.x eol=crlf\n")
    put(root, "other", b"o\r\n")
    return root


def hooked(base: Path) -> Path:
    root = plain(base)
    put(root, "hooks/pre-commit", b"#!/bin/sh\ntouch ran\n")
    put(root, "hooks/post-index-change", b"#!/bin/sh\ntouch ran\n")
    for hook in (root / "hooks").iterdir():
        hook.chmod(0o755)
    git(root, "config", "core.hooksPath", "hooks")
    return root


def watched(base: Path) -> Path:
    root = plain(base)
    put(root, "watch.sh", b"#!/bin/sh\ntouch ran\n")
    (root / "watch.sh").chmod(0o755)
    git(root, "config", "core.fsmonitor", "./watch.sh")
    return root


def read_only(base: Path) -> Path:
    root = plain(base)
    for path in [root / ".git", *(root / ".git").rglob("*")]:
        path.chmod(path.stat().st_mode & ~0o222)
    return root


def locked(base: Path) -> Path:
    root = plain(base)
    for name in ("index.lock", "HEAD.lock", "refs/heads/main.lock"):
        (root / ".git" / name).write_bytes(b"")
    return root


def stashed(base: Path) -> Path:
    root = plain(base)
    put(root, ".gitignore", b"*.log\n")
    put(root, "x.log", b"ignored\n")
    put(root, "other", b"for later\n")
    git(root, "stash", "-q")
    put(root, "other", b"staged\n")
    git(root, "add", "other")
    put(root, "other", b"not staged\n")
    put(root, "loose", b"untracked\n")
    return root


def marked(base: Path) -> Path:
    root = plain(base)
    git(root, "update-index", "--assume-unchanged", "other")
    git(root, "update-index", "--skip-worktree", "sub/b")
    return root


def split_index(base: Path) -> Path:
    root = plain(base)
    git(root, "update-index", "--split-index")
    return root


def newer_index(base: Path) -> Path:
    root = plain(base)
    git(root, "config", "index.version", "4")
    git(root, "update-index", "--index-version", "4")
    return root


def sha256(base: Path) -> Path:
    (base / "r").mkdir(parents=True)
    git(base / "r", "init", "-q", "-b", "main", "--object-format=sha256")
    return make(base / "r", FILES)


def elsewhere(base: Path) -> Path:
    (base / "r").mkdir(parents=True)
    git(base / "r", "init", "-q", "-b", "main", "--separate-git-dir", str(base / "meta"))
    return make(base / "r", FILES)


def shallow(base: Path) -> Path:
    origin = make(base / "origin", FILES)
    git(base, "clone", "-q", "--depth=1", f"file://{origin}", str(base / "r"))
    return base / "r"


def with_buried_bare(base: Path) -> Path:
    root = plain(base)
    git(root, "init", "-q", "--bare", "deep/bare")
    put(root, "deep/bare/evil.sh", b"#!/bin/sh\ntouch ran\n")
    (root / "deep/bare/evil.sh").chmod(0o755)
    git(root / "deep/bare", "config", "core.fsmonitor", str(root / "deep/bare/evil.sh"))
    return root


def of_another_user(base: Path) -> Path:
    root = plain(base)
    if os.geteuid() == 0:
        for path in (root, root / ".git"):
            os.chown(path, 12345, 12345)
    return root


def of_many_files(base: Path) -> Path:
    """A hundred thousand tracked files, of which a sparse checkout leaves nearly all out."""
    root = plain(base)
    empty = git(root, "hash-object", "-w", "-t", "blob", "/dev/null")
    rows = "".join(f"100644 {empty}\tfar/d{number // 1000}/f{number}\0" for number in range(100_000)).encode()
    for words, rows_of_it in (
        (("--index-info",), rows),
        (
            ("--skip-worktree", "--stdin"),
            b"".join(row.split(b"\t")[1] + b"\0" for row in rows.split(b"\0")[:-1]),
        ),
    ):
        subprocess.run(["git", "update-index", "-z", *words], cwd=root, input=rows_of_it, check=True)
    git(root, "commit", "-qm", "many")
    return root


def clashing(base: Path) -> Path:
    """Names that are one name where capitals do not count."""
    return make(
        base / "r", {**FILES, "A": b"capital\n", "SUB/b": b"capital\n", "Readme": b"1", "README": b"2"}
    )


def with_links(base: Path) -> Path:
    root = plain(base)
    for name, target in (
        ("l", "a"),
        ("dangling", "nowhere"),
        ("out", "/etc"),
        ("up", "../.."),
        ("in", "sub"),
    ):
        (root / name).symlink_to(target)
    git(root, "add", "-A")
    git(root, "commit", "-qm", "links")
    return root


def with_modes(base: Path) -> Path:
    root = plain(base)
    put(root, "run.sh", b"#!/bin/sh\n")
    put(root, "private", b"p\n")
    for name, mode in (("run.sh", 0o755), ("private", 0o600), ("a", 0o755), ("gone", 0o640)):
        (root / name).chmod(mode)
    git(root, "add", "-A")
    git(root, "commit", "-qm", "modes")
    return root


def with_huge_and_binary(base: Path) -> Path:
    root = plain(base)
    put(root, "binary", bytes(range(256)) * 40)
    git(root, "add", "-A")
    git(root, "commit", "-qm", "binary")
    with (root / "huge").open("wb") as file:
        file.truncate(100 << 20)
    return root


STATES: list[Callable[[Path], Path]] = [
    plain, nothing, unborn, detached, merging, rebasing, picking, bisecting, linked, with_submodule,
    inside_submodule, with_nested, sparse, large_files, converting, hooked, watched, read_only, locked, stashed,
    marked, split_index, newer_index, sha256, elsewhere, shallow, with_buried_bare, of_another_user, of_many_files,
    clashing, with_links, with_modes, with_huge_and_binary,
]  # fmt: skip


def everything(base: Path) -> dict[str, str]:
    """Everything below a folder: kinds, modes, times, places and bytes."""
    seen = {}
    for path in sorted(base.rglob("*")):
        status = path.lstat()
        is_read = path.is_file() and not path.is_symlink() and status.st_size < 64 << 20
        digest = hashlib.sha256(path.read_bytes()).hexdigest() if is_read else ""
        if path.is_symlink():
            digest = os.readlink(path)
        inode = "" if path.is_dir() else status.st_ino
        # git itself gives the part of an index that several share a new time whenever it reads it.
        timeless = path.is_dir() or path.name.startswith("sharedindex.")
        times = "" if timeless else (status.st_mtime_ns, status.st_ctime_ns)
        seen[path.relative_to(base).as_posix()] = f"{status.st_mode:o} {inode} {times} {digest}"
    return seen


async def sit(root: Path, state: Path) -> int:
    """Do everything that a sitting does; return how many things that was."""
    git_program = Git(PROGRAM)
    repository = GitRepository(str(root), git_program)
    files = DiskFiles(str(root), repository.guarded)
    journal = await Journal.open(state, "s")
    landing = Landing(files, journal, FakeClock())
    history = History(files, journal, landing)
    mirror = Mirror(state / "mirror.git", git_program, journal)
    await landing.recover()
    await repository.head()
    await repository.listing()
    writes = [
        FileWrite("a", FILES["a"], b"1\ntwo\n3\n"),
        FileWrite("sub/new/n", None, b"n\n"),
        FileWrite("gone", FILES["gone"], None),
    ]
    await landing.land(writes, LandingKind.ACCEPT, "t1", "edits")
    await landing.land([FileWrite("a", b"1\ntwo\n3\n", b"1\ntwo\nthree\n")], LandingKind.ACCEPT, "t1", "more")
    await repository.listing()
    await mirror.catch_up()
    proposal = await history.plan_undo()
    assert proposal is not None
    await history.carry_out(proposal)
    (choice,) = await history.redo_choices()
    await history.carry_out(await history.plan_redo(choice.id))
    proposal = await history.plan_undo_turn()
    assert proposal is not None
    await history.carry_out(proposal)
    await history.carry_out(await history.plan_restore(1))
    await repository.listing()
    assert (root / "a").read_bytes() == b"1\ntwo\n3\n" and not (root / "gone").exists()
    await history.carry_out(await history.plan_restore(0))
    assert await mirror.catch_up() == 5 and mirror.note == ""
    points = await history.points()
    await journal.close()
    files.close()
    return len(points) + 12


@pytest.mark.parametrize("state", STATES, ids=lambda state: state.__name__)
async def test_a_sitting_leaves_git_and_all_other_files_alone(
    tmp_path: Path, state: Callable[[Path], Path]
) -> None:
    """I1, I2: no byte of `.git` changes: HEAD, index, stash, branches, reflogs, config, hooks."""
    root = state(tmp_path / "base")
    (tmp_path / "state").mkdir()
    before = everything(tmp_path / "base")
    done = await sit(root, tmp_path / "state")
    after = everything(tmp_path / "base")
    changed = {path for path in before | after if before.get(path) != after.get(path)}
    inside = root.relative_to(tmp_path / "base").as_posix()
    # The two files that were edited and came back are other inodes with the same bytes.
    assert changed <= {f"{inside}/a", f"{inside}/gone"}
    assert (root / "a").read_bytes() == FILES["a"] and (root / "gone").read_bytes() == FILES["gone"]
    for name in ("a", "gone"):
        assert after[f"{inside}/{name}"].split()[0] == before[f"{inside}/{name}"].split()[0], "another mode"
    assert done == STEPS


def test_there_are_enough_states(counted: Callable[[str], None]) -> None:
    counted(f"{len(STATES)} states of a repository, {len(STATES) * STEPS:,} steps, no byte of git's changed")
    assert len(STATES) >= 30
