"""Knows what of the selected hunk the person has had time to see; decisions rely on it."""

from collections.abc import Callable

from spark_tui.core.review import HunkState, HunkView
from spark_tui.ui.widgets.bursts import KeyRhythm
from spark_tui.ui.widgets.lines import LineView

DRAWN_FOR = 0.15
"""Seconds a hunk must have been on the screen, as it is, before a key decides about it."""

Shape = tuple[object, ...]
"""Everything about a hunk that a decision relies on having been seen."""


def shape_of(hunk: HunkView) -> Shape:
    """Return what must have been seen of a hunk; of one that still streams, only that it is there."""
    if hunk.state is HunkState.STREAMING:
        return hunk.id, hunk.state
    return hunk.id, hunk.state, hunk.rows, hunk.note, hunk.path


class Sight:
    """Watches the span of lines of the selected hunk in a view."""

    def __init__(self, view: LineView, rhythm: KeyRhythm, span: Callable[[], tuple[int, int] | None]) -> None:
        self._view = view
        self._rhythm = rhythm
        self._span = span
        self._expected: Shape | None = None
        self._since: float | None = None
        self._seen_to = 0
        """Lines of the span, from its first, that have been on the screen as they are."""
        self.when_whole: Callable[[], None] = lambda: None
        """Called when every line of it has been on the screen for a moment."""

    def expect(self, shape: Shape | None) -> None:
        """When something else is to be seen, the clock starts at the next paint."""
        if shape != self._expected:
            self._expected, self._since, self._seen_to = shape, None, 0
            self._view.call_after_refresh(self._painted, shape)

    def begin_anew(self) -> None:
        """Forget what was seen: the view was hidden, or the hunk out of sight."""
        self._expected = None

    def _painted(self, shape: Shape | None) -> None:
        if shape == self._expected and self._view.is_on_screen and self.in_view():
            self._since = self._rhythm.clock()
            self.note()
            self.rest()

    def rest(self) -> None:
        """See whether all of the hunk is still there in a moment."""
        shape = self._expected

        def rested() -> None:
            if shape is not None and shape == self._expected and self.is_drawn and self.is_whole:
                self.when_whole()

        self._view.set_timer(DRAWN_FOR, rested)

    def note(self) -> None:
        """Remember how far the person has looked."""
        span = self._span()
        if span is not None and self.in_view():
            bottom = self._view.scroll_offset.y + self._view.size.height
            self._seen_to = max(self._seen_to, bottom - span[0])
            if self.long_enough and self.is_whole:
                self.when_whole()

    def in_view(self) -> bool:
        """Whether some of the hunk is on the screen."""
        span = self._span()
        top = self._view.scroll_offset.y
        return span is not None and span[0] < top + self._view.size.height and span[1] > top

    @property
    def is_drawn(self) -> bool:
        """Whether the hunk, as it is now, has been on the screen at all."""
        return self._since is not None

    @property
    def long_enough(self) -> bool:
        """Whether the hunk, as it is now, has been on the screen long enough to decide on."""
        return self._since is not None and self._rhythm.clock() - self._since >= DRAWN_FOR

    @property
    def is_whole(self) -> bool:
        """Whether every line of it has been on the screen."""
        first, stop = self._span() or (0, 0)
        return stop - first <= self._seen_to
