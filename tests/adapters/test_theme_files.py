"""Checks that every bundled theme is complete and readable, and that a person's own themes can't do harm."""

import itertools
import math
import os
import re
from collections.abc import Sequence
from pathlib import Path

import pytest

from spark_tui.adapters.theme_files import bundled_themes, load_themes
from spark_tui.core.theme import SYNTAX, ThemeSpec, contrast

BUNDLED = load_themes().specs
COLOURED = [spec for spec in BUNDLED if not spec.ansi]
FLOOR = 4.5
HIGH_FLOOR = 7.0
DEFECTS = {
    # How the colours of light reach eyes without one kind of cones: Machado, Oliveira and Fernandes 2009, severity 1.
    "protan": (
        (0.152286, 1.052583, -0.204868),
        (0.114503, 0.786281, 0.099216),
        (-0.003882, -0.048116, 1.051998),
    ),
    "deutan": (
        (0.367322, 0.860646, -0.227968),
        (0.280085, 0.672501, 0.047413),
        (-0.011820, 0.042940, 0.968881),
    ),
    "tritan": (
        (1.255528, -0.076749, -0.178779),
        (-0.078411, 0.930809, 0.147602),
        (0.004733, 0.691367, 0.303900),
    ),
}


def test_the_themes_are_there_without_a_fault() -> None:
    found = load_themes()
    assert found.faults == ()
    assert [spec.name for spec in found.specs] == [
        "spark-ansi", "spark-contrast", "spark-dark", "spark-light", "spark-mono", "spark-safe",
    ]  # fmt: skip
    assert bundled_themes().is_dir()


@pytest.mark.parametrize("spec", BUNDLED, ids=lambda spec: spec.name)
def test_a_bundled_theme_is_complete(spec: ThemeSpec) -> None:
    assert spec.missing() == ()


@pytest.mark.parametrize("spec", COLOURED, ids=lambda spec: spec.name)
def test_text_can_be_read_on_every_ground_it_stands_on(spec: ThemeSpec) -> None:
    colours, own = spec.colors, spec.variables
    plain = {name: colours[name] for name in ("background", "surface", "panel")}
    plain["input-bg"] = own["input-bg"]
    rows = {**plain, "cursor-bg": own["cursor-bg"], "cursor-blurred-bg": own["cursor-blurred-bg"]}
    added = {name: own[name] for name in ("diff-added-bg", "diff-added-word")}
    removed = {name: own[name] for name in ("diff-removed-bg", "diff-removed-word")}
    marked = {name: own[name] for name in ("editor-line-bg", "editor-selection-bg", "diff-header-bg")}
    texts = {
        "foreground": (colours["foreground"], {**rows, **added, **removed, **marked}),
        "muted": (own["muted"], rows),
        "diff-added": (own["diff-added"], {**rows, **added}),
        "diff-removed": (own["diff-removed"], {**rows, **removed}),
    }
    texts["diff-stale on its own"] = (own["diff-stale"], {"diff-stale-bg": own["diff-stale-bg"]})
    for name in ("diff-stale", "lane-fast", "lane-deep", "token-near", "token-over"):
        texts[name] = (own[name], rows)
    for name in ("primary", "secondary", "warning", "error", "success", "accent"):
        texts[name] = (colours[name], plain)
    for kind in SYNTAX:
        texts[f"syntax-{kind}"] = (
            spec.syntax[kind],
            {"background": colours["background"], "editor-line-bg": own["editor-line-bg"]},
        )
    poor = [
        f"{text} on {ground}: {contrast(colour, under):.2f}"
        for text, (colour, grounds) in texts.items()
        for ground, under in grounds.items()
        if contrast(colour, under) < (HIGH_FLOOR if spec.name == "spark-contrast" else FLOOR)
    ]
    assert poor == []


@pytest.mark.parametrize("spec", COLOURED, ids=lambda spec: spec.name)
def test_code_can_be_read_on_a_changed_line(spec: ThemeSpec) -> None:
    for kind in SYNTAX:
        for ground in ("diff-added-bg", "diff-removed-bg"):
            assert contrast(spec.syntax[kind], spec.variables[ground]) >= 4.5, (kind, ground)


def _light(colour: str) -> list[float]:
    channels = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    return [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]


def _lab(light: Sequence[float]) -> list[float]:
    """Linear light to CIE L*a*b*, in which distances are as they are felt."""
    red, green, blue = (min(max(c, 0.0), 1.0) for c in light)
    x = (0.4124 * red + 0.3576 * green + 0.1805 * blue) / 0.9505
    y = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    z = (0.0193 * red + 0.1192 * green + 0.9505 * blue) / 1.089
    x, y, z = (c ** (1 / 3) if c > 0.008856 else 7.787 * c + 16 / 116 for c in (x, y, z))
    return [116 * y - 16, 500 * (x - y), 200 * (y - z)]


def _apart(first: str, second: str, defect: str) -> float:
    """How far apart two colours look to eyes with a defect; two are told apart easily from about 20."""
    seen = [
        _lab(
            [sum(share * c for share, c in zip(row, _light(colour), strict=True)) for row in DEFECTS[defect]]
        )
        for colour in (first, second)
    ]
    return math.dist(*seen)


@pytest.mark.parametrize("defect", DEFECTS)
def test_the_safe_theme_keeps_apart_what_has_a_meaning_for_all_eyes(defect: str) -> None:
    (safe,) = [spec for spec in BUNDLED if spec.name == "spark-safe"]
    own = safe.variables
    texts = [own["diff-added"], own["diff-removed"], own["diff-stale"]]
    near = [
        (first, second, round(_apart(first, second, defect)))
        for first, second in itertools.combinations(texts, 2)
        if _apart(first, second, defect) < 20
    ]
    assert near == []
    assert _apart(own["diff-added-bg"], own["diff-removed-bg"], defect) >= 14
    assert _apart(own["diff-added-word"], own["diff-removed-word"], defect) >= 20
    assert _apart(own["lane-fast"], own["lane-deep"], defect) >= 20


def test_the_sixteen_colours_are_the_terminals_own_on_its_own_ground() -> None:
    (ansi,) = [spec for spec in BUNDLED if spec.name == "spark-ansi"]
    colours = {**ansi.colors, **ansi.syntax}
    colours.update((name, value) for name, value in ansi.variables.items() if not name.endswith("-style"))
    assert all(
        re.fullmatch("ansi_(default|red|green|yellow|bright_blue|magenta|cyan)", one)
        for one in colours.values()
    )
    grounds = [
        "background",
        "surface",
        "panel",
        *(name for name in colours if name.endswith(("-bg", "-word"))),
    ]
    assert {colours[name] for name in grounds} == {"ansi_default"}, "a colour may be invisible on another one"
    told_apart = ("diff-added", "diff-removed", "diff-stale")
    assert len({colours[name] for name in told_apart}) == 3


def test_the_mono_theme_asks_for_no_colour() -> None:
    (mono,) = [spec for spec in BUNDLED if spec.name == "spark-mono"]
    styles = {name for name in mono.variables if name.endswith("-style")}
    colours = {*mono.colors.values(), *mono.syntax.values()}
    colours.update(value for name, value in mono.variables.items() if name not in styles)
    assert colours == {"ansi_default"}


def test_own_themes_come_from_the_config_folder_and_replace_by_name(tmp_path: Path) -> None:
    folder = tmp_path / "themes"
    folder.mkdir()
    (folder / "spark-dark.toml").write_text(
        'name = "spark-dark"\ntitle = "Mine"\n[colors]\nprimary = "#123456"\n'
    )
    (folder / "broken.toml").write_text("name = ")
    (folder / "binary.toml").write_bytes(b"\xff\xfe\x00")
    (folder / "folder.toml").mkdir()
    (folder / "deep.toml").write_text("a = " + "[" * 5000)
    (folder / "large.toml").write_text("#" * 200_000)
    os.mkfifo(folder / "pipe.toml")
    found = load_themes(tmp_path)
    assert {spec.name: spec.title for spec in found.specs}["spark-dark"] == "Mine"
    assert len(found.specs) == len(BUNDLED)
    assert len(found.faults) == 6 and all(str(folder) in fault for fault in found.faults)


def test_a_config_folder_that_is_not_there_is_nothing_to_speak_of(tmp_path: Path) -> None:
    assert load_themes(tmp_path / "nowhere").faults == ()


def test_a_theme_with_a_base_says_only_what_is_different(tmp_path: Path) -> None:
    folder = tmp_path / "themes"
    folder.mkdir()
    (folder / "a.toml").write_text(
        'name = "mine"\nbase = "spark-dark"\n[variables]\ndiff-added = "#00ff00"\n'
    )
    (folder / "b.toml").write_text('name = "spark-light"\nbase = "mine"\n[syntax]\nstring = "#ff0000"\n')
    (folder / "c.toml").write_text('name = "other"\nbase = "spark-drak"\n')
    found = load_themes(tmp_path)
    by_name = {spec.name: spec for spec in found.specs}
    dark, mine, light = by_name["spark-dark"], by_name["mine"], by_name["spark-light"]
    assert mine.missing() == () and mine.variables["diff-added"] == "#00ff00"
    assert {**mine.variables, "diff-added": dark.variables["diff-added"]} == dark.variables
    assert light.variables == mine.variables and light.syntax["string"] == "#ff0000"
    assert "other" not in by_name
    (fault,) = found.faults
    assert "`base`" in fault and "spark-dark" in fault
