"""One file in memory: its text, its undo, and the bytes it had on disk."""

from dataclasses import field

from spark_tui.core.text import Change, ChangeSet, Position, Span, Text
from spark_tui.core.values import dataclass


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
    _steps: dict[int, _Step] = field(default_factory=dict)
    """Every change by the state behind it: together they are a tree, of which nothing is ever forgotten."""
    _newest: dict[int, int] = field(default_factory=dict)
    """By state the one that redoing leads to."""
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
        self._steps[self._states] = _Step(inverse.changes, changes.changes, group, self.state, self._states)
        self._newest[self.state] = self._states
        self.state = self._states

    def reset(self, text: Text) -> None:
        """Take over a text that has nothing to do with the one before; undoing does not lead back from it."""
        self.text = text
        self._states += 1
        self.state = self._states

    def step_back(self) -> list[ChangeSet]:
        """Undo the newest group; return what was applied, in order."""
        applied: list[ChangeSet] = []
        group: str | None = None
        while (step := self._steps.get(self.state)) is not None and _goes_on(group, step.group):
            group = step.group
            self._newest[step.state_before] = step.state_after
            applied.append(self._apply(step.undo, step.state_before))
        return applied

    def step_forward(self) -> list[ChangeSet]:
        """Redo the group undone last."""
        applied: list[ChangeSet] = []
        group: str | None = None
        while (step := self._next()) is not None and _goes_on(group, step.group):
            group = step.group
            applied.append(self._apply(step.redo, step.state_after))
        return applied

    def _next(self) -> _Step | None:
        state = self._newest.get(self.state)
        return None if state is None else self._steps[state]

    def _apply(self, made: tuple[Change, ...], state: int) -> ChangeSet:
        changes = ChangeSet(self.text.revision, made, self.text.lone_cr)
        self.text = self.text.apply(changes)
        self.state = state
        return changes

    def travel(self, by: int) -> list[ChangeSet]:
        """Go to the text that was there before this one in time (-1), or after it (1), on whatever branch it is."""
        ends = sorted(
            {0, self.state, *(step.state_after for step in self._steps.values() if self._ends(step))}
        )
        place = ends.index(self.state) + by
        if not 0 <= place < len(ends):
            return []
        target = ends[place]
        above = {target: 0}
        state = target
        while (step := self._steps.get(state)) is not None:
            state = step.state_before
            above[state] = 0
        applied: list[ChangeSet] = []
        while self.state not in above:
            step = self._steps.get(self.state)
            if step is None:
                # Between the two something else was read from disk.
                return applied
            self._newest[step.state_before] = step.state_after
            applied.append(self._apply(step.undo, step.state_before))
        way = []
        state = target
        while state != self.state:
            way.append(self._steps[state])
            state = self._steps[state].state_before
        for step in reversed(way):
            self._newest[step.state_before] = step.state_after
            applied.append(self._apply(step.redo, step.state_after))
        return applied

    def _ends(self, step: _Step) -> bool:
        """Whether no other step of the same group follows."""
        return not step.group or all(
            other.group != step.group
            for other in (self._steps.get(self._newest.get(step.state_after, -1)),)
            if other is not None
        )


def _goes_on(group: str | None, following: str) -> bool:
    return group is None or bool(group) and group == following
