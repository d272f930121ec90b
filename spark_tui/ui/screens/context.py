"""The page that says what goes to the model, what stays out, and why."""

from spark_tui.core.context import ContextPlan
from spark_tui.core.display import inert
from spark_tui.ui.widgets.cells import cut, cut_path
from spark_tui.ui.widgets.lines import BLANK, Line, plain
from spark_tui.ui.widgets.status_rows import meter, tokens


def context_lines(plan: ContextPlan | None, width: int) -> list[Line]:
    """Write a plan as a list."""
    if plan is None:
        return [BLANK, plain("  Nothing is planned yet: type a prompt.", "muted")]
    budget = plan.budget
    lines = [
        BLANK,
        Line((("", "  "), *meter(plan.tokens, budget.limit, 24))),
        BLANK,
        plain("  goes along", "heading"),
        _row("instructions, tools, prompt", "always", budget.fixed, width),
    ]
    if budget.history:
        lines.append(_row("conversation so far", "always", budget.history, width))
    lines += [_row(item.piece.label, str(item.piece.kind), item.tokens, width) for item in plan.chosen]
    if plan.left_out:
        lines += [BLANK, plain("  stays out", "heading")]
        lines += [_row(item.piece.label, item.reason, item.tokens, width) for item in plan.left_out]
    if not plan.exact:
        lines += [BLANK, plain("  Counts are estimates: the model's own vocabulary is not loaded.", "stale")]
    return lines


def _row(label: str, why: str, count: int, width: int) -> Line:
    room = max(width - 40, 16)
    number = tokens(count) if count else "-"
    name = cut_path(inert(label), room)
    return Line((("", f"  {number:>7}  "), ("", f"{name:<{room}}"), ("muted", f"  {cut(inert(why), 26)}")))
