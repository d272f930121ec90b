"""The `Checkpoints` port in memory, held to the same contract as the real one."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from spark_tui.core.checkpoint import Checkpoint, FileWrite, Foreign, Ground, Intent, LandingKind
from spark_tui.ports import CheckpointFailed, PortError


class MemoryCheckpoints:
    """Landings in lists. `faults` maps a step's name to the error that its next call raises."""

    def __init__(self, session: str = "test") -> None:
        self.session = session
        self.salt = ""
        """Makes the tokens of this journal its own."""
        self.kept_bytes: list[tuple[int, Foreign]] = []
        self.faults: dict[str, PortError] = {}
        self.calls: list[str] = []
        self._intents: dict[int, Intent] = {}
        self._open: set[int] = set()
        self._landed: dict[int, Checkpoint] = {}
        self._parents: dict[int, int] = {}
        self._place = 0

    def _step(self, name: str) -> None:
        self.calls.append(name)
        fault = self.faults.pop(name, None)
        if fault is not None:
            raise fault

    async def intend(
        self,
        writes: Sequence[FileWrite],
        grounds: Sequence[Ground],
        kind: LandingKind,
        turn: str,
        note: str,
        time: float,
        place: int | None = None,
    ) -> Intent:
        self._step("intend")
        landing = len(self._intents) + 1
        intent = Intent(
            landing, f"{landing:08x}{self.salt}", kind, turn, note, time, tuple(writes), tuple(grounds),
            place=place,
        )  # fmt: skip
        self._parents[landing] = self._place
        self._intents[landing] = intent
        self._open.add(landing)
        return intent

    async def landed(self, intent: Intent) -> Checkpoint:
        self._step("landed")
        cautions = tuple(ground.why for ground in intent.grounds if ground.in_place)
        paths = tuple(write.path for write in intent.writes)
        checkpoint = Checkpoint(
            intent.id, intent.kind, intent.turn, intent.time, paths, intent.note, self.session, cautions,
            self._parents[intent.id], intent.place,
        )  # fmt: skip
        self._landed[intent.id] = checkpoint
        self._place = intent.id if intent.place is None else intent.place
        return checkpoint

    async def abandoned(self, intent: Intent) -> None:
        self._step("abandoned")
        self._open.discard(intent.id)
        if self._landed.pop(intent.id, None) is not None:
            self._place = self._parents[intent.id]

    async def tidied(self, intent: Intent) -> None:
        self._step("tidied")
        self._open.discard(intent.id)

    async def keep(self, intent: Intent, foreign: Foreign) -> None:
        self._step("keep")
        if foreign.data is not None:
            self.kept_bytes.append((intent.id, foreign))

    async def unfinished(self) -> Sequence[Intent]:
        self._step("unfinished")
        return [
            replace(self._intents[landing], is_landed=landing in self._landed)
            for landing in sorted(self._open)
        ]

    async def remembered(self, paths: Sequence[str]) -> Mapping[str, Ground]:
        known: dict[str, Ground] = {}
        for landing in sorted(self._landed):
            intent = self._intents[landing]
            for write, ground in zip(intent.writes, intent.grounds, strict=True):
                if write.path not in paths or (write.before is None) == (write.after is None):
                    continue
                old = known.get(write.path, Ground())
                if write.after is None:
                    known[write.path] = replace(old, mode=ground.mode)
                else:
                    known[write.path] = replace(old, folders=ground.folders)
        return known

    async def history(self, limit: int = 1000) -> Sequence[Checkpoint]:
        return [self._landed[landing] for landing in sorted(self._landed, reverse=True)][:limit]

    async def after(self, landing: int, limit: int = 100) -> Sequence[Checkpoint]:
        return [self._landed[number] for number in sorted(self._landed) if number > landing][:limit]

    async def count(self) -> int:
        return len(self._landed)

    async def where(self) -> int:
        return self._place

    async def kept(self, landing: int) -> Sequence[Foreign]:
        return [foreign for number, foreign in self.kept_bytes if number == landing]

    async def recall(self, landing: int) -> Intent:
        if landing not in self._intents:
            raise CheckpointFailed(f"There is no checkpoint {landing}.")
        return replace(self._intents[landing], is_landed=landing in self._landed)
