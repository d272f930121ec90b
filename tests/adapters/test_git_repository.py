"""What the person's repository is said to hold, and that saying so writes nothing in `.git` and runs nothing."""

import hashlib
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from spark_tui.adapters.disk_files import DiskFiles
from spark_tui.adapters.git import Git, GitRepository, Mirror, find_git
from spark_tui.adapters.git.command import GitFailed
from spark_tui.core.checkpoint import FileWrite, LandingKind
from spark_tui.engine.landing import Landing
from spark_tui.ports import Head, Listing
from tests.fakes.clock import FakeClock
from tests.fakes.journal import MemoryCheckpoints

PROGRAM = shutil.which("git") or ""
pytestmark = pytest.mark.skipif(not PROGRAM, reason="git is not installed")


def git(where: Path, *arguments: str, check: bool = True, **extra: str) -> str:
    done = subprocess.run(
        ["git", *arguments],
        cwd=where,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, **extra},
    )
    assert not check or done.returncode == 0, done.stderr
    return done.stdout.strip()


def make(root: Path, files: dict[str, bytes] | None = None) -> Path:
    root.mkdir(parents=True, exist_ok=True)
    git(root, "init", "-q", "-b", "main")
    for path, data in (files or {}).items():
        put(root, path, data)
    if files:
        git(root, "add", "-A")
        git(root, "commit", "-qm", "first")
    return root


def put(root: Path, path: str, data: bytes) -> None:
    (root / path).parent.mkdir(parents=True, exist_ok=True)
    (root / path).write_bytes(data)


def print_of(folder: Path) -> dict[str, str]:
    """Everything below a folder: bytes, kinds, modes and times."""
    seen = {}
    for path in sorted(folder.rglob("*")):
        status = path.lstat()
        data = path.read_bytes() if path.is_file() else b""
        digest = hashlib.sha256(data).hexdigest()
        seen[str(path.relative_to(folder))] = (
            f"{status.st_mode:o} {status.st_mtime_ns} {status.st_ino} {digest}"
        )
    return seen


def reader(root: Path) -> GitRepository:
    return GitRepository(str(root), Git(PROGRAM))


async def listed(repository: GitRepository) -> dict[str, str]:
    listing = await repository.listing()
    assert isinstance(listing, Listing), repository.note
    assert [entry.path for entry in listing.entries] == sorted(entry.path for entry in listing.entries)
    return {entry.path: entry.mark for entry in listing.entries}


# -- head


async def test_a_branch_a_detached_head_and_an_unborn_one(tmp_path: Path) -> None:
    root = make(tmp_path)
    assert await reader(root).head() == Head("main", unborn=True)
    put(root, "a", b"1")
    git(root, "add", "a")
    git(root, "commit", "-qm", "one")
    oid = git(root, "rev-parse", "HEAD")
    assert await reader(root).head() == Head("main", oid=oid)
    git(root, "switch", "-qc", "feature/x")
    assert await reader(root).head() == Head("feature/x", oid=oid)
    git(root, "pack-refs", "--all")
    assert await reader(root).head() == Head("feature/x", oid=oid)
    git(root, "switch", "-q", "--detach")
    assert await reader(root).head() == Head(oid[:8], detached=True, oid=oid)


async def test_the_head_needs_no_git(tmp_path: Path) -> None:
    """I24: without git nothing but marks is missing."""
    root = make(tmp_path, {"a": b"1"})
    repository = GitRepository(str(root), None)
    found = await repository.head()
    assert found is not None and found.branch == "main" and found.oid
    assert await repository.listing() is None
    assert "not installed" in repository.note


async def test_no_repository_is_none_without_a_note(tmp_path: Path) -> None:
    repository = reader(tmp_path)
    assert await repository.head() is None
    assert await repository.listing() is None
    assert repository.note == ""


@pytest.mark.parametrize("content", [b"", b"garbage", b"ref: ../../etc/passwd\n", b"\xff" * 90])
async def test_a_spoiled_head_is_none_with_a_note(tmp_path: Path, content: bytes) -> None:
    root = make(tmp_path, {"a": b"1"})
    (root / ".git/HEAD").write_bytes(content)
    repository = reader(root)
    assert await repository.head() is None
    assert await repository.listing() is None
    assert "can't read" in repository.note and repository.note.isprintable()


async def test_a_spoiled_index_is_a_note(tmp_path: Path) -> None:
    root = make(tmp_path, {"a": b"1"})
    (root / ".git/index").write_bytes(b"DIRC garbage" * 10)
    repository = reader(root)
    assert await repository.listing() is None
    assert "can't read" in repository.note


async def test_a_folder_inside_the_repository_sees_its_part(tmp_path: Path) -> None:
    root = make(tmp_path, {"a": b"1", "sub/b": b"2", "sub/deep/c": b"3", "sub2/x": b"4"})
    put(root, "sub/new", b"5")
    put(root, "sub/b", b"changed")
    repository = reader(root / "sub")
    assert await listed(repository) == {"b": "M", "deep/c": "", "new": "?"}
    head = await repository.head()
    assert head is not None and head.branch == "main"


async def test_a_folder_that_the_repository_ignores_is_listed_without_git(tmp_path: Path) -> None:
    root = make(tmp_path, {"a": b"1", ".gitignore": b"scratch/\n"})
    put(root, "scratch/x", b"1")
    repository = reader(root / "scratch")
    assert await repository.listing() is None
    assert "ignores it" in repository.note


async def test_a_linked_work_tree_and_a_submodule_are_repositories_of_their_own(tmp_path: Path) -> None:
    root = make(tmp_path / "main", {"a": b"1"})
    git(root, "worktree", "add", "-q", "-b", "side", str(tmp_path / "side"))
    put(tmp_path / "side", "a", b"other")
    side = reader(tmp_path / "side")
    head = await side.head()
    assert head is not None and head.branch == "side" and head.oid
    assert await listed(side) == {"a": "M"}
    assert await listed(reader(root)) == {"a": ""}
    part = make(tmp_path / "part", {"p": b"1"})
    git(root, "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(part), "lib")
    assert await listed(reader(root)) == {"a": "", ".gitmodules": "A"}
    assert await listed(reader(root / "lib")) == {"p": ""}


# -- listing


async def test_every_mark(tmp_path: Path) -> None:
    names = ["clean", "edited", "staged", "both", "removed", "dropped", "touched", "x.sh"]
    root = make(tmp_path, {name: name.encode() for name in names} | {".gitignore": b"*.log\nbuild/\n"})
    put(root, "edited", b"e2")
    put(root, "staged", b"s2")
    put(root, "both", b"b2")
    put(root, "fresh", b"f")
    git(root, "add", "staged", "both", "fresh")
    put(root, "both", b"b3")
    (root / "removed").unlink()
    git(root, "rm", "-q", "dropped")
    os.utime(root / "touched", (1, 1))
    (root / "x.sh").chmod(0o755)
    put(root, "untracked", b"u")
    put(root, "noise.log", b"n")
    put(root, "build/out", b"o")
    put(root, "named", b"n")
    git(root, "add", "-N", "named")
    put(root, ".spark-cafe-0-new.tmp", b"staged by us")
    assert await listed(reader(root)) == {
        ".gitignore": "",
        "both": "M",
        "clean": "",
        "dropped": "D",
        "edited": "M",
        "fresh": "A",
        "named": "A",
        "removed": "D",
        "staged": "M",
        "touched": "",
        "untracked": "?",
        "x.sh": "M",
    }


async def test_in_an_unborn_repository_everything_staged_is_new(tmp_path: Path) -> None:
    root = make(tmp_path)
    put(root, "a", b"1")
    put(root, "b", b"2")
    git(root, "add", "a")
    assert await listed(reader(root)) == {"a": "A", "b": "?"}


async def test_a_change_of_the_same_size_in_the_same_moment_is_seen(tmp_path: Path) -> None:
    root = make(tmp_path, {"a": b"one"})
    status = (root / "a").stat()
    put(root, "a", b"two")
    os.utime(root / "a", ns=(status.st_atime_ns, status.st_mtime_ns))
    assert await listed(reader(root)) == {"a": "M"}


async def test_names_of_every_kind(tmp_path: Path) -> None:
    names = [
        "new\nline",
        "tab\t",
        "\udcff\udcfe",
        " lead",
        "\xfc\u0308",
        'quo"te',
        "*",
        ":(top)x",
        "-f",
        "a b/c\\d",
    ]
    root = make(tmp_path)
    for name in names:
        put(root, name, b"x")
    git(root, "add", "-A")
    git(root, "commit", "-qm", "names")
    put(root, "-f", b"changed")
    assert await listed(reader(root)) == {name: "M" if name == "-f" else "" for name in names}


async def test_line_endings_that_git_would_convert_are_no_change(tmp_path: Path) -> None:
    root = make(tmp_path, {"a.txt": b"1\n2\n", ".gitattributes": b"*.txt text eol=crlf\n"})
    put(root, "a.txt", b"1\r\n2\r\n")
    assert (await listed(reader(root)))["a.txt"] == ""
    put(root, "a.txt", b"1\r\n3\r\n")
    assert (await listed(reader(root)))["a.txt"] == "M"
    plain = make(tmp_path / "plain", {"a.txt": b"1\n2\n"})
    put(plain, "a.txt", b"1\r\n2\r\n")
    assert (await listed(reader(plain)))["a.txt"] == "M"
    git(plain, "config", "core.autocrlf", "true")
    assert (await listed(reader(plain)))["a.txt"] == ""


async def test_a_large_file_pointer_stands_for_its_file(tmp_path: Path) -> None:
    data = b"large" * 1000
    pointer = b"version https://git-lfs.github.com/spec/v1\noid sha256:%s\nsize %d\n" % (
        hashlib.sha256(data).hexdigest().encode(),
        len(data),
    )
    root = make(tmp_path, {"big.bin": pointer, ".gitattributes": b"*.bin filter=lfs -text\n"})
    put(root, "big.bin", data)
    assert (await listed(reader(root)))["big.bin"] == ""
    put(root, "big.bin", data + b"!")
    assert (await listed(reader(root)))["big.bin"] == "M"


async def test_links_folders_and_conflicts(tmp_path: Path) -> None:
    root = make(tmp_path, {"a": b"1", "c": b"base"})
    (root / "l").symlink_to("a")
    (root / "dir").symlink_to("..")
    git(root, "add", "-A")
    git(root, "commit", "-qm", "links")
    git(root, "switch", "-qc", "other")
    put(root, "c", b"theirs")
    git(root, "commit", "-qam", "theirs")
    git(root, "switch", "-q", "main")
    put(root, "c", b"ours")
    git(root, "commit", "-qam", "ours")
    git(root, "merge", "-q", "other", check=False)
    assert await listed(reader(root)) == {"a": "", "c": "M", "l": "", "dir": ""}
    (root / "l").unlink()
    (root / "l").symlink_to("c")
    (root / "a").unlink()
    (root / "a").mkdir()
    assert await listed(reader(root)) == {"a": "D", "c": "M", "l": "M", "dir": ""}


async def test_sparse_and_unchanged_by_decree(tmp_path: Path) -> None:
    root = make(tmp_path, {"in/a": b"1", "out/b": b"2", "local": b"3"})
    git(root, "sparse-checkout", "set", "in")
    git(root, "update-index", "--assume-unchanged", "local")
    put(root, "local", b"mine")
    assert await listed(reader(root)) == {"in/a": "", "local": ""}


async def test_a_repository_inside_the_repository_is_listed_without_marks_of_its_own(tmp_path: Path) -> None:
    root = make(tmp_path, {"a": b"1"})
    make(tmp_path / "inner", {"x/y": b"1"})
    assert await listed(reader(root)) == {"a": "", "inner/x/y": "?"}


async def test_the_persons_own_ignore_file_counts(
    tmp_path: Path, own_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("GIT_CONFIG_GLOBAL")
    root = make(tmp_path / "r", {"a": b"1"})
    put(root, "x.mine", b"")
    put(root, "y.mine2", b"")
    put(own_home, ".config/git/ignore", b"*.mine\n")
    assert await listed(reader(root)) == {"a": "", "y.mine2": "?"}
    put(own_home, "ignored", b"*.mine2\n")
    put(own_home, ".gitconfig", b"[core]\n\texcludesFile = ~/ignored\n")
    assert await listed(reader(root)) == {"a": "", "x.mine": "?"}
    git(root, "config", "core.excludesFile", "/dev/null")
    assert await listed(reader(root)) == {"a": "", "x.mine": "?"}


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder away")
async def test_a_repository_of_another_user_is_not_given_to_git(
    tmp_path: Path, own_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = make(tmp_path / "r", {"a": b"1"})
    os.chown(root / ".git", 4242, 4242)
    repository = reader(root)
    assert await repository.listing() is None
    assert "another user" in repository.note
    head = await repository.head()
    assert head is not None and head.branch == "main"
    monkeypatch.delenv("GIT_CONFIG_GLOBAL")
    put(own_home, ".gitconfig", f"[safe]\n\tdirectory = {root}\n".encode())
    assert await listed(reader(root)) == {"a": ""}


async def test_places_of_git_inside_the_workspace_are_named(tmp_path: Path) -> None:
    root = tmp_path / "w"
    root.mkdir()
    git(root, "init", "-q", "--separate-git-dir", str(root / "meta"))
    assert reader(root).guarded == ("meta",)
    assert reader(make(tmp_path / "plain")).guarded == (".git",)


async def test_other_forms_of_the_index_and_of_names(tmp_path: Path) -> None:
    for number, settings in enumerate(
        (["index.version=4"], ["core.splitIndex=true"], ["core.untrackedCache=true"])
    ):
        root = make(tmp_path / str(number))
        for setting in settings:
            git(root, "config", *setting.split("="))
        put(root, "a/b", b"1")
        put(root, "a/c", b"2")
        git(root, "add", "-A")
        git(root, "commit", "-qm", "x")
        git(root, "update-index", "--force-write-index", check=False)
        put(root, "a/c", b"3")
        assert await listed(reader(root)) == {"a/b": "", "a/c": "M"}
    root = tmp_path / "sha256"
    root.mkdir()
    git(root, "init", "-q", "--object-format=sha256")
    put(root, "a", b"1")
    put(root, "b", b"1")
    git(root, "add", "-A")
    git(root, "commit", "-qm", "x")
    put(root, "b", b"2")
    os.utime(root / "a", (1, 1))
    assert await listed(reader(root)) == {"a": "", "b": "M"}


# -- nothing written, nothing run


async def test_reading_changes_nothing_under_git(tmp_path: Path) -> None:
    root = make(tmp_path, {"a": b"1", "b": b"2", "sub/c": b"3"})
    put(root, "a", b"changed")
    os.utime(root / "b", (1, 1))
    put(root, "new", b"")
    git(root, "stash", "list")
    before = print_of(root / ".git")
    repository = reader(root)
    for _ in range(3):
        await repository.head()
        await repository.listing()
    assert print_of(root / ".git") == before


async def test_a_sitting_of_landings_changes_nothing_under_git(tmp_path: Path) -> None:
    root = make(tmp_path / "w", {"a": b"1", "b": b"2", "gone": b"3"})
    put(root, "staged", b"s")
    git(root, "add", "staged")
    before = print_of(root / ".git")
    repository, files = reader(root), DiskFiles(str(root))
    journal = MemoryCheckpoints()
    mirror = Mirror(tmp_path / "mirror.git", Git(PROGRAM), journal)
    landing = Landing(files, journal, FakeClock())
    await landing.land(
        [FileWrite("a", b"1", b"one"), FileWrite("n/c", None, b"new"), FileWrite("gone", b"3", None)],
        LandingKind.ACCEPT,
        "t",
        "",
    )
    assert await listed(repository) == {"a": "M", "b": "", "gone": "D", "n/c": "?", "staged": "A"}
    await landing.land(
        [FileWrite("a", b"one", b"1"), FileWrite("gone", None, b"3")], LandingKind.UNDO, "t", ""
    )
    assert await mirror.catch_up() == 2
    assert await listed(repository) == {"a": "", "b": "", "gone": "", "n/c": "?", "staged": "A"}
    assert print_of(root / ".git") == before
    files.close()


async def test_a_lock_of_another_git_does_not_matter(tmp_path: Path) -> None:
    root = make(tmp_path, {"a": b"1"})
    put(root, "a", b"2")
    (root / ".git/index.lock").write_bytes(b"")
    assert await listed(reader(root)) == {"a": "M"}


EXECUTABLE = {
    "core.fsmonitor": "{}",
    "core.sshCommand": "{}",
    "core.gitProxy": "{}",
    "core.askPass": "{}",
    "core.editor": "{}",
    "core.pager": "{}",
    "core.alternateRefsCommand": "{}",
    "pager.ls-files": "{}",
    "pager.diff-index": "{}",
    "pager.config": "{}",
    "diff.external": "{}",
    "diff.evil.textconv": "{}",
    "diff.evil.command": "{}",
    "filter.evil.clean": "{}",
    "filter.evil.smudge": "{}",
    "filter.evil.process": "{}",
    "filter.evil.required": "true",
    "merge.evil.driver": "{}",
    "gpg.program": "{}",
    "credential.helper": "!{}",
    "alias.ls-files": "!{}",
    "alias.diff-index": "!{}",
    "uploadpack.packObjectsHook": "{}",
    "sequence.editor": "{}",
    "interactive.diffFilter": "{}",
    "submodule.lib.update": "!{}",
    "remote.origin.url": "ext::{}",
    "remote.origin.uploadpack": "{}",
    "remote.origin.promisor": "true",
    "remote.origin.partialclonefilter": "tree:0",
    "protocol.ext.allow": "always",
    "browser.evil.cmd": "{}",
    "trailer.evil.command": "{}",
    "log.showSignature": "true",
    "diff.submodule": "log",
    "status.submoduleSummary": "true",
    "core.attributesFile": "{}.attributes",
}
HOOKS = [
    "post-index-change",
    "fsmonitor-watchman",
    "pre-auto-gc",
    "reference-transaction",
    "post-checkout",
    "pre-commit",
]


def trap(root: Path, canary: Path) -> Path:
    """Turn a repository into one that runs a program wherever git lets it; the program leaves its mark."""
    program = root / ".git" / "evil.sh"
    program.write_text(f'#!/bin/sh\necho "$0 $@" >> {canary}\nexit 0\n')
    program.chmod(0o755)
    for key, value in EXECUTABLE.items():
        git(root, "config", key, value.format(program))
    config = root / ".git" / "config"
    config.write_text(config.read_text() + f"[include]\n\tpath = {root}/.git/more\n")
    (root / ".git" / "more").write_text(
        f"[core]\n\tfsmonitor = {program}\n\thooksPath = {root}/.git/hooks2\n"
    )
    for folder in ("hooks", "hooks2"):
        (root / ".git" / folder).mkdir(exist_ok=True)
        for hook in HOOKS:
            shutil.copy(program, root / ".git" / folder / hook)
    put(root, ".gitattributes", b"* filter=evil diff=evil merge=evil text\n")
    return program


async def test_a_hostile_repository_runs_nothing(tmp_path: Path) -> None:
    """I3: no program that the repository names runs from a call of ours."""
    canary = tmp_path / "canary"
    root = make(tmp_path / "r", {"a": b"1", "sub/b": b"2", "c": b"3"})
    inner = make(root / "inner", {"i": b"1"})
    trap(root, canary)
    trap(inner, canary)
    os.utime(root / "a", (1, 1))
    put(root, "c", b"changed")
    before = print_of(root / ".git")
    for where in (root, root / "sub", inner):
        repository = reader(where)
        await repository.head()
        assert isinstance(await repository.listing(), Listing), repository.note
    assert not canary.exists(), canary.read_text()
    assert print_of(root / ".git") == before


@pytest.mark.parametrize(
    "control",
    [["status"], ["diff"], ["ls-files", "-o"], ["ls-files", "--stage"], ["add", "-A"], ["stash", "create"]],
    ids=" ".join,
)
async def test_unguarded_the_same_repository_does_run_things(tmp_path: Path, control: list[str]) -> None:
    canary = tmp_path / "canary"
    root = make(tmp_path / "r", {"a": b"1", "c": b"3"})
    trap(root, canary)
    os.utime(root / "a", (1, 1))
    put(root, "c", b"changed")
    git(root, *control, check=False, GIT_CONFIG_GLOBAL="/dev/null")
    assert canary.exists()


async def test_a_promised_object_is_not_fetched(tmp_path: Path) -> None:
    """I4: no call of ours goes to the network."""
    canary = tmp_path / "canary"
    root = make(tmp_path / "r", {"a": b"1", "sub/b": b"2"})
    trap(root, canary)
    git(root, "config", "extensions.partialClone", "origin")
    git(root, "config", "core.repositoryFormatVersion", "1")
    tree = git(
        root,
        "rev-parse",
        "HEAD^{tree}",
        GIT_CONFIG_COUNT="1",
        GIT_CONFIG_KEY_0="core.fsmonitor",
        GIT_CONFIG_VALUE_0="",
    )
    (root / ".git/objects" / tree[:2] / tree[2:]).unlink()
    canary.unlink(missing_ok=True)
    repository = reader(root)
    await repository.listing()
    await repository.head()
    assert not canary.exists(), canary.read_text()
    git(root, "ls-tree", "HEAD", check=False)
    assert canary.exists(), "unguarded, the fetch runs what the repository names"


# -- the wrapper


def test_git_is_not_taken_from_the_workspace_or_from_here(tmp_path: Path) -> None:
    for place in (tmp_path / "w/bin", tmp_path / "elsewhere"):
        place.mkdir(parents=True)
        (place / "git").write_text("#!/bin/sh\n")
        (place / "git").chmod(0o755)
    (tmp_path / "linked").symlink_to(tmp_path / "w/bin")
    workspace = str(tmp_path / "w")
    search = f":.:bin:{tmp_path}/w/bin:{tmp_path}/linked:{tmp_path}/elsewhere"
    assert find_git(search, workspace) == str(tmp_path / "elsewhere/git")
    assert find_git(f"bin:{tmp_path}/w/bin", workspace) is None


@pytest.mark.parametrize(
    ("script", "message"),
    [("exec sleep 60", "too long"), ("(sleep 60) & sleep 60", "too long"), ("cat /dev/zero", "too much")],
)
def test_a_git_that_hangs_or_floods_is_stopped(
    tmp_path: Path, script: str, message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "git"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    monkeypatch.setattr("spark_tui.adapters.git.command.OUTPUT_LIMIT", 1 << 20)
    with pytest.raises(GitFailed, match=message):
        Git(str(program)).run("/nowhere", ["status"], timeout=0.5 if message == "too long" else 30)


def test_a_missing_git_is_a_failure_not_an_accident(tmp_path: Path) -> None:
    with pytest.raises(GitFailed):
        Git(str(tmp_path / "git")).run("/nowhere", ["version"])


def test_nothing_of_the_environment_reaches_git_but_what_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (
        "GIT_DIR",
        "GIT_EXTERNAL_DIFF",
        "GIT_CONFIG_PARAMETERS",
        "GIT_TRACE",
        "LD_PRELOAD",
        "OPENAI_API_KEY",
    ):
        monkeypatch.setenv(name, "/evil")
    environment = Git(PROGRAM).environment
    assert "/evil" not in environment.values()
    assert environment["GIT_CONFIG_NOSYSTEM"] == "1" and environment["GIT_OPTIONAL_LOCKS"] == "0"


async def test_what_the_last_commit_holds_is_read_as_it_is(tmp_path: Path) -> None:
    root = make(tmp_path / "repo", {"a.py": b"one\n", "sub/b\u00e9.py": b"two\r\n\0", "empty": b""})
    put(root, "a.py", b"changed\n")
    repository = reader(root)
    held = await repository.committed(["a.py", "sub/b\u00e9.py", "empty", "gone.py", "sub", "we\nird"])
    assert held == {"a.py": b"one\n", "sub/b\u00e9.py": b"two\r\n\0", "empty": b""}
    assert await reader(root / "sub").committed(["b\u00e9.py"]) == {"b\u00e9.py": b"two\r\n\0"}
    assert await reader(tmp_path).committed(["a.py"]) == {}
