"""A whole sitting on a real disk with real journal and log, which can be killed at any call and begun again."""

import asyncio
import os
from collections.abc import Coroutine
from pathlib import Path
from typing import Any, TypeVar

from spark_tui.adapters.disk_files import DiskFiles
from spark_tui.adapters.journal import Journal
from spark_tui.adapters.session_log import FileSessionLog, read_log
from spark_tui.core.edits import FileOpened, PatchParser
from spark_tui.core.review import HunkView
from spark_tui.core.text import Position, Span
from spark_tui.engine import Engine, EnginePorts, Trouble
from tests.engine.bench import PROFILE
from tests.fakes.clock import FakeClock
from tests.fakes.faulty_posix import FaultyPosix
from tests.fakes.model_socket import FakeModelSocket
from tests.fakes.repository import FakeRepository
from tests.fakes.token_count import CharacterCounter
from tests.fakes.word_search import MemorySearch

_R = TypeVar("_R")


class Killed(BaseException):
    """The process died; nothing of ours runs after it."""


class Sitting:
    """An engine on real adapters, held by one event loop."""

    def __init__(self, base: Path) -> None:
        self.root, self.state = base / "w", base / "state"
        self.root.mkdir(parents=True)
        self.state.mkdir()
        self.loop = asyncio.new_event_loop()
        self.calls = FaultyPosix()
        self.turns = 0
        self.begin()

    def run(self, work: Coroutine[Any, Any, _R]) -> _R:
        """Run something to its end."""
        return self.loop.run_until_complete(work)

    def begin(self) -> None:
        """Start, as after a kill: with whatever disk, journal and log hold."""
        self.run(self._begin())

    async def _begin(self) -> None:
        log = self.state / "sessions" / "s.jsonl"
        past = tuple(read_log(log)) if log.exists() else ()
        self.files = DiskFiles(str(self.root), calls=self.calls)
        self.journal = await Journal.open(self.state, "s")
        self.log = FileSessionLog(log)
        ports = EnginePorts(
            files=self.files, checkpoints=self.journal, repository=FakeRepository(), search=MemorySearch(self.files),  # type: ignore[arg-type]
            counter=CharacterCounter(), clock=FakeClock(), log=self.log, links={"fast": FakeModelSocket([])}, past=past,
        )  # fmt: skip
        self.engine = Engine(ports, {"fast": PROFILE})
        self.troubles: list[Trouble] = []
        self.engine.subscribe(
            lambda event: self.troubles.append(event) if isinstance(event, Trouble) else None
        )
        await self.engine.open()

    def kill(self) -> None:
        """End without a word: what is durable is all there is."""
        self.calls.before_call = lambda name: None
        self.run(self._kill())

    async def _kill(self) -> None:
        # Closed first: what our code still says after its death, no log has.
        self.log.close()
        await self.engine.guard.close()
        for link in self.engine._links.values():
            await link.close()
        ledger = self.journal._ledger
        assert ledger is not None
        ledger._tidied.clear()
        await self.journal.close()
        self.files.close()

    def end(self) -> None:
        """Leave properly."""
        self.kill()
        self.loop.close()

    def attempt(self, work: Coroutine[Any, Any, object]) -> bool:
        """Run something; True if it was killed on the way."""
        try:
            self.run(work)
        except Killed:
            return True
        return False

    def die_after(self, calls: int) -> None:
        """Die at a system call soon."""
        until = self.calls.count + calls

        def die(name: str) -> None:
            if self.calls.count + 1 >= until:
                raise Killed

        self.calls.before_call = die

    # -- what a person and a model do

    def disk(self) -> dict[str, bytes]:
        """Every file in the folder."""
        return {
            path.relative_to(self.root).as_posix(): path.read_bytes()
            for path in self.root.rglob("*")
            if path.is_file()
        }

    def write(self, path: str, data: bytes | None) -> None:
        """Another program writes a file, the way editors do."""
        target = self.root / path
        if data is None:
            target.unlink(missing_ok=True)
            return
        target.parent.mkdir(parents=True, exist_ok=True)
        target.with_suffix(".other").write_bytes(data)
        os.replace(target.with_suffix(".other"), target)

    def text(self, path: str) -> str | None:
        """What stands in memory."""
        buffer = self.engine.workspace.buffer(path)
        return None if buffer is None else buffer.text.encode().decode()

    def type(self, path: str, line: int, words: str) -> bool:
        """Type a line into an open file."""
        buffer = self.engine.workspace.buffer(path)
        if buffer is None:
            return False
        at = Position(min(line, buffer.text.line_count - 1), 0)
        return self.engine.workspace.edit(path, buffer.text.replace(Span(at, at), words + "\n"))

    def propose(self, patch: str) -> None:
        """The model writes a patch."""
        self.run(self._propose(patch))

    async def _propose(self, patch: str) -> None:
        review = self.engine.decisions.review
        self.turns += 1
        review.begin(f"t{self.turns}", f"t{self.turns}/c")
        parser = PatchParser()
        for event in [*parser.push(patch), *parser.finish()]:
            if isinstance(event, FileOpened):
                base, fault = await self.engine.workspace.base_of(event.path)
                review.open_file(event, base, fault)
            else:
                review.feed(event)
        review.close(False)

    @property
    def hunks(self) -> list[HunkView]:
        """Every hunk, in order."""
        return [hunk for file in self.engine.decisions.review.files() for hunk in file.hunks]
