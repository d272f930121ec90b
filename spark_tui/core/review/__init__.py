"""The session-long review: hunks from the first streamed row to the landed bytes and back, without I/O."""

from spark_tui.core.review.report import NOTHING_CHANGED
from spark_tui.core.review.review import Review
from spark_tui.core.review.stepping import Stepped
from spark_tui.core.review.values import (
    PENDING,
    FileView,
    HunkState,
    HunkView,
    Plan,
    PlannedFile,
    Row,
    Verdict,
)

__all__ = [
    "NOTHING_CHANGED",
    "PENDING",
    "FileView",
    "HunkState",
    "HunkView",
    "Plan",
    "PlannedFile",
    "Review",
    "Row",
    "Stepped",
    "Verdict",
]
