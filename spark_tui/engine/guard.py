"""The only catch-all: runs a piece of work so that an unforeseen error becomes a notice, never a crash."""

import asyncio
import logging
import traceback
from collections.abc import Callable, Coroutine
from typing import Any

from spark_tui.engine.events import EngineEvent, Trouble
from spark_tui.ports import PortError, SessionLog

_LOG = logging.getLogger(__name__)


class Guard:
    """Owns the running tasks of the engine and reports what goes wrong in them."""

    def __init__(self, emit: Callable[[EngineEvent], None], log: SessionLog) -> None:
        self._emit = emit
        self._log = log
        self._tasks: set[asyncio.Task[None]] = set()
        self.details = ""
        """Where people find what else is known of an unforeseen error; empty: nowhere."""

    def start(self, work: Coroutine[Any, Any, object], what: str) -> asyncio.Task[None]:
        """Run `work` as a task; `what` names it in a notice, for instance `save a.py`."""
        _LOG.debug("begins: %s", what)
        task = asyncio.create_task(self._run(work, what))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        # A task that is cancelled before its first step leaves the work untouched; closing it says so.
        task.add_done_callback(lambda task: work.close())
        return task

    async def _run(self, work: Coroutine[Any, Any, object], what: str) -> None:
        try:
            await work
        except PortError as error:
            self._emit(Trouble(what, str(error)))
        except Exception as error:
            detail = "".join(traceback.format_exception(error))
            self._log.write("fault", what=what, detail=detail)
            _LOG.error("%s failed", what, exc_info=error)
            where = f" (details: {self.details})" if self.details else ""
            # Where it is cut short, its end is missed least.
            sentence = f"{what} failed unexpectedly{where}: {error or type(error).__name__}"
            self._emit(Trouble(what, sentence, detail))

    async def close(self) -> None:
        """Cancel what still runs and wait for it."""
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
