"""What a person finds their way with: files and definitions by letters, search, files by their names, the layout."""

from collections.abc import Callable
from dataclasses import dataclass

from spark_tui.engine.events import EngineEvent, TabsMoved
from spark_tui.engine.filing import Filing
from spark_tui.engine.finding import Finding
from spark_tui.engine.plain_finder import PlainFinder
from spark_tui.engine.symbols import Symbols
from spark_tui.engine.workspace import Workspace
from spark_tui.ports import Finder, Listing


@dataclass(frozen=True, slots=True)
class NavigationPorts:
    """What of it is outside; everything works, or says that it can't, without."""

    finder: Callable[[], Finder] = PlainFinder


class Navigation:
    """The parts, built once."""

    def __init__(
        self, ports: NavigationPorts, workspace: Workspace, listing: Callable[[], Listing], filing: Filing
    ) -> None:
        self._workspace = workspace
        self.filing = filing
        filing.on_moved = self._moved
        self.finding = Finding(ports.finder, listing)
        self.symbols = Symbols(ports.finder, workspace)

    def _moved(self, old: str, new: str) -> None:
        self.finding.renamed(old, new)

    def hear(self, event: EngineEvent) -> None:
        """Follow what happens."""
        if isinstance(event, TabsMoved) and self._workspace.active is not None:
            self.finding.used(self._workspace.active)
