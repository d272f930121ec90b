"""Programs to compare with: what each is, how it gets into a folder of its own, and how it shows a file.

They come from PyPI, npm and Debian through the ordinary clients, nothing is installed outside that folder, and what
can't be had is left out with a word. Only a bench asks for this.
"""

import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Peer:
    """One program that others use for work like this."""

    name: str
    way: str
    """Where it comes from: `pip`, `npm` or `deb`."""
    package: str
    words: tuple[str, ...]
    """Its command, with `{file}` for a file; the first word is found in the folder."""
    before: str | None = None
    """Keys to press before typing; None: it does not show a file to type in."""


PEERS = (
    Peer("micro", "deb", "micro", ("usr/bin/micro", "{file}"), ""),
    Peer("nano", "deb", "nano", ("bin/nano", "{file}"), ""),
    Peer("ne", "deb", "ne", ("usr/bin/ne", "{file}"), ""),
    Peer("helix", "deb", "hx", ("usr/bin/hx", "{file}"), "i"),
    Peer("neovim", "deb", "neovim", ("usr/bin/nvim", "--clean", "-n", "{file}"), "i"),
    Peer("posting", "pip", "posting", ("bin/posting",)),
    Peer("harlequin", "pip", "harlequin", ("bin/harlequin",)),
    Peer("toad", "pip", "batrachian-toad", ("bin/toad",)),
    Peer(
        "aider",
        "pip",
        "aider-chat",
        ("bin/aider", "--no-git", "--no-check-update", "--no-show-model-warnings"),
    ),
    Peer("codex", "npm", "@openai/codex", ("node_modules/.bin/codex",)),
    Peer("opencode", "npm", "opencode-ai", ("node_modules/.bin/opencode",)),
)


def bring(folder: Path, wanted: Sequence[str] = ()) -> dict[str, tuple[Peer, list[str]]]:
    """Bring peers into a folder, all or those named; return them by name with their commands."""
    found = {}
    for peer in PEERS:
        if wanted and peer.name not in wanted:
            continue
        home = folder / peer.name
        program = home / peer.words[0]
        if not program.exists():
            print(f"bringing {peer.name} ({peer.way}: {peer.package})", flush=True)
            fault = _WAYS[peer.way](peer, home)
            if fault or not program.exists():
                print(f"  can't be had here: {fault or 'its program is not in the package'}", flush=True)
                continue
        found[peer.name] = peer, [*_around(peer, home), str(program), *peer.words[1:]]
    return found


def _around(peer: Peer, home: Path) -> list[str]:
    """What a program that lies in a folder must be told: where its libraries are."""
    if peer.way != "deb":
        return []
    libraries = [str(path) for path in home.glob("**/*-linux-gnu") if path.is_dir()]
    return ["env", f"LD_LIBRARY_PATH={':'.join(libraries)}", f"VIMRUNTIME={home}/usr/share/nvim/runtime"]


def _pip(peer: Peer, home: Path) -> str:
    return _run([sys.executable, "-m", "venv", str(home)]) or _run(
        [str(home / "bin" / "pip"), "install", "--quiet", peer.package]
    )


def _npm(peer: Peer, home: Path) -> str:
    if shutil.which("npm") is None:
        return "npm is not installed"
    return _run(
        ["npm", "install", "--silent", "--no-fund", "--no-audit", "--prefix", str(home), peer.package]
    )


def _deb(peer: Peer, home: Path) -> str:
    if shutil.which("apt-get") is None or shutil.which("dpkg-deb") is None:
        return "this is not Debian"
    home.mkdir(parents=True, exist_ok=True)
    # Libraries that the machine lacks come along; what it has is its own.
    wanted = _missing(peer.package)
    fault = (
        _run(["apt-get", "download", "-q", *wanted], home)
        if wanted
        else f"{peer.package} is not known to apt"
    )
    for archive in home.glob("*.deb"):
        fault = fault or _run(["dpkg-deb", "--extract", str(archive), str(home)])
    return fault


def _missing(package: str) -> list[str]:
    """Name a package and those it needs that are not installed."""
    done = subprocess.run(
        ["apt-get", "install", "--simulate", "--no-install-recommends", "-q", package],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    named = [line.split()[1] for line in done.stdout.splitlines() if line.startswith("Inst ")]
    return list(dict.fromkeys([*named, *([package] if done.returncode == 0 else [])]))


def _run(command: Sequence[str], folder: Path | None = None) -> str:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    said = (done.stderr or done.stdout).strip().splitlines()
    return "" if done.returncode == 0 else (said[-1] if said else f"{command[0]} failed")


_WAYS: dict[str, Callable[[Peer, Path], str]] = {"pip": _pip, "npm": _npm, "deb": _deb}
