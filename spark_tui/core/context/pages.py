"""Files as they would be sent: whole, as a skeleton, as a line of the map; with their secrets withheld."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import field
from functools import lru_cache

from spark_tui.core.context.blocks import block, file_block
from spark_tui.core.context.pieces import Form, Piece, PieceKind, Rank
from spark_tui.core.context.plan import Budget, ContextPlan, Count, plan
from spark_tui.core.context.secrets import denied, redact
from spark_tui.core.repo import FileFacts, Kept, Ranked, skeleton_text, small_skeleton, telling_rows
from spark_tui.core.text import Text
from spark_tui.core.values import dataclass

AROUND = 60
"""Lines before and after the caret that a skeleton of the open file keeps."""
NAMES = 110
"""Characters of the names in a line of the map."""
HEAD = 8
"""Lines that stand for a file without definitions: those that the prompt names, or the first ones."""
SLIM = 110
"""Tokens that a file takes in its slimmest form but for a line, more or less."""
MOST_READ = 1000
"""Ranked files that are read for one plan."""
SPREAD = 0.8
"""How many times the room is read, counted in slimmest forms; not all of it is given to them."""


@dataclass(frozen=True, slots=True)
class Page:
    """One file as it would be sent."""

    bodies: Mapping[Form, str] = field(default_factory=dict)
    fault: str = ""
    """Why nothing of it can be sent."""
    remark: str = ""
    withheld: Mapping[str, str] = field(default_factory=dict)
    """Marker to secret."""


def lay_out(path: str, text: Text, kept: Kept = (), *, allowed: bool = False, caret: int = -1) -> Page:
    """Write a file in its forms; around the line `caret` its skeleton keeps everything.

    With `allowed` it goes out with its secrets.
    """
    rows = text.lines(0, text.row_count)
    withheld: Mapping[str, str] = {}
    if not allowed:
        if secret := denied(path):
            return Page(fault=secret)
        clean = redact("\n".join(rows))
        withheld = clean.withheld
        rows = clean.text.split("\n") if withheld else rows
    bodies = {Form.WHOLE: file_block(path, text, rows)}
    kept = _around(kept, caret, len(rows))
    slim = skeleton_text(rows, kept) if kept else ""
    if slim:
        bodies[Form.SKELETON] = block("skeleton", slim.split("\n")[:-1], path, of=str(len(rows)))
        if len(bodies[Form.SKELETON]) >= len(bodies[Form.WHOLE]):
            del bodies[Form.SKELETON]
    count = len(withheld)
    remark = f"{count} secret{'s' * (count != 1)} withheld" if count else ""
    return Page(bodies, "", remark, withheld)


def _around(kept: Kept, caret: int, rows: int) -> Kept:
    """Ranges that are kept, and those around the caret, merged."""
    if caret < 0 or rows <= 2 * AROUND:
        return kept
    merged: list[tuple[int, int]] = []
    for first, after in sorted([*kept, (max(caret - AROUND, 0), min(caret + AROUND + 1, rows))]):
        if merged and first <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(after, merged[-1][1]))
        else:
            merged.append((first, after))
    return tuple(merged)


def excerpt(path: str, text: Text, names: Sequence[str], *, allowed: bool = False) -> Page:
    """Write only the lines of a file that the names are about; nothing else of it is looked at."""
    if not allowed and (secret := denied(path)):
        return Page(fault=secret)
    rows = text.lines(0, text.row_count)
    part = skeleton_text(rows, telling_rows(rows, names))
    clean = redact(part)
    withheld = {} if allowed else clean.withheld
    shown = (clean.text if withheld else part).split("\n")[:-1]
    return Page({Form.OUTLINE: block("skeleton", shown, path, of=str(len(rows)))}, "", "", withheld)


def map_line(path: str, facts: FileFacts | None, names: Sequence[str] = ()) -> str:
    """Write a file as one line of the map; `names` stand before the other names it defines."""
    own = facts.definitions if facts is not None else ()
    told: list[str] = []
    names = names if own else ()
    room = NAMES
    for name in dict.fromkeys([*names, *(each.name for each in own if not each.parent)]):
        if not name.isprintable() or len(name) + 2 > room:
            break
        told.append(name)
        room -= len(name) + 2
    return f"{path}: {', '.join(told)}" if told else path


def path_fault(path: str) -> str:
    """Say why a path can't be written into a message; empty if it can."""
    if "\n" in path or "\r" in path:
        return "file name holds a line break"
    try:
        path.encode()
    except UnicodeEncodeError:
        return "file name is not UTF-8"
    return ""


@lru_cache(maxsize=4096)
def _outline(path: str, whole: str, kept: Kept) -> str:
    """Write some lines of a file, given as a block."""
    rows = whole.split("\n")[1:-1]
    return block("skeleton", skeleton_text(rows, kept).split("\n")[:-1], path, of=str(len(rows)))


def found_page(ranked: Ranked, text: Text, facts: FileFacts | None) -> Page:
    """Write a ranked file in the forms in which it may go along."""
    if facts is not None and facts.brief:
        return excerpt(ranked.path, text, ranked.names)
    return lay_out(ranked.path, text, facts.skeleton if facts is not None else ())


def found_piece(ranked: Ranked, page: Page | None, facts: FileFacts | None) -> Piece:
    """Describe a ranked file: in every form if there is a page of it, in one line if not."""
    fault = (facts.note if facts is not None else "") or path_fault(ranked.path)
    fault = fault or (page.fault if page is not None else "")
    bodies = dict(page.bodies) if page is not None else {}
    if facts is not None and Form.WHOLE in bodies:
        few = small_skeleton(facts, ranked.names)
        few = few or telling_rows(bodies[Form.WHOLE].split("\n")[1:-1], ranked.names, HEAD)
        outline = _outline(ranked.path, bodies[Form.WHOLE], few)
        if len(outline) < len(bodies.get(Form.SKELETON, bodies[Form.WHOLE])):
            bodies[Form.OUTLINE] = outline
    bodies[Form.MAP] = map_line(ranked.path, facts, ranked.names)
    return Piece(
        PieceKind.FOUND,
        ranked.path,
        {} if fault else bodies,
        Rank.FOUND,
        ranked.score,
        ranked.reason,
        fault=fault,
        remark=(page.remark if page is not None else "")
        or (facts.brief.rstrip(".") if facts is not None else ""),
        path=ranked.path,
    )


def worth_reading(ranked: Sequence[Ranked], files: Mapping[str, FileFacts], room: int) -> list[str]:
    """The best files, as many as could be sent in their slimmest form, and some more."""
    chosen: list[str] = []
    total = 0.0
    for each in ranked[:MOST_READ]:
        facts = files.get(each.path)
        if facts is not None and facts.note:
            continue
        if total > room * SPREAD:
            break
        total += _slim(facts) * 1.2
        chosen.append(each.path)
    return chosen


def _slim(facts: FileFacts | None) -> int:
    """Tokens of a file in its slimmest form but for a line, more or less: those of so many bytes, or lines."""
    if facts is None or not facts.size:
        return SLIM
    kept = sum(after - first for first, after in facts.skeleton) or facts.lines
    return min(SLIM, facts.size // 4 + 1, kept * 12 + 1)


def plan_ranked(
    ranked: Sequence[Ranked],
    files: Mapping[str, FileFacts],
    read: Callable[[str], Text | None],
    room: int,
    count: Count,
) -> ContextPlan:
    """Choose among ranked files alone, as a request with `room` tokens for them would."""
    wanted = set(worth_reading(ranked, files, room))
    pieces = []
    for each in ranked:
        facts = files.get(each.path)
        text = read(each.path) if each.path in wanted else None
        page = None
        if text is not None and not text.read_only:
            page = found_page(each, text, facts)
        pieces.append(found_piece(each, page, facts))
    return plan(pieces, Budget(room, 0), count)
