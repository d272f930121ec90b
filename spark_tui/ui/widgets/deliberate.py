"""The rule for keys that decide: the hunk was seen as it is, and the key was pressed by fingers."""

from collections.abc import Callable

from spark_tui.core.review import HunkView
from spark_tui.ui.widgets.bursts import GAP, KeyRhythm
from spark_tui.ui.widgets.review_view import ReviewView
from spark_tui.ui.widgets.sight import Shape, shape_of

HEAP = "Those keys came too fast to be meant: nothing was decided."
TOO_NEW = "That has only just appeared: look, then press again."
NOTHING = "There is no edit to decide on."


class Deliberate:
    """Lets a decision on the selected hunk happen, or says why it does not."""

    def __init__(
        self,
        hunks: ReviewView,
        rhythm: KeyRhythm,
        say: Callable[[str], None],
        later: Callable[[float, Callable[[], None]], object],
    ) -> None:
        self._list = hunks
        self._rhythm = rhythm
        self._say = say
        self._later = later
        self.waiting = 0
        """Keys that may still turn out to be part of a heap."""

    @property
    def last_key(self) -> float:
        """When the newest key arrived."""
        return self._rhythm.last

    def on_selected(self, act: Callable[[HunkView], None]) -> None:
        """Run `act` on the selected hunk; a moment later, because only then a heap of keys is known as one."""
        hunk = self._list.selected
        if self._rhythm.came_in_a_heap():
            self._say(HEAP)
        elif hunk is None:
            self._say(NOTHING)
        elif not self._list.has_been_seen():
            self._say(TOO_NEW)
        else:
            shape = shape_of(hunk)
            self._if_alone(lambda: self._on_shape(act, shape))

    def _on_shape(self, act: Callable[[HunkView], None], shape: Shape) -> None:
        hunk = self._list.selected
        if hunk is None or shape_of(hunk) != shape:
            self._say(TOO_NEW)
        else:
            act(hunk)

    def at_once(self, act: Callable[[], None]) -> None:
        """Run `act` if the key was pressed by fingers; for what concerns no hunk that has to be seen."""
        if self._rhythm.came_in_a_heap():
            self._say(HEAP)
        else:
            self._if_alone(act)

    def _if_alone(self, act: Callable[[], None]) -> None:
        pressed = self._rhythm.last
        self.waiting += 1

        def decide() -> None:
            self.waiting -= 1
            if self._rhythm.last == pressed:
                act()
            else:
                self._say(HEAP)

        self._later(GAP, decide)
