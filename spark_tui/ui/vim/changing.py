"""What operators and puts change: pure functions from a page and a piece of it to new text."""

import re
from collections.abc import Callable
from typing import NamedTuple

from spark_tui.core.text import Position, Span
from spark_tui.ui.vim.page import END, Page, Piece, Shape
from spark_tui.ui.vim.registers import Register


class Made(NamedTuple):
    """What is to be changed, and where the caret is then."""

    pieces: list[tuple[Span, str]]
    caret: Position
    to_text: bool = False
    """Whether the caret goes to the first character of its line that is not blank."""


def spans(page: Page, piece: Piece) -> list[Span]:
    """Return the spans of characters in a piece, without the breaks of whole lines."""
    if piece.shape is Shape.CHARS:
        return [Span(piece.start, piece.end)]
    found = []
    for line in piece.rows:
        left, right = (
            (0, len(page.line(line))) if piece.shape is Shape.LINES else page.sides(line, piece.cells)
        )
        found.append(Span(Position(line, left), Position(line, right)))
    return found


def content(page: Page, piece: Piece) -> Register:
    """Return what a piece holds."""
    return Register("\n".join(page.content(span) for span in spans(page, piece)), piece.shape)


def delete(page: Page, piece: Piece) -> Made:
    """Take a piece away."""
    if piece.shape is Shape.LINES:
        first, last = piece.start.line, piece.end.line
        to = first if last < page.last else max(0, first - 1)
        return Made([(page.whole(first, last), "")], Position(to, 0), True)
    taken = spans(page, piece)
    return Made([(span, "") for span in taken if not span.is_empty], taken[0].start)


def clear(page: Page, piece: Piece) -> Made:
    """Take a piece away so that something can be typed in its place: whole lines leave an empty, indented one."""
    if piece.shape is not Shape.LINES:
        return delete(page, piece)
    first, last = piece.start.line, piece.end.line
    start = Position(first, len(page.lead(first)))
    return Made([(Span(start, Position(last, len(page.line(last)))), "")], start)


def put(
    page: Page, at: Position, register: Register, count: int, *, before: bool, behind: bool = False
) -> Made:
    """Put a register before or behind the caret; with `behind` the caret goes behind what was put."""
    if register.shape is Shape.LINES:
        made = insert_lines(page, at.line if before else at.line + 1, register.text.split("\n") * count)
        if behind:
            lines = (register.text.count("\n") + 1) * count
            return Made(made.pieces, Position(made.caret.line + lines, 0))
        return made
    if register.shape is Shape.BLOCK:
        return _put_block(page, at, register, count, before, behind)
    place = at if before or not page.line(at.line) else page.after(at)
    text = register.text * count
    if not text:
        return Made([], at)
    lines = text.count("\n")
    if behind or not lines:
        last = text.rpartition("\n")[2]
        end = Position(place.line + lines, len(last) + (0 if lines else place.column))
        caret = end if behind else Position(end.line, max(place.column, end.column - 1))
    else:
        caret = place
    return Made([(Span(place, place), text)], caret)


def insert_lines(page: Page, number: int, lines: list[str]) -> Made:
    """Insert whole lines so that the first of them gets a number."""
    text = page.text
    if not text.row_count:
        rows = ["", *lines] if number else [*lines, ""]
        return Made(
            [(Span(text.end, text.end), "".join(f"{row}\n" for row in rows))], Position(number, 0), True
        )
    if number < text.line_count and (number <= page.last or not page.line(text.line_count - 1)) and number:
        place = Position(number, 0)
        return Made([(Span(place, place), "".join(f"{line}\n" for line in lines))], place, True)
    if not number:
        place = Position(0, 0)
        return Made([(Span(place, place), "".join(f"{line}\n" for line in lines))], place, True)
    return Made(
        [(Span(text.end, text.end), "".join(f"\n{line}" for line in lines))], Position(number, 0), True
    )


def _put_block(page: Page, at: Position, register: Register, count: int, before: bool, behind: bool) -> Made:
    rows = register.text.split("\n")
    width = max(map(len, rows))
    empty = not page.line(at.line)
    cell = page.cell_of(at if before or empty else page.after(at))
    pieces: list[tuple[Span, str]] = []
    for number, row in enumerate(rows):
        line = at.line + number
        if line > page.last:
            tail = "".join("\n" + " " * cell + more.ljust(width) * count for more in rows[number:])
            pieces.append((Span(page.text.end, page.text.end), tail))
            break
        cells = page.cells(line)
        length = len(page.line(line))
        missing = cell - cells.cell_of(length)
        place = Position(line, length if missing >= 0 else cells.column_at(cell))
        padded = row.ljust(width) * count if missing < 0 else (row.ljust(width) * (count - 1) + row)
        pieces.append((Span(place, place), " " * max(0, missing) + padded))
    caret = Position(at.line, page.cells(at.line).column_at(cell))
    if behind:
        caret = Position(at.line + len(rows) - 1, cell + width * count)
    return Made(pieces, caret)


def mapped(page: Page, piece: Piece, change: Callable[[str], str]) -> Made:
    """Change the characters of a piece one by one."""
    found = []
    for span in spans(page, piece):
        old = page.content(span)
        new = change(old)
        if new != old:
            found.append((span, new))
    return Made(found, piece.start)


def rot13(text: str) -> str:
    """Turn letters by half the alphabet."""
    low, high = "abcdefghijklmnopqrstuvwxyz", "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    return text.translate(str.maketrans(low + high, low[13:] + low[:13] + high[13:] + high[:13]))


def _lead_of(page: Page, cells: int) -> str:
    if page.unit == "\t":
        return "\t" * (cells // page.tab) + " " * (cells % page.tab)
    return " " * cells


def shift(page: Page, rows: range, levels: int) -> Made:
    """Indent lines by some levels, or with a negative number less."""
    size = page.tab if page.unit == "\t" else len(page.unit)
    found = []
    for line in rows:
        lead = page.lead(line)
        if not page.line(line):
            continue
        cells = max(0, len(lead.expandtabs(page.tab)) + levels * size)
        new = _lead_of(page, cells)
        if new != lead:
            found.append((Span(Position(line, 0), Position(line, len(lead))), new))
    return Made(found, Position(rows.start, 0), True)


def shift_block(page: Page, piece: Piece, levels: int) -> Made:
    """Move what stands behind the left edge of a block to the right, or to the left over blanks."""
    size = page.tab if page.unit == "\t" else len(page.unit)
    found = []
    for line in piece.rows:
        left, _ = page.sides(line, piece.cells)
        text = page.line(line)
        blanks = len(text[left:]) - len(text[left:].lstrip(" \t"))
        if left < len(text) and page.cells(line).cell_of(left) == piece.cells[0]:
            taken = min(blanks, -levels * size) if levels < 0 else 0
            span = Span(Position(line, left), Position(line, left + taken))
            found.append((span, " " * max(0, levels * size)))
    return Made([(span, new) for span, new in found if new or not span.is_empty], piece.start)


def reindent(page: Page, rows: range) -> Made:
    """Indent lines like the one before them; deeper behind an opening bracket or colon, less at a closing one."""
    above = next((line for line in range(rows.start - 1, -1, -1) if page.line(line).strip()), None)
    lead = "" if above is None else page.lead(above)
    previous = "" if above is None else page.line(above).rstrip()
    found = []
    for line in rows:
        text = page.line(line).strip(" \t")
        old = page.lead(line)
        if not text:
            if old:
                found.append((Span(Position(line, 0), Position(line, len(old))), ""))
            continue
        if previous.endswith(("{", "[", "(", ":")):
            lead += page.unit
        if text[0] in ")]}":
            lead = lead.removesuffix(page.unit)
        if lead != old:
            found.append((Span(Position(line, 0), Position(line, len(old))), lead))
        previous = text
    return Made(found, Position(rows.start, 0), True)


def join(page: Page, first: int, last: int, *, keeps_blanks: bool) -> Made | None:
    """Make one line of several."""
    last = min(last, page.last)
    if first >= last:
        return None
    pieces = []
    last_piece = page.line(first)
    length, column = len(last_piece), 0
    for line in range(first, last):
        following = page.line(line + 1)
        lead = 0 if keeps_blanks else len(following) - len(following.lstrip(" \t"))
        rest = following[lead:]
        # What counts is how the line above ends, not what came before it.
        is_glued = rest and rest[0] != ")" and length and last_piece[-1:] not in (" ", "\t")
        glue = " " if is_glued and not keeps_blanks else ""
        column = length
        pieces.append((Span(Position(line, len(page.line(line))), Position(line + 1, lead)), glue))
        length += len(glue) + len(rest)
        last_piece = rest
    return Made(pieces, Position(first, column))


def replace_chars(page: Page, at: Position, char: str, count: int) -> Made | None:
    """Replace characters by another one; a line break takes the place of all of them."""
    end = at
    for _ in range(count):
        if end.column >= len(page.line(at.line)):
            return None
        end = page.after(end)
    if char == "\n":
        lead = page.lead(at.line) if page.line(at.line)[end.column :].strip() else ""
        return Made([(Span(at, end), f"\n{lead}")], Position(at.line + 1, max(0, len(lead) - 1)))
    return Made([(Span(at, end), char * count)], Position(at.line, at.column + (count - 1) * len(char)))


_NUMBER = re.compile(r"0[xX][0-9a-fA-F]+|0[bB][01]+|-?\d+")


def count_up(page: Page, at: Position, by: int) -> Made | None:
    """Add to the number at or behind the caret."""
    text = page.line(at.line)
    match = next((one for one in _NUMBER.finditer(text) if one.end() > at.column), None)
    if match is None:
        return None
    old = match.group()
    if old[:2].lower() == "0x":
        digits = f"{(int(old, 16) + by) % (1 << 64):0{len(old) - 2}x}"
        new = old[:2] + (digits.upper() if re.search("[A-F]", old[2:]) else digits)
    elif old[:2].lower() == "0b":
        new = old[:2] + f"{(int(old, 2) + by) % (1 << 64):0{len(old) - 2}b}"
    else:
        value = int(old) + by
        zeros = len(old.lstrip("-")) if old.lstrip("-").startswith("0") and len(old.lstrip("-")) > 1 else 0
        new = ("-" if value < 0 else "") + str(abs(value)).zfill(zeros)
    span = Span(Position(at.line, match.start()), Position(at.line, match.end()))
    return Made([(span, new)], Position(at.line, match.start() + len(new) - 1))


def block_lines(page: Page, piece: Piece, text: str, *, at_end: bool) -> list[tuple[Span, str]]:
    """Return what inserting the same text in every line of a block but its first takes."""
    found = []
    for line in list(piece.rows)[1:]:
        length = len(page.line(line))
        left, right = page.sides(line, piece.cells)
        cell = piece.cells[1] if at_end else piece.cells[0]
        if cell >= END:
            place, lead = length, ""
        else:
            width = page.cells(line).cell_of(length)
            if not at_end and width < cell:
                continue
            place, lead = (right if at_end else left), " " * max(0, cell - width)
        found.append((Span(Position(line, place), Position(line, place)), lead + text))
    return found
