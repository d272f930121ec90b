"""Tells the model what became of its patches: once as the output of each call, later what has changed since."""

from collections.abc import Sequence

from spark_tui.core.review import NOTHING_CHANGED, Review
from spark_tui.core.wire import DeveloperMessage, Item, ToolCall, ToolOutput
from spark_tui.engine.turn import Turn

CUT_SHORT = "The person stopped the patch here: nothing of what followed in it was taken."


class Reports:
    """Remembers what the model was told about each call."""

    def __init__(self, turns: Sequence[Turn]) -> None:
        self._turns = turns
        self._told: dict[str, str] = {}

    def outputs(self, items: Sequence[Item], review: Review) -> list[Item]:
        """Answers to every call that has none yet: the truth about each hunk as of now."""
        answered = {item.call_id for item in items if isinstance(item, ToolOutput)}
        unanswered = (item for item in items if isinstance(item, ToolCall) and item.call_id not in answered)
        return [self._output(item, review) for item in unanswered]

    def corrections(self, items: Sequence[Item], review: Review) -> list[Item]:
        """What changed about patches already reported, and what became of patches that were cut."""
        lines: list[str] = []
        answerable = {item.call_id for item in items if isinstance(item, ToolCall)}
        for turn in self._turns:
            for call in turn.calls:
                if call.parser is None or (call.call_id in answerable and call.key not in self._told):
                    continue
                report = review.report(call.key)
                # A call that came again after a break is told of there, where it came again.
                if self._told.get(call.key, NOTHING_CHANGED) != report:
                    self._told[call.key] = report
                    lines.append(report)
        if not lines:
            return []
        return [DeveloperMessage("Since then, about earlier patches:\n" + "\n".join(lines))]

    def _output(self, item: ToolCall, review: Review) -> ToolOutput:
        calls = ((turn, call) for turn in reversed(self._turns) for call in turn.calls)
        turn, call = next(
            ((turn, call) for turn, call in calls if call.call_id == item.call_id), (None, None)
        )
        if turn is None or call is None or call.parser is None:
            return ToolOutput(item.kind, item.call_id, f"There is no tool named {item.name} here.", False)
        report = self._told[call.key] = review.report(call.key)
        return ToolOutput(
            item.kind, item.call_id, f"{report}\n{CUT_SHORT}" if call.cut_short else report, True
        )
