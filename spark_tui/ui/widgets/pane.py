"""What every pane has: a header, a body that takes the focus, and catching up after it was hidden."""

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.message import Message
from textual.widget import Widget

from spark_tui.ui.bridge import Notice
from spark_tui.ui.commands import Where
from spark_tui.ui.widgets.lines import Line, LineView
from spark_tui.ui.widgets.steady import Steady


class Pane(Steady, Vertical):
    """One part of the screen with one job. Panes talk to the engine and to the screen, never to each other."""

    class Said(Message):
        """A sentence for the status line."""

        def __init__(self, sentence: str) -> None:
            super().__init__()
            self.sentence = sentence

    class WentTo(Message):
        """The person asked to be taken to another pane, perhaps to a hunk there."""

        def __init__(self, pane: str, hunk: str = "") -> None:
            super().__init__()
            self.pane = pane
            self.hunk = hunk

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id, classes="pane")
        self._header = LineView(can_focus=False, classes="bar pane-header")
        self._missed = True
        self._is_here = False

    def on_mount(self) -> None:
        """Draw as soon as the width is known, and after every change of it."""
        self._header.when_sized = self.refresh_header

    def compose(self) -> ComposeResult:
        """Put the header above the body."""
        yield self._header
        yield from self.compose_body()

    def compose_body(self) -> ComposeResult:
        """Yield what stands below the header."""
        raise NotImplementedError

    def target(self) -> Widget:
        """Return the widget that takes the focus."""
        raise NotImplementedError

    @property
    def where(self) -> Where | None:
        """Whose keys apply while the person does something special in here; None: the pane's own."""
        return None

    def header_line(self) -> Line:
        """Return what the header says now."""
        raise NotImplementedError

    def redraw(self, notice: Notice | None) -> None:
        """Read the engine again; `notice` says what moved, None means anything may have."""
        raise NotImplementedError

    @property
    def is_shown(self) -> bool:
        """Whether the pane is on the screen."""
        return self.is_mounted and self.display and self.target().size.width > 0

    def look(self, notice: Notice | None = None) -> None:
        """Look again, now or when the pane is shown next."""
        if not self.is_shown:
            self._missed = True
            return
        self.redraw(None if self._missed else notice)
        self._missed = False
        self.refresh_header()

    def set_here(self, is_here: bool) -> None:
        """Say in the header whether the person is in this pane."""
        if is_here != self._is_here:
            self._is_here = is_here
            self.refresh_header()

    @property
    def title_style(self) -> str:
        """Style of the pane's name."""
        return "here" if self._is_here else "muted"

    def refresh_header(self) -> None:
        """Write the header anew."""
        self._header.set_lines([self.header_line()])
