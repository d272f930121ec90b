"""The log of the program itself, for people who look for a fault and for reports: readable by its owner, bounded.

It can be shown to others. Of errors it holds the kind, the places in the code, and those words of a message that
stand in the program; what a file, a prompt, a model or a server said is in none of its lines, and keys are in none.
"""

import faulthandler
import fcntl
import logging
import os
import re
import stat
import sys
import time
import traceback
from collections.abc import Callable, Collection, Iterator
from pathlib import Path

from spark_tui.adapters.own_files import make_private
from spark_tui.adapters.places import state_dir
from spark_tui.core.display import inert

VARIABLE = "SPARK_TUI_LOG"
"""Environment variable that names another file; processes of our own find the file there."""
MOST_BYTES = 1 << 20
"""A file that would become larger is put aside, and the one put aside before goes."""
_LONGEST = 400
"""Characters of a line that are kept."""
_DEEPEST = 8
"""Errors that are told of those that led to one another."""
_MOST_PLACES = 30
"""Places in the code that are told of one error."""
_APPEND = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NONBLOCK | os.O_NOCTTY | os.O_NOFOLLOW | os.O_CLOEXEC
_QUOTED = re.compile(r"""(?<!\w)'[^']*'(?!\w)|"[^"]*"|`[^`]*`|“[^”]*”|‘[^’]*’""")
_TELLING = (AttributeError, ImportError, IndexError, NameError, RecursionError, TypeError, UnicodeError)
"""Errors whose messages speak of code, not of what it works on."""


def default_place() -> Path:
    """Where the log is, unless the person names another file."""
    return state_dir() / "spark-tui.log"


class ProgramLog(logging.Handler):
    """Appends records to one file; several programs may share it. Only opening it raises."""

    def __init__(self, path: Path, most: int = MOST_BYTES) -> None:
        """Open the file, made if missing. Raises OSError."""
        super().__init__()
        self.path = path
        self.secrets: Callable[[], Collection[str]] = lambda: ()
        """Keys, to be kept out whatever happens."""
        self._most = most
        self._tells_crashes = False
        make_private(path.parent)
        self._fd = _open(path)

    @property
    def place(self) -> str:
        """The path, as people write it."""
        home, path = os.path.expanduser("~").rstrip("/") + "/", str(self.path)
        return f"~/{path[len(home) :]}" if path.startswith(home) else path

    def tell_crashes(self) -> None:
        """Have the interpreter write here where it was when it crashes, unless it was told another place."""
        if not faulthandler.is_enabled():
            self._tells_crashes = True
            faulthandler.enable(self._fd)

    def emit(self, record: logging.LogRecord) -> None:
        """Append one record; a disk that does not take it is no trouble of the person's."""
        if record.name.partition(".")[0] != "spark_tui" and record.levelno < logging.WARNING:
            # Of libraries only what may be a fault.
            return
        data = "".join(f"{line}\n" for line in self._lines(record)).encode("utf-8", "backslashreplace")
        try:
            if os.fstat(self._fd).st_size + len(data) > self._most:
                self._turn_over()
            os.write(self._fd, data)
        except OSError:
            return

    def close(self) -> None:
        """Let go of the file."""
        if self._tells_crashes:
            faulthandler.disable()
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1
        super().close()

    def _lines(self, record: logging.LogRecord) -> Iterator[str]:
        when = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(record.created))
        head = f"{when}.{record.msecs:03.0f} {record.process} {record.levelname} {record.name}:"
        try:
            said = record.getMessage()
        except (TypeError, ValueError):
            said = "…"
        yield self._clean(f"{head} {_QUOTED.sub('…', said)}")
        if record.exc_info and record.exc_info[1] is not None:
            yield from (f"  {self._clean(line)}" for line in told(record.exc_info[1]))

    def _clean(self, line: str) -> str:
        for secret in self.secrets():
            line = line.replace(secret, "…")
        return inert(line[:_LONGEST])

    def _turn_over(self) -> None:
        """Begin a new file, unless another program has just done so."""
        old = self._fd
        fcntl.flock(old, fcntl.LOCK_EX)
        try:
            if _same(old, self.path):
                os.replace(self.path, self.path.with_name(f"{self.path.name}.1"))
            self._fd = _open(self.path)
        finally:
            os.close(old)
        if self._tells_crashes:
            faulthandler.enable(self._fd)


def told(error: BaseException) -> Iterator[str]:
    """Yield lines on an error and on those that led to it, the first one first, without what they were about."""
    chain: list[BaseException] = []
    following: BaseException | None = error
    while following is not None and following not in chain and len(chain) < _DEEPEST:
        chain.append(following)
        hidden = following.__suppress_context__
        following = following.__cause__ or (None if hidden else following.__context__)
    for number, one in enumerate(reversed(chain)):
        if number:
            yield "which led to"
        places = traceback.extract_tb(one.__traceback__)
        if len(places) > _MOST_PLACES:
            yield f"(the innermost {_MOST_PLACES} of {len(places)} places)"
        for part in places[-_MOST_PLACES:]:
            yield f"{part.filename}:{part.lineno} in {part.name}: {part.line or ''}"
        yield _name(one)
        for inner in getattr(one, "exceptions", ())[:_DEEPEST]:
            yield from (f"  {line}" for line in told(inner))


def _name(error: BaseException) -> str:
    kind = f"{type(error).__module__}.{type(error).__qualname__}".removeprefix("builtins.")
    if isinstance(error, OSError) and error.errno is not None:
        said = f"{os.strerror(error.errno)}: {error.filename}" if error.filename else os.strerror(error.errno)
    elif isinstance(error, _TELLING):
        said = str(error).partition("\n")[0]
    else:
        said = _own_words(error)
    return f"{kind}: {said}" if said else kind


def _own_words(error: BaseException) -> str:
    """Those parts of a message that stand in the code which raised it; the rest may be anybody's text."""
    place = error.__traceback__
    while place is not None and place.tb_next is not None:
        place = place.tb_next
    constants = place.tb_frame.f_code.co_consts if place is not None else ()
    words = sorted((one for one in constants if isinstance(one, str) and len(one) > 3), key=len, reverse=True)
    said = str(error)
    if not said or said in constants:
        return said
    if not words:
        return "…"
    pattern = re.compile("|".join(map(re.escape, words)))
    kept, end = "", 0
    for found in pattern.finditer(said):
        kept += ("…" if found.start() > end else "") + found[0]
        end = found.end()
    return kept + ("…" if end < len(said) else "")


def tell_crashes(path: str) -> None:
    """Write down how this process ends, if by an error or a crash; for processes of our own. Never raises."""
    try:
        log = ProgramLog(Path(path))
    except OSError:
        return
    log.tell_crashes()
    logger = logging.getLogger("spark_tui.process")
    logger.addHandler(log)
    logger.propagate = False
    sys.excepthook = lambda kind, error, trace: logger.critical(
        "ends because of an error that nobody foresaw", exc_info=error
    )


def _open(path: Path) -> int:
    fd = os.open(path, _APPEND, 0o600)
    try:
        if not stat.S_ISREG(os.fstat(fd).st_mode):
            raise OSError(22, "it is not a regular file", str(path))
        os.fchmod(fd, 0o600)
    except BaseException:
        os.close(fd)
        raise
    return fd


def _same(fd: int, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(fd), os.stat(path))
    except OSError:
        return False
