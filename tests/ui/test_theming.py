"""Themes on the screen: which one is taken, and what the words of style become."""

import re
from pathlib import Path

import pytest
from rich.console import Console

from spark_tui.adapters.theme_files import load_themes
from spark_tui.core.theme import ThemeSpec
from spark_tui.ui.theming import LOOKS, fallback_variables, row_styles, textual_theme, theme_for

THEMES = load_themes().specs
NAMES = {spec.name: spec.ansi for spec in THEMES}
UI = Path(__file__).parents[2] / "spark_tui" / "ui"


@pytest.mark.parametrize(
    ("env", "theme"),
    [
        ({"TERM": "xterm-256color"}, "spark-light"),
        ({"TERM": "xterm-256color", "NO_COLOR": "1"}, "spark-mono"),
        ({"TERM": "vt100"}, "spark-mono"),
        ({"TERM": "xterm-mono"}, "spark-mono"),
        ({"TERM": "linux"}, "spark-ansi"),
        ({"TERM": "screen"}, "spark-ansi"),
        ({"TERM": "xterm-16color", "COLORTERM": ""}, "spark-ansi"),
        ({"TERM": "xterm", "COLORTERM": "truecolor"}, "spark-light"),
        ({"TERM": "xterm-kitty"}, "spark-light"),
        ({"TERM": "linux", "NO_COLOR": ""}, "spark-mono"),
    ],
)
def test_a_terminal_gets_the_colours_it_can_show(env: dict[str, str], theme: str) -> None:
    assert theme_for("spark-light", NAMES, env) == theme


def test_a_theme_that_is_not_there_gives_way_to_the_first() -> None:
    assert theme_for("gone", NAMES, {"TERM": "xterm-256color"}) == "spark-dark"
    assert theme_for("gone", {"own": False}, {"NO_COLOR": ""}) == "own"


@pytest.mark.parametrize(
    "term", ["xterm", "linux", "xterm-16color", "xterm-256color", "xterm-kitty", "alacritty"]
)
@pytest.mark.parametrize("colorterm", ["", "truecolor", "24bit"])
def test_few_colours_are_what_rich_takes_for_few(term: str, colorterm: str) -> None:
    env = {"TERM": term, "COLORTERM": colorterm}
    console = Console(force_terminal=True, _environ=env)
    assert (theme_for("spark-light", NAMES, env) == "spark-ansi") == (console.color_system == "standard")


@pytest.mark.parametrize("spec", THEMES, ids=lambda spec: spec.name)
def test_every_word_of_style_means_something_in_every_theme(spec: ThemeSpec) -> None:
    variables = textual_theme(spec).to_color_system().generate() | spec.all_variables()
    styles = row_styles(variables)
    assert styles.keys() == {"", *LOOKS}
    for word in LOOKS:
        colours = [colour for colour in (styles[word].color, styles[word].bgcolor) if colour is not None]
        if spec.name == "spark-mono":
            assert all(colour.is_default for colour in colours), word
        elif not spec.ansi:
            assert not any(colour.is_default for colour in colours), word


def test_without_colour_added_removed_and_the_cursor_still_differ() -> None:
    (mono,) = [spec for spec in THEMES if spec.name == "spark-mono"]
    styles = row_styles(mono.all_variables())
    looks = {str(styles[word]) for word in ("", "added", "removed", "cursor", "cursor-blurred", "added-word")}
    assert len(looks) == 6


def test_a_theme_that_leaves_things_out_is_filled_up() -> None:
    small = ThemeSpec("own", "Own", colors={"primary": "#336699"})
    assert textual_theme(small).primary == "#336699"
    filled = fallback_variables([small, *THEMES])
    assert not {*LOOKS["added"][:2]} - {"", *filled}


def test_no_colour_is_written_outside_the_themes() -> None:
    for path in (*UI.rglob("*.py"), *UI.rglob("*.tcss")):
        found = re.findall(r"#[0-9a-fA-F]{6}\b|#[0-9a-fA-F]{3}\b(?=[;\"' ])|\brgb\(", path.read_text())
        assert found == [], path
    for sheet in UI.rglob("*.tcss"):
        assert "ansi_" not in sheet.read_text() and len(sheet.read_text().split("\n")) <= 200, sheet
