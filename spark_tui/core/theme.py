"""A theme as a value, and its validation: which colours a screen needs, and whether text on them can be read.

No file is read here and no widget is known: a mapping goes in, a `ThemeSpec` and sentences come out.
"""

import re
from collections.abc import Mapping
from dataclasses import field
from difflib import get_close_matches

from spark_tui.core.values import dataclass

BASE_COLOURS = (
    "primary", "secondary", "warning", "error", "success", "accent",
    "foreground", "background", "surface", "panel",
)  # fmt: skip
"""Colours of the screen itself; Textual derives shades from them."""

VARIABLES = (
    "muted", "rule", "input-bg", "cursor-bg", "cursor-blurred-bg", "editor-line-bg", "editor-selection-bg",
    "diff-added", "diff-added-bg", "diff-added-word", "diff-removed", "diff-removed-bg", "diff-removed-word",
    "diff-stale", "diff-stale-bg", "diff-header-bg", "lane-fast", "lane-deep",
    "token-near", "token-over", "token-rest",
)  # fmt: skip
"""Colours with a meaning of their own. `…-word` is the ground of the changed words in a changed line."""

STYLES = (
    "title-style", "cursor-style", "cursor-blurred-style", "added-style", "removed-style", "muted-style",
    "word-style",
)  # fmt: skip
"""Text attributes that carry the same meaning where there is no colour."""

SYNTAX = (
    "keyword", "string", "comment", "function", "type", "number", "constant", "operator",
    "punctuation", "variable", "attribute", "tag",
)  # fmt: skip
"""Kinds of code; each becomes the variable `syntax-<kind>`."""

_ATTRIBUTES = frozenset({"none", "bold", "dim", "italic", "underline", "reverse", "strike", "not"})
_HEX = re.compile(r"#[0-9a-fA-F]{6}\Z")
_TERMINAL = re.compile(r"ansi_[a-z_]+\Z")
_TOP = ("name", "base", "title", "dark", "ansi", "colors", "variables", "syntax")


@dataclass(frozen=True, slots=True)
class ThemeSpec:
    """Everything that decides how the screen is coloured."""

    name: str
    title: str
    """For people, in the list of themes."""
    dark: bool = True
    ansi: bool = False
    """Whether the terminal's own colours are used instead of fixed ones."""
    colors: Mapping[str, str] = field(default_factory=dict)
    variables: Mapping[str, str] = field(default_factory=dict)
    """Meaningful colours, text attributes and any variable that Textual itself knows."""
    syntax: Mapping[str, str] = field(default_factory=dict)

    def all_variables(self) -> dict[str, str]:
        """Return every variable that stylesheets may use, beyond the base colours."""
        return {**self.variables, **{f"syntax-{kind}": value for kind, value in self.syntax.items()}}

    def missing(self) -> tuple[str, ...]:
        """Name what a complete theme has and this one has not."""
        sections = (
            ("colors", BASE_COLOURS, self.colors),
            ("variables", (*VARIABLES, *STYLES), self.variables),
            ("syntax", SYNTAX, self.syntax),
        )
        return tuple(f"{name}.{key}" for name, wanted, has in sections for key in wanted if key not in has)


def theme_from(
    table: Mapping[str, object], file: str, bases: Mapping[str, ThemeSpec] | None = None
) -> tuple[ThemeSpec | None, tuple[str, ...]]:
    """Check a theme file's content; return the theme, or None, and one sentence for each thing wrong with it.

    What a theme with a `base` does not say is as in that theme. Wrong entries are left out, so that a theme with
    a typing error still works; without a name it can't.
    """
    faults = [_unknown(file, "", key, _TOP) for key in table if key not in _TOP]
    name = table.get("name")
    if not isinstance(name, str) or not re.fullmatch(r"[a-z0-9][a-z0-9-]{0,39}", name):
        return None, (f"{file}: `name` must be a short word of a-z, 0-9 and `-`.", *faults)
    base, fault = _base(table, file, bases or {})
    if base is None:
        return None, (fault, *faults)
    ansi = table.get("ansi", base.ansi) is True
    colors = _section(table, "colors", BASE_COLOURS, file, faults, ansi=ansi)
    variables = _section(table, "variables", (*VARIABLES, *STYLES), file, faults, ansi=ansi)
    syntax = _section(table, "syntax", SYNTAX, file, faults, ansi=ansi)
    colors = {**base.colors, **colors}
    if "primary" not in colors:
        return None, (f"{file}: `colors.primary` is missing.", *faults)
    title = table.get("title")
    spec = ThemeSpec(
        name=name,
        title=title if isinstance(title, str) else name,
        dark=table.get("dark", base.dark) is not False,
        ansi=ansi,
        colors=colors,
        variables={**base.variables, **variables},
        syntax={**base.syntax, **syntax},
    )
    return spec, tuple(faults)


def _base(
    table: Mapping[str, object], file: str, bases: Mapping[str, ThemeSpec]
) -> tuple[ThemeSpec | None, str]:
    """The theme that another one starts from; None, and why, if it is not there."""
    wanted = table.get("base")
    if wanted is None:
        return ThemeSpec("", ""), ""
    found = bases.get(wanted) if isinstance(wanted, str) else None
    known = ", ".join(bases)
    return (
        found,
        "" if found else f"{file}: `base` must be the name of another theme ({known}), not {wanted!r}.",
    )


def _section(
    table: Mapping[str, object],
    section: str,
    known: tuple[str, ...],
    file: str,
    faults: list[str],
    *,
    ansi: bool,
) -> dict[str, str]:
    raw = table.get(section, {})
    if not isinstance(raw, Mapping):
        faults.append(f"{file}: `{section}` must be a table.")
        return {}
    kept: dict[str, str] = {}
    for key, value in raw.items():
        if key not in known:
            faults.append(_unknown(file, f"{section}.", str(key), known))
        elif not isinstance(value, str) or not _is_valid(key, value, ansi=ansi):
            wanted = "words like `bold` or `reverse`" if key in STYLES else "a colour like `#1a2b3c`"
            faults.append(f"{file}: `{section}.{key}` must be {wanted}, not {value!r}.")
        else:
            kept[str(key)] = value
    return kept


def _is_valid(key: str, value: str, *, ansi: bool) -> bool:
    if key in STYLES:
        return bool(value.split()) and _ATTRIBUTES.issuperset(value.split())
    return bool(_HEX.match(value) or (ansi and _TERMINAL.match(value)))


def _unknown(file: str, prefix: str, key: str, known: tuple[str, ...]) -> str:
    near = get_close_matches(key, known, n=1, cutoff=0.4)
    hint = f"; did you mean `{prefix}{near[0]}`?" if near else "."
    return f"{file}: `{prefix}{key}` is not known{hint}"


def contrast(first: str, second: str) -> float:
    """Return the contrast ratio of two `#rrggbb` colours, from 1 (same) to 21 (black on white)."""
    lighter, darker = sorted((_luminance(first), _luminance(second)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    channels = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
