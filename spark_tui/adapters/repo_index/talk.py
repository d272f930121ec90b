"""The program's side of the talk with the process of the index: requests as bytes, replies as calls."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Protocol

import msgspec

from spark_tui.adapters.repo_index.messages import (
    Batch,
    Done,
    Frames,
    ListFiles,
    Progress,
    Rank,
    Ranking,
    Reply,
    Strangers,
    Update,
    frame,
)
from spark_tui.adapters.repo_index.told import Told
from spark_tui.core.repo import FileFacts, PastCommit, Query, Ranked


class Listener(Protocol):
    """Who takes the replies."""

    def learn(self, files: Sequence[tuple[str, msgspec.Raw]], gone: Sequence[str]) -> None:
        """Facts that are new, and files that are gone."""

    def moved(self, done: int, total: int, note: str) -> None:
        """How far the process is."""

    def strangers(self) -> None:
        """Files may have appeared."""

    def resolve(self, number: int, ranked: tuple[Ranked, ...] = ()) -> None:
        """A request is worked off."""


class Talk:
    """Writes requests and reads replies. Names of files need not be Unicode; those that are not are passed over."""

    def __init__(self) -> None:
        self._read: dict[int, tuple[msgspec.Raw, FileFacts]] = {}

    def list_files(self, number: int, paths: Sequence[str], history: Sequence[PastCommit] | None) -> bytes:
        """These are the files; without a history it is the same as the last time."""
        past = None
        if history is not None:
            past = [PastCommit(one.time, _plain(one.paths), _mended(one.message)) for one in history]
        return frame(ListFiles(number, list(_plain(paths)), past))

    def update(self, number: int, paths: Sequence[str]) -> bytes:
        """These may have changed."""
        return frame(Update(number, list(_plain(paths))))

    def rank(self, number: int, query: Query, limit: int) -> bytes:
        """Rank the files."""
        paths = (query.mentioned, query.open_files, query.pins, query.recent)
        return frame(Rank(number, Query(_mended(query.prompt), *map(_plain, paths)), limit))

    def picture(self, raw: dict[str, msgspec.Raw]) -> Mapping[str, FileFacts]:
        """Return facts by path, to be read when somebody looks."""
        return Told(raw, self._read)

    def reader(self, listener: Listener) -> Callable[[bytes], Iterator[Callable[[], None]]]:
        """Return what turns bytes into calls of the listener. It raises ValueError for what makes no sense."""
        frames = Frames()
        decoder = msgspec.msgpack.Decoder(Reply)

        def read(data: bytes) -> Iterator[Callable[[], None]]:
            for body in frames.feed(data):
                try:
                    message = decoder.decode(body)
                except msgspec.DecodeError as error:
                    raise ValueError("a message that makes no sense") from error
                yield partial(_hand_over, message, listener)

        return read


def _hand_over(message: Reply, listener: Listener) -> None:
    match message:
        case Batch(files, gone):
            listener.learn(files, gone)
        case Progress(done, total, note):
            listener.moved(done, total, note)
        case Strangers():
            listener.strangers()
        case Done(number):
            listener.resolve(number)
        case Ranking(number, ranked):
            listener.resolve(number, tuple(ranked))


def _plain(paths: Sequence[str]) -> tuple[str, ...]:
    return tuple(path for path in paths if path.isascii() or _mended(path) == path)


def _mended(text: str) -> str:
    return text.encode("utf-8", "replace").decode()
