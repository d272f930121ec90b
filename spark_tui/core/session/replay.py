"""Reads the records of a sitting and says how everything stood at the last of them. Never raises because of content.

The review is rebuilt by doing again what was done to it, so that it comes back with its decisions and their undo.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import field
from typing import Any

from spark_tui.core.edits import FileOpened
from spark_tui.core.review import Plan, PlannedFile, Review, Verdict
from spark_tui.core.session.records import decode_changes, decode_event, decode_text
from spark_tui.core.session.remarks import Remarks
from spark_tui.core.text import Text, WrongRevision
from spark_tui.core.values import dataclass

Record = Mapping[str, Any]
_SPOILED = (KeyError, TypeError, ValueError, IndexError, AttributeError, AssertionError, WrongRevision)


@dataclass(slots=True)
class PastTurn:
    """One prompt and what came of it, as far as it was recorded."""

    id: str
    lane: str = ""
    prompt: str = ""
    prose: str = ""
    state: str = ""
    sentence: str = ""


@dataclass(slots=True)
class SessionState:
    """How everything stood."""

    review: Review
    texts: dict[str, Text] = field(default_factory=dict)
    """Files that were typed in or decided on, as they stood in memory."""
    disk: dict[str, str | None] = field(default_factory=dict)
    """Fingerprint of the bytes that these files had on disk; None: no file."""
    turns: dict[str, PastTurn] = field(default_factory=dict)
    draft: str = ""
    queued: tuple[str, ...] = ()
    """Prompts that waited for a turn to end."""
    tabs: tuple[str, ...] = ()
    active: str | None = None
    open_call: bool = False
    """Whether the model was still writing."""
    checkpoint: int = 0
    """The newest checkpoint of which the sitting knew; 0: of none."""
    landing: tuple[PlannedFile, ...] = ()
    """What a decision was about to write when the records end."""
    is_going_back: bool = False
    """Whether that decision was an undo."""
    typed: set[str] = field(default_factory=set)
    """Files that the person typed in."""
    is_closed: bool = False
    """Whether the sitting was ended by the person."""
    remarks: Remarks = field(default_factory=Remarks)
    skipped: int = 0
    """Records that made no sense."""

    @property
    def unsaved(self) -> tuple[str, ...]:
        """Paths with text that was not on disk."""
        return tuple(path for path in self.texts if self._is_unsaved(path))

    def _is_unsaved(self, path: str) -> bool:
        text = self.texts[path]
        if path not in self.disk:
            return path in self.typed
        disk = self.disk[path]
        return bool(text.row_count) if disk is None else text.digest() != disk


def replay(records: Iterable[Record], review: Review | None = None) -> SessionState:
    """Work the records off, in order; `review` is one that knows nothing yet."""
    player = _Player(review or Review())
    for record in records:
        try:
            player.take(record)
        except _SPOILED:
            player.state.skipped += 1
    return player.state


class _Player:
    """Does again what the records say."""

    def __init__(self, review: Review) -> None:
        self.state = SessionState(review)
        self._plan: Plan | None = None
        self._forward: Plan | None = None
        self._kinds: dict[str, Callable[[Record], None]] = {
            "text": self._text, "edit": self._edit, "replaced": self._replaced, "disk": self._disk,
            "tabs": self._tabs, "turn": self._turn, "draft": self._draft, "landed": self._landed,
            "opened": self._open_or_closed, "closed": self._open_or_closed, "review": self._review,
            "queued": self._queued, "checkpoint": self._checkpoint,
        }  # fmt: skip
        self._calls: dict[str, Callable[[Record], None]] = {
            "begin": self._begin, "open_file": self._open_file, "feed": self._feed, "close": self._close,
            "withdraw": lambda record: self._do.withdraw(record["call"]),
            "latch": lambda record: self._do.latch(record["id"], _verdict(record["verdict"])),
            "reject": lambda record: _ignore(self._do.reject(record["ids"], _rows(record))),
            "plan_accept": self._plan_accept,
            "choose": lambda record: _ignore(self._do.choose(record["id"], record["line"])),
            "amend": lambda record: _ignore(self._do.amend(record["id"], record["lines"])),
            "repropose": lambda record: _ignore(
                self._do.repropose(record["id"], record["first"], record["stop"], record["lines"])
            ),
            "refuse": self._refuse, "undo": self._undo, "redo": self._redo,
            "step": self._step,
            "commit": lambda record: self._commit(self._do.commit),
            "commit_undo": lambda record: self._commit(self._do.commit_undo),
            "commit_redo": lambda record: self._commit(self._do.commit_redo),
        }  # fmt: skip

    @property
    def _do(self) -> Review:
        return self.state.review

    def take(self, record: Record) -> None:
        """Do one record again. Raises what spoiled records raise."""
        work = self._kinds.get(record["kind"], self.state.remarks.take)
        work(record)

    # -- texts

    def _text(self, record: Record) -> None:
        self.state.texts[record["path"]] = decode_text(record["text"])

    def _edit(self, record: Record) -> None:
        path = record["path"]
        changes = decode_changes(record["changes"])
        text = self.state.texts[path].at_revision(changes.base).apply(changes)
        self.state.texts[path] = text
        self.state.typed.add(path)
        self._do.buffer_changed(path, text, changes)

    def _replaced(self, record: Record) -> None:
        path = record["path"]
        if "revision" in record:
            text: Text | None = self.state.texts[path].at_revision(int(record["revision"]))
        else:
            text = None if record["text"] is None else decode_text(record["text"])
        if text is None:
            self.state.texts.pop(path, None)
        else:
            self.state.texts[path] = text
            if record.get("typed"):
                self.state.typed.add(path)
        self._do.buffer_replaced(path, text)

    def _disk(self, record: Record) -> None:
        digest = record["digest"]
        self.state.disk[str(record["path"])] = None if digest is None else str(digest)

    # -- the rest of the screen

    def _tabs(self, record: Record) -> None:
        self.state.tabs = tuple(map(str, record["tabs"]))
        self.state.active = None if record["active"] is None else str(record["active"])

    def _turn(self, record: Record) -> None:
        turn = self.state.turns.setdefault(str(record["id"]), PastTurn(str(record["id"])))
        turn.lane, turn.prompt = str(record["lane"]), str(record["prompt"])
        turn.state, turn.sentence = str(record["state"]), str(record["sentence"])
        turn.prose = turn.prose[: int(record["from"])] + str(record["prose"])

    def _draft(self, record: Record) -> None:
        self.state.draft = str(record["text"])

    def _queued(self, record: Record) -> None:
        self.state.queued = tuple(map(str, record["prompts"]))

    def _landed(self, record: Record) -> None:
        self.state.landing = ()

    def _checkpoint(self, record: Record) -> None:
        self.state.checkpoint = max(self.state.checkpoint, int(record["id"]))

    def _open_or_closed(self, record: Record) -> None:
        self.state.is_closed = record["kind"] == "closed"

    # -- the review

    def _review(self, record: Record) -> None:
        self._calls[record["do"]](record)

    def _begin(self, record: Record) -> None:
        self.state.open_call = True
        self._do.begin(record["turn"], record["call"])

    def _open_file(self, record: Record) -> None:
        event = decode_event(record["event"])
        if not isinstance(event, FileOpened):
            raise TypeError("no section begins")
        base = (
            self.state.texts[event.path].at_revision(record["base"]) if record["base"] is not None else None
        )
        self._do.open_file(event, base, record["refusal"])

    def _feed(self, record: Record) -> None:
        self._do.feed(decode_event(record["event"]), record.get("refusal", ""))

    def _close(self, record: Record) -> None:
        self.state.open_call = False
        self._do.close(bool(record["cut"]))

    def _plan_accept(self, record: Record) -> None:
        self._plan = self._forward = self._do.plan_accept(record["ids"], _rows(record))

    def _undo(self, record: Record) -> None:
        self._plan = self._do.undo()

    def _redo(self, record: Record) -> None:
        self._plan = self._forward = self._do.redo()

    def _step(self, record: Record) -> None:
        told = record["texts"].items()
        texts = {str(path): None if text is None else decode_text(text) for path, text in told}
        self._do.step(texts)
        for path in texts:
            text = self._do.text(path)
            if text is None:
                self.state.texts.pop(path, None)
            else:
                self.state.texts[path] = text

    def _commit(self, commit: Callable[[Plan], tuple[PlannedFile, ...]]) -> None:
        assert self._plan is not None
        files = commit(self._plan)
        for file in files:
            if file.moved_from:
                self.state.texts.pop(file.moved_from, None)
                if file.moved_from in self.state.disk:
                    self.state.disk[file.path] = self.state.disk.pop(file.moved_from)
            if file.after is None:
                self.state.texts.pop(file.path, None)
            else:
                self.state.texts[file.path] = file.after
        self.state.landing = files
        self.state.is_going_back = commit == self._do.commit_undo

    def _refuse(self, record: Record) -> None:
        self.state.landing = ()
        if self._forward is not None:
            self._do.refuse(self._forward, record["path"], record["sentence"])


def _ignore(value: object) -> None:
    """What a call answered does not matter here."""


def _verdict(value: str | None) -> Verdict | None:
    return None if value is None else Verdict(value)


def _rows(record: Record) -> dict[str, frozenset[int]]:
    return {str(id): frozenset(rows) for id, rows in record["rows"].items()}
