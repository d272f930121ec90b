"""The whole screen over a fake engine, with time in the test's hands."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any, cast

from textual import events
from textual.pilot import Pilot
from textual.screen import Screen

from spark_tui.adapters.theme_files import load_themes
from spark_tui.engine import Engine
from spark_tui.ui.app import AppOptions, SparkApp
from spark_tui.ui.panes.review import ReviewPane
from spark_tui.ui.screens.workspace import WorkspaceScreen
from spark_tui.ui.widgets.bursts import KeyRhythm
from spark_tui.ui.widgets.lines import LineView
from tests.fakes.engine import FakeEngine

WIDE, SMALL = (120, 40), (80, 24)
THEMES = load_themes().specs
_CHARACTERS = {"question_mark": "?", "space": " ", "enter": "\r", "ctrl+j": "\n", "at": "@"}


class Stage:
    """What a test can do: press keys at chosen moments, look at panes, wait for something to be so."""

    def __init__(self, engine: FakeEngine, app: SparkApp, pilot: Pilot[None], now: list[float]) -> None:
        self.engine = engine
        self.app = app
        self.pilot = pilot
        self._now = now

    @property
    def workspace(self) -> WorkspaceScreen:
        """The main screen, whatever is above it."""
        screen = self.app.screen_stack[0]
        assert isinstance(screen, WorkspaceScreen)
        return screen

    def shows(self, screen: type[Screen[Any]]) -> bool:
        """Whether a screen of this kind is on top."""
        return isinstance(self.app.screen, screen)

    def pass_time(self, seconds: float) -> None:
        """Let time pass for the screen."""
        self._now[0] += seconds

    async def press(self, *keys: str, gap: float = 1.0) -> None:
        """Press keys, `gap` seconds apart, and let the screen settle."""
        for key in keys:
            self.pass_time(gap)
            # As from a terminal: a letter pressed with Alt comes with the letter.
            bare = key.removeprefix("alt+")
            event = events.Key(key, bare if len(bare) == 1 else _CHARACTERS.get(key))
            event.time = self._now[0]
            self.app.post_message(event)
            if gap >= 0.1:
                await self.settle()
        if gap < 0.1:
            await self.settle()

    async def type(self, text: str) -> None:
        """Press the keys of a text."""
        await self.press(*({" ": "space", "@": "at"}.get(char, char) for char in text))

    async def settle(self) -> None:
        """Let everything that was posted be handled and painted, keys that may be a heap included."""
        calm = 0
        for _ in range(2000):
            calm = calm + 1 if self._is_calm() else 0
            if calm == 3:
                return
            await asyncio.sleep(0.002)
        raise AssertionError("it never came to rest")

    def _is_calm(self) -> bool:
        if self.app._exit:
            return True
        screens = self.app.screen_stack
        widgets = [self.app, *screens, *(widget for screen in screens for widget in screen.walk_children())]
        screen = self.app.screen
        return not (
            not self.workspace._bridge.is_calm
            or self.workspace.query_one(ReviewPane).deliberate.waiting
            or self.engine.working
            or screen._callbacks
            or screen._dirty_widgets
            or screen._layout_required
            or any(widget.message_queue_size or widget._next_callbacks for widget in widgets)
        )

    async def until(self, is_so: Callable[[], bool]) -> None:
        """Wait until something is so."""
        for _ in range(100):
            if is_so():
                return
            await self.pilot.pause(0.02)
        raise AssertionError("it never became so")

    def text(self, selector: str) -> str:
        """Return what a view of lines shows."""
        view = self.app.screen.query_one(selector, LineView)
        return "\n".join(view.render_line(y).text.rstrip() for y in range(view.size.height))

    def words(self, selector: str) -> str:
        """Return what a view shows as one line, however it was wrapped."""
        return " ".join(self.text(selector).split())

    def all_text(self) -> str:
        """Return the whole screen as text."""
        strips = self.app.screen._compositor.render_strips()
        return "\n".join(strip.text.rstrip() for strip in strips)

    @property
    def here(self) -> str:
        """Name of the pane that has the focus."""
        return self.workspace.here


@asynccontextmanager
async def stage(
    size: tuple[int, int] = WIDE, engine: FakeEngine | None = None, **options: Any
) -> AsyncIterator[Stage]:
    """Start the screen."""
    now = [1000.0]
    engine = engine or FakeEngine()
    rhythm = KeyRhythm(lambda: now[0])
    app = SparkApp(cast(Engine, engine), THEMES, AppOptions(**options), rhythm)
    async with app.run_test(size=size) as pilot:
        it = Stage(engine, app, pilot, now)
        await it.until(lambda: engine.opened)
        await it.settle()
        yield it
