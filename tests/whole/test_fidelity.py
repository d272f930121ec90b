"""Files as they are: opened and saved no byte changes, and an edit changes its own line alone, for any bytes at all.

The corpus is what this machine has: the standard library, installed packages, shared data, and mutations of it.
"""

import itertools
import random
import sys
import sysconfig
from collections.abc import Iterator
from pathlib import Path

import pytest

from spark_tui.core.editorconfig import Rules
from spark_tui.core.text import Position, Span, Text
from spark_tui.engine.landing import Landing
from spark_tui.engine.workspace import Workspace
from tests.fakes.clock import FakeClock
from tests.fakes.disk_files import MemoryFiles
from tests.fakes.journal import MemoryCheckpoints
from tests.ui.editor_stage import Stage

LEAST = 5000
LARGEST = 300_000
"""Bytes of a file of the corpus; larger ones are tried by themselves below."""
SOURCES = (
    Path(sysconfig.get_path("stdlib")),
    Path(sysconfig.get_path("purelib")),
    Path("/usr/share"),
    Path("/usr/lib"),
    Path("/etc"),
    Path(sys.prefix),
)


def corpus(most: int) -> Iterator[bytes]:
    """Yield files of this machine, at most so many, of many kinds."""
    seen = 0
    for source in SOURCES:
        share = 0
        for path in source.rglob("*") if source.is_dir() else ():
            if share >= most // 3 or seen >= most:
                break
            try:
                if path.is_symlink() or not path.is_file() or path.stat().st_size > LARGEST:
                    continue
                data = path.read_bytes()
            except OSError:
                continue
            share += 1
            seen += 1
            yield data


def mutations(data: bytes, chance: random.Random) -> Iterator[bytes]:
    """Yield what else such a file could be."""
    text = data.replace(b"\r\n", b"\n")
    yield text.replace(b"\n", b"\r\n")
    yield text.replace(b"\n", b"\r")
    yield b"".join(line + chance.choice((b"\n", b"\r\n", b"\r", b"\n\r")) for line in text.split(b"\n"))
    yield b"\xef\xbb\xbf" + data
    yield data.rstrip(b"\r\n")
    yield data + b"\n\n"
    place = chance.randrange(len(data) + 1)
    for inserted in (
        b"\0",
        b"\x0c",
        b"\x0b\x1c\x85",
        "\u2028\u2029\x85".encode(),
        b"\xff",
        b"\xc3",
        b"\xed\xa0\x80",
        b"\x1a",
    ):
        yield data[:place] + inserted + data[place:]
    readable = data.decode("latin-1")
    yield readable.encode("utf-16")
    yield readable.encode("utf-16-be", "replace")
    yield readable.encode("utf-8")
    yield data[:place]


def check(data: bytes, chance: random.Random) -> None:
    """Read and write one file, and edit one line of it."""
    text = Text.decode(data)
    assert text.encode() == data
    if text.read_only:
        return
    line = chance.randrange(text.line_count)
    column = chance.randrange(len(text.line(line)) + 1)
    rows = [text.line(number) + text.ending(number) for number in range(text.line_count)]
    place = Position(line, column)
    edited = text.apply(text.replace(Span(place, place), "é\t"))
    changed = rows[line][:column] + "é\t" + rows[line][column:]
    want = "".join([*rows[:line], changed, *rows[line + 1 :]]).encode()
    assert edited.encode() == (b"\xef\xbb\xbf" + want if text.bom else want)
    assert edited.apply(text.invert(text.replace(Span(place, place), "é\t"))).encode() == data


def test_no_byte_of_five_thousand_files_changes() -> None:
    chance = random.Random(1)
    count = 0
    for data in corpus(4000):
        check(data, chance)
        count += 1
    for data in itertools.islice(corpus(400), 400):
        for mutated in mutations(data[:20_000], chance):
            check(mutated, chance)
            count += 1
    if count < LEAST:
        pytest.skip(f"this machine has only {count} files to try")


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\n",
        b"\r",
        b"\r\n",
        b"\n\r",
        b"\0",
        b"\xef\xbb\xbf",
        b"\xff\xfe",
        b"a\0b\n",
        b"a\x0cb\n",
        b"a\x85b",
        b"\x1a",
        "a\u2028b\n".encode(),
        b"a\r\nb\nc\rd",
        b"x" * 10_000_000,
        b"x\r" * 100_000,
        "漢".encode() * 1_000_000,
    ],
    ids=lambda data: repr(data[:8]),
)
def test_odd_files_stay_as_they_are(data: bytes) -> None:
    check(data, random.Random(2))


async def test_saving_what_nobody_edited_writes_nothing_and_an_edit_its_line_alone() -> None:
    chance = random.Random(3)
    for data in itertools.islice(corpus(300), 100):
        files = MemoryFiles({"a": data})
        space = Workspace(files, Landing(files, MemoryCheckpoints(), FakeClock()), lambda event: None)
        await space.open("a")
        await space.save("a")
        assert files.data["a"] == data and not any(call in ("stage", "swap") for call in files.calls)
        buffer = space.buffer("a")
        assert buffer is not None
        if buffer.read_only:
            continue
        line = chance.randrange(buffer.text.line_count)
        space.edit("a", buffer.text.replace(Span(Position(line, 0), Position(line, 0)), "x"))
        await space.save("a")
        before, after = data.split(b"\n"), files.data["a"].split(b"\n")
        assert sum(one != two for one, two in zip(before, after, strict=True)) == 1
        space.undo("a")
        await space.save("a")
        assert files.data["a"] == data


@pytest.mark.parametrize(
    "data", [b"a\r\nb\x0cc\r\nlast", b"\xef\xbb\xbfone\ntwo\r\n", "漢\u2028字\n\tx\r\n".encode(), b"a\rb\rc"]
)
async def test_typing_in_the_editor_changes_one_line(data: bytes) -> None:
    stage = Stage(data, language=None)
    async with stage.run_test(size=(60, 10)) as pilot:
        stage.editor.obey(stage.path, Rules())
        assert stage.host.now.encode() == data
        await pilot.press("down", "end", "x", "y", "backspace")
        await pilot.pause()
        text = Text.decode(data)
        place = Position(1, len(text.line(1)))
        assert stage.host.now.encode() == text.apply(text.replace(Span(place, place), "x")).encode()
        await pilot.press("ctrl+z", "ctrl+z")
        await pilot.pause()
        assert stage.host.now.encode() == data
