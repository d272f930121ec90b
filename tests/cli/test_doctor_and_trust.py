"""`doctor` says what it finds in one line each and fails for what is broken; `trust` is given and taken by hand."""

import asyncio
import json
import os
from pathlib import Path

import pytest

from spark_tui.adapters.checks import TrustBook
from spark_tui.adapters.places import config_dir, state_dir
from spark_tui.cli import main
from spark_tui.cli.trusting import visible
from spark_tui.core.checks import Trust, configuration_in


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


def doctor(folder: Path, capsys: pytest.CaptureFixture[str]) -> tuple[int, dict[str, str]]:
    code = main(["doctor", str(folder), "--json"])
    found = json.loads(capsys.readouterr().out)["findings"]
    assert code == int(any(one["is_broken"] for one in found))
    return code, {one["name"]: one["sentence"] for one in found}


def test_the_doctor_says_what_it_finds(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-canary")
    code, found = doctor(folder, capsys)
    assert code == 0
    for name in (
        "python",
        "terminal",
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
    assert "is trusted" in doctor(folder, capsys)[1]["trust"]


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
