"""Thousands of texts that mean harm, shown in every place for foreign text of the real screen. Started as a process.

They come in batches: each fills every pane, row and page with texts of its own, and is painted before the next.
"""

import asyncio
import itertools
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any, cast

from textual.screen import Screen
from textual.widgets import Static

from spark_tui.adapters.theme_files import load_themes
from spark_tui.core.checkpoint import Checkpoint, LandingKind
from spark_tui.core.review import HunkState
from spark_tui.core.text import Text
from spark_tui.engine import Buffer, Engine, OutsideChange, TabsMoved, Trouble
from spark_tui.ui.app import AppOptions, SparkApp
from spark_tui.ui.screens.confirm import ConfirmScreen
from spark_tui.ui.screens.naming import Advice, NameScreen
from spark_tui.ui.screens.outside import OutsideScreen
from spark_tui.ui.screens.page import PageScreen
from spark_tui.ui.screens.picker import Choice, PickerScreen
from spark_tui.ui.screens.timeline import TimelineScreen
from spark_tui.ui.screens.unsaved import UnsavedScreen
from spark_tui.ui.screens.workspace import WorkspaceScreen
from spark_tui.ui.widgets.lines import plain
from tests.fakes.engine import FakeEngine, hunk, turn

LINE = 5
"""Texts in a line of a pane."""
BATCH = 900
"""Texts that are shown at a time: as many lines as the terminal has rows."""
TREE = 200
"""Texts in the tree, which is narrow, at a time."""
ROW = 24
"""Texts that a place of one row is given at a time."""


def _sequences() -> Iterator[str]:
    """Yield control sequences of every kind that terminals know, with and without an end."""
    bodies = (
        "0;owned",
        "2;owned",
        "52;c;aGFja2Vk",
        "8;;http://evil",
        "4;1;#ff0000",
        "9;4;1;50",
        "1337;File=:AAAA",
        "777;n;a;b",
        "10;?",
        "11;#000000",
        "104",
        "110",
        "133;A",
        "633;E;rm",
        "7;file:///",
        "50;CursorShape=1",
    )
    for start, body, end in itertools.product(("\x1b]", "\x9d"), bodies, ("\x07", "\x1b\\", "\x9c", "")):
        yield start + body + end
    for start, end in itertools.product(
        ("\x1bP", "\x90", "\x1b_", "\x9f", "\x1b^", "\x9e", "\x1bX", "\x98"), ("\x1b\\", "\x9c", "")
    ):
        for body in ("q#0~", "+q544e", "Gf=100;AAAA", "$qm", "tmux;\x1b\x1b]0;x\x07", "1$r0m"):
            yield start + body + end
    finals = "@ABCDEFGHIJKLMPSTXZ`abcdefghilmnpqrstuxyz{|}~"
    for start, middle, final in itertools.product(
        ("\x1b[", "\x9b"), ("", "7", "31;7", "?1049", ">1", "!", "6 ", "=9"), finals
    ):
        yield start + middle + final
    for char in "78=>cDEHMNOVWZlmno|}~#%()*+-./ ":
        yield f"\x1b{char}" + ("8" if char in "#%()*+-./ " else "")


def _characters() -> Iterator[str]:
    """Yield characters that steer, hide or turn what is around them."""
    codes = [
        *range(0x20),
        *range(0x7F, 0xA1),
        0xAD,
        0x34F,
        0x61C,
        0x115F,
        0x1160,
        0x17B4,
        0x17B5,
        *range(0x180B, 0x1810),
        *range(0x2000, 0x2010),
        *range(0x2028, 0x2030),
        *range(0x205F, 0x2070),
        0x3000,
        0x3164,
        0xFE00,
        0xFE0E,
        0xFE0F,
        0xFEFF,
        0xFFA0,
        *range(0xFFF9, 0xFFFE),
        0x1BCA0,
        0x1D173,
        *range(0xE0000, 0xE0080),
        0xE0100,
        0xE01EF,
        0xE000,
        0xF8FF,
        0x10FFFD,
        0xD800,
        0xDFFF,
    ]
    for code in codes:
        if chr(code) != "\n":
            yield f"a{chr(code)}b"
            yield chr(code) * 3


def _markup() -> Iterator[str]:
    for tag in (
        "bold red",
        "@click=app.quit",
        "link=http://evil",
        "/",
        "reverse",
        "$primary",
        "on #ff0000",
        "blink",
    ):
        yield f"[{tag}]x[/{tag}]"
        yield f"[{tag}"
        yield f"\\[{tag}]]"


def _mixed() -> Iterator[str]:
    parts = (
        "\x1b[41m",
        "\u202e",
        "\r",
        "\x08\x08",
        "\u200d",
        "漢",
        "👩\u200d💻",
        "e\u0301\u0301\u0301",
        "\ufe0f",
        "\x9b2J",
        "\t",
        "שלום",
    )
    for one, two, three in itertools.product(parts, repeat=3):
        yield f"{one}x{two}y{three}"


def payloads() -> list[str]:
    """Return every text, each with a number that can be found again."""
    found = [*_sequences(), *_characters(), *_markup(), *itertools.islice(_mixed(), 0, None, 3)]
    return [f"q{number:04}{text}z" for number, text in enumerate(dict.fromkeys(found))]


class Parade(SparkApp):
    """Shows batch after batch, then says that all is shown."""

    _is_first = True

    def _begin(self) -> None:
        self.run_worker(self._march(), exit_on_error=False)

    async def _march(self) -> None:
        work = self.screen_stack[0]
        assert isinstance(work, WorkspaceScreen)
        self._raw = Static(markup=False)
        self._raw.styles.height = 3
        await work.mount(self._raw)
        work.action_go("talk")
        await work.query_one("#talk").run_action("tall")
        everything = payloads()
        for start in range(0, len(everything), BATCH):
            batch = everything[start : start + BATCH]
            lines = ["".join(batch[at : at + LINE]) for at in range(0, len(batch), LINE)]
            await self._fill(work, lines)
            await self._pages(lines)
        for start in range(0, len(everything), TREE):
            names = [text.replace("/", "|") for text in everything[start : start + TREE]]
            cast(FakeEngine, self.engine).list_files(*names)
            await self._painted()
        await self._fill(work, ["calm"] * 8)
        for start in range(0, len(everything), ROW):
            await self._rows(work, everything[start : start + ROW])
        work.bottom.say("the parade is over")
        await self._painted()

    async def _painted(self) -> None:
        done = asyncio.Event()
        self.screen.call_after_refresh(done.set)
        await done.wait()

    async def _fill(self, work: WorkspaceScreen, batch: Sequence[str]) -> None:
        """Fill the panes."""
        engine = cast(FakeEngine, self.engine)
        source = "\n".join(batch).encode("utf-8", "surrogatepass")
        engine.workspace.buffers["a.txt"] = Buffer("a.txt", Text.decode(source), source)
        engine.workspace.order = ["a.txt"]
        engine.workspace.active = None
        engine.list_files()
        engine.workspace.activate("a.txt")
        rows = [f"+{text}" for text in batch]
        joined = "".join(batch[:4])
        engine.decisions.review.hunks.clear()
        engine.propose(
            hunk("1.1.1", *rows, path="a.txt", header=joined, note=joined),
            hunk(
                "1.2.1",
                "-x",
                *rows,
                path=batch[0].replace("/", "|"),
                state=HunkState.STALE,
                line=None,
                note=batch[1],
            ),
        )
        engine.conversation.set(turn(prompt=joined, prose="\n\n".join(batch), sentence=batch[0]))
        work.prompt.input.text = "\n".join(batch[:20])
        self.clear_notifications()
        self.notify("".join(batch[::8]), title=batch[-1])
        engine.emit(Trouble(joined, joined, joined))
        await self._painted()

    async def _rows(self, work: WorkspaceScreen, texts: Sequence[str]) -> None:
        """Fill what has one row: tabs, status, titles, notices."""
        engine = cast(FakeEngine, self.engine)
        joined = "".join(texts)
        engine.shown = replace(engine.shown, branch=joined, provider=texts[0], model=joined)
        path = joined.replace("/", "|")
        engine.workspace.buffers[path] = Buffer(path, Text.of("x"), b"x", note=joined)
        engine.workspace.order = ["a.txt", path]
        engine.emit(TabsMoved())
        self.title = self.sub_title = joined
        self._raw.update(joined, layout=False)
        await self._painted()
        work.bottom.say(joined)
        await self._painted()
        del engine.workspace.buffers[path]

    async def _pages(self, batch: Sequence[str]) -> None:
        """Show every page that lists foreign text."""
        engine = cast(FakeEngine, self.engine)
        engine.history.list = [
            Checkpoint(
                number, LandingKind.ACCEPT, text, 1e6, (text, batch[0]), text, "s", (text,), number - 1
            )
            for number, text in enumerate(batch, 1)
        ]
        data = "\n".join(batch).encode("utf-8", "surrogatepass")
        pages: list[Screen[Any]] = [
            PickerScreen(batch[0], [Choice(text, text, text[:8]) for text in batch]),
            TimelineScreen(cast(Engine, engine), lambda sentence: None),
            OutsideScreen(OutsideChange(batch[0], data, None), b"mine\n"),
            PageScreen(batch[0], lambda width: [plain(text, "muted") for text in batch]),
        ]
        if self._is_first:
            # Dialogs have room for a few lines only.
            self._is_first = False
            pages += [
                ConfirmScreen("".join(batch[:4]), batch[4], list(batch), "".join(batch[5:8])),
                UnsavedScreen(batch[0], list(batch)),
                NameScreen(batch[0], batch[1], lambda text: Advice(batch[2])),
            ]
        for page in pages:
            self.push_screen(page)
            await self._painted()
            self.pop_screen()
        await self._painted()


if __name__ == "__main__":
    Parade(cast(Engine, FakeEngine()), load_themes().specs, AppOptions()).run()
