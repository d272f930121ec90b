"""The partner of a bracket, as the grammar sees it: brackets in strings and comments are no nodes of their own."""

import tree_sitter

_CLOSERS = {"(": ")", "[": "]", "{": "}"}
_OPENERS = {closer: opener for opener, closer in _CLOSERS.items()}
_MOST_SIBLINGS = 5000

Point = tuple[int, int]
"""Row and byte column."""


def partner_of(root: tree_sitter.Node, start: Point) -> Point | None:
    """Where the partner of the bracket that begins at a point begins; None if it is none or has none."""
    node = root.descendant_for_point_range(start, (start[0], start[1] + 1))
    if node is None or node.start_point != start or node.is_named:
        return None
    wanted = _CLOSERS.get(node.type) or _OPENERS.get(node.type)
    if wanted is None:
        return None
    sibling = node
    for _ in range(_MOST_SIBLINGS):
        next_one = sibling.next_sibling if node.type in _CLOSERS else sibling.prev_sibling
        if next_one is None:
            return None
        if next_one.type == wanted and not next_one.is_missing:
            return next_one.start_point.row, next_one.start_point.column
        sibling = next_one
    return None
