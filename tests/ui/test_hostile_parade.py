"""Every widget that shows foreign text, in a real terminal, with every text that means harm: none sends anything."""

import importlib
import os
import pkgutil
import re
import sys
from collections import defaultdict
from pathlib import Path

import pytest
from textual.widget import Widget

import spark_tui.ui
from tests.e2e.places import environment
from tests.e2e.terminal import Terminal
from tests.ui.hostile_parade import OVER
from tests.ui.hostile_places import HEIGHT, NARROW, OWN_WORDS, PLACES, WIDTH, sign_of
from tests.ui.hostile_texts import payloads
from tests.ui.test_terminal import OURS, ROOT, leaks

SEQUENCE = re.compile(r"[\x1b\x9b][^\x1b\x9b]*")
KNOWN = {b"\x1b[H", b"\x1b[?1049h", b"\x1b[?1049l", b"\x1b[m", b"\x1b[7m", b"\x1b[0m"}
"""Sequences that a screen of Textual sends for itself, and that some texts hold too."""
MOVE = re.compile(rb"\x1b\[\d+;\d+H")
"""To a place: the screen goes everywhere."""
SOME = 8
"""Texts that a narrow place shows at least."""


def _widgets() -> set[str]:
    """Name every kind of widget there is."""
    for module in pkgutil.walk_packages(spark_tui.ui.__path__, "spark_tui.ui."):
        importlib.import_module(module.name)
    found, waiting = set(), [Widget]
    while waiting:
        for kind in waiting.pop().__subclasses__():
            waiting.append(kind)
            if kind.__module__.startswith("spark_tui.ui."):
                found.add(kind.__name__)
    return found


def test_every_widget_has_a_place_in_the_parade() -> None:
    shown = {name for names in PLACES.values() for name in names}
    widgets = _widgets()
    assert "FinderScreen" in widgets and "ReviewList" in widgets
    assert widgets - shown - set(OWN_WORDS) == set(), (
        "say in the table of places where its foreign text is shown"
    )
    assert (shown | set(OWN_WORDS)) - widgets == {"SparkApp"}, "the table names what there is no more"
    assert not shown & set(OWN_WORDS)
    whole = {name for place, names in PLACES.items() if place not in NARROW for name in names}
    assert shown == whole, "every widget has a place that gets all texts"


@pytest.mark.timeout(400)
def test_thousands_of_texts_in_every_place_send_nothing_of_their_own() -> None:
    texts = payloads()
    assert len(texts) >= 2000
    environ = {**environment(Path(os.devnull)), "HOME": "/nonexistent", "TEXTUAL_FPS": "1000"}
    with Terminal(
        [sys.executable, "-m", "tests.ui.hostile_parade"], environ, ROOT, WIDTH, HEIGHT, blind=True
    ) as terminal:
        terminal.wait_for_raw(OVER.encode())
        raw = bytes(terminal.raw)
    raw = raw[: raw.index(OVER.encode())]
    assert leaks(raw) == []
    sent = set(OURS.findall(raw))
    harmful = {
        match.group().encode("utf-8", "surrogatepass") for text in texts for match in SEQUENCE.finditer(text)
    }
    assert {sequence for sequence in sent & harmful if not MOVE.fullmatch(sequence)} <= KNOWN
    seen = defaultdict(set)
    for sign, number in re.findall(rb"([a-c][a-z])([0-9]{4})", OURS.sub(b"", raw)):
        seen[sign.decode()].add(number)
    few = {
        place: len(seen[sign_of(place)])
        for place in PLACES
        if len(seen[sign_of(place)]) < (SOME if place in NARROW else len(texts))
    }
    assert few == {}
