"""A key in the finder and a step in the tree over 100,000 files, against what Textual brings, as ratios in one run;
and the whole program in a terminal over a repository of as many files.

`python -m tests.bench.finder_and_tree [FILES] [--whole]`
"""

import asyncio
import math
import os
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from textual.app import App, ComposeResult
from textual.fuzzy import FuzzySearch
from textual.widgets import Tree

from spark_tui.adapters.finder import quick_finder
from spark_tui.engine import PlainFinder
from spark_tui.engine.finding import Finding
from spark_tui.ports import Entry, Listing
from spark_tui.ui.widgets.long_view import LazyLines, LongView
from spark_tui.ui.widgets.tree_rows import FileTree, tree_line
from tests.bench.streaming import Run, start
from tests.bench.terminal import Painting, _end
from tests.e2e.places import COMMAND, environment, git
from tests.ui.stage import stage

WORDS = (
    "core engine model view test user order payment handler util config main index parser lexer token".split()
)
QUERIES = ("p", "pa", "pay", "payh", "eng/tok", "usr ordr", "core model test", "zzzz", "m", "main_12")
FIRST_PAINT = 200.0
"""Milliseconds that are promised."""
KEY = 16.0


def names(count: int) -> list[str]:
    """Make up paths, the same ones every time."""
    chance = random.Random(1)
    return sorted(
        "/".join(
            [
                *(chance.choice(WORDS) for _ in range(chance.randint(1, 4))),
                f"{chance.choice(WORDS)}_{number}.py",
            ]
        )
        for number in range(count)
    )


def cpu(work: Callable[[], object]) -> float:
    """Milliseconds of processor time: a busy machine does not count."""
    before = time.process_time()
    work()
    return (time.process_time() - before) * 1000


def finder(paths: list[str]) -> None:
    """Print what a key costs."""
    listing = Listing(tuple(map(Entry, paths)))
    finding = Finding(quick_finder() or PlainFinder, lambda: listing)
    learned = cpu(lambda: finding.files("", 200))
    ours = [cpu(lambda query=query: finding.files(query, 200)) for query in QUERIES]  # type: ignore[misc]
    search = FuzzySearch()

    def textuals(query: str) -> None:
        scored = [(search.match(query, path)[0], path) for path in paths]
        sorted((pair for pair in scored if pair[0]), reverse=True)[:200]

    theirs = [cpu(lambda query=query: textuals(query)) for query in QUERIES]  # type: ignore[misc]
    worst, mean = max(ours), statistics.mean(ours)
    print(f"finder, {len(paths):,} files: learn {learned:.1f} ms, a key {mean:.1f} ms (worst {worst:.1f})")
    print(
        f"  textual.fuzzy: a key {statistics.mean(theirs):.0f} ms, {statistics.mean(theirs) / mean:.0f} times ours"
    )
    print(f"  worst key is {worst / KEY:.2f} of the {KEY:g} ms promised")


class Theirs(App[None]):
    """Textual's tree with one flat folder."""

    def compose(self) -> ComposeResult:
        """One tree."""
        yield Tree("root")


async def tree(paths: list[str], flat: int) -> None:
    """Print what the first sight of a repository and of a flat folder costs."""
    entries = tuple(map(Entry, paths))
    folder = tuple(Entry(f"flat/{number:06}.txt") for number in range(flat))
    files = FileTree()

    def begin() -> None:
        files.load(entries)
        files.mark(entries)
        files.rows()

    def unfold() -> None:
        files.toggle("flat")
        files.rows()

    first = cpu(begin)
    files.load((*entries, *folder))
    opened = cpu(unfold)
    rows = files.rows()
    async with stage() as it:
        await it.press("f2")
        view = it.workspace.query_one(LongView)
        before = time.process_time()
        view.set_source(LazyLines(len(rows), lambda row: tree_line(rows[row], None, 0)))
        await it.settle()
        painted = (time.process_time() - before) * 1000
    app = Theirs()
    async with app.run_test(size=(120, 40)) as pilot:
        other = app.query_one(Tree)
        before = time.process_time()
        for entry in folder:
            other.root.add_leaf(entry.path)
        other.root.expand()
        await pilot.pause()
        theirs = (time.process_time() - before) * 1000
    print(
        f"tree, {len(paths):,} files: first rows {first:.1f} ms, drawing them {painted:.1f} ms of processor time"
    )
    print(f"  together {(first + painted) / FIRST_PAINT:.2f} of the {FIRST_PAINT:g} ms promised")
    print(f"  a flat folder of {flat:,}: ours {opened:.1f} ms, Textual's Tree {theirs:.0f} ms, "
          f"{theirs / max(opened, 0.1):.0f} times ours")  # fmt: skip


def repository(folder: Path, paths: list[str]) -> None:
    """Make a repository of so many files, all committed."""
    for number, path in enumerate(paths):
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"def function_{number}(x):\n    return x + {number}\n")
    git(folder, "init", "--quiet", "--initial-branch=trunk")
    git(folder, "add", ".")
    git(folder, "-c", "user.name=a", "-c", "user.email=a@b", "commit", "--quiet", "-m", "first")


class Sitting:
    """The program in a terminal: everything is read as it comes and looked at afterwards, so looking costs nothing."""

    def __init__(self, folder: Path, home: Path) -> None:
        self.begun = time.monotonic()
        self.run: Run = start([*COMMAND, str(folder)], environment(home), folder)
        self._asked: list[tuple[str, float, str]] = []

    def read(self, seconds: float) -> None:
        """Let it work."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self.run.read(time.monotonic() + 0.01)

    def press(self, keys: str, name: str, sign: str, seconds: float = 0.25) -> None:
        """Press keys that will bring `sign` to the screen."""
        self._asked.append((name, time.monotonic(), sign))
        self.run.type(keys)
        self.read(seconds)

    def times(self, *signs: str) -> dict[str, list[float]]:
        """Milliseconds from the start to signs, and from keys to theirs."""
        asked = [*((sign.strip(), self.begun, sign) for sign in signs), *self._asked]
        found: dict[str, list[float]] = {}
        painting = Painting()
        for moment, data in self.run.log:
            painting.feed(data)
            text = "\n".join(painting.screen.display)
            for entry in [one for one in asked if one[1] <= moment and one[2] in text]:
                asked.remove(entry)
                found.setdefault(entry[0], []).append((moment - entry[1]) * 1000)
        for name, _, _ in asked:
            found.setdefault(name, []).append(math.inf)
        _end(self.run)
        return found


def whole(paths: list[str]) -> None:
    """Print what a person waits for: the tree and the finder at the first start, the second, and at rest."""
    with tempfile.TemporaryDirectory() as name:
        folder, home = Path(name, "work"), Path(name, "home")
        folder.mkdir()
        home.mkdir()
        repository(folder, paths)
        tops = sorted({path.partition("/")[0] for path in paths})
        for sitting, rest in (("first start", 6.0), ("second start", 6.0), ("third start, at rest", 20.0)):
            load = os.getloadavg()[0]
            it = Sitting(folder, home)
            it.read(rest)
            for word in ("payload", "usrorder"):
                it.press("\x0f", "finder opens", "Enter opens", 0.5)
                for length in range(1, len(word) + 1):
                    it.press(word[length - 1], "finder key", f"│ {word[:length]} ")
                it.press("\x1b", "finder closes", "trunk", 0.5)
            found = it.times(f" {tops[0]}/", f" {tops[1]}/")
            keys = sorted(found["finder key"])
            print(f"{sitting} (load {load:.1f}): tree after {found[tops[0] + '/'][0]:.0f} ms, "
                  f"finder opens in {', '.join(f'{one:.0f}' for one in found['finder opens'])} ms, "
                  f"a key in {statistics.median(keys):.1f} ms (worst {keys[-1]:.1f})")  # fmt: skip


def main() -> None:
    """Run all."""
    words = [word for word in sys.argv[1:] if word != "--whole"]
    paths = names(int(words[0]) if words else 100_000)
    if "--whole" in sys.argv:
        whole(paths)
        return
    finder(paths)
    asyncio.run(tree(paths, 10_000))


if __name__ == "__main__":
    main()
