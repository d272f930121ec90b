"""Taking edits back, one file at a time: nothing that other hands wrote goes away unnamed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spark_tui.core.checkpoint import FileWrite
from spark_tui.core.restore import Fate, blocked, chosen, merged_bytes, take_back, turned

LINES = st.lists(st.sampled_from([b"a", b"b", b"c", b"d\r", b"", b"\xff"]), max_size=7)
CONTENT = st.one_of(
    st.none(),
    LINES.map(b"\n".join),
    LINES.map(lambda lines: b"".join(line + b"\n" for line in lines)),
    st.binary(max_size=6),
)


def one(now: bytes | None, before: bytes | None, after: bytes | None) -> tuple[Fate, bytes | None]:
    file = take_back("a", now, [FileWrite("a", before, after)])
    return file.fate, file.then


@pytest.mark.parametrize(
    ("now", "before", "after", "fate", "then"),
    [
        (b"new", b"old", b"new", Fate.BACK, b"old"),
        (b"old", b"old", b"new", Fate.SAME, b"old"),
        (None, None, b"new", Fate.SAME, None),
        (None, b"old", b"new", Fate.CONFLICT, b"old"),
        (b"new", None, b"new", Fate.BACK, None),
        (b"other", None, b"new", Fate.KEPT, b"other"),
        (None, b"old", None, Fate.BACK, b"old"),
        (b"other", b"old", None, Fate.CONFLICT, b"old"),
        (b"x\nb\n9\n", b"1\nb\nc\n", b"1\nb\n9\n", Fate.MERGED, b"x\nb\nc\n"),
        (b"1\nb\n7\n", b"1\nb\nc\n", b"1\nb\n9\n", Fate.CONFLICT, b"1\nb\nc\n"),
        (b"x\0y", b"old\0", b"new\0", Fate.CONFLICT, b"old\0"),
    ],
)
def test_what_is_on_disk_decides(
    now: bytes | None, before: bytes | None, after: bytes | None, fate: Fate, then: bytes | None
) -> None:
    assert one(now, before, after) == (fate, then)


def test_changes_between_two_of_our_edits_stay() -> None:
    older, newer = FileWrite("a", b"1\n2\n3\n", b"1\n2\nx\n"), FileWrite("a", b"p\n2\nx\n", b"p\ny\nx\n")
    file = take_back("a", b"p\ny\nx\n", [newer, older])
    assert (file.fate, file.then) == (Fate.MERGED, b"p\n2\n3\n")
    assert not file.is_ticked and file.can_tick


def test_a_merge_never_joins_two_lines_into_one() -> None:
    assert merged_bytes(b"a\nb\n", b"a", b"a\nb\nc\n") is None


def test_only_what_nobody_changed_goes_along_unnamed() -> None:
    files = [
        take_back("back", b"new", [FileWrite("back", b"old", b"new")]),
        take_back("clash", b"mine", [FileWrite("clash", b"old", b"new")]),
        take_back("kept", b"mine", [FileWrite("kept", None, b"new")]),
        take_back("same", b"old", [FileWrite("same", b"old", b"new")]),
        blocked("link", "is a link"),
    ]
    assert [file.path for file in chosen(files)] == ["back"]
    assert [file.path for file in chosen(files, [file.path for file in files])] == ["back", "clash"]
    assert files[1].write() == FileWrite("clash", b"mine", b"old")
    assert files[1].counts() == (1, 1)


@given(st.lists(CONTENT, min_size=2, max_size=6))
def test_a_chain_of_edits_goes_back_and_forth_to_the_very_bytes(states: list[bytes | None]) -> None:
    """I10: undo of any landing, then redo, gives the same bytes."""
    chain = [FileWrite("a", old, new) for old, new in zip(states, states[1:], strict=False)]
    back = take_back("a", states[-1], chain[::-1])
    assert back.then == states[0]
    assert back.fate in (Fate.BACK, Fate.SAME)
    again = take_back("a", states[0], turned(chain))
    assert again.then == states[-1]


@given(CONTENT, CONTENT, CONTENT)
def test_other_bytes_are_kept_or_named_never_lost(
    now: bytes | None, before: bytes | None, after: bytes | None
) -> None:
    """I13: a file that we did not write as it is now is not deleted, and not replaced unnamed."""
    file = take_back("a", now, [FileWrite("a", before, after)])
    if file.is_ticked:
        assert now == after
    if now not in (before, after) and now is not None:
        assert file.then is not None
        assert file.fate in (Fate.MERGED, Fate.CONFLICT, Fate.KEPT, Fate.SAME)
    write = file.write()
    assert write is None or (write.before, write.after) == (now, file.then)


@given(LINES, LINES, LINES)
def test_a_merge_has_the_lines_of_both(base: list[bytes], ours: list[bytes], theirs: list[bytes]) -> None:
    one, two, three = (b"".join(line + b"\n" for line in lines) for lines in (base, ours, theirs))
    joined = merged_bytes(one, two, three)
    if joined is not None:
        known = {*base, *ours, *theirs}
        assert set(joined.split(b"\n")[:-1]) <= known
        added = [line for line in ours if line not in base]
        assert all(line in joined.split(b"\n") for line in added)
