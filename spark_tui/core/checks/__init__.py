"""What a check is, which ones a folder has, what their output says, and which findings are new."""

from spark_tui.core.checks.affected import affected_tests, imported_names, is_test
from spark_tui.core.checks.comparing import fresh_findings
from spark_tui.core.checks.detecting import Facts, Wanted, applicable, configuration_in, marks_of
from spark_tui.core.checks.reading import read_output
from spark_tui.core.checks.risk import Traits, risk_of
from spark_tui.core.checks.running import CheckEnd, CheckRan, CheckRun, Trust
from spark_tui.core.checks.table import CONFIGURATION, TOOLS
from spark_tui.core.checks.values import (
    CheckResult,
    CheckSettings,
    Finding,
    Format,
    Outcome,
    Repair,
    Severity,
    Tool,
)
from spark_tui.core.checks.wording import NO_BADGE, PARSE, Badge, badge_of, describe, report_lines

__all__ = [
    "CONFIGURATION",
    "NO_BADGE",
    "PARSE",
    "TOOLS",
    "Badge",
    "CheckEnd",
    "CheckRan",
    "CheckRun",
    "CheckSettings",
    "Facts",
    "Finding",
    "Format",
    "Outcome",
    "Repair",
    "Severity",
    "Tool",
    "Traits",
    "Trust",
    "CheckResult",
    "Wanted",
    "affected_tests",
    "applicable",
    "badge_of",
    "configuration_in",
    "describe",
    "fresh_findings",
    "imported_names",
    "is_test",
    "marks_of",
    "read_output",
    "report_lines",
    "risk_of",
]
