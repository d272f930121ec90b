"""Server-sent events come out whole, wherever the chunks are cut and whatever ends their lines."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spark_tui.core.wire import sse
from spark_tui.core.wire.sse import EventTooLarge, SseReader

STREAM = (
    '\ufeffevent: one\ndata: {"a": 1}\n\n: keepalive\n\nid: 7\ndata:{"b":\ndata: 2}\n\n'
    "retry: 3\n\nevent: none\n\ndata\n\ndata: ü→\n\ndata: [DONE]\n\n"
)
EVENTS = [b'{"a": 1}', b'{"b":\n2}', b"", "ü→".encode(), b"[DONE]"]


@given(st.lists(st.integers(0, 200), max_size=30), st.sampled_from(["\n", "\r\n", "\r"]))
def test_chunk_borders_and_line_ends_do_not_matter(cuts: list[int], newline: str) -> None:
    data = STREAM.replace("\n", newline).encode()
    reader, events, start = SseReader(), [], 0
    for cut in [*sorted(cuts), len(data)]:
        events += reader.push(data[start:cut])
        start = max(start, cut)
    assert events + reader.finish() == EVENTS


def test_every_byte_for_itself() -> None:
    reader = SseReader()
    data = STREAM.replace("\n", "\r\n").encode()
    assert [event for byte in data for event in reader.push(bytes([byte]))] == EVENTS


def test_a_long_line_costs_what_it_weighs() -> None:
    """Put together anew with each chunk, this would move 5 GB."""

    def cost(chunks: int) -> float:
        reader, began = SseReader(), time.process_time()
        reader.push(b"data: ")
        for _ in range(chunks):
            reader.push(b"x" * 1000)
        assert len(reader.push(b"\n\n")[0]) == chunks * 1000
        return time.process_time() - began

    once = max(cost(1_000), 0.001)
    assert cost(10_000) < 100 * once


def test_a_last_event_needs_the_end_of_its_line_and_no_more() -> None:
    for stream, events in (
        (b'data: {"a": 1}\n', [b'{"a": 1}']),
        (b'data: {"a": 1}\ndata: {"b', []),
        (b"", []),
    ):
        reader = SseReader()
        assert reader.push(stream) == []
        assert reader.finish() == events


def test_events_have_a_largest_size(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sse, "LARGEST_EVENT", 100)
    assert SseReader().push(b"data: " + b"x" * 90 + b"\n\n") == [b"x" * 90]
    for stream in (b"data: " + b"x" * 200, b"data: x\n" * 200, b"data: " + b"x" * 101 + b"\n\n"):
        with pytest.raises(EventTooLarge):
            SseReader().push(stream)
