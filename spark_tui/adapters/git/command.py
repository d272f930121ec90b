"""The only place that spawns git: an absolute program, a fixed environment, nothing of the repository's choosing.

No caller passes a shell string or an option that names a program. Only `PersonalGit` works as the person would,
for a commit that they asked for.
"""

import contextlib
import os
import selectors
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence

from spark_tui.adapters.programs import find_program
from spark_tui.core.values import dataclass

TIMEOUT_SECONDS = 5.0
OUTPUT_LIMIT = 256 * 1024 * 1024

_ENVIRONMENT = {
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": "/dev/null",
    "GIT_ATTR_NOSYSTEM": "1",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_DEFAULT_REF_FORMAT": "files",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_LITERAL_PATHSPECS": "1",
    "GIT_ALLOW_PROTOCOL": "none",
    "GIT_PROTOCOL_FROM_USER": "0",
    "GIT_ASKPASS": "",
    "SSH_ASKPASS": "",
    "GIT_SSH_COMMAND": "false",
    "GIT_EDITOR": "false",
    "GIT_PAGER": "cat",
    "PAGER": "cat",
    "LC_ALL": "C",
}
_OPTIONS = (
    "core.hooksPath=/dev/null",
    "core.fsmonitor=false",
    "core.untrackedCache=false",
    "core.protectNTFS=true",
    "core.protectHFS=true",
    "core.pager=cat",
    "core.sshCommand=false",
    "core.gitProxy=",
    "core.alternateRefsCommand=false",
    "core.editor=false",
    "core.askPass=",
    "safe.bareRepository=explicit",
    "diff.external=",
    "protocol.allow=never",
    "credential.helper=",
    "submodule.recurse=false",
    "gc.auto=0",
    "maintenance.auto=false",
    "gpg.program=false",
    "trace2.normalTarget=0",
    "trace2.eventTarget=0",
    "trace2.perfTarget=0",
)
_KEPT = ("PATH", "HOME", "TMPDIR", "XDG_CONFIG_HOME")


class GitFailed(Exception):
    """git said no, took too long or is not there; `str()` is for the log, not for people."""


@dataclass(frozen=True, slots=True)
class Output:
    """What a git process answered."""

    stdout: bytes
    stderr: bytes
    status: int


def find_git(search_path: str, workspace: str) -> str | None:
    """Find git in absolute `PATH` entries that are not inside the workspace."""
    return find_program("git", search_path, workspace)


class Git:
    """Runs one git program, hardened, in blocking calls; use it in threads."""

    def __init__(self, program: str, environment: Mapping[str, str] | None = None) -> None:
        self.program = program
        """Absolute path of git."""
        base = os.environ if environment is None else environment
        self._kept = {name: base[name] for name in _KEPT if name in base}

    @property
    def environment(self) -> dict[str, str]:
        """The environment that every git process gets."""
        return {**self._kept, **_ENVIRONMENT}

    def run(
        self,
        git_dir: str,
        arguments: Sequence[str],
        *,
        work_tree: str | None = None,
        options: Sequence[str] = (),
        stdin: bytes = b"",
        timeout: float = TIMEOUT_SECONDS,
    ) -> Output:
        """Run git on a repository and wait. Raises GitFailed if it can't be run to its end."""
        argv = [self.program, f"--git-dir={git_dir}", "--no-pager", "--no-optional-locks"]
        if work_tree is not None:
            argv.append(f"--work-tree={work_tree}")
        return self.spawn([*argv, *_settings(_OPTIONS), *_settings(options), *arguments], stdin, timeout)

    def check(
        self, git_dir: str, arguments: Sequence[str], *, stdin: bytes = b"", timeout: float = TIMEOUT_SECONDS
    ) -> bytes:
        """Run git and return its output. Raises GitFailed also if it reports a failure."""
        output = self.run(git_dir, arguments, stdin=stdin, timeout=timeout)
        if output.status:
            raise GitFailed(f"git {arguments[0]}: {output.stderr.decode('utf-8', 'replace').strip()[:500]}")
        return output.stdout

    def version(self) -> str:
        """What git says it is. Raises GitFailed."""
        said = self.spawn([self.program, "--version"], b"", TIMEOUT_SECONDS)
        return said.stdout.decode("utf-8", "replace").strip()

    def personal(self, pattern: str) -> dict[str, list[str]]:
        """The person's own global settings whose lower-cased names match `pattern`; repositories have no say."""
        argv = [self.program, "config", "--global", "--includes", "-z", "--get-regexp", pattern]
        environment = {name: value for name, value in self.environment.items() if name != "GIT_CONFIG_GLOBAL"}
        found: dict[str, list[str]] = {}
        for record in self.spawn(argv, b"", TIMEOUT_SECONDS, environment).stdout.split(b"\0"):
            name, _, value = record.partition(b"\n")
            if name:
                found.setdefault(os.fsdecode(name), []).append(os.fsdecode(value))
        return found

    def spawn(
        self, argv: Sequence[str], stdin: bytes, timeout: float, environment: dict[str, str] | None = None
    ) -> Output:
        """Run one process to its end. Raises GitFailed."""
        try:
            process = subprocess.Popen(
                argv,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                cwd="/",
                env=environment or self.environment,
                close_fds=True,
                start_new_session=True,
                # What it writes is the mirror, and nobody else's business.
                umask=0o077,
            )
        except (OSError, ValueError) as error:
            raise GitFailed(f"git could not be started: {error}") from error
        try:
            stdout, stderr = _converse(process, stdin, time.monotonic() + timeout)
        except GitFailed:
            _kill(process)
            raise
        finally:
            for pipe in (process.stdin, process.stdout, process.stderr):
                if pipe is not None:
                    pipe.close()
        return Output(stdout, stderr, process.wait())


class PersonalGit:
    """Runs git in a work tree as the person would, hooks, filters and editor included: only when they ask for it."""

    def __init__(self, program: str, work_tree: str) -> None:
        self._program = program
        self._work_tree = work_tree

    def _environment(self, index: str) -> dict[str, str]:
        dropped = (
            "GIT_DIR",
            "GIT_WORK_TREE",
            "GIT_INDEX_FILE",
            "GIT_OBJECT_DIRECTORY",
            "GIT_COMMON_DIR",
            "GIT_PREFIX",
        )
        kept = {name: value for name, value in os.environ.items() if name not in dropped}
        return {**kept, **({"GIT_INDEX_FILE": index} if index else {})}

    def run(self, arguments: Sequence[str], *, index: str = "", stdin: bytes = b"") -> bytes:
        """Run git and return its output; `index` stands in for the person's own. Raises GitFailed."""
        try:
            done = subprocess.run(
                [self._program, *arguments],
                cwd=self._work_tree,
                env=self._environment(index),
                input=stdin,
                capture_output=True,
                check=False,
            )
        except OSError as error:
            raise GitFailed(f"git could not be started: {error}") from error
        if done.returncode:
            raise GitFailed(f"git {arguments[0]}: {done.stderr.decode('utf-8', 'replace').strip()[:500]}")
        return done.stdout

    def talk(self, arguments: Sequence[str], *, index: str = "") -> int:
        """Run git on the person's own terminal and return its exit code. Raises GitFailed."""
        try:
            argv = [self._program, *arguments]
            return subprocess.run(
                argv, cwd=self._work_tree, env=self._environment(index), check=False
            ).returncode
        except OSError as error:
            raise GitFailed(f"git could not be started: {error}") from error


def _settings(options: Sequence[str]) -> list[str]:
    return [part for option in options for part in ("-c", option)]


def _kill(process: "subprocess.Popen[bytes]") -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _converse(process: "subprocess.Popen[bytes]", stdin: bytes, deadline: float) -> tuple[bytes, bytes]:
    """Feed and drain a process until it closes its pipes. Raises GitFailed at the deadline or a flood."""
    assert process.stdin is not None and process.stdout is not None and process.stderr is not None
    taken: dict[int, list[bytes]] = {process.stdout.fileno(): [], process.stderr.fileno(): []}
    total = 0
    rest = memoryview(stdin)
    with selectors.DefaultSelector() as selector:
        for fd in taken:
            selector.register(fd, selectors.EVENT_READ)
        if rest:
            os.set_blocking(process.stdin.fileno(), False)
            selector.register(process.stdin.fileno(), selectors.EVENT_WRITE)
        else:
            process.stdin.close()
        while selector.get_map():
            events = selector.select(max(0.0, deadline - time.monotonic()))
            if not events:
                raise GitFailed("git took too long")
            for key, _ in events:
                if key.fd in taken:
                    chunk = os.read(key.fd, 1 << 18)
                    taken[key.fd].append(chunk)
                    total += len(chunk)
                    if not chunk:
                        selector.unregister(key.fd)
                    continue
                rest = _feed(key.fd, rest)
                if not rest:
                    selector.unregister(key.fd)
                    process.stdin.close()
            if total > OUTPUT_LIMIT:
                raise GitFailed("git answered too much")
    out, err = (b"".join(chunks) for chunks in taken.values())
    return out, err


def _feed(fd: int, rest: memoryview) -> memoryview:
    """Write what the pipe takes; a process that no longer listens gets no more."""
    try:
        return rest[os.write(fd, rest[: 1 << 16]) :]
    except BlockingIOError:
        return rest
    except BrokenPipeError:
        return rest[:0]
