"""Other versions of one hunk: asked for with a note, kept all of them, and one of them shown to be decided on."""

from collections.abc import Callable, Sequence

from spark_tui.core.edits import FileOp, RowKind
from spark_tui.core.review import FileView, HunkState, HunkView, Review
from spark_tui.core.text import Text
from spark_tui.engine.asking import Asked, Desk, patch_text
from spark_tui.engine.conversation import Conversation
from spark_tui.engine.decisions import Decisions
from spark_tui.engine.events import EngineEvent, ReviewMoved, Trouble
from spark_tui.engine.workspace import Workspace

OPEN = (HunkState.PROPOSED, HunkState.AMBIGUOUS)
"""States in which a hunk can have other versions."""

Lines = tuple[str, ...]


class _Scratch:
    """A place beside the review: what is laid here is read, never decided on."""

    def __init__(self, hunk: str) -> None:
        self.hunk = hunk
        self.review = Review()

    async def take_due(self) -> None:
        """Nothing is promised here."""

    @property
    def files(self) -> tuple[FileView, ...]:
        """What the answer holds so far."""
        return self.review.files()


def version_text(hunk: HunkView, note: str) -> str:
    """Write the request for another version of a hunk."""
    old = sum(row.kind is not RowKind.ADD for row in hunk.rows)
    where = (
        f", lines {hunk.line + 1}-{hunk.line + old} of the file as it is now"
        if hunk.line is not None and old
        else ""
    )
    return "\n".join(
        (
            f"Write this hunk once more, as another version of it{where}: {note or 'solve it in another way'}",
            "*** Begin Patch",
            patch_text(hunk),
            f"Call apply_patch with one section for {hunk.path} that changes only these lines. Nothing else is "
            "asked for; the person chooses between the versions.",
        )
    )


class Versions:
    """Every version of every hunk that has more than one."""

    def __init__(
        self,
        conversation: Conversation,
        decisions: Decisions,
        workspace: Workspace,
        emit: Callable[[EngineEvent], None],
    ) -> None:
        self._conversation = conversation
        self._decisions = decisions
        self._workspace = workspace
        self._emit = emit
        self._kept: dict[str, list[Lines]] = {}
        self._scratch: _Scratch | None = None
        self.revision = 0
        """Rises with every version."""

    def desk(self, hunk: str) -> Desk:
        """Return where the answer to a request for another version of a hunk is laid."""
        self._scratch = _Scratch(hunk)
        return self._scratch

    def label(self, hunk: HunkView) -> str:
        """Say which version is shown, as in `2/3`; empty while there is only one."""
        kept = self._kept.get(hunk.id)
        if not kept or hunk.state not in OPEN:
            return ""
        now = self._decisions.new_side(hunk)
        return f"{kept.index(now) + 1}/{len(kept)}" if now in kept else f"edited/{len(kept)}"

    def arriving(self, hunk: str) -> HunkView | None:
        """Return the version of a hunk that is being written, as far as it is there."""
        if self._scratch is None or self._scratch.hunk != hunk:
            return None
        return next((view for file in self._scratch.files for view in file.hunks), None)

    def step(self, hunk: str, by: int) -> bool:
        """Show the next version, or with -1 the one before; False if there is only one."""
        view = self._decisions.review.hunk(hunk)
        kept = self._kept.get(hunk)
        if view is None or not kept or view.state not in OPEN:
            return False
        now = self._decisions.new_side(view)
        if now not in kept:
            # What the person made of it is a version, too.
            self._keep(hunk, now)
        return self._decisions.amend(hunk, kept[(kept.index(now) + by) % len(kept)])

    def _keep(self, hunk: str, lines: Lines) -> None:
        kept = self._kept.setdefault(hunk, [])
        if lines not in kept:
            kept.append(lines)
        self.revision += 1
        self._emit(ReviewMoved())

    async def again(self, hunk: str, note: str = "") -> None:
        """Ask for another version and show it; the ones before are kept."""
        view = self._decisions.review.hunk(hunk)
        if view is None or view.state not in OPEN or view.op is FileOp.DELETE or view.new_path is not None:
            self._emit(
                Trouble("another version", "there can be another version only of an open edit of lines")
            )
            return
        self._keep(hunk, self._decisions.new_side(view))
        shown = note or f"Another version of the edit in {view.path}."
        about = f"{note} @{view.path}" if view.op is not FileOp.ADD else note
        asked = Asked(
            version_text(view, note),
            about.strip(),
            version_of=hunk,
            over=lambda: self._show_answer(hunk),
        )
        try:
            await self._conversation.submit(shown, asked)
        finally:
            if self._scratch is not None and self._scratch.hunk == hunk:
                # It was stopped, or failed.
                self._scratch = None
                self._emit(ReviewMoved())

    def _show_answer(self, hunk: str) -> None:
        view, scratch = self._decisions.review.hunk(hunk), self._scratch
        self._scratch = None
        self._emit(ReviewMoved())
        if view is None or scratch is None or scratch.hunk != hunk:
            return
        buffer = self._workspace.buffer(view.path)
        text = buffer.text if buffer is not None else None
        if text is not None:
            scratch.review.buffer_replaced(view.path, text)
        answer = [each for file in scratch.files for each in file.hunks if file.path == view.path]
        lines = new_lines(view, answer, text)
        if lines is None:
            why = "the answer changes other lines, too" if answer else "the answer holds no edit of this file"
            self._emit(Trouble(f"another version of {view.path}", f"not taken: {why}"))
            return
        self._keep(hunk, lines)
        if not self._decisions.amend(hunk, lines):
            self._emit(Trouble(f"another version of {view.path}", "kept; it changes nothing as things are"))


def new_lines(hunk: HunkView, answer: Sequence[HunkView], text: Text | None) -> Lines | None:
    """Return what an answer makes of the lines a hunk stands for; None if it does not keep to them."""
    if hunk.op is FileOp.ADD:
        whole = [each for each in answer if each.state is HunkState.PROPOSED]
        return (
            tuple(row.text for each in whole for row in each.rows if row.kind is RowKind.ADD)
            if whole
            else None
        )
    if text is None or hunk.line is None or not answer:
        return None
    first = hunk.line
    last = first + sum(row.kind is not RowKind.ADD for row in hunk.rows)
    gone: set[int] = set()
    come: dict[int, list[str]] = {}
    for each in answer:
        places = [each.line] if each.state is HunkState.PROPOSED else list(each.alternatives)
        fitting = [at for at in places if at is not None and _keeps_to(each, at, first, last)]
        if len(fitting) != 1:
            return None
        at = fitting[0]
        for row in each.rows:
            if row.kind is RowKind.ADD:
                come.setdefault(at, []).append(row.text)
                continue
            if row.kind is RowKind.REMOVE:
                gone.add(at)
            at += 1
    lines: list[str] = []
    for at in range(first, last + 1):
        lines += come.get(at, [])
        if at < last and at not in gone:
            lines.append(text.line(at))
    return tuple(lines)


def _keeps_to(hunk: HunkView, at: int, first: int, last: int) -> bool:
    """Whether a hunk that begins at a line changes only lines from `first` up to `last`."""
    for row in hunk.rows:
        if row.kind is RowKind.REMOVE and not first <= at < last:
            return False
        if row.kind is RowKind.ADD and not first <= at <= last:
            return False
        at += row.kind is not RowKind.ADD
    return True
