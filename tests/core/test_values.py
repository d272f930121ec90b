"""Our `dataclass` makes what the standard one makes."""

import copy
import dataclasses
import pickle
from collections.abc import Callable
from dataclasses import FrozenInstanceError, asdict, field, fields, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spark_tui.core.values import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Spot:
    line: int
    name: str = ""
    notes: list[str] = field(default_factory=list, compare=False)

    def is_far(self) -> bool:
        return self.line > 10


@dataclasses.dataclass(frozen=True, slots=True, order=True)
class StandardSpot:
    line: int
    name: str = ""
    notes: list[str] = field(default_factory=list, compare=False)


@dataclass(slots=True)
class Count:
    of: str
    so_far: int = 0


@dataclass(frozen=True, slots=True)
class Nothing:
    """Has no fields."""


@dataclass(frozen=True, slots=True)
class Even:
    number: int

    def __post_init__(self) -> None:
        if self.number % 2:
            raise ValueError("odd")

    def __repr__(self) -> str:
        return f"the even {self.number}"


_ARGUMENTS = st.tuples(st.integers(-2, 2), st.sampled_from("ab"), st.lists(st.just("note"), max_size=1))


@given(_ARGUMENTS, _ARGUMENTS)
def test_values_compare_sort_hash_and_print_as_standard_ones(
    one: tuple[int, str, list[str]], two: tuple[int, str, list[str]]
) -> None:
    ours, theirs = (Spot(*one), Spot(*two)), (StandardSpot(*one), StandardSpot(*two))
    asked: list[Callable[[tuple[Spot, Spot]], object]] = [
        lambda pair: pair[0] == pair[1],
        lambda pair: pair[0] != pair[1],
        lambda pair: pair[0] < pair[1],
        lambda pair: pair[0] <= pair[1],
        lambda pair: pair[0] > pair[1],
        lambda pair: pair[0] >= pair[1],
        lambda pair: hash(pair[0]),
        lambda pair: asdict(pair[0]),
    ]
    for ask in asked:
        assert ask(ours) == ask(theirs)  # type: ignore[arg-type]
    assert "Standard" + repr(ours[0]) == repr(theirs[0])


def test_defaults_names_and_factories_are_taken() -> None:
    first, second = Spot(1), Spot(name="b", line=2)
    assert (first.name, first.notes, second.line, second.name) == ("", [], 2, "b")
    assert first.notes is not Spot(1).notes
    with pytest.raises(TypeError, match=r"Spot.__init__\(\) missing 1 required positional argument: 'line'"):
        Spot()  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="unexpected keyword argument 'column'"):
        Spot(1, column=2)  # type: ignore[call-arg]


def test_frozen_values_stay_as_they_are() -> None:
    spot = Spot(1)
    for name in ("line", "column"):
        with pytest.raises(FrozenInstanceError, match=name):
            setattr(spot, name, 2)
        with pytest.raises(FrozenInstanceError, match=name):
            delattr(spot, name)
    assert replace(spot, line=20).is_far() and not spot.is_far()
    assert not hasattr(spot, "__dict__")


def test_values_that_move_have_no_hash() -> None:
    count = Count("lines")
    count.so_far += 1
    assert count == Count("lines", 1)
    with pytest.raises(TypeError, match="unhashable"):
        hash(count)
    with pytest.raises(AttributeError):
        count.more = 1  # type: ignore[attr-defined]


def test_other_classes_are_not_equal_and_do_not_sort() -> None:
    assert Spot(1).__eq__(StandardSpot(1)) is NotImplemented
    with pytest.raises(TypeError, match="not supported between instances"):
        assert Spot(1) < StandardSpot(1)  # type: ignore[operator]
    assert Nothing() == Nothing() and repr(Nothing()) == "Nothing()" and hash(Nothing()) == hash(Nothing())


@pytest.mark.parametrize("value", [Spot(3, "here", ["a"]), Count("words", 2), Nothing()])
def test_values_are_copied_and_pickled(value: object) -> None:
    for made in (copy.copy(value), copy.deepcopy(value), pickle.loads(pickle.dumps(value))):
        assert made == value and made is not value


def test_the_standard_tools_know_them() -> None:
    assert [each.name for each in fields(Spot)] == ["line", "name", "notes"]
    match Spot(4, "x"):
        case Spot(line, name):
            assert (line, name) == (4, "x")
    assert Spot.__match_args__ == ("line", "name", "notes")
    assert (Spot.__qualname__, Spot.__module__) == ("Spot", __name__)


def test_what_a_class_says_itself_counts() -> None:
    assert repr(Even(2)) == "the even 2"
    with pytest.raises(ValueError, match="odd"):
        Even(1)
    with pytest.raises(ValueError, match="odd"):
        replace(Even(2), number=3)
