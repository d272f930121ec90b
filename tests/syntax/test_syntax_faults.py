"""What does not parse is found where it is, also beside a first version, and without holding others up."""

import random
import threading
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spark_tui.syntax import FaultFinder

GOOD = "def f(x):\n    return [x, (1, 2)]\n\n\nclass A:\n    def g(self) -> int:\n        return 1\n"


def places(source: str, finder: FaultFinder | None = None) -> list[int]:
    found = (finder or FaultFinder("python")).faults(source.encode(), 10)
    assert found is not None
    return [fault.line for fault in found]


def test_what_parses_has_no_faults() -> None:
    assert places(GOOD) == []
    assert places("") == []


def test_a_fault_is_told_with_its_line_and_words() -> None:
    found = FaultFinder("python").faults(GOOD.replace("(1, 2)", "1 2)").encode(), 10)
    assert found is not None and {fault.line for fault in found} == {1}
    assert any("unexpected" in fault.words for fault in found)


def test_columns_count_characters() -> None:
    found = FaultFinder("json").faults('{"ä": 1, "öö": }}'.encode(), 10)
    assert found is not None and found[-1].column == 7, "a character is one column, whatever its bytes"


@pytest.mark.parametrize("language", ["no such language", "plain"])
def test_without_a_grammar_nothing_is_known(language: str) -> None:
    assert FaultFinder(language).faults(b"x", 1) is None


def test_a_source_without_end_is_not_parsed() -> None:
    assert FaultFinder("python").faults(b"x = 1\n" * 1_000_000, 1) is None


def test_the_time_is_kept() -> None:
    began = time.process_time()
    assert FaultFinder("python").faults(GOOD.encode() * 20_000, 0.05) is None
    assert time.process_time() - began < 5


@given(st.data())
def test_other_versions_are_read_as_if_they_were_the_first(data: st.DataObject) -> None:
    finder = FaultFinder("python")
    places(GOOD, finder)
    lines = GOOD.split("\n")
    at = data.draw(st.integers(0, len(lines) - 1))
    lines[at : at + data.draw(st.integers(0, 2))] = data.draw(
        st.lists(st.sampled_from(["x = (1", "def (", ")", "é = 1", "", "    pass"]), max_size=3)
    )
    version = "\n".join(lines)
    fresh = FaultFinder("python").faults(version.encode(), 10)
    assert fresh is not None
    assert bool(places(version, finder)) == bool(fresh)


def test_others_get_their_turn_while_a_large_source_is_parsed() -> None:
    source = (GOOD * 8000).encode()
    turns = 0
    done = threading.Event()

    def work() -> None:
        assert FaultFinder("python").faults(source, 60) == ()
        done.set()

    thread = threading.Thread(target=work)
    thread.start()
    while not done.is_set():
        turns += 1
        time.sleep(0)
    thread.join()
    assert turns > 20


@given(st.binary(max_size=300))
def test_nothing_makes_it_raise(data: bytes) -> None:
    assert (
        FaultFinder(random.Random(len(data)).choice(["python", "bash", "rust"])).faults(data, 10) is not None
    )
