"""Builds adapters and engine once, in plain sight."""

import argparse
import asyncio
import os
from collections.abc import Awaitable, Callable, Collection
from pathlib import Path

from spark_tui.adapters.checks import DiskCheckRoom, TrustBook
from spark_tui.adapters.clock import SystemClock
from spark_tui.adapters.disk_files import DiskFiles
from spark_tui.adapters.finder import quick_finder
from spark_tui.adapters.git import Git, GitRepository, Mirror, find_git
from spark_tui.adapters.journal import Journal
from spark_tui.adapters.layout_file import LayoutFile
from spark_tui.adapters.model_keys import Keys
from spark_tui.adapters.model_probe import Capabilities
from spark_tui.adapters.model_trace import TraceFile
from spark_tui.adapters.places import cache_dir, config_dir, state_dir, workspace_id
from spark_tui.adapters.repo_index import RepoIndex
from spark_tui.adapters.session_log import FileSessionLog
from spark_tui.adapters.settings_file import load_settings
from spark_tui.adapters.state_folder import StateFolder
from spark_tui.adapters.text_search import ProcessSearch, Ripgrep, find_ripgrep
from spark_tui.adapters.token_count import LearnedRatios, O200kCounter
from spark_tui.adapters.word_search import WordSearch
from spark_tui.cli.links import build_links, local_offers
from spark_tui.cli.saying import say
from spark_tui.cli.sitting import Sitting, choose
from spark_tui.core.settings import LANES, Keeping, Settings
from spark_tui.core.values import dataclass
from spark_tui.engine import Engine, EnginePorts, Landed, NavigationPorts, PlainFinder
from spark_tui.ports import CheckpointFailed, PortError, WorkspaceBusy


@dataclass(frozen=True, slots=True)
class Built:
    """Everything that was built for one workspace."""

    engine: Engine
    settings: Settings
    config: Path
    """The folder of the person's settings."""
    secrets: Callable[[], Collection[str]]
    """Gives the keys in use, to be kept out of whatever is written."""
    closers: tuple[Callable[[], Awaitable[None]], ...]

    async def close(self) -> None:
        """Let go of what the adapters hold."""
        for closer in self.closers:
            await closer()


async def build(folder: str, options: argparse.Namespace) -> Built:
    """Build the workspace on `folder`. Raises SettingsWrong, FileUnreadable."""
    config = config_dir()
    keys = Keys(config)
    # Keys may lie in the system's keyring, which takes its time.
    settings = await asyncio.to_thread(load_settings, config, has_key=lambda name: bool(keys.find(name)))
    trace = TraceFile(options.trace, keys.known) if options.trace else None
    git = _git(folder)
    repository = GitRepository(folder, git)
    state, refusal, notices = _claim(folder, options)
    sitting = _sitting(state, refusal, options)
    journal = await _open_journal(state, sitting.session, refusal)
    closed = str(journal.refusal or "")
    files = DiskFiles(folder, repository.guarded, closed=closed)
    notices = (*notices, *(sentence for sentence in (journal.note, sitting.notice) if sentence))
    notices = (*notices, *await local_offers(settings))
    log = _log(state if not refusal else None, sitting)
    profiles = {lane: settings.lane(lane) for lane in LANES}
    room = _room(folder, state) if state and not closed and settings.checks.enabled else None
    ports = EnginePorts(
        files=files,
        checkpoints=journal,
        repository=repository,
        search=WordSearch(folder),
        counter=O200kCounter(),
        clock=SystemClock(),
        log=log,
        ratios=LearnedRatios(state_dir() / "token-ratios.json"),
        links=build_links(
            profiles, options.rate, keys, Capabilities(state_dir() / "capabilities.json"), trace
        ),
        past=sitting.past,
        index=_index(folder),
        refusal=closed,
        room=room,
        checks=settings.checks,
        navigation=_navigation(folder, repository, state if refusal is None and not closed else None),
    )

    mirror = _mirror(state, git, journal)
    engine = Engine(ports, profiles, notices, settings.debt_limit)
    engine.subscribe(lambda event: mirror.wake() if mirror and isinstance(event, Landed) else None)

    async def let_go() -> None:
        if room is not None:
            await room.close()
        if mirror is not None:
            await mirror.close()
        await journal.close()
        log.close()
        files.close()
        if trace is not None:
            trace.close()
        if state is not None:
            if not closed:
                await asyncio.to_thread(_enforce, state.path, settings.history)
            state.release()

    return Built(engine, settings, config, keys.known, (let_go,))


def _git(folder: str) -> Git | None:
    program = find_git(os.environ.get("PATH", ""), folder)
    return Git(program) if program else None


def _mirror(state: StateFolder | None, git: Git | None, journal: Journal) -> Mirror | None:
    """The mirror, following the journal already; whoever only looks keeps none."""
    if state is None or git is None or journal.refusal is not None:
        return None
    mirror = Mirror(state.path / "mirror.git", git, journal)
    mirror.start()
    return mirror


def _claim(
    folder: str, options: argparse.Namespace
) -> tuple[StateFolder | None, PortError | None, tuple[str, ...]]:
    if getattr(options, "only_looks", False):
        return None, CheckpointFailed("This command only looks."), ()
    return claim_state(folder)


def _log(state: StateFolder | None, sitting: Sitting) -> FileSessionLog:
    """One that only looks leaves no log: the next start would take it for the last sitting."""
    return FileSessionLog(state.path / "sessions" / f"{sitting.session}.jsonl" if state else None)


def _room(folder: str, state: StateFolder) -> DiskCheckRoom:
    book = TrustBook(state_dir())
    return DiskCheckRoom(folder, state.path / "checks", book, os.environ.get("PATH", ""))


def _index(folder: str) -> RepoIndex:
    """An index that is kept where what can be found out again is kept."""
    try:
        place: Path | None = cache_dir() / "index" / f"{workspace_id(folder)}.db"
    except (OSError, RuntimeError):
        place = None
    return RepoIndex(os.path.realpath(folder), place)


def _enforce(state: Path, keeping: Keeping) -> None:
    from spark_tui.cli.cleaning import Caps, enforce

    try:
        sentence = enforce(state, Caps.of(keeping))
    except CheckpointFailed as error:
        sentence = str(error)
    if sentence:
        say(sentence)


def _navigation(folder: str, repository: GitRepository, state: StateFolder | None) -> NavigationPorts:
    ripgrep = find_ripgrep(os.environ.get("PATH", ""), folder)
    return NavigationPorts(
        finder=quick_finder() or PlainFinder,
        text_search=ProcessSearch(folder, Ripgrep(ripgrep, folder) if ripgrep else None, repository.holding),
        layouts=LayoutFile(state.path if state else None),
    )


def _sitting(state: StateFolder | None, refusal: PortError | None, options: argparse.Namespace) -> Sitting:
    try:
        return choose(state.path if state else None, refusal is None, options)
    except CheckpointFailed:
        if state is not None:
            state.release()
        raise


async def open_state(folder: str, session: str) -> tuple[StateFolder | None, Journal, tuple[str, ...]]:
    """Open what is kept about the workspace; what can't be opened becomes a notice, and landings are refused."""
    state, refusal, notices = claim_state(folder)
    journal = await _open_journal(state, session, refusal)
    return state, journal, (*notices, *([journal.note] if journal.note else []))


def claim_state(folder: str) -> tuple[StateFolder | None, PortError | None, tuple[str, ...]]:
    """Claim what is kept about the workspace; the second value says why nothing may be written."""
    try:
        state = StateFolder.open(state_dir(), folder)
    except CheckpointFailed as error:
        return None, error, ()
    try:
        state.claim()
    except WorkspaceBusy as error:
        return state, error, (str(error),)
    except CheckpointFailed as error:
        return state, error, ()
    return state, None, ()


async def _open_journal(state: StateFolder | None, session: str, refusal: PortError | None) -> Journal:
    if state is None or (refusal is not None and not isinstance(refusal, WorkspaceBusy)):
        return Journal.absent(refusal or CheckpointFailed("There is no checkpoint journal."))
    try:
        return await Journal.open(state.path, session, refusal)
    except CheckpointFailed as error:
        return Journal.absent(error)
