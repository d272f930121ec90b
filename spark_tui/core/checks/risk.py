"""How risky an edit is: a number for the order in which to look, and the reasons for it. Never a judgement."""

import re

from spark_tui.core.values import dataclass

_TOUCHY = re.compile(
    r"auth|login|passw|secret|token|crypt|permission|session|payment|billing|migration|security",
    re.IGNORECASE,
)
_ENTRIES = re.compile(
    r"(^|/)(\.github|\.gitlab-ci|dockerfile|makefile|pyproject\.toml|package\.json|setup\.(py|cfg)|cargo\.toml"
    r"|go\.mod|requirements[^/]*\.txt|conftest\.py|__init__\.py)",
    re.IGNORECASE,
)
_TESTS = re.compile(r"(^|/)(tests?|spec|__tests__)/|(^|/)test_|[._]test\.|[._]spec\.")


@dataclass(frozen=True, slots=True)
class Traits:
    """What is known about one edit."""

    path: str
    added: int
    removed: int
    deletes_file: bool = False
    renames_file: bool = False
    is_loose: bool = False
    """Whether its place was found by comparing loosely, or is one of several."""
    has_hidden: bool = False
    """Whether it brings in characters that can't be seen."""
    parses: bool = True
    findings: int = 0
    failing_tests: int = 0
    is_unchecked: bool = False


def risk_of(traits: Traits) -> tuple[int, tuple[str, ...]]:
    """Return how risky an edit is, higher is riskier, and why."""
    score, reasons = 0, []
    for holds, points, reason in (
        (not traits.parses, 100, "does not parse"),
        (traits.failing_tests > 0, 80 + traits.failing_tests, "tests fail"),
        (traits.has_hidden, 70, "hidden characters"),
        (traits.deletes_file, 50, "deletes a file"),
        (traits.findings > 0, 40 + min(traits.findings, 20), "new findings"),
        (traits.is_loose, 30, "placed loosely"),
        (_TOUCHY.search(traits.path) is not None, 25, "a sensitive place"),
        (_ENTRIES.search(traits.path) is not None, 20, "decides how things are built or run"),
        (traits.renames_file, 15, "renames a file"),
        (traits.removed > traits.added + 10, 10, "takes away more than it adds"),
        (traits.is_unchecked, 5, "not checked"),
    ):
        if holds:
            score += points
            reasons.append(reason)
    size = traits.added + traits.removed
    score += min(size // 10, 20)
    if _TESTS.search(traits.path):
        score //= 2
    return score, tuple(reasons)
