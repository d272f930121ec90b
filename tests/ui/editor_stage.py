"""A host that owns one text, and an app with nothing but the editor: the stage for the editor's tests."""

from textual.app import ComposeResult

from spark_tui.core.edits import FileOp, RowKind
from spark_tui.core.review import HunkState, HunkView, Row
from spark_tui.core.text import ChangeSet, Position, Span, Text
from spark_tui.ui.easing import Eased
from spark_tui.ui.widgets.editor import EditorView
from spark_tui.ui.widgets.editor_bars import EditorBars


class StageHost:
    """Keeps the text, its undo groups, and hunks that the test sets."""

    def __init__(self, text: Text) -> None:
        self.now = text
        self.is_read_only = text.read_only
        self.pending: tuple[HunkView, ...] = ()
        self.seen: list[tuple[Position, Span | None]] = []
        self.groups: list[str] = []
        self._undo: list[tuple[str, list[ChangeSet]]] = []
        self._redo: list[tuple[str, list[ChangeSet]]] = []

    def text(self) -> Text:
        return self.now

    def apply(self, changes: ChangeSet, group: str) -> bool:
        if self.is_read_only or changes.base != self.now.revision:
            return False
        inverse = self._make(changes)
        if self._undo and group and self._undo[-1][0] == group:
            self._undo[-1][1].append(inverse)
        else:
            self._undo.append((group, [inverse]))
            self.groups.append(group)
        self._redo.clear()
        return True

    def undo(self) -> Span | None:
        return self._walk(self._undo, self._redo)

    def redo(self) -> Span | None:
        return self._walk(self._redo, self._undo)

    def travel(self, by: int) -> Span | None:
        return self.undo() if by < 0 else self.redo()

    def read_only(self) -> bool:
        return self.is_read_only

    def hunks(self) -> tuple[HunkView, ...]:
        return self.pending

    def looked(self, caret: Position, selection: Span | None) -> None:
        self.seen.append((caret, selection))

    def change(self, span: Span, text: str) -> ChangeSet:
        """Change the text behind the editor's back."""
        changes = self.now.replace(span, text)
        self._make(changes)
        return changes

    def _make(self, changes: ChangeSet) -> ChangeSet:
        inverse = self.now.invert(changes)
        self.now = self.now.apply(changes)
        return inverse

    def _walk(
        self, source: list[tuple[str, list[ChangeSet]]], target: list[tuple[str, list[ChangeSet]]]
    ) -> Span | None:
        if not source:
            return None
        group, steps = source.pop()
        back: list[ChangeSet] = []
        place = Position(0, 0)
        for step in reversed(steps):
            changes = ChangeSet(self.now.revision, step.changes, step.lone_cr)
            back.append(self._make(changes))
            place = changes.map(changes.changes[-1].span.end, after=True)
        target.append((group, back))
        return Span(place, place)


class Stage(Eased):
    """Shows the editor alone."""

    CSS = "Screen { background: $background; }"

    def __init__(self, source: str | bytes, path: str = "a.py", language: str | None = "python") -> None:
        super().__init__()
        text = Text.decode(source) if isinstance(source, bytes) else Text.of(source)
        self.host = StageHost(text)
        self.path = path
        self.language = language
        self.editor = EditorView(self.host)
        self.refusals: list[str] = []
        self.pressed: list[str] = []
        self.jumps: list[tuple[str, int]] = []
        self.edits = 0

    def compose(self) -> ComposeResult:
        yield self.editor
        yield EditorBars(self.editor)

    def on_mount(self) -> None:
        self.editor.show(self.path, self.host.now, self.language)
        self.editor.focus()

    def on_editor_view_refused(self, message: EditorView.Refused) -> None:
        self.refusals.append(message.sentence)

    def on_editor_view_ghost_pressed(self, message: EditorView.GhostPressed) -> None:
        self.pressed.append(message.hunk_id)

    def on_editor_view_jumped(self, message: EditorView.Jumped) -> None:
        self.jumps.append((message.path, message.line))

    def on_editor_view_edited(self) -> None:
        self.edits += 1

    @property
    def source(self) -> str:
        """The whole text as the host has it."""
        return self.host.now.slice(self.host.now.full_span())

    def rows(self) -> list[str]:
        """What the editor shows, row by row, without styles."""
        return [self.editor.render_line(y).text.rstrip() for y in range(self.editor.size.height)]


def hunk(
    line: int | None,
    *rows: str,
    id: str = "1.1.1",
    state: HunkState = HunkState.PROPOSED,
    tail: str | None = None,
    **more: object,
) -> HunkView:
    """Make a hunk from rows as a patch writes them: a space, a minus or a plus comes first."""
    kinds = {" ": RowKind.CONTEXT, "-": RowKind.REMOVE, "+": RowKind.ADD}
    made = tuple(Row(kinds[row[0]], row[1:]) for row in rows)
    fields: dict[str, object] = {
        "path": "a.py", "new_path": None, "op": FileOp.UPDATE, "turn": "t", "call": "c", "latch": None,
        "header": "", "candidates": 1, "alternatives": (), "level": 0, "note": "", "revision": 1,
    }  # fmt: skip
    fields.update(more)
    return HunkView(
        id=id,
        state=state,
        rows=made,
        tail=None if tail is None else Row(kinds[tail[0]], tail[1:]),
        line=line,
        added=sum(row.kind is RowKind.ADD for row in made),
        removed=sum(row.kind is RowKind.REMOVE for row in made),
        **fields,  # type: ignore[arg-type]
    )
