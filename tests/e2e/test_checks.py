"""Checks as a person meets them: a badge, the page, the question about trust, tools, and nothing left behind."""

import os
import sys
from pathlib import Path

import pytest

from tests.e2e.places import environment
from tests.e2e.terminal import Terminal

TOOLS = os.path.join(sys.prefix, "bin")
SOURCE = "def total(prices):\n    return sum(prices)\n"
TEST = "from shop import total\n\n\ndef test_total():\n    assert total([1, 2]) == 3\n"

pytestmark = pytest.mark.skipif(not os.path.exists(os.path.join(TOOLS, "ruff")), reason="there is no ruff")


@pytest.mark.parametrize(("columns", "rows"), [(80, 24), (160, 50)])
def test_an_edit_is_checked_by_the_tools_of_a_folder_once_it_is_trusted(
    tmp_path: Path, columns: int, rows: int
) -> None:
    folder, home = tmp_path / "work", tmp_path / "home"
    folder.mkdir()
    (folder / "shop.py").write_text(SOURCE)
    (folder / "test_shop.py").write_text(TEST)
    (folder / "pyproject.toml").write_text("[tool.ruff]\n")
    environ = {**environment(home), "PATH": os.pathsep.join([TOOLS, "/usr/bin", "/bin"])}
    command = [sys.executable, "-m", "spark_tui", str(folder)]
    with Terminal(command, environ, folder, columns, rows) as terminal:
        terminal.wait_for("0 checkpoints")
        terminal.send('replace "sum(prices)" with "sum(pricez)" in @shop.py \r')
        terminal.wait_for("hunk 1 of 1")
        terminal.send("\x1bOS")
        terminal.wait_for("parses")
        terminal.send("t")
        terminal.wait_for("this folder is not trusted")
        assert not list(home.rglob("trust.json"))
        terminal.send("T")
        terminal.wait_for("May programs check edits")
        terminal.send("\x1b")
        terminal.wait_for("this folder is not trusted")
        terminal.send("T")
        terminal.wait_for("May programs check edits")
        terminal.wait_for("Sandbox: ")
        # A key that comes sooner than anybody can read the question is not for it.
        terminal.rest(1.0)
        terminal.send("T")
        terminal.wait_for("ruff: 1 new")
        assert len(list(home.rglob("trust.json"))) == 1
        terminal.send("q")
        terminal.wait_for("shop.py", gone="checks of shop.py")
        terminal.rest(0.5)
        terminal.send("a")
        terminal.wait_for("1 checkpoint")
        assert "pricez" in (folder / "shop.py").read_text(), "what fails may be accepted: it was said"
        terminal.send("\x11")
        assert terminal.wait_end() == 0
    assert [path for path in home.rglob("checks/*") if path.is_dir()] == []
    assert sorted(path.name for path in folder.iterdir()) == ["pyproject.toml", "shop.py", "test_shop.py"]
