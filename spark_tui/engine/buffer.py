"""One file in memory: its text, its undo, and the bytes it had on disk."""

from dataclasses import dataclass, field

from spark_tui.core.text import Change, ChangeSet, Position, Span, Text


@dataclass(frozen=True, slots=True)
class _Step:
    undo: tuple[Change, ...]
    redo: tuple[Change, ...]
    group: str
    state_before: int
    state_after: int


@dataclass(slots=True)
class Buffer:
    """One file in memory; read it, but change it only through `Workspace`."""

    path: str
    text: Text
    disk: bytes | None
    """The bytes last read from or written to disk; None: no file there."""
    mode: int | None = None
    """Permission bits as last read; None: the file is new."""
    note: str = ""
    """Why it can't be edited, or what is special about it."""
    is_protected: bool = False
    """Whether nothing may be written at the path; `note` says why."""
    is_link: bool = False
    """Whether the path is a link to the file that is shown."""
    caret: Position = Position(0, 0)
    selection: Span | None = None
    state: int = 0
    saved_state: int = 0
    _undo: list[_Step] = field(default_factory=list)
    _redo: list[_Step] = field(default_factory=list)
    _states: int = 0

    @property
    def is_dirty(self) -> bool:
        """Whether the text differs from what was last read or written."""
        return self.state != self.saved_state

    @property
    def read_only(self) -> bool:
        """Whether the file can't be edited: its bytes are no text, or nothing may be written there."""
        return self.text.read_only or self.is_protected

    def record(self, changes: ChangeSet, group: str) -> None:
        """Apply `changes` and remember how to take them back."""
        inverse = self.text.invert(changes)
        self.text = self.text.apply(changes)
        self._states += 1
        self._undo.append(_Step(inverse.changes, changes.changes, group, self.state, self._states))
        self.state = self._states
        self._redo.clear()

    def step_back(self) -> list[ChangeSet]:
        """Undo the newest group; return what was applied, in order."""
        return self._walk(self._undo, self._redo, back=True)

    def step_forward(self) -> list[ChangeSet]:
        """Redo the group undone last."""
        return self._walk(self._redo, self._undo, back=False)

    def _walk(self, source: list[_Step], target: list[_Step], *, back: bool) -> list[ChangeSet]:
        applied: list[ChangeSet] = []
        group: str | None = None
        while source and (group is None or (group and source[-1].group == group)):
            step = source.pop()
            group = step.group
            changes = ChangeSet(self.text.revision, step.undo if back else step.redo)
            self.text = self.text.apply(changes)
            self.state = step.state_before if back else step.state_after
            target.append(step)
            applied.append(changes)
        return applied
