"""Which file comes first for some letters: what people expect who know the finders of other editors."""

from collections.abc import Callable

import pytest

from spark_tui.adapters.finder import quick_finder
from spark_tui.engine.finding import Finding
from spark_tui.engine.plain_finder import PlainFinder
from spark_tui.ports import Entry, Finder, Listing

PATHS = (
    "README.rst",
    "docs/api.rst",
    "docs/conf.py",
    "more_itertools/__init__.py",
    "more_itertools/more.py",
    "more_itertools/more.pyi",
    "more_itertools/recipes.py",
    "more_itertools/recipes.pyi",
    "setup.py",
    "src/app/main/models/user_profile.py",
    "src/app/models.py",
    "src/application.py",
    "tests/__init__.py",
    "tests/test_more.py",
    "tests/test_recipes.py",
)
FINDERS: list[Callable[[], Finder]] = [PlainFinder]
if (compiled := quick_finder()) is not None:
    FINDERS.append(compiled)


@pytest.fixture(params=FINDERS, ids=lambda make: make.__name__)
def finding(request: pytest.FixtureRequest) -> Finding:
    listing = Listing(tuple(Entry(path) for path in PATHS))
    return Finding(request.param, lambda: listing)


@pytest.mark.parametrize(
    ("letters", "first"),
    [
        ("recip", "more_itertools/recipes.py"),
        ("more", "more_itertools/more.py"),
        ("tmore", "tests/test_more.py"),
        ("test rec", "tests/test_recipes.py"),
        ("models", "src/app/models.py"),
        ("readme", "README.rst"),
        ("userprof", "src/app/main/models/user_profile.py"),
        ("app/mod", "src/app/models.py"),
    ],
)
def test_the_file_that_is_meant_comes_first(finding: Finding, letters: str, first: str) -> None:
    assert finding.files(letters, 10)[0].path == first


def test_what_was_used_lately_comes_before_what_fits_as_well(finding: Finding) -> None:
    finding.used("more_itertools/recipes.pyi")
    assert finding.files("recip", 10)[0].path == "more_itertools/recipes.pyi"
    assert finding.files("recip", 10)[0].is_recent
    assert finding.files("", 3)[0].path == "more_itertools/recipes.pyi"
    assert (
        finding.files("recip", 10, active="more_itertools/recipes.pyi")[0].path == "more_itertools/recipes.py"
    )
