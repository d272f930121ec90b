"""Where state is kept, who may hold it, and when it is not trusted."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from spark_tui.adapters.places import workspace_id
from spark_tui.adapters.state_folder import StateFolder
from spark_tui.ports import CheckpointFailed, WorkspaceBusy


def test_each_workspace_has_a_private_folder_of_its_own(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
    (tmp_path / "same").symlink_to("one")
    home = tmp_path / "state"
    one = StateFolder.open(home, str(tmp_path / "one"))
    assert StateFolder.open(home, str(tmp_path / "same")).path == one.path
    assert StateFolder.open(home, str(tmp_path / "two")).path != one.path
    assert one.path.name == workspace_id(str(tmp_path / "one")) and len(one.path.name) == 16
    assert stat.S_IMODE(one.path.stat().st_mode) == 0o700
    assert (one.path / "workspace").read_bytes() == os.fsencode(tmp_path / "one") + b"\n"


@pytest.mark.parametrize("umask", [0o000, 0o002, 0o077], ids=oct)
def test_what_it_makes_itself_can_be_trusted_whatever_the_umask(tmp_path: Path, umask: int) -> None:
    (tmp_path / "w").mkdir()
    before = os.umask(umask)
    try:
        folder = StateFolder.open(tmp_path / "new" / "state", str(tmp_path / "w"))
        folder.claim()
        folder.release()
    finally:
        os.umask(before)
    made = [folder.path, *folder.path.rglob("*"), *list(folder.path.parents)[:3]]
    assert [path for path in made if path.stat().st_mode & 0o077] == []


def test_a_folder_that_can_not_be_trusted_is_refused(tmp_path: Path) -> None:
    root = tmp_path / "w"
    root.mkdir()
    with pytest.raises(CheckpointFailed, match="inside the workspace"):
        StateFolder.open(root / ".state", str(root))
    home = tmp_path / "open"
    StateFolder.open(home, str(root)).path.chmod(0o777)
    with pytest.raises(CheckpointFailed, match="written by others"):
        StateFolder.open(home, str(root))
    (tmp_path / "linked").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "elsewhere").mkdir()
    with pytest.raises(CheckpointFailed, match="is a link"):
        StateFolder.open(tmp_path / "linked", str(root))
    (tmp_path / "file").write_text("")
    with pytest.raises(CheckpointFailed, match="can't be used"):
        StateFolder.open(tmp_path / "file", str(root))


_HOLDER = """
import sys
from pathlib import Path
from spark_tui.adapters.state_folder import StateFolder
folder = StateFolder.open(Path(sys.argv[1]), sys.argv[2])
folder.claim()
print("held", flush=True)
sys.stdin.read()
"""


def test_the_second_one_is_told_and_the_place_is_free_after_a_kill(tmp_path: Path) -> None:
    root = tmp_path / "w"
    root.mkdir()
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    with subprocess.Popen(
        [sys.executable, "-c", _HOLDER, str(tmp_path / "state"), str(root)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=environment,
    ) as holder:
        assert holder.stdout is not None and holder.stdout.readline() == b"held\n"
        folder = StateFolder.open(tmp_path / "state", str(root))
        with pytest.raises(WorkspaceBusy, match=f"process {holder.pid}"):
            folder.claim()
        holder.kill()
        holder.wait()
    folder.claim()
    folder.claim()
    with pytest.raises(WorkspaceBusy):
        StateFolder.open(tmp_path / "state", str(root)).claim()
    folder.release()
    StateFolder.open(tmp_path / "state", str(root)).claim()


def test_a_claim_holds_when_the_folder_is_renamed(tmp_path: Path) -> None:
    home = tmp_path / "state"
    (tmp_path / "repo" / "sub").mkdir(parents=True)
    first = StateFolder.open(home, str(tmp_path / "repo"))
    first.claim()
    (tmp_path / "repo").rename(tmp_path / "moved")
    (tmp_path / "repo").mkdir()
    for name in ("moved", "moved/sub"):
        with pytest.raises(WorkspaceBusy, match=f"process {os.getpid()}.* had another name"):
            StateFolder.open(home, str(tmp_path / name)).claim()
    first.release()
    StateFolder.open(home, str(tmp_path / "moved")).claim()


def test_a_claim_holds_against_folders_around_and_inside(tmp_path: Path) -> None:
    """I20: two instances whose folders have files in common cannot interleave."""
    home = tmp_path / "state"
    for name in ("repo/sub/deep", "repo/other", "repo-two", "free"):
        (tmp_path / name).mkdir(parents=True)

    def folder(name: str) -> StateFolder:
        return StateFolder.open(home, str(tmp_path / name))

    first = folder("repo/sub")
    first.claim()
    with pytest.raises(WorkspaceBusy, match=f'process {os.getpid()}.* in "sub"'):
        folder("repo").claim()
    with pytest.raises(WorkspaceBusy, match="around this one"):
        folder("repo/sub/deep").claim()
    for name in ("repo/other", "repo-two", "free"):
        beside = folder(name)
        beside.claim()
        beside.release()
    first.release()
    whole = folder("repo")
    whole.claim()
    with pytest.raises(WorkspaceBusy, match="around this one"):
        folder("repo/sub").claim()
    whole.release()
    first.claim()


@pytest.mark.parametrize("name", ["workspace", "lock"])
@pytest.mark.parametrize(
    "data", [b"", b"\0\xff" * 99, b"[" * 50_000, b'{"folder": [1], "pid": {}}', b"x" * 200_000, None]
)
def test_whatever_others_left_in_their_folders_a_claim_goes_on(
    tmp_path: Path, name: str, data: bytes | None
) -> None:
    for each in ("one", "two"):
        (tmp_path / each).mkdir()
    other = StateFolder.open(tmp_path / "state", str(tmp_path / "one")).path / name
    other.unlink(missing_ok=True)
    if data is None:
        os.mkfifo(other)
    else:
        other.write_bytes(data)
    mine = StateFolder.open(tmp_path / "state", str(tmp_path / "two"))
    mine.claim()
    mine.release()
    if name == "workspace":
        assert StateFolder.open(tmp_path / "state", str(tmp_path / "one")).path == other.parent
        assert other.read_bytes() == os.fsencode(tmp_path / "one") + b"\n"
