"""Code kept from one start to the next: used while it is that of its source, and never in the way of a start."""

import importlib
import marshal
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from spark_tui.cli.kept_code import KeptCode, places

_PROGRAM = """
import sys
from spark_tui.cli.kept_code import KeptCode
if not sys.flags.safe_path:
    sys.path[0] = sys.argv[2]
kept = KeptCode(lambda: [sys.argv[1] + "/none", sys.argv[1]] if len(sys.argv) > 3 else [sys.argv[1]])
kept.use()
import sample.part
found = [sample, sample.part]
if len(sys.argv) > 3:
    import beside
    found.append(beside)
kept.keep()
for module in found:
    print(module.WORD, module.__name__, module.__file__, getattr(module, "__path__", None))
    print(type(module.__spec__.loader).__name__, file=sys.stderr)
"""


class Start:
    """Starts a program that imports a package, with code kept in a folder."""

    def __init__(self, folder: Path) -> None:
        self.kept, self.library, self.here = folder / "kept", folder / "library", folder / "here"
        for each in (self.kept, self.library / "sample", self.here):
            each.mkdir(parents=True)
        self.write("one", "two")

    @property
    def file(self) -> Path:
        """What is kept."""
        (file,) = self.kept.iterdir()
        return file

    def write(self, package: str, part: str) -> None:
        """Write the package."""
        (self.library / "sample" / "__init__.py").write_text(f"WORD = {package!r}\n")
        (self.library / "sample" / "part.py").write_text(f"WORD = {part!r}\n")

    def run(self, *more: str, options: Sequence[str] = ()) -> tuple[list[str], list[str]]:
        """Return the words of the modules, and how each was loaded."""
        package = Path(__file__).parent.parent.parent
        environ = {**os.environ, "PYTHONPATH": f"{package}{os.pathsep}{self.library}"}
        environ.pop("PYTHONDONTWRITEBYTECODE", None)
        done = subprocess.run(
            [sys.executable, *options, "-c", _PROGRAM, str(self.kept), str(self.here), *more],
            env=environ, capture_output=True, text=True, timeout=60, check=True,
        )  # fmt: skip
        lines = done.stdout.splitlines()
        place = self.library / "sample"
        assert lines[0].split(" ", 1)[1] == f"sample {place / '__init__.py'} [{str(place)!r}]"
        assert lines[1].split(" ", 1)[1] == f"sample.part {place / 'part.py'} None"
        return [line.split(" ")[0] for line in lines], done.stderr.split()


@pytest.fixture
def start(tmp_path: Path) -> Start:
    return Start(tmp_path)


def test_the_second_start_takes_what_the_first_kept(start: Start) -> None:
    assert start.run() == (["one", "two"], ["_Remembered", "_Remembered"])
    written = start.file.stat().st_mtime_ns
    assert start.run() == (["one", "two"], ["_Kept", "_Kept"])
    assert start.file.stat().st_mtime_ns == written


def test_what_was_changed_is_loaded_and_kept_anew(start: Start) -> None:
    start.run()
    start.write("one", "three")
    # The package was written too, at another time.
    assert start.run() == (["one", "three"], ["_Remembered", "_Remembered"])
    assert start.run() == (["one", "three"], ["_Kept", "_Kept"])


def test_nothing_is_needed(start: Start) -> None:
    start.run()
    for content in (b"", b"\xff" * 40, start.file.read_bytes()[:-20]):
        start.file.write_bytes(content)
        assert start.run()[0] == ["one", "two"]


def test_what_others_may_change_is_not_taken(start: Start) -> None:
    start.run()
    start.file.chmod(0o666)
    assert start.run()[1] == ["_Remembered", "_Remembered"]


def test_processes_of_the_program_take_what_it_kept(start: Start) -> None:
    start.run()
    assert start.run(options=["-P"]) == (["one", "two"], ["_Kept", "_Kept"])


def test_modules_beside_the_start_are_not_kept(start: Start) -> None:
    (start.here / "beside.py").write_text("WORD = 'here'\n")
    assert start.run("all") == (["one", "two", "here"], ["_Remembered", "_Remembered", "SourceFileLoader"])
    assert start.run("all") == (["one", "two", "here"], ["_Kept", "_Kept", "SourceFileLoader"])


def test_a_file_for_others_to_change_is_not_even_taken_apart(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def taken_apart(data: bytes) -> object:
        raise AssertionError(data)

    monkeypatch.setattr(marshal, "loads", taken_apart)
    place = tmp_path / f"start.{sys.implementation.cache_tag}.code"
    before = list(sys.meta_path)

    def for_all(path: Path) -> None:
        path.touch()
        path.chmod(0o666)

    for make in (os.mkfifo, os.mkdir, for_all):
        make(place)
        KeptCode(lambda: [str(tmp_path)]).use()
        place.rmdir() if place.is_dir() else place.unlink()
    sys.meta_path[:] = before


def test_code_without_a_source_is_no_code(tmp_path: Path) -> None:
    kept = KeptCode(lambda: [str(tmp_path)])
    planted = compile("WORD = 'planted'", "planted.py", "exec")
    kept.remember("planted", (str(tmp_path / "planted.py"), None, False, 0, 0), planted)
    kept.keep()
    before = list(sys.meta_path)
    try:
        KeptCode(lambda: [str(tmp_path)]).use()
        with pytest.raises(ModuleNotFoundError):
            importlib.import_module("planted")
    finally:
        sys.meta_path[:] = before


@pytest.mark.parametrize(
    ("started", "is_used"), [("work", False), ("home", True), ("", True), ("work/inner", True)]
)
def test_nothing_is_taken_from_the_folder_of_the_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, started: str, is_used: bool
) -> None:
    """A folder may come from a stranger, and bring what looks like ours."""
    for name in ("work/inner", "home"):
        (tmp_path / name).mkdir(parents=True)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("SPARK_TUI_HOME", str(tmp_path / ("home" if started == "home" else "work")))
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    monkeypatch.chdir(tmp_path / started)
    assert bool(list(places())) is is_used
