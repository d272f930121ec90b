"""`spark-tui apply` as a process: exit codes, bytes, and what it says about each hunk."""

import base64
import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.places import COMMAND, environment

PATCH = """\
*** Begin Patch
*** Update File: a.txt
@@
 one
-two
+TWO
*** End Patch
"""
CASES = json.loads((Path(__file__).parent.parent / "data" / "apply_patch_cases.json").read_text())["cases"]


def _apply(folder: Path, home: Path, patch: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*COMMAND, "apply", "-C", str(folder), *arguments],
        input=patch,
        capture_output=True,
        text=True,
        timeout=60,
        env=environment(home),
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "work"
    place.mkdir()
    (place / "a.txt").write_bytes(b"one\r\ntwo\r\nthree")
    (place / "a.txt").chmod(0o754)
    return place


@pytest.mark.parametrize("chunks", ["whole", "chars", "random:7"])
def test_applies_outside_git_and_keeps_bytes_and_mode(folder: Path, tmp_path: Path, chunks: str) -> None:
    done = _apply(folder, tmp_path, PATCH, "--chunks", chunks, "--json")
    assert done.returncode == 0, done.stderr
    assert (folder / "a.txt").read_bytes() == b"one\r\nTWO\r\nthree"
    assert (folder / "a.txt").stat().st_mode & 0o777 == 0o754
    told = json.loads(done.stdout)
    assert told["applied"] == 1 and told["left_out"] == []
    (hunk,) = told["files"][0]["hunks"]
    assert hunk == {
        "state": "applied", "level": 0, "candidates": 1, "base_start": 0, "base_len": 2,
        "added": 1, "removed": 1, "reason": "",
    }  # fmt: skip


def test_what_is_ambiguous_is_left_out_and_named(folder: Path, tmp_path: Path) -> None:
    (folder / "a.txt").write_text("x\ny\nx\ny\n")
    patch = "*** Begin Patch\n*** Update File: a.txt\n@@\n-x\n+z\n*** End Patch\n"
    done = _apply(folder, tmp_path, patch)
    assert done.returncode == 3 and "a.txt" in done.stderr
    assert (folder / "a.txt").read_text() == "x\ny\nx\ny\n"
    assert _apply(folder, tmp_path, patch, "--decide", "all").returncode == 0
    assert (folder / "a.txt").read_text() == "z\ny\nx\ny\n"


def test_usage_and_broken_patches_have_codes_of_their_own(folder: Path, tmp_path: Path) -> None:
    before = (folder / "a.txt").read_bytes()
    assert _apply(folder, tmp_path, PATCH, "--chunks", "some").returncode == 2
    assert _apply(folder / "gone", tmp_path, PATCH).returncode == 2
    assert _apply(folder, tmp_path, "", str(folder / "no.patch")).returncode == 2
    broken = _apply(folder, tmp_path, "hello")
    assert broken.returncode == 1 and "Traceback" not in broken.stderr
    assert _apply(folder, tmp_path, PATCH, "--decide", "none").returncode == 3
    assert (folder / "a.txt").read_bytes() == before


def test_hostile_paths_change_nothing_outside(folder: Path, tmp_path: Path) -> None:
    (folder / "link").symlink_to(tmp_path)
    patch = (
        "*** Begin Patch\n*** Add File: ../out\n+x\n*** Add File: link/out\n+x\n*** Add File: /tmp/out-of-here\n+x\n"
        "*** Add File: .git/hooks/pre-commit\n+x\n*** End Patch\n"
    )
    for profile in ("spark", "codex"):
        done = _apply(folder, tmp_path, patch, "--profile", profile)
        assert done.returncode in (1, 3)
        assert not (tmp_path / "out").exists() and not (folder / ".git").exists()


@pytest.mark.parametrize("case", CASES[::9], ids=[case["name"] for case in CASES[::9]])
def test_the_codex_profile_agrees_with_the_reference_tool(case: dict[str, Any], tmp_path: Path) -> None:
    """A sample through the whole program; every case runs against the pipeline itself elsewhere."""
    place = tmp_path / "work"
    place.mkdir()
    for path, data in case["input"].items():
        (place / path).parent.mkdir(parents=True, exist_ok=True)
        (place / path).write_bytes(base64.b64decode(data))
    done = _apply(place, tmp_path, case["patch"], "--profile", "codex")
    assert (done.returncode == 0) == (case["rc"] == 0), done.stderr
    found = {str(path.relative_to(place)): path.read_bytes() for path in place.rglob("*") if path.is_file()}
    assert found == {path: base64.b64decode(data) for path, data in case["output"].items()}
