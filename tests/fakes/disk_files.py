"""The `Files` port in memory, held to the same contract as the real one."""

from collections.abc import Mapping, Sequence

from spark_tui.core.checkpoint import FileWrite, Foreign, Ground, Intent
from spark_tui.core.paths import Below, check_existing, check_path, shown
from spark_tui.ports import (
    Entry,
    FileChangedOnDisk,
    FileGone,
    FileRead,
    FileUnreadable,
    Listing,
    PathRefused,
    PortError,
    Stamp,
)


class MemoryFiles:
    """Files in a dictionary. `faults` maps a step's name to the error that its next call raises."""

    def __init__(self, files: Mapping[str, bytes] | None = None, root: str = "/workspace") -> None:
        self.root = root
        self.data: dict[str, bytes] = dict(files or {})
        self.modes: dict[str, int] = {}
        self.folders: set[str] = set()
        """Folders that are there without files."""
        self.faults: dict[str, PortError] = {}
        self.calls: list[str] = []
        self.moved = ""
        """What is said of where the folder is."""
        self._staged: dict[str, bytes] = {}

    def _step(self, name: str) -> None:
        self.calls.append(name)
        fault = self.faults.pop(name, None)
        if fault is not None:
            raise fault

    def _is_folder(self, path: str) -> bool:
        return path in self.folders or any(name.startswith(path + "/") for name in self.data)

    async def read(self, path: str) -> FileRead:
        self._step("read")
        sentence = check_existing(path)
        if sentence:
            raise PathRefused(path, sentence)
        if self._is_folder(path):
            raise FileUnreadable(path, f"{shown(path)} is a folder.")
        if path not in self.data:
            raise FileGone(path, f"{shown(path)} does not exist.")
        return FileRead(self.data[path], self.modes.get(path, 0o644))

    async def check_target(self, path: str) -> None:
        self._step("check_target")
        self._check(path)

    def _check(self, path: str) -> None:
        sentence = check_existing(path) if path in self.data else check_path(path)
        if not sentence and self._is_folder(path):
            sentence = f"{shown(path)} is a folder."
        parts = path.split("/")
        for depth in range(1, len(parts)):
            above = "/".join(parts[:depth])
            if not sentence and above in self.data:
                sentence = f"{shown(path)} passes through {shown(above)}, which is not a folder."
        if sentence:
            raise PathRefused(path, sentence)

    async def astray(self) -> str:
        return self.moved

    async def stamps(self, paths: Sequence[str]) -> Mapping[str, Stamp]:
        return {path: (hash(self.data[path]),) for path in paths if path in self.data}

    async def walk(self) -> Listing:
        self._step("walk")
        return Listing(tuple(Entry(path) for path in sorted(self.data)))

    async def below(self, path: str, limit: int) -> Below | None:
        self._step("below")
        sentence = check_existing(path)
        if sentence:
            raise PathRefused(path, sentence)
        if not self._is_folder(path):
            return None
        files = sorted(name for name in self.data if name.startswith(path + "/"))
        folders = {path} | {name for name in self.folders if name.startswith(path + "/")}
        for name in files:
            parts = name.split("/")[:-1]
            above = ("/".join(parts[: depth + 1]) for depth in range(len(parts)))
            folders |= {folder for folder in above if folder == path or folder.startswith(path + "/")}
        is_cut = len(files) + len(folders) > limit
        return Below(tuple(files), tuple(sorted(folders)), (), is_cut)

    async def survey(self, writes: Sequence[FileWrite]) -> tuple[Ground, ...]:
        self._step("survey")
        return tuple(self._survey(write) for write in writes)

    def _survey(self, write: FileWrite) -> Ground:
        self._check(write.path)
        if write.before is None:
            if write.path in self.data:
                raise FileChangedOnDisk(write.path, f"{shown(write.path)} exists already.")
            parts = write.path.split("/")[:-1]
            above = ["/".join(parts[: depth + 1]) for depth in range(len(parts))]
            return Ground(write.mode, tuple(path for path in above if not self._is_folder(path)))
        if write.path not in self.data:
            raise FileGone(write.path, f"{shown(write.path)} does not exist any more.")
        if self.data[write.path] != write.before:
            raise FileChangedOnDisk(write.path, f"{shown(write.path)} was changed on disk.")
        return Ground(self.modes.get(write.path, 0o644))

    async def stage(self, intent: Intent) -> None:
        self._step("stage")
        for number, write in enumerate(intent.writes):
            if write.after is not None:
                self._staged[intent.staged_name(number)] = write.after

    async def swap(self, intent: Intent) -> None:
        for write in intent.writes:
            if self.data.get(write.path) != write.before:
                raise FileChangedOnDisk(write.path, f"{shown(write.path)} was changed on disk.")
            self._put(write.path, write.after)
            if write.before is None and write.mode is not None:
                self.modes[write.path] = write.mode
            self._step("swap")

    async def roll_back(self, intent: Intent) -> tuple[Foreign, ...]:
        self._step("roll_back")
        found: list[Foreign] = []
        for write, ground in zip(intent.writes, intent.grounds, strict=True):
            now = self.data.get(write.path)
            if now == write.after:
                self._put(write.path, write.before)
                if write.before is not None and ground.mode is not None:
                    self.modes[write.path] = ground.mode
            elif now != write.before:
                found.append(Foreign(write.path, None))
        return tuple(found)

    async def clear(self, intent: Intent, *, anyway: bool = False) -> tuple[Foreign, ...]:
        self._step("clear")
        for number, (write, ground) in enumerate(zip(intent.writes, intent.grounds, strict=True)):
            self._staged.pop(intent.staged_name(number), None)
            if write.after is None if intent.is_landed else write.before is None:
                for folder in reversed(ground.folders):
                    if not any(name.startswith(folder + "/") for name in self.data):
                        self.folders.discard(folder)
        return ()

    def _put(self, path: str, data: bytes | None) -> None:
        if data is None:
            self.data.pop(path, None)
            self.modes.pop(path, None)
            parts = path.split("/")[:-1]
            self.folders.update("/".join(parts[: depth + 1]) for depth in range(len(parts)))
        else:
            self.data[path] = data
