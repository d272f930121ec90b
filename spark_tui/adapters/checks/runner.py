"""Starts the jail, feeds it, reads what the program says up to a limit, and ends it when nobody waits any more."""

import asyncio
import contextlib
import json
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from spark_tui.adapters.checks.shelter import DEVICES, Ground, Kind, Shelter, wrapped
from spark_tui.core.checks import CheckEnd
from spark_tui.core.values import dataclass

JAIL = str(Path(__file__).with_name("jail.py"))
MAX_OUTPUT = 4_000_000
"""Bytes of standard output that are taken; a program that says more is ended."""
MAX_ERRORS = 400_000
_GRACE = 3.0
"""Seconds in which the jail has to end everything."""
_TOOLCHAIN_VARIABLES = {
    "PYENV_ROOT": ".pyenv", "ASDF_DATA_DIR": ".asdf", "RUSTUP_HOME": ".rustup", "CARGO_HOME": ".cargo",
    "GOMODCACHE": "go/pkg/mod",
}  # fmt: skip
"""Where toolchains are looked for, as the home folder is another one there."""
_FILE_BYTES = 512 << 20
_OPEN_FILES = 2048
_PROCESSES = 512


@dataclass(frozen=True, slots=True)
class Job:
    """A program, ready to be started."""

    argv: tuple[str, ...]
    folder: str
    """Absolute."""
    environment: Mapping[str, str]
    seconds: float
    memory: int
    """Bytes."""


@dataclass(frozen=True, slots=True)
class Done:
    """How a program ended and what it said."""

    end: CheckEnd
    status: int
    output: bytes
    errors: bytes
    peak: int = 0
    """Most memory that was seen, in bytes."""


async def run_job(job: Job, shelter: Shelter, ground: Ground) -> Done:
    """Run a program to its end; cancelled, it and everything that it started is gone when this returns."""
    listening, telling = os.pipe()
    try:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-I", "-S", JAIL,
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
            pass_fds=[telling], start_new_session=True, cwd="/", env={},
        )  # fmt: skip
    except OSError as error:
        os.close(listening)
        return Done(CheckEnd.NOT_RUN, -1, b"", str(error.strerror).encode())
    finally:
        os.close(telling)
    try:
        return await _converse(process, _spec(job, shelter, ground, telling), listening)
    finally:
        await _end(process)
        os.close(listening)


def _spec(job: Job, shelter: Shelter, ground: Ground, report: int) -> bytes:
    argv = list(job.argv)
    if shelter.kind is Kind.BUBBLEWRAP:
        argv = wrapped(shelter, ground, argv, job.folder)
    return json.dumps(
        {
            "report": report,
            "parent": os.getpid(),
            "shelter": str(shelter.kind),
            "argv": argv,
            "folder": job.folder,
            "environment": dict(job.environment),
            "reads": [*ground.reads, "/proc"],
            "writes": [*ground.writes, *DEVICES],
            "limits": {
                "seconds": job.seconds,
                "memory": job.memory,
                "file": _FILE_BYTES,
                "files": _OPEN_FILES,
                "processes": _PROCESSES,
            },
        }
    ).encode()


async def _converse(process: asyncio.subprocess.Process, spec: bytes, listening: int) -> Done:
    assert process.stdin is not None and process.stdout is not None and process.stderr is not None
    with contextlib.suppress(BrokenPipeError, ConnectionResetError):
        process.stdin.write(spec)
        await process.stdin.drain()
        process.stdin.close()
    flood = asyncio.Event()
    reading = asyncio.gather(
        _read(process.stdout, MAX_OUTPUT, flood),
        _read(process.stderr, MAX_ERRORS, flood),
        process.wait(),
    )
    waiting = asyncio.ensure_future(flood.wait())
    both: set[asyncio.Future[Any]] = {reading, waiting}
    try:
        await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
        if not reading.done():
            await _end(process)
        output, errors, _ = await reading
    finally:
        waiting.cancel()
        reading.cancel()
        await asyncio.gather(waiting, reading, return_exceptions=True)
    told = _report(listening)
    if flood.is_set():
        return Done(CheckEnd.FLOOD, -1, output, errors)
    try:
        end = CheckEnd(str(told.get("end")))
    except ValueError:
        end = CheckEnd.NOT_RUN
    status, peak = told.get("status"), told.get("peak")
    return Done(
        end,
        status if isinstance(status, int) else -1,
        output,
        errors,
        peak if isinstance(peak, int) else 0,
    )


async def _read(stream: asyncio.StreamReader, limit: int, flood: asyncio.Event) -> bytes:
    """Read to the end; what is beyond the limit is dropped and reported."""
    chunks: list[bytes] = []
    total = 0
    while chunk := await stream.read(1 << 16):
        if total < limit:
            chunks.append(chunk[: limit - total])
        total += len(chunk)
        if total > limit:
            flood.set()
    return b"".join(chunks)


def _report(listening: int) -> Mapping[str, object]:
    try:
        os.set_blocking(listening, False)
        told = json.loads(os.read(listening, 4096) or b"{}")
    except (OSError, ValueError):
        return {}
    return told if isinstance(told, dict) else {}


async def _end(process: asyncio.subprocess.Process) -> None:
    """Have the jail end everything; if it does not, end the jail, with which its program goes."""
    if process.returncode is not None:
        return
    with contextlib.suppress(ProcessLookupError):
        process.terminate()
    try:
        await asyncio.wait_for(asyncio.shield(process.wait()), _GRACE)
    except TimeoutError:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()


def environment_for(argv0: str, folders: Sequence[str], home: str, search_path: str) -> dict[str, str]:
    """Return what a program may know of its surroundings: where programs are, and folders of its own."""
    here = [os.path.dirname(argv0), os.path.dirname(os.path.realpath(argv0))]
    places = [*here, *folders, *(entry for entry in search_path.split(os.pathsep) if os.path.isabs(entry))]
    real_home = os.path.expanduser("~")
    toolchains = {name: os.path.join(real_home, place) for name, place in _TOOLCHAIN_VARIABLES.items()}
    return {
        **{name: path for name, path in toolchains.items() if os.path.isdir(path)},
        "PATH": os.pathsep.join(dict.fromkeys(places)),
        "HOME": home,
        "TMPDIR": os.path.join(home, "tmp"),
        "XDG_CACHE_HOME": os.path.join(home, "cache"),
        "XDG_CONFIG_HOME": os.path.join(home, "config"),
        "LANG": "C.UTF-8",
        "LC_ALL": "C.UTF-8",
        "TERM": "dumb",
        "NO_COLOR": "1",
        "CI": "1",
        # Compiled files are told apart by seconds and sizes, and an edit may change neither.
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONNOUSERSITE": "1",
        "RUFF_NO_CACHE": "true",
        "MYPY_CACHE_DIR": os.path.join(home, "mypy"),
        "CARGO_TARGET_DIR": os.path.join(home, "target"),
        "CARGO_NET_OFFLINE": "true",
        "GOCACHE": os.path.join(home, "go-build"),
        "GOPROXY": "off",
    }
