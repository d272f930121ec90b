"""How quick decisions are while edits stream: from the key to the next hunk on the screen, and to the bytes on disk.

Run it from a checkout: `python -m tests.bench.deciding [--rate 1000] [--keys 12]`. Delays are those of this machine.
"""

import argparse
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pyte

from tests.bench.stream_server import big_file
from tests.bench.streaming import COLUMNS, ROWS, Run, home, start
from tests.e2e.places import COMMAND

_SELECTED = re.compile(r"> [o~?+x=!] (\d+)")
"""The line of the hunk that the person is at."""
_PRIVATE = re.compile(rb"\x1b\[[<>?][0-9;]*[mu]")
_PAUSE = 0.5
"""Seconds between decisions: a hunk counts as seen only after a moment."""
_TOKENS_A_HUNK = 90


def _until_written(run: Run, file: Path, begun: float) -> float | None:
    """Wait until the file is another one; return how long that took."""
    before = file.stat()
    while time.monotonic() < begun + 2.0:
        run.read(time.monotonic() + 0.001)
        now = file.stat()
        if (now.st_ino, now.st_mtime_ns) != (before.st_ino, before.st_mtime_ns):
            return time.monotonic() - begun
    return None


def _until_drawn(run: Run, keys: list[float]) -> list[float]:
    """Rebuild the screen; return how long after each key another hunk was the selected one."""
    screen = pyte.Screen(COLUMNS, ROWS)
    stream = pyte.ByteStream(screen)
    found: list[float] = []
    selected, waiting = "", 0
    for moment, data in run.log:
        stream.feed(_PRIVATE.sub(b"", data))
        now = _SELECTED.search("\n".join(screen.display))
        is_other = now is not None and now.group(1) != selected
        selected = now.group(1) if now is not None else selected
        while waiting < len(keys) and keys[waiting] + _PAUSE < moment:
            waiting += 1
        if is_other and waiting < len(keys) and keys[waiting] <= moment:
            found.append(moment - keys[waiting])
            waiting += 1
    return found


def measure(rate: float, count: int) -> dict[str, float]:
    """Accept hunk by hunk while more of them arrive."""
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        work = place / "work"
        work.mkdir()
        file = work / "big.py"
        tokens = int((count * 2 * _PAUSE + 2) * rate)
        file.write_text(big_file(tokens // _TOKENS_A_HUNK + 1))
        command = [sys.executable, "-m", "tests.bench.stream_server", str(rate), str(place / "server.jsonl")]
        server = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert server.stdout is not None
        environ = home(place, int(server.stdout.readline()))
        run = start([*COMMAND, "--theme", "spark-dark", "."], environ, work)
        try:
            run.read(time.monotonic() + 4.0)
            run.type(f"[[stream n={tokens} shape=hunks]] @big.py ")
            run.read(time.monotonic() + 0.5)
            run.type("\r")
            run.read(time.monotonic() + 1.0)
            run.type("\x1bOS")
            run.read(time.monotonic() + 0.8)
            keys: list[float] = []
            written: list[float] = []
            for _ in range(count):
                keys.append(time.monotonic())
                run.type("a")
                took = _until_written(run, file, keys[-1])
                written += [] if took is None else [took]
                run.read(keys[-1] + _PAUSE)
            drawn = _until_drawn(run, keys)
            return {
                "decisions": count,
                **_told("next_hunk", drawn),
                **_told("on_disk", written),
            }
        finally:
            os.kill(run.pid, 9)
            os.waitpid(run.pid, 0)
            server.terminate()
            server.wait()


def _told(name: str, found: list[float]) -> dict[str, float]:
    ordered = sorted(found) or [float("inf")]
    return {
        f"{name}_p50_ms": statistics.median(ordered) * 1e3,
        f"{name}_max_ms": ordered[-1] * 1e3,
        f"{name}_counted": len(found),
    }


def main() -> None:
    """Measure, and print a line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rate", type=float, default=1000.0)
    parser.add_argument("--keys", type=int, default=12)
    options = parser.parse_args()
    figures = measure(options.rate, options.keys)
    print(json.dumps({key: round(value, 1) for key, value in figures.items()}))


if __name__ == "__main__":
    main()
