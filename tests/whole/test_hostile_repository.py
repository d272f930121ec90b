"""I3: whatever a repository names to be run, nothing of ours runs it; each trap is shown to close on plain git.

Every trap writes to the same kind of canary: first everything of ours happens around it and the canary is silent,
then git alone is called once, in the way that the trap waits for, and the canary sings.
"""

import asyncio
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from spark_tui.adapters.disk_files import DiskFiles
from spark_tui.adapters.git import Git, GitRepository, Mirror, timeline
from spark_tui.adapters.journal import Journal
from spark_tui.core.checkpoint import FileWrite, LandingKind
from spark_tui.engine.history import History
from spark_tui.engine.landing import Landing
from tests.adapters.test_git_repository import make, print_of, put
from tests.fakes.clock import FakeClock

PROGRAM = shutil.which("git") or ""
pytestmark = pytest.mark.skipif(not PROGRAM, reason="git is not installed")


@dataclass
class Scene:
    """One hostile repository, the program it wants run, and the canary that the program feeds."""

    base: Path

    @property
    def root(self) -> Path:
        return self.base / "r"

    @property
    def evil(self) -> Path:
        return self.base / "evil.sh"

    @property
    def canary(self) -> Path:
        return self.base / "canary"

    def git(self, *arguments: str, where: Path | None = None, stdin: str = "", tty: bool = False) -> None:
        """Call git as a careless program would; `tty` lets it think that a person reads along."""
        gone = (
            "GIT_CONFIG_GLOBAL",
            "GIT_EDITOR",
            "GIT_PAGER",
            "PAGER",
            "EDITOR",
            "VISUAL",
            "GIT_ASKPASS",
            "SSH_ASKPASS",
        )
        env = {name: value for name, value in os.environ.items() if name not in gone}
        env |= {"GIT_TERMINAL_PROMPT": "0", "TERM": "xterm", "GIT_CONFIG_GLOBAL": str(self.base / "global")}
        ours, theirs = os.openpty() if tty else (-1, subprocess.DEVNULL)
        try:
            subprocess.run(
                [PROGRAM, *arguments], cwd=where or self.root, env=env, input=stdin.encode(), stdout=theirs,
                stderr=theirs, timeout=20, check=False,
            )  # fmt: skip
        finally:
            for fd in (ours, theirs) if tty else ():
                os.close(fd)

    def config(self, **values: str) -> None:
        """Set keys of the repository; `__` stands for a dot, `{}` for the evil program."""
        for name, value in values.items():
            self.git("config", name.replace("__", "."), value.format(self.evil))

    def hook(self, name: str, folder: str = ".git/hooks") -> None:
        """Let a hook be the evil program."""
        place = self.root / folder
        place.mkdir(parents=True, exist_ok=True)
        shutil.copy(self.evil, place / name)

    def attributes(self, words: str) -> None:
        """Let the repository's attributes be these for every file."""
        put(self.root, ".gitattributes", f"* {words}\n".encode())

    def change(self) -> None:
        """Change a tracked file."""
        put(self.root, "a", b"changed\n")


Act = Callable[[Scene], None]


@dataclass(frozen=True)
class Trap:
    """How it is set, and what springs it where nobody is careful."""

    name: str
    set: Act
    spring: Act


def key(name: str, value: str, *command: str, also: dict[str, str] | None = None, attributes: str = "",
        stdin: str = "", tty: bool = False) -> Trap:  # fmt: skip
    """A trap that is one key of the configuration."""

    def set_it(it: Scene) -> None:
        it.config(**{name.replace(".", "__"): value})
        it.config(**{other.replace(".", "__"): text for other, text in (also or {}).items()})
        if attributes:
            it.attributes(attributes)
        it.change()

    return Trap(name, set_it, lambda it: it.git(*command, stdin=stdin, tty=tty))


def hook(name: str, *commands: tuple[str, ...], before: Act = lambda it: None, stdin: str = "") -> Trap:
    """A trap that is one hook."""

    def spring(it: Scene) -> None:
        before(it)
        for command in commands:
            it.git(*command, stdin=stdin)

    return Trap(f"hook {name}", lambda it: it.hook(name), spring)


CREDENTIAL = "protocol=https\nhost=localhost\n\n"
KEYS = [
    key("core.fsmonitor", "{}", "status"),
    key("core.sshCommand", "{}", "fetch", "ssh://localhost/x"),
    key("core.gitProxy", "{}", "fetch", "git://localhost/x"),
    key("core.askPass", "{}", "credential", "fill", stdin=CREDENTIAL),
    key("credential.helper", "!{}", "credential", "fill", stdin=CREDENTIAL),
    key("core.editor", "{}", "commit", "--allow-empty"),
    key("sequence.editor", "{}", "-c", "rebase.autoStash=true", "rebase", "-i", "HEAD~1"),
    key("core.pager", "{}", "log", tty=True),
    key("pager.log", "{}", "log", tty=True),
    key("diff.external", "{}", "diff"),
    key("diff.evil.command", "{}", "diff", attributes="diff=evil"),
    key("diff.evil.textconv", "{}", "diff", attributes="diff=evil"),
    key("filter.evil.clean", "{}", "add", "a", attributes="filter=evil"),
    key("filter.evil.smudge", "{}", "checkout-index", "--force", "a", attributes="filter=evil"),
    key("filter.evil.process", "{}", "add", "a", attributes="filter=evil"),
    key("merge.evil.driver", "{}", "-c", "merge.autoStash=true", "merge", "side", attributes="merge=evil"),
    key("gpg.program", "{}", "commit", "--allow-empty", "-S", "-m", "x"),
    key("gpg.ssh.program", "{}", "commit", "--allow-empty", "-S", "-m", "x",
        also={"gpg.format": "ssh", "user.signingKey": "key::ssh-ed25519 AAAA"}),
    key("alias.zz", "!{}", "zz"),
    key("interactive.diffFilter", "{}", "add", "-p", stdin="q\n", tty=True),
    key("remote.origin.url", "ext::{}", "fetch", "origin", also={"protocol.ext.allow": "always"}),
    key("remote.origin.uploadpack", "{}", "fetch", "origin", also={"remote.origin.url": "."}),
    key("remote.origin.receivepack", "{}", "push", "origin", "HEAD", also={"remote.origin.url": "."}),
    key("tar.evil.command", "{}", "archive", "--format=evil", "HEAD"),
    key("trailer.evil.command", "{}", "interpret-trailers", "--trailer", "evil=1", also={"trailer.evil.key": "evil"}),
    key("difftool.evil.cmd", "{}", "difftool", "--no-prompt", "--tool=evil"),
    key("browser.evil.cmd", "{}", "web--browse", "--browser=evil", "http://localhost"),
    key("man.evil.cmd", "{}", "help", "--man", "log", also={"man.viewer": "evil"}),
]  # fmt: skip


def _two_packs(it: Scene) -> None:
    it.config(gc__auto="1", gc__autoPackLimit="1", gc__autoDetach="false")
    for number in range(3):
        it.git("commit", "--allow-empty", "-m", str(number))
        it.git("repack", "-q")


def _mail(it: Scene) -> None:
    patch = subprocess.run(
        [PROGRAM, "format-patch", "-1", "--stdout", "side"], cwd=it.root, capture_output=True, check=True
    )
    (it.base / "mail").write_bytes(patch.stdout)
    it.git("switch", "-q", "older")


def _pushed(it: Scene) -> None:
    it.config(receive__denyCurrentBranch="updateInstead")
    shutil.copytree(it.base / "clean", it.base / "pusher")
    it.git("commit", "-q", "--allow-empty", "-m", "pushed", where=it.base / "pusher")
    it.git("push", "-q", "../r", "main", where=it.base / "pusher")


COMMIT = ("commit", "--allow-empty", "-m", "x")
NO_FF = ("merge", "--no-ff", "-m", "x", "other")
AM = ("am", "../mail")
HOOKS = [
    hook("pre-commit", COMMIT),
    hook("prepare-commit-msg", COMMIT),
    hook("commit-msg", COMMIT),
    hook("post-commit", COMMIT),
    hook("post-rewrite", ("commit", "--amend", "--allow-empty", "-m", "x")),
    hook("post-checkout", ("switch", "-q", "other")),
    hook("pre-merge-commit", NO_FF),
    hook("post-merge", NO_FF),
    hook("pre-rebase", ("rebase", "other")),
    hook("post-index-change", ("add", "a"), before=Scene.change),
    hook("reference-transaction", ("update-ref", "refs/x", "HEAD")),
    hook("pre-push", ("push", "../elsewhere", "HEAD:refs/heads/x"),
         before=lambda it: it.git("init", "-q", "--bare", "../elsewhere")),
    hook("pre-auto-gc", ("gc", "--auto"), before=_two_packs),
    hook("applypatch-msg", AM, before=_mail),
    hook("pre-applypatch", AM, before=_mail),
    hook("post-applypatch", AM, before=_mail),
    *(hook(name, before=_pushed)
      for name in ("pre-receive", "update", "post-receive", "post-update", "push-to-checkout")),
]  # fmt: skip


def _hooks_elsewhere(it: Scene) -> None:
    it.hook("pre-commit", "shared-hooks")
    it.config(core__hooksPath="shared-hooks")


def _watchman(it: Scene) -> None:
    it.hook("fsmonitor-watchman")
    it.config(core__fsmonitor=".git/hooks/fsmonitor-watchman")


def _more(it: Scene, text: str) -> None:
    (it.root / ".git/more").write_text(f"[core]\n\tfsmonitor = {it.evil}\n")
    with (it.root / ".git/config").open("a") as file:
        file.write(text.format(it.root))


def _promised(it: Scene) -> None:
    it.config(
        remote__origin__url="ext::{}", protocol__ext__allow="always", remote__origin__promisor="true",
        core__repositoryFormatVersion="1", extensions__partialClone="origin",
    )  # fmt: skip
    done = subprocess.run(
        [PROGRAM, "rev-parse", "HEAD:sub"], cwd=it.root, capture_output=True, text=True, check=True
    )
    oid = done.stdout.strip()
    (it.root / ".git/objects" / oid[:2] / oid[2:]).unlink()


def _alternates(it: Scene) -> None:
    it.config(core__alternateRefsCommand="{}")
    (it.root / ".git/objects/info/alternates").write_text(f"{it.base}/clean/.git/objects\n")


def _attributes_elsewhere(it: Scene) -> None:
    (it.base / "attributes").write_text("* filter=evil\n")
    it.config(core__attributesFile=str(it.base / "attributes"), filter__evil__clean="{}")
    it.change()


def _git_file(it: Scene) -> None:
    shutil.move(it.root / ".git", it.base / "meta")
    (it.root / ".git").write_text("gitdir: ../meta\n")
    it.config(core__fsmonitor="{}")


def _common(it: Scene) -> None:
    shutil.copytree(it.root / ".git", it.base / "common")
    (it.root / ".git/commondir").write_text(f"{it.base}/common\n")
    with (it.base / "common/config").open("a") as file:
        file.write(f"[core]\n\tfsmonitor = {it.evil}\n")


def _own_config_of_work_tree(it: Scene) -> None:
    it.config(extensions__worktreeConfig="true", core__repositoryFormatVersion="1")
    (it.root / ".git/config.worktree").write_text(f"[core]\n\tfsmonitor = {it.evil}\n")


def _buried(it: Scene) -> None:
    it.git("init", "-q", "--bare", "deep/bare")
    (it.root / "deep/bare/wt").mkdir()
    for name, value in {"core.bare": "false", "core.worktree": "wt", "core.fsmonitor": str(it.evil)}.items():
        it.git("--git-dir=deep/bare", "config", name, value)


def _module(it: Scene) -> None:
    it.git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", "../clean", "lib")
    it.config(submodule__lib__update="!{}")


def _packing(it: Scene) -> None:
    (it.base / "global").write_text(f"[uploadpack]\n\tpackObjectsHook = {it.evil}\n")


OTHERS = [
    Trap("core.hooksPath", _hooks_elsewhere, lambda it: it.git(*COMMIT)),
    Trap("hook fsmonitor-watchman", _watchman, lambda it: it.git("status")),
    Trap("include.path", lambda it: _more(it, "[include]\n\tpath = more\n"), lambda it: it.git("status")),
    Trap("includeIf.gitdir.path", lambda it: _more(it, '[includeIf "gitdir:{}/"]\n\tpath = more\n'),
         lambda it: it.git("status")),
    Trap("promisor remote", _promised, lambda it: it.git("ls-tree", "-r", "HEAD")),
    Trap("core.alternateRefsCommand", _alternates, lambda it: it.git("receive-pack", ".", stdin="0000")),
    Trap("core.attributesFile", _attributes_elsewhere, lambda it: it.git("add", "a")),
    Trap(".git file", _git_file, lambda it: it.git("status")),
    Trap("commondir", _common, lambda it: it.git("status")),
    Trap("config.worktree", _own_config_of_work_tree, lambda it: it.git("status")),
    Trap("buried bare repository", _buried, lambda it: it.git("status", where=it.root / "deep/bare")),
    Trap("submodule.lib.update", _module, lambda it: it.git("submodule", "update", "--force")),
    Trap("uploadpack.packObjectsHook", _packing,
         lambda it: it.git("clone", "-q", "--no-local", "r", "cloned", where=it.base)),
]  # fmt: skip
TRAPS = [*KEYS, *HOOKS, *OTHERS]


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository with branches that clash and branches that do not."""
    base = tmp_path_factory.mktemp("template")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
        for role in ("AUTHOR", "COMMITTER"):
            patch.setenv(f"GIT_{role}_NAME", "Test")
            patch.setenv(f"GIT_{role}_EMAIL", "test@localhost")
        root = make(base / "r", {"a": b"1\n", "sub/b": b"2\n"})
        it = Scene(base)
        it.git("branch", "older")
        for branch, path in (("side", "a"), ("other", "c"), ("main", "a")):
            it.git("switch", "-q", *(["-c", branch, "older"] if branch != "main" else [branch]))
            put(root, path, f"{branch}\n".encode())
            it.git("add", "-A")
            it.git("commit", "-qm", branch)
    return base


@pytest.fixture
def scene(tmp_path: Path, template: Path) -> Iterator[Scene]:
    """A repository for one trap."""
    it = Scene(tmp_path)
    for name in ("r", "clean"):
        shutil.copytree(template / "r", tmp_path / name)
    it.evil.write_text(f'#!/bin/sh\necho "$0 $@" >> {it.canary}\nexit 0\n')
    it.evil.chmod(0o755)
    yield it


async def everything(it: Scene) -> None:
    """All that a sitting does in which git has a part: look, land, go back, mirror, read the mirror."""
    state = it.base / "state"
    state.mkdir()
    program = Git(PROGRAM)
    for where in ("", "sub", "deep/bare"):
        if (it.root / where).is_dir():
            repository = GitRepository(str(it.root / where), program)
            await repository.head()
            await repository.listing()
            await repository.listing()
    files = DiskFiles(str(it.root), GitRepository(str(it.root), program).guarded)
    journal = await Journal.open(state, "s")
    landing = Landing(files, journal, FakeClock())
    history = History(files, journal, landing)
    before = (it.root / "sub/b").read_bytes()
    await landing.land([FileWrite("sub/b", before, b"new\n")], LandingKind.ACCEPT, "t", "")
    proposal = await history.plan_undo()
    assert proposal is not None and await history.carry_out(proposal) is not None
    mirror = Mirror(state / "mirror.git", program, journal)
    assert await mirror.catch_up() == 2 and mirror.note == ""
    assert len(timeline(mirror.folder, program)) == 2
    await journal.close()
    files.close()


@pytest.mark.parametrize("trap", TRAPS, ids=lambda trap: trap.name)
async def test_a_trap_stays_open_for_us_and_closes_on_plain_git(scene: Scene, trap: Trap) -> None:
    trap.set(scene)
    scene.canary.unlink(missing_ok=True)
    os.utime(scene.root / "a", (1, 1))
    kept = scene.base / "meta" if (scene.base / "meta").exists() else scene.root / ".git"
    before = print_of(kept)
    await everything(scene)
    assert not scene.canary.exists(), scene.canary.read_text()
    assert print_of(kept) == before
    trap.spring(scene)
    for _ in range(250):
        if scene.canary.exists():
            break
        await asyncio.sleep(0.02)
    assert scene.canary.exists(), "unguarded, nothing was run: this trap proves nothing"


def test_there_are_enough_traps(counted: Callable[[str], None]) -> None:
    names = [trap.name for trap in TRAPS]
    assert len(set(names)) == len(names) >= 60
    counted(
        f"{len(names)} ways in which a repository has programs run: all silent around us, all shown to work"
    )
