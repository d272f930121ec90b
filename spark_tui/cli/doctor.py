"""`spark-tui doctor`: what the program finds on this machine, one line each, and what keeps it from working."""

import argparse
import json
import locale
import os
import platform
import shutil
import sys
from collections.abc import AsyncIterator, Iterator
from dataclasses import asdict
from pathlib import Path

from spark_tui import __version__
from spark_tui.adapters.checks import DiskCheckRoom, TrustBook
from spark_tui.adapters.clipboard import find_clipboard
from spark_tui.adapters.git import Git, find_git
from spark_tui.adapters.git.command import GitFailed
from spark_tui.adapters.model_keys import Keys
from spark_tui.adapters.places import cache_dir, config_dir, state_dir, workspace_id
from spark_tui.adapters.settings_file import load_settings
from spark_tui.adapters.state_folder import StateFolder
from spark_tui.cli.models import ask_all, is_absent
from spark_tui.cli.terminal_asked import ask_terminal
from spark_tui.cli.trusting import visible
from spark_tui.core.checks import TOOLS, Trust, configuration_in
from spark_tui.core.display import inert
from spark_tui.core.settings import LANES, Settings, defaults
from spark_tui.core.values import dataclass
from spark_tui.ports import CheckpointFailed, PortError, SettingsWrong

OLDEST = (3, 11)
_TRUST = {
    Trust.NONE: "this folder is not trusted: edits are parsed, no program is run (`spark-tui trust`)",
    Trust.CHANGED: "this folder was trusted, but what decides how programs run changed (`spark-tui trust`)",
    Trust.GIVEN: "this folder is trusted: checks run here",
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One line."""

    name: str
    sentence: str
    is_broken: bool = False
    """Whether the program can't do its work because of it."""


async def doctor(folder: str, options: argparse.Namespace) -> int:
    """Look, say, and end with 1 if something is broken."""
    found = [finding async for finding in _examine(folder, options)]
    if options.json:
        print(json.dumps({"folder": folder, "findings": [asdict(finding) for finding in found]}, indent=2))
    else:
        width = max(len(finding.name) for finding in found)
        for finding in found:
            mark = "BROKEN: " if finding.is_broken else ""
            print(f"{finding.name:<{width}}  {mark}{inert(finding.sentence)}")
    return 1 if any(finding.is_broken for finding in found) else 0


async def _examine(folder: str, options: argparse.Namespace) -> AsyncIterator[Finding]:
    search_path = os.environ.get("PATH", "")
    yield Finding("spark-tui", f"{__version__}, in {Path(__file__).parents[1]}")
    yield _python()
    for finding in (_terminal(), *_terminal_said(), _text()):
        yield finding
    yield _git(search_path, folder)
    found = shutil.which("rg", path=search_path)
    yield Finding("rg", found or "not there; searching works without it, slower: install ripgrep")
    yield _clipboard(folder)
    keys = Keys(config_dir())
    settings, finding = _settings(keys)
    yield finding
    yield Finding(
        "lanes",
        ", ".join(
            f"{lane}: {settings.lane(lane).model.slug} at {settings.lane(lane).provider.name}"
            for lane in LANES
        ),
    )
    async for finding in _providers(settings, keys, asks=not options.offline):
        yield finding
    if keys.note:
        yield Finding("keys", keys.note)
    state, finding = _state(folder)
    yield finding
    yield _index(folder)
    async for finding in _checks(folder, search_path, settings, state):
        yield finding


async def _providers(settings: Settings, keys: Keys, *, asks: bool) -> AsyncIterator[Finding]:
    """Say of every provider with a key, or on this machine, whether it answers; wanted ones have to."""
    answers = await ask_all(settings, keys) if asks else {}
    wanted = {settings.lane(lane).provider.name for lane in LANES}
    for provider in settings.providers.values():
        name, answer = f"provider {provider.name}", answers.get(provider.name)
        if provider.env_key and not keys.find(provider.env_key):
            remedy = f": export it, or write a line {provider.env_key}=… into {config_dir() / 'keys'}"
            is_broken = provider.name in wanted
            yield Finding(name, f"no key ({provider.env_key}){remedy if is_broken else ''}", is_broken)
            continue
        key = "key is there" if provider.env_key else "needs no key"
        if answer is None:
            if provider.env_key:
                yield Finding(name, key)
        elif not answer.sentence:
            count = len(answer.offers)
            yield Finding(name, f"{key}, answers with {count} model{'s' * (count != 1)}")
        elif provider.env_key or provider.name in wanted or not is_absent(provider, answer):
            if answer.is_there:
                remedy = ""
            elif is_absent(provider, answer):
                remedy = ": is that server started?"
            else:
                remedy = ": is the network there, and its proxy set (HTTPS_PROXY)?"
            yield Finding(name, f"{key}; {answer.sentence}{remedy}", provider.name in wanted)


def _python() -> Finding:
    version = platform.python_version()
    old = sys.version_info[:2] < OLDEST
    wanted = ".".join(map(str, OLDEST))
    return Finding("python", f"{version}{f', older than {wanted}' if old else ''}, {sys.executable}", old)


def _terminal() -> Finding:
    term = os.environ.get("TERM", "")
    if not sys.stdout.isatty():
        return Finding("terminal", f"output is not a terminal (TERM is {term or 'not set'})")
    size = shutil.get_terminal_size()
    words = [f"{term or 'TERM is not set'}, {size.columns}x{size.lines}"]
    if os.environ.get("COLORTERM") in ("truecolor", "24bit"):
        words.append("true colour")
    else:
        words.append("no COLORTERM: set it to truecolor if the terminal has more than 256 colours")
    words += [
        word for name, word in (("TMUX", "in tmux"), ("SSH_TTY", "over ssh"), ("NO_COLOR", "NO_COLOR"))
        if os.environ.get(name)
    ]  # fmt: skip
    if size.columns < 80 or size.lines < 24:
        words.append("smaller than 80x24: one pane at a time")
    return Finding("terminal", ", ".join(words), term in ("", "dumb", "unknown"))


def _terminal_said() -> Iterator[Finding]:
    """What the terminal answers, where there is one to ask."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        return
    said = ask_terminal(sys.stdin.fileno(), sys.stdout.fileno())
    if said.tells_keys:
        keys = "the terminal tells all of them apart"
    else:
        keys = "as every terminal has them; where Shift-Enter or Ctrl-Enter does nothing, ^J begins a line"
        keys += "; kitty, foot, WezTerm, Ghostty and others tell them apart"
    yield Finding("keyboard", keys)
    if said.is_there and not said.draws_at_once:
        yield Finding(
            "frames", "the terminal draws them piece by piece; if it flickers, look for a newer one"
        )


def _text() -> Finding:
    encoding = locale.getpreferredencoding(False)
    is_good = encoding.lower().replace("-", "") == "utf8"
    return Finding(
        "text", encoding if is_good else f"{encoding}, not UTF-8: set LANG to C.UTF-8 or another of UTF-8"
    )


def _git(search_path: str, folder: str) -> Finding:
    program = find_git(search_path, folder)
    if program is None:
        return Finding(
            "git",
            "not there: no marks of changed files, no mirror of checkpoints; the rest works: install git",
        )
    git = Git(program)
    try:
        said = git.version()
    except GitFailed as error:
        return Finding("git", f"{program} can't be run: {error}")
    return Finding("git", f"{said}, {program}")


def _clipboard(folder: str) -> Finding:
    command = find_clipboard(os.environ, folder)
    words = "copies through the terminal (OSC 52)"
    return Finding("clipboard", f"{words} and through {command[0]}" if command else words)


def _settings(keys: Keys) -> tuple[Settings, Finding]:
    file = config_dir() / "config.toml"
    try:
        settings = load_settings(config_dir(), has_key=lambda name: bool(keys.find(name)))
    except SettingsWrong as error:
        first, *more = str(error).split("\n")
        rest = f" (and {len(more)} more: `spark-tui config check`)" if more else ""
        return defaults(lambda name: bool(keys.find(name))), Finding("settings", first + rest, True)
    return settings, Finding("settings", str(file) if file.exists() else f"defaults; {file} is not there")


def _state(folder: str) -> tuple[StateFolder | None, Finding]:
    try:
        state = StateFolder.open(state_dir(), folder)
        probe = state.path / f".doctor-{os.getpid()}"
        probe.write_bytes(b"")
        probe.unlink()
        free = shutil.disk_usage(state.path).free
    except CheckpointFailed as error:
        return None, Finding("state", str(error), True)
    except OSError as error:
        return None, Finding("state", f"{state_dir()} can't be written: {error.strerror}", True)
    low = ", which is little" if free < 1 << 28 else ""
    return state, Finding("state", f"{state.path}, {free / (1 << 30):.1f} GiB free{low}")


def _index(folder: str) -> Finding:
    place = cache_dir()
    try:
        files = [path for path in place.rglob(f"*{workspace_id(folder)}*") if path.is_file()]
        size = sum(path.stat().st_size for path in files)
    except OSError:
        files, size = [], 0
    words = f"{size / (1 << 20):.1f} MiB in {place}" if files else f"none yet for this folder in {place}"
    return Finding("index", words)


async def _checks(
    folder: str, search_path: str, settings: Settings, state: StateFolder | None
) -> AsyncIterator[Finding]:
    if not settings.checks.enabled:
        yield Finding("checks", "switched off by checks.enabled")
    if state is None:
        return
    book = TrustBook(state_dir())
    room = DiskCheckRoom(folder, state.path / "checks", book, search_path)
    try:
        _, sentence = await room.shelter()
        yield Finding("sandbox", sentence)
        found = [
            f"{tool.name} ({program})"
            for tool in TOOLS
            if (program := await room.find(tool.program, "")) and tool.name != "ruff format"
        ]
        yield Finding("checks", f"parse (built in){''.join(f', {words}' for words in found)}")
        paths = await visible(folder)
        yield Finding("trust", _TRUST[book.trust(folder, configuration_in(paths))])
    except PortError as error:
        yield Finding("checks", str(error))
    finally:
        await room.close()
