"""Bytes nobody changed stay, old rows are what they matched, and no path leads out."""

from hypothesis import assume, given
from hypothesis import strategies as st

from spark_tui.core.edits import RowKind
from spark_tui.core.review import HunkState
from spark_tui.core.review.batch import apply_patch
from spark_tui.core.text import Text, fold
from tests.core.review.review_session import Session, patch_for, true_edits

ENDING = st.sampled_from(["\n", "\r\n"])
LINE = st.sampled_from(["a", "b  ", "\tc", "x\u2013y", "it\u2019s", "", "cafe\u0301", "d\x0be", "f\u2028g"])


@given(st.lists(st.tuples(LINE, ENDING), min_size=1, max_size=12), st.booleans(), st.booleans(), st.data())
def test_untouched_bytes_stay(
    lines: list[tuple[str, str]], bom: bool, final: bool, data: st.DataObject
) -> None:
    rows = [f"{number}{line}" for number, (line, _) in enumerate(lines)]
    source = "".join(row + ending for row, (_, ending) in zip(rows, lines, strict=True))
    source = source if final else source.rstrip("\r\n")
    base = (b"\xef\xbb\xbf" if bom else b"") + source.encode()
    session = Session({"f": Text.decode(base)})
    edits = data.draw(true_edits(rows, "e"))
    hunks = session.feed([patch_for("f", rows, edits, 1)])
    taken = data.draw(st.lists(st.sampled_from(hunks), unique_by=lambda hunk: hunk.id))
    session.accept([hunk.id for hunk in taken])
    after = session.text("f")
    assert after.encode().startswith(b"\xef\xbb\xbf") == bom
    old = Text.decode(base)
    gone = {at for edit in edits for at in range(edit.start, edit.stop)}
    for number, row in enumerate(rows[:-1]):
        if number not in gone:
            (place,) = after.places(row)
            last = place == after.line_count - 1
            assert after.ending(place) == ("" if last else old.ending(number))
    every_last = [edit for edit in edits if edit.stop == len(rows)]
    if not every_last:
        assert after.ends_with_newline == old.ends_with_newline
    for hunk in reversed(hunks):
        session.review.reject([hunk.id])
    while session.undo():
        pass
    assert session.text("f").encode() == base


MANGLE = {
    1: lambda line: line + "  ",
    2: lambda line: "    " + line.strip(),
    3: lambda line: line.replace("\u2013", "-").replace("\u2019", "'"),
}


@given(st.lists(LINE, min_size=2, max_size=10), st.sampled_from(sorted(MANGLE)), st.data())
def test_old_rows_equal_what_they_matched(lines: list[str], level: int, data: st.DataObject) -> None:
    rows = [f"{number}{line}" for number, line in enumerate(lines)]
    at = data.draw(st.integers(0, len(rows) - 2))
    body = [" " + MANGLE[level](rows[at]), "-" + rows[at + 1], "+new"]
    patch = "\n".join(["*** Begin Patch", "*** Update File: f.c", "@@", *body, "*** End Patch", ""])
    session = Session({"f.c": Text.of("\n".join(rows) + "\n")})
    (hunk,) = session.feed([patch])
    assume(hunk.state is HunkState.PROPOSED)
    assert hunk.line == at and hunk.level <= level
    old = [row.text for row in hunk.rows if row.kind is not RowKind.ADD]
    there = session.text("f.c").lines(at, at + 2)
    assert [fold(line, hunk.level) for line in old] == [fold(line, hunk.level) for line in there]
    session.accept([hunk.id])
    assert session.text("f.c").lines() == [*rows[: at + 1], "new", *rows[at + 2 :], ""]


PART = st.sampled_from(["..", ".", "", "a", "b", "\0", "~", "C:", "x" * 300, "\u202e", "\\..", "-"])
PATH = st.lists(PART, max_size=5).map("/".join)


@given(PATH, PATH, st.sampled_from(["Add", "Delete", "Update"]))
def test_no_path_leads_out(path: str, target: str, op: str) -> None:
    body = {"Add": "+x\n", "Delete": "", "Update": f"*** Move to: {target}\n@@\n-x\n+y\n"}[op]
    read: list[str] = []

    def reading(asked: str) -> bytes:
        read.append(asked)
        return b"x\n"

    result = apply_patch(
        [f"*** Begin Patch\n*** {op} File: {path}\n{body}*** End Patch\n"], reading, lambda _: ""
    )
    for touched in [*result.writes, *read]:
        parts = touched.split("/")
        assert touched and not touched.startswith("/") and ".." not in parts and "." not in parts
        assert "\0" not in touched and all(0 < len(part) < 256 for part in parts)
