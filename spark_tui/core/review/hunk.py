"""One hunk of the session with everything that changes about it, and how it follows the text it lies in."""

from collections.abc import Mapping
from dataclasses import replace

from spark_tui.core.diff import merge
from spark_tui.core.edits import FileOp, RowKind
from spark_tui.core.review.form import (
    Form,
    Item,
    accepted,
    bare,
    expected,
    form_between,
    hidden,
    hidden_lead,
    open_items,
    rows_as_written,
    rows_to_decide,
)
from spark_tui.core.review.rowmap import RowMap
from spark_tui.core.review.rows import ending_above, tokens
from spark_tui.core.review.values import PENDING, HunkState, HunkView, Row, Verdict
from spark_tui.core.review.window import Edits, Followed, Key, follow, healed
from spark_tui.core.text import Text
from spark_tui.core.values import dataclass

CONFLICT = "You changed the same lines; they stay as you have them. s asks anew, e joins both by hand."
NOTHING_LEFT = "The file already reads like this."
GONE = "The file is no longer there."
WAITS = "It changes lines that an undecided hunk proposes; decide that one first, or both together."
REBASED = "It was joined with what you changed in these lines."
TAKEN_BACK = "It was accepted, and taken back outside of this review: it is open again."
BEFORE = "It came before the connection broke; what you decided there counts."
AGAIN = "It came again after the connection broke: see the later one."
OPEN = "It came before the connection broke: see the earlier one, which is open."


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a hunk comes from."""

    id: str
    order: int
    """Counts all hunks of the session; hunks at the same place keep this order."""
    op: FileOp
    turn: str
    call: str


@dataclass(slots=True)
class Wait:
    """A hunk that changes lines which others only propose: it waits until they are decided."""

    map: RowMap
    """From the text with the others' lines to the living one."""
    frozen: Text
    first: int
    last: int
    """Rows in the text with the others' lines."""
    others: tuple["Hunk", ...]
    form: Form
    starts: tuple[int, ...]
    """All rows where it may begin, if there are several."""

    def clone(self, maps: Mapping[int, RowMap], hunks: Mapping[int, "Hunk"]) -> "Wait":
        """Return a copy for copies of the maps and hunks, which are looked up by identity."""
        others = tuple(hunks.get(id(other), other) for other in self.others)
        return replace(self, map=maps.get(id(self.map), self.map), others=others)

    @property
    def is_over(self) -> bool:
        """Whether all the others are decided, or can't be any more."""
        return all(other.is_decided or other.state not in PENDING for other in self.others)


@dataclass(slots=True)
class Flag:
    """Says that something must be worked out anew."""

    up: bool = True


class Hunk:
    """A hunk from its first row on. Its window are the rows of the living text it stands for."""

    def __init__(self, origin: Origin, path: str, flags: tuple[Flag, Flag]) -> None:
        self.origin = origin
        self._flags = flags
        self.path = path
        self.path_at_first = path
        """Where its file was when the model wrote it."""
        self.new_path: str | None = None
        self.state = HunkState.STREAMING
        self.latch: Verdict | None = None
        self.header = ""
        self.note = ""
        self.plain_note = ""
        """What the person is told while the lines are as the hunk expects them."""
        self.appends = False
        """Whether it goes to the end of the file, below whatever the person puts there."""
        self.rows: list[Row] = []
        """The rows as they stream in; afterwards the form has them."""
        self.tail: Row | None = None
        self.form: Form = ()
        self.rebased: Form | None = None
        """The same change made to the lines as the person has them now."""
        self.whole: Verdict | None = None
        """The decision, once nothing is left open."""
        self.start: int | None = None
        self.stop = 0
        self.choices: list[int] = []
        """Where the window may begin, while that is not decided."""
        self.is_open_place = False
        """Whether the person still has to choose, or to confirm, where it goes."""
        self.creates = False
        """Whether it makes the file."""
        self.deletes = False
        """Whether it takes the file away, whatever is in it by then."""
        self.amended = False
        """Whether the person changed the hunk itself."""
        self.is_replaced = False
        """Whether its call was cut, and came again in another shape."""
        self.is_met = False
        """Whether a hunk of the call said again was found to bring what this one brought."""
        self.is_echo = False
        """Whether it only stands for a decided hunk of a call that was cut."""
        self.echo: Hunk | None = None
        """The hunk that stands for this one in the call said again."""
        self.level = 0
        self.wait: Wait | None = None
        self.revision = 0
        self._view: HunkView | None = None
        self._shown: tuple[tuple[Row, ...], int, int, int] | None = None
        """Rows, added, removed and hidden lines above, until something other than the place changes."""

    @property
    def is_decided(self) -> bool:
        """Whether it is accepted or rejected and nothing of it is open."""
        return self.whole is not None

    @property
    def is_live(self) -> bool:
        """Whether it has a place and something of it is to be decided."""
        return self.start is not None and self.whole is None and self.state is not HunkState.STREAMING

    @property
    def current(self) -> Form:
        """The form that fits the lines in the buffer."""
        return self.form if self.rebased is None else self.rebased

    def touch(self) -> None:
        """Note that something visible changed."""
        self._shown = None
        self._moved()

    def _moved(self) -> None:
        """Note that the place changed, if nothing else."""
        self.revision += 1
        self._view = None
        self._flags[0].up = True
        if self.state is not HunkState.STREAMING:
            self._flags[1].up = True

    def turn_to(self, state: HunkState, note: str = "") -> None:
        """Change the state and what the person is told about it."""
        if (state, note) != (self.state, self.note):
            self.state, self.note = state, note
            self.touch()

    def clone(self) -> "Hunk":
        """Return a copy to try something out with."""
        twin = Hunk(self.origin, self.path, (Flag(), Flag()))
        twin.__dict__.update(
            self.__dict__,
            choices=list(self.choices),
            echo=None,
            _flags=(Flag(), Flag()),
            _view=None,
            _shown=None,
        )
        return twin

    def tell_echo(self) -> None:
        """Let the hunk that stands for this one say what was decided here."""
        if self.echo is None:
            return
        self.echo.whole = None
        match self.whole:
            case Verdict.ACCEPT:
                self.echo.turn_to(HunkState.SATISFIED, BEFORE)
            case Verdict.REJECT:
                self.echo.whole = Verdict.REJECT
                self.echo.turn_to(HunkState.REJECTED, BEFORE)
            case None:
                self.echo.turn_to(HunkState.STALE, OPEN)

    def wait_or_place(self, text: Text | None) -> None:
        """Put a waiting hunk where it belongs once all it waits for is decided, or take it back."""
        wait = self.wait
        if wait is None or self.is_decided or any(item.verdict for item in self.form):
            return
        self.rebased = None
        if not wait.is_over:
            self.form, self.start, self.stop = wait.form, None, 0
            self.turn_to(HunkState.AMBIGUOUS if self.is_open_place else HunkState.PROPOSED, WAITS)
            return
        first, last, self.start, self.stop = wait.map.window(wait.first, wait.last, text)
        lead = hidden(tokens(wait.frozen, first, wait.first))
        trail = hidden(tokens(wait.frozen, wait.last, last))
        self.form = (*lead, *wait.form, *trail)
        length = wait.last - wait.first
        self.choices = [wait.map.window(at, at + length, text).start for at in wait.starts]
        self.touch()
        self.settle(text)

    def view(self) -> HunkView:
        """Return the hunk as it is now; the same value until something changes."""
        if self._view is None:
            self._view = self._make_view()
        return self._view

    def _make_view(self) -> HunkView:
        if self._shown is None:
            self._shown = self._make_rows()
        rows, added, removed, lead = self._shown
        return HunkView(
            id=self.origin.id,
            path=self.path,
            new_path=self.new_path,
            op=self.origin.op,
            turn=self.origin.turn,
            call=self.origin.call,
            state=self.state,
            latch=self.latch,
            header=self.header,
            rows=rows,
            tail=self.tail,
            line=None if self.start is None else self.start + lead,
            added=added,
            removed=removed,
            candidates=len(self.choices) if self.is_open_place else int(self.start is not None),
            alternatives=() if self.is_decided else tuple(self.choices),
            level=self.level,
            note=self.note,
            revision=self.revision,
        )

    def _make_rows(self) -> tuple[tuple[Row, ...], int, int, int]:
        lead = 0
        if self.state is HunkState.STREAMING or not self.form and self.rows:
            rows = tuple(self.rows)
        elif self.is_decided:
            rows = rows_as_written(self.form)
        else:
            rows = rows_to_decide(self.current)
            lead = hidden_lead(self.current)
        added = sum(row.kind is RowKind.ADD for row in rows)
        return rows, added, sum(row.kind is RowKind.REMOVE for row in rows), lead

    def settle(self, text: Text | None) -> None:
        """Work out how the hunk stands to the lines that are in its window now."""
        if not self.is_live or self.state in (HunkState.REFUSED, HunkState.UNPLACED):
            return
        assert self.start is not None
        if text is None and not self.creates:
            self.turn_to(HunkState.STALE, GONE)
            return
        if self.deletes and not any(item.verdict for item in self.form):
            self._doom(text)
        now = tokens(text, self.start, self.stop)
        base = expected(self.form)
        rebased: Form | None = None
        ready = HunkState.AMBIGUOUS if self.is_open_place else HunkState.PROPOSED
        if now == base:
            state, note = ready, self.plain_note
        else:
            above = ending_above(text, self.start)
            target = expected(accepted(self.form, above, text.newline if text else "\n"))
            joined = merge(base, now, target)
            if joined is None:
                state, note = HunkState.CONFLICTED, CONFLICT
            else:
                rebased = form_between(now, joined)
                state, note = ready, REBASED
                if not open_items(rebased):
                    state, note = HunkState.SATISFIED, NOTHING_LEFT
        if rebased != self.rebased:
            self.rebased = rebased
            self.touch()
        self.turn_to(state, note)

    def _doom(self, text: Text | None) -> None:
        """Make all lines of the file the lines to go."""
        rows = tokens(text, 0, text.row_count) if text is not None else []
        if rows != expected(self.form):
            self.form = tuple(Item(RowKind.REMOVE, bare(token), token) for token in rows)
            self.touch()
        self.start, self.stop = 0, len(rows)

    def follow(self, edits: Edits, before: Text | None, after: Text | None) -> None:
        """Move the window along with a change of the text, and work out anew how the hunk stands to it."""
        choices = [edits.moved(at) for at in self.choices]
        if choices != self.choices:
            self.choices = choices
            self._moved()
        if self.start is None or self.stop < edits.top:
            return
        if self.start > edits.bottom:
            if edits.shifts[-1]:
                self.start, self.stop = self.start + edits.shifts[-1], self.stop + edits.shifts[-1]
                self._moved()
            return
        old = Key(self.start, self.stop, self.origin.order)
        now = follow(edits, old, self.appends)
        if self.state is HunkState.STREAMING:
            self.start = self.stop = now.start
            self.touch()
            return
        if now.above or now.below:
            lead = tokens(before, old.start - now.above, old.start)
            trail = tokens(before, old.stop, old.stop + now.below)
            self.form = (*hidden(lead), *self.form, *hidden(trail))
        self.start, self.stop = now.start, now.stop
        healed_now = now.fresh_above + now.fresh_below > 0 and self._heal(now, after)
        if now.touched or healed_now:
            self.touch()
            self.settle(after)
        elif now.start != old.start:
            self._moved()

    def _heal(self, now: Followed, text: Text | None) -> bool:
        """Take rows in that came back at the edges of the window."""
        wanted = expected(self.form)
        for start, stop in healed(now, len(wanted) - (now.stop - now.start)):
            if tokens(text, start, stop) == wanted:
                self.start, self.stop = start, stop
                return True
        return False
