"""The room of one workspace: its private copy, its trust, and one program at a time.

What copying and running need is loaded with the first program: most sittings begin before anything is checked.
"""

import asyncio
import contextlib
import fcntl
import os
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from spark_tui.adapters.checks.trust import TrustBook
from spark_tui.adapters.own_files import make_private
from spark_tui.core.checks import CheckEnd, CheckRan, CheckRun, Trust
from spark_tui.ports import CheckTrouble

if TYPE_CHECKING:
    from spark_tui.adapters.checks.overlay import Overlay
    from spark_tui.adapters.checks.shelter import Kind, Shelter

_PROBE_SECONDS = 10.0
_TOLD = "inside"
_IMPORTERS = ("pytest", "py.test", "python", "python3")
"""Programs that import what they check."""


class DiskCheckRoom:
    """A private copy of a folder below the state folder; it is made when first needed and removed at the end."""

    def __init__(self, root: str, place: Path, book: TrustBook, search_path: str) -> None:
        """`place` is the folder below which the copy is made."""
        self._root = root
        self._place = place
        self._book = book
        self._search_path = search_path
        self._home = os.path.expanduser("~")
        self._is_swept = False
        self._works: dict[Kind, bool] = {}
        self._shelter: Shelter | None = None
        self._own: Path | None = None
        self._lock: int | None = None
        self._overlay: Overlay | None = None
        self._one_at_a_time = asyncio.Lock()

    # Trust

    async def trust(self, configuration: Collection[str]) -> Trust:
        """Whether the person trusts the folder as it is; what a crash left behind goes at the first question."""
        if not self._is_swept:
            self._is_swept = True
            await asyncio.to_thread(clean_old_rooms, self._place)
        return await asyncio.to_thread(self._book.trust, self._root, tuple(configuration))

    async def give_trust(self, configuration: Collection[str]) -> None:
        """Trust the folder as it is now. Raises CheckTrouble."""
        await asyncio.to_thread(self._book.give, self._root, tuple(configuration))

    async def take_trust(self) -> None:
        """Trust the folder no more. Raises CheckTrouble."""
        await asyncio.to_thread(self._book.take, self._root)

    # Programs

    async def find(self, program: str, folder: str) -> str:
        """Find a program; one of the folder's own counts only once it is trusted, which is the caller's business."""
        above = [folder]
        while folder:
            folder = folder.rpartition("/")[0]
            above.append(folder)
        folders = [os.path.join(self._root, one) if one else self._root for one in above]
        from spark_tui.adapters.checks.shelter import find_tool

        return await asyncio.to_thread(find_tool, program, folders, self._search_path, self._root)

    async def shelter(self) -> tuple[bool, str]:
        """Try what the system offers, once, and say what holds."""
        found = await self._found_shelter()
        return found.is_sealed, found.sentence

    async def _found_shelter(self) -> "Shelter":
        from spark_tui.adapters.checks.shelter import Kind, find_shelter

        while self._shelter is None:
            shelter = find_shelter(self._search_path, self._root, self._works)
            if shelter.kind is Kind.LIMITS or await self._holds(shelter):
                self._shelter = shelter
            else:
                self._works[shelter.kind] = False
        return self._shelter

    async def _holds(self, shelter: "Shelter") -> bool:
        """Whether a program in it runs, writes where it may, and fails at writing elsewhere."""
        from spark_tui.adapters.checks.runner import Job, environment_for, run_job
        from spark_tui.adapters.checks.shelter import ground_for

        own = await asyncio.to_thread(self._claim)
        inside, outside = own / "home" / "probe", own / "outside"
        script = f'echo {_TOLD} > "$1"; {{ echo out > "$2"; }} 2>/dev/null; echo {_TOLD}'
        ground = ground_for("/bin/sh", [str(own / "home")], (), self._home)
        job = Job(
            ("/bin/sh", "-c", script, "sh", str(inside), str(outside)),
            str(own / "home"),
            environment_for("/bin/sh", (), str(own / "home"), self._search_path),
            _PROBE_SECONDS,
            256 << 20,
        )
        done = await run_job(job, shelter, ground)
        return (
            done.end is CheckEnd.DONE
            and done.output.decode("ascii", "replace").strip() == _TOLD
            and inside.exists()
            and not outside.exists()
        )

    async def run(self, run: CheckRun, paths: Sequence[str], changed: Mapping[str, bytes | None]) -> CheckRan:
        """Bring the copy up to date and run a program in it. Raises CheckTrouble."""
        from spark_tui.adapters.checks.runner import Job, environment_for, run_job
        from spark_tui.adapters.checks.shelter import ground_for

        async with self._one_at_a_time:
            shelter = await self._found_shelter()
            overlay = await self._laid(paths, changed, links=shelter.is_sealed)
            assert self._own is not None
            home = str(self._own / "home")
            ground = ground_for(run.program, [str(self._own / "tree"), home], overlay.libraries, self._home)
            folder = os.path.join(overlay.tree, run.folder) if run.folder else overlay.tree
            environment = environment_for(run.program, (), home, self._search_path)
            if os.path.basename(run.program) in _IMPORTERS:
                # An editable installation would lead to the folder itself, which the program can't see.
                environment["PYTHONPATH"] = os.pathsep.join([os.path.join(folder, "src"), folder])
            job = Job((run.program, *run.arguments), folder, environment, run.seconds, run.memory_mib << 20)
            done = await run_job(job, shelter, ground)
            return CheckRan(
                done.end,
                done.status,
                done.output.decode("utf-8", "replace"),
                done.errors.decode("utf-8", "replace"),
                overlay.tree,
            )

    async def _laid(
        self, paths: Sequence[str], changed: Mapping[str, bytes | None], *, links: bool
    ) -> "Overlay":
        from spark_tui.adapters.checks.overlay import Cancelled, Overlay

        own = await asyncio.to_thread(self._claim)
        if self._overlay is None:
            self._overlay = Overlay(self._root, str(own / "tree"), links_libraries=links)
        overlay = self._overlay
        overlay.cancelled.clear()
        laying = asyncio.ensure_future(asyncio.to_thread(overlay.lay, tuple(paths), dict(changed)))
        try:
            await asyncio.shield(laying)
        except asyncio.CancelledError:
            # A thread can't be cancelled, so it is told, and waited for: the copy belongs to one at a time.
            overlay.cancelled.set()
            with contextlib.suppress(Cancelled, CheckTrouble):
                await laying
            raise
        return overlay

    # The place

    def _claim(self) -> Path:
        """Make a folder of our own, locked for as long as we live. Raises CheckTrouble."""
        if self._own is not None:
            return self._own
        own = Path(os.path.realpath(self._place)) / f"{os.getpid()}-{os.urandom(6).hex()}"
        inside = os.path.realpath(self._root).rstrip("/") + "/"
        if f"{own}/".startswith(inside):
            raise CheckTrouble("The state folder is inside the workspace: no private copy is made there.")
        try:
            make_private(self._place)
            own.mkdir(mode=0o700)
            for below in ("tree", "home", "home/tmp", "home/cache", "home/config"):
                (own / below).mkdir(mode=0o700)
            flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
            self._lock = os.open(own / "lock", flags, 0o600)
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise CheckTrouble(f"The private copy can't be made: {error.strerror}.") from error
        self._own = own
        return own

    async def close(self) -> None:
        """Remove the copy; never raises."""
        async with self._one_at_a_time:
            own, self._own, self._overlay = self._own, None, None
            if own is not None:
                await asyncio.to_thread(_remove, own)
            if self._lock is not None:
                os.close(self._lock)
                self._lock = None


def clean_old_rooms(place: Path) -> int:
    """Remove the copies that a crash left behind, and return how many; those of others who live stay."""
    removed = 0
    try:
        found = sorted(path for path in place.iterdir() if path.is_dir() and not path.is_symlink())
    except OSError:
        return 0
    for own in found:
        try:
            lock = os.open(own / "lock", os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC)
        except FileNotFoundError:
            lock = None
        except OSError:
            continue
        try:
            if lock is not None:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            elif _is_alive(own):
                continue
            _remove(own)
            removed += 1
        except OSError:
            continue
        finally:
            if lock is not None:
                os.close(lock)
    return removed


def _is_alive(own: Path) -> bool:
    """Whether the process that a folder is named after is there: it may not have made its lock yet."""
    number = own.name.partition("-")[0]
    return number.isdecimal() and os.path.exists(f"/proc/{number}")


def _remove(own: Path) -> None:
    from spark_tui.adapters.checks.overlay import remove_tree

    with contextlib.suppress(OSError):
        remove_tree(str(own))
