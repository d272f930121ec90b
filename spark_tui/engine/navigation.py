"""What a person finds their way with: files and definitions by letters, search, files by their names, the layout."""

from collections.abc import Callable, Coroutine
from typing import Any

from spark_tui.core.values import dataclass
from spark_tui.engine.decisions import Decisions
from spark_tui.engine.events import EngineEvent, TabsMoved
from spark_tui.engine.filing import Filing
from spark_tui.engine.finding import Finding
from spark_tui.engine.history import History
from spark_tui.engine.keeping import Keeping
from spark_tui.engine.landing import Landing
from spark_tui.engine.plain_finder import PlainFinder
from spark_tui.engine.searching import Searching
from spark_tui.engine.symbols import Symbols
from spark_tui.engine.workspace import Workspace
from spark_tui.ports import Clock, Files, Finder, Layouts, Listing, TextSearch


@dataclass(frozen=True, slots=True)
class NavigationPorts:
    """What of it is outside; everything works, or says that it can't, without."""

    finder: Callable[[], Finder] = PlainFinder
    text_search: TextSearch | None = None
    layouts: Layouts | None = None


class Navigation:
    """The parts, built once."""

    def __init__(
        self,
        ports: NavigationPorts,
        files: Files,
        landing: Landing,
        history: History,
        decisions: Decisions,
        workspace: Workspace,
        clock: Clock,
        emit: Callable[[EngineEvent], None],
    ) -> None:
        """Build them; `listing` and `is_streaming` are for the owner to set."""
        self._workspace = workspace
        self._keeps = ports.layouts is not None
        self.listing: Callable[[], Listing] = lambda: Listing(())
        """Which files there are."""
        self.is_streaming: Callable[[], bool] = lambda: False
        """Whether a model writes into the review."""
        self.filing = Filing(files, workspace, landing, history, decisions.review.files, emit)
        self.filing.on_moved = self._moved
        self.finding = Finding(ports.finder, lambda: self.listing())
        self.symbols = Symbols(ports.finder, workspace)
        self.keeping = Keeping(ports.layouts, workspace, self.finding, clock)
        self.start: Callable[[Coroutine[Any, Any, object], str], object] = lambda work, what: work.close()
        """Runs work in the background; whoever can, sets it."""
        self.searching = Searching(
            ports.text_search, workspace, lambda: self.listing(), decisions, lambda: self.is_streaming(), emit
        )

    def _moved(self, old: str, new: str) -> None:
        self.finding.renamed(old, new)

    def hear(self, event: EngineEvent) -> None:
        """Follow what happens."""
        if isinstance(event, TabsMoved) and self._workspace.active is not None:
            self.finding.used(self._workspace.active)
        if isinstance(event, TabsMoved) and self._keeps:
            self.start(self.keeping.save_soon(), "keep the layout")
