"""A layout survives being written, and nothing that stands in its file can do harm."""

import json

from hypothesis import given
from hypothesis import strategies as st

from spark_tui.core.layout import MOST_TABS, Layout, Spot, read, written

PATHS = st.lists(st.text(min_size=1, max_size=8), unique=True, max_size=5).map(tuple)
NUMBERS = st.integers(0, 10_000)
LAYOUTS = st.builds(
    Layout, PATHS, st.text(max_size=5), st.text(max_size=5),
    st.dictionaries(st.text(min_size=1), st.builds(Spot, NUMBERS, NUMBERS, NUMBERS), max_size=5), PATHS, PATHS, PATHS,
)  # fmt: skip
KEYS = [*written(Layout()), "a"]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=6),
    max_leaves=20,
)  # fmt: skip


@given(LAYOUTS)
def test_what_is_written_is_read_again(layout: Layout) -> None:
    assert read(json.loads(json.dumps(written(layout)))) == layout


@given(JSON)
def test_any_data_gives_a_layout(data: object) -> None:
    layout = read({**data, "v": 1} if isinstance(data, dict) else data)
    assert all(isinstance(path, str) for path in (*layout.tabs, *layout.folders, *layout.spots))
    assert all(spot.line >= 0 and spot.top >= 0 for spot in layout.spots.values())


def test_there_are_limits() -> None:
    many = Layout(tabs=tuple(f"{number}.py" for number in range(10_000)))
    assert len(read(written(many)).tabs) == MOST_TABS
    assert read({"v": 2, "tabs": ["a"]}) == read(None) == read([]) == Layout()
