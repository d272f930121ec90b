"""What the person looks for, as a function from lines to matches; and what shall stand in the place of a match.

Columns are code points. An expression sees one line at a time unless it names a line break itself.
"""

import re
from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate

from spark_tui.core.text import Change, ChangeSet, Position, Span, Text
from spark_tui.core.values import dataclass

Hit = tuple[int, int, int]
"""Line, first column, column behind the last one."""

_NAMES_BREAK = re.compile(r"(?<!\\)(?:\\\\)*\\[nr]|\(\?[a-z]*s|\n")
_WORD = re.compile(r"\w")
_PART = re.compile(r"\\(\\|n|r|t|\d{1,2}|g<(\w+)>)|\$(\$|&|\d{1,2}|\{(\w+)\})")


@dataclass(frozen=True, slots=True)
class Query:
    """What to look for, and how."""

    pattern: str = ""
    is_regex: bool = False
    whole_word: bool = False
    match_case: bool = False


@dataclass(frozen=True, slots=True)
class Matcher:
    """A query that can be used."""

    regex: re.Pattern[str]
    is_literal: bool
    crosses_lines: bool
    """Whether a match may hold a line break, so that only the whole text will do."""

    def in_line(self, line: str) -> list[tuple[int, int]]:
        """Return the matches in one line."""
        return [found.span() for found in self.regex.finditer(line)]

    def in_lines(self, lines: Sequence[str]) -> list[Hit]:
        """Return the matches in some lines, counted from the first of them."""
        if not self.is_literal:
            find = self.regex.finditer
            return [(number, *found.span()) for number, line in enumerate(lines) for found in find(line)]
        joined = "\n".join(lines)
        spans = [found.span() for found in self.regex.finditer(joined)]
        if not spans:
            return []
        starts = list(accumulate((len(line) + 1 for line in lines), initial=0))
        hits = []
        for start, end in spans:
            number = bisect_right(starts, start) - 1
            hits.append((number, start - starts[number], end - starts[number]))
        return hits

    def in_text(self, text: Text) -> list[Span]:
        """Return the matches in a whole text whose line breaks are line feeds."""
        lines = text.lines()
        starts = list(accumulate((len(line) + 1 for line in lines), initial=0))

        def place(offset: int) -> Position:
            number = min(bisect_right(starts, offset), len(lines)) - 1
            return Position(number, offset - starts[number])

        return [
            Span(place(found.start()), place(found.end())) for found in self.regex.finditer("\n".join(lines))
        ]


def matcher_for(query: Query) -> Matcher | str:
    """Return a matcher, or a sentence about what is wrong with the expression."""
    source = query.pattern if query.is_regex else re.escape(query.pattern)
    if query.whole_word:
        first = r"(?<!\w)" if query.is_regex or _WORD.match(query.pattern) else ""
        last = r"(?!\w)" if query.is_regex or _WORD.match(query.pattern[-1:]) else ""
        source = f"{first}(?:{source}){last}"
    try:
        regex = re.compile(source, re.NOFLAG if query.match_case else re.IGNORECASE)
    except re.error as error:
        return f"Not a regular expression: {error.msg}."
    except (OverflowError, RecursionError):
        return "Not a regular expression: it is too deep."
    crosses = bool(_NAMES_BREAK.search(query.pattern)) if query.is_regex else "\n" in query.pattern
    if crosses:
        regex = re.compile(source, regex.flags | re.MULTILINE)
    return Matcher(regex, not query.is_regex, crosses)


@dataclass(frozen=True, slots=True)
class Template:
    r"""What takes the place of a match: text, and groups of an expression as `$1`, `${name}` or `\1`."""

    parts: tuple[str | int, ...]
    r"""Text with line feeds for line breaks, numbers of groups, and names of groups behind a `\0`."""

    def fill(self, found: re.Match[str]) -> str:
        """Return the text for one match; groups that took no part are empty."""
        out = ""
        for part in self.parts:
            if isinstance(part, int):
                out += found.group(part) or ""
            elif part.startswith("\0"):
                out += found.group(part[1:]) or ""
            else:
                out += part
        return out


def template_for(replacement: str, matcher: Matcher) -> Template | str:
    """Return what a replacement means, or a sentence about a group that the expression does not have."""
    if matcher.is_literal:
        return Template((replacement,))
    parts: list[str | int] = []
    at = 0
    for found in _PART.finditer(replacement):
        parts.append(replacement[at : found.start()])
        at = found.end()
        word = found[1] or found[3]
        name = found[2] or found[4] or (word if word.isdigit() else "0" if word == "&" else "")
        if not name:
            parts.append({"n": "\n", "r": "\n", "t": "\t"}.get(word, word))
        elif name.isdigit() and int(name) <= matcher.regex.groups:
            parts.append(int(name))
        elif name in matcher.regex.groupindex:
            parts.append("\0" + name)
        else:
            return f"The expression has no group {name}."
    parts.append(replacement[at:])
    return Template(tuple(part for part in parts if part != ""))


def replaced(text: Text, matcher: Matcher, spans: Sequence[Span], replacement: str) -> ChangeSet | str:
    """Return the changes that replace matches, with the line breaks of the text, or a sentence why not."""
    template = template_for(replacement, matcher)
    if isinstance(template, str):
        return template
    changes = []
    for span in spans:
        new = replacement
        if not matcher.is_literal:
            lines = text.lines(span.start.line, span.end.line + 1)
            end = span.end.column + sum(len(line) + 1 for line in lines[:-1])
            found = matcher.regex.match("\n".join(lines), span.start.column)
            if found is None or found.end() != end:
                continue
            new = template.fill(found)
        changes.append(Change(span, new.replace("\n", text.newline)))
    return ChangeSet(text.revision, tuple(changes), text.lone_cr)
