"""The program's own log: bounded, private, and without a word of what anybody works on."""

import logging
import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spark_tui.adapters.program_log import ProgramLog, told

LOGGER = logging.getLogger("spark_tui.tests.program_log")
SECRET = "canary line of a file"


@pytest.fixture
def log(tmp_path: Path) -> Iterator[ProgramLog]:
    handler = ProgramLog(tmp_path / "state" / "spark-tui.log")
    LOGGER.addHandler(handler)
    LOGGER.setLevel(logging.DEBUG)
    LOGGER.propagate = False
    yield handler
    LOGGER.removeHandler(handler)
    handler.close()


def error_of(call: object) -> Exception:
    assert callable(call)
    try:
        call()
    except (LookupError, ValueError, OSError, AttributeError, RuntimeError) as error:
        return error
    raise AssertionError("nothing was raised")


def inner() -> None:
    raise ValueError(f"row {SECRET} is gone, {len(SECRET)} letters")


def outer() -> None:
    try:
        inner()
    except ValueError as error:
        raise KeyError(SECRET) from error


def test_a_record_is_one_line_for_the_owner_alone(log: ProgramLog) -> None:
    LOGGER.info("link %s: %s", "fast", "ready\x1b[2J\nnot a line of its own")
    text = log.path.read_text()
    assert text.count("\n") == 1 and "\x1b" not in text
    assert f" {os.getpid()} INFO spark_tui.tests.program_log: link fast: ready" in text
    assert stat.S_IMODE(log.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(log.path.parent.stat().st_mode) == 0o700


def test_an_error_is_told_with_places_and_causes_but_without_what_it_was_about(log: ProgramLog) -> None:
    LOGGER.error("save a.py failed", exc_info=error_of(outer))
    text = log.path.read_text()
    assert "save a.py failed" in text
    assert "row … is gone, … letters" in text and "KeyError: …" in text and "which led to" in text
    assert text.index("ValueError") < text.index("KeyError")
    assert f"{__file__}:" in text and " in inner: raise ValueError" in text
    assert "canary" not in text.replace("raise ValueError(f", "")


def test_messages_about_code_and_about_the_disk_are_told(tmp_path: Path) -> None:
    missing = "\n".join(told(error_of((tmp_path / "no.txt").read_text)))
    assert f"FileNotFoundError: No such file or directory: {tmp_path / 'no.txt'}" in missing
    nothing: object = None
    assert "'NoneType' object has no attribute 'x'" in "\n".join(told(error_of(lambda: nothing.x)))  # type: ignore[attr-defined]


@given(st.text(st.characters(blacklist_categories=["Cs"]), min_size=3).map(lambda text: f"<{text}>"))
def test_no_text_of_anybody_gets_through(text: str) -> None:
    def fail() -> None:
        raise RuntimeError("the " + text)

    def miss() -> None:
        dict[str, str]()[text]

    def number() -> None:
        int(text)

    for call in (fail, miss, number):
        said = [line for line in told(error_of(call)) if not line.startswith(__file__)]
        assert text not in "\n".join(said)


def test_errors_of_a_group_and_endless_chains_have_an_end() -> None:
    first, second = ValueError("a"), KeyError("b")
    first.__cause__, second.__cause__ = second, first
    group = ExceptionGroup("several", [first, TypeError("c")])
    lines = list(told(group))
    assert sum("KeyError" in line for line in lines) == 1 and any("TypeError: c" in line for line in lines)

    def deep() -> None:
        deep()

    assert len(list(told(error_of(deep)))) < 40


def test_what_a_notice_quotes_and_keys_are_left_out(log: ProgramLog) -> None:
    log.secrets = lambda: ("key-of-a-person",)
    LOGGER.warning("it can't hold 'some text' and doesn't want \"more of it\" (key-of-a-person)")
    assert log.path.read_text().endswith("it can't hold … and doesn't want … (…)\n")


def test_libraries_are_heard_only_about_faults(log: ProgramLog) -> None:
    for name, level in (("httpx2", logging.INFO), ("websockets", logging.WARNING)):
        log.handle(logging.makeLogRecord({"name": name, "levelno": level, "msg": f"{name} says"}))
    log.handle(logging.makeLogRecord({"name": "a", "levelno": logging.ERROR, "msg": "%d", "args": ("x",)}))
    assert "httpx2" not in log.path.read_text() and "websockets says" in log.path.read_text()


def test_the_log_never_grows_beyond_its_size_and_one_old_one(tmp_path: Path) -> None:
    path = tmp_path / "log"
    logs = [ProgramLog(path, most=4000) for _ in range(2)]
    for number in range(300):
        record = {
            "name": "spark_tui",
            "levelno": 20,
            "levelname": "INFO",
            "msg": f"record {number} {'x' * 50}",
        }
        logs[number % 2].handle(logging.makeLogRecord(record))
    for handler in logs:
        handler.close()
    assert sorted(os.listdir(tmp_path)) == ["log", "log.1"]
    assert all(file.stat().st_size <= 4000 for file in tmp_path.iterdir())
    kept = (tmp_path / "log.1").read_text() + path.read_text()
    numbers = [int(line.split("record ")[1].split()[0]) for line in kept.splitlines()]
    assert numbers == list(range(numbers[0], 300)), "no record between two files is lost"


def test_what_is_no_file_is_refused_and_a_full_disk_is_not_told(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "link").symlink_to(tmp_path / "elsewhere")
    for place in ("pipe", ".", "link", "missing\0"):
        with pytest.raises((OSError, ValueError)):
            ProgramLog(tmp_path / place)
    handler = ProgramLog(tmp_path / "log")
    os.close(handler._fd)
    handler._fd = (
        os.open("/dev/full", os.O_WRONLY) if os.path.exists("/dev/full") else os.open("/", os.O_RDONLY)
    )
    handler.handle(logging.makeLogRecord({"name": "spark_tui", "levelno": 50, "msg": "lost"}))
    handler.close()


@pytest.mark.parametrize(
    ("end", "said"),
    [("import os; os.abort()", "Fatal Python error: Aborted"), ("{}[''.join(['can', 'ary'])]", "CRITICAL")],
)
def test_how_a_process_of_our_own_ends_is_written_down(end: str, said: str, tmp_path: Path) -> None:
    place = tmp_path / "log"
    program = f"from spark_tui.adapters.program_log import tell_crashes; tell_crashes({str(place)!r}); {end}"
    child = subprocess.run([sys.executable, "-c", program], capture_output=True, check=False, timeout=60)
    assert child.returncode != 0 and b"canary" not in child.stderr
    assert said in place.read_text() and "canary" not in place.read_text()


def test_the_place_is_said_as_people_write_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    handler = ProgramLog(tmp_path / "state" / "log")
    assert handler.place == "~/state/log"
    handler.close()
