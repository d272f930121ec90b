"""Search and replacement over files and memory: what is found, what is proposed, what is left alone."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence

import pytest

from spark_tui.core.review import HunkState
from spark_tui.core.search import FileHits, SearchProgress, Sought, compiled, filler, hits_in
from spark_tui.core.text import Position, Span, Text
from spark_tui.engine.searching import MOST_HUNKS, Searching, fault_of
from spark_tui.ports import Entry, Listing, SearchFailed
from tests.engine.bench import Bench
from tests.fakes.disk_files import MemoryFiles

FILES = {
    "a.py": b"x = 1\r\ny = 2\r\nx = 1\r\n" + b"z = 0\r\n" * 9 + b"x = 1\r\n",
    "b.py": b"call(x)\n",
    "no.txt": b"nothing\n",
}


class MemoryTextSearch:
    """The port over files in memory."""

    def __init__(self, files: MemoryFiles) -> None:
        self._files = files
        self.asked: list[list[str]] = []

    async def search(
        self,
        search: Sought,
        paths: Sequence[str],
        texts: Mapping[str, Sequence[str]],
        replacement: str | None = None,
    ) -> AsyncIterator[FileHits | SearchProgress]:
        self.asked.append([*paths])
        pattern = compiled(search)
        fill = filler(search, replacement) if replacement is not None else None
        assert not isinstance(pattern, str) and not isinstance(fill, str)
        for path in [*texts, *paths]:
            lines = texts[path] if path in texts else Text.decode(self._files.data[path]).lines()
            if hits := tuple(hits_in(lines, pattern, fill)):
                yield FileHits(path, hits)
            await asyncio.sleep(0)
        yield SearchProgress(len(paths), len(paths))


class Desk:
    def __init__(self, bench: Bench) -> None:
        self.bench = bench
        self.port = MemoryTextSearch(bench.files)
        engine = bench.engine
        self.is_streaming = False
        listing = Listing(tuple(Entry(path) for path in sorted(bench.files.data)))
        self.searching = Searching(
            self.port,
            engine.workspace,
            lambda: listing,
            engine.decisions,
            lambda: self.is_streaming,
            bench.events.append,
        )

    async def find(self, search: Sought) -> dict[str, list[int]]:
        return {
            one.path: [hit.line for hit in one.hits]
            async for one in self.searching.find(search)
            if isinstance(one, FileHits)
        }

    async def type(self, path: str, text: str) -> None:
        space = self.bench.engine.workspace
        await space.open(path)
        buffer = space.buffer(path)
        assert buffer is not None
        here = Position(0, 0)
        assert space.edit(path, buffer.text.replace(Span(here, here), text))


async def test_unsaved_text_counts_and_globs_choose() -> None:
    async with Bench(FILES) as bench:
        desk = Desk(bench)
        assert await desk.find(Sought("x")) == {"a.py": [0, 2, 12], "b.py": [0]}
        assert await desk.find(Sought("x", globs="b.*")) == {"b.py": [0]}
        await desk.type("no.txt", "x marks ")
        assert (await desk.find(Sought("x")))["no.txt"] == [0]
        assert "no.txt" not in desk.port.asked[-1]


async def test_a_replacement_is_proposed_decided_and_written_like_any_edit() -> None:
    async with Bench(FILES) as bench:
        desk = Desk(bench)
        sentence = await desk.searching.propose(
            Sought("x", is_word=True), "longer", {"a.py": [0, 2, 12], "b.py": [0]}
        )
        assert sentence == "3 hunks in 2 files to decide: nothing is written yet."
        assert bench.files.data == FILES
        review = bench.engine.decisions.review
        hunks = [hunk for file in review.files() for hunk in file.hunks]
        assert [(hunk.path, hunk.line, hunk.added) for hunk in hunks] == [
            ("a.py", 0, 2),
            ("a.py", 10, 1),
            ("b.py", 0, 1),
        ]
        assert {hunk.state for hunk in hunks} == {HunkState.PROPOSED}
        await bench.engine.decisions.accept([hunks[1].id])
        assert bench.files.data["a.py"].endswith(b"z = 0\r\nlonger = 1\r\n")
        assert bench.files.data["a.py"].startswith(b"x = 1\r\n")
        await bench.engine.decisions.reject([hunks[0].id])
        await bench.engine.decisions.accept([hunks[2].id])
        assert bench.files.data["b.py"] == b"call(longer)\n"
        await bench.engine.decisions.undo()
        assert bench.files.data["b.py"] == b"call(x)\n"


async def test_lines_that_look_alike_are_put_where_they_are() -> None:
    same = b"a\nx = 1\nb\n" * 30
    async with Bench({"s.py": same}) as bench:
        desk = Desk(bench)
        await desk.searching.propose(Sought("x"), "q", {"s.py": [31]})
        (hunk,) = [hunk for file in bench.engine.decisions.review.files() for hunk in file.hunks]
        assert hunk.state is HunkState.PROPOSED
        await bench.engine.decisions.accept([hunk.id])
        assert bench.files.data["s.py"].split(b"\n")[31] == b"q = 1"
        assert bench.files.data["s.py"].count(b"q") == 1


async def test_groups_and_line_breaks_and_left_out_lines() -> None:
    async with Bench(FILES) as bench:
        desk = Desk(bench)
        await desk.searching.propose(Sought(r"(\w) = (\d)", is_regex=True), r"$1 = (\n$2)", {"a.py": [1]})
        (hunk,) = [hunk for file in bench.engine.decisions.review.files() for hunk in file.hunks]
        assert (hunk.added, hunk.removed) == (2, 1)
        await bench.engine.decisions.accept([hunk.id])
        assert bench.files.data["a.py"].startswith(b"x = 1\r\ny = (\r\n2)\r\nx = 1\r\n")


async def test_unsaved_text_is_replaced_as_it_is_in_memory() -> None:
    async with Bench(FILES) as bench:
        desk = Desk(bench)
        await desk.type("b.py", "x + ")
        await desk.searching.propose(Sought("x"), "q", {"b.py": [0]})
        (hunk,) = [hunk for file in bench.engine.decisions.review.files() for hunk in file.hunks]
        await bench.engine.decisions.accept([hunk.id])
        assert bench.files.data["b.py"] == b"q + call(q)\n"


async def test_what_can_not_be_is_one_sentence() -> None:
    async with Bench({**FILES, "many.txt": b"x\n\n\n\n\n\n" * (MOST_HUNKS + 1)}) as bench:
        desk = Desk(bench)
        for search, put_in, word in (
            (Sought(""), "", "what to look for"),
            (Sought("(", is_regex=True), "", "no regular expression"),
            (Sought("x", is_regex=True), "$1", "no group 1"),
        ):
            assert word in fault_of(search, put_in)
            with pytest.raises(SearchFailed, match=word):
                await desk.searching.propose(search, put_in, {"a.py": [0]})
        assert await desk.searching.propose(Sought("x"), "x", {"a.py": [0]}) == "Nothing would change."
        with pytest.raises(SearchFailed, match="narrow"):
            lines = list(range(0, 6 * (MOST_HUNKS + 1), 6))
            await desk.searching.propose(Sought("x"), "q", {"many.txt": lines})
        desk.is_streaming = True
        with pytest.raises(SearchFailed, match="still writes"):
            await desk.searching.propose(Sought("x"), "q", {"a.py": [0]})
        assert bench.engine.decisions.review.files() == ()
        with pytest.raises(SearchFailed, match="nothing here"):
            await bench.engine.navigation.searching.propose(Sought("x"), "q", {"a.py": [0]})
