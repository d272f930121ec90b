"""Draws the talk as lines: prompts, what the model said about them, and what came of it. Never a diff."""

from collections.abc import Sequence

from spark_tui.core.display import inert
from spark_tui.core.values import dataclass
from spark_tui.engine import Timing, TurnState, TurnView
from spark_tui.ui.widgets.cells import TAB, wrap_words
from spark_tui.ui.widgets.lines import BLANK, Line, Part, plain

MAX_CODE = 6
"""Lines of a quoted block that are shown; code belongs into the review and the editor."""

MAX_PROMPT, MAX_PROMPT_CHARACTERS = 12, 4000
"""Rows and characters of a prompt that are shown; the person knows the rest."""

READABLE = 100
"""Cells in which prose is set on wide screens."""

_PATCH_BEGIN, _PATCH_END = "*** Begin Patch", "*** End Patch"
_DIFF_LANGUAGES = ("diff", "patch", "udiff")
_RUNNING = {
    TurnState.GATHERING: "reading files",
    TurnState.WAITING: "waiting for the first word",
    TurnState.STREAMING: "writing",
    TurnState.REVIEW: "waiting for your decisions",
}
_ENDED = {TurnState.DONE: "done", TurnState.CUT: "stopped", TurnState.FAILED: "failed"}


@dataclass(frozen=True, slots=True)
class Tally:
    """What came of a turn's edits."""

    hunks: int = 0
    files: int = 0
    pending: int = 0
    accepted: int = 0
    rejected: int = 0

    @property
    def words(self) -> str:
        """The tally as a phrase; empty without edits."""
        if not self.hunks:
            return ""
        edits = f"{self.hunks} edit{'s' * (self.hunks != 1)} in {self.files} file{'s' * (self.files != 1)}"
        parts = [f"{count} {word}" for count, word in (
            (self.accepted, "accepted"), (self.rejected, "rejected"), (self.pending, "open")) if count]  # fmt: skip
        return f"{edits}: {', '.join(parts)}" if parts else edits


def prose_width(width: int) -> int:
    """Return the cells in which prose is set in a view of this width."""
    return min(width, READABLE) - 4


def note_lines(title: str, sentence: str, width: int) -> list[Line]:
    """Draw a sentence about something that went wrong."""
    words = inert(f"{title}: {sentence}" if title and title not in sentence else sentence)
    wrapped = wrap_words(words, prose_width(width))
    return [
        Line((("error", " ! " if row == 0 else "   "), ("stale", text))) for row, text in enumerate(wrapped)
    ]


def _paragraphs(text: str, width: int) -> list[str]:
    return [piece for line in text.split("\n") for piece in wrap_words(_clean(line), width)]


def _folded(prompt: str, width: int) -> list[str]:
    """The beginning of a prompt, and how much more there is of it."""
    shown = _paragraphs(prompt[:MAX_PROMPT_CHARACTERS], width)
    if len(prompt) <= MAX_PROMPT_CHARACTERS and len(shown) <= MAX_PROMPT:
        return shown
    lines = prompt.count("\n") + 1
    size = f"{_counted(lines)}, " if lines > 1 else ""
    return [*shown[:MAX_PROMPT], f"... {size}{len(prompt):,} characters in all"]


def _clean(line: str) -> str:
    return inert(line.rstrip("\r"), keep_tabs=True).expandtabs(TAB)


class ProseSheet:
    """Sets prose that grows in lines: what is settled is never set again.

    Quoted blocks are cut short; diffs and patches are only counted.
    """

    def __init__(self, width: int) -> None:
        self.width = width
        self._settled = 0
        """Characters of the prose that end with a line break and are set."""
        self._lines: list[Line] = []
        self._block: list[str] | None = None
        self._ends = ""

    def lines(self, prose: str) -> list[Line]:
        """Set all of `prose`, which begins with what was set before."""
        stop = prose.rfind("\n") + 1
        for raw in prose[self._settled : stop].split("\n")[:-1]:
            self._take(raw)
        self._settled = max(self._settled, stop)
        rest = ProseSheet(self.width)
        rest._lines, rest._ends = self._lines[-1:], self._ends
        rest._block = None if self._block is None else [*self._block]
        kept = len(rest._lines)
        rest._take(prose[stop:])
        if rest._block is not None:
            rest._lines.extend(_block_lines(rest._block, self.width))
        shown = [*self._lines, *rest._lines[kept:]]
        while shown and shown[-1] is BLANK:
            shown.pop()
        return shown

    def _take(self, raw: str) -> None:
        line = raw.strip()
        if self._block is not None:
            if line.startswith(self._ends):
                self._lines.extend(_block_lines(self._block, self.width))
                self._block = None
            else:
                self._block.append(raw)
        elif line.startswith("```"):
            self._block, self._ends = [line[3:]], "```"
        elif line.startswith(_PATCH_BEGIN):
            self._block, self._ends = ["patch"], _PATCH_END
        elif line:
            pieces = wrap_words(_clean(raw), self.width)
            self._lines.extend(Line((("", "   "), *_inline(piece))) for piece in pieces)
        elif self._lines and self._lines[-1] is not BLANK:
            self._lines.append(BLANK)


def turn_lines(turn: TurnView, tally: Tally, prose: ProseSheet) -> list[Line]:
    """Draw one turn; `prose` is the sheet that set this turn's prose so far."""
    room = prose.width
    lines: list[Line] = []
    for number, text in enumerate(_folded(turn.prompt, room)):
        lines.append(Line((("person", " > " if number == 0 else "   "), ("person", text))))
    lines.extend(prose.lines(turn.prose))
    lines.append(_summary(turn, tally))
    if turn.sentence and turn.sentence.strip(" .") != _ENDED.get(turn.state):
        style = "error" if turn.state is TurnState.FAILED else "stale"
        lines.extend(plain(f"   {text}", style) for text in _paragraphs(turn.sentence, room))
    lines.append(BLANK)
    return lines


def _block_lines(block: Sequence[str], width: int) -> list[Line]:
    language, *code = block
    if language.strip().lower() in _DIFF_LANGUAGES:
        return [plain(f"   [{_counted(len(code))} of a patch: edits stand in the review]", "muted")]
    shown = [plain(f"     {_clean(line)[:width]}", "muted") for line in code[:MAX_CODE]]
    if len(code) > MAX_CODE:
        shown.append(plain(f"     ... {_counted(len(code) - MAX_CODE)} more", "muted"))
    return shown


def _counted(lines: int) -> str:
    return f"{lines} line{'s' * (lines != 1)}"


def _inline(text: str) -> list[Part]:
    """Set `code` apart; an odd tick stays a tick."""
    pieces = text.split("`")
    if len(pieces) < 3 or len(pieces) % 2 == 0:
        return [("", text)]
    return [("accent" if place % 2 else "", piece) for place, piece in enumerate(pieces) if piece]


def _summary(turn: TurnView, tally: Tally) -> Line:
    running = turn.state in _RUNNING
    word = _RUNNING.get(turn.state) or _ENDED[turn.state]
    style = "accent" if running else "error" if turn.state is TurnState.FAILED else "muted"
    parts: list[Part] = [(style, f"   {word}")]
    if tally.words:
        parts.append(("muted", f"  {tally.words}"))
    clock = timing_words(turn.timing)
    if clock:
        parts.append(("muted", f"  {clock}"))
    return Line(tuple(parts))


def timing_words(timing: Timing) -> str:
    """Say how quick a turn was: first word, speed, all of it."""
    words = []
    if timing.first_token is not None:
        words.append(f"first {timing.first_token:.2f}s")
    if timing.tokens_per_second >= 1:
        words.append(f"{timing.tokens_per_second:.0f} tok/s")
    if timing.total is not None:
        words.append(f"all {timing.total:.1f}s")
    return ", ".join(words)
