"""How programs can be shut in on this machine, what they may see then, and which words say so.

A shelter counts only after it was tried: a program in it has to fail at writing outside.
"""

import os
import platform
import stat
import sys
from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from pathlib import Path

from spark_tui.adapters.checks import jail
from spark_tui.adapters.programs import find_program
from spark_tui.core.values import dataclass

SYSTEM = (
    "/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32", "/etc", "/opt", "/nix/store",
    "/run/current-system", "/sys/devices/system/cpu", "/sys/fs/cgroup",
)  # fmt: skip
DEVICES = ("/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom")
TOOLCHAINS = (
    ".cargo/bin", ".cargo/registry", ".cargo/git", ".rustup", "go/pkg/mod", "sdk", ".nvm/versions",
    ".volta/bin", ".volta/tools", ".local/share/uv", ".local/share/pipx", ".local/share/mise/installs",
    ".pyenv", ".asdf", ".bun/bin", ".local/share/fnm",
)  # fmt: skip
"""Below the home folder: programs and libraries, never settings or keys."""

_NEEDED_ABI = 3
"""Before this one Landlock lets a program cut files that it may not write."""


class Kind(StrEnum):
    """The ways of shutting in, best first."""

    BUBBLEWRAP = "bubblewrap"
    LANDLOCK = "landlock"
    LIMITS = "limits"
    """Only limits of time and memory."""


@dataclass(frozen=True, slots=True)
class Shelter:
    """What this machine offers."""

    kind: Kind
    sentence: str
    program: str = ""
    """Absolute path of bubblewrap."""

    @property
    def is_sealed(self) -> bool:
        """Whether a program in it can neither read the home folder, write elsewhere, nor reach a network."""
        return self.kind is not Kind.LIMITS


@dataclass(frozen=True, slots=True)
class Ground:
    """What a program may see and where it may write."""

    reads: tuple[str, ...]
    writes: tuple[str, ...]


def candidates(search_path: str, workspace: str) -> Iterator[Shelter]:
    """Yield what could work here, best first; the last always does."""
    if sys.platform.startswith("linux"):
        program = find_program("bwrap", search_path, workspace)
        if program:
            yield Shelter(
                Kind.BUBBLEWRAP,
                "bubblewrap: checks see the system and tools read-only, nothing else of your home, no network, "
                "and write only into a private copy",
                program,
            )
        abi = jail.landlock_abi()
        if abi >= _NEEDED_ABI and jail.can_filter_calls():
            yield Shelter(
                Kind.LANDLOCK,
                f"Landlock (version {abi}): checks read the system and tools, nothing else of your home, reach no "
                "network, and write only into a private copy",
            )
    yield Shelter(
        Kind.LIMITS,
        "none that works here (bubblewrap or Landlock would do): checks are bounded in time and memory only, and "
        "what runs code of the folder is not run",
    )


def find_shelter(search_path: str, workspace: str, works: Mapping[Kind, bool]) -> Shelter:
    """Return the best shelter that is not known to fail."""
    return next(
        shelter
        for shelter in candidates(search_path, workspace)
        if works.get(shelter.kind, True) or shelter.kind is Kind.LIMITS
    )


def ground_for(program: str, writes: Sequence[str], also: Sequence[str], home: str) -> Ground:
    """Return what a program has to see to run: the system, itself and its libraries, and what it works on."""
    reads = [*SYSTEM, *(os.path.join(home, place) for place in TOOLCHAINS), *_around(program, home), *also]
    return Ground(tuple(dict.fromkeys(path for path in reads if os.path.exists(path))), tuple(writes))


def _around(program: str, home: str) -> Iterator[str]:
    """Folders of a program: where it lies, where its link leads, and the environment it belongs to."""
    for path in dict.fromkeys((program, os.path.realpath(program))):
        folder = os.path.dirname(path)
        environment = os.path.dirname(folder)
        if os.path.isfile(os.path.join(environment, "pyvenv.cfg")):
            yield environment
            yield from _base_of(environment)
        modules = path.rpartition("/node_modules/")[0]
        if modules:
            yield f"{modules}/node_modules"
        elif os.path.realpath(folder) not in ("/", os.path.realpath(home)):
            yield folder


def _base_of(environment: str) -> Iterator[str]:
    """The Python that an environment was made from."""
    try:
        lines = Path(environment, "pyvenv.cfg").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return
    for line in lines:
        name, _, value = line.partition("=")
        if name.strip() == "home" and os.path.isabs(value.strip()):
            real = os.path.realpath(value.strip())
            yield os.path.dirname(real) if os.path.basename(real) == "bin" else real


def wrapped(shelter: Shelter, ground: Ground, argv: Sequence[str], folder: str) -> list[str]:
    """Return the command that runs `argv` in bubblewrap."""
    command = [shelter.program, "--unshare-all", "--die-with-parent", "--new-session", "--cap-drop", "ALL"]
    command += ["--proc", "/proc", "--dev", "/dev", "--tmpfs", "/tmp"]
    for path in ground.reads:
        if os.path.islink(path) and path in SYSTEM:
            command += ["--symlink", os.readlink(path), path]
        elif not path.startswith(("/proc", "/dev")):
            command += ["--ro-bind-try", path, path]
    for path in ground.writes:
        command += ["--bind", path, path]
    return [*command, "--remount-ro", "/", "--chdir", folder, "--", *argv]


def find_tool(name: str, folders: Sequence[str], search_path: str, workspace: str) -> str:
    """Find a program: in the environments of these folders first, then in PATH; empty if it is nowhere."""
    if "/" in name:
        return name if os.path.isabs(name) and _runs(name) else ""
    for folder in folders:
        for place in (".venv/bin", "venv/bin", "node_modules/.bin"):
            path = os.path.join(folder, place, name)
            if _runs(path):
                return path
    return find_program(name, search_path, workspace) or ""


def _runs(path: str) -> bool:
    try:
        return stat.S_ISREG(os.stat(path).st_mode) and os.access(path, os.X_OK)
    except OSError:
        return False


def machine() -> str:
    """Name the system, for the doctor."""
    return f"{platform.system()} {platform.release()} {platform.machine()}"
