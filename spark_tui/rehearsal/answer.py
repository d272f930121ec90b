"""What the rehearsal performer hands to the server: prose, and edits as one patch."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer to a conversation."""

    prose: str
    """What is said, before the patch if there is one."""
    patch: str = ""
    """A whole patch from `*** Begin Patch` to `*** End Patch`; empty: nothing to edit."""


Perform = Callable[[Sequence[Mapping[str, object]]], Answer]
"""Answers a conversation, given as input items as they stand on the wire; runs in a thread."""
