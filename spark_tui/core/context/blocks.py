"""How data stands in a message: blocks that say how many lines they hold, with borders that no content can forge."""

import re
from collections.abc import Iterator, Sequence
from hashlib import sha256

from spark_tui.core.text import Span, Text
from spark_tui.core.values import dataclass

TAGS = ("file", "skeleton", "rules", "map", "diff", "terminal", "diagnostics", "decisions", "definition")
"""What a block can be."""
_LOOKS_LIKE_A_BORDER = re.compile(r"\s*</?(?:" + "|".join(TAGS) + r"|excerpt|selection|cursor)\b")
_OPENING = re.compile(r'<([a-z]+)((?: [a-z_]+="[^"\n]*")*)>')
_ATTRIBUTE = re.compile(r' ([a-z_]+)="([^"]*)"')
_ESCAPES = (("&", "&amp;"), ('"', "&quot;"), ("<", "&lt;"), (">", "&gt;"))


def attribute(value: str) -> str:
    """Write a value so that it can stand between quotes."""
    for plain, written in _ESCAPES:
        value = value.replace(plain, written)
    return value


def block(tag: str, rows: Sequence[str], path: str = "", **more: str) -> str:
    """Write rows between borders; where a row looks like a border, the real ones bear a name that no row has."""
    border = _border(rows)
    told = {"path": path, "lines": str(len(rows)), **more, "border": border}
    head = "".join(f' {name}="{attribute(value)}"' for name, value in told.items() if value)
    end = f"</{tag} {border}>" if border else f"</{tag}>"
    return "\n".join([f"<{tag}{head}>", *rows, end])


def _border(rows: Sequence[str]) -> str:
    """The name of the borders; empty where the rows hold nothing that could be taken for one."""
    if not any(_LOOKS_LIKE_A_BORDER.match(row) for row in rows if "<" in row):
        return ""
    content = "\n".join(rows)
    digest = sha256(content.encode("utf-8", "surrogatepass"))
    while (name := digest.hexdigest()[:8]) in content:
        digest.update(b".")
    return name


def file_block(path: str, text: Text, rows: Sequence[str] | None = None) -> str:
    """Write a whole file; `rows` is what is sent in place of its lines, where something in them is withheld."""
    rows = text.lines(0, text.row_count) if rows is None else rows
    tail = "" if text.ends_with_newline or not rows else "no"
    return block("file", rows, path, final_newline=tail)


def place_block(path: str, line: int, selection: Span | None) -> str:
    """Write where the person is: caret line, or the selected lines; 1-based, inclusive."""
    if selection is None or selection.start == selection.end:
        return f'<cursor path="{attribute(path)}" line="{line + 1}"/>'
    last = selection.end.line - (selection.end.column == 0 and selection.end.line > selection.start.line)
    return f'<selection path="{attribute(path)}" from="{selection.start.line + 1}" to="{last + 1}"/>'


@dataclass(frozen=True, slots=True)
class Found:
    """One block of a message, or the text between two."""

    text: str
    """As it stands there."""
    tag: str = ""
    """Empty: text between blocks."""
    path: str = ""


def read_blocks(message: str) -> Iterator[Found]:
    """Take a message apart; joined by line feeds the parts are the message again."""
    rows = message.split("\n")
    at = start = 0
    while at < len(rows):
        length, tag, path = _block_at(rows, at)
        if not length:
            at += 1
            continue
        if start < at:
            yield Found("\n".join(rows[start:at]))
        yield Found("\n".join(rows[at : at + length]), tag, path)
        at += length
        start = at
    if start < len(rows):
        yield Found("\n".join(rows[start:]))


def _block_at(rows: Sequence[str], at: int) -> tuple[int, str, str]:
    """How many rows the block takes that begins here, 0 if none does; its tag and path."""
    opening = _OPENING.fullmatch(rows[at]) if rows[at].startswith("<") else None
    if opening is None or opening[1] not in TAGS:
        return 0, "", ""
    attributes = dict(_ATTRIBUTE.findall(opening[2]))
    count, border = attributes.get("lines", ""), attributes.get("border", "")
    if not (count.isascii() and count.isdecimal() and len(count) < 10):
        return 0, "", ""
    length = int(count) + 2
    end = f"</{opening[1]} {border}>" if border else f"</{opening[1]}>"
    if rows[at + length - 1 : at + length] != [end]:
        return 0, "", ""
    path = attributes.get("path", "")
    for plain, written in reversed(_ESCAPES):
        path = path.replace(written, plain)
    return length, opening[1], path
