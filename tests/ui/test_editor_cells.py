import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from spark_tui.ui import line_cells
from spark_tui.ui.line_cells import LineCells, PieceKind, lay_out

ALPHABET = [
    *"ab (\t", "é", "е", "漢", "한", "ｆ", "e\u0301", "\u0301", "👍", "👍🏽", "👩\u200d💻", "❤\ufe0f", "\ufe0f",
    "🇩", "🇪", "\u200d", "\u200b", "\u202e", "\x1b", "\r", "\x0c", "\u2028", "\x85", "\ufeff", "1\ufe0f\u20e3",
]  # fmt: skip
lines = st.lists(st.sampled_from(ALPHABET), max_size=30).map("".join)


def stops(cells: LineCells, line: str) -> list[int]:
    found = [0]
    while found[-1] < len(line):
        found.append(cells.next_stop(found[-1]))
    return found


@pytest.mark.parametrize(
    ("line", "cells"),
    [
        ("abc", [0, 1, 2, 3]),
        ("a\tb", [0, 1, 4, 5]),
        ("\t\tb", [0, 4, 8, 9]),
        ("漢字x", [0, 2, 4, 5]),
        ("e\u0301x", [0, 0, 1, 2]),
        ("a\u200bb", [0, 1, 2, 3]),
        ("❤\ufe0fx", [0, 0, 2, 3]),
        ("🇩🇪x", [0, 0, 2, 3]),
        ("漢\tx", [0, 2, 4, 5]),
        ("\u0301x", [0, 1, 2]),
    ],
)
def test_cell_of_each_column(line: str, cells: list[int]) -> None:
    laid = lay_out(line, 4)
    assert [laid.cell_of(column) for column in range(len(line) + 1)] == cells


@pytest.mark.parametrize(
    "cluster", ["e\u0301", "👍🏽", "👩\u200d💻", "❤\ufe0f", "🇩🇪", "1\ufe0f\u20e3", "a\u0301\u0302\u0303"]
)
def test_the_caret_steps_over_a_whole_character(cluster: str) -> None:
    line = f"x{cluster}y"
    laid = lay_out(line, 4)
    assert stops(laid, line) == [0, 1, 1 + len(cluster), len(line)]
    assert laid.previous_stop(1 + len(cluster)) == 1
    assert laid.snap(2) == (1 if len(cluster) > 1 else 2)


@pytest.mark.parametrize(
    "hidden", ["\x1b", "\x07", "\r", "\x0c", "\u202e", "\u200b", "\x9b", "\ufeff", "\u2028", "\x00"]
)
def test_what_has_no_looks_of_its_own_is_one_visible_cell(hidden: str) -> None:
    piece = list(lay_out(f"a{hidden}b", 4).window(0, 10))[1]
    assert (piece.kind, piece.width) == (PieceKind.HIDDEN, 1)
    assert piece.text != hidden and cell_len(piece.text) == 1 and piece.text.isprintable()


def test_a_wide_character_cut_by_the_window_leaves_a_blank() -> None:
    pieces = list(lay_out("漢字", 4).window(1, 3))
    assert [(piece.text, piece.width) for piece in pieces] == [(" ", 1), (" ", 1)]


def test_the_nearer_side_of_a_wide_character() -> None:
    laid = lay_out("漢b", 4)
    assert [laid.column_at(cell) for cell in range(4)] == [0, 0, 1, 2]
    assert [laid.column_at(cell, nearest=True) for cell in range(4)] == [0, 1, 1, 2]


@given(lines, st.sampled_from([2, 4, 8]))
def test_pieces_cover_the_line_and_fit_their_cells(line: str, tab_size: int) -> None:
    laid = LineCells(line, tab_size)
    width = laid.cell_of(len(line))
    column = cell = 0
    for piece in laid.window(0, width + 1):
        assert (piece.column, piece.cell) == (column, cell)
        assert cell_len(piece.text) == piece.width
        assert piece.text.isprintable()
        if piece.kind is PieceKind.PLAIN:
            assert piece.end - piece.column == piece.width == len(piece.text)
        column, cell = piece.end, piece.cell + piece.width
    assert (column, cell) == (len(line), width)


@given(lines)
def test_stops_forth_and_back(line: str) -> None:
    laid = LineCells(line, 4)
    forth = stops(laid, line)
    back = [len(line)]
    while back[-1]:
        back.append(laid.previous_stop(back[-1]))
    assert back[::-1] == forth
    cells = [laid.cell_of(stop) for stop in forth]
    assert cells == sorted(set(cells))
    assert [laid.column_at(cell) for cell in cells] == forth
    assert all(laid.snap(column) in forth for column in range(len(line) + 1))


@given(lines, st.integers(0, 40), st.integers(1, 20))
def test_a_window_is_as_wide_as_what_it_shows(line: str, left: int, width: int) -> None:
    laid = LineCells(line, 4)
    pieces = list(laid.window(left, left + width))
    total = max(0, min(left + width, laid.cell_of(len(line))) - left)
    assert sum(piece.width for piece in pieces) == sum(cell_len(piece.text) for piece in pieces) == total


@given(lines.map(lambda line: line * 3), st.integers(1, 9))
def test_long_lines_laid_out_in_parts_are_as_when_laid_out_at_once(line: str, chunk: int) -> None:
    whole = LineCells(line, 4)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(line_cells, "CHUNK", chunk)
        parts = LineCells(line, 4)
        for column in range(len(line) + 1):
            assert parts.cell_of(column) == whole.cell_of(column)
            assert parts.next_stop(column) == whole.next_stop(column)
            assert parts.snap(column) == whole.snap(column)


def test_only_the_part_of_a_long_line_that_is_asked_for_is_laid_out() -> None:
    line = "漢x" * 1_000_000
    laid = LineCells(line, 4)
    assert [piece.text for piece in laid.window(0, 3)] == ["漢", "x"]
    assert len(laid._chunks) == 1
