"""Which findings are new: those of a changed text that the text before did not have at the same place."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence

from spark_tui.core.checks.values import Finding

Moved = Callable[[str, int], int]
"""Where a line of a file before stands afterwards, as well as can be said."""


def fresh_findings(before: Iterable[Finding], after: Sequence[Finding], moved: Moved) -> tuple[Finding, ...]:
    """Return the findings in `after` that are not in `before`.

    Two are the same if they say the same of the same line, as it moved. What is left is compared without its
    line, so that a finding that wandered with the text does not count; of several that say the same, as many
    are old as there were.
    """
    placed = Counter(_placed(finding, moved(finding.path, finding.line)) for finding in before)
    said = Counter(_said(finding) for finding in before)
    rest: list[Finding] = []
    for finding in after:
        place, words = _placed(finding, finding.line), _said(finding)
        if placed[place] > 0 and said[words] > 0:
            placed[place] -= 1
            said[words] -= 1
        else:
            rest.append(finding)
    fresh = []
    for finding in rest:
        words = _said(finding)
        if said[words] > 0:
            said[words] -= 1
        else:
            fresh.append(finding)
    return tuple(fresh)


def _said(finding: Finding) -> tuple[str, str, str, str]:
    return finding.source, finding.path, finding.code, finding.message


def _placed(finding: Finding, line: int) -> tuple[str, str, str, str, int]:
    return (*_said(finding), line)
