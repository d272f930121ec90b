"""A room without programs: what runs in it is a function of the files, and every run is written down."""

import asyncio
import json
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field

from spark_tui.core.checks import CheckEnd, CheckRan, CheckRun, Trust
from spark_tui.ports import CheckTrouble

Program = Callable[[CheckRun, Mapping[str, bytes | None]], tuple[int, str]]
"""What a program says of the files of the copy: exit code and output."""


@dataclass
class FakeCheckRoom:
    """Programs by name."""

    programs: dict[str, Program] = field(default_factory=dict)
    given: Trust = Trust.NONE
    sealed: bool = True
    disk: Mapping[str, bytes] = field(default_factory=dict)
    """What the folder holds."""

    def __post_init__(self) -> None:
        self.runs: list[tuple[str, tuple[str, ...], dict[str, bytes | None]]] = []
        self.held = asyncio.Event()
        self.held.set()
        self.began = asyncio.Event()
        self.cancelled = 0
        self.end = CheckEnd.DONE
        self.trouble = ""

    async def shelter(self) -> tuple[bool, str]:
        return self.sealed, "a fake shelter"

    async def trust(self, configuration: Collection[str]) -> Trust:
        return self.given

    async def give_trust(self, configuration: Collection[str]) -> None:
        self.given = Trust.GIVEN

    async def take_trust(self) -> None:
        self.given = Trust.NONE

    async def find(self, program: str, folder: str) -> str:
        return f"/bin/{program}" if program in self.programs else ""

    async def run(self, run: CheckRun, paths: Sequence[str], changed: Mapping[str, bytes | None]) -> CheckRan:
        name = run.program.rpartition("/")[2]
        self.runs.append((name, run.arguments, dict(changed)))
        self.began.set()
        try:
            await self.held.wait()
        except asyncio.CancelledError:
            self.cancelled += 1
            raise
        if self.trouble:
            raise CheckTrouble(self.trouble)
        status, output = self.programs[name](run, {**self.disk, **changed})
        return CheckRan(self.end, status, output, "", "/copy/tree")

    async def close(self) -> None:
        """Have nothing to remove."""


def ruff_of(word: str) -> Program:
    """A linter that finds every line that holds a word."""

    def run(asked: CheckRun, files: Mapping[str, bytes | None]) -> tuple[int, str]:
        if asked.arguments[0] == "format":
            return 0, ""
        path = asked.arguments[-1]
        lines = (files.get(path) or b"").decode().split("\n")
        found = [
            {
                "code": "F1",
                "filename": f"/copy/tree/{path}",
                "location": {"row": number, "column": 1},
                "end_location": {"row": number, "column": 2},
                "message": f"a {word}",
            }
            for number, line in enumerate(lines, 1)
            if word in line
        ]
        return (1 if found else 0), json.dumps(found)

    return run
