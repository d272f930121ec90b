"""Thousands of texts that mean harm, shown in every place for foreign text of the real screen. Started as a process."""

from typing import ClassVar, cast

from spark_tui.adapters.theme_files import load_themes
from spark_tui.engine import Engine
from spark_tui.ui.app import AppOptions, SparkApp
from tests.fakes.engine import FakeEngine
from tests.ui.hostile_pages import PAGES
from tests.ui.hostile_places import FILLS, Desk

OVER = "the parade is over"
_ROOMY = """
#picker, #search, #timeline, #outside, #page, #context-page, #trust, #confirm, #unsaved, #naming {
    width: 100%; height: 100%; max-width: 100%; max-height: 100%; padding: 0;
}
#picker #picker-view { height: 1fr; }
#prompt, #prompt-row, #prompt-input { max-height: 100; }
.hunk-draft { height: 90%; }
"""
"""Dialogs as large as the terminal: more texts at a time."""


class Parade(SparkApp):
    """Fills place after place, then says that all is shown."""

    CSS: ClassVar[str] = _ROOMY

    def _begin(self) -> None:
        self._early = None
        self.run_worker(self._march(), exit_on_error=False)

    async def _march(self) -> None:
        desk = Desk(self)
        desk.raw.styles.height = 1
        for fill in (*FILLS, *PAGES):
            await fill(desk)
        desk.work.bottom.say(OVER)
        await desk.painted()


if __name__ == "__main__":
    Parade(cast(Engine, FakeEngine()), load_themes().specs, AppOptions()).run()
