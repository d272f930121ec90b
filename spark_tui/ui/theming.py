"""Turns a `ThemeSpec` into Textual's own theme, into the variables of stylesheets, and into styles for rows.

Rows are drawn without stylesheets: one small table says what each word of style means in theme variables, which
costs nothing per widget, where a component class per word would cost at every start and every move of the focus.
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from rich.style import Style
from textual.color import Color
from textual.theme import Theme

from spark_tui.core.theme import ThemeSpec

MONO = "spark-mono"
"""The theme for terminals without colours."""
SIXTEEN = "spark-ansi"
"""The theme for terminals with few colours, in which those of other themes would become something else."""
USUAL = "spark-dark"
"""The theme for want of the one that was asked for."""


def textual_theme(spec: ThemeSpec) -> Theme:
    """Make Textual's theme; what `spec` leaves out, Textual derives from the primary colour."""
    colors = spec.colors
    return Theme(
        name=spec.name,
        primary=colors["primary"],
        secondary=colors.get("secondary"),
        warning=colors.get("warning"),
        error=colors.get("error"),
        success=colors.get("success"),
        accent=colors.get("accent"),
        foreground=colors.get("foreground"),
        background=colors.get("background"),
        surface=colors.get("surface"),
        panel=colors.get("panel"),
        dark=spec.dark,
        variables={**_screen(spec), **spec.all_variables()},
        ansi=spec.ansi,
    )


def _screen(spec: ThemeSpec) -> dict[str, str]:
    """Give Textual's own variables the calm of this screen: thin scroll bars, one cursor colour."""
    if spec.ansi:
        return {
            "input-cursor-text-style": "reverse",
            "input-selection-background": "ansi_default",
            "input-selection-foreground": "ansi_default",
            "scrollbar": "ansi_default",
            "scrollbar-hover": "ansi_default",
            "scrollbar-active": "ansi_default",
            "scrollbar-background": "ansi_default",
            "scrollbar-background-hover": "ansi_default",
            "scrollbar-background-active": "ansi_default",
            "border": "ansi_default",
            "border-blurred": "ansi_default",
            "ansi-background": "ansi_default",
            "ansi-foreground": "ansi_default",
        }
    wanted = {
        "scrollbar": spec.variables.get("rule"),
        "scrollbar-hover": spec.variables.get("token-rest"),
        "scrollbar-active": spec.colors.get("primary"),
        "scrollbar-background": spec.colors.get("surface"),
        "scrollbar-background-hover": spec.colors.get("surface"),
        "scrollbar-background-active": spec.colors.get("surface"),
        "scrollbar-corner-color": spec.colors.get("surface"),
        "input-cursor-background": spec.colors.get("primary"),
        "input-cursor-foreground": spec.colors.get("background"),
        "input-selection-background": spec.variables.get("cursor-bg"),
    }
    return {name: value for name, value in wanted.items() if value is not None}


def fallback_variables(specs: Sequence[ThemeSpec]) -> dict[str, str]:
    """Return a value for every variable the stylesheets use, for themes that leave some out."""
    complete = next((spec for spec in specs if not (spec.missing() or spec.ansi)), specs[0])
    return complete.all_variables()


def theme_for(wanted: str, themes: Mapping[str, bool], env: Mapping[str, str]) -> str:
    """Choose a theme by its name: the wanted one, unless the terminal can't show its colours, or is asked not to.

    `themes` says of each whether it keeps to the terminal's own colours.
    """
    term = env.get("TERM", "")
    plain = "NO_COLOR" in env or term in ("vt100", "vt102", "vt220", "xterm-mono") or term.endswith("-m")
    if plain and MONO in themes:
        return MONO
    if wanted not in themes:
        wanted = USUAL if USUAL in themes else next(iter(themes))
    return SIXTEEN if _has_few_colours(term, env) and not themes[wanted] and SIXTEEN in themes else wanted


def _has_few_colours(term: str, env: Mapping[str, str]) -> bool:
    """Whether colours are sent as the nearest of sixteen: how Rich decides it, by what the terminal calls itself."""
    is_rich = env.get("COLORTERM", "").strip().lower() in ("truecolor", "24bit")
    return not is_rich and term.lower().rpartition("-")[2] not in ("256color", "kitty")


class Look(NamedTuple):
    """What a word of style means: names of variables, and attributes that every theme has."""

    colour: str = ""
    ground: str = ""
    attributes: str = ""
    always: str = ""


LOOKS: dict[str, Look] = {
    "muted": Look("muted", attributes="muted-style"),
    "strong": Look(always="bold"),
    "title": Look("foreground", always="bold"),
    "heading": Look("primary", always="bold"),
    "found": Look("primary", always="bold underline"),
    "here": Look("primary", attributes="title-style"),
    "person": Look("primary", always="bold"),
    "accent": Look("accent"),
    "error": Look("error", always="bold"),
    "success": Look("success"),
    "added": Look("diff-added", attributes="added-style"),
    "removed": Look("diff-removed", attributes="removed-style"),
    "added-word": Look("diff-added", "diff-added-word", "word-style"),
    "removed-word": Look("diff-removed", "diff-removed-word", "word-style"),
    "added-side": Look("diff-added", "diff-added-bg", "added-style"),
    "removed-side": Look("diff-removed", "diff-removed-bg", "removed-style"),
    "added-row": Look(ground="diff-added-bg"),
    "removed-row": Look(ground="diff-removed-bg"),
    "stale": Look("diff-stale"),
    "fast": Look("lane-fast", always="bold"),
    "deep": Look("lane-deep", always="bold"),
    "near": Look("token-near"),
    "over": Look("token-over", always="bold"),
    "rest": Look("token-rest"),
    "cursor": Look(ground="cursor-bg", attributes="cursor-style"),
    "cursor-blurred": Look(ground="cursor-blurred-bg", attributes="cursor-blurred-style"),
}
"""Words for styles of rows."""


def row_styles(variables: Mapping[str, str]) -> Mapping[str, Style]:
    """Return the style of every word under these variables."""
    names = {name for look in LOOKS.values() for name in look[:3] if name}
    return _row_styles(tuple((name, variables.get(name, "")) for name in sorted(names)))


@lru_cache(maxsize=8)
def _row_styles(values: tuple[tuple[str, str], ...]) -> Mapping[str, Style]:
    known = dict(values)
    styles = {"": Style.null()}
    for word, look in LOOKS.items():
        front, back = known.get(look.colour), known.get(look.ground)
        words = f"{known.get(look.attributes, '')} {look.always}".split()
        styles[word] = Style.from_color(
            Color.parse(front).rich_color if front else None, Color.parse(back).rich_color if back else None
        ) + Style.parse(" ".join(word for word in words if word != "none"))
    return styles
