"""Shows in the editor what holds for the file in front: marks of changed lines, and how it is to be indented."""

from textual.timer import Timer

from spark_tui.engine import Engine, TreeMoved
from spark_tui.ui.bridge import Notice
from spark_tui.ui.widgets.editor import EditorView

_QUIET = 0.25
"""Seconds without a change before the lines are compared again."""


class Customs:
    """Asks the engine once per file and after changes, and hands the answers to the editor."""

    def __init__(self, engine: Engine, view: EditorView) -> None:
        self._engine = engine
        self._view = view
        self._path = ""
        self._timer: Timer | None = None
        self._looks = False

    def show(self, path: str, notice: Notice | None) -> None:
        """Follow the file in front."""
        is_new = path != self._path
        self._path = path
        if not path:
            return
        if is_new:
            self._engine.start(self._obey(path), f"read how {path} is indented")
            self._look_soon(0.0)
        elif notice is None or notice.has(TreeMoved) or path in notice.buffers:
            self._look_soon(_QUIET)

    def _look_soon(self, wait: float) -> None:
        if self._timer is not None:
            self._timer.stop()
        self._timer = self._view.set_timer(wait, self._look) if wait else None
        if not wait:
            self._look()

    def _look(self) -> None:
        if not self._looks:
            self._engine.start(self._compare(self._path), "compare with the last commit")

    async def _compare(self, path: str) -> None:
        self._looks = True
        try:
            found = await self._engine.habits.marks(path)
        finally:
            self._looks = False
        if path != self._path:
            self._look()
        elif found is not None:
            text, marks = found
            self._view.set_gutter(path, marks, text)

    async def _obey(self, path: str) -> None:
        rules = await self._engine.habits.rules(path)
        self._view.obey(path, rules)
