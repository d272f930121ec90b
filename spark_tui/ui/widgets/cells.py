"""Text measured in terminal cells: wrapping, cutting, and making a line of code fit to be shown."""

from rich.cells import cell_len, get_character_cell_size

from spark_tui.core.display import inert

TAB = 4
"""Cells between tab stops where code is quoted."""


def quoted(text: str) -> str:
    """Make one line of foreign text fit to be shown: inert, tabs as blanks."""
    return inert(text, keep_tabs=True).expandtabs(TAB) if "\t" in text else inert(text)


def visible(text: str) -> str:
    """Like `quoted`, with every blank and tab written as a sign; as long as `quoted` makes it."""
    out: list[str] = []
    column = 0
    for char in inert(text, keep_tabs=True):
        sign = "→".ljust(TAB - column % TAB) if char == "\t" else "·" if char == " " else char
        out.append(sign)
        column += len(sign)
    return "".join(out)


def cut(text: str, width: int) -> str:
    """Return `text` if it fits into `width` cells, else its beginning and an ellipsis."""
    if cell_len(text) <= width:
        return text
    return f"{_head(text, max(width - 1, 0))}…" if width > 0 else ""


def cut_path(path: str, width: int) -> str:
    """Shorten a path from the left, because its end tells most."""
    if cell_len(path) <= width:
        return path
    tail = path
    while tail and cell_len(tail) > width - 1:
        tail = tail[1:]
    return f"…{tail}" if width > 0 else ""


def _head(text: str, width: int) -> str:
    if text.isascii():
        return text[:width]
    used = 0
    for place, char in enumerate(text):
        used += get_character_cell_size(char)
        if used > width:
            return text[:place]
    return text


def wrap_code(text: str, width: int) -> list[str]:
    """Break a line of code into pieces of at most `width` cells, wherever the edge is."""
    if width <= 0 or not text:
        return [text] if not text else []
    pieces: list[str] = []
    while text:
        head = _head(text, width) or text[:1]
        pieces.append(head)
        text = text[len(head) :]
    return pieces


def wrap_words(text: str, width: int) -> list[str]:
    """Break prose at blanks into lines of at most `width` cells; a word that is too long is broken."""
    if width <= 0:
        return []
    if cell_len(text) <= width:
        return [text]
    indent = text[: len(text) - len(text.lstrip(" "))][: max(width - 8, 0)]
    lines: list[str] = []
    line = indent
    for word in text.split():
        joined = f"{line}{word}" if line == indent else f"{line} {word}"
        if cell_len(joined) <= width:
            line = joined
            continue
        if line != indent:
            lines.append(line)
        *full, line = wrap_code(f"{indent}{word}", width)
        lines.extend(full)
    lines.append(line)
    return lines
