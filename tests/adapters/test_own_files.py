"""Small files of the program's own: whatever lies in their place, and whatever the umask is."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from spark_tui.adapters.own_files import make_private, read_json, read_small, replace_small


@pytest.fixture(params=[0o000, 0o002, 0o022, 0o077], ids=oct)
def umask(request: pytest.FixtureRequest) -> Iterator[None]:
    before = os.umask(request.param)
    yield
    os.umask(before)


@pytest.mark.usefixtures("umask")
def test_folders_and_files_are_their_owners_alone_whatever_the_umask(tmp_path: Path) -> None:
    folder = tmp_path / "a" / "b" / "c"
    make_private(folder)
    make_private(folder)
    replace_small(folder / "file", b"1")
    replace_small(folder / "file", b"2")
    assert (folder / "file").read_bytes() == b"2" and os.listdir(folder) == ["file"]
    assert {stat.S_IMODE(path.stat().st_mode) for path in (folder, folder.parent, folder.parent.parent)} == {
        0o700
    }
    assert stat.S_IMODE((folder / "file").stat().st_mode) == 0o600


def test_a_folder_can_not_be_made_below_a_file(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OSError):
        make_private(tmp_path / "file" / "below")


def test_a_link_in_the_place_of_a_file_is_replaced_and_not_followed(tmp_path: Path) -> None:
    (tmp_path / "theirs").write_text("theirs")
    (tmp_path / "ours").symlink_to("theirs")
    replace_small(tmp_path / "ours", b"ours")
    assert (tmp_path / "theirs").read_text() == "theirs" and (tmp_path / "ours").read_text() == "ours"


def test_what_can_not_be_replaced_leaves_nothing_beside_it(tmp_path: Path) -> None:
    (tmp_path / "taken" / "by").mkdir(parents=True)
    with pytest.raises(OSError):
        replace_small(tmp_path / "taken", b"x")
    assert os.listdir(tmp_path) == ["taken"]


@pytest.mark.parametrize("kind", ["pipe", "device", "folder", "large", "missing"])
def test_what_is_no_small_file_is_refused_at_once(tmp_path: Path, kind: str) -> None:
    place = tmp_path / "place"
    match kind:
        case "pipe":
            os.mkfifo(place)
        case "device":
            place.symlink_to("/dev/zero")
        case "folder":
            place.mkdir()
        case "large":
            place.write_bytes(b"[" + b"1," * 100 + b"1]")
    with pytest.raises(OSError):
        read_small(place, 100)
    assert read_json(place, 100) is None


@pytest.mark.parametrize(
    "data", [b"", b"\0", b"\xff\xfe", b'{"a": ', b"[" * 100_000, b"1" * 5000, b'"\\ud800'], ids=repr
)
def test_what_is_no_json_is_nothing(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "file").write_bytes(data)
    assert read_json(tmp_path / "file", 1 << 20) is None
