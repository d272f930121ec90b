"""Measures the edit engine: `python -m tests.bench.edit_engine [--difflib]` prints one line for each claim.

A claim is a bound that must not depend on the size of the file, so most lines show the same at two sizes.
Times are of the processor, so that a busy machine does not count. With `--difflib` the line difference is compared
with the standard library's, which takes some minutes.
"""

import sys
import time
from collections.abc import Callable
from difflib import SequenceMatcher
from functools import partial

from spark_tui.core.diff import changed_blocks, intraline
from spark_tui.core.edits import FileOpened, JsonPatchParser, Locator, PatchParser
from spark_tui.core.review import Review
from spark_tui.core.text import Position, Span, Text


def source(rows: int) -> list[str]:
    """Lines like those of a program: some unique, many not."""
    out: list[str] = []
    for number in range(rows):
        match number % 10:
            case 0:
                out.append(f"def function_{number}(value, other):")
            case 3 | 7:
                out.append(f"    result = compute(value, {number})")
            case 5:
                out.append("    if result is None:")
            case 6:
                out.append("        return None")
            case 8:
                out.append("    return result")
            case 9:
                out.append("")
            case _:
                out.append("    other = value + 1")
    return out


def patch(lines: list[str], hunks: int) -> str:
    """Change one line in each of many places, with three lines of context."""
    out = ["*** Begin Patch", "*** Update File: f.c"]
    step = len(lines) // hunks
    for at in range(step // 2 // 10 * 10 + 3, len(lines) - 4, step // 10 * 10):
        out += ["@@", *(" " + line for line in lines[at - 3 : at]), "-" + lines[at], "+    result = 0"]
        out += (" " + line for line in lines[at + 1 : at + 4])
    return "\n".join([*out, "*** End Patch", ""])


def best(work: Callable[[], object], runs: int = 5) -> float:
    times: list[float] = []
    for _ in range(runs):
        begin = time.process_time()
        work()
        times.append(time.process_time() - begin)
    return min(times)


def line(what: str, value: float, unit: str, bound: str) -> None:
    print(f"{what:58} {value:10.2f} {unit:8} {bound}")


def parsing() -> None:
    text = patch(source(20_000), 2000)
    tokens = [text[at : at + 4] for at in range(0, len(text), 4)]

    def freeform() -> None:
        parser = PatchParser()
        for token in tokens:
            parser.push(token)

    def inside_json() -> None:
        parser = JsonPatchParser()
        parser.push('{"patch": "')
        for token in tokens:
            parser.push(token.replace("\n", "\\n").replace('"', '\\"'))

    line("parse: per delta of four characters", best(freeform) / len(tokens) * 1e6, "us", "<= 1")
    line("parse inside a JSON string: per delta", best(inside_json) / len(tokens) * 1e6, "us", "")
    long = PatchParser()
    long.push("*** Begin Patch\n*** Update File: f\n@@\n+")
    begin = time.process_time()
    for _ in range(200_000):
        long.push("abcd")
    line("parse: per delta within one line of 800,000", (time.process_time() - begin) / 0.2, "us", "<= 1")


def anchoring() -> None:
    for rows in (5_000, 50_000):
        lines = source(rows)
        base = Text.of("\n".join(lines) + "\n")
        begin = time.process_time()
        base.places("x")
        line(f"anchor: index of {rows} lines, once", (time.process_time() - begin) * 1e3, "ms", "")
        hunks = [hunk.split("\n") for hunk in patch(lines, 297).split("@@\n")[1:]]
        old = [[row[1:] for row in hunk if row[:1] in " -" and row] for hunk in hunks]

        def work(base: Text = base, old: list[list[str]] = old) -> None:
            locator = Locator(base, "f.c", "spark")
            for rows in old:
                locator.open("")
                for row in rows:
                    locator.old(row)
                assert len(locator.close(False).starts) == 1

        total = sum(len(rows) for rows in old)
        line(
            f"anchor: per old line, {len(old)} hunks in {rows} lines", best(work) / total * 1e6, "us", "<= 5"
        )


def reviewing() -> None:
    for rows in (5_000, 50_000):
        lines = source(rows)
        base = Text.of("\n".join(lines) + "\n")
        text = patch(lines, 297)
        tokens = [text[at : at + 4] for at in range(0, len(text), 4)]
        review, parser = Review(), PatchParser()
        review.begin("t", "c")
        begin = time.process_time()
        for token in tokens:
            for event in parser.push(token):
                if isinstance(event, FileOpened):
                    review.open_file(event, base)
                else:
                    review.feed(event)
        review.close(False)
        spent = time.process_time() - begin
        line(f"parse, place and feed: per delta, {rows} lines", spent / len(tokens) * 1e6, "us", "")
        deciding(review, base)


def deciding(review: Review, base: Text) -> None:
    ids = [hunk.id for hunk in review.files()[0].hunks]
    what = f"{len(ids)} hunks, {base.row_count} lines"
    line(f"plan one of {what}", best(partial(review.plan_accept, ids[7:8])) * 1e6, "us", "")
    line(f"plan all of {what}", best(partial(review.plan_accept, ids)) / len(ids) * 1e6, "us/hunk", "")
    text = base
    keys = views = 0.0
    for _ in range(200):
        changes = text.replace(Span(Position(1, 0), Position(1, 0)), "x\n")
        text = text.apply(changes)
        begin = time.process_time()
        review.buffer_changed("f.c", text, changes)
        middle = time.process_time()
        review.overlays("f.c")
        keys, views = keys + middle - begin, views + time.process_time() - middle
    line(f"a new line above {what}", keys / 200 * 1e6, "us", "")
    line(f"all views after that, {what}", views / 200 * 1e6, "us", "")
    begin = time.process_time()
    review.commit(review.plan_accept(ids[7:8]))
    line(f"accept one of {what}", (time.process_time() - begin) * 1e6, "us", "")


def editing() -> None:
    for rows in (10_000, 1_000_000):
        text = Text.of("\n".join(source(rows)) + "\n")
        place = Position(rows // 2, 2)
        spent = best(partial(text.apply, text.replace(Span(place, place), "x")), 50)
        line(f"text: one key in {rows} lines", spent * 1e6, "us", "")


def differing(compare: bool) -> None:
    for rows in (5_000, 50_000):
        old = source(rows)
        new = list(old)
        for at in range(50, rows, 100):
            new[at] = f"changed {at}"
        own = best(partial(changed_blocks, old, new), 3)
        line(f"diff: {rows} lines, 1 % changed", own * 1e3, "ms", "")
        if compare:
            theirs = best(SequenceMatcher(None, old, new, autojunk=False).get_opcodes, 1)
            line("  times faster than difflib", theirs / own, "x", ">= 300" if rows == 50_000 else "")
    spent = best(partial(intraline.__wrapped__, "    total = price + tax", "    total = price * tax"), 50)
    line("marks inside a line, not cached", spent * 1e6, "us", "")


def main() -> None:
    parsing()
    anchoring()
    reviewing()
    editing()
    differing("--difflib" in sys.argv)


if __name__ == "__main__":
    main()
