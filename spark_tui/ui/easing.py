"""The screen for those who hear it instead of seeing it, and for those whom motion disturbs."""

from typing import Protocol, runtime_checkable

from textual import events
from textual.app import App
from textual.widget import Widget

PERIOD = 1 / 30
"""Seconds between two looks at the engine: the eye sees no more, and the cost is per look, not per token."""
CALM = 1.0
"""The same for those whom motion disturbs."""
_ANSWER = 0.5
"""Seconds after a key in which what moves is the answer to it."""
_BLANKS = {
    "trailing": "Spaces and tabs at the ends of lines are shown",
    "all": "All spaces and tabs are shown",
    "none": "No spaces and tabs are shown",
}


@runtime_checkable
class Follower(Protocol):
    """A widget that is drawn otherwise for those who hear it."""

    def follow_ease(self) -> None:
        """Be drawn as is right now."""


class Eased(App[None]):
    """An app that can be linear, calm, or both."""

    is_linear = False
    """One pane at a time, without frames, bars and guides; the terminal's cursor is where the person is."""
    is_calm = False
    """What moves by itself moves seldom."""
    blanks = "trailing"
    """Which spaces and tabs are shown as signs."""

    def tell_key(self, sentence: str) -> None:
        """Say what a key did, where there is a place for it."""

    def action_ease(self, what: str) -> None:
        """Become `linear` or `calm`, or stop being so."""
        if what == "linear":
            self.be_linear(not self.is_linear)
            said = "One pane at a time, to be heard" if self.is_linear else "Panes stand side by side again"
            self.tell_key(f"{said}. With linear = true in config.toml it begins to be heard.")
        else:
            self.be_calm(not self.is_calm)
            said = (
                "What moves by itself moves once a second" if self.is_calm else "Everything moves as it comes"
            )
            self.tell_key(f'{said}. With motion = "reduced" in config.toml it begins still.')

    def be_linear(self, wanted: bool) -> None:
        """Change what stands on the screen."""
        self.is_linear = wanted
        self.set_class(wanted, "-linear")
        for screen in self.screen_stack if self.is_running else ():
            screen.post_message(events.Resize(self.size, self.size))
            for widget in screen.walk_children():
                if isinstance(widget, Follower):
                    widget.follow_ease()

    def show_blanks(self, wanted: str) -> None:
        """Change which spaces and tabs are shown as signs, in every text."""
        self.blanks = wanted
        for screen in self.screen_stack if self.is_running else ():
            for widget in screen.walk_children():
                if isinstance(widget, Follower):
                    widget.refresh()

    def be_calm(self, wanted: bool) -> None:
        """Change how often the screen moves by itself."""
        self.is_calm = wanted
        self.animation_level = "none" if wanted else "full"


def blanks_of(widget: Widget) -> str:
    """Which spaces and tabs a widget is to show as signs."""
    app = widget.app
    return app.blanks if isinstance(app, Eased) else Eased.blanks


def show_blanks(widget: Widget, wanted: str) -> None:
    """Show these spaces and tabs as signs, in every text of the app."""
    app = widget.app
    if isinstance(app, Eased):
        app.show_blanks(wanted)


def step_blanks(widget: Widget) -> str:
    """Show the next kind of spaces and tabs as signs; say which."""
    after = {"trailing": "all", "all": "none", "none": "trailing"}[blanks_of(widget)]
    show_blanks(widget, after)
    said = _BLANKS[after]
    return f'{said}. With blanks = "{after}" in config.toml it begins so.'


def is_linear(widget: Widget) -> bool:
    """Whether a widget is to be drawn for those who hear the screen."""
    app = widget.app if widget.is_attached else None
    return isinstance(app, Eased) and app.is_linear


def period(widget: Widget, since_key: float) -> float:
    """Return the seconds between two looks at the engine, so many seconds after the last key."""
    app = widget.app
    is_calm = isinstance(app, Eased) and app.is_calm
    return CALM if is_calm and since_key > _ANSWER else PERIOD
