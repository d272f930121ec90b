"""What is told beside the output does nothing to the terminal, whoever wrote its words."""

import subprocess
import sys
from pathlib import Path

import pytest

from spark_tui.cli.main import main
from spark_tui.cli.saying import fail, say

HOSTILE = "no\x1b]0;owned\x07 \x9b31msuch\u202e"


def test_every_line_is_inert_and_stays_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    say(f"one {HOSTILE}\ntwo")
    assert fail(ValueError("three"), 2) == 2
    said = capsys.readouterr().err
    assert said.split("\n") == ["spark-tui: one no␛]0;owned␇ \ufffd31msuch¿", "two", "spark-tui: three", ""]


@pytest.mark.parametrize(
    "arguments",
    [
        [f"gone/{HOSTILE}"],
        ["ask", "-C", HOSTILE, "hi"],
        ["apply", "-C", HOSTILE],
        ["apply", HOSTILE],
        ["context", "hi", "-C", HOSTILE],
        ["history", "-C", HOSTILE],
        ["doctor", HOSTILE],
        ["replay", HOSTILE],
        ["serve", "--faults", HOSTILE],
        ["serve", "--manner", HOSTILE],
    ],
    ids=lambda words: words[0] if len(words) > 1 else "open",
)
def test_what_was_asked_for_is_repeated_inert(
    arguments: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(arguments) in (1, 2)
    said = capsys.readouterr()
    assert "such" in said.err and said.out == ""
    assert not any(char in said.err for char in "\x1b\x07\x9b\u202e")


def test_a_prompt_in_no_encoding_is_a_prompt(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "spark_tui", "context", "-"],
        env={"HOME": str(tmp_path), "PATH": "/usr/bin:/bin", "PYTHONPATH": str(Path(__file__).parents[2])},
        input=b"what is \xff\xfe?", cwd=tmp_path, capture_output=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr


def test_a_folder_of_every_command_may_be_below_home(tmp_path: Path) -> None:
    (tmp_path / "work").mkdir()
    for command in (["history", "-C", "~/work"], ["context", "hi", "-C", "~/work"]):
        done = subprocess.run(
            [sys.executable, "-m", "spark_tui", *command],
            env={"HOME": str(tmp_path), "PATH": "/usr/bin:/bin", "PYTHONPATH": str(Path(__file__).parents[2])},
            capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
