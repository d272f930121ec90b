"""Recognises what is decided already in an answer that the model says again after the connection broke."""

from itertools import product

from spark_tui.core.review.book import Book, Section
from spark_tui.core.review.document import Document
from spark_tui.core.review.form import accepted, bare, expected
from spark_tui.core.review.hunk import Hunk
from spark_tui.core.review.rows import ending_above, tokens
from spark_tui.core.review.scar import Scar
from spark_tui.core.review.values import Row, Verdict
from spark_tui.core.review.window import RowEdit

Lost = dict[str, Hunk]
"""Hunks that stay of calls which were cut and are said again, by id."""


def is_said_again(hunk: Hunk, lost: Lost) -> bool:
    """Let a hunk only stand for one that came before the connection broke, if it is that one; whether it is."""
    twin = _twin_of(hunk, lost)
    if twin is not None:
        _stand_for(twin, hunk)
    return twin is not None


def met_again(book: Book, section: Section, made: list[Hunk], lines: list[str]) -> list[Hunk]:
    """Return the hunks of a file that was written anew, in `lines`, if it was before the connection broke, too."""
    twin = _whole_twin(section.document.path, lines, book.lost)
    if twin is not None:
        for hunk in made:
            book.drop(hunk)
        made = [book.add_hunk(section)]
        _stand_for(twin, made[0])
        return made
    for hunk in made:
        twin = _twin_of(hunk, book.lost)
        # What was accepted is in the file that the new version is compared with.
        if twin is not None and twin.whole is not Verdict.ACCEPT:
            _stand_for(twin, hunk)
    return made


def _stand_for(twin: Hunk, hunk: Hunk) -> None:
    hunk.start = hunk.latch = None
    twin.echo, hunk.is_echo = hunk, True
    twin.tell_echo()


def _twin_of(hunk: Hunk, lost: Lost) -> Hunk | None:
    """Find the hunk of a cut call that a hunk is once more: the same rows at the same place of the answer."""
    for other in lost.values():
        if other.echo is None and _is_once_more(hunk, other):
            return other
    return None


def _is_once_more(hunk: Hunk, other: Hunk) -> bool:
    if (_place(hunk), hunk.deletes, hunk.new_path, hunk.header) != (
        _place(other),
        other.deletes,
        other.new_path,
        other.header,
    ):
        return False
    if hunk.path not in (other.path, other.path_at_first):
        return False
    return hunk.deletes or hunk.new_path is not None or _written(hunk.rows) == _written(other.rows)


def _place(hunk: Hunk) -> str:
    """Section and number in the call."""
    return hunk.origin.id.partition(".")[2]


def _written(rows: list[Row]) -> list[tuple[str, str]]:
    return [(row.kind, row.text) for row in rows]


def _whole_twin(path: str, new: list[str], lost: Lost) -> Hunk | None:
    """Find the decided hunk of a cut call that made a file of exactly these lines."""
    for other in lost.values():
        is_there = other.creates and other.is_decided and path in (other.path, other.path_at_first)
        if is_there and [row.text for row in other.rows] == new:
            return other
    return None


def scars_of(document: Document, lost: Lost) -> list[Scar]:
    """Where cut calls changed a document, from the top."""
    own = [scar for scar in document.scars.values() if scar.hunk in lost]
    return sorted(own, key=lambda scar: (scar.start, scar.stop, scar.id))


def edits_back(document: Document, lost: Lost) -> list[tuple[RowEdit, list[str]]]:
    """The changes that take everything of cut calls out of a document, as far as the person's changes allow."""
    out: list[tuple[RowEdit, list[str]]] = []
    for scar in scars_of(document, lost):
        old = scar.undone(document.text)
        if old is not None and (not out or out[-1][0].stop <= scar.start):
            out.append((RowEdit(scar.start, scar.stop, len(old)), old))
    return out


def stands_already(hunk: Hunk, document: Document, lost: Lost) -> bool:
    """Whether what a placed hunk would bring stands there already, beside its own lines; then they become its lines.

    Lines that a hunk only adds at its edge are not among those it stands for.
    """
    text = document.text
    if text is None or hunk.start is None or not hunk.is_live:
        return False
    target = [
        bare(token) for token in expected(accepted(hunk.form, ending_above(text, hunk.start), text.newline))
    ]
    scars = scars_of(document, lost)
    free = [scar for scar in scars if lost[scar.hunk].echo is None and not lost[scar.hunk].is_met]
    above = [scar for scar in free if scar.stop == hunk.start]
    below = [scar for scar in free if scar.start == hunk.stop]
    for up, down in product([None, *above], [None, *below]):
        met = [scar for scar in (up, down) if scar is not None]
        start = hunk.start if up is None else up.start
        stop = hunk.stop if down is None else down.stop
        if met and [bare(token) for token in tokens(text, start, stop)] == target:
            for scar in met:
                lost[scar.hunk].is_met = True
            hunk.start, hunk.stop = start, stop
            hunk.touch()
            hunk.settle(text)
            return True
    _go_among(hunk, scars)
    return False


def _go_among(hunk: Hunk, scars: list[Scar]) -> None:
    """Put a hunk that only adds lines below what came earlier in the answer and was added right there."""
    own = _order(hunk.origin.id)
    added = [scar for scar in scars if not scar.before and scar.start < scar.stop]
    for scar in reversed(added):
        if hunk.start == hunk.stop == scar.stop and own < _order(scar.hunk):
            hunk.start = hunk.stop = scar.start
    for scar in added:
        if hunk.start == hunk.stop == scar.start and _order(scar.hunk) < own:
            hunk.start = hunk.stop = scar.stop
    hunk.touch()


def _order(id: str) -> tuple[int, ...]:
    """Where in its answer a hunk stands."""
    return tuple(int(part) for part in id.split(".")[1:])
