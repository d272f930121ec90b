"""Parses whole sources in slices: the parser does not let go of the interpreter, and the screen waits for it."""

import time
import warnings
from typing import Final

import tree_sitter

SLICE: Final = 0.003
"""Seconds for which the interpreter is held at a time."""


def slicing_parser(loaded: tree_sitter.Language) -> tree_sitter.Parser:
    """Make a parser for `parse_whole`."""
    parser = tree_sitter.Parser(loaded)
    with warnings.catch_warnings():
        # The parameter that replaces it crashes in the release we pin.
        warnings.simplefilter("ignore", DeprecationWarning)
        parser.timeout_micros = int(SLICE * 1_000_000)  # type: ignore[misc]
    return parser


def parse_whole(
    parser: tree_sitter.Parser,
    source: bytes,
    old: tree_sitter.Tree | None = None,
    deadline: float = float("inf"),
) -> tree_sitter.Tree | None:
    """Parse to the end, or until the monotonic clock says `deadline`: then None. Other threads run in between."""
    parser.reset()
    while True:
        try:
            return parser.parse(source) if old is None else parser.parse(source, old)
        except ValueError:
            # The binding's word for "the time is up"; the next call takes up where this one stopped.
            if time.monotonic() > deadline:
                parser.reset()
                return None
            time.sleep(0)


def whole_tree(loaded: tree_sitter.Language, source: bytes) -> tree_sitter.Tree:
    """Parse a source once."""
    tree = parse_whole(slicing_parser(loaded), source)
    assert tree is not None
    return tree
