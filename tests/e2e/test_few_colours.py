"""Terminals with 256 colours and with none get only what they know."""

import re
import sys
from pathlib import Path

import pytest

from tests.e2e.places import environment, repository
from tests.e2e.terminal import Terminal

STYLE = re.compile(rb"\x1b\[([0-9;]*)m")


@pytest.mark.parametrize(("term", "palette"), [("screen-256color", b"5"), ("vt100", b"")])
def test_only_colours_that_the_terminal_has_are_sent(tmp_path: Path, term: str, palette: bytes) -> None:
    repo = repository(tmp_path / "repo")
    environ = {**environment(tmp_path / "home"), "TERM": term, "COLORTERM": ""}
    with Terminal([sys.executable, "-m", "spark_tui", str(repo / "shop.py")], environ, repo) as terminal:
        terminal.wait_for("A small shop", "trunk")
        terminal.send("\x1bOQ")
        terminal.wait_for("notes.md")
        raw = bytes(terminal.raw)
    kinds = {kind for style in STYLE.findall(raw) for kind in re.findall(rb"(?:^|;)[34]8;([25]);", style)}
    assert kinds == ({palette} if palette else set())
    plain = {word for style in STYLE.findall(raw) for word in style.split(b";") if b"8;" not in style}
    assert not {b"%d" % number for number in (*range(30, 38), *range(40, 48), *range(90, 98))} & plain
    if palette:
        # Background, panels and the row of the prompt are told apart.
        assert len(set(re.findall(rb"48;5;(23[0-9]|24[0-9])", raw))) >= 3
