"""What is known about a folder before anything is checked: its tools, trust, and what tests import."""

from collections.abc import Callable, Mapping, Sequence

from spark_tui.core.checks import (
    CheckSettings,
    Facts,
    Trust,
    Wanted,
    affected_tests,
    applicable,
    configuration_in,
    imported_names,
    is_test,
    marks_of,
)
from spark_tui.ports import CheckRoom, Files, Listing, PortError

MOST_MARKS = 60
"""Shared settings files that are read to find tools."""
MOST_TESTS = 2000
"""Files of tests of which the imports are read."""
MOST_FILES = 50_000
"""Files beyond which a tool that looks at one file is shown only what lies near it."""
MAX_BYTES = 400_000


class Survey:
    """Reads names and settings files; runs nothing."""

    def __init__(
        self,
        room: CheckRoom | None,
        files: Files,
        listing: Callable[[], Listing],
        settings: CheckSettings,
    ) -> None:
        self._room = room
        self._files = files
        self._listing = listing
        self.settings = settings
        self.trust = Trust.NONE
        """As of the last look."""
        self.is_sealed = False
        """Whether programs are shut in for good; known once the folder is trusted."""
        self.shelter = ""
        """A sentence about it."""
        self._looked_at: Listing | None = None
        self._named: Listing | None = None
        self._paths: tuple[str, ...] = ()
        self._configuration: tuple[str, ...] = ()
        self._facts = Facts(frozenset(), {})
        self._programs: dict[tuple[str, str], str] = {}
        self._imports: dict[str, frozenset[str]] = {}
        self._unread: set[str] = set()
        self._wanted: dict[str, tuple[Wanted, ...]] = {}
        self._here: dict[str, tuple[Wanted, ...]] = {}

    @property
    def paths(self) -> tuple[str, ...]:
        """Every visible file that is on disk."""
        self._know_names()
        return self._paths

    @property
    def configuration(self) -> tuple[str, ...]:
        """The files that decide what programs do."""
        self._know_names()
        return self._configuration

    def _know_names(self) -> None:
        listing = self._listing()
        if listing is not self._named:
            self._named = listing
            self._paths = tuple(entry.path for entry in listing.entries if entry.mark != "D")
            self._configuration = configuration_in(self._paths)

    def needed(self, wanted: Wanted, paths: Sequence[str]) -> tuple[str, ...]:
        """The files a tool has to see for some paths: all, or in a very large folder those that lie near."""
        if wanted.tool.whole or len(self.paths) <= MOST_FILES:
            return self.paths
        folders = {path.rpartition("/")[0] for path in paths}
        near = (path for path in self.paths if path.rpartition("/")[0] in folders)
        return tuple(dict.fromkeys((*self.configuration, *near)))

    async def look(self, *, again: bool = False) -> None:
        """Look at the folder if its list of files is another one, or if something was written."""
        listing = self._listing()
        if self._room is None or not self.settings.enabled or (listing is self._looked_at and not again):
            return
        self._looked_at = listing
        paths = self.paths
        texts = {path: await self._read(path) for path in marks_of(paths)[:MOST_MARKS]}
        self._facts = Facts(frozenset(paths), texts)
        self._programs.clear()
        self._wanted.clear()
        self._here.clear()
        self._unread = {path for path in paths if is_test(path)} - self._imports.keys()
        await self.judge_trust()

    async def try_shelter(self) -> str:
        """Find out how programs are shut in here, and say it."""
        if self._room is not None and not self.shelter:
            self.is_sealed, self.shelter = await self._room.shelter()
        return self.shelter or "there is none, as nothing can be kept about this folder"

    async def judge_trust(self) -> None:
        """Ask anew whether the folder is trusted as it is."""
        if self._room is None:
            return
        self.trust = await self._room.trust(self.configuration)
        if self.trust is Trust.GIVEN:
            await self.try_shelter()

    def written(self, paths: Sequence[str]) -> None:
        """Some files were written: what was read of them is old."""
        for path in paths:
            if self._imports.pop(path, None) is not None or is_test(path):
                self._unread.add(path)

    async def _read(self, path: str) -> str:
        try:
            data = (await self._files.read(path)).data
        except PortError:
            return ""
        return data[:MAX_BYTES].decode("utf-8", "replace")

    def wanted(self, path: str, first_line: str = "") -> tuple[Wanted, ...]:
        """The tools for one file, whether or not their programs are there."""
        known = self._wanted.get(path)
        if known is None:
            from spark_tui.syntax import language_for

            language = language_for(path, first_line)
            known = self._wanted[path] = applicable(language, path, self._facts, self.settings)
        return known

    async def program(self, wanted: Wanted) -> str:
        """The program of a tool; empty: there is none."""
        key = wanted.tool.program, wanted.folder
        if key not in self._programs and self._room is not None:
            self._programs[key] = await self._room.find(*key)
        return self._programs.get(key, "")

    async def here(self, path: str, first_line: str = "") -> tuple[Wanted, ...]:
        """The tools for one file whose programs are there and may run, cheapest first."""
        known = self._here.get(path)
        if known is None:
            found = [one for one in self.wanted(path, first_line) if await self.program(one)]
            known = self._here[path] = tuple(found)
        return tuple(one for one in known if self.is_sealed or not one.tool.executes)

    def names(self, path: str) -> tuple[str, ...]:
        """The tools for a file that were found, whether or not they may run."""
        return tuple(one.tool.name for one in self._here.get(path, ()))

    @property
    def tools(self) -> tuple[str, ...]:
        """The tools that were found for the files looked at so far."""
        return tuple(dict.fromkeys(name for path in self._here for name in self.names(path)))

    async def tests_for(self, path: str, changed: Mapping[str, str]) -> tuple[str, ...]:
        """The tests that a change of a file can reach; `changed` are files that are not on disk as they are."""
        for test in sorted(self._unread)[:MOST_TESTS]:
            self._imports[test] = imported_names(await self._read(test))
        self._unread.clear()
        imports = {
            **self._imports,
            **{test: imported_names(text) for test, text in changed.items() if is_test(test)},
        }
        return affected_tests(path, {*self._facts.paths, *changed}, imports)
