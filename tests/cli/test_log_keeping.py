"""What is worth a line of the log, what is said when the program ends by an error, and that nothing stays behind."""

import argparse
import asyncio
import logging
import os
import sys
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from spark_tui.adapters.places import state_dir
from spark_tui.adapters.program_log import VARIABLE
from spark_tui.cli.log_keeping import Keeping
from spark_tui.engine import Engine, LinkMoved, LinkPhase, LinkState, Trouble
from spark_tui.engine.events import EngineEvent
from spark_tui.engine.guard import Guard
from spark_tui.ports import CheckpointFailed
from tests.fakes.session_log import MemoryLog

SAID = "words of a server"


class Door:
    """As much of the engine as the log hears."""

    def __init__(self) -> None:
        self.events: list[EngineEvent] = []
        self.told = asyncio.Event()
        self.guard = Guard(self.take, MemoryLog())
        self.links = {"fast": LinkState(LinkPhase.CLOSED, "openai")}
        self.hear = self.take

    def take(self, event: EngineEvent) -> None:
        self.events.append(event)
        self.told.set()

    def subscribe(self, listener: object) -> None:
        self.hear = listener  # type: ignore[assignment]

    def start(self, work: object, what: str) -> None:
        self.guard.start(work, what)  # type: ignore[arg-type]


def options(**changes: object) -> argparse.Namespace:
    return argparse.Namespace(**{"log_file": "", "log_level": "info", **changes})


def heed(keeping: Keeping) -> tuple[Door, Engine]:
    door = Door()
    engine: Engine = door  # type: ignore[assignment]
    keeping.heed(engine, lambda: ("k-e-y",))
    return door, engine


def log() -> Path:
    return state_dir() / "spark-tui.log"


async def test_states_of_links_and_notices_are_lines_without_what_a_server_said() -> None:
    with Keeping(options()) as keeping:
        door, _ = heed(keeping)
        ready = LinkState(LinkPhase.READY, "openai", "ws", "a-model")
        sentence = f"key refused: check OPENAI_API_KEY ({SAID} k-e-y)"
        busy = replace(ready, phase=LinkPhase.WAITING, sentence=f"openai is busy; 12 s ({SAID})")
        for state in (
            ready,
            ready,
            busy,
            replace(busy, sentence=f"openai is busy; 11 s ({SAID})"),
            replace(ready, phase=LinkPhase.FAILED, sentence=sentence),
        ):
            door.links = {"fast": state}
            door.hear(LinkMoved())
        door.hear(Trouble("link", f"openai: {SAID}"))
        door.hear(Trouble("save a.py", "told already", "Traceback …"))
    lines = [line.split(": ", 1)[1] for line in log().read_text().splitlines()]
    assert lines[1:-1] == [
        "link fast: ready (openai ws a-model)",
        "link fast: waiting (openai ws a-model): openai is busy; 12 s",
        "link fast: failed (openai ws a-model): key refused",
        "notice: link: openai",
    ]
    assert lines[0].startswith("begins: ") and lines[-1] == "ends"


async def test_errors_of_callbacks_are_told_by_the_guard_but_not_again_and_again() -> None:
    with Keeping(options(log_level="error")) as keeping:
        door, _ = heed(keeping)

        def fail() -> None:
            raise ValueError("odd")

        for _ in range(3):
            asyncio.get_running_loop().call_soon(fail)
        asyncio.get_running_loop().call_exception_handler({"message": "no error at all"})
        await door.told.wait()
        await door.guard.close()
    (trouble,) = door.events
    assert isinstance(trouble, Trouble) and trouble.title == "work in the background"
    place = str(log()).replace(os.environ["HOME"], "~")
    assert trouble.sentence == f"work in the background failed unexpectedly (details: {place}): odd"
    assert "Traceback" in trouble.detail
    text = log().read_text()
    assert text.count("ValueError: odd") == 1 and "no error at all" in text and "begins" not in text


async def test_what_ports_foresee_is_no_error_of_ours() -> None:
    async def unreadable() -> None:
        raise CheckpointFailed("a.py can't be read")

    with Keeping(options(log_level="error")) as keeping:
        door, engine = heed(keeping)
        engine.start(unreadable(), "open a.py")
        await door.told.wait()
    assert door.events == [Trouble("open a.py", "a.py can't be read")]
    assert log().read_text() == ""


def test_nothing_stays_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    def kept() -> tuple[object, ...]:
        hooks = (sys.excepthook, sys.unraisablehook, threading.excepthook)
        return (*hooks, os.environ.get(VARIABLE), *logging.getLogger().handlers)

    for place in ("", "an/earlier/log"):
        if place:
            monkeypatch.setenv(VARIABLE, str(state_dir() / place))
        before = kept()
        with Keeping(options()) as keeping:
            assert keeping.log is not None and os.environ[VARIABLE] == str(keeping.log.path)
        assert kept() == before
    assert (state_dir() / "an/earlier/log").exists()


def test_an_error_that_ends_the_program_is_one_sentence_and_a_traceback_in_the_log(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "excepthook", sys.__excepthook__)
    with pytest.raises(ZeroDivisionError) as caught, Keeping(options(continues=False)):
        print(1 // 0)
    sys.excepthook(caught.type, caught.value, caught.tb)
    told = capsys.readouterr().err
    assert told.count("\n") == 1 and "(ZeroDivisionError; details: ~/" in told and "start again" in told
    assert "CRITICAL" in log().read_text() and "print(1 // 0)" in log().read_text()
    other = ValueError("another one")
    sys.excepthook(ValueError, other, None)
    assert "another one" in capsys.readouterr().err


def test_without_a_place_for_the_log_all_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SPARK_TUI_HOME", "/dev/null/nowhere")
    with Keeping(options()) as keeping:
        assert keeping.log is None
        logging.getLogger("spark_tui").error("to nobody")
