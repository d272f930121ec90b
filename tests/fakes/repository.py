"""The `Repository` port with answers set by a test."""

from collections.abc import Mapping, Sequence

from spark_tui.core.repo import PastCommit
from spark_tui.ports import Head, Listing


class FakeRepository:
    """Says what it was told to say."""

    def __init__(self, head: Head | None = None, listing: Listing | None = None) -> None:
        self.note = ""
        self.answer_head = head
        self.answer_listing = listing
        self.answer_names: Listing | None = None
        self.commit: dict[str, bytes] = {}
        self.commits: tuple[PastCommit, ...] = ()

    async def head(self) -> Head | None:
        return self.answer_head

    async def committed(self, paths: Sequence[str]) -> Mapping[str, bytes]:
        return {path: self.commit[path] for path in paths if path in self.commit}

    async def past(self, most: int) -> tuple[PastCommit, ...]:
        return self.commits[:most]

    async def names(self) -> Listing | None:
        return self.answer_names

    async def listing(self) -> Listing | None:
        return self.answer_listing
