"""Counts characters, four to a token, and remembers what servers taught."""


class CharacterCounter:
    """The `TokenCounter` port on arithmetic."""

    exact = False

    def count(self, text: str) -> int:
        """Tokens in `text`, rounded up."""
        return -(-len(text) // 4)


class MemoryRatios:
    """The `Ratios` port on a dictionary."""

    def __init__(self) -> None:
        self.known: dict[str, float] = {}

    def recall(self, model: str) -> float | None:
        """What was kept for a model."""
        return self.known.get(model)

    def keep(self, model: str, ratio: float) -> None:
        """Keep what a server taught."""
        self.known[model] = ratio
