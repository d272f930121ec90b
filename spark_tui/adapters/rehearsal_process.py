"""Runs the rehearsal server as a child process that can't outlive us, and tells where it listens."""

import asyncio
import contextlib
import json
import logging
import secrets
from collections.abc import Sequence
from typing import NamedTuple

from spark_tui.adapters.programs import own_module, start_own
from spark_tui.ports import LinkDown

TOKEN_VARIABLE = "SPARK_TUI_REHEARSAL_TOKEN"
"""Environment variable in which the child finds the token that clients have to present."""
_LOG = logging.getLogger(__name__)
_READY_TIMEOUT = 30.0
_STOP_TIMEOUT = 2.0
_LAST_WORDS = 2000


class RehearsalAddress(NamedTuple):
    """Where the server listens and what it wants to hear."""

    base_url: str
    token: str

    def __repr__(self) -> str:
        return f"RehearsalAddress({self.base_url})"


class RehearsalProcess:
    """The rehearsal server in a process of its own; it ends when its standard input does."""

    def __init__(self, rate: float = 1000.0, *, command: Sequence[str] = ()) -> None:
        serve = own_module("spark_tui", "serve", "--port", "0", "--rate", f"{rate:g}", "--watch-stdin")
        self._command = list(command) or serve
        self._process: asyncio.subprocess.Process | None = None
        self._address: RehearsalAddress | None = None
        self._listening: asyncio.Task[None] | None = None
        self._starting = asyncio.Lock()
        self._last_words = b""

    @property
    def running(self) -> bool:
        """Whether the child is there."""
        return self._process is not None and self._process.returncode is None

    async def start(self) -> RehearsalAddress:
        """Start the child if it does not run, and wait until it listens. Raises LinkDown."""
        async with self._starting:
            if self._address is None or not self.running:
                await self.stop()
                self._address = await self._start()
            return self._address

    async def _start(self) -> RehearsalAddress:
        token = secrets.token_urlsafe(24)
        try:
            self._process = await start_own(
                self._command, also={TOKEN_VARIABLE: token}, stderr=asyncio.subprocess.PIPE
            )
        except (OSError, ValueError) as error:
            raise LinkDown("the rehearsal server could not be started") from error
        _LOG.info("process %d begins", self._process.pid)
        self._listening = asyncio.create_task(self._listen(self._process))
        try:
            port = await asyncio.wait_for(_read_port(self._process), _READY_TIMEOUT)
        except (TimeoutError, ValueError) as error:
            await self.stop()
            raise LinkDown(f"the rehearsal server did not start{self._why()}") from error
        return RehearsalAddress(f"http://127.0.0.1:{port}/v1", token)

    async def stop(self) -> None:
        """End the child; never raises."""
        process, self._process = self._process, None
        if process is None:
            return
        if process.stdin is not None:
            process.stdin.close()
        try:
            await asyncio.wait_for(process.wait(), _STOP_TIMEOUT)
        except TimeoutError:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()
        if self._listening is not None:
            await self._listening

    async def _listen(self, process: asyncio.subprocess.Process) -> None:
        """Keep the child's complaints from filling their pipe, and remember the last of them."""
        assert process.stderr is not None
        while said := await process.stderr.read(4096):
            self._last_words = (self._last_words + said)[-_LAST_WORDS:]
        code = await process.wait()
        _LOG.info("process %d ended with %d", process.pid, code)

    def _why(self) -> str:
        lines = self._last_words.decode("utf-8", "replace").strip().split("\n")
        return f": {lines[-1].strip()[:200]}" if lines[-1].strip() else ""


async def _read_port(process: asyncio.subprocess.Process) -> int:
    """Read `{"port": N}`. Raises ValueError if the child says something else or nothing."""
    assert process.stdout is not None
    told = json.loads(await process.stdout.readline())
    port = told.get("port") if isinstance(told, dict) else None
    if not isinstance(port, int) or not 0 < port < 65536:
        raise ValueError("no port")
    return port
