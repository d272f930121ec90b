"""An engine on fakes: files in memory, a scripted model, held time."""

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from spark_tui.core.review import HunkView
from spark_tui.core.settings import LaneProfile, Model, Provider
from spark_tui.engine import Engine, EngineEvent, EnginePorts, Trouble
from tests.fakes.clock import FakeClock
from tests.fakes.disk_files import MemoryFiles
from tests.fakes.journal import MemoryCheckpoints
from tests.fakes.model_socket import FakeModelSocket, Step, call_reply
from tests.fakes.repository import FakeRepository
from tests.fakes.session_log import MemoryLog
from tests.fakes.token_count import CharacterCounter
from tests.fakes.word_search import MemorySearch

PROFILE = LaneProfile(
    "fast",
    Model("m", "p", "m-1", window=20_000, max_output=1_000, warm_up=False),
    Provider("p", "http://p/v1"),
)


def patch_reply(patch: str, call_id: str = "c1", response: str = "r1") -> list[Step]:
    """A response that calls the patch tool, in small pieces."""
    return call_reply(response, call_id, *(patch[at : at + 7] for at in range(0, len(patch), 7)))


class Bench:
    """One engine, what it was told to write, and what it told."""

    def __init__(
        self,
        files: Mapping[str, bytes],
        replies: Iterable[Sequence[Step]] = (),
        past: Sequence[Mapping[str, Any]] = (),
        profile: LaneProfile = PROFILE,
        sides: Iterable[Sequence[Step]] = (),
        **ports_of_its_own: Any,
    ) -> None:
        """Build it; ports given by name take the place of the usual ones.

        `sides` are what requests beside the conversation are answered with, in order, on either lane.
        """
        self.files = MemoryFiles(files)
        self.checkpoints = MemoryCheckpoints()
        self.model = FakeModelSocket(replies)
        self.sides = [FakeModelSocket([reply]) for reply in sides]
        self.model.sides.extend(self.sides)
        deep = FakeModelSocket()
        deep.sides = self.model.sides
        self.log = MemoryLog()
        self.log.records += map(dict, past)
        self.search = MemorySearch(self.files)
        self.clock = FakeClock()
        ports = EnginePorts(
            files=self.files,
            checkpoints=self.checkpoints,
            repository=FakeRepository(),
            search=self.search,
            counter=CharacterCounter(),
            clock=self.clock,
            log=self.log,
            links={"fast": self.model, "deep": deep},
            past=past,
        )
        profiles = {"fast": profile, "deep": replace(profile, lane="deep")}
        self.engine = Engine(replace(ports, **ports_of_its_own), profiles)
        self.events: list[EngineEvent] = []
        self.engine.subscribe(self.events.append)

    async def __aenter__(self) -> "Bench":
        await self.engine.open()
        return self

    async def __aexit__(self, *exception: object) -> None:
        await self.engine.close()

    @property
    def troubles(self) -> list[str]:
        """Sentences that the person was told."""
        return [event.sentence for event in self.events if isinstance(event, Trouble)]

    @property
    def hunks(self) -> list[HunkView]:
        """Every hunk, in order."""
        return [hunk for file in self.engine.decisions.review.files() for hunk in file.hunks]

    def ask(self, prompt: str) -> None:
        """Start a turn."""
        self.engine.start(self.engine.conversation.submit(prompt), "ask")

    async def until(self, condition: Callable[[], bool]) -> None:
        """Let everything run until something is so."""
        for _ in range(2000):
            if condition():
                return
            await asyncio.sleep(0.001)
        turns = self.engine.conversation.turns
        raise AssertionError(f"never so; turns {turns}, hunks {self.hunks}, troubles {self.troubles}")

    def asked_beside(self, number: int) -> str:
        """The request that was made beside the conversation, without what went along."""
        return str(self.sides[number].requests[-1]["input"][-1]["content"][0]["text"])

    def sent(self, number: int) -> str:
        """The input of one request, as one text."""
        return str(self.model.requests[number]["input"])
