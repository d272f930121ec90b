"""In a large repository the tracked files are seen before the marks and everything else are known."""

import asyncio

from spark_tui.engine import TreeMoved
from spark_tui.ports import Entry, Listing
from tests.engine.bench import Bench
from tests.fakes.repository import FakeRepository


class SlowRepository(FakeRepository):
    """Knows names at once, and marks when it is told to."""

    def __init__(self) -> None:
        super().__init__(None, Listing((Entry("a.py", "M"), Entry("new.py", "?"))))
        self.answer_names = Listing((Entry("a.py"),))
        self.go_on = asyncio.Event()

    async def listing(self) -> Listing | None:
        await self.go_on.wait()
        return await super().listing()


async def test_names_come_first_and_never_over_the_whole_list() -> None:
    repository = SlowRepository()
    bench = Bench({"a.py": b"a\n"}, repository=repository)
    seen = asyncio.Event()
    bench.engine.subscribe(lambda event: seen.set() if isinstance(event, TreeMoved) else None)
    bench.engine.begin()
    await asyncio.wait_for(seen.wait(), 10)
    assert [entry.path for entry in bench.engine.listing.entries] == ["a.py"]
    assert any(isinstance(event, TreeMoved) for event in bench.events)
    repository.go_on.set()
    async with bench:
        assert [entry.mark for entry in bench.engine.listing.entries] == ["M", "?"]
        await bench.engine.refresh_tree()
        assert len(bench.engine.listing.entries) == 2
