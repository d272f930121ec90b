"""Which panes are on the screen: by what the person hid, by where they are, and by the size of the terminal."""

from dataclasses import field

from spark_tui.core.values import dataclass

WIDE = 100
"""Columns from which panes stand side by side."""
HIGH = 24
"""Rows from which panes stand side by side."""
AREAS = ("tree", "editor", "review", "talk")
"""Panes that share the area above the prompt."""


def is_single(width: int, height: int) -> bool:
    """Whether there is room for one pane only. An 80x24 terminal has room for one."""
    return width < WIDE or height < HIGH


@dataclass(slots=True)
class Arrangement:
    """What the person hid and where they are. Going somewhere always shows it."""

    hidden: set[str] = field(default_factory=set)
    current: str = "editor"
    """The area pane where the person is, or was before going to the prompt."""
    single: bool = False

    def shown(self) -> tuple[str, ...]:
        """Return the area panes that are on the screen."""
        if self.single:
            return (self.current,)
        return tuple(area for area in AREAS if area not in self.hidden)

    def go(self, pane: str) -> None:
        """The person went to a pane."""
        if pane in AREAS:
            self.current = pane
            if not self.single:
                self.hidden.discard(pane)

    def hide(self, pane: str) -> str:
        """The person hid the pane they are in; return where they are then."""
        if self.single or pane not in AREAS:
            return "prompt"
        self.hidden.add(pane)
        left = self.shown()
        if pane == self.current:
            self.current = "editor" if "editor" in left or not left else left[0]
        return "prompt"

    def resize(self, width: int, height: int, *, is_linear: bool = False) -> None:
        """The terminal has another size; the pane where the person is stays on the screen.

        Who hears the screen hears row after row: there panes never stand side by side.
        """
        self.single = is_linear or is_single(width, height)
        if not self.single:
            self.hidden.discard(self.current)
