"""Many events are one pulse; nothing a person must know is lost in it."""

import asyncio
from collections.abc import Callable
from types import SimpleNamespace

import pytest

from spark_tui.core.text import Position, Span, Text
from spark_tui.engine import BufferChanged, EngineEvent, Revealed, ReviewMoved, TabsMoved, Trouble, TurnMoved
from spark_tui.ui.bridge import LONGEST, MAX_KEPT, Bridge, Notice
from tests.fakes.engine import turn
from tests.ui.stage import stage


class Source:
    def __init__(self) -> None:
        self.listeners: list[Callable[[EngineEvent], None]] = []

    def subscribe(self, listener: Callable[[EngineEvent], None]) -> Callable[[], None]:
        self.listeners.append(listener)
        return lambda: self.listeners.remove(listener)

    def emit(self, event: EngineEvent) -> None:
        for listener in self.listeners:
            listener(event)


async def test_ten_thousand_events_are_few_pulses() -> None:
    source, told = Source(), asyncio.Event()
    bridge = Bridge(source, lambda message: told.set(), period=lambda: 0.001)
    bridge.start()
    for number in range(10_000):
        source.emit(TurnMoved("t1") if number % 2 else ReviewMoved())
    await asyncio.wait_for(told.wait(), 5)
    assert bridge.pulses == 1
    assert bridge.take().kinds == {TurnMoved, ReviewMoved}
    bridge.stop()
    assert source.listeners == []


async def test_nothing_more_is_sent_while_a_pulse_waits_to_be_taken() -> None:
    source = Source()
    bridge = Bridge(source, lambda message: None, period=lambda: 0)
    bridge.start()
    for _ in range(50):
        source.emit(ReviewMoved())
        await asyncio.sleep(0)
    assert bridge.pulses == 1
    bridge.take()
    source.emit(ReviewMoved())
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert bridge.pulses == 2


async def test_after_a_look_that_took_long_there_is_time_for_keys() -> None:
    source, clock, spent = Source(), [10.0], [0.0]
    bridge = Bridge(source, lambda message: None, lambda: 0.01, lambda: spent[0])
    bridge.start()
    bridge._loop = SimpleNamespace(  # type: ignore[assignment]
        time=lambda: clock[0],
        call_soon=lambda act: act(),
        call_at=lambda when, act: SimpleNamespace(when=lambda: when, cancel=lambda: None),
    )
    for took, waits in ((0.001, 0.01), (0.02, 0.06), (9.0, LONGEST), (0.002, 0.01)):
        clock[0] += 100
        source.emit(ReviewMoved())
        bridge.take()
        spent[0] += took
        bridge.done()
        source.emit(ReviewMoved())
        assert bridge._timer is not None and bridge._timer.when() - clock[0] == pytest.approx(waits)
        bridge._fire()
        bridge.take()


async def test_a_stream_of_tokens_costs_at_most_thirty_draws_a_second() -> None:
    async with stage() as it:
        prose, begun = "", asyncio.get_running_loop().time()
        before = it.workspace._bridge.pulses
        for _ in range(100):
            for _ in range(100):
                prose += "word "
                it.engine.conversation.set(turn(prose=prose))
            await asyncio.sleep(0)
        await it.settle()
        spent = asyncio.get_running_loop().time() - begun
        drawn = it.workspace._bridge.pulses - before
        assert 1 <= drawn <= max(100, spent * 31)
        assert "word" in it.text("#talk-view")


def test_a_notice_keeps_every_trouble_and_the_last_place() -> None:
    notice = Notice()
    for number in range(MAX_KEPT + 5):
        notice.take(Trouble("t", str(number)))
    notice.take(Revealed("a.py", 1))
    notice.take(Revealed("a.py", 7))
    assert len(notice.troubles) == MAX_KEPT and notice.troubles[-1].sentence == str(MAX_KEPT + 4)
    assert notice.reveal == Revealed("a.py", 7)
    assert notice.has(TabsMoved, Revealed) and not notice.has(TabsMoved)


def test_changes_of_a_text_are_kept_in_order_until_they_are_too_many() -> None:
    text = Text.of("x")
    change = text.replace(Span(Position(0, 0), Position(0, 0)), "y")
    notice = Notice()
    for _ in range(3):
        notice.take(BufferChanged("a.py", change))
    notice.take(BufferChanged("b.py", change))
    notice.take(BufferChanged("b.py", None))
    notice.take(BufferChanged("b.py", change))
    kept = notice.buffers["a.py"]
    assert kept is not None and len(kept) == 3 and notice.buffers["b.py"] is None
    for _ in range(MAX_KEPT):
        notice.take(BufferChanged("a.py", change))
    assert notice.buffers["a.py"] is None
