"""Prompts that wait for the turn under way to end."""

from collections.abc import Callable, Sequence


class Waiting:
    """A queue that the person sees, and can take from."""

    def __init__(self, moved: Callable[[], None]) -> None:
        self._prompts: list[str] = []
        self._moved = moved

    @property
    def prompts(self) -> tuple[str, ...]:
        """What waits, the next one first."""
        return tuple(self._prompts)

    def put(self, prompt: str) -> None:
        """Let a prompt wait behind the others."""
        self._prompts.append(prompt)
        self._moved()

    def put_first(self, prompts: Sequence[str]) -> None:
        """Let prompts wait in front of the others."""
        if prompts:
            self._prompts[:0] = prompts
            self._moved()

    def take(self, index: int = -1) -> str:
        """Take a prompt out, the last one unless told otherwise; empty if there is none."""
        if not -len(self._prompts) <= index < len(self._prompts):
            return ""
        prompt = self._prompts.pop(index)
        self._moved()
        return prompt
