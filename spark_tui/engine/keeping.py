"""Remembers how the workspace was left, and puts it back at the next start: tabs, places, halves, folders, panes."""

from collections.abc import Callable, Mapping
from dataclasses import field, replace

from spark_tui.core.layout import Layout, Spot, read, written
from spark_tui.core.values import dataclass
from spark_tui.engine.finding import Finding
from spark_tui.engine.workspace import Workspace
from spark_tui.ports import Clock, Layouts, PortError

WAIT = 2.0
"""Seconds after which a change of the tabs is kept, with all that follows it."""


@dataclass(frozen=True, slots=True)
class Sight:
    """What only the screen knows."""

    spots: Mapping[str, Spot] = field(default_factory=dict)
    other: str = ""
    folders: tuple[str, ...] = ()
    hidden: tuple[str, ...] = ()


class Keeping:
    """The layout of one workspace."""

    def __init__(self, store: Layouts | None, workspace: Workspace, finding: Finding, clock: Clock) -> None:
        self._store = store
        self._workspace = workspace
        self._finding = finding
        self._clock = clock
        self._layout = Layout()
        self._is_back = store is None
        """Whether what was kept is back; before that nothing is written over it."""
        self._waits = False
        self.look: Callable[[], Sight] = Sight
        """Asks the screen; whoever is the screen sets it."""
        self.on_back: Callable[[Layout], None] = lambda layout: None
        """Told of the layout before the files are opened again, and once more after."""

    def spot_of(self, path: str) -> Spot | None:
        """Where the person was in a file when they left it last."""
        return self._layout.spots.get(path)

    async def restore(self) -> None:
        """Put everything back; files that are gone are passed over. What is open already stays in front."""
        if self._store is None:
            return
        self._layout = layout = read(await self._store.load())
        self.on_back(layout)
        was_open = self._workspace.tabs
        active = self._workspace.active or layout.active
        for path in layout.tabs:
            try:
                await self._workspace.load(path)
                await self._workspace.open(path)
            except PortError:
                continue
        if active:
            self._workspace.activate(active)
        if not was_open:
            self._finding.recent = layout.recent
        self._is_back = True
        self.on_back(layout)

    def _now(self) -> Layout:
        sight = self.look()
        return replace(
            self._layout,
            tabs=self._workspace.tabs,
            active=self._workspace.active or "",
            other=sight.other,
            spots={**self._layout.spots, **sight.spots},
            folders=sight.folders,
            hidden=sight.hidden,
            recent=self._finding.recent,
        )

    async def save(self) -> None:
        """Keep how everything is now."""
        if self._store is not None and self._is_back:
            self._layout = self._now()
            await self._store.save(written(self._layout))

    async def save_soon(self) -> None:
        """Keep it after a while, once for all that happens meanwhile."""
        if self._waits or not self._is_back:
            return
        self._waits = True
        try:
            await self._clock.sleep(WAIT)
        finally:
            self._waits = False
        await self.save()
