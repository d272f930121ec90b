"""Checks that every bundled theme is complete and readable, and that a person's own themes can't do harm."""

import os
from pathlib import Path

import pytest

from spark_tui.adapters.theme_files import bundled_themes, load_themes
from spark_tui.core.theme import SYNTAX, ThemeSpec, contrast

BUNDLED = load_themes().specs
COLOURED = [spec for spec in BUNDLED if not spec.ansi]
FLOOR = 4.5


def test_the_three_themes_are_there_without_a_fault() -> None:
    found = load_themes()
    assert found.faults == ()
    assert [spec.name for spec in found.specs] == ["spark-dark", "spark-light", "spark-mono"]
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
        if contrast(colour, under) < FLOOR
    ]
    assert poor == []


@pytest.mark.parametrize("spec", COLOURED, ids=lambda spec: spec.name)
def test_code_can_be_read_on_a_changed_line(spec: ThemeSpec) -> None:
    for kind in SYNTAX:
        for ground in ("diff-added-bg", "diff-removed-bg"):
            assert contrast(spec.syntax[kind], spec.variables[ground]) >= 4.5, (kind, ground)


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
