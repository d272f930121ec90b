"""What the engine needs from outside, as promises: one Protocol per outside thing, and their errors.

A port exists only if a real adapter and a fake in the tests implement it. The error tree:

    PortError                 one clear sentence for the person
      LinkDown                the connection broke; trying again may help
      LinkRefused             the server said no; `status` says how
      PathRefused             a path that leads out of the workspace or into protected ground
      FileGone                nothing there
      FileUnreadable          there, but not readable as a regular file
      FileChangedOnDisk       other bytes than those the change was made for
      WriteFailed             the disk said no: read-only, full, not permitted
      SearchFailed            a search over files could not be done
      CheckpointFailed        the journal could not keep the bytes; nothing was written
      WorkspaceBusy           another spark-tui holds the workspace; this one may read, not write
      SettingsWrong           a setting that can't be used
      CheckTrouble            an edit can't be checked: no private copy, no room, trust can't be kept
"""

from collections.abc import AsyncIterator, Callable, Collection, Mapping, Sequence
from typing import Protocol

from spark_tui.core.checkpoint import Checkpoint, FileWrite, Foreign, Ground, Intent, LandingKind
from spark_tui.core.checks import CheckRan, CheckRun, Trust
from spark_tui.core.paths import Below
from spark_tui.core.repo import PastCommit, Query, Ranked, RepoFacts
from spark_tui.core.search import FileHits, Match, SearchProgress, Sought
from spark_tui.core.values import dataclass


class PortError(Exception):
    """Something outside did not do what was asked; `str()` is one sentence for the person."""


class LinkDown(PortError):
    """The connection to the model broke or could not be made."""

    def __init__(self, sentence: str, code: int | None = None, *, offline: bool = False) -> None:
        super().__init__(sentence)
        self.code = code
        """WebSocket close code, where there was one."""
        self.offline = offline
        """Whether it is our own network that is missing."""


class LinkRefused(PortError):
    """The model's server refused: wrong key, no such route, too busy."""

    def __init__(self, sentence: str, status: int, retry_after: float | None = None) -> None:
        super().__init__(sentence)
        self.status = status
        """HTTP status of the refusal."""
        self.retry_after = retry_after
        """Seconds the server asks to wait, where it said so."""


class PathError(PortError):
    """An error about one path of the workspace."""

    def __init__(self, path: str, sentence: str) -> None:
        super().__init__(sentence)
        self.path = path


class PathRefused(PathError):
    """The path leads out of the workspace or into protected ground."""


class PathIsLink(PathRefused):
    """The path is a link: what it points to can be read through it, and nothing is written there."""


class FileGone(PathError):
    """Nothing is at the path."""


class FileUnreadable(PathError):
    """Something is at the path that can't be read as a regular file."""


class FileChangedOnDisk(PathError):
    """The bytes on disk are not those the change was made for."""


class WriteFailed(PathError):
    """The disk refused a write; the file is as it was."""


class SearchFailed(PortError):
    """A search could not be done."""


class CheckpointFailed(PortError):
    """The journal could not keep the bytes, so nothing was written."""


class WorkspaceBusy(PortError):
    """Another spark-tui works on the same workspace; reading goes on, landings don't."""


class CheckTrouble(PortError):
    """Edits can't be checked; everything else goes on."""


class SettingsWrong(PortError):
    """A setting can't be used; the sentence names file, key and the nearest valid key."""


@dataclass(frozen=True, slots=True)
class LinkInfo:
    """What a fresh connection tells about itself."""

    transport: str
    """Short name for the status line: `ws`, `http`."""
    headers: Mapping[str, str]
    """Lower-cased response headers worth knowing (`x-request-id`, `openai-model`, …)."""
    remembers: bool = True
    """Whether the server remembers on this connection what it was sent, so that requests may go on from there."""
    shares: bool = False
    """Whether it is the connection of another link, so that requests may go on from what was sent through that."""


class ModelLink(Protocol):
    """One connection to a model's server. No policy: it connects, sends, yields, and says when it broke."""

    @property
    def fallback(self) -> "ModelLink | None":
        """The next way to the same server, for when this one is closed; None: there is no other."""

    @property
    def connected(self) -> bool:
        """Whether a request could be sent at once."""

    def twin(self) -> "ModelLink":
        """Another connection to the same server, made the same way and not open yet."""

    def beside(self) -> "ModelLink":
        """A link for requests at the same time: it shares the connection where the server allows that."""

    async def connect(self) -> LinkInfo:
        """Open the connection. Raises LinkDown or LinkRefused."""

    def exchange(self, request: Mapping[str, object]) -> AsyncIterator[Mapping[str, object]]:
        """Send one request and yield decoded frames until the caller stops. Raises LinkDown, LinkRefused."""

    async def send(self, frame: Mapping[str, object]) -> bool:
        """Send a frame beside the exchange under way; False: this is not possible here."""

    async def drop(self) -> None:
        """Cut the connection at once, whatever is in flight."""

    async def close(self) -> None:
        """Close the connection properly; never raises."""


class Clock(Protocol):
    """Time, so that tests can hold it."""

    def now(self) -> float:
        """Seconds since the epoch."""

    def tick(self) -> float:
        """Monotonic seconds, for durations."""

    async def sleep(self, seconds: float) -> None:
        """Wait."""


class TokenCounter(Protocol):
    """Counts tokens as the model will."""

    exact: bool
    """Whether counts are the model's own and not an estimate."""

    def count(self, text: str) -> int:
        """Tokens in `text`. May be called in a thread."""


class Ratios(Protocol):
    """What servers taught about how they count, kept between sittings; never raises."""

    def recall(self, model: str) -> float | None:
        """A model's tokens per token of ours, if its server ever told."""

    def keep(self, model: str, ratio: float) -> None:
        """Keep what a server told."""


@dataclass(frozen=True, slots=True)
class FileRead:
    """The bytes of one file as they were at one moment."""

    data: bytes
    mode: int
    """Permission bits."""


Stamp = tuple[int, ...]
"""What a file system says about a file without its being read; other bytes, other stamp."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One visible file of the workspace."""

    path: str
    """Workspace-relative, `/`-separated."""
    mark: str = ""
    """How it differs from the last commit: `M` changed, `A` added, `D` deleted, `?` untracked, or nothing."""


@dataclass(frozen=True, slots=True)
class Listing:
    """The visible files of the workspace in path order; folders are implied."""

    entries: tuple[Entry, ...]
    truncated: bool = False
    """Whether a limit cut the list short."""
    note: str = ""
    """One sentence where something about the list should be known."""


@dataclass(frozen=True, slots=True)
class Head:
    """Where the person's repository stands."""

    branch: str
    """Branch name, or the short commit id when detached."""
    detached: bool = False
    unborn: bool = False
    """Whether the branch has no commit yet."""
    oid: str = ""
    """Full id of the commit; empty when unborn or not known."""


class Files(Protocol):
    """The workspace's files. Every path is checked on every call; symlinks never lead outside.

    The landing calls take a whole landing at once. Each may stop anywhere with an error: what is on disk
    then is found out by looking, so `roll_back` works after any of them, after a crash, and after its own.
    """

    root: str
    """Absolute path of the workspace, for display."""

    async def read(self, path: str) -> FileRead:
        """Read a regular file. Raises PathRefused, FileGone, FileUnreadable."""

    async def check_target(self, path: str) -> None:
        """Raise PathRefused if `path` may not be written."""

    async def astray(self) -> str:
        """One sentence if the folder is not any more where it was opened; empty while it is."""

    async def stamps(self, paths: Sequence[str]) -> Mapping[str, Stamp]:
        """Stamps of files, links followed; what is not there or can't be reached is left out."""

    async def walk(self) -> Listing:
        """List the files without git."""

    async def below(self, path: str, limit: int) -> Below | None:
        """What a folder holds; None if `path` is no folder. Raises PathRefused."""

    async def survey(self, writes: Sequence[FileWrite]) -> tuple[Ground, ...]:
        """Compare every target with its `before` and tell what else must be known to put it back.

        Touches nothing. Raises PathRefused, FileGone, FileUnreadable, FileChangedOnDisk, WriteFailed.
        """

    async def stage(self, intent: Intent) -> None:
        """Put the new bytes durably beside their targets, which stay untouched. Raises WriteFailed."""

    async def swap(self, intent: Intent) -> None:
        """Exchange targets and staged bytes, verify what was displaced, make it durable.

        Raises FileChangedOnDisk if another program's bytes were displaced, WriteFailed.
        """

    async def roll_back(self, intent: Intent) -> tuple[Foreign, ...]:
        """Bring every target back to `before`, whatever happened so far, and tell what other programs did.

        Bytes of others at a target stay there. Safe to repeat. Raises WriteFailed; then call it again later.
        """

    async def clear(self, intent: Intent, *, anyway: bool = False) -> tuple[Foreign, ...]:
        """Remove what the landing left beside its targets, and folders that are no longer needed; make it durable.

        Bytes that nobody else has are left and returned; with `anyway` they go too. Raises WriteFailed.
        """


class Checkpoints(Protocol):
    """The journal of landings: durable before the first byte of a file changes."""

    async def intend(
        self,
        writes: Sequence[FileWrite],
        grounds: Sequence[Ground],
        kind: LandingKind,
        turn: str,
        note: str,
        time: float,
        place: int | None = None,
    ) -> Intent:
        """Keep before- and after-images and the intent durably. Raises CheckpointFailed, WorkspaceBusy.

        `place` is the checkpoint whose state the landing brings back: the undo tree moves there and does not grow.
        """

    async def landed(self, intent: Intent) -> Checkpoint:
        """The bytes are on disk; the checkpoint exists, durably. Raises CheckpointFailed."""

    async def abandoned(self, intent: Intent) -> None:
        """The landing was taken back, durably; nothing changed. Raises CheckpointFailed."""

    async def tidied(self, intent: Intent) -> None:
        """Nothing of the landing is left beside its targets. May become durable later."""

    async def keep(self, intent: Intent, foreign: Foreign) -> None:
        """Keep another program's bytes that would be lost, durably. Raises CheckpointFailed."""

    async def unfinished(self) -> Sequence[Intent]:
        """Landings that a crash cut, oldest first; `is_landed` ones only need tidying."""

    async def remembered(self, paths: Sequence[str]) -> Mapping[str, Ground]:
        """What the latest landing that deleted (mode) or created (folders) each path knew about it."""

    async def history(self, limit: int = 1000) -> Sequence[Checkpoint]:
        """Newest first."""

    async def after(self, landing: int, limit: int = 100) -> Sequence[Checkpoint]:
        """Checkpoints with a higher id, oldest first."""

    async def count(self) -> int:
        """How many checkpoints there are."""

    async def where(self) -> int:
        """The checkpoint in the undo tree whose state the files are in; 0: none."""

    async def recall(self, landing: int) -> Intent:
        """All bytes of one checkpoint. Raises CheckpointFailed."""

    async def kept(self, landing: int) -> Sequence[Foreign]:
        """Other programs' bytes that were kept during one landing."""


class Repository(Protocol):
    """The person's git repository, read only and without running anything that it names."""

    note: str
    """One sentence on why git is not used or marks are missing; empty when all is well."""

    async def head(self) -> Head | None:
        """Where it stands; None without a repository."""

    async def names(self) -> Listing | None:
        """Tracked files without marks, many times sooner than `listing`; None without a repository or git."""

    async def listing(self) -> Listing | None:
        """Visible files with marks; None without a repository or git."""

    async def committed(self, paths: Sequence[str]) -> Mapping[str, bytes]:
        """What the last commit holds of these files; those that it does not have or that are too large are left out."""

    async def past(self, most: int) -> tuple[PastCommit, ...]:
        """The latest commits without merges, newest first; none where git can't tell."""


class Search(Protocol):
    """Finds which files hold given words."""

    async def containing(self, words: Sequence[str], paths: Sequence[str]) -> Mapping[str, int]:
        """Count whole-word occurrences of `words` per path; a path with none or unreadable is left out."""


@dataclass(frozen=True, slots=True)
class IndexProgress:
    """How far the index of the repository is."""

    done: int = 0
    """Files whose facts are known."""
    total: int = 0
    is_ready: bool = False
    """Whether all files that were listed are known."""
    note: str = ""
    """One sentence where something is wrong or left out as a whole."""
    strangers: int = 0
    """Rises when files may have appeared that were never listed."""


class Index(Protocol):
    """Facts about the files of the workspace, gathered in another process and kept between sittings.

    It never raises: an index that can't work says so in `progress.note` and answers with what it has.
    """

    @property
    def progress(self) -> IndexProgress:
        """How far it is."""

    def snapshot(self) -> RepoFacts:
        """What is known now, without `terms` and `history`; cheap, complete once `progress.is_ready`."""

    async def start(self, on_progress: Callable[[IndexProgress], None]) -> None:
        """Start the other process; returns at once. `on_progress` is called on the event loop."""

    async def list_files(self, paths: Sequence[str], history: Sequence[PastCommit]) -> None:
        """Say which files there are and what the history is; returns when facts about all of them are there."""

    async def update(self, paths: Sequence[str]) -> None:
        """These files may have changed, appeared or gone; returns when the facts are fresh."""

    async def rank(self, query: Query, limit: int = 1000) -> tuple[Ranked, ...]:
        """Rank the files for a prompt, the best first. Files changed on disk since are looked at first."""

    async def close(self) -> None:
        """End the other process."""


class Finder(Protocol):
    """Finds names by some of their letters, quick enough for every key over 100,000 of them."""

    def learn(self, names: Sequence[str]) -> None:
        """Look in these names from now on."""

    def find(self, letters: str, limit: int) -> Sequence[Match]:
        """Return at most `limit` names that fit, best first; all of them in their order without letters."""


class CheckRoom(Protocol):
    """A private copy of the workspace in which programs run, shut in as well as the system can."""

    async def shelter(self) -> tuple[bool, str]:
        """Whether programs are shut in for good, and a sentence about it."""

    async def trust(self, configuration: Collection[str]) -> Trust:
        """Whether the person trusts the workspace; `configuration` are the files that programs obey."""

    async def give_trust(self, configuration: Collection[str]) -> None:
        """Trust the workspace as it is now. Raises CheckTrouble."""

    async def take_trust(self) -> None:
        """Trust the workspace no more. Raises CheckTrouble."""

    async def find(self, program: str, folder: str) -> str:
        """Return the absolute path of a program for a folder of the workspace; empty: there is none."""

    async def run(self, run: CheckRun, paths: Sequence[str], changed: Mapping[str, bytes | None]) -> CheckRan:
        """Run a program on the workspace as it is on disk, with `changed` laid over it.

        Cancelled, it leaves no process behind. Raises CheckTrouble.
        """

    async def close(self) -> None:
        """End what runs and remove the copy; never raises."""


class TextSearch(Protocol):
    """Searches the text of many files without holding anybody up."""

    def search(
        self,
        search: Sought,
        paths: Sequence[str],
        texts: Mapping[str, Sequence[str]],
        replacement: str | None = None,
    ) -> AsyncIterator[FileHits | SearchProgress]:
        """Yield files with hits as they are found; to stop, close the iterator. Raises SearchFailed.

        `texts` are lines that stand for files as they are in memory. With `replacement` every hit says what its
        line would become.
        """


class Layouts(Protocol):
    """Keeps plain data about how the workspace was left; never raises, because losing it loses nothing else."""

    async def load(self) -> object:
        """What was kept; None if that is nothing."""

    async def save(self, value: object) -> None:
        """Keep this from now on."""


class SessionLog(Protocol):
    """Append-only record of what happened, for people and for recovery."""

    @property
    def trouble(self) -> str:
        """One sentence on why records are being lost; empty while none are."""

    def write(self, kind: str, **fields: object) -> None:
        """Append one record; returns at once and never raises. A value that is a function is called, perhaps later."""

    async def flush(self) -> None:
        """Wait until everything written so far is durable; never raises."""
