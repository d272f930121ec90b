"""Marks beside lines and under faults, and the indentation that rules ask for."""

import pytest

from spark_tui.core.diff.gutter import GutterKind, GutterMark, gutter_marks
from spark_tui.core.editorconfig import Rules
from spark_tui.core.text import Position, Span, Text
from spark_tui.ui.widgets.editor_marks import Diagnostic, Severity
from spark_tui.ui.widgets.editor_scene import Indent, indent_by
from tests.ui.editor_stage import Stage, hunk


def fault(line: int, start: int, stop: int, severity: Severity = Severity.ERROR) -> Diagnostic:
    return Diagnostic(Span(Position(line, start), Position(line, stop)), severity, "wrong")


async def test_changes_since_the_last_commit_stand_beside_the_numbers() -> None:
    stage = Stage("a\nX\nnew\nd\n", language=None)
    async with stage.run_test(size=(40, 6)) as pilot:
        marks = gutter_marks(Text.of("a\nb\nd\ne\n"), stage.host.now)
        stage.editor.set_gutter("a.py", marks, stage.host.now)
        assert stage.rows()[:4] == ["  1   a", "  2┇  X", "  3┃  new", "  4▁  d"]
        await pilot.press("enter")
        assert stage.rows()[:5] == ["  1", "  2   a", "  3┇  X", "  4┃  new", "  5▁  d"]
        stage.editor.set_gutter("other.py", (), stage.host.now)
        assert stage.rows()[2] == "  3┇  X"
        before = stage.host.now
        stage.host.change(Span(Position(0, 0), Position(1, 0)), "")
        stage.editor.refresh_text()
        stage.editor.set_gutter("a.py", (GutterMark(2, 3, GutterKind.ADDED),), before)
        assert stage.rows()[:3] == ["  1   a", "  2┃  X", "  3   new"]


async def test_faults_have_a_letter_and_a_line_below() -> None:
    stage = Stage("abc def\nghi\n\n", language=None)
    async with stage.run_test(size=(60, 8)) as pilot:
        stage.editor.set_diagnostics(
            "a.py",
            (fault(0, 4, 7), fault(0, 0, 1, Severity.INFO), fault(1, 3, 3, Severity.WARNING)),
            stage.host.now,
        )
        assert [row[:6] for row in stage.rows()[:2]] == ["  1 E ", "  2 W "]
        under = [s.text for s in stage.editor.render_line(0) if s.style and s.style.underline]
        assert "def" in under
        assert [one.severity for one in stage.editor.diagnostics_here] == [Severity.ERROR, Severity.INFO]
        stage.host.pending = (hunk(0, "-abc def", "+x"),)
        stage.editor.refresh_hunks()
        assert stage.rows()[1].startswith("  1 - abc")
        await pilot.press("down", "down")
        assert stage.editor.diagnostics_here == ()


async def test_marks_are_still_there_when_a_file_is_shown_again() -> None:
    stage = Stage("a\nb\n", language=None)
    async with stage.run_test(size=(40, 6)):
        stage.editor.set_gutter("a.py", (GutterMark(1, 2, GutterKind.ADDED),), stage.host.now)
        first = stage.host.now
        stage.host.now = Text.of("x\ny\n")
        stage.editor.show("b.py", stage.host.now, None)
        assert stage.rows()[1] == "  2   y"
        stage.host.now = first.apply(first.replace(Span(Position(0, 0), Position(0, 0)), "0\n"))
        stage.editor.show("a.py", stage.host.now, None)
        assert stage.rows()[:3] == ["  1   0", "  2   a", "  3┃  b"]


@pytest.mark.parametrize(
    ("rules", "found", "expected"),
    [
        (Rules(), Indent("  ", 4), Indent("  ", 4)),
        (Rules("tab"), Indent("  ", 4), Indent("\t", 4)),
        (Rules("tab", 8, 8), Indent("  ", 4), Indent("\t", 8)),
        (Rules("space", 3, 3), Indent("\t", 4), Indent("   ", 3)),
        (Rules("space"), Indent("\t", 4), Indent("    ", 4)),
        (Rules("space"), Indent("  ", 4), Indent("  ", 4)),
        (Rules(None, 2, 8), Indent("\t", 4), Indent("\t", 8)),
        (Rules(None, 2, 2), Indent("    ", 4), Indent("  ", 2)),
    ],
)
def test_rules_come_before_what_is_found(rules: Rules, found: Indent, expected: Indent) -> None:
    assert indent_by(rules, found) == expected


async def test_a_file_is_indented_by_its_rules() -> None:
    stage = Stage("def f():\n    a\n")
    async with stage.run_test(size=(40, 6)) as pilot:
        stage.editor.obey("a.py", Rules("tab", 8, 8))
        stage.editor.obey("b.py", Rules("space", 2, 2))
        await pilot.press("tab")
        assert stage.source.startswith("\tdef")
        assert stage.rows()[0].endswith("│       def f():")
        stage.host.now = Text.of("x\n")
        stage.editor.show("b.py", stage.host.now, None)
        await pilot.press("tab")
        assert stage.source == "  x\n"
