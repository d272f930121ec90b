"""The `SessionLog` port in memory."""


class MemoryLog:
    """Keeps records in a list."""

    def __init__(self) -> None:
        self.records: list[dict[str, object]] = []
        self.trouble = ""

    def write(self, kind: str, **fields: object) -> None:
        spelt = {name: value() if callable(value) else value for name, value in fields.items()}
        self.records.append({"kind": kind, **spelt})

    async def flush(self) -> None:
        """Everything is where it will ever be."""
