"""What the program and the process of the index say to each other, and what is kept of a file between sittings."""

import struct
from collections.abc import Iterator
from dataclasses import replace

import msgspec

from spark_tui.core.repo import FileFacts, PastCommit, Query, Ranked, Terms

_HEAD = struct.Struct(">I")
MOST_BYTES = 256 << 20


class ListFiles(msgspec.Struct, tag=True, frozen=True):
    """These are the files; anything else is gone."""

    number: int
    paths: list[str]
    history: list[PastCommit] | None
    """None: the same as the last time."""


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

    files: list[tuple[str, msgspec.Raw]]
    """Path and facts, the facts without the path."""
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

    facts: msgspec.Raw
    """The facts as they are written, to be handed on unread; their path is empty."""
    names: list[str]
    """The names that it defines."""
    terms: Terms


Request = ListFiles | Update | Rank
Reply = Batch | Progress | Strangers | Done | Ranking

_encoder = msgspec.msgpack.Encoder()


def frame(message: object) -> bytes:
    """Write one message with its length before it."""
    body = _encoder.encode(message)
    return _HEAD.pack(len(body)) + body


def packed(facts: FileFacts, terms: Terms) -> bytes:
    """Write what is kept of a file."""
    names = list(dict.fromkeys(one.name for one in facts.definitions))
    return _encoder.encode(Stored(raw_facts(facts), names, terms))


def raw_facts(facts: FileFacts) -> msgspec.Raw:
    """Write facts without their path."""
    return msgspec.Raw(_encoder.encode(replace(facts, path="")))


def read_facts(path: str, facts: msgspec.Raw) -> FileFacts:
    """Read facts that were written without their path."""
    return replace(_facts_decoder.decode(facts), path=path)


_facts_decoder = msgspec.msgpack.Decoder(FileFacts)


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
