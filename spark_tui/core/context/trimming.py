"""Makes room in a conversation, at the beginning of a turn and without a model: what went is kept, and can come back.

Nothing is taken out of its place: an item that goes leaves a short one where it stood. What goes first: outputs of
old calls; copies of files of which there is a newer one; then other copies of files from earlier turns. What the
person and the model said stays, and so do the rules.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import replace

from spark_tui.core.context.blocks import read_blocks
from spark_tui.core.values import dataclass
from spark_tui.core.wire import Item, ToolOutput, UserMessage

FROM, TO, TO_CRAMPED = 0.94, 0.6, 0.3
"""Shares of the budget: a conversation that takes more than the first is trimmed down to the second, and to the third
if it leaves no room for what the person works on."""
_WORTH_IT = 60
"""Tokens; what is smaller is not worth a stub."""
_COPIES = ("file", "skeleton", "definition", "map", "diff", "terminal", "diagnostics")

Weigh = Callable[[Sequence[Item]], int]


@dataclass(frozen=True, slots=True)
class Gone:
    """One thing that was taken out of the conversation."""

    id: int
    """Rises; the stub bears it too."""
    what: str
    """For the list: `tool output`, `file copy`."""
    label: str
    reason: str
    tokens: int
    """What that saved."""
    place: int
    """Index of the item in the conversation."""
    stub: str
    original: str


@dataclass(frozen=True, slots=True)
class Trimmed:
    """A shortened conversation."""

    items: tuple[Item, ...]
    gone: tuple[Gone, ...]


def trim(
    items: Sequence[Item],
    limit: int,
    weigh: Weigh,
    kept: Collection[str] = (),
    first_id: int = 1,
    *,
    is_cramped: bool = False,
) -> Trimmed:
    """Shorten a conversation that takes too much of `limit`; copies of the files in `kept` stay.

    `is_cramped`: what the person has open or named has no room beside it, so it takes too much already.
    """
    total = weigh(items)
    goal = limit * (TO_CRAMPED if is_cramped else TO)
    if total <= (goal if is_cramped else limit * FROM):
        return Trimmed(tuple(items), ())
    now, gone = list(items), list[Gone]()
    for place, what, label, reason, original in _candidates(items, kept):
        if total <= goal:
            break
        entry = Gone(first_id + len(gone), what, label, reason, 0, place, "", original)
        entry = replace(entry, stub=f"[{label} was left out here to save room, #{entry.id}]")
        before = now[place]
        shorter = _with(before, entry.original, entry.stub)
        saved = weigh([before]) - weigh([shorter])
        if saved < _WORTH_IT:
            continue
        now[place] = shorter
        total -= saved
        gone.append(replace(entry, tokens=saved))
    return Trimmed(tuple(now), tuple(gone))


def bring_back(items: Sequence[Item], entry: Gone) -> tuple[Item, ...]:
    """Put back what went; the conversation as it is if its place is no longer there."""
    if entry.place >= len(items):
        return tuple(items)
    restored = list(items)
    restored[entry.place] = _with(items[entry.place], entry.stub, entry.original)
    return tuple(restored)


def _with(item: Item, old: str, new: str) -> Item:
    match item:
        case ToolOutput(output=output):
            return replace(item, output=output.replace(old, new, 1))
        case UserMessage(text=text):
            return UserMessage(text.replace(old, new, 1))
        case _:
            return item


def _candidates(items: Sequence[Item], kept: Collection[str]) -> Iterator[tuple[int, str, str, str, str]]:
    """What could go, in the order in which it goes: place, what, label, why, and the text itself."""
    newest = _newest_turn(items)
    for place, item in enumerate(items[:newest]):
        if isinstance(item, ToolOutput):
            yield place, "tool output", "the output of an earlier call", "old tool output", item.output
    copies = [
        (place, found)
        for place, item in enumerate(items)
        if isinstance(item, UserMessage)
        for found in read_blocks(item.text)
        if found.tag in _COPIES
    ]
    last = {(found.path or found.tag): place for place, found in copies}
    for place, found in copies:
        if last[found.path or found.tag] > place:
            yield place, "file copy", _label(found.path, found.tag), "a newer copy follows", found.text
    for place, found in copies:
        if last[found.path or found.tag] == place < newest and found.path not in kept:
            yield place, "file copy", _label(found.path, found.tag), "sent in an earlier turn", found.text


def _label(path: str, tag: str) -> str:
    return f"{path} ({tag})" if path else f"the {tag}"


def _newest_turn(items: Sequence[Item]) -> int:
    """Where the newest turn begins: at the last thing the person said, or at the files sent with it."""
    said = [place for place, item in enumerate(items) if isinstance(item, UserMessage)]
    if not said:
        return len(items)
    place = said[-1]
    return place - 1 if place and isinstance(items[place - 1], UserMessage) else place
