"""`doctor` says what it finds in one line each and fails for what is broken; `trust` is given and taken by hand."""

import asyncio
import json
import os
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from spark_tui.adapters.checks import TrustBook
from spark_tui.adapters.places import config_dir, state_dir
from spark_tui.cli import main
from spark_tui.cli.trusting import visible
from spark_tui.core.checks import Trust, configuration_in
from tests.e2e.places import environment
from tests.e2e.terminal import Terminal


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "shop"
    place.mkdir()
    (place / "pyproject.toml").write_text("[tool.ruff]\n")
    (place / "a.py").write_text("a = 1\n")
    return place


def trust_of(folder: Path) -> Trust:
    paths = asyncio.run(visible(str(folder)))
    return TrustBook(state_dir()).trust(str(folder), configuration_in(paths))


def test_trust_is_given_said_and_taken(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["trust", str(folder), "--status"]) == 1
    assert "not trusted: edits are only parsed" in capsys.readouterr().out
    assert main(["trust", str(folder)]) == 0
    told = capsys.readouterr()
    assert f"{folder}: trusted" in told.out and "sandbox: " in told.out
    assert "decided by: pyproject.toml" in told.out and "asked again" in told.err
    assert trust_of(folder) is Trust.GIVEN
    assert main(["trust", str(folder), "--status"]) == 0
    assert main(["trust", "--list"]) == 0
    assert str(folder) in capsys.readouterr().out.split("\n")
    assert main(["trust", str(folder), "--remove"]) == 0
    assert trust_of(folder) is Trust.NONE


def test_what_decides_how_programs_run_is_what_is_trusted(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["trust", str(folder)]) == 0
    (folder / "conftest.py").write_text("import os\n")
    assert trust_of(folder) is Trust.CHANGED
    assert main(["trust", str(folder), "--status"]) == 1
    assert "was changed since" in capsys.readouterr().out


def test_trusting_and_asking_leave_the_folder_and_no_copies(folder: Path) -> None:
    before = sorted(path.name for path in folder.iterdir())
    assert main(["trust", str(folder)]) == 0
    assert sorted(path.name for path in folder.iterdir()) == before
    assert list((state_dir() / "checks").glob("*")) == []


def test_a_folder_that_is_not_there_is_a_wrong_use(tmp_path: Path) -> None:
    assert main(["trust", str(tmp_path / "nowhere")]) == 2
    assert main(["doctor", str(tmp_path / "nowhere")]) == 2


def doctor(folder: Path, capsys: pytest.CaptureFixture[str], *more: str) -> tuple[int, dict[str, str]]:
    code = main(["doctor", str(folder), "--json", *more])
    found = json.loads(capsys.readouterr().out)["findings"]
    assert code == int(any(one["is_broken"] for one in found))
    return code, {one["name"]: one["sentence"] for one in found}


def test_the_doctor_says_what_it_finds(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-canary")
    code, found = doctor(folder, capsys, "--offline")
    assert code == 0
    for name in (
        "python",
        "terminal",
        "text",
        "git",
        "rg",
        "clipboard",
        "settings",
        "state",
        "index",
        "sandbox",
        "checks",
        "trust",
    ):
        assert found[name], name
    assert found["provider openai"] == "key is there" and "no key" in found["provider cerebras"]
    assert "canary" not in json.dumps(found)
    assert "not trusted" in found["trust"]
    main(["trust", str(folder)])
    capsys.readouterr()
    assert "is trusted" in doctor(folder, capsys, "--offline")[1]["trust"]


class Models(BaseHTTPRequestHandler):
    """A server that lists two models, or wants another key."""

    def do_GET(self) -> None:
        is_good = self.path == "/good/models"
        body = b'{"data": [{"id": "a"}, {"id": "b"}]}' if is_good else b"{}"
        self.send_response(200 if is_good else 401)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def server() -> Iterator[str]:
    serving = ThreadingHTTPServer(("127.0.0.1", 0), Models)
    thread = threading.Thread(target=serving.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield f"http://127.0.0.1:{serving.server_port}"
    serving.shutdown()
    thread.join()
    serving.server_close()


PROVIDERS = """
[providers.good]
base_url = "{server}/good"
[providers.closed]
base_url = "{server}/closed"
env_key = "CLOSED_KEY"
[providers.gone]
base_url = "http://127.0.0.1:9/v1"
env_key = "GONE_KEY"
[models.a]
provider = "good"
[models.b]
provider = "{deep}"
[lanes]
fast = "a"
deep = "b"
"""


def test_the_doctor_asks_providers_and_those_of_lanes_have_to_answer(
    folder: Path, server: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CLOSED_KEY", "sk-canary")
    monkeypatch.setenv("GONE_KEY", "sk-canary")
    config_dir().mkdir(parents=True)
    for deep, is_broken in (("good", 0), ("closed", 1), ("gone", 1)):
        (config_dir() / "config.toml").write_text(PROVIDERS.format(server=server, deep=deep))
        code, found = doctor(folder, capsys)
        assert code == is_broken
        assert found["provider good"] == "needs no key, answers with 2 models"
        assert "key refused: check CLOSED_KEY" in found["provider closed"]
        assert "nothing answers at 127.0.0.1:9: is that server started?" in found["provider gone"]
        assert "canary" not in json.dumps(found)
    monkeypatch.delenv("GONE_KEY")
    code, found = doctor(folder, capsys, "--offline")
    assert code == 1 and "export it, or write a line GONE_KEY=…" in found["provider gone"]
    assert "provider good" not in found


@pytest.mark.parametrize("answers", [b"\x1b[?1u\x1b[?2026;2$y\x1b[?62;c", b"\x1b[?1;2c", b""])
def test_a_terminal_is_asked_and_left_as_it_was(answers: bytes, tmp_path: Path) -> None:
    program = (
        "import termios; from spark_tui.cli.terminal_asked import ask_terminal; before = termios.tcgetattr(0);"
        "said = ask_terminal(0, 1); print(said.is_there, said.tells_keys, said.draws_at_once,"
        "termios.tcgetattr(0) == before)"
    )
    with Terminal([sys.executable, "-c", program], environment(tmp_path), tmp_path, blind=True) as terminal:
        while b"\x1b[c" not in terminal.raw:
            terminal.pump(0.01)
        terminal.send(answers.decode())
        terminal.wait_end()
        told = bytes(terminal.raw).decode().split("\x1b[c")[1].split()
    assert told == [str(bool(answers)), str(b"u" in answers), str(b"2026" in answers), "True"]


def test_every_finding_is_one_line_for_people(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doctor", str(folder)]) == 0
    lines = capsys.readouterr().out.strip().split("\n")
    assert all("  " in line and line.isprintable() for line in lines)
    assert not any("BROKEN" in line for line in lines)


def test_broken_settings_are_told_and_fail(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config_dir().mkdir(parents=True)
    (config_dir() / "config.toml").write_text("themee = 'x'\n")
    code, found = doctor(folder, capsys)
    assert code == 1 and "unknown key" in found["settings"]
    assert main(["doctor", str(folder)]) == 1
    assert "BROKEN: " in capsys.readouterr().out


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is closed to root")
def test_a_state_folder_that_can_not_be_written_is_broken(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    state_dir().mkdir(parents=True, mode=0o500)
    code, found = doctor(folder, capsys)
    assert code == 1 and "can't be" in found["state"]


def test_the_doctor_runs_nothing_of_the_folder(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    canary = tmp_path / "canary"
    for name in ("ruff", "pytest", "mypy"):
        planted = folder / ".venv" / "bin" / name
        planted.parent.mkdir(parents=True, exist_ok=True)
        planted.write_text(f"#!/bin/sh\ntouch {canary}\n")
        planted.chmod(0o755)
    code, found = doctor(folder, capsys)
    assert code == 0 and str(folder) in found["checks"]
    assert not canary.exists()


def test_the_help_names_both(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--help"])
    told = capsys.readouterr().out
    assert "\n  doctor " in told and "\n  trust " in told
