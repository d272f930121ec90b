"""Weighs requests as they stand on the wire, in the tokens of the model they go to; remembers what it counted."""

import json
from collections.abc import Mapping, Sequence

from spark_tui.core.context import Scale, is_o200k
from spark_tui.core.settings import LaneProfile, Wire
from spark_tui.core.wire import Item
from spark_tui.core.wire.chat import chat_request
from spark_tui.core.wire.encode import encode_item
from spark_tui.ports import Ratios, TokenCounter

_MOST_KEPT = 64_000_000
"""Characters of texts whose counts are remembered."""


def on_the_wire(request: Mapping[str, object]) -> str:
    """Write a request as the transports send it."""
    return json.dumps(request, ensure_ascii=False, separators=(",", ":"))


class Measure:
    """Counts for one model; may be used in a thread."""

    def __init__(self, counter: TokenCounter, ratios: Ratios | None = None) -> None:
        self._counter = counter
        self._ratios = ratios
        self._counts = Counts(counter)
        self.scale = Scale(counter.exact)
        """How the present model counts."""
        self._model = ""
        self._is_chat = False

    def use(self, profile: LaneProfile) -> None:
        """Count for the model of a lane."""
        model = profile.model
        self._is_chat = profile.provider.wire is Wire.CHAT
        name = f"{model.provider}/{model.slug}"
        if name != self._model:
            self._model = name
            known = is_o200k(model.slug) and self._counter.exact
            self.scale = Scale(known, self._ratios.recall(name) if self._ratios is not None else None)

    @property
    def exact(self) -> bool:
        """Whether the counts are the model's own."""
        return self.scale.is_exact

    def count(self, text: str) -> int:
        """Tokens that a text takes inside a request."""
        return self.scale.of(self._counts.of(text))

    def count_written(self, text: str) -> int:
        """Tokens of a text that is escaped already."""
        return self.scale.of(self._counts.of(text, is_written=True))

    def weigh(self, request: Mapping[str, object]) -> int:
        """Tokens of a whole request."""
        return self.scale.of(self.raw(request))

    def raw(self, request: Mapping[str, object]) -> int:
        """Tokens of a whole request by our own count."""
        return self._counter.count(on_the_wire(chat_request(request) if self._is_chat else request))

    def weigh_items(self, items: Sequence[Item]) -> int:
        """Tokens of items of a conversation."""
        return sum(self.count_written(on_the_wire(encode_item(item))) for item in items)

    def learn(self, ours: int, theirs: int) -> None:
        """Take in how the server counted a request of `ours` tokens."""
        if self._model.endswith("/rehearsal"):
            # It counts pieces of its own, and stands for models that count as we do.
            return
        scale = self.scale.learn(ours, theirs)
        if scale != self.scale and scale.ratio is not None and self._ratios is not None:
            self.scale = scale
            self._ratios.keep(self._model, scale.ratio)


class Counts:
    """Counts of texts, each made once; texts stand in requests with their line breaks and quotes escaped."""

    def __init__(self, counter: TokenCounter) -> None:
        self._counter = counter
        self._known: dict[tuple[str, bool], int] = {}
        self._size = 0

    def of(self, text: str, *, is_written: bool = False) -> int:
        """Tokens of a text once its line breaks and quotes are escaped, or as it is written."""
        key = (text, is_written)
        known = self._known.get(key)
        if known is None:
            known = self._counter.count(text if is_written else json.dumps(text, ensure_ascii=False)[1:-1])
            if self._size > _MOST_KEPT:
                self._known, self._size = {}, 0
            self._known[key] = known
            self._size += len(text)
        return known
