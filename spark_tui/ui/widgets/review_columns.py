"""Draws the versions of one hunk: a line that names them, and all of them side by side where there is room."""

from collections.abc import Sequence
from itertools import zip_longest

from rich.cells import cell_len

from spark_tui.core.display import inert
from spark_tui.core.edits import RowKind
from spark_tui.core.review import Row
from spark_tui.engine import Choice
from spark_tui.ui.widgets.cells import cut, quoted, wrap_code, wrap_words
from spark_tui.ui.widgets.lines import Line, Part, plain
from spark_tui.ui.widgets.review_body import BodyLook

NARROWEST = 26
"""Cells that a column needs to be readable."""

_SIGNS = {RowKind.CONTEXT: " ", RowKind.REMOVE: "-", RowKind.ADD: "+"}
_SIDES = {RowKind.CONTEXT: "muted", RowKind.REMOVE: "removed-side", RowKind.ADD: "added-side"}


def is_roomy(width: int) -> bool:
    """Whether three versions can stand side by side."""
    return width >= 3 * (NARROWEST + 1)


def heading(choices: Sequence[Choice], width: int) -> list[Line]:
    """Name every version with the number that takes it; the one that is proposed now stands in brackets."""
    lines = [""]
    for number, choice in enumerate(choices):
        name = f"[{number} {inert(choice.name)}]" if choice.is_shown else f"{number} {inert(choice.name)}"
        said = (
            f"writing, {len(choice.rows)} lines" if choice.said == "writing" and choice.rows else choice.said
        )
        word = cut(f"{name} ({inert(said)})" if said else name, width - 6)
        if lines[-1] and cell_len(lines[-1]) + 3 + cell_len(word) > width - 6:
            lines.append("")
        lines[-1] += f"   {word}" if lines[-1] else word
    return [plain(f"     {text}", "accent") for text in lines]


def side_by_side(choices: Sequence[Choice], look: BodyLook, limit: int) -> list[Line]:
    """Draw the newest three versions as columns; each row says with its sign what becomes of it."""
    numbered = list(enumerate(choices))[1:][-3:]
    room = (look.width - 1) // max(len(numbered), 1) - 1
    columns = [_column(number, choice, look, room, limit) for number, choice in numbered]
    blank: list[Part] = [("", " " * room)]
    out: list[Line] = []
    for halves in zip_longest(*columns):
        parts: list[Part] = [("", " ")]
        for place, half in enumerate(halves):
            parts += [*([("muted", "│")] if place else []), *(half or blank)]
        out.append(Line(tuple(parts)))
    return out


def _column(number: int, choice: Choice, look: BodyLook, room: int, limit: int) -> list[list[Part]]:
    mark = ">" if choice.is_shown else " "
    lines = [_padded("heading", cut(f"{mark}{number} {inert(choice.name)}", room), room)]
    if choice.said:
        lines += [_padded("stale", text, room) for text in wrap_words(inert(choice.said), room)]
    rows = choice.rows if choice.tail is None else (*choice.rows, choice.tail)
    for row in rows[:limit]:
        if look.context or row.kind is not RowKind.CONTEXT:
            lines += _row(row, look, room)
    return lines


def _row(row: Row, look: BodyLook, room: int) -> list[list[Part]]:
    text = quoted(row.text)
    broken = wrap_code(text, room - 2) or [""] if look.wrap else [cut(text, room - 2)]
    signs = (_SIGNS[row.kind], *" " * (len(broken) - 1))
    style = _SIDES[row.kind]
    return [_padded(style, f"{sign} {piece}", room) for sign, piece in zip(signs, broken, strict=True)]


def _padded(style: str, text: str, room: int) -> list[Part]:
    return [(style, text + " " * max(room - cell_len(text), 0))]
