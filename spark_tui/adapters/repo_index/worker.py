"""The process of the index: keeps facts fresh, ranks, answers over two pipes. Ends when its input does."""

import os
import select
import time
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import msgspec

from spark_tui.adapters.repo_index.messages import (
    Batch,
    Done,
    Frames,
    ListFiles,
    Progress,
    Rank,
    Ranking,
    Request,
    Strangers,
    Update,
    frame,
    raw_facts,
)
from spark_tui.adapters.repo_index.parsing import Parsed, Parsers, spare_collector, stored
from spark_tui.adapters.repo_index.reading import Stamp, stamp_of
from spark_tui.adapters.repo_index.store import Store, remove_old
from spark_tui.core.repo import FileFacts, Ranker, RepoFacts, Terms
from spark_tui.syntax import language_for

MOST_FILES = 30_000
"""Files whose content is indexed; of the others only the path is known."""
MOST_PROCESSES = 8
_SLICE = 24
_PORTION = 200
_MOST_WARM = 6
_PROGRESS_SECONDS = 0.1
_SWEEP_MOST = 8000
_SWEEP_SECONDS = 5.0
_TOO_MANY = "Only the path is known: the repository has too many files."


class Worker:
    """One workspace's index."""

    def __init__(self, root: str, store: Store, replies: int) -> None:
        self._root = root
        self._store = store
        self._replies = replies
        processors = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
        self._parsers = Parsers(root, store, max(1, min(MOST_PROCESSES, processors)))
        self._ranker = Ranker(RepoFacts())
        self._stamps: dict[str, Stamp | None] = {}
        self._recent: list[str] = []
        self._watched: set[str] = set()
        self._folders: dict[str, int] = {}
        self._names: dict[str, str] = {}
        self._stored: list[tuple[str, Stamp, str]] = []
        self._waiting: dict[int, set[str]] = {}
        self._unkept: list[tuple[str, Stamp, str, bytes | None]] = []
        self._swept = self._told = time.monotonic()
        self._sweep_cost = 0.0
        self._note = ""
        self._is_warm = False

    def run(self, requests: int) -> None:
        """Work until the input ends."""
        frames = Frames()
        decoder = msgspec.msgpack.Decoder(Request)
        try:
            while True:
                if self._is_idle:
                    self._rest()
                ready, _, _ = select.select([requests], [], [], self._patience)
                if ready:
                    data = os.read(requests, 1 << 20)
                    if not data:
                        return
                    for body in frames.feed(data):
                        self._answer(decoder.decode(body))
                self._advance()
        finally:
            self._parsers.close()
            self._keep()
            self._store.close()

    @property
    def _is_idle(self) -> bool:
        return not self._stored and not self._parsers.is_busy

    @property
    def _patience(self) -> float:
        if not self._is_idle:
            return 0.0
        pause = max(_SWEEP_SECONDS, 300 * self._sweep_cost)
        return max(0.0, self._swept + pause - time.monotonic())

    def _answer(self, request: ListFiles | Update | Rank) -> None:
        match request:
            case ListFiles():
                self._list(request)
            case Update():
                self._update(request.number, request.paths)
            case Rank():
                self._catch_up()
                ranked = self._ranker.rank(request.query, request.limit)
                self._say(Ranking(request.number, list(ranked)))

    def _list(self, request: ListFiles) -> None:
        """Compare the files there are with what is kept, and queue what is not known."""
        known = self._store.known() if not self._stamps else {}
        listed = dict.fromkeys(request.paths)
        gone = [path for path in self._stamps if path not in listed]
        self._forget(gone)
        if request.history is not None:
            self._ranker.set_history(request.history)
            self._recent = list(dict.fromkeys(path for one in request.history for path in one.paths))
        recent = {path: None for path in self._recent if path in listed}
        order = [*recent, *(path for path in listed if path not in recent)]
        self._note = ""
        fresh: list[str] = []
        if len(order) > MOST_FILES:
            self._note = f"Only {MOST_FILES:,} of {len(order):,} files are indexed by content."
            self._take_unread([path for path in order[MOST_FILES:] if path not in self._stamps])
        for path in order[:MOST_FILES]:
            if path in self._stamps:
                continue
            entry = known.get(path)
            stamp = self._stamp(path) if entry is not None else None
            if entry is not None and entry[0] == stamp:
                self._stored.append((path, entry[0], entry[1]))
            else:
                fresh.append(path)
        if known:
            self._store.forget(path for path in known if path not in listed)
        self._stored.reverse()
        self._parsers.clear()
        if len(fresh) > _PORTION:
            self._learn_languages(fresh)
        self._parsers.add(fresh)
        self._waiting = {request.number: {*fresh, *(path for path, _, _ in self._stored)}}
        changed = self._changed()
        self._parsers.add(changed, first=True)
        self._waiting[request.number].update(changed)
        self._watched = {path.rpartition("/")[0] for path in listed}
        self._folders = self._folder_stamps()
        self._finish()

    def _update(self, number: int, paths: list[str]) -> None:
        wanted = [path for path in dict.fromkeys(paths) if self._stamp(path) != self._stamps.get(path, ())]
        there = [path for path in wanted if self._stamp(path) is not None]
        self._forget([path for path in wanted if path not in there and path in self._stamps])
        self._parsers.add(there, first=True)
        self._waiting[number] = set(there)
        self._finish()

    def _catch_up(self) -> None:
        """Before ranking: take in what changed on disk, if it is little."""
        if len(self._stamps) > _SWEEP_MOST or not self._is_idle:
            return
        changed = self._changed()
        gone = [path for path in changed if self._stamp(path) is None]
        self._forget(gone)
        here = [path for path in changed if path not in set(gone)]
        self._parsers.add(here, first=True)
        limit = time.monotonic() + 1.0
        while self._parsers.is_busy and time.monotonic() < limit:
            self._take_all(self._parsers.step(0.05))

    def _changed(self) -> list[str]:
        """Files that are known in another state than the one on disk."""
        started = time.monotonic()
        changed, start, status_of = [], f"{self._root}/", os.lstat
        for path, stamp in self._stamps.items():
            if stamp is None:
                continue
            # Thousands of files before every ranking: what `_stamp` does, without two calls for each of them.
            try:
                status = status_of(start + path)
            except (OSError, ValueError):
                now = None
            else:
                now = status.st_size, status.st_mtime_ns, status.st_ino
            if now != stamp:
                changed.append(path)
        self._swept = time.monotonic()
        self._sweep_cost = self._swept - started
        return changed

    def _rest(self) -> None:
        """Nothing to do: keep what was found out, and look now and then at what changed."""
        self._keep()
        if self._stamps and not self._is_warm:
            self._is_warm = True
            self._learn_languages(self._stamps)
            self._parsers.stand_by()
        if time.monotonic() >= self._swept + max(_SWEEP_SECONDS, 300 * self._sweep_cost):
            changed = self._changed()
            stamps = self._folder_stamps()
            if stamps != self._folders:
                self._say(Strangers())
            self._folders = stamps
            self._forget([path for path in changed if self._stamp(path) is None])
            self._parsers.add(path for path in changed if path in self._stamps)

    def _learn_languages(self, paths: Iterable[str]) -> None:
        languages = Counter(filter(None, map(language_for, paths)))
        self._parsers.learn(language for language, _ in languages.most_common(_MOST_WARM))

    def _advance(self) -> None:
        """Do a slice of the work, short enough for a request to be answered soon."""
        for _ in range(min(_SLICE, len(self._stored))):
            path, stamp, name = self._stored.pop()
            data = self._store.find(name)
            if data is None:
                self._parsers.add([path])
                continue
            self._take_all([Parsed(path, stamp, name, data, True)])
        if self._parsers.is_busy:
            self._take_all(self._parsers.step(0.0 if self._stored else 0.02))
        if not self._is_idle and time.monotonic() - self._told > _PROGRESS_SECONDS:
            self._tell()

    def _take_all(self, found: list[Parsed]) -> None:
        files = []
        for one in found:
            if one.is_kept and stored(one.data) is None:
                # What was kept makes no sense: it is found out again.
                self._store.drop(one.name)
                self._parsers.add([one.path], first=True)
                continue
            for waiting in self._waiting.values():
                waiting.discard(one.path)
            facts = self._take_parsed(one)
            if facts is not None:
                files.append((one.path, facts))
        if files:
            self._say(Batch(files, []))
        if len(self._unkept) > 500:
            self._keep()
        if found:
            self._finish()

    def _take_parsed(self, one: Parsed) -> msgspec.Raw | None:
        if one.stamp is None:
            self._forget([one.path])
            return None
        found = stored(one.data)
        if found is None:
            return None
        if self._names.get(one.path) != one.name or one.path not in self._stamps:
            self._ranker.put(one.path, found.names, found.terms)
        self._names[one.path] = one.name
        if self._stamps.get(one.path) != one.stamp:
            self._unkept.append((one.path, one.stamp, one.name, None if one.is_kept else one.data))
        self._stamps[one.path] = one.stamp
        return found.facts

    def _take_unread(self, paths: list[str]) -> None:
        """Take in files of which only the path is to be known."""
        facts = raw_facts(FileFacts("", 0, note=_TOO_MANY))
        for path in paths:
            self._ranker.put(path, (), Terms())
            self._stamps[path] = None
        for start in range(0, len(paths), _PORTION):
            self._say(Batch([(path, facts) for path in paths[start : start + _PORTION]], []))

    def _forget(self, paths: list[str]) -> None:
        there = [path for path in paths if path in self._stamps]
        if not there:
            return
        self._ranker.remove(there)
        for path in there:
            del self._stamps[path]
            self._names.pop(path, None)
        self._store.forget(there)
        self._say(Batch([], there))

    def _folder_stamps(self) -> dict[str, int]:
        """When entries changed of the folders in which the files are."""
        found = {}
        for folder in self._watched:
            try:
                found[folder] = os.stat(f"{self._root}/{folder}").st_mtime_ns
            except (OSError, ValueError):
                found[folder] = 0
        return found

    def _finish(self) -> None:
        done = [number for number, waiting in self._waiting.items() if not waiting]
        for number in done:
            del self._waiting[number]
            self._tell()
            self._say(Done(number))

    def _tell(self) -> None:
        waiting = max((len(waiting) for waiting in self._waiting.values()), default=0)
        self._told = time.monotonic()
        self._say(Progress(len(self._stamps), len(self._stamps) + waiting, self._note))

    def _keep(self) -> None:
        if self._unkept:
            self._store.keep(self._unkept)
            self._unkept = []
            self._store.tidy()

    def _stamp(self, path: str) -> Stamp | None:
        try:
            return stamp_of(os.lstat(f"{self._root}/{path}"))
        except (OSError, ValueError):
            return None

    def _say(self, message: object) -> None:
        data = memoryview(frame(message))
        while data:
            data = data[os.write(self._replies, data) :]


def serve(root: str, place: str, requests: int, replies: int) -> None:
    """Be the process of the index: `place` is its database, or empty for none."""
    spare_collector()
    if place:
        remove_old(Path(place).parent)
    try:
        Worker(root, Store(Path(place) if place else None), replies).run(requests)
    except (BrokenPipeError, KeyboardInterrupt):
        return
