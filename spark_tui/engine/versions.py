"""Other versions of one hunk: asked for beside the conversation, kept all of them, and one of them the proposal."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import field
from itertools import count

from spark_tui.core.edits import FileOp, RowKind
from spark_tui.core.review import HunkState, HunkView, Review, Row
from spark_tui.core.review.rows import difference
from spark_tui.core.values import dataclass
from spark_tui.engine.asking import patch_text
from spark_tui.engine.beside import Beside
from spark_tui.engine.decisions import Decisions
from spark_tui.engine.events import EngineEvent, ReviewMoved, Trouble
from spark_tui.engine.marks import Keep, keep_nothing
from spark_tui.engine.placing import new_lines
from spark_tui.engine.workspace import Workspace

OPEN = (HunkState.PROPOSED, HunkState.AMBIGUOUS)
"""States in which a hunk can have other versions."""

LOST = (HunkState.CONFLICTED, HunkState.STALE, HunkState.UNPLACED)
"""States in which a hunk can be asked for anew, against the text as it is."""

THREE = (
    ("smallest change", "make the smallest change that does it; touch nothing that need not be touched"),
    ("clearest", "make it as clear as can be to whoever reads it next, even if it gets longer"),
    ("fastest", "make it as fast as can be when it runs"),
)
"""What three versions at once are asked to be: a name, and the words of the request."""

ORIGINAL = "as proposed"

Lines = tuple[str, ...]
NOTHING: Mapping[str, Mapping[str, Lines]] = {}


@dataclass(frozen=True, slots=True)
class Choice:
    """One version as it is shown beside the others."""

    name: str
    rows: tuple[Row, ...]
    """What it does to the lines as they are now."""
    tail: Row | None = None
    is_shown: bool = False
    """Whether it is what the hunk proposes now."""
    said: str = ""
    """`writing`, or why there is nothing; empty: it is complete."""


@dataclass(slots=True)
class _Coming:
    """A version that is being written."""

    name: str
    review: Review = field(default_factory=Review)
    task: asyncio.Task[None] | None = None
    failed: str = ""
    """Why nothing came of it."""

    @property
    def view(self) -> HunkView | None:
        """As far as it is there."""
        return next((view for file in self.review.files() for view in file.hunks), None)


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


def repair_text(hunk: HunkView, now: Sequence[str], note: str) -> str:
    """Write the request for a hunk that fits no more, against the lines as they are now."""
    there = ["The lines it was made for now read:", *(f"| {line}" for line in now)] if now else []
    return "\n".join(
        (
            "Propose this hunk anew: the file changed since it was written, and it no longer fits."
            + (f" {note}" if note else ""),
            "*** Begin Patch",
            patch_text(hunk),
            *there,
            f"Call apply_patch with one section for {hunk.path}, against the file as it is now. Keep what the "
            "person changed, and change only these lines.",
        )
    )


class Versions:
    """Every version of every hunk that has more than one."""

    def __init__(
        self,
        beside: Beside,
        decisions: Decisions,
        workspace: Workspace,
        emit: Callable[[EngineEvent], None],
        write: Keep = keep_nothing,
        past: Mapping[str, Mapping[str, Lines]] = NOTHING,
    ) -> None:
        """`write` writes down every version; `past` is what was written before."""
        self._beside = beside
        self._write = write
        self._decisions = decisions
        self._workspace = workspace
        self._emit = emit
        self._kept: dict[str, dict[str, Lines | None]] = {hunk: dict(kept) for hunk, kept in past.items()}
        """Hunk to its versions by name, in the order in which they were asked for; None: it is not there yet."""
        self._coming: dict[str, list[_Coming]] = {}
        self.revision = 0
        """Rises with every change."""

    # What there is

    def label(self, hunk: HunkView) -> str:
        """Say which version is shown, as in `2/3`; empty while there is only one."""
        kept = self._all_of(hunk.id)
        if not kept or hunk.state not in OPEN:
            return ""
        now = self._decisions.new_side(hunk)
        return f"{kept.index(now) + 1}/{len(kept)}" if now in kept else f"edited/{len(kept)}"

    def arriving(self, hunk: str) -> HunkView | None:
        """Return the one version of a hunk that is being written in its place, as far as it is there."""
        coming = self._coming.get(hunk)
        return coming[0].view if coming and len(coming) == 1 and not coming[0].failed else None

    def is_asked(self, hunk: str) -> bool:
        """Whether versions of a hunk are being written."""
        return any(not each.failed for each in self._coming.get(hunk, ()))

    def choices(self, hunk: HunkView) -> tuple[Choice, ...]:
        """Every version in the order in which it was asked for, those that are being written too; empty: one only."""
        kept, coming = (
            self._kept.get(hunk.id, {}),
            {each.name: each for each in self._coming.get(hunk.id, ())},
        )
        names = [*kept, *(name for name in coming if name not in kept)]
        if len(names) < 2:
            return ()
        old, now = _old_side(hunk), self._decisions.new_side(hunk)
        shown = next((name for name, lines in kept.items() if lines == now), "")
        return tuple(
            self._coming_choice(coming[name])
            if name in coming
            else Choice(name, tuple(difference(old, kept[name] or ())), is_shown=name == shown)
            for name in names
        )

    def _coming_choice(self, coming: _Coming) -> Choice:
        view = None if coming.failed else coming.view
        rows, tail = (view.rows, view.tail) if view is not None else ((), None)
        return Choice(coming.name, rows, tail, said=coming.failed or "writing")

    # Choosing

    def _all_of(self, hunk: str) -> list[Lines]:
        """Versions that differ."""
        return list(dict.fromkeys(lines for lines in self._kept.get(hunk, {}).values() if lines is not None))

    def step(self, hunk: str, by: int) -> bool:
        """Show the next version, or with -1 the one before; False if there is only one."""
        now = self._keep_present(hunk)
        kept = self._all_of(hunk)
        return now is not None and self._show(hunk, kept[(kept.index(now) + by) % len(kept)])

    def choose(self, hunk: str, number: int) -> bool:
        """Show a version by its number; 0 is what the model proposed first. False if there is none."""
        if self._keep_present(hunk) is None:
            return False
        kept = list(self._kept[hunk].values())
        lines = kept[number] if 0 <= number < len(kept) else None
        return lines is not None and self._show(hunk, lines)

    def _show(self, hunk: str, lines: Lines) -> bool:
        view = self._decisions.review.hunk(hunk)
        return view is not None and (
            self._decisions.new_side(view) == lines or self._decisions.amend(hunk, lines)
        )

    def _keep_present(self, hunk: str) -> Lines | None:
        """What an open hunk with versions proposes now; what the person made of it is a version, too."""
        view = self._decisions.review.hunk(hunk)
        if view is None or hunk not in self._kept or view.state not in OPEN:
            return None
        now = self._decisions.new_side(view)
        if now not in self._kept[hunk].values():
            self._keep(hunk, self._free_name(hunk, "edited"), now)
        return now

    def _free_name(self, hunk: str, name: str) -> str:
        kept = self._kept.setdefault(hunk, {})
        others = (f"{name} {number}" for number in count(2))
        return name if name not in kept else next(each for each in others if each not in kept)

    def _keep(self, hunk: str, name: str, lines: Lines) -> None:
        self._kept.setdefault(hunk, {})[name] = lines
        self._write("version", id=hunk, name=name, lines=lines)
        self._moved()

    def _begin(self, view: HunkView) -> None:
        """Keep what a hunk proposes before anything else is asked for."""
        now = self._decisions.new_side(view)
        if now not in self._kept.setdefault(view.id, {}).values():
            self._keep(view.id, self._free_name(view.id, "edited" if self._kept[view.id] else ORIGINAL), now)

    def _moved(self) -> None:
        self.revision += 1
        self._emit(ReviewMoved())

    # Asking

    async def again(self, hunk: str, note: str = "", name: str = "") -> None:
        """Ask for another version and show it; the ones before are kept. What fits no more is proposed anew.

        `name` is what the version is called, if not by its note.
        """
        view = self._decisions.review.hunk(hunk)
        if view is not None and view.state in LOST:
            await self._repair(view, note)
        elif (view := self._askable(hunk)) is not None:
            self._begin(view)
            await self._all(view, [(name or note or "again", version_text(view, note))], shown=True)

    async def three(self, hunk: str) -> None:
        """Ask for three versions at once, each under a condition of its own; the person chooses."""
        view = self._askable(hunk)
        if view is not None:
            self._begin(view)
            await self._all(view, [(name, version_text(view, words)) for name, words in THREE], shown=False)

    def stop(self) -> bool:
        """Ask for nothing more; whether anything was being written."""
        tasks = [each.task for coming in self._coming.values() for each in coming if each.task is not None]
        running = [task for task in tasks if not task.done()]
        for task in running:
            task.cancel()
        return bool(running)

    def _askable(self, hunk: str) -> HunkView | None:
        view = self._decisions.review.hunk(hunk)
        if view is None or view.state not in OPEN or view.op is FileOp.DELETE or view.new_path is not None:
            self._trouble("another version", "there can be another version only of an open edit of lines")
            return None
        return None if self.is_asked(hunk) else view

    async def _all(self, view: HunkView, requests: Sequence[tuple[str, str]], *, shown: bool) -> None:
        coming: list[_Coming] = []
        for name, _ in requests:
            coming.append(_Coming(self._free_name(view.id, name)))
            self._kept[view.id][coming[-1].name] = None
        self._coming[view.id] = list(coming)
        for each, (_, request) in zip(coming, requests, strict=True):
            each.task = asyncio.ensure_future(self._one(view, each, request, shown))
        self._moved()
        try:
            await asyncio.wait([each.task for each in coming if each.task is not None])
        finally:
            for each in coming:
                if each.task is not None:
                    each.task.cancel()
            failed = [each for each in coming if each.failed and not shown]
            self._coming[view.id] = failed
            for each in coming:
                if self._kept[view.id][each.name] is None and each not in failed:
                    del self._kept[view.id][each.name]
            self._moved()

    async def _one(self, view: HunkView, coming: _Coming, request: str, shown: bool) -> None:
        coming.failed = await self._beside.edit(view.path, request, coming.review, self._moved)
        lines = None if coming.failed else await self._lines(view, coming)
        if lines is None:
            self._trouble(f"another version of {view.path}", f"not taken: {coming.failed}")
        else:
            self._coming[view.id].remove(coming)
            self._keep(view.id, coming.name, lines)
            if shown and not self._show(view.id, lines):
                self._trouble(f"another version of {view.path}", "kept; it changes nothing as things are")
        self._moved()

    async def _lines(self, view: HunkView, coming: _Coming) -> Lines | None:
        """What an answer makes of the hunk's lines; None, with the reason noted, if it is of no use."""
        now = self._decisions.review.hunk(view.id)
        buffer = self._workspace.buffer(view.path)
        text = buffer.text if buffer is not None else None
        if text is not None:
            coming.review.buffer_replaced(view.path, text)
        answer = [each for file in coming.review.files() for each in file.hunks if file.path == view.path]
        lines = new_lines(now or view, answer, text)
        if lines is None:
            coming.failed = (
                "the answer changes other lines, too" if answer else "the answer holds no edit of this file"
            )
        return lines

    async def _repair(self, view: HunkView, note: str) -> None:
        """Have a hunk proposed anew against the text as it is; nothing of the person's text is touched."""
        review = self._decisions.review
        there = review.there(view.id)
        coming = _Coming("anew")
        self._coming[view.id] = [coming]
        request = repair_text(view, there[1] if there else (), note)
        coming.task = asyncio.ensure_future(self._proposed_anew(view, coming, request))
        self._moved()
        try:
            await asyncio.wait([coming.task])
        finally:
            coming.task.cancel()
            self._coming.pop(view.id, None)
            self._moved()

    async def _proposed_anew(self, view: HunkView, coming: _Coming, request: str) -> None:
        failed = await self._beside.edit(view.path, request, coming.review, self._moved)
        buffer = self._workspace.buffer(view.path)
        if not failed and buffer is not None:
            coming.review.buffer_replaced(view.path, buffer.text)
            answer = [each for file in coming.review.files() for each in file.hunks if file.path == view.path]
            placed = [each for each in answer if each.state is HunkState.PROPOSED and each.line is not None]
            there = self._decisions.review.there(view.id)
            if there is not None:
                first, stop = there[0], there[0] + len(there[1])
            else:
                spans = [(each.line or 0, (each.line or 0) + len(_old_side(each))) for each in placed]
                first, stop = min(spans, default=(0, 0))[0], max((span[1] for span in spans), default=0)
            lines = new_lines(view, placed, buffer.text, (first, stop)) if placed else None
            if lines is not None and self._decisions.repropose(view.id, first, stop, lines):
                return
            failed = "the answer does not keep to these lines" if answer else "the answer holds no edit of it"
        self._trouble(f"propose anew in {view.path}", failed or f"{view.path} is not open any more")

    def _trouble(self, title: str, sentence: str) -> None:
        self._emit(Trouble(title, sentence))


def _old_side(hunk: HunkView) -> list[str]:
    return [row.text for row in hunk.rows if row.kind is not RowKind.ADD]
