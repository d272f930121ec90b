"""What `iw`, `aw` and their big brothers take: words and the blanks between them, over the ends of lines too."""

from spark_tui.core.text import Position
from spark_tui.ui.vim.page import Page
from spark_tui.ui.vim.taken import Taken
from spark_tui.ui.vim.walker import Stuck, Walker


def take_word(
    page: Page, at: Position, anchor: Position, count: int, *, big: bool, is_inner: bool
) -> Taken | None:
    """Return what the object takes; `anchor` is the other end of a selection, or the place itself."""
    walker = Walker(page, at, big)
    start, takes_lead, is_inclusive = anchor, False, True
    try:
        if at == anchor:
            _to_run_start(walker)
            start = walker.place
            takes_lead = _take_first(walker, is_inner)
            count -= 1
        for left in range(count, 0, -1):
            if at < anchor:
                _grow_back(walker, is_inner)
                is_inclusive = True
            else:
                is_inclusive = _grow(walker, is_inner, left)
    except Stuck:
        return None
    end = walker.place
    if takes_lead and (walker.kind or not (end.column or is_inclusive)):
        start = _with_lead(page, start)
    return Taken(start, end, is_inclusive)


def _take_first(walker: Walker, is_inner: bool) -> bool:
    """Take the run here, with its blanks unless inner ones are left out; whether blanks behind are still wanted."""
    if (walker.kind == 0) != is_inner:
        _to_word_end(walker)
        return False
    _to_next_word(walker)
    if walker.place.column:
        walker.back()
    else:
        walker.off()
    return not is_inner


def _grow(walker: Walker, is_inner: bool, left: int) -> bool:
    """Take one more object behind; whether the character at the end belongs to it."""
    walker.on()
    if (walker.kind == 0) != is_inner:
        _to_word_end(walker)
        return True
    if not _to_next_word(walker) and left > 1:
        raise Stuck
    if not walker.place.column:
        return False
    walker.back()
    return True


def _grow_back(walker: Walker, is_inner: bool) -> None:
    """Take one more object before."""
    walker.off()
    if (walker.kind == 0) != is_inner:
        _to_end_before(walker)
        walker.on()
    else:
        _to_word_start(walker)


def _with_lead(page: Page, start: Position) -> Position:
    """Return where the blanks before a place begin, unless they begin the line."""
    text = page.line(start.line)
    lead = start.column
    while lead and text[lead - 1] in " \t":
        lead -= 1
    return Position(start.line, lead) if lead else start


def _to_run_start(walker: Walker) -> None:
    kind = walker.kind
    while walker.place.column:
        walker.back()
        if walker.kind != kind:
            walker.forward()
            return


def _to_next_word(walker: Walker) -> bool:
    """Go to the next run that is not blank, or to the end of this line if the run here reaches it."""
    kind, was_last = walker.kind, walker.is_in_last
    try:
        if walker.forward():
            return not was_last
        if kind:
            while walker.kind == kind:
                if walker.forward():
                    return True
        while not walker.kind and not walker.is_on_empty:
            if walker.forward():
                return True
    except Stuck:
        # Whoever stood at the very end has not moved.
        return walker.place.column > 0 and bool(walker.char)
    return True


def _to_word_end(walker: Walker) -> None:
    """Go to the last character of the run here, or of the next word behind blanks; not past an empty line."""
    kind = walker.kind
    walker.forward()
    if walker.kind == kind and kind:
        walker.over(kind, walker.forward)
    elif not kind:
        while not walker.kind:
            if walker.is_on_empty:
                return
            walker.forward()
        walker.over(walker.kind, walker.forward)
    walker.back()


def _to_word_start(walker: Walker) -> None:
    """Go to the first character of the run here, or of the word before blanks; not past an empty line."""
    kind = walker.kind
    walker.back()
    if walker.kind == kind or not kind:
        while not walker.kind:
            if walker.is_on_empty:
                return
            if not walker.tries(walker.back):
                return
        if not walker.tries(lambda: walker.over(walker.kind, walker.back)):
            return
    walker.forward()


def _to_end_before(walker: Walker) -> None:
    """Go to the end of the run before this one, at most to the end of the line before."""
    kind = walker.kind
    if walker.back():
        return
    try:
        while kind and walker.kind == kind:
            if walker.back():
                return
        while not walker.kind and not walker.is_on_empty:
            if walker.back():
                return
    except Stuck:
        return
