"""What the program and the process of the index say to each other, and what is kept of a file between sittings."""

import struct
from collections.abc import Iterator

import msgspec

from spark_tui.core.repo import FileFacts, PastCommit, Query, Ranked, Terms

_HEAD = struct.Struct(">I")
MOST_BYTES = 256 << 20


class ListFiles(msgspec.Struct, tag=True, frozen=True):
    """These are the files; anything else is gone."""

    number: int
    paths: list[str]
    history: list[PastCommit]


class Update(msgspec.Struct, tag=True, frozen=True):
    """These may have changed."""

    number: int
    paths: list[str]


class Rank(msgspec.Struct, tag=True, frozen=True):
    """Rank the files."""

    number: int
    query: Query
    limit: int


class Batch(msgspec.Struct, tag=True, frozen=True):
    """Facts that are new, and files that are gone."""

    files: list[FileFacts]
    gone: list[str]


class Progress(msgspec.Struct, tag=True, frozen=True):
    """How far it is."""

    done: int
    total: int
    note: str


class Strangers(msgspec.Struct, tag=True, frozen=True):
    """In folders of files that are known, something appeared or went."""


class Done(msgspec.Struct, tag=True, frozen=True):
    """A listing or an update is worked off."""

    number: int


class Ranking(msgspec.Struct, tag=True, frozen=True):
    """The answer to `Rank`."""

    number: int
    ranked: list[Ranked]


class Stored(msgspec.Struct, array_like=True, frozen=True):
    """What is kept of one file; its path and what the disk says of it are kept beside."""

    facts: FileFacts
    terms: Terms


Request = ListFiles | Update | Rank
Reply = Batch | Progress | Strangers | Done | Ranking

_encoder = msgspec.msgpack.Encoder()


def frame(message: object) -> bytes:
    """Write one message with its length before it."""
    body = _encoder.encode(message)
    return _HEAD.pack(len(body)) + body


def pack(message: object) -> bytes:
    """Write one message without a frame."""
    return _encoder.encode(message)


class Frames:
    """Cuts a stream of bytes into messages."""

    def __init__(self) -> None:
        self._rest = bytearray()

    def feed(self, data: bytes) -> Iterator[bytes]:
        """Take in bytes and yield the messages that are whole. Raises ValueError for an absurd length."""
        self._rest += data
        while len(self._rest) >= _HEAD.size:
            (length,) = _HEAD.unpack_from(self._rest)
            if length > MOST_BYTES:
                raise ValueError("a message of absurd length")
            if len(self._rest) < _HEAD.size + length:
                return
            body = bytes(self._rest[_HEAD.size : _HEAD.size + length])
            del self._rest[: _HEAD.size + length]
            yield body
