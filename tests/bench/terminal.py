"""How a terminal program feels from outside: its start, and the echo of keys in files of several sizes.

Run it from a checkout: `python -m tests.bench.terminal [--runs 5] [--keys 150] [--lines 1000 --lines 100000]
[--peers FOLDER [--only NAME]] [--peer 'NAME=COMMAND {file}']`. Ours, a minimal Textual program, Textual's own text
area and, where installed, vim take turns in one 120x40 terminal each, so that a busy machine is busy for all of them;
every peer's figure is also printed as a multiple of ours. `--peers` brings the programs of `tests.bench.peers` into a
folder, once, and lets them take part: editors with the file, the others as they start. A peer has to be ready to type
once it shows the file. Two keys are measured at the start: a letter, and for ours the key of a page, which needs all
of the program.
"""

import argparse
import math
import os
import re
import shlex
import shutil
import signal
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyte

from tests.bench.peers import Peer, bring
from tests.bench.streaming import COLUMNS, ROWS, Run, start
from tests.e2e.places import COMMAND, environment

MARK = "def function_0("
_F1, _F3 = "\x1bOP", "\x1b[13~"
_PAGE = "Esc closes"
"""On the page that F1 opens."""
_SETTLE = 6.0
"""Seconds a program gets to start, to come to rest and to fill its caches before keys are typed."""
_PAUSE = 0.04
"""Seconds between keys: a fast typist's."""
_ENTER = b"\x1b[?1049h"
_PRIVATE = re.compile(rb"\x1b\[[<>?][0-9;]*[mu]")
"""Asks of keyboards that the emulator takes for colours."""
_CALM = 0.7
"""Seconds without anything new after which a program is at rest."""
_LONGEST = 15.0
"""Seconds that a start may take."""
_SEQUENCE = re.compile(rb"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\\\)|[()][A-Z0-9]|[=>])")
_TYPED = "some words as they come "

_MINIMAL = f"""
from textual.app import App
from textual.widgets import Input, Static
class Minimal(App):
    def compose(self):
        yield Static("{MARK}")
        yield Input()
Minimal().run()
"""
_AREA = """
import sys
from textual.app import App
from textual.widgets import TextArea
class Area(App):
    def compose(self):
        yield TextArea.code_editor(open(sys.argv[1]).read(), language="python")
Area().run()
"""


Brought = dict[str, tuple[Peer, list[str]]]


@dataclass(frozen=True, slots=True)
class Program:
    """Something to measure."""

    name: str
    command: Callable[[Path], list[str]]
    """Makes the command line for a file."""
    before: str = ""
    """Keys to press before typing."""
    has_file: bool = True
    """Whether it shows the file; others are only started."""


def source(lines: int) -> str:
    """Return Python of so many lines."""
    return "\n".join(
        f'def function_{number}(alpha, beta={number}):\n    """Return {number} of alpha."""\n'
        f"    value = alpha * {number} + beta  # comment {number}\n    return [value for _ in range(3)]\n"
        for number in range(lines // 5)
    )


def programs(options: argparse.Namespace, brought: Brought, *, types: bool) -> list[Program]:
    """Return ours first, then what there is to compare it with."""
    found = [Program("ours", lambda file: [*COMMAND, str(file)], _F3)]
    if not types:
        found.append(Program("minimal Textual", lambda file: [sys.executable, "-c", _MINIMAL]))
    found.append(Program("TextArea", lambda file: [sys.executable, "-c", _AREA, str(file)]))
    # Keys that come while vim starts are part of its start-up script, so to speak: it has no comparable moment.
    if types and shutil.which("vim"):
        found.append(
            Program("vim", lambda file: ["vim", "-n", "-u", "NONE", "-c", "syntax on", str(file)], "i")
        )
    elif shutil.which("vim"):
        found.append(
            Program(
                "vim",
                lambda file: ["vim", "-n", "-u", "NONE", "-c", "syntax on", "-c", "startinsert", str(file)],
            )
        )
    for peer, command in brought.values():
        if types and peer.before is None:
            continue
        found.append(Program(peer.name, _with_file(command), peer.before or "", peer.before is not None))
    for entry in options.peer:
        name, _, command = entry.partition("=")
        found.append(Program(name, _with_file(shlex.split(command))))
    return found


def _with_file(command: list[str]) -> Callable[[Path], list[str]]:
    return lambda file: [word.replace("{file}", str(file)) for word in command]


class Painting:
    """The screen as it was at each moment, rebuilt afterwards."""

    def __init__(self) -> None:
        self.screen = pyte.Screen(COLUMNS, ROWS)
        self._stream = pyte.ByteStream(self.screen)

    def feed(self, data: bytes) -> list[str]:
        """Paint, and return the rows that changed."""
        self.screen.dirty.clear()
        self._stream.feed(_PRIVATE.sub(b"", data))
        return [self.screen.display[row] for row in self.screen.dirty if row < ROWS]


def _end(run: Run) -> None:
    os.kill(run.pid, signal.SIGKILL)
    os.waitpid(run.pid, 0)
    os.close(run.master)


def _memory(pid: int) -> float:
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6


def measure_start(program: Program, file: Path, home: Path) -> dict[str, float]:
    """Return milliseconds to the first frame, to the file, to the echo of a key and to rest, and processor time."""
    begun = time.monotonic()
    run = start(program.command(file), environment(home), file.parent)
    try:
        _type_at_first_sight(run, begun, program, b"zq", (MARK, "zq"))
        frame, rest, found = _moments(run.log, program, (MARK, "zq"))
        return {
            "first frame ms": (frame - begun) * 1e3,
            "file shown ms": (found[MARK] - begun) * 1e3,
            "key echoed ms": (found["zq"] - begun) * 1e3,
            "at rest ms": (rest - begun) * 1e3,
            "processor ms": run.cpu * 1e3,
        }
    finally:
        _end(run)


def measure_page(program: Program, file: Path, home: Path) -> dict[str, float]:
    """Return milliseconds until a page stands that was asked for as soon as there was something to see."""
    begun = time.monotonic()
    run = start(program.command(file), environment(home), file.parent)
    try:
        _type_at_first_sight(run, begun, program, _F1.encode(), (_PAGE,))
        _, _, found = _moments(run.log, program, (_PAGE,))
        return {"page shown ms": (found[_PAGE] - begun) * 1e3}
    finally:
        _end(run)


def _type_at_first_sight(
    run: Run, begun: float, program: Program, keys: bytes, wanted: Sequence[str]
) -> None:
    """Type when there is something to see, and watch until all that is wanted has come, and rest with it.

    Nothing is painted meanwhile: an emulator takes so long that what comes would seem to come later.
    """
    typed = 0
    while (now := time.monotonic()) < begun + _LONGEST:
        run.read(now + 0.005)
        # What the terminal itself echoes before the program takes it over is no frame.
        before, entered, drawn = b"".join(data for _, data in run.log).partition(_ENTER)
        said = _SEQUENCE.sub(b"", drawn if program.has_file else before + drawn)
        if said.strip() and not typed:
            # One sees before one types.
            run.read(time.monotonic() + _PAUSE)
            typed = os.write(run.master, keys)
        is_there = not program.has_file or all(text.encode() in said for text in wanted)
        if typed and is_there and time.monotonic() > run.log[-1][0] + _CALM:
            break


def _moments(
    log: list[tuple[float, bytes]], program: Program, wanted: Sequence[str]
) -> tuple[float, float, dict[str, float]]:
    """When the first frame came, when rest, and when each text."""
    painting = Painting()
    frame = rest = math.inf
    entered = not program.has_file
    found = dict.fromkeys(wanted, math.inf)
    for moment, data in log:
        rows = painting.feed(data)
        entered = entered or _ENTER in data
        if entered and any(row.strip() for row in rows):
            frame = min(frame, moment)
        for text in wanted:
            if frame < math.inf and any(text in row for row in rows):
                found[text] = min(found[text], moment)
        rest = moment if rows else rest
    return frame, rest, found


def leave_alone(program: Program, file: Path, home: Path) -> None:
    """Start, and do nothing: what a program keeps for its next start, it keeps now."""
    run = start(program.command(file), environment(home), file.parent)
    try:
        run.read(time.monotonic() + _SETTLE)
    finally:
        _end(run)


def measure_keys(program: Program, file: Path, home: Path, count: int) -> dict[str, float]:
    """Return percentiles of the time from key to echo, in milliseconds, and memory in megabytes."""
    run = start(program.command(file), environment(home), file.parent)
    try:
        run.read(time.monotonic() + _SETTLE)
        run.type(program.before)
        run.read(time.monotonic() + 0.5)
        painting = Painting()
        for _, data in run.log:
            painting.feed(data)
        seen = len(run.log)
        sent: list[float] = []
        for number in range(count):
            # A new line now and then: rows of a screen are short.
            key = "\r" if number % 40 == 39 else _TYPED[number % len(_TYPED)]
            sent.append(time.monotonic())
            run.type(key)
            run.read(time.monotonic() + _PAUSE)
        run.read(time.monotonic() + 1.0)
        echoes = _echoes(run.log[seen:], painting, sent)
        ordered = sorted(echoes) or [math.inf]
        return {
            "p50 ms": statistics.median(ordered) * 1e3,
            "p99 ms": ordered[min(int(len(ordered) * 0.99), len(ordered) - 1)] * 1e3,
            "memory MB": _memory(run.pid),
            "counted": len(echoes),
        }
    finally:
        _end(run)


def _echoes(log: list[tuple[float, bytes]], painting: Painting, sent: list[float]) -> list[float]:
    """How long each key took until a row ended with what had been typed into that row by then."""
    texts: list[str] = []
    row = ""
    for number in range(len(sent)):
        row = "" if number % 40 == 39 else row + _TYPED[number % len(_TYPED)]
        texts.append(row)
    echoes: list[float] = []
    waiting = 0
    for moment, data in log:
        rows = [each.replace("·", " ").rstrip("│ ") for each in painting.feed(data)]
        while waiting < len(sent) and sent[waiting] <= moment:
            wanted = texts[waiting].rstrip()
            # A short or blank ending could be on the screen by chance.
            if len(wanted) >= 3 and texts[waiting][-1] != " ":
                if not any(wanted in each for each in rows):
                    break
                echoes.append(moment - sent[waiting])
            waiting += 1
    return echoes


def _table(title: str, results: dict[str, list[dict[str, float]]]) -> None:
    print(f"\n{title}")
    middle = {
        name: {key: statistics.median(run[key] for run in runs) for key in runs[0]}
        for name, runs in results.items()
    }
    for name, figures in middle.items():
        words = [
            f"{key} {value:.1f}" + (f" ({value / middle['ours'][key]:.2f}x)" if name != "ours" else "")
            for key, value in figures.items()
            if value < math.inf
        ]
        print(f"  {name:16}", "   ".join(words))


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--keys", type=int, default=150)
    parser.add_argument("--lines", type=int, action="append", default=[])
    parser.add_argument("--peer", action="append", default=[], metavar="NAME=COMMAND")
    parser.add_argument("--peers", type=Path, metavar="FOLDER")
    parser.add_argument("--only", action="append", default=[], metavar="NAME")
    options = parser.parse_args()
    brought = bring(options.peers, options.only) if options.peers else {}
    print(f"load at the start: {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors")
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        (place / "work").mkdir()
        (place / "home").mkdir()
        for lines in options.lines or [1000, 100_000]:
            file = place / "work" / f"code_{lines}.py"
            file.write_text(source(lines))
            starts: dict[str, list[dict[str, float]]] = {}
            ours, *others = programs(options, brought, types=False)
            for program in (ours, *others):
                leave_alone(program, file, place / "home")
            for _ in range(options.runs):
                for program in (ours, *others):
                    starts.setdefault(program.name, []).append(measure_start(program, file, place / "home"))
                starts[ours.name][-1] |= measure_page(ours, file, place / "home")
            _table(f"start with {lines:,} lines", starts)
            keys: dict[str, list[dict[str, float]]] = {}
            for program in programs(options, brought, types=True):
                keys[program.name] = [measure_keys(program, file, place / "home", options.keys)]
            _table(f"keys in {lines:,} lines", keys)


if __name__ == "__main__":
    main()
