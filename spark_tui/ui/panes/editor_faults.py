"""What the checks found in the open file, as marks of the editor."""

from collections.abc import Sequence

from spark_tui.core.checks import Finding
from spark_tui.core.text import Position, Span
from spark_tui.engine import Engine
from spark_tui.ui.widgets.editor import EditorView
from spark_tui.ui.widgets.editor_marks import Diagnostic, Severity

MOST = 200
"""Faults that are marked in one file."""


class Faults:
    """Hands what is known about the file in front to the editor, once."""

    def __init__(self, engine: Engine, view: EditorView) -> None:
        self._engine = engine
        self._view = view
        self._path = ""
        self._known: object = None

    def show(self, path: str) -> None:
        """Mark what is known about a file now; nothing happens if it is marked already."""
        known = self._engine.checking.diagnostics(path)
        if known is self._known and path == self._path:
            return
        self._path, self._known = path, known
        if known is not None:
            text, findings = known
            self._view.set_diagnostics(path, _diagnostics(findings), text)


def _diagnostics(findings: Sequence[Finding]) -> tuple[Diagnostic, ...]:
    return tuple(
        Diagnostic(
            Span(
                Position(max(one.line, 0), one.column),
                max(Position(max(one.end_line, 0), one.end_column), Position(max(one.line, 0), one.column)),
            ),
            Severity(one.severity.value),
            f"{one.code}: {one.message}" if one.code else one.message,
            one.source,
        )
        for one in findings[:MOST]
    )
