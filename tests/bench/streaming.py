"""How a fast stream feels: what ours, and any peer that is installed, cost and how far behind they are.

Run it from a checkout: `python -m tests.bench.streaming [--rate 1000] [--tokens 5000] [--shape hunk|hunks|prose]
[--view talk|editor|review] [--peer 'NAME=COMMAND with {port}']`. Every program sees one 120x40 terminal; keys are
typed while it streams. Processor time counts, so a busy machine does not; delays are those of this machine.
"""

import argparse
import fcntl
import json
import os
import pty
import select
import shlex
import statistics
import struct
import subprocess
import sys
import tempfile
import termios
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pyte

from tests.bench.stream_server import SENTINEL, big_file, ends_with
from tests.e2e.places import COMMAND, environment

COLUMNS, ROWS = 120, 40
_TICKS = os.sysconf("SC_CLK_TCK")
_TYPED = "the quick brown fox jumps over lazy dogs and "
_SYNC = b"\x1b[?2026h"
_ANSWERS = ((b"\x1b[c", b"\x1b[?62;22c"), (b"\x1b[6n", b"\x1b[1;1R"), (b"\x1b[?2026$p", b"\x1b[?2026;2$y"))


@dataclass(slots=True)
class Run:
    """One program in one terminal, and everything it wrote with the time at which it came."""

    pid: int
    master: int
    log: list[tuple[float, bytes]] = field(default_factory=list)
    keys: list[tuple[float, str]] = field(default_factory=list)

    def read(self, until: float) -> None:
        """Take what comes until then, and answer what the program asks its terminal."""
        while (left := until - time.monotonic()) > 0:
            ready, _, _ = select.select([self.master], [], [], left)
            if not ready:
                return
            try:
                data = os.read(self.master, 65536)
            except OSError:
                return
            self.log.append((time.monotonic(), data))
            for question, answer in _ANSWERS:
                if question in data:
                    os.write(self.master, answer)

    def type(self, text: str) -> None:
        """Press keys."""
        os.write(self.master, text.encode())

    def wait_for(self, text: str, seconds: float = 60.0) -> bool:
        """Wait until the text has been written in one piece."""
        start, end = len(self.log), time.monotonic() + seconds
        while time.monotonic() < end:
            self.read(time.monotonic() + 0.05)
            if text.encode() in b"".join(data for _, data in self.log[max(start - 1, 0) :]):
                return True
        return False

    @property
    def cpu(self) -> float:
        """Processor seconds of the program and its children so far."""
        return sum(_cpu(pid) for pid in _tree(self.pid))


def _tree(pid: int) -> list[int]:
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return [pid]
    return [pid, *(each for child in children for each in _tree(int(child)))]


def _cpu(pid: int) -> float:
    try:
        text = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return 0.0
    return sum(int(value) for value in text[text.rindex(")") + 2 :].split()[11:13]) / _TICKS


def start(command: Sequence[str], environ: dict[str, str], folder: Path) -> Run:
    """Start a program in a terminal of its own."""
    pid, master = pty.fork()
    if pid == 0:
        os.chdir(folder)
        os.execvpe(command[0], list(command), environ)
    fcntl.ioctl(master, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
    return Run(pid, master)


def _painted(run: Run, begin: float, ending: str) -> tuple[float | None, list[float]]:
    """When the last token stood on the screen, and how long each key took; read from the record afterwards."""
    screen = pyte.Screen(COLUMNS, ROWS)
    stream = pyte.ByteStream(screen)
    last: float | None = None
    echoes: list[float] = []
    typed = "".join(key for _, key in run.keys)
    shown = 0
    for moment, data in run.log:
        screen.dirty.clear()
        stream.feed(data.replace(b"\x1b[>4;2m", b"").replace(b"\x1b[>1u", b"").replace(b"\x1b[<u", b""))
        if moment < begin:
            continue
        rows = [screen.display[row] for row in screen.dirty if row < ROWS]
        if last is None and any(ending in row for row in rows):
            last = moment
        while shown < len(typed) and any(typed[max(shown - 20, 0) : shown + 1] in row for row in rows):
            echoes.append(moment - run.keys[shown][0])
            shown += 1
    return last, echoes


def _stream(run: Run, order: str, log: Path, ending: str) -> dict[str, float]:
    """Send the order, type while it streams, and measure."""
    told = log.read_text().count("\n") if log.exists() else 0
    run.type(order)
    run.read(time.monotonic() + 0.5)
    before, begin = run.cpu, time.monotonic()
    run.type("\r")
    number, end = 0, begin + 60.0
    while time.monotonic() < end and (log.read_text() if log.exists() else "").count("\n") == told:
        run.read(time.monotonic() + 0.09)
        key = _TYPED[number % len(_TYPED)]
        run.keys.append((time.monotonic(), key))
        run.type(key)
        number += 1
    run.read(time.monotonic() + 2.0)
    spent = run.cpu - before
    server = json.loads(log.read_text().splitlines()[told])
    last, echoes = _painted(run, begin, ending)
    inside = [(at, data) for at, data in run.log if server["first"] <= at <= max(server["last"], last or 0)]
    frames = [at for at, data in inside if _SYNC in data]
    gaps = [two - one for one, two in zip(frames, frames[1:], strict=False)]
    count = max(len(echoes), 1)
    return {
        "cpu_ms_per_1000": spent * 1e6 / server["pieces"],
        "late_ms": ((last or float("inf")) - server["last"]) * 1e3,
        "echo_p50_ms": statistics.median(echoes or [float("inf")]) * 1e3,
        "echo_p99_ms": sorted(echoes or [float("inf")])[min(int(count * 0.99), count - 1)] * 1e3,
        "longest_gap_ms": max(gaps, default=float("inf")) * 1e3,
        "mb_per_5000": sum(len(data) for _, data in inside) * 5000 / server["pieces"] / 1e6,
        "frames": len(frames),
        "rate": server["pieces"] / max(server["last"] - server["first"], 1e-9),
        "keys": len(echoes),
    }


def home(place: Path, port: int) -> dict[str, str]:
    """A configuration in which the server is the model."""
    config = place / "spark" / "config"
    config.mkdir(parents=True)
    (config / "config.toml").write_text(
        f'debt_limit = 0\n[providers.bench]\nbase_url = "http://127.0.0.1:{port}/v1"\n'
        '[models.bench]\nprovider = "bench"\nslug = "bench"\n[lanes]\nfast = "bench"\n'
    )
    return environment(place, OPENAI_API_KEY="none")


def measure(options: argparse.Namespace, peer: str = "") -> dict[str, float]:
    """Run one program against a server of its own; without a `peer` command, ours."""
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        work = place / "work"
        work.mkdir()
        (work / "big.py").write_text(big_file(4000))
        log = place / "server.jsonl"
        command = [sys.executable, "-m", "tests.bench.stream_server", str(options.rate), str(log)]
        server = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2]
        )
        assert server.stdout is not None
        port = int(server.stdout.readline())
        environ = home(place, port)
        words = shlex.split(peer.format(port=port)) if peer else [*COMMAND, "--theme", "spark-dark", "."]
        run = start(words, environ, work)
        try:
            run.read(time.monotonic() + options.settle)
            if not peer:
                run.type({"talk": "\x1b[18~", "review": "\x1bOS", "editor": "\x1b[18~"}[options.view])
                run.read(time.monotonic() + 0.3)
                run.type("\x1b[18~")
            mention = " @big.py " if options.shape == "hunks" and not peer else " "
            result = _stream(
                run,
                f"[[stream n={options.tokens} shape={options.shape}]]{mention}",
                log,
                SENTINEL if peer else ends_with(options.tokens, options.shape),
            )
            if options.keep:
                Path(options.keep).write_bytes(b"".join(data for _, data in run.log))
            return result
        finally:
            os.kill(run.pid, 9)
            os.waitpid(run.pid, 0)
            server.terminate()
            server.wait()


def main() -> None:
    """Measure ours and the peers, and print a line for each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rate", type=float, default=1000.0)
    parser.add_argument("--tokens", type=int, default=5000)
    parser.add_argument("--shape", choices=("hunk", "hunks", "prose"), default="hunk")
    parser.add_argument("--view", choices=("talk", "editor", "review"), default="review")
    parser.add_argument("--settle", type=float, default=3.0, help="seconds a program gets to start")
    parser.add_argument("--peer", action="append", default=[], metavar="NAME=COMMAND")
    parser.add_argument("--keep", default="", help="file for what ours wrote")
    options = parser.parse_args()
    ours = measure(options)
    print("ours  ", json.dumps({key: round(value, 2) for key, value in ours.items()}))
    for entry in options.peer:
        name, _, command = entry.partition("=")
        theirs = measure(options, command)
        print(f"{name:6}", json.dumps({key: round(value, 2) for key, value in theirs.items()}))
        for key in ("cpu_ms_per_1000", "late_ms", "echo_p99_ms"):
            print(f"       {key}: {theirs[key] / ours[key]:.1f} times ours")


if __name__ == "__main__":
    main()
