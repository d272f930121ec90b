"""The instructions the rehearsal understands: one table from which they are recognised and the help is written."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Scope:
    """Where an instruction is to work."""

    paths: tuple[str, ...] = ()
    """Only in these files; empty: in all that were given."""
    selection: bool = False
    """Only in the selected lines."""
    here: bool = False
    """Only in the file in view."""


@dataclass(frozen=True, slots=True)
class Rename:
    """Give an identifier another name."""

    old: str
    new: str
    scope: Scope = field(default_factory=Scope)


@dataclass(frozen=True, slots=True)
class AddDocstrings:
    """Describe what lacks a description."""

    name: str = ""
    """Only the functions and classes of this name; empty: all."""
    scope: Scope = field(default_factory=Scope)


@dataclass(frozen=True, slots=True)
class Replace:
    """Put one text in the place of another."""

    old: str
    new: str
    scope: Scope = field(default_factory=Scope)


@dataclass(frozen=True, slots=True)
class RemoveUnusedImports:
    """Take away imports whose names are not used."""

    scope: Scope = field(default_factory=Scope)


@dataclass(frozen=True, slots=True)
class WrapInLogging:
    """Log where a function is entered and left."""

    name: str
    """A function, or `Class.method`."""
    scope: Scope = field(default_factory=Scope)


@dataclass(frozen=True, slots=True)
class ExtractConstant:
    """Name a literal at the top of the file, and use the name."""

    literal: str
    """The text of a string, or a number as it is written."""
    is_quoted: bool
    """Whether it was quoted, and so is a string first."""
    name: str = ""
    """Empty: one is made from the literal."""
    scope: Scope = field(default_factory=Scope)


Instruction = Rename | AddDocstrings | Replace | RemoveUnusedImports | WrapInLogging | ExtractConstant


@dataclass(frozen=True, slots=True)
class Row:
    """One kind of instruction."""

    usage: str
    """How to say it."""
    meaning: str
    """What it does, in a few words."""
    patterns: tuple[re.Pattern[str], ...]
    """Ways of saying it, tried in order on the whole prompt."""
    make: Callable[[re.Match[str], Scope], Instruction | None]
    """The instruction from what a pattern found; None if it does not add up to one."""


# What stands between a pair of signs, or one word without any.
_TEXT = (
    r"""(?:"(?P<{0}1>(?:\\.|[^"\\])*)"|'(?P<{0}2>(?:\\.|[^'\\])*)'|`(?P<{0}3>[^`]*)`"""
    r"""|“(?P<{0}4>[^”]*)”|(?P<{0}5>[^\s"'`“]+))"""
)
_NAME = r"""["'`“‘]?(?P<{0}>[^\s"'`“”‘’(),;]+?)(?:\(\))?["'`”’]?"""
_KIND = (
    r"(?:(?:the|a|an|all|every|each)\s+)*"
    r"(?:(?:function|method|class|variable|constant|identifier|name|symbol|parameter|argument|attribute|field|"
    r"property|type|module)s?\s+)?"
)
_WHERE = (
    r"(?:,?\s+(?:(?:everywhere|throughout)(?:\s+(?P<scope0>.+))?"
    r"|(?:only\s+)?(?:in|within|inside|of|from|across|for|to)\s+(?P<scope1>.+)|(?P<scope2>here)))?"
)
_POLITE_START = re.compile(
    r"^(?:(?:hi|hello|hey|ok|okay|so|now|then|and)\b[,!.]?\s+)*"
    r"(?:(?:(?:can|could|would|will)\s+you|i\s+(?:want|would\s+like)\s+you\s+to|let's|let\s+us|let\s+me|just|please|"
    r"kindly)[,]?\s+)*",
    re.IGNORECASE,
)
_POLITE_END = re.compile(r"(?:[,\s]+(?:please|thanks|thank\s+you|now|for\s+me))*[\s.!?]*$", re.IGNORECASE)
_ALL = re.compile(
    r"(?:all|(?:all\s+)?(?:of\s+)?(?:the\s+|my\s+|these\s+|given\s+|open\s+)*(?:files?|project|code|codebase|repo"
    r"|repository|workspace|functions?|classes|methods|functions\s+and\s+classes|everything"
    r"|whole\s+(?:project|file|repository))"
    r"|every\s+(?:file|function|class|method)|everything|everywhere)(?:\s+that\s+(?:lack|need|miss)\w*\s+(?:one|them|it))?",
    re.IGNORECASE,
)
_HERE = re.compile(
    r"(?:(?:this|the\s+(?:current|open|active))\s+(?:file|module|buffer|tab))(?:\s+only)?|it", re.IGNORECASE
)
_SELECTION = re.compile(
    r"here|(?:(?:the|this|my|these)\s+)?(?:current\s+)?(?:selection|(?:selected|highlighted|marked)\s+\w+)"
    r"(?:\s+only)?|these\s+lines",
    re.IGNORECASE,
)
_LEAD = re.compile(
    r"(?:(?:all|the|every|each)\s+)*"
    r"(?:(?:functions?|classes|class|methods?)(?:\s+and\s+(?:classes|functions|methods))?\s+)?"
    r"(?:in|within|inside|of|from|across)\s+",
    re.IGNORECASE,
)
_PATH_SEPARATOR = re.compile(r"\s*(?:,\s*and\s+|,|\s+and\s+)\s*", re.IGNORECASE)
_PATH = re.compile(r"""(?:the\s+)?(?:files?\s+)?@?["'`]?(?P<path>[^\s"'`]+)["'`]?""", re.IGNORECASE)
_FUNCTION = re.compile(r"\w+(?:\.\w+)?(?:\(\))?")
_NUMBER = re.compile(
    r"[-+]?(?:0[xob][0-9a-f_]+|(?:\d[\d_]*)(?:\.\d*)?(?:e[-+]?\d+)?|\.\d+(?:e[-+]?\d+)?)", re.IGNORECASE
)

_LONGEST_PROMPT = 4000
_LONGEST_END = 40


_MENTIONS_END = re.compile(
    r"(?:(?:\s|,)\s*(?:(?:see|with|using|and)\s+)?@(?:\"[^\"]*\"|[^\s\"@]+))+\s*$", re.IGNORECASE
)


def understand(prompt: str) -> Instruction | None:
    """The instruction that a prompt gives; None if it is none of the table's."""
    if len(prompt) > _LONGEST_PROMPT:
        return None
    text = _POLITE_START.sub("", prompt.strip(), count=1)
    text = text[:-_LONGEST_END] + _POLITE_END.sub("", text[-_LONGEST_END:], count=1)
    # Files mentioned after an instruction are sent along; they do not say where to work.
    return _row_for(text) or _row_for(_MENTIONS_END.sub("", text, count=1))


def _row_for(text: str) -> Instruction | None:
    for row in INSTRUCTIONS:
        for pattern in row.patterns:
            found = pattern.fullmatch(text)
            scope = _scope(found) if found else None
            instruction = row.make(found, scope) if found and scope is not None else None
            if instruction is not None:
                return instruction
    return None


def help_text() -> str:
    """What the rehearsal can do, as the table has it."""
    rows = "\n".join(f"- `{row.usage}`: {row.meaning}" for row in INSTRUCTIONS)
    return (
        f"{rows}\n"
        "Add `in PATH` to stay in one of the files, `in this file`, or `in the selection` to stay in the selected "
        "lines."
    )


def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(text.replace(" ", r"\s+") + _WHERE, re.IGNORECASE | re.DOTALL)


def _scope(found: re.Match[str]) -> Scope | None:
    """Where, as the end of the sentence says; None if that is no place."""
    groups = found.groupdict()
    if groups.get("scope2"):
        return Scope(selection=True)
    text = (groups.get("scope0") or groups.get("scope1") or "").strip()
    lead = _LEAD.match(text)
    text = text[lead.end() :] if lead else text
    if not text or _ALL.fullmatch(text):
        return Scope()
    if _SELECTION.fullmatch(text):
        return Scope(selection=True)
    if _HERE.fullmatch(text):
        return Scope(here=True)
    paths = [_PATH.fullmatch(part) for part in _PATH_SEPARATOR.split(text)]
    return None if None in paths else Scope(tuple(path["path"] for path in paths if path))


def _said(found: re.Match[str], group: str) -> str:
    """A text that may have been quoted; in quotes, a backslash keeps the quote sign that follows."""
    for number, sign in ((1, '"'), (2, "'")):
        text = found[f"{group}{number}"]
        if text is not None:
            return str(text).replace("\\" + sign, sign)
    return str(found[f"{group}3"] or found[f"{group}4"] or found[f"{group}5"] or "")


def _is_quoted(found: re.Match[str], group: str) -> bool:
    return found[f"{group}5"] is None


def _docstrings(found: re.Match[str], scope: Scope) -> Instruction:
    named = found.groupdict()
    name = named.get("name") or ""
    # "add a docstring to load" names a function where "add docstrings to a.py" names a file.
    if not name and named.get("one") and len(scope.paths) == 1 and _FUNCTION.fullmatch(scope.paths[0]):
        return AddDocstrings(scope.paths[0].removesuffix("()"))
    return AddDocstrings(name, scope)


def _replace(found: re.Match[str], scope: Scope) -> Instruction | None:
    # Two bare words are more often about something ("replace tabs with spaces") than two texts.
    if not (_is_quoted(found, "old") or _is_quoted(found, "new")) or not _said(found, "old"):
        return None
    return Replace(_said(found, "old"), _said(found, "new"), scope)


def _extract(found: re.Match[str], scope: Scope) -> Instruction | None:
    literal, is_quoted = _said(found, "literal"), _is_quoted(found, "literal")
    if not is_quoted and not _NUMBER.fullmatch(literal):
        return None
    return ExtractConstant(literal, is_quoted, found.groupdict().get("name") or "", scope)


_OLD, _NEW, _LITERAL = _TEXT.format("old"), _TEXT.format("new"), _TEXT.format("literal")
_CALLED = (
    rf"(?!(?:in|here|within|inside|everywhere|for|from|of|to|across|throughout)\b){_NAME.format('name')}"
)

INSTRUCTIONS: tuple[Row, ...] = (
    Row(
        "rename X to Y",
        "every identifier X in the files becomes Y; strings and comments stay",
        (
            _pattern(rf"rename {_KIND}{_NAME.format('old')} (?:to|as|into|->|→|=>) {_NAME.format('new')}"),
            _pattern(rf"change the name of {_KIND}{_NAME.format('old')} (?:to|into) {_NAME.format('new')}"),
        ),
        lambda found, scope: Rename(found["old"], found["new"], scope),
    ),
    Row(
        "add docstrings",
        "functions and classes without one get one, made from name and parameters; `add a docstring to X` for one",
        (
            _pattern(
                r"(?:add|write|insert|generate|create|put)(?: (?:the|all|any|some|missing|(?P<one>an?)))*"
                r"(?: python)? (?:docstrings?|doc[ -]?comments?|docs|documentation)"
            ),
            _pattern(rf"document (?:the )?(?:function|class|method) {_NAME.format('name')}"),
            _pattern(r"document (?:all (?:the )?functions(?: and classes)?|everything|(?:the )?code)"),
        ),
        _docstrings,
    ),
    Row(
        'replace "a" with "b"',
        "one text for another, anywhere in the files, exactly as written",
        (
            _pattern(
                r"(?:replace|substitute)(?: (?:all|every|each|the))*"
                r"(?: (?:occurrences?|instances?|uses?|texts?|strings?|words?))?(?: of)?(?: the (?:text|string|word))?"
                rf" {_OLD} (?:with|by) {_NEW}"
            ),
            _pattern(
                rf"change(?: (?:all|every|each|the|text|string|word))*(?: of)? {_OLD} (?:to|into) {_NEW}"
            ),
        ),
        _replace,
    ),
    Row(
        "remove unused imports",
        "Python imports whose names the file never uses",
        (
            _pattern(
                r"(?:remove|delete|drop|clean(?: up)?|prune|strip|tidy(?: up)?|get rid of)"
                r"(?: (?:all|the|any|every|of))*"
                r" (?:unused|unneeded|unnecessary) imports?"
            ),
            _pattern(
                r"(?:remove|delete|drop|get rid of)(?: (?:all|the|any))* imports?"
                r" that (?:are|is) (?:unused|not used|never used)"
            ),
        ),
        lambda found, scope: RemoveUnusedImports(scope),
    ),
    Row(
        "wrap FUNCTION in logging",
        "a Python function logs where it is entered and left",
        (
            _pattern(
                rf"wrap {_KIND}{_NAME.format('name')} (?:in|with|inside)(?: (?:some|debug))*"
                r" (?:logging|logs?|log)(?: (?:calls|statements|lines|messages))?"
            ),
            _pattern(
                r"(?:add|put|insert)(?: (?:some|debug))* logging(?: (?:calls|statements|lines|messages))?"
                rf" (?:to|around|in|for) {_KIND}{_NAME.format('name')}"
            ),
        ),
        lambda found, scope: WrapInLogging(found["name"], scope),
    ),
    Row(
        'extract "text" into a constant NAME',
        "a string or number gets a name at the top of the file (Python, JavaScript, TypeScript)",
        (
            _pattern(
                r"(?:extract|move|make|turn|pull)(?: out)?(?: the)?(?: (?:literal|string|text|number|value))*"
                rf" {_LITERAL}"
                r" (?:(?:in)?to )?(?:an? |the )?(?:new )?(?:named )?(?:module(?:[ -]level)? )?constant"
                rf"(?:(?:,? (?:named|called))? {_CALLED})?"
            ),
            _pattern(
                rf"extract(?: out)?(?: the)?(?: (?:literal|string|text|number|value))* {_LITERAL}"
                rf" (?:(?:in)?to|as) {_CALLED}"
            ),
        ),
        _extract,
    ),
)
"""Everything the rehearsal can do, in the order in which it is tried and told."""
