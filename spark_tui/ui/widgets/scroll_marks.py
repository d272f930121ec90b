"""How much of a scroll bar changes when lines are added: below an eighth of a cell nothing, so nothing is drawn."""

Shape = tuple[int, int]
"""Length of the thumb and where it begins, in eighths of a cell."""

_PARTS = 8
"""The smallest part of a cell that a bar can show."""


def shape_of_bar(height: int, count: int, top: int) -> Shape:
    """Return what a bar of this height shows for so many lines, of which `top` is the first one seen."""
    lines = max(count, 1)
    return height * _PARTS * height // lines, height * _PARTS * top // lines
