"""A session as the engine runs it: buffers, a review, patches made from true edits, and checks that always hold."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from hypothesis import strategies as st

from spark_tui.core.edits import EditEvent, EditParser, FileOpened, PatchParser, RowKind
from spark_tui.core.review import HunkState, HunkView, Plan, Review
from spark_tui.core.text import ChangeSet, Text

COMMON = st.sampled_from(["", "    pass", "    return x", "}", "x = 1", "a", "b"])


@st.composite
def base_lines(draw: st.DrawFn, max_size: int = 30) -> list[str]:
    """Lines of which some are unique and some are not."""
    common = draw(st.lists(st.one_of(COMMON, st.none()), min_size=1, max_size=max_size))
    return [f"line {number}" if line is None else line for number, line in enumerate(common)]


@dataclass(frozen=True)
class TrueEdit:
    """Lines that a model means to change."""

    start: int
    stop: int
    new: tuple[str, ...]


@st.composite
def true_edits(draw: st.DrawFn, lines: list[str], tag: str) -> list[TrueEdit]:
    """Disjoint edits in file order, with at least one line between them."""
    count = draw(st.integers(1, 4))
    out: list[TrueEdit] = []
    at = 0
    for number in range(count):
        if at > len(lines):
            break
        start = draw(st.integers(at, len(lines)))
        stop = draw(st.integers(start, min(len(lines), start + 3)))
        made = st.sampled_from(["", "}", f"new {tag}{number}", f"more {tag}{number}"])
        new = tuple(draw(st.lists(made, min_size=int(start == stop), max_size=3)))
        if list(new) != lines[start:stop]:
            out.append(TrueEdit(start, stop, new))
            at = stop + 1
    return out


def hunk_rows(lines: list[str], edits: list[TrueEdit], context: int) -> list[tuple[TrueEdit, list[str]]]:
    """Return each edit with the rows of its hunk; context never reaches into a neighbour's hunk."""
    out: list[tuple[TrueEdit, list[str]]] = []
    floor = 0
    for number, edit in enumerate(edits):
        ceiling = edits[number + 1].start if number + 1 < len(edits) else len(lines)
        first = max(floor, edit.start - context)
        last = min(ceiling, edit.stop + context)
        rows = [" " + line for line in lines[first : edit.start]]
        rows += ["-" + line for line in lines[edit.start : edit.stop]]
        rows += ["+" + line for line in edit.new]
        rows += [" " + line for line in lines[edit.stop : last]]
        out.append((edit, rows))
        floor = last
    return out


def patch_for(path: str, lines: list[str], edits: list[TrueEdit], context: int) -> str:
    """Write the patch that makes the edits."""
    hunks = [["@@", *rows] for _, rows in hunk_rows(lines, edits, context)]
    body = [line for hunk in hunks for line in hunk]
    return "\n".join(["*** Begin Patch", f"*** Update File: {path}", *body, "*** End Patch"]) + "\n"


def edited(lines: list[str], edits: Iterable[TrueEdit]) -> list[str]:
    """Make edits by the book."""
    out = list(lines)
    for edit in sorted(edits, key=lambda edit: (edit.start, edit.stop), reverse=True):
        out[edit.start : edit.stop] = edit.new
    return out


def pieces(text: str, cuts: list[int]) -> list[str]:
    """Cut a text at some places."""
    places = sorted({at % (len(text) + 1) for at in cuts} | {0, len(text)})
    return [text[a:b] for a, b in zip(places, places[1:], strict=False)]


@dataclass
class Session:
    """What the engine does with a review."""

    buffers: dict[str, Text | None]
    review: Review = field(default_factory=Review)
    calls: int = 0

    def events(self, chunks: Iterable[str], parser: EditParser | None = None) -> list[EditEvent]:
        """Parse a patch, or what another parser reads."""
        parser = parser or PatchParser()
        out: list[EditEvent] = []
        for chunk in chunks:
            out += parser.push(chunk)
        return out + parser.finish()

    def begin(self) -> str:
        """Begin a call."""
        self.calls += 1
        self.review.begin(f"turn {self.calls}", f"call {self.calls}")
        return f"call {self.calls}"

    def take(self, event: EditEvent) -> None:
        """Feed one event as the engine does."""
        if isinstance(event, FileOpened):
            self.review.open_file(event, self.buffers.get(event.path))
        else:
            self.review.feed(event)

    def feed(
        self, chunks: Iterable[str], cut: bool = False, parser: EditParser | None = None
    ) -> list[HunkView]:
        """Feed a whole patch; return its hunks."""
        call = self.begin()
        for event in self.events(chunks, parser):
            self.take(event)
        self.review.close(cut)
        return self.hunks(call)

    def hunks(self, call: str | None = None) -> list[HunkView]:
        """Return hunks as they are now."""
        files = self.review.files()
        return [hunk for file in files if call in (None, file.call) for hunk in file.hunks]

    def land(self, plan: Plan) -> None:
        """Do with buffers what a plan says."""
        for planned in plan.files:
            old = self.buffers.get(planned.moved_from or planned.path)
            assert (old is None) == (planned.before is None)
            if planned.changes is not None:
                assert old is not None and planned.after is not None
                assert old.apply(planned.changes).encode() == planned.after.encode()
            if planned.moved_from is not None:
                self.buffers[planned.moved_from] = None
            self.buffers[planned.path] = planned.after

    def accept(self, ids: Iterable[str], rows: dict[str, frozenset[int]] | None = None) -> Plan:
        """Accept hunks, through the disk and back."""
        plan = self.review.plan_accept(ids, rows)
        self.land(plan)
        self.review.commit(plan)
        return plan

    def undo(self) -> bool:
        """Take the last decision back; return whether there was something that could be."""
        label = self.review.undo_label
        plan = self.review.undo()
        if plan is None:
            assert not label
            return False
        if not plan.empty:
            self.land(plan)
            self.review.commit_undo(plan)
        elif plan.left_out:
            return False
        return True

    def redo(self) -> bool:
        """Make a decision again."""
        plan = self.review.redo()
        if plan is None:
            return False
        if not plan.empty:
            self.land(plan)
            self.review.commit_redo(plan)
        return True

    def type(self, path: str, changes: ChangeSet) -> None:
        """Change a buffer as the person does."""
        text = self.buffers[path]
        assert text is not None
        after = self.buffers[path] = text.apply(changes)
        self.review.buffer_changed(path, after, changes)

    def text(self, path: str) -> Text:
        """Return a buffer that must be there."""
        text = self.buffers[path]
        assert text is not None
        return text

    def check(self) -> None:
        """What is drawn stands for exactly the lines it is drawn on, at any time; no view is a stale one."""
        for known in self.review._book.hunks.values():
            assert known.view() == known.clone().view()
        for file in self.review.files():
            assert [hunk for hunk in file.hunks] == [self.review.hunk(hunk.id) for hunk in file.hunks]
        for path, text in self.buffers.items():
            last = 0
            for hunk in self.review.overlays(path):
                assert text is not None or hunk.line == 0
                assert hunk.line is not None and hunk.line >= last
                last = hunk.line
                if text is None:
                    assert all(row.kind is RowKind.ADD for row in hunk.rows)
                    continue
                assert hunk.line <= text.row_count
                if hunk.state is HunkState.STREAMING:
                    continue
                shown = [row.text for row in hunk.rows if row.kind is not RowKind.ADD]
                there = text.lines(hunk.line, min(text.row_count, hunk.line + len(shown)))
                if hunk.level == 0:
                    assert shown == there
