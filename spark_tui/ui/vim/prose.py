"""Sentences and paragraphs: where they begin, and what their objects take."""

from spark_tui.core.text import Position
from spark_tui.ui.vim.page import Page, Shape
from spark_tui.ui.vim.taken import Taken
from spark_tui.ui.vim.walker import Walker

_ENDS, _CLOSES = ".!?", ")]\"'"


# --- where sentences begin


def next_sentence(page: Page, at: Position) -> Position | None:
    """Return where the next sentence begins, or an empty line before that; at the end of the text the end."""
    found = _sentence_from(page, at)
    walker = Walker(page, at)
    while found is not None and found <= at and walker.tries(walker.on):
        # Among marks the sentence that is looked for can be the one here.
        found = _sentence_from(page, walker.place)
    return found


def _sentence_from(page: Page, at: Position) -> Position | None:
    walker = Walker(page, at)
    if not walker.char:
        while walker.tries(walker.on) and not walker.char:
            pass
        return _behind_blanks(walker)
    if _begins_paragraph(walker):
        if walker.is_in_last:
            return None
        walker.place = Position(at.line + 1, 0)
        return _behind_blanks(walker)
    _before_marks(walker, is_forward=True)
    while walker.char and not _begins_paragraph(walker) and not _steps_over_end(walker):
        if not walker.tries(walker.on):
            return walker.place
    return _behind_blanks(walker)


def sentence_before(page: Page, at: Position) -> Position:
    """Return where this sentence begins, or the one before, or an empty line between them."""
    walker = Walker(page, at)
    if walker.char:
        walker.tries(walker.off)
    else:
        while walker.tries(walker.off) and not walker.char:
            pass
    _before_marks(walker, is_forward=False)
    first = walker.place.line
    while True:
        if not walker.char or _begins_paragraph(walker):
            if walker.place.line != first:
                walker.place = Position(walker.place.line + 1, walker.place.column)
            return _behind_blanks(walker)
        if _steps_over_end(walker):
            return _behind_blanks(walker)
        if not walker.tries(walker.off):
            return walker.place


def _begins_paragraph(walker: Walker) -> bool:
    return not walker.place.column and walker.char in ("", "\f")


def _before_marks(walker: Walker, *, is_forward: bool) -> None:
    """Go back over blanks and marks to what they end."""
    has_end = False
    while walker.char and (walker.is_blank or walker.char in _ENDS + _CLOSES):
        char, here = walker.char, walker.place
        if not walker.tries(walker.off):
            return
        is_over = has_end or (walker.is_on_empty and is_forward)
        has_end = has_end or char in _ENDS
        if is_over or (char in _CLOSES and not (walker.char and walker.char in _ENDS + _CLOSES)):
            walker.place = here
            return


def _steps_over_end(walker: Walker) -> bool:
    """Whether a sentence ends here; then the place is behind its end."""
    if walker.char not in _ENDS or not walker.char:
        return False
    here = walker.place
    is_over = not walker.tries(walker.forward)
    while not is_over and walker.char and walker.char in _CLOSES:
        is_over = not walker.tries(walker.forward)
    if not (is_over or walker.is_blank or not walker.char):
        walker.place = here
        return False
    if not walker.char:
        walker.tries(walker.forward)
    return True


def _behind_blanks(walker: Walker) -> Position:
    while walker.is_blank and walker.tries(walker.on):
        pass
    return walker.place


# --- sentences as objects


def take_sentence(page: Page, at: Position, anchor: Position, count: int, *, is_inner: bool) -> Taken | None:
    """Return what the object takes; `anchor` is the other end of a selection, or the place itself."""
    behind = next_sentence(page, at) or at
    if at != anchor:
        return _grown(page, at, anchor, behind, count if is_inner else count * 2, is_inner)
    walker = Walker(page, at)
    while walker.is_blank and walker.tries(walker.on):
        pass
    is_between = walker.place == behind
    if is_between:
        start = _first_blank(page, at)
    else:
        start = behind = sentence_before(page, behind)
    steps = count * 2 if not is_inner else count - is_between
    end = _forward(page, behind, steps, is_between_next=True) if steps > 0 else _off(page, behind)
    if not is_inner and is_between:
        end = _first_blank(page, end)
        walker.place = end
        end = _off(page, end) if walker.is_blank else end
    elif not is_inner:
        walker.place = end
        start = start if walker.is_blank else _first_blank(page, start)
    return Taken(start, end) if start <= end else None


def grown_sentence(page: Page, at: Position, found: Taken, count: int, *, is_inner: bool) -> Taken:
    """Return what a selection of one character takes where what was found would leave it as it is."""
    return _grown(page, found.start, at, found.end, count if is_inner else count * 2, is_inner, at)


def _grown(
    page: Page,
    at: Position,
    anchor: Position,
    behind: Position,
    times: int,
    is_inner: bool,
    begun: Position | None = None,
) -> Taken:
    """Let a selection take more, at the end where its caret is; `behind` is where the next sentence begins."""
    if at < anchor:
        return Taken(anchor, _grown_back(page, at, behind, times, is_inner))
    walker = Walker(page, begun or at)
    walker.tries(walker.on)
    here, is_between_next = behind, True
    if walker.place != behind:
        is_between_next = False
        while walker.place < behind and not is_between_next:
            is_between_next = not walker.is_blank
            if not walker.tries(walker.on):
                break
        here = sentence_before(page, behind) if is_between_next else at
    return Taken(anchor, _forward(page, here, times, is_between_next=is_between_next))


def _grown_back(page: Page, at: Position, here: Position, times: int, is_inner: bool) -> Position:
    walker = Walker(page, at)
    walker.tries(walker.off)
    is_at_start = True
    while walker.place < here:
        if not walker.is_blank:
            is_at_start = False
            break
        if not walker.tries(walker.on):
            break
    if not is_at_start:
        here = sentence_before(page, here)
        if here == at:
            is_at_start = True
        else:
            here = next_sentence(page, here) or here
    for _ in range(times):
        if is_at_start:
            here = _first_blank(page, here)
        walker.place = here
        if not is_at_start or (is_inner and not walker.is_blank):
            here = sentence_before(page, here)
        is_at_start = not is_at_start
    return here


def _forward(page: Page, at: Position, times: int, *, is_between_next: bool) -> Position:
    """Go over sentences and the blanks between them, so many in all; return the last character of that."""
    for left in range(times - 1, -1, -1):
        at = next_sentence(page, at) or at
        if is_between_next:
            at = _first_blank(page, at)
        if not left or is_between_next:
            at = _off(page, at)
        is_between_next = not is_between_next
    return at


def _off(page: Page, at: Position) -> Position:
    walker = Walker(page, at)
    walker.tries(walker.off)
    return walker.place


def _first_blank(page: Page, at: Position) -> Position:
    """Return where the blanks before a place begin."""
    walker = Walker(page, at)
    while walker.tries(walker.off):
        if not walker.is_blank:
            walker.tries(walker.on)
            break
    return walker.place


# --- paragraphs


def take_paragraph(
    page: Page, at: Position, anchor: Position, count: int, *, is_inner: bool, is_whole: bool
) -> Taken | None:
    """Return the lines that the object takes; `is_whole` says that a selection has whole lines already."""
    if at.line != anchor.line:
        return _more_lines(page, at, anchor, count, is_inner)
    is_blank = _blank(page, at.line)
    first = at.line
    while first and _blank(page, first - 1) == is_blank and (is_blank or not _breaks(page, first)):
        first -= 1
    last = first - 1
    while last < page.last and _blank(page, last + 1):
        last += 1
    ahead = _ahead(page, last, count, is_inner, is_blank)
    if ahead is None:
        return None
    last = ahead
    if not is_inner and not is_blank and not _blank(page, last):
        while first and _blank(page, first - 1):
            first -= 1
    if is_whole and first == last:
        return _more_lines(page, at, anchor, count, is_inner)
    return Taken(Position(first, 0), Position(last, 0), shape=Shape.LINES)


def _ahead(page: Page, last: int, count: int, is_inner: bool, is_blank: bool) -> int | None:
    """Return the last line of so many paragraphs behind a line."""
    for left in range(count - (is_inner and is_blank) - 1, -1, -1):
        if last == page.last:
            return None
        takes_blanks = _blank(page, last + 1)
        if not (is_inner and takes_blanks):
            last += 1
            while last < page.last and not _blank(page, last + 1) and not _breaks(page, last + 1):
                last += 1
        if not left and is_blank and not is_inner:
            break
        if not is_inner or takes_blanks:
            while last < page.last and _blank(page, last + 1):
                last += 1
    return last


def _more_lines(page: Page, at: Position, anchor: Position, count: int, is_inner: bool) -> Taken | None:
    """Let a selection take more paragraphs, at the end where its caret is."""
    step = -1 if at.line < anchor.line else 1
    edge = 0 if step < 0 else page.last
    line = at.line
    for _ in range(count):
        if line == edge:
            break
        was_blank: bool | None = None
        for _ in range(2):
            line += step
            is_blank = _blank(page, line)
            if is_blank == was_blank:
                line -= step
                break
            while line != edge and _blank(page, line + step) == is_blank:
                if not is_blank and _breaks(page, line + (step > 0)):
                    break
                line += step
            if is_inner or line == edge:
                break
            was_blank = is_blank
    if line == at.line:
        return None
    return Taken(anchor, Position(line, 0), shape=Shape.LINES)


def _blank(page: Page, line: int) -> bool:
    return not page.line(line).strip(" \t")


def _breaks(page: Page, line: int) -> bool:
    """Whether a new paragraph begins with a line, blank ones or not before it."""
    return page.line(line)[:1] in ("", "\f")
