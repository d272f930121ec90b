"""Text keeps every byte, and changes do exactly what they say."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spark_tui.core.text import Change, ChangeSet, Position, Span, Text, WrongRevision

ALPHABET = st.sampled_from("ab \t\n\r\x0b\x0c\x1c\x85\u2028é\U0001f600")
SOURCES = st.text(st.one_of(ALPHABET, st.sampled_from("\n\r")), max_size=30)


@st.composite
def changes_of(draw: st.DrawFn, text: Text) -> ChangeSet:
    places = sorted(
        draw(
            st.lists(
                st.integers(0, text.line_count - 1).flatmap(
                    lambda line: st.builds(Position, st.just(line), st.integers(0, len(text.line(line))))
                ),
                max_size=6,
            )
        )
    )
    spans = [Span(a, b) for a, b in zip(places[::2], places[1::2], strict=False)]
    return ChangeSet(text.revision, tuple(Change(span, draw(SOURCES)) for span in spans), text.lone_cr)


def spliced(text: Text, changes: ChangeSet) -> str:
    """The same by strings."""
    out, here = "", Position(0, 0)
    for change in changes.changes:
        out += text.slice(Span(here, change.span.start)) + change.text
        here = change.span.end
    return out + text.slice(Span(here, text.end))


@given(st.binary(max_size=60))
def test_any_bytes_come_back(data: bytes) -> None:
    assert Text.decode(data).encode() == data


@given(SOURCES)
def test_lines_and_endings_are_the_source(source: str) -> None:
    text = Text.decode(source.encode())
    joined = "".join(text.line(i) + text.ending(i) for i in range(text.line_count))
    assert joined == source == text.slice(text.full_span())
    assert [text.ending(i) == "" for i in range(text.line_count)] == [False] * (text.line_count - 1) + [True]
    assert text.lines() == [text.line(i) for i in range(text.line_count)]


@given(st.data(), SOURCES)
def test_apply_and_invert(data: st.DataObject, source: str) -> None:
    text = Text.decode(source.encode())
    changes = data.draw(changes_of(text))
    after = text.apply(changes)
    assert after.encode() == spliced(text, changes).encode()
    assert after.revision == text.revision + 1
    back = after.apply(text.invert(changes))
    assert back.encode() == text.encode()
    assert back.lines() == text.lines()


@given(st.data(), SOURCES.filter(lambda s: "\r" not in s))
def test_map_keeps_the_place(data: st.DataObject, source: str) -> None:
    text = Text.of(source)
    changes = data.draw(
        changes_of(text).filter(lambda c: all("\r" not in change.text for change in c.changes))
    )
    after = text.apply(changes)
    line = data.draw(st.integers(0, text.line_count - 1))
    place = Position(line, data.draw(st.integers(0, len(text.line(line)))))
    touched = [c for c in changes.changes if c.span.start <= place <= c.span.end]
    if not touched:
        rest = text.slice(Span(place, text.end))
        behind = [c for c in changes.changes if c.span.start > place]
        if not behind:
            assert after.slice(Span(changes.map(place), after.end)) == rest
    for when in (False, True):
        mapped = changes.map(place, when)
        assert mapped <= after.end
        assert mapped.column <= len(after.line(mapped.line))
    assert changes.map(place) <= changes.map(place, after=True)


@given(st.integers(0, 40), st.integers(0, 40), st.lists(st.sampled_from(["", "x", "y"]), max_size=4))
def test_splice_lines_is_a_list_splice(start: int, length: int, new: list[str]) -> None:
    lines = [f"line {i}" for i in range(30)]
    text = Text.of("".join(line + "\n" for line in lines))
    start = min(start, 30)
    stop = min(30, start + length)
    after = text.apply(text.splice_lines(start, stop, [(line, "\n") for line in new]))
    assert after.lines(0, after.row_count) == lines[:start] + new + lines[stop:]


def test_chunks_are_cut_shared_and_joined() -> None:
    lines = [f"l{i}" for i in range(10_000)]
    text = Text.of("\n".join(lines))
    for start, stop, new in [(0, 5000, []), (10, 10, ["n"] * 6000), (1023, 1025, ["x"]), (3000, 9000, ["y"])]:
        text = text.apply(text.splice_lines(start, stop, [(line, "\n") for line in new]))
        lines[start:stop] = new
        assert text.lines() == lines
    assert text.same_content(Text.of("\n".join(lines)))
    assert text.places("y") == [3000]


def test_decode_tells_what_a_file_is() -> None:
    assert Text.decode(b"\xef\xbb\xbfa\r\nb\r\nc\n").newline == "\r\n"
    assert Text.decode(b"\xef\xbb\xbfa").bom and Text.decode(b"\xef\xbb\xbfa").line(0) == "a"
    assert Text.decode(b"\xff").read_only and Text.decode(b"\xff").encoding == "latin-1"
    assert Text.decode(b"a\0b").binary and Text.decode(b"a\0b").read_only
    assert not Text.decode(b"abc").read_only
    assert Text.decode(b"a\rb\n").lines() == ["a\rb", ""]
    assert Text.decode(b"a\rb").lines() == ["a", "b"]
    assert Text.decode(b"").row_count == 0
    assert Text.decode(b"a\n").row_count == Text.decode(b"a").row_count == 1


def test_a_change_set_of_another_revision_is_refused() -> None:
    text = Text.of("a\n")
    with pytest.raises(WrongRevision):
        text.apply(ChangeSet(7, ()))
    with pytest.raises(ValueError):
        ChangeSet(
            0,
            (
                Change(Span(Position(1, 0), Position(1, 0)), ""),
                Change(Span(Position(0, 0), Position(0, 0)), ""),
            ),
        )
    with pytest.raises(ValueError):
        text.apply(text.replace(Span(Position(0, 5), Position(0, 5)), "x"))


def test_equality_and_digest() -> None:
    one, two = Text.of("a\nb"), Text.of("a\nb")
    assert one == two and one.digest() == two.digest()
    after = one.apply(one.replace(Span(Position(0, 0), Position(0, 1)), "c"))
    assert after != one and after.digest() != one.digest()
    again = after.apply(one.invert(one.replace(Span(Position(0, 0), Position(0, 1)), "c")))
    assert again.same_content(one) and again != one


@given(st.data(), SOURCES, st.booleans())
def test_sorted_places_are_mapped_as_single_ones(data: st.DataObject, source: str, after: bool) -> None:
    text = Text.decode(source.encode())
    changes = data.draw(changes_of(text))
    places = sorted(
        Position(line, column)
        for line in range(text.line_count)
        for column in range(len(text.line(line)) + 1)
        if data.draw(st.booleans())
    )
    assert changes.map_all(places, after) == [changes.map(place, after) for place in places]


def test_blocks_that_an_edit_leaves_alone_are_the_same_lists() -> None:
    text = Text.of("x\n" * 5000)
    after = text.apply(text.replace(Span(Position(2100, 0), Position(2100, 0)), "new\n"))
    assert [line for _, lines in after.blocks() for line in lines] == after.lines()
    assert [start for start, _ in after.blocks()][:3] == [0, 1024, 2048]
    old = {id(lines) for _, lines in text.blocks()}
    assert sum(id(lines) not in old for _, lines in after.blocks()) == 1
