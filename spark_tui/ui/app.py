"""The application: theme, keys that work everywhere, the last door before the terminal, and leaving safely."""

import asyncio
import gc
import os
import signal
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import field, replace
from pathlib import Path, PurePath
from typing import ClassVar

from rich.console import Console, RenderableType
from textual import events
from textual._compositor import ChopsUpdate
from textual.filter import LineFilter, NoColor
from textual.notifications import SeverityLevel
from textual.screen import ModalScreen, Screen
from textual.strip import Strip
from textual.widget import Widget

from spark_tui.core.display import inert
from spark_tui.core.theme import ThemeSpec
from spark_tui.core.values import dataclass
from spark_tui.engine import Engine
from spark_tui.ui.commands import Command, Where, bindings
from spark_tui.ui.driver import CaretShape, FirstFrame, Pointing, at_once, taking_over
from spark_tui.ui.easing import Eased
from spark_tui.ui.keymaps import DEFAULT, Keyed, Keymap, is_wanted
from spark_tui.ui.screens.leaving import ask_to_leave, leave
from spark_tui.ui.screens.workspace import WorkspaceScreen
from spark_tui.ui.signals import ending_by_signals
from spark_tui.ui.theming import fallback_variables, textual_theme, theme_for
from spark_tui.ui.widgets.bursts import KeyRhythm
from spark_tui.ui.widgets.echo_first import EchoFirst
from spark_tui.ui.widgets.editor import EditorView
from spark_tui.ui.widgets.inert_filter import InertFilter
from spark_tui.ui.widgets.lines import LineView
from spark_tui.ui.widgets.palette_filter import PaletteFilter
from spark_tui.ui.widgets.prompt_input import PromptInput
from spark_tui.ui.widgets.sparing import Sparing
from spark_tui.ui.widgets.steady import Steady

TWICE = 3.0
"""Seconds in which Ctrl+C counts as pressed twice."""

CALM = 0.7
"""Seconds after which an untouched workspace looks as it will stay: files are drawn, connections stand."""

SAME_ERROR = 10.0
"""Seconds in which the same unforeseen error is reported once."""


@dataclass(frozen=True, slots=True)
class AppOptions:
    """What the person asked for when starting."""

    theme: str = "spark-dark"
    open_paths: Sequence[str] = ()
    """Files to show at once, relative to the workspace."""
    faults: Sequence[str] = ()
    """Sentences about settings and themes that could not be used, for the talk."""
    outside: Callable[[str, str], str | None] | None = None
    """Has a text, named like a file, edited by the person's own editor; blocks; None: left as it was."""
    first: FirstFrame | None = None
    """What is on the terminal already."""
    keymap: Keymap = DEFAULT
    mouse: Sequence[str] = ("scroll", "click", "select")
    """What the mouse does here; nothing: it is the terminal's own."""
    keys: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """The person's own rows of the keymap, for when another preset is picked."""
    linear: bool = False
    """Whether the screen is made to be heard."""
    is_calm: bool = False
    """Whether what moves by itself moves seldom."""
    blanks: str = "trailing"
    """Which spaces and tabs are shown as signs."""
    copies: Callable[[str], None] | None = None
    """Copies a text to the system's clipboard, at once or later; None: the terminal alone does."""


class SparkApp(Steady, Keyed, Eased):
    """Holds the one workspace screen and what is above it."""

    CSS_PATH: ClassVar[list[str | PurePath]] = [
        Path(__file__).parent / "styles" / f"{name}.tcss"
        for name in ("base", "workspace", "editor", "review", "prompt", "dialogs")
    ]
    BINDINGS = bindings(Where.ANYWHERE)
    ENABLE_COMMAND_PALETTE = False
    AUTO_FOCUS = None
    TITLE = "spark-tui"

    def __init__(
        self,
        engine: Engine,
        themes: Sequence[ThemeSpec],
        options: AppOptions | None = None,
        rhythm: KeyRhythm | None = None,
    ) -> None:
        self._themes = {spec.name: spec for spec in themes}
        self._variables = fallback_variables(themes)
        self._inert = InertFilter()
        self._no_color, self._palette = NoColor(), PaletteFilter()
        self._sparing, self._pointing = Sparing(), Pointing()
        self.options = options or AppOptions()
        super().__init__(driver_class=taking_over(self.options.first) if self.options.first else None)
        self.can_shape = self.options.first is not None
        self.engine = engine
        """The engine that is shown."""
        self.keymap, self.own_keys = self.options.keymap, self.options.keys
        self.be_calm(self.options.is_calm)
        self.show_blanks(self.options.blanks)
        self.be_linear(self.options.linear)
        self.rhythm = rhythm or KeyRhythm()
        """When keys arrived."""
        self.when_painted: Callable[[], None] = lambda: None
        """Called once, after the first paint."""
        self._early: list[events.Key | events.Paste] | None = []
        """What was typed before anything could take it; None once that is over."""
        self._interrupted = float("-inf")
        self._reported: dict[str, float] = {}
        for spec in themes:
            self.register_theme(textual_theme(spec))
        if self.options.theme in self._themes:
            self.theme = self.options.theme
        self._parsed_with: dict[str, str] | None = self.get_css_variables()
        self.stylesheet.set_variables(self._parsed_with)

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """Give every variable a value, whatever a theme leaves out."""
        return self._variables

    def refresh_css(self, animate: bool = True) -> None:
        """Skip Textual's first call: it would parse all styles again, with the same variables, before the start."""
        parsed_with, self._parsed_with = self._parsed_with, None
        if parsed_with == self.get_css_variables():
            self.stylesheet.update(self, animate=animate)
        else:
            super().refresh_css(animate)

    def get_line_filters(self) -> Sequence[LineFilter]:
        """Let every line through the inert filter; without colours or with few, through what fits them too."""
        filters = [self._no_color] if self.no_color else super().get_line_filters()
        if self.console.color_system == "256":
            return [self._inert, *filters, self._palette]
        return [self._inert, *filters]

    def get_default_screen(self) -> WorkspaceScreen:
        """Begin in the workspace."""
        outside = self.edit_outside if self.options.outside is not None else None
        screen = WorkspaceScreen(self.engine, self.rhythm, self.options.faults, outside)
        screen.when_mounted = self._take_early
        return screen

    def _display(self, screen: Screen[object], renderable: RenderableType | None) -> None:
        """Write only what differs from what stands in the terminal."""
        focused = self.screen.focused
        shape = focused.caret_shape if isinstance(focused, EditorView) else None
        if shape is None and self.is_linear and focused is not None:
            shape = CaretShape.BAR
            if isinstance(focused, LineView):
                self.cursor_position = focused.place_here
        if isinstance(renderable, ChopsUpdate) and not self._batch_count and not self.is_headless:
            cursor = self.screen.outer_size.clamp_offset(self.cursor_position)
            spared = self._sparing.spare(renderable)
            is_shaped = shape is self._pointing.shape
            if spared is None and is_shaped and cursor == self._previous_cursor_position:
                return
            renderable = spared or renderable
        elif renderable is not None:
            self._sparing.forget()
        is_drawn = renderable is not None and self._running and not (self._closed or self._batch_count)
        driver = self._driver if is_drawn else None
        with at_once(driver), self._pointing.around(driver, shape):
            super()._display(screen, renderable)

    async def on_mount(self) -> None:
        """Wake the engine after the first paint."""
        self.call_after_refresh(self._begin)

    def _begin(self) -> None:
        self.when_painted()
        self.engine.start(self._open(), "open the workspace")

    def _take_early(self) -> None:
        """What was typed goes to the prompt as soon as there is one: the first paint shows it already."""
        early, self._early = self._early or [], None
        prompt = self.screen.focused
        # Past the screen, which is busy with its layout, until a key may be a command.
        while early and prompt is not None and isinstance(early[0], events.Key) and early[0].is_printable:
            prompt.post_message(early.pop(0))
        for event in early:
            self.post_message(event)

    async def _open(self) -> None:
        await self.engine.open()
        for path in self.options.open_paths:
            await self.engine.workspace.open(path)
        self.set_timer(CALM, self._keep_frame)

    def _keep_frame(self) -> None:
        """Remember how an untouched workspace looks, for the first frame of the next start."""
        first, talk = self.options.first, self.engine.conversation
        if first is not None and not (talk.turns or self.engine.status.pending or self._is_begun()):
            strips = self.screen._compositor.render_strips()
            rows, box = (
                [strip.render(self.console) for strip in strips],
                _box(self.screen.focused, strips, self.console),
            )
            self.run_worker(lambda: first.keep(rows, box), thread=True, exit_on_error=False)

    def _is_begun(self) -> bool:
        screen = self.screen
        return not isinstance(screen, WorkspaceScreen) or bool(screen.prompt.input.text)

    async def on_event(self, event: events.Event) -> None:
        """Note when keys and pastes arrive, before anybody acts on them."""
        if not is_wanted(event, self.options.mouse):
            return
        if self._early is not None and isinstance(event, events.Key | events.Paste):
            self._early.append(event)
            return
        if isinstance(event, events.Key) and not event.is_forwarded:
            self.rhythm.key(event.time)
            if isinstance(self.screen, EchoFirst):
                self.screen.owe_echo()
        elif isinstance(event, events.Paste) and not event.is_forwarded:
            self.rhythm.paste(event.time)
        await super().on_event(event)

    def copy_to_clipboard(self, text: str) -> None:
        """Copy through the terminal, and where there is a way past it, that way too: not every terminal copies."""
        super().copy_to_clipboard(text)
        if self.options.copies is not None:
            self.options.copies(text)

    # The person's own editor

    def edit_outside(self, text: str, path: str, then: Callable[[str | None], None]) -> None:
        """Hand the terminal to the person's editor; `then` gets the text, or None where nothing was changed."""
        self.engine.start(self._edit_outside(text, path, then), f"edit {path}")

    async def _edit_outside(self, text: str, path: str, then: Callable[[str | None], None]) -> None:
        edit = self.options.outside
        assert edit is not None
        # Ctrl+C in the editor is for the editor; a handler that does nothing is not handed on to it.
        before = signal.signal(signal.SIGINT, lambda number, frame: None)
        try:
            # Nothing is drawn meanwhile, and the stream goes on.
            with self.batch_update(), self.suspend():
                edited = await asyncio.to_thread(edit, text, path)
        finally:
            signal.signal(signal.SIGINT, before)
            self.screen.refresh(layout=True)
        then(edited)

    # Errors

    def survive(self, error: Exception, what: str) -> bool:
        """Hand an unforeseen error to the engine's guard; without a terminal, as in tests, it stays fatal."""
        if self.is_headless or not self.is_running:
            return False
        place = error.__traceback__
        while place is not None and place.tb_next is not None:
            place = place.tb_next
        key = f"{type(error).__name__}:{place.tb_frame.f_code.co_filename if place else ''}:{place and place.tb_lineno}"
        now = time.monotonic()
        if now - self._reported.get(key, float("-inf")) > SAME_ERROR:
            self._reported[key] = now
            self.engine.start(_raise(error), what)
        return True

    def _handle_exception(self, error: Exception) -> None:
        """Textual would end the program here; while people work in it, it goes on."""
        if not self.survive(error, "draw the screen"):
            super()._handle_exception(error)

    def notify(
        self,
        message: str,
        *,
        title: str = "",
        severity: SeverityLevel = "information",
        timeout: float | None = None,
        markup: bool = False,
    ) -> None:
        """Show a notification; its text is never markup."""
        super().notify(inert(message), title=inert(title), severity=severity, timeout=timeout, markup=False)

    # Commands that work everywhere

    def action_show_keys(self) -> None:
        """Show every key, or close that page."""
        from spark_tui.ui.screens import dialogs

        if self.screen.id == dialogs.KEYS:
            self.pop_screen()
        elif not isinstance(self.screen, ModalScreen):
            dialogs.show_keys(self)

    def action_show_palette(self) -> None:
        """Pick a command by its name."""
        from spark_tui.ui.screens import dialogs

        if not isinstance(self.screen, ModalScreen):
            dialogs.pick_command(self, self._run_command)

    async def _run_command(self, command: Command) -> None:
        await self.run_action(command.action, self if command.where is Where.ANYWHERE else self.screen)

    def action_pick_theme(self) -> None:
        """Pick the colours."""
        from spark_tui.ui.screens import dialogs

        dialogs.pick_theme(self, {name: spec.title for name, spec in self._themes.items()})

    def action_interrupt(self) -> None:
        """Put the draft aside; pressed twice with nothing to put aside, ask to quit."""
        screen = self.screen
        if not isinstance(screen, WorkspaceScreen):
            return
        if screen.here == "prompt" and screen.prompt.input.put_aside():
            screen.bottom.say("Draft put aside; Up brings it back.")
            return
        now = self.rhythm.clock()
        if now - self._interrupted < TWICE:
            ask_to_leave(self, self.engine, "Leave spark-tui?")
            return
        self._interrupted = now
        screen.bottom.say("Ctrl+C again asks to quit; Ctrl+Q quits.")

    def action_leave(self) -> None:
        """Leave; ask first if text would be lost."""
        if not self.engine.workspace.unsaved():
            leave(self, self.engine)
        elif not isinstance(self.screen, ModalScreen):
            ask_to_leave(self, self.engine, "Some files are not saved.")


def _box(typed: Widget | None, strips: Sequence[Strip], console: Console) -> tuple[int, int, int, str] | None:
    """Where the prompt is typed: row and column from one, cells, and what makes its colours; None: elsewhere."""
    if not isinstance(typed, PromptInput) or not typed.content_region:
        return None
    column, row, width, _ = typed.content_region
    # Its last cell is empty, and filtered as all others are.
    colours = strips[row].crop(column + width - 1, column + width).render(console).partition(" ")[0]
    return row + 1, column + 1, width, colours


async def _raise(error: Exception) -> None:
    raise error


def _calm_garbage() -> None:
    """Collect rarely from now on, and never look at what the start made: its pauses are what keys feel.

    Not even once: that would hold the first keys back for longer than the garbage of the start is worth.
    """
    gc.freeze()
    gc.set_threshold(20_000, 50, 100)
    gc.enable()


async def run_app(engine: Engine, themes: Sequence[ThemeSpec], options: AppOptions) -> int:
    """Show the workspace until the person leaves; return the exit code. The engine is the caller's to close."""
    theme = theme_for(options.theme, {spec.name: spec.ansi for spec in themes}, os.environ)
    gc.disable()
    app = SparkApp(engine, themes, replace(options, theme=theme))
    app.when_painted = _calm_garbage
    # However this ends: unless the person leaves, the next start goes on with the sitting.
    engine.session.is_cut_off = True
    with ending_by_signals(app):
        await app.run_async(mouse=bool(options.mouse))
    return app.return_code or 0
