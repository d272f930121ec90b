"""Turns a `ThemeSpec` into Textual's own theme and into the variables that stylesheets use."""

from collections.abc import Mapping, Sequence

from textual.theme import Theme

from spark_tui.core.theme import ThemeSpec

MONO = "spark-mono"
"""The theme for terminals without colours."""


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
    complete = next((spec for spec in specs if not spec.missing()), specs[0])
    return complete.all_variables()


def theme_for(wanted: str, names: Sequence[str], env: Mapping[str, str]) -> str:
    """Choose a theme: the wanted one, unless the terminal has no colours or is asked to show none."""
    term = env.get("TERM", "")
    plain = "NO_COLOR" in env or term in ("vt100", "vt102", "vt220", "xterm-mono") or term.endswith("-m")
    if plain and MONO in names:
        return MONO
    return wanted if wanted in names else names[0]
