"""The two rows at the bottom: the status line, where sentences appear for a while, and the keys of the moment."""

import time
from collections.abc import Callable, Sequence

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.timer import Timer

from spark_tui.engine import Engine
from spark_tui.ui.commands import Where, hints
from spark_tui.ui.keymaps import Keymap, keymap_of
from spark_tui.ui.widgets.lines import LineView, Part
from spark_tui.ui.widgets.status_rows import hints_line, status_line
from spark_tui.ui.widgets.steady import Steady

TICK = 0.5
"""Seconds between two looks at what counts down."""

SAID_FOR = 6.0
"""Seconds a sentence stays in the status line."""

PLACE_AFTER = 0.15
"""Seconds after which a caret that moves is told of: nobody reads a place while it changes."""


class StatusPane(Steady, Vertical):
    """Says how things are and what can be done."""

    def __init__(self, engine: Engine, remark: Callable[[Where], Sequence[Part]] = lambda where: ()) -> None:
        """Show `engine`; `remark` says what else is worth a quiet word at a place."""
        super().__init__(id="bottom")
        self._engine = engine
        self._remark = remark
        self._status = LineView(can_focus=False, classes="bar", id="status")
        self._hints = LineView(can_focus=False, classes="bar", id="hints")
        self._said = ""
        self._typed = ""
        self._silence: Timer | None = None
        self._soon: Timer | None = None
        self._where = Where.PROMPT
        self._hinted: tuple[Where, Keymap, int] | None = None
        """What the keys in the row below were written for."""
        self._ticking: Timer | None = None

    def compose(self) -> ComposeResult:
        """The status line above the keys."""
        yield self._status
        yield self._hints

    def on_mount(self) -> None:
        """Draw when the width is known."""
        self._status.when_sized = self.draw

    def draw_soon(self) -> None:
        """Draw once what goes on has gone on for a moment; no key waits for it."""
        if self._soon is None:
            self._soon = self.set_timer(PLACE_AFTER, self._draw_now)

    def _draw_now(self) -> None:
        self._soon = None
        self.draw()

    def say(self, sentence: str) -> None:
        """Show a sentence for a while; an empty one ends that."""
        self._said = sentence
        if self._silence is not None:
            self._silence.stop()
        self._silence = self.set_timer(SAID_FOR, lambda: self.say("")) if sentence else None
        self.draw()

    def type_along(self, typed: str) -> None:
        """Show what the person is typing as a command, in the place of sentences."""
        self._typed = typed
        self.draw()

    def set_where(self, where: Where) -> None:
        """Show the keys of the place where the person is."""
        self._where = where
        self.draw()

    def _sentence(self) -> str:
        """Return what takes the place of the figures; the mode of the editor stays before it."""
        said = self._typed or self._said
        mode = (
            next((text for style, text in self._remark(self._where) if style == "here"), "") if said else ""
        )
        return f"{mode}  {said}" if mode else said

    def draw(self) -> None:
        """Read the engine's status and draw."""
        status, width = self._engine.status, self._status.size.width
        self._status.set_lines(
            [status_line(status, width, self._sentence(), self._remark(self._where), time.time())]
        )
        self._tick(status.retry_at is not None or status.queued_at is not None)
        self._draw_hints(width)

    def _draw_hints(self, width: int) -> None:
        keymap = keymap_of(self)
        if self._hinted != (self._where, keymap, width):
            self._hinted = self._where, keymap, width
            pairs = hints(self._where, lambda command: keymap.keys(command.id))
            self._hints.set_lines([hints_line(pairs, width)])

    def _tick(self, counts_down: bool) -> None:
        """Draw again and again while something counts down, and at no other time."""
        if counts_down and self._ticking is None:
            self._ticking = self.set_interval(TICK, self.draw)
        elif not counts_down and self._ticking is not None:
            self._ticking.stop()
            self._ticking = None
