"""Wherever an error that nobody foresaw happens, the program goes on with its text and says so, with a traceback."""

import asyncio
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from textual.app import App

import spark_tui
from spark_tui.engine import EngineEvent, Trouble
from spark_tui.ui.app import SparkApp
from spark_tui.ui.widgets.editor import EditorView
from tests.ui.stage import Stage, stage


class Boom(RuntimeError):
    """What goes wrong."""


def fail(*_: object, **__: object) -> None:
    raise Boom("something broke")


async def fail_later(*_: object, **__: object) -> None:
    raise Boom("something broke")


def in_a_timer(it: Stage) -> None:
    it.workspace.set_timer(0.001, fail)


def in_an_async_timer(it: Stage) -> None:
    it.app.screen.query_one(EditorView).set_timer(0.001, fail_later)


def in_a_callback(it: Stage) -> None:
    it.workspace.call_later(fail)


def behind_a_refresh(it: Stage) -> None:
    it.app.screen.query_one(EditorView).call_after_refresh(fail)


def next_to_come(it: Stage) -> None:
    it.app.call_next(fail_later)


def in_a_worker(it: Stage) -> None:
    it.workspace.run_worker(fail_later(), exit_on_error=False)


def in_the_engine(it: Stage) -> None:
    it.engine.start(fail_later(), "do something")


def in_an_action(it: Stage) -> None:
    it.workspace.action_go = fail  # type: ignore[method-assign]
    it.app.call_later(it.app.run_action, "go('review')", it.workspace)


PLACES: tuple[Callable[[Stage], None], ...] = (
    in_a_timer,
    in_an_async_timer,
    in_a_callback,
    behind_a_refresh,
    next_to_come,
    in_a_worker,
    in_the_engine,
    in_an_action,
)


@pytest.mark.parametrize("place", PLACES)
async def test_an_error_costs_what_was_about_to_be_done_and_no_text(
    place: Callable[[Stage], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    async with stage() as it:
        it.engine.workspace.files["a.py"] = b"one\n"
        await it.engine.workspace.open("a.py")
        await it.settle()
        await it.press("f3", "x")
        told: list[EngineEvent] = []
        it.engine.subscribe(told.append)
        with monkeypatch.context() as real:
            real.setattr(SparkApp, "is_headless", False)
            place(it)
            for _ in range(100):
                await asyncio.sleep(0.01)
                if told:
                    break
        await it.settle()
        assert it.app.is_running and it.app._exception is None
        await it.press("y")
        assert it.engine.workspace.buffers["a.py"].text.encode() == b"xyone\n"
        (trouble,) = [event for event in told if isinstance(event, Trouble)]
        assert "something broke" in trouble.sentence and "Boom" in trouble.detail


def test_no_worker_may_end_the_program() -> None:
    root = Path(spark_tui.__file__).parent
    for path in root.rglob("*.py"):
        source = path.read_text()
        assert "@work" not in source, path
        for call in re.finditer(r"run_worker\(", source):
            depth, at = 1, call.end()
            while depth:
                depth += {"(": 1, ")": -1}.get(source[at], 0)
                at += 1
            assert "exit_on_error=False" in source[call.end() : at], path


def test_the_app_stands_between_errors_and_textual() -> None:
    assert SparkApp._handle_exception is not App._handle_exception
