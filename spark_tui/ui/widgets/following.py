"""Whether a view follows the stream: from the key that asks for it until the next key or scrolling."""

from spark_tui.ui.widgets.bursts import KeyRhythm


class Following:
    """On until the person does anything else."""

    def __init__(self, rhythm: KeyRhythm) -> None:
        self._rhythm = rhythm
        self._since: float | None = None

    @property
    def is_on(self) -> bool:
        """Whether the newest rows are to be kept in view."""
        return self._since is not None and self._rhythm.last == self._since

    @property
    def was_on(self) -> bool:
        """Whether it was on until the key just pressed."""
        return self._since is not None and self._since in (self._rhythm.last, self._rhythm.before)

    def begin(self) -> None:
        """Follow, from the key just pressed on."""
        self._since = self._rhythm.last

    def end(self) -> None:
        """Let go."""
        self._since = None
