"""Changing the model's mind inside a hunk: what was good so far stays, the rest is written anew with a note."""

from spark_tui.core.edits import RowKind
from spark_tui.core.review import HunkState, HunkView
from spark_tui.core.review.intake import CUT
from spark_tui.engine.asking import Asked, Kept, patch_text
from spark_tui.engine.conversation import Conversation
from spark_tui.engine.decisions import Decisions
from spark_tui.engine.marks import Marks

FINISH = "Finish the edit that was cut."
"""What people see as the prompt where they gave no note."""


def steering_text(hunk: HunkView, note: str) -> str:
    """Write the request that goes on from the rows of a hunk that was stopped."""
    said = f"The rest is to become another one: {note}" if note else "The rest is missing."
    return "\n".join(
        (
            f"The patch was stopped inside this hunk. {said}",
            "These lines of it stay exactly as they are:",
            "*** Begin Patch",
            patch_text(hunk),
            "Call apply_patch with a patch whose first hunk begins with exactly these lines and goes on from "
            "there; then do what else of the task is still missing. Do not repeat the hunks before this one.",
        )
    )


def can_go_on_from(hunk: HunkView) -> bool:
    """Whether rows of this hunk can be kept and the rest be written anew."""
    was_cut = hunk.state is HunkState.STALE and hunk.note == CUT
    return bool(hunk.rows) and (was_cut or hunk.state is HunkState.STREAMING)


class Steering:
    """Stops a stream and goes on from what is there."""

    def __init__(self, conversation: Conversation, decisions: Decisions, marks: Marks) -> None:
        self._conversation = conversation
        self._decisions = decisions
        self._marks = marks

    @property
    def streaming(self) -> HunkView | None:
        """The hunk that is being written."""
        hunks = (hunk for file in reversed(self._decisions.review.files()) for hunk in reversed(file.hunks))
        return next((hunk for hunk in hunks if hunk.state is HunkState.STREAMING), None)

    async def steer(self, note: str) -> None:
        """Keep every complete row of the hunk under way and have the rest written anew; else just ask."""
        hunk = self.streaming
        await self._conversation.cut()
        if hunk is not None and hunk.rows:
            await self._from(hunk, note)
        else:
            await self._conversation.submit(note)

    async def finish(self, hunk: str, note: str = "") -> None:
        """Have a hunk completed that was cut off."""
        view = self._decisions.review.hunk(hunk)
        if view is not None and can_go_on_from(view):
            await self._from(view, note)

    async def _from(self, hunk: HunkView, note: str) -> None:
        kept = Kept(hunk.id, hunk.path, hunk.rows, lambda: self._marks.retire(hunk.id))
        about = f"{note} @{hunk.path}" if any(row.kind is not RowKind.ADD for row in hunk.rows) else note
        asked = Asked(steering_text(hunk, note), about.strip(), kept)
        await self._conversation.submit(note or FINISH, asked)
