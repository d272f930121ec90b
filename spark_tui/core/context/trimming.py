"""Makes room in a conversation, at the beginning of a turn and without a model: what went is kept, and can come back.

Nothing is taken out of its place: an item that goes leaves a short one where it stood. What goes first: outputs of
old calls; copies of files of which there is a newer one; patches of earlier turns, whose outputs tell what became of
them; then other copies of files. The last turn, if it is over, comes after all others. What the person and the model
said stays, and so do the rules.
"""

import json
import re
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import replace

from spark_tui.core.context.blocks import read_blocks
from spark_tui.core.values import dataclass
from spark_tui.core.wire import Item, ItemKind, ToolCall, ToolOutput, UserMessage

FROM, TO, TO_CRAMPED = 0.7, 0.4, 0.3
"""Shares of the budget: a conversation that takes more than the first is trimmed down to the second, and to the third
if it leaves no room for what the person works on. The gap is wide, because every trimming costs the server's cache."""
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
    is_over: bool = False,
    spared: Collection[str] = (),
) -> Trimmed:
    """Shorten a conversation that takes too much of `limit`; copies of the files in `kept` and texts in `spared` stay.

    `is_cramped`: what the person has open or named has no room beside it, so it takes too much already. `is_over`: the
    last turn is over too, so where it is cramped, that one gives as well.
    """
    total = weigh(items)
    goal = limit * (TO_CRAMPED if is_cramped else TO)
    if total <= (goal if is_cramped else limit * FROM):
        return Trimmed(tuple(items), ())
    now, gone = list(items), list[Gone]()
    for place, what, label, reason, original in _candidates(items, kept, is_cramped and is_over):
        if total <= goal:
            break
        if original in spared:
            continue
        before = now[place]
        entry = Gone(first_id + len(gone), what, label, reason, 0, place, "", original)
        entry = replace(entry, stub=_stub(before, f"[{label} was left out here to save room, #{entry.id}]"))
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
        case ToolCall(input=written, operation=operation):
            written = written.replace(old, new, 1)
            operation = None if operation is None else replace(operation, diff=written)
            return replace(item, input=written, operation=operation)
        case _:
            return item


def _stub(item: Item, words: str) -> str:
    """What stands where something was: arguments of a function stay arguments."""
    is_function = isinstance(item, ToolCall) and item.kind is ItemKind.FUNCTION
    return json.dumps({"left_out": words}) if is_function else words


_Candidate = tuple[int, str, str, str, str]
"""Place, what, label, why, and the text itself."""


def _candidates(items: Sequence[Item], kept: Collection[str], has_last: bool) -> Iterator[_Candidate]:
    """What could go, in the order in which it goes; with `has_last` out of the last turn too."""
    newest = _newest_turn(items)
    before, last_turn = range(newest), range(newest, len(items))
    copies = [
        (place, found)
        for place, item in enumerate(items)
        if isinstance(item, UserMessage)
        for found in read_blocks(item.text)
        if found.tag in _COPIES
    ]
    last = {(found.path or found.tag): place for place, found in copies}
    yield from _outputs(items, before, "old tool output")
    for place, found in copies:
        if last[found.path or found.tag] > place:
            yield place, "file copy", _label(found.path, found.tag), "a newer copy follows", found.text
    for turns, which in ((before, "an earlier"), (last_turn, "the last"))[: 1 + has_last]:
        if turns is last_turn:
            yield from _outputs(items, turns, "output of the last turn")
        yield from _patches(items, turns, f"written in {which} turn")
        for place, found in copies:
            if place in turns and last[found.path or found.tag] == place and found.path not in kept:
                label = _label(found.path, found.tag)
                yield place, "file copy", label, f"sent in {which} turn", found.text


def _outputs(items: Sequence[Item], places: range, reason: str) -> Iterator[_Candidate]:
    for place in places:
        item = items[place]
        if isinstance(item, ToolOutput):
            yield place, "tool output", "the output of an earlier call", reason, item.output


def _patches(items: Sequence[Item], places: range, reason: str) -> Iterator[_Candidate]:
    for place in places:
        item = items[place]
        if isinstance(item, ToolCall) and item.input:
            paths = list(dict.fromkeys(_PATCHED.findall(item.input)))
            paths = [item.operation.path] if item.operation is not None else paths
            names = ", ".join(paths[:_MOST_NAMED]) + (" and others" if len(paths) > _MOST_NAMED else "")
            yield place, "patch", f"the patch of {names}" if names else "a patch", reason, item.input


_PATCHED = re.compile(r"^\*\*\* (?:Update|Add|Delete) File: (.{1,200})$", re.MULTILINE)
_MOST_NAMED = 3


def _label(path: str, tag: str) -> str:
    return f"{path} ({tag})" if path else f"the {tag}"


def _newest_turn(items: Sequence[Item]) -> int:
    """Where the newest turn begins: at the last thing the person said, or at the files sent with it."""
    said = [place for place, item in enumerate(items) if isinstance(item, UserMessage)]
    if not said:
        return len(items)
    place = said[-1]
    return place - 1 if place and isinstance(items[place - 1], UserMessage) else place
