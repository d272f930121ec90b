"""The rows of a hunk with what was decided for each, and what that makes of the lines in the buffer.

A *token* is a line with its ending. All tokens here have one; that a file's last line has none is put right
where tokens meet a text.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from spark_tui.core.diff import changed_blocks
from spark_tui.core.edits import RowKind
from spark_tui.core.review.values import Row, Verdict
from spark_tui.core.values import dataclass


@dataclass(frozen=True, slots=True)
class Item:
    """One row of a hunk, bound to the line it stands for."""

    kind: RowKind
    text: str
    """As the model wrote it."""
    own: str = ""
    """The token in the buffer: of the line that is kept or removed, or of the new line once it is accepted."""
    verdict: Verdict | None = None
    hidden: bool = False
    """Whether it is a line around the hunk that only became part of it because the person changed it."""

    def bound(self, token: str) -> "Item":
        """Return the item for the token it stands for."""
        return self if token == self.own else replace(self, own=token)

    @property
    def is_there(self) -> bool:
        """Whether its line is in the buffer, as things are decided."""
        if self.kind is RowKind.ADD:
            return self.verdict is Verdict.ACCEPT
        return self.kind is RowKind.CONTEXT or self.verdict is not Verdict.ACCEPT

    @property
    def is_open(self) -> bool:
        """Whether it changes something and nothing is decided for it."""
        return self.kind is not RowKind.CONTEXT and self.verdict is None


Form = tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Run:
    """Lines of a window, counted from its start, and the tokens that take their place."""

    start: int
    stop: int
    tokens: tuple[str, ...]


def ending_of(token: str) -> str:
    """Return a token's line ending."""
    if token.endswith("\r\n"):
        return "\r\n"
    return token[-1:] if token[-1:] in ("\n", "\r") else ""


def expected(form: Form) -> list[str]:
    """Return the tokens the buffer holds in the hunk's window, as things are decided."""
    return [item.own for item in form if item.is_there]


def decided(form: Form, verdicts: Mapping[int, Verdict], above: str, newline: str, uniform: str = "") -> Form:
    """Return the form after verdicts for some of its items.

    A new line gets the ending of the line it replaces, or else of the line before it; `above` is the ending of
    the line above the window, empty at the beginning of the file. With `uniform` all new lines get that ending.
    """
    out: list[Item] = []
    ending = above or newline
    replaced: list[str] = []
    for number, item in enumerate(form):
        verdict = verdicts.get(number)
        if item.kind is RowKind.CONTEXT:
            replaced = []
        elif verdict is not None and item.verdict is None:
            own = item.own
            if item.kind is RowKind.ADD and verdict is Verdict.ACCEPT:
                own = item.text + (uniform or (replaced.pop(0) if replaced else ending))
            item = Item(item.kind, item.text, own, verdict, item.hidden)
        if item.kind is RowKind.REMOVE and not item.is_there:
            replaced.append(ending_of(item.own))
        if item.is_there:
            ending = ending_of(item.own) or newline
        out.append(item)
    return tuple(out)


def accepted(form: Form, above: str, newline: str) -> Form:
    """Return the form with everything accepted that is still open."""
    return decided(form, dict.fromkeys(open_items(form), Verdict.ACCEPT), above, newline)


def open_items(form: Form) -> list[int]:
    """Return the numbers of the items that are still to be decided."""
    return [number for number, item in enumerate(form) if item.is_open]


def visible(form: Form) -> list[int]:
    """Return the numbers of the items that an undecided hunk shows as rows, in order."""
    return [
        number
        for number, item in enumerate(form)
        if not item.hidden
        and not (item.kind is RowKind.REMOVE and item.verdict is Verdict.ACCEPT)
        and not (item.kind is RowKind.ADD and item.verdict is Verdict.REJECT)
    ]


def picked_items(form: Form, rows: frozenset[int]) -> list[int]:
    """Return the numbers of the open items among the rows shown that have these numbers."""
    shown = visible(form)
    return [shown[row] for row in sorted(rows) if 0 <= row < len(shown) and form[shown[row]].is_open]


def rows_to_decide(form: Form) -> tuple[Row, ...]:
    """Return the rows of an undecided hunk: what is decided already counts as context, or is gone."""
    return tuple(
        Row(
            RowKind.CONTEXT if form[number].verdict else form[number].kind,
            form[number].text,
            form[number].verdict,
        )
        for number in visible(form)
    )


def rows_as_written(form: Form) -> tuple[Row, ...]:
    """Return all rows with their verdicts."""
    return tuple(Row(item.kind, item.text, item.verdict) for item in form if not item.hidden)


def hidden_lead(form: Form) -> int:
    """Return how many lines of the window stand above the first row that is shown."""
    lead = 0
    for item in form:
        if not item.hidden:
            break
        lead += item.is_there
    return lead


def runs_between(old: Form, new: Form) -> list[Run]:
    """Return what changes in the window when the hunk goes from one form to another of the same items."""
    out: list[Run] = []
    at = start = 0
    tokens: list[str] = []
    for before, after in zip(old, new, strict=True):
        same = before.is_there and after.is_there and before.own == after.own
        if same:
            if at > start or tokens:
                out.append(Run(start, at, tuple(tokens)))
            start, tokens = at + 1, []
        elif after.is_there:
            tokens.append(after.own)
        at += before.is_there
    if at > start or tokens:
        out.append(Run(start, at, tuple(tokens)))
    return out


def stretched(form: Form, like: Form, now: Form) -> Form:
    """Return `form` with the lines around it that `now` has beyond `like`, which was the hunk's form before."""
    more = len(now) - len(like)
    lead = 0
    while lead < more and now[lead].hidden and (lead >= len(like) or now[lead] is not like[0]):
        lead += 1
    return (*now[:lead], *form, *now[len(now) - more + lead :])


def form_between(old: Sequence[str], new: Sequence[str]) -> Form:
    """Return the form that turns the tokens `old` into `new`."""
    out: list[Item] = []
    at = 0
    for block in changed_blocks(old, new):
        out += (context(token) for token in old[at : block.old_start])
        out += (Item(RowKind.REMOVE, bare(token), token) for token in old[block.old_start : block.old_stop])
        out += (Item(RowKind.ADD, bare(token)) for token in new[block.new_start : block.new_stop])
        at = block.old_stop
    out += (context(token) for token in old[at:])
    return tuple(out)


def amended(form: Form, lines: Sequence[str]) -> Form:
    """Return the form that turns the lines shown by `form` into other lines; what is decided already is there."""
    shown = [number for number, item in enumerate(form) if not item.hidden]
    first, last = (shown[0], shown[-1] + 1) if shown else (len(form), len(form))
    own = expected(form[first:last])
    out: list[Item] = []
    at = 0
    for block in changed_blocks([bare(token) for token in own], lines):
        out += (context(token) for token in own[at : block.old_start])
        out += (Item(RowKind.REMOVE, bare(token), token) for token in own[block.old_start : block.old_stop])
        out += (Item(RowKind.ADD, line) for line in lines[block.new_start : block.new_stop])
        at = block.old_stop
    out += (context(token) for token in own[at:])
    return (*form[:first], *out, *form[last:])


def context(token: str, hidden: bool = False) -> Item:
    """Return the item of a line that stays."""
    return Item(RowKind.CONTEXT, bare(token), token, None, hidden)


def hidden(lines: Sequence[str]) -> Form:
    """Return items for lines around a hunk that are part of its window but not shown."""
    return tuple(context(token, True) for token in lines)


def bare(token: str) -> str:
    """Return a token's line without the ending."""
    ending = ending_of(token)
    return token[: -len(ending)] if ending else token
