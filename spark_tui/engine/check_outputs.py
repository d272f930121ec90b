"""What the programs that ran last wrote: kept for the person who asks the model about it with `@terminal`."""

from collections import OrderedDict
from collections.abc import Sequence

from spark_tui.core.checks import Finding
from spark_tui.core.display import inert
from spark_tui.core.values import dataclass

MOST = 3
"""Tools whose last output is told."""
MOST_LINES = 400
_MOST_FINDINGS = 100
NOTHING_RAN = "no program has run yet"


@dataclass(frozen=True, slots=True)
class Ran:
    """One run of one tool."""

    words: tuple[str, ...]
    """The command line."""
    edited: tuple[str, ...]
    """Files whose open edits it saw; empty: it saw everything as it was."""
    output: str
    findings: tuple[Finding, ...] = ()
    sentence: str = ""
    """Why it came to nothing."""


class Outputs:
    """The newest run of each tool. Nothing is ever run for this."""

    def __init__(self) -> None:
        self._ran: OrderedDict[str, Ran] = OrderedDict()

    def take(self, tool: str, ran: Ran) -> None:
        """A tool ran; that it ran on everything as it was, for comparing, is no news."""
        known = self._ran.get(tool)
        if known is not None and known.edited and not ran.edited:
            return
        self._ran[tool] = ran
        self._ran.move_to_end(tool)

    def about(self) -> str:
        """What there is, in a few words."""
        names = list(self._ran)[-MOST:]
        return f"last output of {', '.join(names)}" if names else NOTHING_RAN

    def text(self) -> str:
        """Command lines and what came of them, the newest last."""
        return "\n\n".join("\n".join(_rows(ran)) for ran in list(self._ran.values())[-MOST:])


def _rows(ran: Ran) -> Sequence[str]:
    said = ran.output.strip("\n")
    rows = said.split("\n") if said.strip() else [_worded(one) for one in ran.findings[:_MOST_FINDINGS]]
    if len(rows) > MOST_LINES:
        rows = ["…", *rows[-MOST_LINES:]]
    seen = (
        f"with the open edits of {', '.join(ran.edited[:4])}" if ran.edited else "on the files as they were"
    )
    rows = [inert(row) for row in rows] or ["(it found nothing)"]
    end = [f"({ran.sentence})"] if ran.sentence else []
    return [f"$ {' '.join(ran.words)}", f"(run by the checks, {seen})", *rows, *end]


def _worded(one: Finding) -> str:
    return f"{one.place}: {one.severity.name.lower()} {one.code} {one.message}".replace("\n", " ")
