"""The private copy holds what the folder holds, leads nowhere, follows nothing, and never touches the folder."""

import os
import stat
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spark_tui.adapters.checks import overlay as module
from spark_tui.adapters.checks.overlay import Cancelled, Overlay, remove_tree
from spark_tui.ports import CheckTrouble


def content(folder: Path) -> dict[str, bytes | str]:
    found: dict[str, bytes | str] = {}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_symlink():
            found[name] = os.readlink(path)
        elif path.is_file():
            found[name] = path.read_bytes()
    return found


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "root"
    (folder / "pkg" / "deep").mkdir(parents=True)
    (folder / "a.py").write_bytes(b"a = 1\r\n")
    (folder / "pkg" / "b.py").write_bytes(b"b = 1\n")
    (folder / "pkg" / "deep" / "run.sh").write_bytes(b"#!/bin/sh\n")
    (folder / "pkg" / "deep" / "run.sh").chmod(0o755)
    return folder


def copy_of(root: Path, **options: bool) -> Overlay:
    return Overlay(str(root), str(root.parent / "copy"), links_libraries=options.get("links", False))


PATHS = ["a.py", "pkg/b.py", "pkg/deep/run.sh"]


def test_it_holds_what_is_there_and_what_an_edit_makes_of_it(root: Path) -> None:
    before = content(root)
    overlay = copy_of(root)
    overlay.lay(PATHS, {"a.py": b"a = 2\n", "new/c.py": b"c", "pkg/b.py": None})
    tree = Path(overlay.tree)
    assert content(tree) == {"a.py": b"a = 2\n", "new/c.py": b"c", "pkg/deep/run.sh": b"#!/bin/sh\n"}
    assert (tree / "pkg/deep/run.sh").stat().st_mode & stat.S_IXUSR
    overlay.lay(PATHS, {})
    assert content(tree) == before == content(root)


def test_the_copy_shares_no_file_with_the_folder(root: Path) -> None:
    overlay = copy_of(root)
    overlay.lay(PATHS, {})
    for path in PATHS:
        assert not os.path.samefile(root / path, Path(overlay.tree) / path)
        with open(Path(overlay.tree) / path, "ab") as file:
            file.write(b"spoiled")
    assert (root / "a.py").read_bytes() == b"a = 1\r\n"
    overlay.lay(PATHS, {})
    assert content(Path(overlay.tree)) == content(root), "what a program spoiled is copied anew"


def test_only_what_differs_is_written_again(root: Path) -> None:
    overlay = copy_of(root)
    overlay.lay(PATHS, {})
    stamps = {path: (Path(overlay.tree) / path).stat().st_ino for path in PATHS}
    (root / "a.py").write_bytes(b"a = 3\n")
    overlay.lay(PATHS, {})
    assert (Path(overlay.tree) / "a.py").read_bytes() == b"a = 3\n"
    assert (Path(overlay.tree) / "pkg/b.py").stat().st_ino == stamps["pkg/b.py"]


def test_every_round_of_writing_has_a_later_time(root: Path) -> None:
    overlay = copy_of(root)
    times = []
    for data in (b"x = 1\n", b"x = 2\n", b"x = 3\n"):
        overlay.lay(PATHS, {"a.py": data})
        times.append(int((Path(overlay.tree) / "a.py").stat().st_mtime))
    assert times == sorted(set(times)), "caches tell files apart by seconds and size"


@pytest.mark.parametrize(
    "path", ["../out", "/abs", ".git/hooks/pre-commit", "pkg/../../out", "a\0b", "x/.GIT/y", ""]
)
def test_hostile_names_are_left_out(root: Path, path: str) -> None:
    overlay = copy_of(root)
    overlay.lay([*PATHS, path], {path: b"planted"})
    assert set(content(Path(overlay.tree))) == set(PATHS)
    assert sorted(entry.name for entry in root.parent.iterdir()) == ["copy", "root"]


@pytest.mark.parametrize(
    ("goal", "stays"),
    [("b.py", True), ("../a.py", True), ("deep/run.sh", True), ("../../out", False), ("/etc/passwd", False),
     ("deep/../../../out", False), ("../pkg/../../out", False), ("", False)],
)  # fmt: skip
def test_links_stay_only_if_they_can_not_lead_out(root: Path, goal: str, stays: bool) -> None:
    if goal:
        (root / "pkg" / "link").symlink_to(goal)
    overlay = copy_of(root)
    overlay.lay([*PATHS, "pkg/link"], {})
    assert (Path(overlay.tree) / "pkg" / "link").is_symlink() == stays


def test_a_folder_that_becomes_a_link_is_not_followed(root: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "b.py").write_bytes(b"secret")
    overlay = copy_of(root)
    overlay.lay(PATHS, {})
    (root / "pkg" / "b.py").unlink()
    remove_tree(str(root / "pkg"))
    (root / "pkg").symlink_to(outside)
    overlay.lay(PATHS, {})
    assert content(Path(overlay.tree)) == {"a.py": b"a = 1\r\n"}


def test_links_planted_in_the_copy_are_not_followed(root: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "b.py").write_bytes(b"mine")
    overlay = copy_of(root)
    overlay.lay(PATHS, {})
    tree = Path(overlay.tree)
    remove_tree(str(tree / "pkg"))
    (tree / "pkg").symlink_to(outside)
    (tree / "a.py").unlink()
    (tree / "a.py").symlink_to(outside / "a.py")
    overlay.lay(PATHS, {"a.py": b"a = 2\n", "pkg/new.py": b"new"})
    assert content(outside) == {"b.py": b"mine"}
    assert (tree / "a.py").read_bytes() == b"a = 2\n" and not (tree / "a.py").is_symlink()


def test_special_files_are_left_out(root: Path) -> None:
    os.mkfifo(root / "pipe")
    overlay = copy_of(root)
    overlay.lay([*PATHS, "pipe"], {})
    assert set(content(Path(overlay.tree))) == set(PATHS)


def test_folders_of_libraries_are_linked_only_where_programs_are_shut_in(root: Path) -> None:
    (root / "node_modules" / "lib").mkdir(parents=True)
    (root / "pkg" / "node_modules").mkdir()
    open_copy = copy_of(root)
    open_copy.lay(PATHS, {})
    assert not (Path(open_copy.tree) / "node_modules").exists() and open_copy.libraries == ()
    remove_tree(open_copy.tree)
    shut = copy_of(root, links=True)
    shut.lay(PATHS, {})
    assert os.readlink(Path(shut.tree) / "node_modules") == str(root / "node_modules")
    assert sorted(shut.libraries) == [str(root / "node_modules"), str(root / "pkg" / "node_modules")]


def test_a_folder_that_is_too_large_is_refused(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_FILES", 2)
    with pytest.raises(CheckTrouble, match="too many files"):
        copy_of(root).lay(PATHS, {})
    monkeypatch.setattr(module, "MAX_FILES", 100)
    monkeypatch.setattr(module, "MAX_BYTES", 5)
    with pytest.raises(CheckTrouble, match="too large"):
        copy_of(root).lay(PATHS, {})


def test_it_stops_when_nobody_wants_it(root: Path) -> None:
    overlay = copy_of(root)
    overlay.cancelled.set()
    with pytest.raises(Cancelled):
        overlay.lay(PATHS, {})


def test_removing_takes_links_not_what_they_lead_to(root: Path) -> None:
    tree = root.parent / "gone"
    (tree / "shut").mkdir(parents=True)
    (tree / "shut" / "x").write_bytes(b"x")
    (tree / "link").symlink_to(root)
    (tree / "shut").chmod(0)
    remove_tree(str(tree))
    assert not tree.exists() and set(content(root)) == set(PATHS)


NAMES = st.sampled_from(["a.py", "b/c.py", "b/d/e.py", "b", "f"])


@settings(max_examples=60)
@given(
    rounds=st.lists(
        st.dictionaries(NAMES, st.one_of(st.none(), st.binary(max_size=3)), max_size=4), max_size=6
    )
)
def test_whatever_comes_the_copy_is_the_last_that_was_asked_for(
    rounds: list[dict[str, bytes | None]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    place = tmp_path_factory.mktemp("overlay")
    (place / "root").mkdir()
    (place / "root" / "f").write_bytes(b"on disk")
    overlay = Overlay(str(place / "root"), str(place / "copy"), links_libraries=False)
    for changed in rounds:
        # A file and a folder can't have one name at one time.
        asked = {
            path: data
            for path, data in changed.items()
            if path != "b" or not any("b/" in name for name in changed)
        }
        overlay.lay(["f"], asked)
        wanted = {path: data for path, data in {"f": b"on disk", **asked}.items() if data is not None}
        assert content(place / "copy") == wanted


def deep_folder(top: Path, depth: int) -> str:
    """Make folders in folders, and a file and a link at the bottom, however long its name gets; return the name."""
    here = os.open(top, os.O_RDONLY)
    for _ in range(depth):
        os.mkdir("d", dir_fd=here)
        below = os.open("d", os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = below
    os.close(os.open("file", os.O_CREAT, dir_fd=here))
    os.symlink("/etc", "link", dir_fd=here)
    os.close(here)
    return "d/" * depth + "file"


def test_folders_may_be_as_deep_as_they_like(root: Path) -> None:
    path = deep_folder(root, 1050)
    overlay = copy_of(root)
    overlay.lay([path], {})
    assert os.listdir(overlay.tree) == ["d"]
    remove_tree(overlay.tree)
    assert not os.path.exists(overlay.tree)
    remove_tree(str(root / "d"))
    assert not (root / "d").exists()


def test_what_a_program_left_behind_goes_however_deep_and_closed_it_is(tmp_path: Path) -> None:
    top = tmp_path / "left"
    top.mkdir()
    deep_folder(top, 1050)
    (top / "closed" / "inner").mkdir(parents=True)
    (top / "closed" / "inner" / "file").write_text("")
    (top / "closed" / "inner").chmod(0)
    (top / "closed").chmod(0)
    remove_tree(str(top))
    assert not top.exists() and os.path.exists("/etc")
