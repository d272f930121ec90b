"""What a prompt may be about, as text for the model: what differs from the last commit, decisions, problems."""

import asyncio
from collections.abc import Callable, Sequence

from spark_tui.core.checks import Finding
from spark_tui.core.context.secrets import denied
from spark_tui.core.diff import unified
from spark_tui.core.review import Review
from spark_tui.core.text import Text
from spark_tui.engine.workspace import Workspace
from spark_tui.ports import Listing, PortError, Repository

MOST = 200
"""Files told of."""
LARGEST = 400_000
"""Bytes of a file whose difference is worked out."""
RECENT = 20
MOST_PROBLEMS = 40
"""Problems of open files told of."""


class Changes:
    """Words the differences of the workspace."""

    def __init__(
        self, repository: Repository, workspace: Workspace, review: Review, listing: Callable[[], Listing]
    ) -> None:
        self._repository = repository
        self._workspace = workspace
        self._review = review
        self._listing = listing

    def _marked(self) -> list[str]:
        changed = [entry.path for entry in self._listing().entries if entry.mark]
        return list(dict.fromkeys([*changed, *self._workspace.unsaved()]))

    async def diff(self) -> str:
        """What differs from the last commit, unsaved text included, as a unified diff; secrets are not cared for."""
        marked = self._marked()
        paths = [path for path in marked if not denied(path)][:MOST]
        before = await self._repository.committed(paths)
        after = [await self._now(path) for path in paths]
        parts = await asyncio.to_thread(
            lambda: [
                part
                for path, now in zip(paths, after, strict=True)
                if (part := _part(path, before.get(path), now))
            ]
        )
        left = len(marked) - len(paths)
        if left:
            parts.append(f"({left} more file{'s' * (left != 1)} not shown)")
        return "\n".join(parts)

    async def _now(self, path: str) -> Text | None:
        try:
            return (await self._workspace.fresh(path)).text
        except PortError:
            return None

    def decisions(self) -> Sequence[str]:
        """What was decided in this sitting, a line per file."""
        lines = []
        for file in self._review.files():
            counts = ((file.accepted, "accepted"), (file.rejected, "rejected"), (file.pending, "open"))
            words = ", ".join(f"{count} {word}" for count, word in counts if count)
            if words:
                lines.append(f"{file.path}: {words}")
        return lines[-RECENT:]

    def recent(self) -> Sequence[str]:
        """Files edited or decided on lately, the latest first."""
        decided = [file.path for file in self._review.files()]
        return list(dict.fromkeys([*self._workspace.unsaved(), *reversed(decided)]))[:RECENT]


Found = Callable[[str], tuple[Text, Sequence[Finding]] | None]


def problems_told(workspace: Workspace, found: Found) -> Callable[[], Sequence[str]]:
    """Make what words the problems of the open files, a line each; what is known of another text is not told."""

    def problems() -> Sequence[str]:
        lines: list[str] = []
        for path in dict.fromkeys([*([workspace.active] if workspace.active else []), *workspace.tabs]):
            known, buffer = found(path), workspace.buffer(path)
            if known is None or buffer is None or not known[0].same_content(buffer.text):
                continue
            lines += [
                " ".join(
                    f"{each.place}: {each.severity.name.lower()} {each.code} {each.message} ({each.source})".split()
                )
                for each in known[1]
            ]
        return lines[:MOST_PROBLEMS]

    return problems


def _part(path: str, before: bytes | None, now: Text | None) -> str:
    after = None if now is None or now.binary else now.encode()
    if before == after or (now is not None and now.binary):
        return ""
    if max(len(before or b""), len(after or b"")) > LARGEST:
        return f"--- {path}: too large to be compared"
    rows = [
        f"--- {path if before is not None else '/dev/null'}",
        f"+++ {path if after is not None else '/dev/null'}",
    ]
    rows += [f"{mark}{text}" if mark in (" ", "-", "+") else text for mark, text in unified(before, after)]
    return "\n".join(rows)
