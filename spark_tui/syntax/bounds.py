"""What keeps a hostile source from harming the parser: nesting that a grammar can't take, queries without end.

The scanners of some grammars write what they remember of the nesting into memory that is too small for it when it is
very deep, which ends the program. No person's source is nested like that, so it is not parsed.
"""

import re
import warnings
from collections.abc import Callable, Mapping, Sequence
from typing import Final

import tree_sitter

from spark_tui.syntax.line_bytes import encoded

_QUERY_SECONDS: Final = 0.3
"""Longest time for one query; brackets without end that are never closed would take minutes."""
_SECONDS_A_LINE: Final = 0.005
_DEEPEST_INDENT: Final = 400
"""Columns; the scanner of Python has room for about 500 levels."""
_DEEPEST_CONTINUED: Final = 100
"""Columns of a line of which nothing but the indent is continued, so that those of the next one are added."""
_INDENT = re.compile(rb"(?:^|[\f\r])([ \t]{50,})", re.MULTILINE)
_CONTINUED = re.compile(rb"^([ \t]{12,})\\\r?$", re.MULTILINE)
_CONTINUED_TWICE = re.compile(rb"^[ \t]*\\\r?\n[ \t]*\\\r?$", re.MULTILINE)
_MARKS = re.compile(rb"(?:[ \t]|[-?:](?![^ \t\r\n])){121}")
"""Columns in which blocks of YAML can begin; its scanner has room for about 250, and two can begin in each."""


def _python(source: bytes) -> bool:
    # Most sources have nothing of the kind, which is told in a twentieth of the time.
    has_deep = b" " * 50 in source or b"\t" in source
    has_continued = b"\\\n" in source or b"\\\r" in source or source.endswith(b"\\")
    return (
        has_continued
        and _CONTINUED_TWICE.search(source) is not None
        or has_continued
        and any(_width(found[1]) > _DEEPEST_CONTINUED for found in _CONTINUED.finditer(source))
        or has_deep
        and any(_width(found[1]) > _DEEPEST_INDENT for found in _INDENT.finditer(source))
    )


def _width(blanks: bytes) -> int:
    return len(blanks) + 7 * blanks.count(b"\t")


def _yaml(source: bytes) -> bool:
    return _MARKS.search(source) is not None


_BEYOND: Mapping[str, Callable[[bytes], bool]] = {"python": _python, "yaml": _yaml}


def is_beyond(language: str, source: bytes) -> bool:
    """Whether a source, or some whole lines of it, is nested deeper than its grammar can take."""
    judge = _BEYOND.get(language)
    return judge is not None and judge(source)


def parseable(language: str, lines: Sequence[str]) -> bytes:
    """Return lines (without endings) as the parser wants them; nothing where it can't take them."""
    source = encoded("\n".join(lines))
    return b"" if is_beyond(language, source) else source


def query_cursor(query: tree_sitter.Query, match_limit: int, lines: int) -> tree_sitter.QueryCursor:
    """Make a cursor for so many lines that gives up after a while, with what it has found so far."""
    seconds = _QUERY_SECONDS + _SECONDS_A_LINE * lines
    with warnings.catch_warnings():
        # The parameter that replaces it crashes in the release we pin.
        warnings.simplefilter("ignore", DeprecationWarning)
        return tree_sitter.QueryCursor(
            query, match_limit=match_limit, timeout_micros=int(seconds * 1_000_000)
        )


def is_hopeless(seconds: float, found: int) -> bool:
    """Whether a query that took so much of the processor's time, and found so much, is not to be asked again."""
    return seconds > 0.1 and seconds > 0.0001 * found
