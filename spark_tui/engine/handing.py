"""Hands a hunk that turned out bigger to the deep lane; what that brings is reviewed like everything else."""

from collections.abc import Callable, Sequence

from spark_tui.core.edits import EditEvent, FileOpened, Moved
from spark_tui.core.review import HunkState, HunkView, Review
from spark_tui.core.text import Text
from spark_tui.engine.asking import patch_text
from spark_tui.engine.beside import Beside
from spark_tui.engine.comments import Comments
from spark_tui.engine.conversation import Conversation
from spark_tui.engine.decisions import Decisions
from spark_tui.engine.events import EngineEvent, ReviewMoved, Trouble
from spark_tui.engine.workspace import Workspace
from spark_tui.ports import Clock, Files, PathError

DEEP = "deep"
"""The lane for what takes long."""

THEN = "; then: "
"""Stands between the prompts that led to a hunk."""

_MOST_PROMPTS = 4
"""How many of them travel along."""

_LOOK_EVERY = 0.1
"""Seconds between two looks whether the stream in front is over."""


def packet(
    hunk: HunkView, prompt: str, remarks: Sequence[str], rejected: Sequence[HunkView], note: str
) -> str:
    """Write what travels along: the task, the hunk, what the person remarked, what was rejected."""
    parts = [
        f"Take this over; it is bigger than one hunk. The task was: {prompt}" if prompt else "Take this over."
    ]
    if note:
        parts.append(f"The person says: {note}")
    parts += [f"Remark: {remark}" for remark in remarks]
    for each in rejected:
        parts += ["This was rejected; do not propose it again:", patch_text(each)]
    parts += ["The hunk as it stands:", "*** Begin Patch", patch_text(hunk)]
    parts.append(
        "Call apply_patch with everything that has to change for it, against the files as they are now."
    )
    return "\n".join(parts)


class _Heard(Review):
    """Takes an answer in, and remembers how it was said."""

    def __init__(self) -> None:
        super().__init__()
        self.events: list[EditEvent] = []

    def open_file(self, event: FileOpened, base: Text | None, refusal: str = "") -> None:
        """Remember it."""
        self.events.append(event)
        super().open_file(event, base, refusal)

    def feed(self, event: EditEvent, refusal: str = "") -> None:
        """Remember it."""
        self.events.append(event)
        super().feed(event, refusal)


class Handing:
    """What is with the deep lane."""

    def __init__(
        self,
        beside: Beside,
        conversation: Conversation,
        decisions: Decisions,
        comments: Comments,
        workspace: Workspace,
        files: Files,
        clock: Clock,
        emit: Callable[[EngineEvent], None],
    ) -> None:
        self._beside = beside
        self._conversation = conversation
        self._decisions = decisions
        self._comments = comments
        self._workspace = workspace
        self._files = files
        self._clock = clock
        self._emit = emit
        self.away: dict[str, float] = {}
        """Hunks that the deep lane works on, and since when."""
        self._made = 0

    def card(self, hunk: HunkView) -> str:
        """Say what would travel along, for the person to confirm."""
        remarks, rejected = self._remarks(hunk), self._rejected(hunk)
        along = ["the task", "this hunk", *([f"{len(remarks)} comments"] if remarks else [])]
        along += [f"{len(rejected)} rejected attempts"] if rejected else []
        return (
            f"Hand it to the {DEEP} lane, with {', '.join(along)}? Write a note, or just Enter; Esc leaves."
        )

    @property
    def is_there(self) -> bool:
        """Whether there is a deep lane."""
        return DEEP in self._conversation.lanes

    def _remarks(self, hunk: HunkView) -> list[str]:
        return [comment.text for comment in self._comments.of(hunk.id)]

    def _rejected(self, hunk: HunkView) -> list[HunkView]:
        hunks = (each for file in self._decisions.review.files() for each in file.hunks)
        return [each for each in hunks if each.path == hunk.path and each.state is HunkState.REJECTED]

    async def hand(self, hunk: HunkView, note: str = "") -> None:
        """Let the deep lane work on it; its hunks come into the review once all of them are there."""
        if hunk.id in self.away:
            return
        prompts = [turn.prompt for turn in self._conversation.turns]
        turns = [turn.id for turn in self._conversation.turns]
        upto = turns.index(hunk.turn) + 1 if hunk.turn in turns else 0
        prompt = THEN.join(prompts[max(upto - _MOST_PROMPTS, 0) : upto])
        request = packet(hunk, prompt, self._remarks(hunk), self._rejected(hunk), note)
        self.away[hunk.id] = self._clock.tick()
        self._emit(ReviewMoved())
        answer = _Heard()
        try:
            failed = await self._beside.edit(hunk.path, request, answer, lambda: None, DEEP)
            if not failed and not any(file.hunks for file in answer.files()):
                failed = "it proposes no edit"
            if failed:
                self._emit(Trouble(f"{DEEP} lane", f"nothing came of {hunk.path}: {failed}"))
            else:
                await self._lay(hunk, answer.events)
        finally:
            del self.away[hunk.id]
            self._emit(ReviewMoved())

    async def _lay(self, hunk: HunkView, events: Sequence[EditEvent]) -> None:
        """Lay an answer into the review, in one go, when nothing else is being written there."""
        bases = {
            event.path: await self._base(event.path) for event in events if isinstance(event, FileOpened)
        }
        moves = {
            event.path: (await self._base(event.path))[1] for event in events if isinstance(event, Moved)
        }
        while self._conversation.is_busy:
            await self._clock.sleep(_LOOK_EVERY)
        self._made += 1
        review = self._decisions.review
        review.begin(hunk.turn, f"{hunk.turn}/{DEEP}{self._made}")
        for event in events:
            match event:
                case FileOpened(path=path):
                    text, refusal = bases[path]
                    buffer = self._workspace.buffer(path)
                    review.open_file(event, buffer.text if buffer is not None else text, refusal)
                case Moved(path=path):
                    review.feed(event, moves[path])
                case _:
                    review.feed(event)
        review.close(cut=False)

    async def _base(self, path: str) -> tuple[Text | None, str]:
        try:
            await self._files.check_target(path)
        except PathError as error:
            return None, str(error)
        return await self._workspace.base_of(path)
