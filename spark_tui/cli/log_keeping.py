"""Keeps the program's own log: opens it, hears what is worth a line, and takes errors that nobody else takes."""

import argparse
import asyncio
import logging
import os
import re
import sys
import threading
import time
from collections.abc import Callable, Collection, Mapping
from contextlib import AbstractContextManager, suppress
from pathlib import Path
from types import TracebackType
from typing import Any

from spark_tui import __version__
from spark_tui.adapters.program_log import VARIABLE, ProgramLog, default_place
from spark_tui.engine import Engine, EngineEvent, LinkMoved, Trouble
from spark_tui.ports import PortError, SettingsWrong

_LOG = logging.getLogger("spark_tui.cli")
_SAME_ERROR = 10.0
"""Seconds in which an error from one place is told once."""
_REST = re.compile(r": | \(")
"""What follows may be the words of a server or a file."""


class Keeping(AbstractContextManager["Keeping"]):
    """Keeps the log while the block runs; an error that ends the program is told in a sentence that names the log."""

    def __init__(self, options: argparse.Namespace) -> None:
        """Open the log. Raises SettingsWrong if that fails where the person wants it."""
        self.log = _open(options.log_file or os.environ.get(VARIABLE, ""))
        # Without any handler, the library would write on the screen.
        self._handler = self.log or logging.NullHandler()
        self._level = options.log_level.upper()
        self._kept = " Unsaved text is kept: start again to go on." if hasattr(options, "continues") else ""
        self._before = os.environ.get(VARIABLE), sys.unraisablehook, threading.excepthook

    def __enter__(self) -> "Keeping":
        logging.getLogger().addHandler(self._handler)
        logging.getLogger("spark_tui").setLevel(self._level)
        if self.log is not None:
            # Processes of our own write their last words there, too.
            os.environ[VARIABLE] = str(self.log.path)
            self.log.tell_crashes()
        sys.unraisablehook = lambda told: _LOG.warning("nobody could take an error", exc_info=told.exc_value)
        threading.excepthook = lambda told: _LOG.error(
            "thread %s ended", told.thread and told.thread.name, exc_info=told.exc_value
        )
        python = ".".join(map(str, sys.version_info[:3]))
        _LOG.info("begins: %s, Python %s, %s", __version__, python, sys.platform)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if isinstance(error, Exception) and not isinstance(error, PortError | BrokenPipeError):
            _LOG.critical("ends because of an error that nobody foresaw", exc_info=error)
            if self.log is not None:
                sys.excepthook = _LastWords(error, self.log.place, self._kept).say
        _LOG.info("ends")
        variable, sys.unraisablehook, threading.excepthook = self._before
        os.environ.pop(VARIABLE, None)
        if variable is not None:
            os.environ[VARIABLE] = variable
        logging.getLogger().removeHandler(self._handler)
        self._handler.close()

    def heed(self, engine: Engine, secrets: Callable[[], Collection[str]]) -> None:
        """Write down what the engine tells, and hand it the errors of callbacks and threads, to be told."""
        if self.log is not None:
            self.log.secrets = secrets
            engine.guard.details = self.log.place
        engine.subscribe(_Notes(engine).hear)
        _Strays(engine).gather()


class _LastWords:
    """What is said instead of a traceback when the program ends."""

    def __init__(self, error: BaseException, place: str, kept: str) -> None:
        self._error = error
        self._place = place
        self._kept = kept

    def say(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None, /) -> None:
        """Say it of the error that was written down; any other one is shown as ever."""
        if error is not self._error:
            sys.__excepthook__(kind, error, trace)
            return
        why = f"an error that nobody foresaw ({kind.__name__}; details: {self._place})"
        print(f"spark-tui: ended because of {why}.{self._kept}", file=sys.stderr)


def _open(wanted: str) -> ProgramLog | None:
    try:
        return ProgramLog(Path(os.path.abspath(os.path.expanduser(wanted))) if wanted else default_place())
    except (OSError, RuntimeError) as error:
        if not wanted:
            return None
        reason = error.strerror if isinstance(error, OSError) else error
        raise SettingsWrong(f"the log can't be written to {wanted}: {reason}") from error


class _Notes:
    """Writes down what the engine tells: notices, and how every lane's connection is."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._links: dict[str, str] = {}

    def hear(self, event: EngineEvent) -> None:
        """Take one event; of a sentence only what cannot be a quote."""
        if isinstance(event, LinkMoved):
            for lane, state in self._engine.links.items():
                way = " ".join(word for word in (state.provider, state.transport, state.model) if word)
                why = _REST.split(state.sentence)[0]
                now = f"{state.phase} ({way}){f': {why}' if why else ''}"
                if _without_numbers(now) != self._links.get(lane):
                    self._links[lane] = _without_numbers(now)
                    _LOG.info("link %s: %s", lane, now)
        elif isinstance(event, Trouble) and not event.detail:
            _LOG.warning("notice: %s: %s", event.title, _REST.split(event.sentence)[0])


def _without_numbers(sentence: str) -> str:
    return "".join(char for char in sentence if not char.isdigit())


class _Strays:
    """Takes errors of callbacks, forgotten tasks and threads, and has the engine's guard tell them."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._loop = asyncio.get_running_loop()
        self._told: dict[str, float] = {}

    def gather(self) -> None:
        """Begin."""
        self._loop.set_exception_handler(self._callback)
        before = threading.excepthook

        def ended(told: threading.ExceptHookArgs, /) -> None:
            before(told)
            name = told.thread.name if told.thread is not None else "a thread"
            # The loop may be closed already.
            with suppress(RuntimeError):
                self._loop.call_soon_threadsafe(self._tell, told.exc_value, f"thread {name}")

        threading.excepthook = ended

    def _callback(self, loop: asyncio.AbstractEventLoop, context: Mapping[str, Any]) -> None:
        error = context.get("exception")
        if isinstance(error, Exception):
            self._tell(error, "work in the background")
        else:
            _LOG.error("the loop says: %s", context.get("message"))

    def _tell(self, error: BaseException | None, what: str) -> None:
        place = error.__traceback__ if error is not None else None
        while place is not None and place.tb_next is not None:
            place = place.tb_next
        key = f"{type(error)}:{place and place.tb_frame.f_code.co_filename}:{place and place.tb_lineno}"
        now = time.monotonic()
        if isinstance(error, Exception) and now - self._told.get(key, float("-inf")) > _SAME_ERROR:
            self._told[key] = now
            self._engine.start(_raise(error), what)


async def _raise(error: Exception) -> None:
    raise error
