"""A whole patch on a tree of bytes, without a screen: the same pipeline, decided by rule instead of by a person."""

from collections.abc import Callable, Iterable, Iterator
from typing import Literal

from spark_tui.core.edits import (
    EditEvent,
    EditFault,
    FileClosed,
    FileOp,
    FileOpened,
    Moved,
    PatchClosed,
    PatchParser,
    Profile,
)
from spark_tui.core.review.intake import SUPERSEDED
from spark_tui.core.review.paths import normal_path, why_unsafe
from spark_tui.core.review.review import Review
from spark_tui.core.review.values import FileView, HunkState, HunkView, PlannedFile
from spark_tui.core.text import Text
from spark_tui.core.values import dataclass

Decide = Literal["safe", "all", "none"]
"""`safe`: what fits in exactly one place; `all`: what fits in several places, too, at the first of them."""

Read = Callable[[str], bytes | None]
"""The bytes of a file, None where there is none."""
Refuse = Callable[[str], str]
"""Why a path may not be touched; empty if it may."""

DEVIATIONS = {
    "move to self": "The reference tool deletes a file that is moved onto itself; here it is changed in place.",
}
"""Reference cases that the codex profile answers differently, each with the reason."""


@dataclass(frozen=True, slots=True)
class HunkResult:
    """What became of one hunk."""

    state: str
    level: int
    candidates: int
    base_start: int | None
    """The first line it stands for, counted from zero; None where it has no place."""
    base_len: int
    added: int
    removed: int
    reason: str


@dataclass(frozen=True, slots=True)
class FileResult:
    """What became of one section of the patch."""

    path: str
    op: str
    hunks: tuple[HunkResult, ...]


@dataclass(frozen=True, slots=True)
class BatchResult:
    """What became of a patch."""

    writes: dict[str, bytes | None]
    """New bytes by path; None: the file goes away."""
    moves: dict[str, str]
    """New path to old path, so that a file can keep its mode."""
    files: tuple[FileResult, ...]
    applied: int
    left_out: tuple[str, ...]
    """One sentence for each hunk that was not applied."""
    problems: tuple[str, ...]
    """What was wrong with the patch as such."""

    @property
    def is_complete(self) -> bool:
        """Whether all of the patch was applied."""
        return not self.left_out and not self.problems


def apply_patch(
    chunks: Iterable[str], read: Read, refuse: Refuse, profile: Profile = "spark", decide: Decide = "safe"
) -> BatchResult:
    """Apply a patch that comes in pieces to the files that `read` knows."""
    if profile == "codex":
        return _Reference(read, refuse).run(chunks)
    return _Careful(read, refuse).run(chunks, decide)


class _Careful:
    """The spark profile: one review for the whole patch."""

    def __init__(self, read: Read, refuse: Refuse) -> None:
        self._read = read
        self._refuse = refuse
        self._review = Review("spark")
        self._problems: list[str] = []

    def run(self, chunks: Iterable[str], decide: Decide) -> BatchResult:
        """Feed the patch, decide, and collect what comes of it."""
        review = self._review
        review.begin("patch", "patch")
        complete = False
        for event in _events(PatchParser(), chunks):
            complete = complete or isinstance(event, PatchClosed)
            self._feed(event)
        review.close(cut=not complete)
        views = review.files()
        wanted = [hunk for view in views for hunk in view.hunks]
        if decide == "all":
            for hunk in wanted:
                if hunk.state is HunkState.AMBIGUOUS and hunk.line is not None:
                    review.choose(hunk.id, hunk.line)
        ids = [hunk.id for hunk in wanted] if decide != "none" else []
        plan = review.plan_accept(ids)
        review.commit(plan)
        done = set(plan.hunks)
        reasons = dict(plan.left_out)
        left_out = tuple(
            f"{hunk.path}: {reasons.get(hunk.id) or hunk.note or 'It was not asked for.'}"
            for hunk in wanted
            if hunk.id not in done and hunk.note != SUPERSEDED
        )
        writes, moves = _written(plan.files)
        files = tuple(_file_result(view, review, reasons) for view in views)
        return BatchResult(writes, moves, files, len(done), left_out, tuple(self._problems))

    def _feed(self, event: EditEvent) -> None:
        review = self._review
        match event:
            case FileOpened(_, path):
                target = normal_path(path)
                refusal = why_unsafe(path) or self._refuse(target)
                data = None if refusal else self._read(target)
                review.open_file(event, None if data is None else Text.decode(data), refusal)
            case Moved(path):
                target = normal_path(path)
                refusal = why_unsafe(path) or self._refuse(target)
                if not refusal and self._read(target) is not None:
                    refusal = f"There is a file {target} already."
                review.feed(event, refusal)
            case EditFault(line, sentence):
                self._problems.append(f"Line {line}: {sentence}")
                review.feed(event)
            case _:
                review.feed(event)


class _Reference:
    """The codex profile: section after section, each on the result of the one before, until one fails."""

    def __init__(self, read: Read, refuse: Refuse) -> None:
        self._read = read
        self._refuse = refuse
        self._writes: dict[str, bytes | None] = {}
        self._moves: dict[str, str] = {}
        self._files: list[FileResult] = []
        self._applied = 0

    def run(self, chunks: Iterable[str]) -> BatchResult:
        """Read the whole patch, then apply it as far as it goes."""
        events = list(_events(PatchParser("codex"), chunks))
        faults = [event for event in events if isinstance(event, EditFault)]
        if faults:
            return self._result((f"Line {faults[0].line}: {faults[0].sentence}",))
        if not any(isinstance(event, FileOpened) for event in events):
            return self._result(("The patch changes no file.",))
        for section in _sections(events):
            problem = self._apply(section)
            if problem:
                return self._result((problem,))
        return self._result(())

    def _result(self, problems: tuple[str, ...]) -> BatchResult:
        return BatchResult(self._writes, self._moves, tuple(self._files), self._applied, (), problems)

    def _bytes(self, path: str) -> bytes | None:
        return self._writes[path] if path in self._writes else self._read(path)

    def _apply(self, section: list[EditEvent]) -> str:
        """Apply one section; return what is wrong, empty if nothing is."""
        opened = section[0]
        assert isinstance(opened, FileOpened)
        path = normal_path(opened.path)
        target = next((normal_path(event.path) for event in section if isinstance(event, Moved)), path)
        refusal = why_unsafe(path) or why_unsafe(target) or self._refuse(path) or self._refuse(target)
        if refusal:
            return refusal
        data = self._bytes(path)
        if opened.op is not FileOp.ADD and data is None:
            return f"There is no file {path}."
        if opened.op is FileOp.DELETE:
            self._writes[path] = None
            return ""
        try:
            base = None if opened.op is FileOp.ADD else Text.of((data or b"").decode(), lone_cr=True)
        except UnicodeDecodeError:
            return f"{path} is not UTF-8."
        return self._edit(section, opened, base, target)

    def _edit(self, section: list[EditEvent], opened: FileOpened, base: Text | None, target: str) -> str:
        path = normal_path(opened.path)
        review = Review("codex")
        review.begin("patch", "patch")
        review.open_file(opened, base)
        for event in section[1:]:
            if not isinstance(event, Moved):
                review.feed(event)
        view = review.files()[0]
        plan = review.plan_accept([hunk.id for hunk in view.hunks])
        reasons = dict(plan.left_out)
        review.commit(plan)
        if reasons:
            return f"{path}: {next(iter(reasons.values()))}"
        self._files.append(_file_result(view, review, reasons))
        after = plan.files[0].after if plan.files else base
        data = b"" if after is None else after.encode()
        if opened.op is FileOp.UPDATE and data and not data.endswith((b"\n", b"\r")):
            first = base.ending(0) if base is not None else ""
            data += (first or "\n").encode()
        self._applied += len(plan.hunks)
        if target != path:
            self._writes[path] = None
            self._moves[target] = path
        self._writes[target] = data
        return ""


def _events(parser: PatchParser, chunks: Iterable[str]) -> Iterator[EditEvent]:
    for chunk in chunks:
        yield from parser.push(chunk)
    yield from parser.finish()


def _sections(events: list[EditEvent]) -> Iterator[list[EditEvent]]:
    section: list[EditEvent] = []
    for event in events:
        if isinstance(event, FileOpened):
            section = [event]
        elif isinstance(event, FileClosed):
            yield [*section, event]
        else:
            section.append(event)


def _written(files: Iterable[PlannedFile]) -> tuple[dict[str, bytes | None], dict[str, str]]:
    writes: dict[str, bytes | None] = {}
    moves: dict[str, str] = {}
    for planned in files:
        if planned.moved_from is not None:
            writes[planned.moved_from] = None
            moves[planned.path] = planned.moved_from
        writes[planned.path] = None if planned.after is None else planned.after.encode()
    return writes, moves


def _file_result(view: FileView, review: Review, reasons: dict[str, str]) -> FileResult:
    hunks = tuple(_hunk_result(hunk, review.hunk(hunk.id), reasons.get(hunk.id, "")) for hunk in view.hunks)
    return FileResult(view.path, view.op.value, hunks)


def _hunk_result(before: HunkView, after: HunkView | None, reason: str) -> HunkResult:
    """Tell of a hunk by how it stood before anything was applied, and by its state afterwards."""
    state = before.state if after is None else after.state
    return HunkResult(
        state.value,
        before.level,
        before.candidates,
        before.line,
        len(before.rows) - before.added,
        before.added,
        before.removed,
        reason or before.note,
    )
