"""Reads a conversation as it stands on the wire: the files it shows, and what was asked last.

Context is text in user messages, in blocks that say how many lines they hold, so that content which looks like
a block is only content:

    <file path="pkg/a.py" lines="2">          the whole file; final_newline="no" if its last line has no ending
    import os
    print(os.name)
    </file>
    <excerpt path="b.py" from="10" to="11" of="80">   some lines of a file (1-based, inclusive); never edited
    ...
    </excerpt>
    <skeleton path="b.py" lines="2" of="80"> ... </skeleton>      and other blocks, which are passed over
    <selection path="a.py" from="3" to="9"/>
    <cursor path="a.py" line="4"/>

With border="x" a block ends with `</file x>`.
Attribute values have `&`, `"`, `<` and `>` written as `&amp;`, `&quot;`, `&lt;` and `&gt;`.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

_BLOCK = re.compile(r'<([a-z]+)((?:\s+[a-z_]+="[^"]*")+)\s*>')
_TAGS = (
    "file",
    "excerpt",
    "skeleton",
    "definition",
    "rules",
    "map",
    "diff",
    "terminal",
    "diagnostics",
    "decisions",
)
_MARK = re.compile(r'<(selection|cursor)((?:\s+[a-z_]+="[^"]*")+)\s*/>')
_ATTRIBUTE = re.compile(r'([a-z_]+)="([^"]*)"')
_LARGEST_NUMBER = 10


@dataclass(frozen=True, slots=True)
class PromptFile:
    """A whole file that the prompt shows."""

    path: str
    lines: tuple[str, ...]
    """Without endings."""
    final_newline: bool = True
    """Whether the last line has an ending."""


@dataclass(frozen=True, slots=True)
class Selection:
    """The lines the person has selected."""

    path: str
    first: int
    """0-based."""
    last: int
    """0-based, inclusive."""


@dataclass(frozen=True, slots=True)
class Brief:
    """What a conversation comes down to."""

    instruction: str = ""
    """The last user message, without the blocks in it."""
    before: str = ""
    """The last user message before that one which asked for something."""
    files: Mapping[str, PromptFile] = field(default_factory=dict)
    """By path, in the order in which they were first shown."""
    excerpts: tuple[str, ...] = ()
    """Paths of which only some lines are shown."""
    selection: Selection | None = None
    here: str = ""
    """The path the person has in view, as far as a selection or a cursor tells."""
    tool_output: str | None = None
    """What the last tool call came to, if nothing was asked since."""


def read_prompt(messages: Sequence[Mapping[str, object]]) -> Brief:
    """What the conversation shows and asks; unknown items are passed over."""
    files: dict[str, PromptFile] = {}
    excerpts: dict[str, None] = {}
    sight = _Sight()
    instruction, before, tool_output = "", "", None
    for item in messages:
        kind = item.get("type", "message")
        if isinstance(kind, str) and kind.endswith("_call_output"):
            tool_output = _text(item.get("output"))
        if kind != "message" or item.get("role") not in ("user", "developer"):
            sight = _Sight()
            continue
        reading = _Reading(_text(item.get("content")))
        for file in reading.files:
            files[file.path] = file
            excerpts.pop(file.path, None)
        excerpts.update((path, None) for path in reading.excerpts if path not in files)
        sight = _Sight(reading.selection or sight.selection, reading.here or sight.here)
        if item.get("role") == "user":
            before = instruction or before
            instruction, tool_output = reading.rest, None
    return Brief(instruction, before, files, tuple(excerpts), sight.selection, sight.here, tool_output)


@dataclass(frozen=True, slots=True)
class _Sight:
    """Selection and cursor belong to one turn: whatever follows an answer is a new one."""

    selection: Selection | None = None
    here: str = ""


class _Reading:
    """One message, taken apart."""

    def __init__(self, text: str) -> None:
        self.files: list[PromptFile] = []
        self.excerpts: list[str] = []
        self.selection: Selection | None = None
        self.here = ""
        rest: list[str] = []
        rows = text.split("\n")
        at = 0
        while at < len(rows):
            taken = self._block(rows, at) or self._mark(rows[at])
            if not taken:
                rest.append(rows[at])
            at += taken or 1
        self.rest = "\n".join(rest).strip()

    def _block(self, rows: list[str], at: int) -> int:
        """How many rows the block that begins here takes; 0 if none does."""
        opening = _BLOCK.fullmatch(rows[at].rstrip())
        if opening is None or opening[1] not in _TAGS:
            return 0
        tag, attributes = opening[1], _attributes(opening[2])
        path, count = attributes.get("path", ""), _line_count(attributes)
        end = f"</{tag} {attributes['border']}>" if "border" in attributes else f"</{tag}>"
        if (not path and tag in ("file", "excerpt")) or count is None:
            return 0
        if rows[at + 1 + count : at + 2 + count] != [end]:
            return 0
        if tag == "file":
            lines = tuple(rows[at + 1 : at + 1 + count])
            self.files.append(PromptFile(path, lines, attributes.get("final_newline") != "no"))
        elif tag in ("excerpt", "skeleton"):
            self.excerpts.append(path)
        return count + 2

    def _mark(self, row: str) -> int:
        found = _MARK.fullmatch(row.strip())
        if found is None:
            return 0
        attributes = _attributes(found[2])
        path = attributes.get("path", "")
        first, last = _number(attributes.get("from")), _number(attributes.get("to"))
        if found[1] == "selection" and first and last and first <= last:
            self.selection = Selection(path, first - 1, last - 1)
        self.here = path or self.here
        return 1


def _attributes(text: str) -> dict[str, str]:
    return {name: _plain(value) for name, value in _ATTRIBUTE.findall(text)}


def _plain(value: str) -> str:
    for escaped, character in (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&amp;", "&")):
        value = value.replace(escaped, character)
    return value


def _line_count(attributes: Mapping[str, str]) -> int | None:
    if "lines" in attributes:
        return _number(attributes["lines"])
    first, last = _number(attributes.get("from")), _number(attributes.get("to"))
    return None if first is None or last is None or last < first - 1 else last - first + 1


def _number(text: str | None) -> int | None:
    if text is None or not (text.isascii() and text.isdecimal() and len(text) < _LARGEST_NUMBER):
        return None
    return int(text)


def _text(content: object) -> str:
    return content if isinstance(content, str) else "\n".join(_parts(content))


def _parts(content: object) -> Iterator[str]:
    if not isinstance(content, Sequence):
        return
    for part in content:
        text = part.get("text") if isinstance(part, Mapping) else part
        if isinstance(text, str):
            yield text
