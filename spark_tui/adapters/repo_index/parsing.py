"""Child processes that read and parse files: a crash or a loop in a parser costs one file, never the index."""

import gc
import hashlib
import os
import selectors
import signal
import time
from collections import deque
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import field

import msgspec

from spark_tui.adapters.repo_index.messages import Frames, Stored, frame, packed
from spark_tui.adapters.repo_index.reading import Stamp, Unreadable, examine, read, stamp_of
from spark_tui.adapters.repo_index.store import Store
from spark_tui.core.repo import FileFacts, Terms
from spark_tui.core.values import dataclass
from spark_tui.syntax import source_facts

MOST_SECONDS = 20.0
"""A file that takes longer is left out."""
_PORTION = 12


class Parsed(msgspec.Struct, array_like=True, frozen=True):
    """What a child tells about one file."""

    path: str
    stamp: Stamp | None
    """None: the file is gone or can't be read."""
    name: str = ""
    """Under which its facts are kept."""
    data: bytes = b""
    """The facts, written as they are kept."""
    is_kept: bool = False
    """Whether they were kept already."""


@dataclass(slots=True)
class _Child:
    process: int
    requests: int
    replies: int
    frames: Frames = field(default_factory=Frames)
    waiting: deque[str] = field(default_factory=deque)
    since: float = 0.0


class Parsers:
    """Up to `most` children; works off paths and yields what they find, as it comes."""

    def __init__(self, root: str, store: Store, most: int) -> None:
        self._root = root
        self._store = store
        self._most = most
        self._queue: deque[str] = deque()
        self._children: list[_Child] = []
        self._decoder = msgspec.msgpack.Decoder(Parsed)

    @property
    def is_busy(self) -> bool:
        """Whether files wait or are being read."""
        return bool(self._queue) or any(child.waiting for child in self._children)

    @property
    def pipes(self) -> list[int]:
        """What to wait on while busy."""
        return [child.replies for child in self._children if child.waiting]

    def add(self, paths: Iterable[str], *, first: bool = False) -> None:
        """Queue files; `first`: before all others."""
        if first:
            self._queue.extendleft(paths)
        else:
            self._queue.extend(paths)

    def clear(self) -> None:
        """Forget what is queued; what is being read will still be told."""
        self._queue.clear()

    def step(self, seconds: float) -> list[Parsed]:
        """Hand out work and collect what came within `seconds`."""
        self._hand_out()
        found: list[Parsed] = []
        with selectors.DefaultSelector() as selector:
            for child in self._children:
                if child.waiting:
                    selector.register(child.replies, selectors.EVENT_READ, child)
            for key, _ in selector.select(seconds) if selector.get_map() else ():
                found += self._collect(key.data)
        now = time.monotonic()
        for child in [one for one in self._children if one.waiting and now - one.since > MOST_SECONDS]:
            found.append(self._lost(child, "Takes too long to parse: left out."))
        return found

    def learn(self, languages: Iterable[str]) -> None:
        """Load grammars here, so that children have them from the start; those that are there go on without."""
        for language in languages:
            source_facts(language, [""])

    def stand_by(self) -> None:
        """Have a child ready."""
        if not self._children:
            self._children.append(self._fork())

    def close(self) -> None:
        """End the children."""
        for child in list(self._children):
            self._end(child)

    def _hand_out(self) -> None:
        wanted = min(self._most, 1 + len(self._queue) // (2 * _PORTION))
        while self._queue and len(self._children) < wanted:
            self._children.append(self._fork())
        for child in self._children:
            if child.waiting or not self._queue:
                continue
            portion = [self._queue.popleft() for _ in range(min(_PORTION, len(self._queue)))]
            child.waiting.extend(portion)
            child.since = time.monotonic()
            with suppress(OSError):
                # A child that died is noticed when its reply is missing.
                os.write(child.requests, frame(portion))

    def _collect(self, child: _Child) -> list[Parsed]:
        try:
            data = os.read(child.replies, 1 << 20)
        except OSError:
            data = b""
        if not data:
            return [self._lost(child, "The parser failed on it: left out.")]
        found = [self._decoder.decode(body) for body in child.frames.feed(data)]
        for _ in found:
            child.waiting.popleft()
        if found:
            child.since = time.monotonic()
        return found

    def _lost(self, child: _Child, note: str) -> Parsed:
        """End a child that failed on its first file, and queue the others again."""
        path = child.waiting.popleft()
        self._queue.extendleft(reversed(child.waiting))
        self._end(child)
        try:
            stamp: Stamp | None = stamp_of(os.lstat(os.path.join(self._root, path)))
        except (OSError, ValueError):
            stamp = None
        facts = FileFacts(path, stamp[0] if stamp else 0, note=note)
        return Parsed(path, stamp, f"lost {path} {stamp}", packed(facts, Terms()))

    def _end(self, child: _Child) -> None:
        self._children.remove(child)
        os.close(child.requests)
        os.close(child.replies)
        with suppress(OSError):
            os.kill(child.process, signal.SIGKILL)
        with suppress(OSError):
            os.waitpid(child.process, 0)

    def _fork(self) -> _Child:
        request_out, request_in = os.pipe()
        reply_out, reply_in = os.pipe()
        process = os.fork()
        if process == 0:
            code = 1
            try:
                for other in self._children:
                    os.close(other.requests)
                    os.close(other.replies)
                os.close(request_in)
                os.close(reply_out)
                _work(request_out, reply_in, self._root, self._store.reopened())
                code = 0
            finally:
                # Nothing of the parent's may run here: no handlers, no flushing of its files.
                os._exit(code)
        os.close(request_out)
        os.close(reply_in)
        return _Child(process, request_in, reply_out)


def spare_collector() -> None:
    """What is made here is dropped file by file or kept for long, and hardly ever in circles."""
    gc.freeze()
    gc.set_threshold(100_000, 50, 50)


def _work(requests: int, replies: int, root: str, store: Store) -> None:
    frames = Frames()
    decoder = msgspec.msgpack.Decoder(list[str])
    # People who type and models that stream come first.
    os.nice(5)
    spare_collector()
    while data := os.read(requests, 1 << 16):
        for body in frames.feed(data):
            for path in decoder.decode(body):
                reply = memoryview(frame(parse(root, path, store)))
                while reply:
                    reply = reply[os.write(replies, reply) :]


def parse(root: str, path: str, store: Store) -> Parsed:
    """Read one file and find out about it, unless its content is known."""
    try:
        data, status = read(root, path)
    except Unreadable:
        return Parsed(path, None)
    digest = hashlib.sha256(data).hexdigest()
    name = facts_name(path, digest)
    kept = store.find(name) if data else None
    if kept is not None:
        return Parsed(path, stamp_of(status), name, kept, True)
    found = examine(path, data, status, digest)
    if not data:
        # Nothing was read, so the content does not say what the facts are.
        name = f"unread {path} {found.stamp}"
    return Parsed(path, found.stamp, name, packed(found.facts, found.terms))


def facts_name(path: str, digest: str) -> str:
    """Name of the facts of a content; it depends on the file's name because the language does."""
    return f"{digest} {path.rpartition('/')[2]}"


def stored(data: bytes) -> Stored | None:
    """Read what is kept of a file; None if it makes no sense."""
    try:
        return _stored.decode(data)
    except (msgspec.DecodeError, ValueError):
        return None


_stored = msgspec.msgpack.Decoder(Stored)
