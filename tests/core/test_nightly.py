"""The property tests of core once more, with two thousand examples each."""

import os
import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.nightly
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("room", ["text", "diff", "edits", "review"])
def test_properties_hold_for_many_examples(room: str) -> None:
    here = Path(__file__).parent
    run = subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            "-n",
            "0",
            "-m",
            "not nightly",
            "--timeout",
            "3000",
            str(here / room),
        ],
        cwd=here.parents[1],
        env={**os.environ, "HYPOTHESIS_PROFILE": "nightly"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stdout[-4000:] + run.stderr[-2000:]
