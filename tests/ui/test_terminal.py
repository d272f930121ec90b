"""What reaches a real terminal when every text means harm: nothing but what Textual itself sends."""

import os
import re
import sys
from pathlib import Path

from tests.e2e.terminal import Terminal
from tests.ui.hostile_app import HOSTILE, PAYLOADS

ROOT = Path(__file__).parents[2]
OURS = re.compile(
    rb"\x1b\[[0-9;:?]*[mHABCDJK]|\x1b\[[?>=<]?[0-9;]*[hlpuqc]|\x1b\[\??[0-9;]*\$p|\x1b\]22;[a-z-]*\x07"
    rb"|\x1b\[[046] q"
)
"""Sequences Textual's driver and compositor send: moves, styles, modes, their queries, shapes of pointer and cursor."""
FORBIDDEN = {
    "an escape": rb"\x1b", "a bell": rb"\x07", "a control": rb"[\x00-\x06\x08\x0b\x0c\x0e-\x1a\x1c-\x1f\x7f]",
    "a C1 control": rb"\xc2[\x80-\x9f]", "bidi": rb"\xe2\x80[\xaa-\xae]|\xe2\x81[\xa6-\xa9]",
    "hidden": rb"\xe2\x80[\x8b-\x8f]|\xe2\x81\xa0|\xef\xbb\xbf", "separator": rb"\xe2\x80[\xa8\xa9]",
}  # fmt: skip


def leaks(raw: bytes) -> list[str]:
    """Name what is in `raw` beyond the sequences that belong there."""
    rest = OURS.sub(b"", raw)
    found = []
    for name, pattern in FORBIDDEN.items():
        match = re.search(pattern, rest)
        if match:
            found.append(f"{name}: {rest[max(match.start() - 20, 0) : match.end() + 30]!r}")
    return found


def test_the_judge_finds_every_payload() -> None:
    for payload in PAYLOADS[:-1]:
        if payload not in ("\x1b[31mred\x1b[0m", "\x1b[2J\x1b[H"):
            assert leaks(payload.encode()), payload


def test_nothing_harmful_reaches_the_terminal() -> None:
    kept = {name: value for name, value in os.environ.items() if name not in ("COLUMNS", "LINES")}
    environ = {**kept, "TERM": "xterm-256color", "COLORTERM": "truecolor", "PYTHONPATH": str(ROOT)}
    with Terminal([sys.executable, "-m", "tests.ui.hostile_app"], environ, ROOT, 160, 70) as terminal:
        shown = terminal.wait_for("all is drawn")
        for key in ("\x1bOQ", "\x1bOS", "\x1b[17~", "\x10", "\x1b"):
            terminal.send(key)
            terminal.rest(0.3)
        # A lone Esc and the next key are told apart by time.
        terminal.rest(1.0)
        shown += terminal.text()
        terminal.send("\x11")
        assert terminal.wait_end() == 0
        assert leaks(bytes(terminal.raw)) == []
    assert "[bold red]markup[/]" in shown and "]0;owned" in shown
    assert HOSTILE not in shown
    red = re.compile(rb"\x1b\[31m|\x1b\[2J")
    assert not red.search(bytes(terminal.raw))
