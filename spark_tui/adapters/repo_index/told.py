"""Facts as the process of the index told them: read when somebody looks, so that they cost the event loop nothing."""

from collections.abc import Iterator, Mapping

import msgspec

from spark_tui.adapters.repo_index.messages import read_facts
from spark_tui.core.repo import FileFacts

_REMEMBERED = 4000


class Told(Mapping[str, FileFacts]):
    """Facts by path at one moment, in path order; pictures of different moments share what was read."""

    def __init__(self, raw: dict[str, msgspec.Raw], read: dict[int, tuple[msgspec.Raw, FileFacts]]) -> None:
        self._raw = raw
        self._read = read

    def __getitem__(self, path: str) -> FileFacts:
        raw = self._raw[path]
        known = self._read.get(id(raw))
        # The entry holds the bytes, so that no others can have their identity.
        if known is not None and known[1].path == path:
            return known[1]
        facts = read_facts(path, raw)
        if len(self._read) >= _REMEMBERED:
            self._read.clear()
        self._read[id(raw)] = raw, facts
        return facts

    def __iter__(self) -> Iterator[str]:
        return iter(self._raw)

    def __len__(self) -> int:
        return len(self._raw)

    def __contains__(self, path: object) -> bool:
        return path in self._raw
