"""Has a screen painted for the first time when it is whole; the first frame stands in the terminal until then."""

from textual import events
from textual.screen import Screen, ScreenResultType


class WholeFirst(Screen[ScreenResultType]):
    """A screen whose parts have all had their size, and drawn themselves for it, before any of it is painted.

    Textual paints after each step of the first layout: panes would come empty, and fill themselves one by one.
    """

    _is_whole = False
    _is_styled = False

    def on_mount(self) -> None:
        """Paint once what is laid out now stands."""
        self.call_after_refresh(self._paint)

    def on_screen_resume(self, event: events.ScreenResume) -> None:
        """The first time, everything has got its styles just now."""
        event.refresh_styles = event.refresh_styles and self._is_styled
        self._is_styled = True

    def _paint(self) -> None:
        self._is_whole = True
        self._compositor._dirty_regions.add(self._compositor.size.region)
        self._compositor_refresh()

    def _compositor_refresh(self) -> None:
        if self._is_whole:
            super()._compositor_refresh()
