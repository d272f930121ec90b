"""The online search finds what a search by brute force finds, and its preview only moves forward."""

from hypothesis import given
from hypothesis import strategies as st

from spark_tui.core.edits.anchor import ENOUGH, Anchorer, Effort, find
from spark_tui.core.edits.fragment import Fragments
from spark_tui.core.text import Level, Text, fold

LINE = st.sampled_from(["a", "a ", " a", "b", "b", "", "x-y", "x\u2013y", "\u2018q\u2019", "'q'"])


def brute(rows: list[str], old: list[str], floor: int, top: int) -> tuple[int, tuple[int, ...]]:
    for level in range(top + 1):
        wanted = [fold(line, level) for line in old]
        starts = tuple(
            at
            for at in range(floor, len(rows) - len(old) + 1)
            if [fold(line, level) for line in rows[at : at + len(old)]] == wanted
        )
        if starts:
            return level, starts
    return top, ()


@given(
    st.lists(LINE, max_size=60),
    st.lists(LINE, min_size=1, max_size=9),
    st.integers(0, 10),
    st.sampled_from(list(Level)),
)
def test_online_search_is_exhaustive(rows: list[str], old: list[str], floor: int, top: Level) -> None:
    text = Text.of("".join(row + "\n" for row in rows))
    anchorer = Anchorer(text, floor, top)
    last = (-1, -1)
    for line in old:
        anchorer.push(line)
        if anchorer.place is not None:
            now = (anchorer.level, anchorer.place)
            assert now >= last
            last = now
    match = anchorer.finish()
    level, starts = brute(rows, old, floor, top)
    assert match.starts == starts[: len(match.starts)]
    assert len(match.starts) >= min(len(starts), ENOUGH)
    if starts:
        assert match.level == level


def test_very_many_candidates_are_not_all_looked_at() -> None:
    text = Text.of("x\n" * 100_000)
    effort = Effort(10_000)
    for _ in range(200):
        anchorer = Anchorer(text, 0, Level.COMPOSED, effort)
        for line in ["x", "x", "y"]:
            anchorer.push(line)
        assert anchorer.finish().starts == ()
    assert len(find(text, ["x"] * 3).starts) < 3000


@given(st.text("ab\n", max_size=40), st.text("ab\n", min_size=1, max_size=5))
def test_fragments_are_found_where_strings_find_them(source: str, old: str) -> None:
    text = Text.of(source)
    rows = text.lines(0, text.row_count)
    whole = "\n".join(rows)
    found = Fragments(text).find(old.split("\n"), 1000)
    places = [at for at in range(len(whole)) if whole.startswith(old, at)]
    assert [whole[:at].count("\n") for at in places] == [place.start for place in found]
    for place in found:
        lines = rows[place.start : place.start + old.count("\n") + 1]
        assert "\n".join(lines) == place.lead + old + place.trail
