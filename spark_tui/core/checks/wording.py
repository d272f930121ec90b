"""Says in words how checks stand: a badge for one edit in two lengths, and everything on a page."""

from collections.abc import Iterator, Sequence

from spark_tui.core.checks.values import CheckResult, Finding, Outcome
from spark_tui.core.display import inert
from spark_tui.core.values import dataclass

PARSE = "parse"
"""Name of the check that is always there."""
TESTS = "tests"
FINDINGS_SHOWN = 50
OUTPUT_LINES = 400


@dataclass(frozen=True, slots=True)
class Badge:
    """How the checks of one edit stand."""

    short: str = ""
    """`ok`, `fail`, `...` or `?`; empty where nothing is checked."""
    words: str = ""
    """The same, tool by tool."""

    @property
    def is_red(self) -> bool:
        """Whether something is wrong that was not before."""
        return self.short == "fail"


NO_BADGE = Badge()


def badge_of(verdicts: Sequence[CheckResult], is_checking: bool) -> Badge:
    """Say how an edit stands, what is wrong first; `is_checking`: more verdicts will come."""
    red = [_words(verdict) for verdict in verdicts if verdict.outcome is Outcome.WORSE]
    good = [_words(verdict) for verdict in verdicts if verdict.outcome in (Outcome.CLEAN, Outcome.TOGETHER)]
    unclear = [_words(verdict) for verdict in verdicts if verdict.outcome is Outcome.UNKNOWN]
    words = [*red, *unclear, *good, *(["checking\u2026"] if is_checking else [])]
    if not words:
        return NO_BADGE
    short = "fail" if red else "..." if is_checking else "?" if unclear and not good else "ok"
    return Badge(short, ", ".join(words))


def _words(verdict: CheckResult) -> str:
    count = len(verdict.fresh)
    if verdict.tool == PARSE:
        line = verdict.fresh[0].line + 1 if verdict.fresh else 0
        return {
            Outcome.WORSE: f"does not parse (line {line})",
            Outcome.TOGETHER: "parses with the other edits",
            Outcome.UNKNOWN: "parse not known",
        }.get(verdict.outcome, "parses")
    match verdict.outcome:
        case Outcome.WORSE if verdict.tool == TESTS:
            return f"{verdict.tool}: {count} failed"
        case Outcome.WORSE:
            return f"{verdict.tool}: {count} new"
        case Outcome.TOGETHER:
            return f"{verdict.tool} ok with the other edits"
        case Outcome.UNKNOWN:
            return f"{verdict.tool}: not known"
        case _:
            return f"{verdict.tool} ok"


def report_lines(verdicts: Sequence[CheckResult]) -> Iterator[tuple[str, str]]:
    """Write everything about one edit as (style word, inert line) pairs; the caller breaks long lines."""
    for verdict in verdicts:
        style = {Outcome.WORSE: "error", Outcome.UNKNOWN: "stale"}.get(verdict.outcome, "added")
        took = f"  {verdict.seconds:.1f} s" if verdict.seconds >= 0.05 else ""
        yield style, inert(f"{_words(verdict)}{took}")
        if verdict.sentence:
            yield "muted", inert(verdict.sentence)
        for finding in verdict.fresh[:FINDINGS_SHOWN]:
            yield "", inert(f"  {describe(finding)}")
        if len(verdict.fresh) > FINDINGS_SHOWN:
            yield "muted", f"  and {len(verdict.fresh) - FINDINGS_SHOWN} more"
        if verdict.outcome in (Outcome.WORSE, Outcome.UNKNOWN) and verdict.output.strip():
            yield "muted", f"  what {inert(verdict.tool)} wrote:"
            lines = verdict.output.rstrip().split("\n")
            for line in lines[-OUTPUT_LINES:]:
                yield "muted", "  | " + inert(line.rstrip("\r").expandtabs(4))
        yield "", ""


def describe(finding: Finding) -> str:
    """Write a finding as one line."""
    code = f" {finding.code}:" if finding.code and not finding.code.startswith(finding.path) else ""
    place = finding.code if finding.code.startswith(finding.path) and finding.code else finding.place
    return f"{place}:{code} {finding.message}" if finding.message else f"{place}{code}"
