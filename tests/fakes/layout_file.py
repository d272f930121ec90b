"""The port that keeps the layout, in memory."""

import json


class MemoryLayouts:
    """Keeps one value, as its file would."""

    def __init__(self, value: object = None) -> None:
        self.value = value
        self.saves = 0

    async def load(self) -> object:
        return self.value

    async def save(self, value: object) -> None:
        self.value = json.loads(json.dumps(value))
        self.saves += 1
