"""One file of the session: its living text, and the hunks that lie in it."""

from collections.abc import Iterable, Sequence

from spark_tui.core.diff import changed_blocks
from spark_tui.core.edits import find
from spark_tui.core.review.form import accepted, bare, expected
from spark_tui.core.review.hunk import Flag, Hunk
from spark_tui.core.review.rowmap import RowMap
from spark_tui.core.review.rows import ending_above, row_edits, rows_changes, tokens
from spark_tui.core.review.scar import Scar
from spark_tui.core.review.steps import Memo, Placed, Staged, Step, Trace, by_place, placed_runs
from spark_tui.core.review.values import HunkState
from spark_tui.core.review.window import Edits, RowEdit
from spark_tui.core.text import ChangeSet, Level, Text, fold

CHECK_PLACE = "The file changed on disk, and these lines may stand elsewhere; choose the place."
OTHER_FILE = "The file changed on disk, and these lines are no longer at one certain place."


def _alike(rows: Sequence[str], there: Sequence[str], level: int) -> bool:
    """Say whether rows read the same at a level."""
    return len(rows) == len(there) and all(
        fold(one, level) == fold(two, level) for one, two in zip(rows, there, strict=True)
    )


def _in_the_way(other: Hunk, hunk: Hunk, start: int, stop: int) -> bool:
    """Say whether an undecided hunk stands on the rows where another one shall go."""
    if other is hunk or not other.is_live or other.start is None:
        return False
    return start < other.stop and other.start < stop


class Document:
    """Owns the living text of one path; whatever changes it goes through here, so that the hunks follow."""

    def __init__(self, path: str, text: Text | None) -> None:
        self.path = path
        self.text = text
        self.hunks: list[Hunk] = []
        self.maps: list[RowMap] = []
        """From texts that sections are read against to the living one."""
        self.flag = Flag()
        """Up when a complete hunk changed."""
        self.scars: dict[int, Scar] = {}
        self._made = 0
        """How many scars there ever were."""
        self._last = text
        """The living text, or the one there was before the file went away."""

    def clone(self) -> "Document":
        """Return a copy to try something out with."""
        copy = Document(self.path, self.text)
        copy._last, copy._made = self._last, self._made
        copy.scars = {id: scar.clone() for id, scar in self.scars.items()}
        maps = {id(each): each.clone() for each in self.maps}
        copy.maps = list(maps.values())
        twins = {id(hunk): hunk.clone() for hunk in self.hunks}
        copy.hunks = list(twins.values())
        for hunk in copy.hunks:
            if hunk.wait is not None:
                hunk.wait = hunk.wait.clone(maps, twins)
        return copy

    # Changes by hunks.

    def stage(self, steps: Iterable[Step]) -> Staged:
        """Work out the text after steps that change different rows."""
        ordered = tuple(steps)
        placed = [run for step in ordered for run in placed_runs(step)]
        return self.stage_placed(ordered, placed)

    def stage_placed(self, steps: tuple[Step, ...], placed: Iterable[Placed]) -> Staged:
        """Work out the text after changes of rows, which are what the steps do."""
        runs = tuple(sorted(placed, key=by_place))
        exists = [step.exists for step in steps if step.exists is not None]
        changes = [(edit.start, edit.stop, new) for edit, new in runs]
        after, change_set = self._changed_text(changes, exists[-1] if exists else None)
        return Staged(steps, runs, Edits([edit for edit, _ in runs]), after, change_set)

    def _changed_text(
        self, changes: Sequence[tuple[int, int, Sequence[str]]], exists: bool | None
    ) -> tuple[Text | None, ChangeSet | None]:
        text = self.text
        if text is None:
            if not exists:
                return None, None
            source = "".join(token for _, _, new in changes for token in new)
            last = self._last
            return (
                Text.of(source) if last is None else last.apply(last.replace(last.full_span(), source))
            ), None
        change_set = rows_changes(text, changes)
        after = text.apply(change_set)
        if exists is False and not after.row_count:
            return None, None
        return after, change_set

    def land(self, staged: Staged) -> Trace:
        """Make a staged text the living one; return what it takes to go back."""
        before, edits = self.text, staged.edits
        names = {step.hunk.origin.order: step.hunk.origin.id for step in staged.steps}
        memos = tuple(
            Memo(hunk.origin.order, hunk.start, hunk.stop, hunk.form)
            for hunk in self.hunks
            if hunk.start is not None and edits.touches(hunk.start, hunk.stop)
        )
        others = tuple(
            (scar.id, scar.start, scar.stop)
            for scar in self.scars.values()
            if edits.touches(scar.start, scar.stop)
        )
        for step in staged.steps:
            step.hunk.form, step.hunk.rebased = step.form, None
            step.hunk.touch()
        self._advance(staged.after, edits, staged.steps)
        scars: list[Scar] = []
        old = tuple(tuple(tokens(before, edit.start, edit.stop)) for edit, _ in staged.placed)
        for (edit, new), moved, gone in zip(staged.placed, edits.shifts, old, strict=False):
            self._made += 1
            hunk = names[edit.key.order] if edit.key is not None else ""
            scars.append(Scar(self._made, hunk, edit.start + moved, gone, new))
        self.scars.update((scar.id, scar) for scar in scars)
        return Trace(tuple(scar.id for scar in scars), edits, old, memos, others)

    def forget(self, trace: Trace) -> None:
        """Drop what was kept to go back."""
        for id in trace.scars:
            self.scars.pop(id, None)

    def restore(self, trace: Trace) -> None:
        """Put hunks where they were before a landing that has been taken back exactly."""
        for id, start, stop in trace.others:
            if id in self.scars:
                self.scars[id].start, self.scars[id].stop = start, stop
        memos = {memo.order: memo for memo in trace.memos}
        for hunk in self.hunks:
            memo = memos.get(hunk.origin.order)
            if memo is not None and hunk.start is not None:
                hunk.start, hunk.stop = memo.start, memo.stop
                if not hunk.is_decided:
                    hunk.form = memo.form
                hunk.touch()
                hunk.settle(self.text)

    def settle(self) -> None:
        """Work out anew how all hunks stand to the text."""
        for hunk in self.hunks:
            hunk.settle(self.text)

    # Changes by others.

    def changed(self, text: Text, changes: ChangeSet) -> None:
        """The person changed the text."""
        if self.text is None:
            self.replaced(text)
        else:
            self._advance(text, row_edits(self.text, text, changes), ())

    def replaced(self, text: Text | None) -> None:
        """The file is another one: what is not where it was for certain turns stale."""
        if self.text is not None and text is not None and self.text.same_content(text):
            self._advance(text, Edits(()), ())
            return
        before = self.text or self._last
        if self.text is None or text is None:
            self._advance(text, Edits(()), ())
        else:
            blocks = changed_blocks(
                tokens(self.text, 0, self.text.row_count), tokens(text, 0, text.row_count)
            )
            edits = [RowEdit(b.old_start, b.old_stop, b.new_stop - b.new_start) for b in blocks]
            self._advance(text, Edits(edits), ())
        for hunk in self.hunks:
            if hunk.is_live:
                self._find_again(hunk, before)

    def refresh(self) -> None:
        """Let hunks that wait for others see what was decided."""
        for hunk in self.hunks:
            if hunk.wait is not None:
                hunk.wait_or_place(self.text)

    def _advance(self, after: Text | None, edits: Edits, steps: Sequence[Step]) -> None:
        before, self.text = self.text, after
        if before is None or after is None:
            self._appear_or_vanish(steps)
        else:
            for hunk in self.hunks:
                hunk.follow(edits, before, after)
            for scar in self.scars.values():
                scar.follow(edits, before, after)
        for each in self.maps:
            if after is None:
                each.clear()
            else:
                each.follow(edits, after)
        self._last = after or self._last
        self.refresh()

    def _appear_or_vanish(self, steps: Sequence[Step]) -> None:
        """Keep the windows while the file is gone; they are true again if it comes back as it was."""
        text, last = self.text, self._last
        same = text is not None and last is not None and text.same_content(last)
        own = {step.hunk.origin.order for step in steps}
        for hunk in self.hunks:
            if hunk.origin.order in own:
                hunk.start, hunk.stop = 0, text.row_count if text is not None else 0
                hunk.touch()
            elif text is None or same or hunk.start is None:
                hunk.settle(text)
            elif hunk.is_live:
                self._find_again(hunk, last)

    def _find_again(self, hunk: Hunk, before: Text | None) -> None:
        """Give a hunk its place in a text that is another one than it was.

        One place before and one now: that is it. Lines that stood at several places, or do now, may be others.
        """
        text = self.text
        if text is None or hunk.creates or self._has_result(hunk):
            hunk.settle(text)
            return
        assert hunk.start is not None
        old = [bare(token) for token in expected(hunk.form)]
        if not old:
            hunk.start = hunk.stop = text.row_count if hunk.appends else min(hunk.start, text.row_count)
            hunk.touch()
            hunk.settle(text)
            return
        starts = find(text, old, 0, Level.EXACT).starts
        once = before is not None and len(find(before, old, 0, Level.EXACT).starts) == 1
        if len(starts) == 1 and once:
            self.put(hunk, starts[0])
        elif hunk.start in starts:
            hunk.choices = [hunk.start, *(at for at in starts if at != hunk.start)]
            hunk.is_open_place, hunk.plain_note = True, CHECK_PLACE
            self.put(hunk, hunk.start)
        else:
            hunk.start = None
            hunk.turn_to(HunkState.STALE, OTHER_FILE)

    def _has_result(self, hunk: Hunk) -> bool:
        """Whether the lines that a hunk stands for read already as it would have them."""
        assert hunk.start is not None and self.text is not None
        above = ending_above(self.text, hunk.start)
        target = expected(accepted(hunk.form, above, self.text.newline))
        now = tokens(self.text, hunk.start, hunk.stop)
        return now == target != expected(hunk.form)

    def is_free(self, hunk: Hunk, start: int, stop: int) -> bool:
        """Whether a hunk may stand on these rows: they are there, and no other undecided one stands on them."""
        rows = self.text.row_count if self.text is not None else 0
        return 0 <= start <= stop <= rows and not any(
            _in_the_way(other, hunk, start, stop) for other in self.hunks
        )

    def place(self, hunk: Hunk, row: int) -> bool:
        """Give a hunk the place the person chose; return whether it can stand there."""
        text = self.text
        rows = text.row_count if text is not None else 0
        if not 0 <= row <= rows:
            return False
        if hunk.start == row and hunk.state is HunkState.AMBIGUOUS:
            hunk.is_open_place, hunk.plain_note = False, ""
            hunk.settle(text)
            return True
        if text is None:
            return False
        length = len(expected(hunk.form))
        stop = min(row + length, text.row_count)
        if any(_in_the_way(other, hunk, row, stop) for other in self.hunks):
            return False
        memo = hunk.form, hunk.start, hunk.stop, hunk.rebased, hunk.is_open_place, hunk.state, hunk.note
        hunk.is_open_place, hunk.plain_note = False, ""
        wanted = [item.text for item in hunk.form if item.is_there]
        there = text.lines(row, stop)
        levels = [level for level in range(Level.PUNCTUATION + 1) if _alike(wanted, there, level)]
        if levels:
            hunk.level = levels[0]
            self.put(hunk, row)
            return True
        hunk.start, hunk.stop, hunk.state = row, stop, HunkState.PROPOSED
        hunk.settle(text)
        if hunk.state is HunkState.CONFLICTED:
            hunk.form, hunk.start, hunk.stop, hunk.rebased, hunk.is_open_place, hunk.state, hunk.note = memo
            hunk.touch()
            return False
        return True

    def show_at(self, hunk: Hunk, row: int) -> None:
        """Let a hunk stand where it was shown first, whatever is there by now."""
        rows = self.text.row_count if self.text is not None else 0
        hunk.start = min(row, rows)
        hunk.stop, hunk.rebased = min(hunk.start + len(expected(hunk.form)), rows), None
        hunk.touch()
        hunk.settle(self.text)

    def put(self, hunk: Hunk, start: int) -> None:
        """Bind a hunk to the rows from `start` on, which read as its old rows do."""
        own = iter(tokens(self.text, start, start + len(expected(hunk.form))))
        hunk.form = tuple(item.bound(next(own)) if item.is_there else item for item in hunk.form)
        hunk.start, hunk.stop, hunk.rebased = start, start + len(expected(hunk.form)), None
        if hunk.state is HunkState.UNPLACED or hunk.state is HunkState.STALE:
            hunk.state = HunkState.PROPOSED
        hunk.touch()
        hunk.settle(self.text)
