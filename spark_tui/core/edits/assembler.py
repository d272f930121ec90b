"""Puts pieces of a stream together into lines, whatever the cuts: inside an ending, a marker or a surrogate pair."""

GHOST_LIMIT = 2000
"""Code points of an unfinished line that are kept at hand for showing it."""


class LineAssembler:
    """Collects pieces and gives back whole lines; a piece without a line break costs O(its length)."""

    __slots__ = ("_held", "_parts", "ghost")

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._held = ""
        self.ghost = ""
        """The unfinished line, without what goes beyond the limit."""

    def extend(self, chunk: str) -> bool:
        """Take a piece if it completes no line; return whether it did not."""
        if "\n" in chunk or self._held or not chunk.isascii():
            return False
        self._parts.append(chunk)
        if len(self.ghost) < GHOST_LIMIT:
            self.ghost += chunk
        return True

    def push(self, chunk: str) -> list[str]:
        """Take a piece; return the lines it completes, without `\\n` and without carriage returns at their end."""
        if self._held or not chunk.isascii():
            chunk = self._mend(chunk)
            if self.extend(chunk):
                return []
        lines = chunk.split("\n")
        self._parts.append(lines[0])
        lines[0] = "".join(self._parts)
        tail = lines.pop()
        self._parts = [tail]
        self.ghost = tail
        return [line.rstrip("\r") for line in lines]

    def finish(self) -> str | None:
        """Return the unfinished last line, None where there is none."""
        self._parts.append("\ufffd" if self._held else "")
        line = "".join(self._parts).rstrip("\r")
        self._parts, self._held, self.ghost = [], "", ""
        return line or None

    def _mend(self, chunk: str) -> str:
        """Join surrogates that belong together, hold back a half one, and replace what can't be text."""
        chunk = self._held + chunk
        self._held = ""
        try:
            chunk.encode()
        except UnicodeEncodeError:
            if "\ud800" <= chunk[-1] <= "\udbff":
                chunk, self._held = chunk[:-1], chunk[-1]
            chunk = chunk.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
        return chunk
