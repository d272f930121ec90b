"""Loads grammar wheels and compiles highlight queries: lazily, once per process, and never frees them."""

import importlib
import re
from collections.abc import Mapping
from functools import cache
from importlib import resources

import tree_sitter

from spark_tui.core.values import dataclass
from spark_tui.syntax.languages import LANGUAGES

# A predicate over text. The binding holds every one of them true once the tree has been edited, for want of
# the text; so they are turned into settings of their pattern, and answered by us from the text as it is.
_PREDICATE = re.compile(
    r'\(#((?:not-|any-)*(?:eq|match|of)\?)((?:\s+(?:@[\w.-]+|"(?:\\.|[^"\\])*"|[\w.-]+))+)\s*\)', re.DOTALL
)
_ARGUMENT = re.compile(r'@([\w.-]+)|"((?:\\.|[^"\\])*)"|([\w.-]+)', re.DOTALL)
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", "0": "\0"}


@dataclass(frozen=True, slots=True)
class Predicate:
    """One condition on the texts of a pattern's captures."""

    name: str
    """`eq?`, `match?` or `any-of?`, with `not-` and `any-` before it where the query says so."""
    capture: str
    """The capture whose texts are looked at."""
    others: tuple[tuple[bool, str], ...]
    """The remaining arguments: whether it names a capture, and the name or the text."""


@dataclass(frozen=True, slots=True)
class HighlightQuery:
    """A compiled query, and what its patterns ask of texts."""

    query: tree_sitter.Query
    """The compiled query, without predicates over text."""
    predicates: Mapping[int, tuple[Predicate, ...]]
    """By pattern number."""


@cache
def grammar(language: str) -> tree_sitter.Language | None:
    """The grammar of a language; None if the table does not have it, or its wheel is missing or unusable."""
    row = LANGUAGES.get(language)
    return None if row is None else _load(row.wheel, row.factory)


@cache
def paragraph() -> tree_sitter.Language | None:
    """The second grammar of Markdown, for what stands inside a paragraph."""
    return _load("tree_sitter_markdown", "inline_language")


@cache
def highlight_query(language: str) -> HighlightQuery | None:
    """The compiled highlight query of a language; None if there is none that this grammar understands."""
    row = LANGUAGES.get(language)
    loaded = grammar(language)
    if row is None or loaded is None:
        return None
    return _compile(loaded, tuple(_query_text(name) for name in row.queries))


@cache
def paragraph_query() -> HighlightQuery | None:
    """The highlight query for what stands inside a Markdown paragraph."""
    loaded = paragraph()
    return None if loaded is None else _compile(loaded, (_query_text("paragraph.scm"),))


@cache
def inner_query(language: str) -> tree_sitter.Query | None:
    """The query for other languages inside this one; None if there are none."""
    loaded, text = grammar(language), _query_text(f"{language}_inner.scm")
    compiled = _compile(loaded, (text,)) if loaded is not None and text else None
    return None if compiled is None else compiled.query


def _load(wheel: str, factory: str) -> tree_sitter.Language | None:
    try:
        return tree_sitter.Language(getattr(importlib.import_module(wheel), factory)())
    except (ImportError, AttributeError, OSError, TypeError, ValueError):
        return None


def _compile(loaded: tree_sitter.Language, texts: tuple[str, ...]) -> HighlightQuery | None:
    while texts:
        predicates: list[Predicate] = []

        def as_setting(found: re.Match[str], into: list[Predicate] = predicates) -> str:
            arguments = [
                (bool(capture), capture or word or _unescaped(text))
                for capture, text, word in _ARGUMENT.findall(found[2])
            ]
            into.append(Predicate(found[1], arguments[0][1], tuple(arguments[1:])))
            return f'(#set! "{len(into) - 1}" "")'

        source = _PREDICATE.sub(as_setting, "\n".join(texts))
        try:
            query = tree_sitter.Query(loaded, source)
        except (tree_sitter.QueryError, ValueError):
            # A newer wheel may have renamed a node that our addition names: its own query alone still works.
            texts = texts[:-1]
            continue
        count: int = query.pattern_count  # type: ignore[assignment]
        numbers = {pattern: query.pattern_settings(pattern) for pattern in range(count)}
        return HighlightQuery(
            query,
            {
                pattern: tuple(predicates[int(number)] for number in settings if number.isdecimal())
                for pattern, settings in numbers.items()
                if settings
            },
        )
    return None


def _unescaped(text: str) -> str:
    return re.sub(r"\\(.)", lambda found: _ESCAPES.get(found[1], found[1]), text, flags=re.DOTALL)


@cache
def _query_text(name: str) -> str:
    try:
        if name.endswith(".scm"):
            return (resources.files("spark_tui.syntax") / "queries" / name).read_text(encoding="utf-8")
        return str(getattr(importlib.import_module(name), "HIGHLIGHTS_QUERY", "") or "")
    except (ImportError, OSError, UnicodeDecodeError):
        return ""
