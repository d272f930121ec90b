"""Every parser says the same for every cutting of its input, and takes any input at all."""

import json
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spark_tui.core.edits import (
    EditEvent,
    EditFault,
    EditParser,
    FileClosed,
    FileOp,
    FileOpened,
    HunkClosed,
    HunkOpened,
    JsonPatchParser,
    Moved,
    OperationParser,
    PatchClosed,
    PatchParser,
    ReplaceJsonParser,
    RowAdded,
    RowKind,
    SearchReplaceParser,
    TailChanged,
    WholeFileParser,
)
from spark_tui.core.edits.cutting import cut

PATCH = """*** Begin Patch
*** Update File: src/a.py
*** Move to: src/b.py
@@ class A:
@@     def m(self):
 keep \t
-old 🎉
+new é\u2028x\x0bz
*** End of File
*** Add File: n.txt
+one

+three
*** Delete File: gone
*** End Patch
"""
SEARCH = """Here:

src/a.py
```python
<<<<<<< SEARCH
old
=======
new
>>>>>>> REPLACE
```
"""
REPLACE = json.dumps(
    {
        "path": "a",
        "edits": [{"old_text": 'x = "\\"\n🎉', "new_text": "y\n"}, {"new_text": "n", "old_text": "o"}],
    }
)
MAKERS: dict[str, tuple[Callable[[], EditParser], str]] = {
    "spark": (PatchParser, PATCH),
    "spark crlf": (PatchParser, PATCH.replace("\n", "\r\n")),
    "codex": (lambda: PatchParser("codex"), PATCH),
    "json": (JsonPatchParser, json.dumps({"note": "x", "input": PATCH})),
    "json raw": (JsonPatchParser, json.dumps({"patch": PATCH}, ensure_ascii=False)),
    "operation": (lambda: OperationParser(FileOp.UPDATE, "a"), "@@ x\n-a\n+b\n\n@@\n+c"),
    "create": (lambda: OperationParser(FileOp.ADD, "a"), "+b\n+\n+c\n"),
    "whole": (lambda: WholeFileParser("a"), "one\r\ntwo\n\nfour"),
    "replace": (ReplaceJsonParser, REPLACE),
    "search": (SearchReplaceParser, SEARCH),
}


def events(parser: EditParser, chunks: list[str]) -> list[EditEvent]:
    """Feed chunks; return all events but ghosts, which do depend on the cutting."""
    out: list[EditEvent] = []
    for chunk in chunks:
        out += parser.push(chunk)
    out += parser.finish()
    return [event for event in out if not isinstance(event, TailChanged)]


@pytest.mark.parametrize("name", MAKERS)
def test_cuts_make_no_difference(name: str) -> None:
    make, text = MAKERS[name]
    whole = events(make(), [text])
    assert len(whole) > 3
    assert events(make(), list(text)) == whole
    for at in range(1, len(text)):
        assert events(make(), [text[:at], text[at:]]) == whole
    for seed in range(20):
        assert events(make(), list(cut(text, f"random:{seed}"))) == whole


BITS = st.sampled_from(
    ["*** Begin Patch", "*** End Patch", "*** Update File: a", "*** Add File: b", "*** Delete File: c", "\n",
     "*** Move to: d", "@@", "@@ ", "@@ x", "*** End of File", " a", "-b", "+c", "\r\n", "\r", "\\", '"', "{", "}", "[",
     "]", ":", ",", "\\u", "d83d", "\\ud83d\\ude00", "\ud83d", "\ude00", "path", "old_text", "new_text", "edits",
     "<<<<<<< SEARCH", "=======", ">>>>>>> REPLACE", "a.py", "\0", "\u2028", "é", "*** Environment ID: x", "<<EOF"]
)  # fmt: skip
NOISE = st.lists(st.one_of(BITS, BITS.map(lambda bit: bit + "\n"), st.text(max_size=3)), max_size=40).map(
    "".join
)


@given(st.sampled_from(sorted(MAKERS)), NOISE, st.lists(st.integers(0, 500), max_size=12))
def test_noise_is_read_the_same_however_it_is_cut(name: str, text: str, cuts: list[int]) -> None:
    make = MAKERS[name][0]
    places = sorted({at % (len(text) + 1) for at in cuts} | {0, len(text)})
    pieces = [text[a:b] for a, b in zip(places, places[1:], strict=False)]
    whole = events(make(), [text])
    assert events(make(), pieces) == whole == events(make(), list(text))
    assert_well_formed(whole)


def assert_well_formed(stream: list[EditEvent]) -> None:
    """Rows only in hunks, hunks only in files."""
    in_file = in_hunk = False
    for event in stream:
        match event:
            case FileOpened():
                assert not in_hunk
                in_file = True
            case FileClosed():
                assert in_file and not in_hunk
                in_file = False
            case HunkOpened():
                assert in_file
                in_hunk = True
            case HunkClosed():
                assert in_hunk
                in_hunk = False
            case RowAdded() | TailChanged():
                assert in_hunk
            case Moved():
                assert in_file and not in_hunk
            case PatchClosed() | EditFault():
                pass


@given(st.lists(st.text('ab \t"\\\n\r\u2028é\U0001f600/', max_size=12), max_size=4), st.booleans())
def test_json_strings_come_out_as_they_went_in(texts: list[str], plain: bool) -> None:
    rows = [line for text in texts for line in text.split("\n")]
    body = "".join(f"+{row}\n" for row in rows)
    patch = f"*** Begin Patch\n*** Add File: f\n{body}*** End Patch\n"
    inside = events(JsonPatchParser(), list(json.dumps({"patch": patch}, ensure_ascii=plain)))
    assert inside == events(PatchParser(), [patch])


def test_the_whole_of_a_patch() -> None:
    assert events(PatchParser(), [PATCH]) == [
        FileOpened(FileOp.UPDATE, "src/a.py"),
        Moved("src/b.py"),
        HunkOpened("class A:"),
        HunkOpened("    def m(self):"),
        RowAdded(RowKind.CONTEXT, "keep \t"),
        RowAdded(RowKind.REMOVE, "old 🎉"),
        RowAdded(RowKind.ADD, "new é\u2028x\x0bz"),
        HunkClosed(at_end=True),
        FileClosed(),
        FileOpened(FileOp.ADD, "n.txt"),
        HunkOpened(""),
        RowAdded(RowKind.ADD, "one"),
        RowAdded(RowKind.ADD, ""),
        RowAdded(RowKind.ADD, "three"),
        HunkClosed(),
        FileClosed(),
        FileOpened(FileOp.DELETE, "gone"),
        FileClosed(),
        PatchClosed(),
    ]


def test_the_last_row_shows_while_it_is_written() -> None:
    parser = PatchParser()
    parser.push("*** Begin Patch\n*** Update File: a\n@@\n")
    assert parser.push("+ab") == [TailChanged(RowKind.ADD, "ab")]
    assert parser.push("c") == [TailChanged(RowKind.ADD, "abc")]
    assert parser.push("\n*") == [RowAdded(RowKind.ADD, "abc")]
    assert parser.push("** E") == []
    assert parser.push("nd Patch") == []
    assert parser.finish() == [HunkClosed(), FileClosed(), PatchClosed()]


def test_a_stream_that_breaks_off_leaves_the_hunk_open() -> None:
    stream = events(PatchParser(), ["*** Begin Patch\n*** Update File: a\n@@\n-x\n+y"])
    assert stream[-2:] == [
        RowAdded(RowKind.ADD, "y"),
        EditFault(5, "The patch ends without '*** End Patch'."),
    ]
    assert not any(isinstance(event, HunkClosed) for event in stream)


TOLERATED = {
    "prose around": ("Sure:\n" + PATCH + "Done.", None),
    "code fence": ("```\n" + PATCH + "```", None),
    "padded markers": (PATCH.replace("*** Begin", "  *** Begin").replace("*** End P", " *** End P"), None),
    "blank lines between": (
        PATCH.replace("*** Add", "\n\n*** Add").replace("*** Delete", "\n*** Delete"),
        None,
    ),
    "blank line after begin": (PATCH.replace("Patch\n***", "Patch\n\n***", 1), None),
    "line numbers as header": (
        PATCH.replace("@@ class A:\n@@     def m(self):", "@@ -1,2 +3,4 @@ def x"),
        HunkOpened(""),
    ),
    "header closed by marks": (PATCH.replace("@@ class A:\n", "@@ class A: @@\n"), HunkOpened("class A:")),
    "no blank after marks": (PATCH.replace("@@ class A:\n", "@@class A:\n"), HunkOpened("class A:")),
}


@pytest.mark.parametrize("name", TOLERATED)
def test_spark_takes_what_is_meant(name: str) -> None:
    text, first = TOLERATED[name]
    plain = events(PatchParser(), [PATCH])
    stream = events(PatchParser(), [text])
    assert not any(isinstance(event, EditFault) for event in stream)
    if first is None:
        assert stream == plain
    else:
        assert [event for event in stream if isinstance(event, HunkOpened)][0] == first


def test_lines_without_a_prefix_are_marked() -> None:
    patch = (
        "*** Begin Patch\n*** Update File: a\n@@\nbare\n-x\n+y\n\\ No newline at end of file\n*** End Patch\n"
    )
    rows = [event for event in events(PatchParser(), [patch]) if isinstance(event, RowAdded)]
    assert rows == [
        RowAdded(RowKind.CONTEXT, "bare", bare=True),
        RowAdded(RowKind.REMOVE, "x"),
        RowAdded(RowKind.ADD, "y"),
    ]


def test_faults_name_the_line_and_the_rest_is_read() -> None:
    patch = "*** Begin Patch\n*** Delete File: a\n-body\n*** Update File: \n*** Update File: b\n@@\n+x\n*** End Patch\n"
    stream = events(PatchParser(), [patch])
    faults = [event for event in stream if isinstance(event, EditFault)]
    assert [fault.line for fault in faults] == [3, 4]
    assert FileOpened(FileOp.UPDATE, "b") in stream
    assert RowAdded(RowKind.ADD, "x") in stream


def test_halves_of_a_character_meet_again() -> None:
    parser = WholeFileParser("a")
    stream = events(parser, ["x\ud83d", "\ude00y\n", "lone \ud83d", " and \ude00\n", "end \ud83d"])
    rows = [event.text for event in stream if isinstance(event, RowAdded)]
    assert rows == ["x\U0001f600y", "lone \ufffd and \ufffd", "end \ufffd"]


def test_a_block_with_two_dividers_can_not_fit() -> None:
    text = SEARCH.replace("new\n", "new\n=======\nnewer\n")
    stream = events(SearchReplaceParser(), [text])
    assert any(isinstance(event, EditFault) for event in stream)
    assert RowAdded(RowKind.CONTEXT, "=======", bare=True) in stream


def test_replacements_that_come_in_any_order_of_keys() -> None:
    one = '{"path": "a", "old_str": "x\\ny", "new_str": "z"}'
    two = '{"new_str": "z", "old_str": "x\\ny", "path": "a"}'
    expected = [
        FileOpened(FileOp.UPDATE, "a"),
        HunkOpened("", replaces=True),
        RowAdded(RowKind.REMOVE, "x"),
        RowAdded(RowKind.REMOVE, "y"),
        RowAdded(RowKind.ADD, "z"),
        HunkClosed(),
        FileClosed(),
        PatchClosed(),
    ]
    assert events(ReplaceJsonParser(), list(one)) == expected
    assert events(ReplaceJsonParser(), list(two)) == expected
    whole = '{"file_path": "n", "content": "a\\n\\nb\\n"}'
    assert [event.text for event in events(ReplaceJsonParser(), list(whole)) if isinstance(event, RowAdded)] == [
        "a", "", "b",
    ]  # fmt: skip


def test_cutting() -> None:
    assert list(cut("abc", "whole")) == ["abc"]
    assert list(cut("abc", "chars")) == ["a", "b", "c"]
    long = "abcdefghij" * 20
    assert "".join(cut(long, "random:7")) == long
    assert list(cut(long, "random:7")) == list(cut(long, "random:7")) != list(cut(long, "random:8"))
    with pytest.raises(ValueError, match="none of"):
        list(cut("abc", "halves"))
